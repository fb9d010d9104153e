"""Q9: events that are sent, each with two participants and a citation, and taken out again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from django.db import connection
from django.db.models import Max

from benchmarks.clients import post
from benchmarks.moments import some_date
from benchmarks.world import KINDS, RECORDED, ROLES
from timeline import counts
from timeline.changes import CHANGE
from timeline.models import Actor, Event, Source, Token, User
from timeline.models.revision import PAST, Changeset, Revision
from timeline.search.index import TABLE as SEARCHED

_LINES = ("timeline_participation", "timeline_citation", "timeline_eventdocument")


@contextmanager
def token() -> Iterator[str]:
    """The key of an administrator, who is gone afterwards, and so are the events written meanwhile."""
    last, revision, changeset = (_last(model) for model in (Event, Revision, Changeset))
    user = User.objects.create_superuser("benchmark", password=None)
    try:
        _, key = Token.objects.create(user=user, expiry=None, name="benchmark", scope=Token.Scope.WRITE)
        yield key
    finally:
        user.delete()
        with connection.cursor() as cursor:
            for table in _LINES:
                cursor.execute(f"DELETE FROM {table} WHERE event_id > %s", [last])
            cursor.execute("DELETE FROM timeline_event WHERE id > %s", [last])
            event = "rowid" if connection.vendor == "sqlite" else "event_id"
            cursor.execute(f"DELETE FROM {SEARCHED} WHERE {event} > %s", [last])
            cursor.execute(f"DELETE FROM {CHANGE} WHERE event_id > %s", [last])
            # What the deletions themselves have left.
            cursor.execute("DELETE FROM timeline_revision WHERE id > %s", [revision])
            cursor.execute("DELETE FROM timeline_changeset WHERE id > %s", [changeset])
            for past in PAST.values():
                cursor.execute(f"DELETE FROM {past._meta.db_table} WHERE revision_id > %s", [revision])
        counts.count_all_again()


def _last(model: Any) -> int:
    return int(model.objects.aggregate(last=Max("pk"))["last"] or 0)


class Posts:
    """Requests that make new events, for each of the servers in its own words."""

    def __init__(self, key: str, ports: dict[str, int]) -> None:
        self.key, self.ports, self.random, self.number = key, ports, Random(1), 0
        self.actors = list(Actor.objects.order_by("pk").values_list("slug", flat=True)[:2000])
        self.sources = list(Source.objects.order_by("pk").values_list("slug", flat=True)[:2000])

    def next(self) -> dict[str, bytes]:
        """The same event for each, but for its slug."""
        self.number += 1
        actors, source = self.random.sample(self.actors, 2), self.random.choice(self.sources)
        date = some_date(self.random).stored
        text, edtf, *_ = json.loads(date)
        title, quote = f"Something new of number {self.number}", "the words that say so " * 9
        whole: dict[str, Any] = {
            "title": title, "summary": "", "kind": KINDS[0], "date": {"text": text, "edtf": edtf},
            "review": "published", "citations": [{"source": source, "quote": quote}],
            "participants": [{"actor": actor, "role": ROLES[0]} for actor in actors],
        }  # fmt: skip
        columns = {
            "slug": f"written-by-sql-{self.number}", "at": RECORDED.isoformat(sep=" "), "title": title,
            "summary": "", "kind": KINDS[0], "date": date, "actor0": actors[0], "actor1": actors[1],
            "role": ROLES[0], "source": source, "quote": quote,
        }  # fmt: skip
        authorization = f"Authorization: Token {self.key}\r\n"
        return {
            "product": post(
                "/api/v1/events/", self.ports["product"], json.dumps(whole).encode(), authorization
            ),
            "limit": post("/new", self.ports["limit"], json.dumps(columns).encode()),
            "plain": post(
                "/new/", self.ports["plain"], json.dumps(whole | {"slug": f"plainly-{self.number}"}).encode()
            ),
        }
