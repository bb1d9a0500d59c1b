"""A rota from a spreadsheet: one shift of one date a row, each row taken or refused with the reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from bot.enrolment.sheet import decoded
from bot.rota.changes import Changing, shift_entry
from messages.errors import RotaError
from messages.people import Shift, Staff
from messages.rota import Slot
from messages.store.rota import Entry, add_entries

NEEDED = ("person", "date", "from", "to")
ALLOWED = (*NEEDED, "place")
MOST_ROWS = 1000
_EMPTY = "\u201c\u201d"
EXAMPLE = "person,date,from,to,place\r\nNora,2026-11-28,07:00,19:00,1\r\nOmar,2026-11-28,19:00,07:00,1\r\n"


@dataclass(frozen=True)
class Said:
    """What came of one row, by its number in the spreadsheet: new, here already, or a problem."""

    number: int
    who: str
    slot: Slot | None = None
    here: bool = False
    problem: RotaError | None = None


def read_rows(raw: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows with their numbers. Raises RotaError, and EnrolmentError for what is no text."""
    text = decoded(raw)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        lost = [name for name in NEEDED if name not in heading]
        if lost:
            raise RotaError(
                "The heading has no column %(lost)s.", mend="It needs: %(needed)s, and may have place.",
                lost=", ".join(lost), needed=", ".join(NEEDED),
            )
        strange = [name for name in heading if name and name not in ALLOWED]
        if strange:
            raise RotaError("Hearback does not know the column %(name)s.", mend="Leave it out.", name=strange[0])
        rows = [
            (reader.line_num, {name: cell.strip() for name, cell in zip(heading, cells, strict=False) if name})
            for cells in reader
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise RotaError(
            "Line %(line)s cannot be read.", mend="Look for a quotation mark that is not closed.", line=reader.line_num
        ) from error
    if len(rows) > MOST_ROWS:
        raise RotaError("The list has more than 1,000 rows.", mend="Split it.")
    return rows


def take_rows(of: Changing, rows: Sequence[tuple[int, dict[str, str]]], *, dry_run: bool) -> list[Said]:
    """Every row in order; a later row is held to the rota that the rows before it make. Good rows are one commit."""
    known = _known(of.staff.values())
    said: list[Said] = []
    new: list[Entry] = []
    for number, cells in rows:
        who = cells.get("person", "")
        try:
            person = _person(known, who)
            slot = _slot(cells)
            mine = of.staff[person.id]
            if slot in {(one.day, one.start, one.end, one.rung) for one in (*mine.extra, *mine.shifts)}:
                said.append(Said(number, mine.name, slot, here=True))
                continue
            entry = shift_entry(of, person.id, slot)
        except RotaError as error:
            said.append(Said(number, who, problem=error))
            continue
        new.append(entry)
        day, start, end, rung = slot
        of.staff[person.id] = replace(mine, extra=(*mine.extra, Shift(person.id, (), start, end, rung, day=day)))
        said.append(Said(number, mine.name, slot))
    if new and not dry_run:
        add_entries(of.connection, of.hospital.id, new)
        of.note("took in rota", of.hospital.id)
    return said


def _known(staff: Iterable[Staff]) -> dict[str, list[Staff]]:
    """The people by login and by name, in small letters."""
    known: dict[str, list[Staff]] = {}
    for person in staff:
        for name in {person.name.casefold(), person.login.casefold()} - {""}:
            known.setdefault(" ".join(name.split()), []).append(person)
    return known


def _person(known: dict[str, list[Staff]], who: str) -> Staff:
    found = known.get(" ".join(who.casefold().split()), [])
    if not found:
        raise RotaError(
            "Nobody here is called %(who)s.", mend="Write the name or the login as at People.", who=who or _EMPTY
        )
    if len(found) > 1:
        raise RotaError("Several people are called %(who)s.", mend="Write the login instead.", who=who)
    return found[0]


def _slot(cells: dict[str, str]) -> Slot:
    try:
        day = date.fromisoformat(cells.get("date", ""))
    except ValueError:
        raise RotaError(
            "%(day)s is no date.", mend="Write it like 2026-11-28.", day=cells.get("date") or _EMPTY
        ) from None
    place = cells.get("place", "") or "1"
    if place not in ("1", "2", "3", "4"):
        raise RotaError("The place is a number from 1 to 4.", mend="1 is told first.")
    return day, _clock(cells.get("from", "")), _clock(cells.get("to", "")), int(place)


def _clock(text: str) -> time:
    hour, colon, minutes = text.partition(":")
    if hour.isascii() and hour.isdecimal() and len(hour) <= 2 and (not colon or len(minutes.split(":")[0]) == 2):
        minute = minutes.split(":")[0] or "0"
        if minute.isascii() and minute.isdecimal() and int(minute) < 60:
            if int(hour) < 24:
                return time(int(hour), int(minute))
            if int(hour) == 24 and int(minute) == 0:
                return time(0)
    raise RotaError("%(text)s is no time.", mend="Write it like 19:00.", text=text or _EMPTY)
