"""The second reader: a small net learned from the labelled readings, beside the rules.

It knows no rules. A text is its words, the pieces of each and the concepts that the lexicon has for it, in their order
(`second_view`, `second_net`); the weights in `second.weights` are made by `python -m bot.reading.second_train`. It
answers three questions: does the text need a person, is it a danger, is it an emergency? It may raise any level
(`raised`). It is also asked before a level is settled. What a rule found in words is one level less where it thinks
that unlikely (`sees_emergency`, `rules_out`; `agrees`, for rules marked `unsure`), unless the rule is `sure`; and
words that nobody could explain are let pass where it sees a quiet day (`trusts`). Signs and wishes that it sees are
named by `together`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from bot.reading.parse import Parsed
from bot.reading.second_net import FAR, HEADS, HIDDEN, NAMES, SHAPES, WIDTH, Found, Net, Summed, find, margins
from bot.reading.second_view import Sentence, buckets_of, sentences
from bot.reading.weights import opened, weights_file
from messages.conversation import Evidence
from messages.flags import Level

RULE = "second-reader"
# What the file calls the margins of Model.
LIMITS = ("trust", "agree", "rule_out", "believe", "doubt", "review", "urgent", "emergency")
FILE = "second.weights"
# How much more must speak for danger where the rules understood every word of a text that is well.
EXPLAINED = 0.55
# And for anything where all it says is that a sign is not there ("her foot is not swollen"); where it is of somebody
# else, or a pain score.
DENIED, OTHERS = 1.0, 4.0
# And for an emergency in a text in which the rules heard no danger.
UNHEARD = 1.6
# How much more certain it must be that there is none to lower what a rule is sure of, and how much less for an
# emergency by an unsure one.
SURE, UNSURE = 3.0, 2.5
# How much less a sentence says by itself than in its text: good news around it may take away that much, and no more.
ALONE = 1.6
# Signs that families tell as a story, in no word of its own: more likely than not, each makes a text urgent.
STORIES = ("medication", "self_harm", "intake", "collapse", "injury")

Vectors = NDArray[np.float32]
_NO_WORD = np.zeros(WIDTH, np.float32)


@dataclass(frozen=True)
class Opinion:
    """What the net makes of a text: for each of NAMES a margin, above nought where it is more likely than not.

    Those of HEADS are of the whole text or of a sentence by itself, whichever is worse.
    """

    said: list[Sentence]
    margins: dict[str, float]

    @property
    def person(self) -> float:
        return self.margins["person"]

    @property
    def danger(self) -> float:
        return self.margins["danger"]

    @property
    def emergency(self) -> float:
        return self.margins["emergency"]

    def story(self) -> str:
        """The one of STORIES that speaks most and is more likely than not; "" for none."""
        most = max(STORIES, key=lambda sign: self.margins[sign])
        return most if self.margins[most] > 0 else ""

    def span(self, name: str) -> tuple[int, int]:
        """Start and end of the run of words of one sentence that speaks most for one of NAMES."""
        words = [word for sentence in self.said for word in sentence]
        best, span = 0.0, (words[0].start, words[-1].end)
        speaks = iter(_speaks(self.said, name))
        for sentence in self.said:
            run, first = 0.0, sentence[0]
            for word in sentence:
                if run <= 0:
                    run, first = 0.0, word
                run += next(speaks)
                if run > best:
                    best, span = run, (first.start, word.end)
            next(speaks, 0.0)  # what stands between two sentences
        return span


@dataclass(frozen=True)
class Model:
    """The net, and the margins from which a level is raised. `step`: what one step of the table's bytes is worth."""

    net: Net
    step: float
    to_trust: float  # person margin below which a text is plainly quiet
    to_agree: float  # danger margin below which an unsure rule is no danger
    to_rule_out: float  # danger margin below which words by any rule that is not sure are no danger
    to_believe: float  # emergency margin below which they are no emergency
    to_doubt: float  # person margin from which a word nobody knew may not be let pass
    to_review: float  # person margin from which a text read ok goes to a person
    to_urgent: float  # danger margin from which it goes there fast
    to_emergency: float  # emergency margin from which a text that goes there fast is an emergency


def opinion(parsed: Parsed) -> Opinion | None:
    """What the net makes of a text; None of one without words."""
    said = sentences(parsed)
    if not said:
        return None
    each = margins_of([said, *([one] for one in said)] if len(said) > 1 else [said])
    whole = dict(zip(NAMES, each[0].tolist(), strict=True))
    if len(said) > 1:
        alone = each[1:, : len(HEADS)].max(axis=0) - ALONE
        whole |= {head: max(whole[head], one) for head, one in zip(HEADS, alone.tolist(), strict=True)}
    return Opinion(said, whole)


def raised(view: Opinion | None, level: Level, guessed: bool = False, more: float = 0.0) -> Evidence | None:
    """The evidence that lifts a reading of `level` of a text; None when it may stand.

    `guessed`: a word that nobody knew was let pass; then it takes less to send the text to a person. `more`: how much
    more it takes for anything.
    """
    if view is None or level is Level.EMERGENCY:
        return None
    limits = model()
    to: Level = level
    fast = limits.to_urgent + (EXPLAINED if level is Level.OK and not guessed else 0.0)
    if level < Level.URGENT and view.danger >= fast + more:
        to = Level.URGENT
    elif level < Level.REVIEW and (
        view.danger >= more  # more likely than not
        or view.emergency >= limits.to_emergency + more
        or view.person >= (limits.to_doubt if guessed else limits.to_review) + more
    ):
        to = Level.REVIEW
    if to is Level.URGENT and view.emergency >= limits.to_emergency + (UNHEARD if level < Level.URGENT else 0.0):
        # Never by itself: only what is a danger by the rules, or by the other question too.
        to = Level.EMERGENCY
    return Evidence(*view.span("danger"), RULE, "", "possible", to) if to > level else None


def agrees(view: Opinion | None) -> bool:
    """True where the net does not think danger unlikely, in the text or in any sentence of it."""
    return view is None or view.danger >= model().to_agree


def sees_emergency(view: Opinion | None, sure: bool = False, unsure: bool = False) -> bool:
    """True where the net does not think an emergency unlikely, in the text or in any sentence of it.

    `sure`, `unsure`: what the rule is that found one.
    """
    lower = SURE if sure else -UNSURE if unsure else 0.0
    return view is None or view.emergency >= model().to_believe - lower


def rules_out(view: Opinion | None, sure: bool = False) -> bool:
    """True where the net is all but certain that nothing in the text is a danger; `sure` as in sees_emergency."""
    return view is not None and view.danger < model().to_rule_out - (SURE if sure else 0.0)


def trusts(view: Opinion | None) -> bool:
    """True where the net takes a text for plainly quiet, in every sentence of it."""
    return view is not None and view.person < model().to_trust


def margins_of(texts: list[list[Sentence]]) -> Vectors:
    """The margins of some texts, (texts, len(NAMES)), read in one run, end to end with room between them."""
    rows: list[Vectors] = []
    starts, counts = [], []
    for said in texts:
        rows += [_NO_WORD] * FAR if rows else []
        starts.append(len(rows))
        rows += _vectors(said)
        counts.append(len(rows) - starts[-1])
    here = np.zeros((1, len(rows), 1), np.float32)
    for start, count in zip(starts, counts, strict=True):
        here[0, start : start + count] = 1
    net = model().net
    found = find(net, np.concatenate(rows).reshape(1, -1, WIDTH), here)
    told, alone = found.told[0], found.alone[0]
    most = np.maximum.reduceat(told, starts)
    sums = np.add.reduceat(told, starts), np.add.reduceat(alone, starts)
    out: Vectors = margins(net, Summed(most, *sums, np.array(counts, np.float32)[:, None]))
    return out


def _vectors(said: list[Sentence]) -> list[Vectors]:
    out: list[Vectors] = []
    for sentence in said:
        if out:
            out.append(model().net.between)
        out += [_vector(word.text, word.mask, word.denied) for word in sentence]
    return out


@lru_cache(maxsize=2048)
def _vector(text: str, mask: int, denied: bool) -> Vectors:
    now, rows = model(), buckets_of(text, mask)
    shares = _shares(len(rows.pieces), len(rows.concepts)) * np.float32(now.step)
    out: Vectors = shares @ now.net.table[[rows.whole, *rows.pieces, *rows.concepts]].astype(np.float32)
    return out + now.net.denied if denied else out


@cache
def _shares(pieces: int, concepts: int) -> Vectors:
    """What the word itself, each of its pieces and each of its concepts count."""
    each = [1.0, *[1 / sqrt(pieces + 1)] * pieces, *[1 / sqrt(concepts + 1)] * concepts]
    return np.array(each, np.float32)


def _speaks(said: list[Sentence], name: str) -> list[float]:
    """What each word of a text, and each place between two sentences, adds to one margin."""
    net = model().net
    words = np.stack(_vectors(said))[None]
    found: Found = find(net, words, np.ones((1, words.shape[1], 1), np.float32))
    told, alone = found.told[0], found.alone[0]
    most, shared, plain = np.split(net.out[:, NAMES.index(name)], (HIDDEN, 2 * HIDDEN))
    adds = (told @ shared + alone @ plain) / sqrt(len(told) + 1)
    np.add.at(adds, told.argmax(axis=0), told.max(axis=0) * most)
    return [float(one) for one in adds]


@cache
def model() -> Model:
    """The weights, loaded once. HearbackError when their file is missing or not whole."""
    return model_from(weights_file(FILE))


def model_from(raw: bytes) -> Model:
    """A model from the bytes of its file (weights.py): small numbers first, then the table, a byte each."""
    *small, table = SHAPES
    sizes = [4 * prod(shape) for shape in small]
    about, body = opened(raw, sum(sizes) + prod(table))
    arrays, at = [], 0
    for shape, size in zip(small, sizes, strict=True):
        arrays.append(np.frombuffer(body, "<f4", prod(shape), at).reshape(shape).astype(np.float32))
        at += size
    limits = (float(about["raise"][to]) for to in LIMITS)
    net = Net._make([*arrays, np.frombuffer(body, np.int8, offset=at).reshape(table)])
    return Model(net, float(about["step"]), *limits)


def bytes_of(net: Net) -> tuple[bytes, float]:
    """The weights as the file holds them, and what one step of the table's bytes is worth."""
    *small, table = (np.asarray(one, np.float32) for one in net)
    step = max(float(np.abs(table).max()) / 127, 1e-9)
    whole = np.rint(table / step).astype(np.int8)
    return b"".join([*[one.astype("<f4").tobytes() for one in small], whole.tobytes()]), step
