"""(check-in, now, consent, quiet hours) -> send | wait until | too late | stopped. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.plan import local_zone, out_of_quiet
from scheduler.protocol import QuietHours


@dataclass(frozen=True)
class Send:
    """Now is the time."""


@dataclass(frozen=True)
class WaitUntil:
    """Look again at `at`, UTC."""

    at: datetime


@dataclass(frozen=True)
class TooLate:
    """Not sent any more; it is recorded as missed by us, with `why`."""

    why: str


@dataclass(frozen=True)
class Stopped:
    """Not sent because nobody is to be texted; `why` says who ended it."""

    why: str


Due = Send | WaitUntil | TooLate | Stopped


def decide_due(
    at: datetime,
    until: datetime,
    now: datetime,
    *,
    texting: bool,
    active: bool,
    quiet: QuietHours,
    zone: str,
    next_at: datetime | None = None,
) -> Due:
    """What to do about one planned text at `now`. All instants are aware; `zone` is the caregiver's.

    `at` and `until` are as planned; `texting` is the caregiver's consent, `active` that the episode runs.
    `next_at` is when the same caregiver's next check-in of this episode is due, because two are never sent
    together; leave it out for the welcome, which is sent however late.
    """
    if now < at:
        return WaitUntil(at)
    if not active:
        return Stopped("the follow-up is paused or has ended")
    if not texting:
        return Stopped("the caregiver wants no texts")
    if now >= until:
        return TooLate("its time had passed")
    if next_at is not None and now >= next_at:
        return TooLate("the next check-in is due")
    allowed = out_of_quiet(now, quiet, local_zone(zone))
    if allowed <= now:
        return Send()
    if allowed >= until or (next_at is not None and allowed >= next_at):
        return TooLate("the quiet hours end too late for it")
    return WaitUntil(allowed)
