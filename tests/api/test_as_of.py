"""`as_of`: what an anonymous client was answered is answered again, whatever has been changed since."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone
from rest_framework.test import APIClient

from tests import factories as make
from tests.api.test_kept import sql
from tests.api.world import NOUNS, a_world
from tests.history.states import a_moment
from timeline import models
from timeline.history.moments import as_of
from timeline.history.things import TABLES

ROOT = "/api/v1/"
EVENTS = (
    "events/", "events/?date=2020", "events/?date=2020&date_match=certain&order=-date",
    "events/?actor=person-one", "events/?actor=state-one&members=true", "events/?role=role-one",
    "events/?contract=contract-one", "events/?source=source-one&order=-updated",
    "events/?timeline=timeline-one", "events/?kind=kind-one", "events/?tag=tag-one",
    "events/?place=country-one", "events/?undated=only",
    "events/?include=timelines", "events/?fields=slug,title&count=exact", "events/?format=ndjson",
    "events/?format=csv&date=2020", "actors/person-one/events/?date_from=2019",
    "contracts/contract-one/events/", "sources/source-one/events/", "timelines/timeline-one/events/",
    "events/histogram/?bucket=month", "events/histogram/?bins=3&actor=person-one",
    "events/histogram/?bucket=year&spread=even",
)  # fmt: skip
OTHERS = (
    *(f"{noun}/" for noun in NOUNS), "contracts/?actor=state-one", "sources/?publisher=paper-one",
    "places/?part_of=country-one", "actors/?kind=state&include=members",
    "contracts/?include=events,followed_by",
)  # fmt: skip
SLUGS = {
    "events": "event-one", "actors": "person-one", "contracts": "contract-one", "sources": "source-one",
    "timelines": "timeline-one", "places": "city-one", "tags": "tag-one", "kinds": "kind-one",
    "roles": "role-one",
}  # fmt: skip
ADDRESSES = (*EVENTS, *OTHERS, *(f"{noun}/{slug}/" for noun, slug in SLUGS.items()))


def answered(address: str, moment: str = "") -> tuple[int, bytes]:
    """Status and body, without the moment and the links to other pages, which name it."""
    sign = "&" if "?" in address else "?"
    answer = APIClient().get(f"{ROOT}{address}{sign}as_of={moment}" if moment else f"{ROOT}{address}")
    body = b"".join(getattr(answer, "streaming_content", ())) or answer.content
    return answer.status_code, re.sub(rb'"(next|previous)":("[^"]*"|null),|[?&]as_of=[^&"]*', b"", body)


def rename_and_change_lines() -> None:
    for model in (models.Actor, models.Place, models.Tag, models.EventKind, models.Role):
        model.objects.update(name="Renamed", slug=Concat(F("slug"), Value("-renamed")))
    for titled in (models.Event, models.Contract, models.Source, models.Timeline):
        titled.objects.update(title="Retitled", slug=Concat(F("slug"), Value("-retitled")))
    change_lines()


def change_lines() -> None:
    models.Participation.objects.update(capacity="else", role=make.a_role())
    models.Citation.objects.update(quote="else", attributed_to=None)
    models.Event.objects.update(date="1917~", place=None, importance=0)
    models.Contract.objects.update(follows=None, value=None)
    models.Milestone.objects.filter(event=None).update(met="2031")
    models.TimelineEntry.objects.update(headline="else")
    for event in models.Event.objects.all():
        event.tags.clear()
        event.contracts.add(make.a_contract(review="published"))
        make.a_participation(event=event)


def hide_and_delete() -> None:
    models.Contract.objects.update(review="draft")
    models.Timeline.objects.update(is_public=False)
    models.Event.objects.filter(slug__startswith="other").delete()
    models.Event.objects.update(review="retracted")
    with transaction.atomic():
        for model in TABLES:
            sql(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_what_was_answered_is_answered_again_whatever_has_changed() -> None:
    a_world("One")
    a_world("Two", review="draft")
    known = {}
    for change in (rename_and_change_lines, hide_and_delete):
        moment = a_moment().isoformat().replace("+00:00", "Z")
        known[moment] = {address: answered(address) for address in ADDRESSES}
        change()
    first, *_ = known.values()
    assert {status for status, _ in first.values()} == {200}
    for moment, answers in known.items():
        for address, answer in answers.items():
            assert (address, answered(address, moment)) == (address, answer)


@pytest.mark.django_db(transaction=True)
def test_who_led_to_an_event_is_told_in_the_same_order() -> None:
    one, first, second = [make.a_published_event(title=f"Event {number}") for number in range(3)]
    for event in (second, first):  # the one that was put in later is related first
        models.EventRelation.objects.create(event=event, related=one, kind="precedes")
    address, moment = f"events/{one.slug}/", a_moment().isoformat().replace("+00:00", "Z")
    answer = answered(address)
    assert [of["event"]["slug"] for of in json.loads(answer[1])["related"]] == [first.slug, second.slug]
    models.Event.objects.update(title="Retitled")
    assert answered(address, moment) == answer


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("yesterday", "invalid_moment"),
        ("2020-01-01", "invalid_moment"),
        ("2020-01-01T00:00", "invalid_moment"),
        ("2020-13-01T00:00Z", "invalid_moment"),
        ("0001-01-01T00:00+14:00", ""),
        ("9999-12-31T23:59-12:00", "moment_to_come"),
        ((timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%MZ"), "moment_to_come"),
    ],
)
@pytest.mark.django_db
def test_a_moment_is_definite_and_past(given: str, code: str) -> None:
    answer = APIClient().get("/api/v1/events/", {"as_of": given})
    assert answer.status_code == (400 if code else 200)
    assert not code or answer.json()["as_of"][0]["code"] == code


@pytest.mark.parametrize("address", ["events/?", "events/?format=csv&", "events/histogram/?bucket=year&"])
@pytest.mark.django_db
def test_a_search_is_of_now(address: str) -> None:
    answer = APIClient().get(f"{ROOT}{address}as_of=2020-01-01T00:00Z&q=signed")
    assert answer.status_code == 400
    assert answer.json()["q"][0]["code"] == "excluded_by_another_parameter"


@pytest.mark.django_db(transaction=True)
def test_pages_go_on_at_the_same_moment() -> None:
    for _ in range(3):
        make.a_published_event(date="2020")
    moment = a_moment().isoformat().replace("+00:00", "Z")
    first = APIClient().get(f"{ROOT}events/?limit=2&as_of={moment}").json()
    make.a_published_event(date="2020")
    second = APIClient().get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)


@pytest.mark.django_db
def test_nothing_is_written_then() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), as_of(timezone.now()):
        make.a_tag()
    make.a_tag()
