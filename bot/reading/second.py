"""The second reader: a small linear model learned from the labelled readings, which may only raise a level.

It knows no rules. Each sentence is words, pairs of words and pieces of words, those after a denial kept apart; each has
a whole weight for danger and one for emergency in `second.weights`, made by `python -m bot.reading.second_train`.
A text is as serious as its worst sentence, so that good news around it takes nothing away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib import resources
from math import sqrt
from typing import NamedTuple
from zlib import crc32

from bot.reading.text import MARK, NUMBER, Token
from messages.conversation import Evidence
from messages.errors import HearbackError
from messages.flags import Level

RULE = "second-reader"
FILE = "second.weights"
BUCKETS = 1 << 16
WHOLE, PIECE = 2, 1  # what a word or a pair of words counts, against three to five letters of a word

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
_ENDS = frozenset(".!?;\n()…—")
_DENIED_FOR = 6  # words that a denial covers at most


class Word(NamedTuple):
    """One word or number of a sentence as the model sees it; `start` and `end` index the original text."""

    text: str
    denied: bool
    start: int
    end: int


class Opinion(NamedTuple):
    """Margins of the worst sentence (above nought: more likely than not), and the words that weigh most in it."""

    danger: float
    emergency: float
    start: int
    end: int


@dataclass(frozen=True)
class Model:
    """Weights by bucket, -127 to 127, for danger and for emergency, and the margins from which a level is raised."""

    danger: memoryview
    emergency: memoryview
    scale: tuple[float, float]
    bias: tuple[float, float]
    to_review: float  # danger margin from which a text read ok goes to a person
    to_urgent: float  # danger margin from which it goes there fast
    to_emergency: float  # emergency margin from which a text read urgent is an emergency


def raised(tokens: list[Token], level: Level) -> Evidence | None:
    """The evidence that lifts a reading of `level` of the words `tokens` (text.tokens_of); None when it may stand."""
    view, limits = opinion(tokens), model()
    if view is None:
        return None
    to = level
    if level is Level.URGENT:
        # By itself it would call an ambulance for too many harmless texts: only what the rules found urgent.
        to = Level.EMERGENCY if view.emergency >= limits.to_emergency else level
    elif view.danger >= limits.to_urgent:
        to = Level.URGENT
    elif view.danger >= limits.to_review:
        to = Level.REVIEW
    return Evidence(view.start, view.end, RULE, "", "possible", to) if to > level else None


def opinion(tokens: list[Token]) -> Opinion | None:
    """What the model makes of a text; None of a text without words."""
    now = model()
    danger = emergency = -1e9
    worst: list[Word] = []
    for sentence in sentences(tokens):
        total_danger = total_emergency = squares = 0
        before = "^"
        for word in sentence:
            one = _weights(word.text, word.denied)
            two = _pair(before, word.text)
            total_danger += one[0] + two[0]
            total_emergency += one[1] + two[1]
            squares += one[2] + WHOLE * WHOLE
            before = word.text
        two = _pair(before, "$")
        length = sqrt(squares + WHOLE * WHOLE)
        here = (total_danger + two[0]) / length * now.scale[0] + now.bias[0]
        if here > danger:
            danger, worst = here, sentence
        emergency = max(emergency, (total_emergency + two[1]) / length * now.scale[1] + now.bias[1])
    if not worst:
        return None
    return Opinion(danger, emergency, *_heaviest(worst))


def sentences(tokens: list[Token]) -> Iterator[list[Word]]:
    """The sentences of a text, parted at full stops, line ends and turns such as "but"; each has a word."""
    out: list[Word] = []
    left, at, count = 0, 0, len(tokens)
    while at < count:
        token = tokens[at]
        at += 1
        if token.kind == NUMBER:
            text, end = token.text, token.end
            if at + 1 < count and tokens[at].text in ".,'" and tokens[at + 1].kind == NUMBER:
                point, rest = tokens[at], tokens[at + 1]
                if point.start == end and rest.start == point.end and len(rest.text) <= 2:
                    text, end, at = f"{text}.{rest.text}", rest.end, at + 2
            out.append(Word(_number(text), False, token.start, end))
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


def _said(sentence: list[Word]) -> list[list[Word]]:
    """A number alone says nothing without the question; the rules know it."""
    return [sentence] if any(word.text[0].isalpha() for word in sentence) else []


def word_features(text: str, denied: bool) -> tuple[tuple[int, int], ...]:
    """(bucket, count) of one word: the word itself and its pieces of three to five letters, edges marked."""
    mark = "!" if denied else ""
    if not text[0].isalpha():
        return ((_bucket("w:" + text), WHOLE),)
    edged = f"^{text[:40]}$"
    pieces = [edged[at : at + size] for size in (3, 4, 5) for at in range(len(edged) - size + 1)]
    return (_bucket(f"{mark}w:{text}"), WHOLE), *((_bucket(f"{mark}c:{piece}"), PIECE) for piece in pieces)


def pair_feature(before: str, text: str) -> int:
    """The bucket of two words next to each other; "^" stands before the first, "$" after the last."""
    return _bucket(f"b:{before} {text}")


@cache
def model() -> Model:
    """The weights, loaded once. HearbackError when their file is missing or not whole."""
    try:
        raw = resources.files("bot.reading").joinpath(FILE).read_bytes()
    except FileNotFoundError:
        raw = b""
    return model_from(raw)


def model_from(raw: bytes) -> Model:
    """A model from the bytes of its file: a line of JSON, then signed bytes for danger and for emergency."""
    line, _, body = raw.partition(b"\n")
    try:
        head = json.loads(line)
        if len(body) != 2 * BUCKETS or head["sha256"] != sha256(body).hexdigest():
            raise ValueError(FILE)
        weights = memoryview(body).cast("b")
        return Model(
            weights[:BUCKETS],
            weights[BUCKETS:],
            (float(head["danger"]["scale"]), float(head["emergency"]["scale"])),
            (float(head["danger"]["bias"]), float(head["emergency"]["bias"])),
            *(float(head["raise"][to]) for to in ("review", "urgent", "emergency")),
        )
    except (ValueError, KeyError, TypeError) as problem:
        raise HearbackError(
            "The second reader's weights are missing or damaged.",
            where=f"bot/reading/{FILE}",
            mend="Install Hearback again, or make them with: python -m bot.reading.second_train",
        ) from problem


@lru_cache(maxsize=8192)
def _weights(text: str, denied: bool) -> tuple[int, int, int]:
    """Danger, emergency and the sum of squared counts of one word."""
    now = model()
    danger = emergency = squares = 0
    for bucket, count in word_features(text, denied):
        danger += now.danger[bucket] * count
        emergency += now.emergency[bucket] * count
        squares += count * count
    return danger, emergency, squares


@lru_cache(maxsize=16384)
def _pair(before: str, text: str) -> tuple[int, int]:
    now, bucket = model(), pair_feature(before, text)
    return now.danger[bucket] * WHOLE, now.emergency[bucket] * WHOLE


def _heaviest(sentence: list[Word]) -> tuple[int, int]:
    """Start and end of the run of words that speaks most for danger; of the whole sentence when none does."""
    best, run, first, before = 0, 0, 0, "^"
    span = (sentence[0].start, sentence[-1].end)
    for at, word in enumerate(sentence):
        if run <= 0:
            run, first = 0, at
        run += _weights(word.text, word.denied)[0] + _pair(before, word.text)[0]
        before = word.text
        if run > best:
            best, span = run, (sentence[first].start, word.end)
    return span


def _number(text: str) -> str:
    """What a number may be: a temperature and how high, one to ten, or how many digits it has."""
    value = float(text) if text.isascii() else 0.0
    if 34 <= value < 43:
        return "#warm" if value < 38 else "#fever" if value < 40 else "#high"
    if 94 <= value < 110:
        return "#warm" if value < 100.4 else "#fever" if value < 104 else "#high"
    return f"#{int(value // 3)}of10" if value <= 10 else f"#{len(text)}"


def _bucket(name: str) -> int:
    return crc32(name.encode("utf-8", "surrogatepass")) & (BUCKETS - 1)
