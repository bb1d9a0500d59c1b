"""A text as the second reader sees it: sentences of words with their denial, and of the concepts they may mean.

Words, pairs of words and pieces of words are one half of its features, concepts of the lexicon and pairs of them the
other, so that a word which no labelled text holds is seen by what it means. Each feature falls into a bucket.
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

WORD_BUCKETS = 1 << 18
CONCEPT_BUCKETS = 1 << 17
BUCKETS = WORD_BUCKETS + CONCEPT_BUCKETS  # those of concepts come last
WHOLE, PIECE = 2, 1  # what a word or a pair of words counts, against three to five letters of a word
CONCEPT, TWO_CONCEPTS = 2, 1
_MOST = 8  # concepts of one word that are put together with those of its neighbour

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
    """One word or number of a sentence as the model sees it; `start` and `end` index the original text."""

    text: str
    denied: bool
    start: int
    end: int


class Sentence(NamedTuple):
    """`concepts`: the mask of each word or phrase of the lexicon (0: of none), and whether it is denied."""

    words: list[Word]
    concepts: list[tuple[int, bool]]


def sentences(parsed: Parsed) -> list[Sentence]:
    """The sentences of a text, parted at full stops, line ends and turns such as "but"; each has a word."""
    out = []
    at, units = 0, parsed.units
    for words in _sentences(parsed.written):
        concepts: list[tuple[int, bool]] = []
        last = -1
        for word in words:
            while at < len(units) and units[at].end <= word.start:
                at += 1
            if at == len(units) or units[at].start > word.start:
                continue
            if at != last:
                concepts.append((units[at].mask, word.denied))
            elif word.denied:
                concepts[-1] = (units[at].mask, True)
            last = at
        out.append(Sentence(words, concepts))
    return out


def _sentences(tokens: list[Token]) -> Iterator[list[Word]]:
    out: list[Word] = []
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


def _said(sentence: list[Word]) -> list[list[Word]]:
    """A number alone says nothing without the question; the rules know it."""
    return [sentence] if any(word.text[0].isalpha() for word in sentence) else []


def word_features(text: str, denied: bool) -> tuple[tuple[int, int], ...]:
    """(bucket, count) of one word: the word itself and its pieces of three to five letters, edges marked."""
    whole, pieces = buckets_of(text, denied)
    return (whole, WHOLE), *((piece, PIECE) for piece in pieces)


def buckets_of(text: str, denied: bool) -> tuple[int, list[int]]:
    """The bucket of one word, and those of its pieces."""
    if not text[0].isalpha():
        return bucket_of("w:" + text), []
    mark = "!" if denied else ""
    edged = f"^{text[:40]}$"
    spans = [(at, at + size) for size in (3, 4, 5) for at in range(len(edged) - size + 1)]
    if edged.isascii():
        raw, begun = edged.encode(), crc32(f"{mark}c:".encode())
        pieces = [crc32(raw[at:end], begun) & (WORD_BUCKETS - 1) for at, end in spans]
    else:
        pieces = [bucket_of(f"{mark}c:{edged[at:end]}") for at, end in spans]
    return bucket_of(f"{mark}w:{text}"), pieces


def neighbours(sentence: list[Word]) -> Iterator[tuple[str, str]]:
    """Each two words next to each other; "^" stands before the first, "$" after the last."""
    texts = [word.text for word in sentence]
    return zip(["^", *texts], [*texts, "$"], strict=True)


def pair_feature(before: str, text: str) -> int:
    """The bucket of two neighbours."""
    return bucket_of(f"b:{before} {text}")


def bucket_of(name: str) -> int:
    return crc32(name.encode("utf-8", "surrogatepass")) & (WORD_BUCKETS - 1)


@lru_cache(maxsize=4096)
def concept_buckets(mask: int, denied: bool) -> tuple[int, ...]:
    """The buckets of the concepts of one word or phrase, each of which counts CONCEPT; "?" is in no list."""
    start = crc32(b"!" if denied else b"")
    return tuple(_of_concepts(crc32(name, start)) for name in _names(mask))


@lru_cache(maxsize=16384)
def pair_buckets(before: int, mask: int) -> tuple[int, ...]:
    """The buckets of the concepts of two neighbours, each with each, which count TWO_CONCEPTS."""
    firsts = [crc32(name + b" ") for name in _names(before)[:_MOST]]
    return tuple([_of_concepts(crc32(name, start)) for start in firsts for name in _names(mask)[:_MOST]])


def _of_concepts(crc: int) -> int:
    return WORD_BUCKETS + (crc & (CONCEPT_BUCKETS - 1))


@lru_cache(maxsize=4096)
def _names(mask: int) -> tuple[bytes, ...]:
    """The concepts of a mask in the lexicon's order; "?" stands for none."""
    if not mask:
        return (b"?",)
    bits = lexicon().bits
    every, names = _every_name(len(bits)), []
    while mask:
        names.append(every[(mask & -mask).bit_length() - 1])
        mask &= mask - 1
    return tuple(names)


@cache
def _every_name(_count: int) -> list[bytes]:
    """All concepts, `_count` of them; more may come as rules are read."""
    return [name.encode() for name in lexicon().bits]
