"""What pydantic says of a file, as a path and a sentence for someone who does not program. Pure."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scheduler.fields import nearest
from scheduler.protocol import Protocol
from scheduler.tree import KeyPath


def in_words(error: ErrorDetails) -> tuple[KeyPath, str]:
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
