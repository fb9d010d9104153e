"""The questions one can ask of the rows, in the words of the field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.apps import apps
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone

from timeline.dates import OPEN_FUTURE, OPEN_PAST, TimeSpan
from timeline.fields import conventions
from timeline.places import PARTS_OF, HasPublishedEvents
from timeline.quoted import QuotesQuerySet, TextsQuerySet
from timeline.rows import insert_lines
from timeline.search import TIERS, Hits, IsHit, Query, find

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

MATCHES = ("possible", "certain", "within", "starts")


class Window(NamedTuple):
    """A span of time to search: both ends inclusive, in seconds as TimeSpan counts them."""

    start: int = OPEN_PAST
    end: int = OPEN_FUTURE

    @classmethod
    def over(cls, first: TimeSpan | None, last: TimeSpan | None) -> Window:
        """From the earliest that `first` may mean to the latest that `last` may mean; None leaves it open."""
        return cls(
            OPEN_PAST if first is None else first.widened(conventions()).earliest,
            OPEN_FUTURE if last is None else last.widened(conventions()).latest,
        )


def during(window: Window, match: str = "possible", *, prefix: str = "") -> Q:
    """The condition that a time span meets a window, by one of MATCHES; `prefix` leads to its bounds.

    The formulas are those of docs/dates.md. Nothing undated meets any window.
    """

    def bound(**lookup: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookup.items()})

    if match not in MATCHES:
        raise ValueError(f"A match is one of {', '.join(MATCHES)}, not {match!r}.")
    if match == "possible":
        return bound(earliest__lte=window.end, latest__gte=window.start)
    certain = bound(start_latest__lte=window.end, end_earliest__gte=window.start)
    if match == "certain":
        return certain
    started = certain & bound(earliest__range=window)
    return started & (bound(start_latest__range=window) if match == "starts" else bound(latest__range=window))


def published_by(moment: int, *, prefix: str = "") -> Q:
    """The condition that a source was certainly published at that moment or before.

    That takes a date: its latest bound, as it is searched, is not after the moment, and it is not uncertain,
    which would have put `start_latest` into the open future. What is undated never meets it.
    """
    bounds = {"edtf__isnull": False, "start_latest__lte": moment, "latest__lte": moment}
    return Q(**{f"{prefix}published_{name}": value for name, value in bounds.items()})


def rows_of(model: str) -> Any:
    """All rows of a model, by name: the models import this file."""
    return apps.get_model("timeline", model)._default_manager.all()


class RowQuerySet(QuerySet[Any]):
    """Rows that fixtures name by what identifies them instead of by number."""

    def get_by_natural_key(self, *key: Any) -> Any:
        lookups = {}
        for name, value in zip(self.model.natural_lookups, key, strict=True):
            if value is None:
                lookups[f"{name.removesuffix('__slug')}__isnull"] = True
            else:
                lookups[name] = value
        return self.get(**lookups)

    def create_lines(self, lines: list[Any]) -> None:
        """Save new lines of one thing, whose positions are settled, with few statements."""
        if lines and not insert_lines(lines):
            self.bulk_create(lines)


class RecordQuerySet(RowQuerySet):
    """Public things. `public()` is the one rule of who sees what; every exit goes through `visible_to()`."""

    def public(self) -> Self:
        """What everybody may see."""
        return self.all()

    def mark_changed(self, **more: Any) -> None:
        """Count a change of each, and when it was: for what changes a thing without saving it.

        `more` are columns that change with it.
        """
        self.update(version=F("version") + 1, updated_at=timezone.now(), **more)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Everything for those who may view the model in the admin, for others what is public."""
        return self.all() if self.hides_nothing_from(user) else self.public()

    @property
    def view_permission(self) -> str:
        return f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"

    def hides_nothing_from(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        """Whether the user sees every row that there is or may come."""
        return bool(user.has_perm(self.view_permission))  # type: ignore[union-attr]


class VocabularyQuerySet(RecordQuerySet):
    """Kinds and roles: words of the language of the database, public always."""

    def hides_nothing_from(self, user: AbstractBaseUser | AnonymousUser) -> bool:
        return True


def _is_public(model: str, name: str) -> Exists:
    """That the row which the foreign key `name` leads to is public.

    Asked of each row, which stops at the first: of `IN (SELECT …)` SQLite makes a list of all that is public.
    """
    return Exists(rows_of(model).public().order_by().filter(pk=OuterRef(name)))


class ReviewedQuerySet(RecordQuerySet):
    """Things that go through review before the public sees them."""

    def published(self) -> Self:
        return self.filter(review="published")

    def public(self) -> Self:
        return self.published()

    def withdrawn(self) -> Self:
        """What the public has seen and sees no longer, but for the reason."""
        return self.filter(retracted_at__isnull=False).exclude(review="published")

    def in_state(self, review: str) -> Self:
        """Those in this state of review, by the partial index of those that has it."""
        if not review.isidentifier():
            raise ValueError(f"{review!r} is no state of review.")
        # Written into the statement, because SQLite does not match a parameter with that index.
        return self.filter(review=RawSQL(f"'{review}'", ()))

    def returned_to(self, user: Any) -> Self:
        """Drafts that the user sent to review and got back with a note."""
        # Written into the statement, because SQLite does not match a parameter with the index of these.
        draft, blank = RawSQL("'draft'", ()), RawSQL("''", ())
        return self.filter(review=draft, review_note__gt=blank, sent_by=user.pk)

    def without_precise_source(self) -> Self:
        """Published with no citation that says, by a quote or a locator, where in its source it stands."""
        target = self.model._meta.model_name
        # First those that may be, by an index of such citations: what is published has some citation. The
        # blanks are written into the statement, because SQLite does not match a parameter with that index.
        blank = RawSQL("''", ())
        imprecise = rows_of("Citation").order_by().filter(quote=blank, locator=blank)
        precise = self._citations().exclude(quote="", locator="")
        return self.published().filter(~Exists(precise), pk__in=imprecise.values(target))

    def known_by(self, moment: int, sources: QuerySet[Any] | None = None) -> Self:
        """What some source had certainly reported by then: one of `sources`, where they are given."""
        cited = self._citations().filter(published_by(moment, prefix="source__"))
        return self.filter(Exists(cited if sources is None else cited.filter(source__in=sources)))

    def _citations(self) -> QuerySet[Any]:
        """The citations of the row `OuterRef("pk")`."""
        return rows_of("Citation").order_by().filter(**{self.model._meta.model_name: OuterRef("pk")})  # type: ignore[no-any-return]


class EventQuerySet(ReviewedQuerySet):
    """Events; each method narrows or orders, and all of them combine."""

    def dated(self) -> Self:
        return self.filter(date_edtf__isnull=False)

    def undated(self) -> Self:
        # The first condition follows from the second, and is one that an index answers.
        return self.filter(date_sort_at__gte=OPEN_FUTURE, date_edtf__isnull=True)

    def during(self, window: Window, match: str = "possible", *, or_undated: bool = False) -> Self:
        """Events that touch the window possibly or certainly, lie within it, or start in it."""
        condition = during(window, match, prefix="date_")
        return self.filter(condition | Q(date_edtf=None) if or_undated else condition)

    def matching(self, query: Query) -> Self:
        """Events that a search finds, as of now: settles what has changed, or raises search.Unsettled."""
        return self._among(find(query))

    def by_relevance(self, query: Query) -> list[Self]:
        """The same by tiers, the best first, each a QuerySet in the order of dates."""
        hits = find(query)
        return [self._among(hits, tier).annotate(tier=Value(tier)).in_order() for tier in TIERS]

    def _among(self, hits: Hits, tier: int | None = None) -> Self:
        searched, hidden = hits.query.searched, hits.query.hidden
        found = Q(IsHit(hits, searched, tier))
        if hidden:
            shown = Q(IsHit(hits, searched - hidden, tier))
            found = Q(review="published") & found | ~Q(review="published") & shown
        return self.filter(found)

    def with_match(self, window: Window) -> Self:
        """Adds `match` to events of the window: "certain" where every reading touches it, else "possible".

        Of an undated event it is None.
        """
        certain = When(during(window, "certain", prefix="date_"), then=Value("certain"))
        dated = When(date_edtf__isnull=False, then=Value("possible"))
        return self.annotate(match=Case(certain, dated, default=None, output_field=CharField()))

    def in_order(self) -> Self:
        """By date, ties by id; the undated come last."""
        return self.order_by("date_sort_at", "id")

    def newest_first(self) -> list[Self]:
        """The other way round, in two tiers: what has no reading, or one open at both ends, is last again.

        As one QuerySet they would be sorted by more than any index has.
        """
        dated, rest = Q(date_sort_at__lt=OPEN_FUTURE), Q(date_sort_at__gte=OPEN_FUTURE)
        tiers = [self.filter(one).annotate(tier=Value(tier)) for tier, one in enumerate((dated, rest))]
        return [rows.order_by("-date_sort_at", "-id") for rows in tiers]

    def by_change(self, *, descending: bool = False) -> Self:
        """By the last change, ties by id."""
        return self.order_by("-updated_at", "-id") if descending else self.order_by("updated_at", "id")

    def join(self, contract: Any) -> None:
        """Add the contract to those of these events that lack it, which is a change of each of them."""
        lacking = list(self.exclude(contracts=contract).order_by("pk").values_list("pk", flat=True))
        contract.events.add(*lacking)
        self.model._default_manager.filter(pk__in=lacking).mark_changed()

    def involving(
        self, actors: Iterable[Any], *, roles: Iterable[Any] | None = None, members: bool = False
    ) -> Self:
        """Events in which any of the actors took part, in one of the roles where they are given.

        With `members` also those in which somebody took part who was possibly affiliated with one of
        the actors at the time; an affiliation or an event without a date is possible at any time.
        """
        actors = list(actors)
        parts = rows_of("Participation").in_roles(roles)
        own = parts.filter(actor__in=actors)
        if not members:
            return self._named_by(own)
        affiliated = rows_of("Affiliation").filter(member=OuterRef("actor"), organization__in=actors)
        at_the_time = during(Window(OuterRef("earliest"), OuterRef("latest")), prefix="held_")  # type: ignore[arg-type]
        theirs = parts.filter(
            Exists(affiliated.filter(at_the_time | Q(held_edtf=None)))
            | Q(Exists(affiliated), earliest__gt=OPEN_FUTURE)
        )
        return self._named_by(own, theirs)

    def with_role(self, roles: Iterable[Any]) -> Self:
        """Events in which somebody has one of the roles."""
        return self._named_by(rows_of("Participation").in_roles(roles))

    def under(self, contracts: Iterable[Any]) -> Self:
        """Events that belong to one of the contracts."""
        links = self.model.contracts.through._default_manager
        return self._named_by(links.filter(contract__in=list(contracts)))

    def tagged(self, tags: Iterable[Any]) -> Self:
        links = self.model.tags.through._default_manager
        return self._named_by(links.filter(tag__in=list(tags)))

    def told_in(self, timelines: Iterable[Any]) -> Self:
        """Events that one of the timelines selects."""
        return self._named_by(rows_of("TimelineEntry").filter(timeline__in=timelines))

    def citing(self, sources: Iterable[Any]) -> Self:
        return self._named_by(rows_of("Citation").filter(source__in=sources, event__isnull=False))

    def _named_by(self, *links: QuerySet[Any]) -> Self:
        """Events that any of these rows name as their `event`."""
        condition = Q()
        for rows in links:
            # A subquery, not a join: an event that is named twice is still one row.
            condition |= Q(pk__in=rows.order_by().values("event"))
        return self.filter(condition)

    def located_in(self, places: Iterable[str]) -> Self:
        """Events in any of the places (slugs) or in their parts."""
        return self.filter(place__in=rows_of("Place").inside(*places))


class ParticipationQuerySet(RowQuerySet):
    """Parts in events. They carry the event's order and bounds, so that asking about time needs no join."""

    def in_roles(self, roles: Iterable[Any] | None) -> Self:
        return self if roles is None else self.filter(role__in=list(roles))


class UsedQuerySet(RecordQuerySet):
    """Things that are public as long as something published uses them, or when they are marked so."""

    def public(self) -> Self:
        condition = Q(is_public=True)
        for users in self._users():
            condition |= Q(Exists(users))
        return self.filter(condition)

    def _users(self) -> Iterable[QuerySet[Any]]:
        """Published rows that use the row `OuterRef("pk")`."""
        raise NotImplementedError


class ActorQuerySet(UsedQuerySet):
    def _users(self) -> Iterable[QuerySet[Any]]:
        this = OuterRef("pk")
        of_contract = _is_public("Contract", "contract")
        both_ends = _is_public("Event", "event"), _is_public("Event", "related")
        yield rows_of("Participation").filter(_is_public("Event", "event"), actor=this)
        yield rows_of("ContractParty").filter(of_contract, actor=this)
        yield rows_of("PaymentTerm").filter(of_contract, provider=this)
        yield rows_of("Citation").public().filter(attributed_to=this)
        yield rows_of("EventRelation").filter(*both_ends, attributed_to=this)
        yield rows_of("Source").public().filter(publisher=this)


class SourceQuerySet(TextsQuerySet, UsedQuerySet):
    def known_by(self, moment: int) -> Self:
        """Those that were certainly published at that moment or before."""
        return self.filter(published_by(moment))

    def _users(self) -> Iterable[QuerySet[Any]]:
        yield rows_of("Citation").public().filter(source=OuterRef("pk"))


class TagQuerySet(UsedQuerySet):
    def _users(self) -> Iterable[QuerySet[Any]]:
        yield rows_of("Event").public().filter(tags=OuterRef("pk"))


class CitationQuerySet(QuotesQuerySet, RowQuerySet):
    def create_lines(self, lines: list[Any]) -> None:
        self.find_quotes(lines)
        super().create_lines(lines)

    def public(self) -> Self:
        """Citations of what is published."""
        return self.filter(Q(_is_public("Event", "event")) | Q(_is_public("Contract", "contract")))


class PlaceQuerySet(RecordQuerySet):
    def public(self) -> Self:
        """Places of published events and what these places are part of, and those marked public."""
        return self.filter(Q(is_public=True) | Q(HasPublishedEvents("pk")))

    def inside(self, *slugs: str) -> Self:
        """The places with these slugs and all their parts, at any depth."""
        marks = ", ".join(["%s"] * len(slugs)) or "NULL"
        start = f"SELECT id FROM timeline_place WHERE slug IN ({marks})"
        return self.filter(pk__in=RawSQL(f"{PARTS_OF.format(start)} SELECT id FROM part", slugs))


class TimelineQuerySet(RecordQuerySet):
    def public(self) -> Self:
        return self.filter(is_public=True)
