"""How long the server takes for the pages of families, with a million texts in the database.

    python -m bench.families [--texts 1000000] [--requests 60] [--postgres URL] [--keep FILE]

Fills an empty database by bulk inserts (families, texts sealed as always, readings, deliveries, check-ins, flags), then
asks each page as a signed-in coordinator, in this process, without a network: what is measured is the server's own
time, by the clock and by this process's share of the processor (the difference is waiting: for the disk, for
PostgreSQL, for a busy machine). SQLite in a new file; PostgreSQL as well where a URL of an empty database is given, or
where the tests' own server is installed.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import sqlalchemy as sa

from bot.web.app import create_app
from messages.carriers.simulator import SimulatorCarrier
from messages.database import Connection, Database, open_database
from messages.encryption import Key, Vault
from messages.flags import Level
from messages.house import House
from messages.ids import new_id
from messages.people import Hospital, Staff
from messages.settings import Settings
from messages.store import tables as t
from messages.store.people import add_hospital, add_staff
from messages.upgrade import upgrade
from scheduler.load import shipped_source
from scheduler.store.published import publish
from tests import postgres
from tests.integration.desk import _HASH, PASSWORD

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
DAYS = 56
TEXTS_OF_ONE = 240  # texts of one family; the longest has ten times as many
EVIDENCE = [
    {"start": 0, "end": 4, "rule": "pain 4-6 of 10", "sign": "pain", "status": "possible", "level": "review"},
    {"start": 14, "end": 22, "rule": "no fever", "sign": "fever", "status": "denied", "level": None},
]
SAID = "pain 5 today, no fever, she slept well and ate her lunch, the toes are warm and pink"
ASKED = "Harbor Hospital, day 5 for Ana: any of these now? Text numbers or words.\n1 fever\n2 swelling\n0 none"


@dataclass(frozen=True)
class Filled:
    """What the requests need to know of a full database: episodes still followed, the one with the most texts."""

    house: House
    longest: str
    usual: list[str]
    texts: int


def open_full(url: str, texts: int) -> Filled:
    """The database at `url`, filled unless it is so already."""
    settings = Settings(database_url=url, public_url="http://localhost", secret_key="s" * 40)
    vault = Vault([Key("bench", bytes(range(32)))])
    house = House(open_database(url), vault, SimulatorCarrier(), settings)
    upgrade(house.database)
    with house.database.reading() as connection:
        empty = connection.execute(sa.select(sa.func.count()).select_from(t.hospitals)).scalar_one() == 0
    if empty:
        fill(house, texts)
    with house.database.reading() as connection:
        e = t.episodes.c
        found = connection.execute(sa.select(e.id).where(e.state == "active").order_by(e.id)).scalars().all()
        number = connection.execute(sa.select(sa.func.count()).select_from(t.messages)).scalar_one()
    return Filled(house, found[0], list(found[1:]), number)


def fill(house: House, texts: int) -> None:
    """A hospital with as many families as `texts` takes, a tenth of them still followed."""
    database, vault = house.database, house.vault
    hospital = Hospital(
        id=new_id(), slug="bench", name="Harbor Hospital", zone="America/Los_Angeles", sender="+12065550100",
        phone="206-555-0150",
    )
    nurse = Staff(new_id(), hospital.id, "Nina Person", "", login="nina")
    with database.writing() as connection:
        add_hospital(connection, hospital, NOW)
        publish(connection, hospital.id, shipped_source("hip-osteotomy"), by="bench", now=NOW)
        add_staff(connection, vault, nurse, password_hash=_HASH, now=NOW)
        protocol_id = connection.execute(sa.select(t.protocols.c.id)).scalar_one()
    number = 0
    while number * TEXTS_OF_ONE < texts:
        with database.writing() as connection:
            for _ in range(20):
                _family(connection, vault, nurse, protocol_id, number)
                number += 1
    _analyse(database)


def _analyse(database: Database) -> None:
    """What a running PostgreSQL does by itself after a while; SQLite does without."""
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))


def _family(connection: Connection, vault: Vault, nurse: Staff, protocol_id: str, number: int) -> None:
    """One family with its whole history; every tenth one is still followed and has an open flag."""
    rows: dict[sa.Table, list[dict[str, Any]]] = {}

    def add(table: sa.Table, **values: Any) -> None:
        rows.setdefault(table, []).append(values)

    chance = random.Random(number)
    running = number % 10 == 0
    came_home = NOW - timedelta(days=chance.randrange(2, DAYS) if running else 60 + number % 600)
    here = nurse.hospital_id
    child, episode, adult, other = new_id(), new_id(), new_id(), new_id()
    add(
        t.children, id=child, hospital_id=here, name=vault.seal("children.name", child, f"Child {number}"),
        key_hash=vault.fingerprint("child", str(number)), risks=[], created_at=came_home,
    )
    add(
        t.episodes, id=episode, hospital_id=here, child_id=child, protocol_id=protocol_id,
        protocol_name="hip-osteotomy", day_zero=came_home.date(), state="active" if running else "ended",
        enrolled_at=came_home, ended_at=None if running else came_home + timedelta(days=DAYS), ended_why="",
    )
    for place, id_ in enumerate((adult, other), start=1):
        phone = f"+1{2000000000 + number * 2 + place}"
        add(
            t.caregivers, id=id_, hospital_id=here, name=vault.seal("caregivers.name", id_, f"Adult {number}"),
            phone=vault.seal("caregivers.phone", id_, phone), phone_hash=vault.fingerprint("phone", phone),
            language="en", zone="America/Los_Angeles", texting=True, created_at=came_home,
        )
        add(t.episode_caregivers, episode_id=episode, caregiver_id=id_, relation="mother", position=place)
        add(
            t.consents, **(consent := {"id": new_id()}), caregiver_id=id_, kind="given", how="enrolment",
            words=vault.seal("consents.words", consent["id"], "on paper"), at=came_home,
        )
    length = TEXTS_OF_ONE * 10 if number == 0 else TEXTS_OF_ONE
    span = (NOW - came_home) if running else timedelta(days=DAYS)
    last_in = ""
    for index in range(length):
        at = came_home + span * (index + 1) / (length + 1)
        inward = index % 3 == 1
        message, whom = new_id(), adult if index % 5 else other
        add(
            t.messages, id=message, hospital_id=here, direction="in" if inward else "out", channel="sms",
            carrier="twilio" if inward else "outbox", carrier_id=new_id(), caregiver_id=whom,
            peer_hash=vault.fingerprint("phone", whom),
            body=vault.seal("messages.body", message, SAID if inward else ASKED),
            purpose=None if inward else ("check_in" if index % 3 == 0 else "answer"), topic="", at=at,
        )
        add(t.about, message_id=message, episode_id=episode, at=at)
        if inward:
            last_in = message
            add(
                t.readings, id=new_id(), message_id=message, level="review", decided_level="review",
                signs=["pain"] if index % 4 == 0 else [], intent="report", evidence=EVIDENCE, temperature=36.9,
                pain=index % 11, complete=True, rules=[], version="2", at=at,
            )
        else:
            add(
                t.outbox, id=(outbox := new_id()), message_id=message, hospital_id=here, caregiver_id=whom,
                purpose="check_in", priority=9, state="delivered", not_before=at, attempts=1, why="", segments=1,
                sending_at=at, ended_at=at,
            )
            for status in ("sent", "delivered"):
                add(
                    t.delivery_events, id=new_id(), outbox_id=outbox, carrier_id="SM", status=status, applied=True,
                    at=at,
                )
    for day in range(DAYS):
        at = came_home + timedelta(days=day)
        state = "planned" if at > NOW else "silent" if day % 6 == 5 else "answered"
        add(
            t.check_ins, id=new_id(), hospital_id=here, episode_id=episode, caregiver_id=adult,
            step=f"d{day:02d}-0900", day=day, question="daily", due_at=at, until_at=at + timedelta(hours=8),
            state=state, why="", act_at=at if at > NOW else None,
        )
    for index in range(12):
        at = came_home + span * (index + 1) / 13
        flag, is_open = new_id(), running and index == 11
        add(
            t.flags, id=flag, hospital_id=here, kind="reply", level="urgent", rank=Level.URGENT.rank,
            state="open" if is_open else "closed", signs=["pain"], episode_id=episode, caregiver_id=adult,
            message_id=last_in, opened_at=at, due_at=at + timedelta(hours=1), outcome=None if is_open else "advice",
            closed_at=None if is_open else at + timedelta(minutes=30), pages_sent=1, reason="", version=2,
        )
        if not is_open:
            for kind in ("took", "called", "closed"):
                add(
                    t.acts, **(act := {"id": new_id()}), flag_id=flag, staff_id=nurse.id, kind=kind,
                    note=vault.seal("acts.note", act["id"], "Spoke to the mother."), at=at + timedelta(minutes=20),
                    outcome="advice" if kind == "closed" else None,
                )
    for table, values in rows.items():
        connection.execute(table.insert(), values)


def asked(filled: Filled, requests: int) -> Iterator[tuple[str, list[float], list[float]]]:
    """(what was asked, the milliseconds of each request by the clock, and of this process)."""
    app = create_app(filled.house, clock=lambda: NOW)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    entered = client.post("/console/login", data={"login": "nina", "password": PASSWORD})
    assert entered.status_code == 303, entered.status_code
    chance = random.Random(7)
    paths: Sequence[tuple[str, Callable[[], str]]] = (
        ("a family", lambda: f"/console/families/{chance.choice(filled.usual)}"),
        (f"a family with {TEXTS_OF_ONE * 10} texts", lambda: f"/console/families/{filled.longest}"),
        ("the list of families, first page", lambda: "/console/families"),
        ("the list of families, any page", lambda: f"/console/families?page={chance.randrange(1, 80)}"),
        ("a family's record as JSON", lambda: f"/console/families/{chance.choice(filled.usual)}/record/json"),
        ("a family's record as PDF", lambda: f"/console/families/{chance.choice(filled.usual)}/record/pdf"),
    )
    for name, path in paths:
        spans, own = [], []
        for turn in range(requests + 3):
            where = path()
            start, busy = perf_counter(), process_time()
            answer = client.get(where)
            if turn >= 3:  # the first ones compile templates and fill the database's cache
                spans.append((perf_counter() - start) * 1000)
                own.append((process_time() - busy) * 1000)
            assert answer.status_code == 200, (where, answer.status_code)
            if name.endswith("PDF") and turn > 6:
                break
        yield name, spans, own


def measure(name: str, url: str, texts: int, requests: int) -> None:
    start = perf_counter()
    filled = open_full(url, texts)
    print(f"\n{name}: {filled.texts:,} texts of {len(filled.usual) + 1} followed families, and of nine times as many "
          f"ended ones; ready in {perf_counter() - start:.0f} s\n")
    print("| page | median | of it this process | 95 of 100 below | limit |\n| --- | --- | --- | --- | --- |")
    for what, spans, own in asked(filled, requests):
        limit = "100 ms" if "record" not in what else "-"
        figures = (f"{figure:.0f} ms" for figure in (median(spans), median(own), quantiles(spans, n=20)[-1]))
        print(f"| {what} | {' | '.join(figures)} | {limit} |", flush=True)
    filled.house.database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--postgres", default="", help="the URL of an empty PostgreSQL database")
    parser.add_argument("--keep", type=Path, default=None, help="the SQLite file: filled if new, and left there")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = wanted.keep or Path(folder) / "bench.db"
        measure("SQLite", f"sqlite:///{file}", wanted.texts, wanted.requests)
    if wanted.postgres:
        measure("PostgreSQL", wanted.postgres, wanted.texts, wanted.requests)
    elif postgres.package() is not None:
        watcher = postgres.watch()
        measure("PostgreSQL", postgres.database("bench"), wanted.texts, wanted.requests)
        postgres.unwatch(watcher)


if __name__ == "__main__":
    main()
