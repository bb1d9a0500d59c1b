"""Between which hours an adult wants texts: nothing of the plan comes outside of them, and nothing of it is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messages.people import Hours
from scheduler.load import check_text, load_protocol, load_shipped
from scheduler.plan import extend, plan, spread_for
from scheduler.protocol import Protocol
from scheduler.quiet import asked_within, for_adult, times_of, why_not

EVERYTHING = load_protocol((Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8"), "everything.yaml")
SHIPPED = [load_shipped(name) for name in ("hip-osteotomy", "spica-cast", "tonsillectomy")]
HIP = SHIPPED[0]
AFTERNOON = Hours(time(12), time(20))
PROTOCOLS = st.sampled_from([*SHIPPED, EVERYTHING])
DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))
ZONES = st.sampled_from(sorted(available_timezones()))


@st.composite
def own_hours(draw: st.DrawFn) -> Hours:
    """Any hours that these protocols allow: from 8:00 to 21:00, four hours at least."""
    start = draw(st.integers(8 * 60, 17 * 60))
    end = draw(st.integers(start + 4 * 60, 21 * 60))
    return Hours(time(*divmod(start, 60)), time(*divmod(end, 60)))


@given(protocol=PROTOCOLS, zone=ZONES, day_zero=DAYS, own=own_hours(), family=st.text("abc", max_size=4))
@example(protocol=HIP, zone="America/New_York", day_zero=date(2026, 3, 6), own=AFTERNOON, family="a")
@example(protocol=HIP, zone="Africa/Casablanca", day_zero=date(2026, 2, 14), own=AFTERNOON, family="a")
def test_all_that_is_planned_comes_within_them_on_its_own_day_in_any_zone(
    protocol: Protocol, zone: str, day_zero: date, own: Hours, family: str
) -> None:
    spread = spread_for(family, protocol)
    joined = datetime.combine(day_zero - timedelta(days=1), time(12), UTC)
    as_written = plan(protocol, day_zero, zone, joined=joined, spread=spread)
    chosen = plan(protocol, day_zero, zone, joined=joined, spread=spread, own=own)
    assert all(own.start <= one.local.time() < own.end for one in chosen)
    assert all(earlier.at < later.at for earlier, later in pairwise(chosen))
    coming = {one.step: one.local.date() for one in as_written if one.step != "welcome"}
    there = {one.step: one.local.date() for one in chosen if one.step != "welcome"}
    skipped = {one.step for one in chosen if one.at <= chosen[0].at}
    assert {step: day for step, day in there.items() if step in coming} == {
        step: day for step, day in coming.items() if step in there
    }
    # Only what is past when the welcome comes, later than it would have come, may be missing.
    late = {one.step for one in as_written if one.at <= chosen[0].at + timedelta(days=1)}
    assert set(coming) - set(there) <= skipped | late


@given(protocol=PROTOCOLS, own=own_hours(), moved=st.dictionaries(st.sampled_from([time(9), time(18)]), st.builds(
    time, st.integers(8, 20), st.integers(0, 59))))  # fmt: skip
def test_what_is_moved_keeps_its_order_and_half_an_hour(
    protocol: Protocol, own: Hours, moved: dict[time, time]
) -> None:
    asked = asked_within(protocol, moved, own)
    before = sorted(times_of(protocol), key=lambda at: (moved.get(at, at), at))
    after = [asked.get(at, at) for at in before]
    assert after == sorted(after)
    assert all(own.start <= at < own.end for at in after)
    for (one, was), (other, will) in pairwise(zip(after, before, strict=True)):
        if one != moved.get(was, was) or other != moved.get(will, will):
            between = timedelta(hours=other.hour - one.hour, minutes=other.minute - one.minute)
            kept = (one == moved.get(was, was)) and (other == moved.get(will, will))
            assert kept or between >= timedelta(minutes=30)


def test_whoever_says_nothing_is_asked_as_is_written() -> None:
    day = date(2026, 3, 6)
    assert plan(HIP, day, "America/New_York", own=None) == plan(HIP, day, "America/New_York")
    assert for_adult(HIP, None) is HIP


def test_mornings_come_at_noon_and_evenings_as_they_are_over_a_clock_change() -> None:
    steps = plan(HIP, date(2026, 3, 6), "America/New_York", own=AFTERNOON)
    assert [f"{one.local:%d %H:%M} {one.question}" for one in steps[:8]] == [
        "06 12:00 welcome", "07 12:00 daily", "07 18:00 toes", "08 12:00 daily", "08 18:00 toes", "09 12:00 daily",
        "09 18:00 toes", "10 12:00 daily",
    ]
    assert steps[3].at - steps[1].at == timedelta(hours=23)


def test_days_more_keep_to_them() -> None:
    more = extend(HIP, date(2026, 3, 6), "America/New_York", 9, 3, [], own=AFTERNOON)
    assert {f"{one.local:%H:%M}" for one in more} == {"12:00"}


@given(own=own_hours(), zone=ZONES, moment=st.integers(0, 525_000))
def test_outside_of_them_it_is_quiet(own: Hours, zone: str, moment: int) -> None:
    at = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=moment)).astimezone(ZoneInfo(zone)).time()
    assert for_adult(HIP, own).quiet_hours.hold(at) == (not own.start <= at < own.end)


@pytest.mark.parametrize(
    ("own", "why"),
    [("12:00-20:00", ""), ("8:00-21:00", ""), ("7:30-20:00", "early"), ("12:00-21:30", "late"),
     ("12:00-15:00", "short"), ("20:00-12:00", "order")],
)
def test_only_what_the_protocol_allows(own: str, why: str) -> None:
    hours = Hours.of(own)
    assert hours
    assert why_not(HIP, hours) == why
    assert (for_adult(HIP, hours) is HIP) == bool(why)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ('{from: "7:00", to: "20:00", least: 4 h}', "own_hours.from: 7:00 is in the quiet hours. Choose another time."),
        ('{from: "20:00", to: "9:00", least: 4 h}', "own_hours.to: the hours 20:00 to 9:00 run backwards. Swap them."),
        ('{from: "9:00", to: "12:00", least: 4 h}',
         "own_hours.least: it is more than there is from `from` to `to`. Make it shorter."),
        ('{from: "9:00", to: "20:00", least: 1 h}',
         "own_hours.least: the times of this protocol need 2 h 1 min, 30 minutes apart. Make it longer."),
    ],
)
def test_hours_in_which_the_plan_finds_no_room_stop_a_protocol(new: str, told: str) -> None:
    source = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
    old = '{from: "8:00", to: "21:00", least: 4 h}'
    assert old in source
    assert [str(one).split(": ", 1)[1] for one in check_text(source.replace(old, new), "e.yaml").errors] == [told]
