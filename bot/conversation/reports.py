"""What families report of the child, answered by level."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import brakes, keywords
from bot.conversation.children import which_child_question
from bot.conversation.context import ChildHere
from bot.conversation.decision import Action, Answer, Answered, Decision, ExtendDaily
from bot.conversation.heard import SECOND_AFTER, Heard
from bot.conversation.lines import lines_of
from bot.conversation.promise import within_the_week
from messages.conversation import Intent, Purpose
from messages.flags import Level
from scheduler.texts import render, values_for

EMERGENCY = ("emergency", "emergency_again")


def serious(heard: Heard) -> Decision | None:
    """Emergency and urgent: a person is told, the family hears what to do, the child is asked about daily."""
    if heard.level < Level.URGENT:
        return None
    answers = serious_answers(heard)
    if len(answers) == 1 and answers[0] is not None:
        second = follow_up(heard) if heard.clear else which_child_question(heard, second=True)
        answers = (*answers, second)
    return heard.decided(heard.flag(answers=answers), *answers, *_checked_in(heard))


def review(heard: Heard) -> Decision | None:
    """A person must read it. What was not understood gets the day's menu once, so that a digit can tell."""
    if heard.level is not Level.REVIEW:
        return None
    answer = heard.receipt(_review_topic(heard))
    second = None
    if answer is not None and heard.clear:
        second = clarifying_menu(heard) if answer.topic.startswith("unclear") else follow_up(heard)
    return heard.decided(heard.flag(answers=(answer,)), answer, second, *_checked_in(heard))


def ok(heard: Heard) -> Decision | None:
    """Understood, and nothing in it needs a person."""
    context = heard.context
    chatter = context.asked.kind == "none" and brakes.said_anything(context, brakes.SOON)
    coming = context.next_check_in is not None and within_the_week(context.next_check_in, context)
    topic = "noted" if _adds_to_flag(heard) else "ok_next" if coming else "ok"
    return heard.decided(None if chatter else heard.receipt(topic), *_checked_in(heard))


def serious_answers(heard: Heard) -> tuple[Answer | None, ...]:
    if heard.level is Level.EMERGENCY:
        return emergency_answers(heard)
    return (heard.receipt(_urgent_topic(heard)),)


def emergency_answers(heard: Heard) -> tuple[Answer | None, ...]:
    """Call now. Words of dying or harm get a line to call; after the emergency number when more is wrong."""
    harm = "self_harm" in heard.reading.signs
    line = "self_harm" if lines_of(heard.context.hospital).crisis else "self_harm_no_line"
    if harm and len(heard.reading.signs) == 1:
        return (heard.receipt(line),)
    again = brakes.said(heard.context, *EMERGENCY, within=brakes.WHILE)
    first = heard.receipt("emergency_again" if again else "emergency")
    if harm and first is not None:
        return (first, replace(heard.answer(line), after=SECOND_AFTER))
    return (first,)


def follow_up(heard: Heard) -> Answer | None:
    """The protocol's question after these signs; None when it is answered or was asked in the last hours."""
    if len(heard.about) != 1 or heard.level is Level.EMERGENCY:
        return None
    signs = set(heard.reading.signs)
    if heard.reading.temperature is not None:
        signs -= {"fever", "chills"}
    question = heard.about[0].protocol.follow_up(signs)
    return _question(heard, heard.about[0], question, topic=f"follow_up:{question}") if question else None


def clarifying_menu(heard: Heard) -> Answer | None:
    """The numbered question of the day, for words that were not understood; never twice in a row."""
    if len(heard.about) != 1:
        return None
    child = heard.about[0]
    question = child.protocol.slot_like(child.day).question
    return _question(heard, child, question, topic="menu") if child.protocol.asked(question).menu else None


def _question(heard: Heard, child: ChildHere, question: str, *, topic: str) -> Answer | None:
    context = heard.context
    protocol = child.protocol
    at = context.now + SECOND_AFTER
    asked = replace(protocol.asked(question), episode_id=child.episode_id, at=at)
    just_asked = asked.kind.startswith("followup:") and context.asked.kind == asked.kind
    if just_asked or brakes.said(context, topic, within=brakes.QUESTION_AGAIN):
        return None
    names = (child.name,) if len(context.children) > 1 else ()
    body = render(
        protocol.text(question, heard.language),
        values_for(context.hospital, heard.language, names=names, day=child.day),
    )
    return Answer(topic, body, asks=asked, purpose=Purpose.FOLLOW_UP, after=SECOND_AFTER)


def _urgent_topic(heard: Heard) -> str:
    if _adds_to_flag(heard):
        return "noted"
    poison = "medication" in heard.reading.signs and lines_of(heard.context.hospital).poison
    topic = "medication" if poison else "urgent"
    return heard.timed(topic, f"{topic}_paged")


def _review_topic(heard: Heard) -> str:
    reading = heard.reading
    if heard.context.media:
        return heard.timed("photo", "photo_no_time")
    if not heard.text.strip():
        return "empty"
    if _adds_to_flag(heard):
        return "noted"
    if reading.intent is Intent.HELP or (reading.intent is Intent.OTHER and keywords.plea(heard.text)):
        return heard.timed("plea", "plea_no_time")
    if not reading.complete and not reading.signs and reading.intent in (Intent.REPORT, Intent.OTHER):
        return heard.timed("unclear", "unclear_no_time")
    return heard.timed("review", "review_no_time")


def _adds_to_flag(heard: Heard) -> bool:
    """The answer to our follow-up question, when a person has been told of as serious a matter already."""
    return heard.context.asked.kind.startswith("followup:") and any(
        one.level is not None and one.level >= max(heard.level, Level.REVIEW)
        for one in heard.context.said
        if heard.context.now - one.at <= brakes.WHILE
    )


def _checked_in(heard: Heard) -> tuple[Action, ...]:
    """The check-in is answered. After a serious text no more is asked today, and daily for some days more."""
    hard = heard.level >= Level.URGENT
    if not heard.clear and not hard:
        return ()
    actions: list[Action] = [Answered(child.episode_id, skip_rest_of_day=hard) for child in heard.about]
    for child in heard.about:
        extend = child.protocol.extend
        if heard.level in extend.after:
            actions.append(ExtendDaily(child.episode_id, extend.days))
    return tuple(actions)
