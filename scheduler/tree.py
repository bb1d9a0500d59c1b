"""YAML text -> plain dicts and lists, and where in the text each of them stands."""

from __future__ import annotations

import io
import re
import warnings
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

_MOST_VALUES = 20_000  # an alias inside an alias could make a small file a huge one
_DEEPEST = 100  # open brackets
_TOO_DEEP = "brackets are nested too deep. A protocol needs only a few levels."

KeyPath = tuple[str | int, ...]
Mark = tuple[int, int]  # line and column, both from 1
Marks = dict[KeyPath, Mark]


class UnreadableError(Exception):
    """The text is not YAML, or not YAML that a protocol can be."""

    def __init__(self, mark: Mark, what: str, where: str = "") -> None:
        self.mark = mark
        self.what = what
        self.where = where  # the part that cannot be read; "" for the file itself


def read_tree(text: str) -> tuple[Any, Marks]:
    """The values in `text`, keys as words, and the mark of every key and item. Raises UnreadableError."""
    marks: Marks = {(): (1, 1)}
    _refuse_deep(text)
    return _plain(_parse(text), (), marks, [0]), marks


def _refuse_deep(text: str) -> None:
    """Thousands of open brackets would cost the parser minutes; a protocol has six levels."""
    depth = 0
    for found in re.finditer(r"[\[{\]}]", text):
        depth = max(depth + (1 if found[0] in "[{" else -1), 0)
        if depth > _DEEPEST:
            raise UnreadableError(_mark_at(text, found.start()), _TOO_DEEP)


def _mark_at(text: str, position: int) -> Mark:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


class _Constructor(RoundTripConstructor):
    """Dates stay words: a protocol counts days, and 2026-13-45 is a mistake to tell, not to trip over."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def _parse(text: str) -> Any:
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _Constructor
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return yaml.load(io.StringIO(text.removeprefix("\ufeff")))
    except DuplicateKeyError as error:
        found = re.search(r'found duplicate key "(.*?)"', str(error.problem))
        key = found[1] if found else "a key"
        raise UnreadableError(_of(error), f"the key {key!r} is there twice. Keep one of the two.") from None
    except MarkedYAMLError as error:
        raise UnreadableError(_of(error), _yaml_words(error, text)) from None
    except ReaderError as error:
        what = "a character that has no place in a text file. Type the line again."
        raise UnreadableError(_mark_at(text, error.position), what) from None
    except RecursionError:
        raise UnreadableError((1, 1), _TOO_DEEP) from None
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        # ruamel raises bare errors for a few impossible values.
        raise UnreadableError(
            (1, 1), f"a value cannot be read ({error}). Put odd values in quotes."
        ) from None


def _of(error: MarkedYAMLError) -> Mark:
    mark = error.problem_mark or error.context_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _yaml_words(error: MarkedYAMLError, text: str) -> str:
    problem = str(error.problem or error.context or "it cannot be read")
    line, _ = _of(error)
    lines = text.splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in shown[: len(shown) - len(shown.lstrip())] or "'\\t'" in problem:
        return "a tab where spaces are needed. Replace the tab by spaces."
    if re.search("[“”„«»]", shown):
        return 'a typographic quote is no quotation mark here. Type straight quotes: ".'
    if "mapping values are not allowed" in problem:
        return "a colon where none is expected. Quote texts that hold a colon, and check the indentation."
    if "expected a single document" in problem or "expected a single document" in str(error.context):
        return "a second document begins here. Keep one protocol in a file and delete the line ---."
    return f"the file is not valid YAML: {problem}. Check quotes, brackets and the indentation here."


def _plain(node: Any, path: KeyPath, marks: Marks, seen: list[int]) -> Any:
    """Plain dicts and lists out of ruamel's tree, remembering where each value stands; keys become words."""
    seen[0] += 1
    if seen[0] > _MOST_VALUES or len(path) > 20:
        raise UnreadableError(
            marks[path], "the file unfolds into far too much. Do without aliases (* and &)."
        )
    if isinstance(node, TaggedScalar) or getattr(getattr(node, "tag", None), "value", None):
        raise UnreadableError(marks[path], "a tag (!) has no place in a protocol. Delete it.")
    if isinstance(node, CommentedMap):
        plain: dict[str, Any] = {}
        for key, value in node.items():
            word = str(key)
            here = (*path, word)
            marks[here] = _key_mark(node, key, marks[path])
            if word in plain:
                raise UnreadableError(marks[here], f"the key {word!r} is there twice. Keep one of the two.")
            plain[word] = _plain(value, here, marks, seen)
        return plain
    if isinstance(node, CommentedSeq):
        items: list[Any] = []
        for index, value in enumerate(node):
            here = (*path, index)
            marks[here] = _item_mark(node, index, marks[path])
            items.append(_plain(value, here, marks, seen))
        return items
    return node


def _key_mark(node: CommentedMap, key: Any, otherwise: Mark) -> Mark:
    try:
        line, column = node.lc.key(key)
    except (KeyError, AttributeError, TypeError):
        return otherwise
    return line + 1, column + 1


def _item_mark(node: CommentedSeq, index: int, otherwise: Mark) -> Mark:
    try:
        line, column = node.lc.item(index)
    except (KeyError, AttributeError, TypeError, IndexError):
        return otherwise
    return line + 1, column + 1
