"""What the family wants: to stop, to start, help, a wrong number, a question, to thank."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from bot.reading.grammar import bits
from bot.reading.lexicon import lexicon, word_list
from bot.reading.match import Unit
from bot.reading.text import MARK, NUMBER, WORD, Token
from messages.conversation import Intent

# Keywords that carriers know (reading standard rule 11; facts/twilio.md).
_KEYWORDS = {
    Intent.OPT_OUT: [
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "alto",
        "parar",
        "cancelar",
        "para",
        "basta",
    ],
    Intent.OPT_IN: ["start", "unstop", "iniciar", "resume", "comenzar", "empezar", "reanudar"],
    Intent.HELP: ["help", "info", "ayuda", "informacion"],
}
_OTHER = frozenset(("photo", "asks for a person", "a wish about times"))


def keyword_of(tokens: list[Token]) -> tuple[Intent, bool] | None:
    """(intent, exact) of a text that is a keyword and nothing more, also misspelled; None for anything else."""
    words = [token.text for token in tokens if token.kind == WORD]
    if not words or any(token.kind == NUMBER for token in tokens):
        return None
    joined = "".join(words)
    bare = [word for word in words if word not in word_list("keyword_polite")] or words
    for intent, keywords in _KEYWORDS.items():
        if (len(set(bare)) == 1 and bare[0] in keywords) or joined in ("stopall", "optout", "optin"):
            return (Intent.OPT_IN if joined == "optin" else intent), True
    if len(words) == 1 and words[0] not in lexicon().words and 3 <= len(words[0]) <= 12:
        word = words[0].replace("ll", "y") if words[0].startswith(("all", "ay")) else words[0]
        for intent, keywords in _KEYWORDS.items():
            for keyword in keywords:
                near = OSA.distance(word, keyword, score_cutoff=2)
                if (
                    (near <= (1 if len(keyword) < 7 else 2) or sorted(word) == sorted(keyword))
                    and len(keyword) >= 4
                    and (word[0] == keyword[0] or near == 1)
                ):
                    return intent, False
    return None


def intent_of(units: list[Unit], signs: bool, told: frozenset[str]) -> Intent:
    """The intent of a text that is no bare keyword; `told` names the rules that matched."""
    masks = _masks()
    whole = 0
    for unit in units:
        if unit.state != "denied":
            whole |= unit.mask
    if _wants_to_stop(units):
        return Intent.OPT_OUT
    if whole & masks.opt_in and not signs:
        return Intent.OPT_IN
    if whole & masks.wrong_number and not signs:
        return Intent.WRONG_NUMBER
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


class _Masks(NamedTuple):
    opt_out: int
    opt_in: int
    wrong_number: int
    stop: int
    message: int
    wish: int
    thanks: int
    thanked: int
    health: int
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
        opt_out=mask("opt_out"),
        opt_in=mask("opt_in"),
        wrong_number=mask("wrong_number"),
        stop=mask("stop_verb"),
        message=mask("message_word"),
        wish=mask("plea timing"),
        thanks=mask("thanks"),
        thanked=mask("thanks polite staff"),
        health=mask("signish part eat drink sleep poop pee move feel temp_word mild med"),
        good=mask("good good_phrase"),
        asking=mask("asking"),
        asker=mask("asker"),
        auxiliary=mask("auxiliary"),
        filler=mask("polite minimiser thanks but and"),
        who=mask("subject his child it me we you part med cast other topic"),
    )


def _wants_to_stop(units: list[Unit]) -> bool:
    """ "dejen de mandarme mensajes", "STOP, he has 102", but not "don't stop the texts", "when will these stop?"."""
    masks, bit = _masks(), bits()
    said = [unit for unit in units if unit.kind != MARK]
    if any(unit.kind == MARK and unit.text == "?" for unit in units[-2:]) and not any(
        unit.mask & masks.opt_out for unit in said
    ):
        return False
    for place, unit in enumerate(said):
        before = said[place - 1] if place else None
        denied = before is not None and before.mask & bit.neg and before.text not in ("please", "ya no")
        if (
            unit.mask & masks.opt_out
            and not denied
            and not (before is not None and before.mask & (bit.we | bit.it))
        ):
            return True
        if unit.mask & masks.stop and not denied:
            later = said[place + 1 : place + 5]
            if any(one.mask & masks.message for one in later) and not any(
                one.mask & bit.generic for one in said[:1]
            ):
                return True
    first = said[0] if said else None
    return (
        first is not None
        and first.text in ("stop", "alto", "unsubscribe", "stopall")
        and len(units) > 1
        and (units[1].kind == MARK or bool(units[1].mask & (bit.have | bit.copula)))
    )


def _is_question(units: list[Unit], whole: int) -> bool:
    masks, bit = _masks(), bits()
    for place, unit in enumerate(units):
        if unit.kind == MARK and unit.text == "?":
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
            if unit.mask & masks.auxiliary and following.mask & masks.who and not following.mask & bit.copula:
                return True
        start = False
    return False
