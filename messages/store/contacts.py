"""A family's contact sheet changed by a person: names, numbers, who is asked first, who is here at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.conversation import Purpose
from messages.encryption import Vault
from messages.errors import NotFoundError
from messages.people import Caregiver, Hours
from messages.store import tables as t
from messages.store.conversation import Draft, write_out
from messages.store.families import refuse_erased

CORRECTED = "the number was corrected"
TAKEN_OFF = "no longer texted about this child"


def hold_family(connection: Connection, hospital_id: str, episode_id: str) -> Any:
    """The episode's row, locked with its caregivers in the order in which a text of theirs locks them.

    The clock passes over the episode's check-ins until the commit, and their texts wait. Raises NotFoundError for
    another hospital's.
    """
    ec, e, cg = t.episode_caregivers.c, t.episodes.c, t.caregivers.c
    mine = sa.select(ec.caregiver_id).join(t.episodes, e.id == ec.episode_id)
    mine = mine.where(e.id == episode_id, e.hospital_id == hospital_id)
    connection.execute(
        sa.select(cg.id).where(cg.id.in_(mine)).order_by(cg.id).with_for_update(key_share=True)
    ).all()
    row = connection.execute(
        sa.select(t.episodes).where(e.id == episode_id, e.hospital_id == hospital_id).with_for_update(key_share=True)
    ).first()
    if row is None or row.erased_at:
        refuse_erased(connection, hospital_id, episode_id)
        raise NotFoundError("There is no such family here.", mend="Go back to the list.")
    return row


def running_of(connection: Connection, caregiver_id: str) -> list[str]:
    """The episodes this caregiver texts about that have not ended, locked, oldest first."""
    ec, e = t.episode_caregivers.c, t.episodes.c
    mine = sa.select(ec.episode_id).where(ec.caregiver_id == caregiver_id)
    rows = connection.execute(
        sa.select(e.id)
        .where(e.id.in_(mine), e.state != "ended")
        .order_by(e.enrolled_at, e.id)
        .with_for_update(key_share=True)
    )
    return list(rows.scalars())


def correct_caregiver(
    connection: Connection, vault: Vault, caregiver_id: str, *, name: str, language: str, zone: str,
    hours: Hours | None,
) -> None:
    connection.execute(
        t.caregivers.update()
        .where(t.caregivers.c.id == caregiver_id)
        .values(
            name=vault.seal("caregivers.name", caregiver_id, name), language=language, zone=zone,
            hours=str(hours) if hours else None,
        )
    )


def change_phone(connection: Connection, vault: Vault, caregiver: Caregiver, phone: str, now: datetime) -> int:
    """Give a caregiver another number; returns how many texts were already leaving for the old one.

    Nothing that waits leaves for the old number: check-ins go back to the clock, what people wrote for later is
    written again to the new one. Answers to whoever wrote from the old number still go there. A child recognised by
    the old number is recognised by the new one. Another caregiver's number raises the database's IntegrityError.
    """
    o, c, m = t.outbox.c, t.check_ins.c, t.messages.c
    waiting = connection.execute(
        sa.select(o.id, o.message_id, o.purpose, o.not_before, o.expires_at)
        .where(o.caregiver_id == caregiver.id, o.state == "queued")
        .where(o.purpose.in_(("check_in", "reminder", "follow_up", "staff")))
        .with_for_update()
    ).all()
    ids = [row.id for row in waiting]
    connection.execute(
        t.outbox.update().where(o.id.in_(ids)).values(state="cancelled", why=CORRECTED, ended_at=now)
    )
    asked = sa.select(m.check_in_id).join(t.outbox, o.message_id == m.id)
    connection.execute(
        t.check_ins.update()
        .where(c.id.in_(asked.where(o.id.in_(ids), o.purpose == "check_in")), c.state.in_(("asked", "told")))
        .values(state="planned", asked_at=None, act_at=now)
    )
    connection.execute(
        t.caregivers.update()
        .where(t.caregivers.c.id == caregiver.id)
        .values(
            phone=vault.seal("caregivers.phone", caregiver.id, phone), phone_hash=vault.fingerprint("phone", phone)
        )
    )
    for row in waiting:
        if row.purpose == "staff":
            _write_again(connection, vault, row, phone, now)
    _recognise(connection, vault, caregiver, phone)
    return connection.execute(
        sa.select(sa.func.count()).where(o.caregiver_id == caregiver.id, o.state == "sending")
    ).scalar_one()


def _write_again(connection: Connection, vault: Vault, waiting: Any, phone: str, now: datetime) -> None:
    """The same words to the new number: a text is never changed."""
    text = connection.execute(sa.select(t.messages).where(t.messages.c.id == waiting.message_id)).one()
    about = connection.execute(sa.select(t.about.c.episode_id).where(t.about.c.message_id == text.id)).scalars()
    draft = Draft(
        body=vault.open("messages.body", text.id, text.body), purpose=Purpose.STAFF, topic=text.topic,
        channel=text.channel, not_before=waiting.not_before, expires_at=waiting.expires_at,
    )
    write_out(
        connection, vault, draft, hospital_id=text.hospital_id, peer=phone, now=now,
        caregiver_id=text.caregiver_id, staff_id=text.staff_id, episode_ids=list(about),
    )


def _recognise(connection: Connection, vault: Vault, caregiver: Caregiver, phone: str) -> None:
    """Children enrolled by name and the old number are found by name and the new one, when a list comes again."""
    ec, e, c = t.episode_caregivers.c, t.episodes.c, t.children.c
    rows = connection.execute(
        sa.select(c.id, c.name, c.key_hash, c.hospital_id)
        .join(t.episodes, e.child_id == c.id)
        .join(t.episode_caregivers, ec.episode_id == e.id)
        .where(ec.caregiver_id == caregiver.id)
        .distinct()
    ).all()
    for row in rows:
        name = vault.open("children.name", row.id, row.name).casefold()
        if row.key_hash not in vault.fingerprints("child", f"{name} {caregiver.phone}"):
            continue
        new = vault.fingerprint("child", f"{name} {phone}")
        other = sa.exists().where(c.hospital_id == row.hospital_id, c.key_hash == new)
        if not connection.execute(sa.select(other)).scalar_one():
            connection.execute(t.children.update().where(c.id == row.id).values(key_hash=new))


def set_relation(connection: Connection, episode_id: str, caregiver_id: str, relation: str) -> None:
    ec = t.episode_caregivers.c
    connection.execute(
        t.episode_caregivers.update()
        .where(ec.episode_id == episode_id, ec.caregiver_id == caregiver_id)
        .values(relation=relation)
    )


def set_order(connection: Connection, episode_id: str, caregiver_ids: Sequence[str]) -> None:
    """Who is asked first, second and so on."""
    ec = t.episode_caregivers.c
    for position, caregiver_id in enumerate(caregiver_ids, start=1):
        connection.execute(
            t.episode_caregivers.update()
            .where(ec.episode_id == episode_id, ec.caregiver_id == caregiver_id)
            .values(position=position)
        )


def take_off(connection: Connection, episode_id: str, caregiver_id: str, now: datetime) -> None:
    """This caregiver is no longer asked about this child, nor reminded of what was asked. What was said stays."""
    o, c, ec = t.outbox.c, t.check_ins.c, t.episode_caregivers.c
    about = sa.select(t.about.c.message_id).where(t.about.c.episode_id == episode_id)
    connection.execute(
        t.outbox.update()
        .where(o.state == "queued", o.caregiver_id == caregiver_id, o.message_id.in_(about))
        .where(o.purpose.in_(("check_in", "reminder", "follow_up")))
        .values(state="cancelled", why=TAKEN_OFF, ended_at=now)
    )
    connection.execute(
        t.check_ins.update()
        .where(c.episode_id == episode_id, c.caregiver_id == caregiver_id, c.state == "asked")
        .values(act_at=None)
    )
    connection.execute(
        t.episode_caregivers.delete().where(ec.episode_id == episode_id, ec.caregiver_id == caregiver_id)
    )


def not_cancelled(connection: Connection, caregiver_id: str, why: str, at: datetime) -> None:
    """What was cancelled at `at` because of `why` leaves after all, if it is still in time."""
    o = t.outbox.c
    connection.execute(
        t.outbox.update()
        .where(o.caregiver_id == caregiver_id, o.state == "cancelled", o.ended_at == at, o.why == why)
        .values(state="queued", why="", ended_at=None)
    )


def looked_after(connection: Connection, episode_id: str, caregiver_id: str, now: datetime) -> None:
    """What this caregiver was asked and has not answered is looked after again."""
    c = t.check_ins.c
    connection.execute(
        t.check_ins.update()
        .where(c.episode_id == episode_id, c.caregiver_id == caregiver_id, c.state == "asked", c.act_at.is_(None))
        .where(c.until_at > now)
        .values(act_at=now)
    )


def set_risks(connection: Connection, child_id: str, risks: Sequence[str]) -> None:
    connection.execute(t.children.update().where(t.children.c.id == child_id).values(risks=sorted(set(risks))))
