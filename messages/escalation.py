"""Whom to tell about a flag, and when: pure. An open flag always leads to somebody, or says that it cannot.

Times and targets: facts/clinical.md 2.5. Emergency: a person at once, the next after 5 minutes. Urgent:
within an hour at any time of day, the next after 30 minutes. Review: the same staffed day, at latest noon of
the next. All instants taken must be aware; those given back are UTC. Hours and shifts are wall clock times in
the hospital's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from messages.flags import Flag, FlagState, Level
from messages.people import Hospital, Hours, Right, Shift, Staff, reachable

FARTHEST = 62  # days looked ahead for somebody who reads texts: longer than any holiday
REVIEW_LEAST = timedelta(hours=1)  # with less than this left of the day, a review is for the next staffed day
MORNING = time(8)  # not before this is a review told again


@dataclass(frozen=True)
class PageNow:
    """Tell these people now, all of one rung; unless taken, ask again at `again_at` (UTC, after now)."""

    staff_ids: tuple[str, ...]
    rung: int
    again_at: datetime


@dataclass(frozen=True)
class PageAt:
    """Nobody is to be told before `at` (UTC, after now); ask again then."""

    at: datetime


@dataclass(frozen=True)
class NobodyToTell:
    """The flag is open and no one of the hospital can be reached: whoever asked must say so loudly."""

    flag_id: str
    hospital_id: str


def next_page(
    flag: Flag, hospital: Hospital, staff: Sequence[Staff], now: datetime
) -> PageNow | PageAt | NobodyToTell | None:
    """The next step of the climb; None when the flag is taken or closed and nobody is to be told.

    `flag.pages_sent` counts the steps done (PageNow answers carried out, not the texts of one step), and
    `flag.next_page_at` is the `again_at` or `at` of the last answer, None before the first. Each step goes to
    the next rung of those on duty, then round again, until somebody takes the flag.
    """
    now = _utc(now)
    if flag.state is not FlagState.OPEN:
        return None
    ladder = rungs(hospital, staff, now)
    if not ladder:
        return NobodyToTell(flag.id, hospital.id)
    if flag.next_page_at is not None and flag.next_page_at > now:
        return PageAt(_utc(flag.next_page_at))
    if flag.level is Level.EMERGENCY:
        again_at = now + hospital.targets.emergency_again
    elif flag.level is Level.URGENT:
        again_at = now + hospital.targets.urgent_again
        if now < flag.due_at < again_at:
            again_at = _utc(flag.due_at)
    else:
        moment = _staffed_from(hospital, now)
        if moment > now:
            return PageAt(moment)
        tomorrow = now.astimezone(hospital.tz).date() + timedelta(days=1)
        again_at = _staffed_from(hospital, instant_of(hospital, tomorrow, MORNING))
    rung, people = ladder[flag.pages_sent % len(ladder)]
    return PageNow(tuple(person.id for person in people), rung, again_at)


def rungs(
    hospital: Hospital, staff: Sequence[Staff], now: datetime
) -> tuple[tuple[int, tuple[Staff, ...]], ...]:
    """The ladder now: (rung, the people on it), lowest rung first, only people of this hospital whom something reaches.

    When no such person has a shift now, everybody who can be reached and may act is on it, one a rung, in the order
    given; where nobody may act, whoever can be reached.
    """
    ladder: dict[int, list[Staff]] = {}
    for person in on_duty(hospital, staff, now):
        if reachable(person):
            ladder.setdefault(_rung(hospital, person, now) or 0, []).append(person)
    if ladder:
        return tuple((rung, tuple(people)) for rung, people in ladder.items())
    here = [person for person in staff if person.hospital_id == hospital.id and reachable(person)]
    acting = [person for person in here if person.may(Right.ACT)] or here
    return tuple((place, (person,)) for place, person in enumerate(acting, start=1))


def on_duty(hospital: Hospital, staff: Sequence[Staff], now: datetime) -> tuple[Staff, ...]:
    """The people of this hospital with a shift now, lowest rung first, then in the order given."""
    found = [
        (rung, person)
        for person in staff
        if person.hospital_id == hospital.id and (rung := _rung(hospital, person, now)) is not None
    ]
    return tuple(person for _, person in sorted(found, key=lambda pair: pair[0]))


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
