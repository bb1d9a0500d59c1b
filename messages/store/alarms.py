"""Alarms that are on, and those that were: any number of processes watch, and one of them tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.ids import new_id
from messages.store import tables as t
from messages.store.once import insert_once
from messages.watch import Alarm, Finding, Say, Standing, step


@dataclass(frozen=True)
class Kept:
    """One alarm as it is kept; `hospital_id` "" is everybody's, `ended_at` None: it is on."""

    id: str
    alarm: Alarm
    hospital_id: str
    since: datetime
    ended_at: datetime | None
    detail: str


@dataclass(frozen=True)
class Told:
    """What must be told now, by the process that has this."""

    id: str
    finding: Finding
    say: Say
    standing: Standing  # as it is kept now


def stand(connection: Connection, findings: Sequence[Finding], now: datetime) -> list[Told]:
    """Bring the alarms that are kept up to what was found; what is given back no other process tells."""
    a = t.alarms.c
    rows = {
        (row.alarm, row.hospital_id): row
        for row in connection.execute(
            sa.select(t.alarms).where(a.ended_at.is_(None)).order_by(a.id).with_for_update()
        )
    }
    on = {(one.alarm.value, one.hospital_id): one for one in findings}
    told = []
    for key in [*on, *(key for key in rows if key not in on)]:
        row, finding = rows.get(key), on.get(key)
        before = Standing(row.since, row.next_at, row.times, row.gone_at) if row else None
        after, say = step(before, finding is not None, now)
        finding = finding or Finding(Alarm(key[0]), row.detail if row else "", key[1])
        alarm_id = row.id if row else new_id()
        if row is None and after is not None:
            if not _begin(connection, alarm_id, finding, after):
                continue  # another process was first
        elif row is not None and (after != before or finding.detail != row.detail):
            _change(connection, alarm_id, after, finding, now)
        standing = after or before
        if say and standing:
            told.append(Told(alarm_id, finding, say, standing))
    return told


def _begin(connection: Connection, alarm_id: str, finding: Finding, new: Standing) -> bool:
    return insert_once(
        connection, t.alarms,
        {
            "id": alarm_id, "alarm": finding.alarm.value, "hospital_id": finding.hospital_id, "since": new.since,
            "times": new.times, "next_at": new.next_at, "detail": finding.detail[:300],
        },
    )  # fmt: skip


def _change(connection: Connection, alarm_id: str, new: Standing | None, finding: Finding, now: datetime) -> None:
    values: dict[str, Any] = {"ended_at": now} if new is None else {
        "times": new.times, "next_at": new.next_at, "gone_at": new.gone_at, "detail": finding.detail[:300],
    }  # fmt: skip
    connection.execute(t.alarms.update().where(t.alarms.c.id == alarm_id).values(**values))


def nobody_told(connection: Connection, told: Told, now: datetime) -> None:
    """No way took what was told: it is told again soon, unless another process told it meanwhile."""
    again = told.standing.untold(now)
    a = t.alarms.c
    connection.execute(
        t.alarms.update()
        .where(a.id == told.id, a.times == told.standing.times, a.ended_at.is_(None))
        .values(times=again.times, next_at=again.next_at)
    )


def alarms_on(connection: Connection, hospital_id: str | None = None) -> list[Kept]:
    """The alarms that are on, oldest first; with a hospital its own and everybody's."""
    query = sa.select(t.alarms).where(t.alarms.c.ended_at.is_(None))
    return _kept(connection, query.order_by(t.alarms.c.since), hospital_id)


def alarms_over(connection: Connection, hospital_id: str, *, limit: int) -> list[Kept]:
    """The last alarms that are over, newest first."""
    query = sa.select(t.alarms).where(t.alarms.c.ended_at.is_not(None))
    return _kept(connection, query.order_by(t.alarms.c.ended_at.desc()).limit(limit), hospital_id)


def _kept(connection: Connection, query: sa.Select[Any], hospital_id: str | None) -> list[Kept]:
    if hospital_id is not None:
        query = query.where(t.alarms.c.hospital_id.in_(("", hospital_id)))
    return [
        Kept(row.id, Alarm(row.alarm), row.hospital_id, row.since, row.ended_at, row.detail)
        for row in connection.execute(query)
        if row.alarm in set(Alarm)
    ]


def forget_alarms(connection: Connection, before: datetime) -> None:
    """Those that were over by then."""
    connection.execute(t.alarms.delete().where(t.alarms.c.ended_at < before))
