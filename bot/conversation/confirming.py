"""The first texts from a number that has yet to answer for itself: is it the family's, or a stranger's?"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import brakes, keywords
from bot.conversation.decision import Confirm, Decision, Stop
from bot.conversation.heard import Heard
from messages.conversation import Intent
from messages.flags import Level

YES = frozenset({
    "1", "yes", "y", "yeah", "yep", "ok", "okay", "correct", "si", "sí", "claro", "correcto", "👍", "👍🏻", "👍🏽",
})
NO = frozenset({"2", "no", "nope", "not me", "no soy", "no soy yo"})


def _open(heard: Heard) -> bool:
    """Whether this number is asked, and has not answered yet, whose it is."""
    caregiver = heard.context.caregiver
    return caregiver is not None and caregiver.texting and not caregiver.confirmed


def confirming(heard: Heard) -> Decision | None:
    """ "1" or "yes": private texts may go there. "2" or "no": none ever does, and a person looks for the number."""
    if not _open(heard) or heard.context.media:
        return None
    word = keywords.bare(heard.text) or heard.text.strip()
    if word in NO:
        answer = None if brakes.crowded(heard.context) else heard.answer("wrong_number")
        return heard.decided(
            Stop("wrong_number"), heard.flag(level=Level.REVIEW, episode_ids=_children(heard)), answer,
            level=Level.REVIEW,
        )
    liked = keywords.reaction(heard.text) is keywords.Reaction.LIKE
    if word in YES or liked or (heard.level is Level.OK and word.split(" ")[0].strip(",.!") in YES):
        return heard.decided(Confirm("keyword"), heard.answer("confirmed", Level.OK), level=Level.OK)
    return None


def confirmed_by_report(heard: Heard) -> Heard:
    """Whoever tells how the child is has the child: the number is theirs. Who asks, or doubts, has told nothing."""
    reading = heard.reading
    if not _open(heard) or reading.intent is Intent.WRONG_NUMBER or confirming(heard) is not None:
        return heard
    if not reading.signs and not (reading.intent is Intent.REPORT and heard.level is Level.OK and reading.complete):
        return heard
    caregiver = heard.context.caregiver
    assert caregiver is not None
    context = replace(heard.context, caregiver=replace(caregiver, confirmed=True))
    return replace(heard, context=context, first=(*heard.first, Confirm("report")))


def unconfirmed(heard: Heard) -> Decision | None:
    """Anything else: a person reads it, and the number is asked again. What cannot wait is answered as ever."""
    if not _open(heard) or heard.level >= Level.URGENT or heard.reading.intent is Intent.WRONG_NUMBER:
        return None
    again = None if brakes.held(Level.REVIEW, "confirm_again", heard.context) else heard.answer("confirm_again")
    return heard.decided(heard.flag(level=Level.REVIEW, episode_ids=_children(heard)), again, level=Level.REVIEW)


def _children(heard: Heard) -> tuple[str, ...]:
    return tuple(child.episode_id for child in heard.context.children)
