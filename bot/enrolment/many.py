"""Many families, one after another, in commits of a hundred: good rows go in, bad rows are told, none goes twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.enrolment.rehearsal import Rehearsal
from bot.enrolment.sheet import ALLOWED, Row
from bot.enrolment.written import NEEDED, day_first, family_of, nothing_under, read_family
from messages.database import Connection
from messages.errors import EnrolmentError
from messages.house import House
from messages.people import Hospital
from scheduler.enrol import Agreed, Enrolled
from scheduler.enrol_list import enrol_list
from scheduler.family_check import mistakes
from scheduler.foresee import Family, Note

KINDS = ("new", "re-planned", "joined", "unchanged")
AT_ONCE = 100  # families in one commit


@dataclass(frozen=True)
class Said:
    """What became, or would become, of one row: a kind of KINDS, or everything that is wrong with it."""

    row: Row
    kind: str
    mistakes: tuple[EnrolmentError, ...] = ()
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
            said[place] = Said(row, "", _all_of(error, connection, hospital, row, how, now))
    listed = [(family, _agreed(rows[place], how)) for place, family in read]
    became = enrol_list(connection, house.vault, hospital, listed, now) if listed else []
    for (place, _family), one in zip(read, became, strict=True):
        if isinstance(one, EnrolmentError):
            said[place] = Said(rows[place], "", _all_of(one, connection, hospital, rows[place], how, now))
        else:
            said[place] = Said(rows[place], _kind(one), notes=one.notes)
    return [said[place] for place in range(len(rows))]


def _read(row: Row, how: Manner) -> Family:
    if row.surplus:
        raise EnrolmentError("It has more cells than the heading.", mend="Put text with commas in quotes.")
    return family_of(row.cells, how.region, days_first=how.days_first)


def _agreed(row: Row, how: Manner) -> Agreed:
    return Agreed(how.agreed.how, row.cells.get("consent", "") or how.agreed.words, how.agreed.asked_by)


def _kind(one: Enrolled) -> str:
    return "new" if one.fresh else "re-planned" if one.replanned else "joined" if one.joined else "unchanged"


def _all_of(
    first: EnrolmentError, connection: Connection, hospital: Hospital, row: Row, how: Manner, now: datetime
) -> tuple[EnrolmentError, ...]:
    """Everything that is wrong with a row, so that it is mended once; `first` when that is all there is."""
    if row.surplus:
        return (first,)  # its cells may stand under the wrong columns
    written = read_family(row.cells, how.region, days_first=how.days_first)
    found = {one.field: one for one in written.mistakes}
    for one in mistakes(connection, hospital, written.family, now, {}):
        one.field = _column(one.field, written.places, row.cells)
        found.setdefault(one.field, one)
    empty = [name for name in NEEDED if not row.cells.get(name, "").strip()]
    if empty:
        found = {"": nothing_under(empty)} | {field: one for field, one in found.items() if field not in empty}
    order = ["", *ALLOWED]
    return tuple(found[name] for name in sorted(found, key=order.index)) or (first,)


def _column(field: str, places: Sequence[str], cells: Mapping[str, str]) -> str:
    """Where a mistake stands in the list: language and zone of a second adult may be the first adult's."""
    name, _line, number = field.partition("_") if field[-2:-1] == "_" else (field, "", "")
    place = places[int(number) - 1] if number else ""
    return f"{name}{place}" if cells.get(f"{name}{place}", "").strip() or name not in ("language", "zone") else name


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
