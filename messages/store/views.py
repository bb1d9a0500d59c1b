"""The searches that one person keeps. Names and what is looked for are sealed: both may hold a family's words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import ConflictError, NotFoundError
from messages.ids import new_id
from messages.store import tables as t

MOST = 20  # views of one person


@dataclass(frozen=True)
class View:
    """One kept search: `query` is what was filled in, by field."""

    id: str
    name: str
    query: dict[str, str]


def views_of(connection: Connection, vault: Vault, staff_id: str) -> list[View]:
    """Every view of a person, oldest first."""
    v = t.views.c
    rows = connection.execute(sa.select(t.views).where(v.staff_id == staff_id).order_by(v.made_at, v.id))
    return [
        View(
            id=row.id,
            name=vault.open("views.name", row.id, row.name),
            query=json.loads(vault.open("views.query", row.id, row.query)),
        )
        for row in rows
    ]


def view_of(connection: Connection, vault: Vault, staff_id: str, view_id: str) -> View:
    """One view; raises NotFoundError when it is another person's."""
    for view in views_of(connection, vault, staff_id):
        if view.id == view_id:
            return view
    raise NotFoundError("There is no such view here.", mend="Search again, and keep it if you need it often.")


def keep_view(
    connection: Connection, vault: Vault, staff_id: str, name: str, query: dict[str, str], now: datetime
) -> str:
    """Keep a search under a name; the same name again replaces it. Raises ConflictError when there are too many."""
    there = views_of(connection, vault, staff_id)
    same = [view.id for view in there if view.name.casefold() == name.casefold()]
    if len(there) - len(same) >= MOST:
        raise ConflictError("You keep %(most)s views already.", mend="Forget one first.", most=MOST)
    for view_id in same:
        connection.execute(t.views.delete().where(t.views.c.id == view_id))
    view_id = new_id()
    connection.execute(
        t.views.insert().values(
            id=view_id, staff_id=staff_id, name=vault.seal("views.name", view_id, name),
            query=vault.seal("views.query", view_id, json.dumps(query)), made_at=now,
        )
    )
    return view_id


def forget_view(connection: Connection, vault: Vault, staff_id: str, view_id: str) -> None:
    """Let a view go; raises NotFoundError when it is another person's."""
    view_of(connection, vault, staff_id, view_id)
    connection.execute(t.views.delete().where(t.views.c.id == view_id))
