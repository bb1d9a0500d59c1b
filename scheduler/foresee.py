"""What enrolling a family would do, before it is done: whom we know already, what would change. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from messages.database import Connection
from messages.encryption import Vault
from messages.errors import EnrolmentError
from messages.people import Caregiver, Hospital, Hours
from messages.store.people import caregiver_by_phone
from scheduler.differences import spoken
from scheduler.fields import RISKS, nearest, span_text
from scheduler.plan import day_of_recovery, local_zone
from scheduler.protocol import Protocol
from scheduler.quiet import why_not
from scheduler.replan import Basis, basis_of
from scheduler.store import episodes, families
from scheduler.store.published import latest_protocol, protocol_by_id, published_names

FARTHEST = timedelta(days=90)  # an operation is planned weeks ahead; beyond this it is a wrong year
LONGEST_NAME = 80
LONGEST_RELATION = 40
LONGEST_RECORD = 64
MOST_ADULTS = 6


@dataclass(frozen=True)
class CaregiverEntry:
    """One adult to enrol: `phone` is E.164, `zone` an IANA name."""

    name: str
    relation: str
    phone: str
    language: str
    zone: str
    hours: Hours | None = None  # between which they want texts; None: nothing is said of that


@dataclass(frozen=True)
class Family:
    """One child to follow. The first caregiver is asked first. `record` is the hospital's own number, if any."""

    child: str
    day_zero: date
    protocol: str
    caregivers: tuple[CaregiverEntry, ...]
    risks: tuple[str, ...] = ()
    record: str = ""


@dataclass(frozen=True)
class Note:
    """Something that whoever enrols should know. `who` are names.

    `kind`: stopped (they said STOP, and stay stopped), taken_off (a person took them off, and they stay off),
    shared (the number is known under another name, which stays), kept (a person corrected something, which stays),
    siblings (the number has other children), unconfirmed (a number has not answered yet).
    """

    kind: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class Foreseen:
    """What would be. `fresh`: a new follow-up; `moves`: a running one is planned anew; neither: nothing changes.

    `known` are the caregivers who are here already, in the order of the family's; `updates` those of them whose
    language, zone and hours the family's replace. `off` are those whom a person took off this child, `here`
    those who are on it.
    """

    protocol_id: str
    child_id: str | None
    episode: Any | None
    before: Basis | None
    known: tuple[Caregiver | None, ...]
    updates: frozenset[str]
    off: frozenset[str]
    here: frozenset[str]
    day_zero: date
    keep_risks: bool
    moves: bool
    joins: bool
    notes: tuple[Note, ...]

    @property
    def fresh(self) -> bool:
        return self.episode is None


def foresee(
    connection: Connection, vault: Vault, hospital: Hospital, family: Family, now: datetime, *, lock: bool = False
) -> Foreseen:
    """Raises EnrolmentError for what cannot be. `lock` holds the running follow-up until the commit."""
    protocol_id = check(connection, hospital, family, now)
    phones = [entry.phone for entry in family.caregivers]
    known = tuple(caregiver_by_phone(connection, vault, hospital.id, phone) for phone in phones)
    child_id = families.find_child(
        connection, vault, hospital_id=hospital.id, name=family.child, record=family.record, phones=phones,
        known=[was.id for was in known if was],
    )
    if child_id and episodes.child_lost(connection, child_id):
        raise EnrolmentError(
            "The follow-up of this child ended with a loss.",
            mend="Nothing is sent to this family. If that is a mistake, correct it on the family's page.",
        )
    found = episodes.running_episode(connection, child_id, family.protocol, lock=lock) if child_id else None
    hand = families.by_hand(connection, found.id) if found else families.ByHand()
    here = set(episodes.caregivers_on(connection, found.id)) if found else set()
    notes: list[Note] = []
    updates: set[str] = set()
    clocks: dict[str, tuple[str, Hours | None]] = {}
    joins = False
    for was, entry in zip(known, family.caregivers, strict=True):
        joins = joins or was is None or (was.id not in here and was.id not in hand.taken_off)
        if was is None:
            continue
        if not was.texting:
            notes.append(Note("stopped", (was.name,)))
        if was.id in hand.taken_off and was.id not in here:
            notes.append(Note("taken_off", (was.name,)))
        if not families.same_name(was.name, entry.name):
            notes.append(Note("shared", (was.name, entry.name)))
        elif (was.language, was.zone, was.hours) != (entry.language, entry.zone, entry.hours or was.hours):
            if families.corrected_fields(connection, was.id) & {"name", "language", "zone", "phone", "hours"}:
                notes.append(Note("kept", (was.name,)))
            else:
                updates.add(was.id)
                clocks[was.id] = (entry.zone, entry.hours or was.hours)
    day_zero = hand.day_zero or family.day_zero
    if day_zero != family.day_zero:
        notes.append(Note("day_kept", ()))
    before = basis_of(connection, vault, found.id) if found else None
    if before:
        protocol_id = before.protocol_id  # a family is pinned to its version until a manager moves it
    moves = before is not None and (
        before.day_zero != day_zero
        or clocks.get(before.caregiver_id, (before.zone, before.own)) != (before.zone, before.own)
    )
    return Foreseen(
        protocol_id, child_id, found, before, known, frozenset(updates), hand.taken_off - here,
        frozenset(here), day_zero,
        keep_risks=hand.risks, moves=moves, joins=joins and found is not None, notes=tuple(notes),
    )


def check(
    connection: Connection, hospital: Hospital, family: Family, now: datetime,
    newest: dict[str, str | None] | None = None,
) -> str:
    """The id of the protocol's newest version. Raises EnrolmentError for what cannot be.

    `newest` remembers the newest versions by name, for as many families as one commit has.
    """
    _check_words(family)
    if len({entry.phone for entry in family.caregivers}) < len(family.caregivers):
        raise EnrolmentError(
            "Two caregivers have the same phone.", mend="Give each adult their own, or leave one out."
        )
    for entry in family.caregivers:
        local_zone(entry.zone)
        if entry.phone in hospital.senders:
            raise EnrolmentError(
                "A caregiver's phone is the hospital's own number.", mend="Give the family's number."
            )
    for risk in family.risks:
        if risk not in RISKS:
            raise EnrolmentError("%(risk)s is not a risk Hearback knows.", mend=nearest(risk, RISKS), risk=repr(risk))
    newest = {} if newest is None else newest
    if family.protocol not in newest:
        newest[family.protocol] = latest_protocol(connection, hospital.id, family.protocol)
    protocol_id = newest[family.protocol]
    if protocol_id is None:
        names = published_names(connection, hospital.id)
        mend = (
            nearest(family.protocol, names) if names else "Publish one first: hearback protocol publish FILE"
        )
        raise EnrolmentError("This hospital has no protocol %(name)s.", mend=mend, name=repr(family.protocol))
    protocol = protocol_by_id(connection, protocol_id)
    zone = family.caregivers[0].zone
    today = day_of_recovery(family.day_zero, zone, now)
    if today >= protocol.goodbye.day:
        raise EnrolmentError(
            "Day zero %(day)s is %(ago)s days ago, and the follow-up ends on day %(last)s.",
            mend="Check the date.", day=family.day_zero, ago=today, last=protocol.goodbye.day,
        )
    if today < -FARTHEST.days:
        raise EnrolmentError(
            "Day zero %(day)s is %(ahead)s days ahead.", mend="Check the year; enrol nearer to the day.",
            day=family.day_zero, ahead=-today,
        )
    for entry in family.caregivers:
        if entry.language not in protocol.languages:
            raise EnrolmentError(
                "The protocol %(protocol)s has no texts in %(language)s.", mend="Use one of: %(languages)s.",
                protocol=protocol.name, language=repr(entry.language), languages=", ".join(protocol.languages),
            )
        check_hours(protocol, entry.hours, entry.name)
    return protocol_id


_WHY_NOT = {
    "none": (spoken("The protocol %(protocol)s has no hours of one's own."),
             spoken("Leave the hours of %(name)s empty.")),
    "order": (spoken("The hours of %(name)s run backwards."), spoken("Write them like 12:00-20:00.")),
    "early": (spoken("The hours of %(name)s begin before %(from)s."),
              spoken("The protocol allows %(from)s to %(to)s.")),
    "late": (spoken("The hours of %(name)s end after %(to)s."), spoken("The protocol allows %(from)s to %(to)s.")),
    "short": (spoken("The hours of %(name)s are too few."), spoken("The protocol wants at least %(least)s.")),
}


def check_hours(protocol: Protocol, own: Hours | None, name: str) -> None:
    """Raises EnrolmentError for hours of an adult that the protocol does not allow."""
    why = why_not(protocol, own) if own else ""
    if not why:
        return
    allowed = protocol.own_hours
    between = {"from": f"{allowed.start:%H:%M}", "to": f"{allowed.end:%H:%M}", "least": span_text(allowed.least)
               } if allowed else {}
    what, mend = _WHY_NOT[why]
    raise EnrolmentError(what, mend=mend, protocol=protocol.name, name=name, **between)


def _check_words(family: Family) -> None:
    if not family.child.strip():
        raise EnrolmentError("The child has no name.", mend="Give a first name or nickname.")
    if not family.caregivers:
        raise EnrolmentError("No caregiver is given.", mend="Give at least one adult with a phone.")
    if len(family.caregivers) > MOST_ADULTS:
        raise EnrolmentError("More than six adults are given.", mend="Leave some out.")
    limits = [(family.child, LONGEST_NAME), (family.record, LONGEST_RECORD)]
    limits += [(entry.name, LONGEST_NAME) for entry in family.caregivers]
    limits += [(entry.relation, LONGEST_RELATION) for entry in family.caregivers]
    for text, longest in limits:
        if len(text) > longest:
            raise EnrolmentError(
                "A name, relation or record number is longer than %(longest)s letters.", mend="Shorten it.",
                longest=longest,
            )
        if any(not sign.isprintable() for sign in text):
            raise EnrolmentError("A name has a sign in it that cannot be printed.", mend="Type it anew.")
    if any(not entry.name.strip() for entry in family.caregivers):
        raise EnrolmentError("A caregiver has no name.", mend="Give the name as the family says it.")
