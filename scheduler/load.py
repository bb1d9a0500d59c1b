"""YAML -> Protocol. Every problem is told as file:line:column: key.path: what is wrong, and the mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from messages.errors import NotFoundError, ProtocolError
from scheduler.check import problems_of
from scheduler.check_steps import Problem
from scheduler.fields import nearest
from scheduler.in_words import in_words
from scheduler.parts import Joined, join, pieces_of
from scheduler.protocol import Protocol
from scheduler.tree import KeyPath, UnreadableError
from scheduler.warn import Coverage, unsendable, warnings_of

LARGEST = 100 * 1024  # characters; the shipped protocols have fewer than 15,000
_TOO_LARGE = f"the file is too large. Keep it under {LARGEST // 1024} KB."
_MOST_TOLD = 50  # problems
_PROTOCOLS = resources.files("scheduler") / "protocols"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to mend or to look at: where it stands (`line` and `column` from 1), which key, what, and the mend."""

    where: str
    line: int
    column: int
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}:{self.line}:{self.column}: {self.key + ': ' if self.key else ''}{self.what}"


@dataclass(frozen=True)
class Checked:
    """What is to be said of one file. With `errors` there is no protocol, and nothing can be published."""

    protocol: Protocol | None
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    joined: Joined | None = None

    def at(self, path: KeyPath, what: str, where: str) -> Finding:
        """One more thing that was found out about this file, at its place."""
        return _findings(self.joined or Joined(marks={(): ("", (1, 1))}), [(path, what)], where)[0]


def shipped_names() -> tuple[str, ...]:
    """The protocols that come with Hearback, by name."""
    return tuple(sorted(f.name.removesuffix(".yaml") for f in _PROTOCOLS.iterdir() if f.name.endswith(".yaml")))


def shipped_source(name: str) -> str:
    """The YAML of a shipped protocol. Raises NotFoundError."""
    if name not in shipped_names():
        raise NotFoundError(f"No protocol {name!r} comes with Hearback.", mend=nearest(name, shipped_names()))
    return (_PROTOCOLS / f"{name}.yaml").read_text(encoding="utf-8")


def shipped_parts() -> tuple[str, ...]:
    """The parts that come with Hearback, as a protocol names them under `use`."""
    return tuple(sorted(f"parts/{f.name}" for f in (_PROTOCOLS / "parts").iterdir() if f.name.endswith(".yaml")))


@lru_cache
def load_shipped(name: str) -> Protocol:
    """A protocol that comes with Hearback. Raises NotFoundError."""
    return load_protocol(shipped_source(name), f"{name}.yaml")


def load_file(path: Path) -> Protocol:
    """The protocol in the file at `path`. Raises ProtocolError, with every problem, and nothing else."""
    return load_protocol(read_source(path), str(path))


def read_source(path: Path) -> str:
    """The text of a protocol file with the parts that stand beside it, so that it holds all that it means.

    UTF-8 with or without a byte order mark. Raises ProtocolError.
    """
    text = _read(path)
    try:
        used = pieces_of(text, str(path)).used
    except UnreadableError:
        return text  # whoever loads it will say what is wrong
    beside = {name: _read(path.parent / name) for name in used if (path.parent / name).is_file()}
    return _with_parts(text, beside)


def whole(text: str) -> str:
    """`text` with every shipped part that it uses: what is published stays what it is when Hearback is upgraded."""
    try:
        pieces = pieces_of(text, "")
    except UnreadableError:
        return text
    missing = [name for name in pieces.used if name not in pieces.parts and name in shipped_parts()]
    return _with_parts(text, {name: _shipped_part(name) for name in missing})


def load_protocol(text: str, where: str) -> Protocol:
    """The protocol written in `text`; `where` names the file in every problem. Raises ProtocolError only."""
    checked = check_text(text, where)
    if checked.protocol is None:
        lines = [str(one) for one in checked.errors]
        more = [f"{where}: and {len(lines) - _MOST_TOLD} more problems."] if len(lines) > _MOST_TOLD else []
        raise ProtocolError(lines[:_MOST_TOLD] + more)
    return checked.protocol


def load_kept(text: str) -> Protocol:
    """A version that was published once: whatever checks came since, families on it are texted as they were.

    Raises ProtocolError for what never was a protocol.
    """
    try:
        return Protocol.model_validate(joined_of(text).tree)
    except (ValidationError, UnreadableError):
        return load_protocol(text, "the protocol")


def check_text(text: str, where: str, coverage: Coverage | None = None) -> Checked:
    """Everything there is to say of a protocol's text: what stops it, or what is to be looked at.

    `coverage` says when somebody of the hospital answers. With None nothing is said of that.
    """
    if len(text) > LARGEST:
        return Checked(None, (Finding(where, 1, 1, "", _TOO_LARGE),))
    try:
        joined = joined_of(text)
    except UnreadableError as error:
        return Checked(None, (Finding(error.where or where, *error.mark, "", error.what),))
    found: Iterable[Problem] = joined.problems
    protocol = None
    if not found:
        try:
            protocol = Protocol.model_validate(joined.tree)
        except ValidationError as error:
            told = error.errors(include_url=False)
            # A list whose items are wrong is also called too short: that says nothing more.
            found = [in_words(one) for one in told if one["type"] != "too_short" or not one["input"]]
        else:
            found = problems_of(protocol) or list(unsendable(protocol))
    if found or protocol is None:
        return Checked(None, _findings(joined, found, where), (), joined)
    # What a part offers need not be asked by everybody who uses it.
    warned = [one for one in warnings_of(protocol, coverage) if not one.unused or joined.is_own(one.path)]
    return Checked(protocol, (), _findings(joined, ((one.path, one.what) for one in warned), where), joined)


def joined_of(text: str) -> Joined:
    """The protocol's own text and its parts as one, good or not. Raises UnreadableError."""
    pieces = pieces_of(text, "")
    missing = [name for name in pieces.used if name not in pieces.parts and name in shipped_parts()]
    return join(pieces, {name: _shipped_part(name) for name in missing}, shipped_parts())


def _findings(joined: Joined, problems: Iterable[Problem], where: str) -> tuple[Finding, ...]:
    def told(path: KeyPath, what: str) -> Finding:
        file, (line, column) = joined.mark(path)
        key = path[1:] if file and path[:1] == (file,) else path
        return Finding(file or where, line, column, ".".join(str(part) for part in key), what)

    own_first = lambda one: (one.where != where, one)  # noqa: E731
    return tuple(sorted({told(path, what) for path, what in problems}, key=own_first))


def _with_parts(text: str, parts: dict[str, str]) -> str:
    end = "" if text.endswith("\n") or not parts else "\n"
    return text + end + "".join(f"--- # {name}\n{part.rstrip()}\n" for name, part in parts.items())


def _shipped_part(name: str) -> str:
    return (_PROTOCOLS / name).read_text(encoding="utf-8")


def _read(path: Path) -> str:
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
