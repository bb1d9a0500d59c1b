"""Which form a part of a protocol takes, by the models it is made of: what a model gains shows up by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from messages.flags import SIGNS
from scheduler.asking import Questions
from scheduler.fields import RISKS, Days, Risk, Sign
from scheduler.tree import KeyPath
from scheduler.written import snippet

_ABSENT = object()


@dataclass(frozen=True)
class Shape:
    """What one value is: `kind` names its field in the form, `of` the codes it is one of, `model` what it holds.

    line: one line of text; questions: their names in order; days, lines: several with commas; long: words; texts:
    words per language; number; choice: one of `of`; many: several of `of`; group, list, named: parts of their own;
    pairs: a line for each of `of`; yaml: anything else, as it is written.
    """

    kind: str
    of: tuple[str, ...] = ()
    codes: str = ""  # what `of` are: sign, risk, level or plain
    model: Any = None
    optional: bool = False


@dataclass(frozen=True)
class Part:
    """One field of the form, or a group of them, with its value as it is written."""

    path: KeyPath
    key: str
    shape: Shape
    value: str | tuple[str, ...] = ""
    parts: tuple[Part, ...] = ()
    there: bool = True

    @property
    def name(self) -> str:
        """The name of its field."""
        return "f:" + "/".join(map(str, self.path))

    @property
    def id(self) -> str:
        return "p-" + "-".join(map(str, self.path))

    @property
    def dotted(self) -> str:
        return ".".join(map(str, self.path))


def shape_of(kind: Any, info: FieldInfo | None = None) -> Shape:
    """The shape of a type as a model declares it."""
    metadata = tuple(info.metadata) if info else ()
    if get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        metadata = (*metadata, *more)
    if get_origin(kind) in (Union, UnionType):
        inner = [one for one in get_args(kind) if one is not type(None)]
        if len(inner) == 1:
            one = shape_of(Annotated[inner[0], *metadata] if metadata else inner[0])
            return Shape(one.kind, one.of, one.codes, one.model, optional=True)
        return Shape("yaml")
    for known, of, codes in ((Sign, SIGNS, "sign"), (Risk, RISKS, "risk")):
        if kind is str and get_args(known)[1] in metadata:
            return Shape("choice", of, codes)
    if get_origin(kind) is tuple and get_args(Days)[1] in metadata:
        return Shape("days")
    if get_origin(kind) is tuple and get_args(Questions)[1] in metadata:
        return Shape("questions")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Shape("choice", tuple(str(one.value) for one in kind), kind.__name__.lower())
    if get_origin(kind) is Literal:
        return Shape("choice", tuple(map(str, get_args(kind))), "plain")
    if kind is bool:
        return Shape("choice", ("true", "false"), "plain")
    if kind in (int, float):
        return Shape("number")
    if kind in (str, time, timedelta):
        longest = max((getattr(one, "max_length", None) or 0 for one in metadata), default=0)
        return Shape("long" if longest > 200 else "line")
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return Shape("group", model=kind)
    return _several(kind)


def _several(kind: Any) -> Shape:
    args = get_args(kind)
    if get_origin(kind) is tuple and len(args) == 2 and args[1] is Ellipsis:
        one = shape_of(args[0])
        if one.kind == "group":
            return Shape("list", model=one.model)
        if one.kind == "choice":
            return Shape("many", one.of, one.codes)
        return Shape("lines") if one.kind in ("line", "long", "number") else Shape("yaml")
    if get_origin(kind) is dict:
        one, by = shape_of(args[1]), shape_of(args[0])
        if one.kind == "group":
            return Shape("named", model=one.model)
        if by.codes == "sign":
            return Shape("pairs", by.of, by.codes)
        return Shape("texts") if one.kind == "long" else Shape("yaml")
    return Shape("yaml")


def draw(model: type[BaseModel], value: Any, path: KeyPath, languages: Sequence[str]) -> tuple[Part, ...]:
    """The parts of a form for `value`, as far as it has the shape of `model`; what does not fit is shown as YAML."""
    plain = value if isinstance(value, Mapping) else {}
    return tuple(
        _part(info.alias or name, shape_of(info.annotation, info), plain, path, info, languages)
        for name, info in model.model_fields.items()
    )


def _part(
    key: str, shape: Shape, plain: Mapping[str, Any], path: KeyPath, info: FieldInfo, languages: Sequence[str]
) -> Part:
    here, value = (*path, key), plain.get(key, _ABSENT)
    there = value is not _ABSENT and value is not None
    shape = Shape(shape.kind, shape.of, shape.codes, shape.model, shape.optional or not info.is_required())
    if shape.kind == "group" and (not there or isinstance(value, Mapping)):
        return Part(here, key, shape, parts=draw(shape.model, value, here, languages), there=there)
    if shape.kind == "list" and (not there or isinstance(value, list)):
        items = tuple(
            Part((*here, number), str(number + 1), Shape("group", model=shape.model),
                 parts=draw(shape.model, one, (*here, number), languages))
            for number, one in enumerate(value if there else ())
        )  # fmt: skip
        return Part(here, key, shape, parts=items, there=there)
    if shape.kind == "named" and (not there or isinstance(value, Mapping)):
        named = tuple(
            Part((*here, name), name, Shape("group", model=shape.model),
                 parts=draw(shape.model, one, (*here, name), languages))
            for name, one in (value.items() if there else ())
        )  # fmt: skip
        return Part(here, key, shape, parts=named, there=there)
    if shape.kind == "texts" and (not there or isinstance(value, Mapping)):
        texts = value if there else {}
        each = tuple(
            Part((*here, language), language, Shape("long", optional=shape.optional), words(texts.get(language)))
            for language in dict.fromkeys((*languages, *texts))
        )
        return Part(here, key, shape, parts=each, there=there)
    if shape.kind == "pairs" and (not there or isinstance(value, Mapping)):
        held = value if there else {}
        pairs = tuple(
            Part((*here, one), one, Shape("line", optional=True), words(held.get(one)), there=one in held)
            for one in dict.fromkeys((*held, *shape.of))
        )
        return Part(here, key, shape, parts=pairs, there=there)
    if not there:
        below = shape.kind in ("group", "list", "named", "texts", "pairs")
        several = shape.kind in ("many", "questions")
        return Part(here, key, Shape("yaml") if below else shape, () if several else "", there=False)
    return _single(here, key, shape, value)


def _single(here: KeyPath, key: str, shape: Shape, value: Any) -> Part:
    if shape.kind == "many" and isinstance(value, list) and all(str(one) in shape.of for one in value):
        return Part(here, key, shape, tuple(map(str, value)))
    if shape.kind == "questions" and isinstance(value, str | list) and all(isinstance(one, str) for one in value):
        return Part(here, key, shape, (value,) if isinstance(value, str) else tuple(value))
    if shape.kind in ("days", "lines") and isinstance(value, list):
        return Part(here, key, shape, ", ".join(map(words, value)))
    fits = not isinstance(value, list | Mapping) and (shape.kind != "choice" or words(value) in shape.of)
    if fits and shape.kind in ("line", "long", "number", "choice", "days"):
        return Part(here, key, shape, words(value))
    return Part(here, key, Shape("yaml", optional=shape.optional), snippet(value))


def words(value: Any) -> str:
    """A single value as a person types it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


UNWRITTEN = "..."  # where words are still to be written; its field is shown empty


@dataclass(frozen=True)
class Blank:
    """What a new part begins with."""

    languages: tuple[str, ...] = ("en",)
    known: Mapping[str, Any] = field(default_factory=dict)

    def of(self, model: type[BaseModel]) -> dict[str, Any]:
        return {
            info.alias or name: self.known.get(name, self._value(shape_of(info.annotation, info)))
            for name, info in model.model_fields.items()
            if info.is_required()
        }

    def _value(self, shape: Shape) -> Any:
        match shape.kind:
            case "group":
                return self.of(shape.model)
            case "texts":
                return dict.fromkeys(self.languages, UNWRITTEN)
            case "choice":
                return "review" if "review" in shape.of else shape.of[0]
            case "number":
                return 1
            case "list" | "many" | "named" | "yaml":
                return []
            case "lines":
                return [UNWRITTEN]
            case _:
                return UNWRITTEN
