"""A list tried before it is enrolled: what each row would do after those before it. Only looks, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from messages.database import Connection
from messages.encryption import Vault
from messages.people import Hospital, Hours
from scheduler.foresee import Family, Foreseen, Note, foresee
from scheduler.store.families import phones_of, same_name, spelled


@dataclass
class _Course:
    """A follow-up as it would be by now."""

    day_zero: str
    asked: str  # the phone that is asked first; "" when it is not in the list
    phones: list[str]


@dataclass
class _Child:
    name: str
    record: str
    phones: list[str]
    courses: dict[str, _Course] = field(default_factory=dict)


@dataclass
class Rehearsal:
    """What the rows so far would have done. `kept` and `again` carry it from one request to the next."""

    children: list[_Child] = field(default_factory=list)
    # Name, language, zone and hours by phone.
    adults: dict[str, tuple[str, str, str, Hours | None]] = field(default_factory=dict)
    by: dict[str, int] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def again(cls, kept: dict[str, Any]) -> Rehearsal:
        children = [
            _Child(one["name"], one["record"], one["phones"],
                   {name: _Course(**course) for name, course in one["courses"].items()})
            for one in kept.get("children", ())
        ]
        return cls(children, {phone: tuple(one) for phone, one in kept.get("adults", {}).items()}, kept.get("by", {}))

    def would(
        self, connection: Connection, vault: Vault, hospital: Hospital, family: Family, now: datetime
    ) -> tuple[str, tuple[Note, ...]]:
        """(what enrolling this row would count as, what to know about it). Raises EnrolmentError."""
        seen = foresee(connection, vault, hospital, family, now)
        if self._renamed(family, seen):
            seen = replace(seen, child_id=None, episode=None, before=None, here=frozenset(), off=frozenset())
        moved = self._adults(family, seen)
        phones = [entry.phone for entry in family.caregivers]
        everybody = list(phones)
        if seen.child_id and family.record and f"here {seen.child_id}" not in self.by:
            everybody += phones_of(connection, vault, seen.child_id)  # it has this row's name for all of them now
        child = self._child(family, seen, everybody)
        course = child.courses.get(family.protocol)
        if course is None and seen.episode is None:
            child.courses[family.protocol] = _Course(family.day_zero.isoformat(), phones[0], phones)
            return "new", seen.notes
        target, replanned = seen.day_zero.isoformat(), False
        if course is None:
            assert seen.before is not None
            replanned = seen.before.protocol_id != seen.protocol_id
            course = child.courses[family.protocol] = _Course(seen.before.day_zero.isoformat(), "", [])
        if seen.before is not None and not course.asked:
            ids = {was.id: was.phone for was in seen.known if was}
            course.asked = ids.get(seen.before.caregiver_id, "")
        there = {was.phone for was in seen.known if was and was.id in seen.here | seen.off}
        joined = not set(phones) <= {*course.phones, *there}
        replanned = replanned or course.day_zero != target or course.asked in moved
        course.day_zero = target
        course.phones = [*course.phones, *(phone for phone in phones if phone not in course.phones)]
        return "re-planned" if replanned else "joined" if joined else "unchanged", seen.notes

    def _adults(self, family: Family, seen: Foreseen) -> set[str]:
        """Take down the adults as this row leaves them; the phones whose zone changes."""
        moved = set()
        for entry, was in zip(family.caregivers, seen.known, strict=True):
            now = self.adults.get(entry.phone)
            if now is None and was is None:
                self.adults[entry.phone] = (spelled(entry.name), entry.language, entry.zone, entry.hours)
                continue
            written = (entry.language, entry.zone)
            may = now is not None or (was is not None and was.id in seen.updates)
            if now is None:
                assert was is not None
                now = (was.name, was.language, was.zone, was.hours)
            if may and same_name(now[0], entry.name) and now[1:] != (*written, entry.hours or now[3]):
                if now[2:] != (entry.zone, entry.hours or now[3]):
                    moved.add(entry.phone)
                self.adults[entry.phone] = (now[0], *written, entry.hours or now[3])
        return moved

    def _child(self, family: Family, seen: Foreseen, everybody: Sequence[str]) -> _Child:
        name = spelled(family.child).casefold()
        phones = [entry.phone for entry in family.caregivers]
        keys = [f"record {family.record}"] if family.record else []
        keys += [f"{name} {phone}" for phone in phones]
        known = f"here {seen.child_id}" if seen.child_id else ""
        sure = [keys.pop(0)] if family.record else []
        if known and self._is(self.by.get(known), family.record):
            keys = [known]  # whoever is here is that child, though the list may name another
        place = next(
            (self.by[key] for key in [*sure, *keys] if key in self.by and self._is(self.by[key], family.record)), None
        )
        if place is None:
            place = len(self.children)
            self.children.append(_Child(name, family.record, phones))
        child = self.children[place]
        child.record = child.record or family.record
        if child.name != name:  # its record number gave it another name
            self._forget(child.name, place)
            child.name = name
        if child.record:
            self.by.setdefault(f"record {child.record}", place)
        if known:
            self.by.setdefault(known, place)
        child.phones = list(dict.fromkeys([*child.phones, *everybody]))
        for phone in child.phones:
            self.by.setdefault(f"{name} {phone}", place)
        return child

    def _renamed(self, family: Family, seen: Foreseen) -> bool:
        """Whether this row knows by its old name a child to whom a row before gave another."""
        place = self.by.get(f"here {seen.child_id}")
        if place is None:
            return False
        child = self.children[place]
        return child.name != spelled(family.child).casefold() and not (child.record and child.record == family.record)

    def _forget(self, name: str, place: int) -> None:
        """Nobody finds this child by that name any more, but perhaps another of that name."""
        for phone in self.children[place].phones:
            key = f"{name} {phone}"
            if self.by.get(key) == place:
                del self.by[key]
                others = enumerate(self.children)
                found = [n for n, one in others if n != place and one.name == name and phone in one.phones]
                if found:
                    self.by[key] = found[0]

    def _is(self, place: int | None, record: str) -> bool:
        """A child under another record number is another child."""
        return place is None or not record or self.children[place].record in ("", record)
