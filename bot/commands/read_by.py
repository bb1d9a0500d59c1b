"""What a text means by a protocol, on a day of recovery, after what was told on the days before: the rules by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from bot.conversation.context import ChildHere, Context
from bot.conversation.triage import triage
from bot.reading.read import read
from messages.conversation import Asked, Reading
from messages.people import Hospital
from scheduler.course import Course, DayTold, course_of
from scheduler.protocol import Protocol

_NOBODY = Hospital(id="", slug="", name="", zone="UTC", sender="", phone="")


def told_before(said: Sequence[str], lang: str) -> Course:
    """What `--before "4: pain is 5"` tells, by day. Raises click.UsageError for anything else."""
    days = []
    for one in said:
        day, colon, text = one.partition(":")
        if not (colon and day.strip().isascii() and day.strip().isdecimal()):
            raise click.UsageError(f'--before {one!r} is no day and text. Write it like --before "4: pain is 5".')
        found = read(text, asked=Asked(kind="checkin"), language=lang)
        days.append(DayTold(int(day), frozenset(found.signs), found.pain, found.temperature))
    return course_of(days)


def by_protocol(text: str, reading: Reading, protocol: Protocol, day: int, before: Course) -> str:
    """One line: the level for this child, and the names of the rules that made it that."""
    child = ChildHere("", "", day, protocol, course=before)
    found = triage(reading, child, Context(datetime.now(UTC), _NOBODY, None, (child,)), text)
    why = f", by: {', '.join(found.rules)}" if found.rules else ""
    return f"{protocol.name}, day {day}: {found.level.value}{why}"
