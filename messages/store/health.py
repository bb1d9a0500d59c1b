"""Heartbeats, queues and ages: what an outside watch needs to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from messages.store import tables as t

AGAIN_AND_AGAIN = 4  # half a minute of "later", a quarter of an hour of what is ours to mend


@dataclass(frozen=True)
class Health:
    """How things stand; an age is None when there is nothing to be old."""

    clock_age: timedelta | None
    queued: int
    oldest_queued: timedelta | None
    unsure: int
    refused: int  # queued still, after the carrier has refused it again and again
    oldest_undecided: timedelta | None
    open_flags: dict[str, int]
    late_flags: int


def look(connection: Connection, now: datetime) -> Health:
    o, f = t.outbox.c, t.flags.c
    beat = last_beat(connection, "clock")
    queued, oldest = connection.execute(
        sa.select(sa.func.count(), sa.func.min(o.not_before)).where(o.state == "queued", o.not_before <= now)
    ).one()
    unsure = connection.execute(
        sa.select(sa.func.count()).where(o.state == "unsure", o.look_at.is_not(None))
    ).scalar_one()
    refused = connection.execute(
        sa.select(sa.func.count()).where(o.state == "queued", o.attempts >= AGAIN_AND_AGAIN)
    ).scalar_one()
    undecided = connection.execute(sa.select(sa.func.min(t.undecided.c.kept_at))).scalar_one()
    levels = connection.execute(
        sa.select(f.level, sa.func.count()).where(t.is_open).group_by(f.level)
    ).all()
    late = connection.execute(
        sa.select(sa.func.count()).where(t.is_open, f.due_at < now)
    ).scalar_one()
    return Health(
        clock_age=now - beat if beat else None,
        queued=queued,
        oldest_queued=now - oldest if oldest else None,
        unsure=unsure,
        refused=refused,
        oldest_undecided=now - undecided if undecided else None,
        open_flags={"emergency": 0, "urgent": 0, "review": 0} | {row.level: row[1] for row in levels},
        late_flags=late,
    )


def last_beat(connection: Connection, name: str) -> datetime | None:
    """When this heart last beat."""
    return connection.execute(
        sa.select(t.heartbeats.c.at).where(t.heartbeats.c.name == name)
    ).scalar_one_or_none()


def beat(connection: Connection, name: str, now: datetime, detail: str = "") -> None:
    """Say that this part is alive."""
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"at": now, "detail": detail[:200]}
    connection.execute(
        build(t.heartbeats)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )
