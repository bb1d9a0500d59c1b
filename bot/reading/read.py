"""What one text from a family says: signs, level, intent, with the words that led to each (reading-standard.md)."""

from __future__ import annotations

from collections.abc import Collection

from bot.reading.hear import digits_meant, hear
from bot.reading.intents import keyword_of
from bot.reading.judge import judge
from bot.reading.menu import DEFAULT_MENU, asked_from
from bot.reading.own import NONE, OwnWords, told_plainly
from bot.reading.parse import parse
from bot.reading.second import opinion
from bot.reading.text import Token, tokens_of
from bot.reading.together import heed_the_second
from messages.conversation import Asked, Evidence, Intent, Reading
from messages.flags import Level

__all__ = ["DEFAULT_MENU", "VERSION", "asked_from", "read"]

VERSION = "2"


def read(
    text: str,
    *,
    asked: Asked | None = None,
    language: str = "en",
    names: Collection[str] = (),
    own: OwnWords = NONE,
) -> Reading:
    """The reading of one text. Total: any string gives a reading, and what is not understood gives `review`.

    `asked` is the last question this caregiver was sent, `language` a hint only, `names` the children known to them,
    `own` the hospital's own words (own.own_words).
    """
    asked = asked or Asked()
    tokens = tokens_of(text)
    keyword = keyword_of(tokens)
    if keyword is not None:
        return _keyword_reading(tokens, *keyword)
    if asked.kind == "followup:temperature":
        tokens = digits_meant(text, tokens)
    parsed = parse(told_plainly(tokens, own), language, names)
    view = opinion(parsed)  # of the second reader
    heard = hear(text, parsed, view, asked)
    verdict = judge(heard, view)
    heed_the_second(verdict, view, heard)
    return Reading(
        level=verdict.level,
        signs=verdict.signs,
        intent=verdict.intent,
        evidence=tuple(sorted(heard.evidence, key=lambda one: (one.start, one.end))),
        temperature=heard.temperature,
        pain=heard.pain,
        picks=heard.chosen,
        complete=verdict.complete,
        language=verdict.language,
        version=VERSION,
    )


def _keyword_reading(tokens: list[Token], intent: Intent, exact: bool) -> Reading:
    first, last = tokens[0], tokens[-1]
    level = Level.OK if exact and intent is not Intent.HELP else Level.REVIEW
    status = "word" if exact else "unknown"
    evidence = (Evidence(first.start, last.end, f"keyword {intent.value}", status=status, level=level),)
    return Reading(level, (), intent, evidence, complete=exact, version=VERSION)
