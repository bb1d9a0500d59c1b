"""A new hospital, its first person, and the text that shows that phones are reached; for commands and the console."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, time
from hashlib import sha256

from bot.accounts import invite
from messages.conversation import Purpose
from messages.database import Connection
from messages.errors import EnrolmentError
from messages.house import House
from messages.ids import new_id
from messages.people import Hospital, Role, Shift, Staff
from messages.phones import parse_phone
from messages.store.configured import set_shifts
from messages.store.conversation import Draft, write_out
from messages.store.people import add_hospital, all_hospitals
from scheduler.load import shipped_names, shipped_source
from scheduler.plan import local_zone
from scheduler.store.published import publish


def first_link(house: House, connection: Connection) -> str:
    """The address at which the first hospital is made in a browser; "" once there is one."""
    return "" if all_hospitals(connection) else f"{house.settings.public_url}/console/first/{first_token(house)}"


def first_token(house: House) -> str:
    """Known to whoever starts Hearback; the same in every process. It opens nothing once there is a hospital."""
    return hmac.new(house.settings.secret_key.encode(), b"the first hospital", sha256).hexdigest()[:40]


def short_name(name: str) -> str:
    """The first word of a hospital's name, for commands."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-").split("-")[0][:40] or "hospital"


def first_manager(
    connection: Connection, house: House, hospital: Hospital, now: datetime, *, name: str, login: str, phone: str
) -> tuple[Staff, str]:
    """Who is told of every flag, day and night, until others have shifts; and the token to choose a password with.

    Raises EnrolmentError for what cannot be, IntegrityError for a login that is taken.
    """
    person, token = invite(
        connection, house, hospital, now, name=name, login=login, phone=phone, role=Role.MANAGER
    )
    if person.phone:
        always = Shift(person.id, tuple(range(7)), hospital.staffed_from, hospital.staffed_from)
        set_shifts(connection, hospital.id, person.id, [always])
    return person, token


def write_test_text(connection: Connection, house: House, hospital: Hospital, phone: str, now: datetime) -> str:
    """Queue a text that says it is a test, to this phone (E.164); the id of its send. Nobody's family hears of it."""
    draft = Draft(
        body=f"Hearback: a test text of {hospital.name}. It came, so families can be texted.",
        purpose=Purpose.STAFF, topic="test",
    )  # fmt: skip
    return write_out(connection, house.vault, draft, hospital_id=hospital.id, peer=phone, now=now)[1]


def new_hospital(
    connection: Connection, slug: str, name: str, sender: str, phone: str, zone: str, emergency: str, languages: str,
    staffed: str, now: datetime,
) -> Hospital:  # fmt: skip
    """A hospital with the shipped protocols. Raises EnrolmentError for what cannot be."""
    local_zone(zone)
    days, opens, closes = parse_staffed(staffed)
    hospital = Hospital(
        id=new_id(), slug=slug, name=name, zone=zone, sender=parse_phone(sender, None), phone=phone,
        emergency_number=emergency, languages=tuple(part.strip() for part in languages.split(",")), staffed_days=days,
        staffed_from=opens, staffed_to=closes,
    )  # fmt: skip
    here = all_hospitals(connection)
    if any(one.slug == slug for one in here):
        raise EnrolmentError(f"There is a hospital {slug!r} already.", mend="Choose another short name.")
    if any(hospital.sender in one.senders for one in here):
        raise EnrolmentError("Another hospital here has that number.", mend="A number is one hospital's.")
    add_hospital(connection, hospital, now)
    for protocol in shipped_names():
        publish(connection, hospital.id, shipped_source(protocol), by="shipped with Hearback", now=now)
    return hospital


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def parse_staffed(text: str) -> tuple[tuple[int, ...], time, time]:
    """ "mon-fri 08:00-18:00" as (weekdays, from, to); raises EnrolmentError."""
    try:
        days, hours = text.lower().split()
        first, _, last = days.partition("-")
        start, stop = _DAYS.index(first), _DAYS.index(last or first)
        opens, closes = (time.fromisoformat(part.zfill(5)) for part in hours.split("-"))
    except ValueError:
        raise EnrolmentError(
            f"{text!r} does not say when somebody is there.", mend='Write it like "mon-fri 08:00-18:00".'
        ) from None
    span = range(start, stop + 1) if start <= stop else [*range(start, 7), *range(stop + 1)]
    return tuple(span), opens, closes
