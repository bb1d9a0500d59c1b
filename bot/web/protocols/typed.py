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

from bot.reading.own_check import problems_of
from bot.web.protocols.shapes import Blank, Part, draw
from messages.errors import ProtocolError
from scheduler.load import load_protocol
from scheduler.protocol import Protocol
from scheduler.tree import KeyPath, UnreadableError, read_tree
from scheduler.written import REMOVED, with_values

WHERE = "draft"
_LINE = re.compile(rf"^{WHERE}:(\d+):(\d+): (?:([\w.\-]+): )?(.*)$", re.DOTALL)
_NUMBER = re.compile(r"^-?\d{1,9}$")


@dataclass(frozen=True)
class Problem:
    """One mistake: its line and column in the YAML, the path of its key, what is wrong with the mend."""

    line: int
    column: int
    path: str
    what: str


@dataclass(frozen=True)
class Looked:
    """A draft's text looked at: its protocol when it is good, the parts of its form when it can be read at all."""

    source: str
    protocol: Protocol | None
    problems: tuple[Problem, ...]
    parts: tuple[Part, ...]
    name: str

    def wrong(self, part: Part) -> str:
        """What is wrong with this field, or below it when it has none of its own."""
        exact = [one.what for one in self.problems if one.path == part.dotted]
        below = [one.what for one in self.problems if not part.parts and one.path.startswith(f"{part.dotted}.")]
        return " ".join(dict.fromkeys(exact + below))

    def count(self, part: Part) -> int:
        """How many mistakes there are in a part."""
        return sum(one.path == part.dotted or one.path.startswith(f"{part.dotted}.") for one in self.problems)


def look(source: str) -> Looked:
    """Everything that is to be known of a text as it was typed."""
    protocol, problems = None, []
    try:
        protocol = load_protocol(source, WHERE)
        problems = [
            Problem(0, 0, path, what)
            for path, _colon, what in (one.partition(": ") for one in map(str, problems_of(protocol.words)))
        ]
    except ProtocolError as error:
        problems = [_problem(line) for line in error.problems]
    try:
        plain: Any = read_tree(source)[0]
    except UnreadableError:
        return Looked(source, None, tuple(problems), (), "")
    if not isinstance(plain, dict):
        return Looked(source, None, tuple(problems), (), "")
    spoken = plain.get("languages")
    languages = [str(one) for one in spoken] if isinstance(spoken, list) else ["en"]
    parts = draw(Protocol, plain, (), languages)
    return Looked(source, None if problems else protocol, tuple(problems), parts, str(plain.get("name", ""))[:40])


def _problem(line: str) -> Problem:
    found = _LINE.match(line)
    if not found:
        return Problem(1, 1, "", line.removeprefix(f"{WHERE}: "))
    return Problem(int(found[1]), int(found[2]), found[3] or "", found[4])


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
        return with_values(source, values)
    except (UnreadableError, KeyError, IndexError, TypeError):
        return source


def clean(text: str) -> str:
    """As a file has it: browsers send lines that end in CR LF."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") or not text else text + "\n"


def _changes(form: MultiDict[str, str], drawn: str) -> Iterator[tuple[KeyPath, Any]]:
    for part in all_parts(look(drawn).parts):
        if part.name not in form:
            continue
        if part.shape.kind == "many":
            given = tuple(one for one in form.getlist(part.name) if one)
            if set(given) != set(part.value):
                yield part.path, list(given) or (REMOVED if part.there and part.shape.optional else list(given))
            continue
        given_text = clean(form[part.name]).strip()
        if given_text == str(part.value).strip():
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


def with_part(source: str, path: str, name: str = "") -> str:
    """`source` with one more item in the list or the named parts at `path` ("phases", "questions/daily/menu")."""
    looked = look(source)
    part = next(one for one in all_parts(looked.parts) if "/".join(map(str, one.path)) == path)
    languages = tuple(str(one.key) for one in _languages(looked)) or ("en",)
    questions = [one.key for one in all_parts(looked.parts) if one.path[:1] == ("questions",) and len(one.path) == 2]
    blank = Blank(languages, known={"ask": (questions or ["daily"])[0], "at": ["9:00"], "days": 1, "signs": []})
    new = blank.of(part.shape.model)
    if part.shape.kind == "named":
        taken = {one.key for one in part.parts}
        if part.key == "menu":
            name = name if name.isdigit() else next(str(n) for n in (*range(1, 10), 0, "") if str(n) not in taken)
            return with_values(source, {(*part.path, int(name) if name else "new"): new})
        name = re.sub(r"[^a-z0-9_-]+", "_", name.strip().lower()).strip("_") or "question"
        while name in taken:
            name += "_2"
        return with_values(source, {(*part.path, name): new})
    if not part.there or not part.parts:
        return with_values(source, {part.path: [new]})
    return with_values(source, {(*part.path, len(part.parts)): new})


def _languages(looked: Looked) -> tuple[Part, ...]:
    title = next((one for one in looked.parts if one.key == "title"), None)
    return title.parts if title else ()


def without_part(source: str, path: str) -> str:
    """`source` without the part at `path`."""
    keys: KeyPath = tuple(int(one) if one.isdigit() else one for one in path.split("/"))
    return with_values(source, {keys: REMOVED})


