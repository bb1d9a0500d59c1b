"""Pages in the database: which flags are due to climb, who was told, which pages are of use no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.flags import Flag, FlagState
from messages.ids import new_id
from messages.store import tables as t
from messages.store.flags import flag_of

HANDED = 0  # the rung of a page to whom a flag was handed; the ladder begins at 1
ROUND = timedelta(minutes=5)  # a ladder on which every page fails is gone round at once, then at its own pace


def claim_flags_to_page(connection: Connection, now: datetime, limit: int = 20) -> list[Flag]:
    """Open flags whose next page is due, locked for this transaction; others skip them."""
    c = t.flags.c
    rows = connection.execute(
        sa.select(t.flags)
        .where(c.next_page_at <= now, c.next_page_at.is_not(None), c.state == FlagState.OPEN.value)
        .order_by(c.next_page_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [flag_of(row) for row in rows]


def page_noted(
    connection: Connection,
    flag: Flag,
    *,
    told: Sequence[tuple[str, str]],
    rung: int,
    next_at: datetime | None,
    now: datetime,
) -> None:
    """Record who was told of a flag: `told` are (staff id, outbox id); `next_at` is when it climbs again."""
    if told:
        connection.execute(
            t.pages.insert(),
            [
                {
                    "id": new_id(),
                    "flag_id": flag.id,
                    "staff_id": staff,
                    "outbox_id": out,
                    "rung": rung,
                    "at": now,
                }
                for staff, out in told
            ],
        )
    connection.execute(
        t.flags.update()
        .where(t.flags.c.id == flag.id)
        .values(next_page_at=next_at, pages_sent=flag.pages_sent + (1 if told else 0))
    )


def drop_waiting_pages(connection: Connection, flag_id: str, staff_ids: Sequence[str], now: datetime) -> None:
    """Pages about this flag that still wait to leave for these people; a new one takes their place."""
    p, o = t.pages.c, t.outbox.c
    waiting = sa.select(p.outbox_id).where(p.flag_id == flag_id, p.staff_id.in_(staff_ids))
    connection.execute(
        t.outbox.update()
        .where(o.id.in_(waiting), o.state == "queued")
        .values(state="cancelled", why="a newer page took its place", ended_at=now)
    )


def pages_done_with(connection: Connection, outbox_ids: Sequence[str]) -> list[str]:
    """Those of these pages whose flag somebody has taken or closed; of a hand-over, whose flag is with another."""
    p, f = t.pages.c, t.flags.c
    handed = p.rung == HANDED
    closed = f.state == FlagState.CLOSED.value
    rows = connection.execute(
        sa.select(p.outbox_id)
        .join(t.flags, f.id == p.flag_id)
        .where(p.outbox_id.in_(outbox_ids))
        .where(
            sa.or_(
                sa.and_(handed, sa.or_(closed, f.taken_by.is_distinct_from(p.staff_id))),
                sa.and_(~handed, f.state != FlagState.OPEN.value),
            )
        )
    )
    return list(rows.scalars())


def climb_at_once(connection: Connection, outbox_id: str, now: datetime) -> None:
    """This page failed: its flag does not wait for the next rung.

    When the same person was paged about it just before, the whole ladder has failed and its own pace holds.
    """
    p, f = t.pages.c, t.flags.c
    page = connection.execute(sa.select(p.flag_id, p.staff_id).where(p.outbox_id == outbox_id)).first()
    if page is None:
        return
    again = sa.exists().where(
        p.flag_id == page.flag_id, p.staff_id == page.staff_id, p.outbox_id != outbox_id, p.at > now - ROUND
    )
    connection.execute(
        t.flags.update()
        .where(f.id == page.flag_id, f.state == FlagState.OPEN.value, ~again)
        .values(next_page_at=now)
    )
