"""A hospital for tests: a house on either database, a carrier that records, a clock that stands still."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.inbound import inbound
from bot.work import take_turn
from messages.carriers.carrier import Accepted, Incoming, Outgoing, Refused, Ring, Unsure
from messages.conversation import Delivery
from messages.database import Database, open_database
from messages.encryption import Vault
from messages.house import House
from messages.ids import new_id
from messages.outbox import deliver
from messages.people import Hospital, Shift, Staff
from messages.settings import Settings
from messages.store.flags import open_flags
from messages.store.people import add_hospital, add_staff
from messages.upgrade import upgrade
from scheduler.enrol import CaregiverEntry, Enrolled, Family, enrol
from scheduler.load import shipped_source
from scheduler.moment import Turned
from scheduler.store.published import publish

SENDER = "+12065550100"
MARIA = "+12065550111"
TOM = "+12065550112"
NURSE = "+12065550190"
ON_CALL = "+12065550191"
MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)  # 10:00 in Seattle, a staffed hour

Answer = Accepted | Refused | Unsure


class RecordingCarrier:
    """Takes texts and remembers them; `answers` are given first, one for each send."""

    name = "twilio"

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.answers: list[Answer | Callable[[Outgoing], Answer]] = []
        self.rung: list[Ring] = []
        self.listed: dict[str, Accepted] = {}
        self.received: list[Incoming] = []
        self._ids = itertools.count(1)

    def send(self, text: Outgoing) -> Answer:
        self.sent.append(text)
        if self.answers:
            answer = self.answers.pop(0)
            return answer(text) if callable(answer) else answer
        return Accepted(f"SM{next(self._ids):032d}", Delivery.SENT)

    def call(self, ring: Ring) -> Answer:
        self.rung.append(ring)
        if self.answers:
            answer = self.answers.pop(0)
            assert not callable(answer)
            return answer
        return Accepted(f"CA{next(self._ids):032d}")

    def find(
        self, outbox_id: str, *, to: str, sender: str, body: str, since: datetime, known: Collection[str] = ()
    ) -> Accepted | Unsure | None:
        return self.listed.get(outbox_id)

    def received_since(self, sender: str, since: datetime) -> Iterator[Incoming]:
        return iter(self.received)

    def check(self) -> str | None:
        return None


@dataclass
class Home:
    """One hospital in one database, and the hands that move it."""

    house: House
    hospital: Hospital
    carrier: RecordingCarrier
    now: datetime = MONDAY
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def has(self, **settings: Any) -> None:
        """Change settings of the house; an application that was made before keeps the old ones."""
        self.house = replace(self.house, settings=replace(self.house.settings, **settings))

    def enrol(self, child: str = "Ana", phone: str = MARIA, **changes: Any) -> Enrolled:
        """A family whose child came home yesterday."""
        entry = CaregiverEntry(
            name=changes.pop("name", "Maria"),
            relation="mother",
            phone=phone,
            language=changes.pop("language", "en"),
            zone=changes.pop("zone", self.hospital.zone),
            hours=changes.pop("hours", None),
        )
        more = changes.pop("more", ())
        confirmed = changes.pop("confirmed", True)
        family = Family(
            child=child,
            day_zero=changes.pop("day_zero", date(2026, 3, 1)),
            protocol="hip-osteotomy",
            caregivers=(entry, *more),
            **changes,
        )
        with self.house.database.writing() as connection:
            return enrol(connection, self.house.vault, self.hospital, family, self.now, confirmed=confirmed)

    def text(
        self, body: str, phone: str = MARIA, *, sid: str | None = None, media: tuple[str, ...] = ()
    ) -> str | None:
        """A text from a phone, taken in now."""
        sid = sid or f"SMin{next(self.numbers):030d}"
        incoming = Incoming(sid, peer=phone, to=self.hospital.sender, body=body, at=self.now, media=media)
        return inbound(self.house, incoming, self.now)

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def turn(self) -> Turned:
        return take_turn(self.house, self.now)

    def send(self) -> list[Outgoing]:
        """Everything that is due leaves; returns what was handed to the carrier."""
        before = len(self.carrier.sent)
        while deliver(self.house, lambda: self.now, owner="test"):
            pass
        return self.carrier.sent[before:]

    def flags(self) -> list[Any]:
        with self.house.database.reading() as connection:
            return open_flags(connection, self.hospital.id)

    def rows(self, table: sa.Table, *where: Any) -> list[Any]:
        with self.house.database.reading() as connection:
            return list(connection.execute(sa.select(table).where(*where)))

    def said(self, phone: str = MARIA) -> list[str]:
        """What was handed to the carrier for this phone, oldest first."""
        return [text.body for text in self.carrier.sent if text.to == phone]


def open_home(url: str, vault: Vault, *, carrier: RecordingCarrier | None = None) -> Home:
    """A fresh hospital in an empty database, with a nurse on duty by day and somebody on call at all hours."""
    database = _upgraded(url)
    carrier = carrier or RecordingCarrier()
    settings = Settings(
        database_url=url,
        public_url="https://hearback.test",
        secret_key="s" * 40,
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_tokens=("token",),
    )
    house = House(database, vault, carrier, settings)
    hospital = Hospital(
        id=new_id(),
        slug="harbor",
        name="Harbor Hospital",
        zone="America/Los_Angeles",
        sender=SENDER,
        phone="206-555-0150",
    )
    with database.writing() as connection:
        add_hospital(connection, hospital, MONDAY)
        publish(connection, hospital.id, shipped_source("hip-osteotomy"), by="test", now=MONDAY)
        for name, phone, days, start, end, rung in (
            ("Nora", NURSE, (0, 1, 2, 3, 4), time(8), time(18), 1),
            ("Omar", ON_CALL, tuple(range(7)), time(0), time(0), 2),
        ):
            staff_id = new_id()
            shift = Shift(staff_id, days, start, end, rung)
            person = Staff(staff_id, hospital.id, name, phone, login=name.lower(), shifts=(shift,))
            add_staff(connection, vault, person, password_hash=None, now=MONDAY)
    return Home(house, hospital, carrier)


_template: list[bytes] = []  # an empty SQLite database with every table, made once in each test process


def _upgraded(url: str) -> Database:
    file = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite") and _template:
        file.write_bytes(_template[0])
        return _hasty(open_database(url))
    database = _hasty(open_database(url))
    upgrade(database)
    if database.is_sqlite:
        database.close()
        _template.append(file.read_bytes())
    return database


def _hasty(database: Database) -> Database:
    """No waiting for the disk: what a test wrote need not outlive a power cut."""
    if database.is_sqlite:
        sa.event.listen(
            database.engine, "connect", lambda dbapi, _record: dbapi.execute("PRAGMA synchronous=OFF")
        )
    return database


def another_process(home: Home) -> Home:
    """The same hospital as a second process sees it."""
    database = _hasty(open_database(home.house.settings.database_url))
    return replace(home, house=replace(home.house, database=database))
