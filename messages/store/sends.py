"""Sends in the database: what a text in the outbox said, and what the carrier said of it before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.carriers.codes import OF_THE_SENDER
from messages.conversation import Delivery, Purpose
from messages.flags import Level
from messages.people import Way
from messages.store import tables as t


def said_by(connection: Connection, message_id: str) -> tuple[Level | None, str | None]:
    """The level of the answer that this text is, and an episode it is about."""
    level = connection.execute(
        sa.select(t.messages.c.level).where(t.messages.c.id == message_id)
    ).scalar_one()
    episode_id = connection.execute(
        sa.select(t.about.c.episode_id).where(t.about.c.message_id == message_id).limit(1)
    ).scalar_one_or_none()
    return (Level(level) if level else None), episode_id


def next_number(connection: Connection, row: Any, code: str) -> tuple[str, bool] | None:
    """The hospital's next number for a page or a text of an emergency whose own number is refused, and whether it has
    one that was not tried yet; None for any other text, and for a hospital with one number. `row` is the outbox's."""
    if code not in OF_THE_SENDER or row.way not in (Way.TEXT.value, Way.CALL.value):
        return None
    level, _episode_id = said_by(connection, row.message_id)
    if row.purpose != Purpose.PAGE.value and level not in (Level.EMERGENCY, Level.URGENT):
        return None
    s = t.senders.c
    numbers = list(connection.execute(
        sa.select(s.number).where(s.hospital_id == row.hospital_id).order_by(s.number)
    ).scalars())  # fmt: skip
    if len(numbers) < 2:
        return None
    after = numbers.index(row.number) + 1 if row.number in numbers else 0
    untried = row.attempts < len(numbers) or (row.state == Delivery.SENDING.value and row.code not in OF_THE_SENDER)
    return numbers[after % len(numbers)], untried


def takes_texts(connection: Connection, caregiver_id: str) -> bool:
    """Whether we know of no STOP by this caregiver."""
    return bool(
        connection.execute(
            sa.select(t.caregivers.c.texting).where(t.caregivers.c.id == caregiver_id)
        ).scalar_one()
    )


@dataclass(frozen=True)
class Heard:
    """What the carrier has said about one of its ids for one of our texts."""

    statuses: frozenset[str]
    failed: bool  # it certainly did not arrive under this id


def heard_of(connection: Connection, outbox_id: str, carrier_id: str) -> Heard:
    e = t.delivery_events.c
    rows = connection.execute(
        sa.select(e.status, e.applied).where(e.outbox_id == outbox_id, e.carrier_id == carrier_id)
    ).all()
    return Heard(
        frozenset(row.status for row in rows),
        any(row.applied and row.status in ("failed", "undelivered") for row in rows),
    )


def back_to_the_clock(connection: Connection, outbox_ids: Sequence[str], now: datetime) -> None:
    """Check-ins whose text waited here until it was too late: the clock decides what becomes of them."""
    c, m, o = t.check_ins.c, t.messages.c, t.outbox.c
    never_left = (
        sa.select(m.check_in_id)
        .join(t.outbox, o.message_id == m.id)
        .where(o.id.in_(outbox_ids), o.purpose == "check_in")
    )
    connection.execute(
        t.check_ins.update()
        .where(c.id.in_(never_left), c.state.in_(("asked", "told")))
        .values(state="planned", asked_at=None, act_at=now)
    )


def carrier_ids_of(connection: Connection, caregiver_id: str | None, but: str, since: datetime) -> list[str]:
    """The carrier's ids of the other texts to this caregiver (None: to staff and strangers) since `since`."""
    o = t.outbox.c
    rows = connection.execute(
        sa.select(o.carrier_id).where(
            o.caregiver_id == caregiver_id, o.carrier_id.is_not(None), o.id != but, o.sending_at >= since
        )
    )
    return list(rows.scalars())


def cancel_waiting(connection: Connection, message_id: str, why: str, now: datetime) -> bool:
    """Stop a text that still waits to leave; False when it has left, or a process has it in hand."""
    o = t.outbox.c
    stopped = connection.execute(
        t.outbox.update()
        .where(o.message_id == message_id, o.state == "queued")
        .values(state="cancelled", why=why, ended_at=now)
    )
    return stopped.rowcount == 1


def sent_test(connection: Connection, hospital_id: str, outbox_id: str) -> tuple[str, str | None, str] | None:
    """State, carrier's code and why of a test text of this hospital; None when it is none."""
    o, m = t.outbox.c, t.messages.c
    row = connection.execute(
        sa.select(o.state, o.code, o.why)
        .join(t.messages, m.id == o.message_id)
        .where(o.id == outbox_id, o.hospital_id == hospital_id, m.topic == "test")
    ).first()
    return (row.state, row.code, row.why) if row else None


def tests_since(connection: Connection, hospital_id: str, since: datetime) -> list[datetime]:
    """When this hospital wrote test texts since a moment, oldest first."""
    m = t.messages.c
    return list(connection.execute(
        sa.select(m.at).where(m.hospital_id == hospital_id, m.at > since, m.topic == "test").order_by(m.at)
    ).scalars())  # fmt: skip


def state_of(connection: Connection, outbox_id: str) -> tuple[Delivery, str]:
    """Where one text that leaves is, and why it is not further."""
    o = t.outbox.c
    row = connection.execute(sa.select(o.state, o.why).where(o.id == outbox_id)).one()
    return Delivery(row.state), row.why
