"""Several children on one phone: asking which one a text is about, and taking the answer."""

from __future__ import annotations

from bot.conversation import brakes
from bot.conversation.decision import Answer, Answered, Decision
from bot.conversation.heard import Heard
from bot.conversation.say import choices, either, together
from messages.conversation import Asked, Purpose
from messages.flags import Level

ASKED_AT_MOST = 2  # a day: then a person finds out


def which_child_answered(heard: Heard) -> Decision | None:
    """ "1", "Leo", "both": the earlier texts are about these children. More words are read as a text."""
    choice = heard.choice
    if choice is None or not choice.only or heard.level > Level.REVIEW or heard.reading.signs:
        return None
    names = together([child.name for child in heard.about], heard.language)
    context = heard.context
    held = brakes.crowded(context) or brakes.said(context, "which_child_noted", within=brakes.IN_A_ROW)
    return heard.decided(
        *(Answered(child.episode_id) for child in heard.about),
        None if held else heard.answer("which_child_noted", names=names),
        level=Level.OK,
    )


def which_child(heard: Heard) -> Decision | None:
    """Nobody can tell which child is meant, and it can wait: ask, and flag for each of them what needs it."""
    if heard.clear or heard.level > Level.REVIEW:
        return None
    question = which_child_question(heard)
    waits = question is not None or brakes.said(heard.context, "which_child", within=brakes.IN_A_ROW)
    if waits:
        return heard.decided(heard.flag() if heard.level > Level.OK else None, question)
    unclear = heard.at_least(Level.REVIEW, "child_unclear")
    answer = unclear.receipt(unclear.timed("review", "review_no_time"))
    return unclear.decided(unclear.flag(answers=(answer,)), answer)


def which_child_question(heard: Heard, *, second: bool = False) -> Answer | None:
    """The question, pointing at every text that may be about any of them; None when it was asked enough."""
    context = heard.context
    asked = [one for one in context.said if one.topic == "which_child"]
    if (
        (context.caregiver is not None and not context.caregiver.confirmed)  # names are told to nobody unknown
        or brakes.crowded(context)
        or brakes.said(context, "which_child", within=brakes.IN_A_ROW)
        or len(asked) >= ASKED_AT_MOST
    ):
        return None
    names = [child.name for child in heard.about]
    pending = context.asked.of if context.asked.kind == "which_child" else ()
    return heard.answer(
        "which_child",
        asks=Asked(
            kind="which_child",
            options=tuple(child.episode_id for child in heard.about),
            of=tuple(dict.fromkeys(one for one in (*pending, *context.unclear, context.message_id) if one)),
            at=context.now,
        ),
        second=second,
        purpose=Purpose.FOLLOW_UP if second else Purpose.ANSWER,
        names=either(names, heard.language),
        choices=choices(names, heard.language),
    )
