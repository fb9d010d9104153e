"""What has to be forgotten with what is erased, and stands beside the things and their states.

Former addresses, merges, what it was told from, notes, the admin's log, why things were changed, answers that
are kept for who asks again, files sent for import. All of it is part of the eraser's transaction.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q

from timeline.history.changesets import current
from timeline.history.scrubbing import only_of, past
from timeline.identity.refused import parts
from timeline.identity.snapshots import Snapshot, model_of
from timeline.models import (
    Changeset,
    CheckNote,
    Distinction,
    FormerSlug,
    IdempotencyKey,
    Merge,
    Revision,
    Upload,
)
from timeline.search.words import words

# Where timeline/settings.py has Django keep what an editor is told on the next page.
NOTICES = "_messages"
# Shorter texts stand in any other.
SHORTEST = 3
# Of what a thing is called Django's log has so many characters.
LONGEST = 200

Lines = Mapping[str, set[int]]


class Texts:
    """What is not to be read any more where people or the program have written of a thing."""

    def __init__(self, texts: Iterable[str]) -> None:
        runs = {" ".join(words(text)) for text in texts}
        self.runs = {f" {run} " for run in runs if len(run) >= SHORTEST}

    def stand_in(self, text: str) -> bool:
        said = f" {' '.join(words(text))} "
        return any(run in said for run in self.runs)

    def begin(self, text: str) -> bool:
        """Whether a text is the beginning of one of them, as Django's log has it of a long name."""
        said = f" {' '.join(words(text))}"
        return len(text) >= LONGEST and any(run.startswith(said) for run in self.runs)


def slugs_of(model: type[Any], noun: str, pks: Sequence[int]) -> set[str]:
    """All that the things ever had."""
    found = set(Revision.objects.filter(noun=noun, thing_id__in=pks).values_list("slug", flat=True))
    found.update(past(model, id__in=pks).values_list("slug", flat=True))
    found.update(model._default_manager.filter(pk__in=pks).values_list("slug", flat=True))
    former = FormerSlug.objects.filter(noun=model._meta.model_name, thing_id__in=pks)
    found.update(former.values_list("slug", flat=True))
    return found - {""}


def forget_addresses(model: type[Any], pks: Sequence[int], slugs: set[str]) -> int:
    """Also those of what was merged, which lead to what stayed."""
    own = Q(thing_id__in=pks) | Q(slug__in=slugs)
    return _deleted(FormerSlug.objects.filter(own, noun=model._meta.model_name))


def forget_identity(model: type[Any], pks: Sequence[int], lines: Lines, *, all_of_it: bool) -> int:
    """Delete the merges of the things, which have copies of them, and what they were told from.

    Where only a part goes it stays known, by number, what was merged into what. Of other merges goes what
    they have deleted or changed of `lines`: numbers by the label of their model.
    """
    noun = model._meta.model_name
    Distinction.objects.filter(Q(first_id__in=pks) | Q(second_id__in=pks), noun=noun).delete()
    own = Merge.objects.filter(Q(kept_id__in=pks) | Q(gone_id__in=pks), noun=noun)
    if all_of_it:
        number = _deleted(own)
    else:
        number = own.exclude(kept_name="").update(kept_name="", gone_name="", gone_slug="", record={})
    for merge in Merge.objects.exclude(kept_name="").iterator(chunk_size=100):
        if (record := _without(merge.record, model, pks, lines)) != merge.record:
            Merge.objects.filter(pk=merge.pk).update(record=record)
            number += 1
    return number


def _without(record: dict[str, Any], model: type[Any], pks: Sequence[int], lines: Lines) -> dict[str, Any]:
    gone = {label: {*numbers} for label, numbers in lines.items()}
    return {
        **record,
        "gone": [_unnamed(one, model, pks) for one in record["gone"]],
        "dropped": [one for one in record["dropped"] if one["pk"] not in gone.get(one["model"], ())],
        "changed": [one for one in record["changed"] if one[1] not in gone.get(one[0], ())],
        "made": [one for one in record["made"] if one[1] not in gone.get(one[0], ())],
    }


def _unnamed(found: Snapshot, model: type[Any], pks: Sequence[int]) -> Snapshot:
    """The copy of a row with nothing in the place of what is erased."""
    keys = {field.name for field in model_of(found)._meta.concrete_fields if field.related_model is model}
    fields = found["fields"].items()
    return {**found, "fields": {name: _not(value, pks) if name in keys else value for name, value in fields}}


def _not(value: Any, pks: Sequence[int]) -> Any:
    return None if value in pks else value


def forget_messages(noun: str, pks: Sequence[int], texts: Texts, *, all_of_it: bool) -> int:
    """Empty why things were changed: where the texts stand in it, or nothing but these things was changed."""
    rows = Changeset.objects.exclude(message="").exclude(pk=current())
    only = only_of(noun, pks) if all_of_it else set[int]()
    found = [
        pk
        for pk, message in rows.values_list("id", "message").iterator(chunk_size=2000)
        if pk in only or texts.stand_in(message)
    ]
    return _emptied(Changeset.objects, found, message="")


def forget_log(model: type[Any], pks: Sequence[int], texts: Texts, *, name: str | None) -> int:
    """Delete the admin's log of the things, or, with a `name`, leave who changed it when, under that name.

    The log of others is emptied where the texts stand in it.
    """
    kind = ContentType.objects.get_for_model(model)
    own = LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in pks])
    number = _deleted(own) if name is None else own.update(object_repr=name[:LONGEST], change_message="")
    found = [
        pk
        for pk, of, message in LogEntry.objects.exclude(pk__in=own.values("pk"))
        .values_list("pk", "object_repr", "change_message")
        .iterator(chunk_size=2000)
        if texts.stand_in(of) or texts.begin(of) or texts.stand_in(_as_said(message))
    ]
    return number + _emptied(LogEntry.objects, found, object_repr="", change_message="")


def _as_said(message: str) -> str:
    """A message of the log, which writes letters that are not ASCII as numbers."""
    try:
        return json.dumps(json.loads(message), ensure_ascii=False)
    except ValueError:
        return message


def forget_notices(texts: Texts) -> int:
    """End the sessions in which a notice of the admin with the texts waits for its reader."""
    found = [
        session.pk
        for session in Session.objects.iterator(chunk_size=500)
        if texts.stand_in(html.unescape(_as_said(str(session.get_decoded().get(NOTICES, "")))))
    ]
    return _deleted(Session.objects.filter(pk__in=found))


def forget_notes(slugs: Iterable[str], texts: Texts) -> int:
    """Delete what was said of findings about the things, and of others where the texts stand in it."""
    named = [[slug] for slug in slugs]
    found = [
        pk
        for pk, key, *said in CheckNote.objects.values_list("pk", "key", "about", "note").iterator()
        if key.split(":")[1:2] in named or any(map(texts.stand_in, said))
    ]
    return _deleted(CheckNote.objects.filter(pk__in=found))


def forget_answers(slugs: Iterable[str]) -> int:
    """Empty the answers that are kept for a day for who sends a request again, where they name the things."""
    ways = (json.dumps, '"{}"'.format, "/{}/".format, lambda slug: f"/{quote(slug)}/")
    named = [way(slug).encode() for slug in slugs for way in ways]
    found = [
        pk
        for pk, location, body in IdempotencyKey.objects.values_list("pk", "location", "body").iterator()
        if any(one in location.encode() or one in bytes(body) for one in named)
    ]
    return _emptied(IdempotencyKey.objects, found, location="", body=b"")


def forget_uploads() -> int:
    """Delete the files that nobody has taken in yet; what stands in them is not looked for."""
    return _deleted(Upload.objects.all())


def _deleted(rows: Any) -> int:
    number, _ = rows.delete()
    return int(number)


def _emptied(rows: Any, found: list[int], **values: Any) -> int:
    for some in parts(found):
        rows.filter(pk__in=some).update(**values)
    return len(found)
