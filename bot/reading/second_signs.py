"""Which signs and wishes the second reader sees in a text: one small linear model each, over its features.

It names a sign that no rule named in a text that goes to a person, takes back the name of one that a rule named where
it sees nothing of the kind, and hears a wish about the texting itself that no rule heard. Signs that families tell as
stories, in no word of their own, it may call urgent by itself (`RAISES`). The weights of one bucket for all of them
lie beside each other in `signs.weights`, a byte each; added up as one long whole number they cost no more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import sqrt

from bot.reading.second_view import (
    CONCEPT,
    PIECE,
    TWO_CONCEPTS,
    WHOLE,
    WORD_BUCKETS,
    Sentence,
    buckets_of,
    concept_buckets,
    neighbours,
    pair_buckets,
    pair_feature,
)
from bot.reading.weights import opened, weights_file
from messages.conversation import Intent
from messages.flags import SIGNS

FILE = "signs.weights"
WISHES = (Intent.OPT_OUT, Intent.OPT_IN, Intent.HELP, Intent.WRONG_NUMBER)
NAMES: tuple[str, ...] = (*SIGNS, *WISHES)
_WORDS, _CONCEPTS = 1 << 16, 1 << 15
BUCKETS = _WORDS + _CONCEPTS  # those of second_view, folded
# Margins from which a sign makes a text urgent. By authors that neither rules nor weights had seen, one text in two to
# four that it lifts was a danger that nothing else had found; the other signs' gain was not worth their false alarms.
RAISES = {"medication": -0.25, "self_harm": 0.0, "intake": -0.25, "collapse": -0.1, "injury": -0.05}
_LANE = 3  # bytes of the long number that one name has: a text has some thousand features at most
_SIZE = len(NAMES) * _LANE
_MOST = (1 << 8 * _LANE) - 1  # what one lane holds
_MIDDLE = 128  # what a weight of nought is written as
OFTEN = 4  # times that a word counts in one text
LONGEST = 400  # words and phrases of one text whose concepts count: a lane holds no more


@dataclass(frozen=True)
class SignModel:
    """`body`: the long number of each bucket, one after the other; `scale` and `bias` by name."""

    body: bytes
    scale: tuple[float, ...]
    bias: tuple[float, ...]


@dataclass(frozen=True)
class SignsSeen:
    """How much speaks for each of NAMES: above nought, more likely than not. `words`: (long number, start, end)."""

    margins: dict[str, float]
    words: tuple[tuple[int, int, int], ...]

    def urgent(self) -> str:
        """The sign that by itself makes the text urgent, the one that speaks most; "" for none."""
        above = {sign: self.margins[sign] - least for sign, least in RAISES.items()}
        most = max(above, key=lambda sign: above[sign])
        return most if above[most] > 0 else ""

    def span(self, name: str) -> tuple[int, int]:
        """Start and end of the word that speaks most for a sign or wish."""
        shift = 8 * _LANE * NAMES.index(name)
        _, start, end = max(self.words, key=lambda word: (word[0] >> shift) & _MOST)
        return start, end


Sums = tuple[int, int, int]  # the long number of some features, how many counts are in it, of their squares


def signs_seen(said: list[Sentence]) -> SignsSeen:
    """What the model makes of the `sentences` of a text that has words."""
    of_words: list[Sums] = []
    of_concepts: list[Sums] = [(0, 0, 0)]
    words: list[tuple[int, int, int]] = []
    times: dict[str, int] = {}
    left = LONGEST
    for sentence in said:
        counted = []
        for word in sentence.words:
            times[word.text] = times.get(word.text, 0) + 1
            if times[word.text] > OFTEN:
                continue  # said over and over it says no more
            counted.append(word)
            sums = _word(word.text, word.denied)
            words.append((sums[0], word.start, word.end))
            of_words.append(sums)
        of_words += [_pair(before, after) for before, after in neighbours(counted)]
        concepts = sentence.concepts[:left]
        left -= len(concepts)
        of_concepts += [_concept(mask, denied) for mask, denied in concepts]
        of_concepts += [_two(one[0], two[0]) for one, two in pairwise(concepts)]
    halves = [[sum(one) for one in zip(*rows, strict=True)] for rows in (of_words, of_concepts)]
    now = model()
    each = [
        (total.to_bytes(_SIZE, "little"), count * _MIDDLE, sqrt(squares) or 1.0) for total, count, squares in halves
    ]
    margins = {}
    for at, (name, scale, bias) in enumerate(zip(NAMES, now.scale, now.bias, strict=True)):
        lane = slice(at * _LANE, (at + 1) * _LANE)
        speaks = [(int.from_bytes(lanes[lane], "little") - nought) / root for lanes, nought, root in each]
        margins[name] = sum(speaks) * scale + bias
    return SignsSeen(margins, tuple(words))


def _sums(buckets: Sequence[int], count: int) -> Sums:
    total = sum(map(_lanes, buckets))
    return total * count, len(buckets) * count, len(buckets) * count * count


@lru_cache(maxsize=32768)
def _lanes(bucket: int) -> int:
    at = folded(bucket) * _SIZE
    return int.from_bytes(model().body[at : at + _SIZE], "little")


@lru_cache(maxsize=4096)
def _word(text: str, denied: bool) -> Sums:
    whole, pieces = buckets_of(text, denied)
    one, more = _sums((whole,), WHOLE), _sums(pieces, PIECE)
    return one[0] + more[0], one[1] + more[1], one[2] + more[2]


@lru_cache(maxsize=8192)
def _pair(before: str, text: str) -> Sums:
    return _sums((pair_feature(before, text),), WHOLE)


@lru_cache(maxsize=2048)
def _concept(mask: int, denied: bool) -> Sums:
    return _sums(concept_buckets(mask, denied), CONCEPT)


@lru_cache(maxsize=8192)
def _two(before: int, mask: int) -> Sums:
    return _sums(pair_buckets(before, mask), TWO_CONCEPTS)


def folded(bucket: int) -> int:
    """Where a feature's bucket of second_view lies among those of the signs."""
    return bucket % _WORDS if bucket < WORD_BUCKETS else _WORDS + (bucket - WORD_BUCKETS) % _CONCEPTS


@cache
def model() -> SignModel:
    """The weights, loaded on first use. HearbackError when their file is missing or not whole."""
    return model_from(weights_file(FILE))


def model_from(raw: bytes) -> SignModel:
    """A model from the bytes of its file (weights.py): the weights by bucket and name."""
    about, body = opened(raw, BUCKETS * len(NAMES))
    each = [about["names"][name] for name in NAMES]
    spread = bytearray(len(body) * _LANE)
    spread[::_LANE] = body
    scale, bias = (tuple(float(one[key]) for one in each) for key in ("scale", "bias"))
    return SignModel(bytes(spread), scale, bias)


def pack(learned: Sequence[tuple[Sequence[float], float]]) -> tuple[bytes, list[dict[str, float]]]:
    """The bytes of the weights of every name (buckets' weights and bias each), and what one step of them is worth."""
    scales = [max(max(map(abs, weights)) / 127, 1e-9) for weights, _ in learned]
    body = bytearray(BUCKETS * len(learned))
    for at, ((weights, _), scale) in enumerate(zip(learned, scales, strict=True)):
        body[at :: len(learned)] = bytes(round(weight / scale) + _MIDDLE for weight in weights)
    heads = [
        {"bias": round(bias, 6), "scale": float(f"{scale:.9g}")}
        for (_, bias), scale in zip(learned, scales, strict=True)
    ]
    return bytes(body), heads
