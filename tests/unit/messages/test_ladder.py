"""Ladders of every shape over coverage of every shape: each flag leads to somebody, or to everybody being alarmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from messages.escalation import (
    NobodyToTell,
    PageAt,
    PageNow,
    alarmed,
    digest_from,
    due_for,
    foreseen,
    next_page,
    rungs,
    staffed_until,
)
from messages.flags import Flag, FlagKind, FlagState, Level, Targets
from messages.ladder import (
    LEVELS,
    Ladder,
    Ladders,
    Rung,
    Way,
    Who,
    Whom,
    kept,
    opened,
    usual,
    whom_of,
    with_ladder,
)
from messages.people import Absence, Hospital, Role, Shift, Staff

HOSPITAL = Hospital("h", "h", "St. Example", "America/New_York", "+12065550100", "206-555-0100")
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)  # a Monday, 12:00 in New York
EVERY_DAY = tuple(range(7))

MINUTES = st.integers(1, 300).map(lambda minutes: timedelta(minutes=minutes))
WHOM = st.one_of(
    st.integers(1, 4).map(lambda place: Whom(Who.PLACE, place=place)),
    st.sampled_from("abcdefg").map(lambda one: Whom(Who.PERSON, staff_id=one)),
    st.sampled_from([Whom(Who.ON_SHIFT), Whom(Who.MANAGERS), Whom(Who.EVERYBODY)]),
)
WAYS = st.sets(st.sampled_from(list(Way)), min_size=1).map(lambda ways: tuple(sorted(ways)))
RUNGS = st.lists(st.builds(Rung, st.lists(WHOM, min_size=1, max_size=3).map(tuple), MINUTES, WAYS), max_size=5)
HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
LADDERS = st.builds(Ladder, RUNGS.map(tuple), MINUTES, st.booleans(), st.none() | HOURS)
OWN = st.dictionaries(st.sampled_from(LEVELS), LADDERS).map(Ladders)
DAYS = st.lists(st.integers(0, 6), unique=True).map(tuple)
STAFF = st.lists(
    st.builds(
        Staff, st.sampled_from("abcdef"), st.sampled_from(["h", "h", "h", "another"]), st.just("name"),
        st.sampled_from(["+12065550111", ""]), role=st.sampled_from(Role), waits=st.booleans(),
        shifts=st.lists(st.builds(Shift, st.just("-"), DAYS, HOURS, HOURS, st.integers(1, 4)), max_size=3).map(tuple),
    ),
    max_size=6, unique_by=lambda who: who.id,
)  # fmt: skip
HOSPITALS = st.builds(
    lambda ladders, days, opens, closes: replace(
        HOSPITAL, ladders=ladders, staffed_days=days, staffed_from=opens, staffed_to=closes
    ),
    OWN, DAYS, HOURS, HOURS,
)  # fmt: skip
MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda minute: NOON + timedelta(minutes=minute))


def opened_at(level: Level, at: datetime, hospital: Hospital = HOSPITAL) -> Flag:
    return Flag("f", "h", FlagKind.REPLY, level, FlagState.OPEN, ("fever",), at, due_for(level, hospital, at))


def climb(flag: Flag, hospital: Hospital, staff: list[Staff], sick: set[str]) -> list[tuple[datetime, PageNow]]:
    """Let a flag climb until somebody who is not sick is told, or every rung has failed: the steps done."""
    steps: list[tuple[datetime, PageNow]] = []
    now = flag.opened_at
    for _ in range(60):
        step = next_page(flag, hospital, staff, now)
        if isinstance(step, NobodyToTell):
            return steps
        assert step is not None
        if isinstance(step, PageAt):
            assert step.at > now
            now, flag = step.at, replace(flag, next_page_at=step.at)
            continue
        steps.append((now, step))
        if step.failed or not set(step.staff_ids) <= sick:
            return steps
        assert step.again_at > now
        now = step.again_at
        flag = replace(flag, rung=step.rung, next_page_at=now, pages_sent=flag.pages_sent + 1)
    raise AssertionError("a flag climbs and never ends")


@settings(max_examples=300)
@given(HOSPITALS, STAFF, MOMENTS, st.sampled_from(LEVELS), st.sets(st.sampled_from("abcdef")))
def test_every_flag_ends_with_somebody_who_can_or_with_everybody_alarmed(
    hospital: Hospital, staff: list[Staff], at: datetime, level: Level, sick: set[str]
) -> None:
    steps = climb(opened_at(level, at, hospital), hospital, staff, sick)
    reachable = {one.id for one in staff if one.phone and one.hospital_id == "h" and not one.waits}
    assert bool(steps) == bool(reachable), "nobody is told only where nobody can be"
    for _, step in steps:
        assert step.staff_ids
        assert set(step.staff_ids) <= reachable
    if steps and set(steps[-1][1].staff_ids) <= sick:
        assert steps[-1][1].failed
        assert alarmed(hospital, staff)
    if level is not Level.REVIEW and steps:
        assert steps[0][0] == at, "the first are told at once, at any hour"


@settings(max_examples=150)
@given(HOSPITALS, STAFF, MOMENTS, st.sampled_from(LEVELS), st.integers(0, 8))
def test_nobody_is_paged_for_a_taken_flag_within_its_target_and_its_holder_first_after_it(
    hospital: Hospital, staff: list[Staff], at: datetime, level: Level, minutes: int
) -> None:
    until = due_for(level, hospital, at)
    taken = replace(opened_at(level, at, hospital), state=FlagState.TAKEN, taken_by="a", next_page_at=until)
    within = min(at + timedelta(minutes=minutes), until - timedelta(seconds=1))
    assert next_page(taken, hospital, staff, within) == PageAt(until)
    step = next_page(taken, hospital, staff, until)
    if isinstance(step, PageNow) and any(one.id == "a" and one.phone and not one.waits for one in staff):
        holder = next(one for one in staff if one.id == "a")
        assert ("a" in step.staff_ids) or holder.hospital_id != "h"
    assert next_page(replace(taken, next_page_at=None), hospital, staff, until) is None, "something was done"


@given(HOSPITALS, STAFF, MOMENTS, st.sampled_from(LEVELS))
def test_what_is_foreseen_is_what_then_happens(
    hospital: Hospital, staff: list[Staff], at: datetime, level: Level
) -> None:
    flag = opened_at(level, at, hospital)
    first = next_page(flag, hospital, staff, at)
    if not isinstance(first, PageNow):
        return
    flag = replace(flag, rung=first.rung, next_page_at=first.again_at, pages_sent=1)
    told = foreseen(flag, hospital, staff)
    assert told is not None
    when, step = told
    assert when >= first.again_at
    assert next_page(replace(flag, next_page_at=when), hospital, staff, when) == step


@given(HOSPITALS, MOMENTS)
def test_a_digest_is_in_the_hours_of_an_open_day_and_a_family_is_promised_nothing_before_it(
    hospital: Hospital, at: datetime
) -> None:
    told = digest_from(hospital, at)
    assert at <= told <= at + timedelta(days=9)
    assert digest_from(hospital, told) == told, "told at its hour, not a day later"
    if any(hospital.hours_on(told.astimezone(hospital.tz).date() + timedelta(days=n)) for n in range(-1, 8)):
        assert staffed_until(hospital, told) is not None
    if hospital.ladders.of(Level.REVIEW, hospital.targets).digest_at:
        assert due_for(Level.REVIEW, hospital, at) >= told


@given(OWN)
def test_a_ladder_comes_back_from_the_database_as_it_was(ladders: Ladders) -> None:
    assert opened(kept(ladders)) == ladders


def test_the_usual_ladder_is_not_kept_and_follows_the_hospitals_targets() -> None:
    targets = Targets(urgent_again=timedelta(minutes=10))
    same = with_ladder(Ladders(), Level.URGENT, usual(Level.URGENT, targets), targets)
    assert kept(same) is None
    assert same.of(Level.URGENT, targets).again == timedelta(minutes=10)


def test_what_is_no_choice_of_who_is_none() -> None:
    for code in ("", "place:", "place:5", "place:12", "person:", "boss", "managers:x", "place"):
        assert whom_of(code) is None, code


def person(name: str, place: int = 0, role: Role = Role.COORDINATOR) -> Staff:
    shifts = (Shift(name, EVERY_DAY, time(0), time(0), place),) if place else ()
    return Staff(name, "h", name, "+12065550111", role=role, shifts=shifts)


TEAM = [person("a", 1), person("b", 2), person("m", role=Role.MANAGER)]


def own(level: Level, *whom: tuple[Whom, ...], again: int = 30, all_hours: bool = True) -> Hospital:
    ladder = Ladder(
        tuple(Rung(each, timedelta(minutes=7)) for each in whom), timedelta(minutes=again), at_all_hours=all_hours
    )
    return replace(HOSPITAL, ladders=Ladders({level: ladder}))


def test_several_people_are_told_at_once_where_the_rung_says_so() -> None:
    both = (Whom(Who.PLACE, place=2), Whom(Who.PERSON, staff_id="m"))
    step = next_page(opened_at(Level.EMERGENCY, NOON), own(Level.EMERGENCY, both), TEAM, NOON)
    assert step == PageNow(("b", "m"), 1, NOON + timedelta(minutes=7))


def test_a_rung_without_anybody_is_passed_over_at_no_cost_of_time() -> None:
    nobody = (Whom(Who.PLACE, place=3),), (Whom(Who.PERSON, staff_id="gone"),)
    hospital = own(Level.EMERGENCY, *nobody, (Whom(Who.MANAGERS),))
    found = rungs(hospital, TEAM, Level.EMERGENCY, NOON)
    assert [(one.number, [who.id for who in one.people]) for one in found] == [(3, ["m"])]


def test_at_night_something_urgent_is_told_again_only_as_the_ladder_says() -> None:
    night = NOON + timedelta(hours=11)  # 23:00
    for all_hours, at in ((True, night), (False, NOON + timedelta(hours=20))):
        hospital = own(Level.URGENT, (Whom(Who.PLACE, place=1),), all_hours=all_hours)
        flag = replace(opened_at(Level.URGENT, NOON), rung=1, next_page_at=night)
        step = next_page(flag, hospital, TEAM, night)
        assert isinstance(step, PageNow) if all_hours else step == PageAt(at)
        first = next_page(opened_at(Level.URGENT, night, hospital), hospital, TEAM, night)
        assert isinstance(first, PageNow), "the first time at any hour"


def test_whoever_is_away_is_told_by_no_answer_to_who_while_somebody_is_there() -> None:
    gone = (Absence("away", NOON - timedelta(hours=1), NOON + timedelta(hours=1)),)
    ana, mia = (Staff(one, "h", one, "+12065550111", role=Role.MANAGER) for one in ("ana", "mia"))
    for whom in (Whom(Who.PERSON, staff_id="ana"), Whom(Who.MANAGERS), Whom(Who.EVERYBODY)):
        ladder = Ladder((Rung((whom,), timedelta(minutes=5), (Way.TEXT,)),), timedelta(minutes=5), True)
        hospital = replace(HOSPITAL, ladders=Ladders({Level.EMERGENCY: ladder}))
        told = [one.people for one in rungs(hospital, [replace(ana, away=gone), mia], Level.EMERGENCY, NOON)]
        assert told == [(mia,)]
        alone = rungs(hospital, [replace(ana, away=gone)], Level.EMERGENCY, NOON)
        assert [[one.id for one in step.people] for step in alone] == [["ana"]]
