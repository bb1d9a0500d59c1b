"""No promise that cannot be kept: times are told only when somebody is there to keep them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time, timedelta

import pytest

from bot.conversation.promise import promise
from messages.flags import Level
from tests.unit.conversation.scene import HOSPITAL, at, context


@pytest.mark.parametrize(
    ("level", "now", "told"),
    [
        (Level.URGENT, "tue 10:07", "tue 11:10"),  # a round time, never before it is due
        (Level.URGENT, "tue 10:05", "tue 11:05"),
        (Level.URGENT, "tue 17:00", "tue 18:00"),
        (Level.URGENT, "tue 17:01", None),  # would be due after the office closes
        (Level.URGENT, "tue 22:00", None),
        (Level.URGENT, "sun 11:00", None),
        (Level.REVIEW, "tue 10:00", "tue 18:00"),
        (Level.REVIEW, "tue 17:30", "wed 12:00"),
        (Level.REVIEW, "tue 23:59", "wed 12:00"),
        (Level.REVIEW, "wed 3:00", "wed 12:00"),
        (Level.EMERGENCY, "tue 10:00", None),  # nobody should wait for it
    ],
)
def test_a_time_is_told_only_when_it_can_be_kept(level: Level, now: str, told: str | None) -> None:
    found = promise(level, context({"now": now}))
    assert found.told == (at(told) if told else None)
    assert found.due_at.tzinfo is UTC
    assert found.told is None or timedelta(0) <= found.told - found.due_at < timedelta(minutes=5)


def test_a_hospital_that_is_never_staffed_promises_nothing() -> None:
    nobody = replace(HOSPITAL, staffed_days=())
    for level in (Level.URGENT, Level.REVIEW):
        assert promise(level, context({"now": "tue 10:00", "hospital": nobody})).told is None


def test_a_day_a_week_away_is_not_told_by_its_name() -> None:
    once_a_week = replace(HOSPITAL, staffed_days=(1,), staffed_from=time(8), staffed_to=time(9))
    late = promise(Level.REVIEW, context({"now": "tue 10:00", "hospital": once_a_week}))
    soon = promise(Level.REVIEW, context({"now": "wed 10:00", "hospital": once_a_week}))
    assert late.told is None
    assert soon.told is not None
