"""The rota as the page shows it: four weeks of days, every hole with its mend, one's own shifts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.web.hospital.forms import clock
from bot.web.language import Words, _
from bot.web.present import date_of
from messages.hours import instant_of
from messages.people import Hospital, Right, Staff
from messages.reachable import reachable
from messages.rota import Clash, ClashKind, Duty, Rota, Slot, Stretch, fallback, has_rota, holes, rota

DAYS = 28
CLASHES = Words({
    ClashKind.NOT_THEIRS: "%(giver)s gave a shift to %(taker)s that is not theirs any more. Both count as on duty.",
    ClashKind.NOBODY: "%(giver)s gave a shift to somebody who left or cannot be told. %(giver)s counts as on duty.",
    ClashKind.TWICE: "%(giver)s gave %(taker)s a shift that %(taker)s has already. Both count as on duty.",
    ClashKind.AWAY: "%(taker)s is away on a shift that %(giver)s gave them. %(giver)s counts as on duty.",
    ClashKind.BACKWARDS: "An absence of %(giver)s ends before it begins. It does not count.",
})


@dataclass(frozen=True)
class Line:
    """One person's time on duty in a day's list; `gave` names whose shift it was."""

    rung: int
    name: str
    hours: str
    mine: bool
    gave: str = ""
    doubtful: bool = False


@dataclass(frozen=True)
class Day:
    """One day of the calendar; what begins on it."""

    day: date
    name: str  # of a holiday or other day that is not as usual
    closed: bool
    lines: tuple[Line, ...]
    holes: tuple[str, ...]
    away: tuple[str, ...]


@dataclass(frozen=True)
class Hole:
    """A time when nobody is on duty: in words, and whom pages go to then. `in_hours`: in which texts are read."""

    begins_at: datetime
    ends_at: datetime
    words: str
    goes_to: str
    in_hours: bool

    @property
    def key(self) -> str:
        return f"{self.begins_at.isoformat()}/{self.ends_at.isoformat()}"


@dataclass(frozen=True)
class Mine:
    """A shift of one person: `key` for forms, `words` to read, whether it is going on."""

    key: str
    words: str
    who: str
    name: str
    now: bool
    gave: str = ""


def first_day(hospital: Hospital, now: datetime) -> date:
    """The Monday of this week on the hospital's calendar."""
    today = now.astimezone(hospital.tz).date()
    return today - timedelta(days=today.weekday())


def window(hospital: Hospital, first: date) -> Stretch:
    return instant_of(hospital, first, time(0)), instant_of(hospital, first + timedelta(days=DAYS), time(0))


def days_of(hospital: Hospital, staff: Sequence[Staff], first: date, me: str) -> tuple[list[Day], Rota]:
    """Four weeks from `first` on, and the rota they were drawn from."""
    since, until = window(hospital, first)
    found = rota(hospital, staff, since, until)
    open_times = holes(hospital, staff, since, until)
    return [_day(hospital, staff, first + timedelta(days=n), found, open_times, me) for n in range(DAYS)], found


def _day(
    hospital: Hospital, staff: Sequence[Staff], day: date, found: Rota, open_times: Sequence[Stretch], me: str
) -> Day:
    begins, ends = instant_of(hospital, day, time(0)), instant_of(hospital, day + timedelta(days=1), time(0))
    lines = [
        Line(duty.rung, duty.person.name, span(hospital, (duty.begins_at, duty.ends_at), dated=False),
             duty.person.id == me, duty.gave.name if duty.gave else "", duty.doubtful)
        for duty in found.duties
        if begins <= duty.begins_at < ends
    ]  # fmt: skip
    bare = [(max(a, begins), min(b, ends)) for a, b in open_times if a < ends and begins < b]
    away = [one.name for one in staff if any(each.begins_at < ends and begins < each.ends_at for each in one.away)]
    other = next((one for one in hospital.other_days if one.day == day), None)
    return Day(
        day, other.name if other else "", hospital.hours_on(day) is None,
        tuple(sorted(lines, key=lambda one: one.rung)),
        tuple(span(hospital, part, dated=False) for part in bare), tuple(away),
    )


def span(hospital: Hospital, stretch: Stretch, *, dated: bool = True) -> str:
    """ "Sat 28 Nov 19:00-07:00"; with the second day where it is more than a night. Not `dated`: the times alone."""
    begins, ends = (at.astimezone(hospital.tz) for at in stretch)
    until = "24:00" if ends.time() == time(0) else clock(ends.time())
    hours = f"{clock(begins.time())}\N{EN DASH}{until}"
    if not dated:
        return hours if stretch[1] - stretch[0] < timedelta(days=1) or until == "24:00" else _("the whole day")
    last = (ends - timedelta(microseconds=1)).date()
    if begins.time() == ends.time() == time(0):
        if last == begins.date():
            return f"{date_of(last)}, {_('the whole day')}"
        return f"{date_of(begins.date())} \N{EN DASH} {date_of(last)}"
    if last == begins.date() or stretch[1] - stretch[0] < timedelta(hours=16):
        return f"{date_of(begins.date())} {hours}"
    return f"{date_of(begins.date())} {clock(begins.time())} \N{EN DASH} {date_of(last)} {until}"


def holes_of(hospital: Hospital, staff: Sequence[Staff], now: datetime, until: datetime) -> list[Hole]:
    """Every hole from now on, in order; none where the hospital keeps no rota."""
    if not has_rota(hospital, staff):
        return []
    begins = now.replace(second=0, microsecond=0)
    found = []
    for part in holes(hospital, staff, begins, until):
        local = part[0].astimezone(hospital.tz).date(), part[1].astimezone(hospital.tz).date()
        days = [local[0] + timedelta(days=n) for n in range(-1, (local[1] - local[0]).days + 1)]
        found.append(Hole(
            *part, span(hospital, part), pages_go_to(hospital, staff, part[0]),
            any(_meets(hospital, day, part) for day in days),
        ))  # fmt: skip
    return found


def _meets(hospital: Hospital, day: date, part: Stretch) -> bool:
    """Whether the hours in which texts are read on this day meet a stretch."""
    of = hospital.hours_on(day)
    if of is None:
        return False
    last = day if of.end > of.start else day + timedelta(days=1)
    return instant_of(hospital, day, of.start) < part[1] and part[0] < instant_of(hospital, last, of.end)


def pages_go_to(hospital: Hospital, staff: Sequence[Staff], at: datetime) -> str:
    """Whom pages go to when nobody is on duty then, in words."""
    people = fallback(hospital, staff, at)
    if not people:
        return _("nobody: no page reaches anybody")
    if people[0].id == hospital.fallback:
        return _("%(name)s first, then everybody who may act") % {"name": people[0].name}
    if len(people) == 1:
        return people[0].name
    return _("everybody who may act (of an emergency all at once, else %(name)s first)") % {"name": people[0].name}


def key_of(slot: Slot) -> str:
    """A shift of one date as a form carries it."""
    day, start, end, rung = slot
    return f"{day.isoformat()} {clock(start)} {clock(end)} {rung}"


def slot_of(key: str) -> Slot | None:
    """What `key_of` wrote; None for anything else."""
    try:
        day, start, end, rung = key.split(" ")
        return date.fromisoformat(day), time.fromisoformat(start), time.fromisoformat(end), int(rung)
    except ValueError:
        return None


def shifts_of(hospital: Hospital, duties: Iterable[Duty], now: datetime) -> list[Mine]:
    """Shifts that are not over, each once, in order: for a list of one's own, or to choose one to give."""
    found: dict[tuple[str, Slot], Mine] = {}
    for duty in duties:
        if duty.ends_at <= now or duty.doubtful:
            continue
        words = span(hospital, (duty.begins_at, duty.ends_at))
        one = Mine(
            key_of(duty.slot), words, duty.person.id, duty.person.name, duty.begins_at <= now < duty.ends_at,
            duty.gave.name if duty.gave else "",
        )
        found.setdefault((duty.person.id, duty.slot), one)
    return list(found.values())


def clash_words(clash: Clash) -> str:
    """What is wrong and how it is resolved, in a sentence."""
    names = {"giver": clash.giver.name if clash.giver else _("Somebody"),
             "taker": clash.taker.name if clash.taker else _("somebody")}  # fmt: skip
    return f"{date_of(clash.day)}: {CLASHES[clash.kind] % names}"


def may_take(staff: Sequence[Staff]) -> list[Staff]:
    """Who can be given a shift: whoever may act and can be told."""
    return [one for one in staff if reachable(one) and one.may(Right.ACT)]
