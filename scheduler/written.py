"""A protocol's YAML changed in single places, its comments kept where that is possible. Pure."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString, LiteralScalarString

from scheduler.tree import KeyPath, read_tree

_LONG = 70  # a text this long stands in lines of its own
_WIDTH = 120
REMOVED = object()  # as a value: the key or the item goes


def with_values(text: str, values: Mapping[KeyPath, Any]) -> str:
    """`text` with each value at its path; what stood there, or nothing, is replaced. REMOVED takes a part away.

    A list's next free number adds an item. Raises UnreadableError for what is no YAML, KeyError for a path that
    cannot be.
    """
    tree = _loaded(text)
    gone = sorted((path for path, value in values.items() if value is REMOVED), key=_from_the_end, reverse=True)
    for path, value in values.items():
        if value is not REMOVED:
            _put(tree, path, value)
    for path in gone:
        _take(tree, path)
    return _dumped(tree)


def with_items_first(text: str, items: Mapping[str, Sequence[Any]]) -> str:
    """`text` with these items before those that its lists have, by key. Raises UnreadableError."""
    tree = _loaded(text)
    for key, several in items.items():
        for place, item in enumerate(several):
            if key not in tree:
                tree[key] = CommentedSeq()
            tree[key].insert(place, _as_written(item))
    return _dumped(tree)


def _loaded(text: str) -> Any:
    read_tree(text)  # says what is wrong with it, in words
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = _yaml().load(text.removeprefix("\ufeff"))
    return CommentedMap() if tree is None else tree


def _dumped(tree: Any) -> str:
    out = io.StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()


def snippet(value: Any) -> str:
    """One value as it would stand in a protocol, in one line."""
    yaml = _yaml()
    yaml.default_flow_style = True
    yaml.width = 100_000
    out = io.StringIO()
    yaml.dump(_flow(value), out)
    return out.getvalue().removesuffix("...\n").strip()


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_duplicate_keys = False
    return yaml


def _from_the_end(path: KeyPath) -> tuple[tuple[int, int, str], ...]:
    return tuple((len(path), part, "") if isinstance(part, int) else (len(path), -1, part) for part in path)


def _step(tree: Any, part: str | int) -> Any:
    """The key of `tree` that is called `part` in words: 1 and "1" are one key."""
    if isinstance(tree, Mapping):
        return next((key for key in tree if str(key) == str(part)), part)
    return part


def _put(tree: Any, path: KeyPath, value: Any) -> None:
    for place, part in enumerate(path[:-1]):
        key = _step(tree, part)
        if isinstance(tree, Mapping) and (key not in tree or not isinstance(tree[key], Mapping | Sequence)
                                          or isinstance(tree[key], str)):
            tree[key] = CommentedSeq() if isinstance(path[place + 1], int) else CommentedMap()  # type: ignore[index]
        tree = tree[key]
    last = _step(tree, path[-1])
    if isinstance(tree, Mapping) and last not in tree and str(last).isdigit():
        last = int(last)  # a menu's numbers stand without quotes
    new = _as_written(value)
    if isinstance(tree, CommentedSeq):
        if isinstance(last, int) and last >= len(tree):
            tree.append(new)
        else:
            tree[last] = new
    elif isinstance(tree, CommentedMap):
        tree[last] = new
    else:
        raise KeyError(path)


def _take(tree: Any, path: KeyPath) -> None:
    for part in path[:-1]:
        tree = tree[_step(tree, part)]
    del tree[_step(tree, path[-1])]


def _as_written(value: Any) -> Any:
    """Plain values in the manner of the shipped protocols: times in quotes, long texts in lines of their own."""
    if isinstance(value, str):
        if "\n" in value.strip():
            return LiteralScalarString(value.strip())
        if len(value) > _LONG:
            return FoldedScalarString(value.strip())
        if ":" in value or value != value.strip():
            return DoubleQuotedScalarString(value)
        return value
    if isinstance(value, Mapping):
        made = CommentedMap({key: _as_written(one) for key, one in value.items()})
        if not any(isinstance(one, FoldedScalarString | LiteralScalarString | Mapping) for one in made.values()):
            made.fa.set_flow_style()
        return made
    if isinstance(value, list | tuple):
        items = CommentedSeq([_as_written(one) for one in value])
        if not any(isinstance(one, Mapping) for one in items):
            items.fa.set_flow_style()
        return items
    return value


def _flow(value: Any) -> Any:
    if isinstance(value, Mapping):
        made = CommentedMap({key: _flow(one) for key, one in value.items()})
        made.fa.set_flow_style()
        return made
    if isinstance(value, list | tuple):
        items = CommentedSeq([_flow(one) for one in value])
        items.fa.set_flow_style()
        return items
    return value
