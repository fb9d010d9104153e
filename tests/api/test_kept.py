"""What is kept of events is what is rendered anew: for everybody, whatever has been written and however."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import AnonymousUser

from api import rendering
from api.documents import EVENT, Viewer
from tests import factories as make
from tests.api.world import a_world
from timeline import models
from timeline.kept import ROOT, settle_all
from timeline.models import Event

HERE = "http://testserver/api/v1/"


def plainly(event: Event) -> bytes:
    """The document that api/documents makes of an event for an anonymous reader."""
    viewer = Viewer(AnonymousUser(), HERE)
    row = EVENT.prepared(Event.objects.filter(pk=event.pk), EVENT.standard, viewer).get()
    return orjson.dumps(EVENT.of([row], EVENT.standard, viewer)[0], option=orjson.OPT_UTC_Z)


def assert_all_equal() -> None:
    public = Event.objects.public()
    found = rendering.bodies(list(Event.objects.values_list("id", flat=True)))
    assert {event.pk: found[event.pk].replace(ROOT, HERE).encode() for event in public} == {
        event.pk: plainly(event) for event in public
    }
    assert len(found) == len(public)


@pytest.mark.django_db
def test_the_fast_renderer_makes_the_same_bytes_as_the_documents() -> None:
    a_world("One")
    a_world("Two", review="draft", with_words=False)
    event = a_world("Three", with_words=False)
    make.an_event(
        title='Odd "\\u0000" \x01 and \U0001f4c5',
        summary='"\\u0000',
        slug="çğ-ı",
        cited=True,
        review="published",
    )
    hidden = make.an_event()
    shown: Any = Event.objects.exclude(pk=event.pk).public().first()
    for pair in ((event, hidden), (hidden, event), (event, shown)):
        models.EventRelation.objects.create(event=pair[0], related=pair[1], kind="precedes")
    contract: Any = models.Contract.objects.published().order_by("-id").first()
    models.Milestone.objects.create(contract=contract, kind="signed", event=event, position=7)
    event.contracts.add(make.a_contract(review="draft"))
    event.tags.add(make.a_tag(slug="aaa"), make.a_tag(slug="Zzz"))
    assert_all_equal()
