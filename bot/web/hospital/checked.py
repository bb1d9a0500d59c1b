"""A part of the settings read against the hospital as it is, checked as a whole; for the console and for commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.conversation.changes import Otherwise, promised_otherwise
from bot.web.hospital import changes, cover, forms, rungs
from bot.web.hospital.typed import Typed
from bot.web.language import Words, _
from messages.database import Connection
from messages.house import House
from messages.people import Hospital, Staff
from messages.store import configured
from messages.store.astray import astray_numbers
from messages.store.erasing import long_ended
from messages.store.people import hospital_by_id, staff_of
from scheduler.quiet import asked_in
from scheduler.store.published import protocols_in_use

PARTS = Words({
    "basics": "Name, phones, languages",
    "numbers": "Numbers families text with",
    "hours": "Hours and holidays",
    "cover": "Who answers when",
    "ladder": "Who is told next",
    "times": "Times and quiet hours",
    "phrases": "Ready phrases",
    "words": "Words for the reader",
    "kept": "How long families are kept",
})
_SHOWN: dict[str, Callable[[Hospital], forms.Form]] = {
    "basics": forms.basics_form, "numbers": forms.numbers_form, "hours": forms.hours_form, "times": forms.times_form,
    "ladder": rungs.ladder_form,
    "phrases": forms.phrases_form, "words": forms.words_form, "kept": forms.kept_form,
}  # fmt: skip
_READ: dict[str, Callable[[Typed, Hospital], Hospital]] = {
    "basics": forms.basics_read, "numbers": forms.numbers_read, "hours": forms.hours_read, "times": forms.times_read,
    "phrases": forms.phrases_read, "words": forms.words_read, "kept": forms.kept_read,
}  # fmt: skip


@dataclass
class Looked:
    """A form as it was read, not yet saved: what is wrong, or what will be otherwise."""

    before: Hospital
    hospital: Hospital
    staff: list[Staff]
    problems: dict[str, str]
    lines: list[str] = field(default_factory=list)
    promises: list[Otherwise] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        return not self.lines and not self.promises


def form_of(part: str, hospital: Hospital, staff: list[Staff]) -> forms.Form:
    """What is set now, as the form of the part shows it."""
    return cover.cover_form(staff) if part == "cover" else _SHOWN[part](hospital)


def look(connection: Connection, house: House, hospital_id: str, part: str, form: forms.Form, now: datetime) -> Looked:
    """Read a form; nothing is saved."""
    before = hospital_by_id(connection, hospital_id)
    staff = staff_of(connection, house.vault, before.id)
    typed = Typed(form)
    if part == "cover":
        people = cover.cover_read(typed, staff)
        return Looked(before, before, people, typed.problems, [*changes.cover_summary(staff, people)])
    after = rungs.ladder_read(typed, before, staff) if part == "ladder" else _READ[part](typed, before)
    if part == "times" and after.quiet and not typed.problems:
        for protocol in protocols_in_use(connection, before.id):
            if held := asked_in(protocol, after.quiet):
                problem = _("%(protocol)s texts at %(time)s. Begin later, end earlier, or change it first.")
                times = ", ".join(map(forms.clock, held))
                typed.wrong("quiet_from", problem % {"protocol": protocol.name, "time": times})
    if typed.problems:
        return Looked(before, after, list(staff), typed.problems)
    lines = [*changes.summary(before, after), *rungs.ladder_summary(before, after, staff)]
    if added := set(after.senders) - set(before.senders):
        lines += [changes.sooner(one.texts) for one in astray_numbers(connection) if one.number in added]
    if part == "kept" and after.keep_days is not None and after.keep_days != before.keep_days:
        due = len(long_ended(connection, before.id, now - timedelta(days=after.keep_days)))
        lines.append(changes.erased_now(due))
    promises = promised_otherwise(before, after, now, after.languages[0])
    return Looked(before, after, list(staff), typed.problems, lines, promises)


def save(connection: Connection, part: str, found: Looked, now: datetime) -> None:
    """Write what was looked at, in the caller's commit. Raises IntegrityError for a number that another has."""
    if part == "cover":
        for person in found.staff:
            configured.set_shifts(connection, found.before.id, person.id, person.shifts)
        configured.settings_changed(connection, found.before.id)
    else:
        configured.save_hospital(connection, found.hospital, now)
