"""What the audit lists, and that a sound database is silent."""

import io

import pytest
from django.core import management
from django.core.management.base import CommandError
from django.db import connection

from tests import factories as make
from timeline.models import Citation, Event, Milestone

pytestmark = pytest.mark.django_db


def test_a_sound_database_has_nothing_to_list() -> None:
    event = make.a_published_event()
    contract = make.a_contract(review="published")
    make.a_citation(contract=contract)
    Milestone.objects.create(contract=contract, kind="signed", event=event)
    contract.payment_terms.create(kind="loan", share=100)
    make.a_citation(source=make.a_source(text="A text."), quote="text")
    out = io.StringIO()
    management.call_command("audit", stdout=out)
    assert out.getvalue() == "Nothing found.\n"


def test_every_breach_is_listed_with_a_code() -> None:
    Event.objects.filter(pk=make.an_event(title="Bare").pk).update(review="published")
    contract = make.a_contract(title="Dear")
    contract.payment_terms.create(kind="loan", share=60)
    contract.payment_terms.create(kind="advance", share=45)
    Milestone.objects.bulk_create(
        [Milestone(contract=contract, kind="signed", event=make.an_event(title="Foreign"))]
    )
    make.a_citation(source=make.a_source(title="Said", text="One."), quote="One")
    Citation.objects.bulk_create([Citation(source=make.a_source(), contract=contract) for _ in range(2)])
    with connection.cursor() as cursor:
        value = '["2020", "1066", 1, 1, 1, 1, 1]'
        cursor.execute("UPDATE timeline_source SET text = 'Two.' WHERE slug = 'said'")
        cursor.execute("UPDATE timeline_event SET date = %s WHERE slug = 'bare'", [value])
    event = Event.objects.get(slug="bare")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"7 found\."):
        management.call_command("audit", stdout=out)
    assert out.getvalue().splitlines() == [
        "event bare: It is published and has no citation. [published_without_citation]",
        "contract dear: Its payment terms share out 105 % of the price. [shares_exceed_100]",
        "contract dear: A milestone is met by foreign, an event of another contract."
        " [milestone_of_foreign_event]",
        "source said: The stored SHA-256 is not that of the text. [text_has_other_digest]",
        "source said: A quote is marked exact and is missing: “One”. [quote_out_of_step]",
        f"event {event.pk}: The bounds of “date” are not those of its reading; "
        "`manage.py restamp` mends them. [bounds_out_of_step]",
        "contract dear: 2 of its citations share position 0. [lines_share_a_position]",
    ]
