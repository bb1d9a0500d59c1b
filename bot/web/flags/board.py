"""The lists of open flags, made once for everybody who looks at the same moment.

A page that is open asks every two seconds. When something changed, a hundred pages ask at once: the first builds the
lists, the others get the same ones. What differs between people (the counts of their own) is not in them; whoever
only reads has lists without buttons.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.web.language import Words
from messages.flags import FlagKind, Level
from messages.store.queue import Mark

# Each list: its name, how many flags it shows before "Show all".
LISTS = (
    ("emergency", 100),
    ("urgent", 40),
    ("review", 25),
    ("silent", 15),
    ("sending", 15),
    ("strangers", 15),
)
TITLES = Words({
    "emergency": "Emergency", "urgent": "Urgent", "review": "Review", "silent": "Silent families",
    "sending": "Texts that may not have arrived", "strangers": "Unknown numbers",
})
SHORT = Words({
    "emergency": "Emergency", "urgent": "Urgent", "review": "Review", "silent": "Silent", "sending": "Not arrived",
    "strangers": "Unknown",
})
WHOLE = 500  # of the list that is shown whole
_OF_KIND = {FlagKind.SILENCE: "silent", FlagKind.SENDING: "sending", FlagKind.STRANGER: "strangers"}


def list_of(level: Level, kind: FlagKind) -> str:
    """Which list a flag belongs to; an emergency is always in the first."""
    return "emergency" if level is Level.EMERGENCY else _OF_KIND.get(kind, level.value)


@dataclass(frozen=True)
class Listed:
    """One list: how many flags it has, those of them that are shown, the most serious level in it."""

    key: str
    title: str
    count: int
    shown: tuple[str, ...]
    level: Level


def lists_of(marks: Sequence[Mark], whole: str = "") -> list[Listed]:
    """The lists that have something in them, the most serious first; the one named `whole` is not cut short.

    `marks` come in the order they are shown in, most serious first.
    """
    found = []
    for key, most in LISTS:
        here = [mark for mark in marks if list_of(mark.level, mark.kind) == key]
        if here:
            shown = tuple(mark.id for mark in here[: WHOLE if key == whole else most])
            found.append(Listed(key, TITLES[key], len(here), shown, here[0].level))
    return sorted(found, key=lambda one: -one.level.rank)


@dataclass(frozen=True)
class Board:
    """The lists as HTML, and what the counts above them need; `emergencies` are those that nobody has."""

    html: str
    counts: tuple[Listed, ...]
    open: int
    emergencies: tuple[str, ...]
    taken: Mapping[str | None, int]  # by whoever has them; None is nobody


def board_of(marks: Sequence[Mark], counts: Sequence[Listed], html: str) -> Board:
    """`marks` are all that are open, whatever the page shows of them."""
    return Board(
        html=html,
        counts=tuple(counts),
        open=len(marks),
        emergencies=tuple(mark.id for mark in marks if mark.level is Level.EMERGENCY and not mark.taken_by),
        taken=Counter(mark.taken_by for mark in marks),
    )


@dataclass
class Shelf:
    """What was built last, by a key that names all it depends on; one thread builds, the others wait for it."""

    size: int = 32
    _built: OrderedDict[tuple[str, ...], Board] = field(default_factory=OrderedDict)
    _locks: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(16)))

    def get(self, key: tuple[str, ...], build: Callable[[], Board]) -> Board:
        with self._locks[hash(key) % len(self._locks)]:
            found = self._built.get(key)
            if found is None:
                found = self._built[key] = build()
                while len(self._built) > self.size:
                    self._built.popitem(last=False)
        return found
