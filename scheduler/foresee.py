"""What enrolling a family would do, before it is done: whom we know already, what would change. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from messages.database import Connection
from messages.encryption import Vault
from messages.errors import EnrolmentError
from messages.people import Caregiver, Hospital, Hours
from messages.store.people import caregiver_by_phone
from scheduler.family import CaregiverEntry as CaregiverEntry
from scheduler.family import Family as Family
from scheduler.family_check import check
from scheduler.replan import Basis, basis_of
from scheduler.store import episodes, families


@dataclass(frozen=True)
class Note:
    """Something that whoever enrols should know. `who` are names.

    `kind`: stopped (they said STOP, and stay stopped), taken_off (a person took them off, and they stay off),
    shared (the number is known under another name, which stays), kept (a person corrected something, which stays),
    siblings (the number has other children), unconfirmed (a number has not answered yet).
    """

    kind: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class Foreseen:
    """What would be. `fresh`: a new follow-up; `moves`: a running one is planned anew; neither: nothing changes.

    `known` are the caregivers who are here already, in the order of the family's; `updates` those of them whose
    language, zone and hours the family's replace. `off` are those whom a person took off this child, `here`
    those who are on it.
    """

    protocol_id: str
    child_id: str | None
    episode: Any | None
    before: Basis | None
    known: tuple[Caregiver | None, ...]
    updates: frozenset[str]
    off: frozenset[str]
    here: frozenset[str]
    day_zero: date
    keep_risks: bool
    moves: bool
    joins: bool
    notes: tuple[Note, ...]

    @property
    def fresh(self) -> bool:
        return self.episode is None


def foresee(
    connection: Connection, vault: Vault, hospital: Hospital, family: Family, now: datetime, *, lock: bool = False
) -> Foreseen:
    """Raises EnrolmentError for what cannot be. `lock` holds the running follow-up until the commit."""
    protocol_id = check(connection, hospital, family, now)
    phones = [entry.phone for entry in family.caregivers]
    known = tuple(caregiver_by_phone(connection, vault, hospital.id, phone) for phone in phones)
    child_id = families.find_child(
        connection, vault, hospital_id=hospital.id, name=family.child, record=family.record, phones=phones,
        known=[was.id for was in known if was],
    )
    if child_id and episodes.child_lost(connection, child_id):
        raise EnrolmentError(
            "The follow-up of this child ended with a loss.",
            mend="Nothing is sent to this family. If that is a mistake, correct it on the family's page.",
        )
    found = episodes.running_episode(connection, child_id, family.protocol, lock=lock) if child_id else None
    hand = families.by_hand(connection, found.id) if found else families.ByHand()
    here = set(episodes.caregivers_on(connection, found.id)) if found else set()
    notes: list[Note] = []
    updates: set[str] = set()
    clocks: dict[str, tuple[str, Hours | None]] = {}
    joins = False
    for was, entry in zip(known, family.caregivers, strict=True):
        joins = joins or was is None or (was.id not in here and was.id not in hand.taken_off)
        if was is None:
            continue
        if not was.texting:
            notes.append(Note("stopped", (was.name,)))
        if was.id in hand.taken_off and was.id not in here:
            notes.append(Note("taken_off", (was.name,)))
        if not families.same_name(was.name, entry.name):
            notes.append(Note("shared", (was.name, entry.name)))
        elif (was.language, was.zone, was.hours) != (entry.language, entry.zone, entry.hours or was.hours):
            if families.corrected_fields(connection, was.id) & {"name", "language", "zone", "phone", "hours"}:
                notes.append(Note("kept", (was.name,)))
            else:
                updates.add(was.id)
                clocks[was.id] = (entry.zone, entry.hours or was.hours)
    day_zero = hand.day_zero or family.day_zero
    if day_zero != family.day_zero:
        notes.append(Note("day_kept", ()))
    before = basis_of(connection, vault, found.id) if found else None
    if before:
        protocol_id = before.protocol_id  # a family is pinned to its version until a manager moves it
    moves = before is not None and (
        before.day_zero != day_zero
        or clocks.get(before.caregiver_id, (before.zone, before.own)) != (before.zone, before.own)
    )
    return Foreseen(
        protocol_id, child_id, found, before, known, frozenset(updates), hand.taken_off - here,
        frozenset(here), day_zero,
        keep_risks=hand.risks, moves=moves, joins=joins and found is not None, notes=tuple(notes),
    )
