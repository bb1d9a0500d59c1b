"""The families as pages show them: who is followed, who texts, what was asked and will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import NotFoundError
from messages.flags import Flag, Level
from messages.people import Caregiver
from messages.store import tables as t
from messages.store.flags import flag_of
from messages.store.people import caregiver_of


@dataclass(frozen=True)
class ChildOf:
    """A child of one caregiver, in one episode."""

    episode_id: str
    name: str
    relation: str


def children_of(
    connection: Connection, vault: Vault, caregiver_ids: Sequence[str]
) -> dict[str, list[ChildOf]]:
    """The children each of these caregivers texts about, by caregiver, oldest enrolment first."""
    if not caregiver_ids:
        return {}
    ec, e, c = t.episode_caregivers.c, t.episodes.c, t.children.c
    rows = connection.execute(
        sa.select(ec.caregiver_id, ec.episode_id, ec.relation, c.id, c.name)
        .select_from(t.episode_caregivers)
        .join(t.episodes, e.id == ec.episode_id)
        .join(t.children, c.id == e.child_id)
        .where(ec.caregiver_id.in_(caregiver_ids), e.erased_at.is_(None))
        .order_by(e.enrolled_at, e.id)
    )
    found: dict[str, list[ChildOf]] = {}
    for row in rows:
        name = vault.open("children.name", row.id, row.name)
        found.setdefault(row.caregiver_id, []).append(ChildOf(row.episode_id, name, row.relation))
    return found


@dataclass(frozen=True)
class Adult:
    """A caregiver of one episode, first asked first."""

    caregiver: Caregiver
    relation: str


@dataclass(frozen=True)
class FamilyRow:
    """One episode as a list shows it; `open_level` and `open_flag` are its most serious open flag."""

    episode_id: str
    child_id: str
    child: str
    risks: tuple[str, ...]
    day_zero: date
    state: str
    ended_why: str
    paused_until: datetime | None
    hours: dict[str, str]  # chosen for this family, by the protocol's: "09:00": "11:00"
    protocol: str
    protocol_id: str
    version: int
    adults: tuple[Adult, ...]
    open_level: Level | None
    open_flag: str | None


def families(
    connection: Connection, vault: Vault, hospital_id: str, episode_ids: Sequence[str]
) -> list[FamilyRow]:
    """These episodes in the order given; those of other hospitals are not among them."""
    e, c, p, f = t.episodes.c, t.children.c, t.protocols.c, t.flags.c
    found = connection.execute(
        sa.select(t.episodes, c.name, c.risks, p.version)
        .join(t.children, c.id == e.child_id)
        .join(t.protocols, p.id == e.protocol_id)
        .where(e.hospital_id == hospital_id, e.id.in_(episode_ids), e.erased_at.is_(None))
    )
    place = {id_: n for n, id_ in enumerate(episode_ids)}
    rows = sorted(found, key=lambda row: place[row.id])
    ids = [row.id for row in rows]
    adults: dict[str, list[Adult]] = {}
    for id_, adult in _adults(connection, vault, ids):
        adults.setdefault(id_, []).append(adult)
    whose: dict[str, list[str]] = {}
    for id_, several in adults.items():
        for adult in several:
            whose.setdefault(adult.caregiver.id, []).append(id_)
    flags: dict[str, Any] = {}
    opened = flags_about(hospital_id, ids, list(whose)).where(t.is_open)
    for row in connection.execute(opened.order_by(f.rank)):
        for id_ in [row.episode_id] if row.episode_id else whose[row.caregiver_id]:
            flags[id_] = row  # the most serious one stays
    return [
        FamilyRow(
            episode_id=row.id,
            child_id=row.child_id,
            child=vault.open("children.name", row.child_id, row.name),
            risks=tuple(row.risks),
            day_zero=row.day_zero,
            state=row.state,
            ended_why=row.ended_why,
            paused_until=row.paused_until,
            hours=row.hours or {},
            protocol=row.protocol_name,
            protocol_id=row.protocol_id,
            version=row.version,
            adults=tuple(adults.get(row.id, ())),
            open_level=Level(flags[row.id].level) if row.id in flags else None,
            open_flag=flags[row.id].id if row.id in flags else None,
        )
        for row in rows
    ]


def family(connection: Connection, vault: Vault, hospital_id: str, episode_id: str) -> FamilyRow:
    """One episode; raises NotFoundError when it is another hospital's, or erased."""
    found = families(connection, vault, hospital_id, [episode_id])
    if not found:
        refuse_erased(connection, hospital_id, episode_id)
        raise NotFoundError("There is no such family here.", mend="Go back to the list.")
    return found[0]


def refuse_erased(connection: Connection, hospital_id: str, episode_id: str) -> None:
    """Raise NotFoundError for a family that was erased, with the words for it."""
    e = t.episodes.c
    query = sa.select(e.id).where(e.id == episode_id, e.hospital_id == hospital_id, e.erased_at.is_not(None))
    if connection.execute(query).first():
        raise NotFoundError(
            "This family was erased: its names, numbers and words are gone.",
            mend="Figures without them stay in Insight.",
        )


def _adults(connection: Connection, vault: Vault, episode_ids: Sequence[str]) -> list[tuple[str, Adult]]:
    ec, cg = t.episode_caregivers.c, t.caregivers.c
    rows = connection.execute(
        sa.select(t.caregivers, ec.episode_id, ec.relation)
        .join(t.episode_caregivers, ec.caregiver_id == cg.id)
        .where(ec.episode_id.in_(episode_ids))
        .order_by(ec.position, cg.id)
    )
    return [
        (
            row.episode_id,
            Adult(
                caregiver_of(vault, row),
                row.relation,
            ),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class CheckInRow:
    id: str
    caregiver_id: str
    step: str
    set_by: str | None
    day: int
    question: str
    due_at: datetime
    state: str
    why: str


def check_ins_of(connection: Connection, episode_id: str) -> list[CheckInRow]:
    """Every check-in of an episode, in the order of the calendar."""
    c = t.check_ins.c
    rows = connection.execute(
        sa.select(c.id, c.caregiver_id, c.step, c.set_by, c.day, c.question, c.due_at, c.state, c.why)
        .where(c.episode_id == episode_id)
        .order_by(c.due_at, c.id)
    )
    return [CheckInRow(*row) for row in rows]


@dataclass(frozen=True)
class ConsentRow:
    caregiver_id: str
    kind: str
    how: str
    words: str
    at: datetime
    asked_by: str = ""  # the name of the person, or what did


def consents_of(connection: Connection, vault: Vault, caregiver_ids: Sequence[str]) -> list[ConsentRow]:
    """When these caregivers agreed, stopped and resumed, oldest first."""
    c = t.consents.c
    rows = connection.execute(
        sa.select(t.consents, t.staff.c.id.label("staff_id"), t.staff.c.name.label("staff_name"))
        .outerjoin(t.staff, t.staff.c.id == c.asked_by)
        .where(c.caregiver_id.in_(caregiver_ids))
        .order_by(c.at, c.id)
    )
    return [
        ConsentRow(
            row.caregiver_id, row.kind, row.how, vault.open("consents.words", row.id, row.words), row.at,
            vault.open("staff.name", row.staff_id, row.staff_name) if row.staff_id else row.asked_by or "",
        )
        for row in rows
    ]


def flags_about(hospital_id: str, episode_ids: Sequence[str], caregiver_ids: Sequence[str]) -> Any:
    """Flags of these episodes, and of their caregivers while it is unclear which child they are about."""
    f = t.flags.c
    unclear = sa.and_(f.caregiver_id.in_(caregiver_ids), f.episode_id.is_(None))
    here = t.unindexed(f.hospital_id) == hospital_id
    return sa.select(t.flags).where(sa.or_(f.episode_id.in_(episode_ids), unclear), here)


def flags_of(connection: Connection, hospital_id: str, row: FamilyRow) -> list[Flag]:
    """Every flag of a family, newest first."""
    f = t.flags.c
    query = flags_about(hospital_id, [row.episode_id], [adult.caregiver.id for adult in row.adults])
    found = connection.execute(query.order_by(f.opened_at.desc(), f.id).limit(100))
    return [flag_of(flag) for flag in found]


def phones_of(
    connection: Connection, vault: Vault, hospital_id: str, caregiver_ids: Sequence[str]
) -> dict[str, str]:
    """The phone of each of these caregivers of this hospital."""
    cg = t.caregivers.c
    rows = connection.execute(
        sa.select(cg.id, cg.phone).where(cg.id.in_(caregiver_ids), cg.hospital_id == hospital_id)
    )
    return {row.id: vault.open("caregivers.phone", row.id, row.phone) for row in rows}
