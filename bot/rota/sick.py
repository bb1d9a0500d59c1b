"""Reporting sick, and being back: what somebody had is told to whoever is on duty, at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.rota.changes import LONGEST_AWAY, Changing, id_of
from messages.errors import RotaError
from messages.flags import ActKind
from messages.store.accounts import flags_taken_by
from messages.store.acts import act
from messages.store.pages import drop_waiting_pages
from messages.store.rota import Kind, State, add_entries, ends, flags_last_told, new_entry, tell_again


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
        entry = new_entry(Kind.AWAY, State.HOLDS, staff_id, id_of(of.by), of.now, begins_at=of.now, ends_at=last)
        add_entries(of.connection, of.hospital.id, [entry])
    opened = tuple(flags_taken_by(of.connection, staff_id))
    told = tuple(flags_last_told(of.connection, of.hospital.id, staff_id))
    for flag_id in opened:
        act(
            of.connection, of.house.vault, flag_id=flag_id, hospital_id=of.hospital.id,
            staff_id=of.by.id if of.by else staff_id, kind=ActKind.RELEASED, now=of.now,
            note=f"{person.name} reported sick",
        )
    drop_waiting_pages(of.connection, [*opened, *told], [staff_id], of.now)
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
