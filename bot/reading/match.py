"""Tokens become units: a word or phrase of the lexicon with the concepts it may mean, misspellings mended.

Over 300 lines: looking a word up and mending it are one walk over the text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from bot.reading.lexicon import ANY, END, Lexicon, Node, corrected, lexicon
from bot.reading.numerals import Numeral
from bot.reading.text import EMOJI, MARK, NUMBER, WORD, Token


@dataclass(slots=True)
class Unit:
    """One word, phrase, number or mark. `mask` holds the bits of its concepts; 0 for a word not understood."""

    text: str
    start: int
    end: int
    mask: int
    kind: str
    first: int  # index of its first token
    last: int
    state: str = ""  # denied, better, gone, attribute (of a thing), unsaid, asked: set by scope.py
    owner: str = ""  # "" is the child; other, me: set by owners.py


_EN_ENDINGS = (
    "s",
    "es",
    "ed",
    "d",
    "ing",
    "er",
    "est",
    "ish",
    "y",
    "ly",
    "in",
    "n",
    "rs",
    "ers",
    "r",
    "st",
    "ness",
)
_ES_SMALL = (
    "ititos", "ititas", "isimos", "isimas", "isimo", "isima", "ecitos", "ecitas", "ecito", "ecita", "citos", "citas",
    "cito", "cita", "itos", "itas", "ito", "ita", "illos", "illas", "illo", "illa", "ote", "ota", "otes", "otas",
    "azo", "aza", "mente", "ico", "ica", "icos", "icas", "ititas", "itito", "itita",
)  # fmt: skip


@lru_cache(maxsize=8192)
def known_form(word: str, alone: bool = False, language: str = "") -> str | None:
    """The word of the lexicon that stands behind a written one: itself, less doubled letters, endings or slips.

    `alone`: a word that is known only from phrases does not do.
    """
    words = lexicon()
    table = words.words
    if word in table or (word in words.phrase_words and not alone):
        return word
    squeezed = _squeezed(word)
    if squeezed != word and (squeezed in table or (squeezed in words.phrase_words and not alone)):
        return squeezed
    for form in (word, squeezed):
        stem = _stem(form, words)
        if stem is not None:
            return stem
    guess = corrected(word, words, language) or (
        corrected(squeezed, words, language) if squeezed != word else None
    )
    if guess is not None:
        return guess
    return None


def _squeezed(word: str) -> str:
    out = word[:1]
    for letter in word[1:]:
        if letter != out[-1]:
            out += letter
    return out


def _stem(word: str, words: Lexicon) -> str | None:
    table = words.words
    if word.endswith("in") and word + "g" in table:
        return word + "g"
    if word.endswith("in") and word[:-2] + "e" in table and len(word) > 5:
        return word[:-2] + "e"
    for ending in _EN_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            if stem in table and table[stem][0]:
                return stem
            if stem + "e" in table and table[stem + "e"][0]:
                return stem + "e"
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in table and table[stem[:-1]][0]:
                return stem[:-1]
            if ending in ("es", "ed", "er", "est") and stem.endswith("i") and stem[:-1] + "y" in table:
                return stem[:-1] + "y"
    for ending in _ES_SMALL:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            if stem.endswith("qu"):
                stem = stem[:-2] + "c"
            elif stem.endswith("gu"):
                stem = stem[:-1]
            plural = ending.endswith("s")
            for back in ("o", "a", "e", "", "os", "as", "es"):
                full = stem + back
                if full in table and table[full][1]:
                    return full
                if stem.endswith("c") and stem[:-1] + "z" + back in table:
                    return stem[:-1] + "z" + back
            del plural
    for ending, back in (
        ("amos", "ar"), ("ando", "ar"), ("iendo", "er"), ("iendo", "ir"), ("aba", "ar"), ("aban", "ar"), ("ado", "ar"),
        ("ada", "ar"), ("ados", "ar"), ("adas", "ar"), ("an", "ar"), ("en", "er"), ("en", "ir"), ("aron", "ar"),
        ("ieron", "er"), ("ieron", "ir"), ("o", "ar"), ("a", "ar"), ("e", "ar"), ("e", "er"), ("io", "er"),
        ("io", "ir"), ("imos", "er"), ("imos", "ir"), ("ia", "er"), ("ia", "ir"), ("arlo", "ar"), ("arla", "ar"),
        ("arle", "ar"), ("arse", "ar"), ("erlo", "er"), ("erla", "er"), ("andole", "ar"), ("andolo", "ar"),
        ("andola", "ar"), ("andose", "ar"), ("iendose", "er"), ("iendole", "er"), ("o", "er"), ("o", "ir"),
        ("ara", "ar"),
        ("ado", "ear"), ("ida", "er"), ("ido", "er"), ("ido", "ir"), ("ida", "ir"), ("s", ""), ("es", ""),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            full = word[: -len(ending)] + back
            if full in table and table[full][1]:
                return full
    return None


@lru_cache(maxsize=4096)
def split_form(word: str) -> tuple[str, str] | None:
    """Two known words written as one ("hesfine"); None when there is no such split."""
    words = lexicon().words
    if len(word) < 6:
        return None
    best: tuple[int, str, str] | None = None
    foreign = lexicon().bit("foreign")
    for place in range(2, len(word) - 1):
        left, right = word[:place], word[place:]
        if any(part in words and not (words[part][0] | words[part][1]) & ~foreign for part in (left, right)):
            continue
        if (
            left in words
            and right in words
            and max(len(left), len(right)) >= 4
            and min(len(left), len(right)) >= 2
        ):
            rank = (-min(len(left), len(right)), left, right)
            if best is None or rank < best:
                best = rank
    return (best[1], best[2]) if best else None


def one_language(tokens: list[Token]) -> str:
    """The language of a text that plainly holds only one, else "": a slip stands for a word of that language."""
    words = lexicon().words
    english = spanish = 0
    for token in tokens:
        if token.kind == WORD:
            here = words.get(token.text, (0, 0))
            english += bool(here[0] and not here[1])
            spanish += bool(here[1] and not here[0])
    if english >= 2 and english >= 5 * spanish:
        return "en"
    return "es" if spanish >= 2 and spanish >= 5 * english else ""


def language_of(tokens: list[Token], hint: str) -> tuple[str, list[str]]:
    """The language of a text and of each of its words: those of only one language decide for their neighbours."""
    words = lexicon().words
    marks: list[int] = []
    for token in tokens:
        english, spanish = words.get(token.text, (0, 0)) if token.kind == WORD else (0, 0)
        marks.append(1 if english and not spanish else -1 if spanish and not english else 0)
    english_count, spanish_count = marks.count(1), marks.count(-1)
    whole = "en" if english_count > spanish_count else "es" if spanish_count > english_count else hint
    if whole not in ("en", "es"):
        whole = "en"
    each: list[str] = []
    count = len(marks)
    for place, mark in enumerate(marks):
        if mark:
            each.append("en" if mark > 0 else "es")
            continue
        if not (english_count and spanish_count):
            each.append(whole)
            continue
        near = 0.0
        for step in (1, 2, 3):
            if place >= step:
                near += marks[place - step] / step
            if place + step < count:
                near += marks[place + step] / step
        each.append("en" if near > 0 else "es" if near < 0 else whole)
    total = english_count + spanish_count
    if total and min(english_count, spanish_count) >= 2 and min(english_count, spanish_count) / total >= 0.2:
        whole = "mixed"
    return whole, each


def _looks_like_a_name(token: Token, before: list[Token]) -> bool:
    """A word with a capital inside a sentence: "at Callao", not "Fevr 101"."""
    return bool(before) and before[-1].kind == WORD and token.raw[:1].isupper() and token.raw[1:].islower()


def _names_danger(form: str) -> bool:
    english, spanish = lexicon().words.get(form, (0, 0))
    return bool((english | spanish) & lexicon().danger)


def mended(tokens: list[Token], names: Collection[str]) -> list[Token]:
    """The tokens with misspelled words put right and run-together words parted; names and unknown words as they are."""
    named = {part.casefold() for name in names for part in name.split()}
    language = one_language(tokens)
    out: list[Token] = []
    for token in tokens:
        if token.kind != WORD or token.text in named or token.raw.casefold() in named:
            out.append(token)
            continue
        form = known_form(token.text, False, language)
        if form is not None and form != token.text and _looks_like_a_name(token, out) and _names_danger(form):
            form = None
            out.append(token)
            continue
        if form is not None:
            out.append(token if form == token.text else token._replace(text=form))
            continue
        halves = split_form(token.text)
        if halves is None:
            out.append(token)
            continue
        cut = min(token.start + len(halves[0]), token.end)
        out.append(token._replace(text=halves[0], end=cut))
        out.append(token._replace(text=halves[1], start=cut))
    return out


def units_of(
    tokens: list[Token], each: list[str], names: Collection[str], found: list[Numeral]
) -> list[Unit]:
    """The units of a text in order. `each` is the language of each token, `found` the numbers in it."""
    words = lexicon()
    named = {part.casefold() for name in names for part in name.split()}
    name_mask = words.mask("child subject name")
    numbers = {number.first: number for number in found}
    units: list[Unit] = []
    at, count = 0, len(tokens)
    while at < count:
        token = tokens[at]
        length, mask = _longest(words.phrases, tokens, at)
        number = numbers.get(at)
        if (
            number is not None
            and number.last - at + 1 > length
            and ((token.kind == NUMBER and token.text not in words.words) or number.last > number.first)
        ):
            end = tokens[number.last].end
            units.append(Unit(f"{number.value:g}", token.start, end, 0, NUMBER, at, number.last))
            at = number.last + 1
            continue
        if length:
            end = tokens[at + length - 1].end
            text = " ".join(part.text for part in tokens[at : at + length])
            units.append(Unit(text, token.start, end, mask, WORD, at, at + length - 1))
            at += length
            continue
        if token.kind == NUMBER and token.text in words.words:
            english, spanish = words.words[token.text]
            units.append(Unit(token.text, token.start, token.end, english | spanish, WORD, at, at))
        elif token.kind in (MARK, NUMBER):
            units.append(Unit(token.text, token.start, token.end, 0, token.kind, at, at))
        elif token.text:
            english, spanish = words.words.get(token.text, (0, 0))
            if token.kind == EMOJI:
                mask = english | spanish
            elif english and spanish:
                mask = english if each[at] == "en" else spanish
            else:
                mask = english or spanish
            if token.raw.casefold() in named or token.text in named:
                mask = name_mask
            elif (
                not mask
                and token.text in words.phrase_words
                and (form := known_form(token.text, True)) is not None
            ):
                english, spanish = words.words.get(form, (0, 0))
                mask = english or spanish
            units.append(Unit(token.text, token.start, token.end, mask, WORD, at, at))
        at += 1
    return units


def _longest(phrases: Node, tokens: list[Token], at: int) -> tuple[int, int]:
    """Length in tokens and concepts of the longest phrase that begins at `at`; (0, 0) without one."""
    best, mask = 0, 0
    stack: list[tuple[Node, int]] = [(phrases, at)]
    while stack:
        node, place = stack.pop()
        if END in node and place - at > best:
            best, mask = place - at, node[END]
        if place >= len(tokens):
            continue
        token = tokens[place]
        if not token.text:
            if place > at:
                stack.append((node, place + 1))
            continue
        if token.kind == MARK:
            if token.text in "-'’/&" and place > at:
                stack.append((node, place + 1))
            continue
        following = node.get(token.text)
        if following is not None:
            stack.append((following, place + 1))
        if ANY in node and place > at and token.kind == WORD:
            stack.append((node[ANY], place + 1))
    return best, mask
