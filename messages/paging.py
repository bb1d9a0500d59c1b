"""Telling staff about a flag until one of them takes it, and again when it was taken and nothing was done."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe

from messages.conversation import Purpose
from messages.database import Connection
from messages.escalation import NobodyToTell, PageAt, PageNow, alarmed, next_page
from messages.flags import Flag, FlagState
from messages.house import House
from messages.ladder import Way
from messages.page_words import about, handed_body, page_body
from messages.people import BY_PHONE, Hospital, Staff
from messages.reachable import WAYS, reachable, ways_to
from messages.store.conversation import Draft, write_out
from messages.store.pages import (
    ALARM,
    HANDED,
    PageOut,
    claim_flags_to_page,
    drop_waiting_pages,
    page_noted,
    paged_and_untold,
)
from messages.store.people import hospital_by_id, staff_of
from messages.store.reach import address_ids

log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(minutes=5)  # when a hospital has nobody who can be told, until it has
TAKE_FOR = timedelta(days=1)  # a page's link takes its flag


def climb(house: House, connection: Connection, flag: Flag, now: datetime) -> int:
    """Take the next step for one flag, in the caller's commit; returns how many people were told."""
    hospital = hospital_by_id(connection, flag.hospital_id)
    staff = staff_of(connection, house.vault, flag.hospital_id)
    step = next_page(flag, hospital, staff, now)
    if isinstance(step, PageNow):
        return _tell(house, connection, flag, hospital, staff, step, now)
    if isinstance(step, PageAt):
        page_noted(connection, flag, told=[], rung=0, next_at=step.at, now=now)
    elif isinstance(step, NobodyToTell):
        log.critical("flag %s: hospital %s has nobody who can be told", flag.id, flag.hospital_id)
        failed = _failed(flag, now) if flag.failed_at is None else {}
        page_noted(connection, flag, told=[], rung=0, next_at=now + ASK_AGAIN, now=now, changes=failed)
    return 0


def _tell(
    house: House, connection: Connection, flag: Flag, hospital: Hospital, staff: Sequence[Staff], step: PageNow,
    now: datetime,
) -> int:  # fmt: skip
    by_id = {person.id: person for person in staff}
    left_by = by_id[flag.taken_by].name if flag.taken_by in by_id else ""
    managers = alarmed(hospital, staff) if step.failed else ()
    people = [by_id[one] for one in step.staff_ids if by_id[one] not in managers]
    drop_waiting_pages(connection, flag.id, [one.id for one in (*people, *managers)], now)
    told = []
    for person, ways in [(one, step.ways) for one in people] + [(one, WAYS) for one in managers]:
        for way, address_id in targets(connection, person, ways_to(person, ways, flag.level)):
            failed = person in managers
            token = token_urlsafe(12)
            link = link_of(house, f"take/{token}")
            body = page_body(
                flag, hospital, person, link, left_by=left_by, failed=failed, replies=way is Way.TEXT
            )
            outbox_id = write_page(house, connection, flag, person, way, body, now, address_id)
            told.append(PageOut(person.id, outbox_id, way, token, ALARM if failed else None))
    changes: dict[str, object] = {"rung": step.rung}
    if step.failed:
        log.critical("flag %s: every rung of its ladder was told and nobody took it", flag.id)
        changes |= _failed(flag, now)
    if flag.state is FlagState.TAKEN and flag.climbs_since is None:
        changes["climbs_since"] = now
    page_noted(connection, flag, told=told, rung=step.rung, next_at=step.again_at, now=now, changes=changes)
    return len({one.staff_id for one in told})


def _failed(flag: Flag, now: datetime) -> dict[str, object]:
    """Every rung has failed: the family of a flag that nobody has is told so by the clock."""
    return {"failed_at": now, "tell_family_at": now if flag.state is FlagState.OPEN else None}


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
    """Tell the others who were paged about a flag that `by` has it now. `before` is the flag as it was."""
    if before.level.value not in ("emergency", "urgent"):
        return
    since = before.climbs_since or before.opened_at
    told = paged_and_untold(connection, before.id, since, now) - {by.id}
    for person in staff_of(connection, house.vault, before.hospital_id) if told else ():
        if person.id in told and reachable(person) and person.phone:
            body = about(person, "gone", before, who=by.name)
            say_to_staff(house, connection, person, body, now, topic="taken")


def say_to_staff(
    house: House, connection: Connection, person: Staff, body: str, now: datetime, *, topic: str = "staff_reply"
) -> None:
    """Queue a text to a member of staff that is no page."""
    draft = Draft(body=body, purpose=Purpose.STAFF, topic=topic)
    write_out(
        connection, house.vault, draft, hospital_id=person.hospital_id, peer=person.phone, staff_id=person.id, now=now
    )


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
