"""Functions of PostgreSQL that triggers call."""

from __future__ import annotations


def function(name: str, body: str, *, returns: str = "trigger", declared: str = "") -> str:
    """The statement that makes it; `name` has its arguments, if there are any.

    What it names is looked for where it is found now: pg_restore sets no search_path.
    """
    name = name if "(" in name else f"{name}()"
    return f"""CREATE OR REPLACE FUNCTION {name} RETURNS {returns} LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$ DECLARE {declared} BEGIN {body} END $$"""
