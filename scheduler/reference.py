"""The language of protocols, told by its own models: a JSON Schema for editors, and a reference for people. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from messages.flags import SIGNS, Level
from scheduler import asking, meaning, phases, protocol, unanswered
from scheduler.fields import RISKS
from scheduler.protocol import Protocol
from scheduler.texts import PLACEHOLDERS

# The models in the order in which a newcomer meets them, each with where its keys stand.
SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The file", Protocol),
    ("quiet_hours", asking.QuietHours),
    ("welcome", protocol.Welcome),
    ("own_hours", protocol.OwnHours),
    ("phases", phases.Phase),
    ("phases: reminder", unanswered.OwnReminder),
    ("phases: silence", unanswered.OwnSilence),
    ("questions", asking.Question),
    ("questions: menu", asking.Choice),
    ("questions: then", asking.Branch),
    ("reminder", unanswered.Reminder),
    ("silence", unanswered.SilenceRules),
    ("silence: rules", unanswered.SilenceRule),
    ("extend", protocol.Extension),
    ("meanings", meaning.Meaning),
    ("changes", meaning.Change),
    ("changes: when", meaning.When),
    ("changes: add", meaning.Added),
    ("advice", meaning.Advice),
    ("words", meaning.OwnWords),
    ("limits", protocol.Limits),
    ("goodbye", protocol.Goodbye),
)
USE = "Parts that this protocol shares with others: what they say, the file need not. See Parts."
LEVELS = tuple(level.value for level in Level)
_LINES = {"type": "string", "pattern": r"^parts/[a-z0-9][a-z0-9-]*\.yaml$"}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a protocol file. With parts nearly every key may come from one of them."""
    found: dict[str, Any] = Protocol.model_json_schema(by_alias=True)
    found["properties"]["use"] = {
        "anyOf": [_LINES, {"type": "array", "items": _LINES}], "description": USE, "title": "Use"
    }
    found["required"] = ["name", "title", "languages", "phases"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "A protocol of Hearback"}


def reference() -> str:
    """Every key with its type, its default and examples, as Markdown."""
    return "\n".join(_lines()).rstrip() + "\n"


def keys_of(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The keys of one part of a protocol as a file writes them."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def _lines() -> Iterator[str]:
    yield from _INTRODUCTION.splitlines()
    for title, model in SECTIONS:
        yield from (f"## {title}", "", _first(model.__doc__ or ""), "")
        yield "| key | is | type | if left out | example |"
        yield "| --- | --- | --- | --- | --- |"
        properties = model.model_json_schema(by_alias=True)["properties"]
        for key, field in keys_of(model):
            examples = ", ".join(f"`{one}`" for one in field.examples or ())
            kind = _kind(properties[key])
            what = (field.description or "").replace("\n", " ").replace("|", "\\|")
            yield f"| `{key}` | {what} | {kind} | {_default(field)} | {examples} |"
        if model is Protocol:
            yield f"| `use` | {USE} | list of parts | nothing | `[parts/cast-care.yaml]` |"
        yield ""
    yield from ("## Levels, signs, risks", "", f"Levels: {', '.join(LEVELS)}.", "")
    yield from (f"Signs: {', '.join(SIGNS)}.", "", f"Risks: {', '.join(RISKS)}.", "")
    yield from ("## Placeholders", "", "| in a text | becomes |", "| --- | --- |")
    for name, what in PLACEHOLDERS.items():
        yield f"| `{{{name}}}` | {what} |"
    yield "| `{menu}` | the numbered answers; only in a question that has them |"


def _first(doc: str) -> str:
    return " ".join(doc.split())


def _kind(shape: dict[str, Any]) -> str:
    """What may stand there, in words."""
    if "x-says" in shape:
        return str(shape["x-says"])
    choices = [one for one in shape.get("anyOf", [shape]) if one.get("type") != "null"]
    return " or ".join(dict.fromkeys(_one_kind(one) for one in choices))


def _one_kind(one: dict[str, Any]) -> str:
    known = {SIGNS: "a sign", RISKS: "a risk", LEVELS: "a level"}
    if "x-says" in one:
        return str(one["x-says"])
    if "enum" in one:
        return known.get(tuple(one["enum"])) or " or ".join(f"`{word}`" for word in one["enum"])
    if "const" in one:
        return f"`{one['const']}`"
    if "$ref" in one:
        return "a level" if one["$ref"].endswith("/Level") else "keys, see below"
    match one.get("type"):
        case "array":
            return _plural(_kind(one.get("items") or {}))
        case "object":
            values = next(iter((one.get("patternProperties") or {"": one.get("additionalProperties")}).values())) or {}
            return "a text for each language" if values.get("maxLength", 0) > 1000 else "keys"
        case "integer" | "number" as kind:
            named = "whole number" if kind == "integer" else "number"
            low, high = one.get("minimum"), one.get("maximum")
            return f"{named}, {low:g} to {high:g}" if low is not None and high is not None else named
        case "boolean":
            return "true or false"
    return "a name" if "pattern" in one else "text"


def _plural(kind: str) -> str:
    many = {"keys, see below": "list, see below", "time of day": "list of times of day", "text": "list of texts"}
    return many.get(kind, f"list of {kind.removeprefix('a ')}s")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "it must be there"
    value = field.get_default(call_default_factory=True)
    if value is None or value == () or value == {}:
        return "nothing"
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, tuple):
        value = [str(one) for one in value]
    return f"`{json.dumps(value) if not isinstance(value, str) else value}`"


_INTRODUCTION = """# Protocols: every key

A protocol is one YAML file: what is asked, when, in which words, and what the answers mean. Begin with a copy of a
shipped one, [hip-osteotomy](../scheduler/protocols/hip-osteotomy.yaml),
[spica-cast](../scheduler/protocols/spica-cast.yaml) or [tonsillectomy](../scheduler/protocols/tonsillectomy.yaml), and
try it at every step:

```sh
hearback protocol check my.yaml --texts
hearback protocol preview my.yaml --day-zero 2026-03-05 --zone America/New_York
```

`check` tells what is wrong as `file:line:column`, with the mend: nothing with a mistake can be published. A text that
does not say whom to call in an emergency is one. Warnings are to be looked at: a text that is long or hard to read, a
question that nobody asks, a danger that is asked about when nobody answers (with `--hospital`), advice that nobody
approved. They are published by somebody who has seen and ticked each of them. How hard a text is to read is told as a
school year: English by Kincaid's grade level, Spanish by Crawford's; other languages are not measured.

An editor that speaks YAML completes the keys when the first line of the file is

```yaml
# yaml-language-server: $schema=protocol.schema.json
```

and `hearback protocol schema > protocol.schema.json` has put the [schema](protocol.schema.json) beside it. This page is
made by `hearback protocol reference`.

## Parts

`use: [parts/cast-care.yaml, parts/every-day.yaml]` brings in what several protocols share. Hearback comes with these
two; a folder `parts` beside the file may hold a hospital's own. A part has the same keys as a protocol. What the file
says itself comes first: its questions and follow_ups stand beside those of the part, or in place of one with the same
name; its meanings, changes, advice and words are added; every other key takes the place of the part's. A published
version holds its parts, and an upgrade of Hearback does not change it.

## Days and hours

Days of recovery count from day zero, which is day 0. Hours are those of the caregiver who is asked, and so are the
quiet hours. A coordinator may move an hour for one family; then this family is asked at that hour.
An adult may choose at enrolment between which hours texts come, within `own_hours`: what is asked outside of them is
asked at the nearest hour within, on its own day; reminders wait for them too, and a person is told of silence all the
same.

Reminders, the second caregiver and silence are said once for the whole protocol. A phase says only what is otherwise
for its check-ins, under the same names.

A check-in is answered by any text about the child. Its further questions follow one after the other as they are
answered; when a person has to call, the rest is dropped. After an urgent text everything is asked again that answers
had stopped.

"""
