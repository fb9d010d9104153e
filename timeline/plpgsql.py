"""Functions of PostgreSQL that triggers call."""

from __future__ import annotations


def function(
    name: str, body: str, *, returns: str = "trigger", declared: str = "", for_rows: bool = False
) -> str:
    """The statement that makes it; `name` has its arguments, if there are any.

    What it names is looked for where it is found now: pg_restore sets no search_path. A function `for_rows`
    is called for each of many rows: it uses indexes, also of tables that were empty when its plans were
    made and have grown in the same transaction.
    """
    settings = "SET search_path FROM CURRENT" + (" SET enable_seqscan = off" if for_rows else "")
    name = name if "(" in name else f"{name}()"
    return f"""CREATE OR REPLACE FUNCTION {name} RETURNS {returns} LANGUAGE plpgsql
        {settings} AS $$ DECLARE {declared} BEGIN {body} END $$"""
