"""What was told on the days of a recovery, and whether a pattern of a protocol holds in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from scheduler.meaning import Pattern

APART = 3  # days; numbers told farther apart are not compared


@dataclass(frozen=True)
class DayTold:
    """One day of recovery on which something was told: the signs, the most pain (0-10), the highest temperature (C)."""

    day: int
    signs: frozenset[str] = frozenset()
    pain: float | None = None
    temperature: float | None = None

    def number(self, sign: str | None) -> float | None:
        """What was told in numbers of this sign."""
        return {"fever": self.temperature, "pain": self.pain}.get(sign or "")


Course = Mapping[int, DayTold]


def course_of(told: Iterable[DayTold]) -> Course:
    """By day: of several texts the worse."""
    days: dict[int, DayTold] = {}
    for one in told:
        was = days.get(one.day, DayTold(one.day))
        days[one.day] = DayTold(
            one.day, was.signs | one.signs, _worse(was.pain, one.pain), _worse(was.temperature, one.temperature)
        )
    return days


def holds(pattern: Pattern, now: DayTold, before: Course) -> bool:
    """Whether `pattern` holds with what one text tells `now`; `before` is what was told already, of today too.

    The text itself has to tell it: an evening's "all fine" does not raise anew what the morning's text raised.
    """
    if not _fits(pattern, now):
        return False
    if not pattern.trend:
        return True
    course = course_of([*before.values(), now])
    if pattern.lasts:
        days = [course.get(now.day - ago) for ago in range(pattern.lasts)]
        return all(day is not None and _fits(pattern, day) for day in days)
    if pattern.rises:
        return _rises(pattern, course, now.day)
    return _returned(pattern, course, now.day)


def _fits(pattern: Pattern, day: DayTold) -> bool:
    value = day.number(pattern.sign)
    if pattern.at_least is not None and (value is None or value < pattern.at_least):
        return False
    if pattern.at_most is not None:
        return value is not None and value <= pattern.at_most
    if pattern.rises or (pattern.at_least is not None and pattern.sign == "pain"):
        return value is not None
    return pattern.sign is None or pattern.sign in day.signs


def _rises(pattern: Pattern, course: Course, today: int) -> bool:
    told = [(day, value) for day in sorted(course) if day <= today
            if (value := course[day].number(pattern.sign)) is not None]
    last = told[-(pattern.rises or 0) - 1 :]
    steps = list(pairwise(last))
    return len(steps) == pattern.rises and all(
        value < higher and later - day <= APART for (day, value), (later, higher) in steps
    )


def _returned(pattern: Pattern, course: Course, today: int) -> bool:
    fitting = [day for day in course if day < today and _fits(pattern, course[day])]
    if not fitting:
        return False
    between = [day for day in course if max(fitting) < day < today]
    return len(between) >= (pattern.returns_after or 0)


def _worse(one: float | None, other: float | None) -> float | None:
    return max((value for value in (one, other) if value is not None), default=None)
