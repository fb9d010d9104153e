"""The pages on which things are merged, told apart and taken apart again: what they show, and to whom."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.admin.forms import filled_in, messages
from tests.identity.test_merging import merged
from timeline import models
from timeline.models import Actor, Distinction, Merge, Participation
from timeline.roles import ROLES

pytestmark = pytest.mark.django_db

PAGE = "/admin/timeline/distinction/"


@pytest.fixture
def reviewer() -> Client:
    return make.somebody("reviewer")


def address(one: Any, other: Any) -> str:
    return f"/admin/timeline/{one._meta.model_name}/merge/?one={one.pk}&other={other.pk}"


def two_actors() -> tuple[Actor, Actor]:
    one, other = make.an_actor(name="Turkey", kind="state"), make.an_actor(name="Türkiye", description="It.")
    make.a_participation(actor=other)
    return one, other


def test_the_page_shows_both_and_what_would_move(reviewer: Client) -> None:
    one, other = two_actors()
    part = make.a_participation(actor=one, capacity="head")
    make.a_participation(event=part.event, actor=other, role=part.role, capacity="chief")
    for actor, value in ((one, "Q43"), (other, "Q44")):
        models.Identifier.objects.create(actor=actor, scheme="wikidata", value=value)
    html = re.sub(r"\s+", " ", reviewer.get(address(one, other)).content.decode())
    for words in (
        "Parts in events that move to “Turkey”: 1",
        "The name “Türkiye” becomes another name of “Turkey”.",
        "identifier of wikidata, and they differ: Q43 and Q44",
        "Parts in events that cannot move as they are: 1",
        "Its capacity is lost: “chief”; the other has “head”.",
    ):
        assert words in html, words
    # The other's description stands where the first has none.
    assert filled_in(reviewer.get(address(one, other)))["description"] == [str(other.pk)]


def test_two_are_merged_and_it_is_undone(reviewer: Client) -> None:
    one, other = two_actors()
    data = filled_in(reviewer.get(address(one, other))) | {"merge": "Merge"}
    data.pop("show", None)
    answer = reviewer.post(address(one, other), data, follow=True)
    assert messages(answer)[0].startswith("Merged “Türkiye” into “Turkey”.")
    assert Actor.objects.get(pk=one.pk).description == "It."
    assert Participation.objects.get().actor == one
    done = Merge.objects.get()
    assert done.by is not None
    assert "“Türkiye” into “Turkey”" in reviewer.get("/admin/timeline/merge/").content.decode()
    page = f"/admin/timeline/merge/{done.pk}/change/"
    assert "Parts in events: 1" in reviewer.get(page).content.decode()
    answer = reviewer.post(page, follow=True)
    assert messages(answer) == ["Undone: “Türkiye” stands by itself again."]
    assert Participation.objects.get().actor_id == other.pk
    assert "Undone" in reviewer.get(page).content.decode()
    answer = reviewer.post(page, follow=True)
    assert messages(answer) == ["Not undone. This merge was undone already."]


def test_the_other_may_stay_once_that_was_shown(reviewer: Client) -> None:
    one, other = two_actors()
    data = filled_in(reviewer.get(address(one, other))) | {"kept": str(other.pk)}
    answer = reviewer.post(address(one, other), data | {"merge": "Merge"})
    assert "What would move is not what was shown." in messages(answer)[0]
    assert Merge.objects.count() == 0
    reviewer.post(address(one, other), filled_in(answer) | {"merge": "Merge"})
    assert Merge.objects.get().kept_id == other.pk
    assert Actor.objects.get().name == "Turkey"  # whose name was chosen


def test_what_came_meanwhile_is_shown_first(reviewer: Client) -> None:
    one, other = two_actors()
    data = filled_in(reviewer.get(address(one, other))) | {"merge": "Merge"}
    make.a_participation(actor=other)
    assert "Look again" in messages(reviewer.post(address(one, other), data))[0]
    other.participations.all().delete()
    other.delete()
    assert "Choose" in reviewer.post(address(one, other), data).content.decode()


def test_exactly_two_are_chosen_in_the_list(reviewer: Client) -> None:
    actors = [make.an_actor() for _ in range(3)]

    def chosen(number: int) -> Any:
        data = {"action": "merge_two", "_selected_action": [actor.pk for actor in actors[:number]]}
        return reviewer.post("/admin/timeline/actor/", data)

    assert chosen(2)["Location"] == address(actors[0], actors[1])
    for number in (1, 3):
        answer = reviewer.get(chosen(number)["Location"])
        assert messages(answer) == ["Choose exactly two to merge."]
    page = reviewer.get(f"/admin/timeline/actor/{actors[0].pk}/change/").content.decode()
    assert f"/admin/timeline/actor/merge/?one={actors[0].pk}" in page
    form = filled_in(reviewer.get(f"/admin/timeline/actor/merge/?one={actors[0].pk}"))
    assert form["one"] == [str(actors[0].pk)]
    same = reviewer.get(address(actors[0], actors[0])).content.decode()
    assert "Choose two, not the same one twice." in same
    for wrong in ("one=x&other=%00", "one=99999999999999999999&other=1"):
        assert reviewer.get(f"/admin/timeline/actor/merge/?{wrong}").status_code == 200


def test_a_circle_is_not_merged(reviewer: Client) -> None:
    top = make.a_place(name="Turkey")
    kept = make.a_place(name="Istanbul", part_of=make.a_place(name="Marmara", part_of=top))
    data = filled_in(reviewer.get(address(kept, top))) | {"kept": str(kept.pk), "part_of": str(kept.pk)}
    answer = reviewer.post(address(kept, top), data)
    assert "“Istanbul” would stand above itself." in answer.content.decode()
    answer = reviewer.post(address(kept, top), filled_in(answer) | {"merge": "Merge"})
    assert Merge.objects.count() == 0


@pytest.mark.parametrize("role", ROLES)
def test_who_may_change_and_delete_may_merge(role: str) -> None:
    client = make.somebody(role)
    one, other = two_actors()
    may = role in ("reviewer", "administrator")
    page = client.get(address(one, other))
    assert page.status_code == (200 if may else 403)
    listed = client.get("/admin/timeline/actor/").content.decode()
    assert ('value="merge_two"' in listed) == may
    data = {"kept": one.pk, "name": one.pk, "kind": one.pk, "description": one.pk, "merge": "Merge"}
    if may:
        data = filled_in(page) | {"merge": "Merge"}
    assert client.post(address(one, other), data).status_code == (302 if may else 403)
    assert Merge.objects.exists() == may
    done = Merge.objects.first() or Merge.objects.create(
        noun="actor",
        kept_id=1,
        gone_id=2,
        gone_slug="gone",
        record={"moved": [], "changed": [], "dropped": [], "before": {}, "after": {}},
    )
    page = client.get(f"/admin/timeline/merge/{done.pk}/change/")
    assert (page.status_code, "Undo the merge" in page.content.decode()) == (200, may)
    assert client.post(f"/admin/timeline/merge/{done.pk}/change/").status_code == (302 if may else 403)
    for address_of_no_page in ("add/", f"{done.pk}/delete/"):
        assert client.get(f"/admin/timeline/merge/{address_of_no_page}").status_code == 403


def test_who_may_not_change_all_that_moves_does_not_merge() -> None:
    client = make.somebody("reviewer")
    user = models.User.objects.get(pk=int(client.session["_auth_user_id"]))
    user.groups.clear()
    names = ("view_actor", "change_actor", "delete_actor")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    one, other = two_actors()
    page = client.get(address(one, other))
    assert "You may not change all of this: parts in events." in page.content.decode()
    # Nor are the names of what moves shown to them.
    same = make.a_participation(actor=one, event=make.an_event(title="Hidden"))
    make.a_participation(actor=other, event=same.event, role=same.role)
    page = client.get(address(one, other))
    assert "Hidden" not in page.content.decode()
    assert client.post(address(one, other), filled_in(page) | {"merge": "Merge"}).status_code == 403
    assert Merge.objects.count() == 0


def test_who_may_not_change_all_that_moved_does_not_undo() -> None:
    client = make.somebody("reviewer")
    user = models.User.objects.get(pk=int(client.session["_auth_user_id"]))
    user.groups.clear()
    names = ["view_actor", "change_actor", "delete_actor", "view_merge"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    one, other = two_actors()
    same = make.a_participation(actor=one)
    make.a_participation(actor=other, event=same.event, role=same.role)
    done = merged(one, other)
    page = f"/admin/timeline/merge/{done.pk}/change/"
    for more in ((), ("change_participation",)):
        user.user_permissions.add(*Permission.objects.filter(codename__in=more))
        html = client.get(page).content.decode()
        assert "You may not change all of this: parts in events." in html
        assert "Undo the merge" not in html
        assert client.post(page).status_code == 403
    user.user_permissions.add(*Permission.objects.filter(codename="delete_participation"))
    assert client.post(page).status_code == 302
    assert Actor.objects.count() == 2


def test_the_list_of_merges_leaves_out_what_was_moved(reviewer: Client) -> None:
    merged(*two_actors())
    with CaptureQueriesContext(connection) as asked:
        assert "“Türkiye” into “Turkey”" in reviewer.get("/admin/timeline/merge/").content.decode()
    assert not [one["sql"] for one in asked if '"record"' in one["sql"]]


# --- Possible duplicates ---


def test_pairs_are_listed_with_the_reason_and_told_apart(reviewer: Client) -> None:
    one, other = make.an_actor(name="J. Doe"), make.an_actor(name="Doe, Jane")
    html = reviewer.get(f"{PAGE}?noun=actor").content.decode()
    assert "Same name with initials" in html
    assert address(one, other).replace("&", "&amp;") in html
    assert f'"{PAGE}?noun=actor"' in reviewer.get("/admin/timeline/actor/").content.decode()
    answer = reviewer.post(f"{PAGE}?noun=actor", {"first": one.pk, "second": other.pk}, follow=True)
    assert messages(answer) == ["Not the same: “Doe, Jane” and “J. Doe”."]
    assert "Nothing is there twice" in answer.content.decode()
    assert Distinction.objects.get().by is not None
    Actor.objects.filter(pk=other.pk).update(name="Doe, Jim")
    assert "Same name with initials" in reviewer.get(f"{PAGE}?noun=actor").content.decode()


def test_wrong_addresses_and_posts_are_told(reviewer: Client) -> None:
    assert messages(reviewer.get(f"{PAGE}?noun=nothing", follow=True)) == [
        "The address could not be read. This is the first page."
    ]
    for data in ({}, {"first": "x", "second": 1}, {"first": 1, "second": 2}):
        assert "Nothing was saved" in messages(reviewer.post(f"{PAGE}?noun=place", data, follow=True))[0]
    assert Distinction.objects.count() == 0


@pytest.mark.parametrize("role", ROLES)
def test_who_edits_tells_apart(role: str) -> None:
    client, one, other = make.somebody(role), make.a_place(name="Ankara"), make.a_place(name="ankara")
    page = client.get(f"{PAGE}?noun=place")
    assert page.status_code == 200
    html = page.content.decode()
    assert ("Not the same" in html) == (role != "reader")
    assert ("Merge…" in html) == (role in ("reviewer", "administrator"))
    data = {"first": one.pk, "second": other.pk}
    assert client.post(f"{PAGE}?noun=place", data).status_code == (403 if role == "reader" else 302)
    assert Distinction.objects.exists() == (role != "reader")


def test_nobody_sees_what_they_may_not_view() -> None:
    client = make.somebody("reader")
    user = models.User.objects.get(pk=int(client.session["_auth_user_id"]))
    user.groups.clear()
    make.an_actor(name="Same"), make.an_actor(name="Same")
    assert client.get(PAGE).status_code == 403
    names = ("view_distinction", "view_place")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}?noun=actor").status_code == 403


def test_the_pages_run_as_many_queries_with_ten_times_the_rows(reviewer: Client) -> None:
    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert reviewer.get(page).status_code == 200
        return len(asked)

    def more(number: int) -> None:
        for count in range(number):
            for _ in range(2):
                make.an_actor(name=f"Actor {count}")
                make.a_participation(actor=one)

    one, other = make.an_actor(name="Same"), make.an_actor(name="Same")
    more(1)
    pages = [f"{PAGE}?noun=actor", address(one, other)]
    few = [queries(page) for page in pages]
    more(10)
    assert [queries(page) for page in pages] == few
    assert few[0] <= 10
