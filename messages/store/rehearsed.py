"""What a rehearsal reads from its own small database between two moments: what is due next, what has come about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.conversation import Asked
from messages.encryption import Vault
from messages.flags import Flag
from messages.store import tables as t
from messages.store.conversation import last_asked
from messages.store.flags import flag_of


def next_moment(connection: Connection, now: datetime) -> datetime | None:
    """The next moment after `now` at which the clock or the outbox has something to do."""
    c, o, f, e = t.check_ins.c, t.outbox.c, t.flags.c, t.episodes.c
    wanted = (
        (c.act_at, sa.true()), (o.not_before, o.state == "queued"), (f.next_page_at, f.state == "open"),
        (e.paused_until, sa.true()),
    )  # fmt: skip
    found = [
        connection.execute(sa.select(sa.func.min(column)).where(column > now, where)).scalar()
        for column, where in wanted
    ]
    return min((moment for moment in found if moment), default=None)


@dataclass(frozen=True)
class Sent:
    """A text that is just leaving: what it is about, and what it asks, if it asks."""

    topic: str
    purpose: str
    segments: int
    asked: Asked


def sent_text(connection: Connection, outbox_id: str) -> Sent:
    """The text of this row of the outbox."""
    m, o = t.messages.c, t.outbox.c
    row = connection.execute(
        sa.select(m.topic, o.purpose, o.segments, m.at, m.caregiver_id, m.asked)
        .join(t.outbox, o.message_id == m.id)
        .where(o.id == outbox_id)
    ).one()
    asked = last_asked(connection, row.caregiver_id, row.at) if row.caregiver_id and row.asked else Asked()
    return Sent(row.topic or "", row.purpose, row.segments, asked)


def read_as(connection: Connection, message_id: str) -> tuple[str, tuple[str, ...]]:
    """(level as decided, signs) of a text; "unread" when the reader failed."""
    r = t.readings.c
    row = connection.execute(sa.select(r.decided_level, r.signs).where(r.message_id == message_id)).first()
    return (row.decided_level, tuple(row.signs)) if row else ("unread", ())


def all_flags(connection: Connection) -> list[Flag]:
    """Every flag of the rehearsal, closed ones too."""
    return [flag_of(row) for row in connection.execute(sa.select(t.flags).order_by(t.flags.c.opened_at, t.flags.c.id))]


def promises_made(connection: Connection) -> list[tuple[str, str, datetime]]:
    """(id, caregiver, by when) of everything that was promised."""
    p = t.promises.c
    return [tuple(row) for row in connection.execute(sa.select(p.id, p.caregiver_id, p.due_at).order_by(p.at, p.id))]


@dataclass(frozen=True)
class Became:
    """A check-in that was not asked, or not answered, and why."""

    id: str
    caregiver_id: str
    question: str
    state: str
    why: str


def not_done(connection: Connection) -> list[Became]:
    """Check-ins that did not go as planned, in the order of the calendar."""
    c = t.check_ins.c
    rows = connection.execute(
        sa.select(c.id, c.caregiver_id, c.question, c.state, c.why)
        .where(c.state.in_(("missed", "skipped", "stopped")))
        .order_by(c.due_at, c.id)
    )
    return [Became(*row) for row in rows]


def phones_of(connection: Connection, vault: Vault) -> dict[str, str]:
    """Every caregiver's phone, by id."""
    rows = connection.execute(sa.select(t.caregivers.c.id, t.caregivers.c.phone))
    return {row.id: vault.open("caregivers.phone", row.id, row.phone) for row in rows}
