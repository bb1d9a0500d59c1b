"""From the tokens of a text to words, phrases and numbers with the concepts they may mean."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from bot.reading.match import Unit, language_of, units_of
from bot.reading.mend import mended
from bot.reading.numerals import Numeral, numerals
from bot.reading.text import Token


class Parsed(NamedTuple):
    """A text as the readers see it. `written`: its tokens as they stand; `tokens`: slips of the pen mended."""

    written: list[Token]
    tokens: list[Token]
    language: str
    numbers: list[Numeral]
    units: list[Unit]


def parse(written: list[Token], language: str = "en", names: Collection[str] = ()) -> Parsed:
    """`language` is a hint, `names` are children known to whoever wrote."""
    tokens = mended(written, names)
    language, each = language_of(tokens, language)
    numbers = numerals(tokens)
    return Parsed(written, tokens, language, numbers, units_of(tokens, each, names, numbers))
