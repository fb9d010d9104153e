"""Two things that are the same, with all that can hang on them, drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests import factories as make
from timeline import models

NAMES = ("Turkey", "Türkiye", "Ankara", "S-400")
# What may hang on either of the two, or on both.
OF_ACTORS = (
    "participation", "same participation", "citation", "relation", "party", "same party", "term", "source",
    "member", "same member", "office", "each other", "alias", "identifier",
)  # fmt: skip
OF_SOURCES = ("citation", "quotes", "each other", "text", "publisher")
OF_PLACES = ("event", "parts", "each other", "between", "public")
THREADS = {"actor": OF_ACTORS, "source": OF_SOURCES, "place": OF_PLACES}


@st.composite
def pairs(draw: st.DrawFn) -> dict[str, Any]:
    noun = draw(st.sampled_from([*THREADS]))
    threads = st.lists(st.sampled_from(THREADS[noun]), unique=True)
    return {
        "noun": noun,
        "names": draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=2)),
        "threads": [draw(threads), draw(threads)],
        "review": draw(st.sampled_from(["draft", "published"])),
        "chosen": draw(st.lists(st.sampled_from(range(14)), unique=True)),
    }


def made(world: dict[str, Any]) -> list[Any]:
    """The two things of a world."""
    make_one: Any = {"actor": make.an_actor, "source": make.a_source, "place": make.a_place}[world["noun"]]
    label = "title" if world["noun"] == "source" else "name"
    two = [make_one(**{label: name}) for name in world["names"]]
    event = make.an_event(cited=True, review=world["review"])
    shared = {
        "event": event, "role": make.a_role(), "contract": make.a_contract(), "other": make_one(),
        "another event": make.an_event(),
    }  # fmt: skip
    hang = {"actor": hang_on_actor, "source": hang_on_source, "place": hang_on_place}[world["noun"]]
    for number, threads in enumerate(world["threads"]):
        for thread in threads:
            hang(thread, two, number, shared)
    return [type(one).objects.get(pk=one.pk) for one in two]


def hang_on_actor(thread: str, two: Sequence[Any], number: int, shared: dict[str, Any]) -> None:
    one, other, event, contract = two[number], two[1 - number], shared["event"], shared["contract"]
    if thread in ("participation", "same participation"):
        role = shared["role"] if thread.startswith("same") else None
        make.a_participation(event=event, actor=one, role=role, note=f"note {number}" * number)
    elif thread == "citation":
        make.a_citation(event=event, attributed_to=one)
    elif thread == "relation":
        models.EventRelation.objects.create(
            event=event, related=make.an_event(), kind="asserts", attributed_to=one
        )
    elif thread in ("party", "same party"):
        role = "buyer" if thread.startswith("same") else f"{('seller', 'lender')[number]}"
        models.ContractParty.objects.create(contract=contract, actor=one, role=role)
    elif thread == "term":
        models.PaymentTerm.objects.create(contract=contract, kind="loan", provider=one)
    elif thread == "source":
        make.a_source(publisher=one)
    elif thread in ("member", "same member"):
        member = shared["other"] if thread.startswith("same") else None
        make.an_affiliation(member=member, organization=one, title="head")
    elif thread == "office":
        make.an_affiliation(member=one, organization=shared["other"], title="head", held="2019")
    elif thread == "each other":
        make.an_affiliation(member=one, organization=other, title=f"part {number}")
    elif thread == "alias":
        for name in (f"Alias {number}", "Same alias"):
            models.Alias.objects.create(actor=one, name=name)
    else:
        models.Identifier.objects.create(actor=one, scheme="wikidata", value=f"Q{number}")


def hang_on_source(thread: str, two: Sequence[Any], number: int, shared: dict[str, Any]) -> None:
    one, other = two[number], two[1 - number]
    if thread == "citation":
        make.a_citation(event=shared["event"], source=one, quote="It was signed")
    elif thread == "quotes":
        make.a_source(quoted_in=one)
    elif thread == "each other":
        type(one).objects.filter(pk=one.pk).exclude(pk=other.quoted_in_id).update(quoted_in=other)
        other.refresh_from_db()
        one.refresh_from_db()
    elif thread == "text":
        one.text = f"It was signed{number}. " * (number + 1)
        one.save()
    else:
        one.publisher, one.published = make.an_actor(kind="media"), "March 2020"
        one.save()


def hang_on_place(thread: str, two: Sequence[Any], number: int, shared: dict[str, Any]) -> None:
    one, other = two[number], two[1 - number]
    if thread == "event":
        event = shared["event"] if number else shared["another event"]
        models.Event.objects.filter(pk=event.pk).update(place=one)
    elif thread == "parts":
        make.a_place(part_of=one, latitude="41.5", longitude="29")
    elif thread in ("each other", "between"):
        if other.part_of_id is None and one.part_of_id is None:
            one.part_of = make.a_place(part_of=other) if thread == "between" else other
            one.save()
    else:
        one.is_public = True
        one.save()
