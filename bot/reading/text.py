"""A text as tokens: folded for looking up, each with its span in the original text. Total on any Unicode."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import regex

WORD, NUMBER, MARK, EMOJI = "word", "number", "mark", "emoji"

_LETTER = r"[\p{L}--[ºª]]"
_LOOSE = r"[\p{M}\u200b-\u200d\u2060\ufeff\u00ad]"  # accents and invisible joiners stay inside a word
_TOKEN = regex.compile(
    rf"(?P<number>\d[\dOo]*+(?!{_LETTER})|\d++)"
    rf"|(?P<word>{_LETTER}(?:{_LETTER}|{_LOOSE}|['\u2019\u2018\u02bc\u0060\u00b4](?={_LETTER}))*+)"
    r"|(?P<emoji>[\p{Extended_Pictographic}\p{Emoji_Presentation}])"
    r"|(?P<mark>[^\s\p{Cc}\p{Cf}\p{Mn}]|\n)",
    regex.VERSION1,
)

# The same for ASCII alone, which is read faster.
_PLAIN_TOKEN = re.compile(
    r"(?P<number>\d[\dOo]*+(?![A-Za-z])|\d++)"
    r"|(?P<word>[A-Za-z]++(?:['`][A-Za-z]++)*+)"
    r"|(?P<mark>[!-/:-@\[-`{-~\n])"
)

_LONG_RUN = regex.compile(r"(\p{L})\1{2,}")

# Emoji that say something; every other picture is decoration. Facts 1.17: none of them ever lowers a level.
EMOJI_WORDS = {
    "🤒": "fever",
    "🥵": "feverish",
    "🌡": "thermometer",
    "🥶": "chills",
    "🤮": "vomiting",
    "🤢": "nauseous",
    "🩸": "blood",
    "🆘": "sos",
    "🚑": "ambulance",
    "👍": "thumbsup",
    "👎": "thumbsdown",
    "👌": "thumbsup",
    "✅": "thumbsup",
    "💯": "thumbsup",
    "🙏": "thanks",
    "🟣": "purple",
    "🔵": "blue",
    "⚫": "black",
    "🧊": "ice",
    "❄": "freezing",
    "🛑": "stop",
}


# Capitals and accents that change the word: "ER or wait?" is no stammer, "sí" (yes) is not "si" (if), nor is "él" (he)
# "el" (the).
_TELLING = {
    "ER": "emergencyroom",
    "ED": "emergencyroom",
    "EMS": "paramedics",
    "sí": "simon",
    "Sí": "simon",
    "SÍ": "simon",
    "él": "elmismo",
    "Él": "elmismo",
    "uña": "unia",  # a nail is no article
    "uñas": "unias",
    "Uña": "unia",
    "Uñas": "unias",
    "UÑA": "unia",
    "UÑAS": "unias",
}


class Token(NamedTuple):
    """One word, number, mark or picture; `text` is folded, `start` and `end` index the original text."""

    text: str
    start: int
    end: int
    kind: str
    raw: str


@lru_cache(maxsize=8192)
def fold_word(raw: str) -> str:
    """Lower case, no accents, no apostrophes, no run of more than two equal letters."""
    if raw in _TELLING:
        return _TELLING[raw]
    text = raw
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in text if letter.isalpha())
    elif not text.isalpha():
        text = "".join(letter for letter in text if letter.isalpha())
    text = text.lower()
    if not text.isascii():
        text = text.casefold()
    return _LONG_RUN.sub(r"\1\1", text)


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text in order; a text without any gives an empty list."""
    out: list[Token] = []
    pattern = _PLAIN_TOKEN if text.isascii() else _TOKEN
    for found in pattern.finditer(text):
        kind = found.lastgroup or MARK
        raw = found.group()
        if kind == WORD:
            folded = fold_word(raw)
            if not folded:
                continue
        elif kind == NUMBER:
            folded = raw.replace("O", "0").replace("o", "0")
            if not folded.isascii():
                folded = "".join(str(unicodedata.digit(digit, 0)) for digit in folded)
        elif kind == EMOJI:
            folded = EMOJI_WORDS.get(raw, "")
        else:
            folded = raw
        out.append(Token(folded, found.start(), found.end(), kind, raw))
    return out
