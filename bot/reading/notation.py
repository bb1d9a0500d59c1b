"""How the entries of the lexicon's files are written, and all the word sequences that one entry stands for.

`a|b` is a choice, `(a)` may be missing, `_` is any one word; `hinchad@` stands for hinchado, -a, -os, -as.
"""

from __future__ import annotations

import itertools

from bot.reading.text import fold_word

ANY = "_"


def spellings(entry: str) -> list[tuple[str, ...]]:
    """All the word sequences that one entry stands for."""
    parts: list[list[str]] = []
    depth, open_at = 0, 0
    pieces: list[str] = []
    text = entry.strip()
    start = 0
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
    for piece in pieces:
        optional = piece.startswith("(")
        choices: list[str] = []
        for choice in piece.lstrip("(").split("|"):
            if choice.endswith("@"):
                choices.extend(choice[:-1] + ending for ending in ("o", "a", "os", "as"))
            else:
                choices.append(choice)
        if optional:
            choices.append("")
        parts.append(choices)
    out = []
    for chosen in itertools.product(*parts):
        words = tuple(_folded(word) for word in " ".join(chosen).split())
        if words and all(words):
            out.append(words)
    return out


def _folded(word: str) -> str:
    if word == ANY or word.isdigit():
        return word
    return fold_word(word)
