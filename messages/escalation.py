"""Whom to tell about a flag, and when: pure. An open flag always leads to somebody, or says that it cannot.

Targets: facts/clinical.md 2.5. Emergency: a person at once. Urgent: within an hour at any time of day. Review: the same
staffed day, at latest noon of the next. Who is told, and when the next are, is the hospital's ladder. All instants
taken must be aware; those given back are UTC. Hours and shifts are wall clock times in the hospital's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from messages.flags import Flag, FlagState, Level
from messages.ladder import NEXT_DAY, Rung, Way, Who, Whom
from messages.people import Hospital, Hours, Right, Role, Shift, Staff
from messages.reachable import reachable

FARTHEST = 62  # days looked ahead for somebody who reads texts: longer than any holiday
REVIEW_LEAST = timedelta(hours=1)  # with less than this left of the day, a review is for the next staffed day
MORNING = time(8)  # not before this is a review told again


@dataclass(frozen=True)
class PageNow:
    """Tell these people now, all of one rung, by these ways; unless taken, ask again at `again_at` (UTC, after now).

    `failed`: the last rung was told in vain just now; its people are told again, and whoever asked says so loudly.
    """

    staff_ids: tuple[str, ...]
    rung: int
    again_at: datetime
    ways: tuple[Way, ...] = tuple(Way)
    failed: bool = False


@dataclass(frozen=True)
class PageAt:
    """Nobody is to be told before `at` (UTC, after now); ask again then."""

    at: datetime


@dataclass(frozen=True)
class NobodyToTell:
    """The flag is open and no one of the hospital can be reached: whoever asked must say so loudly."""

    flag_id: str
    hospital_id: str


@dataclass(frozen=True)
class Standing:
    """One rung of a ladder as it is now: its number from 1, and who is on it."""

    number: int
    rung: Rung
    people: tuple[Staff, ...]


def next_page(
    flag: Flag, hospital: Hospital, staff: Sequence[Staff], now: datetime
) -> PageNow | PageAt | NobodyToTell | None:
    """The next step of the climb; None when nobody is to be told: closed, or taken and something was done.

    `flag.rung` is the `rung` of the last PageNow that was carried out, 0 before the first; `flag.next_page_at` is the
    `again_at` or `at` of the last answer, None before the first. Of a taken flag it is until when its holder has time:
    then it climbs from the first rung, with the holder told too. After the last rung that one is told again.
    """
    now = _utc(now)
    if flag.state is FlagState.CLOSED or (flag.state is FlagState.TAKEN and flag.next_page_at is None):
        return None
    if flag.next_page_at is not None and flag.next_page_at > now and flag.state is FlagState.TAKEN:
        return PageAt(_utc(flag.next_page_at))
    ladder = rungs(hospital, staff, flag.level, now)
    if not ladder:
        return NobodyToTell(flag.id, hospital.id)
    if flag.next_page_at is not None and flag.next_page_at > now:
        return PageAt(_utc(flag.next_page_at))
    of = hospital.ladders.of(flag.level, hospital.targets)
    following = next((one for one in ladder if one.number > flag.rung), None)
    waits = flag.level < Level.URGENT or (following is None and flag.level is Level.URGENT and not of.at_all_hours)
    if waits and (moment := _staffed_from(hospital, now)) > now:
        return PageAt(moment)
    told = following or ladder[-1]
    again_at = _later(flag, hospital, now, told.rung.after if following else of.again)
    people = told.people
    if flag.state is FlagState.TAKEN and flag.rung == 0:
        holder = (one for one in staff if one.id == flag.taken_by and one not in people and reachable(one))
        people = (*people, *holder)
    return PageNow(
        tuple(person.id for person in people), told.number if following else flag.rung, again_at, told.rung.ways,
        failed=following is None and flag.failed_at is None,
    )  # fmt: skip


def _later(flag: Flag, hospital: Hospital, now: datetime, after: timedelta) -> datetime:
    """When the next rung is told, `after` this one; a review waits for staffed hours, something urgent not past due."""
    if flag.level < Level.URGENT:
        if after < NEXT_DAY:
            return _staffed_from(hospital, now + after)
        tomorrow = now.astimezone(hospital.tz).date() + timedelta(days=1)
        return _staffed_from(hospital, instant_of(hospital, tomorrow, MORNING))
    if flag.level is Level.URGENT and flag.state is FlagState.OPEN and now < flag.due_at < now + after:
        return _utc(flag.due_at)
    return now + after


def foreseen(flag: Flag, hospital: Hospital, staff: Sequence[Staff]) -> tuple[datetime, PageNow] | None:
    """When the next people are told, and who they are, if nobody does anything until then; None when nobody will be."""
    at = flag.next_page_at
    while at is not None:
        step = next_page(replace(flag, next_page_at=at), hospital, staff, at)
        if isinstance(step, PageNow):
            return at, step
        at = step.at if isinstance(step, PageAt) and step.at > at else None
    return None


def rungs(hospital: Hospital, staff: Sequence[Staff], level: Level, now: datetime) -> tuple[Standing, ...]:
    """The ladder of a level as it is now: people of this hospital whom a page can reach, rungs without any left out.

    Where nobody at all is on it, everybody who may act is told: of an emergency all at once, else one after the
    other and then all; where nobody may act, whoever can be reached.
    """
    ladder = hospital.ladders.of(level, hospital.targets)
    here = [person for person in staff if person.hospital_id == hospital.id and reachable(person)]
    places = _places(hospital, here, now)
    found = [
        Standing(number, rung, tuple(dict.fromkeys(one for whom in rung.whom for one in _of(whom, here, places))))
        for number, rung in enumerate(ladder.rungs, start=1)
    ]
    if any(one.people for one in found):
        return tuple(one for one in found if one.people)
    acting = tuple(person for person in here if person.may(Right.ACT)) or tuple(here)
    each = [(person,) for person in acting] if level is not Level.EMERGENCY and len(acting) > 1 else []
    rung = Rung((Whom(Who.EVERYBODY),), ladder.rungs[0].after if ladder.rungs else ladder.again)
    groups = [*each, acting] if acting else []
    return tuple(Standing(number, rung, people) for number, people in enumerate(groups, start=1))


def _of(whom: Whom, here: Sequence[Staff], places: Sequence[tuple[int, Staff]]) -> Iterator[Staff]:
    """The people of `here` whom one answer to "who" means."""
    if whom.who is Who.PLACE:
        yield from (person for place, person in places if place == whom.place)
    elif whom.who is Who.ON_SHIFT:
        yield from (person for _, person in places)
    elif whom.who is Who.PERSON:
        yield from (person for person in here if person.id == whom.staff_id)
    elif whom.who is Who.MANAGERS:
        yield from managers(here)
    else:
        yield from (person for person in here if person.may(Right.ACT))


def managers(staff: Sequence[Staff]) -> tuple[Staff, ...]:
    return tuple(person for person in staff if person.role is Role.MANAGER)


def alarmed(hospital: Hospital, staff: Sequence[Staff]) -> tuple[Staff, ...]:
    """Who is alarmed when every rung has failed: all managers; where no page reaches one, everybody who may act."""
    here = [person for person in staff if person.hospital_id == hospital.id and reachable(person)]
    return managers(here) or tuple(person for person in here if person.may(Right.ACT)) or tuple(here)


def on_duty(hospital: Hospital, staff: Sequence[Staff], now: datetime) -> tuple[Staff, ...]:
    """The people of this hospital with a shift now, lowest place first, then in the order given."""
    return tuple(person for _, person in _places(hospital, staff, now))


def _places(hospital: Hospital, staff: Sequence[Staff], now: datetime) -> list[tuple[int, Staff]]:
    """(place, person) of everybody with a shift now, lowest place first, then in the order given."""
    found = [
        (place, person)
        for person in staff
        if person.hospital_id == hospital.id and (place := _rung(hospital, person, now)) is not None
    ]
    return sorted(found, key=lambda pair: pair[0])


def due_for(level: Level, hospital: Hospital, now: datetime) -> datetime:
    """When a person must have acted on a flag opened now (UTC, after now).

    Review: the end of this staffed day when an hour or more of it is left; else the hospital's hour (noon) of the next
    staffed day, or the end of its hours when they do not hold it. A hospital never staffed has until then tomorrow.
    """
    now = _utc(now)
    if level in (Level.EMERGENCY, Level.URGENT):
        return now + (hospital.targets.emergency if level is Level.EMERGENCY else hospital.targets.urgent)
    by = hospital.targets.review_by
    end = staffed_until(hospital, now)
    if end is not None and end - now >= REVIEW_LEAST:
        return end
    for start, end in _staffed(hospital, now):
        if start > now:
            told = instant_of(hospital, start.astimezone(hospital.tz).date(), by)
            return told if start < told < end else end
    return instant_of(hospital, now.astimezone(hospital.tz).date() + timedelta(days=1), by)


def staffed_until(hospital: Hospital, now: datetime) -> datetime | None:
    """The end (UTC) of the staffed hours that hold `now`; None outside them."""
    return next((end for start, end in _staffed(hospital, now) if start <= now < end), None)


def next_staffed(hospital: Hospital, now: datetime) -> datetime | None:
    """When (UTC) the next staffed hours begin, after `now`; None when the hospital has no staffed days."""
    return next((start for start, _ in _staffed(hospital, now) if start > now), None)


def _staffed_from(hospital: Hospital, at: datetime) -> datetime:
    """The first staffed moment from `at` on; `at` itself for a hospital that is never staffed."""
    if staffed_until(hospital, at) is not None:
        return at
    return next_staffed(hospital, at) or at


def stretches(
    hospital: Hospital, hours: Callable[[date], Hours | None], now: datetime, *, days: int
) -> Iterator[tuple[datetime, datetime]]:
    """(start, end) in UTC of each stretch of `hours` that begins from yesterday to `days` days on, in order.

    An end not after the start is on the day after: 19:00-07:00 crosses midnight, 08:00-08:00 is a whole day.
    A time that a clock change skips or repeats is one instant: a stretch begins where the one before it ends.
    """
    today = _utc(now).astimezone(hospital.tz).date()
    for offset in range(-1, days + 1):
        day = today + timedelta(days=offset)
        if (of := hours(day)) is not None:
            last = day if of.end > of.start else day + timedelta(days=1)
            begins, ends = instant_of(hospital, day, of.start), instant_of(hospital, last, of.end)
            if begins < ends:
                yield begins, ends


def shift_hours(hospital: Hospital, shift: Shift) -> Callable[[date], Hours | None]:
    """The hours of a shift on each day; None on days without it."""

    def on(day: date) -> Hours | None:
        begins = shift.begins_on(day, closed=hospital.closed_on(day))
        return Hours(shift.start, shift.end) if begins else None

    return on


def _staffed(hospital: Hospital, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    return stretches(hospital, hospital.hours_on, now, days=FARTHEST)


def _rung(hospital: Hospital, person: Staff, now: datetime) -> int | None:
    """The lowest rung on which this person has a shift now."""
    return min(
        (
            shift.rung
            for shift in person.shifts
            for start, end in stretches(hospital, shift_hours(hospital, shift), now, days=1)
            if start <= now < end
        ),
        default=None,
    )


def instant_of(hospital: Hospital, day: date, at: time) -> datetime:
    """The instant of a wall clock time: the first when it comes twice, moved on when the clock skips it."""
    return datetime.combine(day, at, hospital.tz).astimezone(UTC)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be compared with the hospital's hours")
    return moment.astimezone(UTC)
