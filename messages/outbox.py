"""The one door out: claim -> send -> record, for answers, check-ins and pages alike.

A row says `sending` before the carrier is called, and no connection to the database is held during the call. Two
delivery promises: a page is sent at least once until someone takes the flag, everything else at most once when the
outcome of a send is unsure. What comes back late is settled in `messages/settle.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.carriers.carrier import Accepted, Outgoing, Refused, Unsure
from messages.conversation import Delivery, Purpose, moves
from messages.escalation import due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.people import ConsentKind
from messages.store import tables as t
from messages.store.flags import raise_flag
from messages.store.people import hospital_by_id, note_consent

LEASE = timedelta(seconds=90)  # longer than the carrier's own time-outs, so that a lease outlives its call
FIRST_LOOK = timedelta(seconds=30)  # after an unsure send: the carrier's list lags a little
RECEIPT_WITHIN = timedelta(hours=4)
TRIES = 6


@dataclass(frozen=True)
class Claimed:
    """A text in hand: this process, and no other, may hand it to the carrier now."""

    outbox_id: str
    purpose: Purpose
    attempts: int
    outgoing: Outgoing
    expires_at: datetime | None


def backoff(attempts: int) -> timedelta:
    """How long to wait before try number `attempts` + 1: 2 s, 4 s, 8 s ... at most 5 minutes."""
    return min(timedelta(seconds=2**attempts), timedelta(minutes=5))


def claim(house: House, now: datetime, *, owner: str, limit: int = 20, routine: bool = True) -> list[Claimed]:
    """Take up to `limit` texts that are due, most pressing first; `routine` False leaves check-ins alone.

    What is too late is marked expired, and what a caregiver no longer wants is cancelled, in the same commit.
    """
    o, m = t.outbox.c, t.messages.c
    query = (
        sa.select(
            o.id,
            o.purpose,
            o.attempts,
            o.expires_at,
            m.id.label("message_id"),
            m.peer,
            m.body,
            t.hospitals.c.sender,
            t.caregivers.c.texting,
        )
        .join(t.messages, m.id == o.message_id)
        .join(t.hospitals, t.hospitals.c.id == o.hospital_id)
        .outerjoin(t.caregivers, t.caregivers.c.id == o.caregiver_id)
        .where(o.state == Delivery.QUEUED.value, o.not_before <= now)
        .order_by(o.priority, o.not_before)
        .limit(limit)
        .with_for_update(of=t.outbox, skip_locked=True)
    )
    if not routine:
        query = query.where(o.priority < Purpose.REMINDER.priority)
    with house.database.writing() as connection:
        rows = connection.execute(query).all()
        late = [row.id for row in rows if row.expires_at and row.expires_at <= now]
        unwanted = [
            row.id
            for row in rows
            if row.texting is False and Purpose(row.purpose).routine and row.id not in late
        ]
        _end(connection, late, Delivery.EXPIRED, "too late to be of use", now)
        _end(connection, unwanted, Delivery.CANCELLED, "the caregiver stopped the texts", now)
        taken = [row for row in rows if row.id not in late and row.id not in unwanted]
        if taken:
            connection.execute(
                t.outbox.update()
                .where(o.id.in_([row.id for row in taken]))
                .values(
                    state=Delivery.SENDING.value,
                    attempts=o.attempts + 1,
                    carrier=house.carrier.name,
                    lease_owner=owner,
                    lease_until=now + house.wait(LEASE),
                    sending_at=now,
                )
            )
    return [_claimed(house, row, now) for row in taken]


def _claimed(house: House, row: Any, now: datetime) -> Claimed:
    valid_for = row.expires_at - now if row.expires_at else None
    return Claimed(
        outbox_id=row.id,
        purpose=Purpose(row.purpose),
        attempts=row.attempts + 1,
        expires_at=row.expires_at,
        outgoing=Outgoing(
            outbox_id=row.id,
            to=house.vault.open("messages.peer", row.message_id, row.peer),
            sender=row.sender,
            body=house.vault.open("messages.body", row.message_id, row.body),
            valid_for=valid_for,
        ),
    )


def _end(connection: Connection, ids: list[str], state: Delivery, why: str, now: datetime) -> None:
    if ids:
        connection.execute(
            t.outbox.update().where(t.outbox.c.id.in_(ids)).values(state=state.value, why=why, ended_at=now)
        )


def send(house: House, claimed: Claimed, clock: Callable[[], datetime]) -> None:
    """Hand one claimed text to the carrier, with no connection held, then record what it answered."""
    answer = house.carrier.send(claimed.outgoing)
    with house.database.writing() as connection:
        record(house, connection, claimed.outbox_id, answer, clock())


def deliver(
    house: House,
    clock: Callable[[], datetime],
    *,
    owner: str,
    limit: int = 20,
    routine: bool = True,
    hand: Callable[[Callable[[], None]], object] = lambda work: work(),
) -> int:
    """Claim what is due and send it; returns how many were taken. `hand` runs one send, in a thread or here."""
    taken = claim(house, clock(), owner=owner, limit=limit, routine=routine)
    for claimed in taken:
        hand(lambda claimed=claimed: send(house, claimed, clock))  # type: ignore[misc]
    return len(taken)


def record(
    house: House, connection: Connection, outbox_id: str, answer: Accepted | Refused | Unsure, now: datetime
) -> None:
    """Write down what the carrier answered to a send, or what its list says of an unsure one."""
    row = connection.execute(sa.select(t.outbox).where(t.outbox.c.id == outbox_id).with_for_update()).one()
    state = Delivery(row.state)
    released = {"lease_until": None, "lease_owner": None}
    if isinstance(answer, Accepted):
        accepted: dict[str, Any] = {
            **released,
            "carrier_id": row.carrier_id or answer.carrier_id,
            "look_at": None,
        }
        if moves(state, answer.status):
            accepted |= {"state": answer.status.value, "code": answer.code or None}
            if answer.status in (Delivery.ACCEPTED, Delivery.SENT):
                accepted["look_at"] = now + RECEIPT_WITHIN
        _update(connection, outbox_id, accepted)
        if moves(state, answer.status) and answer.status in (Delivery.FAILED, Delivery.UNDELIVERED):
            tell_failed(house, connection, row, answer.code, now)
        return
    if state not in (Delivery.SENDING, Delivery.UNSURE):
        return  # a callback was quicker and knows better
    if isinstance(answer, Unsure):
        _update(
            connection,
            outbox_id,
            {
                **released,
                "state": Delivery.UNSURE.value,
                "why": answer.why[:300],
                "look_at": now + house.wait(FIRST_LOOK),
            },
        )
    elif answer.permanent or row.attempts >= TRIES:
        _update(
            connection,
            outbox_id,
            {
                **released,
                "state": Delivery.REFUSED.value,
                "code": answer.code,
                "why": answer.why[:300],
                "ended_at": now,
                "look_at": None,
            },
        )
        if answer.opted_out:
            _stopped_at_the_carrier(house, connection, row, now)
        tell_failed(house, connection, row, answer.code, now, why=answer.why, opted_out=answer.opted_out)
    else:
        if answer.ours_to_fix and row.attempts == 1:
            tell_failed(house, connection, row, answer.code, now, why=answer.why)
        wait = max(answer.retry_after or timedelta(0), backoff(row.attempts))
        _update(
            connection,
            outbox_id,
            {
                **released,
                "state": Delivery.QUEUED.value,
                "not_before": now + house.wait(wait),
                "code": answer.code,
                "why": answer.why[:300],
            },
        )


def _update(connection: Connection, outbox_id: str, values: dict[str, Any]) -> None:
    connection.execute(t.outbox.update().where(t.outbox.c.id == outbox_id).values(**values))


def _stopped_at_the_carrier(house: House, connection: Connection, row: Any, now: datetime) -> None:
    """The family said STOP to the carrier and we never heard of it: both sides are made equal."""
    if row.caregiver_id is None:
        return
    texting = connection.execute(
        sa.select(t.caregivers.c.texting).where(t.caregivers.c.id == row.caregiver_id)
    ).scalar_one()
    if texting:
        note_consent(
            connection, house.vault, row.caregiver_id, ConsentKind.STOPPED, how="carrier", words="", now=now
        )


def tell_failed(
    house: House,
    connection: Connection,
    row: Any,
    code: str,
    now: datetime,
    *,
    why: str = "",
    opted_out: bool = False,
) -> None:
    """A text that did not reach its family is something a person must look at; a page that failed climbs on."""
    if row.purpose == Purpose.PAGE.value:
        flags_paged = sa.select(t.pages.c.flag_id).where(t.pages.c.outbox_id == row.id)
        connection.execute(
            t.flags.update()
            .where(t.flags.c.id.in_(flags_paged), t.flags.c.state == "open")
            .values(next_page_at=now)
        )
    level = connection.execute(
        sa.select(t.messages.c.level).where(t.messages.c.id == row.message_id)
    ).scalar_one()
    serious = level in (Level.EMERGENCY.value, Level.URGENT.value)
    severity = Level.URGENT if serious or row.purpose == Purpose.PAGE.value else Level.REVIEW
    episode_id = connection.execute(
        sa.select(t.about.c.episode_id).where(t.about.c.message_id == row.message_id).limit(1)
    ).scalar_one_or_none()
    hospital = hospital_by_id(connection, row.hospital_id)
    reason = (
        "the family stopped the texts at the carrier"
        if opted_out
        else f"a text failed: {code or 'no code'} {why}"
    )
    raise_flag(
        connection,
        hospital_id=row.hospital_id,
        kind=FlagKind.SENDING,
        level=severity,
        due_at=due_for(severity, hospital, now),
        now=now,
        episode_id=episode_id,
        caregiver_id=row.caregiver_id,
        outbox_id=row.id,
        reason=reason,
    )
