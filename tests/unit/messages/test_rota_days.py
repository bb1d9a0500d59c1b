"""Who is on duty: shifts of dates, swaps, absences, contradictions, over midnight and clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.escalation import due_for, next_staffed, on_duty, rungs, staffed_until
from messages.flags import Level
from messages.ladder import Ladder, Ladders, Rung, Who, Whom
from messages.people import Absence, Hospital, OtherDay, Role, Shift, Staff, Swap
from messages.rota import ClashKind, covered, fallback, has_rota, holes, rota

HOSPITAL = Hospital("h", "h", "Harbor", "America/New_York", "+1", "555")
WEEK = tuple(range(7))
SAT = date(2026, 11, 28)


def at(text: str, hospital: Hospital = HOSPITAL) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=hospital.tz).astimezone(UTC)


def shift(start: int, end: int, rung: int = 1, day: date | None = None, days: tuple[int, ...] = WEEK) -> Shift:
    return Shift("-", () if day else days, time(start), time(end), rung, day=day)


def person(name: str, *shifts: Shift, phone: str = "+12025550111") -> Staff:
    return Staff(name, "h", name, phone, shifts=shifts)


def swap(giver: str, taker: str, day: date, start: int, end: int, n: int = 0) -> Swap:
    return Swap(f"{n}{giver}{taker}", giver, taker, day, time(start), time(end), at("2026-11-01") + timedelta(hours=n))


def with_swaps(staff: list[Staff], *swaps: Swap) -> list[Staff]:
    return [replace(one, swaps=tuple(s for s in swaps if one.id in (s.staff_id, s.to_id))) for one in staff]


def away(one: Staff, begins: str, ends: str) -> Staff:
    return replace(one, away=(*one.away, Absence(f"{one.id}{begins}", at(begins), at(ends))))


def names(staff: list[Staff], when: str, hospital: Hospital = HOSPITAL) -> list[str]:
    return [one.id for one in on_duty(hospital, staff, at(when))]


def ladder(hospital: Hospital, staff: list[Staff], when: datetime, level: Level = Level.URGENT) -> list[list[str]]:
    return [[one.id for one in rung.people] for rung in rungs(hospital, staff, level, when)]


ANNA, BEN = person("anna", shift(7, 19)), person("ben", shift(19, 7))


def test_a_swap_moves_the_shift_of_one_date_to_another_person_and_no_other_date() -> None:
    team = with_swaps([ANNA, BEN, person("cleo")], swap("ben", "cleo", SAT, 19, 7))
    assert names(team, "2026-11-28 23:00") == ["cleo"]
    assert names(team, "2026-11-29 06:59") == ["cleo"]  # of Saturday, over midnight
    assert names(team, "2026-11-29 23:00") == ["ben"]
    assert names(team, "2026-11-27 23:00") == ["ben"]


def test_a_shift_can_be_given_on_and_given_back() -> None:
    team = [ANNA, BEN, person("cleo")]
    on = (swap("ben", "cleo", SAT, 19, 7), swap("cleo", "anna", SAT, 19, 7, n=1))
    assert names(with_swaps(team, *on), "2026-11-28 23:00") == ["anna"]
    assert names(with_swaps(team, *on, swap("anna", "ben", SAT, 19, 7, n=2)), "2026-11-28 23:00") == ["ben"]


def test_an_absence_of_half_a_day_leaves_the_other_half_and_a_hole() -> None:
    team = [away(ANNA, "2026-11-28 07:00", "2026-11-28 13:00"), BEN]
    assert names(team, "2026-11-28 12:59") == []
    assert names(team, "2026-11-28 13:00") == ["anna"]
    day = at("2026-11-28"), at("2026-11-29")
    assert holes(HOSPITAL, team, *day) == [(at("2026-11-28 07:00"), at("2026-11-28 13:00"))]


def test_absences_that_overlap_are_one_and_one_that_ends_before_it_begins_is_none() -> None:
    two = away(away(ANNA, "2026-11-28 08:00", "2026-11-28 12:00"), "2026-11-28 10:00", "2026-11-28 14:00")
    assert [one.begins_at for one in rota(HOSPITAL, [two], at("2026-11-28"), at("2026-11-29")).duties] == [
        at("2026-11-28 07:00"), at("2026-11-28 14:00"),
    ]
    back = away(ANNA, "2026-11-28 12:00", "2026-11-28 08:00")
    found = rota(HOSPITAL, [back], at("2026-11-28"), at("2026-11-29"))
    assert [one.kind for one in found.clashes] == [ClashKind.BACKWARDS]
    assert names([back], "2026-11-28 10:00") == ["anna"]


@pytest.mark.parametrize(
    ("team", "kind", "on"),
    [
        ([ANNA, BEN, person("cleo", phone="")], ClashKind.NOBODY, ["ben"]),
        ([ANNA, BEN], ClashKind.NOBODY, ["ben"]),  # cleo has left
        ([ANNA, BEN, person("cleo", shift(19, 7))], ClashKind.TWICE, ["ben", "cleo"]),
        ([ANNA, person("ben", shift(20, 7)), person("cleo")], ClashKind.NOT_THEIRS, ["ben", "cleo"]),
        ([ANNA, BEN, away(person("cleo"), "2026-11-28 12:00", "2026-11-29 12:00")], ClashKind.AWAY, ["ben"]),
    ],
)
def test_a_rota_that_contradicts_itself_says_so_and_means_more_people(
    team: list[Staff], kind: ClashKind, on: list[str]
) -> None:
    team = with_swaps(team, swap("ben", "cleo", SAT, 19, 7))
    found = rota(HOSPITAL, team, at("2026-11-28 12:00"), at("2026-11-29 12:00"))
    assert [one.kind for one in found.clashes] == [kind]
    assert names(team, "2026-11-28 23:00") == on


def test_whoever_gave_a_shift_has_it_again_while_the_taker_is_away_and_the_fallback_is_told_too() -> None:
    cleo = away(person("cleo"), "2026-11-28 12:00", "2026-11-29 12:00")
    team = with_swaps([ANNA, BEN, cleo], swap("ben", "cleo", SAT, 19, 7))
    assert ladder(HOSPITAL, team, at("2026-11-28 23:00")) == [["ben"], ["anna", "ben"]]


def test_in_a_hole_the_chosen_phone_is_told_first_then_everybody_who_is_not_away() -> None:
    chosen = replace(HOSPITAL, fallback="unit")
    team = [away(ANNA, "2026-11-28 00:00", "2026-11-29 00:00"), person("cleo"), person("unit")]
    assert [one.id for one in fallback(chosen, team, at("2026-11-28 12:00"))] == ["unit", "cleo"]
    assert ladder(chosen, team, at("2026-11-28 12:00")) == [["unit"], ["cleo"], ["unit", "cleo"]]
    assert ladder(chosen, team, at("2026-11-28 12:00"), Level.EMERGENCY) == [["unit"], ["unit", "cleo"]]
    mia = replace(person("mia"), role=Role.MANAGER)
    rung = [Rung((whom,), timedelta(minutes=5)) for whom in (Whom(Who.ON_SHIFT), Whom(Who.MANAGERS))]
    own = replace(chosen, ladders=Ladders({Level.URGENT: Ladder(tuple(rung), timedelta(minutes=5))}))
    found = rungs(own, [*team, mia], Level.URGENT, at("2026-11-28 12:00"))
    assert [[one.id for one in each.people] for each in found] == [["unit"], ["unit", "cleo", "mia"], ["mia"]]
    assert [(each.number, each.fills) for each in found] == [(1, True), (2, True), (3, False)]
    ill = [person("cleo"), away(person("unit"), "2026-11-28 00:00", "2026-11-29 00:00")]
    assert [one.id for one in fallback(chosen, ill, at("2026-11-28 12:00"))] == ["cleo"]
    gone = [away(ANNA, "2026-11-28 00:00", "2026-11-29 00:00")]
    assert [one.id for one in fallback(chosen, gone, at("2026-11-28 12:00"))] == ["anna"]  # better than nobody


def test_a_holiday_takes_weekday_shifts_away_and_not_one_of_its_date() -> None:
    closed = replace(HOSPITAL, other_days=(OtherDay(SAT, "Founders"),))
    team = [person("dora", shift(8, 16, days=(4, 5))), replace(person("emil"), extra=(shift(8, 16, 2, SAT),))]
    assert names(team, "2026-11-28 12:00", closed) == ["emil"]
    assert names(team, "2026-11-28 12:00") == ["dora", "emil"]


def test_a_shift_over_a_clock_change_is_as_long_as_the_night_was() -> None:
    night = [person("ben", shift(19, 7))]
    for day, hours in (("2026-10-31", 13), ("2026-03-07", 11), ("2026-06-01", 12)):
        (duty,) = rota(HOSPITAL, night, at(f"{day} 20:00"), at(f"{day} 21:00")).duties
        assert duty.ends_at - duty.begins_at == timedelta(hours=hours), day


def test_hours_in_which_nobody_has_a_shift_are_not_promised() -> None:
    monday = at("2026-11-23 09:00")
    team = [away(person("anna", shift(8, 18)), "2026-11-23 07:00", "2026-11-23 15:00")]
    assert staffed_until(HOSPITAL, monday, team) is None
    assert next_staffed(HOSPITAL, monday, team) == at("2026-11-23 15:00")
    assert due_for(Level.REVIEW, HOSPITAL, monday, team) == at("2026-11-23 18:00")
    whole = [away(person("anna", shift(8, 18)), "2026-11-23 07:00", "2026-11-24 00:00")]
    assert due_for(Level.REVIEW, HOSPITAL, monday, whole) == at("2026-11-24 12:00")
    assert due_for(Level.URGENT, HOSPITAL, monday, whole) == monday + timedelta(hours=1)  # never later for the rota


def test_a_hospital_that_keeps_no_rota_is_staffed_in_its_hours() -> None:
    nobody = [person("anna")]
    assert not has_rota(HOSPITAL, nobody)
    assert staffed_until(HOSPITAL, at("2026-11-23 09:00"), nobody) == at("2026-11-23 18:00")


HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
DATES = st.dates(date(2026, 10, 29), date(2026, 11, 4))  # the clock goes back in many zones
SHIFTS = st.lists(
    st.builds(
        lambda days, a, b, rung, day: Shift("-", () if day else days, a, b, rung, day=day),
        st.lists(st.integers(0, 6), unique=True).map(tuple), HOURS, HOURS, st.integers(1, 3), st.none() | DATES,
    ),
    max_size=3,
).map(tuple)
MOMENTS = st.integers(0, 8 * 48).map(lambda n: datetime(2026, 10, 28, tzinfo=UTC) + timedelta(minutes=30 * n))
ABSENCES = st.lists(st.builds(Absence, st.uuids().map(str), MOMENTS, MOMENTS), max_size=2).map(tuple)
ZONES = st.sampled_from(["America/New_York", "Australia/Lord_Howe", "Europe/Berlin", "Asia/Kathmandu"])


@st.composite
def teams(draw: st.DrawFn) -> list[Staff]:
    """Two to four people with shifts, extra shifts, absences, and swaps of whatever kind, good and bad."""
    ids = "abcd"[: draw(st.integers(2, 4))]
    team = [
        Staff(one, "h", one, draw(st.sampled_from(["+1", "+1", ""])), shifts=draw(SHIFTS), extra=draw(SHIFTS),
              away=draw(ABSENCES))
        for one in ids
    ]
    swaps = []
    for n in range(draw(st.integers(0, 3))):
        giver, taker = draw(st.sampled_from(ids)), draw(st.sampled_from("abcde"))
        known = [one for person in team if person.id == giver for one in (*person.shifts, *person.extra)]
        of = draw(st.sampled_from(known)) if known and draw(st.booleans()) else None
        day = of.day if of and of.day else draw(DATES)
        start, end, rung = (of.start, of.end, of.rung) if of else (draw(HOURS), draw(HOURS), 1)
        swaps.append(Swap(str(n), giver, taker, day, start, end, START + timedelta(hours=n), rung))
    return with_swaps(team, *swaps)


START = datetime(2026, 10, 1, tzinfo=UTC)


@given(ZONES, teams(), MOMENTS)
def test_no_instant_is_without_somebody_to_tell_while_anybody_has_a_phone(
    zone: str, team: list[Staff], now: datetime
) -> None:
    hospital = replace(HOSPITAL, zone=zone)
    reachable = {one.id for one in team if one.phone}
    told = [one for people in ladder(hospital, team, now) for one in people]
    assert bool(told) == bool(reachable)
    assert set(told) <= reachable
    hole = holes(hospital, team, now, now + timedelta(microseconds=1))
    assert bool(hole) == (not any(one.phone for one in on_duty(hospital, team, now)))
    if hole:
        assert list(dict.fromkeys(told)) == [one.id for one in fallback(hospital, team, now)]


@given(ZONES, teams(), MOMENTS, st.integers(1, 72))
def test_a_stretch_is_the_same_as_its_instants(zone: str, team: list[Staff], since: datetime, halves: int) -> None:
    hospital, until = replace(HOSPITAL, zone=zone), since + timedelta(minutes=30 * halves)
    parts = covered(hospital, team, since, until)
    assert parts == sorted(parts)
    for n in range(halves):
        now = since + timedelta(minutes=30 * n)
        here = any(a <= now < b for a, b in parts)
        assert here == any(one.phone for one in on_duty(hospital, team, now))


@given(ZONES, SHIFTS, SHIFTS, DATES, MOMENTS)
def test_a_good_swap_changes_exactly_one_shift(
    zone: str, theirs: tuple[Shift, ...], others: tuple[Shift, ...], day: date, now: datetime
) -> None:
    hospital = replace(HOSPITAL, zone=zone)
    one = Shift("-", (), time(9), time(17), 1, day=day)
    team = [Staff("a", "h", "a", "+1", shifts=theirs, extra=(one,)), Staff("b", "h", "b", "+1", shifts=others)]
    window = datetime(2026, 10, 27, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC)
    before = rota(hospital, team, *window)
    slot = (day, time(9), time(17), 1)
    if any(duty.slot == slot and duty.person.id == "b" for duty in before.duties):
        return
    after = rota(hospital, with_swaps(team, swap("a", "b", day, 9, 17)), *window)
    assert not after.clashes
    was = {(duty.person.id, duty.slot, duty.begins_at, duty.ends_at) for duty in before.duties}
    now_is = {(duty.person.id, duty.slot, duty.begins_at, duty.ends_at) for duty in after.duties}
    (gone,), (new,) = was - now_is, now_is - was
    assert (gone[0], gone[1]) == ("a", slot)
    assert (new[0], *new[1:]) == ("b", *gone[1:])


@given(ZONES, teams(), MOMENTS, MOMENTS, MOMENTS)
def test_an_absence_takes_away_that_person_only_and_what_it_opens_is_a_hole_that_is_seen(
    zone: str, team: list[Staff], begins: datetime, ends: datetime, now: datetime
) -> None:
    hospital = replace(HOSPITAL, zone=zone)
    first = replace(team[0], away=(*team[0].away, Absence("new", begins, ends)))
    later = [first, *team[1:]]
    before = {one.id for one in on_duty(hospital, team, now)}
    after = {one.id for one in on_duty(hospital, later, now)}
    assert before - after <= {first.id}
    if not begins <= now < ends:
        assert after == before
    elif not any(one.phone for one in on_duty(hospital, later, now)):
        assert holes(hospital, later, now, now + timedelta(microseconds=1))
        assert bool(ladder(hospital, later, now)) == any(one.phone for one in later)
