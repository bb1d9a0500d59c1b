"""Everything there is to say of a protocol before it is published: its file, and the reader's view of its own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.reading.lexicon import LANGUAGES
from bot.reading.own_check import problems_of
from messages.hours import instant_of, stretches
from messages.people import Hospital, Staff
from messages.rota import covered, has_rota
from scheduler.load import Checked, check_text
from scheduler.warn import Coverage, DatedCoverage


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
    if found:
        return replace(checked, protocol=None, errors=tuple(found), warnings=())
    foreign = [checked.at(("languages", place), _UNREAD % code, where)
               for place, code in enumerate(checked.protocol.languages) if code not in LANGUAGES]  # fmt: skip
    return replace(checked, warnings=(*foreign, *checked.warnings))


_UNREAD = (
    "Hearback does not read %r: only picked numbers count, every word goes to a person, and its own answers come in "
    "another language. Take it out, unless somebody reads it day and night."
)


def coverage_of(hospital: Hospital, staff: Sequence[Staff], now: datetime) -> Coverage:
    """When somebody of the hospital answers in the weeks to come: by the rota, else in its staffed hours."""
    first = now.astimezone(hospital.tz).date()
    days = DatedCoverage.days
    since, until = (instant_of(hospital, first + timedelta(days=n), time(0)) for n in (0, days))
    if has_rota(hospital, staff):
        parts = covered(hospital, staff, since, until)
    else:
        parts = [*stretches(hospital, hospital.hours_on, since, days=days)]
    return DatedCoverage((), tuple(parts), hospital.tz, first, days)
