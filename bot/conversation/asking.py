"""The question after an answer: where the answer leads, what its sign leads to, the rest of the check-in. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.conversation import brakes
from bot.conversation.context import ChildHere
from bot.conversation.decision import Answer
from bot.conversation.heard import SECOND_AFTER, Heard
from messages.conversation import Asked, Intent, Purpose, Reading
from messages.flags import Level
from scheduler.asking import Branch
from scheduler.texts import render, values_for


def next_question(heard: Heard, *, by_sign: bool = True) -> Answer | None:
    """The protocol's next question after this text; None when there is none, or it was asked in the last hours.

    A sign leads to its question first, unless `by_sign` says that it did just now. The rest of a check-in waits for an
    answer, and is dropped when a person has to call.
    """
    if len(heard.about) != 1 or heard.level is Level.EMERGENCY:
        return None
    child = heard.about[0]
    asked = heard.context.asked if heard.context.asked.episode_id in (None, child.episode_id) else Asked()
    for question, rest in _candidates(heard, child, asked, by_sign):
        if question in child.stopped:
            continue
        found = question_about(heard, child, question, topic=f"follow_up:{question}", more=rest)
        if found is not None:
            return found
    return None


def clarifying_menu(heard: Heard) -> Answer | None:
    """The numbered question of the day, for words that were not understood; never twice in a row."""
    if len(heard.about) != 1:
        return None
    child = heard.about[0]
    question = child.protocol.slot_like(child.day).question
    if not child.protocol.asked(question).menu:
        return None
    return question_about(heard, child, question, topic="menu", more=heard.context.asked.more)


def question_about(
    heard: Heard, child: ChildHere, question: str, *, topic: str, more: tuple[str, ...] = ()
) -> Answer | None:
    context = heard.context
    protocol = child.protocol
    at = context.now + SECOND_AFTER
    asked = replace(
        protocol.asked(question, more), episode_id=child.episode_id, check_in_id=context.asked.check_in_id, at=at
    )
    just_asked = asked.kind.startswith("followup:") and context.asked.kind == asked.kind
    if just_asked or brakes.said(context, topic, within=brakes.QUESTION_AGAIN):
        return None
    names = (child.name,) if len(context.children) > 1 else ()
    body = render(
        protocol.text(question, heard.language),
        values_for(context.hospital, heard.language, names=names, day=child.day),
    )
    return Answer(topic, body, asks=asked, purpose=Purpose.FOLLOW_UP, after=SECOND_AFTER)


def _candidates(
    heard: Heard, child: ChildHere, asked: Asked, by_sign: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(question, what is left of the check-in after it), the first to ask first."""
    reading, protocol = heard.reading, child.protocol
    current = protocol.questions.get(asked.question)
    if current is not None and _answers(reading):
        branch = next((one for one in current.then if _fits(one, reading, current.number)), None)
        if branch is not None:
            yield branch.ask, asked.more
    signs = set(reading.signs)
    if reading.temperature is not None:
        signs -= {"fever", "chills"}
    if by_sign and (led_to := protocol.follow_up(signs)):
        yield led_to, asked.more
    if heard.level < Level.URGENT and _answers(reading):
        for place, question in enumerate(asked.more):
            yield question, asked.more[place + 1 :]


def _answers(reading: Reading) -> bool:
    return reading.intent is Intent.REPORT or bool(reading.picks)


def _fits(branch: Branch, reading: Reading, number: str | None) -> bool:
    kind = number or {"fever": "temperature"}.get(branch.sign or "", branch.sign)
    value = {"temperature": reading.temperature, "pain": reading.pain}.get(kind or "")
    return (
        (not branch.pick or bool(set(branch.pick) & set(reading.picks)))
        and (branch.sign is None or branch.sign in reading.signs)
        and (branch.at_least is None or (value is not None and value >= branch.at_least))
    )
