"""Where the two readers come together: signs that raise a text, and how they are named."""

from __future__ import annotations

from dataclasses import replace

from bot.reading.second import RULE as SECOND
from bot.reading.second import Opinion, raised
from bot.reading.second_signs import SignsSeen
from messages.conversation import Evidence
from messages.flags import SIGNS, Level

# Margins of second_signs, from texts by authors that neither the rules nor the weights had seen.
_NOTHING_OF_THE_KIND = -0.8
_NAMED_WHERE_NONE_IS, _NAMED_BESIDE_OTHERS, _NAMED_FOR_REVIEW = -0.25, 0.05, 0.1
_ACCOUNTED_FOR = frozenset(("denied", "better", "past", "hypothetical", "other_person"))


def raised_by_a_sign(view: Opinion, seen: SignsSeen, level: Level, evidence: list[Evidence]) -> Level:
    """The level, urgent at least where one of the signs told as stories is seen; a new look at emergency then."""
    sign = seen.urgent() if level < Level.URGENT else ""
    if not sign:
        return level
    evidence.append(Evidence(*seen.span(sign), SECOND, sign, "possible", Level.URGENT))
    lifted = raised(view, Level.URGENT)
    if lifted is None:
        return Level.URGENT
    evidence.append(lifted)
    return Level.EMERGENCY


def name_by_both(seen: SignsSeen, level: Level, evidence: list[Evidence], rules: set[str]) -> None:
    """Signs that no rule named and the second reader sees, and no name for what it sees nothing of.

    Levels stay as they are, and so do the names given to an emergency.
    """
    unlikely = {sign for sign in SIGNS if seen.margins[sign] < _NOTHING_OF_THE_KIND}
    evidence[:] = [
        replace(one, sign="")
        if one.sign in unlikely and one.rule in rules and one.level is not Level.EMERGENCY
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
        Evidence(*seen.span(sign), SECOND, sign, "possible")
        for sign in SIGNS
        if seen.margins[sign] > enough and sign not in named
    ]


def signs_of(evidence: list[Evidence]) -> tuple[str, ...]:
    signs = {one.sign for one in evidence if one.sign and one.status in ("present", "possible")}
    return tuple(sorted(signs))
