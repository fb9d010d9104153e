"""Other languages: what dateparser states is kept, and what it fills in or passes over is not."""

import subprocess
import sys
from datetime import date

import pytest

from timeline.dates import Conventions, DateError, read

REFERENCE = date(2020, 8, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 mars 2020", "2020-03-05"),
        ("mars 2020", "2020-03"),
        ("1er mai 1917", "1917-05-01"),
        ("lundi 2 mars 2020", "2020-03-02"),
        ("12 de mayo de 2020", "2020-05-12"),
        ("3. März 2020", "2020-03-03"),
        ("Dezember 1914", "1914-12"),
        ("1 января 2020 \u0433.", "2020-01-01"),
        ("12 lipca 2017", "2017-07-12"),
        ("15 Ekim 2017", "2017-10-15"),
        ("15 kas 2017", "2017-11-15"),
        ("5 ago 2020", "2020-08-05"),
        ("5 août 2020 à 14:30", None),
    ],
)
def test_days_and_months_of_other_languages(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(DateError):
            read(text)
    else:
        span = read(text)
        assert span is not None and span.edtf == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 mars", "2020-03-05"),
        ("5 mai", "2020-05-05"),
        ("März", "2020-03"),
        ("gestern", "2020-08-29"),
        ("вчера", "2020-08-29"),
        ("la semaine dernière", "[2020-08-17..2020-08-23]"),
        ("le mois dernier", "2020-07"),
    ],
)
def test_relative_words_need_a_reference(text: str, expected: str) -> None:
    span = read(text, reference=REFERENCE)
    assert span is not None and span.edtf == expected
    with pytest.raises(DateError):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "s",
        "foo",
        "1917 blah",
        "page 12, 2020",
        "après 1917",
        "vers 1917",
        "environ 5 mai 1917",
        "um 1917",
        "до 1917",
        "do 1917",
        "mi- 1917",
        "1917 sonra",
        "12 mars - 15 mars 2020",
        "5 mars 2020 ou 6 mars 2020",
        "5 mars 44",
        "31 février 2020",
        "zwischen 1914 und 1918",
        "5 mars 2020 " * 20,
        "12 ka",
        "5 ka 2020",
        "5 ha",
        "5 ago",
        "5 out",
        "5.mai.05",
        "12 dez 12",
    ],
)
@pytest.mark.parametrize("reference", [None, REFERENCE])
def test_nothing_is_passed_over_or_filled_in(text: str, reference: date | None) -> None:
    with pytest.raises(DateError):
        read(text, reference=reference)


def test_an_installation_may_do_without() -> None:
    with pytest.raises(DateError, match="mars"):
        read("5 mars 2020", conventions=Conventions(other_languages=()))


def test_dateparser_is_not_loaded_for_english() -> None:
    code = (
        "import sys; from timeline.dates import read; read('mid-March 2020'); "
        "sys.exit('dateparser' in sys.modules or 'django' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
