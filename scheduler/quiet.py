"""Hours beside a protocol's own: a hospital's quiet hours, and the hours that an adult chose. Pure.

No text of a plan leaves in the quiet hours of either, nor outside the hours of whoever gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from functools import lru_cache

from messages.people import Hours
from scheduler.protocol import Protocol, QuietHours

APART = 30  # minutes between two times that had to move


def over_midnight(hours: Hours) -> bool:
    """Whether these can be quiet hours of a hospital: they begin in the evening and end in the morning."""
    return hours.start > hours.end


def _hours(start: time, end: time) -> QuietHours:
    return QuietHours.model_validate({"start": start, "end": end})


@lru_cache(maxsize=256)
def _with(protocol_quiet: QuietHours, quiet: Hours) -> QuietHours:
    if protocol_quiet.start == protocol_quiet.end:  # never quiet by itself
        return _hours(quiet.start, quiet.end)
    if protocol_quiet.start < protocol_quiet.end:  # quiet after midnight only
        return _hours(quiet.start, max(protocol_quiet.end, quiet.end))
    return _hours(min(protocol_quiet.start, quiet.start), max(protocol_quiet.end, quiet.end))


def quieter(protocol: Protocol, quiet: Hours | None) -> Protocol:
    """The protocol with the hospital's quiet hours, which begin before midnight and end after it, added to its own."""
    if quiet is None or not over_midnight(quiet):
        return protocol
    return protocol.model_copy(update={"quiet_hours": _with(protocol.quiet_hours, quiet)})


def asked_in(protocol: Protocol, quiet: Hours) -> list[time]:
    """The times at which this protocol asks or judges and that these hours would hold, each once."""
    hours = _hours(quiet.start, quiet.end)
    times = {at for phase in protocol.phases for at in phase.at}
    times |= {protocol.goodbye.at, protocol.reminder.not_after, protocol.silence.flag_at}
    return sorted(at for at in times if hours.hold(at))


def why_not(protocol: Protocol, own: Hours) -> str:
    """Why these hours of an adult cannot be with this protocol: none (it has no such thing), order, early, late or
    short; "" when they can."""
    allowed = protocol.own_hours
    if allowed is None:
        return "none"
    if own.start >= own.end:
        return "order"
    if own.start < allowed.start:
        return "early"
    if own.end > allowed.end:
        return "late"
    return "short" if _minutes(own.end) - _minutes(own.start) < allowed.least.total_seconds() / 60 else ""


def for_adult(protocol: Protocol, own: Hours | None) -> Protocol:
    """The protocol with quiet hours all around the hours of an adult; as it is where it does not allow them."""
    if own is None or why_not(protocol, own):
        return protocol
    return quieter(protocol, Hours(own.end, own.start))


def asked_within(protocol: Protocol, hours: Mapping[time, time], own: Hours | None) -> Mapping[time, time]:
    """`hours`, and for each time of the protocol outside the adult's own the nearest within.

    What is moved keeps its order and stays 30 minutes from the next: the protocol's `least` leaves room for that.
    """
    if own is None or why_not(protocol, own):
        return hours
    first, last = _minutes(own.start), _minutes(own.end) - protocol.spread // timedelta(minutes=1) - 1
    written = sorted(times_of(protocol), key=lambda at: (hours.get(at, at), at))
    wanted = [_minutes(hours.get(at, at)) for at in written]
    found = []
    for at in wanted:
        found.append(max(at, first))
        first = found[-1] + APART if found[-1] > at else first
    for place in reversed(range(len(found))):
        late = found[place] > last
        found[place] = min(found[place], last)
        last = found[place] - APART if late else last
    moved = {at: time(*divmod(one, 60)) for at, was, one in zip(written, wanted, found, strict=True) if was != one}
    return {**hours, **moved}


def times_of(protocol: Protocol) -> set[time]:
    """Every time at which the protocol sends something by plan."""
    added = {change.add.at for change in protocol.changes if change.add}
    return {at for phase in protocol.phases for at in phase.at} | {protocol.goodbye.at} | added


def room_for(protocol: Protocol) -> timedelta:
    """The shortest stretch of the day in which every time of the protocol finds its place."""
    return timedelta(minutes=APART * (len(times_of(protocol)) - 1) + 1) + protocol.spread


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
