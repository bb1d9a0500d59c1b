"""When an answer is held back. A flag never is."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.conversation.context import Context
from messages.conversation import Purpose
from messages.flags import Level

IN_A_ROW = timedelta(minutes=2)  # several texts in a row: one receipt for all of them
SOON = timedelta(minutes=10)  # small talk after our answer needs none
WHILE = timedelta(hours=1)
QUESTION_AGAIN = timedelta(hours=6)
MANY = 12  # texts in an hour: two machines may be talking to each other
DAY = timedelta(hours=24)
OWN_LINE = (
    "self_harm",
    "medication",
)  # answers that name a line to call; another answer does not stand for them


def held(level: Level, topic: str, context: Context) -> bool:
    """True when this text gets no receipt: too many in the hour, or one as serious was said just now.

    An emergency is answered whatever the hour's count, and anything more serious than what was said at once.
    """
    if crowded(context) and level is not Level.EMERGENCY:
        return True
    if answers_us(context) or topic.startswith(OWN_LINE):
        return said(context, topic, within=IN_A_ROW)
    return any(
        one.level is not None and one.level >= level and one.purpose == Purpose.ANSWER
        for one in context.said
        if context.now - one.at <= IN_A_ROW
    )


def crowded(context: Context) -> bool:
    return context.received > MANY


def answers_us(context: Context) -> bool:
    """True when we asked something after our last receipt, so that this text may be its answer."""
    receipt = last_receipt(context)
    return context.asked.at is not None and receipt is not None and context.asked.at > receipt


def last_receipt(context: Context) -> datetime | None:
    return max((one.at for one in context.said if one.purpose == Purpose.ANSWER), default=None)


def said(context: Context, *topics: str, within: timedelta) -> bool:
    return any(one.topic in topics and context.now - one.at <= within for one in context.said)


def said_anything(context: Context, within: timedelta) -> bool:
    """True when we answered this number lately; what we asked or told of our own accord is no answer."""
    return any(context.now - one.at <= within for one in context.said if one.purpose == Purpose.ANSWER)
