"""No answer -> reminder, second caregiver, flag. Pure.

By facts/clinical.md 3.2: a reminder three hours after the check-in, not after 20:00; then the second
caregiver; by the end of the day the silence is judged by the protocol's rules, sooner where a rule says so. Nothing is
ever done at night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from messages.flags import Level
from scheduler.fields import NEVER
from scheduler.plan import instant, local_zone, out_of_quiet
from scheduler.protocol import Protocol, QuietHours
from scheduler.unanswered import SilenceRule

# A check-in that left late in the day is judged the next morning when less than this is left to answer it.
TIME_TO_ANSWER = timedelta(hours=1)


@dataclass(frozen=True)
class Silence:
    """What is known about a check-in that nobody has answered. Instants are aware, `zone` is the caregiver's.

    `missed_in_row` counts the days in a row, the day of this check-in included, on which something was asked
    and no caregiver of the child answered anything; nought when another text of that day was answered.
    `has_second`: another caregiver who takes texts. `after_serious`: an urgent or emergency text in the last
    days. `superseded`: a later check-in of this episode was asked meanwhile, and its silence is looked at
    instead. `quiet` is when this adult gets no text, if they chose their hours: a person is told all the same.
    """

    protocol: Protocol
    zone: str
    day: int
    asked_at: datetime
    now: datetime
    missed_in_row: int
    reminded_at: datetime | None = None
    seconded_at: datetime | None = None
    has_second: bool = False
    after_serious: bool = False
    superseded: bool = False
    quiet: QuietHours | None = None


@dataclass(frozen=True)
class Nothing:
    """Nothing to do now; look again at that instant (UTC), or never when None."""

    look_again_at: datetime | None


@dataclass(frozen=True)
class Remind:
    """Text the reminder to the caregiver who was asked, then look again."""

    look_again_at: datetime


@dataclass(frozen=True)
class AskSecond:
    """Ask the same question of another caregiver, then look again."""

    look_again_at: datetime


@dataclass(frozen=True)
class RaiseFlag:
    """A person must look; nothing more is to be done about this check-in.

    `reason` is the name of the rule; with `last_check_in` the family gets one last text that asks for a word.
    """

    level: Level
    reason: str
    last_check_in: bool = False


SilenceDecision = Nothing | Remind | AskSecond | RaiseFlag


def decide_silence(facts: Silence) -> SilenceDecision:
    """What to do at `facts.now` about a check-in without an answer."""
    if facts.superseded:
        return Nothing(None)
    zone = local_zone(facts.zone)
    evening = _judged_at(facts, zone)
    holding = _holding(facts)
    sooner = [facts.asked_at + rule.within for rule in holding if rule.within is not None]
    judged_at = min([evening, *sooner])
    if facts.now >= judged_at:
        awake = out_of_quiet(facts.now, facts.protocol.quiet_hours, zone)
        if awake > facts.now:
            return Nothing(awake)
        return _judge(facts, [rule for rule in holding if facts.now >= evening or rule.within is not None])
    remind_at = _nudge_at(facts, zone, facts.protocol.reminder.after) if not facts.reminded_at else None
    wants_second = facts.has_second and not facts.seconded_at
    second_at = _nudge_at(facts, zone, facts.protocol.second_caregiver_after) if wants_second else None
    if remind_at and facts.now >= remind_at:
        return Remind(second_at or judged_at)
    if second_at and facts.now >= second_at:
        return AskSecond(judged_at)
    return Nothing(min(at for at in (remind_at, second_at, judged_at) if at))


def _nudge_at(facts: Silence, zone: ZoneInfo, after: timedelta) -> datetime | None:
    """The next good instant from `after` the check-in on; None when it is past the last hour for a nudge."""
    if after == NEVER:
        return None
    latest = instant(facts.asked_at.astimezone(zone).date(), facts.protocol.reminder.not_after, zone)
    at = out_of_quiet(max(facts.asked_at + after, facts.now), facts.quiet or facts.protocol.quiet_hours, zone)
    return at if at <= latest else None


def _judged_at(facts: Silence, zone: ZoneInfo) -> datetime:
    """The end of the day of the check-in; the next morning when that leaves too little time to answer."""
    day = facts.asked_at.astimezone(zone).date()
    evening = instant(day, facts.protocol.silence.flag_at, zone)
    if evening >= facts.asked_at + TIME_TO_ANSWER:
        return evening
    morning = instant(day + timedelta(days=1), facts.protocol.quiet_hours.end, zone)
    return max(morning, facts.asked_at + TIME_TO_ANSWER)


def _holding(facts: Silence) -> list[SilenceRule]:
    """The rules that hold, if there is no answer until the day is judged."""
    rules = facts.protocol.silence.rules
    return [rule for rule in rules if rule.holds(facts.day, facts.missed_in_row, facts.after_serious)]


def _judge(facts: Silence, holding: Sequence[SilenceRule]) -> RaiseFlag | Nothing:
    """The most serious of these; the last check-in is offered once, when its count is just reached."""
    if not holding:
        return Nothing(None)
    worst = max(holding, key=lambda rule: rule.level.rank)
    last = any(rule.last_check_in and rule.missed == facts.missed_in_row for rule in holding)
    return RaiseFlag(worst.level, worst.name, last)
