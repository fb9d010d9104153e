"""Text without case and accents, the same in Python, SQLite and PostgreSQL: “ÇAVUŞOĞLU” is “cavusoglu”.

`name__folded="…"` and `name__folded__contains="…"` compare with what `fold` gives for the other side.
PostgreSQL's lower() goes by the locale of the database; with locale C it knows ASCII only.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, TextField, Transform

# What NFKD leaves whole, so that "ı" in a name is not lost from its slug.
LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae"}
)
_FOLDED = {**LETTERS, ord("ς"): "\u03c3"}
_ACCENTS = r"[\u0300-\u036f]"


def fold(text: str) -> str:
    """Compatibility characters taken apart, without accents, in lower case."""
    if text.isascii():
        return text.lower()
    return re.sub(_ACCENTS, "", unicodedata.normalize("NFKD", text)).lower().translate(_FOLDED)


@CharField.register_lookup
@TextField.register_lookup
class Folded(Transform):
    """`fold` in the database. No index serves it; a text with accents takes SQLite some 3 µs."""

    lookup_name = "folded"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self.as_sql(compiler, connection, function="timeline_fold")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        text, params = compiler.compile(self.lhs)
        folded = f"lower(regexp_replace(normalize({text}, NFKD), '{_ACCENTS}', '', 'g'))"
        for letter, plain in _FOLDED.items():
            if chr(letter).islower():
                folded = f"replace({folded}, '{chr(letter)}', '{plain}')"
        # Most text is ASCII, and that takes an eighth of the time.
        sql = f"CASE WHEN octet_length({text}) = length({text}) THEN lower({text}) ELSE {folded} END"
        return sql, (*params, *params, *params, *params)


def teach(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give `fold` to a new connection to SQLite; a connection_created receiver."""
    if connection.vendor == "sqlite":
        raw: Any = connection.connection
        raw.create_function("timeline_fold", 1, lambda text: text and fold(text), deterministic=True)
