"""The examples of the README and of docs/api.md give the answers that are printed."""

import doctest
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import management
from django.test import Client

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
API = ROOT / "docs/api.md"


def test_the_python_examples_are_true() -> None:
    examples = "\n".join(re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README.md", str(README), 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def the_answer(url: str) -> Any:
    asked = urlsplit(url)
    return Client().get(f"{asked.path}?{asked.query}").json()


@pytest.mark.django_db
def test_the_queries_have_the_answers_that_are_printed() -> None:
    management.call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    text = README.read_text()
    [url] = re.findall(r"curl '(http[^']+)'", text)
    [answer] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert the_answer(url) == json.loads(answer)

    text = API.read_text()
    urls = re.findall(r"curl '(http[^']+)'", text)
    [histogram, search, known] = (
        the_answer(next(url for url in urls if part in url))
        for part in ("/histogram/", "include=snippets", "known_by=")
    )
    [answer] = re.findall(r'```json\n(\{"bucket".*?)```', text, re.DOTALL)
    assert histogram == json.loads(answer)
    [answer] = re.findall(r'```json\n"snippets": (.*?)```', text, re.DOTALL)
    assert search["results"][0]["snippets"] == json.loads(answer)
    assert len(known["results"]) == 1


def is_shown_as(shown: Any, found: Any) -> bool:
    """Whether it is what is printed, where `…` stands for the rest of a text."""
    if isinstance(shown, dict):
        return shown.keys() == found.keys() and all(is_shown_as(shown[key], found[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) == len(found) and all(map(is_shown_as, shown, found))
    if isinstance(shown, str) and shown.endswith("…"):
        return bool(found.startswith(shown.removesuffix("…")))
    return bool(shown == found)


@pytest.mark.django_db
def test_an_event_and_an_etag_are_those_of_the_demo() -> None:
    management.call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    client = Client(HTTP_HOST="127.0.0.1:8000")
    text = API.read_text()
    [shown] = re.findall(r'```json\n(\{"slug": "second-contract-announced".*?)```', text, re.DOTALL)
    found = client.get("/api/v1/events/second-contract-announced/").json()
    assert is_shown_as(json.loads(shown), found)
    [address, etag] = re.findall(r"curl -i http://127.0.0.1:8000(\S+) +# ETag: (.+)", text)[0]
    assert client.get(address)["ETag"] == etag


@pytest.mark.django_db
def test_every_address_of_the_examples_is_there() -> None:
    """Apart from those of which the text says that they are not the demo's."""
    management.call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    urls = re.findall(r"curl (?:-i |-o \S+ )?'?(http[^'\s]+)", API.read_text())
    statuses = {url: Client().get(url.removeprefix("http://127.0.0.1:8000")).status_code for url in urls}
    elsewhere = {url: 404 for url in urls if "/turkiye/" in url}
    elsewhere |= {url: 400 for url in urls if "as_of=2026-01-01" in url}
    assert statuses == dict.fromkeys(urls, 200) | elsewhere
    assert len(elsewhere) == 2


@pytest.mark.parametrize("page", [README, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert all((page.parent / link).exists() for link in links), links
