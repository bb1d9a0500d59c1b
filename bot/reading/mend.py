"""Misspelled words put right and run-together ones parted, without making a sign of a word that is none."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from bot.reading.lexicon import LANGUAGES, Lexicon, lexicon, ordinary, word_list
from bot.reading.slips import places_of_slips, slips, sounds_like
from bot.reading.stems import stem_of
from bot.reading.text import WORD, Token

_SURE = 2  # a slip less likely than this is only taken for a word of danger where another stands near
_NEAR = 4


@lru_cache(maxsize=8192)
def known_form(word: str, alone: bool = False, language: str = "", sure: bool = False) -> str | None:
    """The word of the lexicon that stands behind a written one: itself, less doubled letters, endings or slips.

    `alone`: a word that is known only from phrases does not do. `sure`: an unlikely slip makes no word of danger.
    """
    words = lexicon()

    def known(form: str) -> bool:
        return form in words.words or (form in words.phrase_words and not alone)

    if known(word):
        return word
    if word in ordinary():
        return None
    squeezed = _squeezed(word)
    forms = (word,) if squeezed == word else (word, squeezed)
    if squeezed != word and known(squeezed):
        return squeezed
    for form in forms:
        stem = stem_of(form, words, language)
        if stem is not None:
            return stem
    for form in forms:
        guess = corrected(form, words, language, sure)
        if guess is not None:
            return guess
    return None


def _squeezed(word: str) -> str:
    out = word[:1]
    for letter in word[1:]:
        if letter != out[-1]:
            out += letter
    return out


def corrected(word: str, words: Lexicon, language: str = "", sure: bool = False) -> str | None:
    """The known word that a misspelled one most likely is; None when none is near. Never guesses at short words."""
    if len(word) < 4 or not word.isascii():
        return None
    side = LANGUAGES.index(language) if language in LANGUAGES else -1
    best: tuple[int, bool, str] | None = None
    for unlikely, target in slips(word, places_of_slips(word, *words.sorted_both_ways())):
        if best is not None and unlikely > best[0]:
            continue
        meaning = words.words.get(target)
        if meaning is None and target not in words.phrase_words:
            continue
        if not _close_enough(word, target, unlikely):
            continue
        if meaning is not None and side >= 0 and not meaning[side]:
            continue
        dangerous = meaning is not None and bool((meaning[0] | meaning[1]) & words.danger)
        if dangerous and sure and unlikely > _SURE:
            continue
        rank = (unlikely, not dangerous, target)
        if best is None or rank < best:
            best = rank
    if best is not None:
        return best[2]
    for target in words.sounding_like(word):
        if not sounds_like(word, target):
            continue
        meaning = words.words.get(target, (0, 0))
        if side >= 0 and target in words.words and not meaning[side]:
            continue
        if sure and (meaning[0] | meaning[1]) & words.danger:
            continue
        return target
    return None


def _close_enough(word: str, target: str, unlikely: int) -> bool:
    """Short words must be the same letters in another order, or the same with one doubled."""
    if len(word) > 4 and len(target) > 4:
        return True
    return unlikely == 1 and len(target) >= 3 and word[0] == target[0]


@lru_cache(maxsize=4096)
def split_form(word: str) -> tuple[str, str] | None:
    """Two known words written as one ("hesfine"); None when there is no such split.

    A word of danger is only found beside a small word or another of danger: "nofever", never "payback".
    """
    known = lexicon().words
    if len(word) < 6 or word in ordinary():
        return None
    best: tuple[int, str, str] | None = None
    foreign, danger, small = lexicon().bit("foreign"), lexicon().danger, word_list("joined")
    for place in range(2, len(word) - 1):
        left, right = word[:place], word[place:]
        if left not in known or right not in known or max(len(left), len(right)) < 4:
            continue
        meanings = [known[part][0] | known[part][1] for part in (left, right)]
        if any(not meaning & ~foreign for meaning in meanings):
            continue
        if not any(known[left][side] and known[right][side] for side in (0, 1)):
            continue
        risky = [bool(meaning & danger) for meaning in meanings]
        if any(risky) and not all(
            risk or part in small for risk, part in zip(risky, (left, right), strict=True)
        ):
            continue
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


def _looks_like_a_name(token: Token, before: list[Token]) -> bool:
    """A word with a capital inside a sentence: "at Callao", not "Fevr 101"."""
    return bool(before) and before[-1].kind == WORD and token.raw[:1].isupper() and token.raw[1:].islower()


def _names_danger(form: str) -> bool:
    english, spanish = lexicon().words.get(form, (0, 0))
    return bool((english | spanish) & lexicon().danger)


def mended(tokens: list[Token], names: Collection[str]) -> list[Token]:
    """The tokens with misspelled words put right and run-together words parted; names and unknown words as they are."""
    words = lexicon()
    named = {part.casefold() for name in names for part in name.split()}
    language: str | None = None
    bodily: list[bool] = []
    out: list[Token] = []
    for place, token in enumerate(tokens):
        if token.kind != WORD or token.text in words.words or token.text in words.phrase_words:
            out.append(token)
            continue
        if named and (token.text in named or token.raw.casefold() in named):
            out.append(token)
            continue
        if language is None:
            language = one_language(tokens)
            bodily = [one.kind == WORD and _names_danger(one.text) for one in tokens]
        near = len(tokens) <= _NEAR or any(bodily[max(0, place - _NEAR) : place + _NEAR + 1])
        form = known_form(token.text, False, language, not near)
        if form == token.text:
            out.append(token)
            continue
        name = _looks_like_a_name(token, out)
        if form is not None:
            out.append(token if name and _names_danger(form) else token._replace(text=form))
            continue
        halves = None if name else split_form(token.text)
        if halves is None:
            out.append(token)
            continue
        cut = min(token.start + len(halves[0]), token.end)
        out.append(token._replace(text=halves[0], end=cut))
        out.append(token._replace(text=halves[1], start=cut))
    return out
