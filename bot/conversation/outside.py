"""Texts from those we do not text now: strangers, caregivers who said stop, families after the last day."""

from __future__ import annotations

from bot.conversation import brakes
from bot.conversation.decision import Decision
from bot.conversation.heard import Heard
from bot.conversation.reports import emergency_answers, serious_answers
from messages.conversation import Intent
from messages.flags import FlagKind, Level


def stranger(heard: Heard) -> Decision | None:
    """An unknown number: kept and shown, answered once a day, and once more when it is an emergency."""
    if heard.context.caregiver is not None:
        return None
    level = max(heard.level, Level.REVIEW)
    flag = heard.flag(FlagKind.STRANGER, level)
    if level is Level.EMERGENCY:
        told = any(one.level == Level.EMERGENCY for one in heard.context.said)
        return heard.decided(flag, *(() if told else emergency_answers(heard)), level=level)
    quiet = (
        heard.reading.intent is Intent.OPT_OUT
        or brakes.crowded(heard.context)
        or brakes.said_anything(heard.context, brakes.DAY)
    )
    return heard.decided(flag, None if quiet else heard.answer("stranger", level), level=level)


def stopped(heard: Heard) -> Decision | None:
    """A caregiver who gets no texts writes: flagged as ever, answered only when it cannot wait."""
    caregiver = heard.context.caregiver
    if caregiver is None or caregiver.texting:
        return None
    if heard.level < Level.REVIEW:
        return heard.decided()
    answers = serious_answers(heard) if heard.level >= Level.URGENT else ()
    return heard.decided(heard.flag(answers=answers), *answers)


def ended(heard: Heard) -> Decision | None:
    """After the last day of the follow-up: flagged by level, and told plainly that nobody asks any more."""
    if heard.context.children or not heard.context.ended:
        return None
    if heard.level is Level.OK:
        told = brakes.said_anything(heard.context, brakes.DAY)
        return heard.decided(None if told else heard.answer("ended_ok", Level.OK))
    if heard.level is Level.EMERGENCY:
        answers = emergency_answers(heard)
    elif heard.level is Level.URGENT:
        answers = (heard.receipt("ended_urgent"),)
    else:
        answers = (heard.receipt(heard.timed("ended", "ended_no_time")),)
    return heard.decided(heard.flag(answers=answers), *answers)
