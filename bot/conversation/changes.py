"""What families would be told otherwise if the settings were others: the same moments decided under both. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.conversation.context import Context
from bot.conversation.promise import promise
from bot.conversation.say import by
from messages.escalation import next_staffed, staffed_until
from messages.flags import Level
from messages.hours import instant_of
from messages.people import Hospital

STEP = timedelta(minutes=30)
AHEAD = 60  # days in which a changed holiday is looked at
MOST = 8


@dataclass(frozen=True)
class Otherwise:
    """Texts of one level that come on these days from `start` to `end` (wall clock) are promised something else.

    `before` and `after` are the words a family reads, "" where no time is told. `dated`: one date, not a weekday.
    """

    level: Level
    days: tuple[date, ...]
    start: time
    end: time
    before: str
    after: str
    dated: bool = False


def told(level: Level, hospital: Hospital, at: datetime, language: str) -> str:
    """The time a family would be told for a text of this level that comes now; "" for none."""
    context = Context(
        now=at, hospital=hospital, caregiver=None, staffed_until=staffed_until(hospital, at),
        staffed_next=next_staffed(hospital, at),
    )
    moment = promise(level, context).told
    return by(moment, at, hospital.tz, language) if moment else ""


def promised_otherwise(before: Hospital, after: Hospital, now: datetime, language: str) -> list[Otherwise]:
    """Which texts of a usual week, and of days that change, will be promised another time than now."""
    if (before.staffed_days, before.staffed_from, before.staffed_to, before.week, before.other_days, before.zone,
            before.targets) == (after.staffed_days, after.staffed_from, after.staffed_to, after.week, after.other_days,
                                after.zone, after.targets):
        return []
    today = now.astimezone(after.tz).date()
    changed = {one.day for one in {*before.other_days} ^ {*after.other_days} if 0 <= (one.day - today).days <= AHEAD}
    found: dict[tuple[Level, time, time, str, str, bool], list[date]] = {}
    for day in [today + timedelta(days=n) for n in range(1, 8)]:
        if day not in changed:
            for level, start, end, was, will in _runs(before, after, day, language):
                found.setdefault((level, start, end, was, will, False), []).append(day)
    for day in sorted(changed):
        for level, start, end, was, will in _runs(before, after, day, language):
            found.setdefault((level, start, end, was, will, True), []).append(day)
    return [
        Otherwise(level, tuple(days), start, end, was, will, dated)
        for (level, start, end, was, will, dated), days in found.items()
    ][:MOST]


def _runs(
    before: Hospital, after: Hospital, day: date, language: str
) -> Iterator[tuple[Level, time, time, str, str]]:
    start, end = instant_of(after, day, time(0)), instant_of(after, day + timedelta(days=1), time(0))
    for level in (Level.URGENT, Level.REVIEW):
        run: tuple[datetime, str, str] | None = None
        at = start
        while at < end:
            if level is Level.URGENT:  # the minute differs with every text: what counts is whether a time is told
                was, will = (str(bool(told(level, each, at, language)) or "") for each in (before, after))
            else:
                was, will = told(level, before, at, language), told(level, after, at, language)
            if run and run[1:] != (was, will):
                yield level, _clock(after, run[0]), _clock(after, at), *run[1:]
                run = None
            if was != will and run is None:
                run = (at, was, will)
            at += STEP
        if run:
            yield level, _clock(after, run[0]), time(0), *run[1:]


def _clock(hospital: Hospital, at: datetime) -> time:
    return at.astimezone(hospital.tz).time()
