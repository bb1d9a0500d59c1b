"""The one door out: claim -> send -> record, for answers, check-ins and pages alike.

A row says `sending` before the carrier is called, and no connection to the database is held during the call. Two
delivery promises: a page is sent at least once until someone takes the flag, everything else at most once when the
outcome of a send is unsure. What comes back late is settled in `messages/settle.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.carriers.carrier import Accepted, Outgoing, Refused, Unsure
from messages.carriers.codes import meaning
from messages.conversation import Delivery, Purpose, moves
from messages.errors import SealError
from messages.failed import stopped_at_the_carrier, tell_failed, tell_stuck
from messages.house import House
from messages.people import Way
from messages.store import tables as t
from messages.store.pages import pages_done_with
from messages.store.reach import note_reached, push_key
from messages.store.sends import back_to_the_clock
from messages.ways.hand_over import hand_over
from messages.ways.page import Page

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)  # longer than the carrier's own time-outs, so that a lease outlives its call
FIRST_LOOK = timedelta(seconds=30)  # after an unsure send: the carrier's list lags a little
RECEIPT_WITHIN = timedelta(hours=4)
CALL_WITHIN = timedelta(minutes=3)  # a call of which nothing more was heard by then is over
TRIES_UNTOLD = 6  # a minute or two of refusals for now only; then a person hears of it
TRIES = 60  # some four hours, for a text that does not say itself until when it is of use


@dataclass(frozen=True)
class Claimed:
    """A text in hand: this process, and no other, may hand it over now. By any way but text it is a page."""

    outbox_id: str
    purpose: Purpose
    attempts: int
    outgoing: Outgoing
    expires_at: datetime | None
    way: Way = Way.TEXT
    page: Page | None = None
    push_key: str = ""


def backoff(attempts: int) -> timedelta:
    """How long to wait before try number `attempts` + 1: 2 s, 4 s, 8 s ... at most 5 minutes."""
    return min(timedelta(seconds=2 ** min(attempts, 9)), timedelta(minutes=5))


def claim(
    house: House, now: datetime, *, owner: str, limit: int = 20, routine: bool = True,
    ways: Collection[Way] = tuple(Way),
) -> list[Claimed]:
    """Take up to `limit` texts that are due, most pressing first; `routine` False leaves check-ins alone.

    `ways` are those that there are threads for: a way that is slow holds up no other. What is too late is marked
    expired, and what nobody wants any more is cancelled, in the same commit.
    """
    while True:
        looked_at, taken = _take(house, now, owner, limit, routine, ways)
        if taken or looked_at < limit:
            break
    claimed = []
    push = ""
    if any(row.way == Way.PUSH.value for row in taken):
        with house.database.reading() as connection:
            push = push_key(connection, house.vault)
    for row in taken:
        try:
            claimed.append(_claimed(house, row, now, push))
        except SealError as error:
            log.error("a text cannot leave: %s", error)
            why = "This text or its number could not be opened: check HEARBACK_ENCRYPTION_KEYS."
            with house.database.writing() as connection:
                record(house, connection, row.id, Refused("sealed", why, permanent=True), now)
    return claimed


def _take(
    house: House, now: datetime, owner: str, limit: int, routine: bool, ways: Collection[Way]
) -> tuple[int, list[Any]]:
    """One look in one commit: how many rows were due, and those of them that are ours to send now."""
    o, m = t.outbox.c, t.messages.c
    ours = sa.select(t.senders.c.number).where(
        t.senders.c.hospital_id == o.hospital_id,
        t.senders.c.number == sa.func.coalesce(o.number, t.caregivers.c.number),
    )
    query = (
        sa.select(
            o.id,
            o.purpose,
            o.attempts,
            o.expires_at,
            m.id.label("message_id"),
            m.peer,
            m.body,
            # The number they text to, as long as the hospital has it.
            sa.func.coalesce(ours.scalar_subquery(), t.hospitals.c.sender).label("sender"),
            t.caregivers.c.texting,
            o.way,
            o.address_id,
            t.staff_addresses.c.address,
        )
        .join(t.messages, m.id == o.message_id)
        .join(t.hospitals, t.hospitals.c.id == o.hospital_id)
        .outerjoin(t.caregivers, t.caregivers.c.id == o.caregiver_id)
        .outerjoin(t.staff_addresses, t.staff_addresses.c.id == o.address_id)
        .where(o.state == Delivery.QUEUED.value, o.not_before <= now, o.way.in_([way.value for way in ways]))
        .order_by(o.priority, o.not_before, o.id)
        .limit(limit)
        .with_for_update(of=t.outbox, skip_locked=True)
    )
    if not routine:
        query = query.where(o.priority < Purpose.REMINDER.priority)
    with house.database.writing() as connection:
        rows = connection.execute(query).all()
        late = [row.id for row in rows if row.expires_at and row.expires_at <= now]
        stopped = [row.id for row in rows if row.texting is False and Purpose(row.purpose).routine]
        pages = [row.id for row in rows if row.purpose == Purpose.PAGE.value]
        answered = pages_done_with(connection, pages) if pages else []
        _end(connection, late, Delivery.EXPIRED, "too late to be of use", now)
        _end(connection, stopped, Delivery.CANCELLED, "the caregiver stopped the texts", now)
        _end(connection, answered, Delivery.CANCELLED, "somebody took the flag", now)
        if late:
            back_to_the_clock(connection, late, now)
        ended = {*late, *stopped, *answered}
        taken = [row for row in rows if row.id not in ended]
        for number in {row.sender for row in taken}:
            connection.execute(
                t.outbox.update()
                .where(o.id.in_([row.id for row in taken if row.sender == number]))
                .values(
                    state=Delivery.SENDING.value,
                    number=number,
                    attempts=o.attempts + 1,
                    carrier=sa.case((o.way.in_(("text", "call")), house.carrier.name), else_=o.way),
                    lease_owner=owner,
                    lease_until=now + house.wait(LEASE),
                    sending_at=now,
                )
            )
    return len(rows), taken


def _claimed(house: House, row: Any, now: datetime, push: str) -> Claimed:
    valid_for = row.expires_at - now if row.expires_at else None
    way = Way(row.way)
    to = house.vault.open("messages.peer", row.message_id, row.peer)
    body = house.vault.open("messages.body", row.message_id, row.body)
    if row.address_id:  # "": taken away while the page waited
        to = house.vault.open("staff_addresses.address", row.address_id, row.address) if row.address else ""
    return Claimed(
        outbox_id=row.id,
        purpose=Purpose(row.purpose),
        attempts=row.attempts + 1,
        expires_at=row.expires_at,
        outgoing=Outgoing(outbox_id=row.id, to=to, sender=row.sender, body=body, valid_for=valid_for),
        way=way,
        page=Page(row.id, to=to, sender=row.sender, body=body),
        push_key=push if way is Way.PUSH else "",
    )


def _end(connection: Connection, ids: Sequence[str], state: Delivery, why: str, now: datetime) -> None:
    if ids:
        connection.execute(
            t.outbox.update().where(t.outbox.c.id.in_(ids)).values(state=state.value, why=why, ended_at=now)
        )


def send(house: House, claimed: Claimed, clock: Callable[[], datetime]) -> None:
    """Hand one claimed text over, with no connection held, then record what was answered."""
    if claimed.way is Way.TEXT or claimed.page is None:
        answer = house.carrier.send(claimed.outgoing)
    elif claimed.page.to:
        answer = hand_over(house, claimed.way, claimed.page, claimed.push_key)
    else:
        answer = Refused("gone", "This address was taken away.", permanent=True)
    with house.database.writing() as connection:
        record(house, connection, claimed.outbox_id, answer, clock(), attempt=claimed.attempts)


def deliver(
    house: House,
    clock: Callable[[], datetime],
    *,
    owner: str,
    limit: int = 20,
    routine: bool = True,
    ways: Collection[Way] = tuple(Way),
    hand: Callable[[Way, Callable[[], None]], object] = lambda _way, work: work(),
) -> int:
    """Claim what is due and send it; returns how many were taken. `hand` runs one send, in a thread or here."""
    taken = claim(house, clock(), owner=owner, limit=limit, routine=routine, ways=ways)
    for claimed in taken:
        hand(claimed.way, lambda claimed=claimed: send(house, claimed, clock))  # type: ignore[misc]
    return len(taken)


def record(
    house: House,
    connection: Connection,
    outbox_id: str,
    answer: Accepted | Refused | Unsure,
    now: datetime,
    *,
    attempt: int | None = None,
) -> None:
    """Write down what the carrier answered to try number `attempt`, or what its list says of an unsure send.

    An answer that comes when the text is already on its way again is about a send that is known to have failed.
    """
    row = connection.execute(sa.select(t.outbox).where(t.outbox.c.id == outbox_id).with_for_update()).one()
    state = Delivery(row.state)
    if state is Delivery.QUEUED or attempt not in (None, row.attempts):
        return
    if isinstance(answer, Accepted):
        _accepted(house, connection, row, answer, now)
    elif state not in (Delivery.SENDING, Delivery.UNSURE):
        return  # a callback was quicker and knows better
    elif isinstance(answer, Unsure):
        look_at = now + house.wait(FIRST_LOOK)
        _update(connection, outbox_id, state=Delivery.UNSURE.value, why=answer.why[:300], look_at=look_at)
    elif answer.permanent or (row.expires_at is None and row.attempts >= TRIES):
        _refused(house, connection, row, answer, now)
    else:
        wait = max(answer.retry_after or timedelta(0), backoff(row.attempts))
        _update(
            connection,
            outbox_id,
            state=Delivery.QUEUED.value,
            not_before=now + house.wait(wait),
            code=answer.code,
            why=answer.why[:300],
        )
        if row.attempts == (1 if answer.ours_to_fix else TRIES_UNTOLD):
            tell_stuck(connection, row, now, why=answer.why, ours=answer.ours_to_fix)


def _accepted(house: House, connection: Connection, row: Any, answer: Accepted, now: datetime) -> None:
    moved = moves(Delivery(row.state), answer.status)
    state = answer.status if moved else Delivery(row.state)
    waits = state in (Delivery.ACCEPTED, Delivery.SENT)
    within = {Way.TEXT.value: RECEIPT_WITHIN, Way.CALL.value: house.wait(CALL_WITHIN)}.get(row.way)
    values: dict[str, Any] = {"state": state.value, "look_at": now + within if waits and within else None}
    if moved:
        values["code"] = answer.code or None
    _update(connection, row.id, carrier_id=row.carrier_id or answer.carrier_id, **values)
    if row.address_id:
        note_reached(connection, row.address_id, now)
    if moved and answer.status in (Delivery.FAILED, Delivery.UNDELIVERED):
        tell_failed(connection, row, answer.code, now, why=meaning(answer.code).words)


def _refused(house: House, connection: Connection, row: Any, answer: Refused, now: datetime) -> None:
    state, why = Delivery.REFUSED.value, answer.why
    _update(connection, row.id, state=state, code=answer.code, why=why[:300], ended_at=now, look_at=None)
    if answer.opted_out:
        stopped_at_the_carrier(house, connection, row, now)
    tell_failed(connection, row, answer.code, now, why=why, opted_out=answer.opted_out)


def _update(connection: Connection, outbox_id: str, **values: Any) -> None:
    """Change a row that no process has in hand any more."""
    values |= {"lease_until": None, "lease_owner": None}
    connection.execute(t.outbox.update().where(t.outbox.c.id == outbox_id).values(**values))
