"""Pages in the database: which flags are due to climb, who was told and answered, which pages are of use no longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.conversation import FAILED_STATES
from messages.flags import Flag, FlagState, Level
from messages.ids import new_id
from messages.ladder import Way
from messages.store import tables as t
from messages.store.flags import flag_of

HANDED = 0  # the rung of a page to whom a flag was handed; the ladder begins at 1
ALARM = -1  # of a page to whom it is told that every rung has failed
ROUND = timedelta(minutes=5)  # a ladder on which every page fails is gone round at once, then at its own pace
_LOST = (*(state.value for state in FAILED_STATES), "expired", "cancelled")


@dataclass(frozen=True)
class PageOut:
    """One page as it is written down: who is told, by which way, by which row of the outbox; the token of its link."""

    staff_id: str
    outbox_id: str
    way: Way = Way.TEXT
    token: str = ""
    rung: int | None = None  # where it is not the step's


def token_hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def claim_flags_to_page(connection: Connection, now: datetime, limit: int = 100) -> list[Flag]:
    """Flags whose next page is due, open or taken and left, locked for this transaction; others skip them.

    The most serious first.
    """
    c = t.flags.c
    rows = connection.execute(
        sa.select(t.flags)
        .where(c.next_page_at <= now, c.next_page_at.is_not(None), c.state != FlagState.CLOSED.value)
        .order_by(c.rank.desc(), c.next_page_at, c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [flag_of(row) for row in rows]


def page_noted(
    connection: Connection, flag: Flag, *, told: Sequence[PageOut], rung: int, next_at: datetime | None, now: datetime,
    changes: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """Record who was told of a flag; `next_at` is when it climbs again, `changes` what else is new of it."""
    if told:
        connection.execute(
            t.pages.insert(),
            [
                {
                    "id": new_id(),
                    "flag_id": flag.id,
                    "staff_id": one.staff_id,
                    "outbox_id": one.outbox_id,
                    "rung": rung if one.rung is None else one.rung,
                    "at": now,
                    "way": one.way.value,
                    "token_hash": token_hash(one.token) if one.token else None,
                }
                for one in told
            ],
        )
    connection.execute(
        t.flags.update()
        .where(t.flags.c.id == flag.id)
        .values(next_page_at=next_at, pages_sent=flag.pages_sent + (1 if told else 0), **(changes or {}))
    )


def drop_waiting_pages(
    connection: Connection, flag_ids: Sequence[str], staff_ids: Sequence[str], now: datetime
) -> None:
    """Pages about these flags that still wait to leave for these people; a new one takes their place.

    A page that tells of another flag too stays.
    """
    p, o = t.pages.c, t.outbox.c
    waiting = sa.select(p.outbox_id).where(p.flag_id.in_(flag_ids), p.staff_id.in_(staff_ids))
    others = sa.select(p.outbox_id).where(p.staff_id.in_(staff_ids), p.flag_id.not_in(flag_ids), p.outbox_id == o.id)
    connection.execute(
        t.outbox.update()
        .where(o.id.in_(waiting), o.state == "queued", ~sa.exists(others.correlate(t.outbox)))
        .values(state="cancelled", why="a newer page took its place", ended_at=now)
    )


def pages_done_with(connection: Connection, outbox_ids: Sequence[str]) -> list[str]:
    """Those of these pages that nobody needs: the flag is closed, or somebody has it; handed over, another has it.

    A page about a taken flag is needed when it was written because nothing was done in time; one about several flags
    as long as one of them needs it.
    """
    p, f = t.pages.c, t.flags.c
    handed = p.rung == HANDED
    closed = f.state == FlagState.CLOSED.value
    taken = f.state == FlagState.TAKEN.value
    done_with = sa.or_(
        closed,
        sa.and_(handed, f.taken_by.is_distinct_from(p.staff_id)),
        sa.and_(~handed, taken, sa.or_(f.climbs_since.is_(None), p.at < f.climbs_since)),
    )
    rows = connection.execute(
        sa.select(p.outbox_id)
        .join(t.flags, f.id == p.flag_id)
        .where(p.outbox_id.in_(outbox_ids))
        .group_by(p.outbox_id)
        .having(sa.func.min(sa.case((done_with, 1), else_=0)) == 1)
    )
    return list(rows.scalars())


def _on_its_way(connection: Connection, outbox_id: str, page: Any) -> bool:
    """Whether the same page reaches the same person by another way, or may yet."""
    p, o = t.pages.c, t.outbox.c
    return connection.execute(
        sa.select(p.id)
        .join(t.outbox, o.id == p.outbox_id)
        .where(p.flag_id == page.flag_id, p.staff_id == page.staff_id, p.at == page.at, p.outbox_id != outbox_id)
        .where(o.state.not_in(_LOST))
        .limit(1)
    ).first() is not None


def last_hope(connection: Connection, outbox_id: str) -> bool:
    """Whether this page was about a flag, and no other way brings it to the same person."""
    p = t.pages.c
    pages = connection.execute(sa.select(p.flag_id, p.staff_id, p.at).where(p.outbox_id == outbox_id)).all()
    return any(not _on_its_way(connection, outbox_id, page) for page in pages)


def climb_at_once(connection: Connection, outbox_id: str, now: datetime) -> None:
    """This page failed: its flag does not wait for the next rung, unless another page of the same step is still good.

    When the same person was paged about it just before, the whole ladder has failed and its own pace holds.
    """
    for page in connection.execute(sa.select(t.pages).where(t.pages.c.outbox_id == outbox_id)).all():
        _climb_at_once(connection, page, now)


def _climb_at_once(connection: Connection, page: Any, now: datetime) -> None:
    p, f, o = t.pages.c, t.flags.c, t.outbox.c
    outbox_id = page.outbox_id
    again = sa.exists().where(
        p.flag_id == page.flag_id, p.staff_id == page.staff_id, p.way == page.way, p.outbox_id != outbox_id,
        p.at > now - ROUND,
    )  # fmt: skip
    beside = (
        sa.exists()
        .where(p.flag_id == page.flag_id, p.at == page.at, p.outbox_id != outbox_id, p.rung != ALARM)
        .where(o.id == p.outbox_id, o.state.not_in(_LOST), sa.or_(o.state != "queued", o.attempts == 0))
    )
    climbs = sa.or_(f.state == FlagState.OPEN.value, f.climbs_since.is_not(None))
    if page.rung == HANDED:  # whoever has it knows nothing of it, as long as nothing was done
        climbs = sa.and_(f.taken_by == page.staff_id, f.next_page_at.is_not(None))
    connection.execute(
        t.flags.update()
        .where(f.id == page.flag_id, f.state != FlagState.CLOSED.value, climbs, ~again, ~beside)
        .values(next_page_at=now)
    )


def told_lately(
    connection: Connection, staff_ids: Sequence[str], flag: Flag, since: datetime
) -> dict[str, datetime]:
    """Which of these people were told since `since` of another flag as serious as this one, no emergency; and when."""
    p, f = t.pages.c, t.flags.c
    rows = connection.execute(
        sa.select(p.staff_id, sa.func.max(p.at, type_=p.at.type))
        .join(t.flags, f.id == p.flag_id)
        .where(p.staff_id.in_(staff_ids), p.at > since, p.rung > HANDED, f.id != flag.id)
        .where(f.rank >= flag.level.rank, f.rank < Level.EMERGENCY.rank)
        .group_by(p.staff_id)
    )
    return {row[0]: row[1] for row in rows}


def paged_and_untold(connection: Connection, flag_id: str, since: datetime, now: datetime) -> set[str]:
    """Who got a page about this flag since `since`, and since somebody took it the time before this one."""
    p, o, a = t.pages.c, t.outbox.c, t.acts.c
    taken = sa.select(sa.func.max(a.at, type_=a.at.type)).where(
        a.flag_id == flag_id, a.kind.in_(("took", "handed")), a.at < now
    )
    rows = connection.execute(
        sa.select(p.staff_id)
        .join(t.outbox, o.id == p.outbox_id)
        .where(p.flag_id == flag_id, p.at >= since, o.state.not_in((*_LOST, "queued")))
        .where(p.at > sa.func.coalesce(taken.scalar_subquery(), since - timedelta(seconds=1), type_=a.at.type))
    )
    return set(rows.scalars())


def wrote_to_last(connection: Connection, hospital_id: str, peer_hashes: Sequence[bytes]) -> str | None:
    """The purpose of the last text that left this hospital for a number: whoever is staff and family answers that."""
    m = t.messages.c
    return connection.execute(
        sa.select(m.purpose)
        .where(m.peer_hash.in_(peer_hashes), m.hospital_id == hospital_id, m.direction == "out")
        .order_by(m.at.desc(), m.id.desc())
        .limit(1)
    ).scalar_one_or_none()
