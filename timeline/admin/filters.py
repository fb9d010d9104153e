"""The filters of the admin's lists that take words instead of choices: dates and actors."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.http import urlencode

from timeline.dates import OPEN_FUTURE, DateError, TimeSpan
from timeline.fields import When
from timeline.folding import fold
from timeline.models import Actor, ContractParty
from timeline.querysets import MATCHES, Window, during

MAX_ACTORS = 50
# Parameters that belong to a page of the list and not to what it shows.
PAGING = ("p", "e", "o", "all")

MATCH_LABELS = dict(
    zip(MATCHES, ("possibly then", "certainly then", "wholly within", "starting then"), strict=True)
)


class FormFilter(admin.ListFilter):
    """A filter that is a small form. What it cannot read it says, and then nothing is listed."""

    template = "admin/timeline/form_filter.html"
    form_class: ClassVar[type[forms.Form]]
    parameters: ClassVar[tuple[str, ...]]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        data = {name: params.pop(name)[-1] for name in self.parameters if name in params}
        self.is_active = any(data.values())
        self.form = self.form_class(data, auto_id="filter-%s")
        self.others = [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in (*self.parameters, *PAGING)
        ]
        for errors in self.form.errors.values():
            messages.error(
                request, f"The filter by {self.title} cannot be read: {' '.join(map(str, errors))}"
            )

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters)

    def choices(self, changelist: Any) -> Any:
        """The parameters that the form keeps, as hidden inputs."""
        return self.others

    @property
    def cleared(self) -> str:
        return urlencode(self.others)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return self.narrow(queryset) if self.form.is_valid() else queryset.none()

    def narrow(self, rows: QuerySet) -> QuerySet:
        raise NotImplementedError


class DateInput(forms.CharField):
    """A date as one writes it, English or EDTF, cleaned to a TimeSpan; blank is None."""

    def clean(self, value: Any) -> TimeSpan | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            span = When.of(text).span
        except (DateError, ValueError) as error:
            raise ValidationError(str(error), code="invalid_date") from error
        if span is None:
            raise ValidationError(f"“{text}” is no date.", code="invalid_date")
        return span


class DateForm(forms.Form):
    date_from = DateInput(
        required=False, label="From", max_length=200, widget=forms.TextInput({"placeholder": "fall of 2019"})
    )
    date_to = DateInput(
        required=False, label="To", max_length=200, widget=forms.TextInput({"placeholder": "2020-08"})
    )
    date_match = forms.ChoiceField(required=False, label="Which were", choices=MATCH_LABELS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        window = Window.over(data.get("date_from"), data.get("date_to"))
        if window.start > window.end:
            self.add_error("date_to", "This ends before the other begins.")
        return {**data, "window": window}


class DateFilter(FormFilter):
    """By a range of dates, possibly or certainly. `prefix` leads to the bounds."""

    title = "date"
    form_class = DateForm
    parameters: ClassVar[tuple[str, ...]] = ("date_from", "date_to", "date_match")
    prefix = "date_"

    @property
    def window(self) -> Window:
        found: Window = self.form.cleaned_data["window"]
        return found

    def narrow(self, rows: QuerySet) -> QuerySet:
        data = self.form.cleaned_data
        if not (data["date_from"] or data["date_to"]):
            return rows
        match = data["date_match"] or "possible"
        return rows.filter(during(data["window"], match, prefix=self.prefix))


class PublishedFilter(DateFilter):
    title = "date of publication"
    prefix = "published_"


class UndatedFilter(admin.SimpleListFilter):
    title = "whether dated"
    parameter_name = "undated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("exclude", "Dated"), ("only", "Undated")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        match self.value():
            case None:
                rows = queryset
            case "exclude":
                rows = queryset.dated()
            case "only":
                # They sort last, which the index of the order knows.
                rows = queryset.undated().filter(date_sort_at__gte=OPEN_FUTURE)
            case other:
                messages.error(request, f"The filter by {self.title} has no choice “{other}”.")
                rows = queryset.none()
        return rows  # type: ignore[no-any-return]


class ActorForm(forms.Form):
    actor = forms.CharField(required=False, label="Actor: name, alias or slug", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actor"].widget = SuggestingInput()

    def clean_actor(self) -> list[Actor]:
        """The actors with exactly this name, alias or slug, or else those whose names contain it.

        Case and accents do not count.
        """
        text = self.cleaned_data["actor"]
        if not text:
            return []
        folded = fold(text)
        exact = Q(slug=text) | Q(name__folded=folded) | Q(aliases__name__folded=folded)
        contains = Q(name__folded__contains=folded) | Q(aliases__name__folded__contains=folded)
        for condition in (exact, contains):
            actors = list(Actor.objects.filter(condition).distinct()[: MAX_ACTORS + 1])
            if len(actors) > MAX_ACTORS:
                raise ValidationError(
                    f"More than {MAX_ACTORS} actors are called “{text}”; write more of the name."
                )
            if actors:
                return actors
        raise ValidationError(f"No actor is called “{text}”.")


class SuggestingInput(forms.TextInput):
    """A text input under which timeline/suggest.js lists the actors that match."""

    template_name = "timeline/widgets/suggesting_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        query = urlencode({"app_label": "timeline", "model_name": "participation", "field_name": "actor"})
        known = {
            "list": f"{name}-suggestions",
            "autocomplete": "off",
            "data-suggest-url": f"{reverse_lazy('admin:autocomplete')}?{query}",
        }
        context: dict[str, Any] = super().get_context(name, value, {**(attrs or {}), **known})
        return context


class ActorFilter(FormFilter):
    """By those who took part in an event."""

    title = "actor"
    form_class = ActorForm
    parameters: ClassVar[tuple[str, ...]] = ("actor",)

    @property
    def found(self) -> str:
        """Who is meant, for the reader of the filter."""
        actors = self.form.cleaned_data.get("actor") or []
        names = ", ".join(str(actor) for actor in actors[:5])
        return f"{names} and {len(actors) - 5} more" if len(actors) > 5 else names

    def narrow(self, rows: Any) -> QuerySet:
        actors = self.form.cleaned_data["actor"]
        return self.of(rows, actors) if actors else rows

    def of(self, rows: Any, actors: list[Actor]) -> QuerySet:
        return rows.involving(actors)  # type: ignore[no-any-return]


class PartyFilter(ActorFilter):
    """By the parties of a contract."""

    title = "party"

    def of(self, rows: Any, actors: list[Actor]) -> QuerySet:
        parties = ContractParty.objects.filter(actor__in=actors).order_by()
        return rows.filter(pk__in=parties.values("contract"))  # type: ignore[no-any-return]


class DateAndActorForm(DateForm, ActorForm):
    field_order = ("date_from", "date_to", "date_match", "actor")


class DateAndActorFilter(DateFilter, ActorFilter):
    """By both in one form: what is typed into one is not lost when the other is sent."""

    title = "date and actor"
    form_class = DateAndActorForm
    parameters: ClassVar[tuple[str, ...]] = (*DateFilter.parameters, *ActorFilter.parameters)

    def narrow(self, rows: Any) -> QuerySet:
        return ActorFilter.narrow(self, DateFilter.narrow(self, rows))
