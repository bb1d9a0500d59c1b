"""What a number measures, by the word nearest to it: oxygen, a pulse, blood sugar, the bath water, the day outside."""

from __future__ import annotations

from bot.reading.lexicon import word_list
from bot.reading.numerals import Numeral
from bot.reading.text import MARK, NUMBER, Token

OXYGEN, PULSE, BREATHS, SUGAR, PRESSURE, PLACE = "oxygen", "pulse", "breaths", "sugar", "pressure", "place"
_KINDS = (OXYGEN, PULSE, BREATHS, SUGAR, PRESSURE, PLACE)
DEGREES = frozenset(
    ("°", "º", "f", "c", "degrees", "grados", "degree", "grado", "farenheit", "fahrenheit", "deg", "celsius")
)


def quantity_of(tokens: list[Token], number: Numeral) -> str:
    """The kind of thing a number measures; "" where nothing near it says."""
    for place in range(number.first - 1, max(-1, number.first - 8), -1):
        token = tokens[place]
        if token.kind == MARK and token.text in ".!?;,\n":
            break
        kind = _kind(token)
        if kind:
            return kind
        if token.text in word_list("fever_words"):
            return ""
    for place in range(number.last + 1, min(len(tokens), number.last + 7)):
        token = tokens[place]
        if (token.kind == MARK and token.text in ".!?;,\n") or token.kind == NUMBER:
            break
        kind = _kind(token)
        if kind and (kind == PLACE or place <= number.last + 2):
            return kind
    return ""


def _kind(token: Token) -> str:
    for kind in _KINDS:
        if token.text in word_list(f"{kind}_words"):
            return kind
    return ""
