"""A hospital's own quiet hours beside a protocol's: no text of the plan leaves in either. Pure."""

from __future__ import annotations

from datetime import time
from functools import lru_cache

from messages.people import Hours
from scheduler.protocol import Protocol, QuietHours


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
