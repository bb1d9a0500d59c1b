"""A text that did not leave, or did not arrive, is something a person must look at; a page climbs on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from messages.conversation import Purpose
from messages.database import Connection
from messages.escalation import due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.people import ConsentKind, Way
from messages.store.consents import note_consent
from messages.store.flags import raise_flag
from messages.store.pages import climb_at_once, last_hope
from messages.store.people import hospital_by_id
from messages.store.reach import is_test, note_reached
from messages.store.sends import said_by, takes_texts


def tell_failed(
    connection: Connection, row: Any, code: str, now: datetime, *, why: str = "", opted_out: bool = False
) -> None:
    """Flag a text that certainly did not arrive, in plain words. `row` is the outbox's."""
    page = row.purpose == Purpose.PAGE.value
    if opted_out and not page:
        reason = "the family stopped the texts at the carrier"
    else:
        reason = f"{_kind(row) if page else 'a text'} failed: {code or 'no code'} {why}".strip()
    if not _noted(connection, row, now, why, unanswered=code in UNANSWERED):
        _flag(connection, row, now, reason)


def tell_unsure(connection: Connection, row: Any, now: datetime) -> None:
    """Flag a text that may or may not have arrived: nobody sends it again by itself, a person decides."""
    if not _noted(connection, row, now, "Nobody knows whether the page arrived: there was no answer."):
        _flag(connection, row, now, "nobody knows whether this text arrived: the carrier did not answer")


def tell_stuck(
    connection: Connection, row: Any, now: datetime, *, why: str, ours: bool = True, waits: bool = True
) -> None:
    """Flag, once for a hospital, that its texts do not leave; they are tried on meanwhile.

    By another way than text the person's own service is down: that is noted at their address, unless it is `ours`.
    A page that `waits` is not waited for.
    """
    if _noted(connection, row, now, why) and not ours:
        return
    hospital = hospital_by_id(connection, row.hospital_id, lock=True)
    raise_flag(
        connection,
        hospital_id=row.hospital_id,
        kind=FlagKind.SENDING,
        level=Level.URGENT,
        due_at=due_for(Level.URGENT, hospital, now),
        now=now,
        outbox_id=row.id,
        reason=f"{'texts do' if row.way == Way.TEXT.value else f'{_kind(row)} does'} not leave: {why}",
    )
    if row.purpose == Purpose.PAGE.value and waits:
        climb_at_once(connection, row.id, now)


UNANSWERED = ("busy", "no-answer", "canceled", "no-key", "cannot")  # a call that was no fault of anybody's


_KINDS = {
    "text": "a page", "call": "a call to staff", "email": "a page by e-mail", "push": "a page to a browser",
    "chat": "a page to a chat tool or pager",
}  # fmt: skip


def _kind(row: Any) -> str:
    """What failed, in words."""
    return _KINDS[row.way]


def _noted(connection: Connection, row: Any, now: datetime, why: str, *, unanswered: bool = False) -> bool:
    """Whether a failed page needs no flag: a test, or a way that failed while another brings it to the same person.

    Who can be reached no more by it finds why at their address; the flag climbs at once when nothing else is left.
    """
    if row.purpose != Purpose.PAGE.value:
        if row.address_id:  # who has a flag, told to the others: nothing depends on it
            note_reached(connection, row.address_id, now, why)
        return bool(row.address_id)
    if row.address_id:
        note_reached(connection, row.address_id, now, why)
    if is_test(connection, row.message_id):
        return True
    if row.way == Way.TEXT.value:
        return False
    if unanswered or not last_hope(connection, row.id):
        climb_at_once(connection, row.id, now)
        return True
    return False


def stopped_at_the_carrier(house: House, connection: Connection, row: Any, now: datetime) -> None:
    """The family said STOP to the carrier and we never heard of it: both sides are made equal."""
    if row.caregiver_id and takes_texts(connection, row.caregiver_id):
        note_consent(
            connection, house.vault, row.caregiver_id, ConsentKind.STOPPED, how="carrier", words="", now=now
        )


def _flag(connection: Connection, row: Any, now: datetime, reason: str) -> None:
    hospital = hospital_by_id(connection, row.hospital_id, lock=True)  # many sends may fail at once: one flag
    if row.purpose == Purpose.PAGE.value:
        climb_at_once(connection, row.id, now)
    level, episode_id = said_by(connection, row.message_id)
    serious = level in (Level.EMERGENCY, Level.URGENT) or row.purpose == Purpose.PAGE.value
    severity = Level.URGENT if serious else Level.REVIEW
    raise_flag(
        connection,
        hospital_id=row.hospital_id,
        kind=FlagKind.SENDING,
        level=severity,
        # By the hospital's hours alone: no family is promised it, and no name need be opened to say that a key is lost.
        due_at=due_for(severity, hospital, now),
        now=now,
        episode_id=episode_id,
        caregiver_id=row.caregiver_id,
        outbox_id=row.id,
        reason=reason,
    )
