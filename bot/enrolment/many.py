"""Many families, one after another, in commits of a hundred: good rows go in, bad rows are told, none goes twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.enrolment.rehearsal import Rehearsal
from bot.enrolment.sheet import Row
from bot.enrolment.written import day_first, family_of
from messages.database import Connection
from messages.errors import EnrolmentError
from messages.house import House
from messages.people import Hospital
from scheduler.enrol import Agreed
from scheduler.enrol_list import Became, enrol_list
from scheduler.foresee import Family, Note

KINDS = ("new", "re-planned", "joined", "unchanged")
AT_ONCE = 100  # families in one commit


@dataclass(frozen=True)
class Said:
    """What became, or would become, of one row: a kind of KINDS, or what is wrong with it."""

    row: Row
    kind: str
    problem: EnrolmentError | None = None
    notes: tuple[Note, ...] = ()


@dataclass
class Manner:
    """How a list is read and enrolled: where numbers are dialled, how dates are written, who asked the families."""

    region: str | None
    days_first: bool
    agreed: Agreed
    rehearsal: Rehearsal | None = field(default=None)  # set: nothing is written


def manner(rows: Sequence[Row], region: str | None, agreed: Agreed, *, dry_run: bool) -> Manner:
    days_first = day_first((row.cells.get("day_zero", "") for row in rows), region)
    return Manner(region, days_first, agreed, Rehearsal() if dry_run else None)


def take_rows(
    house: House, connection: Connection, hospital: Hospital, rows: Sequence[Row], how: Manner, now: datetime
) -> list[Said]:
    """Enrol these rows in the caller's commit, or only try them; a bad row undoes itself and no other."""
    said: dict[int, Said] = {}
    read: list[tuple[int, Family]] = []
    for place, row in enumerate(rows):
        try:
            family = _read(row, how)
            if how.rehearsal is None:
                read.append((place, family))
            else:
                kind, notes = how.rehearsal.would(connection, house.vault, hospital, family, now)
                said[place] = Said(row, kind, notes=notes)
        except EnrolmentError as error:
            said[place] = Said(row, "", error)
    listed = [(family, _agreed(rows[place], how)) for place, family in read]
    became = enrol_list(connection, house.vault, hospital, listed, now) if listed else []
    for (place, _family), one in zip(read, became, strict=True):
        said[place] = _said(rows[place], one)
    return [said[place] for place in range(len(rows))]


def _read(row: Row, how: Manner) -> Family:
    if row.surplus:
        raise EnrolmentError("It has more cells than the heading.", mend="Put text with commas in quotes.")
    return family_of(row.cells, how.region, days_first=how.days_first)


def _agreed(row: Row, how: Manner) -> Agreed:
    return Agreed(how.agreed.how, row.cells.get("consent", "") or how.agreed.words, how.agreed.asked_by)


def _said(row: Row, one: Became) -> Said:
    if isinstance(one, EnrolmentError):
        return Said(row, "", one)
    kind = "new" if one.fresh else "re-planned" if one.replanned else "joined" if one.joined else "unchanged"
    return Said(row, kind, notes=one.notes)


def enrol_all(
    house: House, hospital: Hospital, rows: Sequence[Row], how: Manner, clock: Callable[[], datetime]
) -> Iterator[Said]:
    """Every row of a list, in order, a commit for each hundred."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        opened = house.database.reading() if how.rehearsal is not None else house.database.writing()
        with opened as connection:
            said = take_rows(house, connection, hospital, some, how, clock())
        house.kick.set()
        yield from said
