"""Append-only tables: a row is never deleted, and changes only by losing its words when a family is erased.

A migration that adds a column to one of them calls `guard` again, so that the new column is held too.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def guard(table: str, words: Sequence[str] = ()) -> None:
    """Refuse every change and deletion, but that which empties all of `words` and leaves every other column alone."""
    bind = op.get_bind()
    postgres = bind.dialect.name == "postgresql"
    columns = [column["name"] for column in sa.inspect(bind).get_columns(table)]
    same = "NEW.{0}::text IS NOT DISTINCT FROM OLD.{0}::text" if postgres else "NEW.{0} IS OLD.{0}"
    kept = [same.format(f'"{name}"') for name in columns if name not in words]
    empty = [f"COALESCE(LENGTH(NEW.{name}), 0) = 0" for name in words]
    only_emptied = f"WHEN (NOT ({' AND '.join([*kept, *empty])})) " if words else ""
    refuse = (
        "EXECUTE FUNCTION hearback_refuse_change()"
        if postgres
        else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
    for name in ("append_only", "kept"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}" + (f" ON {table}" if postgres else ""))
    op.execute(f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} FOR EACH ROW {only_emptied}{refuse}")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW {refuse}")
