"""Who is on duty at an instant or between two, by the dated rota: pure.

Each day has the shifts of its weekday and those of its date; swaps move one shift of one date from one person to
another; absences cut out of shifts; what is left open is a hole. A rota may contradict itself, by a list that was
taken in or by a change made later: then more people count as on duty, never fewer, and `Clash` says what to mend.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from messages.hours import stretch_of
from messages.people import Hospital, Right, Shift, Staff, Swap
from messages.reachable import reachable

Stretch = tuple[datetime, datetime]
Slot = tuple[date, time, time, int]  # a shift of one date: day, from, to, rung


@dataclass(frozen=True)
class Duty:
    """One person on duty without a break, UTC. `slot` is the shift it is of, `gave` who gave it to them, if anybody.

    `doubtful`: they are on duty only because the rota contradicts itself.
    """

    person: Staff
    begins_at: datetime
    ends_at: datetime
    slot: Slot
    gave: Staff | None = None
    doubtful: bool = False

    @property
    def rung(self) -> int:
        return self.slot[3]

    @property
    def day(self) -> date:
        return self.slot[0]


class ClashKind(StrEnum):
    NOT_THEIRS = "not_theirs"  # the shift that was given away is not the giver's (any more): the taker has it too
    NOBODY = "nobody"  # whoever took it has left, or no page reaches them: the giver has it
    TWICE = "twice"  # whoever took it has that shift already: the giver has it too
    AWAY = "away"  # whoever took it is away then: the giver has it for that time
    BACKWARDS = "backwards"  # an absence that ends before it begins: it does not count


@dataclass(frozen=True)
class Clash:
    """Where the rota contradicts itself. `giver` and `taker` are of a swap; of an absence `giver` is whose it is."""

    kind: ClashKind
    day: date
    giver: Staff | None = None
    taker: Staff | None = None
    entry_id: str = ""


@dataclass
class _Held:
    """Somebody's hold on a slot, and who had it before them, first to last."""

    person: Staff
    before: tuple[Staff, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True)
class Rota:
    """Who is on duty between two instants, in order, and where the rota contradicts itself."""

    duties: tuple[Duty, ...]
    clashes: tuple[Clash, ...] = field(default=())


def rota(hospital: Hospital, staff: Sequence[Staff], since: datetime, until: datetime) -> Rota:
    """Every duty that touches [since, until), whole, and every clash of those days."""
    ours = {person.id: person for person in staff if person.hospital_id == hospital.id}
    first, last = (at.astimezone(hospital.tz).date() for at in (since, until))
    days = [first + timedelta(days=n) for n in range(-1, (last - first).days + 1)]
    held: dict[Slot, list[_Held]] = {}
    for person in ours.values():
        for slot in slots_of(hospital, person, days):
            held.setdefault(slot, []).append(_Held(person))
    clashes = [*_swapped(ours, held, (days[0], days[-1]))]
    for person in ours.values():
        for one in person.away:
            if one.ends_at <= one.begins_at and since <= one.begins_at < until:
                day = one.begins_at.astimezone(hospital.tz).date()
                clashes.append(Clash(ClashKind.BACKWARDS, day, giver=person, entry_id=one.id))
    duties: dict[tuple[str, Slot, datetime], Duty] = {}
    for slot, holders in held.items():
        whole = stretch_of(hospital, *slot[:3])
        if whole is None or whole[1] <= since or whole[0] >= until:
            continue
        for duty, clash in _duties(slot, whole, holders):
            if clash is not None:
                clashes.append(clash)
            key = (duty.person.id, slot, duty.begins_at)
            if key not in duties or duties[key].doubtful:  # sure beats doubtful
                duties[key] = duty
    place = {person_id: n for n, person_id in enumerate(ours)}
    found = [one for one in duties.values() if one.begins_at < until and since < one.ends_at]
    found.sort(key=lambda one: (one.begins_at, one.rung, place[one.person.id]))
    return Rota(tuple(found), tuple(dict.fromkeys(clashes)))


def slots_of(hospital: Hospital, person: Staff, days: Iterable[date]) -> Iterator[Slot]:
    """The shifts of this person that begin on these days, each once, before any swap or absence."""
    shifts: Sequence[Shift] = (*person.shifts, *person.extra)
    for day in days if shifts else ():
        closed = hospital.closed_on(day)
        found = {
            (day, one.start, one.end, one.rung) for one in shifts if one.begins_on(day, closed=closed)
        }
        yield from sorted(found)


def _swapped(ours: dict[str, Staff], held: dict[Slot, list[_Held]], days: tuple[date, date]) -> Iterator[Clash]:
    """Carry out every swap of these days, in the order they were agreed."""
    swaps: dict[str, Swap] = {}
    for person in ours.values():
        swaps |= {one.id: one for one in person.swaps if days[0] <= one.day <= days[1]}
    for swap in sorted(swaps.values(), key=lambda one: (one.agreed_at, one.id)):
        giver, taker = ours.get(swap.staff_id), ours.get(swap.to_id)
        holders = held.setdefault((swap.day, swap.start, swap.end, swap.rung), [])
        gives = next((one for one in holders if one.person.id == swap.staff_id and not one.doubtful), None)
        kind = None
        if taker is None or not reachable(taker):
            kind = ClashKind.NOBODY
        elif any(one.person.id == swap.to_id for one in holders):
            kind = ClashKind.TWICE
        elif gives is None:
            kind = ClashKind.NOT_THEIRS
            holders.append(_Held(taker, doubtful=True))
        else:
            holders.remove(gives)
            holders.append(_Held(taker, (*gives.before, gives.person)))
        if kind is not None:
            yield Clash(kind, swap.day, giver, taker, swap.id)


def _duties(slot: Slot, whole: Stretch, holders: Sequence[_Held]) -> Iterator[tuple[Duty, Clash | None]]:
    """The duties of one slot. The part for which somebody is away falls back to whoever gave it to them."""
    for one in holders:
        gave = one.before[-1] if one.before else None
        for begins, ends in left_of(one.person, whole):
            yield Duty(one.person, begins, ends, slot, gave, one.doubtful), None
        if one.before:
            for open_part in _less([whole], left_of(one.person, whole)):
                clash = Clash(ClashKind.AWAY, slot[0], gave, one.person)
                for former in one.before:
                    for begins, ends in left_of(former, open_part):
                        yield Duty(former, begins, ends, slot, None, doubtful=True), clash


def left_of(person: Staff, whole: Stretch) -> list[Stretch]:
    """What absences leave of a stretch. One that ends before it begins takes nothing away."""
    away = [(one.begins_at, one.ends_at) for one in person.away if one.begins_at < one.ends_at]
    return _less([whole], away) if away else [whole]


def _less(stretches: Sequence[Stretch], gone: Iterable[Stretch]) -> list[Stretch]:
    """The stretches without what is `gone`."""
    left = list(stretches)
    for begins, ends in gone:
        left = [
            part
            for a, b in left
            for part in ((a, min(b, begins)), (max(a, ends), b))
            if part[0] < part[1]
        ] if begins < ends else left  # fmt: skip
    return sorted(set(left))


def duties_at(hospital: Hospital, staff: Sequence[Staff], now: datetime) -> tuple[Duty, ...]:
    """Whoever is on duty now, each once, on the lowest rung they have; lowest rung first, then in the order given."""
    here = rota(hospital, staff, now, now + timedelta(microseconds=1)).duties
    place = {person.id: n for n, person in enumerate(staff)}
    lowest: dict[str, Duty] = {}
    for duty in sorted(here, key=lambda one: (one.doubtful, one.rung)):
        lowest.setdefault(duty.person.id, duty)
    return tuple(sorted(lowest.values(), key=lambda one: (one.rung, place[one.person.id])))


def has_rota(hospital: Hospital, staff: Sequence[Staff]) -> bool:
    """Whether anybody who can be told has a shift at all; a hospital without shifts does not use the rota."""
    return any(
        person.shifts or person.extra or person.swaps
        for person in staff
        if person.hospital_id == hospital.id and reachable(person)
    )


def covered(hospital: Hospital, staff: Sequence[Staff], since: datetime, until: datetime) -> list[Stretch]:
    """The parts of [since, until) in which somebody is on duty who can be told, joined and in order."""
    joined: list[Stretch] = []
    for duty in rota(hospital, staff, since, until).duties:
        begins, ends = max(duty.begins_at, since), min(duty.ends_at, until)
        if not reachable(duty.person):
            continue
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def holes(hospital: Hospital, staff: Sequence[Staff], since: datetime, until: datetime) -> list[Stretch]:
    """The parts of [since, until) in which nobody is on duty who can be told: the fallback has them."""
    return _less([(since, until)], covered(hospital, staff, since, until)) if since < until else []


def fallback(hospital: Hospital, staff: Sequence[Staff], now: datetime) -> tuple[Staff, ...]:
    """Whom to tell, in order, when nobody is on duty: never nobody while a page reaches anybody.

    The hospital's own choice first, then everybody who may act; nobody who is away, unless there is nobody else.
    Where nobody may act, whoever can be reached.
    """

    here = [person for person in staff if person.hospital_id == hospital.id and reachable(person)]
    acting = [person for person in here if person.may(Right.ACT)] or here
    chosen = [person for person in here if person.id == hospital.fallback]
    everybody = [*chosen, *(person for person in acting if person not in chosen)]
    return there(everybody, now)


def there(people: Sequence[Staff], now: datetime) -> tuple[Staff, ...]:
    """Those of them who are not away; all of them where everybody is."""
    return tuple(
        one for one in people if not any(each.begins_at <= now < each.ends_at for each in one.away)
    ) or tuple(people)
