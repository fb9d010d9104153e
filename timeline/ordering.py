"""An order of texts that is the same on every database."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, TextField


class ByCodePoint(Func):
    """A text compared by its code points, which is the same order on every database whatever its locale.

    Where there are many, an index in this order lets a page be found without sorting all.
    """

    output_field = TextField()
    template = '%(expressions)s COLLATE "C"'

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s COLLATE BINARY", **context)
