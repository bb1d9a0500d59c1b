"""Getting in: how long a session lasts, what wrong tries cost, what a password must be. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LASTS = timedelta(hours=12)  # a session, from signing in
RESTS_AFTER = timedelta(minutes=45)  # without use
HALFWAY_LASTS = timedelta(minutes=15)  # between the password and the second factor
PROVEN_FOR = timedelta(minutes=10)  # a password or passkey, for what is sensitive
INVITED_FOR = timedelta(days=7)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000

FREE_TRIES = 5  # the fifth wrong one makes the place wait
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
COUNTED_FOR = timedelta(hours=24)  # how long a wrong try is remembered
BURST = timedelta(hours=1)
MOST_AT_A_LOGIN = 100  # wrong tries within BURST, from anywhere
MOST_FROM_A_PLACE = 300  # wrong tries within BURST, at any login


class Standing(StrEnum):
    """What a session is good for."""

    OPEN = "open"
    HALFWAY = "halfway"  # the second factor is wanted
    RESTING = "resting"  # not used for a while: an open queue goes on showing what comes, nothing else answers
    OVER = "over"


@dataclass(frozen=True)
class Session:
    """One person signed in at one browser."""

    id: str
    staff_id: str
    began_at: datetime
    seen_at: datetime
    proved_at: datetime  # when a password or passkey was last given
    complete: bool
    browser: str = ""

    def standing(self, now: datetime, patience: float = 1.0) -> Standing:
        """`patience` stretches every span, for a demo whose clock runs fast."""
        lasts = LASTS if self.complete else HALFWAY_LASTS
        if now - self.began_at >= lasts * patience:
            return Standing.OVER
        if not self.complete:
            return Standing.HALFWAY
        return Standing.RESTING if now - self.seen_at >= RESTS_AFTER * patience else Standing.OPEN

    def proven(self, now: datetime, patience: float = 1.0) -> bool:
        """Whether a password or passkey was given a moment ago."""
        return now - self.proved_at < PROVEN_FOR * patience


@dataclass(frozen=True)
class Tries:
    """The wrong tries that bear on one more: when they were made at this login from this place, and how many."""

    here: Sequence[datetime]  # this login from this place within COUNTED_FOR, oldest first
    at_login: int = 0  # within BURST, from anywhere
    from_place: int = 0  # within BURST, at any login


def wait_until(tries: Tries, now: datetime, *, known_place: bool = False) -> datetime | None:
    """When the next try is looked at; None: at once.

    The wait grows with each wrong try of one place, so that nobody elsewhere can lock a person out. A place that
    is known, a browser from which this person signed in before, is not bound by what others try.
    """
    wrong = len(tries.here)
    if wrong >= FREE_TRIES:
        doubled: int = 2 ** min(wrong - FREE_TRIES, 10)
        until = tries.here[-1] + min(FIRST_WAIT * doubled, LONGEST_WAIT)
        if until > now:
            return until
    if not known_place and (tries.at_login >= MOST_AT_A_LOGIN or tries.from_place >= MOST_FROM_A_PLACE):
        return now + LONGEST_WAIT
    return None


def password_problem(password: str) -> str:
    """What is wrong with a new password, "" when nothing is. The words are English, for `_`."""
    if len(password) < SHORTEST_PASSWORD:
        return "The password is too short: 10 characters are the least."
    if len(password) > LONGEST_PASSWORD:
        return "The password is too long: 1,000 characters are the most."
    return ""
