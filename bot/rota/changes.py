"""What may be changed in the rota, and what is refused: absences, shifts of single dates, swaps, reporting sick.

Each runs inside the caller's transaction, against the rota as it is then, and is noted. `by` is the person who does
it, or None for a command. Who may do what to whom: one's own rota is one's own, managers change everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from messages.conversation import Purpose
from messages.database import Connection
from messages.errors import ConflictError, RotaError
from messages.flags import ActKind
from messages.hours import stretch_of
from messages.house import House
from messages.people import Hospital, Right, Staff
from messages.rota import Duty, Slot, Stretch, rota
from messages.store.accounts import flags_taken_by
from messages.store.acts import act
from messages.store.console import note_audit_of
from messages.store.conversation import Draft, write_out
from messages.store.pages import drop_waiting_pages
from messages.store.people import staff_of
from messages.store.rota import (
    Entry,
    Kind,
    State,
    add_entries,
    ends,
    entries,
    entry_by_id,
    flags_last_told,
    hold_rota,
    new_entry,
    settle,
    tell_again,
)

COMMAND = "hearback rota"  # who acted, in the audit trail, when nobody was signed in
LONGEST_AWAY = timedelta(days=400)
LONGEST_NIGHT = timedelta(hours=16)  # a shift over midnight that is longer is taken for a slip
AHEAD = timedelta(days=400)
LAST_RUNG = 4
_NOTHING = "Nothing was changed."


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
        """The people and the rota as they are now."""
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
        draft = Draft(body=body, purpose=Purpose.PAGE, topic="rota")
        write_out(
            self.connection, self.house.vault, draft, hospital_id=self.hospital.id, peer=person.phone,
            staff_id=person.id, now=self.now,
        )


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
    entry = new_entry(Kind.AWAY, State.HOLDS, staff_id, _id(of.by), of.now, begins_at=begins_at, ends_at=ends_at)
    add_entries(of.connection, of.hospital.id, [entry])
    of.note("set away", staff_id)
    return entry


@dataclass(frozen=True)
class Sick:
    """What reporting sick did: flags that are open again, and open flags of which the next person is told now."""

    until: datetime
    opened: tuple[str, ...]
    told_again: tuple[str, ...]


def report_sick(of: Changing, staff_id: str, until: datetime) -> Sick:
    """Somebody is ill from this moment on. Never refused for what the rota says: it gives way.

    What they have taken is open again, in nobody's hands, and told at once to whoever is on now: a flag handed to a
    named person who may be asleep would wait in silence. So is what they were the last to be told of.
    """
    of.may_change(staff_id)
    person = of.person(staff_id)
    if not of.now < until <= of.now + LONGEST_AWAY:
        raise RotaError("Say until when.", mend="Choose one.")
    now = next((one for one in person.away if one.begins_at <= of.now < one.ends_at), None)
    later = [one.begins_at for one in person.away if of.now < one.begins_at < until < one.ends_at]
    if now is not None and now.ends_at < until:
        ends(of.connection, now.id, until)
    elif now is None:
        last = min(later, default=until)
        entry = new_entry(Kind.AWAY, State.HOLDS, staff_id, _id(of.by), of.now, begins_at=of.now, ends_at=last)
        add_entries(of.connection, of.hospital.id, [entry])
    opened = tuple(flags_taken_by(of.connection, staff_id))
    told = tuple(flags_last_told(of.connection, of.hospital.id, staff_id))
    for flag_id in opened:
        act(
            of.connection, of.house.vault, flag_id=flag_id, hospital_id=of.hospital.id,
            staff_id=of.by.id if of.by else staff_id, kind=ActKind.RELEASED, now=of.now,
            note=f"{person.name} reported sick",
        )
    for flag_id in (*opened, *told):
        drop_waiting_pages(of.connection, flag_id, [staff_id], of.now)
    tell_again(of.connection, told, of.now)
    of.note("reported sick", staff_id)
    return Sick(until, opened, told)


def come_back(of: Changing, staff_id: str) -> None:
    """Whoever is away now is back."""
    of.may_change(staff_id)
    here = [one for one in of.person(staff_id).away if one.begins_at <= of.now < one.ends_at]
    for one in here:
        ends(of.connection, one.id, of.now)
    if here:
        of.note("came back", staff_id)


def check_shift(of: Changing, staff_id: str, slot: Slot) -> Stretch:
    """The instants of a shift of one date that this person may be given. Raises RotaError."""
    day, start, end, rung = slot
    person, span = of.person(staff_id), slot_stretch(of.hospital, day, start, end)
    if not person.phone:
        raise RotaError(
            "%(name)s has no phone and cannot be told.", mend="Choose another person, or give them a phone, at People.",
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
        Kind.SHIFT, State.HOLDS, staff_id, _id(of.by), of.now, begins_at=begins_at, ends_at=ends_at, day=day,
        start=start, end=end, rung=rung,
    )


def ask_swap(of: Changing, giver_id: str, taker_id: str, slot: Slot, *, agreed: bool = False) -> Entry:
    """One shift of one date from its holder to another; `agreed`: a manager says so for both.

    Raises RotaError when the giver has not got it, or the taker cannot have it.
    """
    of.may_change(giver_id, taker_id)
    if agreed and not (of.by is None or of.by.may(Right.MANAGE)):
        raise RotaError("Only a manager agrees for both.", mend="Ask the other.")
    _check_swap(of, giver_id, taker_id, slot)
    for one in of.entries:
        if one.kind is Kind.SWAP and one.state is State.ASKED and one.slot == slot and one.staff_id == giver_id:
            raise RotaError(
                "This shift is offered already, to %(name)s.", mend="Take that back first.",
                name=of.staff[one.to_id].name if one.to_id in of.staff else "?",
            )
    day, start, end, rung = slot
    begins_at, ends_at = slot_stretch(of.hospital, day, start, end)
    entry = new_entry(
        Kind.SWAP, State.HOLDS if agreed else State.ASKED, giver_id, _id(of.by), of.now, to_id=taker_id, day=day,
        start=start, end=end, rung=rung, begins_at=begins_at, ends_at=ends_at,
    )
    add_entries(of.connection, of.hospital.id, [entry])
    of.note("swapped" if agreed else "asked swap", entry.id)
    when = f"{day:%d %b} {start:%H:%M}-{end:%H:%M}"
    for person in (of.staff[giver_id], of.staff[taker_id]):
        if agreed:
            of.tell(person, f"the shift of {when} is now {of.staff[taker_id].name}'s.")
        else:
            of.tell(person, f"a colleague asks you to swap the shift of {when}. Say yes or no:")
    return entry


def _check_swap(of: Changing, giver_id: str, taker_id: str, slot: Slot) -> None:
    giver, taker = of.person(giver_id), of.person(taker_id)
    if giver_id == taker_id:
        raise RotaError("A swap is between two people.", mend="Choose another person.")
    if not taker.may(Right.ACT):
        raise RotaError("%(name)s sees no families.", mend="Choose another person.", name=taker.name)
    if giver_id not in of.holders(slot):
        given = next(
            (
                one
                for one in reversed(of.entries)
                if one.kind is Kind.SWAP and one.state is State.HOLDS and one.slot == slot and one.staff_id == giver_id
            ),
            None,
        )
        if given is not None and given.to_id in of.staff:
            raise RotaError(
                "%(name)s gave this shift to %(taker)s already.", mend="Ask whoever has it now.", name=giver.name,
                taker=of.staff[given.to_id].name,
            )
        raise RotaError(
            "%(name)s has no such shift on %(day)s.", mend="Look at the rota as it is now.", name=giver.name,
            day=slot[0].isoformat(),
        )
    check_shift(of, taker_id, slot)


def answer_swap(of: Changing, entry_id: str, what: str) -> Entry:
    """`what`: agree, decline or withdraw. The rota is looked at anew; a swap that was settled raises ConflictError."""
    entry = entry_by_id(of.connection, of.hospital.id, entry_id)
    slot, to_id = entry.slot, entry.to_id
    if entry.kind is not Kind.SWAP or entry.state is not State.ASKED or slot is None or to_id is None:
        raise ConflictError("This swap is settled already.", mend=_NOTHING)
    other = to_id if entry.made_by == entry.staff_id else entry.staff_id
    if what == "withdraw":
        of.may_change(entry.made_by or "")
    else:
        of.may_change(other)
    if what == "agree":
        _check_swap(of, entry.staff_id, to_id, slot)
    state = {"agree": State.HOLDS, "decline": State.DECLINED, "withdraw": State.WITHDRAWN}[what]
    settle(of.connection, entry.id, state, of.by.id if of.by else other, of.now)
    of.note({"agree": "agreed swap", "decline": "declined swap", "withdraw": "withdrew swap"}[what], entry.id)
    when = f"{slot[0]:%d %b} {slot[1]:%H:%M}-{slot[2]:%H:%M}"
    if what != "withdraw" and entry.made_by in of.staff:
        answer = "yes: it is agreed." if what == "agree" else "no. The shift stays as it was."
        of.tell(of.staff[entry.made_by], f"about the swap of {when}: {answer}")
    return entry


def remove(of: Changing, entry_id: str) -> Entry:
    """Take back an absence, a shift of one date or a swap that holds. Raises RotaError for a shift given away."""
    entry = entry_by_id(of.connection, of.hospital.id, entry_id)
    if entry.state is not State.HOLDS:
        raise ConflictError("This was taken back already.", mend=_NOTHING)
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




def _id(by: Staff | None) -> str | None:
    return by.id if by else None
