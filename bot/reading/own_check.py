"""What is wrong with a hospital's own words: a meaning nobody knows, an example that is read otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from bot.reading.own import own_words, pairs_of, unknown_meaning
from bot.reading.read import read
from messages.flags import Level


class Entry(Protocol):
    """One entry of a protocol's `words` (scheduler.protocol.OwnWords)."""

    @property
    def says(self) -> tuple[str, ...]: ...
    @property
    def means(self) -> str: ...
    @property
    def must(self) -> tuple[str, ...]: ...
    @property
    def never(self) -> tuple[str, ...]: ...


def problems_of(entries: Iterable[Entry]) -> Iterator[str]:
    """One line per problem, with its place in the file and the mend."""
    entries = tuple(entries)
    own = own_words(pairs_of((entry.says, entry.means) for entry in entries))
    for number, entry in enumerate(entries):
        where = f"words.{number}"
        unknown = unknown_meaning(entry.means)
        if unknown:
            yield (
                f"{where}.means: the reader does not know {', '.join(map(repr, unknown))}. "
                'Say it with words that it knows, such as "swelling" or "fell".'
            )
            continue
        for text in entry.must:
            level = read(text, own=own).level
            if level < Level.URGENT:
                yield (
                    f"{where}.must: {text!r} is read {level.value}. "
                    f"Try another meaning than {entry.means!r}, or a fuller example."
                )
        for text in entry.never:
            level = read(text, own=own).level
            if level >= Level.URGENT:
                yield f"{where}.never: {text!r} is read {level.value}. Say less with these words, or more narrowly."
