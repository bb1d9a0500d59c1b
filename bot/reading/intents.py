"""What the family wants: to stop, to start, help, a wrong number, a question, to thank; by keyword or in plain words."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.scope import bits
from bot.reading.text import MARK, NUMBER, WORD, Token
from messages.conversation import Intent

# Keywords that carriers know (reading standard rule 11; facts/twilio.md).
_KEYWORDS = {
    Intent.OPT_OUT: ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "alto", "parar", "cancelar", "para", "basta"],
    Intent.OPT_IN: ["start", "unstop", "iniciar", "resume", "comenzar", "empezar", "reanudar"],
    Intent.HELP: ["help", "info", "ayuda", "informacion"],
}
_OTHER = frozenset(("photo", "asks for a person", "a wish about times"))
_POLITE = frozenset(["please", "pls", "plz", "por", "favor", "porfavor", "porfa", "thanks", "thank", "you", "gracias", "now", "all", "it", "ya", "this", "text", "texts"])


def keyword_of(tokens: list[Token]) -> tuple[Intent, bool] | None:
    """(intent, exact) of a text that is a keyword and nothing more, also misspelled; None for anything else."""
    words = [token.text for token in tokens if token.kind == WORD]
    if not words or any(token.kind == NUMBER for token in tokens):
        return None
    joined = "".join(words)
    bare = [word for word in words if word not in _POLITE] or words
    for intent, keywords in _KEYWORDS.items():
        if (len(bare) == 1 and bare[0] in keywords) or joined in ("stopall", "optout", "optin"):
            return (Intent.OPT_IN if joined == "optin" else intent), True
    if len(words) == 1 and words[0] not in lexicon().words and 3 <= len(words[0]) <= 12:
        word = words[0]
        for intent, keywords in _KEYWORDS.items():
            for keyword in keywords:
                near = OSA.distance(word, keyword, score_cutoff=2)
                if near <= (1 if len(keyword) < 7 else 2) and len(keyword) >= 4 and (word[0] == keyword[0] or near == 1):
                    return intent, False
    return None


def intent_of(units: list[Unit], signs: bool, told: frozenset[str]) -> Intent:
    """The intent of a text that is no bare keyword; `told` names the rules that matched."""
    words = lexicon()
    whole = 0
    for unit in units:
        if unit.state != "denied":
            whole |= unit.mask
    if whole & words.mask("opt_out"):
        return Intent.OPT_OUT
    if whole & words.mask("opt_in"):
        return Intent.OPT_IN
    if whole & words.mask("wrong_number"):
        return Intent.WRONG_NUMBER
    if _is_question(units, whole):
        return Intent.QUESTION
    if signs:
        return Intent.REPORT
    if told & _OTHER or whole & words.mask("plea timing"):
        return Intent.OTHER
    said = [unit for unit in units if unit.kind != MARK]
    if said and whole & words.mask("thanks"):
        polite = words.mask("thanks polite fn child me we you his copula have time amount subject it recent prep and link staff minimiser")
        if all(unit.mask & polite for unit in said) and not any(unit.mask & bits().sign for unit in said):
            return Intent.THANKS
    return Intent.REPORT


def _is_question(units: list[Unit], whole: int) -> bool:
    words = lexicon()
    if any(unit.kind == MARK and unit.text in "?¿" for unit in units):
        asks = False
        for place, unit in enumerate(units):
            if unit.kind == MARK and unit.text in "?¿":
                later = next((one for one in units[place + 1 :] if one.kind != MARK), None)
                short = later is not None and bool(later.mask & bits().neg or later.mask & bits().no_answer)
                if not short:
                    asks = True
        return asks
    if whole & words.mask("asking"):
        return True
    first = next((unit for unit in units if unit.kind != MARK and not unit.mask & words.mask("polite minimiser")), None)
    return first is not None and bool(first.mask & words.mask("asker"))
