"""Learn the second reader's weights from the labelled readings: `python -m bot.reading.second_train [FOLDER]`.

Support vectors by dual coordinate descent (Hsieh and others, ICML 2008), once for each of the three questions and for
each sign and wish. The margins from which a level is raised come from cross-validation by file, so that no author is
on both sides. The same readings give the same bytes. Takes about six minutes.

Over 300 lines: one training from beginning to end, which nothing else uses in part.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from itertools import chain, pairwise
from math import sqrt
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from bot.reading import second_signs
from bot.reading.parse import parse
from bot.reading.score import DANGER, Case, case_from
from bot.reading.second import FILE, HEADS
from bot.reading.second_view import (
    BUCKETS,
    CONCEPT,
    TWO_CONCEPTS,
    WHOLE,
    Sentence,
    concept_buckets,
    neighbours,
    pair_buckets,
    pair_feature,
    sentences,
    word_features,
)
from bot.reading.text import tokens_of
from bot.reading.weights import sealed
from messages.errors import HearbackError
from messages.flags import Level

READINGS = Path(__file__).resolve().parents[2] / "tests" / "corpus" / "readings"
PASSES = 6
PLAIN = 0.2  # how far beyond its margin a text need not be looked at in every pass
FOLDS = 4

DANGER_DOUBTED = 0.045  # of dangers; a rule that needs company is not enough by itself for these

# What raising may cost, as shares of cases by authors not learned from.
OK_NOT_TRUSTED = 0.35
OK_IN_DOUBT = 0.25
OK_TO_PERSON = 0.12
HARMLESS_URGENT = 0.026
HARMLESS_EMERGENCY = 0.016


class Vector(NamedTuple):
    """A text or a sentence: buckets, their values scaled to unit length, and the sum of squares of the values."""

    keys: tuple[int, ...]
    values: tuple[float, ...]
    square: float


class Text(NamedTuple):
    """A text whole, and its sentences where it has several."""

    whole: Vector
    sentences: tuple[Vector, ...]


Weights = list[float]  # one a bucket, the bias last


def person_label(case: Case) -> int:
    """1 where a person must read it, -1 where it is ok and nothing else, 0 where it may be either."""
    if case.levels == (Level.OK,):
        return -1
    return 0 if Level.OK in case.levels else 1


def danger_label(case: Case) -> int:
    """1 for danger, -1 for harmless, 0 for a case that may be either."""
    dangers = sum(level in DANGER for level in case.levels)
    return 1 if dangers == len(case.levels) else 0 if dangers else -1


def emergency_label(case: Case) -> int:
    """1 where only emergency is right, -1 where it is wrong, 0 where it is one of several."""
    if case.levels == (Level.EMERGENCY,):
        return 1
    return 0 if Level.EMERGENCY in case.levels else -1


LABELS: dict[str, Callable[[Case], int]] = dict(
    zip(HEADS, (person_label, danger_label, emergency_label), strict=True)
)


def read_cases(folder: Path) -> tuple[list[Case], list[int], str]:
    """The cases of every .jsonl below a folder, the fold of each, and the checksum of those files.

    What an answer to a menu means hangs on its numbers, which the second reader does not know: those are left out.
    """
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise HearbackError("There are no labelled readings.", where=str(folder), mend="Name their folder.")
    seal = sha256()
    cases: list[Case] = []
    folds: list[int] = []
    for number, path in enumerate(paths):
        raw = path.read_bytes()
        seal.update(raw)
        rows = (case_from(json.loads(line)) for line in raw.decode("utf-8").splitlines() if line.strip())
        here = [case for case in rows if case.asked != "menu"]
        cases += here
        folds += [number % FOLDS] * len(here)
    return cases, folds, seal.hexdigest()


def text_of(text: str, language: str = "en") -> Text:
    """A text as second.opinion sees it; an empty vector for a text without words. `language` is a hint."""
    each = [(_of_words(one), _of_concepts(one)) for one in sentences(parse(tokens_of(text), language))]
    whole = _vector([list(chain(*half)) for half in zip(*each, strict=True)])
    return Text(whole, tuple(map(_vector, each)) if len(each) > 1 else ())


Features = list[tuple[int, int]]  # (bucket, count)


def _of_words(sentence: Sentence) -> Features:
    words = [feature for word in sentence.words for feature in word_features(word.text, word.denied)]
    return words + [(pair_feature(before, after), WHOLE) for before, after in neighbours(sentence.words)]


def _of_concepts(sentence: Sentence) -> Features:
    alone = [(one, CONCEPT) for mask, denied in sentence.concepts for one in concept_buckets(mask, denied)]
    pairs = [pair_buckets(one[0], two[0]) for one, two in pairwise(sentence.concepts)]
    return alone + [(one, TWO_CONCEPTS) for pair in pairs for one in pair]


def _vector(halves: Sequence[Features]) -> Vector:
    """Both halves, words and concepts, each scaled to unit length."""
    counts: dict[int, int] = {}
    values: list[float] = []
    for features in halves:
        mine: dict[int, int] = {}
        for bucket, count in features:
            mine[bucket] = mine.get(bucket, 0) + count
        length = sqrt(sum(count * count for _, count in features) or 1)
        each = {count: count / length for count in set(mine.values())}  # one object a value, or memory is short
        values += [each[count] for count in mine.values()]
        counts |= mine
    return Vector(tuple(counts), tuple(values), sum(value * value for value in values))


def margin(weights: Weights, vector: Vector) -> float:
    """Added up in order, not by sum(), whose rounding differs between Python versions."""
    total = weights[BUCKETS]
    for key, value in zip(vector.keys, vector.values, strict=True):
        total += weights[key] * value
    return total


def worst(weights: Weights, text: Text) -> float:
    """The margin of a text, or of a sentence of it by itself, whichever is worse."""
    return max(margin(weights, vector) for vector in (text.whole, *text.sentences))


def descend(vectors: Sequence[Vector], labels: Sequence[int]) -> Weights:
    """Squared hinge loss with L2, cost 1, in a fixed order; vectors with a label of 0 are left out."""
    rows = [(vector, float(label)) for vector, label in zip(vectors, labels, strict=True) if label and vector.keys]
    weights = [0.0] * (BUCKETS + 1)
    alphas = [0.0] * len(rows)
    plain = bytearray(len(rows))  # far on their side: looked at again in the last pass only
    for turn in range(PASSES):
        last = turn == PASSES - 1
        for at in sorted(range(len(rows)), key=lambda place: crc32(b"%d %d" % (turn, place))):
            if plain[at] and not last:
                continue
            vector, label = rows[at]
            slope = label * margin(weights, vector) - 1.0 + 0.5 * alphas[at]
            if slope >= 0 and not alphas[at]:
                plain[at] = slope > PLAIN
                continue
            alpha = max(0.0, alphas[at] - slope / (vector.square + 1.5))
            step = (alpha - alphas[at]) * label
            alphas[at] = alpha
            for key, value in zip(vector.keys, vector.values, strict=True):
                weights[key] += step * value
            weights[BUCKETS] += step
    return weights


def unseen(texts: Sequence[Text], labels: Sequence[int], folds: Sequence[int]) -> list[float]:
    """The margin of each text by weights learned without its fold."""
    out = [0.0] * len(texts)
    vectors = [text.whole for text in texts]
    for fold in sorted(set(folds)):
        weights = descend(
            vectors, [0 if mine == fold else label for label, mine in zip(labels, folds, strict=True)]
        )
        for at, mine in enumerate(folds):
            if mine == fold:
                out[at] = worst(weights, texts[at])
    return out


def above(margins: Sequence[float], counts: Sequence[bool], share: float) -> float:
    """The margin that only this share of the cases that count goes beyond."""
    those = sorted((one for one, here in zip(margins, counts, strict=True) if here), reverse=True)
    return those[min(int(share * len(those)), len(those) - 1)] + 1e-6 if those else 1e6


def pack(weights: Weights) -> tuple[bytes, float]:
    """Weights as signed bytes and what one step of them is worth."""
    scale = max(max(map(abs, weights[:BUCKETS])) / 127, 1e-9)
    return bytes(round(weight / scale) & 0xFF for weight in weights[:BUCKETS]), scale


def learn(
    head: str, cases: Sequence[Case], folds: Sequence[int], texts: Sequence[Text]
) -> tuple[bytes, dict[str, float], list[float]]:
    """The packed weights of one head, their scale and bias, and each case's margin by weights that never saw it."""
    labels = [LABELS[head](case) for case in cases]
    margins = unseen(texts, labels, folds)
    weights = descend([text.whole for text in texts], labels)
    packed, scale = pack(weights)
    return packed, {"bias": round(weights[BUCKETS], 6), "scale": float(f"{scale:.9g}")}, margins


def train(cases: Sequence[Case], folds: Sequence[int], corpus: str, workers: int = 1) -> bytes:
    """The bytes of the weights' file: one line of JSON, then the weights (second.model_from)."""
    texts = [text_of(case.text, case.lang) for case in cases]
    work = partial(learn, cases=cases, folds=folds, texts=texts)
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            learned = dict(zip(HEADS, pool.map(work, HEADS), strict=True))
    else:
        learned = {head: work(head) for head in HEADS}
    plain = [case.levels == (Level.OK,) for case in cases]
    harmless = [danger_label(case) < 0 for case in cases]
    dangerous = [danger_label(case) > 0 for case in cases]
    limits = {
        "agree": -above([-one for one in learned["danger"][2]], dangerous, DANGER_DOUBTED),
        "trust": above(learned["person"][2], plain, OK_NOT_TRUSTED),
        "doubt": above(learned["person"][2], plain, OK_IN_DOUBT),
        "review": above(learned["person"][2], plain, OK_TO_PERSON),
        "urgent": above(learned["danger"][2], harmless, HARMLESS_URGENT),
        "emergency": above(learned["emergency"][2], harmless, HARMLESS_EMERGENCY),
    }
    body = b"".join(learned[head][0] for head in HEADS)
    line: dict[str, object] = {"corpus": corpus, "cases": len(cases)}
    line["raise"] = {to: round(limit, 4) for to, limit in limits.items()}
    line |= {head: learned[head][1] for head in HEADS}
    return sealed(line, body)


def name_label(case: Case, name: str) -> int:
    """1 where the sign or wish is in the text, -1 where it is not, 0 where it may be named or not."""
    if name in second_signs.WISHES:
        return 1 if case.intent == name else -1
    return 1 if name in case.signs else 0 if name in case.signs_ok else -1


def learn_names(names: Sequence[str], cases: Sequence[Case]) -> list[tuple[list[float], float]]:
    """The weights by bucket, and the bias, of each of these signs and wishes."""
    size = second_signs.BUCKETS
    vectors = []
    for case in cases:
        whole = text_of(case.text, case.lang).whole
        here: dict[int, float] = {}
        for key, value in zip(whole.keys, whole.values, strict=True):
            at = second_signs.folded(key)
            here[at] = here.get(at, 0.0) + value
        vectors.append(Vector(tuple(here), tuple(here.values()), whole.square))
    out = []
    for name in names:
        weights = descend(vectors, [name_label(case, name) for case in cases])
        out.append((weights[:size], weights[BUCKETS]))
    return out


def train_names(cases: Sequence[Case], corpus: str, workers: int = 1) -> bytes:
    """The bytes of the file of signs and wishes: one line of JSON, then the weights (second_signs.model_from)."""
    shares = [second_signs.NAMES[at::workers] for at in range(workers)]
    work = partial(learn_names, cases=cases)
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            each = list(pool.map(work, shares))
    else:
        each = [work(shares[0])]
    learned: dict[str, tuple[list[float], float]] = {}
    for share, some in zip(shares, each, strict=True):
        learned |= zip(share, some, strict=True)
    body, heads = second_signs.pack([learned[name] for name in second_signs.NAMES])
    return sealed({"corpus": corpus, "names": dict(zip(second_signs.NAMES, heads, strict=True))}, body)


def main(arguments: Iterable[str]) -> None:
    """Train on the readings of a folder and write both files of weights beside this one."""
    folder = Path(next(iter(arguments), str(READINGS)))
    cases, folds, corpus = read_cases(folder)
    here = Path(__file__)
    here.with_name(FILE).write_bytes(train(cases, folds, corpus, workers=len(HEADS)))
    here.with_name(second_signs.FILE).write_bytes(train_names(cases, corpus, workers=len(HEADS)))


if __name__ == "__main__":
    main(sys.argv[1:])
