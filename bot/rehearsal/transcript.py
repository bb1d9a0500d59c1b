"""What happened in a rehearsal, line by line, for a person to read and for tests to compare. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import wrap
from typing import Literal

Kind = Literal["to", "from", "flag", "page", "promise", "staff", "missed", "state"]
_MARKS: dict[str, str] = {
    "to": "->", "from": "<-", "flag": "!!", "page": "((", "promise": "==", "staff": "**", "missed": "--", "state": "--",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One thing that happened. `local` is on the clock of whom it concerns; `about` says what it is in short."""

    kind: Kind
    at: datetime
    local: datetime
    who: str
    about: str
    words: str = ""
    segments: int = 0


@dataclass(frozen=True)
class Transcript:
    """A whole rehearsal of one family."""

    title: str
    tells: str
    protocol: str
    day_zero: date
    lines: tuple[Line, ...]

    def counts(self) -> Counter[str]:
        """How much of each there was, and what the texts to the family cost."""
        found: Counter[str] = Counter(line.kind for line in self.lines)
        found["segments"] = sum(line.segments for line in self.lines if line.kind == "to")
        return found

    def days(self) -> list[tuple[date, int, Sequence[Line]]]:
        """The lines of each local day with its day of recovery."""
        grouped: dict[date, list[Line]] = {}
        for line in self.lines:
            grouped.setdefault(line.local.date(), []).append(line)
        return [(day, (day - self.day_zero).days, lines) for day, lines in sorted(grouped.items())]


def told(transcript: Transcript) -> str:
    """The transcript as text, the same for the same happenings."""
    found = transcript.counts()
    out = [transcript.title, *wrap(transcript.tells, 100), f"Protocol: {transcript.protocol}", ""]
    for day, number, lines in transcript.days():
        out.append(f"Day {number}, {day:%A %d %B %Y}")
        for line in lines:
            cost = f", {line.segments} segment{'s' if line.segments != 1 else ''}" if line.segments else ""
            clock = f"{line.local:%H:%M} {_offset(line.local)}"
            out.append(f"  {clock}  {_MARKS[line.kind]} {line.who}: {line.about}{cost}".rstrip(": "))
            for part in line.words.splitlines():
                out += [f"                    | {piece}" for piece in wrap(part, 96) or [""]]
        out.append("")
    out.append(
        f"In all: {found['to']} texts to the family ({found['segments']} segments), {found['from']} from it, "
        f"{found['flag']} flags, {found['page']} pages, {found['promise']} promises, {found['missed']} missed."
    )
    return "\n".join(out) + "\n"


def _offset(local: datetime) -> str:
    return f"{local:%z}"[:3]
