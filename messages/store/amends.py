"""Promises that the clock sees kept, and what a family was told when one slipped or nobody came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.flags import ActKind, Flag
from messages.ids import new_id
from messages.store import tables as t
from messages.store.flags import flag_of
from messages.store.once import insert_once

SLIPPED = "slipped"  # the promised time passed
NOBODY = "nobody"  # every rung has failed
_DONE = (ActKind.CALLED.value, ActKind.TEXTED.value, ActKind.NOTED.value, ActKind.CLOSED.value)


def promises_due(connection: Connection, now: datetime, limit: int = 50) -> list[str]:
    """Ids of promises whose time has passed and that nobody looked at since, oldest first."""
    p = t.promises.c
    rows = connection.execute(
        sa.select(p.id).where(p.look_at <= now, p.look_at.is_not(None)).order_by(p.look_at).limit(limit)
    )
    return list(rows.scalars())


def flags_to_tell(connection: Connection, now: datetime, limit: int = 50) -> list[str]:
    """Ids of flags whose ladder has failed and whose family has not heard of it."""
    f = t.flags.c
    rows = connection.execute(
        sa.select(f.id)
        .where(f.tell_family_at <= now, f.tell_family_at.is_not(None))
        .order_by(f.tell_family_at)
        .limit(limit)
    )
    return list(rows.scalars())


@dataclass(frozen=True)
class Promised:
    """A promise that the clock looks at, and its flag, held until the commit."""

    id: str
    caregiver_id: str
    at: datetime
    flag: Flag


def hold_promise(connection: Connection, promise_id: str, now: datetime) -> Promised | None:
    """None when another process has looked at it, or has it in hand."""
    p, f = t.promises.c, t.flags.c
    row = connection.execute(
        sa.select(t.flags, p.caregiver_id.label("told_id"), p.at.label("told_at"))
        .join(t.promises, p.flag_id == f.id)
        .where(p.id == promise_id, p.look_at <= now, p.look_at.is_not(None))
        .with_for_update(of=(t.flags, t.promises), skip_locked=True)
    ).first()
    return Promised(promise_id, row.told_id, row.told_at, flag_of(row)) if row else None


def hold_flag_to_tell(connection: Connection, flag_id: str, now: datetime) -> Flag | None:
    """The flag whose family is to be told, which nobody has; None when that is over, or another process has it."""
    f = t.flags.c
    row = connection.execute(
        sa.select(t.flags)
        .where(f.id == flag_id, f.tell_family_at <= now, f.tell_family_at.is_not(None))
        .with_for_update(skip_locked=True)
    ).first()
    return flag_of(row) if row else None


def done_since(connection: Connection, flag: Flag, since: datetime, *, called: bool) -> bool:
    """Whether a person did about this flag what was promised: `called`, more than taking it."""
    a, undone = t.acts.c, t.acts.alias("undone")
    kinds = _DONE if called else (*_DONE, ActKind.TOOK.value, ActKind.HANDED.value)
    taken_back = sa.exists().where(undone.c.undoes == a.id, undone.c.flag_id == a.flag_id)
    query = sa.select(a.id).where(a.flag_id == flag.id, a.at >= since, a.kind.in_(kinds), ~taken_back).limit(1)
    return connection.execute(query).first() is not None or (not called and flag.taken_by is not None)


def look_later(connection: Connection, promise: Promised, at: datetime | None, now: datetime) -> None:
    """Look at this promise again at `at`; None: never again, nor at others of the family that were due with it."""
    p = t.promises.c
    mine = p.id == promise.id
    if at is None:
        due = sa.and_(p.flag_id == promise.flag.id, p.caregiver_id == promise.caregiver_id, p.look_at <= now)
        mine = sa.or_(mine, due)
    connection.execute(t.promises.update().where(mine).values(look_at=at))


def family_told(connection: Connection, flag_id: str) -> None:
    connection.execute(t.flags.update().where(t.flags.c.id == flag_id).values(tell_family_at=None))


def writers_of(connection: Connection, flag: Flag) -> list[str]:
    """The caregivers whose texts a flag holds, whoever raised it first."""
    m, fm = t.messages.c, t.flag_messages.c
    rows = connection.execute(
        sa.select(m.caregiver_id)
        .join(t.flag_messages, fm.message_id == m.id)
        .where(fm.flag_id == flag.id, m.caregiver_id.is_not(None), m.direction == "in")
        .order_by(m.at, m.id)
    )
    return list(dict.fromkeys([*filter(None, [flag.caregiver_id]), *rows.scalars()]))


@dataclass(frozen=True)
class Wrote:
    """How the last text of a flag by this writer came: the channel, and the number of theirs, sealed."""

    message_id: str
    channel: str
    peer: bytes | None


def last_text(connection: Connection, flag_id: str, caregiver_id: str | None) -> Wrote | None:
    m, fm = t.messages.c, t.flag_messages.c
    row = connection.execute(
        sa.select(m.id, m.channel, m.peer)
        .join(t.flag_messages, fm.message_id == m.id)
        .where(fm.flag_id == flag_id, m.caregiver_id == caregiver_id, m.direction == "in")
        .order_by(m.at.desc(), m.id.desc())
        .limit(1)
    ).first()
    return Wrote(*row) if row else None


def standings_of(connection: Connection, caregiver_id: str, episode_id: str | None) -> list[tuple[str, str, str, str]]:
    """(episode, state, why, protocol id) of what a flag may be about: its episode, else all of the caregiver's."""
    e, ec = t.episodes.c, t.episode_caregivers.c
    query = sa.select(e.id, e.state, e.ended_why, e.protocol_id).order_by(e.enrolled_at, e.id)
    if episode_id:
        query = query.where(e.id == episode_id)
    else:
        query = query.join(t.episode_caregivers, ec.episode_id == e.id).where(ec.caregiver_id == caregiver_id)
    return [(row.id, row.state, row.ended_why, row.protocol_id) for row in connection.execute(query)]


def first_time(
    connection: Connection, flag: Flag, kind: str, once: str, caregiver_id: str | None, now: datetime, *, why: str = ""
) -> str | None:
    """Write down that a family is told now, or `why` it is not; the entry's id, None when that was done before."""
    entry = {
        "id": new_id(), "flag_id": flag.id, "caregiver_id": caregiver_id, "kind": kind, "message_id": None, "why": why,
        "at": now, "once": f"{kind}:{once}",
    }  # fmt: skip
    return str(entry["id"]) if insert_once(connection, t.amends, entry) else None


def told_by(connection: Connection, amends_id: str, message_id: str) -> None:
    connection.execute(t.amends.update().where(t.amends.c.id == amends_id).values(message_id=message_id))


def withdraw(connection: Connection, flag_id: str, kind: ActKind, now: datetime) -> None:
    """An act makes untrue what still waits to leave for the family: that nobody came, or that nobody called."""
    if kind not in (ActKind.TOOK, ActKind.HANDED, ActKind.CALLED, ActKind.TEXTED, ActKind.CLOSED):
        return
    kinds = (NOBODY,) if kind in (ActKind.TOOK, ActKind.HANDED) else (NOBODY, SLIPPED)
    a, o = t.amends.c, t.outbox.c
    waiting = sa.select(a.message_id).where(a.flag_id == flag_id, a.kind.in_(kinds), a.message_id.is_not(None))
    connection.execute(
        t.outbox.update()
        .where(o.message_id.in_(waiting), o.state == "queued")
        .values(state="cancelled", why="a person was quicker", ended_at=now)
    )


@dataclass(frozen=True)
class Amends:
    """What one adult was told, or `why` they were not; where that text is now ("" when there is none)."""

    kind: str
    at: datetime
    caregiver_id: str | None
    why: str
    state: str
    code: str | None
    state_why: str


def amends_of(connection: Connection, flag_id: str) -> list[Amends]:
    """What families were told of a flag that nobody saw to in time, oldest first."""
    a, o = t.amends.c, t.outbox.c
    rows = connection.execute(
        sa.select(a.kind, a.at, a.caregiver_id, a.why, o.state, o.code, o.why.label("state_why"))
        .outerjoin(t.outbox, o.message_id == a.message_id)
        .where(a.flag_id == flag_id)
        .order_by(a.at, a.id)
    )
    return [
        Amends(row.kind, row.at, row.caregiver_id, row.why, row.state or "", row.code, row.state_why or "")
        for row in rows
    ]

