"""A large hospital for measuring: families, a million stored texts, some hundred open flags."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.inbound import inbound
from messages.carriers.carrier import Incoming
from messages.house import House
from messages.ids import new_id
from messages.people import Hospital
from messages.store import tables as t
from scheduler.enrol import CaregiverEntry, Family, enrol

NAMES = (
    "Ana", "Ben", "Zoe", "Luis", "Maya", "Owen", "Iris", "Hugo", "Nina", "Theo", "Alma", "Eli", "Vera", "Noah", "Rosa",
    "Sam", "Lena", "Iván", "Cleo", "Max", "Aisha", "Diego", "Mei", "Ravi", "Elsa", "Otis", "Pía", "Jude", "Wren", "Kai",
)
SAYS = (
    ("he can't breathe right", 4), ("her toes are blue and cold", 4), ("temp is 101.8 since this morning", 60),
    ("she threw up 3 times since last night", 40), ("no fever but the incision is oozing something yellow", 40),
    ("pain is worse than yesterday, tylenol isnt helping", 60), ("When can she take a bath?", 60),
    ("¿Cuándo le quitan el yeso?", 30), ("his toes are a bit tingly", 40),
)
BATCH = 5000


def phone_of(number: int) -> str:
    return f"+1206{6000000 + number:07d}"


def families(house: House, hospital: Hospital, count: int, now: datetime) -> None:
    """Enrol `count` families; their children came home within the last three weeks."""
    with house.database.writing() as connection:
        for n in range(count):
            entry = CaregiverEntry(
                name=NAMES[-1 - n % len(NAMES)], relation="mother", phone=phone_of(n),
                language="es" if n % 4 == 0 else "en", zone=hospital.zone,
            )
            family = Family(
                child=f"{NAMES[n % len(NAMES)]}{' ' + chr(65 + n // len(NAMES) % 26) if n >= len(NAMES) else ''}",
                day_zero=(now - timedelta(days=n % 21)).date(), protocol="hip-osteotomy", caregivers=(entry,),
            )
            enrol(connection, house.vault, hospital, family, now)


def flags(house: House, hospital: Hospital, count: int, now: datetime) -> None:
    """Let `count` families write something that needs a person, over the last hours."""
    chance = random.Random(1)
    bodies = chance.choices([body for body, _ in SAYS], [weight for _, weight in SAYS], k=count)
    for n, body in enumerate(bodies):
        at = now - timedelta(minutes=chance.uniform(1, 300))
        inbound(house, Incoming(f"crowd-{new_id()}", peer=phone_of(n), to=hospital.sender, body=body, at=at), at)


def texts(house: House, hospital: Hospital, count: int, now: datetime) -> None:
    """Store `count` old texts, half in (with readings), half out (with what became of them)."""
    with house.database.reading() as connection:
        cg = t.caregivers.c
        adults = list(
            connection.execute(sa.select(cg.id, cg.phone_hash).where(cg.hospital_id == hospital.id).order_by(cg.id))
        )
    for start in range(0, count, BATCH):
        rows = list(_texts(house, hospital, adults, start, min(count, start + BATCH), count, now))
        with house.database.writing() as connection:
            connection.execute(t.messages.insert(), [message for message, _, _ in rows])
            connection.execute(t.readings.insert(), [reading for _, reading, _ in rows if reading])
            connection.execute(t.outbox.insert(), [out for _, _, out in rows if out])


def _texts(
    house: House, hospital: Hospital, adults: list[Any], start: int, end: int, count: int, now: datetime
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]]:
    for n in range(start, end):
        adult, id_ = adults[n % len(adults)], new_id()
        into = n % 2 == 0
        at = now - timedelta(days=2) - timedelta(minutes=count - n)
        message = {
            "id": id_, "hospital_id": hospital.id, "direction": "in" if into else "out", "channel": "sms",
            "carrier": "crowd", "carrier_id": f"crowd{n}", "caregiver_id": adult.id, "peer_hash": adult.phone_hash,
            "peer": house.vault.seal("messages.peer", id_, "+12065550000"),
            "body": house.vault.seal("messages.body", id_, "no fever, no swelling, slept well"),
            "purpose": None if into else "check_in", "topic": "" if into else "daily", "at": at,
        }
        reading = {
            "id": new_id(), "message_id": id_, "level": "ok", "decided_level": "ok", "signs": [], "intent": "answer",
            "evidence": [], "complete": True, "rules": [], "version": "1", "at": at,
        }
        out = {
            "id": new_id(), "message_id": id_, "hospital_id": hospital.id, "caregiver_id": adult.id,
            "purpose": "check_in", "priority": 5, "state": "delivered", "not_before": at, "attempts": 1, "why": "",
            "segments": 1,
        }
        yield message, reading if into else None, None if into else out
