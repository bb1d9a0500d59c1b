"""What comes back late: status callbacks, unsure sends, leases of processes that died."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.carriers.carrier import Accepted, Unsure
from messages.carriers.codes import Kind, meaning
from messages.conversation import Delivery, Purpose, moves
from messages.errors import SealError
from messages.failed import stopped_at_the_carrier, tell_failed, tell_unsure
from messages.house import House
from messages.ids import new_id
from messages.outbox import FIRST_LOOK, record
from messages.people import Way
from messages.store import tables as t
from messages.store.sends import carrier_ids_of, heard_of

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(minutes=10)  # the carrier's list has had time to show the text
PAGE_AGAIN_AFTER = timedelta(seconds=60)  # a page is sent twice rather than not at all
PAGES_AGAIN = 6


def note_status(
    house: House, outbox_id: str, carrier_id: str, status: Delivery, code: str, now: datetime
) -> bool:
    """Take one status callback: kept once, applied forward only; False when it is about no text of ours."""
    with house.database.writing() as connection:
        row = connection.execute(
            sa.select(t.outbox).where(t.outbox.c.id == outbox_id).with_for_update()
        ).first()
        heard = heard_of(connection, outbox_id, carrier_id)
        mine = row is not None and row.attempts > 0 and row.carrier_id in (None, carrier_id)
        # After a retry the old id may still be talked about; what failed under it stays failed.
        mine = mine and not heard.failed
        applied = row is not None and mine and moves(Delivery(row.state), status)
        if applied or status.value not in heard.statuses:
            connection.execute(
                t.delivery_events.insert().values(
                    id=new_id(),
                    outbox_id=outbox_id,
                    carrier_id=carrier_id,
                    status=status.value,
                    code=code or None,
                    applied=applied,
                    at=now,
                )
            )
        if row is None:
            return False
        if applied:
            _apply(house, connection, row, carrier_id, status, code, now)
        elif mine and row.carrier_id is None:
            connection.execute(t.outbox.update().where(t.outbox.c.id == row.id).values(carrier_id=carrier_id))
        return True


def _apply(
    house: House,
    connection: Connection,
    row: Any,
    carrier_id: str,
    status: Delivery,
    code: str,
    now: datetime,
) -> None:
    ended = status in (Delivery.DELIVERED, Delivery.READ, Delivery.FAILED, Delivery.UNDELIVERED)
    failed = status in (Delivery.FAILED, Delivery.UNDELIVERED)
    change = t.outbox.update().where(t.outbox.c.id == row.id)
    of = meaning(code)
    # A page that did not arrive is not waited for: the next person is told.
    again = of.retry_after if failed and of.kind is Kind.LATER and row.purpose != Purpose.PAGE.value else None
    if again is not None and row.attempts <= of.retries and not _too_late(row, now + again):
        # It certainly did not arrive, so sending it once more cannot text a family twice.
        connection.execute(
            change.values(
                state=Delivery.QUEUED.value,
                carrier_id=None,
                not_before=now + house.wait(again),
                code=code,
                why=of.words,
                look_at=None,
                lease_until=None,
                lease_owner=None,
            )
        )
        return
    values: dict[str, Any] = {"state": status.value, "carrier_id": carrier_id}
    if code:
        values["code"] = code
    if failed:
        values["why"] = of.words
    if ended:
        values |= {"ended_at": now, "look_at": None, "lease_until": None, "lease_owner": None}
    connection.execute(change.values(**values))
    if failed:
        if of.kind is Kind.OPTED_OUT:
            stopped_at_the_carrier(house, connection, row, now)
        tell_failed(connection, row, code, now, why=of.words, opted_out=of.kind is Kind.OPTED_OUT)


def _too_late(row: Any, moment: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= moment


def release_dead_leases(house: House, now: datetime) -> int:
    """Sends whose process died are unsure: the carrier may have them. Returns how many."""
    with house.database.writing() as connection:
        dead = connection.execute(
            t.outbox.update()
            .where(t.outbox.c.state == Delivery.SENDING.value, t.outbox.c.lease_until <= now)
            .values(
                state=Delivery.UNSURE.value,
                lease_until=None,
                lease_owner=None,
                look_at=now,
                why="the process that sent it stopped before the carrier answered",
            )
        )
    return dead.rowcount


def settle_unsure(house: House, now: datetime, limit: int = 10) -> int:
    """Ask the carrier about sends nobody is sure of, and about those without a receipt; returns how many."""
    o = t.outbox.c
    with house.database.writing() as connection:
        rows = connection.execute(
            sa.select(
                t.outbox, t.messages.c.peer, t.messages.c.body,
                sa.func.coalesce(o.number, t.hospitals.c.sender).label("sender"),
            )
            .join(t.messages, t.messages.c.id == o.message_id)
            .join(t.hospitals, t.hospitals.c.id == o.hospital_id)
            .where(o.look_at <= now, o.look_at.is_not(None))
            .order_by(o.priority, o.look_at)
            .limit(limit)
            .with_for_update(of=t.outbox, skip_locked=True)
        ).all()
        if rows:  # nobody else looks at these while the carrier is asked
            connection.execute(
                t.outbox.update()
                .where(o.id.in_([r.id for r in rows]))
                .values(look_at=now + house.wait(FIRST_LOOK * 4))
            )
    for row in rows:
        answer = _ask(house, row)
        with house.database.writing() as connection:
            _settle(house, connection, row, answer, now)
    return len(rows)


def _ask(house: House, row: Any) -> Accepted | Unsure | None:
    """What the carrier's list says of one text; no connection is held meanwhile. Other ways have no such list."""
    if row.way != Way.TEXT.value:
        return None
    with house.database.reading() as connection:
        known = carrier_ids_of(connection, row.caregiver_id, row.id, row.sending_at - timedelta(days=1))
    try:
        peer = house.vault.open("messages.peer", row.message_id, row.peer)
        body = house.vault.open("messages.body", row.message_id, row.body)
    except SealError as error:
        log.error("a text cannot be looked for at the carrier: %s", error)
        return Unsure("This text could not be opened.")
    since = row.sending_at
    return house.carrier.find(row.id, to=peer, sender=row.sender, body=body, since=since, known=known)


def _settle(
    house: House, connection: Connection, row: Any, answer: Accepted | Unsure | None, now: datetime
) -> None:
    state = connection.execute(
        sa.select(t.outbox.c.state).where(t.outbox.c.id == row.id).with_for_update()
    ).scalar_one()
    change = t.outbox.update().where(t.outbox.c.id == row.id)
    if row.way == Way.CALL.value and state in (Delivery.ACCEPTED.value, Delivery.SENT.value):
        _apply(house, connection, row, row.carrier_id, Delivery.UNDELIVERED, "no-answer", now)
        return
    if state != Delivery.UNSURE.value:
        if isinstance(answer, Accepted) and state != Delivery.QUEUED.value:
            record(house, connection, row.id, answer, now)
        connection.execute(change.values(look_at=None))  # asked once; some networks never send a receipt
        return
    if isinstance(answer, Accepted):
        record(house, connection, row.id, answer, now)
        return
    waited = now - row.sending_at
    page = row.purpose == Purpose.PAGE.value and row.attempts < PAGES_AGAIN
    if page and waited >= house.wait(PAGE_AGAIN_AFTER):
        connection.execute(change.values(state=Delivery.QUEUED.value, not_before=now, look_at=None))
    elif waited < house.wait(GIVE_UP_AFTER):
        connection.execute(change.values(look_at=now + house.wait(FIRST_LOOK * 2)))
    else:
        connection.execute(change.values(look_at=None, ended_at=now))
        tell_unsure(connection, row, now)
