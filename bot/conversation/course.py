"""What this text adds to the course of the recovery, and what the protocol then changes in its later steps. Pure."""

from __future__ import annotations

from bot.conversation.context import ChildHere, Context
from bot.conversation.decision import ChangePlan
from messages.conversation import Asked, Reading
from messages.flags import Level
from scheduler.course import DayTold, holds
from scheduler.meaning import Change
from scheduler.wanted import Wanted

AFTER_SERIOUS = "a serious day"  # everything is asked again


def told_now(reading: Reading, child: ChildHere) -> DayTold:
    return DayTold(child.day, frozenset(reading.signs), reading.pain, reading.temperature)


def changes(reading: Reading, child: ChildHere, context: Context, level: Level) -> tuple[ChangePlan, ...]:
    """What the protocol changes because of this text. After a serious one nothing is asked less, and all again."""
    serious = level >= Level.URGENT
    holding = [change for change in child.protocol.changes if _holds(change, reading, child, context)]
    found = [_plan(change, child, serious) for change in holding]
    if serious and child.stopped:
        found.insert(0, Wanted(AFTER_SERIOUS, start=child.stopped))
    return tuple(ChangePlan(child.episode_id, one) for one in found if one is not None)


def _holds(change: Change, reading: Reading, child: ChildHere, context: Context) -> bool:
    when = change.when
    if when.question is not None:
        asked = _asked_of(context.asked, child)
        if asked.question != when.question or (when.pick and not set(when.pick) & set(reading.picks)):
            return False
    return when.sign is None or holds(when, told_now(reading, child), child.course)


def _plan(change: Change, child: ChildHere, serious: bool) -> Wanted | None:
    stop = () if serious else tuple(name for name in change.stop if name not in child.stopped)
    start = tuple(name for name in change.start if name in child.stopped)
    add = change.add
    finish = change.finish and not serious and (child.open_level or Level.OK) < Level.URGENT
    if not (stop or start or add or finish):
        return None
    return Wanted(
        change.name,
        stop=stop,
        start=start,
        ask=add.ask if add else "",
        at=add.at if add else None,
        days=add.days if add else 0,
        finish=finish,
    )


def _asked_of(asked: Asked, child: ChildHere) -> Asked:
    """What was asked last, when that was about this child."""
    return asked if asked.episode_id in (None, child.episode_id) else Asked()
