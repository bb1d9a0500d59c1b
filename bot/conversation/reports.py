"""What families report of the child, answered by level."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import brakes, keywords
from bot.conversation.asking import clarifying_menu, next_question
from bot.conversation.children import which_child_question
from bot.conversation.course import changes
from bot.conversation.decision import Action, Answer, Answered, Decision, ExtendDaily
from bot.conversation.heard import SECOND_AFTER, Heard
from bot.conversation.lines import lines_of
from bot.conversation.promise import within_the_week
from messages.conversation import Intent
from messages.flags import Level
from scheduler.texts import render, values_for

EMERGENCY = ("emergency", "emergency_again")


def serious(heard: Heard) -> Decision | None:
    """Emergency and urgent: a person is told, the family hears what to do, the child is asked about daily."""
    if heard.level < Level.URGENT:
        return None
    answers = serious_answers(heard)
    if len(answers) == 1 and answers[0] is not None:
        second = next_question(heard) if heard.clear else which_child_question(heard, second=True)
        answers = (*answers, second)
    return heard.decided(heard.flag(answers=answers), *answers, *_checked_in(heard))


def review(heard: Heard) -> Decision | None:
    """A person must read it. What was not understood gets the day's menu once, so that a digit can tell."""
    if heard.level is not Level.REVIEW:
        return None
    answer = advised(heard, heard.receipt(_review_topic(heard)))
    second = None
    if heard.clear and answer is not None and answer.topic.startswith("unclear"):
        second = clarifying_menu(heard)
    elif heard.clear and not brakes.crowded(heard.context):
        second = next_question(heard, by_sign=answer is not None)
    return heard.decided(heard.flag(answers=(answer,)), answer, second, *_checked_in(heard))


def ok(heard: Heard) -> Decision | None:
    """Understood, and nothing in it needs a person."""
    context = heard.context
    chatter = context.asked.kind == "none" and brakes.said_anything(context, brakes.SOON)
    # What is planned next may be just what this answer stops: then no day is told.
    stops = any(plan.wanted.stop or plan.wanted.finish for child in heard.about
                for plan in changes(heard.reading, child, context, heard.level))
    coming = context.next_check_in is not None and not stops and within_the_week(context.next_check_in, context)
    topic = "noted" if _adds_to_flag(heard) else "ok_next" if coming else "ok"
    receipt = None if chatter else heard.receipt(topic)
    # The next question of the check-in is the best thanks for the answer to this one, however quickly that came.
    following = next_question(heard) if heard.clear and not chatter and not brakes.crowded(context) else None
    return heard.decided(following or receipt, *_checked_in(heard))


def serious_answers(heard: Heard) -> tuple[Answer | None, ...]:
    if heard.level is Level.EMERGENCY:
        return emergency_answers(heard)
    return (advised(heard, heard.receipt(_urgent_topic(heard))),)


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


def advised(heard: Heard, answer: Answer | None) -> Answer | None:
    """The answer with what the hospital advises about these signs at this level, in the family's language.

    Nothing is added that nobody approved, nothing in an emergency, and nothing while it is unclear which child it is.
    """
    if answer is None or not heard.clear or len(heard.about) != 1 or answer.level is not heard.level:
        return answer
    child = heard.about[0]
    lines = [
        advice.text.get(heard.language) or advice.text[child.protocol.languages[0]]
        for advice in child.protocol.advice
        if advice.approved_by
        and advice.sign in heard.reading.signs
        and heard.level in advice.level
        and (advice.from_day is None or child.day >= advice.from_day)
        and (advice.to_day is None or child.day <= advice.to_day)
    ]
    if not lines:
        return answer
    values = values_for(heard.context.hospital, heard.language, day=child.day)
    return replace(answer, body="\n".join((answer.body, *(render(line, values) for line in dict.fromkeys(lines)))))


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
    actions: list[Action] = []
    if heard.clear:
        for child in heard.about:
            actions.extend(changes(heard.reading, child, heard.context, heard.level))
    # After the changes, so that what they bring back is not asked any more today either.
    actions.extend(Answered(child.episode_id, skip_rest_of_day=hard) for child in heard.about)
    for child in heard.about:
        extend = child.protocol.extend
        if heard.level in extend.after:
            actions.append(ExtendDaily(child.episode_id, extend.days))
    return tuple(actions)
