"""Who answers when: the form of the shifts, and a week drawn from them in which holes are seen as holes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from werkzeug.datastructures import MultiDict

from bot.web.hospital.forms import BLANK_ROWS, Form, clock
from bot.web.hospital.typed import Typed
from bot.web.language import _
from messages.hours import instant_of, stretches
from messages.people import Hospital, Shift, Staff
from messages.reachable import reachable
from messages.rota import rota

MOST_RUNGS = 4
_WEEKDAYS = tuple("0123456")
_CLOSED = {None: "", True: "yes", False: "no"}


def cover_form(staff: Sequence[Staff]) -> Form:
    """Every shift of everybody, a row each, by rung; and a few empty rows."""
    form: Form = MultiDict()
    shifts = [one for person in staff for one in person.shifts]
    shifts.sort(key=lambda one: (one.day or date.min, one.rung))
    for row in range(len(shifts) + BLANK_ROWS):
        one = shifts[row] if row < len(shifts) else Shift("", (), time(8), time(18))
        form[f"who_{row}"], form[f"rung_{row}"] = one.staff_id, str(one.rung)
        form[f"from_{row}"], form[f"to_{row}"] = clock(one.start), clock(one.end)
        form[f"date_{row}"] = one.day.isoformat() if one.day else ""
        form[f"closed_{row}"] = _CLOSED[one.closed_days]
        form.setlist(f"days_{row}", [str(day) for day in one.weekdays])
    return form


def cover_read(typed: Typed, staff: Sequence[Staff]) -> list[Staff]:
    """The same people with the shifts that were typed."""
    shifts: dict[str, list[Shift]] = {person.id: [] for person in staff}
    told = {person.id: reachable(person) for person in staff}
    for row in typed.rows("who"):
        who = typed.form[f"who_{row}"]
        days = tuple(sorted({int(day) for day in typed.form.getlist(f"days_{row}") if day in _WEEKDAYS}))
        day = typed.day(f"date_{row}") if typed.form.get(f"date_{row}", "").strip() else None
        if who not in shifts:
            typed.wrong(f"who_{row}", _("Choose a person."))
            continue
        if not told[who]:
            typed.wrong(f"who_{row}", _("No page reaches this person. Choose another."))
        if bool(days) == bool(day):
            typed.wrong(f"days_{row}", _("Choose weekdays, or one date."))
        hours = typed.hours(f"from_{row}", f"to_{row}")
        closed = {"yes": True, "no": False}.get(typed.form.get(f"closed_{row}", ""))
        rung = typed.number(f"rung_{row}", 1, MOST_RUNGS)
        shifts[who].append(Shift(who, days, hours.start, hours.end, rung, closed if days else None, day))
    return [replace(person, shifts=tuple(shifts[person.id])) for person in staff]


@dataclass(frozen=True)
class Bar:
    """Part of a day, in percent of it; `who` is whoever answers, () in a hole. Clock times for reading aloud."""

    left: float
    width: float
    start: str
    end: str
    who: tuple[str, ...] = ()


@dataclass(frozen=True)
class CoverDay:
    """One day of the week: when texts are read, who answers on each rung, and when nobody does."""

    day: date
    name: str  # of a holiday or other day that is not as usual
    closed: bool
    staffed: tuple[Bar, ...]
    rungs: Mapping[int, tuple[Bar, ...]]
    holes: tuple[Bar, ...]

    @property
    def holes_in_hours(self) -> tuple[Bar, ...]:
        """Those in which texts are read: the worst."""
        return tuple(
            hole for hole in self.holes
            if any(one.left < hole.left + hole.width and hole.left < one.left + one.width for one in self.staffed)
        )


_Stretch = tuple[datetime, datetime]


def week_of(hospital: Hospital, staff: Sequence[Staff], first: date, days: int = 7) -> list[CoverDay]:
    """The days from `first` on by the dated rota, as they are for whom pages reach."""
    begins = instant_of(hospital, first, time(0))
    staffed = list(stretches(hospital, hospital.hours_on, begins, days=days))
    cover: dict[int, list[tuple[_Stretch, str]]] = {}
    for duty in rota(hospital, staff, begins, instant_of(hospital, first + timedelta(days=days), time(0))).duties:
        if reachable(duty.person):
            cover.setdefault(duty.rung, []).append(((duty.begins_at, duty.ends_at), duty.person.name))
    return [_day(hospital, first + timedelta(days=n), staffed, cover) for n in range(days)]


def _day(
    hospital: Hospital, day: date, staffed: Sequence[_Stretch], cover: Mapping[int, Sequence[tuple[_Stretch, str]]]
) -> CoverDay:
    start, end = instant_of(hospital, day, time(0)), instant_of(hospital, day + timedelta(days=1), time(0))

    def bar(a: datetime, b: datetime, who: tuple[str, ...] = ()) -> Bar:
        whole = (end - start).total_seconds()
        left, right = ((at - start).total_seconds() / whole * 100 for at in (a, b))
        ends = "24:00" if b == end else clock(b.astimezone(hospital.tz).time())
        return Bar(round(left, 2), round(right - left, 2), clock(a.astimezone(hospital.tz).time()), ends, who)

    def within(stretch: _Stretch) -> _Stretch | None:
        a, b = max(stretch[0], start), min(stretch[1], end)
        return (a, b) if a < b else None

    rungs = {}
    for rung, each in sorted(cover.items()):
        here = [(part, name) for stretch, name in each if (part := within(stretch))]
        edges = sorted({at for part, _name in here for at in part})
        bars: list[Bar] = []
        for a, b in pairwise(edges):
            who = tuple(dict.fromkeys(name for part, name in here if part[0] <= a and b <= part[1]))
            if who:
                bars.append(bar(a, b, who))
        if bars:
            rungs[rung] = tuple(bars)
    taken = sorted(part for each in cover.values() for stretch, _name in each if (part := within(stretch)))
    holes, reached = [], start
    for a, b in [*taken, (end, end)]:
        if a > reached:
            holes.append(bar(reached, a))
        reached = max(reached, b)
    other = next((one for one in hospital.other_days if one.day == day), None)
    return CoverDay(
        day, other.name if other else "", hospital.hours_on(day) is None,
        tuple(bar(*part) for stretch in staffed if (part := within(stretch))), rungs, tuple(holes),
    )
