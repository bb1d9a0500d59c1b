"""What the family wants: to stop, to start, help, a wrong number, a question, to thank."""

from __future__ import annotations

import itertools
from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from bot.reading.grammar import bits
from bot.reading.lexicon import lexicon, word_list
from bot.reading.match import Unit
from bot.reading.not_meant import not_meant
from bot.reading.rule import rules
from bot.reading.text import EMOJI, MARK, NUMBER, WORD, Token
from messages.conversation import Intent

# Keywords that carriers know (reading standard rule 11; facts/twilio.md).
_KEYWORDS = {Intent.OPT_OUT: "keyword_stop", Intent.OPT_IN: "keyword_start", Intent.HELP: "keyword_help"}
_BACK = frozenset(("stopped by mistake", "texts again, plainly"))
_NOT_THEIRS = frozenset(("the wrong number", "no child here"))
_HEADS = frozenset(("stop", "alto", "unsubscribe", "stopall", "basta", "parar"))
_SHOUTED = ((_HEADS, Intent.OPT_OUT), (frozenset(("start", "iniciar")), Intent.OPT_IN))
_OTHER = frozenset(("photo", "asks for a person", "a wish about times"))


def keyword_of(tokens: list[Token]) -> tuple[Intent, bool] | None:
    """(intent, exact) of a text that is a keyword and nothing more, also misspelled; None for anything else."""
    words = [token.text for token in tokens if token.kind in (WORD, EMOJI) and token.text]
    joined = "".join(token.text.replace("0", "o") for token in tokens if token.kind in (WORD, NUMBER, EMOJI))
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = [joined]  # s t o p
    elif joined == "stop":
        words = [joined]  # ST0P
    if not words or (any(token.kind == NUMBER for token in tokens) and joined != "stop"):
        return None
    bare = [word for word in words if word not in word_list("keyword_polite")] or words
    for intent, name in _KEYWORDS.items():
        keywords = word_list(name)
        if (len(set(bare)) == 1 and bare[0] in keywords) or joined in ("stopall", "optout", "optin"):
            return (Intent.OPT_IN if joined == "optin" else intent), True
    if len(words) == 1 and words[0] not in lexicon().words and 3 <= len(words[0]) <= 12:
        word = words[0].replace("ll", "y") if words[0].startswith(("all", "ay")) else words[0]
        for intent, name in _KEYWORDS.items():
            for keyword in sorted(word_list(name)):
                near = OSA.distance(word, keyword, score_cutoff=2)
                if (
                    (near <= (1 if len(keyword) < 7 else 2) or sorted(word) == sorted(keyword))
                    and len(keyword) >= 4
                    and (word[0] == keyword[0] or near == 1)
                ):
                    return intent, False
    return None


def intent_of(units: list[Unit], signs: bool, told: frozenset[str], text: str) -> Intent:
    """The intent of a text that is no bare keyword; `told` names the rules that matched and count."""
    masks = _masks()
    whole = 0
    for unit in units:
        if unit.state != "denied":
            whole |= unit.mask
    wanted = {_wanted()[name] for name in told if name in _wanted()}
    cared_for = any(unit.mask & masks.care for unit in units)
    meant = not signs and not cared_for and not whole & masks.slip
    if Intent.OPT_IN in wanted and (Intent.OPT_OUT not in wanted or told & _BACK):
        return Intent.OPT_IN
    if meant and told & _NOT_THEIRS:
        return Intent.WRONG_NUMBER
    keyword = _keyword_within(units, text)
    if Intent.OPT_OUT in wanted or keyword is Intent.OPT_OUT:
        return Intent.OPT_OUT
    if keyword is not None:
        return keyword
    if meant and (Intent.WRONG_NUMBER in wanted or not_meant(units, text)):
        return Intent.WRONG_NUMBER
    if Intent.HELP in wanted and meant:
        return Intent.HELP
    if _is_question(units, whole):
        return Intent.QUESTION
    if signs:
        return Intent.REPORT
    if told & _OTHER or whole & masks.wish:
        return Intent.OTHER
    if whole & masks.thanks and not any(
        unit.mask & masks.health or (unit.mask & masks.good and not unit.mask & masks.thanked)
        for unit in units
        if unit.kind != MARK
    ):
        return Intent.THANKS
    return Intent.REPORT


@cache
def _wanted() -> dict[str, Intent]:
    """The rules of `lexicon/rules/wishes.toml` and the intent that each stands for."""
    return {rule.name: Intent(rule.intent) for rule in rules() if rule.intent}


class _Masks(NamedTuple):
    wish: int
    thanks: int
    thanked: int
    health: int
    care: int
    how_to: int
    no_more: int
    stop_key: int
    ending: int
    small: int
    courtesy: int
    slip: int
    good: int
    asking: int
    asker: int
    auxiliary: int
    filler: int
    who: int


@cache
def _masks() -> _Masks:
    mask = lexicon().mask
    return _Masks(
        wish=mask("plea timing"),
        thanks=mask("thanks"),
        thanked=mask("thanks polite staff"),
        health=mask("signish part eat drink sleep poop pee move feel temp_word mild med"),
        care=mask("cared_for nausea"),
        how_to=mask("how_to"),
        no_more=mask("no_more"),
        stop_key=mask("stop_key"),
        ending=mask("ending_alone"),
        small=mask(
            "polite thanks minimiser these_word message_word service_word me_us yes_word ending_object"
        ),
        courtesy=mask("polite thanks"),
        slip=mask("own_slip"),
        good=mask("good good_phrase"),
        asking=mask("asking"),
        asker=mask("asker"),
        auxiliary=mask("auxiliary"),
        filler=mask("polite minimiser thanks but and"),
        who=mask("subject his child it me we you part med cast other topic"),
    )


def _keyword_within(units: list[Unit], text: str) -> Intent | None:
    """The keyword at the head of a text, in capitals, or alone in a sentence: "STOP, he has 102", "No more."."""
    masks, bit = _masks(), bits()
    words = [unit for unit in units if unit.kind != MARK]
    if len(words) < 2:
        return None
    first, second = units[0], units[1]
    shouted = text.upper() != text
    for keywords, intent in _SHOUTED:
        for place, unit in enumerate(units):
            if unit.text not in keywords:
                continue
            told = text[unit.start : unit.end]
            before = units[place - 1].mask if place else 0
            if (
                shouted
                and told.isupper()
                and len(told) > 3
                and not before & (bit.neg | bit.child | masks.how_to)
            ):
                return intent
    if first.text in _HEADS and (second.kind == MARK or bool(second.mask & (bit.have | bit.copula))):
        return Intent.OPT_OUT
    ending = masks.no_more | masks.stop_key | masks.ending
    if not any(unit.mask & ending for unit in words):
        return None
    piece: list[Unit] = []
    for place in range(len(units) + 1):
        here = units[place] if place < len(units) else None
        if here is not None and here.kind != MARK:
            piece.append(here)
            continue
        if piece and _only_stops(piece, masks, len(piece) == len(words)):
            return Intent.OPT_OUT
        if here is None or here.text != "," or not _only_stops(piece, masks, True):
            piece = []
    return None


def _only_stops(piece: list[Unit], masks: _Masks, alone: bool) -> bool:
    """True for "please, no more", "STOP", "cancel it please": a wish to end and courtesy, and nothing else."""
    wish = [unit for unit in piece if unit.mask & (masks.no_more | masks.stop_key | masks.ending)]
    if not wish or any(
        not unit.mask & (masks.no_more | masks.stop_key | masks.ending | masks.small) for unit in piece
    ):
        return False
    courtesy = any(unit.mask & masks.courtesy and not unit.mask & masks.no_more for unit in piece)
    return alone or courtesy or any(unit.mask & masks.stop_key for unit in wish)


def _is_question(units: list[Unit], whole: int) -> bool:
    masks, bit = _masks(), bits()
    for place, unit in enumerate(units):
        if unit.kind == MARK and unit.text == "?" and unit.state != "asked":  # and answered
            later = next((one for one in units[place + 1 :] if one.kind != MARK), None)
            if later is None or not later.mask & (bit.neg | bit.no_answer):
                return True
    if whole & masks.asking:
        return True
    start = True
    for place, unit in enumerate(units):
        if unit.kind == MARK:
            start = unit.text in ".!\n" or start
            continue
        if unit.mask & masks.filler and start:
            continue
        following = units[place + 1] if place + 1 < len(units) else None
        if start and following is not None:
            if unit.mask & masks.asker and (
                following.mask & masks.auxiliary or unit.text in ("por que", "why", "who", "quien")
            ):
                return True
            if unit.mask & masks.asker and _asks_what_to_do(units[place + 1 : place + 7]):
                return True
            if unit.mask & masks.auxiliary and following.mask & masks.who and not following.mask & bit.copula:
                return True
        start = False
    return False


def _asks_what_to_do(after: list[Unit]) -> bool:
    """ "como le lavo el pelo", "que talla le pongo": an object and what "I" do, behind a question word."""
    for unit, verb in itertools.pairwise(after):
        if unit.kind == MARK:
            return False
        if unit.text in ("le", "lo", "la", "les", "los", "las") and (
            verb.text in ("doy", "hago")
            or (verb.text.endswith("o") and not verb.mask & bits().sign and verb.kind == WORD)
        ):
            return not verb.mask & (bits().part | bits().noun)
    return False
