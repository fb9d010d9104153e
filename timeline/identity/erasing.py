"""Erases a thing or a part of it from all that stands and stood; what stays says that, when and by whom.

What names an erased thing and cannot be without it goes with it, now and in all past states, because it says
something of the thing: a part in an event, a citation of a source. What can be without it stays and names
nothing there. Past states go on to answer, and say nothing of what was erased.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from timeline import kept, search
from timeline.history import scrubbing
from timeline.history.changesets import changeset
from timeline.history.scrubbing import Naming, name_of, namings, past
from timeline.history.things import BY_NOUN, ROOTS
from timeline.identity import forgetting
from timeline.identity.forgetting import Lines, Texts
from timeline.identity.partial import erase_part, texts_of
from timeline.identity.parts import ErasureError, Part, part_of
from timeline.identity.refused import parts
from timeline.identity.target import Account, Target, retract_unsupported
from timeline.models import Actor, Alias, Erasure, EventChange, EventDocument, Identifier, Merge, Role, Source

# What is written of a thing may be repeated in why it was changed.
REPEATED = ("slug", "review_note", "retraction_reason")


def erase(
    target: Target,
    path: str = "",
    *,
    by: Any,
    basis: str = "",
    replacement: str | None = None,
    dry_run: bool = False,
) -> Account:
    """Erase the thing, or the part of it that `path` names, in one transaction; or only say what would go.

    What may not be empty gets the `replacement`. Raises ErasureError, and nothing has changed then. What the
    files of the database keep of deleted rows is another matter: timeline/sweeping.py.
    """
    erasure = Erasure(noun=target.noun.name, thing_id=target.pk, part=path, by=by, basis=basis)
    try:
        erasure.clean_fields()
    except ValidationError as refused:
        told = (f"{name}: {' '.join(said)}" for name, said in refused.message_dict.items())
        raise ErasureError(" ".join(told)) from refused
    account, part = Account(), part_of(target.noun, path) if path else None
    if replacement and not (part and part.fields):
        raise ErasureError("Something can come to stand in the place of a field, and this is none.")
    stale: list[int] = []
    try:
        with changeset(by=by):
            erasure.save()
            with changeset(message=str(erasure).capitalize()):
                _erase(target, part, replacement, account)
            stale = _empty_stale_documents()
            account.beside["kept documents with their entries in the search"] = len(stale)
            if dry_run:
                transaction.set_rollback(True)
    except IntegrityError as error:
        message = "The database refuses that: a rule forbids it, or somebody writes about it at this moment."
        raise ErasureError(f"{message} Nothing was erased.") from error
    if not dry_run:
        for some in parts(stale):
            kept.settled(some, storing=kept.patiently)
    return account


def notes(target: Target, path: str) -> list[str]:
    """What goes along, or stays, and is easily overlooked."""
    found = []
    if len(target.pks) > 1:
        found.append(f"What was merged into it goes with it: {len(target.pks) - 1}.")
    for merge in Merge.objects.filter(noun=target.model._meta.model_name, gone_id=target.pk):
        into = f"“{merge.kept_name}”" if merge.kept_name else f"number {merge.kept_id}"
        if merge.undone_at is not None:
            found.append(f"The past of {into} has what it took over in a merge. Erase that there.")
        elif not target.stands:
            found.append(f"It was merged into {into}, which stays, with what it took over.")
    if path == target.model.name_field:
        found.append(
            f"Its address stays: “{target.slug}”. Erase “slug” as well if that tells what it was called."
        )
        if target.model is Actor:
            found.append("Its other names stay. Erase “aliases” as well if they tell who it is.")
    if target.model is Source and path == "text":
        found.append("Quotes from it stay with what they support. Erase “citations.quote” there as well.")
    key, *rest = path.split(".")
    if len(rest) > 1:
        whole = f"{key}.{rest[1]}"
        found.append(
            f"What the line said before it was written anew may stay. Erase “{whole}” for those, too."
        )
    if path or len(target.name) < forgetting.SHORTEST:
        found.append(
            f"What has fewer than {forgetting.SHORTEST} letters is not looked for in logs, reasons and notes."
        )
    found.append("The texts of others stay, whatever they say: search for what must not be found any more.")
    return found


def _erase(target: Target, part: Part | None, replacement: str | None, account: Account) -> None:
    # Nobody writes of it, nor comes to name it, from before it is read.
    list(target.noun.rows.filter(pk__in=target.pks).order_by("pk").select_for_update())
    slugs = forgetting.slugs_of(target.model, target.noun.name, target.pks)
    texts = Texts(texts_of(target, part) if part else _written(target) | slugs)
    lines = erase_part(target, part, replacement, account) if part else _erase_whole(target, account)
    _forget(target, part, lines, slugs, texts, account)
    if part is None:
        account.past = scrubbing.take_out(target.noun.name, target.pks)
        scrubbing.leave_marks(target.noun.name, target.pks)


def _forget(
    target: Target, part: Part | None, lines: Lines, slugs: set[str], texts: Texts, account: Account
) -> None:
    """What stands beside. Before the past of a whole thing goes, which tells what was only about it."""
    model, pks, beside = target.model, target.pks, account.beside
    if part is None or part.path == "slug":
        beside["former addresses"] = forgetting.forget_addresses(model, pks, slugs)
    whole, name = part is None, None
    beside["merges that cannot be undone any more as they were"] = forgetting.forget_identity(
        model, pks, lines, all_of_it=whole
    )
    if part is not None:
        standing = target.noun.rows.filter(pk=target.pk).values_list(model.name_field, flat=True).first()
        name = standing or ""
    beside["reasons of changes"] = forgetting.forget_messages(target.noun.name, pks, texts, all_of_it=whole)
    beside["entries in the log of the admin"] = forgetting.forget_log(model, pks, texts, name=name)
    beside["sessions in which a notice names it"] = forgetting.forget_notices(texts)
    beside["notes on findings"] = forgetting.forget_notes(slugs, texts)
    beside["answers kept for repeated requests"] = forgetting.forget_answers(slugs)
    beside["files sent for import"] = forgetting.forget_uploads()


def _written(target: Target) -> set[str]:
    """What a thing is called, and words about it that are repeated elsewhere."""
    names = {field.name for field in target.model._meta.concrete_fields}
    found: set[str] = set()
    for name in names.intersection((target.model.name_field, *REPEATED)):
        for rows in (target.noun.rows.filter(pk__in=target.pks), past(target.model, id__in=target.pks)):
            found.update(rows.values_list(name, flat=True))
    if target.model is Actor:
        for line, column in ((Alias, "name"), (Identifier, "value")):
            for rows in (
                line._default_manager.filter(actor__in=target.pks),
                past(line, actor_id__in=target.pks),
            ):
                found.update(rows.values_list(column, flat=True))
    return found


# --- The whole of a thing ---


def _erase_whole(target: Target, account: Account) -> dict[str, set[int]]:
    """What stands; returns the lines that go, by the label of their model."""
    lines = _numbers(target)
    account.present[name_of(target.model)] = 0  # which comes first
    others: dict[type[Any], set[int]] = defaultdict(set)
    for naming in namings(target.model):
        _refuse_what_is_needed(naming, target)
        for model, pks in _unname(naming, target, account).items():
            others[model] |= pks
    _, gone = target.noun.rows.filter(pk=target.pk).delete()
    for label, number in gone.items():
        account.present[name_of(apps.get_model(label))] += number
    for model, pks in others.items():
        for some in parts(sorted(pks)):
            model._default_manager.filter(pk__in=some).mark_changed()
        account.changed[str(model._meta.verbose_name_plural)] = len(pks)
        retract_unsupported(model, pks, account)
    return lines


def _numbers(target: Target) -> dict[str, set[int]]:
    """Of all rows that ever belonged to the thing, or cannot be without it."""
    found: dict[str, set[int]] = defaultdict(set)
    columns = [
        *BY_NOUN[target.noun.name].lines,
        *((naming.model, naming.column) for naming in namings(target.model) if not naming.key.null),
    ]
    for model, column in columns:
        lookup = {f"{column}__in": target.pks}
        for rows in (model._default_manager.filter(**lookup), past(model, **lookup)):
            found[model._meta.label_lower].update(rows.values_list("id", flat=True))
    return found


def _refuse_what_is_needed(naming: Naming, target: Target) -> None:
    """A kind of events, a role: without it they could not stand, nor be told of."""
    if naming.key.null or not (naming.model in ROOTS or target.model is Role):
        return
    lookup = {f"{naming.column}__in": target.pks}
    numbers = set(naming.model._default_manager.filter(**lookup).values_list("pk", flat=True))
    numbers.update(past(naming.model, **lookup).values_list("id", flat=True))
    if numbers:
        message = f"{len(numbers)} {name_of(naming.model)}, now or in past states, cannot be without it."
        raise ErasureError(f"{message} Erase its fields instead, and put something in their place.")


def _unname(naming: Naming, target: Target, account: Account) -> dict[type[Any], set[int]]:
    """Let nothing name the thing by this column; returns the things that change by it."""
    rows = naming.model._default_manager.filter(**{f"{naming.column}__in": target.pks})
    found: dict[type[Any], set[int]] = defaultdict(set)
    for owner in naming.owners:
        numbers = rows.exclude(**{owner.column: None}).order_by().values_list(owner.column, flat=True)
        found[BY_NOUN[owner.noun].root] |= set(numbers)
    if naming.key.null:
        number = rows.update(**naming.emptied)
    else:
        number, _ = rows.delete()
    if naming.model not in ROOTS:
        account.present[name_of(naming.model)] += number
    return {model: pks for model, pks in found.items() if pks}


# --- Documents ---


def _empty_stale_documents() -> list[int]:
    """Leave no words in documents and in the index that are overtaken; returns the events of these."""
    overtaken = EventChange.objects.order_by().values("event_id")
    documents = EventDocument.objects.filter(event_id__in=overtaken)
    found = list(documents.order_by("event_id").values_list("event_id", flat=True))
    for some in parts(found):
        EventDocument.objects.filter(event_id__in=some).update(body="", digest="")
        search.write(some, {})
    search.leave_documented()
    return found
