"""A text sent later leaves at the time that was typed, on the family's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.flags.later import FARTHEST, FormError, leaves_at
from tests.house import MONDAY

SEATTLE = ZoneInfo("America/Los_Angeles")
ZONES = st.sampled_from(["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Pacific/Chatham", "UTC"])


def test_nothing_typed_leaves_now() -> None:
    assert leaves_at("  ", SEATTLE, MONDAY) is None


def test_the_familys_clock_counts() -> None:
    assert leaves_at("2026-03-03T09:30", SEATTLE, MONDAY) == datetime(2026, 3, 3, 17, 30, tzinfo=UTC)
    assert leaves_at("2026-03-03T09:30", ZoneInfo("Europe/Berlin"), MONDAY) == datetime(2026, 3, 3, 8, 30, tzinfo=UTC)


def test_a_time_that_the_clock_change_skips_is_an_hour_later_and_one_that_comes_twice_is_still_to_come() -> None:
    assert leaves_at("2026-03-08T02:30", SEATTLE, MONDAY) == datetime(2026, 3, 8, 10, 30, tzinfo=UTC)
    between = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)  # 1:00 the second time; 1:30 comes once more
    assert leaves_at("2026-11-01T01:30", SEATTLE, between) == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    ["tomorrow", "2026-03-02T09:59", "2026-03-17T10:00", "0001-01-01T00:00", "9999-12-31T23:59",
     "2026-03-03T09:30+01:00", "2026-13-01T10:00", "x" * 5000],
)
def test_a_time_that_is_none_past_or_too_far_is_asked_back(typed: str) -> None:
    with pytest.raises(FormError):
        leaves_at(typed, SEATTLE, MONDAY)


@given(
    after=st.timedeltas(timedelta(0), timedelta(days=700)),
    ahead=st.timedeltas(timedelta(minutes=2), FARTHEST - timedelta(hours=2)),
    zone=ZONES,
)
def test_whatever_is_typed_of_the_coming_days_leaves_then_and_never_in_the_past(
    after: timedelta, ahead: timedelta, zone: str
) -> None:
    now = MONDAY + after
    there = ZoneInfo(zone)
    typed = (now + ahead).astimezone(there).replace(tzinfo=None, second=0, microsecond=0)
    try:
        at = leaves_at(typed.isoformat(timespec="minutes"), there, now)
    except FormError:
        assert (now + ahead).astimezone(there).fold  # an hour that comes twice, and its first time is past
        return
    assert at is not None
    assert now < at <= now + FARTHEST
    assert at.astimezone(there).replace(tzinfo=None) == typed
