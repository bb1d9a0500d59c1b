"""A child's family leaves for good: names, numbers and words go; rows without them stay, so that figures stay right.

What goes: the child's name, record mark and risks; the name, number and words of every adult who has no other child
here; every text, photo, note and consent about this child alone. What stays: that something was asked, said, flagged
and done, when, in which language, how it was read and how it ended; and the audit.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import ERASED, Vault
from messages.errors import ConflictError
from messages.store import tables as t

GONE = "the family was erased"
_ON_ITS_WAY = ("sending", "unsure")


@dataclass(frozen=True)
class Going:
    """What erasing a child's family takes. `adults` go, `staying` have another child here.

    `open_flags` and `underway` (texts that are leaving, or that nobody has decided) forbid it until they are settled.
    """

    child_id: str
    episodes: tuple[str, ...]
    running: tuple[str, ...]
    adults: tuple[str, ...]
    staying: tuple[str, ...]
    texts: int
    open_flags: int
    underway: int


def what_goes(connection: Connection, vault: Vault, hospital_id: str, child_id: str) -> Going:
    """What there is of a child and of whoever texts about it."""
    return _Family(connection, vault, hospital_id, child_id).going()


def erase_child(connection: Connection, vault: Vault, hospital_id: str, child_id: str, now: datetime) -> Going:
    """Take away what is private of a child's family; the caller holds it, and has ended its follow-ups.

    Raises ConflictError while a flag is open or a text is underway: then nothing is erased.
    """
    family = _Family(connection, vault, hospital_id, child_id)
    going = family.going()
    if going.open_flags:
        raise ConflictError(
            "A flag of this family is open.", mend="Nothing was erased. See to it, close it, then erase."
        )
    if going.underway or going.running:
        raise ConflictError(
            "A text of this family is just leaving or coming.", mend="Nothing was erased. Try again in a minute."
        )
    family.erase(now)
    return going


class _Family:
    """Everything that belongs to one child and to nobody else."""

    def __init__(self, connection: Connection, vault: Vault, hospital_id: str, child_id: str) -> None:
        self.connection, self.hospital_id, self.child_id = connection, hospital_id, child_id
        e, cg = t.episodes.c, t.caregivers.c
        rows = self._all(sa.select(e.id, e.state).where(e.child_id == child_id, e.hospital_id == hospital_id))
        self.episodes = sorted(row.id for row in rows)
        self.running = sorted(row.id for row in rows if row.state != "ended")
        self.other = sa.and_(e.hospital_id == hospital_id, e.child_id != child_id, e.erased_at.is_(None))
        here, elsewhere = self._here(), self._elsewhere()
        self.staying, self.adults = sorted(here & elsewhere), sorted(here - elsewhere)
        sealed = self._all(sa.select(cg.id, cg.phone).where(cg.id.in_(self.adults)))
        phones = [vault.open("caregivers.phone", row.id, row.phone) for row in sealed]
        self.hashes = [mark for phone in phones if phone for mark in vault.fingerprints("phone", phone)]
        self.texts = self._texts()
        self.flags, self.open_flags = self._flags()

    def _all(self, query: Any) -> Sequence[Any]:
        return self.connection.execute(query).all()

    def _here(self) -> set[str]:
        """Adults who text, were asked or wrote about this child."""
        ec, c, m, a = t.episode_caregivers.c, t.check_ins.c, t.messages.c, t.about.c
        wrote = sa.select(m.caregiver_id).join(t.about, a.message_id == m.id).where(a.episode_id.in_(self.episodes))
        every = sa.select(ec.caregiver_id).where(ec.episode_id.in_(self.episodes)).union(
            sa.select(c.caregiver_id).where(c.episode_id.in_(self.episodes)), wrote.where(m.caregiver_id.is_not(None))
        )
        self.everybody = {row[0] for row in self._all(every)}
        return self.everybody

    def _elsewhere(self) -> set[str]:
        """Those of them who text, or wrote, about another child here."""
        e, ec, m, a = t.episodes.c, t.episode_caregivers.c, t.messages.c, t.about.c
        on = sa.select(ec.caregiver_id).join(t.episodes, e.id == ec.episode_id)
        wrote = (
            sa.select(m.caregiver_id)
            .join(t.about, a.message_id == m.id)
            .join(t.episodes, e.id == a.episode_id)
            .where(m.caregiver_id.in_(self.everybody), self.other)
        )
        on = on.where(ec.caregiver_id.in_(self.everybody), self.other)
        return {row[0] for row in self._all(on.union(wrote))}

    def _texts(self) -> list[str]:
        """Texts about this child, or of an adult who goes, that are about no other child here."""
        m, a, e = t.messages.c, t.about.c, t.episodes.c
        about = sa.select(a.message_id).where(a.episode_id.in_(self.episodes))
        found: set[str] = set()
        for which in (
            m.id.in_(about), m.caregiver_id.in_(self.adults),
            sa.and_(m.caregiver_id.is_(None), m.peer_hash.in_(self.hashes)),  # before anybody knew the number
        ):
            elsewhere = sa.select(a.message_id).join(t.episodes, e.id == a.episode_id)
            elsewhere = elsewhere.where(a.message_id == m.id, self.other).correlate(t.messages)
            found.update(self.connection.execute(
                sa.select(m.id).where(m.hospital_id == self.hospital_id, m.body != ERASED, which, ~elsewhere.exists())
            ).scalars())  # fmt: skip
        return sorted(found)

    def _flags(self) -> tuple[list[str], list[str]]:
        """(whose notes go, which are open). A flag of an adult who stays and of no child may be about the other."""
        f, fm = t.flags.c, t.flag_messages.c
        of_texts = sa.select(fm.flag_id).where(fm.message_id.in_(self.texts))
        rows = [
            row
            for which in (f.episode_id.in_(self.episodes), f.caregiver_id.in_(self.everybody), f.id.in_(of_texts))
            for row in self._all(sa.select(f.id, f.state, f.episode_id, f.caregiver_id).where(
                f.hospital_id == self.hospital_id, which
            ))
            if row.episode_id is None or row.episode_id in self.episodes
        ]  # fmt: skip
        mine = {row.id for row in rows if row.episode_id or row.caregiver_id not in self.staying}
        return sorted(mine), sorted({row.id for row in rows if row.state != "closed"})

    def going(self) -> Going:
        o, u = t.outbox.c, t.undecided.c
        leaving = sa.select(o.id).where(o.message_id.in_(self.texts), o.state.in_(_ON_ITS_WAY))
        coming = sa.select(u.message_id).where(u.message_id.in_(self.texts))
        return Going(
            self.child_id, tuple(self.episodes), tuple(self.running), tuple(self.adults), tuple(self.staying),
            len(self.texts), len(self.open_flags), len(self._all(leaving)) + len(self._all(coming)),
        )

    def erase(self, now: datetime) -> None:
        def empty(table: sa.Table, where: Any, **values: Any) -> None:
            self.connection.execute(table.update().where(where).values(**values))

        o, cg = t.outbox.c, t.caregivers.c
        waiting = sa.and_(o.message_id.in_(self.texts), o.state == "queued")
        empty(t.outbox, waiting, state="cancelled", why=GONE, ended_at=now)
        empty(t.messages, t.messages.c.id.in_(self.texts), body=ERASED, media=None, peer=None, peer_hash=None)
        empty(t.acts, t.acts.c.flag_id.in_(self.flags), note=None)
        empty(t.episode_acts, t.episode_acts.c.episode_id.in_(self.episodes), note=None)
        empty(t.consents, t.consents.c.caregiver_id.in_(self.adults), words=ERASED)
        empty(t.flags, t.flags.c.id.in_(self.flags), peer_hash=None)
        empty(t.episode_caregivers, t.episode_caregivers.c.episode_id.in_(self.episodes), relation="")
        for caregiver_id in self.adults:
            empty(
                t.caregivers, cg.id == caregiver_id, name=ERASED, phone=ERASED, phone_hash=os.urandom(32),
                texting=False, confirm_at=None, number=None,
            )
        empty(t.children, t.children.c.id == self.child_id, name=ERASED, key_hash=os.urandom(32), risks=[])
        empty(t.episodes, t.episodes.c.id.in_(self.episodes), erased_at=now)
        self.connection.execute(t.joins.delete().where(
            t.joins.c.hospital_id == self.hospital_id, t.joins.c.peer_hash.in_(self.hashes)
        ))  # fmt: skip


def long_ended(connection: Connection, hospital_id: str, before: datetime) -> list[str]:
    """Children here whose every follow-up has ended before a moment, and of whom no flag is open; oldest first."""
    e, f, ec = t.episodes.c, t.flags.c, t.episode_caregivers.c
    other = t.episodes.alias()
    later = sa.exists().where(
        other.c.child_id == e.child_id, sa.or_(other.c.ended_at.is_(None), other.c.ended_at >= before)
    )
    theirs = sa.select(ec.caregiver_id).where(ec.episode_id == e.id).correlate(t.episodes)
    held = sa.exists().where(
        f.hospital_id == hospital_id, f.state != "closed",
        sa.or_(f.episode_id == e.id, sa.and_(f.episode_id.is_(None), f.caregiver_id.in_(theirs))),
    )
    rows = connection.execute(
        sa.select(e.child_id, sa.func.max(e.ended_at))
        .where(e.hospital_id == hospital_id, e.state == "ended", e.erased_at.is_(None), e.ended_at < before)
        .where(~later, ~held)
        .group_by(e.child_id)
        .order_by(sa.func.max(e.ended_at), e.child_id)
    )
    return [row.child_id for row in rows]


def strangers_texts(connection: Connection, hospital_id: str, before: datetime) -> list[str]:
    """Texts with numbers that are nobody's here, kept before a moment, of which no flag is open."""
    m, f, cg, u, fm = t.messages.c, t.flags.c, t.caregivers.c, t.undecided.c, t.flag_messages.c
    known = sa.exists().where(cg.hospital_id == hospital_id, cg.phone_hash == m.peer_hash)
    of = sa.or_(f.message_id == m.id, f.peer_hash == m.peer_hash, sa.exists().where(
        fm.flag_id == f.id, fm.message_id == m.id
    ))  # fmt: skip
    held = sa.exists().where(f.hospital_id == hospital_id, f.state != "closed", of)
    rows = connection.execute(
        sa.select(m.id)
        .where(m.hospital_id == hospital_id, m.caregiver_id.is_(None), m.staff_id.is_(None), m.at < before)
        .where(m.body != ERASED, ~known, ~held, ~sa.exists().where(u.message_id == m.id))
    )
    return list(rows.scalars())


def erase_texts(connection: Connection, message_ids: Sequence[str]) -> None:
    """Take the words and the number out of these texts."""
    m, f = t.messages.c, t.flags.c
    connection.execute(
        t.messages.update().where(m.id.in_(message_ids)).values(body=ERASED, media=None, peer=None, peer_hash=None)
    )
    connection.execute(t.flags.update().where(f.message_id.in_(message_ids)).values(peer_hash=None))
