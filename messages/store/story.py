"""One family's story beside its texts: what people did, what was not answered, which child a text is about, what was
told on which day. Each function is one query."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.flags import Level
from messages.store import tables as t

TEXTS = 60  # texts that one page of a story holds before it is cut at a day


@dataclass(frozen=True)
class Done:
    """One act on a flag: `kind` is a code; `to` whom it was handed to; `undone` when a later act took it back.

    `right_level` and `right_signs` are how a coordinator says the text should have been read.
    """

    id: str
    flag_id: str
    staff_id: str
    by: str
    to: str
    kind: str
    note: str
    outcome: str
    read_rightly: bool | None
    right_level: Level | None
    right_signs: tuple[str, ...]
    undone: bool
    at: datetime


def acts_on(connection: Connection, vault: Vault, flag_ids: Collection[str]) -> list[Done]:
    """What people did about these flags, oldest first."""
    a, by, to = t.acts.c, t.staff.alias("who"), t.staff.alias("receiver")
    rows = connection.execute(
        sa.select(t.acts, by.c.name, to.c.name.label("to_name"))
        .join(by, by.c.id == a.staff_id)
        .outerjoin(to, to.c.id == a.to_id)
        .where(a.flag_id.in_(flag_ids))
        .order_by(a.at, a.id)
    ).all()
    undone = {row.undoes for row in rows if row.undoes}
    return [
        Done(
            id=row.id, flag_id=row.flag_id, staff_id=row.staff_id, at=row.at, kind=row.kind,
            by=vault.open("staff.name", row.staff_id, row.name),
            to=vault.open("staff.name", row.to_id, row.to_name) if row.to_name else "",
            note=vault.open_optional("acts.note", row.id, row.note) or "",
            outcome=row.outcome or "",
            read_rightly=row.read_rightly,
            right_level=Level(row.right_level) if row.right_level else None,
            right_signs=tuple(row.right_signs or ()),
            undone=row.id in undone,
        )
        for row in rows
    ]


def page_begins(
    connection: Connection, hospital_id: str, caregiver_ids: Sequence[str], before: datetime | None, most: int = TEXTS
) -> tuple[datetime, datetime, datetime] | None:
    """Of a page of `most` texts before `before`: when the last text outside it came, the first and the newest within.

    None when all there is fits on the page. Only times are read: a long story costs an index, not its words.
    """
    m, cg = t.messages.c, t.caregivers.c
    # The hospital is asked of the caregiver: asked of the text, SQLite would walk through all texts of the hospital.
    query = (
        sa.select(m.at)
        .join(t.caregivers, cg.id == m.caregiver_id)
        .where(cg.hospital_id == hospital_id, m.caregiver_id.in_(caregiver_ids))
    )
    if before is not None:
        query = query.where(m.at < before)
    found = connection.execute(query.order_by(m.at.desc(), m.id.desc()).limit(most + 1)).scalars().all()
    return (found[most], found[most - 1], found[0]) if len(found) > most else None


def abouts(connection: Connection, message_ids: Collection[str]) -> dict[str, list[str]]:
    """The episodes each of these texts is about; more than one while that is unclear."""
    a = t.about.c
    rows = connection.execute(
        sa.select(a.message_id, a.episode_id).where(a.message_id.in_(message_ids)).order_by(a.message_id, a.episode_id)
    )
    found: dict[str, list[str]] = {}
    for message_id, episode_id in rows:
        found.setdefault(message_id, []).append(episode_id)
    return found


@dataclass(frozen=True)
class Ask:
    """One check-in with one caregiver, as the story tells it: `day` of recovery, `why` it was left out or closed."""

    caregiver_id: str
    day: int
    question: str
    due_at: datetime
    state: str
    why: str


def asks_of(connection: Connection, episode_id: str, now: datetime) -> list[Ask]:
    """Every check-in that was due by now, oldest first."""
    c = t.check_ins.c
    rows = connection.execute(
        sa.select(c.caregiver_id, c.day, c.question, c.due_at, c.state, c.why)
        .where(c.episode_id == episode_id, c.due_at <= now)
        .order_by(c.due_at, c.id)
    )
    return [Ask(*row) for row in rows]


@dataclass(frozen=True)
class Told:
    """What one text of a family told, in figures. `unclear`: it may be about another child on the same phone."""

    message_id: str
    caregiver_id: str | None
    at: datetime
    level: Level
    signs: tuple[str, ...]
    pain: int | None
    temperature: float | None  # Celsius
    unclear: bool


def told_of(connection: Connection, episode_id: str) -> list[Told]:
    """The latest reading of every text about an episode, oldest text first. Evidence and words stay where they are."""
    a, m, r, other = t.about.c, t.messages.c, t.readings.c, t.about.alias("other")
    unclear = sa.exists().where(other.c.message_id == m.id, other.c.episode_id != episode_id)
    rows = connection.execute(
        sa.select(
            m.id, m.caregiver_id, m.at, r.decided_level, r.signs, r.pain, r.temperature, unclear.label("unclear")
        )
        .select_from(t.about)
        .join(t.messages, m.id == a.message_id)
        .join(t.readings, r.message_id == m.id)
        .where(a.episode_id == episode_id, m.direction == "in")
        .order_by(m.at, m.id, r.at)
    )
    found = {
        row.id: Told(
            row.id, row.caregiver_id, row.at, Level(row.decided_level), tuple(row.signs), row.pain, row.temperature,
            bool(row.unclear),
        )
        for row in rows
    }
    return list(found.values())
