"""Tokens become units: a word or phrase of the lexicon with the concepts it may mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.reading.lexicon import Lexicon, lexicon
from bot.reading.mend import known_form
from bot.reading.notation import ANY
from bot.reading.numerals import Numeral
from bot.reading.phrases import END, Node
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
            mask = words.meaning(mask, (part.text for part in tokens[at : at + length]))
            text = " ".join(part.text for part in tokens[at : at + length])
            for place in range(at, at + length):
                english, spanish = words.words.get(tokens[place].text, (0, 0))
                side = (english if each[place] == "en" else spanish) or english or spanish
                mask |= side & words.seen_inside
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
            if named and (token.raw.casefold() in named or token.text in named):
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
    _lay_beside(words, tokens, units)
    return units


def _lay_beside(words: Lexicon, tokens: list[Token], units: list[Unit]) -> None:
    """Add what phrases mean that hide none of their words, to the unit that holds the last of them."""
    owner: list[Unit] = []
    for unit in units:
        owner.extend([unit] * (unit.last + 1 - len(owner)))
    for start in range(len(owner)):
        begun = words.beside.get(tokens[start].text)
        if begun is None or tokens[start].kind == MARK:
            continue
        stack: list[tuple[Node | int, int]] = [(begun, start + 1)]
        while stack:
            node, place = stack.pop()
            if isinstance(node, int):
                owner[place - 1].mask |= node
                continue
            if END in node:
                owner[place - 1].mask |= node[END]
            if place >= len(owner):
                continue
            token = tokens[place]
            if token.kind == MARK or not token.text:
                if not token.text or token.text in "-'’/&":
                    stack.append((node, place + 1))
                continue
            if token.text in node:
                stack.append((node[token.text], place + 1))


def _longest(phrases: Node, tokens: list[Token], at: int) -> tuple[int, int]:
    """Length in tokens and concepts of the longest phrase that begins at `at`; (0, 0) without one."""
    best, mask = 0, 0
    first = tokens[at]
    begun = phrases.get(first.text) if first.kind != MARK and first.text else None
    if begun is None:
        return 0, 0
    stack: list[tuple[Node | int, int]] = [(begun, at + 1)]
    while stack:
        node, place = stack.pop()
        if isinstance(node, int):
            if place - at > best:
                best, mask = place - at, node
            continue
        if END in node and place - at > best:
            best, mask = place - at, node[END]
        if place >= len(tokens):
            continue
        token = tokens[place]
        if not token.text:
            stack.append((node, place + 1))
            continue
        if token.kind == MARK:
            if token.text in "-'’/&":
                stack.append((node, place + 1))
            continue
        following = node.get(token.text)
        if following is not None:
            stack.append((following, place + 1))
        if ANY in node and token.kind == WORD:
            stack.append((node[ANY], place + 1))
    return best, mask
