"""Which numbers have yet to answer for themselves, and when the clock sees to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.people import ConsentKind
from messages.store import tables as t
from messages.store.consents import note_consent


@dataclass(frozen=True)
class Unconfirmed:
    """A number to be seen to, locked with its row; `asked` is how often it was asked."""

    caregiver_id: str
    hospital_id: str
    asked: int


@dataclass(frozen=True)
class Running:
    """A follow-up that has not ended: which, and by which protocol."""

    episode_id: str
    protocol_id: str
    state: str


def claim_unconfirmed(connection: Connection, now: datetime, limit: int) -> list[Unconfirmed]:
    """Numbers whose moment has come, locked for this transaction; others skip them."""
    cg = t.caregivers.c
    rows = connection.execute(
        sa.select(cg.id, cg.hospital_id, cg.confirm_asked)
        .where(cg.confirm_at <= now, cg.confirm_at.is_not(None))
        .order_by(cg.confirm_at, cg.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [Unconfirmed(row.id, row.hospital_id, row.confirm_asked) for row in rows]


def running_follow_ups(connection: Connection, caregiver_id: str) -> Sequence[Running]:
    """The follow-ups of this caregiver that have not ended, active ones first."""
    e, ec = t.episodes.c, t.episode_caregivers.c
    rows = connection.execute(
        sa.select(e.id, e.protocol_id, e.state)
        .join(t.episode_caregivers, ec.episode_id == e.id)
        .where(ec.caregiver_id == caregiver_id, e.state != "ended")
        .order_by(e.state, e.enrolled_at, e.id)
    )
    return [Running(*row) for row in rows]


def look_again(connection: Connection, caregiver_id: str, at: datetime | None, *, asked: int | None = None) -> None:
    """See to this number again at `at`; None: never."""
    values: dict[str, object] = {"confirm_at": at}
    if asked is not None:
        values["confirm_asked"] = asked
    connection.execute(t.caregivers.update().where(t.caregivers.c.id == caregiver_id).values(**values))


def ask_anew(connection: Connection, caregiver_id: str, now: datetime) -> None:
    """Ask a number that never answered once more from the beginning: it comes with a new child."""
    look_again(connection, caregiver_id, now, asked=0)


def doubt_number(connection: Connection, caregiver_id: str, now: datetime) -> None:
    """Another number, or the word of a stranger: nothing private goes there until it answers for itself."""
    cg = t.caregivers.c
    connection.execute(
        t.caregivers.update()
        .where(cg.id == caregiver_id)
        .values(confirmed_at=None, confirm_asked=0, confirm_at=now)
    )


def trust_again(connection: Connection, caregiver_id: str, now: datetime) -> None:
    """The number of before came back, which had answered: what has waited meanwhile leaves, if still in time."""
    cg = t.caregivers.c
    connection.execute(t.caregivers.update().where(cg.id == caregiver_id).values(confirmed_at=now, confirm_at=None))
    _let_leave(connection, caregiver_id, now)


def confirm_number(
    connection: Connection, vault: Vault, caregiver_id: str, *, how: str, words: str, now: datetime,
    message_id: str | None = None, asked_by: str | None = None,
) -> bool:
    """The number is theirs: what has waited for that leaves now, if still in time. False when it was known."""
    cg = t.caregivers.c
    done = connection.execute(
        t.caregivers.update()
        .where(cg.id == caregiver_id, cg.confirmed_at.is_(None))
        .values(confirmed_at=now, confirm_at=None)
    )
    if done.rowcount == 0:
        return False
    note_consent(
        connection, vault, caregiver_id, ConsentKind.CONFIRMED, how=how, words=words, now=now, message_id=message_id,
        asked_by=asked_by,
    )
    _let_leave(connection, caregiver_id, now)
    return True


def _let_leave(connection: Connection, caregiver_id: str, now: datetime) -> None:
    c, ec = t.check_ins.c, t.episode_caregivers.c
    theirs = sa.select(ec.episode_id).where(ec.caregiver_id == caregiver_id)
    connection.execute(
        t.check_ins.update()
        .where(c.episode_id.in_(theirs), c.state == "planned", c.due_at <= now, c.act_at.is_not(None))
        .values(act_at=now)
    )
