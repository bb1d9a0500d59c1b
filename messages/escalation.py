"""Whom to tell about a flag, and when: pure. An open flag always leads to somebody, or says that it cannot.

Times and targets: facts/clinical.md 2.5. Emergency: a person at once, the next after 5 minutes. Urgent:
within an hour at any time of day, the next after 30 minutes. Review: the same staffed day, at latest noon of
the next. All instants taken must be aware; those given back are UTC. Hours and shifts are wall clock times in
the hospital's zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from messages.flags import Flag, FlagState, Level
from messages.hours import instant_of, stretches
from messages.people import Hospital, Staff
from messages.rota import covered, duties_at, fallback, has_rota

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
    """The flag is open and no one of the hospital has a phone: whoever asked must say so loudly."""

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
    """The ladder now: (rung, the people on it), lowest rung first, only people of this hospital with a phone.

    Where no such person has a shift now, or whoever has one is there by a rota that contradicts itself, the
    hospital's fallback is on it, one person a rung, after those who are there.
    """
    ladder: dict[int, list[Staff]] = {}
    here = [duty for duty in duties_at(hospital, staff, now) if duty.person.phone]
    for duty in here:
        ladder.setdefault(duty.rung, []).append(duty.person)
    found = [(rung, tuple(people)) for rung, people in ladder.items()]
    if all(duty.doubtful for duty in here):
        named = {duty.person.id for duty in here}
        more = [person for person in fallback(hospital, staff, now) if person.id not in named]
        last = found[-1][0] if found else 0
        found += [(last + place, (person,)) for place, person in enumerate(more, start=1)]
    return tuple(found)


def on_duty(hospital: Hospital, staff: Sequence[Staff], now: datetime) -> tuple[Staff, ...]:
    """The people of this hospital with a shift now by the rota, lowest rung first, then in the order given."""
    return tuple(duty.person for duty in duties_at(hospital, staff, now))


def due_for(level: Level, hospital: Hospital, now: datetime, staff: Sequence[Staff] = ()) -> datetime:
    """When a person must have acted on a flag opened now (UTC, after now). With `staff`, by the rota.

    Review: the end of this staffed day when an hour or more of it is left; else the hospital's hour (noon) of the next
    staffed day, or the end of its hours when they do not hold it. A hospital never staffed has until then tomorrow.
    """
    now = _utc(now)
    if level in (Level.EMERGENCY, Level.URGENT):
        return now + (hospital.targets.emergency if level is Level.EMERGENCY else hospital.targets.urgent)
    by = hospital.targets.review_by
    end = staffed_until(hospital, now, staff)
    if end is not None and end - now >= REVIEW_LEAST:
        return end
    for start, end in _staffed(hospital, now, staff):
        if start > now:
            told = instant_of(hospital, start.astimezone(hospital.tz).date(), by)
            return told if start < told < end else end
    return instant_of(hospital, now.astimezone(hospital.tz).date() + timedelta(days=1), by)


def staffed_until(hospital: Hospital, now: datetime, staff: Sequence[Staff] = ()) -> datetime | None:
    """The end (UTC) of the staffed hours that hold `now`; None outside them.

    With `staff`, hours in which nobody has a shift are not staffed, unless nobody ever has one.
    """
    return next((end for start, end in _staffed(hospital, now, staff) if start <= now < end), None)


def next_staffed(hospital: Hospital, now: datetime, staff: Sequence[Staff] = ()) -> datetime | None:
    """When (UTC) the next staffed hours begin, after `now`; None when the hospital has no staffed days."""
    return next((start for start, _ in _staffed(hospital, now, staff) if start > now), None)


def _staffed_from(hospital: Hospital, at: datetime) -> datetime:
    """The first staffed moment from `at` on; `at` itself for a hospital that is never staffed."""
    if staffed_until(hospital, at) is not None:
        return at
    return next_staffed(hospital, at) or at


def _staffed(
    hospital: Hospital, now: datetime, staff: Sequence[Staff] = ()
) -> Iterator[tuple[datetime, datetime]]:
    """Stretches in order in which somebody reads texts."""
    hours = stretches(hospital, hospital.hours_on, now, days=FARTHEST)
    if not has_rota(hospital, staff):
        return hours
    return (part for start, end in hours for part in covered(hospital, staff, start, end))


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be compared with the hospital's hours")
    return moment.astimezone(UTC)
