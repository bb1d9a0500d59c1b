"""Wall clock hours of a hospital as instants: stretches of hours, over midnight and clock changes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from messages.people import Hospital, Hours


def stretches(
    hospital: Hospital, hours: Callable[[date], Hours | None], now: datetime, *, days: int
) -> Iterator[tuple[datetime, datetime]]:
    """(start, end) in UTC of each stretch of `hours` that begins from yesterday to `days` days on, in order.

    An end not after the start is on the day after: 19:00-07:00 crosses midnight, 08:00-08:00 is a whole day.
    A time that a clock change skips or repeats is one instant: a stretch begins where the one before it ends.
    """
    today = now.astimezone(hospital.tz).date()
    for offset in range(-1, days + 1):
        day = today + timedelta(days=offset)
        if (of := hours(day)) is not None and (found := stretch_of(hospital, day, of.start, of.end)):
            yield found


def stretch_of(hospital: Hospital, day: date, start: time, end: time) -> tuple[datetime, datetime] | None:
    """(start, end) in UTC of the hours that begin on this day; None when a clock change leaves nothing of them."""
    last = day if end > start else day + timedelta(days=1)
    begins, ends = instant_of(hospital, day, start), instant_of(hospital, last, end)
    return (begins, ends) if begins < ends else None


def instant_of(hospital: Hospital, day: date, at: time) -> datetime:
    """The instant of a wall clock time: the first when it comes twice, moved on when the clock skips it."""
    return datetime.combine(day, at, hospital.tz).astimezone(UTC)
