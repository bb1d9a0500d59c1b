"""What holds for every calendar, whatever the zone, the day and the moment of joining."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messages.errors import EnrolmentError
from scheduler.load import load_shipped
from scheduler.plan import (
    Planned,
    calendar,
    day_of_recovery,
    extend,
    out_of_quiet,
    plan,
    spread_for,
)
from scheduler.protocol import Phase, Protocol, QuietHours

HIP = load_shipped("hip-osteotomy")
ZONES = st.sampled_from(sorted(available_timezones()))
DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))
CLOCK = st.builds(time, st.integers(0, 23), st.integers(0, 59))
SPREADS = st.integers(0, 20 * 60 - 1).map(lambda seconds: timedelta(seconds=seconds))
MOMENTS = st.integers(-3 * 1440, 70 * 1440).map(lambda minutes: timedelta(minutes=minutes))


def minute(step: Planned) -> str:
    return f"{step.local:%Y-%m-%d %H:%M}"


def instants_are_sound(steps: tuple[Planned, ...], protocol: Protocol, day_zero: date, zone: str) -> None:
    here = ZoneInfo(zone)
    assert all(earlier.at < later.at for earlier, later in pairwise(steps))
    assert len({step.step for step in steps}) == len(steps)
    for step in steps:
        assert step.at.utcoffset() == timedelta(0)
        assert step.local.astimezone(UTC) == step.at  # in an hour that comes twice nothing equals (PEP 495)
        assert step.local.utcoffset() == step.at.astimezone(here).utcoffset()
        assert not protocol.quiet_hours.hold(step.local.time())
        assert step.day == (step.local.date() - day_zero).days == day_of_recovery(day_zero, zone, step.at)
        assert step.at < step.until


@given(zone=ZONES, day_zero=DAYS, spread=SPREADS)
@example(zone="Pacific/Apia", day_zero=date(2011, 12, 27), spread=timedelta(0))
@example(zone="Pacific/Kwajalein", day_zero=date(1993, 8, 19), spread=timedelta(minutes=7))
@example(zone="Africa/Casablanca", day_zero=date(2026, 2, 14), spread=timedelta(0))
def test_every_day_that_exists_is_asked_once_at_its_hour_in_any_zone(
    zone: str, day_zero: date, spread: timedelta
) -> None:
    steps = plan(HIP, day_zero, zone, spread=spread)
    instants_are_sound(steps, HIP, day_zero, zone)
    asked = [step for step in steps if step.question in HIP.questions]
    assert len({minute(step) for step in asked}) == len(asked)
    shown = {(step.day, (step.local - spread).time()) for step in asked if step.local.date()}
    for slot in HIP.slots():
        noon = datetime.combine(day_zero + timedelta(days=slot.day), time(12), ZoneInfo(zone))
        day_exists = noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == noon.date()
        if day_exists:
            assert (slot.day, slot.at) in shown


@given(zone=ZONES, day_zero=DAYS, after=MOMENTS)
def test_a_late_joiner_gets_the_welcome_first_and_nothing_that_was_past(
    zone: str, day_zero: date, after: timedelta
) -> None:
    joined = datetime.combine(day_zero, time(), UTC) + after
    steps = plan(HIP, day_zero, zone, joined=joined)
    instants_are_sound(steps, HIP, day_zero, zone)
    assert steps[0].step == "welcome"
    assert timedelta(0) <= steps[0].at - joined <= timedelta(hours=12)
    whole = {step.step: step.at for step in plan(HIP, day_zero, zone, joined=joined - timedelta(days=90))}
    to_come = {step: at for step, at in whole.items() if step != "welcome" and at > steps[0].at}
    assert {step.step: step.at for step in steps[1:]} == to_come


@given(
    zone=ZONES,
    day_zero=DAYS,
    times=st.lists(CLOCK, min_size=1, max_size=6, unique=True),
    quiet=st.tuples(CLOCK, CLOCK),
    spread=SPREADS,
)
@example("America/New_York", date(2026, 10, 31), [time(1, 10)], (time(23), time(1, 30)), timedelta(0))
@example("America/New_York", date(2026, 3, 7), [time(2, 30)], (time(3), time(4)), timedelta(0))
def test_whatever_a_hospital_writes_no_text_is_planned_in_its_quiet_hours(
    zone: str, day_zero: date, times: list[time], quiet: tuple[time, time], spread: timedelta
) -> None:
    phase = Phase.model_validate({"name": "any", "days": "1-4", "at": times, "ask": "daily"})
    hours = QuietHours.model_validate({"from": quiet[0], "to": quiet[1]})
    odd = HIP.model_copy(update={"phases": (phase,), "quiet_hours": hours})
    instants_are_sound(plan(odd, day_zero, zone, spread=spread), odd, day_zero, zone)


@given(zone=ZONES, day_zero=DAYS)
def test_a_check_in_is_of_use_for_four_hours_never_at_night_never_once_the_next_is_due(
    zone: str, day_zero: date
) -> None:
    steps = plan(HIP, day_zero, zone)
    for step, following in pairwise(steps[1:]):
        assert step.until <= min(step.at + timedelta(hours=4), following.at)
        last_moment = (step.until - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        assert not HIP.quiet_hours.hold(last_moment.time())
    assert steps[0].until >= steps[-1].at


@given(at=st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)), zone=ZONES,
       quiet=st.tuples(CLOCK, CLOCK))  # fmt: skip
def test_the_end_of_the_quiet_hours_is_not_quiet_and_not_far(
    at: datetime, zone: str, quiet: tuple[time, time]
) -> None:
    hours = QuietHours.model_validate({"from": quiet[0], "to": quiet[1]})
    allowed = out_of_quiet(at, hours, ZoneInfo(zone))
    assert not hours.hold(allowed.astimezone(ZoneInfo(zone)).time())
    assert timedelta(0) <= allowed - at <= timedelta(hours=26)
    assert allowed == at or hours.hold(at.astimezone(ZoneInfo(zone)).time())


def test_quiet_hours_that_end_twice_in_a_night_end_the_second_time_too() -> None:
    hours = QuietHours.model_validate({"from": "23:00", "to": "1:30"})
    second_ten_past_one = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    allowed = out_of_quiet(second_ten_past_one, hours, ZoneInfo("America/New_York"))
    assert allowed == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_check_in_is_too_late_when_the_next_one_of_the_day_is_due() -> None:
    phase = Phase.model_validate({"name": "any", "days": 1, "at": ["9:00", "11:00"], "ask": "daily"})
    first, second = plan(HIP.model_copy(update={"phases": (phase,)}), date(2026, 5, 1), "UTC")[1:3]
    assert (first.until, second.until) == (second.at, second.at + timedelta(hours=4))


class TestExtend:
    """Daily texts after a serious day."""

    def steps(self, from_day: int, existing: tuple[int, ...] = (), days: int = 3) -> list[tuple[str, str]]:
        zero = date(2026, 5, 1)
        taken = [datetime(2026, 5, 1, 16, tzinfo=UTC) + timedelta(days=day) for day in existing]
        added = extend(HIP, zero, "America/New_York", from_day, days, taken)
        return [(step.step, step.question) for step in added]

    def test_three_more_days_are_asked_where_nothing_is_planned(self) -> None:
        assert self.steps(22) == [("d23-0900", "daily"), ("d24-0900", "daily"), ("d25-0900", "daily")]

    def test_a_day_that_is_asked_already_is_not_asked_twice(self) -> None:
        assert self.steps(8, existing=(8, 10, 12, 14)) == [("d09-0900", "daily"), ("d11-0900", "daily")]

    def test_extending_twice_adds_nothing(self) -> None:
        assert self.steps(22, existing=(23, 24, 25)) == []

    def test_nothing_is_added_once_goodbye_is_said(self) -> None:
        assert self.steps(55) == [("d56-0900", "daily")]
        assert self.steps(57) == []

    def test_a_text_before_day_zero_extends_nothing_into_the_past(self) -> None:
        assert [step for step, _ in self.steps(-3, days=4)] == ["d00-0900", "d01-0900"]

    @given(zone=ZONES, day_zero=DAYS, from_day=st.integers(-2, 60), days=st.integers(1, 30))
    def test_with_the_plan_it_gives_one_calendar_that_is_sound(
        self, zone: str, day_zero: date, from_day: int, days: int
    ) -> None:
        planned = plan(
            HIP, day_zero, zone, joined=datetime.combine(day_zero, time(), UTC) - timedelta(days=9)
        )
        added = extend(HIP, day_zero, zone, from_day, days, [step.at for step in planned])
        together = tuple(sorted((*planned, *added), key=lambda step: step.at))
        instants_are_sound(together, HIP, day_zero, zone)
        for day in range(max(from_day + 1, 0), min(from_day + days, 56) + 1):
            noon = datetime.combine(day_zero + timedelta(days=day), time(12), ZoneInfo(zone))
            if noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == noon.date():
                assert any(step.day == day for step in together)


class TestSpread:
    """The nine o'clock burst, each family at its own minute."""

    def test_a_family_keeps_its_minute(self) -> None:
        assert spread_for("0198f", HIP) == spread_for("0198f", HIP)

    def test_families_fill_the_whole_span_evenly(self) -> None:
        minutes = [spread_for(f"episode-{n}", HIP) // timedelta(minutes=1) for n in range(2000)]
        assert set(minutes) == set(range(20))
        assert max(minutes.count(minute) for minute in range(20)) < 2 * 2000 / 20

    def test_without_a_spread_everybody_is_on_time(self) -> None:
        assert spread_for("any", HIP.model_copy(update={"spread": timedelta(0)})) == timedelta(0)


def test_the_day_of_recovery_follows_the_familys_calendar() -> None:
    at = datetime(2026, 5, 3, 2, 0, tzinfo=UTC)
    assert day_of_recovery(date(2026, 5, 1), "America/New_York", at) == 1
    assert day_of_recovery(date(2026, 5, 1), "Europe/Madrid", at) == 2
    assert day_of_recovery(date(2026, 5, 4), "Europe/Madrid", at) == -1


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "", "../etc/passwd", "America", "America/NewYork", "x\0y", "/etc"]
)
def test_a_zone_that_is_none_is_refused_in_words(zone: str) -> None:
    with pytest.raises(EnrolmentError, match="There is no time zone"):
        plan(HIP, date(2026, 5, 1), zone)


def test_a_misspelled_zone_is_answered_with_the_right_one() -> None:
    with pytest.raises(EnrolmentError, match=r"Did you mean America/New_York\?"):
        plan(HIP, date(2026, 5, 1), "America/NewYork")


@pytest.mark.parametrize("day_zero", [date.min, date(1900, 1, 1), date.max])
def test_a_day_zero_out_of_this_world_is_refused(day_zero: date) -> None:
    with pytest.raises(EnrolmentError, match="cannot be right"):
        plan(HIP, day_zero, "UTC")


def test_the_calendar_shows_every_text_in_every_language() -> None:
    rows = calendar(HIP, date(2026, 5, 1), "Europe/Madrid")
    assert [row.planned.question for row in rows][:3] == ["welcome", "daily", "toes"]
    assert rows[-1].planned.question == "goodbye"
    assert all(set(row.texts) == {"en", "es"} for row in rows)
    assert "1 fiebre" in rows[1].texts["es"]
