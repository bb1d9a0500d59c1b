"""Which child a text is about: by the names in it, and by the answer to "Is this about Ana or Leo?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from bot.conversation.context import ChildHere
from bot.conversation.keywords import bare
from scheduler.texts import plain_word

# Names that are also words: taken as a name only with a capital, and not where a sentence begins.
_ALSO_WORDS = frozenset(
    {"alba", "angel", "art", "bill", "cielo", "drew", "faith", "grace", "grant", "hope", "joy", "luz", "mark"}
    | {"may", "mia", "pat", "paz", "rey", "rich", "rose", "sol", "will"}
)
_ALL = frozenset(
    {"both", "all", "all of them", "both of them", "los dos", "las dos", "ambos", "ambas", "todos", "todas"}
    | {"1 and 2", "1 y 2", "1,2", "1, 2", "1 2", "1&2", "1 & 2", "1+2", "1 + 2"}
)
_ALL_IN_TEXT = regex.compile(
    r"\b(?:both (?:kids|of them|children|boys|girls|babies)|the twins|"
    r"los dos (?:ninos|hijos|nenes|chicos)|las dos (?:ninas|hijas|nenas|chicas)|l[oa]s gemel[oa]s)\b"
)
_DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9")
_SHORT = 4  # "it is about Leo" is an answer, "Leo won't eat, what should I do" is a text about Leo


@dataclass(frozen=True)
class Choice:
    """The answer to the which-child question; `only` when the text says nothing else."""

    episode_ids: tuple[str, ...]
    only: bool


def named(text: str, children: Sequence[ChildHere]) -> tuple[ChildHere, ...]:
    """The children the text names, in the order given; all of them for "both kids"."""
    if _ALL_IN_TEXT.search(plain_word(text)):
        return tuple(children)
    return tuple(child for child in children if _says(text, child.name))


def choice(text: str, options: Sequence[str], children: Sequence[ChildHere]) -> Choice | None:
    """What was chosen of `options`, episode ids in the order offered; None when the text does not choose."""
    short = bare(text)
    offered = [child for child in children if child.episode_id in options]
    if short in _ALL and offered:
        return Choice(tuple(child.episode_id for child in offered), only=True)
    digit = short.lstrip("#")
    if digit in _DIGITS[: len(options)]:
        chosen = options[_DIGITS.index(digit)]
        return Choice((chosen,), only=True) if any(c.episode_id == chosen for c in offered) else None
    whole = tuple(child.episode_id for child in offered if plain_word(child.name) == plain_word(short))
    if whole:
        return Choice(whole, only=True)
    found = tuple(child.episode_id for child in named(text, offered))
    return Choice(found, only=len(short.split()) <= _SHORT) if found else None


def _says(text: str, name: str) -> bool:
    if plain_word(name) in _ALSO_WORDS:
        return regex.search(rf"(?<=\w[^.!?\n]*\s){regex.escape(name)}(?:['’]?s)?\b", text) is not None
    return regex.search(rf"\b{regex.escape(plain_word(name))}(?:['’]?s)?\b", plain_word(text)) is not None
