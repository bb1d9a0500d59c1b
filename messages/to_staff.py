"""What is written to staff: a page by one way, that a flag was handed to them, that somebody else has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from messages.conversation import Purpose
from messages.database import Connection
from messages.flags import Flag, Level
from messages.house import House
from messages.ladder import Way
from messages.page_words import about, handed_body
from messages.people import BY_PHONE, Hospital, Staff
from messages.reachable import reachable, ways_for, ways_to
from messages.store.conversation import Draft, write_out
from messages.store.pages import HANDED, PageOut, page_noted, paged_and_untold
from messages.store.people import staff_of
from messages.store.reach import address_ids

TAKE_FOR = timedelta(days=1)  # a page's link takes its flag
GONE_AFTER = timedelta(hours=1)  # that somebody else has it is of use to nobody any more


def link_of(house: House, path: str) -> str:
    """An address of the console; "" when nobody has said where this Hearback is."""
    return f"{house.settings.public_url}/console/{path}" if house.settings.public_url else ""


def targets(connection: Connection, person: Staff, ways: Sequence[Way]) -> list[tuple[Way, str | None]]:
    """Each way with each address it has; a phone has none but itself."""
    found: list[tuple[Way, str | None]] = [(way, None) for way in ways if way in BY_PHONE]
    if set(ways) - BY_PHONE:
        elsewhere = address_ids(connection, person.id)
        found += [(way, address_id) for way in ways for address_id in elsewhere.get(way, ())]
    # An address may be taken away this very moment: then the phone, if there is one.
    return found or [(Way.TEXT, None)] * bool(ways and person.phone)


def write_page(
    house: House, connection: Connection, flag: Flag, person: Staff, way: Way, body: str, now: datetime,
    address_id: str | None = None,
) -> str:  # fmt: skip
    """Queue one page to one person by one way, at one of their addresses; returns the id of its row in the outbox."""
    draft = Draft(body=body, purpose=Purpose.PAGE, topic="page", level=flag.level, way=way, address_id=address_id)
    peer = person.phone if way in BY_PHONE else ""
    _, outbox_id = write_out(
        connection, house.vault, draft, hospital_id=flag.hospital_id, peer=peer, staff_id=person.id, now=now
    )
    return outbox_id


def tell_handed(
    house: House, connection: Connection, flag: Flag, hospital: Hospital, person: Staff, now: datetime
) -> None:
    """Tell a person that a flag was handed to them, in the caller's commit; nobody is told whom no page reaches."""
    told = []
    ladder = hospital.ladders.of(flag.level, hospital.targets)
    wanted = ways_to(person, ladder.rungs[0].ways if ladder.rungs else (), flag.level)
    for way, address_id in targets(connection, person, wanted):
        body = handed_body(flag, hospital, person, link_of(house, f"flags/{flag.id}"))
        outbox_id = write_page(house, connection, flag, person, way, body, now, address_id)
        told.append(PageOut(person.id, outbox_id, way))
    if told:
        page_noted(connection, flag, told=told, rung=HANDED, next_at=flag.next_page_at, now=now)


def tell_taken(house: House, connection: Connection, before: Flag, by: Staff, now: datetime) -> None:
    """Tell the others who were paged about a flag that `by` has it now, by their own ways; no phone rings for that.

    `before` is the flag as it was.
    """
    if before.level < Level.URGENT:
        return
    since = before.climbs_since or before.opened_at
    told = paged_and_untold(connection, before.id, since, now) - {by.id}
    for person in staff_of(connection, house.vault, before.hospital_id) if told else ():
        if person.id in told and reachable(person):
            body = about(person, "gone", before, who=by.name)
            quiet = [way for way in ways_for(person, before.level) if way is not Way.CALL]
            for way, address_id in targets(connection, person, quiet or ([Way.TEXT] if person.phone else [])):
                _say(house, connection, person, body, now, "taken", way, address_id, now + GONE_AFTER)


def say_to_staff(
    house: House, connection: Connection, person: Staff, body: str, now: datetime, *, topic: str = "staff_reply"
) -> None:
    """Queue a text to a member of staff that is no page."""
    _say(house, connection, person, body, now, topic)


def _say(
    house: House, connection: Connection, person: Staff, body: str, now: datetime, topic: str, way: Way = Way.TEXT,
    address_id: str | None = None, until: datetime | None = None,
) -> None:  # fmt: skip
    draft = Draft(
        body=body, purpose=Purpose.STAFF, topic=topic, way=way, address_id=address_id, expires_at=until
    )
    peer = person.phone if way in BY_PHONE else ""
    write_out(connection, house.vault, draft, hospital_id=person.hospital_id, peer=peer, staff_id=person.id, now=now)
