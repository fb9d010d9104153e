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


def staff(*permissions: str) -> tuple[Client, User]:
    user = factories.a_user(permissions=permissions)
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    return client, user


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
