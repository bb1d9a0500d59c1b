"""When a planned text leaves, waits, is too late or is stopped."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.due import Due, Send, Stopped, TooLate, WaitUntil, decide_due
from scheduler.protocol import QuietHours

NEW_YORK = ZoneInfo("America/New_York")
QUIET = QuietHours.model_validate({"from": time(21), "to": time(8)})
NINE = datetime(2026, 5, 4, 9, tzinfo=NEW_YORK)
HOUR = timedelta(hours=1)
MOMENTS = st.integers(0, 525_000).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def due(
    now: datetime,
    *,
    at: datetime = NINE,
    until: datetime = NINE + 4 * HOUR,
    texting: bool = True,
    active: bool = True,
    next_at: datetime | None = None,
) -> Due:
    return decide_due(
        at, until, now, texting=texting, active=active, quiet=QUIET, zone="America/New_York", next_at=next_at
    )


def test_a_text_leaves_at_its_minute_and_not_a_second_before() -> None:
    assert due(NINE - timedelta(seconds=1)) == WaitUntil(NINE)
    assert due(NINE) == Send()


def test_an_hour_late_is_still_useful_four_hours_are_not() -> None:
    assert due(NINE + HOUR) == Send()
    assert due(NINE + 4 * HOUR - timedelta(seconds=1)) == Send()
    assert due(NINE + 4 * HOUR) == TooLate("its time had passed")


def test_two_are_never_sent_together_because_of_a_catch_up() -> None:
    assert due(NINE + 2 * HOUR, next_at=NINE + 2 * HOUR) == TooLate("the next check-in is due")
    assert due(NINE + HOUR, next_at=NINE + 2 * HOUR) == Send()


def test_stop_is_obeyed_at_send_time() -> None:
    assert due(NINE, texting=False) == Stopped("the caregiver wants no texts")
    assert due(NINE, active=False) == Stopped("the follow-up is paused or has ended")


def test_what_is_not_yet_due_waits_even_while_paused() -> None:
    assert due(NINE - HOUR, active=False) == WaitUntil(NINE)


def test_a_welcome_held_up_until_night_waits_for_the_morning() -> None:
    night = NINE.replace(hour=23)
    morning = datetime(2026, 5, 5, 12, tzinfo=UTC)
    assert due(night, until=NINE + timedelta(days=50)) == WaitUntil(morning)


def test_a_check_in_held_up_until_night_is_too_late() -> None:
    night = NINE.replace(hour=21)
    assert due(night, until=datetime(2026, 5, 5, 12, tzinfo=UTC)) == TooLate(
        "the quiet hours end too late for it"
    )
    assert due(night, until=night + HOUR) == TooLate("the quiet hours end too late for it")
    assert due(night, until=NINE + timedelta(days=2), next_at=NINE + timedelta(hours=20)) == TooLate(
        "the quiet hours end too late for it"
    )


@given(
    now=MOMENTS,
    ahead=st.timedeltas(timedelta(days=-2), timedelta(days=2)),
    useful=st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
    following=st.none() | st.timedeltas(timedelta(days=-1), timedelta(days=1)),
    texting=st.booleans(),
    active=st.booleans(),
)
def test_whatever_comes_a_text_leaves_only_in_its_time_by_day_and_with_consent(
    now: datetime,
    ahead: timedelta,
    useful: timedelta,
    following: timedelta | None,
    texting: bool,
    active: bool,
) -> None:
    at = now + ahead
    next_at = now + following if following is not None else None
    found = due(now, at=at, until=at + useful, texting=texting, active=active, next_at=next_at)
    if isinstance(found, Send):
        assert texting
        assert active
        assert at <= now < at + useful
        assert next_at is None or now < next_at
        assert not QUIET.hold(now.astimezone(NEW_YORK).time())
    if isinstance(found, WaitUntil):
        assert found.at > now
        assert found.at < at + useful
