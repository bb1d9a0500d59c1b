"""A protocol changed in single places although parts of it stand in shared parts. Pure.

What is changed in a part is written into the protocol itself, where it takes the part's place; the part's own words
stay. What cannot be said like that, one item of a list, say, makes the part be written out: the protocol then says it
all itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scheduler.load import joined_of, whole
from scheduler.parts import BY_NAME, IN_ORDER, Joined, cut, pieces_of
from scheduler.tree import KeyPath, read_tree
from scheduler.written import REMOVED, with_items_first, with_values


def with_values_in_parts(source: str, values: Mapping[KeyPath, Any]) -> str:
    """`source` with each value at its path in the protocol as a whole; REMOVED takes a part away.

    Raises UnreadableError for what cannot be read, KeyError for a path that cannot be.
    """
    source = whole(source)
    if not pieces_of(source, "").used:
        own, rest = cut(source)
        return with_values(own, values) + rest
    joined = joined_of(source)
    if out := {name for path, value in values.items() for name in _in_the_way(joined, path, value)}:
        source = written_out(source, out)
        joined = joined_of(source)
    own, rest = cut(source)
    units = {_unit(path) for path in values}
    copies = {unit: _at(joined.tree, unit) for unit in units if unit in joined.marks and not joined.is_own(unit)}
    if copies:
        own = with_values(own, {unit: _numbered(value) for unit, value in copies.items()})
    return with_values(own, {_own_path(joined, path): value for path, value in values.items()}) + rest


def written_out(source: str, names: Iterable[str]) -> str:
    """`source` with these parts written into the protocol itself: it means what it meant. Raises UnreadableError."""
    source = whole(source)
    used, joined = pieces_of(source, "").used, joined_of(source)
    out = [name for name in used if name in _with_later(source, used, set(names))]
    own, rest = cut(source)
    values: dict[KeyPath, Any] = {}
    first: dict[str, list[Any]] = {}
    for unit in [path for path in joined.marks if path and path == _unit(path)]:
        if unit[0] in IN_ORDER or (len(unit) == 1 and unit[0] in BY_NAME):
            continue
        if joined.marks[unit][0] in out and unit[0] in joined.tree:
            values[unit] = _numbered(_at(joined.tree, unit))
    for key in IN_ORDER:
        items = joined.tree.get(key, [])
        first[key] = [_numbered(one) for n, one in enumerate(items) if joined.marks[key, n][0] in out]
    left = [name for name in used if name not in out]
    own = with_values(own, {**values, ("use",): left or REMOVED})
    own = with_items_first(own, {key: items for key, items in first.items() if items})
    return _without(own + rest, out)


def part_of(joined: Joined, path: KeyPath) -> str:
    """The shared part that says this; "" when the protocol says it itself, or nothing does."""
    return joined.marks[path][0] if path in joined.marks else ""


def _unit(path: KeyPath) -> KeyPath:
    """What takes a part's place as one: a question, a follow-up, an item, or a key with all that is in it."""
    return path[:2] if path[0] in (*BY_NAME, *IN_ORDER) else path[:1]


def _in_the_way(joined: Joined, path: KeyPath, value: Any) -> Iterable[str]:
    """The parts that cannot stay beside this change."""
    unit = _unit(path)
    if path[0] in BY_NAME and len(path) == 1:
        kept = value if isinstance(value, Mapping) else {}
        return [part_of(joined, (*path, one)) for one in joined.tree.get(path[0], {})
                if str(one) not in map(str, kept) and part_of(joined, (*path, one))]
    if path[0] in IN_ORDER and len(path) == 1:
        here = len(joined.tree.get(path[0]) or ())
        return [name for n in range(here) if (name := part_of(joined, (*path, n)))]
    name = part_of(joined, unit)
    return [name] if name and (path[0] in IN_ORDER or (value is REMOVED and path == unit)) else []


def _with_later(source: str, used: tuple[str, ...], names: set[str]) -> set[str]:
    """These parts, and those after them that add to the same lists: the order of a list has a meaning."""
    parts = pieces_of(source, "").parts
    lists = {name: {key for key in read_tree(parts[name])[0] or {} if key in IN_ORDER} for name in used
             if name in parts}  # fmt: skip
    # The protocol's own items come last, so what is written out may only be followed by what is written out too.
    found, said = set(), set[str]()
    for name in used:
        if name in names or said & lists.get(name, set()):
            found.add(name)
            said |= lists.get(name, set())
    return found


def _own_path(joined: Joined, path: KeyPath) -> KeyPath:
    """Where an item of the whole list stands in the protocol's own."""
    if path[0] not in IN_ORDER or len(path) < 2 or not isinstance(path[1], int):
        return path
    items = joined.tree.get(path[0]) or ()
    before = sum(bool(part_of(joined, (path[0], n))) for n in range(len(items)))
    return (path[0], path[1] - before, *path[2:])


def _at(tree: Any, path: KeyPath) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _numbered(value: Any) -> Any:
    """A menu's numbers as numbers again: keys are read as words."""
    if isinstance(value, dict):
        return {int(key) if key.isdigit() else key: _numbered(one) for key, one in value.items()}
    return [_numbered(one) for one in value] if isinstance(value, list) else value


def _without(source: str, names: Iterable[str]) -> str:
    kept = pieces_of(source, "").parts
    left = [f"--- # {name}\n{text.rstrip()}\n" for name, text in kept.items() if name not in names]
    return cut(source)[0] + "".join(left)

