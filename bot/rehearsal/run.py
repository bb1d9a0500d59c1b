"""A whole recovery in seconds: the real turn, inbound and outbox on a small database of its own and a clock that jumps.

Nothing leaves: the simulator carries the texts. Each family's own minute (the protocol's spread) is left out, so that
the same script gives the same transcript.
"""

from __future__ import annotations

import heapq
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from bot.inbound import inbound
from bot.rehearsal.script import Person, Script, at_local
from bot.rehearsal.transcript import Kind, Line, Transcript
from bot.work import take_turn
from messages.carriers.carrier import Accepted, Incoming, Outgoing, Refused, Unsure
from messages.carriers.simulator import SimulatorCarrier
from messages.conversation import Delivery
from messages.database import open_database
from messages.encryption import Key, Vault
from messages.flags import ActKind, Flag, FlagState, Outcome
from messages.house import House
from messages.ids import new_id
from messages.outbox import deliver
from messages.people import Hospital, Hours, Shift, Staff
from messages.settings import Settings
from messages.store import rehearsed
from messages.store.acts import act
from messages.store.people import add_hospital, add_staff
from messages.upgrade import upgrade
from scheduler.enrol import CaregiverEntry, Family, enrol
from scheduler.load import load_protocol
from scheduler.overriding import with_values_in_parts
from scheduler.plan import local_zone, plan
from scheduler.protocol import Protocol
from scheduler.store.published import publish
from scheduler.tree import KeyPath

SENDER = "+12025550100"
_TEAM = (("Nora", "+12025550190", (0, 1, 2, 3, 4), 1), ("Omar", "+12025550191", tuple(range(7)), 2))
_AT_ONCE: dict[KeyPath, str] = {("spread",): "0 min"}
_MOST_STEPS = 20_000  # a rehearsal of a whole follow-up takes some hundreds


def sample_hospital(zone: str) -> Hospital:
    """A made-up hospital, for whoever has none yet."""
    return Hospital(id=new_id(), slug="rehearsal", name="Harbor Children's", zone=zone, sender=SENDER, phone="555-0150")


def rehearse(source: str, script: Script, hospital: Hospital | None = None) -> Transcript:
    """Let a made-up family live through the protocol in `source` (YAML). Raises ProtocolError, EnrolmentError."""
    place = replace(hospital, id=new_id(), sender=SENDER) if hospital else sample_hospital(script.zone)
    protocol = load_protocol(with_values_in_parts(source, _AT_ONCE), "the protocol")
    with TemporaryDirectory(prefix="hearback-") as folder:
        stage = _Stage(script, protocol, place, folder)
        try:
            stage.begin(source)
            stage.run()
        finally:
            stage.house.database.close()
    return Transcript(
        script.title, script.tells, protocol.name, script.day_zero, tuple(sorted(stage.lines, key=lambda one: one.at))
    )


@dataclass
class _Stage:
    """One rehearsal under way."""

    script: Script
    protocol: Protocol
    hospital: Hospital
    folder: str
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        url = f"sqlite:///{Path(self.folder) / 'rehearsal.db'}"
        database = open_database(url)
        upgrade(database)
        vault = Vault([Key("rehearsal", secrets.token_bytes(32))])
        carrier = SimulatorCarrier(answer=self._carried)
        self.house = House(database, vault, carrier, Settings(database_url=url))
        first = self.script.adults[0]
        joined = self.script.joined or at_local(self.script.day_zero, 0, time(12))
        self.now = joined.replace(tzinfo=joined.tzinfo or local_zone(first.zone)).astimezone(UTC)
        self.adults: dict[str, Person] = {
            f"+120255501{number:02d}": person for number, person in enumerate(self.script.adults, 10)
        }
        self.team = {phone: name for name, phone, _days, _rung in _TEAM}
        self._names: dict[str, str] = {}  # phone by caregiver id
        self._coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._outgoing: list[Outgoing] = []
        self._seen: dict[str, Any] = {}

    # The place

    def begin(self, source: str) -> None:
        """The hospital, its people, the family, and the texts it sends of its own accord."""
        house, script = self.house, self.script
        with house.database.writing() as connection:
            add_hospital(connection, self.hospital, self.now)
            plain = with_values_in_parts(source, _AT_ONCE)
            publish(connection, self.hospital.id, plain, by="rehearsal", now=self.now)
            for name, phone, days, rung in _TEAM:
                shift = Shift(new_id(), days, *((time(8), time(18)) if rung == 1 else (time(0), time(0))), rung)
                person = Staff(shift.staff_id, self.hospital.id, name, phone, login=name.lower(), shifts=(shift,))
                add_staff(connection, house.vault, person, password_hash=None, now=self.now)
                self._names[person.id] = phone
            entries = tuple(
                CaregiverEntry(one.name, one.relation, phone, one.language, one.zone, Hours.of(one.hours))
                for phone, one in self.adults.items()
            )
            family = Family(script.child, script.day_zero, self.protocol.name, entries, script.risks)
            enrol(connection, house.vault, self.hospital, family, self.now)
        by_name = {one.name: phone for phone, one in self.adults.items()}
        for text in script.texts:
            phone = by_name.get(text.by, next(iter(self.adults)))
            local = at_local(script.day_zero, text.day, text.at).replace(tzinfo=ZoneInfo(self.adults[phone].zone))
            self._later(local.astimezone(UTC), phone, text.says)

    def end(self) -> datetime:
        """Past the last planned text, or the end of the day that the script names."""
        zone = self.script.adults[0].zone
        if self.script.until_day is not None:
            last = at_local(self.script.day_zero, self.script.until_day + 1, time(0))
            return last.replace(tzinfo=local_zone(zone)).astimezone(UTC)
        planned = plan(self.protocol, self.script.day_zero, zone, joined=self.now,
                       own=Hours.of(self.script.adults[0].hours))
        return planned[-1].at + timedelta(days=2)

    # The time

    def run(self) -> None:
        """From one thing that is due to the next."""
        end = self.end()
        for _step in range(_MOST_STEPS):
            self._settle()
            with self.house.database.reading() as connection:
                due = rehearsed.next_moment(connection, self.now)
            scripted = self._coming[0][0] if self._coming else None
            moments = [moment for moment in (due, scripted) if moment is not None]
            if not moments or min(moments) >= end:
                return
            self.now = max(self.now, min(moments))
            while self._coming and self._coming[0][0] <= self.now:
                heapq.heappop(self._coming)[2]()

    def _settle(self) -> None:
        """Everything that is due now."""
        while True:
            done = take_turn(self.house, self.now)
            sent = 0
            while taken := deliver(self.house, lambda: self.now, owner="rehearsal"):
                sent += taken
            self._heard()
            self._noticed()
            if not (done.anything or sent):
                return

    def _later(self, at: datetime, phone: str, words: str) -> None:
        heapq.heappush(self._coming, (at, next(self._order), lambda: self._say(phone, words)))

    # Texts

    def _carried(self, text: Outgoing) -> Accepted | Refused | Unsure:
        self._outgoing.append(text)
        return Accepted(f"SIM-{text.outbox_id}", Delivery.DELIVERED)

    def _heard(self) -> None:
        """Texts that have just left, and what is answered to them later."""
        outgoing, self._outgoing = self._outgoing, []
        for text in outgoing:
            with self.house.database.reading() as connection:
                sent = rehearsed.sent_text(connection, text.outbox_id)
            if text.to in self.team:
                self._line("page", text.to, "is told", _short(text.body))
                continue
            about = sent.topic.replace("follow_up:", "asks on: ").replace("_", " ")
            self._line("to", text.to, about, text.body, sent.segments)
            if sent.topic == "confirm" and (after := self.adults[text.to].confirms_after):
                self._later(self.now + after, text.to, "1")
            elif sent.asked.kind != "none":
                self._answer(text.to, sent)

    def _answer(self, phone: str, sent: rehearsed.Sent) -> None:
        person = self.adults[phone]
        day = (self.now.astimezone(ZoneInfo(person.zone)).date() - self.script.day_zero).days
        topic = sent.asked.kind.partition(":")[2] or sent.topic
        reply = self.script.reply(topic, sent.asked, person.name, day)
        if reply:
            self._later(self.now + reply.after, phone, reply.says)

    def _say(self, phone: str, words: str) -> None:
        """The family writes; the transcript tells how it was read."""
        incoming = Incoming(f"rehearsal-{new_id()}", peer=phone, to=SENDER, body=words, at=self.now)
        message_id = inbound(self.house, incoming, self.now)
        assert message_id is not None
        with self.house.database.reading() as connection:
            level, signs = rehearsed.read_as(connection, message_id)
        found = ", ".join(sign.replace("_", " ") for sign in signs)
        self._line("from", phone, f"read as {level}{': ' + found if found else ''}", words)

    # What came about

    def _noticed(self) -> None:
        with self.house.database.reading() as connection:
            flags, promises = rehearsed.all_flags(connection), rehearsed.promises_made(connection)
            undone = rehearsed.not_done(connection)
            if len(self._names) == len(_TEAM):
                self._names |= rehearsed.phones_of(connection, self.house.vault)
        for flag in flags:
            self._flag(flag)
        for promise_id, caregiver_id, due_at in promises:
            if self._new(promise_id):
                phone = self._names[caregiver_id]
                local = due_at.astimezone(ZoneInfo(self.adults[phone].zone))
                self._line("promise", phone, f"was promised a person by {local:%A %H:%M}")
        for row in undone:
            if self._new(f"{row.id} {row.state}"):
                self._line("missed", self._names[row.caregiver_id], f"{row.question} {row.state}: {row.why}")

    def _new(self, key: str, value: object = True) -> bool:
        fresh = self._seen.get(key) != value
        self._seen[key] = value
        return fresh

    def _flag(self, flag: Flag) -> None:
        known = flag.id in self._seen
        if flag.state is not FlagState.CLOSED and self._new(flag.id, flag.level):
            signs = ", ".join(sign.replace("_", " ") for sign in flag.signs)
            what = "rises to" if known else "is raised:"
            because = f": {signs or flag.reason}" if signs or flag.reason else ""
            self._line("flag", "", f"a {flag.kind.value} flag {what} {flag.level.value}{because}")
        if known or not self.script.team.takes_after:
            return
        taken = self.now + self.script.team.takes_after
        heapq.heappush(self._coming, (taken, next(self._order), lambda: self._act(flag.id, ActKind.TOOK)))
        if self.script.team.closes_after:
            closed = self.now + max(self.script.team.closes_after, self.script.team.takes_after)
            heapq.heappush(self._coming, (closed, next(self._order), lambda: self._act(flag.id, ActKind.CLOSED)))

    def _act(self, flag_id: str, kind: ActKind) -> None:
        nora = next(id_ for id_, phone in self._names.items() if self.team.get(phone) == "Nora")
        closed = kind is ActKind.CLOSED
        with self.house.database.writing() as connection:
            flag = act(
                connection, self.house.vault, flag_id=flag_id, hospital_id=self.hospital.id, staff_id=nora, kind=kind,
                now=self.now, outcome=Outcome.ADVICE if closed else None, read_rightly=True if closed else None,
            )
        self._line("staff", self._names[nora], f"{'closes' if closed else 'takes'} the {flag.level.value} flag")

    def _line(self, kind: Kind, phone: str, about: str, words: str = "", segments: int = 0) -> None:
        person = self.adults.get(phone)
        zone = ZoneInfo(person.zone) if person else self.hospital.tz
        if not person and kind == "flag":
            zone = ZoneInfo(self.script.adults[0].zone)
        who = f"{person.name} ({person.relation})" if person else self.team.get(phone, "Hearback")
        self.lines.append(Line(kind, self.now, self.now.astimezone(zone), who, about, words, segments))


def _short(body: str) -> str:
    """A page without the link to its flag, whose address is another one each time."""
    return body.partition(" Reply 1")[0]
