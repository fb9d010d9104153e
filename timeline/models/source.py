"""Where facts come from: sources, and citations that say which fact, in which words, at which place."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from timeline.fields import TimeSpanField, is_a_time_span
from timeline.models.actor import Actor
from timeline.models.base import Line, Record
from timeline.models.contract import Contract
from timeline.models.event import Event
from timeline.ordering import ByCodePoint
from timeline.querysets import CitationQuerySet, SourceQuerySet
from timeline.quotes import Quotable, QuoteStatus


class Source(Record):
    """Something that reports: an article, an interview, a document. Its text is kept where it may be."""

    class Kind(models.TextChoices):
        ARTICLE = "article"
        INTERVIEW = "interview"
        BROADCAST = "broadcast"
        SPEECH = "speech"
        STATEMENT = "statement"
        PHOTOGRAPH = "photograph"
        DOCUMENT = "document"
        REPORT = "report"
        BOOK = "book"
        DATASET = "dataset"
        WEBSITE = "website"
        OTHER = "other"

    class Reliability(models.TextChoices):
        """The letters of the Admiralty code."""

        A = "A", "A: completely reliable"
        B = "B", "B: usually reliable"
        C = "C", "C: fairly reliable"
        D = "D", "D: not usually reliable"
        E = "E", "E: unreliable"
        F = "F", "F: cannot be judged"

    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=15, choices=Kind)
    publisher = models.ForeignKey(
        Actor, on_delete=models.PROTECT, null=True, blank=True, related_name="published_sources"
    )
    byline = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    archived_url = models.URLField(max_length=2000, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="A BCP 47 tag: en, tr, ru.")
    published = TimeSpanField(blank=True)
    retrieved_on = models.DateField(null=True, blank=True)
    reliability = models.CharField(max_length=1, choices=Reliability, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    text = models.TextField(
        blank=True,
        help_text="The source's own words, where they may be kept. Quotes are checked against them.",
    )
    text_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    quoted_in = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quotes",
        help_text="The source through which this one is known.",
    )
    is_public = models.BooleanField(default=False, help_text="Show it even while nothing published cites it.")

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")
        indexes = (models.Index(ByCodePoint("slug"), name="source_by_slug"),)
        constraints = (
            is_a_time_span("published", "source_published_is_a_time_span"),
            models.CheckConstraint(
                condition=Q(quoted_in=None) | ~Q(quoted_in=F("id")),
                name="source_is_not_quoted_in_itself",
                violation_error_code="source_is_not_quoted_in_itself",
                violation_error_message="A source is not quoted in itself.",
            ),
        )

    def clean(self) -> None:
        super().clean()
        self.refuse_circle("quoted_in", "source_is_circular", "That source is known through this one.")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and where the text has changed look for every quote again."""
        fields = kwargs.get("update_fields")
        if fields is not None and "text" not in fields:
            super().save(*args, **kwargs)
            return
        self.text_sha256 = self.digest()
        kwargs["update_fields"] = fields and {*fields, "text_sha256"}
        with transaction.atomic():
            # As it is stored: what this instance was read with may be of before somebody else's change.
            stored = None if self._state.adding else self._stored_digest()
            super().save(*args, **kwargs)
            if stored not in (None, self.text_sha256):
                self.check_quotes()

    def _stored_digest(self) -> str | None:
        rows = Source.objects.filter(pk=self.pk).order_by().select_for_update(no_key=True)
        return rows.values_list("text_sha256", flat=True).first()

    def _save_table(self, raw: bool = False, *args: Any, **kwargs: Any) -> bool:
        # Fixtures are saved past `save`.
        if raw:
            self.text_sha256 = self.digest()
        updated: bool = super()._save_table(raw, *args, **kwargs)  # type: ignore[misc]
        if raw:
            self.check_quotes()
        return updated

    def digest(self) -> str:
        """The SHA-256 of the text in hexadecimal; empty where no text is kept."""
        return hashlib.sha256(self.text.encode()).hexdigest() if self.text else ""

    def check_quotes(self) -> dict[str, int]:
        """Look for the quotes of all citations of this source, and keep the outcome with each.

        Returns the number of citations by status. Runs two queries.
        """
        citations, text = list(self.citations.all()), Quotable(self.text)
        for citation in citations:
            citation.find_quote(text)
        Citation.objects.bulk_update(citations, ("quote_status", "start", "end"), batch_size=500)
        statuses = [citation.quote_status for citation in citations]
        return {str(status): statuses.count(status) for status in QuoteStatus}


class Citation(Line):
    """That a source supports an event or a contract, or one field of it, with the words that do.

    `start` and `end` are offsets into the source's text in code points; they and `quote_status` are
    found whenever a citation or a source's text is written. What is set before is where an editor chose the
    quote, and stays as long as it stands there. `field` is a key of the thing as the API shows it.
    """

    EVENT_FIELDS = (
        "title", "summary", "kind", "date", "status", "participants", "contracts", "place", "tags", "related"
    )  # fmt: skip
    CONTRACT_FIELDS = (
        "title", "kind", "status", "description", "value", "follows",
        "parties", "items", "payment_terms", "milestones",
    )  # fmt: skip

    class Stance(models.TextChoices):
        SUPPORTS = "supports"
        CONTRADICTS = "contradicts"
        MENTIONS = "mentions"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, null=True, blank=True, related_name="citations"
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, null=True, blank=True, related_name="citations"
    )
    field = models.CharField(
        max_length=30, blank=True, help_text="Which field it supports; blank: the whole."
    )
    asserted_value = models.CharField(
        max_length=500, blank=True, help_text="What this source gives for the field, in its words."
    )
    quote = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True, blank=True, editable=False)
    end = models.PositiveIntegerField(null=True, blank=True, editable=False)
    locator = models.CharField(max_length=100, blank=True, help_text="Page, paragraph or minute.")
    attributed_to = models.ForeignKey(
        Actor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attributed_citations",
        help_text="Who says so, where the source reports somebody's word.",
    )
    stance = models.CharField(max_length=12, choices=Stance, default=Stance.SUPPORTS)
    note = models.TextField(blank=True)
    quote_status = models.CharField(
        max_length=10, choices=QuoteStatus, default=QuoteStatus.UNCHECKED, editable=False
    )

    whole = ("event", "contract")
    natural_lookups = ("source__slug", "event__slug", "contract__slug", "position")
    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(event=None, contract__isnull=False) | Q(event__isnull=False, contract=None),
                name="citation_has_one_target",
                violation_error_code="citation_has_one_target",
                violation_error_message="A citation is of exactly one thing: an event or a contract.",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__lt=F("end")),
                name="citation_offsets_are_ordered",
                violation_error_code="citation_offsets_are_ordered",
                violation_error_message="A passage ends after it starts.",
            ),
        )
        # What timeline/contradictions compares, so that all other citations cost it nothing.
        indexes = (
            # The list of broken quotes.
            models.Index(
                fields=("source", "position", "id"),
                name="citation_is_broken",
                condition=Q(quote_status=QuoteStatus.MISSING),
            ),
            # The desk looks for what has no others.
            models.Index(
                fields=("event", "contract"),
                name="citation_is_imprecise",
                condition=Q(quote="", locator=""),
            ),
            models.Index(
                fields=("event", "contract"),
                name="citation_that_contradicts",
                condition=Q(stance="contradicts"),
            ),
            models.Index(
                fields=("field", "event", "contract"),
                name="citation_that_asserts",
                condition=Q(asserted_value__gt=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.source}, {self.locator}" if self.locator else str(self.source)

    def clean(self) -> None:
        super().clean()
        known = self.EVENT_FIELDS if self.event is not None else self.CONTRACT_FIELDS
        if self.field and self.field not in known:
            message = "There is no such field. It is one of: %(known)s."
            params = {"known": ", ".join(known)}
            raise ValidationError({"field": ValidationError(message, code="unknown_field", params=params)})

    def find_quote(self, text: Quotable) -> None:
        """Set `quote_status`, `start` and `end` by the source's text; does not save."""
        chosen = (self.start, self.end)
        self.quote_status, self.start, self.end = text.find(self.quote, chosen=chosen)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Look for the quote in the text that the source has at this moment, and save."""
        with transaction.atomic(savepoint=False):
            Citation.objects.find_quotes([self])
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "quote_status", "start", "end"}
            super().save(*args, **kwargs)

    def _save_table(self, raw: bool = False, *args: Any, **kwargs: Any) -> bool:
        # Fixtures are saved past `save`; the source may come after its citations.
        if raw:
            Citation.objects.find_quotes([self])
        updated: bool = super()._save_table(raw, *args, **kwargs)  # type: ignore[misc]
        return updated
