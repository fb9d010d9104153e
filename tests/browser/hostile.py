"""Text of somebody who means ill: twelve payloads, put into every text field of every noun.

If a page took it for more than text, each would call `pwned`, or fetch something, or change the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

PAYLOADS = (
    "<script>pwned(1)</script>",
    "<img src=x onerror=pwned(2)>",
    '"><svg onload=pwned(3)>',
    "'><details open ontoggle=pwned(4)>",
    "</textarea></select><script>pwned(5)</script>",
    "</title></style></script><script>pwned(6)</script>",
    '" autofocus onfocus=pwned(7) style="color:red" x="',
    '<iframe srcdoc="<script>parent.pwned(8)</script>"></iframe>',
    "javascript:pwned(9)",
    "{{constructor.constructor('pwned(10)')()}}${pwned(10)}",
    "<base href=//x.invalid><link rel=stylesheet href=//x.invalid/a.css>",
    '<math><mtext><mglyph><style><!--</style><img title="--><img src onerror=pwned(12)>">',
)
# What is no text of anybody: addresses, digests, keys, and codes that the database holds to three letters.
OF_THE_PROGRAM = {"slug", "digest", "text_sha256", "password", "token_key", "code", "key", "currency"}

_numbers = count(1)


def _text_fields(model: Any) -> Iterator[Any]:
    from django.db.models import CharField, TextField

    for field in model._meta.concrete_fields:
        is_text = isinstance(field, CharField | TextField) and field.editable and not field.choices
        if is_text and field.name not in OF_THE_PROGRAM:
            yield field


def poison(row: Any, payload: str) -> None:
    """Put the payload into each text of the row, as far as it fits. Numbered: some may stand only once."""
    from timeline.fields import TimeSpanField, When

    for field in _text_fields(type(row)):
        setattr(row, field.attname, f"{payload} {next(_numbers)}"[: field.max_length])
    for field in type(row)._meta.get_fields():
        if isinstance(field, TimeSpanField):
            setattr(row, field.name, When.of({"text": payload, "edtf": "2019"}))
    row.save()


def _models() -> list[Any]:
    """All that people write, by the table of who may do what."""
    from django.apps import apps

    from timeline import roles

    return [apps.get_model("timeline", name) for name in (*roles.THINGS, *roles.LINES)]


def a_poisoned_world(number: int, payload: str) -> dict[str, list[int]]:
    """A world with the payload everywhere, twice, so that it stands in the past, too; ids by noun."""
    from tests.api.world import a_world
    from timeline.models import Revision, User

    user = User.objects.get(username="root")
    before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in _models()}
    event = a_world(str(number))
    made = {model: model._default_manager.exclude(pk__in=before[model]) for model in _models()}
    for _ in range(2):
        for rows in made.values():
            for row in rows:
                poison(row, payload)
    _make_contradictions(event, payload)
    _note_actions(user, event, payload)
    _look_at_findings(user, payload)
    merged = _merge_two(user)
    ids = {model._meta.model_name or "": [*rows.values_list("pk", flat=True)] for model, rows in made.items()}
    version = Revision.objects.filter(noun="event", thing_id=event.pk).latest("id").pk
    past = {"changed": [event.pk], "version": [version]}
    return ids | past | {"merge": [merged], "account": [_an_account(payload, number)]}


def _make_contradictions(event: Any, payload: str) -> None:
    """The event responds to one that came later."""
    from timeline.fields import When

    relation = event.relations.get()
    relation.kind = "responds_to"
    relation.save()
    relation.related.date = When.of({"text": payload, "edtf": "2021"})
    relation.related.save()


def _note_actions(user: Any, event: Any, payload: str) -> None:
    """What the desk and the history pages say of what was done."""
    from django.contrib.admin.models import CHANGE, LogEntry
    from django.contrib.contenttypes.models import ContentType

    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(event),
        object_id=str(event.pk),
        object_repr=payload,
        action_flag=CHANGE,
        change_message=json.dumps([{"changed": {"name": payload, "object": payload, "fields": [payload]}}]),
    )


def _look_at_findings(user: Any, payload: str) -> None:
    from timeline.contradictions import notes
    from timeline.contradictions.listing import page_of

    for listed in page_of(user, 2, seen=False).found:
        notes.look_at(user, listed.finding.key, listed.finding.digest, payload)


def _merge_two(user: Any) -> int:
    from django.db import transaction

    from timeline.identity.merging import Merging, locked, merge
    from timeline.models import Actor

    with transaction.atomic():
        kept, gone = locked(Actor, *Actor.objects.order_by("-pk").values_list("pk", flat=True)[:2])
        return merge(Merging(kept, gone), user).pk


def _an_account(payload: str, number: int) -> int:
    """Somebody with such a name, in a group with one, and with a token."""
    from django.contrib.auth.models import Group

    from timeline.models import Token, User

    user = User.objects.create(
        username=f"{payload} {number}", first_name=payload, last_name=payload, email=payload
    )
    user.groups.add(Group.objects.create(name=payload))
    Token.objects.create(user, name=payload)
    return user.pk
