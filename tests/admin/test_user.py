"""Users, groups and tokens: who may give which powers, and a token that is seen once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.crypto import hash_token

from tests import factories
from tests.admin.forms import address, errors, filled_in, send
from timeline.models import Token, User


def staff(*permissions: str, role: str = "") -> tuple[Client, User]:
    user = factories.a_user(permissions=permissions, role=role, is_staff=True)
    return factories.a_browser(user), user


def make_token(client: Client, **changes: Any) -> Any:
    data = filled_in(client.get(address("token", "add"))) | {"name": "website", **changes}
    return client.post(address("token", "add"), data)


def test_a_token_is_shown_once_and_kept_as_a_digest(client: Client) -> None:
    response = make_token(client)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    shown = re.search(r'<code class="new-token">(\w+)</code>', response.content.decode())
    assert shown is not None
    clear_text = shown[1]
    token = Token.objects.get()
    assert (token.digest, token.token_key) == (hash_token(clear_text), clear_text[: len(token.token_key)])
    assert token.expiry is not None
    assert [
        str(message) for message in get_messages(response.wsgi_request) if clear_text in str(message)
    ] == []
    assert clear_text not in str(response.cookies)
    assert clear_text not in str(dict(client.session))
    pages = [address("token", "changelist"), address("token", "change", token.pk), reverse("admin:index")]
    for page in (*pages, address("token", "history", token.pk)):
        assert clear_text not in client.get(page).content.decode()


def test_a_token_has_a_name_and_a_scope_and_ends_in_a_year(client: Client) -> None:
    assert "required" in errors(make_token(client, name=""))
    assert "valid choice" in errors(make_token(client, scope="everything"))
    make_token(client)
    make_token(client, scope="write", name="import")
    tokens = Token.objects.order_by("created")
    assert [token.scope for token in tokens] == ["read", "write"]
    expiry = tokens[0].expiry
    assert expiry is not None
    assert 364 < (expiry - timezone.now()).days + 1 < 367


def test_the_list_shows_when_a_token_was_last_used(client: Client) -> None:
    make_token(client)
    Token.objects.update(last_used_at="2026-03-14T15:09:26Z")
    token = Token.objects.get()
    for page in (address("token", "changelist"), address("token", "change", token.pk)):
        assert "March 14, 2026, 3:09 p.m." in client.get(page).content.decode()
    assert client.get(address("token", "changelist") + "?scope__exact=read").status_code == 200


def test_a_token_opens_the_door_until_it_is_revoked(client: Client) -> None:
    make_token(client)
    token = Token.objects.get()
    client.post(address("token", "delete", token.pk), {"post": "yes"})
    assert not Token.objects.exists()


def test_a_token_is_not_changed(client: Client) -> None:
    make_token(client)
    page = address("token", "change", Token.objects.get().pk)
    assert 'name="_save"' not in client.get(page).content.decode()
    assert client.post(page, {"name": "other"}).status_code == 403


def test_a_token_may_last_for_ever_but_not_end_before_it_begins(client: Client) -> None:
    past = timezone.now() - timedelta(days=1)
    assert "ends in the future" in errors(
        make_token(client, expiry_0=f"{past:%Y-%m-%d}", expiry_1="00:00:00")
    )
    assert "Null" in errors(make_token(client, name="a\0b"))
    assert not Token.objects.exists()
    make_token(client, expiry_0="", expiry_1="")
    assert Token.objects.get().expiry is None


@pytest.mark.django_db
def test_everybody_makes_and_sees_only_their_own_tokens() -> None:
    client, user = staff("add_token", "view_token", "delete_token", "view_user")
    admin = factories.an_editor()
    theirs, _ = Token.objects.create(admin, name="of the admin")
    assert "valid choice" in errors(make_token(client, user=admin.pk))
    make_token(client)
    assert Token.objects.get(user=user).name == "website"
    assert "of the admin" not in client.get(address("token", "changelist")).content.decode()
    client.post(address("token", "delete", theirs.pk), {"post": "yes"})
    assert Token.objects.filter(pk=theirs.pk).exists()


def test_a_user_is_made_and_changed(client: Client) -> None:
    page = address("user", "add")
    data = {"username": "editor", "password1": "correct horse battery", "password2": "correct horse battery"}
    assert errors(client.post(page, {**data, "usable_password": "true"}, follow=True)) == ""
    user = User.objects.get(username="editor")
    assert user.check_password("correct horse battery")
    group = Group.objects.create(name="editors")
    assert (
        errors(send(client, address("user", "change", user.pk), {"groups": [group.pk], "is_staff": "on"}))
        == ""
    )
    assert list(user.groups.all()) == [group]
    response = send(client, address("user", "change", user.pk), {"groups": ["99999999999999999999", "x"]})
    assert "not a valid value" in errors(response)


@pytest.mark.django_db
def test_an_administrator_gives_roles_but_no_powers() -> None:
    client, administrator = staff(role="administrator")
    editor, role = factories.a_user(), Group.objects.get(name="editor")
    changes = {"is_staff": "on", "groups": [role.pk], "is_superuser": "on", "user_permissions": ["1"]}
    for user in (editor, administrator):
        send(client, address("user", "change", user.pk), changes)
        user.refresh_from_db()
        assert (user.is_staff, user.is_superuser) == (True, False)
        assert list(user.groups.all()) == [role]
        assert not user.user_permissions.exists()


@pytest.mark.django_db
def test_an_administrator_makes_and_revokes_tokens_of_all_but_superusers() -> None:
    client, administrator = staff(role="administrator")
    colleague, superuser = factories.a_user(), factories.an_editor()
    for user in (administrator, colleague):
        make_token(client, user=user.pk)
    assert "valid choice" in errors(make_token(client, user=superuser.pk))
    theirs, _ = Token.objects.create(superuser, name="of the superuser")
    assert {token.user for token in Token.objects.exclude(pk=theirs.pk)} == {administrator, colleague}
    assert "of the superuser" not in client.get(address("token", "changelist")).content.decode()
    for token in Token.objects.all():
        client.post(address("token", "delete", token.pk), {"post": "yes"})
    assert list(Token.objects.all()) == [theirs]


@pytest.mark.django_db
def test_who_edits_users_does_not_give_powers_or_touch_superusers() -> None:
    client, user = staff("add_user", "change_user", "view_user", "delete_user")
    send(client, address("user", "change", user.pk), {"is_superuser": "on", "first_name": "Ann"})
    user.refresh_from_db()
    assert (user.is_superuser, user.first_name) == (False, "Ann")
    admin = factories.an_editor()
    assert client.post(address("user", "change", admin.pk), {"username": "x"}).status_code == 403
    assert client.get(reverse("admin:auth_user_password_change", args=[admin.pk])).status_code == 403
    assert client.post(address("user", "delete", admin.pk), {"post": "yes"}).status_code == 403


def test_groups_are_kept(client: Client) -> None:
    page = reverse("admin:auth_group_add")
    assert client.get(page).status_code == 200
    client.post(page, {"name": "editors"})
    assert Group.objects.filter(name="editors").exists()
    assert client.get(reverse("admin:auth_group_changelist") + "?q=a%00").status_code == 200
