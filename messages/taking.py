"""A flag taken by answering a page, whatever it was answered with; every way ends in the one act of taking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from messages.database import Connection
from messages.errors import NotFoundError
from messages.flags import ActKind, FlagState
from messages.house import House
from messages.people import Right
from messages.store.acts import act
from messages.store.console import note_audit
from messages.store.flags import flag_by_id
from messages.store.pages import page_of
from messages.store.people import staff_by_id


class Answered(StrEnum):
    """What came of taking by a page."""

    TAKEN = "taken"  # by this answer
    YOURS = "yours"  # it was theirs already
    OTHERS = "others"  # somebody else has it
    CLOSED = "closed"
    STRANGER = "stranger"  # no such page, or not of this person, or one who may not act


@dataclass(frozen=True)
class Taken:
    """`by` is the name of whoever has it now, "" for nobody and for strangers."""

    what: Answered
    flag_id: str = ""
    by: str = ""


def take_by_page(house: House, connection: Connection, page_id: str, staff_id: str, now: datetime) -> Taken:
    """This person takes the flag that this page told them of, in the caller's commit. Nothing changes otherwise."""
    told = page_of(connection, page_id)
    person = staff_by_id(connection, house.vault, staff_id)
    if told is None or told[1] != staff_id or person is None or not person.may(Right.ACT):
        return Taken(Answered.STRANGER)
    try:
        flag, _version = flag_by_id(connection, told[0], person.hospital_id, lock=True)
    except NotFoundError:
        return Taken(Answered.STRANGER)
    if flag.state is FlagState.CLOSED:
        return Taken(Answered.CLOSED, flag.id)
    if flag.taken_by == person.id:
        return Taken(Answered.YOURS, flag.id, person.name)
    if flag.taken_by:
        other = staff_by_id(connection, house.vault, flag.taken_by)
        return Taken(Answered.OTHERS, flag.id, other.name if other else "")
    act(
        connection, house.vault, flag_id=flag.id, hospital_id=person.hospital_id, staff_id=person.id,
        kind=ActKind.TOOK, now=now,
    )
    note_audit(connection, person, "take", "flag", flag.id, now)
    return Taken(Answered.TAKEN, flag.id, person.name)
