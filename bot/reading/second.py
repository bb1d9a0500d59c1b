"""The second reader: a small linear model learned from the labelled readings, beside the rules.

It knows no rules. A text is its words, pairs of words and pieces of words, and the concepts that the lexicon has for
them; each has a whole weight for each of three questions in `second.weights`, made by `python -m
bot.reading.second_train`: does it need a person, is it a danger, is it an emergency? It may raise any level
(`raised`). It is also asked before a level is settled: rules marked `unsure` count in full where it does not think
danger unlikely (`agrees`), and words that no rule could explain are let pass where it sees a quiet day (`trusts`).
What a rule is sure of it never lowers.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from bot.reading.parse import Parsed
from bot.reading.second_view import (
    BUCKETS,
    CONCEPT,
    PIECE,
    TWO_CONCEPTS,
    WHOLE,
    Sentence,
    Word,
    buckets_of,
    concept_buckets,
    neighbours,
    pair_buckets,
    pair_feature,
    sentences,
)
from bot.reading.weights import opened, weights_file
from messages.conversation import Evidence
from messages.flags import Level

RULE = "second-reader"
FILE = "second.weights"
HEADS = ("person", "danger", "emergency")  # what each weight speaks for
# How much more must speak for danger where the rules understood every word ("her foot is not swollen"): below it three
# in ten such texts were dangers, by authors that neither had seen, against six in ten of the others.
EXPLAINED = 0.55
# A danger margin from which nothing is ok by itself. By authors not learned from it took 11 of 84 dangers from being
# closed, and sent 2 % more of the plain good texts to a person.
NOT_PASSED = 0.3
_MIDDLE = 128  # what stands for nought; so 256 buckets may be added up before a head runs into the next
_HEAD = 0xFFFF
_FROM_SIGNED = bytes((one + _MIDDLE) & 0xFF for one in range(256))


class Opinion(NamedTuple):
    """What the model makes of a text: margins (above nought: more likely than not) of its three questions.

    Each is that of the whole text or of a sentence by itself, whichever is worse, so that good news in another sentence
    takes nothing away.
    """

    said: list[Sentence]
    person: float
    danger: float
    emergency: float


@dataclass(frozen=True)
class Model:
    """Weights by bucket, and the margins from which a level is raised.

    The three heads' weights of a bucket are one number, 16 bits each and _MIDDLE too high, so that one sum serves all.
    """

    weights: array[int]
    scale: tuple[float, ...]
    bias: tuple[float, ...]
    to_trust: float  # person margin below which a text is plainly quiet
    to_agree: float  # danger margin below which a rule that needs company is doubted
    to_doubt: float  # person margin from which a word nobody knew may not be let pass
    to_review: float  # person margin from which a text read ok goes to a person
    to_urgent: float  # danger margin from which it goes there fast
    to_emergency: float  # emergency margin from which a text that goes there fast is an emergency


def opinion(parsed: Parsed) -> Opinion | None:
    """What the model makes of a text; None of one without words."""
    said = sentences(parsed)
    return Opinion(said, *_margins(said)) if said else None


def raised(view: Opinion | None, level: Level, guessed: bool = False) -> Evidence | None:
    """The evidence that lifts a reading of `level` of a text; None when it may stand.

    `guessed`: a word that nobody knew was let pass; then it takes less to send the text to a person.
    """
    if view is None or level is Level.EMERGENCY:
        return None
    limits = model()
    to: Level = level
    fast = limits.to_urgent + (EXPLAINED if level is Level.OK and not guessed else 0.0)
    if level < Level.URGENT and view.danger >= fast:
        to = Level.URGENT
    elif level < Level.REVIEW and (
        view.danger >= NOT_PASSED
        or view.emergency >= limits.to_emergency
        or view.person >= (limits.to_doubt if guessed else limits.to_review)
    ):
        to = Level.REVIEW
    if to is Level.URGENT and view.emergency >= limits.to_emergency:
        # Never by itself: only what is a danger by the rules, or by the other question too.
        to = Level.EMERGENCY
    return Evidence(*heaviest(view.said), RULE, "", "possible", to) if to > level else None


def agrees(view: Opinion | None) -> bool:
    """True where the model does not think danger unlikely, in the text or in any sentence of it."""
    return view is None or view.danger >= model().to_agree


def trusts(view: Opinion | None) -> bool:
    """True where the model takes a text for plainly quiet, in every sentence of it."""
    return view is not None and view.person < model().to_trust


def _margins(said: list[Sentence]) -> list[float]:
    """The margin of each head: that of the whole text or of its worst sentence."""
    parts = [(_of_words(sentence.words), _of_concepts(sentence.concepts)) for sentence in said]
    if len(parts) > 1:
        words, concepts = zip(*parts, strict=True)
        parts.append((_added(words), _added(concepts)))
    roots = [(sqrt(words[-1]), sqrt(concepts[-1]) or 1.0) for words, concepts in parts]
    now = model()
    return [
        max([part[0][head] / root[0] + part[1][head] / root[1] for part, root in zip(parts, roots, strict=True)])
        * now.scale[head]
        + now.bias[head]
        for head in range(len(HEADS))
    ]


Sums = tuple[int, ...]  # of the weights of some features for each head, last of their squared counts


def _added(rows: Sequence[Sums]) -> Sums:
    return tuple(map(sum, zip(*rows, strict=True)))


def _of_words(words: list[Word]) -> Sums:
    rows = [_weights(word.text, word.denied) for word in words]
    return _added([*rows, *[_pair(before, after) for before, after in neighbours(words)]])


def _of_concepts(concepts: list[tuple[int, bool]]) -> Sums:
    rows = [_concept(mask, denied) for mask, denied in concepts]
    return _added([*rows, *[_two(one[0], two[0]) for one, two in pairwise(concepts)], (0,) * (len(HEADS) + 1)])


@cache
def model() -> Model:
    """The weights, loaded once. HearbackError when their file is missing or not whole."""
    return model_from(weights_file(FILE))


def model_from(raw: bytes) -> Model:
    """A model from the bytes of its file (weights.py): the signed bytes of each head."""
    about, body = opened(raw, len(HEADS) * BUCKETS)
    spread = bytearray(8 * BUCKETS)
    for at in range(len(HEADS)):
        signed = body[at * BUCKETS : (at + 1) * BUCKETS]
        spread[2 * at :: 8] = signed.translate(_FROM_SIGNED)
    weights, limits = array("Q", bytes(spread)), about["raise"]
    if sys.byteorder == "big":
        weights.byteswap()
    return Model(
        weights,
        tuple(float(about[name]["scale"]) for name in HEADS),
        tuple(float(about[name]["bias"]) for name in HEADS),
        *(float(limits[to]) for to in ("trust", "agree", "doubt", "review", "urgent", "emergency")),
    )


def _sums(buckets: Sequence[int], count: int) -> Sums:
    many = len(buckets)
    total, nought = sum(map(model().weights.__getitem__, buckets)), many * _MIDDLE
    return (
        ((total & _HEAD) - nought) * count,
        ((total >> 16 & _HEAD) - nought) * count,
        ((total >> 32) - nought) * count,
        many * count * count,
    )


@lru_cache(maxsize=8192)
def _weights(text: str, denied: bool) -> Sums:
    whole, pieces = buckets_of(text, denied)
    return _added((_sums((whole,), WHOLE), _sums(pieces, PIECE)))


@lru_cache(maxsize=16384)
def _pair(before: str, text: str) -> Sums:
    return _sums((pair_feature(before, text),), WHOLE)


@lru_cache(maxsize=4096)
def _concept(mask: int, denied: bool) -> Sums:
    return _sums(concept_buckets(mask, denied), CONCEPT)


@lru_cache(maxsize=16384)
def _two(before: int, mask: int) -> Sums:
    return _sums(pair_buckets(before, mask), TWO_CONCEPTS)


def heaviest(said: list[Sentence]) -> tuple[int, int]:
    """Start and end of the run of words of one sentence that speaks most for danger; else of the whole text."""
    best = 0
    span = (said[0].words[0].start, said[-1].words[-1].end)
    for sentence in said:
        run, first, before = 0, 0, "^"
        for at, word in enumerate(sentence.words):
            if run <= 0:
                run, first = 0, at
            run += _weights(word.text, word.denied)[1] + _pair(before, word.text)[1]
            before = word.text
            if run > best:
                best, span = run, (sentence.words[first].start, word.end)
    return span
