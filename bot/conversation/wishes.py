"""What a family wants of the texting itself: to stop, to start, help, a wrong number, and plain courtesy."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import brakes, keywords
from bot.conversation.decision import Answer, Decision, Resume, Stop
from bot.conversation.heard import SECOND_AFTER, Heard
from bot.conversation.reports import serious_answers
from messages.conversation import Intent, Purpose
from messages.flags import FlagKind, Level

DOUBTED = "one of our texts was tapped as disliked, or with a sad face"


def opt_out(heard: Heard) -> Decision | None:
    """Stop at once, confirm once. With a sign or an open flag a person is told; danger is answered first."""
    context, reading = heard.context, heard.reading
    if reading.intent is not Intent.OPT_OUT or context.caregiver is None:
        return None
    keyword = keywords.bare(heard.text) in keywords.STOP
    plain = keyword and not reading.signs and not context.media and heard.level <= Level.REVIEW
    level = Level.OK if plain else heard.level
    stop = Stop("keyword" if keyword else "wish") if context.caregiver.texting else None
    confirmation = _confirmation(heard) if stop else None
    waiting = {child.episode_id: child.open_level for child in context.children if child.open_level}
    serious = max([level, *waiting.values()])
    if serious is Level.OK:
        return heard.decided(stop, confirmation, level=level)
    answers: tuple[Answer | None, ...] = (confirmation,)
    if level >= Level.URGENT:
        answers = tuple(answer for answer in serious_answers(heard) if answer)
        if confirmation and len(answers) < 2:
            answers = (*answers, replace(confirmation, after=SECOND_AFTER) if answers else confirmation)
    about = (*waiting, *(heard.episode_ids if level > Level.OK else ()))
    flag = heard.flag(FlagKind.OPT_OUT, serious, answers, tuple(dict.fromkeys(about)))
    return heard.decided(stop, flag, *answers, level=level)


def opt_in(heard: Heard) -> Decision | None:
    """Texts again. The carrier answers its own words; START with a sign in it goes on as a report."""
    context, reading = heard.context, heard.reading
    if context.caregiver is None or heard.level >= Level.URGENT:
        return None
    word = keywords.bare(heard.text)
    # The carrier takes a bare YES as START too; from a caregiver with nothing to say yes to, it means that.
    yes = word == "yes" and context.carrier_confirms_stop and context.asked.kind == "none"
    if reading.intent is not Intent.OPT_IN and not (yes and not context.caregiver.texting):
        return None
    known = word in keywords.START | keywords.CARRIER_START
    level = Level.OK if known else heard.level
    resume = None if context.caregiver.texting else Resume("keyword" if known else "wish")
    confirmed = context.carrier_confirms_stop and keywords.carrier_answers(heard.text, keywords.CARRIER_START)
    if confirmed or brakes.crowded(context) or brakes.said(context, "opt_in", within=brakes.IN_A_ROW):
        answer = None
    else:
        answer = heard.answer("ended_ok" if context.ended and not context.children else "opt_in")
    return heard.decided(resume, heard.flag() if level > Level.OK else None, answer, level=level)


def wrong_number(heard: Heard) -> Decision | None:
    """One apology, no more check-ins until a person has looked. With a sign in it, it is a family's text."""
    if heard.reading.intent is not Intent.WRONG_NUMBER or heard.reading.signs or heard.level > Level.REVIEW:
        return None
    held = brakes.held(Level.REVIEW, "wrong_number", heard.context)
    return heard.decided(
        Stop("wrong_number"),
        heard.flag(level=Level.REVIEW, episode_ids=tuple(c.episode_id for c in heard.context.children)),
        None if held else heard.answer("wrong_number"),
        level=Level.REVIEW,
    )


def reaction(heard: Heard) -> Decision | None:
    """'Liked "..."' is a phone speaking, in our words: kept, answers no check-in; of a doubt the digest tells."""
    said = keywords.reaction(heard.text)
    if said is None or heard.context.media:
        return None
    if said is keywords.Reaction.LIKE:
        return heard.decided(level=Level.OK)
    kind = FlagKind.REPLY if heard.context.caregiver else FlagKind.STRANGER
    flag = replace(heard.flag(kind, Level.REVIEW), reason=DOUBTED, signs=(), pages=False)
    return heard.decided(flag, level=Level.REVIEW)


def thanks(heard: Heard) -> Decision | None:
    """Courtesy opens nothing; it is answered at most once a day, and not right after a text of ours."""
    if heard.reading.intent is not Intent.THANKS or heard.level > Level.OK:
        return None
    context = heard.context
    quiet = (
        brakes.crowded(context)
        or brakes.said_anything(context, brakes.SOON)
        or brakes.said(context, "thanks", within=brakes.DAY)
    )
    return heard.decided(None if quiet else heard.answer("thanks", Level.OK))


def help_word(heard: Heard) -> Decision | None:
    """HELP alone: the carrier answers its own words, we the others. From a family at home, somebody looks."""
    word = keywords.bare(heard.text)
    if word not in keywords.HELP or heard.level > Level.REVIEW:
        return None
    context = heard.context
    carrier = context.carrier_confirms_stop and keywords.carrier_answers(heard.text, keywords.CARRIER_HELP)
    answer = None if carrier else heard.receipt("help")
    return heard.decided(heard.flag() if heard.level > Level.OK else None, answer)


def _confirmation(heard: Heard) -> Answer | None:
    """The one confirmation of a stop, with the way back; None when the carrier sends it."""
    if heard.context.carrier_confirms_stop and keywords.carrier_answers(heard.text, keywords.CARRIER_STOP):
        return None
    return heard.answer("opt_out", purpose=Purpose.ANSWER)
