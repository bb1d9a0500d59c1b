"""Pages in the database: which flags are due to climb, who was told, which pages are of use no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.conversation import FAILED_STATES, Delivery
from messages.encryption import Vault
from messages.flags import Flag, FlagState, Level
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


def _on_its_way(connection: Connection, outbox_id: str, page: Any) -> bool:
    """Whether the same page reaches the same person by another way, or may yet."""
    p, o = t.pages.c, t.outbox.c
    return connection.execute(
        sa.select(p.id)
        .join(t.outbox, o.id == p.outbox_id)
        .where(p.flag_id == page.flag_id, p.staff_id == page.staff_id, p.at == page.at, p.outbox_id != outbox_id)
        .where(o.state.not_in([state.value for state in (*FAILED_STATES, Delivery.EXPIRED, Delivery.CANCELLED)]))
        .limit(1)
    ).first() is not None


def last_hope(connection: Connection, outbox_id: str) -> bool:
    """Whether this page was about a flag, and no other way brings it to the same person."""
    p = t.pages.c
    page = connection.execute(sa.select(p.flag_id, p.staff_id, p.at).where(p.outbox_id == outbox_id)).first()
    return page is not None and not _on_its_way(connection, outbox_id, page)


def climb_at_once(connection: Connection, outbox_id: str, now: datetime, *, cannot: bool = False) -> None:
    """This page failed: its flag does not wait for the next rung, unless another way brings it to the same person.

    `cannot`: the person said that they cannot take it, whatever else reaches them. When the same person was paged
    about it just before, the whole ladder has failed and its own pace holds.
    """
    p, f = t.pages.c, t.flags.c
    page = connection.execute(sa.select(p.flag_id, p.staff_id, p.at).where(p.outbox_id == outbox_id)).first()
    if page is None or (not cannot and _on_its_way(connection, outbox_id, page)):
        return
    again = sa.exists().where(
        p.flag_id == page.flag_id, p.staff_id == page.staff_id, p.at != page.at, p.at > now - ROUND
    )
    connection.execute(
        t.flags.update()
        .where(f.id == page.flag_id, f.state == FlagState.OPEN.value, ~again)
        .values(next_page_at=now)
    )


@dataclass(frozen=True)
class Told:
    """A page that was sent: about which flag (None: a test), to whom, and by which row of the outbox."""

    page_id: str | None
    flag_id: str | None
    outbox_id: str
    hospital_id: str
    staff_id: str
    level: Level
    state: Delivery


def told_by_call(connection: Connection, outbox_id: str) -> Told | None:
    """The call that this row of the outbox is; None when it is none of ours."""
    p, o, m = t.pages.c, t.outbox.c, t.messages.c
    row = connection.execute(
        sa.select(o.id, o.hospital_id, o.state, m.staff_id, m.level, p.id.label("page_id"), p.flag_id)
        .join(t.messages, m.id == o.message_id)
        .outerjoin(t.pages, p.outbox_id == o.id)
        .where(o.id == outbox_id, o.way == "call", o.attempts > 0)
    ).first()
    if row is None:
        return None
    return Told(
        row.page_id, row.flag_id, row.id, row.hospital_id, row.staff_id, Level(row.level or Level.REVIEW),
        Delivery(row.state),
    )


def page_of(connection: Connection, page_id: str) -> tuple[str, str] | None:
    """(flag id, staff id) of a page; None when there is none."""
    p = t.pages.c
    row = connection.execute(sa.select(p.flag_id, p.staff_id).where(p.id == page_id)).first()
    return (row.flag_id, row.staff_id) if row else None


def calls_ringing(connection: Connection, vault: Vault, hospital_id: str) -> list[tuple[str, str]]:
    """(id in the outbox, whose phone) of the calls to staff that nobody answered yet; for the demo."""
    o, m, s = t.outbox.c, t.messages.c, t.staff.c
    rows = connection.execute(
        sa.select(o.id, s.id.label("staff_id"), s.name)
        .join(t.messages, m.id == o.message_id)
        .join(t.staff, s.id == m.staff_id)
        .where(o.hospital_id == hospital_id, o.way == "call", o.state.in_(("accepted", "sent")))
        .where(o.look_at.is_not(None))  # few at a time: an index holds these
        .order_by(o.sending_at, o.id)
    )
    return [(row.id, vault.open("staff.name", row.staff_id, row.name)) for row in rows]
