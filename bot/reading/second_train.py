"""Learn the second reader's weights from the labelled readings: `python -m bot.reading.second_train [FOLDER]`.

Support vectors by dual coordinate descent (Hsieh and others, ICML 2008), each sentence for itself: every sentence of a
harmless text, and every part of one, is harmless; of a dangerous text the sentence that weighs most is dangerous. The
margins from which a level is raised come from cross-validation, near-duplicates kept together. The same readings give
the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import pairwise, product
from math import sqrt
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from bot.reading.score import DANGER, Case, case_from
from bot.reading.second import BUCKETS, DENIALS, FILE, WHOLE, Word, pair_feature, sentences, word_features
from bot.reading.text import MARK, tokens_of
from messages.errors import HearbackError
from messages.flags import Level

READINGS = Path(__file__).resolve().parents[2] / "tests" / "corpus" / "readings"
PASSES = 8
ROUNDS = 2  # how often the worst sentence of each dangerous text is chosen anew
FOLDS = 3
ALIKE = 0.5  # share of words in common from which two texts are near-duplicates

AND = {"en": "and", "es": "y"}
SHORT = 60  # letters of a text that is joined to another

# What raising may cost, as shares of cases not learned from. Both readers together may cost 10 % and 5 %.
OK_TO_PERSON = 0.04
HARMLESS_URGENT = 0.01
URGENT_EMERGENCY = 0.02


class Vector(NamedTuple):
    """One sentence or more: buckets, their values scaled to about unit length, and the sum of squares of the values."""

    keys: tuple[int, ...]
    values: tuple[float, ...]
    square: float


class Text(NamedTuple):
    """One text whole, each of its sentences, and the parts of those that have several."""

    whole: Vector
    sentences: list[Vector]
    parts: list[Vector]


Weights = list[float]  # one a bucket, the bias last


def danger_label(case: Case) -> int:
    """1 for danger, -1 for harmless, 0 for a case that may be either or that hangs on the numbers of a menu."""
    if case.asked == "menu":
        return 0
    dangers = sum(level in DANGER for level in case.levels)
    return 1 if dangers == len(case.levels) else 0 if dangers else -1


def emergency_label(case: Case) -> int:
    """1 where only emergency is right, -1 where it is wrong, 0 where it is one of several or hangs on a menu."""
    if case.asked == "menu":
        return 0
    return 1 if case.levels == (Level.EMERGENCY,) else 0 if Level.EMERGENCY in case.levels else -1


def read_cases(folder: Path) -> tuple[list[Case], str]:
    """The cases of every .jsonl below a folder in the order of their names, and the checksum of those files."""
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise HearbackError("There are no labelled readings.", where=str(folder), mend="Name their folder.")
    seal = sha256()
    cases: list[Case] = []
    for path in paths:
        raw = path.read_bytes()
        seal.update(raw)
        cases.extend(case_from(json.loads(line)) for line in raw.decode("utf-8").splitlines() if line.strip())
    return cases, seal.hexdigest()


def vectors_of(text: str) -> Text:
    """A text as vectors; one empty sentence for a text without words."""
    each: list[list[tuple[int, int]]] = []
    parts: list[Vector] = []
    for sentence in sentences(tokens_of(text)):
        each.append(features_of(sentence))
        parts += [vector_of(features_of(part)) for part in parts_of(sentence, text)]
    whole = vector_of([feature for features in each for feature in features])
    return Text(whole, [vector_of(features) for features in each] or [whole], parts)


def parts_of(sentence: list[Word], text: str) -> list[list[Word]]:
    """What a sentence says in short: of "ate well, no fever or pain" also "ate well", "no fever" and "no pain".

    Cut at commas and before "and" and denials, and each denied word after its denial.
    """
    parts, denied = [sentence[:1]], []
    denial = sentence[0]
    for before, word in pairwise(sentence):
        if "," in text[before.end : word.start] or word.text in DENIALS or word.text in ("and", "y"):
            parts.append([])
        parts[-1].append(word)
        if word.denied:
            denial = before if not before.denied else denial
            denied.append([denial, word])
    return (parts if len(parts) > 1 else []) + denied


def features_of(sentence: list[Word]) -> list[tuple[int, int]]:
    """(bucket, count) of everything in a sentence."""
    out = [(pair_feature(sentence[-1].text, "$"), WHOLE)]
    before = "^"
    for word in sentence:
        out += [*word_features(word.text, word.denied), (pair_feature(before, word.text), WHOLE)]
        before = word.text
    return out


def vector_of(features: Sequence[tuple[int, int]]) -> Vector:
    """The sum of (bucket, count), scaled as second.opinion scales it."""
    counts: dict[int, int] = {}
    for bucket, count in features:
        counts[bucket] = counts.get(bucket, 0) + count
    squares = sum(count * count for _, count in features) or 1
    length = sqrt(squares)
    values = tuple(count / length for count in counts.values())
    return Vector(tuple(counts), values, sum(count * count for count in counts.values()) / squares)


def margin(weights: Weights, vector: Vector) -> float:
    """Added up in order, not by sum(), whose rounding differs between Python versions."""
    total = weights[BUCKETS]
    for key, value in zip(vector.keys, vector.values, strict=True):
        total += weights[key] * value
    return total


def worst(weights: Weights, text: Text) -> Vector:
    """The sentence of a text that speaks most for danger."""
    return max(text.sentences, key=lambda vector: margin(weights, vector))


def fit(texts: Sequence[Text], labels: Sequence[int]) -> Weights:
    """The weights that part the dangerous (1) from the harmless (-1); labels of 0 are left out."""
    known = [(text, label) for text, label in zip(texts, labels, strict=True) if label]
    # Parts count too: else "no fever", which stands alone mostly before a "but", would be taken for what is wrong.
    harmless = [vector for text, label in known if label < 0 for vector in text.sentences + text.parts]
    harmless = list(dict.fromkeys(harmless))
    dangerous = [text for text, label in known if label > 0]
    chosen = [text.whole for text in dangerous]
    for _ in range(ROUNDS):
        # What chooses was not learned from the text in which it chooses.
        halves = [descend(chosen[half::2], harmless) for half in (0, 1)]
        chosen = [worst(halves[1 - at % 2], text) for at, text in enumerate(dangerous)]
    return descend(chosen, harmless)


def descend(dangerous: Sequence[Vector], harmless: Sequence[Vector]) -> Weights:
    """Squared hinge loss with L2, cost 1, by dual coordinate descent in a fixed order."""
    rows = [(vector, 1.0) for vector in dangerous] + [(vector, -1.0) for vector in harmless]
    weights = [0.0] * (BUCKETS + 1)
    alphas = [0.0] * len(rows)
    for turn in range(PASSES):
        for at in sorted(range(len(rows)), key=lambda place: crc32(b"%d %d" % (turn, place))):
            vector, label = rows[at]
            slope = label * margin(weights, vector) - 1.0 + 0.5 * alphas[at]
            if slope >= 0 and not alphas[at]:
                continue
            alpha = max(0.0, alphas[at] - slope / (vector.square + 1.5))
            step = (alpha - alphas[at]) * label
            alphas[at] = alpha
            for key, value in zip(vector.keys, vector.values, strict=True):
                weights[key] += step * value
            weights[BUCKETS] += step
    return weights


def folds_of(cases: Sequence[Case]) -> list[int]:
    """The fold of each case; texts that share half their words are in one fold."""
    words = [frozenset(token.text for token in tokens_of(case.text) if token.kind != MARK) for case in cases]
    group = list(range(len(cases)))

    def root(at: int) -> int:
        while group[at] != at:
            at = group[at]
        return at

    holding: dict[str, list[int]] = {}
    often: dict[str, int] = {}
    for each in words:
        for word in each:
            often[word] = often.get(word, 0) + 1
    for at, each in enumerate(words):
        # Two texts that share half their words share one of the rarer half of either.
        rarer = sorted(each, key=lambda word: (often[word], word))[: len(each) // 2 + 1]
        for other in sorted({place for word in rarer for place in holding.get(word, ())}):
            if len(each & words[other]) >= ALIKE * len(each | words[other]):
                group[root(at)] = root(other)
        for word in each:
            holding.setdefault(word, []).append(at)
    return [crc32(b"%d" % root(at)) % FOLDS for at in range(len(cases))]


def joined(cases: Sequence[Case], folds: Sequence[int]) -> list[tuple[str, int]]:
    """Two short harmless texts of one fold and language as one sentence, and the fold: they add up to no danger."""
    out = []
    for fold, language in product(range(FOLDS), sorted(AND)):
        short = [
            case.text.rstrip(". ")
            for case, mine in zip(cases, folds, strict=True)
            if mine == fold and case.lang == language and danger_label(case) < 0 and len(case.text) <= SHORT
        ]
        out += [(f"{one} {AND[language]} {other}", fold) for one, other in pairwise(short)]
    return out


def unseen(texts: Sequence[Text], labels: Sequence[int], folds: Sequence[int]) -> list[float]:
    """The margin of each text by weights learned without its fold."""
    out = [0.0] * len(texts)
    for fold in range(FOLDS):
        weights = fit(
            texts, [0 if mine == fold else label for label, mine in zip(labels, folds, strict=True)]
        )
        for at, mine in enumerate(folds):
            if mine == fold:
                out[at] = margin(weights, worst(weights, texts[at]))
    return out


def above(
    margins: Sequence[float], cases: Sequence[Case], counts: Callable[[Case], bool], share: float
) -> float:
    """The margin that only this share of the cases that count goes beyond."""
    those = sorted((one for one, case in zip(margins, cases, strict=False) if counts(case)), reverse=True)
    return those[min(int(share * len(those)), len(those) - 1)] + 1e-6 if those else 1e6


def pack(weights: Weights) -> tuple[bytes, float]:
    """Weights as signed bytes and what one step of them is worth."""
    scale = max(max(map(abs, weights[:BUCKETS])) / 127, 1e-9)
    return bytes(round(weight / scale) & 0xFF for weight in weights[:BUCKETS]), scale


def train(cases: Sequence[Case], corpus: str) -> bytes:
    """The bytes of the weights' file: one line of JSON, then the weights (second.model_from)."""
    texts = [vectors_of(case.text) for case in cases]
    folds = folds_of(cases)
    danger, emergency = [danger_label(case) for case in cases], [emergency_label(case) for case in cases]
    for text, fold in joined(cases, folds):
        texts.append(vectors_of(text))
        folds.append(fold)
        danger.append(-1)
        emergency.append(-1)
    dangers, emergencies = unseen(texts, danger, folds), unseen(texts, emergency, folds)

    def only_urgent(case: Case) -> bool:
        return danger_label(case) > 0 and emergency_label(case) < 0

    review = above(dangers, cases, lambda case: case.levels == (Level.OK,), OK_TO_PERSON)
    urgent = max(review, above(dangers, cases, lambda case: danger_label(case) < 0, HARMLESS_URGENT))
    beyond = above(emergencies, cases, only_urgent, URGENT_EMERGENCY)
    limits = {"review": review, "urgent": urgent, "emergency": beyond}
    head: dict[str, object] = {"corpus": corpus, "cases": len(cases)}
    head["raise"] = {to: round(limit, 4) for to, limit in limits.items()}
    body = b""
    for name, labels in (("danger", danger), ("emergency", emergency)):
        weights = fit(texts, labels)
        packed, scale = pack(weights)
        body += packed
        head[name] = {"bias": round(weights[BUCKETS], 6), "scale": float(f"{scale:.9g}")}
    head["sha256"] = sha256(body).hexdigest()
    return json.dumps(head).encode() + b"\n" + body


def main(arguments: Iterable[str]) -> None:
    """Train on the readings of a folder and write the weights beside this file."""
    folder = Path(next(iter(arguments), str(READINGS)))
    cases, corpus = read_cases(folder)
    Path(__file__).with_name(FILE).write_bytes(train(cases, corpus))


if __name__ == "__main__":
    main(sys.argv[1:])
