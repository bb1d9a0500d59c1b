"""What happens when a family does not answer: a reminder, the second caregiver, a flag, never at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.flags import Level
from scheduler.load import load_shipped
from scheduler.silence import (
    AskSecond,
    Nothing,
    RaiseFlag,
    Remind,
    Silence,
    SilenceDecision,
    decide_silence,
)

HIP = load_shipped("hip-osteotomy")
NEW_YORK = ZoneInfo("America/New_York")
NINE = datetime(2026, 5, 4, 9, tzinfo=NEW_YORK)
SIX = NINE.replace(hour=18)
EIGHT_IN_THE_EVENING = datetime(2026, 5, 5, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENTS = st.integers(0, 525_000).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
FIRST_DAY = Silence(HIP, "America/New_York", day=1, asked_at=NINE, now=NINE, missed_in_row=1)


def at(now: datetime, **facts: object) -> SilenceDecision:
    return decide_silence(replace(FIRST_DAY, now=now, **facts))  # type: ignore[arg-type]


def test_nothing_happens_for_three_hours() -> None:
    assert at(NINE + 3 * HOUR - timedelta(seconds=1)) == Nothing(NINE + 3 * HOUR)


def test_after_three_hours_comes_one_reminder() -> None:
    assert at(NINE + 3 * HOUR) == Remind(EIGHT_IN_THE_EVENING)
    assert at(NINE + 4 * HOUR, reminded_at=NINE + 3 * HOUR) == Nothing(EIGHT_IN_THE_EVENING)


def test_after_the_reminder_the_second_caregiver_is_asked_once() -> None:
    reminded = {"reminded_at": NINE + 3 * HOUR, "has_second": True}
    assert at(NINE + 3 * HOUR, has_second=True) == Remind(NINE + 5 * HOUR)
    assert at(NINE + 4 * HOUR, **reminded) == Nothing(NINE + 5 * HOUR)
    assert at(NINE + 5 * HOUR, **reminded) == AskSecond(EIGHT_IN_THE_EVENING)
    assert at(NINE + 6 * HOUR, **reminded, seconded_at=NINE + 5 * HOUR) == Nothing(EIGHT_IN_THE_EVENING)


def test_no_reminder_after_eight_in_the_evening() -> None:
    assert at(SIX + HOUR, asked_at=SIX) == Nothing(EIGHT_IN_THE_EVENING)
    late = NINE.replace(hour=17)
    assert at(late + HOUR, asked_at=late) == Nothing(late + 3 * HOUR)
    assert at(EIGHT_IN_THE_EVENING - timedelta(minutes=1), asked_at=late) == Nothing(EIGHT_IN_THE_EVENING)


def test_the_last_hour_for_a_reminder_is_the_hospitals() -> None:
    early = HIP.model_copy(update={"reminder": HIP.reminder.model_copy(update={"not_after": time(17)})})
    three = NINE.replace(hour=15)
    assert at(three, asked_at=three, protocol=early) == Nothing(EIGHT_IN_THE_EVENING)
    assert at(three, asked_at=three) == Nothing(three + 3 * HOUR)


def test_a_reminder_held_up_by_an_outage_is_sent_as_long_as_it_is_not_too_late() -> None:
    assert at(NINE.replace(hour=19, minute=59)) == Remind(EIGHT_IN_THE_EVENING)


def test_a_check_in_that_a_later_one_replaced_is_left_to_it() -> None:
    assert at(NINE + 12 * HOUR, superseded=True) == Nothing(None)


@pytest.mark.parametrize(
    ("day", "missed", "after_serious", "expected"),
    [
        (1, 1, False, RaiseFlag(Level.REVIEW, "a silent day in the first week")),
        (7, 1, False, RaiseFlag(Level.REVIEW, "a silent day in the first week")),
        (2, 2, False, RaiseFlag(Level.URGENT, "two silent days in the first week")),
        (7, 5, False, RaiseFlag(Level.URGENT, "two silent days in the first week")),
        (8, 1, False, Nothing(None)),
        (10, 2, False, Nothing(None)),
        (28, 3, False, RaiseFlag(Level.REVIEW, "three silent check-ins", last_check_in=True)),
        (35, 4, False, RaiseFlag(Level.REVIEW, "three silent check-ins")),
        (3, 1, True, RaiseFlag(Level.URGENT, "silent after a serious day")),
        (24, 1, True, RaiseFlag(Level.URGENT, "silent after a serious day")),
        (24, 0, True, RaiseFlag(Level.URGENT, "silent after a serious day")),
        (24, 3, True, RaiseFlag(Level.URGENT, "silent after a serious day", last_check_in=True)),
        (3, 0, False, Nothing(None)),
    ],
)
def test_at_the_end_of_the_day_silence_is_judged_by_day_length_and_what_came_before(
    day: int, missed: int, after_serious: bool, expected: SilenceDecision
) -> None:
    found = at(EIGHT_IN_THE_EVENING, day=day, missed_in_row=missed, after_serious=after_serious)
    assert found == expected


def test_a_family_last_known_with_a_serious_sign_is_flagged_sooner_and_the_reminder_comes_first() -> None:
    serious = {"after_serious": True, "missed_in_row": 1, "day": 3}
    assert at(NINE + 3 * HOUR, **serious) == Remind(NINE + 6 * HOUR)
    asked = {**serious, "reminded_at": NINE + 3 * HOUR}
    assert at(NINE + 6 * HOUR - timedelta(seconds=1), **asked) == Nothing(NINE + 6 * HOUR)
    assert at(NINE + 6 * HOUR, **asked) == RaiseFlag(Level.URGENT, "silent after a serious day")
    assert at(NINE + 6 * HOUR, **{**asked, "after_serious": False}) == Nothing(EIGHT_IN_THE_EVENING), "others wait"


def test_a_text_that_left_late_in_the_evening_is_judged_in_the_morning() -> None:
    late = NINE.replace(hour=19, minute=30)
    morning = datetime(2026, 5, 5, 12, tzinfo=UTC)
    assert at(EIGHT_IN_THE_EVENING, asked_at=late) == Nothing(morning)
    assert isinstance(at(morning, asked_at=late), RaiseFlag)


def test_a_flag_that_an_outage_held_up_into_the_night_waits_for_the_morning() -> None:
    assert at(NINE.replace(hour=23)) == Nothing(datetime(2026, 5, 5, 12, tzinfo=UTC))


@given(
    asked_at=MOMENTS,
    outage=st.timedeltas(timedelta(0), timedelta(hours=30)),
    day=st.integers(0, 56),
    missed=st.integers(0, 6),
    has_second=st.booleans(),
    after_serious=st.booleans(),
    zone=st.sampled_from(["America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_a_silence_ends_in_few_looks_with_at_most_one_nudge_each_and_nothing_at_night(
    asked_at: datetime,
    outage: timedelta,
    day: int,
    missed: int,
    has_second: bool,
    after_serious: bool,
    zone: str,
) -> None:
    here = ZoneInfo(zone)
    facts = Silence(
        HIP, zone, day, asked_at, asked_at + outage, missed, None, None, has_second, after_serious
    )
    done = []
    for _ in range(6):
        found = decide_silence(facts)
        local = facts.now.astimezone(here)
        if not isinstance(found, Nothing):
            done.append(type(found))
            assert not HIP.quiet_hours.hold(local.time())
        if isinstance(found, Remind | AskSecond):
            assert local.date() == asked_at.astimezone(here).date()
            assert local.time() <= HIP.reminder.not_after
        if isinstance(found, RaiseFlag) or found.look_again_at is None:
            break
        assert found.look_again_at > facts.now or isinstance(found, Remind)
        if isinstance(found, Remind):
            facts = replace(facts, reminded_at=facts.now)
        if isinstance(found, AskSecond):
            facts = replace(facts, seconded_at=facts.now)
        facts = replace(facts, now=found.look_again_at)
    else:
        pytest.fail("it goes on and on")
    assert len(set(done)) == len(done)
    assert (RaiseFlag in done) == any(rule.holds(day, missed, after_serious) for rule in HIP.silence.rules)
    assert facts.now - asked_at <= outage + timedelta(hours=40)
