"""How the entries of the lexicon's files are written, and what one entry stands for.

`a|b` is a choice, `(a)` may be missing, `_` is any one word; `hinchad@` stands for hinchado, -a, -os, -as.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from sys import intern
from typing import Any

from bot.reading.text import fold_word

ANY = "_"
_LONG_RUN = re.compile(r"(.)\1\1")
_SPECIAL = re.compile(r"[|(@]")
_ONE_LINE = re.compile(r"""^(\w+ = )"([^"'\\]*)"$""", re.MULTILINE)


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a file. Its long lists are read as literal strings, which the parser takes in one step."""
    return tomllib.loads(_ONE_LINE.sub(r"\1'\2'", text).replace('"""', "'''"))


def is_plain(entry: str) -> bool:
    """True for an entry that stands for itself alone."""
    return not _SPECIAL.search(entry)


def slots_of(entry: str) -> list[list[tuple[str, ...]]]:
    """For each place of an entry what may stand there: a word, several, or () where nothing need."""
    return [_choices(piece) for piece in _pieces(entry)]


def spellings(entry: str) -> list[tuple[str, ...]]:
    """All the word sequences that one entry stands for."""
    whole = (tuple(itertools.chain(*chosen)) for chosen in itertools.product(*slots_of(entry)))
    return [words for words in whole if words]


def _pieces(entry: str) -> list[str]:
    """The places of an entry; one that may be missing begins with a bracket."""
    pieces: list[str] = []
    depth = start = open_at = 0
    text = entry.strip()
    for place, letter in enumerate(text):
        if letter == "(":
            if depth == 0:
                pieces.extend(text[start:place].split())
                open_at = place + 1
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                pieces.append("(" + text[open_at:place])
                start = place + 1
    pieces.extend(text[start:].split())
    return pieces


def _choices(piece: str) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = []
    for choice in piece.lstrip("(").split("|"):
        endings = ("o", "a", "os", "as") if choice.endswith("@") else ("",)
        for ending in endings:
            words = tuple(folded(word) for word in (choice.rstrip("@") + ending).split())
            if all(words):
                out.append(words)
    if piece.startswith("("):
        out.append(())
    return out


def folded(word: str) -> str:
    """A word as it is looked up; one object for equal words, as each stands in many phrases."""
    if (
        word.isascii() and word.isalpha() and word.islower() and not _LONG_RUN.search(word)
    ) or word.isdigit():
        return intern(word)
    return word if word == ANY else intern(fold_word(word))
