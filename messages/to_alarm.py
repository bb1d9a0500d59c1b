"""Whom an alarm goes to, and by which ways: whoever runs Hearback, and the managers of the hospitals it concerns."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from messages.database import Connection
from messages.encryption import Vault
from messages.errors import SealError
from messages.escalation import alarmed
from messages.ladder import Way
from messages.people import Hospital, Role, Staff
from messages.reachable import reachable
from messages.settings import Settings
from messages.store.people import all_hospitals, staff_of
from messages.store.reach import addresses_of, push_key
from messages.watch import WAYS_LEFT, Alarm

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Contact:
    """One person, or an address of whoever runs Hearback (no hospital), and everything an alarm needs to get there."""

    addresses: tuple[tuple[Way, str], ...]
    language: str = "en"
    zone: tzinfo = UTC
    hospital_id: str = ""
    hospital: str = ""
    sender: str = ""
    phone: str = ""


def operators(settings: Settings) -> list[Contact]:
    """The addresses of HEARBACK_ALARM_TO: e-mail, or a chat tool or pager."""
    return [Contact(((Way.CHAT if "://" in to else Way.EMAIL, to),)) for to in settings.alarm_to]


def contacts_of(connection: Connection, vault: Vault) -> tuple[list[Contact], str]:
    """The people of every hospital whom an alarm goes to, and the key that their browsers know us by."""
    contacts = []
    for hospital in all_hospitals(connection):
        try:
            people = _told(hospital, staff_of(connection, vault, hospital.id))
            contacts += [_contact(connection, vault, hospital, person) for person in people]
        except SealError as error:
            log.error("the managers of a hospital cannot be told of alarms: %s", error)
    return contacts, push_key(connection, vault)


def _told(hospital: Hospital, staff: Sequence[Staff]) -> Sequence[Staff]:
    """Managers and administrators; where no page reaches one, whoever is alarmed when a ladder has failed."""
    here = [one for one in staff if one.role in (Role.MANAGER, Role.ADMINISTRATOR) and reachable(one)]
    return here or alarmed(hospital, staff)


def _contact(connection: Connection, vault: Vault, hospital: Hospital, person: Staff) -> Contact:
    addresses = addresses_of(connection, vault, person.id)
    return Contact(
        tuple((one.way, one.address) for one in addresses), person.language, person.tz or hospital.tz, hospital.id,
        hospital.name, hospital.sender, person.phone,
    )  # fmt: skip


def reached_without(contact: Contact, alarm: Alarm) -> list[tuple[Way, str]]:
    """By what this one is told of an alarm: every way but text that did not fail, else by text if that did not."""
    left = WAYS_LEFT[alarm]
    ways = [(way, to) for way, to in contact.addresses if way in left]
    return ways or ([(Way.TEXT, contact.phone)] if contact.phone and Way.TEXT in left else [])
