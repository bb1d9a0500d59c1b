"""The demo: a made-up hospital on SQLite, phones in the browser, families that answer by themselves.

Nothing here is used outside `hearback demo`. Past days are not invented: the demo lets its own clock run through
them before it opens, with the same turn, inbound and outbox as everywhere.
"""

from __future__ import annotations

import os
import random
import secrets
import time as seconds
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bot.demo.families import JUST_NOW, Families
from bot.inbound import inbound
from bot.passwords import hash_password
from bot.web.state import real_clock
from bot.work import turn
from messages.carriers.carrier import Incoming
from messages.carriers.simulator import SimulatorCarrier
from messages.database import open_database
from messages.encryption import Vault, new_key, parse_keys
from messages.flags import ActKind, Flag, Level, Outcome
from messages.house import House
from messages.ids import new_id
from messages.outbox import deliver
from messages.people import PAGED, Hospital, Role, Shift, Staff, Way
from messages.settings import Settings
from messages.store.acts import act
from messages.store.flags import open_flags
from messages.store.health import last_beat
from messages.store.people import add_hospital, add_staff, all_hospitals, staff_of
from messages.store.reach import set_ways
from messages.upgrade import upgrade
from scheduler.enrol import CaregiverEntry, Family, enrol
from scheduler.load import shipped_names, shipped_source
from scheduler.store.published import publish

LOGIN, MANAGER = "nurse", "manager"
ZONE = "America/New_York"
PAST_DAYS = 2
STEP = timedelta(minutes=15)
LEFT_OPEN = timedelta(hours=2)  # what came in since then waits for whoever looks at the demo


@dataclass(frozen=True)
class DemoClock:
    """Time that may run faster: `speed` demo seconds for each real one, from `start` on."""

    start: datetime
    speed: float
    began: float

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=(seconds.monotonic() - self.began) * self.speed)


def start_clock(house: House, speed: float) -> DemoClock:
    """Go on where the demo stopped when it had run ahead of the real clock, else now: time never runs back."""
    with house.database.reading() as connection:
        stopped = last_beat(connection, "clock")
    now = real_clock()
    return DemoClock(max(stopped, now) if stopped else now, speed, seconds.monotonic())


def open_demo(folder: Path, *, public_url: str, speed: float) -> House:
    """The demo's house in `folder`, made at the first start and kept for the next ones."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'demo.db'}"
    settings = Settings(
        database_url=url,
        public_url=public_url,
        secret_key=_kept(folder / "secret", lambda: secrets.token_urlsafe(32)),
        encryption_keys=tuple(parse_keys(_kept(folder / "key", lambda: new_key("demo")))),
    )
    database = open_database(url)
    upgrade(database)
    return House(
        database, Vault(settings.encryption_keys), SimulatorCarrier(), settings, patience=max(1.0, speed)
    )


def _kept(file: Path, make: Callable[[], str]) -> str:
    if not file.exists():
        with os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as new:
            new.write(make())
    return file.read_text().strip()


def password_of(folder: Path) -> str:
    """The demo's login is printed at every start, so it is kept beside the database."""
    return _kept(folder / "password", lambda: f"demo-{secrets.token_hex(4)}")


def is_new(house: House) -> bool:
    with house.database.reading() as connection:
        return not all_hospitals(connection)


def furnish(house: House, password: str, now: datetime, say: Callable[[str], None]) -> None:
    """Make the hospital and its families, and let their last days pass."""
    began = now - timedelta(days=PAST_DAYS)
    hospital = Hospital(
        id=new_id(),
        slug="demo",
        name="Harbor Children's",
        zone=ZONE,
        sender="+12025550100",
        phone="202-555-0150",
        staffed_days=tuple(range(7)),
        staffed_from=time(7),
        staffed_to=time(20),
    )
    with house.database.writing() as connection:
        add_hospital(connection, hospital, began)
        for name in shipped_names():
            publish(connection, hospital.id, shipped_source(name), by="demo", now=began)
        for order, (who, phone, login, role) in enumerate(_STAFF, start=1):
            staff_id = new_id()
            shifts = (Shift(staff_id, tuple(range(7)), time(0), time(0), rung=order),) if phone else ()
            person = Staff(staff_id, hospital.id, who, phone, login=login, role=role, shifts=shifts)
            secret = hash_password(password) if login else None
            add_staff(connection, house.vault, person, password_hash=secret, now=began)
        for family in _families(now.date()):
            enrol(connection, house.vault, hospital, family, began, confirmed=True)
    say(f"Letting {PAST_DAYS} days pass for {len(_families(now.date()))} families ...")
    families = Families(house, lively=False)
    moment = began
    while moment < now:
        turn(house, moment)
        while deliver(house, lambda: moment, owner="demo"):  # noqa: B023 - called at once
            pass
        families.answer(moment)
        if moment < now - LEFT_OPEN:
            _act(house, hospital, moment)
        moment += STEP
    with house.database.writing() as connection:  # from here on an emergency also rings the nurse's phone
        nurse = staff_of(connection, house.vault, hospital.id)[0]
        set_ways(connection, nurse.id, {Way.TEXT: PAGED, Way.CALL: (Level.EMERGENCY,)})
    for phone, body, ago in JUST_NOW:
        at = now - ago
        inbound(house, Incoming(f"demo-{new_id()}", peer=phone, to=hospital.sender, body=body, at=at), at)


def _act(house: House, hospital: Hospital, now: datetime) -> None:
    """What the made-up nurse did on the days before: takes every flag in some minutes, and closes it a little later."""
    with house.database.writing() as connection:
        nurse = staff_of(connection, house.vault, hospital.id)[0]
        for flag in open_flags(connection, hospital.id):
            chance = random.Random(f"{flag.level} {flag.opened_at.isoformat()}")
            kind, outcome = (ActKind.CLOSED, _outcome(flag, chance)) if flag.taken_by else (ActKind.TOOK, None)
            act(
                connection,
                house.vault,
                flag_id=flag.id,
                hospital_id=hospital.id,
                staff_id=nurse.id,
                kind=kind,
                now=now + timedelta(minutes=chance.uniform(1, 4 if flag.level is Level.EMERGENCY else 14)),
                outcome=outcome,
                read_rightly=outcome is not Outcome.FALSE_ALARM if outcome else None,
                note="Called the family." if outcome else "",
            )


def _outcome(flag: Flag, chance: random.Random) -> Outcome:
    if flag.level is Level.EMERGENCY:
        return Outcome.EMERGENCY_ROOM
    return chance.choice((Outcome.ADVICE,) * 6 + (Outcome.CLINIC,) * 2 + (Outcome.FALSE_ALARM,))


_STAFF = (
    ("Nora Reyes", "+12025550190", LOGIN, Role.COORDINATOR),
    ("Omar Haddad", "+12025550191", "", Role.COORDINATOR),
    ("Mona Okafor", "", MANAGER, Role.MANAGER),
)


def _families(today: date) -> list[Family]:
    def adult(name: str, relation: str, number: int, language: str) -> CaregiverEntry:
        return CaregiverEntry(name, relation, f"+120255501{number:02d}", language, ZONE)

    def family(child: str, days_home: int, *adults: CaregiverEntry, risks: tuple[str, ...] = ()) -> Family:
        return Family(child, today - timedelta(days=days_home), "hip-osteotomy", adults, risks)

    both = adult("Dana", "mother", 11, "en")
    return [
        family("Ana", 2, adult("Maria", "mother", 10, "en"), adult("Luis", "father", 20, "es")),
        family("Leo", 3, both),
        family("Max", 9, both),
        family("Sofía", 2, adult("Carmen", "mother", 12, "es"), risks=("asthma",)),
        family("Jayden", 5, adult("Keisha", "grandmother", 13, "en")),
        family("Mateo", 4, adult("Rosa", "mother", 14, "es")),
        family("Priya", 3, adult("Anil", "father", 15, "en"), risks=("diabetes",)),
        family("Emma", 12, adult("Jo", "mother", 16, "en")),
    ]
