"""Everything there is to say of a protocol before it is published: its file, and the reader's view of its own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.reading.own_check import problems_of
from messages.people import Hospital, Staff
from scheduler.load import Checked, check_text
from scheduler.warn import Coverage


def check_protocol(text: str, where: str, coverage: Coverage | None = None) -> Checked:
    """Errors and warnings of the protocol in `text`, each with its place; with errors it cannot be published."""
    checked = check_text(text, where, coverage)
    if checked.protocol is None:
        return checked
    found = []
    for problem in problems_of(checked.protocol.words):
        key, what = problem.split(": ", 1)
        path = tuple(int(part) if part.isdigit() else part for part in key.split("."))
        found.append(checked.at(path, what, where))
    return replace(checked, protocol=None, errors=tuple(found), warnings=()) if found else checked


def coverage_of(hospital: Hospital, staff: Sequence[Staff]) -> Coverage:
    """When somebody of the hospital answers: its staffed hours, and the shifts of those who can be told."""
    shifts = [(one.weekdays, one.start, one.end) for person in staff if person.phone for one in person.shifts]
    return Coverage(((tuple(hospital.staffed_days), hospital.staffed_from, hospital.staffed_to), *shifts))
