"""Whom to tell about a flag, and when: pure. An open flag always leads to somebody, or says that it cannot.

Targets: facts/clinical.md 2.5. Emergency: a person at once. Urgent: within an hour at any time of day. Review: the same
staffed day, at latest noon of the next. Who is told, and when the next are, is the hospital's ladder. All instants
taken must be aware; those given back are UTC. Hours and shifts are wall clock times in the hospital's zone.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from messages.flags import Flag, FlagState, Level
from messages.hours import instant_of, stretches
from messages.ladder import NEXT_DAY, Rung, Way, Who, Whom, ways_of
from messages.people import Hospital, Right, Role, Staff
from messages.reachable import reachable
from messages.rota import covered, duties_at, fallback, has_rota, there

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
    """One rung of a ladder as it is now: its number from 1, and who is on it. `fills`: because nobody is on shift."""

    number: int
    rung: Rung
    people: tuple[Staff, ...]
    fills: bool = False


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
    first = flag.pages_sent == 0 and flag.state is FlagState.OPEN  # one that was never told waits for the digest
    digest = digest_from(hospital, flag.opened_at) if first and _in_digest(flag.level, hospital) else None
    if waits and (moment := max(digest or now, _staffed_from(hospital, now))) > now:
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
        if _in_digest(flag.level, hospital):
            return digest_from(hospital, now + timedelta(minutes=1))
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
    """The ladder of a level as it is now: people of this hospital whom a page can reach and who are not away, rungs
    without any left out.

    Where nobody is on shift, or whoever is stands there by a rota that contradicts itself, the hospital's fallback is
    on it after the last rung of those on shift, and where nobody at all is on it. Its numbers then count anew; the
    last keeps that of the ladder's last, so that a flag which comes into a hole has not been told to it in vain.
    """
    ladder = hospital.ladders.of(level, hospital.targets)
    here = there([one for one in staff if one.hospital_id == hospital.id and reachable(one)], now)
    duties = [duty for duty in duties_at(hospital, staff, now) if reachable(duty.person)]
    places = [(duty.rung, duty.person) for duty in duties]
    found = [
        Standing(number, rung, tuple(dict.fromkeys(one for whom in rung.whom for one in _of(whom, here, places))))
        for number, rung in enumerate(ladder.rungs, start=1)
    ]
    asks = [any(whom.who in (Who.PLACE, Who.ON_SHIFT) for whom in one.rung.whom) for one in found]
    if any(one.people for one in found) and not (any(asks) and all(duty.doubtful for duty in duties)):
        return tuple(one for one in found if one.people)
    kept: list[Standing] = []
    after: int | None = None  # so many of those kept are before the fallback
    told: set[str] = set()
    for one, asks_shift in zip(found, asks, strict=True):
        if new := bool(one.people) and not (asks_shift and told >= {person.id for person in one.people}):
            kept.append(one)
            told |= {person.id for person in one.people}
        if asks_shift and (new or after is None):
            after = len(kept)
    as_first = ladder.rungs[0] if ladder.rungs else Rung((), ladder.again, ways_of(level))
    rung = replace(as_first, whom=(Whom(Who.EVERYBODY),))
    filling = [Standing(0, rung, people, fills=True) for people in _fallback(hospital, staff, level, now, told)]
    kept[after or 0 : after or 0] = filling
    last = max(len(kept), len(ladder.rungs))
    return tuple(replace(one, number=last if one is kept[-1] else n) for n, one in enumerate(kept, start=1))


def _fallback(
    hospital: Hospital, staff: Sequence[Staff], level: Level, now: datetime, told: Container[str]
) -> list[tuple[Staff, ...]]:
    """Who fills a hole, first to last: of an emergency all at once, after whom the hospital chose, else one after the
    other and then all. Beside rungs of its own the hospital's choice is told, then all, so that those are not late."""
    everybody = fallback(hospital, staff, now)
    alone: list[tuple[Staff, ...]] = [(one,) for one in everybody if one.id not in told]
    if level is Level.EMERGENCY or told:
        alone = [one for one in alone if one[0].id == hospital.fallback]
    return [*alone, everybody] if everybody and alone != [everybody] else alone


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
    """The people of this hospital with a shift now by the rota, lowest place first, then in the order given."""
    return tuple(duty.person for duty in duties_at(hospital, staff, now))


def due_for(level: Level, hospital: Hospital, now: datetime, staff: Sequence[Staff] = ()) -> datetime:
    """When a person must have acted on a flag opened now (UTC, after now). With `staff`, by the rota.

    Review: the end of this staffed day when an hour or more of it is left; else the hospital's hour (noon) of the next
    staffed day, or the end of its hours when they do not hold it. A hospital never staffed has until then tomorrow.
    Where a review waits for the digest, that hour of the digest's day.
    """
    now = _utc(now)
    if level in (Level.EMERGENCY, Level.URGENT):
        return now + (hospital.targets.emergency if level is Level.EMERGENCY else hospital.targets.urgent)
    by = hospital.targets.review_by
    digest = digest_from(hospital, now) if _in_digest(level, hospital) else None
    end = staffed_until(hospital, now, staff) if digest is None else None
    if end is not None and end - now >= REVIEW_LEAST:
        return end
    for begins, end in _staffed(hospital, now, staff):
        start = max(begins, digest) if digest else begins
        if now < start < end:
            told = instant_of(hospital, start.astimezone(hospital.tz).date(), by)
            return told if start < told < end else end
    tomorrow = instant_of(hospital, now.astimezone(hospital.tz).date() + timedelta(days=1), by)
    return max(tomorrow, digest or tomorrow)


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


def _in_digest(level: Level, hospital: Hospital) -> bool:
    return level < Level.URGENT and hospital.ladders.of(level, hospital.targets).digest_at is not None


def digest_from(hospital: Hospital, since: datetime) -> datetime:
    """The first digest (UTC) from `since` on: at its hour of an open day, or at the morning's where the hospital chose
    none; not before that day's hours begin, nor after they end."""
    ladder = hospital.ladders.of(Level.REVIEW, hospital.targets)
    hour = ladder.digest_at or MORNING
    days = set()
    for start, end in _staffed(hospital, since):
        day = start.astimezone(hospital.tz).date()
        at = max(instant_of(hospital, day, hour), start)
        if day not in days and (at := at if at < end else start) >= since:
            return at
        days.add(day)
    today = since.astimezone(hospital.tz).date()
    first = instant_of(hospital, today, hour)
    return first if first >= since else instant_of(hospital, today + timedelta(days=1), hour)


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
