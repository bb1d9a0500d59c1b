"""Insert that does nothing, or changes the row, when it is there already; on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert_once(connection: Connection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Insert one row; False when a uniqueness of the schema says that it happened already."""
    if any(isinstance(value, sa.ClauseElement) for value in values.values()):
        inserted = connection.execute(_once(connection.dialect.name, table).values(**values))
    else:
        inserted = connection.execute(_once(connection.dialect.name, table), dict(values))
    return inserted.first() is not None


def insert_or_update(
    connection: Connection, table: sa.Table, values: Mapping[str, Any], changed: Sequence[str]
) -> None:
    """Insert one row, or give the row with its key the new values of the `changed` columns."""
    build = _insert_for(connection)(table).values(**values)
    new = {name: values[name] for name in changed}
    connection.execute(build.on_conflict_do_update(index_elements=list(table.primary_key), set_=new))


def insert_many_once(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement each batch; those that happened already are left as they are."""
    if rows:
        connection.execute(_many(connection.dialect.name, table), list(rows))


@cache
def _once(dialect: str, table: sa.Table) -> Any:
    """The statement for one row, made once: lists of families use it thousands of times."""
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return build(table).on_conflict_do_nothing().returning(next(iter(table.primary_key)))


@cache
def _many(dialect: str, table: sa.Table) -> Any:
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return build(table).on_conflict_do_nothing()


def _insert_for(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
