"""Promise 6: an open flag always leads to somebody; levels keep their times (facts/clinical.md 2.5).

Over 300 lines: one subject, its examples and its properties on the same made-up hospital.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.escalation import (
    NobodyToTell,
    PageAt,
    PageNow,
    due_for,
    next_page,
    next_staffed,
    on_duty,
    rungs,
    staffed_until,
)
from messages.flags import Flag, FlagKind, FlagState, Level
from messages.people import Hospital, Role, Shift, Staff

WEEKDAYS, EVERY_DAY = (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)
HOSPITAL = Hospital("h", "h", "St. Example", "America/New_York", "+12065550100", "206-555-0100")
KATHMANDU = replace(HOSPITAL, zone="Asia/Kathmandu")
ALWAYS = replace(HOSPITAL, staffed_days=EVERY_DAY, staffed_from=time(0), staffed_to=time(0))
NEVER = replace(HOSPITAL, staffed_days=())


def at(text: str, hospital: Hospital = HOSPITAL) -> datetime:
    """The instant of a wall clock time in the hospital's zone; "2026-11-23" is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=hospital.tz).astimezone(UTC)


def person(name: str, *shifts: Shift, phone: str = "+12065550111") -> Staff:
    return Staff(name, "h", name, phone, shifts=shifts)


def shift(start: int, end: int, rung: int = 1, weekdays: tuple[int, ...] = EVERY_DAY) -> Shift:
    return Shift("-", weekdays, time(start), time(end), rung)


def flag(level: Level, opened: datetime, hospital: Hospital = HOSPITAL, **changes: object) -> Flag:
    due = due_for(level, hospital, opened)
    whole = Flag("f", "h", FlagKind.REPLY, level, FlagState.OPEN, ("fever",), opened, due)
    return replace(whole, **changes)  # type: ignore[arg-type]


DAY, SECOND, NIGHT = (
    person("day", shift(8, 20)),
    person("second", shift(8, 20, 2)),
    person("night", shift(20, 8)),
)
TEAM = (SECOND, NIGHT, DAY)
MONDAY_NOON, MONDAY_NIGHT = at("2026-11-23 12:00"), at("2026-11-23 23:00")


def climb(first: Flag, hospital: Hospital, team: tuple[Staff, ...], steps: int) -> list[tuple[datetime, str]]:
    """Follow the answers of `next_page` from the flag's opening: when, and whom, for so many pages."""
    told: list[tuple[datetime, str]] = []
    now, open_flag = first.opened_at, first
    while len(told) < steps:
        page = next_page(open_flag, hospital, team, now)
        assert page is not None
        assert not isinstance(page, NobodyToTell)
        if isinstance(page, PageNow):
            told.append((now, ",".join(page.staff_ids)))
            open_flag = replace(open_flag, rung=page.rung, next_page_at=page.again_at)
            now = page.again_at
        else:
            open_flag, now = replace(open_flag, next_page_at=page.at), page.at
    return told


def people_on(staff: Sequence[Staff], level: Level, now: datetime) -> list[tuple[Staff, ...]]:
    return [one.people for one in rungs(HOSPITAL, staff, level, now)]


def test_an_emergency_is_told_at_once_and_every_five_minutes_to_the_next_rung_then_to_all_on_shift() -> None:
    told = climb(flag(Level.EMERGENCY, MONDAY_NOON), HOSPITAL, TEAM, 4)
    assert [name for _, name in told] == ["day", "second", "day,second", "day,second"]
    assert [when - MONDAY_NOON for when, _ in told] == [timedelta(minutes=5 * step) for step in range(4)]


def test_an_emergency_at_night_goes_to_whoever_is_on_duty_then() -> None:
    assert climb(flag(Level.EMERGENCY, MONDAY_NIGHT), HOSPITAL, TEAM, 1) == [(MONDAY_NIGHT, "night")]


def test_an_urgent_flag_is_told_at_once_at_any_hour_then_every_half_hour() -> None:
    for opened in (MONDAY_NOON, MONDAY_NIGHT):
        told = climb(flag(Level.URGENT, opened), HOSPITAL, TEAM, 4)
        assert [when - opened for when, _ in told] == [timedelta(minutes=30 * step) for step in range(4)]


def test_an_urgent_flag_is_told_again_when_its_time_has_come() -> None:
    late = flag(Level.URGENT, MONDAY_NOON, due_at=MONDAY_NOON + timedelta(minutes=10))
    assert climb(late, HOSPITAL, TEAM, 2)[1] == (MONDAY_NOON + timedelta(minutes=10), "second")


def test_a_review_waits_for_staffed_hours_and_is_told_once_a_day() -> None:
    saturday = at("2026-11-21 15:00")
    told = climb(flag(Level.REVIEW, saturday), HOSPITAL, TEAM, 3)
    assert [when for when, _ in told] == [at(f"2026-11-{day} 08:00") for day in (23, 24, 25)]


def test_a_review_in_staffed_hours_is_told_at_once_and_next_on_a_staffed_day() -> None:
    friday = at("2026-11-27 15:00")
    assert [when for when, _ in climb(flag(Level.REVIEW, friday), HOSPITAL, TEAM, 2)] == [
        friday,
        at("2026-11-30 08:00"),
    ]


def test_a_review_where_somebody_is_always_there_is_not_told_again_in_the_night() -> None:
    told = climb(flag(Level.REVIEW, MONDAY_NOON, ALWAYS), ALWAYS, TEAM, 3)
    assert [when for when, _ in told[1:]] == [at("2026-11-24 08:00"), at("2026-11-25 08:00")]


def test_everybody_on_a_rung_is_told_together() -> None:
    other = person("other", shift(8, 20))
    page = next_page(flag(Level.EMERGENCY, MONDAY_NOON), HOSPITAL, (*TEAM, other), MONDAY_NOON)
    assert isinstance(page, PageNow)
    assert (page.staff_ids, page.rung) == (("day", "other"), 1)


@pytest.mark.parametrize(
    ("level", "told"), [(Level.EMERGENCY, ["a,c", "a,c", "a,c"]), (Level.URGENT, ["a", "c", "a,c"])]
)
def test_with_nobody_on_duty_everybody_with_a_phone_is_told(level: Level, told: list[str]) -> None:
    team = (person("a"), person("b", phone=""), person("c", shift(8, 9)))
    assert [name for _, name in climb(flag(level, MONDAY_NIGHT), HOSPITAL, team, 3)] == told


def test_somebody_on_duty_without_a_phone_does_not_leave_a_flag_with_nobody() -> None:
    team = (person("deaf", shift(0, 0), phone=""), person("a"))
    assert [name for _, name in climb(flag(Level.URGENT, MONDAY_NIGHT), HOSPITAL, team, 1)] == ["a"]
    assert [who.id for who in on_duty(HOSPITAL, team, MONDAY_NIGHT)] == ["deaf"]


@pytest.mark.parametrize("team", [(), (person("a", phone=""),), (replace(DAY, hospital_id="another"),)])
def test_a_hospital_with_nobody_to_tell_says_so(team: tuple[Staff, ...]) -> None:
    page = next_page(flag(Level.REVIEW, MONDAY_NIGHT), HOSPITAL, team, MONDAY_NIGHT)
    assert page == NobodyToTell("f", "h")


def test_staff_of_another_hospital_are_never_told() -> None:
    stranger = replace(person("stranger", shift(0, 0)), hospital_id="another")
    assert people_on((stranger, DAY), Level.URGENT, MONDAY_NIGHT) == [(DAY,)]


def test_a_shift_over_midnight_belongs_to_the_day_it_begins() -> None:
    friday_night = (person("n", shift(20, 8, weekdays=(4,))),)
    for text, there in (
        ("2026-11-27 19:59", False),
        ("2026-11-27 20:00", True),
        ("2026-11-28 07:59", True),
        ("2026-11-28 08:00", False),
        ("2026-11-28 21:00", False),
        ("2026-11-27 07:00", False),
    ):
        assert bool(on_duty(HOSPITAL, friday_night, at(text))) is there, text


def test_a_shift_that_ends_when_it_begins_lasts_a_whole_day() -> None:
    whole = (person("w", shift(8, 8, weekdays=(0,))),)
    assert on_duty(HOSPITAL, whole, at("2026-11-24 07:59"))
    assert not on_duty(HOSPITAL, whole, at("2026-11-24 08:00"))


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_shifts_that_meet_leave_no_gap_on_a_clock_change(day: str) -> None:
    team = (
        Staff("a", "h", "a", "+1", shifts=(Shift("a", EVERY_DAY, time(18), time(1, 30)),)),
        Staff("b", "h", "b", "+1", shifts=(Shift("b", EVERY_DAY, time(1, 30), time(2, 30)),)),
        Staff("c", "h", "c", "+1", shifts=(Shift("c", EVERY_DAY, time(2, 30), time(18)),)),
    )
    start = at(f"{day} 00:00")
    for minutes in range(0, 25 * 60, 10):
        assert on_duty(HOSPITAL, team, start + timedelta(minutes=minutes)), minutes


@pytest.mark.parametrize(
    ("level", "opened", "due"),
    [
        (Level.EMERGENCY, "2026-11-21 03:00", "2026-11-21 03:05"),
        (Level.URGENT, "2026-11-21 03:00", "2026-11-21 04:00"),
        (Level.REVIEW, "2026-11-23 08:00", "2026-11-23 18:00"),
        (Level.REVIEW, "2026-11-23 17:00", "2026-11-23 18:00"),
        (Level.REVIEW, "2026-11-23 17:01", "2026-11-24 12:00"),
        (Level.REVIEW, "2026-11-23 05:00", "2026-11-23 12:00"),
        (Level.REVIEW, "2026-11-27 17:30", "2026-11-30 12:00"),
        (Level.REVIEW, "2026-11-28 10:00", "2026-11-30 12:00"),
        (Level.REVIEW, "2026-03-06 18:00", "2026-03-09 12:00"),  # over the clock change in spring
        (Level.REVIEW, "2026-10-30 18:00", "2026-11-02 12:00"),  # and in autumn
        (Level.REVIEW, "2028-02-28 20:00", "2028-02-29 12:00"),
    ],
)
def test_a_flag_is_due_when_the_standard_says(level: Level, opened: str, due: str) -> None:
    assert due_for(level, HOSPITAL, at(opened)) == at(due)


def test_an_urgent_flag_keeps_its_hour_over_a_clock_change() -> None:
    before = at("2026-11-01 01:30")
    assert due_for(Level.URGENT, HOSPITAL, before) - before == timedelta(hours=1)


def test_a_review_is_due_by_noon_or_by_the_end_of_hours_that_do_not_hold_it() -> None:
    nights = replace(HOSPITAL, staffed_from=time(20), staffed_to=time(2))
    assert due_for(Level.REVIEW, nights, MONDAY_NOON) == at("2026-11-24 02:00")


def test_a_hospital_that_is_never_staffed_still_has_a_due_time_and_pages() -> None:
    assert due_for(Level.REVIEW, NEVER, MONDAY_NIGHT) == at("2026-11-24 12:00")
    assert next_staffed(NEVER, MONDAY_NIGHT) is None
    assert isinstance(next_page(flag(Level.REVIEW, MONDAY_NIGHT, NEVER), NEVER, TEAM, MONDAY_NIGHT), PageNow)


def test_staffed_hours_are_the_hospitals_wall_clock() -> None:
    assert staffed_until(KATHMANDU, at("2026-11-23 08:00", KATHMANDU)) == at("2026-11-23 18:00", KATHMANDU)
    assert staffed_until(KATHMANDU, at("2026-11-23 18:00", KATHMANDU)) is None
    assert next_staffed(KATHMANDU, at("2026-11-27 18:00", KATHMANDU)) == at("2026-11-30 08:00", KATHMANDU)
    assert next_staffed(HOSPITAL, MONDAY_NOON) == at("2026-11-24 08:00")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        next_page(flag(Level.URGENT, MONDAY_NOON), HOSPITAL, TEAM, datetime(2026, 11, 23, 12))  # noqa: DTZ001


HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
DAYS = st.lists(st.integers(0, 6), unique=True).map(tuple)
SHIFTS = st.lists(st.builds(Shift, st.just("-"), DAYS, HOURS, HOURS, st.integers(1, 4)), max_size=3)
STAFF = st.lists(
    st.builds(
        Staff,
        st.sampled_from("abcdef"),
        st.sampled_from(["h", "h", "another"]),
        st.just("name"),
        st.sampled_from(["+12065550111", "+12065550112", ""]),
        shifts=SHIFTS.map(tuple),
    ),
    max_size=5,
    unique_by=lambda who: who.id,
)
START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = [
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
    "UTC",
]
HOSPITALS = st.builds(
    lambda zone, days, opens, closes: replace(
        HOSPITAL, zone=zone, staffed_days=days, staffed_from=opens, staffed_to=closes
    ),
    st.sampled_from(ZONES),
    DAYS,
    HOURS,
    HOURS,
)
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minute: START + timedelta(minutes=minute))
LEVELS = st.sampled_from(list(Level))


@given(HOSPITALS, STAFF, MOMENTS, LEVELS, st.integers(0, 50), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_an_open_flag_always_leads_to_somebody_with_a_phone_or_says_that_it_cannot(
    hospital: Hospital, staff: list[Staff], opened: datetime, level: Level, pages: int, later: timedelta
) -> None:
    now = opened + later
    page = next_page(flag(level, opened, hospital, rung=pages), hospital, staff, now)
    reachable = {who.id for who in staff if who.phone and who.hospital_id == "h"}
    if not reachable:
        assert page == NobodyToTell("f", "h")
        return
    if isinstance(page, PageAt):
        assert level in (Level.REVIEW, Level.OK)
        assert now < page.at < now + timedelta(days=9)
        assert page.at.utcoffset() == timedelta(0)
        return
    assert isinstance(page, PageNow)
    assert page.staff_ids
    assert set(page.staff_ids) <= reachable
    assert page.again_at > now
    assert page.again_at.utcoffset() == timedelta(0)


@given(HOSPITALS, STAFF, MOMENTS, LEVELS, st.sampled_from([FlagState.TAKEN, FlagState.CLOSED]))
def test_nobody_is_told_about_a_flag_that_is_taken_or_closed(
    hospital: Hospital, staff: list[Staff], now: datetime, level: Level, state: FlagState
) -> None:
    assert next_page(flag(level, now, hospital, state=state), hospital, staff, now) is None


@given(HOSPITALS, MOMENTS, LEVELS)
def test_every_flag_is_due_later_than_now_and_within_the_hospitals_next_staffed_day(
    hospital: Hospital, now: datetime, level: Level
) -> None:
    due = due_for(level, hospital, now)
    assert due.utcoffset() == timedelta(0)
    assert now < due < now + timedelta(days=10)
    if level is Level.REVIEW and hospital.staffed_days:
        last_moment = due - timedelta(microseconds=1)
        assert staffed_until(hospital, last_moment) is not None


@given(HOSPITALS, MOMENTS)
def test_the_next_staffed_hours_begin_after_now_and_are_staffed(hospital: Hospital, now: datetime) -> None:
    begins = next_staffed(hospital, now)
    assert (begins is None) == (not hospital.staffed_days)
    if begins is not None:
        assert begins > now
        assert staffed_until(hospital, begins) is not None


def test_without_shifts_an_auditor_is_told_only_where_nobody_may_act() -> None:
    auditor, nurse = replace(person("audit"), role=Role.AUDITOR), person("nurse")
    now = at("2026-11-23T03:00")
    assert people_on([auditor, nurse], Level.URGENT, now) == [(nurse,)]
    assert people_on([auditor], Level.URGENT, now) == [(auditor,)]
