"""What the rules make of what was heard: a level, signs, an intent; and whether an `ok` is earned."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.reading.earned import ALLOWED, ALLOWED_SOFT, doubt
from bot.reading.hear import NOT_ON_THE_MENU, Heard
from bot.reading.intents import intent_of
from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.rule import soft_rules
from bot.reading.second import Opinion, trusts
from bot.reading.text import WORD
from bot.reading.understood import Understanding, understanding
from messages.conversation import Evidence, Intent
from messages.flags import Level

_HALF, _MOST = 0.5, 0.67  # shares of the words that are known: below, it is another language; its signs are guesses


@dataclass(slots=True)
class Verdict:
    """What a text comes to. `complete`: everything that matters in it was understood."""

    level: Level
    signs: tuple[str, ...]
    intent: Intent
    complete: bool
    language: str


def judge(heard: Heard, view: Opinion | None) -> Verdict:
    """The verdict of the rules; adds the evidence of what was understood and what was not.

    `view`, of the second reader, tells whether words that nobody explained may be let pass.
    """
    signs = signs_of(heard.evidence)
    any_sign, language = bool(signs), heard.language
    level, slight = _loudest(heard)
    sense = understanding(heard.units, heard.tokens, heard.segments, heard.evidence, heard.told)
    complete = sense.complete
    if _in_another_language(heard, sense, level):
        language, complete = "other", False
        signs = () if sense.share < _MOST else signs
        level = max(level, Level.REVIEW, key=lambda one: one.rank)
    if level is Level.OK and sense.told and complete:
        against = doubt(heard.units, heard.segments, sense.names, heard.told)
        trusted = trusts(view)
        if against > ALLOWED and not trusted:
            complete = False
            heard.evidence.append(Evidence(0, len(heard.text), "nothing explains it", "", "unknown"))
        elif slight and (trusted or (against <= ALLOWED_SOFT and all(one.rule in soft_rules() for one in slight))):
            heard.evidence[:] = [replace(one, level=Level.OK) if one in slight else one for one in heard.evidence]
            slight = []
    if level is Level.OK and (slight or not (sense.told and complete)):
        level = Level.REVIEW
    intent = _intent(heard, any_sign, sense.told, language)
    if level is Level.OK and intent in (Intent.QUESTION, Intent.WRONG_NUMBER, Intent.OTHER):
        level = Level.REVIEW
    return Verdict(level, signs, intent, complete, language)


def signs_of(evidence: list[Evidence]) -> tuple[str, ...]:
    """The signs that are there, or may be, in the order of their names."""
    signs = {one.sign for one in evidence if one.sign and one.status in ("present", "possible")}
    return tuple(sorted(signs))


def _loudest(heard: Heard) -> tuple[Level, list[Evidence]]:
    """The highest level but of slight evidence, and the slight: a word or two that a rule would send to a person."""
    raising = [one for one in heard.evidence if one.level is not None and one.level > Level.OK]
    slight = [
        one
        for one in raising
        if one.level is Level.REVIEW and one.rule in heard.rules and one.status not in ("doubtful", "other_person")
    ]
    levels = [one.level for one in raising if one not in slight and one.level is not None]
    return max(levels, key=lambda one: one.rank, default=Level.OK), slight


def _in_another_language(heard: Heard, sense: Understanding, level: Level) -> bool:
    """Neither English nor Spanish; a danger that was found in it counts as understood."""
    if heard.picks.bare:
        return False
    return sense.share < _HALF or (level <= Level.REVIEW and _is_foreign(heard.units))


def _is_foreign(units: list[Unit]) -> bool:
    foreign = lexicon().mask("foreign")
    hits = sum(1 for unit in units if unit.mask & foreign and not unit.mask & ~foreign)
    words = sum(1 for unit in units if unit.kind == WORD)
    return hits >= 2 or (hits == 1 and words <= 3)


def _intent(heard: Heard, any_sign: bool, told: bool, language: str) -> Intent:
    rules = frozenset(one.rule for one in heard.evidence)
    intent = intent_of(heard.units, any_sign, rules, heard.text)
    raising = (one for one in heard.evidence if one.level is not None and one.level > Level.OK)
    flagged = any(one.rule != NOT_ON_THE_MENU for one in raising)
    if intent is Intent.REPORT and not any_sign and (language == "other" or not (told or flagged)):
        return Intent.OTHER
    return intent
