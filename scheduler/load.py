"""YAML -> Protocol. Every problem is told as file:line:column: key.path: what is wrong, and the mend."""

from __future__ import annotations

import io
import re
import warnings
from importlib import resources
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from messages.errors import NotFoundError, ProtocolError
from scheduler.check import problems_of
from scheduler.fields import nearest
from scheduler.protocol import Protocol

LARGEST = 256 * 1024  # characters; the shipped protocol has fewer than 10,000
_MOST_VALUES = 20_000  # an alias inside an alias could make a small file a huge one

Path_ = tuple[str | int, ...]
Mark = tuple[int, int]  # line and column, both from 1


class _UnreadableError(Exception):
    """The text is not YAML, or not YAML that a protocol can be."""

    def __init__(self, mark: Mark, what: str) -> None:
        self.mark = mark
        self.what = what


def shipped_names() -> tuple[str, ...]:
    """The protocols that come with Hearback, by name."""
    folder = resources.files("scheduler") / "protocols"
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))


def shipped_source(name: str) -> str:
    """The YAML of a shipped protocol. Raises NotFoundError."""
    if name not in shipped_names():
        raise NotFoundError(f"No protocol {name!r} comes with Hearback.", mend=nearest(name, shipped_names()))
    return (resources.files("scheduler") / "protocols" / f"{name}.yaml").read_text(encoding="utf-8")


def load_shipped(name: str) -> Protocol:
    """A protocol that comes with Hearback. Raises NotFoundError."""
    return load_protocol(shipped_source(name), f"{name}.yaml")


def load_file(path: Path) -> Protocol:
    """The protocol in the file at `path`. Raises ProtocolError, with every problem, and nothing else."""
    return load_protocol(read_source(path), str(path))


def read_source(path: Path) -> str:
    """The text of a protocol file, UTF-8 with or without a byte order mark. Raises ProtocolError."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST * 4 + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise ProtocolError(
            [f"{path}:1:1: the file cannot be read: {reason}. Check its name and who may read it."]
        ) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise ProtocolError(
            [f"{path}:{line}:{column}: the file is not UTF-8 text. Save it as UTF-8 in your editor."]
        ) from None


def load_protocol(text: str, where: str) -> Protocol:
    """The protocol written in `text`; `where` names the file in every problem. Raises ProtocolError only."""

    def tell(mark: Mark, path: Path_, what: str) -> str:
        key = ".".join(str(part) for part in path)
        return f"{where}:{mark[0]}:{mark[1]}: {key + ': ' if key else ''}{what}"

    if len(text) > LARGEST:
        raise ProtocolError([tell((1, 1), (), f"the file is too large. Keep it under {LARGEST // 1024} KB.")])
    try:
        tree = _parse(text)
        marks: dict[Path_, Mark] = {(): (1, 1)}
        plain = _plain(tree, (), marks, [0])
    except _UnreadableError as error:
        raise ProtocolError([tell(error.mark, (), error.what)]) from None
    if not isinstance(plain, dict):
        what = "the file is empty" if plain is None else "a protocol is a list of keys and values"
        raise ProtocolError([tell((1, 1), (), f'{what}. Begin with "name: my-protocol".')])
    try:
        protocol = Protocol.model_validate(plain)
    except ValidationError as error:
        found = [(path, what) for path, what in map(_in_words, error.errors(include_url=False))]
    else:
        found = problems_of(protocol)
    if found:
        told = sorted((_mark(marks, path), path, what) for path, what in set(found))
        raise ProtocolError([tell(*problem) for problem in told])
    return protocol


def _parse(text: str) -> Any:
    yaml = YAML(typ="rt", pure=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return yaml.load(io.StringIO(text.removeprefix("\ufeff")))
    except DuplicateKeyError as error:
        found = re.search(r'found duplicate key "(.*?)"', str(error.problem))
        key = found[1] if found else "a key"
        raise _UnreadableError(_of(error), f"the key {key!r} is there twice. Keep one of the two.") from None
    except MarkedYAMLError as error:
        raise _UnreadableError(_of(error), _yaml_words(error, text)) from None
    except ReaderError as error:
        before = text[: error.position]
        mark = (before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
        raise _UnreadableError(
            mark, "a character that has no place in a text file. Type the line again."
        ) from None
    except RecursionError:
        raise _UnreadableError(
            (1, 1), "brackets are nested too deep. A protocol needs only a few levels."
        ) from None
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        # ruamel raises bare errors for a few impossible values, like the date 2026-13-45.
        raise _UnreadableError(
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
    if "mapping values are not allowed" in problem:
        return "a colon where none is expected. Quote texts that hold a colon, and check the indentation."
    if "expected a single document" in problem or "expected a single document" in str(error.context):
        return "a second document begins here. Keep one protocol in a file and delete the line ---."
    return f"the file is not valid YAML: {problem}. Check quotes, brackets and the indentation here."


def _plain(node: Any, path: Path_, marks: dict[Path_, Mark], seen: list[int]) -> Any:
    """Plain dicts and lists out of ruamel's tree, remembering where each value stands; keys become words."""
    seen[0] += 1
    if seen[0] > _MOST_VALUES or len(path) > 20:
        raise _UnreadableError(
            marks[path], "the file unfolds into far too much. Do without aliases (* and &)."
        )
    if isinstance(node, CommentedMap):
        plain: dict[str, Any] = {}
        for key, value in node.items():
            word = str(key)
            here = (*path, word)
            marks[here] = _key_mark(node, key, marks[path])
            if word in plain:
                raise _UnreadableError(marks[here], f"the key {word!r} is there twice. Keep one of the two.")
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


def _mark(marks: dict[Path_, Mark], path: Path_) -> Mark:
    """Where `path` stands; what is missing stands where its parent begins."""
    while path not in marks:
        path = path[:-1]
    return marks[path]


def _in_words(error: ErrorDetails) -> tuple[Path_, str]:
    path = tuple(part for part in error["loc"] if part != "[key]")
    kind, context = error["type"], error.get("ctx", {})
    value = error["input"]
    last = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return path, f"there is no key {last!r} here. {nearest(last, _keys_at(path[:-1]))}"
    if kind == "missing":
        return path, f"the key {last!r} is missing. Add it."
    if kind in ("enum", "literal_error"):
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return path, f"{_short(value)} is not known here. {nearest(str(value), tuple(expected.split(', ')))}"
    if kind == "wrong":
        return path, str(context["text"])
    if kind == "string_pattern_mismatch":
        return path, f"{_short(value)} is not a possible {_PATTERNS.get(str(context['pattern']), 'word')}."
    if kind == "string_type":
        what = (
            "the text is missing. Write it."
            if value is None
            else f"{_short(value)} is not text. Put it in quotes."
        )
        return path, what
    if kind in ("dict_type", "model_type", "tuple_type"):
        shape = "a list, like [a, b]" if kind == "tuple_type" else "keys and values below it"
        return path, f"{_short(value)} stands where {shape} is needed."
    return path, f"{_short(value)}: {error['msg'][:1].lower()}{error['msg'][1:]}. Change the value."


_PATTERNS = {
    r"^[0-9]$": "answer. Use one digit, 0 to 9",
    r"^[a-z][a-z0-9_-]{0,39}$": "name. Use small letters, digits, - and _, beginning with a letter",
    r"^[a-z]{2,3}(-[A-Z]{2})?$": "language. Write its code, like en or es",
}


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    shown = repr(str(value)) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."


def _keys_at(path: Path_) -> tuple[str, ...]:
    """The keys that the model at `path` knows."""
    kind: Any = Protocol
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
            kind = fields.get(str(part))
        elif get_origin(kind) in (dict, tuple):
            kind = get_args(kind)[1 if get_origin(kind) is dict else 0]
        kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return tuple(field.alias or name for name, field in kind.model_fields.items())
    return ()


def _bare(kind: Any) -> Any:
    """The type inside Annotated."""
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind
