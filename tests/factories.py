"""One plain function per noun that makes a saved row; what a test does not name is filled in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from django.test import Client

from timeline import models

_numbers = count(1)


def _number() -> int:
    return next(_numbers)


def a_user(
    *, permissions: tuple[str, ...] = (), role: str = "", is_staff: bool = False, superuser: bool = False
) -> models.User:
    """A user, perhaps with a role; `permissions` are codenames such as "add_event"."""
    from django.contrib.auth.models import Group, Permission

    make = models.User.objects.create_superuser if superuser else models.User.objects.create_user
    user = make(f"user-{_number()}", password="a password for tests", is_staff=is_staff or superuser)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    user.groups.set([Group.objects.get(name=role)] if role else [])
    return user


def a_browser(user: models.User) -> Client:
    """One in which the user is logged in."""
    client = Client()
    client.force_login(user)
    return client


def somebody(role: str) -> Client:
    """The browser of somebody with this role who works in the admin."""
    return a_browser(a_user(role=role, is_staff=True))


def an_editor() -> models.User:
    """Somebody who may view, add, change and delete everything."""
    return a_user(superuser=True)


def a_kind(**fields: Any) -> models.EventKind:
    return models.EventKind.objects.create(**{"name": f"Kind {_number()}", **fields})


def a_role(**fields: Any) -> models.Role:
    return models.Role.objects.create(**{"name": f"Role {_number()}", **fields})


def a_tag(**fields: Any) -> models.Tag:
    return models.Tag.objects.create(**{"name": f"Tag {_number()}", **fields})


def a_place(**fields: Any) -> models.Place:
    return models.Place.objects.create(**{"name": f"Place {_number()}", **fields})


def an_actor(**fields: Any) -> models.Actor:
    return models.Actor.objects.create(**{"name": f"Actor {_number()}", "kind": "person", **fields})


def an_affiliation(**fields: Any) -> models.Affiliation:
    fields.setdefault("member", None)
    fields["member"] = fields["member"] or an_actor()
    fields["organization"] = fields.get("organization") or an_actor(kind="organization")
    return models.Affiliation.objects.create(**fields)


def an_event(*, cited: bool = False, tags: tuple[models.Tag, ...] = (), **fields: Any) -> models.Event:
    """An event, a draft with no date unless told otherwise; `cited` gives it a citation."""
    fields["kind"] = fields.get("kind") or a_kind()
    event: models.Event = models.Event.objects.create(**{"title": f"Event {_number()}", **fields})
    event.tags.set(tags)
    if cited:
        a_citation(event=event)
    return event


def a_published_event(**fields: Any) -> models.Event:
    return an_event(cited=True, review="published", **fields)


def a_participation(**fields: Any) -> models.Participation:
    defaults: dict[str, Callable[[], Any]] = {"event": an_event, "actor": an_actor, "role": a_role}
    for name, make in defaults.items():
        fields[name] = fields.get(name) or make()
    participation: models.Participation = models.Participation.objects.create(**fields)
    participation.refresh_from_db()
    return participation


def a_source(**fields: Any) -> models.Source:
    return models.Source.objects.create(**{"title": f"Source {_number()}", "kind": "article", **fields})


def a_citation(**fields: Any) -> models.Citation:
    fields["source"] = fields.get("source") or a_source()
    if "event" not in fields and "contract" not in fields:
        fields["event"] = an_event()
    return models.Citation.objects.create(**fields)


def a_contract(**fields: Any) -> models.Contract:
    defaults = {"title": f"Contract {_number()}", "kind": "purchase", "status": "signed"}
    return models.Contract.objects.create(**defaults | fields)


def a_timeline(*events: models.Event, **fields: Any) -> models.Timeline:
    timeline = models.Timeline.objects.create(**{"title": f"Timeline {_number()}", **fields})
    for event in events:
        models.TimelineEntry.objects.create(timeline=timeline, event=event)
    return timeline
