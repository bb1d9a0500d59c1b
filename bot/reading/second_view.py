"""A text as the second reader sees it: sentences of words, each with its denial and the concepts it may mean.

A word is itself, pieces of itself and the concepts that the lexicon has for it, so that a word which no labelled text
holds is seen by what it means. Each of these falls into a bucket, a row of the net's table (second_net.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple
from zlib import crc32

from bot.reading.lexicon import lexicon
from bot.reading.numerals import kind_of_number
from bot.reading.parse import Parsed
from bot.reading.text import MARK, NUMBER, Token

WORDS, PIECES, CONCEPTS = 1 << 15, 1 << 15, 1 << 12
BUCKETS = WORDS + PIECES + CONCEPTS  # in this order
_LONGEST = 24  # letters of a word that are looked at
MOST_PIECES, MOST_CONCEPTS = 32, 8  # of one word

DENIALS = frozenset(
    {
        "no", "not", "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "hasnt", "havent", "hadnt",
        "without", "none", "never", "nor", "neither", "zero", "nothing", "denies", "aint", "wont",
        "cant", "cannot", "couldnt", "wouldnt", "nope", "sin", "ni", "nada", "nunca", "tampoco",
        "ningun", "ninguna",
    }
)  # fmt: skip
_TURNS = frozenset(
    {
        "but", "although", "though", "except", "however", "pero", "aunque", "sino", "excepto",
    }
)  # fmt: skip
_ENDS = frozenset(".!;\n()…—")
# What people say around the matter: left out, so that it neither raises nor lowers anything.
_COURTESY = (
    "hi", "hello", "hey", "good morning", "good evening", "please", "pls", "plz", "thanks", "thank you",
    "thanks so much", "thank you so much", "thx", "ty", "lol", "lmao", "haha", "sorry", "sorry to bother you",
    "dont want to bother you", "didnt want to bother you", "no big deal", "probably nothing",
    "its probably nothing", "just so you know", "hola", "buenos dias", "buenas tardes", "buenas noches", "buenas",
    "por favor", "porfa", "porfavor", "gracias", "muchas gracias", "mil gracias", "perdon", "perdone",
    "perdone la molestia", "disculpe", "disculpe la molestia", "no es nada", "no es nada grave",
    "a lo mejor no es nada", "seguro no es nada", "jaja",
)  # fmt: skip
_COURTESIES: dict[str, list[tuple[str, ...]]] = {}
for _words in sorted((tuple(said.split()) for said in _COURTESY), key=len, reverse=True):
    _COURTESIES.setdefault(_words[0], []).append(_words)
_DENIED_FOR = 6  # words that a denial covers at most


class Word(NamedTuple):
    """One word or number of a sentence as the model sees it; `start` and `end` index the original text.

    `mask`: the concepts of the word or phrase of the lexicon that it belongs to; 0 for none.
    """

    text: str
    denied: bool
    start: int
    end: int
    mask: int = 0


Sentence = list[Word]


def sentences(parsed: Parsed) -> list[Sentence]:
    """The sentences of a text, parted at full stops, line ends and turns such as "but"; each has a word."""
    out = []
    at, units = 0, parsed.units
    for words in _sentences(parsed.written):
        told = []
        for word in words:
            while at < len(units) and units[at].end <= word.start:
                at += 1
            here = at < len(units) and units[at].start <= word.start
            told.append(Word(*word[:4], units[at].mask) if here else word)
        out.append(told)
    return out


def _sentences(tokens: list[Token]) -> Iterator[Sentence]:
    out: Sentence = []
    left, at, count = 0, 0, len(tokens)
    while at < count:
        token = tokens[at]
        if token.text in _COURTESIES and (courtesy := _courtesy(tokens, at)):
            at += courtesy
            continue
        at += 1
        if token.kind == NUMBER:
            text, end = token.text, token.end
            if at + 1 < count and tokens[at].text in ".,'" and tokens[at + 1].kind == NUMBER:
                point, rest = tokens[at], tokens[at + 1]
                if point.start == end and rest.start == point.end and len(rest.text) <= 2:
                    text, end, at = f"{text}.{rest.text}", rest.end, at + 2
            out.append(Word(kind_of_number(text), False, token.start, end))
        elif token.kind == MARK:
            if token.text == "?" and out:
                out.append(Word("?", False, token.start, token.end))
            if token.text != ",":
                left = 0
            if token.text in _ENDS:
                yield from _said(out)
                out = []
        elif token.text in _TURNS:
            left = 0
            yield from _said(out)
            out = []
        elif token.text:
            out.append(Word(token.text, left > 0, token.start, token.end))
            left = _DENIED_FOR if token.text in DENIALS else max(0, left - 1)
    yield from _said(out)


def _courtesy(tokens: list[Token], at: int) -> int:
    """How many tokens from `at` are mere courtesy."""
    for words in _COURTESIES.get(tokens[at].text, ()):
        if tuple(token.text for token in tokens[at : at + len(words)]) == words:
            return len(words)
    return 0


def _said(sentence: Sentence) -> list[Sentence]:
    """A number alone says nothing without the question; the rules know it."""
    return [sentence] if any(word.text[0].isalpha() for word in sentence) else []


class Buckets(NamedTuple):
    """The rows of the table that one word stands for."""

    whole: int
    pieces: tuple[int, ...]
    concepts: tuple[int, ...]


def buckets_of(text: str, mask: int) -> Buckets:
    """The buckets of one word: itself, its pieces of three to five letters with the edges marked, its concepts."""
    edged = f"^{text[:_LONGEST]}$" if text[0].isalpha() else ""
    pieces = [edged[at : at + size] for size in (3, 4, 5) for at in range(len(edged) - size + 1)]
    return Buckets(
        _bucket(text, WORDS),
        tuple([WORDS + _bucket(piece, PIECES) for piece in pieces[:MOST_PIECES]]),
        tuple([WORDS + PIECES + _bucket(name, CONCEPTS) for name in _names(mask)[:MOST_CONCEPTS]]),
    )


def _bucket(name: str, count: int) -> int:
    return crc32(name.encode("utf-8", "surrogatepass")) & (count - 1)


@lru_cache(maxsize=4096)
def _names(mask: int) -> tuple[str, ...]:
    """The concepts of a mask in the lexicon's order; "?" stands for none."""
    if not mask:
        return ("?",)
    bits = lexicon().bits
    every, names = _every_name(len(bits)), []
    while mask:
        names.append(every[(mask & -mask).bit_length() - 1])
        mask &= mask - 1
    return tuple(names)


@cache
def _every_name(_count: int) -> list[str]:
    """All concepts, `_count` of them; more may come as rules are read."""
    return list(lexicon().bits)
