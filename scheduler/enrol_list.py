"""Many families of one list in the caller's commit: what `enrol` does, in few statements where nothing is doubtful.

A family of whom nothing is known is written with the others of its kind; one that is here just as the list says is
passed over. Everything else goes through `enrol` by itself: a family may depend on the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from messages.database import Connection, IntegrityError
from messages.encryption import Vault
from messages.errors import EnrolmentError
from messages.people import Caregiver, ConsentKind, Hospital
from messages.store import tables as t
from messages.store.consents import consent_values
from scheduler.enrol import Agreed, Enrolled, enrol, first_plan
from scheduler.family_check import check
from scheduler.foresee import Family, Note
from scheduler.store import episodes, families
from scheduler.store.listed import ChildHere, Here, NewRows, who_is_here
from scheduler.store.published import protocol_by_id

Listed = tuple[Family, Agreed]
Became = Enrolled | EnrolmentError


def enrol_list(
    connection: Connection, vault: Vault, hospital: Hospital, listed: Sequence[Listed], now: datetime
) -> list[Became]:
    """What became of each family, in order: enrolled, or why it cannot be, and then nothing of it is written."""
    families.one_at_a_time(connection, hospital.id)
    return _List(connection, vault, hospital, listed, now).enrolled()


class _List:
    def __init__(
        self, connection: Connection, vault: Vault, hospital: Hospital, listed: Sequence[Listed], now: datetime
    ) -> None:
        self.connection, self.vault, self.hospital, self.listed, self.now = connection, vault, hospital, listed, now
        self.phones = [[vault.fingerprints("phone", one.phone) for one in family.caregivers] for family, _ in listed]
        self.marks = [
            families.child_marks(vault, family.child, family.record, [one.phone for one in family.caregivers])
            for family, _ in listed
        ]
        self.newest: dict[str, str | None] = {}
        self.became: list[Became | None] = [None] * len(listed)
        self.rows = NewRows()
        self.waiting: list[int] = []  # places whose rows are not written yet
        self.touched: set[bytes | str] = set()  # whatever families before this one may have changed

    def enrolled(self) -> list[Became]:
        phones = {one for several in self.phones for each in several for one in each}
        marks = {one for several in self.marks for each in several for one in each}
        here = who_is_here(self.connection, self.vault, self.hospital.id, phones, marks)
        for place, (family, agreed) in enumerate(self.listed):
            try:
                protocol_id = check(self.connection, self.hospital, family, self.now, self.newest)
            except EnrolmentError as error:
                self.became[place] = error
                continue
            mine = {one for each in (*self.phones[place], *self.marks[place]) for one in each}
            name = families.spelled(family.child).casefold()
            done = None
            if self.touched.isdisjoint(mine) and name not in self.touched:
                done = self._new(place, protocol_id, here) or self._same(place, here)
            if done is None:
                self._write()
                self._alone(place)
                self.touched.add(name)
            else:
                self.became[place] = done
            if done is None or done.fresh or agreed.words:
                self.touched |= mine
        self._write()
        return [one for one in self.became if one is not None]

    def _alone(self, place: int) -> None:
        """This family by itself; what cannot be undoes itself and no other."""
        family, agreed = self.listed[place]
        try:
            with self.connection.begin_nested():
                self.became[place] = enrol(
                    self.connection, self.vault, self.hospital, family, self.now, agreed=agreed
                )
        except EnrolmentError as error:
            self.became[place] = error

    def _write(self) -> None:
        rows, waiting, self.rows, self.waiting = self.rows, self.waiting, NewRows(), []
        try:
            rows.write(self.connection)
        except IntegrityError:  # a person gave somebody one of these numbers just now
            for place in waiting:
                self._alone(place)

    def _adults(self, place: int, here: Here) -> list[Caregiver | None]:
        return [
            next((here.adults[one] for one in each if one in here.adults), None) for each in self.phones[place]
        ]

    def _child(self, place: int, here: Here) -> ChildHere | None:
        every = (one for each in self.marks[place] for one in each)
        return next((here.children[one] for one in every if one in here.children), None)

    def _new(self, place: int, protocol_id: str, here: Here) -> Enrolled | None:
        """A family of whom nothing is known: its rows wait to be written."""
        if any(self._adults(place, here)) or self._child(place, here):
            return None
        family, agreed = self.listed[place]
        vault, hospital_id, now = self.vault, self.hospital.id, self.now
        adults = []
        for entry in family.caregivers:
            name = families.spelled(entry.name)
            row = families.caregiver_values(
                vault, hospital_id, name, entry.phone, entry.language, entry.zone, now, confirmed=False,
                hours=entry.hours,
            )  # fmt: skip
            self.rows.add(t.caregivers, [row])
            adults.append(
                Caregiver(
                    row["id"], hospital_id, name, entry.phone, entry.language, entry.zone, True, confirmed=False,
                    hours=entry.hours,
                )
            )
            self._consent(row["id"], agreed)
        child = families.new_child(
            vault, hospital_id, family.child, family.record, family.caregivers[0].phone, family.risks, now
        )
        self.rows.add(t.children, [child])
        episode = episodes.episode_values(
            hospital_id=hospital_id, child_id=child["id"], protocol_id=protocol_id, protocol_name=family.protocol,
            day_zero=family.day_zero, now=now,
        )
        self.rows.add(t.episodes, [episode])
        self.rows.add(t.episode_caregivers, (
            {"episode_id": episode["id"], "caregiver_id": adult.id, "relation": entry.relation, "position": position}
            for position, (adult, entry) in enumerate(zip(adults, family.caregivers, strict=True), start=1)
        ))  # fmt: skip
        protocol = protocol_by_id(self.connection, protocol_id)
        self.rows.add(
            t.check_ins, first_plan(protocol, hospital_id, episode["id"], family.day_zero, adults[0], now)
        )
        self.waiting.append(place)
        return Enrolled(episode["id"], fresh=True, replanned=False)

    def _same(self, place: int, here: Here) -> Enrolled | None:
        """A family that is here as the list says: nothing is written but that they agreed once more."""
        family, agreed = self.listed[place]
        child, adults = self._child(place, here), self._adults(place, here)
        if child is None or (child.key_hash not in self.marks[place][0] and family.record):
            return None
        if child.name != families.spelled(family.child) or child.risks != sorted(set(family.risks)):
            return None
        running = [one for one in child.episodes if one.protocol == family.protocol and not one.ended]
        if any(one.lost for one in child.episodes) or len(running) != 1:
            return None
        episode = running[0]
        if episode.by_hand or episode.day_zero != family.day_zero:
            return None
        for adult, entry in zip(adults, family.caregivers, strict=True):
            if adult is None or adult.id not in episode.adults or not families.same_name(adult.name, entry.name):
                return None
            written = (entry.language, entry.zone, entry.hours or adult.hours)
            if (adult.language, adult.zone, adult.hours) != written:
                return None
        known = [adult for adult in adults if adult]
        if agreed.words:
            for adult in known:
                if adult.texting:
                    self._consent(adult.id, agreed)
            self.waiting.append(place)
        stopped = tuple(adult.name for adult in known if not adult.texting)
        notes = tuple(Note("stopped", (name,)) for name in stopped)
        return Enrolled(episode.id, fresh=False, replanned=False, stopped=stopped, notes=notes)

    def _consent(self, caregiver_id: str, agreed: Agreed) -> None:
        self.rows.add(t.consents, [consent_values(
            self.vault, caregiver_id, ConsentKind.GIVEN, how=agreed.how, words=agreed.words, now=self.now,
            asked_by=agreed.asked_by,
        )])  # fmt: skip
