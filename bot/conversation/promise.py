"""What may be promised about a flag: when a person must have acted, and which time the family may be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.conversation.context import Context
from messages.escalation import due_for
from messages.flags import Level

ROUND = timedelta(minutes=5)  # a family is told 3:40, not 3:37
AHEAD = 6  # days: after these a weekday's name means another day


@dataclass(frozen=True)
class Promise:
    """`due_at` (UTC) is when a person must have acted; `told` is that time when it may be said, else None."""

    due_at: datetime
    told: datetime | None


def promise(level: Level, context: Context) -> Promise:
    """The honest promise for a flag of `level` opened now.

    A call is promised only while the hospital is staffed until after it is due; in an emergency no time is
    told, because nobody should wait for it.
    """
    due_at = due_for(level, context.hospital, context.now, context.staff)
    told = _round_up(due_at)
    if level is Level.URGENT:
        kept = context.staffed_until is not None and told <= context.staffed_until
        return Promise(told, told) if kept else Promise(due_at, None)
    if level is Level.REVIEW:
        staffed = context.staffed_until or context.staffed_next
        return Promise(told, told) if staffed and within_the_week(told, context) else Promise(due_at, None)
    return Promise(due_at, None)


def within_the_week(moment: datetime, context: Context) -> bool:
    """True when the family knows which day a weekday's name means."""
    here = zone(context)
    return (moment.astimezone(here).date() - context.now.astimezone(here).date()).days <= AHEAD


def zone(context: Context) -> ZoneInfo:
    """The zone in which this family reads a clock."""
    return context.caregiver.tz if context.caregiver else context.hospital.tz


def _round_up(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (ROUND - past) if past else moment
