"""A hospital's ladder for each level: who is told of a flag, by which ways, after how long the next are. Pure words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from messages.flags import Level, Targets

NEXT_DAY = timedelta(days=1)  # of a review: when the next staffed day has begun
MOST_PLACES = 4  # people on shift are told 1st to 4th
MOST_RUNGS = 8


class Way(StrEnum):
    """How a page reaches somebody."""

    TEXT = "text"
    CALL = "call"
    EMAIL = "email"
    PUSH = "push"
    CHAT = "chat"


class Who(StrEnum):
    PLACE = "place"  # those on shift who are told 1st, 2nd ...
    ON_SHIFT = "on_shift"  # everybody on shift
    PERSON = "person"
    MANAGERS = "managers"
    EVERYBODY = "everybody"  # whoever may act


@dataclass(frozen=True)
class Whom:
    """One answer to "who": `place` of those on shift, `staff_id` of a named person."""

    who: Who
    place: int = 0
    staff_id: str = ""

    @property
    def code(self) -> str:
        """As it is kept, and as a form's choice: "place:1", "person:<id>", "managers"."""
        more = str(self.place) if self.who is Who.PLACE else self.staff_id
        return f"{self.who.value}:{more}" if more else self.who.value


def whom_of(code: str) -> Whom | None:
    """What `Whom.code` wrote; None for anything else."""
    who, _, more = code.partition(":")
    if who not in set(Who):
        return None
    if who == Who.PLACE:
        return Whom(Who.PLACE, place=int(more)) if more in ("1", "2", "3", "4") else None
    if who == Who.PERSON:
        return Whom(Who.PERSON, staff_id=more) if more else None
    return None if more else Whom(Who(who))


@dataclass(frozen=True)
class Rung:
    """Everybody of `whom` is told at once, by every one of `ways`; `after` that the next rung is, or the last again."""

    whom: tuple[Whom, ...]
    after: timedelta
    ways: tuple[Way, ...] = tuple(Way)


@dataclass(frozen=True)
class Ladder:
    """Rungs from the first told to the last. When the last has failed it is told again every `again`, for good.

    `at_all_hours`: also while the hospital reads no texts. An emergency always is. `digest_at`, of a review alone: it
    is told at this hour of the hospital's open days, together with the others that wait, and at no other.
    """

    rungs: tuple[Rung, ...]
    again: timedelta
    at_all_hours: bool = True
    digest_at: time | None = None


LEVELS = (Level.EMERGENCY, Level.URGENT, Level.REVIEW)


@dataclass(frozen=True)
class Ladders:
    """A hospital's own; a level that is not here climbs the usual one."""

    own: Mapping[Level, Ladder] = field(default_factory=dict)

    def of(self, level: Level, targets: Targets) -> Ladder:
        level = level if level in LEVELS else Level.REVIEW
        return self.own.get(level) or usual(level, targets)


def usual(level: Level, targets: Targets) -> Ladder:
    """Those on shift one place after the other, then all of them together."""
    after = {Level.EMERGENCY: targets.emergency_again, Level.URGENT: targets.urgent_again}.get(level, NEXT_DAY)
    places = [(Whom(Who.PLACE, place=place),) for place in range(1, MOST_PLACES + 1)]
    rungs = tuple(Rung(whom, after, ways_of(level)) for whom in (*places, (Whom(Who.ON_SHIFT),)))
    return Ladder(rungs, after, at_all_hours=level is not Level.REVIEW)


def ways_of(level: Level) -> tuple[Way, ...]:
    """The usual ways: a review rings nobody's phone."""
    return tuple(Way) if level is Level.EMERGENCY else tuple(way for way in Way if way is not Way.CALL)


def kept(ladders: Ladders) -> dict[str, Any] | None:
    """The ladders as JSON; None when all of them are the usual ones."""
    return {
        level.value: {
            "rungs": [
                {
                    "whom": [one.code for one in rung.whom],
                    "after": rung.after.total_seconds() / 60,
                    "ways": [way.value for way in rung.ways],
                }
                for rung in ladder.rungs
            ],
            "again": ladder.again.total_seconds() / 60,
            "at_all_hours": ladder.at_all_hours,
            **({"digest_at": ladder.digest_at.isoformat("minutes")} if ladder.digest_at else {}),
        }
        for level, ladder in ladders.own.items()
    } or None


def opened(found: Mapping[str, Any] | None) -> Ladders:
    """What `kept` wrote. A person or way that is no more is passed over by whoever climbs."""
    return Ladders({
        Level(level): Ladder(
            tuple(
                Rung(
                    tuple(whom for code in rung["whom"] if (whom := whom_of(code))),
                    timedelta(minutes=rung["after"]),
                    tuple(Way(way) for way in rung["ways"] if way in set(Way)),
                )
                for rung in of["rungs"]
            ),
            timedelta(minutes=of["again"]),
            of["at_all_hours"],
            time.fromisoformat(of["digest_at"]) if of.get("digest_at") else None,
        )
        for level, of in (found or {}).items()
    })  # fmt: skip


def with_ladder(ladders: Ladders, level: Level, ladder: Ladder, targets: Targets) -> Ladders:
    """These, with another ladder for one level; the usual one is kept as no ladder of one's own."""
    own = {**ladders.own, level: ladder}
    return replace(ladders, own={one: of for one, of in own.items() if of != usual(one, targets)})


def named(ladder: Ladder) -> Sequence[str]:
    """The ids of the people whom a ladder names."""
    return [one.staff_id for rung in ladder.rungs for one in rung.whom if one.who is Who.PERSON]
