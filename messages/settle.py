"""What comes back late: status callbacks, unsure sends, leases of processes that died."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.carriers.carrier import Accepted, Unsure
from messages.carriers.codes import Kind, meaning
from messages.conversation import Delivery, Purpose, moves
from messages.escalation import due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.ids import new_id
from messages.outbox import FIRST_LOOK, TRIES, record, tell_failed
from messages.store import tables as t
from messages.store.flags import raise_flag
from messages.store.people import hospital_by_id

GIVE_UP_AFTER = timedelta(minutes=10)  # the carrier's list has had time to show the text
PAGE_AGAIN_AFTER = timedelta(seconds=60)  # a page is sent twice rather than not at all


def note_status(
    house: House, outbox_id: str, carrier_id: str, status: Delivery, code: str, now: datetime
) -> bool:
    """Take one status callback: kept always, applied forward only; False when it is about no text of ours."""
    with house.database.writing() as connection:
        row = connection.execute(
            sa.select(t.outbox).where(t.outbox.c.id == outbox_id).with_for_update()
        ).first()
        mine = row is not None and row.carrier_id in (None, carrier_id) and row.state != Delivery.QUEUED.value
        applied = bool(row is not None and mine and moves(Delivery(row.state), status))
        connection.execute(
            t.delivery_events.insert().values(
                id=new_id(),
                outbox_id=outbox_id[:64],
                carrier_id=carrier_id[:64],
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
        elif mine and row.carrier_id is None and row.state != Delivery.QUEUED.value:
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
    of = meaning(code)
    again = of.retry_after if failed and of.kind is Kind.LATER else None
    if again is not None and row.attempts <= of.retries and not _too_late(row, now + again):
        # It certainly did not arrive, so sending it once more cannot text a family twice.
        values: dict[str, Any] = {
            "state": Delivery.QUEUED.value,
            "carrier_id": None,
            "not_before": now + house.wait(again),
            "code": code,
            "look_at": None,
        }
        connection.execute(t.outbox.update().where(t.outbox.c.id == row.id).values(**values))
        return
    values = {"state": status.value, "carrier_id": carrier_id}
    if code:
        values["code"] = code
    if ended:
        values |= {"ended_at": now, "look_at": None, "lease_until": None}
    connection.execute(t.outbox.update().where(t.outbox.c.id == row.id).values(**values))
    if status in (Delivery.FAILED, Delivery.UNDELIVERED):
        tell_failed(house, connection, row, code, now)


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
            sa.select(t.outbox, t.messages.c.peer, t.messages.c.body, t.hospitals.c.sender)
            .join(t.messages, t.messages.c.id == o.message_id)
            .join(t.hospitals, t.hospitals.c.id == o.hospital_id)
            .where(o.look_at <= now, o.look_at.is_not(None))
            .order_by(o.look_at)
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
        with house.database.reading() as connection:
            known = (
                connection.execute(
                    sa.select(o.carrier_id)
                    .where(o.caregiver_id == row.caregiver_id, o.carrier_id.is_not(None), o.id != row.id)
                    .where(o.sending_at >= row.sending_at - timedelta(days=1))
                )
                .scalars()
                .all()
            )
        answer = house.carrier.find(
            row.id,
            to=house.vault.open("messages.peer", row.message_id, row.peer),
            sender=row.sender,
            body=house.vault.open("messages.body", row.message_id, row.body),
            since=row.sending_at,
            known=[sid for sid in known if sid],
        )
        with house.database.writing() as connection:
            _settle(house, connection, row, answer, now)
    return len(rows)


def _settle(
    house: House, connection: Connection, row: Any, answer: Accepted | Unsure | None, now: datetime
) -> None:
    state = connection.execute(
        sa.select(t.outbox.c.state).where(t.outbox.c.id == row.id).with_for_update()
    ).scalar_one()
    change = t.outbox.update().where(t.outbox.c.id == row.id)
    if state != Delivery.UNSURE.value:
        if isinstance(answer, Accepted) and state != Delivery.QUEUED.value:
            record(house, connection, row.id, answer, now)
        connection.execute(change.values(look_at=None))  # asked once; some networks never send a receipt
        return
    if isinstance(answer, Accepted):
        record(house, connection, row.id, answer, now)
        return
    waited = now - row.sending_at
    if row.purpose == Purpose.PAGE.value and waited >= house.wait(PAGE_AGAIN_AFTER) and row.attempts < TRIES:
        connection.execute(change.values(state=Delivery.QUEUED.value, not_before=now, look_at=None))
    elif waited < house.wait(GIVE_UP_AFTER):
        connection.execute(change.values(look_at=now + house.wait(FIRST_LOOK * 2)))
    else:
        connection.execute(change.values(look_at=None, ended_at=now))
        _tell_unsure(connection, row, now)


def _tell_unsure(connection: Connection, row: Any, now: datetime) -> None:
    """Nobody will send it again by itself; a person decides."""
    hospital = hospital_by_id(connection, row.hospital_id)
    episode_id = connection.execute(
        sa.select(t.about.c.episode_id).where(t.about.c.message_id == row.message_id).limit(1)
    ).scalar_one_or_none()
    level = connection.execute(
        sa.select(t.messages.c.level).where(t.messages.c.id == row.message_id)
    ).scalar_one()
    severity = Level.URGENT if level in ("urgent", "emergency") else Level.REVIEW
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
        reason="nobody knows whether this text arrived: the carrier did not answer",
    )
