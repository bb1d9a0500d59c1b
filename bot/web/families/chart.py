"""The recovery by days, as a chart draws it: pain, temperature, signs, and whether anybody answered. Pure.

What both adults told counts, the worse of it. Places are shares of a drawing's width and height in percent, so that one
drawing is right on a phone and on a wide screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from messages.flags import Level
from messages.store.story import Ask, Done, Told
from scheduler.protocol import USUAL_LEVEL

MOST_DAYS = 84  # the last ones are drawn
FEVER = 38.0  # Celsius
_ROOM = (36.0, 39.0)  # Celsius, the least a drawing of the temperature reaches over
_OUTCOMES = ("answered", "asked", "silent", "missed", "skipped")  # of a day, the first that holds


@dataclass(frozen=True)
class Day:
    """One day of recovery. `outcome` is answered, asked (today, no answer yet), silent, missed (by us), skipped or "".

    `unclear`: something of it may be about another child on the same phone.
    """

    number: int
    date: date
    outcome: str
    level: Level | None = None
    pain: int | None = None
    temperature: float | None = None
    signs: Mapping[str, Level] = field(default_factory=dict)
    unclear: bool = False


@dataclass(frozen=True)
class Mark:
    """Something drawn for one day: a box from `top`, `left` in percent; `level` or `kind` says how it looks."""

    day: Day
    left: float
    width: float
    top: float = 0.0
    height: float = 100.0
    level: str = ""

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def corrected(told: Iterable[Told], acts: Iterable[Done], raised_by: Mapping[str, str | None]) -> list[Told]:
    """What was told, read as coordinators say it should be. `raised_by` names the text that raised each flag."""
    right = {
        raised_by.get(act.flag_id): (act.right_level, act.right_signs)
        for act in acts
        if act.right_level is not None and not act.undone
    }
    found = []
    for one in told:
        level, signs = right.get(one.message_id, (one.level, one.signs))
        pain, heat = one.pain, one.temperature
        if one.message_id in right and "fever" not in signs and (heat or 0) >= FEVER:
            heat = None  # who says that it is no fever says that the number is no temperature
        found.append(
            Told(one.message_id, one.caregiver_id, one.at, level or one.level, signs, pain, heat, one.unclear)
        )
    return found


def days_of(
    day_zero: date,
    told: Sequence[Told],
    asked: Sequence[Ask],
    zones: Mapping[str, ZoneInfo],
    zone: ZoneInfo,
    until: datetime,
) -> list[Day]:
    """Every day from the first on which anything was asked or told up to `until` (now, or the end of the follow-up).

    `zones` holds each caregiver's zone, `zone` is for texts of anybody else.
    """

    def number(at: datetime, caregiver_id: str | None) -> int:
        return (at.astimezone(zones.get(caregiver_id or "", zone)).date() - day_zero).days

    texts: dict[int, list[Told]] = {}
    for one in told:
        texts.setdefault(number(one.at, one.caregiver_id), []).append(one)
    asks: dict[int, set[str]] = {}
    for ask in asked:
        asks.setdefault(ask.day, set()).add(ask.state)
    known = {*texts, *(day for day, states in asks.items() if states & set(_OUTCOMES))}
    if not known:
        return []
    last = max(number(until, None), *known)
    first = max(min(known), last - MOST_DAYS + 1)
    return [_day(n, day_zero, texts.get(n, ()), asks.get(n, set())) for n in range(first, last + 1)]


def _day(number: int, day_zero: date, texts: Sequence[Told], states: set[str]) -> Day:
    outcome = "answered" if texts else next((one for one in _OUTCOMES if one in states), "")
    signs: dict[str, Level] = {}
    for one in texts:
        for sign, level in levels_of(one.signs, one.level).items():
            signs[sign] = max(level, signs.get(sign, level), key=lambda each: each.rank)
    return Day(
        number, day_zero + timedelta(days=number), outcome,
        level=max((one.level for one in texts), default=None, key=lambda each: each.rank),
        pain=max((one.pain for one in texts if one.pain is not None), default=None),
        temperature=max((one.temperature for one in texts if one.temperature is not None), default=None),
        signs=signs,
        unclear=any(one.unclear for one in texts),
    )


def levels_of(signs: Sequence[str], level: Level) -> dict[str, Level]:
    """How serious each sign of one text is: the text's level for the usually most serious, the usual for others."""
    usual = {sign: USUAL_LEVEL.get(sign, Level.URGENT) for sign in signs}
    worst = max((one.rank for one in usual.values()), default=0)
    return {
        sign: level if one.rank == worst else min(one, level, key=lambda each: each.rank)
        for sign, one in usual.items()
    }


# Drawing

_TALL = {Level.OK: 12.0, Level.REVIEW: 40.0, Level.URGENT: 70.0, Level.EMERGENCY: 100.0}


def _column(days: Sequence[Day], index: int, share: float) -> tuple[float, float]:
    each = 100 / len(days)
    return round(each * (index + (1 - share) / 2), 2), round(each * share, 2)


def _bars(days: Sequence[Day], heights: Sequence[float | None], levels: Sequence[Level | None]) -> list[Mark]:
    marks = []
    for index, (day, height, level) in enumerate(zip(days, heights, levels, strict=True)):
        if height is not None:
            left, width = _column(days, index, 0.72)
            marks.append(Mark(day, left, width, round(100 - height, 2), round(height, 2), str(level or "")))
    return marks


def pain_bars(days: Sequence[Day]) -> list[Mark]:
    """A bar for each day on which pain was told; none at all is still a line."""
    return _bars(days, [None if day.pain is None else max(3.0, day.pain * 10) for day in days], [None] * len(days))


def level_bars(days: Sequence[Day], sign: str = "") -> list[Mark]:
    """A bar for each day on which the sign was told, or anything, by how serious it was."""
    levels = [day.signs.get(sign) if sign else day.level for day in days]
    return _bars(days, [_TALL[level] if level else None for level in levels], levels)


def gaps(days: Sequence[Day]) -> list[Mark]:
    """The whole width of days on which something was asked and nobody answered."""
    return [
        Mark(day, *_column(days, index, 1.0))
        for index, day in enumerate(days)
        if day.outcome in ("silent", "asked") and day.level is None
    ]


def answers(days: Sequence[Day]) -> list[Mark]:
    """A small mark for each day: what came of the question."""
    return [Mark(day, *_column(days, index, 0.72)) for index, day in enumerate(days) if day.outcome]


@dataclass(frozen=True)
class Curve:
    """The temperature: points, the lines between days that follow each other, and guides (Celsius, place)."""

    points: list[Mark]
    lines: list[tuple[Mark, Mark]]
    guides: list[tuple[float, float]]


def temperature_curve(days: Sequence[Day]) -> Curve:
    """Points joined where two readings are at most two days apart: a longer silence leaves a hole."""
    values = [day.temperature for day in days if day.temperature is not None]
    low = min([_ROOM[0], *(value - 0.3 for value in values)])
    high = max([_ROOM[1], *(value + 0.3 for value in values)])

    def place(value: float) -> float:
        return round(100 * (high - value) / (high - low), 2)

    points = []
    for index, day in enumerate(days):
        if day.temperature is not None:
            left, width = _column(days, index, 0.72)
            level = str(day.signs.get("fever", Level.URGENT)) if day.temperature >= FEVER else ""
            points.append(Mark(day, left, width, place(day.temperature), 0, level))
    lines = [(a, b) for a, b in pairwise(points) if b.day.number - a.day.number <= 2]
    return Curve(points, lines, [(value, place(value)) for value in (37.0, FEVER) if low < value < high])


def scale(days: Sequence[Day], most: int = 7) -> list[Mark]:
    """The days that are named under the drawing: few enough to be read on a phone, the last one always."""
    step = next(each for each in (1, 2, 5, 7, 14, 28) if len(days) / each <= most or each == 28)
    return [
        Mark(day, *_column(days, index, 1.0))
        for index, day in enumerate(days)
        if day is days[-1] or (day.number % step == 0 and days[-1].number - day.number >= step * 0.75)
    ]


def signs_told(days: Sequence[Day]) -> list[str]:
    """Every sign told on any day, most serious first, then the one on most days."""
    count: dict[str, tuple[int, int]] = {}
    for day in days:
        for sign, level in day.signs.items():
            worst, often = count.get(sign, (0, 0))
            count[sign] = (max(worst, level.rank), often + 1)
    return sorted(count, key=lambda sign: (-count[sign][0], -count[sign][1], sign))
