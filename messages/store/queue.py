"""The open flags of a hospital in one line each: enough to count and to order; and whether anything changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.flags import FlagKind, Level
from messages.store import tables as t


@dataclass(frozen=True)
class Mark:
    """An open flag with nothing opened."""

    id: str
    kind: FlagKind
    level: Level
    due_at: datetime
    taken_by: str | None
    episode_id: str | None
    caregiver_id: str | None


def marks(connection: Connection, hospital_id: str) -> list[Mark]:
    """Every open flag, most serious first, then by how little of its time is left. One indexed query."""
    f = t.flags.c
    rows = connection.execute(
        sa.select(f.id, f.kind, f.level, f.due_at, f.taken_by, f.episode_id, f.caregiver_id)
        .where(f.hospital_id == hospital_id, t.is_open)
        .order_by(f.rank.desc(), f.due_at, f.id)
    )
    return [
        Mark(
            row.id, FlagKind(row.kind), Level(row.level), row.due_at, row.taken_by, row.episode_id, row.caregiver_id
        )
        for row in rows
    ]


def looked_into(hospital_id: str | sa.BindParameter[str]) -> tuple[sa.ColumnElement[bool], ...]:
    """Texts of a hospital of which nobody knows yet whether they arrived: few, by the index of what is looked into."""
    o = t.outbox.c
    return o.look_at.is_not(None), o.state == "unsure", t.unindexed(o.hospital_id) == hospital_id


def _state() -> Any:
    f, o = t.flags.c, t.outbox.c
    failed = t.outbox.alias("failed")
    here: sa.BindParameter[str] = sa.bindparam("hospital_id")
    version = f.id + "." + sa.cast(f.version, sa.String) + sa.func.coalesce(failed.c.state, "")
    flags = (
        sa.select(sa.func.aggregate_strings(version, ","))
        .select_from(t.flags)
        .outerjoin(failed, failed.c.id == f.outbox_id)
        .where(f.hospital_id == here, t.is_open)
    )
    unsure = sa.select(sa.func.aggregate_strings(o.id, ",")).where(*looked_into(here), o.caregiver_id.is_not(None))
    a = t.alarms.c
    alarms = sa.select(sa.func.max(a.id)).where(a.ended_at.is_(None), a.hospital_id.in_(("", here)))
    return sa.select(flags.scalar_subquery(), unsure.scalar_subquery(), alarms.scalar_subquery())


_STATE = _state()  # put together once: every open page asks it every two seconds


def state_of_all(connection: Connection, hospital_id: str) -> str:
    """Words that differ whenever anything in the lists does: each open flag's version, each text looked into, and the
    alarm above them.

    One query over the open flags that gives one row.
    """
    flags, unsure, alarm = connection.execute(_STATE, {"hospital_id": hospital_id}).one()
    return f"{flags} {unsure} {alarm}"


def untaken_emergencies(connection: Connection, hospital_id: str) -> list[str]:
    """The emergencies that nobody has, oldest first."""
    f = t.flags.c
    return list(
        connection.execute(
            sa.select(f.id)
            .where(
                f.hospital_id == hospital_id, t.is_open, f.rank == Level.EMERGENCY.rank,
                f.taken_by.is_(None),
            )
            .order_by(f.id)
        ).scalars()
    )
