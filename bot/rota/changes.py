"""What may be changed in the rota, and what is refused: absences, shifts of single dates, taking back.

Each runs inside the caller's transaction, against the rota as it is then, and is noted. `by` is the person who does
it, or None for a command. Who may do what to whom: one's own rota is one's own, managers change everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from messages.database import Connection
from messages.errors import ConflictError, RotaError
from messages.hours import stretch_of
from messages.house import House
from messages.people import Hospital, Right, Staff
from messages.reachable import reachable
from messages.rota import Duty, Slot, Stretch, rota
from messages.store.console import note_audit_of
from messages.store.people import hospital_by_id, staff_of
from messages.store.rota import (
    Entry,
    Kind,
    State,
    add_entries,
    entries,
    entry_by_id,
    hold_rota,
    new_entry,
    settle,
)
from messages.to_staff import say_to_staff

COMMAND = "hearback rota"  # who acted, in the audit trail, when nobody was signed in
LONGEST_AWAY = timedelta(days=400)
LONGEST_NIGHT = timedelta(hours=16)  # a shift over midnight that is longer is taken for a slip
AHEAD = timedelta(days=400)
LAST_RUNG = 4
NOTHING = "Nothing was changed."


@dataclass
class Changing:
    """The rota of a hospital while it is being changed; nobody else changes it until the commit."""

    connection: Connection
    house: House
    hospital: Hospital
    by: Staff | None
    now: datetime

    def __post_init__(self) -> None:
        hold_rota(self.connection, self.hospital.id)
        self.read()

    def read(self) -> None:
        """The hospital, its people and the rota as they are now."""
        self.hospital = hospital_by_id(self.connection, self.hospital.id)
        self.staff = {one.id: one for one in staff_of(self.connection, self.house.vault, self.hospital.id)}
        self.entries = entries(self.connection, self.hospital.id)

    def person(self, staff_id: str) -> Staff:
        """Somebody who is here. Raises RotaError."""
        found = self.staff.get(staff_id)
        if found is None:
            raise RotaError("This person is not here.", mend="Choose a person.")
        return found

    def may_change(self, *staff_ids: str) -> None:
        """Raise RotaError unless whoever acts is one of these, or manages people."""
        if self.by is not None and self.by.id not in staff_ids and not self.by.may(Right.MANAGE):
            raise RotaError("That is another person's rota.", mend="Ask them, or a manager.")

    def holders(self, slot: Slot) -> dict[str, Staff | None]:
        """Who has this shift, absences aside: by id, with who gave it to them."""
        whole = stretch_of(self.hospital, *slot[:3])
        if whole is None:
            return {}
        everybody = [replace(one, away=()) for one in self.staff.values()]
        duties = rota(self.hospital, everybody, *whole).duties
        return {one.person.id: one.gave for one in duties if one.slot == slot and not one.doubtful}

    def duties_of(self, person: Staff, span: Stretch) -> list[Duty]:
        """When this person is on duty in this stretch."""
        near = {person.id, *(each for one in person.swaps for each in (one.staff_id, one.to_id))}
        people = [one for one in self.staff.values() if one.id in near]
        return [one for one in rota(self.hospital, people, *span).duties if one.person.id == person.id]

    def whens(self, span: Stretch) -> str:
        """A stretch on the hospital's clock: 2026-11-28 19:00 - 2026-11-29 07:00."""
        return " \N{EN DASH} ".join(f"{at.astimezone(self.hospital.tz):%Y-%m-%d %H:%M}" for at in span)

    def note(self, action: str, subject_id: str) -> None:
        actor = self.by.id if self.by else COMMAND
        note_audit_of(self.connection, self.hospital.id, actor, action, "rota", subject_id, self.now)

    def tell(self, person: Staff, what: str) -> None:
        """A short text to a colleague about the rota, by which they find the page; nothing of a family."""
        if not person.phone or (self.by and person.id == self.by.id):
            return
        url = self.house.settings.public_url
        body = f"Hearback, {self.hospital.name}: {what}" + (f" {url}/console/rota" if url else "")
        say_to_staff(self.house, self.connection, person, body, self.now, topic="rota")


def slot_stretch(hospital: Hospital, day: date, start: time, end: time) -> Stretch:
    """The instants of a shift. Raises RotaError for one that ends before it begins."""
    found = stretch_of(hospital, day, start, end)
    if found is None or (end < start and found[1] - found[0] > LONGEST_NIGHT):
        raise RotaError(
            "A shift from %(start)s to %(end)s ends before it begins.",
            mend="A shift over midnight is at most 16 hours; for a whole day give the same time twice.",
            start=f"{start:%H:%M}", end=f"{end:%H:%M}",
        )
    return found


def add_absence(of: Changing, staff_id: str, begins_at: datetime, ends_at: datetime) -> Entry:
    """Somebody is away. Raises RotaError for one that is over, backwards, overlaps, or leaves a shift they took."""
    of.may_change(staff_id)
    person, span = of.person(staff_id), (begins_at, ends_at)
    if ends_at <= begins_at:
        raise RotaError("The absence ends before it begins.", mend="Look at both times.")
    if ends_at <= of.now:
        raise RotaError("That is over already.", mend="Choose days to come.")
    if ends_at - begins_at > LONGEST_AWAY or begins_at - of.now > AHEAD:
        raise RotaError("That is more than a year.", mend="Enter it nearer the time.")
    for one in person.away:
        if one.begins_at < ends_at and begins_at < one.ends_at:
            raise RotaError(
                "%(name)s is away then already: %(when)s.", mend="Take that back first, or choose other days.",
                name=person.name, when=of.whens((one.begins_at, one.ends_at)),
            )
    for duty in of.duties_of(person, span):
        if duty.gave is not None:
            raise RotaError(
                "%(name)s has a shift then that %(giver)s gave them: %(when)s.",
                mend="Give it to somebody first. Whoever is ill reports sick.",
                name=person.name, giver=duty.gave.name, when=of.whens((duty.begins_at, duty.ends_at)),
            )
    entry = new_entry(Kind.AWAY, State.HOLDS, staff_id, id_of(of.by), of.now, begins_at=begins_at, ends_at=ends_at)
    add_entries(of.connection, of.hospital.id, [entry])
    of.note("set away", staff_id)
    return entry


def check_shift(of: Changing, staff_id: str, slot: Slot) -> Stretch:
    """The instants of a shift of one date that this person may be given. Raises RotaError."""
    day, start, end, rung = slot
    person, span = of.person(staff_id), slot_stretch(of.hospital, day, start, end)
    if not reachable(person):
        raise RotaError(
            "No page reaches %(name)s.", mend="Choose another person, or give them a phone, at People.",
            name=person.name,
        )
    if not 1 <= rung <= LAST_RUNG:
        raise RotaError("The place is a number from 1 to 4.", mend="1 is told first.")
    if span[1] <= of.now:
        raise RotaError("That is over already.", mend="Choose days to come.")
    if span[0] - of.now > AHEAD:
        raise RotaError("That is more than a year.", mend="Enter it nearer the time.")
    for one in person.away:
        if one.begins_at < span[1] and span[0] < one.ends_at:
            raise RotaError(
                "%(name)s is away then: %(when)s.", mend="Choose another person or another time.",
                name=person.name, when=of.whens((one.begins_at, one.ends_at)),
            )
    for duty in of.duties_of(person, span):
        raise RotaError(
            "%(name)s has a shift then already: %(when)s.", mend="Choose another person or another time.",
            name=person.name, when=of.whens((duty.begins_at, duty.ends_at)),
        )
    return span


def add_shift(of: Changing, staff_id: str, slot: Slot) -> Entry:
    """A shift of one date, beside those of the week."""
    of.may_change(staff_id)
    entry = shift_entry(of, staff_id, slot)
    add_entries(of.connection, of.hospital.id, [entry])
    of.note("added shift", staff_id)
    return entry


def shift_entry(of: Changing, staff_id: str, slot: Slot) -> Entry:
    """A shift of one date that may be added, not yet written. Raises RotaError."""
    begins_at, ends_at = check_shift(of, staff_id, slot)
    day, start, end, rung = slot
    return new_entry(
        Kind.SHIFT, State.HOLDS, staff_id, id_of(of.by), of.now, begins_at=begins_at, ends_at=ends_at, day=day,
        start=start, end=end, rung=rung,
    )


def remove(of: Changing, entry_id: str) -> Entry:
    """Take back an absence, a shift of one date or a swap that holds. Raises RotaError for a shift given away."""
    entry = entry_by_id(of.connection, of.hospital.id, entry_id)
    if entry.state is not State.HOLDS:
        raise ConflictError("This was taken back already.", mend=NOTHING)
    if entry.kind is Kind.AWAY:
        of.may_change(entry.staff_id)
    else:
        of.may_change()  # whoever relies on a shift is asked by a manager first
        later = [one for one in of.entries if one.kind is Kind.SWAP and one.state is State.HOLDS and one != entry]
        holder = entry.staff_id if entry.kind is Kind.SHIFT else entry.to_id
        if any(one.slot == entry.slot and one.staff_id == holder for one in later):
            raise RotaError("This shift was given to somebody else.", mend="Take that swap back first.")
    settle(of.connection, entry.id, State.WITHDRAWN, of.by.id if of.by else entry.staff_id, of.now)
    of.note("took back from rota", entry.staff_id)
    return entry


def shifts_filling(hospital: Hospital, hole: Stretch, rung: int) -> list[Slot]:
    """The hole as shifts of single dates, none longer than half a day."""
    begins, last = (at.astimezone(hospital.tz).replace(tzinfo=None) for at in hole)
    found: list[Slot] = []
    while begins < last:
        until = min(begins + timedelta(hours=12), last)
        found.append((begins.date(), begins.time(), until.time(), rung))
        begins = until
    return found




def id_of(by: Staff | None) -> str | None:
    return by.id if by else None
