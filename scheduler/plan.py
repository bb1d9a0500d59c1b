"""(protocol, day zero, zone) -> instants. Pure.

A clock change moves a text, never drops or doubles one: a local time that does not exist is taken as much
later as the clock jumped, one that comes twice is taken the first time. A day that a zone skipped altogether
(Apia, 30 December 2011) lends its check-ins to the next day, unless that day has its own at the same time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

from messages import people
from messages.errors import EnrolmentError
from scheduler.protocol import Protocol, QuietHours, Slot
from scheduler.quiet import asked_within, for_adult

NOON = time(12)
NEAREST = timedelta(minutes=30)  # between two texts of a plan that a person sets
AFTER_WELCOME = timedelta(hours=1)  # what a family that joins late is sent of what was before
_NO_SPREAD = timedelta(0)

Hours = Mapping[time, time]  # what the protocol asks at the one time is asked at the other
_AS_WRITTEN: Hours = MappingProxyType({})


@dataclass(frozen=True)
class Planned:
    """One text to one caregiver.

    `step` is unique in the follow-up; `question` is a question's name, welcome or goodbye. `local` is the
    instant in the caregiver's zone, `at` the same in UTC; from `until` (UTC) on it is too late to send. `day`
    is the day of recovery on the caregiver's calendar; day zero is 0.
    """

    step: str
    day: int
    question: str
    local: datetime
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Row:
    """One line of a protocol's calendar: the planned text and its words per language, not yet filled."""

    planned: Planned
    texts: Mapping[str, str]


def local_zone(name: str) -> ZoneInfo:
    """The zone with this IANA name. Raises EnrolmentError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        close = get_close_matches(name, sorted(available_timezones()), n=1)
        if close:
            raise EnrolmentError(
                "There is no time zone %(zone)s.", mend="Did you mean %(near)s?", zone=repr(name), near=close[0]
            ) from None
        raise EnrolmentError(
            "There is no time zone %(zone)s.", mend="Write it like America/New_York.", zone=repr(name)
        ) from None


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time, as described at the top of this file."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def day_of_recovery(day_zero: date, zone: str, now: datetime) -> int:
    """Which day of recovery `now` (aware) is on the calendar of `zone`; 0 on day zero."""
    return (now.astimezone(local_zone(zone)).date() - day_zero).days


def out_of_quiet(at: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """`at`, or the end of the quiet hours that hold it; UTC."""
    local = at.astimezone(zone)
    if not quiet.hold(local.time()):
        return at.astimezone(UTC)
    day = local.date() + timedelta(days=1) if local.time() >= quiet.end else local.date()
    end = instant(day, quiet.end, zone)
    if end <= at:  # the clock went back over the end of the quiet hours, which comes a second time
        end = datetime.combine(day, quiet.end.replace(fold=1), zone).astimezone(UTC)
    return end if end > at else instant(day + timedelta(days=1), quiet.end, zone)


def next_quiet(at: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours after `at` begin, UTC; None when there are none."""
    if quiet.start == quiet.end:
        return None
    day = at.astimezone(zone).date()
    starts = (instant(day + timedelta(days=ahead), quiet.start, zone) for ahead in range(3))
    return next(start for start in starts if start > at)


def spread_for(episode_id: str, protocol: Protocol) -> timedelta:
    """How much after the written time a family's texts leave: always the same seconds within the spread."""
    seconds = int(protocol.spread.total_seconds())
    if not seconds:
        return _NO_SPREAD
    number = int.from_bytes(hashlib.sha256(episode_id.encode()).digest()[:8], "big")
    return timedelta(seconds=number % seconds)


def plan(
    protocol: Protocol,
    day_zero: date,
    zone: str,
    *,
    joined: datetime | None = None,
    spread: timedelta = _NO_SPREAD,
    hours: Hours = _AS_WRITTEN,
    own: people.Hours | None = None,
) -> tuple[Planned, ...]:
    """Every text of the follow-up for one caregiver, strictly by instant, the welcome first.

    `joined` (aware) is when the caregiver was enrolled; None means noon of day zero. What was due by then, or
    by the time the welcome can leave, is skipped, but for the last of a phase that says so; after the last day
    only the welcome is left. `hours` are other hours that a person chose for this family, `own` those between
    which the caregiver wants texts: what is asked outside of them is asked at the nearest hour within. Raises
    EnrolmentError for a zone or day zero that cannot be.
    """
    protocol, hours = for_adult(protocol, own), asked_within(protocol, hours, own)
    here = local_zone(zone)
    _plausible(day_zero)
    came = (joined or instant(day_zero, NOON, here)).astimezone(UTC)
    welcome_at = out_of_quiet(came, protocol.quiet_hours, here)
    wanted = [_wanted(slot) for slot in protocol.slots() if _on_its_weekday(slot, day_zero)]
    wanted.append(_Wanted("goodbye", "goodbye", protocol.goodbye.day, protocol.goodbye.at))
    every = _instants(protocol, day_zero, here, wanted, spread, hours)
    coming = [(at, one) for at, one in every if at > welcome_at]
    if coming:
        coming = _with_late(protocol, coming, [one for at, one in every if at <= welcome_at], welcome_at, here)
    end = coming[-1][0] if coming else welcome_at + timedelta(days=1)
    welcome = _planned("welcome", "welcome", day_zero, here, welcome_at, end)
    return (welcome, *_with_ends(protocol, day_zero, here, coming))


def extend(
    protocol: Protocol,
    day_zero: date,
    zone: str,
    from_day: int,
    days: int,
    existing: Collection[datetime],
    *,
    spread: timedelta = _NO_SPREAD,
    hours: Hours = _AS_WRITTEN,
    own: people.Hours | None = None,
) -> tuple[Planned, ...]:
    """Daily check-ins on the `days` days after `from_day` that have none.

    `existing` holds the instants (aware) of the check-ins that are planned or were asked. What is asked, and
    when, is what the phase of that day asks first. Nothing is added on or after the day of the goodbye.
    """
    protocol, hours = for_adult(protocol, own), asked_within(protocol, hours, own)
    here = local_zone(zone)
    _plausible(day_zero)
    last = min(from_day + days, protocol.goodbye.day - 1)
    taken = {(at.astimezone(here).date() - day_zero).days for at in existing}
    slots = [protocol.slot_like(day) for day in range(max(from_day + 1, 0), last + 1) if day not in taken]
    wanted = [_wanted(slot) for slot in slots]
    return _with_ends(protocol, day_zero, here, _instants(protocol, day_zero, here, wanted, spread, hours))


def calendar(
    protocol: Protocol, day_zero: date, zone: str, *, joined: datetime | None = None
) -> tuple[Row, ...]:
    """The whole follow-up of a made-up family, with the words of every text."""
    return tuple(
        Row(step, {language: protocol.text(step.question, language) for language in protocol.languages})
        for step in plan(protocol, day_zero, zone, joined=joined)
    )


def step_of(day: int, at: time) -> str:
    """The name of a planned question: its day of recovery and the time the protocol gives it."""
    return f"d{day:02d}-{at:%H%M}"


def until_of(at: datetime, protocol: Protocol, zone: ZoneInfo, lateness: timedelta | None = None) -> datetime:
    """From when on a check-in that is due at `at` is too late; UTC. `lateness` is that of its phase, if it has one."""
    late = at + (protocol.lateness if lateness is None else lateness)
    return min(end for end in (late, next_quiet(at, protocol.quiet_hours, zone)) if end)


def too_near(protocol: Protocol, hours: Hours) -> tuple[time, time] | None:
    """Two times of one day that `hours` brings nearer to each other than NEAREST; None when all is well."""
    for day in {slot.day for slot in protocol.slots()}:
        asked = {slot.at: hours.get(slot.at, slot.at) for slot in protocol.slots() if slot.day == day}
        times = sorted((at.hour * 60 + at.minute, at, written in hours) for written, at in asked.items())
        for (first, one, chosen), (second, other, too) in pairwise(times):
            if (chosen or too) and second - first < NEAREST.total_seconds() / 60:
                return one, other
    return None


def _plausible(day_zero: date) -> None:
    if not 1970 <= day_zero.year <= 2199:
        raise EnrolmentError(
            f"Day zero {day_zero} cannot be right.", mend="Write the date of day zero."
        )


@dataclass(frozen=True)
class _Wanted:
    """A text of the plan before it has an instant."""

    step: str
    question: str
    day: int
    at: time
    lateness: timedelta | None = None
    phase: str = ""
    late_joiner: str = "skip_past"


def _wanted(slot: Slot) -> _Wanted:
    step = step_of(slot.day, slot.at)
    return _Wanted(step, slot.question, slot.day, slot.at, slot.lateness, slot.phase, slot.late_joiner)


def _on_its_weekday(slot: Slot, day_zero: date) -> bool:
    return not slot.weekdays or (day_zero + timedelta(days=slot.day)).weekday() in slot.weekdays


def _with_late(
    protocol: Protocol,
    coming: list[tuple[datetime, _Wanted]],
    past: list[_Wanted],
    welcome_at: datetime,
    zone: ZoneInfo,
) -> list[tuple[datetime, _Wanted]]:
    """What is coming, and before it the last of each phase that a late joiner is sent all the same, an hour apart."""
    last = {one.phase: one for one in past if one.late_joiner == "send_last"}
    at, late = welcome_at, []
    for one in last.values():
        at = out_of_quiet(at + AFTER_WELCOME, protocol.quiet_hours, zone)
        if any(abs(at - other) < NEAREST for other, _ in coming):
            at = out_of_quiet(at + AFTER_WELCOME, protocol.quiet_hours, zone)
        late.append((at, one))
    return sorted((*late, *coming), key=lambda pair: pair[0])


def _instants(
    protocol: Protocol,
    day_zero: date,
    zone: ZoneInfo,
    wanted: list[_Wanted],
    spread: timedelta,
    hours: Hours,
) -> list[tuple[datetime, _Wanted]]:
    """Each with its instant, in order; of two that a clock change made equal, the later step.

    An hour that a person chose is kept to the minute, without the family's spread.
    """
    found: dict[datetime, _Wanted] = {}
    for one in wanted:
        after = _NO_SPREAD if one.at in hours else spread
        moment = instant(day_zero + timedelta(days=one.day), hours.get(one.at, one.at), zone) + after
        found[out_of_quiet(moment, protocol.quiet_hours, zone)] = one
    return sorted(found.items(), key=lambda pair: pair[0])


def _with_ends(
    protocol: Protocol, day_zero: date, zone: ZoneInfo, coming: list[tuple[datetime, _Wanted]]
) -> tuple[Planned, ...]:
    """A check-in is of use for its lateness, not into the night, not once the next is due."""
    planned = []
    for index, (at, one) in enumerate(coming):
        ends = [until_of(at, protocol, zone, one.lateness)]
        if index + 1 < len(coming):
            ends.append(coming[index + 1][0])
        if one.question == "goodbye":
            ends = [at + timedelta(days=3)]
        planned.append(_planned(one.step, one.question, day_zero, zone, at, min(ends)))
    return tuple(planned)


def _planned(
    step: str, question: str, day_zero: date, zone: ZoneInfo, at: datetime, until: datetime
) -> Planned:
    local = at.astimezone(zone)
    return Planned(step, (local.date() - day_zero).days, question, local, at, until)
