"""Everything the page of a flag shows, gathered with a flat number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from messages.database import Connection
from messages.encryption import Vault
from messages.errors import NotFoundError
from messages.escalation import on_duty
from messages.flags import MOVES, UNDO_FOR, ActKind, FlagKind
from messages.people import Hospital, Right, Staff
from messages.reachable import reachable
from messages.store import console as store
from messages.store.amends import amends_of
from messages.store.families import Adult, ChildOf, FamilyRow, children_of, family
from messages.store.people import caregivers_by_id, staff_of
from messages.store.thread import Line, Read, thread


def flag_values(
    connection: Connection, vault: Vault, person: Staff, flag_id: str, now: datetime, others: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What is known of a flag, as this person sees it now; `others` look at it too.

    Raises NotFoundError for another hospital's.
    """
    hospital_id = person.hospital_id
    row = store.flag_row(connection, vault, hospital_id, flag_id)
    here = _family(connection, vault, hospital_id, row.flag.episode_id)
    whose = [adult.caregiver.id for adult in here.adults] if here else []
    if row.flag.caregiver_id and row.flag.caregiver_id not in whose:
        whose.append(row.flag.caregiver_id)
    acts = store.acts_of(connection, vault, [flag_id])
    lines = thread(connection, vault, hospital_id, caregiver_ids=whose, peer_hash=row.peer_hash)
    return {
        "row": row,
        "family": here,
        "adults": here.adults if here else _adult(connection, vault, row.flag.caregiver_id),
        "lines": lines,
        "texts": store.texts_of(connection, flag_id),
        "acts": acts,
        "pages": store.pages_of(connection, vault, flag_id),
        "promises": store.promises_of(connection, flag_id),
        "amends": amends_of(connection, flag_id),
        "others": others,
        "undoable": undoable(acts, person.id, now),
        # A text that failed and has no family is a page to staff, or stands for every text of the hospital.
        "peer": row.peer if row.flag.kind is not FlagKind.SENDING else "",
    }


def _family(connection: Connection, vault: Vault, hospital_id: str, episode_id: str | None) -> FamilyRow | None:
    """The family of a flag; None when it is unknown, or was removed meanwhile."""
    try:
        return family(connection, vault, hospital_id, episode_id) if episode_id else None
    except NotFoundError:
        return None


def _adult(connection: Connection, vault: Vault, caregiver_id: str | None) -> tuple[Adult, ...]:
    """Who wrote, while it is unclear which child it is about."""
    found = caregivers_by_id(connection, vault, [caregiver_id]) if caregiver_id else {}
    return tuple(Adult(one, "") for one in found.values())


def read_of(values: dict[str, Any]) -> Read | None:
    """How the text that raised the flag was read."""
    of = values["row"].flag.message_id
    return next((line.read for line in values["lines"] if line.id == of), None)


def undoable(acts: Sequence[store.ActRow], person_id: str, now: datetime) -> store.ActRow | None:
    """The last act of this person, for a minute. A text is among them: one that has left is said to be gone for good,
    so that nobody takes back what they did before it instead.
    """
    standing = [one for one in acts if not one.undone_by and one.act.kind is not ActKind.UNDID]
    moves = [one for one in standing if one.act.kind in MOVES]
    mine = [
        one for one in standing
        if one.act.staff_id == person_id and now - one.act.at <= UNDO_FOR
        and (one.act.kind not in MOVES or one is moves[-1])
    ]
    return mine[-1] if mine else None


@dataclass(frozen=True)
class Colleague:
    """Somebody a flag can be handed to: on duty now or not, told by text or not."""

    person: Staff
    on_duty: bool

    @property
    def told(self) -> bool:
        return reachable(self.person)


def colleagues(
    connection: Connection, vault: Vault, hospital: Hospital, but: Sequence[str | None], now: datetime
) -> list[Colleague]:
    """Who may act on flags of this hospital, other than `but`: on duty and told by text first."""
    everybody = staff_of(connection, vault, hospital.id)
    here = {one.id for one in on_duty(hospital, everybody, now)}
    # A phone of the unit has no login: it is told, and nobody looks at a flag with it.
    staff = [one for one in everybody if one.may(Right.ACT) and one.login and one.id not in but]
    found = [Colleague(one, one.id in here) for one in staff]
    return sorted(found, key=lambda one: (not one.on_duty, not one.told))


@dataclass(frozen=True)
class Changed:
    """One thing that happened to a flag since a page was opened."""

    at: datetime
    act: store.ActRow | None = None
    text: Line | None = None


def changed_since(values: dict[str, Any], seen: datetime) -> list[Changed]:
    """Acts and texts of the family since `seen`, oldest first."""
    found = [Changed(one.act.at, act=one) for one in values["acts"] if one.act.at > seen]
    found += [Changed(line.at, text=line) for line in values["lines"] if line.at > seen and not line.out]
    return sorted(found, key=lambda one: one.at)


def siblings(connection: Connection, vault: Vault, caregiver_id: str | None) -> list[ChildOf]:
    """The children that texts of this caregiver may be about, when there are several."""
    found = children_of(connection, vault, [caregiver_id]).get(caregiver_id, []) if caregiver_id else []
    return found if len(found) > 1 else []
