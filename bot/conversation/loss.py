"""A child has died: no cheerful text may follow, and a person calls."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from bot.conversation.decision import Decision, Pause, Resume, Stop
from bot.conversation.heard import Heard
from bot.conversation.reports import emergency_answers
from messages.conversation import Intent
from messages.flags import Level
from scheduler.texts import plain_word

# On folded text. A grandmother, a phone or a joke may fit by accident; the answer is then still a decent one, a
# person is told, and texting goes on when that person says so.
_CHILD_EN = r"(?:my|our) (?:sweet |little |baby )?(?:son|daughter|baby|child|kid|boy|girl|angel)"
_CHILD_ES = r"(?:mi|nuestr[oa]) (?:hij[oa]|hijit[oa]|nin[oa]|bebe|nen[ea]|angelit[oa])"
_END = r"(?= *(?:$|[.,!;\n]|last night|today|yesterday|this morning|on ))"
_LOSS = (
    r"\b(?:she|he|{en}|{names}) (?:has |had |just )*(?:passed away|died(?! (?:laugh|of laugh|from laugh)))\b",
    r"\b(?:she|he|{en}|{names}) is (?:dead|gone forever|no longer with us)" + _END,
    r"\b(?:we|i) (?:have |just )*lost (?:her|him|{en}|{names})" + _END,
    r"\b(?:ella|{es}|{names}) (?:ya )?(?:se )?(?:nos )?(?:fallecio|murio|ha muerto|ha fallecido)\b(?! de (?:la )?risa)",
    r"\b(?:fallecio|murio|perdimos a) (?:{es}|{names})\b",
)
# One of these is in each of them: patterns that hold a family's names are made anew for every text, and few need it.
_DIED = regex.compile(r"passed away|died|dead|gone|no longer|lost|fallecio|fallecido|murio|muerto|perdimos")


def tells_of_a_death(text: str, names: Sequence[str]) -> bool:
    """True when the text says that the child, one of `names`, has died."""
    plain = regex.sub(r"\s+", " ", plain_word(text))
    if not _DIED.search(plain):
        return False
    known = "|".join(regex.escape(plain_word(name)) for name in names if plain_word(name)) or r"(?!)"
    return any(
        regex.search(pattern.format(en=_CHILD_EN, es=_CHILD_ES, names=known), plain) is not None for pattern in _LOSS
    )


def loss(heard: Heard) -> Decision | None:
    """No sign that could still be helped is in the text: stop every routine text and have a person call."""
    context = heard.context
    if context.caregiver is None or heard.level is Level.EMERGENCY or heard.reading.signs:
        return None
    if not tells_of_a_death(heard.text, [child.name for child in context.children]):
        return None
    serious = heard.at_least(Level.URGENT, "loss")
    answer = serious.receipt(serious.timed("loss", "loss_paged"))
    return serious.decided(
        Stop("loss") if context.caregiver.texting else None,
        *(Pause(episode_id, "loss") for episode_id in serious.episode_ids),
        serious.flag(answers=(answer,)),
        answer,
    )


def grieving(heard: Heard) -> Decision | None:
    """A caregiver whose child has died writes: a person reads it, and no machine thanks or asks anything.

    What is urgent is answered as after the last day of a follow-up; STOP is confirmed as ever.
    """
    context, intent = heard.context, heard.reading.intent
    if not context.lost or context.caregiver is None or intent is Intent.OPT_OUT:
        return None
    resume = Resume("wish") if intent is Intent.OPT_IN and not context.caregiver.texting else None
    if heard.level is Level.OK and intent in (Intent.THANKS, Intent.OPT_IN):
        return heard.decided(resume)
    seen = heard.at_least(Level.REVIEW, "after_loss")
    if seen.level is Level.EMERGENCY:
        answers = emergency_answers(seen)
    elif seen.level is Level.URGENT:
        answers = (seen.receipt("ended_urgent"),)
    elif heard.level is Level.REVIEW:
        answers = (seen.receipt(seen.timed("ended", "ended_no_time")),)
    else:
        answers = ()
    return seen.decided(resume, seen.flag(answers=answers), *answers)
