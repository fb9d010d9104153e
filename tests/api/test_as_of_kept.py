"""As of a moment, kept documents serve where nothing that they show has changed since, and never else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from api.moments import judged
from tests import factories as make
from tests.api.test_as_of import answered
from tests.api.test_kept import sql
from tests.api.world import a_world
from tests.history.states import a_moment
from timeline import models
from timeline.kept import settle_all

MARK = b"as it is kept"


def the_moment() -> str:
    return written(a_moment())


def written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def settle() -> None:
    for _ in settle_all():
        pass


def an_event() -> models.Event:
    return models.Event.objects.get(slug="event-one")


def relate_from_elsewhere() -> None:
    other = make.a_published_event(title="Later")
    models.EventRelation.objects.create(event=other, related=an_event(), kind="denies")


def leave_elsewhere() -> None:
    models.EventRelation.objects.filter(related=an_event()).delete()


CHANGES: dict[str, Callable[[], object]] = {
    "actor": lambda: models.Actor.objects.filter(slug="person-one").update(name="Else"),
    "source": lambda: models.Source.objects.filter(slug="first-source-one").update(title="Else"),
    "role": lambda: models.Role.objects.filter(slug="role-one").update(slug="else"),
    "kind": lambda: models.EventKind.objects.filter(slug="kind-one").update(slug="else"),
    "place": lambda: models.Place.objects.filter(slug="city-one").update(name="Else"),
    "tag": lambda: models.Tag.objects.filter(slug="tag-one").update(name="Else"),
    "contract": lambda: models.Contract.objects.filter(slug="contract-one").update(title="Else"),
    "contract hidden": lambda: models.Contract.objects.filter(slug="contract-one").update(review="draft"),
    "milestone": lambda: models.Milestone.objects.exclude(event=None).update(kind="paid"),
    "participation": lambda: models.Participation.objects.update(capacity="else"),
    "citation": lambda: models.Citation.objects.filter(event=an_event()).update(locator="p. 9"),
    "relation to it": relate_from_elsewhere,
    "related title": lambda: models.Event.objects.filter(slug="other-event-one").update(title="Else"),
    "related hidden": lambda: models.Event.objects.filter(slug="other-event-one").update(review="draft"),
    "relation gone": leave_elsewhere,
    "tag gone": lambda: an_event().tags.clear(),
    "date": lambda: models.Event.objects.filter(slug="event-one").update(date="1917~"),
    "slug": lambda: models.Event.objects.filter(slug="event-one").update(slug="event-one-renamed"),
    "deleted": lambda: models.Event.objects.filter(slug="later").delete(),
    "retracted": lambda: models.Event.objects.update(review="retracted"),
}  # fmt: skip
ASKED = ("events/", "events/?date=2020", "events/?order=-date&fields=slug,title,date", "events/event-one/")


@pytest.mark.django_db(transaction=True)
def test_a_kept_document_serves_while_nothing_that_it_shows_has_changed() -> None:
    a_world("One")
    settle()
    moment = the_moment()
    sql("UPDATE timeline_eventdocument SET body = REPLACE(body, 'What happened', 'as it is kept')")
    models.Actor.objects.filter(slug="state-one").update(description="No document shows it")

    assert all(MARK in answered(address, moment)[1] for address in (ASKED[0], ASKED[1], ASKED[3]))

    models.Participation.objects.update(note="else")
    settle()
    sql("UPDATE timeline_eventdocument SET body = REPLACE(body, 'What happened', 'as it is kept')")
    assert MARK in answered("events/")[1]
    assert MARK not in answered("events/", moment)[1]
    assert MARK in answered("events/", the_moment())[1]


@pytest.mark.django_db(transaction=True)
def test_what_has_changed_is_answered_as_it_stood() -> None:
    a_world("One")
    a_world("Two", review="draft")
    settle()
    for what, change in CHANGES.items():
        moment, asked = the_moment(), ASKED if what not in ("retracted", "deleted") else ASKED[:3]
        known = [answered(address) for address in asked]
        change()
        assert (what, "noted", [answered(address, moment) for address in asked]) == (what, "noted", known)
        settle()
        assert (what, "kept", [answered(address, moment) for address in asked]) == (what, "kept", known)


@pytest.mark.django_db(transaction=True)
def test_pages_lead_on_past_what_has_been_renamed_or_deleted() -> None:
    events = [make.a_published_event(date="2020") for _ in range(4)]
    moment = the_moment()
    slugs = [event.slug for event in events]
    models.Event.objects.filter(pk=events[1].pk).update(slug="else", date="1990")
    events[2].delete()
    found, address = [], f"/api/v1/events/?limit=1&as_of={moment}"
    while address:
        page = APIClient().get(address).json()
        found += [event["slug"] for event in page["results"]]
        address = page["next"]
    assert found == slugs


def test_a_moment_is_judged_once() -> None:
    request = Request(APIRequestFactory().get("/", {"as_of": "2020-01-01T00:00Z"}))
    found = judged(request)
    assert found.moment is not None
    assert found.read(["9999-01-01T00:00Z"], None) == found.moment


@pytest.mark.django_db(transaction=True)
def test_a_list_runs_as_many_queries_whatever_has_changed() -> None:
    a_world("One")
    settle()
    moment = the_moment()

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert answered(address, moment)[0] == 200
        return len(captured)

    lists = ("actors/", "contracts/", "sources/", "events/?tag=tag-one", "timelines/")
    queries("events/")
    # Whether there are more events than the page has or not.
    assert [queries(address) for address in ("events/", "events/?limit=1")] == [1, 1]
    # On PostgreSQL four more lead to what stood, and back.
    before = [number + 4 * (connection.vendor == "postgresql") for number in (7, 13, 5, 19, 5)]
    assert [queries(address) for address in lists] == before
    models.Event.objects.update(title="Else")
    models.Actor.objects.update(name="Else")
    assert queries("events/?limit=1") == 3
    assert [queries(address) for address in lists] == before
