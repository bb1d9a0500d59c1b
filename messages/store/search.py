"""Families found by what is remembered of them: a name, a phone, a sign, the day, how serious, the language.

Names and numbers are sealed, so a search by them opens those of every follow-up in question (at most MOST) in memory;
a whole number is found by its fingerprint, without opening anything. Signs, levels, days, states and languages are
asked of the database.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from rapidfuzz.distance import OSA
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.flags import Level
from messages.people import EpisodeState
from messages.store import tables as t
from messages.store.families import FamilyRow, families
from messages.store.queue import Mark, marks
from messages.store.strangers import plain

MOST = 20_000  # follow-ups whose names are opened for one search
SHOWN = 50


@dataclass(frozen=True)
class Wanted:
    """What is looked for; "" and None ask nothing. `days` is the first and last day zero, both within.

    `phones` are whole numbers as they may be kept (E.164); `digits` are the last ones of a number.
    """

    name: str = ""
    phones: tuple[str, ...] = ()
    digits: str = ""
    sign: str = ""
    days: tuple[date, date] | None = None
    level: Level | None = None
    state: str = ""  # of the follow-up; "" is every one that has not ended
    language: str = ""


@dataclass(frozen=True)
class Hit:
    """One family that was found, with its open flags, most serious first."""

    family: FamilyRow
    flags: tuple[Mark, ...]


@dataclass(frozen=True)
class Found:
    """The first families of a search, and how many there are."""

    hits: tuple[Hit, ...]
    count: int


def search(connection: Connection, vault: Vault, hospital_id: str, wanted: Wanted) -> Found:
    """The families that fit everything that is wanted, nearest name first, then newest. A flat number of queries."""
    open_marks = marks(connection, hospital_id)
    rows = connection.execute(_candidates(vault, hospital_id, wanted)).all()
    order = list(dict.fromkeys(row.id for row in rows))
    if wanted.name or wanted.digits:
        near: dict[str, int] = {}
        for row in rows:
            how = _how_near(vault, row, wanted)
            if how is not None:
                near[row.id] = min(how, near.get(row.id, how))
        order = sorted((id_ for id_ in order if id_ in near), key=lambda id_: near[id_])
    first = order[:SHOWN]
    rows_by_id = {row.episode_id: row for row in families(connection, vault, hospital_id, first)} if first else {}
    hits = tuple(Hit(rows_by_id[id_], _theirs(rows_by_id[id_], open_marks)) for id_ in first if id_ in rows_by_id)
    return Found(hits, len(order))


def _theirs(family: FamilyRow, open_marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The open flags of a family, and of its caregivers while it is unclear which child they are about."""
    adults = {adult.caregiver.id for adult in family.adults}
    return tuple(
        mark for mark in open_marks
        if mark.episode_id == family.episode_id or (mark.episode_id is None and mark.caregiver_id in adults)
    )


def _candidates(vault: Vault, hospital_id: str, wanted: Wanted) -> Any:
    """One row for each follow-up and caregiver that fits all that can be asked of the database."""
    e, c, cg, ec, f = t.episodes.c, t.children.c, t.caregivers.c, t.episode_caregivers.c, t.flags.c
    query = (
        sa.select(
            e.id, c.id.label("child_id"), c.name.label("child"), cg.id.label("caregiver_id"),
            cg.name.label("caregiver"), cg.phone,
        )
        .select_from(t.episodes)
        .join(t.children, c.id == e.child_id)
        .outerjoin(t.episode_caregivers, ec.episode_id == e.id)
        .outerjoin(t.caregivers, cg.id == ec.caregiver_id)
        .where(e.hospital_id == hospital_id, e.erased_at.is_(None))
        .order_by(e.day_zero.desc(), e.id, ec.position)
        .limit(MOST)
    )
    query = query.where(e.state == wanted.state if wanted.state else e.state != EpisodeState.ENDED.value)
    if wanted.days:
        query = query.where(e.day_zero.between(*wanted.days))
    if wanted.language:
        query = query.where(cg.language == wanted.language)
    if wanted.phones:
        hashes = [mark for phone in wanted.phones for mark in vault.fingerprints("phone", phone)]
        query = query.where(cg.phone_hash.in_(hashes))
    flagged = sa.or_(f.episode_id == e.id, sa.and_(f.episode_id.is_(None), f.caregiver_id == cg.id))
    of = sa.exists().where(t.unindexed(f.hospital_id) == hospital_id, flagged)
    if wanted.level:
        query = query.where(of.where(t.is_open, f.level == wanted.level.value))
    if wanted.sign:
        query = query.where(of.where(sa.cast(f.signs, sa.Text).contains(f'"{wanted.sign}"', autoescape=True)))
    return query


def _how_near(vault: Vault, row: Any, wanted: Wanted) -> int | None:
    """How near a row's names are to the name that is wanted, 0 the nearest; None when they, or its digits, are not."""
    if wanted.digits:
        phone = vault.open("caregivers.phone", row.caregiver_id, row.phone) if row.phone else ""
        if not phone.endswith(wanted.digits):
            return None
    if not wanted.name:
        return 0
    names = [vault.open("children.name", row.child_id, row.child)]
    if row.caregiver:
        names.append(vault.open("caregivers.name", row.caregiver_id, row.caregiver))
    return min((how for how in (nearness(wanted.name, name) for name in names) if how is not None), default=None)


def nearness(wanted: str, name: str) -> int | None:
    """0 the same, 1 a beginning, 2 words that begin so, 3 one slip away; None when it is another name."""
    asked, theirs = plain(wanted).split(), re.findall(r"\w+", plain(name))
    if not asked or asked == theirs:
        return 0
    if " ".join(theirs).startswith(" ".join(asked)):
        return 1
    if all(any(word.startswith(part) for word in theirs) for part in asked):
        return 2
    slips = all(len(part) >= 4 and any(OSA.distance(part, word) <= 1 for word in theirs) for part in asked)
    return 3 if slips else None
