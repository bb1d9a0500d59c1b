"""YAML -> Protocol. Every problem is told as file:line:column: key.path: what is wrong, and the mend."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from messages.errors import NotFoundError, ProtocolError
from scheduler.check import problems_of
from scheduler.fields import nearest
from scheduler.protocol import Protocol
from scheduler.tree import KeyPath, Mark, Marks, UnreadableError, read_tree

LARGEST = 100 * 1024  # characters; the shipped protocol has fewer than 10,000
_TOO_LARGE = f"the file is too large. Keep it under {LARGEST // 1024} KB."
_MOST_TOLD = 50  # problems


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
    if len(raw) > LARGEST * 4:
        raise ProtocolError([f"{path}:1:1: {_TOO_LARGE}"])
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

    def tell(mark: Mark, path: KeyPath, what: str) -> str:
        key = ".".join(str(part) for part in path)
        return f"{where}:{mark[0]}:{mark[1]}: {key + ': ' if key else ''}{what}"

    if len(text) > LARGEST:
        raise ProtocolError([tell((1, 1), (), _TOO_LARGE)])
    try:
        plain, marks = read_tree(text)
    except UnreadableError as error:
        raise ProtocolError([tell(error.mark, (), error.what)]) from None
    if not isinstance(plain, dict):
        what = "the file is empty" if plain is None else "a protocol is a list of keys and values"
        raise ProtocolError([tell((1, 1), (), f'{what}. Begin with "name: my-protocol".')])
    try:
        protocol = Protocol.model_validate(plain)
    except ValidationError as error:
        told = error.errors(include_url=False)
        # A list whose items are wrong is also called too short: that says nothing more.
        found = [_in_words(one) for one in told if one["type"] != "too_short" or not one["input"]]
    else:
        found = problems_of(protocol)
    if found:
        problems = sorted({(_mark(marks, path), path, what) for path, what in found}, key=_in_order)
        lines = [tell(*problem) for problem in problems]
        more = [f"{where}: and {len(lines) - _MOST_TOLD} more problems."] if len(lines) > _MOST_TOLD else []
        raise ProtocolError(lines[:_MOST_TOLD] + more)
    return protocol


def _in_order(problem: tuple[Mark, KeyPath, str]) -> tuple[Mark, str, str]:
    mark, path, what = problem
    return mark, str(path), what


def _mark(marks: Marks, path: KeyPath) -> Mark:
    """Where `path` stands; what is missing stands where its parent begins."""
    while path not in marks:
        path = path[:-1]
    return marks[path]


def _in_words(error: ErrorDetails) -> tuple[KeyPath, str]:
    """One of pydantic's errors as a path and a sentence for someone who does not program."""
    path = tuple(part for part in error["loc"] if part != "[key]")
    kind, context = error["type"], error.get("ctx", {})
    value, last = error["input"], str(path[-1]) if path else ""
    match kind:
        case "wrong":
            what = str(context["text"])
        case "extra_forbidden":
            what = f"there is no key {last!r} here. {nearest(last, _keys_at(path[:-1]))}"
        case "missing":
            what = f"the key {last!r} is missing. Add it."
        case "enum" | "literal_error":
            known = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
            what = f"{_short(value)} is not known here. {nearest(str(value), tuple(known))}"
        case "string_pattern_mismatch":
            what = f"{_short(value)} is not a possible {_PATTERNS[str(context['pattern'])]}."
        case "string_type" if value is None:
            what = "the text is missing. Write it."
        case _:
            limit = next(
                (context[key] for key in ("ge", "le", "max_length", "min_length") if key in context), ""
            )
            shape = _SHAPES.get(kind, "{error}. Change it.")
            what = f"{_short(value)} " + shape.format(limit=limit, error=error["msg"])
    return path, what


_SHAPES = {
    "string_type": "is not text. Put it in quotes.",
    "string_too_short": "is empty. Write a text.",
    "string_too_long": "is too long. Use {limit} characters at most.",
    "int_type": "is not a whole number. Write one without quotes.",
    "float_type": "is not a number. Write one without quotes.",
    "bool_type": "is neither true nor false. Write one of the two.",
    "greater_than_equal": "is too small. The least is {limit}.",
    "less_than_equal": "is too large. The most is {limit}.",
    "too_short": "is not enough. Give {limit} or more.",
    "too_long": "is too much. Give {limit} at most.",
    "tuple_type": "stands where a list is needed. Write it like [a, b].",
    "dict_type": "stands where keys and values are needed. Write them below, indented.",
    "model_type": "stands where keys and values are needed. Write them below, indented.",
}
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


def _keys_at(path: KeyPath) -> tuple[str, ...]:
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
