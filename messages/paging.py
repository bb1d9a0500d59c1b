"""Telling staff about a flag, by the ways they chose, until one of them takes it. Pages hold no private words."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from messages.conversation import Purpose
from messages.database import Connection
from messages.escalation import NobodyToTell, PageAt, PageNow, next_page
from messages.flags import Flag, Level
from messages.house import House
from messages.people import BY_PHONE, Hospital, Staff, Way, reachable, ways_for
from messages.store.conversation import Draft, write_out
from messages.store.pages import HANDED, claim_flags_to_page, drop_waiting_pages, page_noted
from messages.store.people import hospital_by_id, staff_of
from messages.store.reach import address_ids

log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(minutes=5)  # when a hospital has nobody with a phone, until it has

_WORDS = {
    Level.EMERGENCY: "EMERGENCY. A family needs someone now.",
    Level.URGENT: "URGENT. A family is waiting for a call.",
    Level.REVIEW: "A text is waiting to be read.",
}


def page_body(flag: Flag, hospital: Hospital, public_url: str) -> str:
    """What a page says: how serious, where to look, nothing of the family."""
    again = "" if flag.pages_sent == 0 else f" Told {flag.pages_sent + 1} times."
    link = f" {public_url}/console/flags/{flag.id}" if public_url else ""
    return f"Hearback, {hospital.name}: {_WORDS.get(flag.level, _WORDS[Level.REVIEW])}{again} Take it:{link}"


def climb(house: House, connection: Connection, flag: Flag, now: datetime) -> int:
    """Take the next step for one open flag, in the caller's commit; returns how many people were told."""
    hospital = hospital_by_id(connection, flag.hospital_id)
    staff = staff_of(connection, house.vault, flag.hospital_id)
    step = next_page(flag, hospital, staff, now)
    if isinstance(step, PageNow):
        people = {person.id: person for person in staff}
        body = page_body(flag, hospital, house.settings.public_url)
        drop_waiting_pages(connection, flag.id, step.staff_ids, now)
        told = [
            (staff_id, outbox_id)
            for staff_id in step.staff_ids
            for outbox_id in _page(house, connection, flag, people[staff_id], body, now)
        ]
        page_noted(connection, flag, told=told, rung=step.rung, next_at=step.again_at, now=now)
        return len(step.staff_ids)
    if isinstance(step, PageAt):
        page_noted(connection, flag, told=[], rung=0, next_at=step.at, now=now)
    elif isinstance(step, NobodyToTell):
        log.critical("flag %s: hospital %s has nobody to tell whom anything reaches", flag.id, flag.hospital_id)
        page_noted(connection, flag, told=[], rung=0, next_at=now + ASK_AGAIN, now=now)
    return 0


def _page(house: House, connection: Connection, flag: Flag, person: Staff, body: str, now: datetime) -> list[str]:
    """One page for each way that this person wants pages of this level by; the ids in the outbox."""
    elsewhere = address_ids(connection, person.id) if set(person.ways) - BY_PHONE else {}
    ways = ways_for(person, flag.level)
    targets: list[tuple[Way, str | None]] = [(way, None) for way in ways if way in BY_PHONE]
    targets += [(way, address_id) for way in ways for address_id in elsewhere.get(way, ())]
    sent = []
    for way, address_id in targets or [(Way.TEXT, None)]:  # an address may be taken away this very moment
        draft = Draft(body=body, purpose=Purpose.PAGE, topic="page", level=flag.level, way=way, address_id=address_id)
        peer = person.phone if way in BY_PHONE else ""
        _, outbox_id = write_out(
            connection, house.vault, draft, hospital_id=flag.hospital_id, peer=peer, staff_id=person.id, now=now
        )
        sent.append(outbox_id)
    return sent


def tell_handed(
    house: House, connection: Connection, flag: Flag, hospital: Hospital, person: Staff, now: datetime
) -> None:
    """Tell a person that a flag was handed to them, in the caller's commit; nobody is told whom nothing reaches."""
    if not reachable(person):
        return
    words = _WORDS.get(flag.level, _WORDS[Level.REVIEW])
    url = house.settings.public_url
    link = f" {url}/console/flags/{flag.id}" if url else ""
    body = f"Hearback, {hospital.name}: {words} A colleague handed it to you. Look:{link}"
    told = [(person.id, outbox_id) for outbox_id in _page(house, connection, flag, person, body, now)]
    page_noted(connection, flag, told=told, rung=HANDED, next_at=None, now=now)


def page_due_flags(house: House, now: datetime) -> int:
    """Let every flag climb whose next page is due; returns how many people were told.

    A flag that cannot climb, for whatever reason, holds up no other: it is tried again later.
    """
    told = 0
    with house.database.writing() as connection:
        for flag in claim_flags_to_page(connection, now):
            try:
                with connection.begin_nested():
                    told += climb(house, connection, flag, now)
            except Exception as error:
                log.critical("flag %s could not be told to anybody: %s", flag.id, type(error).__name__)
                page_noted(connection, flag, told=[], rung=0, next_at=now + ASK_AGAIN, now=now)
    return told
