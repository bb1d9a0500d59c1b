"""What is watched, when that is an alarm, and when somebody is told of it again. Pure.

Each alarm is told by ways that do not depend on what failed: see `messages/watching.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from messages.carriers.codes import ACCOUNT_CLOSED, OF_ONE_NUMBER, Kind, meaning
from messages.flags import Level
from messages.ladder import Way


class Alarm(StrEnum):
    """What can fail without anybody being told by it."""

    DATABASE = "database"
    CLOCK = "clock"
    OUTBOX = "outbox"
    UNDECIDED = "undecided"  # a family's text that is kept and that nobody was told of
    CARRIER = "carrier"  # texts do not get through, or one number's do not
    CREDENTIAL = "credential"  # the carrier does not know us any more
    MAIL = "mail"
    UNSEEN = "unseen"  # an emergency or urgent flag that nobody took


CLOCK_AFTER = timedelta(minutes=2)  # it beats every second
OUTBOX_AFTER = timedelta(minutes=10)
PRESSING_AFTER = timedelta(minutes=3)  # of pages and answers
LEASE_AFTER = timedelta(minutes=3)  # past the end of a lease that nobody looks into
UNDECIDED_AFTER = timedelta(minutes=3)  # the clock takes it up after one
UNSURE_MOST = 3  # sends without an answer, and none with one
DATABASE_AFTER = timedelta(minutes=1)
CHECK_AFTER = timedelta(minutes=2)  # of checks that fail
UNSEEN_AFTER: Mapping[Level, timedelta] = {  # past the time by which a person had to act
    Level.EMERGENCY: timedelta(minutes=10),
    Level.URGENT: timedelta(minutes=30),
}
WAYS_LEFT: Mapping[Alarm, frozenset[Way]] = {
    alarm: frozenset(Way) - {Way.CALL} - without
    for alarm, without in {
        **dict.fromkeys(Alarm, frozenset[Way]()),
        Alarm.CARRIER: frozenset({Way.TEXT}),
        Alarm.CREDENTIAL: frozenset({Way.TEXT}),
        Alarm.MAIL: frozenset({Way.EMAIL}),
    }.items()
}
"""By which ways each alarm may be told: never by the one that failed."""
STILL = frozenset({Alarm.DATABASE, Alarm.CLOCK, Alarm.OUTBOX, Alarm.UNDECIDED})
"""While one of these is on, the outside monitor hears nothing."""


@dataclass(frozen=True)
class Refusals:
    """Texts and calls of one hospital that wait because the carrier did not take them."""

    hospital_id: str
    code: str
    count: int
    again: bool  # refused again and again, not once


@dataclass(frozen=True)
class Unseen:
    """Flags of one hospital and level that nobody took in time."""

    hospital_id: str
    level: Level
    count: int
    oldest: timedelta  # past the time by which a person had to act


@dataclass(frozen=True)
class Check:
    """What trying the carrier or the mail server last changed to: "" is well."""

    problem: str
    age: timedelta


@dataclass(frozen=True)
class Health:
    """How things stand; an age is None when there is nothing to be old."""

    clock_age: timedelta | None
    queued: int
    oldest_queued: timedelta | None
    unsure: int
    refused: int  # queued still, after the carrier has refused it again and again
    oldest_undecided: timedelta | None
    open_flags: dict[str, int]
    late_flags: int
    sending: int = 0
    oldest_pressing: timedelta | None = None  # page or answer that is due
    oldest_lease: timedelta | None = None  # past its end
    refusals: Sequence[Refusals] = ()
    unanswered: Mapping[str, int] = field(default_factory=dict)  # hospital -> sends lately without an answer
    accepting: frozenset[str] = frozenset()  # while something is refused: hospitals with a text accepted lately
    untaken: Mapping[str, timedelta] = field(default_factory=dict)  # level -> age of the oldest that nobody has
    unseen: Sequence[Unseen] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """An alarm that is on. `hospital_id` "" is everybody's; `detail` is English, for whoever runs Hearback."""

    alarm: Alarm
    detail: str
    hospital_id: str = ""


def found(health: Health, patience: float = 1.0) -> list[Finding]:
    """Everything that is wrong, the worst first. `patience` stretches the limits when a demo's clock runs fast."""
    return [
        *_clock(health, patience), *_outbox(health, patience), *_carrier(health), *_mail(health),
        *_undecided(health, patience), *_unseen(health),
    ]  # fmt: skip


def _clock(health: Health, patience: float) -> list[Finding]:
    if health.clock_age is None:
        return [Finding(Alarm.CLOCK, "The clock has never run: start hearback work.")]
    if health.clock_age <= CLOCK_AFTER * patience:
        return []
    ago = int(health.clock_age.total_seconds())
    return [Finding(Alarm.CLOCK, f"The clock stopped {ago} s ago: start hearback work.")]


def _outbox(health: Health, patience: float) -> list[Finding]:
    none = timedelta(0)
    if (health.oldest_queued or none) > OUTBOX_AFTER:
        why = "Texts wait in the outbox for more than 10 minutes: look at the carrier."
    elif (health.oldest_pressing or none) > PRESSING_AFTER * patience:
        why = "A page or an answer waits in the outbox for more than 3 minutes: restart hearback work."
    elif (health.oldest_lease or none) > LEASE_AFTER * patience:
        why = "Texts in the hand of a process that is gone are not looked into: restart hearback work."
    else:
        return []
    return [Finding(Alarm.OUTBOX, why)]


def _undecided(health: Health, patience: float) -> list[Finding]:
    if (health.oldest_undecided or timedelta(0)) <= UNDECIDED_AFTER * patience:
        return []
    return [Finding(Alarm.UNDECIDED, "A text from a family is kept and not yet decided: start hearback work.")]


def _carrier(health: Health) -> list[Finding]:
    """An account that is not let in, an outage, or one hospital's number: each is told once, the widest first."""
    tried = health.checks.get("carrier")
    problem = tried.problem if tried and tried.age >= CHECK_AFTER else ""
    ours = [one for one in health.refusals if meaning(one.code).kind is Kind.ACCOUNT]
    closed = [meaning(one.code).words for one in ours if one.code in ACCOUNT_CLOSED]
    if any(meaning(code).words in problem for code in ACCOUNT_CLOSED):
        closed.append(problem)
    if closed:
        return [Finding(Alarm.CREDENTIAL, closed[0])]
    stuck = {one.hospital_id for one in health.refusals if one.again}
    stuck |= {hospital for hospital, count in health.unanswered.items() if count >= UNSURE_MOST}
    stuck -= health.accepting
    why = "The carrier refuses texts again and again: look at the carrier, or run hearback doctor."
    if problem or (stuck and not health.accepting):
        return [Finding(Alarm.CARRIER, problem or why)]
    words_of = dict.fromkeys(stuck, why)
    words_of |= {one.hospital_id: meaning(one.code).words for one in ours if one.code not in OF_ONE_NUMBER}
    return [Finding(Alarm.CARRIER, words, hospital) for hospital, words in sorted(words_of.items())]


def _mail(health: Health) -> list[Finding]:
    tried = health.checks.get("mail")
    failing = tried is not None and tried.problem and tried.age >= CHECK_AFTER
    return [Finding(Alarm.MAIL, tried.problem)] if tried and failing else []


def _unseen(health: Health) -> list[Finding]:
    hospitals = dict.fromkeys(one.hospital_id for one in sorted(health.unseen, key=lambda one: -one.level.rank))
    why = "An emergency or urgent flag waits past its time and nobody has taken it: phone whoever is on duty."
    return [Finding(Alarm.UNSEEN, why, hospital) for hospital in hospitals]


class Say(StrEnum):
    """What is told now of an alarm."""

    ALARM = "alarm"
    AGAIN = "again"
    OVER = "over"


PAUSES = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 240, 720))  # between two notes; the last for good
NOBODY_AFTER = timedelta(minutes=1)  # when no way took the note
OVER_AFTER = timedelta(minutes=5)  # what comes and goes is one alarm


@dataclass(frozen=True)
class Standing:
    """One alarm, from when it began until it is over: `times` somebody was told, when the next is, when it went."""

    since: datetime
    next_at: datetime
    times: int = 0
    gone_at: datetime | None = None

    def untold(self, now: datetime) -> Standing:
        """As it is when nobody could be told just now."""
        return replace(self, times=max(self.times - 1, 0), next_at=now + NOBODY_AFTER)


def step(standing: Standing | None, on: bool, now: datetime) -> tuple[Standing | None, Say | None]:
    """How an alarm stands now that it is on, or not, and what is told of it; None is over, and nothing."""
    if standing is None:
        return (Standing(now, now + PAUSES[0], times=1), Say.ALARM) if on else (None, None)
    if not on:
        if standing.gone_at is None:
            return replace(standing, gone_at=now), None
        if now < standing.gone_at + OVER_AFTER:
            return standing, None
        return None, Say.OVER if standing.times else None
    standing = replace(standing, gone_at=None)
    if now < standing.next_at:
        return standing, None
    pause = PAUSES[min(standing.times, len(PAUSES) - 1)]
    return replace(standing, times=standing.times + 1, next_at=now + pause), Say.AGAIN if standing.times else Say.ALARM
