"""The open flags of a hospital in one line each: enough to count, to order and to see that something changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.flags import FlagKind, Level
from messages.store import tables as t


@dataclass(frozen=True)
class Mark:
    """An open flag with nothing opened. `version` rises with every change; `send_state` is of the text that failed."""

    id: str
    version: int
    kind: FlagKind
    level: Level
    due_at: datetime
    taken_by: str | None
    episode_id: str | None
    caregiver_id: str | None
    send_state: str | None


def marks(connection: Connection, hospital_id: str) -> list[Mark]:
    """Every open flag, most serious first, then by how little of its time is left. One indexed query."""
    f, o = t.flags.c, t.outbox.c
    rows = connection.execute(
        sa.select(
            f.id, f.version, f.kind, f.level, f.due_at, f.taken_by, f.episode_id, f.caregiver_id, o.state
        )
        .select_from(t.flags)
        .outerjoin(t.outbox, o.id == f.outbox_id)
        .where(f.hospital_id == hospital_id, f.state != "closed")
        .order_by(f.rank.desc(), f.due_at, f.id)
    )
    return [
        Mark(
            row.id, row.version, FlagKind(row.kind), Level(row.level), row.due_at, row.taken_by, row.episode_id,
            row.caregiver_id, row.state,
        )
        for row in rows
    ]


def unsure_ids(connection: Connection, hospital_id: str) -> list[str]:
    """The texts to families that are still being looked into."""
    o = t.outbox.c
    return list(
        connection.execute(
            sa.select(o.id)
            .where(
                o.look_at.is_not(None), o.state == "unsure", o.hospital_id == hospital_id,
                o.caregiver_id.is_not(None),
            )
            .order_by(o.id)
            .limit(50)
        ).scalars()
    )


def untaken_emergencies(connection: Connection, hospital_id: str) -> list[str]:
    """The emergencies that nobody has, oldest first."""
    f = t.flags.c
    return list(
        connection.execute(
            sa.select(f.id)
            .where(
                f.hospital_id == hospital_id, f.state != "closed", f.rank == Level.EMERGENCY.rank,
                f.taken_by.is_(None),
            )
            .order_by(f.id)
        ).scalars()
    )
