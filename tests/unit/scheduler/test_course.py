"""Trends over the days of a recovery: what rises, what lasts, what returns; and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.course import Course, DayTold, course_of, holds
from scheduler.meaning import Meaning, When

RISES = Meaning.model_validate({"sign": "pain", "rises": 2, "level": "urgent"})
LASTS = Meaning.model_validate({"sign": "swelling", "lasts": 3, "level": "urgent"})
RETURNS = Meaning.model_validate({"sign": "fever", "returns_after": 2, "level": "urgent"})
SETTLED = When.model_validate({"sign": "pain", "at_most": 2, "lasts": 3})
HOT = Meaning.model_validate({"sign": "fever", "at_least": 39, "level": "urgent"})


def pains(**days: float) -> Course:
    return course_of(DayTold(int(day[1:]), pain=pain) for day, pain in days.items())


def signs(sign: str, *days: int, well: tuple[int, ...] = ()) -> Course:
    told = [DayTold(day, frozenset({sign})) for day in days] + [DayTold(day) for day in well]
    return course_of(told)


@pytest.mark.parametrize(
    ("before", "day", "now", "rising"),
    [
        (pains(d1=2, d2=3), 3, 5, True),
        (pains(d1=2, d2=3), 3, 3, False),
        (pains(d1=3, d2=2), 3, 5, False),
        (pains(d2=3), 3, 5, False),
        (pains(d1=1, d4=2), 6, 3, True),
        (pains(d1=1, d8=2), 15, 3, False),
        (pains(d1=2, d2=3, d3=1), 3, 4, True),
        (pains(d1=2, d2=3, d3=6), 3, 1, True),
    ],
    ids=[
        "two days up", "the same again", "down then up", "one day only", "every few days", "weeks apart",
        "worse in the evening", "better in the evening of a bad day: the day stays bad",
    ],
)  # fmt: skip
def test_a_number_rises_when_each_day_is_worse_than_the_one_before(
    before: Course, day: int, now: float, rising: bool
) -> None:
    assert holds(RISES, DayTold(day, pain=now), before) is rising


def test_a_text_without_the_number_raises_no_trend_again() -> None:
    assert not holds(RISES, DayTold(3), pains(d1=1, d2=2, d3=3))
    assert not holds(LASTS, DayTold(3), signs("swelling", 1, 2, 3))


def test_a_sign_lasts_only_over_days_in_a_row_that_were_answered() -> None:
    now = DayTold(3, frozenset({"swelling"}))
    assert holds(LASTS, now, signs("swelling", 1, 2))
    assert not holds(LASTS, now, signs("swelling", 1, well=(2,)))
    assert not holds(LASTS, now, signs("swelling", 1))


def test_a_sign_returns_when_it_was_away_on_answered_days() -> None:
    now = DayTold(6, frozenset({"fever"}))
    assert holds(RETURNS, now, signs("fever", 2, well=(3, 4)))
    assert not holds(RETURNS, now, signs("fever", 2, well=(3,))), "one day without it is too few"
    assert not holds(RETURNS, now, signs("fever", 2)), "nobody answered on the days between"
    assert not holds(RETURNS, now, signs("fever", well=(1, 2, 3))), "it was never there"
    assert not holds(RETURNS, now, signs("fever", 5, well=(2, 3)))


def test_little_pain_on_three_days_is_settled_and_a_bad_evening_is_not() -> None:
    assert holds(SETTLED, DayTold(3, pain=1), pains(d1=2, d2=0))
    assert not holds(SETTLED, DayTold(3, pain=1), pains(d1=2, d2=3))
    assert not holds(SETTLED, DayTold(3, pain=1), pains(d1=2, d2=0, d3=6))
    assert not holds(SETTLED, DayTold(3), pains(d1=1, d2=0))


def test_a_value_needs_its_number() -> None:
    assert holds(HOT, DayTold(1, frozenset({"fever"}), temperature=39.2), {})
    assert not holds(HOT, DayTold(1, frozenset({"fever"})), {})
    assert not holds(HOT, DayTold(1, temperature=39.2), {}), "a number that was read as no fever now"


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 10), max_size=12), st.integers(0, 30), st.integers(0, 10))
def test_what_was_told_later_never_counts_for_a_day_before(told: dict[int, int], day: int, now: int) -> None:
    course = course_of(DayTold(one, frozenset({"pain"}), pain) for one, pain in told.items())
    earlier = {one: course[one] for one in course if one <= day}
    text = DayTold(day, frozenset({"pain"}), now)
    for pattern in (RISES, SETTLED, Meaning.model_validate({"sign": "pain", "returns_after": 1, "level": "urgent"})):
        assert holds(pattern, text, course) == holds(pattern, text, earlier)
