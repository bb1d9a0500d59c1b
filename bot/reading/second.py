"""The second reader: a small linear model learned from the labelled readings, which may only raise a level.

It knows no rules and no lexicon. A text is its words, pairs of words and pieces of words, those after a denial kept
apart; each has a whole weight for each of three questions in `second.weights`, made by `python -m
bot.reading.second_train`: does it need a person, is it a danger, is it an emergency? It raises levels and lowers
none; only the rules marked `unsure` count in full where it does not think danger unlikely (`agrees`).
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

from bot.reading.numerals import kind_of_number
from bot.reading.text import MARK, NUMBER, Token
from messages.conversation import Evidence
from messages.errors import HearbackError
from messages.flags import Level

RULE = "second-reader"
FILE = "second.weights"
BUCKETS = 1 << 18
HEADS = ("person", "danger", "emergency")  # what each weight speaks for
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


class Opinion(NamedTuple):
    """Margins (above nought: more likely than not), and the words that weigh most for danger.

    Each is that of the whole text or of a sentence by itself, whichever is worse, so that good news in another sentence
    takes nothing away.
    """

    person: float
    danger: float
    emergency: float
    start: int
    end: int


@dataclass(frozen=True)
class Model:
    """Weights by head and bucket, -127 to 127, and the margins from which a level is raised."""

    weights: tuple[memoryview, ...]  # one a head
    scale: tuple[float, ...]
    bias: tuple[float, ...]
    to_agree: float  # danger margin below which a rule that needs company is doubted
    to_doubt: float  # person margin from which a word nobody knew may not be let pass
    to_review: float  # person margin from which a text read ok goes to a person
    to_urgent: float  # danger margin from which it goes there fast
    to_emergency: float  # emergency margin from which a text that goes there fast is an emergency


def raised(tokens: list[Token], level: Level, guessed: bool = False) -> Evidence | None:
    """The evidence that lifts a reading of `level` of the words `tokens` (text.tokens_of); None when it may stand.

    `guessed`: a word that nobody knew was let pass; then it takes less to send the text to a person.
    """
    said = [] if level is Level.EMERGENCY else list(sentences(tokens))
    if not said:
        return None
    limits = model()
    person, danger, emergency = _margins(said)
    to = level
    if level < Level.URGENT and danger >= limits.to_urgent:
        to = Level.URGENT
    elif level < Level.REVIEW and person >= (limits.to_doubt if guessed else limits.to_review):
        to = Level.REVIEW
    if to is Level.URGENT and emergency >= limits.to_emergency:
        # Never by itself: only what is a danger by the rules, or by the other question too.
        to = Level.EMERGENCY
    return Evidence(*_heaviest(said), RULE, "", "possible", to) if to > level else None


def agrees(tokens: list[Token]) -> bool:
    """True where the model does not think danger unlikely, in the text or in any sentence of it."""
    view = opinion(tokens)
    return view is None or view.danger >= model().to_agree


def opinion(tokens: list[Token]) -> Opinion | None:
    """What the model makes of a text; None of a text without words."""
    said = list(sentences(tokens))
    return Opinion(*_margins(said), *_heaviest(said)) if said else None


def _margins(said: list[list[Word]]) -> tuple[float, float, float]:
    """The margin of each head: that of the whole text or of its worst sentence."""
    person = danger = emergency = squares = 0
    parts: list[tuple[int, int, int, int]] = []
    for sentence in said:
        before, one, two, three, length = "^", 0, 0, 0, WHOLE * WHOLE
        for word in sentence:
            alone, pair = _weights(word.text, word.denied), _pair(before, word.text)
            one += alone[0] + pair[0]
            two += alone[1] + pair[1]
            three += alone[2] + pair[2]
            length += alone[3] + WHOLE * WHOLE
            before = word.text
        pair = _pair(before, "$")
        parts.append((one + pair[0], two + pair[1], three + pair[2], length))
        person, danger, emergency = person + parts[-1][0], danger + parts[-1][1], emergency + parts[-1][2]
        squares += length
    if len(parts) > 1:
        parts.append((person, danger, emergency, squares))
    now = model()
    roots = [sqrt(part[3]) for part in parts]
    most = [max([part[head] / root for part, root in zip(parts, roots, strict=True)]) for head in range(3)]
    to_person, to_danger, to_emergency = (
        most[head] * now.scale[head] + now.bias[head] for head in range(3)
    )
    return to_person, to_danger, to_emergency


def sentences(tokens: list[Token]) -> Iterator[list[Word]]:
    """The sentences of a text, parted at full stops, line ends and turns such as "but"; each has a word."""
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
    whole, pieces = _buckets(text, denied)
    return (whole, WHOLE), *((piece, PIECE) for piece in pieces)


def _buckets(text: str, denied: bool) -> tuple[int, list[int]]:
    """The bucket of one word, and those of its pieces."""
    if not text[0].isalpha():
        return _bucket("w:" + text), []
    mark = "!" if denied else ""
    edged = f"^{text[:40]}$"
    spans = [(at, at + size) for size in (3, 4, 5) for at in range(len(edged) - size + 1)]
    if edged.isascii():
        raw, begun = edged.encode(), crc32(f"{mark}c:".encode())
        pieces = [crc32(raw[at:end], begun) & (BUCKETS - 1) for at, end in spans]
    else:
        pieces = [_bucket(f"{mark}c:{edged[at:end]}") for at, end in spans]
    return _bucket(f"{mark}w:{text}"), pieces


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
    """A model from the bytes of its file: a line of JSON, then the signed bytes of each head."""
    line, _, body = raw.partition(b"\n")
    try:
        head = json.loads(line)
        if len(body) != len(HEADS) * BUCKETS or head["sha256"] != sha256(body).hexdigest():
            raise ValueError(FILE)
        weights = memoryview(body).cast("b")
        return Model(
            tuple(weights[at * BUCKETS : (at + 1) * BUCKETS] for at in range(len(HEADS))),
            tuple(float(head[name]["scale"]) for name in HEADS),
            tuple(float(head[name]["bias"]) for name in HEADS),
            *(float(head["raise"][to]) for to in ("agree", "doubt", "review", "urgent", "emergency")),
        )
    except (ValueError, KeyError, TypeError) as problem:
        raise HearbackError(
            "The second reader's weights are missing or damaged.",
            where=f"bot/reading/{FILE}",
            mend="Install Hearback again, or make them with: python -m bot.reading.second_train",
        ) from problem


@lru_cache(maxsize=8192)
def _weights(text: str, denied: bool) -> tuple[int, int, int, int]:
    """The weight of one word for each head, and the sum of squared counts of its features."""
    whole, pieces = _buckets(text, denied)
    one, two, three = (w[whole] * WHOLE + sum(map(w.__getitem__, pieces)) * PIECE for w in model().weights)
    return one, two, three, WHOLE * WHOLE + PIECE * PIECE * len(pieces)


@lru_cache(maxsize=16384)
def _pair(before: str, text: str) -> tuple[int, int, int]:
    bucket = pair_feature(before, text)
    person, danger, emergency = (weights[bucket] * WHOLE for weights in model().weights)
    return person, danger, emergency


def _heaviest(said: list[list[Word]]) -> tuple[int, int]:
    """Start and end of the run of words of one sentence that speaks most for danger; else of the whole text."""
    best = 0
    span = (said[0][0].start, said[-1][-1].end)
    for sentence in said:
        run, first, before = 0, 0, "^"
        for at, word in enumerate(sentence):
            if run <= 0:
                run, first = 0, at
            run += _weights(word.text, word.denied)[1] + _pair(before, word.text)[1]
            before = word.text
            if run > best:
                best, span = run, (sentence[first].start, word.end)
    return span


def _bucket(name: str) -> int:
    return crc32(name.encode("utf-8", "surrogatepass")) & (BUCKETS - 1)
