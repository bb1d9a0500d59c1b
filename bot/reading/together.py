"""Where the two readers come together: what the second one raises, names and hears beside the rules."""

from __future__ import annotations

from dataclasses import replace

from bot.reading.hear import Heard
from bot.reading.judge import Verdict, signs_of
from bot.reading.second import DENIED, OTHERS, Opinion, raised
from bot.reading.second import RULE as SECOND
from bot.reading.second_net import WISHES
from messages.conversation import Evidence
from messages.flags import SIGNS, Level

GUESSED = "named with daily life"  # a word nobody knew, let pass for its company
# Margins, from texts by authors that neither the rules nor the weights had seen.
_WORTH_A_LOOK = -2.0  # of danger: below it no sign is looked for in a text that is ok
_NOTHING_OF_THE_KIND = -2.2
_NAMED_WHERE_NONE_IS, _NAMED_BESIDE_OTHERS, _NAMED_FOR_REVIEW = -0.2, 0.8, 0.8
_HEARD, _HEARD_WHERE_ALL_IS_WELL = -0.5, 0.5  # of a wish
_WORDS_OF_A_DENIAL = 6
_SAID_OUTRIGHT = frozenset(("fever named", "vomiting"))  # whose words leave no doubt which sign is meant
_ACCOUNTED_FOR = frozenset(("denied", "better", "past", "hypothetical", "other_person"))


def heed_the_second(verdict: Verdict, view: Opinion | None, heard: Heard) -> None:
    """Raise the level where the second reader sees more than the rules; name signs and hear wishes by both.

    Adds the evidence of what it does. It knows no menus: where lines of one were chosen, it names nothing.
    """
    evidence = heard.evidence
    # What nobody heard anything in is as doubtful as a word that nobody knew: "the other thing happened again".
    guessed = not evidence or any(one.status == "unknown" or one.rule == GUESSED for one in evidence)
    lifted = raised(view, verdict.level, guessed, _more(view, verdict.level, heard))
    if lifted is not None and lifted.level is not None:
        evidence.append(lifted)
        verdict.level = lifted.level
    if view is None or heard.chosen or verdict.language == "other":
        return
    if verdict.level > Level.OK or view.danger > _WORTH_A_LOOK:
        verdict.level = _raised_by_a_sign(view, verdict.level, evidence)
    if verdict.level > Level.OK:
        _name_by_both(view, verdict.level, evidence, heard.rules)
        verdict.signs = signs_of(evidence)
    if verdict.level <= Level.REVIEW and not verdict.signs and verdict.intent not in WISHES:
        wish = max(WISHES, key=lambda one: view.margins[one])
        if view.margins[wish] > (_HEARD if verdict.level is Level.REVIEW else _HEARD_WHERE_ALL_IS_WELL):
            verdict.intent, verdict.level = wish, Level.REVIEW
            evidence.append(Evidence(*view.span(wish), SECOND, status="word"))


def _more(view: Opinion | None, level: Level, heard: Heard) -> float:
    """How much more it takes to raise a text of another person by the rules, or of little but a pain score (the second
    reader knows no scores); or one that is well and says in few words that signs are not there, and nothing else.
    """
    words = sum(map(len, view.said)) if view else 0
    if level > Level.REVIEW or not words:
        return 0.0
    scored = heard.pain is not None and words <= _WORDS_OF_A_DENIAL
    if scored or any(one.status == "other_person" for one in heard.evidence):
        return OTHERS
    denied = sum(one.status == "denied" for one in heard.evidence)
    return DENIED if level is Level.OK and words <= _WORDS_OF_A_DENIAL * denied else 0.0


def _raised_by_a_sign(view: Opinion, level: Level, evidence: list[Evidence]) -> Level:
    """The level, urgent at least where one of the signs told as stories is seen; a new look at emergency then."""
    sign = view.story() if level < Level.URGENT else ""
    if not sign:
        return level
    evidence.append(Evidence(*view.span(sign), SECOND, sign, "possible", Level.URGENT))
    lifted = raised(view, Level.URGENT)
    if lifted is None:
        return Level.URGENT
    evidence.append(lifted)
    return Level.EMERGENCY


def _name_by_both(view: Opinion, level: Level, evidence: list[Evidence], rules: set[str]) -> None:
    """Signs that no rule named and the second reader sees, and no name for what it sees nothing of.

    Levels stay as they are, and so do the names given to an emergency.
    """
    unlikely = {sign for sign in SIGNS if view.margins[sign] < _NOTHING_OF_THE_KIND}
    evidence[:] = [
        replace(one, sign="")
        if one.sign in unlikely and one.rule in rules - _SAID_OUTRIGHT and one.level is not Level.EMERGENCY
        else one
        for one in evidence
    ]
    named = set(signs_of(evidence))
    enough = _NAMED_BESIDE_OTHERS if named else _NAMED_WHERE_NONE_IS
    if level < Level.URGENT:
        if any(one.status in _ACCOUNTED_FOR for one in evidence):
            return  # the rules know what became of it
        enough = _NAMED_FOR_REVIEW
    evidence += [
        Evidence(*view.span(sign), SECOND, sign, "possible")
        for sign in SIGNS
        if view.margins[sign] > enough and sign not in named
    ]
