"""The roles: each may do what the table in timeline/roles.py says, in API and admin, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests import factories
from timeline import models
from timeline.models.revision import Past
from timeline.roles import ACCOUNTS, ERASURES, LINES, RECORDS, REVIEWED, ROLES, THINGS, actions, permissions

pytestmark = [pytest.mark.django_db, pytest.mark.long]

# Who has no account, and who has one without a role.
WHO = (None, "", *ROLES)
# What the program keeps for itself and nobody is given.
MACHINERY = {
    "changeset", "eventchange", "eventcount", "eventdocument", "eventsince", "formerslug", "idempotencykey",
    "revision", "upload",
}  # fmt: skip

ADDRESSES = {
    "actor": "actors", "contract": "contracts", "event": "events", "eventkind": "kinds", "place": "places",
    "role": "roles", "source": "sources", "tag": "tags", "timeline": "timelines",
}  # fmt: skip
MAKE: dict[str, Callable[[], Any]] = {
    "actor": factories.an_actor,
    "contract": lambda: factories.a_citation(contract=factories.a_contract()).contract,
    "event": lambda: factories.a_participation(event=factories.an_event(cited=True)).event,
    "eventkind": factories.a_kind,
    "place": factories.a_place,
    "role": factories.a_role,
    "source": factories.a_source,
    "tag": factories.a_tag,
    "timeline": lambda: factories.a_timeline(factories.an_event()),
    "citation": factories.a_citation,
    "user": factories.a_user,
    "group": lambda: Group.objects.create(name="people"),
    "token": lambda: models.Token.objects.create(factories.a_user(), name="program")[0],
}


def somebody(role: str | None) -> models.User | None:
    if role is None:
        return None
    return factories.a_user(role=role, is_staff=bool(role))


def may(role: str | None, noun: str) -> set[str]:
    return set(actions(role, noun)) if role else set()


def a_body(noun: str) -> dict[str, Any]:
    bodies: dict[str, dict[str, Any]] = {
        "actor": {"name": "It", "kind": "person"},
        "contract": {"title": "It", "kind": "loan", "status": "signed"},
        "source": {"title": "It", "kind": "article"},
        "timeline": {"title": "It"},
    }
    if noun == "event":
        return {"title": "It", "kind": factories.a_kind().slug}
    return bodies.get(noun, {"name": "It"})


@pytest.mark.parametrize("noun", THINGS)
@pytest.mark.parametrize("role", WHO)
def test_the_api_lets_each_role_do_what_the_table_says(role: str | None, noun: str) -> None:
    client = APIClient()
    client.force_authenticate(somebody(role))
    client.credentials(HTTP_IF_MATCH="*")
    allowed, refused = may(role, noun), 401 if role is None else 403
    root, body = f"/api/v1/{ADDRESSES[noun]}/", a_body(noun)
    hidden = MAKE[noun]()  # a draft, or something that nothing published uses
    address = f"{root}{hidden.slug}/"
    # Kinds and roles in events are for everybody to see.
    seen = "view" in allowed or noun in ("eventkind", "role")
    assert client.get(address).status_code == (200 if seen else 404)
    assert (hidden.slug in str(client.get(root).json()["results"])) == seen
    assert client.post(root, body).status_code == (201 if "add" in allowed else refused)
    for send in (client.put, client.patch):
        assert send(address, body).status_code == (200 if "change" in allowed else refused)
    lone = MAKE[noun]()
    gone = client.delete(f"{root}{lone.slug}/").status_code
    assert gone == (204 if "delete" in allowed else refused)
    assert type(lone)._default_manager.filter(pk=lone.pk).exists() == ("delete" not in allowed)


@pytest.mark.parametrize("noun", MAKE)
@pytest.mark.parametrize("role", WHO)
def test_the_admin_lets_each_role_do_what_the_table_says(role: str | None, noun: str) -> None:
    client = Client()
    if user := somebody(role):
        client.force_login(user)
    allowed, refused = may(role, noun), 403 if role else 302  # to the login
    thing = MAKE[noun]()
    app = "auth" if noun == "group" else "timeline"

    def page(name: str, *args: Any) -> str:
        return reverse(f"admin:{app}_{noun}_{name}", args=args)

    change, delete = page("change", thing.pk), page("delete", thing.pk)
    for address, action in ((page("changelist"), "view"), (change, "view"), (page("add"), "add")):
        assert client.get(address).status_code == (200 if action in allowed else refused), address
    assert client.post(page("add"), {}).status_code == (200 if "add" in allowed else refused)
    # An empty form is taken and found wanting, or saved where nothing is needed.
    answer = client.post(change, {})
    taken = answer.status_code == 200 or answer.headers.get("Location") == page("changelist")
    assert taken == ("change" in allowed)
    assert client.get(delete).status_code == (200 if "delete" in allowed else refused)
    assert client.post(delete, {"post": "yes"}).status_code == (302 if "delete" in allowed else refused)
    assert type(thing)._default_manager.filter(pk=thing.pk).exists() == ("delete" not in allowed)


@pytest.mark.parametrize("noun", REVIEWED)
@pytest.mark.parametrize("role", WHO)
def test_each_role_publishes_what_the_table_says(role: str | None, noun: str) -> None:
    client, user = APIClient(), somebody(role)
    client.force_authenticate(user)
    client.credentials(HTTP_IF_MATCH="*")
    may_publish, may_change = ("publish" in may(role, noun), "change" in may(role, noun))
    thing = MAKE[noun]()
    type(thing)._default_manager.update(review="in_review", **({"date": "2020"} if noun == "event" else {}))
    browser = Client()
    if user:
        browser.force_login(user)
    page = browser.get(reverse(f"admin:timeline_{noun}_change", args=[thing.pk]))
    assert ('value="publish"' in page.content.decode()) == may_publish
    sent = client.patch(f"/api/v1/{ADDRESSES[noun]}/{thing.slug}/", {"review": "published"}).status_code
    assert (sent == 200) == may_publish
    assert may_change or not may_publish
    assert type(thing)._default_manager.published().exists() == may_publish


def held(group: Group) -> set[tuple[str, str]]:
    return set(group.permissions.values_list("content_type__app_label", "codename"))


def test_the_migration_gave_the_groups_what_the_table_says() -> None:
    groups = {group.name: held(group) for group in Group.objects.all()}
    assert groups == {role: permissions(role) for role in ROLES}


def test_the_permissions_are_those_that_django_makes() -> None:
    names = set(Permission.objects.filter(content_type__app_label="timeline").values_list("codename", "name"))
    expected = {
        (f"{action}_{model._meta.model_name}", f"Can {action} {model._meta.verbose_name_raw}")
        for model in apps.get_app_config("timeline").get_models()
        for action in model._meta.default_permissions
    }
    expected |= {
        permission
        for model in apps.get_app_config("timeline").get_models()
        for permission in model._meta.permissions
    }
    assert names == expected


def test_the_table_forgets_no_model() -> None:
    found = apps.get_app_config("timeline").get_models()
    ours = {str(model._meta.model_name) for model in found if not issubclass(model, Past)}
    assert {*THINGS, *LINES, *ACCOUNTS, *RECORDS, *ERASURES} | MACHINERY == ours | {"group"}


def test_every_role_may_do_all_that_the_one_before_may() -> None:
    rights = [permissions(role) for role in ROLES]
    assert all(less < more for less, more in pairwise(rights))


def test_a_command_puts_the_roles_back(capsys: pytest.CaptureFixture[str]) -> None:
    editor, reader = Group.objects.get(name="editor"), Group.objects.get(name="reader")
    editor.permissions.clear()
    reader.permissions.set(Permission.objects.all())
    Group.objects.get(name="reviewer").delete()
    Group.objects.create(name="people")
    call_command("roles")
    assert capsys.readouterr().out.split() == list(ROLES)
    groups = {group.name: held(group) for group in Group.objects.all()}
    assert groups == {role: permissions(role) for role in ROLES} | {"people": set()}
