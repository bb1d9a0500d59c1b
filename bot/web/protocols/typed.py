"""What was typed into a draft's form and its YAML, brought together: both may be edited, nothing typed is lost.

The page carries the text that both were drawn from. What differs from it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from werkzeug.datastructures import MultiDict

from bot.checking import check_protocol
from bot.web.protocols.findings import in_language
from bot.web.protocols.shapes import UNWRITTEN, Part, draw
from scheduler.load import Finding, joined_of, shipped_parts, whole
from scheduler.overriding import part_of, with_values_in_parts
from scheduler.parts import Joined, part_begins, pieces_of
from scheduler.protocol import Protocol
from scheduler.tree import KeyPath, UnreadableError
from scheduler.warn import Coverage
from scheduler.written import REMOVED

WHERE = "draft"
_OWN_PLACE = ("group", "list", "named", "texts", "pairs")
_FIRST = ("phases", "questions", "meanings", "follow_ups", "reminder", "silence", "welcome", "goodbye", "extend")
_NUMBER = re.compile(r"^-?\d{1,9}$")


@dataclass(frozen=True)
class Problem:
    """Something to mend or to look at: `line` in the draft's whole text (0: not in it), what, and how to mend it.

    `file` is the shared part it stands in, "" for the protocol's own text, and `file_line` its line there.
    """

    line: int
    column: int
    path: str
    what: str
    file: str = ""
    file_line: int = 0


@dataclass(frozen=True)
class Shared:
    """A shared part that a draft uses: what it brings, and which of that the protocol says itself instead."""

    name: str
    brings: tuple[KeyPath, ...]


@dataclass(frozen=True)
class Looked:
    """A draft's text looked at: its protocol when it is good, the parts of its form when it can be read at all."""

    source: str
    protocol: Protocol | None
    problems: tuple[Problem, ...]
    parts: tuple[Part, ...]
    name: str
    warnings: tuple[Problem, ...] = ()
    joined: Joined | None = None
    shared: tuple[Shared, ...] = ()
    offered: tuple[str, ...] = ()

    @property
    def title(self) -> dict[str, str]:
        """The title as it stands, mistakes elsewhere or not; {} when there is none."""
        return _title(self.joined)

    def wrong(self, part: Part) -> str:
        """What is wrong with this field, or below it when it has none of its own."""
        exact = [in_language(one.what) for one in self.problems if one.path == part.dotted]
        below = [
            in_language(one.what) for one in self.problems
            if not part.parts and one.path.startswith(f"{part.dotted}.")
        ]
        return " ".join(dict.fromkeys(exact + below))

    def count(self, part: Part) -> int:
        """How many mistakes there are in a part."""
        return sum(one.path == part.dotted or one.path.startswith(f"{part.dotted}.") for one in self.problems)

    @property
    def general_wrong(self) -> bool:
        """Whether there is a mistake among the single values."""
        return any(self.count(part) for part in self.parts if part.key not in {one.key for one in self.in_order()})

    def in_order(self) -> list[Part]:
        """The parts that have a place of their own in the form, what is changed most often first."""
        general = ("title", "quiet_hours")
        own = [part for part in self.parts if part.shape.kind in _OWN_PLACE and part.key not in general]
        return sorted(own, key=lambda part: _FIRST.index(part.key) if part.key in _FIRST else len(_FIRST))

    def questions(self, also: str = "") -> list[str]:
        """The short names of the questions; `also` is offered although there is none of that name."""
        names = [one.key for part in self.parts if part.key == "questions" for one in part.parts]
        return [*names, *([also] if also and also not in names else [])]

    def comes_from(self, part: Part) -> str:
        """The shared part that says this; "" when the protocol says it itself."""
        return part_of(self.joined, part.path) if self.joined else ""

    def stands_for(self, part: Part) -> str:
        """The shared part whose words the protocol's own take the place of here; "" for none."""
        return next((one.name for one in self.shared if part.path in one.brings and not self.comes_from(part)), "")


def title_of(source: str) -> dict[str, str]:
    """The title of a text as it stands, without looking at the rest; {} when there is none that can be read."""
    try:
        return _title(joined_of(source))
    except UnreadableError:
        return {}


def _title(joined: Joined | None) -> dict[str, str]:
    found = joined.tree.get("title") if joined else None
    return {str(one): str(text) for one, text in found.items()} if isinstance(found, dict) else {}


def look(source: str, coverage: Coverage | None = None) -> Looked:
    """Everything that is to be known of a text as it was typed. `coverage`: when somebody of the hospital answers."""
    checked = check_protocol(source, WHERE, coverage)
    problems, warnings = (
        tuple(_problem(one, source) for one in found) for found in (checked.errors, checked.warnings)
    )
    joined, parts = form_of(source)
    if joined is None:
        return Looked(source, None, problems, (), "")
    used = pieces_of(source, "").used
    return Looked(
        source, checked.protocol, problems, parts, str(joined.tree.get("name", ""))[:40], warnings, joined,
        tuple(_shared(source, used)), tuple(name for name in shipped_parts() if name not in used),
    )


def form_of(source: str) -> tuple[Joined | None, tuple[Part, ...]]:
    """The protocol with its parts as one, and the form for it; nothing of what cannot be read."""
    try:
        joined = joined_of(source)
    except UnreadableError:
        return None, ()
    spoken = joined.tree.get("languages")
    languages = [str(one) for one in spoken] if isinstance(spoken, list) else ["en"]
    return joined, draw(Protocol, joined.tree, (), languages)


def anchor(path: str) -> str:
    """Where in the form a mistake is to be mended: its field has this id, or one around it."""
    return "p-" + path.replace(".", "-")


def _shared(source: str, used: tuple[str, ...]) -> Iterator[Shared]:
    """What each shared part says, wherever the protocol says the same itself."""
    for name in used:
        alone = joined_of(whole(f"use: [{name}]\n") if f"--- # {name}" not in source else
                          f"use: [{name}]\n" + source[source.index(f"--- # {name}"):])  # fmt: skip
        yield Shared(name, tuple(path for path in alone.marks if path and alone.marks[path][0] == name))


def _problem(one: Finding, source: str) -> Problem:
    if one.where == WHERE:
        return Problem(one.line, one.column, one.key, one.what)
    begins = part_begins(source, one.where)
    return Problem(begins and begins + one.line, one.column, one.key, one.what, one.where, one.line)


def all_parts(parts: Iterable[Part]) -> Iterator[Part]:
    """Every part of a form with those within it."""
    for part in parts:
        yield part
        yield from all_parts(part.parts)


def typed_source(form: MultiDict[str, str]) -> str:
    """The YAML as it is after everything that was typed, in the form and in the YAML itself.

    `last` says which of the two was changed last when the page's script kept them in accord; then the other one is
    as it was drawn. Without the script what was typed into the form is put into the YAML as it was typed.
    """
    source, drawn = clean(form.get("source", "")), clean(form.get("drawn", ""))
    if form.get("last") == "yaml":
        return source
    values = dict(_changes(form, drawn))
    if not values:
        return source
    try:
        return with_values_in_parts(source, values)
    except (UnreadableError, KeyError, IndexError, TypeError):
        return source


def clean(text: str) -> str:
    """As a file has it: browsers send lines that end in CR LF."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") or not text else text + "\n"


def _changes(form: MultiDict[str, str], drawn: str) -> Iterator[tuple[KeyPath, Any]]:
    for part in all_parts(form_of(drawn)[1]):
        if part.name not in form:
            continue
        if part.shape.kind == "many":
            given = tuple(one for one in form.getlist(part.name) if one)
            if set(given) != set(part.value):
                yield part.path, list(given) or (REMOVED if part.there and part.shape.optional else list(given))
            continue
        if part.shape.kind == "questions":
            asked = tuple(one for one in form.getlist(part.name) if one)
            if asked != part.value:
                yield part.path, asked[0] if len(asked) == 1 else list(asked)
            continue
        given_text = clean(form[part.name]).strip()
        if given_text == str(part.value).strip() or (not given_text and part.value == UNWRITTEN):
            continue
        if not given_text and part.shape.optional:
            if part.there:
                yield part.path, REMOVED
            continue
        yield part.path, value_of(part, given_text)


def value_of(part: Part, text: str) -> Any:
    """What was typed into a field as the YAML holds it. What is no number, say, stays as it was typed."""
    match part.shape.kind:
        case "number":
            return _number(text)
        case "choice" if text in ("true", "false"):
            return text == "true"
        case "lines":
            return [one.strip() for one in text.split(",") if one.strip()]
        case "days" if "," in text:
            return [_number(one.strip()) for one in text.split(",") if one.strip()]
        case "days":
            return _number(text)
        case "yaml":
            try:
                return _plain(YAML(typ="safe", pure=True).load(text))
            except (YAMLError, ValueError):
                return text
        case _:
            return text


def _number(text: str) -> Any:
    if _NUMBER.match(text):
        return int(text)
    try:
        return float(text) if re.match(r"^-?\d{1,6}\.\d{1,4}$", text) else text
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    """Only what a protocol holds: dates become words again."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, int | float | bool | str) or value is None else str(value)
