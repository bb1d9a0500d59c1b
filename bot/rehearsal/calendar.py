"""The calendar of a made-up family, with each text as the family would read it: segments and reading level. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from messages.people import Hospital
from messages.segments import segments
from scheduler.plan import Planned, out_of_quiet, plan
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.readability import grade
from scheduler.texts import render, values_for

SECOND = 2  # whom a text goes to: the adult who is asked when the first is silent


@dataclass(frozen=True)
class Seen:
    """One text that would leave. `grade` is the school year it takes to read; `why` is "" for what is planned.

    `why` silent: it leaves only when nobody answers, to whom `to` names (1 or SECOND).
    """

    at: datetime
    local: datetime
    day: int
    question: str
    text: str
    segments: int
    encoding: str
    grade: float | None
    to: int = 1
    why: str = ""


def seen_calendar(
    protocol: Protocol, hospital: Hospital, day_zero: date, zone: str, language: str, *,
    joined: datetime | None = None, second: tuple[str, str] | None = None, names: tuple[str, ...] = (),
) -> list[Seen]:  # fmt: skip
    """Every planned text in order; with a `second` adult (zone, language) also what that one gets on silence."""
    planned = plan(protocol, day_zero, zone, joined=joined)
    rows = [
        _seen(protocol, hospital, one.question, one.at, ZoneInfo(zone), language, day_zero, names) for one in planned
    ]
    if second:
        rows += _second(protocol, hospital, planned, second, day_zero, zone, names)
    return sorted(rows, key=lambda row: (row.at, row.to))


def _second(
    protocol: Protocol, hospital: Hospital, planned: tuple[Planned, ...], second: tuple[str, str], day_zero: date,
    zone: str, names: tuple[str, ...],
) -> Iterator[Seen]:  # fmt: skip
    there, language = ZoneInfo(second[0]), second[1]
    for one in planned:
        at = one.at + protocol.second_caregiver_after
        late = at.astimezone(ZoneInfo(zone)).time() > protocol.reminder.not_after
        if one.question in FIXED_TEXTS or late or at.astimezone(ZoneInfo(zone)).date() != one.local.date():
            continue
        awake = out_of_quiet(at, protocol.quiet_hours, there)
        yield _seen(protocol, hospital, one.question, awake, there, language, day_zero, names, to=SECOND, why="silent")


def _seen(
    protocol: Protocol, hospital: Hospital, question: str, at: datetime, zone: ZoneInfo, language: str,
    day_zero: date, names: tuple[str, ...], *, to: int = 1, why: str = "",
) -> Seen:  # fmt: skip
    local = at.astimezone(zone)
    day = (local.date() - day_zero).days
    text = render(protocol.text(question, language), values_for(hospital, language, names=names, day=max(0, day)))
    cost = segments(text)
    return Seen(at, local, day, question, text, cost.count, cost.encoding, grade(text, language), to, why)
