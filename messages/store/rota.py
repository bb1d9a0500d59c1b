"""The dated rota in the database: shifts of single dates, absences, and shifts that people give each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.errors import NotFoundError
from messages.ids import new_id
from messages.people import Absence, Shift, Staff, Swap
from messages.store import tables as t

PAST_AFTER = timedelta(days=35)  # entries that ended longer ago are kept, and no longer read with the people


class Kind(StrEnum):
    AWAY = "away"
    SHIFT = "shift"
    SWAP = "swap"


class State(StrEnum):
    HOLDS = "holds"
    ASKED = "asked"  # a swap that the other has not agreed to
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # taken back, whether it held or not


@dataclass(frozen=True)
class Entry:
    """One change of the weekly shifts. Of a swap `staff_id` gives and `to_id` takes; `made_by` None: a command."""

    id: str
    kind: Kind
    state: State
    staff_id: str
    begins_at: datetime
    ends_at: datetime
    made_by: str | None
    made_at: datetime
    to_id: str | None = None
    day: date | None = None
    start: time | None = None
    end: time | None = None
    rung: int | None = None
    settled_at: datetime | None = None

    @property
    def slot(self) -> tuple[date, time, time, int] | None:
        """The shift of one date that this is about; None for an absence."""
        if self.day is None or self.start is None or self.end is None or self.rung is None:
            return None
        return self.day, self.start, self.end, self.rung

    @property
    def parties(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.staff_id, self.to_id)))


def hold_rota(connection: Connection, hospital_id: str) -> None:
    """Whoever else changes this hospital's rota waits until the commit."""
    connection.execute(
        sa.select(t.hospitals.c.id).where(t.hospitals.c.id == hospital_id).with_for_update(key_share=True)
    )


def entries(connection: Connection, hospital_id: str) -> list[Entry]:
    """What holds or is asked, but for what was over long ago; in the order it was made."""
    r = t.rota.c
    rows = connection.execute(
        sa.select(t.rota)
        .where(r.hospital_id == hospital_id, ~r.past, r.state.in_((State.HOLDS, State.ASKED)))
        .order_by(r.made_at, r.id)
    )
    return [_entry(row) for row in rows]


def entry_by_id(connection: Connection, hospital_id: str, entry_id: str) -> Entry:
    """Raises NotFoundError for another hospital's."""
    r = t.rota.c
    row = connection.execute(sa.select(t.rota).where(r.id == entry_id, r.hospital_id == hospital_id)).first()
    if row is None:
        raise NotFoundError("This is not in the rota.", mend="Look at the rota as it is now.")
    return _entry(row)


def _entry(row: Any) -> Entry:
    return Entry(
        id=row.id, kind=Kind(row.kind), state=State(row.state), staff_id=row.staff_id, to_id=row.to_id,
        begins_at=row.begins_at, ends_at=row.ends_at, made_by=row.made_by, made_at=row.made_at, day=row.day,
        start=row.start_time, end=row.end_time, rung=row.rung, settled_at=row.settled_at,
    )


def add_entries(connection: Connection, hospital_id: str, new: Sequence[Entry]) -> None:
    """Write these; what was over long ago is put aside on the way."""
    if not new:
        return
    connection.execute(
        t.rota.insert(),
        [
            {
                "id": one.id, "hospital_id": hospital_id, "kind": one.kind.value, "state": one.state.value,
                "staff_id": one.staff_id, "to_id": one.to_id, "day": one.day, "start_time": one.start,
                "end_time": one.end, "rung": one.rung, "begins_at": one.begins_at, "ends_at": one.ends_at,
                "made_by": one.made_by, "made_at": one.made_at, "settled_at": one.settled_at,
            }
            for one in new
        ],
    )
    r = t.rota.c
    over = new[0].made_at - PAST_AFTER
    connection.execute(
        t.rota.update().where(r.hospital_id == hospital_id, ~r.past, r.ends_at < over).values(past=True)
    )


def new_entry(kind: Kind, state: State, staff_id: str, by: str | None, now: datetime, **values: Any) -> Entry:
    """An entry made now; one that holds at once is settled now."""
    settled = now if state is State.HOLDS else None
    return Entry(
        id=new_id(), kind=kind, state=state, staff_id=staff_id, made_by=by, made_at=now, settled_at=settled, **values
    )


def settle(connection: Connection, entry_id: str, state: State, by: str, now: datetime) -> None:
    """Agree, decline or take back, in the caller's commit."""
    r = t.rota.c
    values = {"state": state.value, "settled_by": by, "settled_at": now}
    connection.execute(t.rota.update().where(r.id == entry_id).values(**values))


def ends(connection: Connection, entry_id: str, at: datetime) -> None:
    """Let an absence end at another moment."""
    connection.execute(t.rota.update().where(t.rota.c.id == entry_id).values(ends_at=at))


@dataclass
class Dated:
    """What holds for one person."""

    extra: tuple[Shift, ...] = ()
    swaps: tuple[Swap, ...] = ()
    away: tuple[Absence, ...] = ()


def dated(connection: Connection, hospital_id: str) -> dict[str, Dated]:
    """The dated rota of a hospital by person. One query."""
    found: dict[str, Dated] = {}
    for one in entries(connection, hospital_id):
        if one.state is not State.HOLDS:
            continue
        for person in one.parties:
            of = found.setdefault(person, Dated())
            if one.kind is Kind.AWAY:
                of.away += (Absence(one.id, one.begins_at, one.ends_at),)
            elif one.slot is not None:
                day, start, end, rung = one.slot
                if one.kind is Kind.SHIFT:
                    of.extra += (Shift(one.staff_id, (), start, end, rung, day=day),)
                elif one.to_id is not None:
                    agreed = one.settled_at or one.made_at
                    of.swaps += (Swap(one.id, one.staff_id, one.to_id, day, start, end, agreed, rung),)
    return found


def flags_last_told(connection: Connection, hospital_id: str, staff_id: str) -> list[str]:
    """The open flags of which this person was among the last to be told."""
    f, p, later = t.flags.c, t.pages.c, t.pages.alias()
    last = sa.select(sa.func.max(later.c.at)).where(later.c.flag_id == f.id).correlate(t.flags).scalar_subquery()
    rows = connection.execute(
        sa.select(f.id)
        .join(t.pages, p.flag_id == f.id)
        .where(f.hospital_id == hospital_id, f.state == "open", p.staff_id == staff_id, p.at == last)
        .distinct()
    )
    return list(rows.scalars())


def tell_again(connection: Connection, flag_ids: Sequence[str], now: datetime) -> None:
    """These flags, if open, do not wait for their next step."""
    f = t.flags.c
    connection.execute(
        t.flags.update().where(f.id.in_(flag_ids), f.state == "open", f.next_page_at > now).values(next_page_at=now)
    )


def with_dated(people: Sequence[Staff], found: dict[str, Dated]) -> tuple[Staff, ...]:
    """The people of a hospital, each with their part of the dated rota."""
    def of(person: Staff) -> Staff:
        one = found.get(person.id)
        return replace(person, extra=one.extra, swaps=one.swaps, away=one.away) if one else person

    return tuple(of(person) for person in people)
