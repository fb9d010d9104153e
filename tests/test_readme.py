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


@pytest.mark.django_db
def test_the_first_query_has_the_answer_that_is_printed() -> None:
    text = README.read_text()
    [url] = re.findall(r"curl '(http[^']+)'", text)
    [answer] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    management.call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    asked = urlsplit(url)
    assert Client().get(f"{asked.path}?{asked.query}").json() == json.loads(answer)


def answer_to(part: str) -> Any:
    """What is answered to the one example of docs/api.md that asks for this."""
    [url] = {url for url in re.findall(r"curl '(http[^']+)'", API.read_text()) if part in url}
    asked = urlsplit(url)
    return Client().get(f"{asked.path}?{asked.query}").json()


@pytest.mark.django_db
def test_the_examples_of_the_api_have_the_answers_that_are_printed() -> None:
    text = API.read_text()
    management.call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    [histogram] = re.findall(r'```json\n(\{"bucket".*?)```', text, re.DOTALL)
    assert answer_to("/histogram/") == json.loads(histogram)
    [passages] = re.findall(r'```json\n("snippets".*?)```', text, re.DOTALL)
    first = answer_to("include=snippets")["results"][0]
    assert first["snippets"] == json.loads(f"{{{passages}}}")["snippets"]
    assert len(answer_to("known_by=")["results"]) == 1


@pytest.mark.parametrize("page", [README, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert all((page.parent / link).exists() for link in links), links
