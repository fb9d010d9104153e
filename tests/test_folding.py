"""Text without case and accents: Python and the database agree."""

import pytest
from django.db.models import F

from tests import factories as make
from timeline.folding import fold
from timeline.models import Actor, Event

FOLDED = [
    ("Mevlüt Çavuşoğlu", "mevlut cavusoglu"),
    ("ÇAVUŞOĞLU", "cavusoglu"),
    ("c\u0327avus\u0327og\u0306lu", "cavusoglu"),
    ("İSTANBUL ısı", "istanbul isi"),
    ("ŁÓDŹ Łódź", "lodz lodz"),
    ("Ørsted Đukanović", "orsted dukanovic"),
    ("STRAẞE Straße", "strasse strasse"),
    ("Ærø ÆRØ", "aero aero"),
    ("Дмитрий ШУГАЕВ", "дмитрии шугаев"),
    ("Ὀδυσσεύς ΟΔΥΣΣΕΥΣ", "οδυσσευσ οδυσσευσ"),
    ("ﬁn ²", "fin 2"),
    ("S-400 100% _", "s-400 100% _"),
    ("東京", "東京"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_text_is_folded_in_python(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.django_db
def test_text_is_folded_in_the_database() -> None:
    for number, (text, _) in enumerate(FOLDED):
        make.an_actor(name=text, slug=f"slug-{number}", description=text)
    rows = Actor.objects.annotate(one=F("name__folded"), other=F("description__folded"))
    found = {row.name: (row.one, row.other) for row in rows}
    assert found == {text: (folded, folded) for text, folded in FOLDED}


@pytest.mark.django_db
@pytest.mark.parametrize("text", [text for text, _ in FOLDED if text])
def test_what_is_folded_is_found(text: str) -> None:
    actor = make.an_actor(name=f"a {text} b")
    make.an_actor(name="Rosoboronexport")
    assert list(Actor.objects.filter(name__folded__contains=fold(text))) == [actor]
    assert list(Actor.objects.filter(name__folded=fold(f"A {text.upper()} B"))) == [actor]


@pytest.mark.django_db
def test_nothing_folds_to_nothing() -> None:
    make.an_event(date="")
    assert Event.objects.get(date_edtf__folded=None)
