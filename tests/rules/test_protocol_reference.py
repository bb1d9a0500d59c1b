"""The reference of protocols and the schema for editors say what the code does: every key, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from scheduler.load import shipped_names, shipped_source
from scheduler.reference import SECTIONS, keys_of, reference, schema
from scheduler.tree import read_tree

ROOT = Path(__file__).parents[2]
KEYS = [(title, model, key) for title, model in SECTIONS for key, _ in keys_of(model)]
BLOCKS = {"welcome", "phases", "questions", "reminder", "silence", "extend", "meanings", "changes", "advice", "words",
          "goodbye", "limits"}  # explained in a section of their own


def test_the_reference_is_the_one_that_the_code_makes() -> None:
    made = (ROOT / "docs" / "protocol-reference.md").read_text(encoding="utf-8")
    assert made == reference(), "run: hearback protocol reference > docs/protocol-reference.md"


def test_the_schema_is_the_one_that_the_code_makes() -> None:
    kept = json.loads((ROOT / "docs" / "protocol.schema.json").read_text(encoding="utf-8"))
    assert kept == schema(), "run: hearback protocol schema > docs/protocol.schema.json"


def test_every_part_of_the_language_has_a_section() -> None:
    sections = {model for _, model in SECTIONS}
    for _, model in SECTIONS:
        for inside in _models_in(model):
            assert inside in sections, inside.__name__


def _models_in(kind: Any) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    todo = [field.annotation for field in kind.model_fields.values()]
    while todo:
        one: Any = todo.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            found.append(one)
        todo.extend(getattr(one, "__args__", ()))
    return found


@pytest.mark.parametrize(("title", "model", "key"), KEYS, ids=[f"{title}.{key}" for title, _, key in KEYS])
def test_every_key_is_explained_and_its_examples_are_what_the_code_takes(
    title: str, model: type[BaseModel], key: str
) -> None:
    field = dict(keys_of(model))[key]
    assert field.description
    assert field.description.endswith((".", "days`."))
    assert field.examples or key in BLOCKS
    name = next(name for name, one in model.model_fields.items() if one is field)
    kind = TypeAdapter(model)
    for example in field.examples or ():
        value, _ = read_tree(f"value: {example}")
        assert value["value"] is not None
        problems = _problems(kind, name, field.alias or name, value["value"])
        assert problems == [], example


def _problems(kind: TypeAdapter[Any], name: str, key: str, value: Any) -> list[Any]:
    """What the model says of this key alone; that others are missing is not its fault."""
    try:
        kind.validate_python({key: value})
    except ValueError as error:
        return [one for one in error.errors() if one["loc"][:1] in ((name,), (key,))]  # type: ignore[attr-defined]
    return []


@pytest.mark.parametrize("name", [*shipped_names(), "everything"])
def test_an_editor_finds_nothing_wrong_with_a_good_protocol(name: str) -> None:
    everything = ROOT / "tests" / "unit" / "scheduler" / "everything.yaml"
    source = everything.read_text(encoding="utf-8") if name == "everything" else shipped_source(name)
    tree, _ = read_tree(source)
    assert list(wrong(tree, schema(), schema())) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("lateness: 4 h", "latenes: 4 h"),
        ('"21:00"', '"25:00"'),
        ("signs: [intake]", "signs: [thirst]"),
        ("day_zero: operation", "day_zero: admission"),
        ("number: pain", "number: hunger"),
        ("finish: true", "finish: maybe"),
    ],
)
def test_an_editor_marks_a_slip(good: str, bad: str) -> None:
    source = shipped_source("tonsillectomy") + "\nchanges: [{name: a, when: {sign: pain}, finish: true}]\n"
    source = re.sub(r"\nchanges:\n(?: .*\n)+", "\n", source, count=1)
    assert good in source
    tree, _ = read_tree(source.replace(good, bad, 1))
    assert list(wrong(tree, schema(), schema()))


def wrong(value: Any, shape: Any, root: dict[str, Any], path: str = "") -> Any:
    """What a JSON Schema finds wrong, by the words that ours uses."""
    if "$ref" in shape:
        yield from wrong(value, root["$defs"][shape["$ref"].rsplit("/", 1)[1]], root, path)
        return
    if "anyOf" in shape:
        if all(list(wrong(value, one, root, path)) for one in shape["anyOf"]):
            yield f"{path}: {value!r} is nothing of what may stand here"
        return
    types = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
             "null": type(None)}
    kinds = shape.get("type", [])
    allowed = tuple(types[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))
    if allowed and not isinstance(value, allowed):  # type: ignore[arg-type]
        yield f"{path}: {value!r} is no {kinds}"
        return
    if "enum" in shape and value not in shape["enum"]:
        yield f"{path}: {value!r} is none of {shape['enum']}"
    if "const" in shape and value != shape["const"]:
        yield f"{path}: {value!r} is not {shape['const']}"
    if isinstance(value, str) and not re.search(shape.get("pattern", ""), value):
        yield f"{path}: {value!r} is not like {shape['pattern']}"
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from wrong(one, shape.get("items", {}), root, f"{path}[{index}]")
    if isinstance(value, dict):
        for key in shape.get("required", ()):
            if key not in value:
                yield f"{path}: {key} is missing"
        for key, one in value.items():
            inside = shape.get("properties", {}).get(key)
            if inside is None:
                inside = next((of for like, of in shape.get("patternProperties", {}).items() if re.search(like, key)),
                              shape.get("additionalProperties", True))
            if inside is False:
                yield f"{path}: there is no key {key}"
            elif inside is not True:
                yield from wrong(one, inside, root, f"{path}.{key}")
