"""Importing in the admin: sent, shown line by line, and taken in exactly as it was shown."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.admin.forms import messages
from tests.exchange.files import WORDS, an_event, exported, file_of
from timeline.exchange import uploads
from timeline.exchange.spreadsheet import COLUMNS, EXAMPLE
from timeline.models import Actor, Event, EventKind, Upload, User

IMPORT = "/admin/timeline/event/import/"
pytestmark = pytest.mark.django_db


def sent(client: Client, content: bytes, name: str = "file.ndjson", **more: Any) -> Any:
    """What comes of sending a file: the preview, or the form with what is wrong."""
    data = {"file": SimpleUploadedFile(name, content), "updates": "on", **more}
    return client.post(IMPORT, data, follow=True)


def lines(response: Any) -> list[tuple[Any, ...]]:
    """(line, what, slug, keys or reasons) as the preview shows them."""
    return [
        (
            told.line,
            told.what,
            told.slug,
            [f"{path}: {message}" for path, message in told.reasons] or [*told.keys],
        )
        for told, _ in response.context["rows"]
    ]


def taken_in(client: Client, preview: Any, **changes: Any) -> Any:
    upload = preview.context["upload"]
    data = {"seen": upload.digest, **changes}
    return client.post(f"{IMPORT}{upload.pk}/take-in/", data, follow=True)


def refusal(response: Any) -> str:
    return " ".join(response.context["form"].errors["file"])


def an_editor(role: str = "editor") -> tuple[Client, User]:
    user = factories.a_user(role=role, is_staff=True)
    return factories.a_browser(user), user


def words_stand(client: Client) -> None:
    taken_in(client, sent(client, file_of(*WORDS)))


def test_each_line_is_told_before_anything_is_saved(client: Client) -> None:
    words_stand(client)
    factories.an_event(slug="standing", title="It stands", kind=EventKind.objects.get())
    before = exported()
    given = (
        an_event("new", date="mid-March 2020"),
        an_event("standing", title="It stands"),
        {**WORDS[2], "name": "Türkiye"},
        an_event("bad", kind="nothing", date="soon"),
        {"type": "banana"},
    )
    response = sent(client, file_of(*given) + b"no JSON\n")
    assert [row[:3] for row in lines(response)] == [
        (1, "created", "new"), (2, "equal", "standing"), (3, "changed", "turkey"),
        (4, "refused", "bad"), (5, "refused", ""), (6, "refused", ""),
    ]  # fmt: skip
    assert lines(response)[2][3] == ["name"]
    assert any(reason.startswith("kind: No event kind has the slug") for reason in lines(response)[3][3])
    assert [(what, number) for what, _, number in response.context["counts"]] == [
        ("created", 1), ("changed", 1), ("equal", 1), ("refused", 3),
    ]  # fmt: skip
    assert exported() == before
    only = client.get(response.request["PATH_INFO"] + "?show=refused")
    assert [row[0] for row in lines(only)] == [4, 5, 6]
    assert client.get(response.request["PATH_INFO"] + "?show=banana").status_code == 404
    html = response.content.decode()
    assert "Import these" not in html
    assert "3 lines are refused" in html
    after = taken_in(client, response)
    assert "Nothing was taken in: some lines are refused." in messages(after)
    assert exported() == before


def test_what_was_shown_is_taken_in_and_the_file_goes(client: Client) -> None:
    words_stand(client)
    event = an_event(
        date="2020",
        review="published", citations=[{"source": "paper", "quote": "signed"}],
        participants=[{"actor": "turkey", "role": "speaker"}],
    )  # fmt: skip
    response = sent(client, file_of(event, {**WORDS[3], "name": "The Russian Federation"}, WORDS[2]))
    assert [row[1] for row in lines(response)] == ["created", "changed", "equal"]
    assert not Event.objects.exists()
    after = taken_in(client, response)
    assert messages(after) == ["Taken in: 1 created, 1 changed, 1 as it stands."]
    stands = Event.objects.get()
    assert (stands.is_published, stands.citations.get().quote_status) == (True, "exact")
    assert stands.edited_by == User.objects.get()
    assert not Upload.objects.exists()
    again = taken_in(client, response)
    assert "is not there any more" in messages(again)[0]


def test_what_has_changed_meanwhile_is_shown_again(client: Client) -> None:
    words_stand(client)
    response = sent(client, file_of(an_event("one"), an_event("two"), {**WORDS[2], "name": "Türkiye"}))
    factories.an_event(slug="one", title="Somebody else's", kind=EventKind.objects.get())
    before = exported()
    again = taken_in(client, response)
    assert "has changed meanwhile" in messages(again)[0]
    assert [row[1] for row in lines(again)] == ["changed", "created", "changed"]
    assert exported() == before
    assert taken_in(client, again).context["cl"].result_count == 2
    assert Event.objects.get(slug="one").title == "Event one"


def test_a_change_of_what_is_changed_is_one_too(client: Client) -> None:
    """The lines would read the same, but the name that is lost is another."""
    words_stand(client)
    response = sent(client, file_of({**WORDS[2], "name": "Türkiye"}))
    turkey = Actor.objects.get(slug="turkey")
    turkey.name = "The Republic of Turkey"
    turkey.save()
    assert "has changed meanwhile" in messages(taken_in(client, response))[0]


def test_a_file_taken_in_once_stands_as_it_is(client: Client) -> None:
    words_stand(client)
    stale, newer = ({**WORDS[2], "name": "Türkiye", "version": version} for version in (1, 3))
    for line, said in ((stale, "changed"), (stale, "equal"), (newer, "changed"), (newer, "equal")):
        response = sent(client, file_of(line))
        assert [row[1] for row in lines(response)] == [said]
        taken_in(client, response)
    assert lines(sent(client, file_of({**newer, "version": 4}), updates="")) == [
        (1, "refused", "turkey", [": The actor “turkey” stands and differs in: version."])
    ]
    assert Actor.objects.get(slug="turkey").version == 3


def test_without_what_was_seen_nothing_is_taken_in(client: Client) -> None:
    response = sent(client, file_of(*WORDS))
    for seen in ("", "0" * 64):
        taken_in(client, response, seen=seen)
        assert Upload.objects.exists()
        assert b"turkey" not in exported()
    assert client.get(f"{IMPORT}{response.context['upload'].pk}/take-in/").status_code == 405


def test_what_stands_is_left_alone_where_that_is_asked(client: Client) -> None:
    words_stand(client)
    response = sent(client, file_of({**WORDS[2], "name": "Türkiye"}), updates="")
    assert lines(response) == [
        (1, "refused", "turkey", [": The actor “turkey” stands and differs in: name."])
    ]


def test_a_file_is_its_senders_and_there_is_one_of_each(client: Client) -> None:
    response = sent(client, file_of(*WORDS))
    other, _ = an_editor()
    page = response.request["PATH_INFO"]
    assert "is not there any more" in messages(other.get(page, follow=True))[0]
    assert "is not there any more" in messages(taken_in(other, response))[0]
    sent(other, file_of(*WORDS))
    assert Upload.objects.count() == 2
    old = sent(client, file_of(*WORDS[:1])).context["upload"]
    assert Upload.objects.count() == 2
    Upload.objects.filter(pk=old.pk).update(sent_at=timezone.now() - timedelta(days=2))
    sent(other, file_of(*WORDS))
    assert Upload.objects.count() == 1


def test_a_file_of_the_day_before_is_refused_and_goes(client: Client) -> None:
    for ask in (lambda page: client.get(page.request["PATH_INFO"], follow=True), partial(taken_in, client)):
        page = sent(client, file_of(*WORDS))
        Upload.objects.update(sent_at=timezone.now() - timedelta(hours=25))
        answer = ask(page)
        assert "sent more than a day ago" in messages(answer)[0]
        assert not Upload.objects.exists() and not EventKind.objects.exists()


# --- A table ---


def table(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def test_a_table_is_told_by_its_lines(client: Client) -> None:
    words_stand(client)
    row = {"slug": "one", "title": "'=1+1", "kind": "meeting", "summary": "two\r\nlines", "date_text": "2020",
           "participants": "turkey:speaker", "sources": "paper"}  # fmt: skip
    response = sent(client, table(row, {**row, "slug": "two", "kind": "x"}), "events.csv")
    assert [row[:3] for row in lines(response)] == [(3, "created", "one"), (5, "refused", "two")]
    response = sent(client, table(row), "events.CSV")
    taken_in(client, response)
    event = Event.objects.get()
    assert (event.title, event.date.edtf, event.citations.get().source.slug) == ("=1+1", "2020", "paper")
    again = sent(client, table({**row, "title": "Other"}), "a file", form="csv")
    assert lines(again) == [(3, "changed", "one", ["title"])]


def test_what_the_list_exports_comes_in_again_as_it_stands(client: Client) -> None:
    words_stand(client)
    taken_in(client, sent(client, file_of(an_event(date="mid-March 2020", citations=[{"source": "paper"}]))))
    for form in ("csv", "ndjson"):
        answer: Any = client.get(f"/admin/timeline/event/export/{form}/")
        content = b"".join(answer.streaming_content)
        if form == "csv":
            assert [row[1] for row in lines(sent(client, content, "events.csv"))] == ["equal"]


def test_corrected_words_of_a_date_are_read(client: Client) -> None:
    words_stand(client)
    taken_in(client, sent(client, file_of(an_event(date="mid-March 2020"))))
    answer: Any = client.get("/admin/timeline/event/export/csv/")
    corrected = b"".join(answer.streaming_content).replace(b"mid-March", b"mid-April")
    response = sent(client, corrected, "events.csv")
    assert lines(response) == [(2, "changed", "summit", ["date"])]
    taken_in(client, response)
    assert Event.objects.get().date.edtf == "[2020-04-11..2020-04-20]"


def test_the_template_is_a_table_that_comes_in(client: Client) -> None:
    response = client.get(f"{IMPORT}template.csv")
    assert response["Content-Disposition"] == 'attachment; filename="events-template.csv"'
    header, row = csv.reader(io.StringIO(response.content.decode()))
    assert {*header} < {name for names in COLUMNS.values() for name in names}
    assert dict(zip(header, row, strict=True)) == EXAMPLE
    factories.a_kind(slug="statement")
    factories.an_actor(slug="dmitry-shugaev")
    factories.an_actor(slug="turkey")
    factories.a_role(slug="speaker")
    factories.a_role(slug="subject")
    taken_in(client, sent(client, response.content, "events-template.csv"))
    assert Event.objects.get().date.edtf == "[2020-03-11..2020-03-20]"


# --- What is no file ---


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "a.ndjson", "The submitted file is empty."),
        (b" \n\n", "a.ndjson", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.ndjson", "This is no text: byte 9 is NUL."),
        ('{"a": 1}\n{"b": "é"}'.encode("latin-1"), "a.ndjson", "no text in UTF-8: byte 17, in line 2."),
        (b"\xef\xbb\xbf\xef\xbb\xbf", "a.csv", "“\ufeff”: There is no such column."),
        (b"slug;title\na;b\n", "a.csv", "separated by “;”"),
        (b"slug,titel,banana\na,b,c\n", "a.csv", "“titel”: There is no such column. “banana”: There is"),
        (b"slug,slug\na,b\n", "a.csv", "“slug”: The column is there twice."),
        (b"title\na\n", "a.csv", "“slug”: This column is needed."),
        (b"slug,title\n", "a.csv", "The table has no rows below its header."),
        (b'slug,"title\na', "a.csv", "It is not CSV"),
    ],
)
def test_what_cannot_be_read_is_said_at_once(
    client: Client, content: bytes, name: str, expected: str
) -> None:
    response = sent(client, content, name)
    assert response.status_code == 200
    assert expected in refusal(response)
    assert not Upload.objects.exists()


def test_without_a_file_one_is_asked_for(client: Client) -> None:
    assert "This field is required." in refusal(client.post(IMPORT, {}))


@pytest.mark.parametrize(
    ("limit", "value", "content", "expected"),
    [
        ("MOST_BYTES", 100, b"x" * 101, "at most"),
        ("MOST_LINES", 3, b"{}\n" * 4, "The file has 4 lines; at most 3 are possible."),
        ("LONGEST_LINE", 10, b"{}\n" + b"x" * 11 + b"\n", "Line 2 has"),
    ],
)
def test_there_are_limits(
    client: Client, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, content: bytes, expected: str
) -> None:
    monkeypatch.setattr(uploads, limit, value)
    assert expected in refusal(sent(client, content))


def test_a_line_of_ten_megabytes_is_too_long(client: Client) -> None:
    content = b'{"type": "tag", "slug": "a", "name": "' + b"x" * (10 * 1024 * 1024 - 100) + b'"}\n'
    assert "Line 1 has 10.0 MB; at most 5 are possible." in refusal(sent(client, content))
    assert "The file has 10.1 MB" in refusal(sent(client, content + b" " * 100_000))


def test_a_table_with_a_short_row_is_told_by_its_line(client: Client) -> None:
    response = sent(client, b"slug,title\na,b\nc\n", "a.csv")
    assert lines(response) == [(3, "refused", "", [": It has 1 cells; the first row has 2."])]
    assert "Nothing was taken in" in messages(taken_in(client, response))[0]


def test_a_file_of_nothing_but_a_header_has_nothing(client: Client) -> None:
    response = sent(client, b'{"type": "timeline", "version": 1}\n')
    assert "There is nothing in the file." in response.content.decode() or lines(response)[0][1] == "refused"
    assert "Import these" not in response.content.decode()


def test_lines_have_pages_and_problems_an_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timeline.admin.imports.LINES_A_PAGE", 3)
    response = sent(client, file_of(*WORDS))
    assert [row[0] for row in lines(response)] == [1, 2, 3]
    page = response.request["PATH_INFO"]
    assert [row[0] for row in lines(client.get(page + "?p=2"))] == [4, 5]
    assert client.get(page + "?p=banana").status_code == 200
    monkeypatch.setattr("timeline.exchange.by_user.ImportByUser.most_problems", 2)
    monkeypatch.setattr("timeline.exchange.by_user.MOST_PROBLEMS", 2)
    response = sent(client, b"x\n" * 4)
    assert "the file was read no further" in response.content.decode()


# --- Who may ---


def test_who_may_not_see_everything_does_not_import(client: Client) -> None:
    reader, _ = an_editor("reader")
    assert reader.get(IMPORT).status_code == 403
    assert sent(reader, file_of(*WORDS)).status_code == 403
    assert "Import</a>" not in reader.get("/admin/timeline/event/").content.decode()
    editor, user = an_editor()
    assert f'<a href="{IMPORT}">Import</a>' in editor.get("/admin/timeline/event/").content.decode()
    assert editor.get(f"{IMPORT}template.csv").status_code == 200
    assert "login" in Client().get(IMPORT)["Location"]
    user.groups.clear()
    assert editor.get(IMPORT).status_code == 403


def test_an_import_needs_the_rights_of_what_it_does(client: Client) -> None:
    words_stand(client)
    kind = EventKind.objects.get()
    event = factories.an_event(slug="standing", kind=kind)
    factories.a_citation(event=event)
    editor, user = an_editor("reader")
    user.user_permissions.set(factories.a_user(permissions=("add_event",)).user_permissions.all())
    response = sent(
        editor,
        file_of(
            an_event("new"),
            an_event("told", participants=[{"actor": "turkey", "role": "speaker"}]),
            an_event("standing"),
            {"type": "tag", "slug": "new-tag", "name": "New tag"},
        ),
    )
    told = {row[2]: (row[1], row[3]) for row in lines(response)}
    assert told["new"] == ("created", [])
    assert told["told"] == ("refused", ["participants: You may not add participations."])
    assert told["new-tag"] == ("refused", [": You may not add tags."])
    assert told["standing"][0] == "refused"
    assert ": You may not change events." in told["standing"][1]
    assert "citations: You may not delete citations." in told["standing"][1]


def test_a_milestone_with_an_event_needs_the_right_to_change_events(client: Client) -> None:
    words_stand(client)
    user = factories.a_user(permissions=("add_event", "add_contract", "add_milestone"))
    editor, reader = an_editor("reader")
    reader.user_permissions.set(user.user_permissions.all())
    contract = {"type": "contract", "slug": "deal", "title": "Deal", "kind": "loan", "status": "signed"}
    contract["milestones"] = [{"kind": "signed", "event": "summit"}]  # type: ignore[assignment]
    taken_in(client, sent(client, file_of(an_event())))
    response = sent(editor, file_of(contract))
    assert [row[3] for row in lines(response)] == [["milestones: You may not change events."]]


@pytest.mark.parametrize(
    ("before", "after", "is_free"),
    [
        (None, "draft", True), (None, "in_review", True), (None, "published", False),
        ("draft", "in_review", True), ("in_review", "draft", False), ("draft", "published", False),
        ("in_review", "published", False), ("published", "published", True),
    ],
)  # fmt: skip
def test_steps_of_review_need_the_right_to_publish(
    client: Client, before: str | None, after: str, is_free: bool
) -> None:
    words_stand(client)
    given = an_event(date="2020", citations=[{"source": "paper"}])
    if before:
        taken_in(client, sent(client, file_of({**given, "review": before})))
    editor, user = an_editor("editor")
    user.groups.set([Group.objects.get(name="reader")])
    writes = ("add_event", "change_event", "add_citation", "delete_citation")
    user.user_permissions.set(factories.a_user(permissions=writes).user_permissions.all())
    line = file_of({**given, "review": after, "summary": "New."})
    row = lines(sent(editor, line))[0]
    assert ("review: You may not publish events." not in row[3]) == is_free == (row[1] != "refused")
    publisher = factories.a_user(permissions=(*writes, "publish_event"))
    user.user_permissions.set(publisher.user_permissions.all())
    response = sent(editor, line)
    assert lines(response)[0][1] != "refused"
    taken_in(editor, response)
    event = Event.objects.get()
    assert (event.review, event.edited_by) == (after, user)
    assert (event.sent_by == user) == (after == "in_review")


def test_publishing_asks_for_a_date(client: Client) -> None:
    words_stand(client)
    response = sent(client, file_of(an_event(review="published", citations=[{"source": "paper"}])))
    assert [reason.partition(":")[0] for reason in lines(response)[0][3]] == ["date"]


def test_four_eyes_hold_here_too(client: Client, settings: Any) -> None:
    settings.REQUIRE_FOUR_EYES = True
    words_stand(client)
    response = sent(
        client, file_of(an_event(review="published", date="2020", citations=[{"source": "paper"}]))
    )
    assert lines(response)[0][1] == "refused"
    assert "Somebody else has to publish it" in lines(response)[0][3][0]


def test_a_preview_takes_the_same_queries_whatever_it_shows(client: Client) -> None:
    taken = []
    for number in (1, 60):
        events = [an_event(f"e-{one}") for one in range(number)]
        page = sent(client, file_of(*WORDS, *events)).request["PATH_INFO"]
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        taken.append(len(queries))
    assert taken == [3, 3]


def test_a_dump_has_no_files_in_it(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    sent(client, file_of(*WORDS))
    call_command("dumpdata", "timeline")
    assert "timeline.upload" not in capsys.readouterr().out


def test_the_pages_have_no_script_or_style_inside(client: Client) -> None:
    page = sent(client, file_of(*WORDS)).request["PATH_INFO"]
    for url in (IMPORT, page):
        html = client.get(url).content.decode()
        assert "style=" not in html
        assert "<script>" not in html
