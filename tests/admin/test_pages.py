"""Every page of the admin opens for those who may, and lists take the same few queries whatever they hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from tests import factories
from tests.admin.forms import address, messages, send
from tests.test_roles import MACHINERY
from timeline import models

MODELS = (
    "actor",
    "checknote",
    "citation",
    "contract",
    "distinction",
    "erasure",
    "event",
    "eventkind",
    "merge",
    "place",
    "role",
    "source",
    "tag",
    "timeline",
    "token",
    "user",
)


def one_of_each() -> dict[str, Any]:
    actor = factories.an_actor(name="Dmitry Shugaev")
    actor.aliases.create(name="Дмитрий Шугаев", language="ru")
    factories.an_affiliation(member=actor, held="2017/..")
    event = factories.a_published_event(date="2020-03", place=factories.a_place(), tags=(factories.a_tag(),))
    contract = factories.a_contract(value="2500000000", currency="USD")
    contract.parties.create(actor=actor, role="seller")
    contract.items.create(designation="S-400", quantity=4, unit="divisions")
    contract.payment_terms.create(kind="advance", share=45)
    contract.milestones.create(kind="signed", event=event)
    factories.a_participation(event=event, actor=actor)
    event.relations.create(kind="precedes", related=factories.an_event())
    token, _ = models.Token.objects.create(factories.a_user(), name="website")
    source = factories.a_source(text="The words.", published="2020")
    citation = factories.a_citation(source=source, contract=contract, quote="words")
    other = factories.an_actor()
    merge = models.Merge.objects.create(
        noun="actor", kept_id=actor.pk, kept_name="One", gone_id=other.pk + 1, gone_name="Other",
        gone_slug="other", record={"before": {}, "after": {}, "moved": [], "changed": [], "dropped": []},
    )  # fmt: skip
    apart = models.Distinction.objects.create(noun="actor", first_id=actor.pk, second_id=other.pk, digest="0")
    note = models.CheckNote.objects.create(code="shares_exceed_100", key=contract.slug, digest="0")
    erasure = models.Erasure.objects.create(noun="actor", thing_id=1, by=token.user)
    return {
        "actor": actor, "checknote": note, "citation": citation, "erasure": erasure,
        "contract": contract, "distinction": apart, "event": event, "eventkind": event.kind, "merge": merge,
        "place": event.place, "role": event.participations.get().role, "source": source,
        "tag": event.tags.get(),
        "timeline": factories.a_timeline(event), "token": token, "user": token.user,
    }  # fmt: skip


def test_every_model_has_a_page_or_stands_on_one() -> None:
    registered = set(admin.site._registry)
    inline = {inline.model for page in admin.site._registry.values() for inline in page.inlines}
    ours = {getattr(models, name) for name in models.__all__ if name != "Review"}
    missing = {model._meta.model_name for model in ours - registered - inline}
    assert missing == MACHINERY
    assert {model._meta.model_name for model in registered if model._meta.app_label == "timeline"} == set(
        MODELS
    )


def test_every_list_form_and_history_opens(client: Client) -> None:
    things = one_of_each()
    for model in MODELS:
        pages = [address(model, "changelist"), address(model, "changelist") + "?q=a"]
        more = ("change", "history", "delete") if model not in ("erasure", "merge") else ("change", "history")
        pages += [address(model, page, things[model].pk) for page in more]
        if model not in (
            "checknote",
            "distinction",
            "erasure",
            "merge",
            "user",
        ):  # the first are made on other pages
            pages.append(address(model, "add"))
        for page in pages:
            assert client.get(page).status_code == 200, page


def test_pages_have_no_script_or_style_of_their_own_inside(client: Client) -> None:
    things = one_of_each()
    for model in MODELS:
        for page in (address(model, "changelist"), address(model, "change", things[model].pk)):
            html = client.get(page).content.decode()
            assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=", html) == [], page


def test_the_site_is_called_timeline(client: Client) -> None:
    assert "<title>What is kept | Timeline</title>" in " ".join(
        client.get(reverse("admin:index")).content.decode().split()
    )


def test_a_page_leads_to_the_thing_in_the_api(client: Client) -> None:
    things = one_of_each()
    for model, name in (
        ("event", "events"),
        ("eventkind", "kinds"),
        ("source", "sources"),
        ("timeline", "timelines"),
    ):
        html = client.get(address(model, "change", things[model].pk)).content.decode()
        assert f'href="/api/v1/{name}/{things[model].slug}/"' in html


def test_every_address_in_the_api_is_one() -> None:
    names = {getattr(page, "api_name", "") for page in admin.site._registry.values()} - {""}
    assert len(names) == 9
    for name in names:
        assert resolve(f"/api/v1/{name}/a-slug/").kwargs == {"slug": "a-slug"}


def test_stamps_are_shown_and_not_asked_for(client: Client) -> None:
    html = client.get(address("event", "change", one_of_each()["event"].pk)).content.decode()
    for name in ("created_at", "updated_at", "recorded_at", "version"):
        assert f"field-{name}" in html
        assert f'name="{name}"' not in html


def test_who_may_only_look_sees_the_words_and_can_change_nothing(client: Client) -> None:
    things = one_of_each()
    viewer = factories.a_user(
        permissions=tuple(f"view_{name}" for name in (*MODELS, "participation", "affiliation")),
        is_staff=True,
    )
    client.force_login(viewer)
    for model in MODELS:
        if model != "token":  # everybody has only their own
            response = client.get(address(model, "change", things[model].pk))
            assert response.status_code == 200
            assert 'name="_save"' not in response.content.decode()
    html = client.get(address("event", "change", things["event"].pk)).content.decode()
    assert "2020-03" in html
    assert client.post(address("event", "change", things["event"].pk), {"title": "x"}).status_code == 403
    assert client.get(address("event", "add")).status_code == 403


def test_strangers_are_sent_to_the_login() -> None:
    for url in (reverse("admin:index"), reverse("admin:timeline_read_date"), address("event", "changelist")):
        response = Client().get(url)
        assert response.status_code == 302
        assert "login" in response["Location"]


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("actor", 5), ("citation", 4), ("contract", 6), ("event", 10), ("eventkind", 4), ("place", 4),
        ("role", 4),
        ("source", 4), ("tag", 4), ("timeline", 4), ("token", 4), ("user", 5),
    ],
)  # fmt: skip
def test_a_list_takes_the_same_queries_whatever_it_holds(client: Client, model: str, expected: int) -> None:
    one_of_each()
    assert queries_of(client, address(model, "changelist")) == expected
    for _ in range(10):
        one_of_each()
    assert queries_of(client, address(model, "changelist")) == expected


def many_rows(number: int) -> dict[str, Any]:
    """A thing of each kind that has inlines, with so many rows in all of them."""
    event, contract, actor = factories.an_event(), factories.a_contract(), factories.an_actor()
    for _ in range(number):
        other = factories.an_actor()
        factories.a_participation(event=event, actor=other)
        event.relations.create(kind="precedes", related=factories.an_event(), attributed_to=other)
        factories.a_citation(event=event, attributed_to=other)
        factories.a_citation(contract=contract, attributed_to=other)
        contract.parties.create(actor=other, role="seller")
        contract.items.create(designation="S-400")
        contract.payment_terms.create(kind="loan", provider=other)
        contract.milestones.create(kind="signed", event=factories.an_event(date="2020"))
        factories.an_affiliation(member=actor, organization=other)
        actor.aliases.create(name=f"Alias {other}")
        actor.identifiers.create(scheme="wikidata", value=f"Q{other.pk}")
    timeline = factories.a_timeline(*(factories.an_event() for _ in range(number)))
    return {"event": event, "contract": contract, "actor": actor, "timeline": timeline}


def test_a_page_takes_the_same_queries_whatever_stands_on_it(client: Client) -> None:
    few, many = many_rows(1), many_rows(6)
    for model, thing in few.items():
        page = address(model, "change", thing.pk)
        more = address(model, "change", many[model].pk)
        assert queries_of(client, page) == queries_of(client, more), model


def test_a_parameter_that_no_filter_has_is_refused(client: Client) -> None:
    things = one_of_each()
    url = address("event", "changelist")
    for query in (
        "title__regex=(",
        "date__contains=x",
        "banana=1",
        "kind__name=x",
        "status__exact=%00",
        "date__0=x",
    ):
        assert client.get(f"{url}?{query}").status_code == 400, query
    kind = things["event"].kind
    assert client.get(f"{url}?kind__id__exact={kind.pk}").status_code == 200


@pytest.mark.parametrize(
    ("model", "query"), [("event", "kind__id__exact=x"), ("tag", "is_public__exact=maybe")]
)
def test_a_value_that_no_filter_can_read_is_said(client: Client, model: str, query: str) -> None:
    one_of_each()
    response = client.get(f"{address(model, 'changelist')}?{query}", follow=True)
    assert response.status_code == 200
    assert "could not be read" in messages(response)[0]


@pytest.mark.parametrize(
    "term",
    ["%00", "a" * 3000, "+".join(["a"] * 1500), "%ED%A0%80", "%E2%80%8F", '"', "%25", "a%20%22b", "\\"],
)
def test_no_search_is_too_much(client: Client, term: str) -> None:
    one_of_each()
    for model in MODELS:
        assert client.get(f"{address(model, 'changelist')}?q={term}").status_code == 200, model
    query = f"app_label=timeline&model_name=participation&field_name=actor&term={term}"
    assert client.get(f"{reverse('admin:autocomplete')}?{query}").status_code == 200


@pytest.mark.parametrize("term", ["Шугаев", "ШУГАЕВ", "dmitry", "shugaev DMI", "DMİTRY", "дмитрии"])
def test_actors_are_found_by_names_and_aliases_without_case_and_accents(client: Client, term: str) -> None:
    one_of_each()
    factories.an_actor(name="Mevlüt Çavuşoğlu")
    query = f"app_label=timeline&model_name=participation&field_name=actor&term={term}"
    results = client.get(f"{reverse('admin:autocomplete')}?{query}").json()["results"]
    assert [result["text"] for result in results] == ["Dmitry Shugaev"]


@pytest.mark.parametrize("term", ["ÇAVUŞOĞLU", "çavuşoğlu", "cavusoglu", "Mevlut ÇAVUŞOĞLU"])
def test_events_are_found_without_case_and_accents(client: Client, term: str) -> None:
    factories.an_event(title="Mevlüt Çavuşoğlu sure: 100% of it", summary="Erdoğan")
    factories.an_event(title="100", summary="Cavus")
    response = client.get(address("event", "changelist"), {"q": term})
    assert [event.summary for event in response.context["cl"].result_list] == ["Erdoğan"]


def test_a_row_that_is_no_number_is_not_acted_upon(client: Client) -> None:
    one_of_each()
    data = {"action": "delete_selected", "_selected_action": "x", "index": 0}
    assert client.post(address("event", "changelist"), data).status_code == 400


# The rows of these lists are not chosen.
@pytest.mark.parametrize(
    "model", [model for model in MODELS if model not in ("distinction", "erasure", "merge")]
)
@pytest.mark.parametrize("sure", [{}, {"post": "yes"}])
def test_no_row_has_a_key_with_nul(client: Client, model: str, sure: dict[str, str]) -> None:
    data = {"action": "delete_selected", "_selected_action": ["1", "a\0"], **sure}
    assert client.post(address(model, "changelist"), data).status_code == 400


def test_the_site_has_an_icon(client: Client) -> None:
    found = re.search(r'<link rel="icon" href="(/static/[^"]+)"', client.get("/admin/").content.decode())
    assert found is not None
    assert finders.find(found[1].removeprefix("/static/"))


def test_chosen_rows_are_deleted(client: Client) -> None:
    tag = factories.a_tag()
    data = {"action": "delete_selected", "_selected_action": tag.pk, "post": "yes"}
    client.post(address("tag", "changelist"), data)
    assert not models.Tag.objects.exists()


@pytest.mark.parametrize("number", ["0", "%00", "x", "99999999999999999999999", "-1"])
def test_a_thing_that_is_not_there_leads_back_to_the_index(client: Client, number: str) -> None:
    for model in MODELS:
        if model != "user":
            url = address(model, "changelist") + f"{number}/change/"
            assert client.get(url, follow=True).status_code == 200


def test_a_page_that_the_list_has_not_is_no_failure(client: Client) -> None:
    one_of_each()
    for query in ("p=99999999999999999999", "p=x", "p=-1", "o=9.x.-99", "all=", "e=1"):
        assert client.get(f"{address('event', 'changelist')}?{query}", follow=True).status_code == 200


def test_a_form_begins_with_what_the_address_says(client: Client) -> None:
    response = client.get(
        address("event", "add") + "?title=Signing&date=mid-March+2020&kind=x&place=x&tags=a,b"
    )
    html = response.content.decode()
    assert 'value="Signing"' in html
    assert 'value="mid-March 2020"' in html


def test_an_address_is_made_from_the_name_of_a_new_thing(client: Client) -> None:
    html = client.get(address("tag", "add")).content.decode()
    assert 'id="django-admin-prepopulated-fields-constants"' in html
    send(client, address("tag", "add"), {"name": "Air defence"})
    assert models.Tag.objects.get().slug == "air-defence"
