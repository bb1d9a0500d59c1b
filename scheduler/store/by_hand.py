"""Check-ins that a person set: skipped, moved, added. And the rows of one plan, when another takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.errors import ConflictError
from messages.ids import new_id
from messages.store import tables as t
from messages.store.once import insert_once

SKIPPED = "skipped by a person"


def coming_row(connection: Connection, episode_id: str, check_in_id: str, state: str = "planned") -> Any:
    """A check-in of this episode that has not been asked. The caller holds the episode: the clock passes over it."""
    c = t.check_ins.c
    row = connection.execute(
        sa.select(t.check_ins).where(c.id == check_in_id, c.episode_id == episode_id).with_for_update()
    ).first()
    if row is None or row.state != state:
        raise ConflictError(
            "That check-in is not as it was: it may just have been sent.",
            mend="Nothing was changed. Look at the list again.",
        )
    return row


def coming_instants(connection: Connection, episode_id: str, but: str = "") -> list[datetime]:
    """When this episode's other check-ins are due that have not been asked."""
    c = t.check_ins.c
    return list(
        connection.execute(
            sa.select(c.due_at).where(c.episode_id == episode_id, c.state == "planned", c.id != but)
        ).scalars()
    )


def skip_row(connection: Connection, check_in_id: str, staff_id: str) -> None:
    connection.execute(
        t.check_ins.update()
        .where(t.check_ins.c.id == check_in_id)
        .values(state="skipped", act_at=None, why=SKIPPED, set_by=staff_id)
    )


def plan_row(
    connection: Connection, check_in_id: str, staff_id: str | None, due_at: datetime, until_at: datetime
) -> None:
    """Ask this check-in at `due_at`, as a person (None: the plan) wants it."""
    connection.execute(
        t.check_ins.update()
        .where(t.check_ins.c.id == check_in_id)
        .values(state="planned", due_at=due_at, until_at=until_at, act_at=due_at, why="", set_by=staff_id)
    )


def drop_row(connection: Connection, check_in_id: str) -> None:
    connection.execute(t.check_ins.delete().where(t.check_ins.c.id == check_in_id, t.check_ins.c.state == "planned"))


def add_row(connection: Connection, values: Mapping[str, Any]) -> str | None:
    """Plan one more check-in; its id, or None when there is one of this name."""
    row_id = new_id()
    added = insert_once(
        connection,
        t.check_ins,
        {**values, "id": row_id, "state": "planned", "act_at": values["due_at"], "why": ""},
    )
    return row_id if added else None


# One plan takes the place of another


def rows_of(connection: Connection, episode_id: str) -> list[Any]:
    """Every check-in of an episode, locked, in the order of the calendar."""
    c = t.check_ins.c
    return list(
        connection.execute(
            sa.select(t.check_ins).where(c.episode_id == episode_id).order_by(c.due_at, c.id).with_for_update()
        )
    )


def forget_rows(connection: Connection, ids: list[str]) -> None:
    """Drop what was planned, before it is planned anew."""
    connection.execute(t.check_ins.delete().where(t.check_ins.c.id.in_(ids), t.check_ins.c.state == "planned"))


def rename_row(connection: Connection, check_in_id: str, step: str, **values: Any) -> None:
    connection.execute(t.check_ins.update().where(t.check_ins.c.id == check_in_id).values(step=step, **values))
