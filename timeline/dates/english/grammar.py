"""The grammar of a whole text: dates with what qualifies them, joined into ranges, choices and lists."""

from itertools import pairwise
from typing import Final

from timeline.dates.english.cursor import Cursor, integer
from timeline.dates.english.dates import read_date
from timeline.dates.english.partial import RANGES, UPPER, WITHIN_YEAR, Partial
from timeline.dates.english.parts import Part
from timeline.dates.english.remarks import read_remark
from timeline.dates.english.tables import BEGINNINGS, ENDS
from timeline.dates.english.years import read_year

_SEPARATORS: Final = frozenset(("comma", "semicolon", "colon", "open"))
_LINKS: Final = {"to": "to", "dash": "to", "slash": "slash", "or": "or", "and": "and", "but": "and"}
# What begins a date, and what certainly ends one: nothing else is looked for there.
_PLAIN: Final = frozenset(("number", "month", "season", "weekday"))
_ENDS: Final = frozenset(("end", "dash", "to", "or", "and", "slash"))
_COUNTERS: Final = frozenset(("ordinal", "latter", "former", "comparative", "deictic"))
# What weekdays are counted in.
_WHOLES: Final = frozenset(("month", "number", "unit", "deictic", "season"))
# What may stand behind a date and a comma.
_AFTERTHOUGHTS: Final = frozenset(("onward", "uncertain", "approximate", "or so"))
_PHASES: Final = frozenset(("phase", "phase word"))


class Sentence:
    """One pass over the tokens, with what is still open: a "between", the phase of the clause at hand."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.labels = cursor.context.conventions.labels and "word" in cursor.kinds
        self.partials: list[Partial] = []
        self.between = False
        self.phase: str | None = None
        self.joint = ""
        self.clause = 0

    def read(self) -> list[Partial]:
        """All dates of the text in their order. Raise DateError."""
        cursor = self.cursor
        link = ""
        while True:
            while self.labels and self._skip_label():
                pass
            if link == "next" and cursor.kind() == "end":
                break
            partial = Partial(cursor.token.start)
            partial.link, partial.joint = link, self.joint
            self._read_before(partial)
            if partial.relation is None and cursor.skip("undated"):
                pass
            elif link == "to" and cursor.kind() == "end" and not partial.parts:
                self._check_dash()
                partial.kind = "unknown"
                self.partials.append(partial)
            else:
                if not (partial.parts and self._is_part_only()):
                    read_date(cursor, partial)
                else:
                    partial.kind = "part"
                self.partials.append(partial)
                self._read_after(partial)
            if cursor.kind() == "end":
                break
            link = self._read_link()
        if not self.partials or self.between:
            cursor.unexpected()
        self._spread()
        return self.partials

    def _check_dash(self) -> None:
        """Refuse "196-", which may be a decade with its last digit left out."""
        last = self.partials[-1] if self.partials else None
        if last is not None and last.kind == "year" and last.digits < 4 and last.era is None:
            reason = "This may be a decade, or a year before 1000 and no end."
            self.cursor.context.refuse(last.start, reason)

    def _skip_label(self) -> bool:
        """Pass words that are no date up to a mark or number."""
        cursor = self.cursor
        steps = words = 0
        while cursor.kind(steps) not in _SEPARATORS and cursor.kind(steps) != "end":
            steps += 1
            if cursor.kind(steps - 1) == "word":
                words = steps
        if not words or any(cursor.number(step, digits=(3, 4)) is not None for step in range(words)):
            # A year is not passed over.
            return False
        rest = range(words, steps)
        if any(cursor.number(step, digits=(3, 4)) or cursor.kind(step) == "ordinal" for step in rest):
            # "Born Germany 1861 - 1943"; "imitation of 10th century" is of no known date.
            if cursor.kind(words) == "of":
                return False
            cursor.at += words
            return False
        ends = cursor.kind(steps) == "end"
        if ends and not self.partials:
            return False
        cursor.at += steps + (not ends)
        return True

    def _read_before(self, partial: Partial) -> None:
        """What stands before a date: qualifiers, relations, phases and the parts of which it is the whole."""
        cursor = self.cursor
        while True:
            kind = cursor.kind()
            if kind in _PLAIN:
                break
            if kind in ("in", "degree", "of") or kind in _SEPARATORS:
                cursor.at += 1
            elif kind == "approximate" or (kind == "c" and cursor.kind(1) not in _LINKS):
                partial.approximate = True
                cursor.at += 1
                if kind == "c":
                    cursor.skip("comma")
            elif kind in ("uncertain", "question"):
                partial.uncertain = True
                cursor.at += 1
            elif not (self._read_relation(partial) or self._read_phase() or self._read_part(partial)):
                break
        partial.phase = self.phase

    def _read_relation(self, partial: Partial) -> bool:
        cursor = self.cursor
        token = cursor.token
        if token.kind == "between":
            self.between = True
        elif token.kind == "opening" or (token.kind == "dash" and partial.relation is not None):
            pass
        elif partial.relation == "since" and token.kind == "relation":
            # "From before 1914": the outer word says nothing more.
            partial.relation = str(token.value)
        elif partial.relation is not None:
            return False
        elif token.kind == "from":
            partial.relation, partial.opener = "since", "from"
        elif token.kind == "every":
            partial.every, partial.relation = True, str(token.value)
            partial.opener = "from" if partial.relation == "since" else ""
        elif token.kind == "relation" or (
            token.kind == "to" and token.value == "until" and partial.link != "to"
        ):
            partial.relation = str(token.value)
            partial.opener = "since" if token.value == "since" else ""
        else:
            return False
        cursor.at += 1
        return True

    def _read_phase(self) -> bool:
        """What happened, and not when: "designed", "first published", "editioned replica"."""
        cursor = self.cursor
        at = cursor.at
        cursor.skip("ordinal", "comparative")
        found = False
        while cursor.kind() in _PHASES or (cursor.kind() == "dash" and cursor.kind(1) in _PHASES):
            if cursor.kind() == "phase":
                self.phase, found = str(cursor.token.value), True
            cursor.at += 1
        if not found:
            cursor.at = at
        elif cursor.kind() == "comparative" and self._closes(1):
            cursor.at += 1
        return found

    def _read_part(self, partial: Partial) -> bool:
        """Early, the second half of, the first two decades of."""
        cursor = self.cursor
        if cursor.kind() == "comparative" and cursor.kind(1) == "deictic":
            partial.so_far = integer(cursor.token) - 1
            cursor.at += 1
            return True
        if cursor.kind() == "stage" or (cursor.kind() == "comparative" and cursor.kind(1) != "fraction"):
            self._relate_end(partial)
            part = Part("stage", integer(cursor.token), integer(cursor.token))
            cursor.at += 1
            self._skip_carriers()
        else:
            found = self._numbered_part()
            if found is None:
                return False
            part, steps = found
            cursor.at += steps
        partial.parts += (part,)
        if cursor.kind() == "dash" and cursor.kind(1) not in ("stage", "fraction"):
            cursor.at += 1
        cursor.skip("of", "in")
        return True

    def _relate_end(self, partial: Partial) -> None:
        """Before the end of 1914 is in 1914 or earlier; after its beginning, in 1914 or later."""
        token = self.cursor.token
        noun = self.cursor.context.text[token.start : token.end].lower()
        if partial.relation == "before" and noun in ENDS:
            partial.relation = "by"
        elif partial.relation == "after" and noun in BEGINNINGS:
            partial.relation = "not before"
        else:
            partial.edge = noun in (BEGINNINGS if partial.relation == "before" else ENDS)

    def _skip_carriers(self) -> None:
        """The nouns of "the early part of" and "the late years of"."""
        cursor = self.cursor
        if cursor.kind() == "carrier" or (cursor.kind() == "unit" and cursor.kind(1) in ("of", "in")):
            cursor.at += 1

    def _numbered_part(self) -> tuple[Part, int] | None:
        """A part that is counted, and how many tokens name it."""
        cursor = self.cursor
        token = cursor.token
        if token.kind not in _COUNTERS or (token.kind == "deictic" and token.value != -1):
            return None
        first = integer(token) - 1 if token.kind == "ordinal" else 0 if token.kind == "former" else -1
        steps = 2 if cursor.kind(1) == "dash" and cursor.kind(2) in ("fraction", "ordinal") else 1
        noun = cursor.ahead(steps)
        of = cursor.kind(steps + 1) in ("of", "in")
        if noun.kind == "carrier":
            return Part("half", 0 if first == 0 else -1, 0 if first == 0 else -1), steps + 1
        # "Last quarter" is a relative date, "last quarter of 1920" and "last half 1920" are not.
        if noun.kind == "fraction" and (of or token.kind != "deictic" or cursor.kind(steps + 1) == "number"):
            return Part(str(noun.value), first, first), steps + 1
        of = of or cursor.kind(steps + 1) in ("ordinal", "number")
        if noun.kind == "weekday" and of and cursor.kind(steps + 2) in _WHOLES:
            return Part(f"weekday {noun.value}", first, first), steps + 1
        if noun.kind == "ordinal" and cursor.context.text[noun.start] in "tT" and noun.value == 3 and of:
            if token.kind == "ordinal" and steps == 2:
                cursor.context.refuse(token.start, "This may be a third, or from one day to another.")
            return Part("third", first, first), steps + 1
        if noun.kind in ("number", "count") and cursor.kind(steps + 1) in ("unit", "fraction"):
            return self._several(first, integer(noun), steps + 1)
        if noun.kind != "unit" or not of or noun.value in ("century", "millennium"):
            return None
        plural = cursor.context.text[noun.end - 1] in "sS"
        if plural and first in (0, -1):
            # "The first days of April" do not say how many.
            return Part("stage", 0 if first == 0 else 2, 0 if first == 0 else 2), steps + 1
        return Part(str(noun.value), first, first), steps + 1

    def _several(self, first: int, count: int, steps: int) -> tuple[Part, int] | None:
        """The first two decades of, the last three months of."""
        cursor = self.cursor
        if cursor.kind(steps + 1) not in ("of", "in") or first not in (0, -1):
            return None
        unit = str(cursor.ahead(steps).value)
        return (Part(unit, 0, count - 1) if first == 0 else Part(unit, -count, -1)), steps + 1

    def _is_part_only(self) -> bool:
        """Whether the whole comes later: "mid- to late March", "first and second quarter of 1920"."""
        cursor = self.cursor
        return cursor.kind() in _LINKS or cursor.kind() == "end"

    def _read_after(self, partial: Partial) -> None:
        """What stands behind a date: (?), "or so", "or later", (designed)."""
        cursor = self.cursor
        while True:
            token = cursor.token
            if token.kind in _ENDS:
                break
            steps = int(token.kind == "open" or (token.kind == "comma" and cursor.kind(1) in _AFTERTHOUGHTS))
            kind = cursor.kind(steps)
            if token.kind == "close" or (token.kind == "open" and read_remark(cursor, partial)):
                cursor.at += 1
                self._read_year_after(partial)
            elif kind == "question" or (kind in ("uncertain", "approximate") and self._closes(steps + 1)):
                partial.uncertain |= kind != "approximate"
                partial.approximate |= kind == "approximate"
                cursor.at += steps + 1
            elif kind == "or so":
                partial.approximate = True
                cursor.at += steps + 1
            elif kind == "onward":
                self._relate(partial, str(cursor.ahead(steps).value))
                cursor.at += steps + 1
            elif kind == "in" and partial.relation == "since" and self._closes(1):
                cursor.at += 1
            elif not self._read_phase_after(partial, steps):
                break

    def _relate(self, partial: Partial, relation: str) -> None:
        """Set the relation behind a date; "before 1917 or later" has two that exclude each other."""
        if partial.relation is not None and (partial.relation in UPPER) != (relation in UPPER):
            self.cursor.unexpected()
        partial.relation, partial.spreads = relation, True

    def _read_year_after(self, partial: Partial) -> None:
        """The year behind a bracket: "25 October (7 November) 1917", "[May] 1920", "May 5 (or 6), 1920"."""
        listed = partial.kind == "number" and len(self.partials) > 1 and self.partials[-2].kind == "day"
        if partial.year is None and (listed or partial.kind in WITHIN_YEAR):
            read_year(self.cursor, partial)

    def _read_phase_after(self, partial: Partial, steps: int) -> bool:
        """A phase behind its date: "1976 (designed)", "1991 designed", "1913, posthumous cast"."""
        cursor = self.cursor
        at, phase = cursor.at, self.phase
        cursor.at += steps or int(cursor.kind() == "comma")
        # A single letter behind a date is no "born", but may be all that is left of "BC".
        letter = cursor.token.end - cursor.token.start == 1
        found = (
            not letter
            and self._read_phase()
            and (self._closes(0) or cursor.kind() in _SEPARATORS or cursor.kind() == "slash")
        )
        if found:
            partial.phase = self.phase
            for behind, before in pairwise(reversed(self.partials)):
                if behind.link not in RANGES:
                    break
                before.phase = self.phase
            phase = None
        else:
            cursor.at = at
        self.phase = phase
        return found

    def _closes(self, steps: int) -> bool:
        return self.cursor.kind(steps) in ("close", "end", "semicolon")

    def _read_link(self) -> str:
        """The word or marks between two dates."""
        cursor = self.cursor
        link, closed = "", cursor.tokens[cursor.at - 1].kind == "close"
        while True:
            kind = cursor.kind()
            if kind in _SEPARATORS:
                link = link or "next"
                if kind != "comma":
                    self.phase = None
            elif kind == "slash" and self.partials and self.partials[-1].phase:
                link, self.phase = "next", None
            elif kind in _LINKS and link in ("", "next"):
                link, self.joint = _LINKS[kind], str(cursor.token.value or kind)
            elif kind == "dash" and link in ("to", "or"):
                # The dash of "mid-to-late".
                pass
            else:
                break
            cursor.at += 1
        # A phase or a bracket parts two dates as a comma does: "1976 (designed) 1984 (manufactured)".
        after_phase = bool(self.partials) and self.partials[-1].phase is not None
        if not link and (kind == "phase" or closed or after_phase):
            link = "next"
        if kind == "unknown" and link == "next":
            # "From 1874, end unknown".
            link = "to"
        if not link or (kind == "end" and link not in ("to", "next")):
            cursor.unexpected()
        return self._settled(link)

    def _settled(self, link: str) -> str:
        if self.between and link in ("and", "to"):
            self.between = False
            return "between"
        return link

    def _spread(self) -> None:
        """Let "c." before a range hold for its end too, and "?" behind it for its beginning."""
        partials = self.partials
        for before, partial in pairwise(partials):
            if partial.link in RANGES:
                partial.approximate |= before.approximate
                partial.uncertain |= before.uncertain
        for behind, partial in pairwise(reversed(partials)):
            if behind.link in RANGES:
                partial.uncertain |= behind.uncertain
