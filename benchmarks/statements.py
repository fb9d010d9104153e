"""The statements of the SQL limit, written by hand, out of pieces that differ between the databases in names.

`:name` marks a parameter. What a statement builds is, key by key, what the product answers.
"""

from __future__ import annotations

from benchmarks.readings import COLUMNS as READING
from benchmarks.readings import TABLE as READINGS
from timeline.dates import OPEN_PAST
from timeline.dates.calendar import DAY
from timeline.scales import SCALES
from timeline.search.index import TABLE as SEARCHED


class PostgreSQL:
    """How PostgreSQL builds JSON."""

    join = "JOIN"

    def object(self, **pairs: str) -> str:
        return f"json_build_object({_pairs(pairs)})"

    def array(self, item: str, rows: str) -> str:
        return f"COALESCE((SELECT json_agg({item}) FROM ({rows}) AS line), '[]'::json)"

    def listed(self, item: str, order: str) -> str:
        return f"COALESCE(json_agg({item} ORDER BY {order}), '[]'::json)"

    def flag(self, column: str) -> str:
        return column

    def moment(self, column: str) -> str:
        return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

    def document(self, json: str) -> str:
        return f"({json})::text"

    def month(self, column: str) -> str:
        return f"to_char(date '1970-01-01' + cast({column} AS int), 'YYYY-MM')"

    def end_of_month(self, month: str) -> str:
        return f"cast(({month} || '-01')::date + interval '1 month - 1 day' AS date)"

    def hits(self, event: str = "") -> str:
        # OFFSET 0: as it is written, not as the planner would turn it round.
        this = f"AND event_id = {event}" if event else ""
        found = f"SELECT event_id AS id FROM {SEARCHED} WHERE words @@ cast(:words AS text)::tsquery {this}"
        return f"{found} OFFSET 0"


class SQLite:
    """How SQLite does, in the same words."""

    # The page first, then what belongs to its events.
    join = "CROSS JOIN"

    def object(self, **pairs: str) -> str:
        return f"json_object({_pairs(pairs)})"

    def array(self, item: str, rows: str) -> str:
        # Made of the outer columns, since what is JSON in a subquery is plain text outside.
        return f"(SELECT json_group_array({item}) FROM ({rows}) AS line)"

    def listed(self, item: str, order: str) -> str:
        return f"json_group_array({item})"

    def flag(self, column: str) -> str:
        return f"CASE WHEN {column} THEN json('true') ELSE json('false') END"

    def moment(self, column: str) -> str:
        return f"replace({column}, ' ', 'T') || 'Z'"

    def document(self, json: str) -> str:
        return json

    def month(self, column: str) -> str:
        return f"substr(date({column} * {DAY}, 'unixepoch'), 1, 7)"

    def end_of_month(self, month: str) -> str:
        return f"date({month} || '-01', '+1 month', '-1 day')"

    def hits(self, event: str = "") -> str:
        this = f"AND rowid = {event}" if event else ""
        return f"SELECT rowid AS id FROM {SEARCHED} WHERE {SEARCHED} MATCH :words {this}"


class Statements:
    """All statements for one database, by the name under which the limit's server has them."""

    def __init__(self, vendor: str) -> None:
        self.to = SQLite() if vendor == "sqlite" else PostgreSQL()

    def all(self) -> dict[str, str]:
        return {
            "of_actor": self.page(self.of_actor()),
            "in_window": self.page(self.in_window(), match=True),
            "of_actor_in_window": self.page(self.of_actor_in_window(), match=True),
            "after": self.page(self.after(), previous=True),
            "search_rare": self.page(self.search_rare()),
            "search_common": self.page(self.search_common()),
            "event": self.event_by_slug(),
            "everything": self.everything(),
            "by_month": self.by_month("date_sort_at", "date_earliest", "*", PUBLISHED),
            "of_actor_by_month": self.by_month("sort_at", "earliest", "DISTINCT event_id", PUBLIC_PARTS),
        }

    # --- One event ---

    def event(self, *, match: bool) -> str:
        """The document of the event `e`, of the kind `k`, with the reading `r`."""
        to = self.to
        more = {"match": "page.match"} if match else {}
        return to.object(
            slug="e.slug", url="cast(:root AS text) || 'events/' || e.slug || '/'", title="e.title",
            summary="e.summary", kind="k.slug", status="e.status", verification="e.verification",
            review="e.review", importance="e.importance", date=self.date(), participants=self.participants(),
            contracts=self.contracts(), place=self.place(), tags=self.tags(), related=self.related(),
            citations=self.citations(), created_at=to.moment("e.created_at"),
            updated_at=to.moment("e.updated_at"), version="e.version", **more,
        )  # fmt: skip

    def date(self) -> str:
        shown = {
            name: self.to.flag(f"r.{name}") if name in ("approximate", "uncertain") else f"r.{name}"
            for name in READING
        }
        return self.to.object(text="e.date_text", **shown)

    def participants(self) -> str:
        item = self.to.object(
            actor=self.to.object(slug="slug", name="name", kind="kind"),
            role="role", capacity="capacity", note="note",
        )  # fmt: skip
        return self.to.array(
            item,
            """SELECT a.slug, a.name, a.kind, o.slug AS role, p.capacity, p.note
            FROM timeline_participation p JOIN timeline_actor a ON a.id = p.actor_id
            JOIN timeline_role o ON o.id = p.role_id
            WHERE p.event_id = e.id ORDER BY p.position, p.id""",
        )

    def contracts(self) -> str:
        return self.to.array(
            self.to.object(slug="slug", title="title", milestone="milestone"),
            """SELECT c.slug, c.title, (SELECT m.kind FROM timeline_milestone m
                WHERE m.event_id = e.id AND m.contract_id = c.id ORDER BY m.position, m.id LIMIT 1
                ) AS milestone
            FROM timeline_event_contracts l JOIN timeline_contract c ON c.id = l.contract_id
            WHERE l.event_id = e.id AND c.review = 'published' ORDER BY c.slug""",
        )

    def place(self) -> str:
        place = self.to.object(slug="p.slug", name="p.name")
        return f"(SELECT {place} FROM timeline_place p WHERE p.id = e.place_id)"

    def tags(self) -> str:
        return self.to.array(
            self.to.object(slug="slug", name="name"),
            """SELECT t.slug, t.name FROM timeline_event_tags l JOIN timeline_tag t ON t.id = l.tag_id
            WHERE l.event_id = e.id ORDER BY t.slug""",
        )

    def actor(self, prefix: str) -> str:
        actor = self.to.object(slug=f"{prefix}_slug", name=f"{prefix}_name", kind=f"{prefix}_kind")
        return f"CASE WHEN {prefix}_slug IS NOT NULL THEN {actor} END"

    def related(self) -> str:
        item = self.to.object(
            kind="kind",
            direction="direction",
            event=self.to.object(
                slug="slug", title="title", url="cast(:root AS text) || 'events/' || slug || '/'"
            ),
            attributed_to=self.actor("by"),
            note="note",
        )
        arms = " UNION ALL ".join(
            f"""SELECT {place} AS place, l.event_id, l.position, l.kind, '{direction}' AS direction,
                o.slug, o.title, l.note, b.slug AS by_slug, b.name AS by_name, b.kind AS by_kind
            FROM timeline_eventrelation l JOIN timeline_event o ON o.id = l.{other} AND o.review = 'published'
            LEFT JOIN timeline_actor b ON b.id = l.attributed_to_id WHERE l.{this} = e.id"""
            for place, direction, this, other in (
                (1, "outgoing", "event_id", "related_id"),
                (2, "incoming", "related_id", "event_id"),
            )
        )
        return self.to.array(item, f"{arms} ORDER BY 1, 2, 3")

    def citations(self) -> str:
        item = self.to.object(
            source=self.to.object(slug="slug", title="title", url="url"),
            quote="quote", locator="locator", attributed_to=self.actor("by"), stance="stance", field="field",
            asserted_value="asserted_value", note="note", quote_status="quote_status",
        )  # fmt: skip
        return self.to.array(
            item,
            """SELECT s.slug, s.title, s.url, c.quote, c.locator, c.stance, c.field, c.asserted_value, c.note,
                c.quote_status, b.slug AS by_slug, b.name AS by_name, b.kind AS by_kind
            FROM timeline_citation c JOIN timeline_source s ON s.id = c.source_id
            LEFT JOIN timeline_actor b ON b.id = c.attributed_to_id
            WHERE c.event_id = e.id ORDER BY c.position, c.id""",
        )

    @property
    def joins(self) -> str:
        return f"""{self.to.join} timeline_eventkind k ON k.id = e.kind_id
            {self.to.join} {READINGS} r ON r.edtf = e.date_edtf"""

    def event_by_slug(self) -> str:
        document = self.to.document(self.event(match=False))
        return f"""SELECT {document} FROM timeline_event e {self.joins}
            WHERE e.slug = :slug AND e.review = 'published'"""

    def everything(self) -> str:
        """A document a row, of the first `:rows` events of all."""
        return f"""SELECT {self.to.document(self.event(match=False))} FROM (
                SELECT * FROM timeline_event WHERE review = 'published'
                ORDER BY date_sort_at, id LIMIT :rows) AS e {self.joins}
            ORDER BY e.date_sort_at, e.id"""

    # --- Counts ---

    def by_month(self, sort_at: str, earliest: str, event: str, rows: str) -> str:
        """The histogram by month: the rows of one index, first by day, the few days then by month."""
        to = self.to
        bucket = to.object(start="month || '-01'", end=to.end_of_month("month"), count="events")
        answer = to.object(
            bucket="'month'", bins="NULL", spread="'start'",
            total=f"({TOTAL})", undated="0", before=f"({TOTAL} WHERE day IS NULL)", after="0",
            buckets=to.array(bucket, f"""
                SELECT {to.month("day")} AS month, cast(sum(events) AS bigint) AS events
                FROM days WHERE day IS NOT NULL GROUP BY 1 ORDER BY 1"""),
        )  # fmt: skip
        return f"""WITH days AS MATERIALIZED (
            SELECT
                CASE WHEN {earliest} > {OPEN_PAST} THEN ({sort_at} + {DAY * ERA}) / {DAY} - {ERA} END AS day,
                count({event}) AS events
            FROM {rows} GROUP BY 1
        ) SELECT {to.document(answer)}"""

    # --- Pages ---

    def page(self, found: str, *, match: bool = False, previous: bool = False) -> str:
        """The answer with the events that `found` gives: rows (sort_at, id[, match]), one more than is shown.

        `next` has the place of the last event as it is; the product signs it, which no database can.
        """
        to = self.to
        results = f"""(SELECT {to.listed(self.event(match=match), "page.sort_at, page.id")}
            FROM (SELECT * FROM page ORDER BY sort_at, id LIMIT :more - 1) AS page
            {to.join} timeline_event e ON e.id = page.id {self.joins})"""
        place = "cast(:next AS text) || (SELECT sort_at || '.' || id FROM page ORDER BY sort_at, id LIMIT 1"
        after = f"CASE WHEN (SELECT count(*) FROM page) = :more THEN {place} OFFSET :more - 2) END"
        answer = to.object(next=after, previous=f"{place})" if previous else "NULL", results=results)
        return f"WITH page AS MATERIALIZED ({found}) SELECT {to.document(answer)}"

    # --- Which events ---

    def of_actor(self) -> str:
        return f"""SELECT DISTINCT sort_at, event_id AS id FROM timeline_participation
            WHERE actor_id = {ACTOR} AND is_public ORDER BY sort_at, event_id LIMIT :more"""

    def in_window(self) -> str:
        """Of each class of spans the first of one range of one index, and of these the first."""
        certain = _certain("date_")
        arms = " UNION ALL ".join(
            f"""SELECT * FROM (
                SELECT date_sort_at AS sort_at, id, {certain} AS match FROM timeline_event
                WHERE date_scale = {scale} AND date_sort_at >= :least{scale}
                AND date_sort_at <= :greatest{scale}
                AND date_earliest <= :end AND date_latest >= :start AND review = 'published'
                ORDER BY date_sort_at, id LIMIT :more) AS arm{scale}"""
            for scale in SCALES
        )
        return f"{arms} ORDER BY 1, 2 LIMIT :more"

    def of_actor_in_window(self) -> str:
        certain = _certain("")
        arms = " UNION ALL ".join(
            f"""SELECT * FROM (
                SELECT sort_at, event_id AS id, min({certain}) AS match FROM timeline_participation
                WHERE actor_id = {ACTOR} AND is_public AND scale = {scale}
                AND sort_at >= :least{scale} AND sort_at <= :greatest{scale}
                AND earliest <= :end AND latest >= :start
                GROUP BY sort_at, event_id ORDER BY sort_at, event_id LIMIT :more) AS arm{scale}"""
            for scale in SCALES
        )
        return f"{arms} ORDER BY 1, 2 LIMIT :more"

    def search_rare(self) -> str:
        """All hits are gathered and sorted."""
        return f"""SELECT e.date_sort_at AS sort_at, e.id FROM ({self.to.hits()}) AS hit
            {self.to.join} timeline_event e ON e.id = hit.id WHERE e.review = 'published'
            ORDER BY e.date_sort_at, e.id LIMIT :more"""

    def search_common(self) -> str:
        """Events are walked in their order, and for each the index is asked whether it is a hit."""
        return f"""SELECT e.date_sort_at AS sort_at, e.id FROM timeline_event e
            WHERE e.review = 'published' AND EXISTS ({self.to.hits("e.id")})
            ORDER BY e.date_sort_at, e.id LIMIT :more"""

    def after(self) -> str:
        return """SELECT date_sort_at AS sort_at, id FROM timeline_event
            WHERE (date_sort_at, id) > (:sort_at, :id) AND review = 'published'
            ORDER BY date_sort_at, id LIMIT :more"""


def _pairs(pairs: dict[str, str]) -> str:
    return ", ".join(f"'{key}', {value}" for key, value in pairs.items())


PUBLISHED = "timeline_event WHERE review = 'published'"
TOTAL = "SELECT cast(COALESCE(sum(events), 0) AS bigint) FROM days"
# Days before 1970, so that dividing, which cuts off, always rounds down.
ERA = 1_000_000
ACTOR = "(SELECT id FROM timeline_actor WHERE slug = :actor)"
PUBLIC_PARTS = f"timeline_participation WHERE is_public AND actor_id = {ACTOR}"


def _certain(prefix: str) -> str:
    condition = f"{prefix}start_latest <= :end AND {prefix}end_earliest >= :start"
    return f"CASE WHEN {condition} THEN 'certain' ELSE 'possible' END"


# An event with two participants and a citation, in one transaction; triggers do the rest.
NEW_EVENT = (
    """INSERT INTO timeline_event (slug, created_at, updated_at, recorded_at, version, review, title, summary,
        kind_id, date, status, verification, importance)
    VALUES (:slug, :at, :at, :at, 1, 'published', :title, :summary,
        (SELECT id FROM timeline_eventkind WHERE slug = :kind), :date, 'occurred', 'reported', 2)""",
    """INSERT INTO timeline_participation (event_id, actor_id, role_id, capacity, note, position, is_public,
        scale, sort_at, earliest, start_latest, end_earliest, latest)
    SELECT e.id, a.id, r.id, '', '', CASE WHEN a.slug = :actor0 THEN 0 ELSE 1 END, TRUE, 0, 0, 0, 0, 0, 0
    FROM timeline_event e JOIN timeline_role r ON r.slug = :role
    JOIN timeline_actor a ON a.slug IN (:actor0, :actor1) WHERE e.slug = :slug""",
    """INSERT INTO timeline_citation (event_id, source_id, field, asserted_value, quote, locator, stance,
        note, quote_status, position)
    SELECT e.id, s.id, '', '', :quote, '', 'supports', '', 'unchecked', 0
    FROM timeline_event e JOIN timeline_source s ON s.slug = :source WHERE e.slug = :slug""",
)
