"""What the console asks of the database: who is signed in, the queue, one flag. A flat number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.conversation import Evidence
from messages.encryption import Vault
from messages.errors import NotFoundError
from messages.flags import Act, ActKind, Flag, Outcome
from messages.ids import new_id
from messages.people import Staff
from messages.store import tables as t
from messages.store.conversation import evidence_of
from messages.store.families import children_of, refuse_erased
from messages.store.flags import flag_of
from messages.store.queue import looked_into

MOST = 500  # rows of one list


def note_audit(
    connection: Connection, person: Staff, action: str, subject: str, subject_id: str | None, now: datetime
) -> None:
    """Write down who looked at or did what; never changed afterwards."""
    note_audit_of(connection, person.hospital_id, person.id, action, subject, subject_id, now)


def note_audit_of(
    connection: Connection, hospital_id: str, actor: str, action: str, subject: str, subject_id: str | None,
    now: datetime,
) -> None:  # fmt: skip
    """The same where no signed-in person acts: `actor` is a person's id or says what acted."""
    connection.execute(
        t.audit.insert().values(
            id=new_id(), hospital_id=hospital_id, actor=actor, action=action, subject=subject, subject_id=subject_id,
            at=now,
        )
    )


def note_export(connection: Connection, hospital_id: str, who: str, episode_id: str, now: datetime) -> None:
    """Write down that a family's record was taken by a command; `who` is the machine's user, in words."""
    connection.execute(
        t.audit.insert().values(
            id=new_id(), hospital_id=hospital_id, actor=who[:64], action="exported", subject="episode",
            subject_id=episode_id, at=now,
        )
    )


@dataclass(frozen=True)
class QueueRow:
    """One flag as a list shows it. What is not known is "" or None; `words` is the text that raised it.

    `children` is the child, or every child it may be about while that is not clear.
    """

    flag: Flag
    version: int
    children: tuple[str, ...]
    day_zero: date | None
    caregiver: str
    zone: str
    words: str
    photos: bool
    evidence: tuple[Evidence, ...]
    taken_by: str
    send_state: str  # of the text that failed
    send_code: str | None
    send_why: str
    outcome: Outcome | None
    read_rightly: bool | None
    peer: str  # the number outside, when nobody enrolled it
    peer_hash: bytes | None


def _rows() -> Any:
    f, e, c, cg, s, o, m, r = (
        table.c
        for table in (t.flags, t.episodes, t.children, t.caregivers, t.staff, t.outbox, t.messages, t.readings)
    )
    return (
        sa.select(
            t.flags,
            e.day_zero, e.erased_at, c.id.label("child_id"), c.name.label("child_name"),
            cg.name.label("caregiver_name"), cg.zone.label("zone"), s.name.label("taken_name"),
            m.id.label("text_id"), m.body, m.media, m.peer, r.evidence,
            o.state.label("send_state"), o.code.label("send_code"), o.why.label("send_why"),
        )
        .select_from(t.flags)
        .outerjoin(t.episodes, e.id == f.episode_id)
        .outerjoin(t.children, c.id == e.child_id)
        .outerjoin(t.caregivers, cg.id == f.caregiver_id)
        .outerjoin(t.staff, s.id == f.taken_by)
        .outerjoin(t.outbox, o.id == f.outbox_id)
        .outerjoin(t.messages, m.id == sa.func.coalesce(f.message_id, o.message_id))
        .outerjoin(t.readings, r.message_id == f.message_id)
    )


def _queue_rows(connection: Connection, vault: Vault, rows: Sequence[Any]) -> list[QueueRow]:
    unclear = {row.caregiver_id for row in rows if row.caregiver_id and not row.episode_id}
    theirs = children_of(connection, vault, sorted(unclear))
    return [
        _queue_row(vault, row, tuple(child.name for child in theirs.get(row.caregiver_id, ())))
        for row in rows
    ]


def _queue_row(vault: Vault, row: Any, children: tuple[str, ...]) -> QueueRow:
    stranger = row.caregiver_id is None and row.episode_id is None
    return QueueRow(
        flag=flag_of(row),
        version=row.version,
        children=(vault.open("children.name", row.child_id, row.child_name),) if row.child_id else children,
        day_zero=row.day_zero,
        caregiver=vault.open("caregivers.name", row.caregiver_id, row.caregiver_name) if row.caregiver_name else "",
        zone=row.zone or "",
        words=vault.open("messages.body", row.text_id, row.body) if row.text_id else "",
        photos=bool(row.media),
        evidence=evidence_of(row.evidence or ()),
        taken_by=vault.open("staff.name", row.taken_by, row.taken_name) if row.taken_name else "",
        send_state=row.send_state or "",
        send_code=row.send_code,
        send_why=row.send_why or "",
        outcome=Outcome(row.outcome) if row.outcome else None,
        read_rightly=row.read_rightly,
        peer=(vault.open_optional("messages.peer", row.text_id, row.peer) or "") if stranger and row.text_id else "",
        peer_hash=row.peer_hash,
    )


def queue(
    connection: Connection, vault: Vault, hospital_id: str, flag_ids: Sequence[str] | None = None
) -> list[QueueRow]:
    """The open flags of a hospital, or those of them that are named; most serious first, then the least time left."""
    f = t.flags.c
    query = _rows().where(f.hospital_id == hospital_id, t.is_open)
    query = query.limit(MOST) if flag_ids is None else query.where(f.id.in_(flag_ids))
    found = connection.execute(query.order_by(f.rank.desc(), f.due_at, f.id, t.readings.c.at))
    # A text read by two versions of the reader gives two rows; the later reading stays, in the first one's place.
    return _queue_rows(connection, vault, list({row.id: row for row in found}.values()))


def rows_by_id(
    connection: Connection, vault: Vault, hospital_id: str, flag_ids: Sequence[str]
) -> dict[str, QueueRow]:
    """Flags of a hospital, open or closed, by id; those that are not there are left out."""
    f = t.flags.c
    found = connection.execute(
        _rows()
        .where(
            t.unindexed(f.hospital_id) == hospital_id, f.id.in_(flag_ids), t.episodes.c.erased_at.is_(None)
        )
        .order_by(t.readings.c.at)
    )
    return {row.flag.id: row for row in _queue_rows(connection, vault, list({row.id: row for row in found}.values()))}


def flag_row(connection: Connection, vault: Vault, hospital_id: str, flag_id: str) -> QueueRow:
    """One flag, open or closed; raises NotFoundError when it is another hospital's."""
    f = t.flags.c
    found = connection.execute(
        _rows().where(f.id == flag_id, f.hospital_id == hospital_id).order_by(t.readings.c.at.desc())
    ).first()
    if found is not None and found.erased_at:
        refuse_erased(connection, hospital_id, found.episode_id)
    if found is None:
        raise NotFoundError("There is no such flag here.", mend="Go back to the list.")
    return _queue_rows(connection, vault, [found])[0]


@dataclass(frozen=True)
class ActRow:
    """One act, who did it, whom it was handed to, and who took it back when."""

    act: Act
    by: str
    to: str = ""
    undone_by: str = ""
    undone_at: datetime | None = None


@dataclass(frozen=True)
class PageRow:
    """One attempt to tell one staff member: `state` is where that text is now."""

    to: str
    at: datetime
    state: str
    code: str | None
    why: str
    rung: int = 1
    way: str = "text"
    answer: str | None = None
    answered_at: datetime | None = None


def acts_of(connection: Connection, vault: Vault, flag_ids: Sequence[str]) -> list[ActRow]:
    """What people did about these flags, oldest first."""
    a, s, to = t.acts.c, t.staff.c, t.staff.alias()
    rows = connection.execute(
        sa.select(t.acts, s.name, to.c.name.label("to_name"))
        .join(t.staff, s.id == a.staff_id)
        .outerjoin(to, to.c.id == a.to_id)
        .where(a.flag_id.in_(flag_ids))
        .order_by(a.at, a.id)
    ).all()
    undone = {row.undoes: row for row in rows if row.undoes}

    def name(row: Any) -> str:
        return vault.open("staff.name", row.staff_id, row.name) if row else ""

    return [
        ActRow(
            act=Act(
                id=row.id, flag_id=row.flag_id, staff_id=row.staff_id, kind=ActKind(row.kind), at=row.at,
                note=vault.open_optional("acts.note", row.id, row.note) or "",
                outcome=Outcome(row.outcome) if row.outcome else None,
                read_rightly=row.read_rightly, to_id=row.to_id, undoes=row.undoes,
            ),
            by=name(row),
            to=vault.open("staff.name", row.to_id, row.to_name) if row.to_name else "",
            undone_by=name(undone.get(row.id)),
            undone_at=undone[row.id].at if row.id in undone else None,
        )
        for row in rows
    ]


def pages_of(connection: Connection, vault: Vault, flag_id: str) -> list[PageRow]:
    """Who was told about a flag and whether that text arrived, oldest first."""
    p, s, o = t.pages.c, t.staff.c, t.outbox.c
    rows = connection.execute(
        sa.select(s.id, s.name, p.at, o.state, o.code, o.why, p.rung, p.way, p.answer, p.answered_at)
        .select_from(t.pages)
        .join(t.staff, s.id == p.staff_id)
        .join(t.outbox, o.id == p.outbox_id)
        .where(p.flag_id == flag_id)
        .order_by(p.at, p.id)
    )
    return [PageRow(vault.open("staff.name", row.id, row.name), *list(row)[2:]) for row in rows]


def promises_of(connection: Connection, flag_id: str) -> list[datetime]:
    """The times families were told for a flag, soonest first."""
    p = t.promises.c
    return list(connection.execute(sa.select(p.due_at).where(p.flag_id == flag_id).order_by(p.due_at)).scalars())


def texts_of(connection: Connection, flag_id: str) -> set[str]:
    """The ids of the texts that belong to a flag."""
    fm = t.flag_messages.c
    return set(connection.execute(sa.select(fm.message_id).where(fm.flag_id == flag_id)).scalars())


@dataclass(frozen=True)
class Unsure:
    """A text of which nobody knows yet whether it arrived."""

    caregiver: str
    episode_id: str | None
    purpose: str
    sent_at: datetime | None
    why: str


def unsure_texts(connection: Connection, vault: Vault, hospital_id: str) -> list[Unsure]:
    """Texts to families that the carrier may or may not have and that are still being looked into."""
    o, cg = t.outbox.c, t.caregivers.c
    episode = (
        sa.select(t.about.c.episode_id).where(t.about.c.message_id == o.message_id).limit(1).scalar_subquery()
    )
    rows = connection.execute(
        sa.select(cg.id, cg.name, o.purpose, o.sending_at, o.why, episode.label("episode_id"))
        .select_from(t.outbox)
        .join(t.caregivers, cg.id == o.caregiver_id)
        .where(*looked_into(hospital_id))
        .order_by(o.look_at)
        .limit(50)
    )
    return [
        Unsure(vault.open("caregivers.name", row.id, row.name), row.episode_id, row.purpose, row.sending_at, row.why)
        for row in rows
    ]
