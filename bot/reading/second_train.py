"""Learn the second reader's weights from the labelled readings: `python -m bot.reading.second_train [FOLDER]`.

One net (second_net.py) learns all its questions at once, by steps against the logistic loss (Adam: Kingma and Ba, ICLR
2015). The margins from which a level is raised come from cross-validation by file, so that no author is on both sides.
The same readings give the same bytes on one machine. Needs jax (`pip install hearback[train]`), which reading does not.
Takes about forty minutes on two cores.

Over 300 lines: one training from beginning to end, which nothing else uses in part.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from bot.reading import second_net
from bot.reading.parse import parse
from bot.reading.score import DANGER, Case, case_from
from bot.reading.second import ALONE, FILE, bytes_of
from bot.reading.second_net import HEADS, NAMES, SHAPES, WIDTH, WISHES, Net, Summed
from bot.reading.second_view import MOST_CONCEPTS, MOST_PIECES, buckets_of, sentences
from bot.reading.text import tokens_of
from bot.reading.weights import sealed
from messages.errors import HearbackError
from messages.flags import SIGNS, Level

READINGS = Path(__file__).resolve().parents[2] / "tests" / "corpus" / "readings"
FOLDS = 4

PASSES = 10
BATCH = 128  # texts of one step
WORDS_AT_ONCE = 1024  # different words of one step, in multiples of which they are filled up
LENGTHS = (12, 24, 48, 96)  # words of a text, to which shorter ones are filled up; of longer ones the beginning counts
RATE, WARM, COOL = 2e-3, 300, 0.03  # of learning: at most, steps until then, and the share of it at the end
DECAY = 1e-3
DROPPED, WORDS_DROPPED = 0.25, 0.08  # shares of values, and of words, that a step does without
JOINED, PARTED = 0.4, 0.8  # shares of texts that a step sees with another one beside them, and in sentences apart
COUNTS = np.array([2.0, 2.0, 3.0] + [0.5] * (len(NAMES) - len(HEADS)), np.float32)  # what a mistake in each costs

# Shares of dangers, and of emergencies, for which words by themselves are not enough.
DANGER_NOT_AGREED = 0.053  # by an unsure rule
DANGER_RULED_OUT, EMERGENCY_NOT_BELIEVED = 0.0215, 0.043  # by any rule that is not sure

# What raising may cost, as shares of cases by authors not learned from.
OK_NOT_TRUSTED = 0.275
OK_IN_DOUBT = 0.175
OK_TO_PERSON = 0.07
HARMLESS_URGENT = 0.03
HARMLESS_EMERGENCY = 0.0224

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Text = list[tuple[int, bool]]  # the number of each word and whether it is denied; BETWEEN two sentences
BETWEEN = (-1, False)


class Words(NamedTuple):
    """The buckets of every word by its number, filled up with -1."""

    whole: Ints  # (words,)
    pieces: Ints  # (words, MOST_PIECES)
    concepts: Ints  # (words, MOST_CONCEPTS)


class Batch(NamedTuple):
    """Some texts as a step takes them: the words they hold, and where each stands."""

    words: Words
    places: Ints  # (texts, words), the row of `words`; -1 between sentences
    denied: Floats  # (texts, words, 1)
    here: Floats  # (texts, words, 1)


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


def labels_of(case: Case) -> list[int]:
    """1, -1 or 0 for each of NAMES: there, not there, or either."""
    signs = [1 if sign in case.signs else 0 if sign in case.signs_ok else -1 for sign in SIGNS]
    wishes = [1 if case.intent == wish else -1 for wish in WISHES]
    return [person_label(case), danger_label(case), emergency_label(case), *signs, *wishes]


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


def texts_of(cases: Sequence[Case]) -> tuple[list[Text], Words]:
    """Each text as second.opinion sees it, empty where it has no words, and the words of all."""
    numbers: dict[tuple[str, int], int] = {}
    texts: list[Text] = []
    for case in cases:
        text: Text = []
        for sentence in sentences(parse(tokens_of(case.text), case.lang)):
            text += [BETWEEN] if text else []
            text += [(numbers.setdefault((word.text, word.mask), len(numbers)), word.denied) for word in sentence]
        texts.append(text[: LENGTHS[-1]])
    words = Words(
        np.zeros(len(numbers), np.int32),
        np.full((len(numbers), MOST_PIECES), -1, np.int32),
        np.full((len(numbers), MOST_CONCEPTS), -1, np.int32),
    )
    for at, word in enumerate(numbers):
        rows = buckets_of(*word)
        words.whole[at] = rows.whole
        words.pieces[at, : len(rows.pieces)] = rows.pieces
        words.concepts[at, : len(rows.concepts)] = rows.concepts
    return texts, words


def batch_of(texts: Sequence[Text], words: Words) -> Batch:
    """Texts side by side, as few numbers as their longest needs."""
    longest = next(length for length in LENGTHS if length >= max(map(len, texts)))
    used = sorted({number for text in texts for number, _ in text if number >= 0})
    rows = {number: at for at, number in enumerate(used)} | {BETWEEN[0]: -1}
    used += [0] * (-len(used) % WORDS_AT_ONCE)
    places = np.zeros((len(texts), longest), np.int32)
    denied, here = (np.zeros((len(texts), longest, 1), np.float32) for _ in range(2))
    for at, text in enumerate(texts):
        places[at, : len(text)] = [rows[number] for number, _ in text]
        denied[at, : len(text), 0] = [negated for _, negated in text]
        here[at, : len(text)] = 1
    return Batch(Words(*(column[used] for column in words)), places, denied, here)


def net_of(seed: int) -> Net:
    """A net that knows nothing yet."""
    dice = np.random.default_rng(seed)

    def some(name: str, shape: tuple[int, ...]) -> Any:
        if name.endswith("bias"):
            return jnp.zeros(shape, jnp.float32)
        spread = 0.1 if shape[-1] == WIDTH and name != "near" else shape[0] ** -0.5
        return jnp.asarray(dice.normal(0, spread, shape), jnp.float32)

    return Net._make([some(name, shape) for name, shape in SHAPES._asdict().items()])


def speak(net: Net, batch: Batch, chance: Any = None) -> Any:
    """The margins of some texts; with `chance`, a key of jax, as a step sees them: some values and words missing."""

    def drop(layer: int, values: Any) -> Any:
        if chance is None:
            return values
        kept = jax.random.bernoulli(jax.random.fold_in(chance, layer), 1 - DROPPED, values.shape)
        return values * kept / (1 - DROPPED)

    vectors = net.table[batch.words.whole]
    for rows in (batch.words.pieces, batch.words.concepts):
        there = (rows >= 0)[..., None]
        vectors += (net.table[rows] * there).sum(axis=1) / jnp.sqrt(there.sum(axis=1) + 1)
    between = (batch.places < 0)[..., None]
    alone = jnp.where(between, net.between, vectors[batch.places]) + net.denied * batch.denied
    if chance is not None:
        kept = jax.random.bernoulli(jax.random.fold_in(chance, len(SHAPES)), 1 - WORDS_DROPPED, between.shape)
        alone = alone * kept
    found = second_net.find(net, alone, batch.here, jnp, drop)
    sums = (one.sum(axis=1) for one in (found.told, found.alone, batch.here))
    return second_net.margins(net, Summed(found.told.max(axis=1), *sums), jnp, drop)


def loss(net: Net, batch: Batch, labels: Any, chance: Any) -> Any:
    """What the mistakes of a step cost; a label of nought costs nothing."""
    each = jax.nn.softplus(-labels * speak(net, batch, chance)) * (labels != 0)
    return (each * COUNTS).sum() / labels.shape[0]


@jax.jit
def step(net: Net, slope: Net, square: Net, turn: Any, rate: Any, batch: Batch, labels: Any, chance: Any) -> Any:
    """The net after one step, and what Adam remembers of the steps so far."""
    grown = jax.grad(loss)(net, batch, labels, chance)
    slope = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, slope, grown)
    square = jax.tree.map(lambda old, new: 0.99 * old + 0.01 * new * new, square, grown)

    def moved(weight: Any, mean: Any, spread: Any) -> Any:
        way = mean / (1 - 0.9**turn) / (jnp.sqrt(spread / (1 - 0.99**turn)) + 1e-8)
        return weight - rate * (way + DECAY * weight)

    return jax.tree.map(moved, net, slope, square), slope, square


def batches(texts: Sequence[Text], among: Sequence[int], dice: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """The texts `among`, by chance, some of about one length at a time."""
    groups: dict[int, list[int]] = {}
    for at in among:
        groups.setdefault(next(length for length in LENGTHS if length >= len(texts[at])), []).append(at)
    out = []
    for group in groups.values():
        mixed = dice.permutation(group)
        out += [mixed[at : at + BATCH] for at in range(0, len(mixed), BATCH)]
    for at in dice.permutation(len(out)):
        yield out[at]


def joined(
    some: NDArray[np.int64], among: Sequence[int], texts: Sequence[Text], labels: Floats, dice: np.random.Generator
) -> tuple[list[Text], Floats]:
    """The texts `some` and their labels, part of them with another text of `among` behind or before them.

    What is worst in either is true of both; whose wish it is then is left open. None grows beyond the longest.
    """
    out, truth = [texts[int(at)] for at in some], labels[some].copy()
    longest = next(length for length in LENGTHS if length >= max(map(len, out)))
    wishes = slice(len(NAMES) - len(WISHES), None)
    for at in np.nonzero(dice.random(len(some)) < JOINED)[0]:
        other = among[int(dice.integers(len(among)))]
        parted = [BETWEEN] if dice.random() < PARTED else []
        parts = [out[at], texts[other]] if dice.random() < 0.5 else [texts[other], out[at]]
        if sum(map(len, parts)) + len(parted) > longest:
            continue
        out[at] = parts[0] + parted + parts[1]
        truth[at] = np.maximum(truth[at], labels[other])
        truth[at, wishes] = np.where(truth[at, wishes] > 0, 0, -1)
    return out, truth


def learn(texts: Sequence[Text], words: Words, labels: Floats, among: Sequence[int], seed: int) -> Net:
    """A net that has learned from the texts `among`."""
    dice, net = np.random.default_rng(seed), net_of(seed)
    slope = square = jax.tree.map(jnp.zeros_like, net)
    turn, steps = 0, PASSES * (len(among) // BATCH + len(LENGTHS))
    for _ in range(PASSES):
        for some in batches(texts, among, dice):
            turn += 1
            rate = RATE * min(1.0, turn / WARM) * max(COOL, 1 - turn / steps)
            chance = jax.random.PRNGKey(seed * 1_000_000 + turn)
            some = np.resize(some, BATCH)  # one size, or jax compiles anew
            told, truth = joined(some, among, texts, labels, dice)
            net, slope, square = step(net, slope, square, turn, rate, batch_of(told, words), truth, chance)
    return net


def read_all(net: Net, texts: Sequence[Text], words: Words) -> Floats:
    """The margins of texts, (texts, len(NAMES)), each as second.opinion gives it."""
    out = _read(net, texts, words)
    parted: list[Text] = []
    of: list[int] = []
    for at, text in enumerate(texts):
        ends = [place for place, word in enumerate(text) if word == BETWEEN]
        if ends:
            starts = [0, *[end + 1 for end in ends]]
            mine = [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]
            parted += mine
            of += [at] * len(mine)
    levels = slice(0, len(HEADS))
    for at, alone in zip(of, _read(net, parted, words), strict=True):
        out[at, levels] = np.maximum(out[at, levels], alone[levels] - ALONE)
    return out


_speak = jax.jit(speak)


def _read(net: Net, texts: Sequence[Text], words: Words) -> Floats:
    out = np.full((len(texts), len(NAMES)), -9.0, np.float32)
    order = [at for at in sorted(range(len(texts)), key=lambda at: len(texts[at])) if texts[at]]
    for first in range(0, len(order), BATCH):
        some = order[first : first + BATCH]
        filled = [texts[at] for at in np.resize(some, BATCH)]
        out[some] = np.asarray(_speak(net, batch_of(filled, words)))[: len(some)]
    return out


def above(margins: Sequence[float], counts: Sequence[bool], share: float) -> float:
    """The margin that only this share of the cases that count goes beyond."""
    those = sorted((one for one, here in zip(margins, counts, strict=True) if here), reverse=True)
    return those[min(int(share * len(those)), len(those) - 1)] + 1e-6 if those else 1e6


def limits_of(cases: Sequence[Case], unseen: Floats) -> dict[str, float]:
    """The margins from which a level is raised, by what the net makes of texts by authors it did not learn from."""
    plain = [case.levels == (Level.OK,) for case in cases]
    harmless = [danger_label(case) < 0 for case in cases]
    dangerous = [danger_label(case) > 0 for case in cases]
    worst = [emergency_label(case) > 0 for case in cases]
    person, danger, emergency = unseen[:, : len(HEADS)].T.tolist()
    limits = {
        "agree": -above([-one for one in danger], dangerous, DANGER_NOT_AGREED),
        "rule_out": -above([-one for one in danger], dangerous, DANGER_RULED_OUT),
        "believe": -above([-one for one in emergency], worst, EMERGENCY_NOT_BELIEVED),
        "trust": above(person, plain, OK_NOT_TRUSTED),
        "doubt": above(person, plain, OK_IN_DOUBT),
        "review": above(person, plain, OK_TO_PERSON),
        "urgent": above(danger, harmless, HARMLESS_URGENT),
        "emergency": above(emergency, harmless, HARMLESS_EMERGENCY),
    }
    return {to: round(limit, 4) for to, limit in limits.items()}


def train(
    cases: Sequence[Case], folds: Sequence[int], corpus: str, tell: Callable[[str], None] = lambda _: None
) -> bytes:
    """The bytes of the weights' file (second.model_from)."""
    texts, words = texts_of(cases)
    labels = np.array([labels_of(case) for case in cases], np.float32)
    told = [at for at, text in enumerate(texts) if text]
    unseen = np.full(labels.shape, -9.0, np.float32)
    for fold in sorted(set(folds)):
        tell(f"by authors other than those of part {fold + 1} of {FOLDS} ...")
        net = learn(texts, words, labels, [at for at in told if folds[at] != fold], fold + 1)
        mine = [at for at, of in enumerate(folds) if of == fold]
        unseen[mine] = read_all(net, [texts[at] for at in mine], words)
    tell("by all ...")
    body, worth = bytes_of(learn(texts, words, labels, told, 0))
    line = {"corpus": corpus, "cases": len(cases), "raise": limits_of(cases, unseen), "step": worth}
    return sealed(line, body)


def main(arguments: Iterable[str]) -> None:
    """Train on the readings of a folder and write the file of weights beside this one."""
    folder = Path(next(iter(arguments), str(READINGS)))
    raw = train(*read_cases(folder), tell=lambda what: print(what, flush=True))
    Path(__file__).with_name(FILE).write_bytes(raw)


if __name__ == "__main__":
    main(sys.argv[1:])
