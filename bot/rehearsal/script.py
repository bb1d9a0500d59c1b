"""A made-up family as a file: who texts, what they answer to what is asked, what they text of their own accord."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from messages.conversation import Asked
from messages.errors import NotFoundError, ProtocolError
from scheduler.fields import Days, Duration, Language, LocalTime, Risk, nearest
from scheduler.load import read_source
from scheduler.tree import UnreadableError, read_tree

_Name = Annotated[str, Field(min_length=1, max_length=60)]
_Says = Annotated[str, Field(max_length=1600)]
ANYTHING = "anything"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Part):
    """One adult. The first of a family is asked first. A number confirms itself unless `confirms_after` is empty."""

    name: _Name
    relation: str = "mother"
    language: Language = "en"
    zone: str = "America/New_York"
    hours: str = ""  # between which this adult wants texts, "12:00-20:00"
    confirms_after: Duration | None = timedelta(minutes=2)


class Reply(_Part):
    """What is said to a question: `to` names it, its kind (menu, checkin, followup), or "anything"; "" says nothing."""

    to: _Name = ANYTHING
    says: _Says = ""
    by: str = ""  # any adult
    days: Days = ()
    after: Duration = timedelta(minutes=10)

    def fits(self, topic: str, asked: Asked, name: str, day: int) -> bool:
        kinds = (ANYTHING, topic, *asked.kind.split(":"), "menu" if asked.menu else "")
        return self.to in kinds and self.by in ("", name) and (not self.days or day in self.days)


class OwnText(_Part):
    """A text nobody asked for, on a day of recovery and at a local time of the one who writes."""

    day: Annotated[int, Field(ge=0, le=400)]
    at: LocalTime
    says: _Says
    by: str = ""  # the first adult


class Team(_Part):
    """What the hospital's people do about a flag, how long after it opens; None: nobody does."""

    takes_after: Duration | None = None
    closes_after: Duration | None = None


class Script(_Part):
    """One made-up family and what it lives through. `joined` is on the first adult's clock; None: noon of day zero."""

    title: _Name
    tells: str = ""
    protocol: str
    zone: str = "America/New_York"  # the hospital's
    child: _Name = "Ana"
    risks: tuple[Risk, ...] = ()
    day_zero: date
    joined: datetime | None = None
    until_day: Annotated[int, Field(ge=0, le=400)] | None = None
    adults: Annotated[tuple[Person, ...], Field(min_length=1, max_length=4)]
    answers: tuple[Reply, ...] = ()
    texts: tuple[OwnText, ...] = ()
    team: Team = Team()

    def reply(self, topic: str, asked: Asked, name: str, day: int) -> Reply | None:
        """What this adult says to a question: the first answer that fits, None when nothing is said."""
        found = next((one for one in self.answers if one.fits(topic, asked, name, day)), None)
        return found if found and found.says else None


def shipped_scripts() -> tuple[str, ...]:
    """The made-up families that come with Hearback, by name."""
    folder = resources.files("bot.rehearsal") / "families"
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))


def load_script(name: str) -> Script:
    """A family in a file, or a shipped one by its name. Raises NotFoundError, ProtocolError with every problem."""
    if name in shipped_scripts() and not Path(name).exists():
        shipped = resources.files("bot.rehearsal") / "families" / f"{name}.yaml"
        return script_from(shipped.read_text(encoding="utf-8"), f"{name}.yaml")
    if not Path(name).exists():
        raise NotFoundError(f"There is no family {name!r}.", mend=nearest(name, shipped_scripts()))
    return script_from(read_source(Path(name)), name)


def script_from(text: str, where: str) -> Script:
    """The family written in YAML `text`. Raises ProtocolError."""
    try:
        plain, marks = read_tree(text)
        return Script.model_validate(plain)
    except UnreadableError as error:
        raise ProtocolError([f"{where}:{error.mark[0]}:{error.mark[1]}: {error.what}"]) from None
    except ValidationError as error:
        lines = []
        for one in error.errors(include_url=False):
            path = tuple(one["loc"])
            while path not in marks:
                path = path[:-1]
            line, column = marks[path]
            lines.append(f"{where}:{line}:{column}: {'.'.join(map(str, one['loc']))}: {one['msg']}")
        raise ProtocolError(lines) from None


def at_local(day_zero: date, day: int, at: time) -> datetime:
    """The naive local time of a day of recovery."""
    return datetime.combine(day_zero + timedelta(days=day), at)
