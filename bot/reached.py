"""How one person is reached: their own addresses, which levels go by which way, and a page to try them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from messages.conversation import Purpose
from messages.database import Connection
from messages.errors import ConflictError, EnrolmentError
from messages.flags import Level
from messages.house import House
from messages.people import BY_PHONE, PAGED, Hospital, Staff, Way
from messages.phones import parse_phone, region_of
from messages.reachable import reachable_by
from messages.store import reach
from messages.store.console import note_audit
from messages.store.conversation import Draft, write_out
from messages.ways import chat, push
from messages.ways.hand_over import offered

LONGEST_EMAIL = 200
MOST_TESTS = 10  # in ten minutes: a call that rings again and again is a nuisance, and costs money
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


def change_phone(
    connection: Connection, house: House, person: Staff, hospital: Hospital, text: str, now: datetime
) -> None:
    """Another number, or none. Raises EnrolmentError for what is no number."""
    phone = parse_phone(text, region_of(hospital.sender)) if text.strip() else ""
    reach.set_phone(connection, house.vault, person.id, phone)
    note_audit(connection, person, "changed phone", "staff", person.id, now)


def add(
    connection: Connection, house: House, person: Staff, way: Way, text: str, now: datetime, label: str = ""
) -> None:
    """Another address of this person. Raises EnrolmentError for what is none, ConflictError when there are many."""
    text, own = text.strip(), house.settings.own_hosts
    if way not in offered(house) or way in BY_PHONE:
        raise EnrolmentError("That is not set up here.", mend="Choose another way.")
    if way is Way.EMAIL:
        if len(text) > LONGEST_EMAIL or not _EMAIL.fullmatch(text):
            raise EnrolmentError("That is not an e-mail address.", mend="Write it like nora@hospital.org")
        label = ""
    elif way is Way.PUSH:
        text = push.subscription(text, own)
    else:
        text, label = chat.service(text, own)
    reach.add_address(connection, house.vault, person.id, way, text, label, now, PAGED)
    note_audit(connection, person, f"added {way}", "staff", person.id, now)


def remove(connection: Connection, person: Staff, address_id: str, now: datetime) -> None:
    """Forget an address; gone already is gone."""
    way = reach.remove_address(connection, person.id, address_id)
    if way:
        note_audit(connection, person, f"removed {way}", "staff", person.id, now)


def choose(connection: Connection, person: Staff, chosen: Mapping[Way, Sequence[Level]], now: datetime) -> None:
    """Which levels go by which way from now on. Raises EnrolmentError when a level would go by none."""
    kept = reach.ways_of(connection, person.id)
    has = [way for way in Way if way in kept or way in BY_PHONE]
    ways = {way: tuple(level for level in PAGED if level in chosen.get(way, ())) for way in has}
    can = [way for way in has if reachable_by(person, way)]
    if any(not any(level in ways[way] for way in can) for level in PAGED):
        raise EnrolmentError("Each level needs a way to reach you.", mend="Tick at least one way for each.")
    reach.set_ways(connection, person.id, ways)
    note_audit(connection, person, "changed how pages come", "staff", person.id, now)


def send_test(
    connection: Connection, house: House, person: Staff, hospital: Hospital, way: Way, address_id: str, now: datetime
) -> None:
    """A page to oneself, by the same outbox as every page. Raises ConflictError when there were many just now."""
    if reach.tests_lately(connection, person.id, now) >= MOST_TESTS:
        raise ConflictError("Those were many test pages.", mend="Wait ten minutes.")
    if way in BY_PHONE:
        known = bool(person.phone)
    else:
        known = address_id in reach.address_ids(connection, person.id).get(way, ())
    if not known:
        raise ConflictError("This address is gone.", mend="Nothing was sent.")
    url = house.settings.public_url
    link = f" {url}/console/account/reached" if url else ""
    draft = Draft(
        body=f"Hearback, {hospital.name}: a test page. It came, so pages reach you.{link}",
        purpose=Purpose.PAGE, topic=reach.TEST, way=way, address_id=None if way in BY_PHONE else address_id,
    )  # fmt: skip
    peer = person.phone if way in BY_PHONE else ""
    write_out(connection, house.vault, draft, hospital_id=hospital.id, peer=peer, staff_id=person.id, now=now)
    note_audit(connection, person, "sent test page", "staff", person.id, now)
