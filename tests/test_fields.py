"""A time span on a model: what it takes, and that no way of writing leaves bounds and value out of step."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.core import management, serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, JSONField, Value
from django.db.models import When as Condition
from django.test import Client

from tests import factories as make
from timeline.dates import OPEN_FUTURE, OPEN_PAST, parse_edtf
from timeline.fields import PARTS, UNDATED_BOUNDS, TimeSpanField, When
from timeline.models import Event, Milestone, Participation

pytestmark = pytest.mark.django_db

BOUNDS = PARTS[2:]
DAY = 24 * 3600


# --- the value ---


@pytest.mark.parametrize(
    ("given", "text", "edtf"),
    [
        ("mid-March 2020", "mid-March 2020", "[2020-03-11..2020-03-20]"),
        ("  2019-23 ", "2019-23", "2019-23"),
        ("n.d.", "n.d.", None),
        ("", "", None),
        (None, "", None),
        ({}, "", None),
        ({"text": "mid-March 2020"}, "mid-March 2020", "[2020-03-11..2020-03-20]"),
        (
            {"text": "shortly before the signing", "edtf": "[..2020-08-23]"},
            "shortly before the signing",
            "[..2020-08-23]",
        ),
        ({"text": "in a short time", "edtf": None}, "in a short time", None),
        ({"edtf": "2020"}, "2020", "2020"),
        ({"text": "mid-March 2020", "edtf": ""}, "mid-March 2020", "[2020-03-11..2020-03-20]"),
        (parse_edtf("1917~"), "1917~", "1917~"),
    ],
)
def test_what_can_be_given(given: Any, text: str, edtf: str | None) -> None:
    when = When.of(given)
    assert (when.text, when.edtf) == (text, edtf)
    assert When.of(when) is when


@pytest.mark.parametrize(
    "given",
    [
        "no date at all, this",
        "yesterday",
        "2002/2001",
        "2020\0",
        "2020\ud800",
        "x" * 301,
        12,
        ["2020"],
        {"text": "2020", "edtf": "no"},
        {"text": 2020},
        {"text": "2020", "edtf": 2020},
        {"text": "2020", "latest": 5},
    ],
)
def test_what_is_refused_whichever_way_it_is_written(given: Any) -> None:
    event = make.an_event(date="2020")
    with pytest.raises(ValidationError):
        Event(date=given)
    with pytest.raises(ValidationError), transaction.atomic():
        Event.objects.update(date=given)
    with pytest.raises(ValidationError):
        event.date = given
    assert Event.objects.get().date.edtf == "2020"


def test_an_error_says_where_and_why() -> None:
    with pytest.raises(ValidationError) as caught:
        Event(date={"text": "shortly", "edtf": "2020-13"})
    [error] = caught.value.error_list
    assert error.code == "invalid_date"
    assert error.params is not None
    assert error.params["position"] == 5
    assert "month" in error.params["reason"].lower()


def test_what_is_undated_touches_no_window_and_comes_last() -> None:
    assert When().bounds == UNDATED_BOUNDS
    assert When().sort_at == OPEN_FUTURE
    assert When().earliest > OPEN_FUTURE
    assert When().latest < OPEN_PAST


def test_words_and_reading_make_two_values_equal() -> None:
    assert When.of("2020") == When("2020", "2020", (0, 0, 0, 0, 0)) != When("in 2020", "2020")
    assert len({When.of("2020"), When("2020", "2020", (0, 0, 0, 0, 0))}) == 1


def test_an_instance_has_its_parts_before_it_is_saved() -> None:
    event: Any = Event(date="2019-07/..")
    assert event.date_text == "2019-07/.."
    assert event.date_latest == OPEN_FUTURE
    event.date = "1917"
    assert event.date_edtf == "1917"
    assert event.date_earliest == parse_edtf("1917").earliest
    assert str(event.date) == "1917"
    assert str(When(edtf="1917")) == "1917"


def test_a_part_can_be_loaded_without_the_whole() -> None:
    make.an_event(date="1917")
    event = Event.objects.only("date_edtf").get()
    assert event.date_edtf == "1917"
    assert event.date_text == "1917"


def test_stored_bounds_are_widened_and_shown_ones_are_not() -> None:
    event: Any = make.an_event(date="1917~")
    event.refresh_from_db()
    shown = parse_edtf("1917")
    assert event.date_earliest < shown.earliest < shown.latest < event.date_latest
    assert event.date.span is not None
    assert event.date.span.earliest == shown.earliest
    assert event.date_sort_at == shown.earliest


# --- every path ---

BEFORE, AFTER = "2020-03", "1914-07-28/1918~"


def _columns(table: str, names: tuple[str, ...], row: int) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM {table} WHERE id = %s", [row])
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def in_step(event_id: int, when: When) -> bool:
    """Whether value, generated columns, every copy and the instance all say the same."""
    expected = (when.text, when.edtf, *when.bounds)
    [value] = _columns("timeline_event", ("date",), event_id)
    stored = json.loads(value) if isinstance(value, str) else value
    fresh = Event.objects.get(pk=event_id)
    copies = Participation.objects.filter(event=event_id).values_list(*BOUNDS)
    milestones = Milestone.objects.filter(event=event_id).values_list(*(f"met_{part}" for part in PARTS))
    return (
        tuple(stored) == expected
        and _columns("timeline_event", tuple(f"date_{part}" for part in PARTS), event_id) == expected
        and tuple(getattr(fresh, f"date_{part}") for part in PARTS) == expected
        and fresh.date == when
        and all(copy == when.bounds for copy in copies)
        and all(copy == expected for copy in milestones)
    )


class DateForm(forms.ModelForm):
    class Meta:
        model = Event
        fields = ("date",)


def by_save(event: Event, text: str) -> None:
    event.date = text
    event.save()


def by_save_of_the_field(event: Event, text: str) -> None:
    event.date = text
    event.save(update_fields=["date"])


def by_save_base(event: Event, text: str) -> None:
    event.date = text
    event.save_base(raw=True)


def by_save_of_a_deferred_instance(event: Event, text: str) -> None:
    deferred = Event.objects.defer("date").get(pk=event.pk)
    deferred.date = text
    deferred.save()


def by_save_under_a_lock(event: Event, text: str) -> None:
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        locked.date = text
        locked.save()


def by_update(event: Event, text: str) -> None:
    Event.objects.filter(pk=event.pk).update(date=text)


def by_update_with_parts(event: Event, text: str) -> None:
    Event.objects.filter(pk=event.pk).update(date={"text": text, "edtf": text})


def by_update_with_a_value(event: Event, text: str) -> None:
    field = Event._meta.get_field("date")
    case = Case(Condition(pk=event.pk, then=Value(When.of(text), output_field=field)), default=F("date"))
    Event.objects.update(date=case)


def by_update_from_another_column(event: Event, text: str) -> None:
    contract = make.a_contract()
    milestone: Any = Milestone.objects.create(contract=contract, kind="signed", due=text)
    Milestone.objects.filter(pk=milestone.pk).update(met=F("due"))
    milestone.refresh_from_db()
    assert milestone.met_edtf == milestone.due_edtf
    by_update(event, milestone.met_text)


def by_bulk_update(event: Event, text: str) -> None:
    event.date = text
    Event.objects.bulk_update([event], ["date"])


def by_upsert(event: Event, text: str) -> None:
    other = Event(pk=event.pk, slug=event.slug, title=event.title, kind=event.kind, date=text)
    Event.objects.bulk_create([other], update_conflicts=True, unique_fields=["slug"], update_fields=["date"])


def by_update_or_create(event: Event, text: str) -> None:
    Event.objects.update_or_create(slug=event.slug, defaults={"date": text})


def by_related_manager(event: Event, text: str) -> None:
    event.kind.events.filter(pk=event.pk).update(date=text)


def by_refreshing_and_saving(event: Event, text: str) -> None:
    by_update(event, text)
    event.refresh_from_db()
    event.save()


def by_form(event: Event, text: str) -> None:
    form = DateForm({"date_text": text, "date_edtf": ""}, instance=event)
    assert form.is_valid(), form.errors
    form.save()


def by_form_with_a_reading(event: Event, text: str) -> None:
    form = DateForm({"date_text": text, "date_edtf": text}, instance=event)
    form.save()


def _fixture(event: Event, date: Any) -> str:
    [row] = json.loads(
        serializers.serialize("json", [event], use_natural_foreign_keys=True, use_natural_primary_keys=True)
    )
    row["fields"]["date"] = date
    return json.dumps([row])


def _load(fixture: str) -> None:
    for row in serializers.deserialize("json", fixture):
        row.save()


def by_fixture_with_words(event: Event, text: str) -> None:
    _load(_fixture(event, text))


def by_fixture_with_parts(event: Event, text: str) -> None:
    _load(_fixture(event, {"text": text, "edtf": text}))


def by_dump_and_load(event: Event, text: str) -> None:
    by_update(event, text)
    out = io.StringIO()
    management.call_command(
        "dumpdata", "timeline.event", "--natural-primary", "--natural-foreign", stdout=out
    )
    by_update(event, "1066")
    _load(out.getvalue())


def by_raw_sql_on_the_value(event: Event, text: str) -> None:
    value = Event._meta.get_field("date").get_db_prep_save(text, connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE timeline_event SET date = %s WHERE id = %s", [value, event.pk])


def by_raw_sql_from_another_row(event: Event, text: str) -> None:
    other = make.an_event(date=text)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE timeline_event SET date = (SELECT date FROM timeline_event WHERE id = %s) WHERE id = %s",
            [other.pk, event.pk],
        )


def by_raw_sql_on_the_copies(event: Event, text: str) -> None:
    by_update(event, text)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE timeline_participation SET sort_at = 5, latest = 7")
        cursor.execute("UPDATE timeline_milestone SET met = due")


def _with_other_bounds(event: Event, text: str) -> None:
    with connection.cursor() as cursor:
        value = json.dumps([text, text, 1, 2, 3, 4, 5])
        cursor.execute("UPDATE timeline_event SET date = %s WHERE id = %s", [value, event.pk])


def by_restamping(event: Event, text: str) -> None:
    _with_other_bounds(event, text)
    management.call_command("restamp", stdout=io.StringIO())


def by_saving_again(event: Event, text: str) -> None:
    _with_other_bounds(event, text)
    Event.objects.get(pk=event.pk).save()


def by_admin(event: Event, text: str) -> None:
    client = Client()
    client.force_login(make.an_editor())
    page = client.get(f"/admin/timeline/event/{event.pk}/change/")
    form = page.context["adminform"].form
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data |= {
        "date_text": text,
        "date_edtf": "",
        "tags": [],
        "contracts": [row.pk for row in event.contracts.all()],
    }
    for formset in page.context["inline_admin_formsets"]:
        management_form = formset.formset.management_form
        data |= {
            management_form[name].html_name: management_form[name].value() for name in management_form.fields
        }
        for row in formset.forms:
            data |= {row[n].html_name: row[n].value() for n in row.fields if row[n].value() is not None}
    answer = client.post(f"/admin/timeline/event/{event.pk}/change/", data)
    assert answer.status_code == 302, answer.context["errors"]


def by_api_patch(event: Event, text: str) -> None:
    client = Client()
    client.force_login(make.an_editor())
    address, any_version = f"/api/v1/events/{event.slug}/", {"if-match": "*"}
    answer = client.patch(address, {"date": text}, content_type="application/json", headers=any_version)
    assert answer.status_code == 200, answer.content


WAYS_TO_CHANGE = [way for name, way in sorted(globals().items()) if name.startswith("by_")]


@pytest.mark.parametrize("way", WAYS_TO_CHANGE, ids=lambda way: way.__name__)
def test_no_way_of_changing_a_date_leaves_anything_behind(way: Callable[[Event, str], None]) -> None:
    event = make.an_event(date=BEFORE)
    make.a_participation(event=event)
    Milestone.objects.create(contract=make.a_contract(), kind="signed", event=event, due="2019")
    bystander = make.an_event(date="1848")
    assert in_step(event.pk, When.of(BEFORE))
    way(event, AFTER)
    assert in_step(event.pk, When.of(AFTER))
    assert in_step(bystander.pk, When.of("1848"))


def make_by_create(date: Any) -> Event:
    return make.an_event(date=date)


def make_by_get_or_create(date: Any) -> Event:
    event, _ = Event.objects.get_or_create(
        slug="made", defaults={"title": "Made", "kind": make.a_kind(), "date": date}
    )
    made: Event = event
    return made


def make_by_bulk_create(date: Any) -> Event:
    [event] = Event.objects.bulk_create([Event(slug="made", title="Made", kind=make.a_kind(), date=date)])
    made: Event = event
    return made


def make_by_related_manager(date: Any) -> Event:
    made: Event = make.a_kind().events.create(title="Made", date=date)
    return made


def make_by_copying(date: Any) -> Event:
    event = make.an_event(date=date)
    event.pk, event.slug, event._state.adding = None, "", True
    event.save()
    return event


def make_by_api(date: Any) -> Event:
    client = Client()
    client.force_login(make.an_editor())
    body = {"title": "Made", "kind": make.a_kind().slug, "date": date}
    answer = client.post("/api/v1/events/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    made: Event = Event.objects.get(slug=answer.json()["slug"])
    return made


WAYS_TO_MAKE = [way for name, way in sorted(globals().items()) if name.startswith("make_by_")]


@pytest.mark.parametrize(
    "date", [AFTER, None, {"text": "in a short time", "edtf": None}, "../..", "Y-13800000000"]
)
@pytest.mark.parametrize("way", WAYS_TO_MAKE, ids=lambda way: way.__name__)
def test_no_way_of_making_an_event_stores_anything_else(way: Callable[[Any], Event], date: Any) -> None:
    event = way(date)
    make.a_participation(event=event)
    assert in_step(event.pk, When.of(date))


@pytest.mark.parametrize("move", [by_save, by_update, by_raw_sql_on_the_value], ids=lambda way: way.__name__)
def test_a_participation_that_moves_to_another_event_takes_its_bounds(
    move: Callable[[Event, str], None],
) -> None:
    there, here = make.an_event(date="1066"), make.an_event(date="2020")
    participation = make.a_participation(event=here)
    Participation.objects.filter(pk=participation.pk).update(event=there)
    participation.refresh_from_db()
    assert participation.sort_at == parse_edtf("1066").earliest
    move(there, AFTER)
    assert in_step(there.pk, When.of(AFTER))


@pytest.mark.parametrize("many", [1, 50])
def test_participations_made_in_bulk_have_the_bounds_too(many: int) -> None:
    event, role = make.an_event(date=AFTER), make.a_role()
    Participation.objects.bulk_create(
        Participation(event=event, actor=make.an_actor(), role=role, sort_at=9, latest=9) for _ in range(many)
    )
    assert in_step(event.pk, When.of(AFTER))


def test_a_milestone_given_an_event_later_is_met_on_its_date() -> None:
    event = make.an_event(date="2017-04")
    milestone = Milestone.objects.create(contract=make.a_contract(), kind="signed", met="1999")
    Milestone.objects.filter(pk=milestone.pk).update(event=event)
    assert in_step(event.pk, When.of("2017-04"))


@pytest.mark.parametrize("value", ["[]", "{}", "null", '"2020"', '["2020", "2020"]'])
def test_raw_sql_cannot_store_what_is_no_time_span(value: str) -> None:
    event = make.an_event(date="2020")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE timeline_event SET date = %s WHERE id = %s", [value, event.pk])
    assert in_step(event.pk, When.of("2020"))


def test_restamping_says_how_many_rows_had_other_bounds() -> None:
    _with_other_bounds(make.an_event(), "2020")
    make.an_event(date="1848")
    out = io.StringIO()
    management.call_command("restamp", stdout=out)
    assert "timeline.event.date: 1 rows had other bounds" in out.getvalue().splitlines()


def test_a_field_that_is_not_blank_wants_a_date() -> None:
    with pytest.raises(ValidationError):
        TimeSpanField().clean("", None)
    assert TimeSpanField(blank=True).clean("", None) == When()


def test_a_part_alone_can_be_asked_for() -> None:
    make.an_event(date="1917")
    assert Event.objects.values_list("date__2", flat=True).get() == parse_edtf("1917").earliest
    assert Event._meta.get_field("date_latest").clone().part == "latest"


def test_to_migrations_it_is_a_plain_json_field() -> None:
    field = Event._meta.get_field("date")
    assert field.deconstruct()[1] == "django.db.models.JSONField"
    assert isinstance(field, JSONField)
    assert Event._meta.get_field("date_latest").deconstruct()[1] == "django.db.models.GeneratedField"


def test_values_and_raw_queries_give_the_value() -> None:
    make.an_event(date="1917")
    assert Event.objects.values_list("date", flat=True).get() == When.of("1917")
    [event] = Event.objects.raw("SELECT * FROM timeline_event")
    assert event.date == When.of("1917")
    assert Event.objects.get(date="1917") == event
    assert not Event.objects.filter(date="1918").exists()
