"""Parts that several protocols share: `use: [parts/cast-care.yaml]`. Pure.

A part gives what the file itself does not say. Questions and follow_ups are put together one by one, meanings, changes,
advice and words one after the other; anything else that the file says itself stands for what the part says. A published
protocol holds its parts, behind lines like "--- # parts/cast-care.yaml", so that it never changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.check_steps import Problem
from scheduler.fields import nearest
from scheduler.tree import KeyPath, Mark, Marks, UnreadableError, read_tree

_SEAM = re.compile(r"^--- # (parts/[a-z0-9][a-z0-9-]{0,60}\.yaml)[ \r]*$", re.MULTILINE)
_NAME = re.compile(r"^parts/[a-z0-9][a-z0-9-]{0,60}\.yaml$")
BY_NAME = ("questions", "follow_ups")
IN_ORDER = ("meanings", "changes", "advice", "words")
OWN = ("name", "title", "languages", "approved_by", "day_zero", "use")
_TEXTS = ("text", "label", "last_check_in")


@dataclass(frozen=True)
class Pieces:
    """A protocol's own text, read, and the parts that came with it, by name."""

    where: str
    tree: dict[str, Any]
    marks: Marks
    used: tuple[str, ...]
    parts: Mapping[str, str]


@dataclass
class Joined:
    """A protocol with its parts in it. `marks` says where each key stands: the file, "" for the protocol's own."""

    tree: dict[str, Any] = field(default_factory=dict)
    marks: dict[KeyPath, tuple[str, Mark]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, path: KeyPath) -> tuple[str, Mark]:
        """Where `path` stands; what is missing stands where its parent begins."""
        while path not in self.marks:
            path = path[:-1]
        return self.marks[path]

    def is_own(self, path: KeyPath) -> bool:
        return not self.mark(path)[0]


def pieces_of(text: str, where: str) -> Pieces:
    """Cut a text into the protocol and its parts. Raises UnreadableError."""
    text = text.removeprefix("\ufeff")
    own, *rest = _SEAM.split(text)
    tree, marks = _mapping(own, "", "a protocol", 'Begin with "name: my-protocol".')
    use = tree.get("use")
    names = [use] if isinstance(use, str) else use if isinstance(use, list) else []
    used = tuple(dict.fromkeys(name for name in names if isinstance(name, str) and _NAME.match(name)))
    parts = {name: part.removeprefix("\n") for name, part in zip(rest[::2], rest[1::2], strict=True)}
    return Pieces(where, tree, marks, used, parts)


def cut(text: str) -> tuple[str, str]:
    """A protocol's own text, and the parts behind it as they stand."""
    found = _SEAM.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def part_begins(text: str, name: str) -> int:
    """The line of `text` behind which the part stands, so that its line 1 is the one after; 0 when it is not there."""
    found = next((seam for seam in _SEAM.finditer(text) if seam[1] == name), None)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def join(pieces: Pieces, more: Mapping[str, str], shipped: tuple[str, ...]) -> Joined:
    """Put a protocol and its parts together; `more` are parts that did not come with it. Raises UnreadableError."""
    joined = Joined(marks={(): ("", (1, 1))})
    joined.marks |= {path: ("", mark) for path, mark in pieces.marks.items() if path[:1] == ("use",)}
    _uses(pieces, joined, (*pieces.parts, *more), shipped)
    spoken = pieces.tree.get("languages")
    for name in pieces.used:
        if (text := pieces.parts.get(name) or more.get(name)) is None:
            continue
        tree, marks = _mapping(text, name, "a part", 'Begin with a key such as "questions:".')
        joined.marks.setdefault((name,), (name, (1, 1)))
        for key, value in tree.items():
            if key in OWN:
                where = joined.marks.setdefault((name, key), (name, marks[(key,)]))
                assert where
                joined.problems.append(((name, key), f"{key!r} has no place in a part. Write it in the protocol."))
                continue
            _spoken(value, spoken)
            _twice(joined, key, value, name, marks, pieces.tree)
            _add(joined, key, value, marks, name)
    for key, value in pieces.tree.items():
        if key != "use":
            _add(joined, key, value, pieces.marks, "")
    return joined


def _uses(pieces: Pieces, joined: Joined, known: tuple[str, ...], shipped: tuple[str, ...]) -> None:
    if "use" not in pieces.tree:
        return
    use = pieces.tree["use"]
    if not isinstance(use, list | str) or not use:
        joined.problems.append((("use",), "this is no list of parts. Write it like [parts/cast-care.yaml]."))
        return
    for index, name in enumerate([use] if isinstance(use, str) else use):
        path: KeyPath = ("use",) if isinstance(use, str) else ("use", index)
        if not isinstance(name, str) or not _NAME.match(name):
            joined.problems.append((path, f"{name!r} is not a part. Write it like parts/cast-care.yaml."))
        elif name not in known:
            joined.problems.append((path, f"there is no part {name!r}. {nearest(name, shipped)}"))


def _mapping(text: str, where: str, what: str, mend: str) -> tuple[dict[str, Any], Marks]:
    try:
        tree, marks = read_tree(text)
    except UnreadableError as error:
        raise UnreadableError(error.mark, error.what, where) from None
    if not isinstance(tree, dict):
        wrong = "the file is empty" if tree is None else f"{what} is a list of keys and values"
        raise UnreadableError((1, 1), f"{wrong}. {mend}", where)
    return tree, marks


def _spoken(value: Any, spoken: Any) -> None:
    """Leave out of a part the texts in languages that this protocol does not speak."""
    if isinstance(value, list):
        for one in value:
            _spoken(one, spoken)
    if not isinstance(value, dict) or not isinstance(spoken, list):
        return
    for key, inside in value.items():
        if key in _TEXTS and isinstance(inside, dict):
            for language in [one for one in inside if one not in spoken]:
                del inside[language]
        else:
            _spoken(inside, spoken)


def _twice(joined: Joined, key: str, value: Any, name: str, marks: Marks, own: Mapping[str, Any]) -> None:
    """Of two parts that say the same thing neither wins."""
    was = joined.tree.get(key)
    if was is None or key in IN_ORDER:
        return
    named = key in BY_NAME and isinstance(was, dict) and isinstance(value, dict)
    said_here = own.get(key)
    if said_here is not None and not named:
        return
    mine = said_here if isinstance(said_here, dict) else {}
    both = [one for one in value if one in was and one not in mine] if named else [None]
    for one in both:
        path = (key,) if one is None else (key, one)
        said = ".".join(path)
        aside: KeyPath = (name, *path)
        joined.marks[aside] = (name, marks[path])
        joined.problems.append(
            (aside, f"{joined.mark(path)[0]} says {said} too. Use one of the two parts, or write {said} yourself.")
        )


def _add(joined: Joined, key: str, value: Any, marks: Marks, where: str) -> None:
    was = joined.tree.get(key)
    shift = 0
    gone: list[KeyPath] = []
    if key in BY_NAME and isinstance(was, dict) and isinstance(value, dict):
        others = {one: was[one] for one in was if one not in value}
        joined.tree[key] = {**others, **value} if where else {**value, **others}  # the file's own come first
        gone = [(key, one) for one in value]
    elif key in IN_ORDER and isinstance(was, list) and isinstance(value, list):
        joined.tree[key], shift = [*was, *value], len(was)
    else:
        joined.tree[key], gone = value, [(key,)]
    for path in [one for one in joined.marks if any(one[: len(out)] == out for out in gone)]:
        del joined.marks[path]
    for path, mark in marks.items():
        if path[:1] != (key,) or (len(path) == 1 and path in joined.marks):
            continue
        moved = (key, path[1] + shift, *path[2:]) if shift and len(path) > 1 and isinstance(path[1], int) else path
        joined.marks[moved] = (where, mark)
