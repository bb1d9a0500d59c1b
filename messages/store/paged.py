"""Pages that somebody answers: by a reply, by their link, by a key; the flags that left in one page with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.flags import FlagState
from messages.store import tables as t
from messages.store.pages import token_hash


@dataclass(frozen=True)
class Paged:
    """One page that somebody answers: `answer` is "" until they do. `outbox_id` is the row by which it left."""

    id: str
    flag_id: str
    staff_id: str
    at: datetime
    rung: int
    answer: str
    answered_at: datetime | None
    outbox_id: str


def _paged(row: Any) -> Paged:
    return Paged(
        row.id, row.flag_id, row.staff_id, row.at, row.rung, row.answer or "", row.answered_at, row.outbox_id
    )


def newest_page(connection: Connection, staff_id: str, since: datetime) -> Paged | None:
    """The last page that left for this person since `since`."""
    p, o = t.pages.c, t.outbox.c
    row = connection.execute(
        sa.select(t.pages)
        .join(t.outbox, o.id == p.outbox_id)
        .where(p.staff_id == staff_id, p.at >= since, o.attempts > 0)
        .order_by(p.at.desc(), p.id.desc())
        .limit(1)
    ).first()
    return _paged(row) if row else None


def told_with(connection: Connection, page: Paged) -> list[Paged]:
    """Every flag that left in one with this page, itself among them."""
    rows = connection.execute(sa.select(t.pages).where(t.pages.c.outbox_id == page.outbox_id).order_by(t.pages.c.id))
    return [_paged(row) for row in rows]


def page_by_token(connection: Connection, token: str, hospital_id: str) -> Paged | None:
    """The page whose link this is, of this hospital."""
    p, f = t.pages.c, t.flags.c
    row = connection.execute(
        sa.select(t.pages)
        .join(t.flags, f.id == p.flag_id)
        .where(p.token_hash == token_hash(token), f.hospital_id == hospital_id)
    ).first()
    return _paged(row) if row else None


def answered(connection: Connection, page_id: str, answer: str, now: datetime) -> None:
    """Write down what a person answered to a page; the first answer of its kind stays."""
    p = t.pages.c
    connection.execute(
        t.pages.update()
        .where(p.id == page_id, p.answer.is_distinct_from(answer))
        .values(answer=answer, answered_at=now)
    )


def waiting_for(connection: Connection, staff_id: str, but: str) -> int:
    """How many other flags this person was paged about that nobody has."""
    p, f = t.pages.c, t.flags.c
    return connection.execute(
        sa.select(sa.func.count(sa.distinct(f.id)))
        .select_from(t.pages)
        .join(t.flags, f.id == p.flag_id)
        .where(p.staff_id == staff_id, f.id != but, f.state == FlagState.OPEN.value)
    ).scalar_one()


def page_by_id(connection: Connection, page_id: str) -> Paged:
    """The page with this id, which is known to be there."""
    return _paged(connection.execute(sa.select(t.pages).where(t.pages.c.id == page_id)).one())


def climb_now(connection: Connection, page: Paged, now: datetime) -> None:
    """Whoever got this page cannot: the next rung is told, once nobody of this step is left who has not said so."""
    p, f = t.pages.c, t.flags.c
    left = sa.exists().where(
        p.flag_id == page.flag_id, p.at == page.at, p.staff_id != page.staff_id, p.answer.is_distinct_from("cannot")
    )
    newer = sa.exists().where(p.flag_id == page.flag_id, p.at > page.at)
    connection.execute(
        t.flags.update().where(f.id == page.flag_id, f.state != FlagState.CLOSED.value, ~left, ~newer)
        .values(next_page_at=now)
    )
