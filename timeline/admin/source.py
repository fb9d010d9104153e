"""The pages of sources and their texts, and of citations: what a published thing stands on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.html import format_html

from timeline.admin import passages
from timeline.admin.alike import AlikeAdmin
from timeline.admin.base import (
    RECORD,
    STAMPS,
    LineFormSet,
    RecordAdmin,
    StackedInline,
    Text,
)
from timeline.admin.broken_quotes import QuotesAdmin
from timeline.admin.filters import PublishedFilter
from timeline.admin.merging import MergeAdmin
from timeline.admin.page_forms import PageForm, WholeForm
from timeline.admin.passages import PassageForm
from timeline.admin.review import ReviewedAdmin
from timeline.alike import Alike, sources_at, sources_titled
from timeline.models import Citation, Contract, Event, Source
from timeline.quotes import QuoteStatus

SHOWN_CITATIONS = 100
MAX_TEXT_BYTES = 5 * 1024 * 1024
# So many characters of a file that could not be saved come back as pasted.
MOST_GIVEN_BACK = 100_000


def status_badge(status: str) -> str:
    return format_html('<span class="quote-status quote-{}">{}</span>', status, QuoteStatus(status).label)


class CitationFormSet(LineFormSet):
    """The citations of one event or contract, which needs them to be published."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        # Counted in the database: somebody else may have deleted rows that stand in this form.
        leaving = [form.instance.pk for form in self.deleted_forms if form.instance.pk]
        staying = self.instance.citations.exclude(pk__in=leaving).count() if self.instance.pk else 0
        coming = [row for row in self.extra_forms if row.has_changed() and row not in self.deleted_forms]
        try:
            self.instance.check_publishable(staying + len(coming))
        except ValidationError as refusal:
            raise ValidationError(refusal.error_dict["review"]) from None


class CitationInline(StackedInline):
    model = Citation
    form = PassageForm
    formset = CitationFormSet
    autocomplete_fields = ("source", "attributed_to")
    readonly_fields = ("found",)
    fields = (
        ("source", "locator", "stance"),
        ("quote", "found", "passage"),
        ("attributed_to", "field", "asserted_value"),
        ("note", "position"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("source__text")

    @admin.display(description="Quote in the source")
    def found(self, citation: Citation) -> str:
        return status_badge(citation.quote_status)


class CitedForm(WholeForm):
    """The form of an event or contract, perhaps of somebody who does not see its citations beside it."""

    citations_stand_beside = True

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.citations_stand_beside and not self.errors:
            try:
                self.instance.check_publishable()
            except ValidationError as refusal:
                self.add_error(None, refusal.error_dict["review"])


class CitedAdmin(ReviewedAdmin):
    """The pages of what is published with citations only."""

    form = CitedForm

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        inlines = self.get_inline_instances(request, obj)
        form.citations_stand_beside = any(isinstance(inline, CitationInline) for inline in inlines)
        return form


class SourceForm(WholeForm):
    """The text is replaced as a whole, from a file or pasted; no text area sends it back and forth."""

    text_file = forms.FileField(
        required=False, label="Text from a file", help_text="Plain text in UTF-8, kept to the letter."
    )
    pasted_text = forms.CharField(
        required=False, strip=False, label="Or pasted", widget=Text({"rows": 6, "class": "vLargeTextField"})
    )
    remove_text = forms.BooleanField(required=False, label="Keep no text")

    def clean_text_file(self) -> str:
        upload = self.cleaned_data["text_file"]
        if upload is None:
            return ""
        if upload.size > MAX_TEXT_BYTES:
            raise ValidationError("A text is at most 5 MB long.", code="text_is_too_long")
        try:
            upload.seek(0)  # it is read again where a form is made again, of both
            text: str = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            message = f"This is no text in UTF-8 (byte {error.start + 1})."
            raise ValidationError(message, code="text_is_not_utf8") from error
        if "\0" in text:
            raise ValidationError("A text has no NUL characters.", code="text_has_nul")
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = [name for name in ("text_file", "pasted_text", "remove_text") if data.get(name)]
        if len(given) > 1:
            message = "Give the text in one way: a file, or pasted, or none to keep."
            self.add_error(given[-1], ValidationError(message, code="text_is_given_twice"))
        elif given:
            self.instance.text = "" if data.get("remove_text") else data[given[0]]
        return data

    def _post_clean(self) -> None:
        super()._post_clean()
        text = self.cleaned_data.get("text_file")
        if text and self.errors:
            self._give_back(text)

    def _give_back(self, text: str) -> None:
        """No page can fill in a file: the text of one comes back as pasted, if it stays the same as that."""
        name = self.add_prefix("pasted_text")
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        if data.get(name) or "\r" in text or len(text) > MOST_GIVEN_BACK:
            message = "The file does not come back with this page: choose it again."
            self.add_error("text_file", ValidationError(message, code="file_is_chosen_again"))
        else:
            data[name] = text
            self.data = data


def citations_by_status(source: Source) -> dict[str, int]:
    """How many citations of a source have which quote status, the absent left out. Runs one query."""
    counts = source.citations.order_by().values_list("quote_status").annotate(number=Count("pk"))
    found = dict(counts)
    return {status.value: found[status.value] for status in QuoteStatus if status.value in found}


@admin.register(Source)
class SourceAdmin(MergeAdmin, AlikeAdmin, RecordAdmin):
    api_name = "sources"
    alike_fields: ClassVar[dict[str, tuple[str, ...]]] = {"title": (), "url": ()}
    form = SourceForm
    list_display = ("title", "kind", "publisher", "when", "reliability", "has_text", "cited", "broken")
    list_filter = (PublishedFilter, "kind", "reliability", "is_public")
    list_select_related = ("publisher",)
    search_fields = ("title", "byline", "url", "slug", "publisher__name", "publisher__aliases__name")
    prepopulated_fields = {"slug": ("title",)}  # noqa: RUF012
    autocomplete_fields = ("publisher", "quoted_in")
    readonly_fields = ("kept_text", "quotes", *STAMPS)
    fieldsets = (
        (None, {"fields": ("title", ("kind", "language"), "published", "publisher", "byline")}),
        ("Where it is", {"fields": ("url", ("archived_url", "retrieved_on"), "quoted_in")}),
        ("How far it is trusted and may be used", {"fields": (("reliability", "licence"), "is_public")}),
        ("Text", {"fields": ("kept_text", "text_file", "pasted_text", "remove_text")}),
        ("Citations", {"fields": ("quotes",)}),
        RECORD,
    )

    def for_list(self, rows: Any) -> Any:
        citations = Citation.objects.filter(source=OuterRef("pk")).order_by().values("source")
        number = citations.annotate(number=Count("pk")).values("number")
        missing = (
            citations.filter(quote_status=QuoteStatus.MISSING).annotate(number=Count("pk")).values("number")
        )
        zero = {"output_field": IntegerField()}
        return rows.defer("text").annotate(
            citation_count=Coalesce(Subquery(number), 0, **zero),
            missing_count=Coalesce(Subquery(missing), 0, **zero),
        )

    def get_urls(self) -> list[URLPattern]:
        return [*passages.addresses(self.admin_site), *super().get_urls()]

    def find_alike(self, given: dict[str, str]) -> list[Alike]:
        return [*sources_at(given["url"]), *sources_titled(given["title"])]

    def for_choosing(self, rows: Any) -> Any:
        return rows.defer("text").select_related("publisher")

    def told_apart(self, thing: Source, term: str) -> Iterable[str]:
        return (str(thing.publisher or ""), thing.published.display() if thing.published else "")

    @admin.display(description="published", ordering="published_sort_at")
    def when(self, source: Source) -> str:
        return str(source.published) if source.published else ""

    @admin.display(description="text kept", boolean=True)
    def has_text(self, source: Source) -> bool:
        return bool(source.text_sha256)

    @admin.display(description="citations", ordering="citation_count")
    def cited(self, source: Any) -> int:
        return int(source.citation_count)

    @admin.display(description="quotes missing", ordering="missing_count")
    def broken(self, source: Any) -> str:
        return str(source.missing_count or "")

    @admin.display(description="Text kept")
    def kept_text(self, source: Source) -> str:
        return render_to_string("admin/timeline/source/text.html", {"source": source})

    @admin.display(description="Quotes")
    def quotes(self, source: Source) -> str:
        if not source.pk:
            return "None yet."
        broken_first = Case(When(quote_status=QuoteStatus.MISSING, then=0), default=1)
        citations = source.citations.select_related("event", "contract").order_by(broken_first, "pk")
        context = {
            "source": source,
            "counts": [
                (status_badge(status), number) for status, number in citations_by_status(source).items()
            ],
            "citations": [(status_badge(row.quote_status), row) for row in citations[:SHOWN_CITATIONS]],
            "shown": SHOWN_CITATIONS,
        }
        return render_to_string("admin/timeline/source/citations.html", context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        counts = citations_by_status(form.instance)
        if counts and form.instance.text_sha256:
            told = ", ".join(
                f"{number} {QuoteStatus(status).label.lower()}" for status, number in counts.items()
            )
            level = messages.WARNING if QuoteStatus.MISSING in counts else messages.SUCCESS
            messages.add_message(request, level, f"Quotes from this source: {told}.")


class CitationForm(PageForm, PassageForm):
    def clean(self) -> dict[str, Any]:
        """A published thing does not lose its last citation by this one's moving to another."""
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            this = Citation.objects.filter(pk=self.instance.pk)
            lock_cited(this)
            for thing in left_without(this):
                if thing not in (data.get("event"), data.get("contract")):
                    message = f"“{thing}” is published and has no other citation."
                    self.add_error(None, ValidationError(message, code="citation_is_the_last"))
        return data


def lock_cited(citations: QuerySet) -> None:
    """Lock what the citations are of until the transaction ends: nobody else takes a citation from it."""
    locked: set[tuple[Any, ...]] = set()
    # Again where a citation was moved to another while its thing was waited for.
    while not (targets := cited_by(citations)) <= locked:
        events, contracts = zip(*targets, strict=True)
        for rows, pks in ((Event.objects.all(), events), (Contract.objects.all(), contracts)):
            list(rows.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True).values("pk"))
        locked |= targets


def cited_by(citations: QuerySet) -> set[tuple[Any, ...]]:
    """The ids of what the citations are of: (event, contract), one of them None."""
    return set(citations.order_by().values_list("event", "contract"))


def mark_changed(targets: Collection[tuple[Any, ...]], user: Any) -> None:
    """A citation that comes, changes or goes by itself is a change of what it is of, by the user."""
    events = Event.objects.filter(pk__in=[event for event, _ in targets if event])
    contracts = Contract.objects.filter(pk__in=[contract for _, contract in targets if contract])
    for rows in (events, contracts):
        rows.mark_changed(edited_by=user)


def left_without(citations: QuerySet) -> list[Event | Contract]:
    """The published events and contracts that have no citation but these."""
    others = Citation.objects.exclude(pk__in=citations.order_by().values("pk"))
    things: list[Event | Contract] = []
    for model, name in ((Event, "event"), (Contract, "contract")):
        cited = others.exclude(**{name: None}).values(name)
        stripped = model.objects.published().filter(citations__in=citations.order_by()).exclude(pk__in=cited)
        things.extend(stripped.distinct())
    return things


@admin.register(Citation)
class CitationAdmin(QuotesAdmin):
    """All citations in one list: what is quoted wrongly, what contradicts."""

    form = CitationForm
    view_on_site: Any = False
    list_display = ("__str__", "target", "short_quote", "state", "stance", "attributed_to")
    list_filter = ("quote_status", "stance")
    list_select_related = ("event", "contract", "attributed_to", "source")
    search_fields = ("quote", "source__title", "event__title", "contract__title", "note")
    autocomplete_fields = ("source", "event", "contract", "attributed_to")
    readonly_fields = ("state",)
    fieldsets = (
        (None, {"fields": ("source", "locator", "quote", "state", "passage")}),
        ("Of what: an event or a contract", {"fields": ("event", "contract", ("field", "asserted_value"))}),
        ("Whose word, and for or against", {"fields": ("attributed_to", "stance", "note", "position")}),
    )

    def for_list(self, rows: Any) -> Any:
        return rows.defer("source__text")

    @admin.display(description="of")
    def target(self, citation: Citation) -> str:
        return str(citation.event or citation.contract)

    @admin.display(description="quote")
    def short_quote(self, citation: Citation) -> str:
        return citation.quote if len(citation.quote) <= 80 else f"{citation.quote[:80]}…"

    @admin.display(description="quote in the source", ordering="quote_status")
    def state(self, citation: Citation) -> str:
        return status_badge(citation.quote_status)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        this = Citation.objects.filter(pk=obj.pk)
        before = cited_by(this) if change else set()
        super().save_model(request, obj, form, change)
        mark_changed(before | {(obj.event_id, obj.contract_id)}, request.user)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        mark_changed([(obj.event_id, obj.contract_id)], request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        targets = cited_by(queryset)
        super().delete_queryset(request, queryset)
        mark_changed(targets, request.user)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Shows what would be left without any citation as what stands in the way."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        chosen = Citation.objects.filter(pk__in=[citation.pk for citation in objs])
        if request.method == "POST":  # a page that only asks is in no transaction
            lock_cited(chosen)
        reasons = [f"{thing} (published, with no other citation)" for thing in left_without(chosen)]
        return deleted, counts, lacking, [*protected, *reasons]
