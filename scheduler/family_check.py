"""Whether a family can be enrolled as it is written: every mistake, each with the field it is in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from messages.database import Connection
from messages.errors import EnrolmentError
from messages.people import Hospital, Hours
from scheduler.differences import spoken
from scheduler.family import (
    FARTHEST,
    LONGEST_NAME,
    LONGEST_RECORD,
    LONGEST_RELATION,
    MOST_ADULTS,
    CaregiverEntry,
    Family,
)
from scheduler.fields import RISKS, near, span_text
from scheduler.plan import day_of_recovery, local_zone
from scheduler.protocol import Protocol
from scheduler.quiet import why_not
from scheduler.store.published import latest_protocol, protocol_by_id, published_names

Newest = dict[str, str | None]  # the id of a protocol's newest version by its name; None: there is no such protocol


def check(
    connection: Connection, hospital: Hospital, family: Family, now: datetime, newest: Newest | None = None
) -> str:
    """The id of the protocol's newest version. Raises EnrolmentError for what cannot be.

    `newest` remembers the newest versions by name, for as many families as one commit has.
    """
    newest = {} if newest is None else newest
    for error in mistakes(connection, hospital, family, now, newest):
        raise error
    protocol_id = newest[family.protocol]
    assert protocol_id is not None
    return protocol_id


def mistakes(
    connection: Connection, hospital: Hospital, family: Family, now: datetime, newest: Newest
) -> Iterator[EnrolmentError]:
    """Everything for which this family cannot be enrolled; each says in `field` where, as a list's columns are named.

    The second adult's fields end in _2, and so on.
    """
    yield from _words(family)
    seen: set[str] = set()
    zones = True
    for place, entry in _numbered(family):
        if entry.phone in seen:
            yield EnrolmentError(
                "Two caregivers have the same phone.", mend="Give each adult their own, or leave one out.",
                field=f"phone{place}",
            )
        seen.add(entry.phone)
        if entry.phone in hospital.senders:
            yield EnrolmentError(
                "A caregiver's phone is the hospital's own number.", mend="Give the family's number.",
                field=f"phone{place}",
            )
        try:
            local_zone(entry.zone)
        except EnrolmentError as error:
            error.field, zones = f"zone{place}", False
            yield error
    for risk in family.risks:
        if risk not in RISKS:
            mend, known = near(risk, RISKS)
            yield EnrolmentError(
                "%(risk)s is not a risk Hearback knows.", mend=mend, field="risks", risk=repr(risk), a=known
            )
    if family.protocol not in newest:
        newest[family.protocol] = latest_protocol(connection, hospital.id, family.protocol)
    protocol_id = newest[family.protocol]
    if protocol_id is None:
        names = published_names(connection, hospital.id)
        none = ("Publish one first: hearback protocol publish FILE", "")
        mend, known = near(family.protocol, names) if names else none
        yield EnrolmentError(
            "This hospital has no protocol %(name)s.", mend=mend, field="protocol", name=repr(family.protocol), a=known
        )
        return
    protocol = protocol_by_id(connection, protocol_id)
    yield from _day(protocol, family, family.caregivers[0].zone if zones and family.caregivers else hospital.zone, now)
    for place, entry in _numbered(family):
        if entry.language not in protocol.languages:
            yield EnrolmentError(
                "The protocol %(protocol)s has no texts in %(language)s.", mend="Use one of: %(languages)s.",
                field=f"language{place}", protocol=protocol.name, language=repr(entry.language),
                languages=", ".join(protocol.languages),
            )
        try:
            check_hours(protocol, entry.hours, entry.name)
        except EnrolmentError as error:
            error.field = f"hours{place}"
            yield error


def _numbered(family: Family) -> Iterator[tuple[str, CaregiverEntry]]:
    """Each adult with the end of their fields' names."""
    for number, entry in enumerate(family.caregivers, start=1):
        yield ("" if number == 1 else f"_{number}"), entry


def _day(protocol: Protocol, family: Family, zone: str, now: datetime) -> Iterator[EnrolmentError]:
    today = day_of_recovery(family.day_zero, zone, now)
    if today >= protocol.goodbye.day:
        yield EnrolmentError(
            "Day zero %(day)s is %(ago)s days ago, and the follow-up ends on day %(last)s.",
            mend="Check the date.", field="day_zero", day=family.day_zero, ago=today, last=protocol.goodbye.day,
        )
    if today < -FARTHEST.days:
        yield EnrolmentError(
            "Day zero %(day)s is %(ahead)s days ahead.", mend="Check the year; enrol nearer to the day.",
            field="day_zero", day=family.day_zero, ahead=-today,
        )


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


def _words(family: Family) -> Iterator[EnrolmentError]:
    if not family.child.strip():
        yield EnrolmentError("The child has no name.", mend="Give a first name or nickname.", field="child")
    if not family.caregivers:
        yield EnrolmentError("No caregiver is given.", mend="Give at least one adult with a phone.")
    if len(family.caregivers) > MOST_ADULTS:
        yield EnrolmentError("More than six adults are given.", mend="Leave some out.")
    fields = [("child", family.child, LONGEST_NAME), ("record", family.record, LONGEST_RECORD)]
    for place, entry in _numbered(family):
        fields.append((f"caregiver{place}", entry.name, LONGEST_NAME))
        fields.append((f"relation{place}", entry.relation, LONGEST_RELATION))
        if not entry.name.strip():
            yield EnrolmentError(
                "A caregiver has no name.", mend="Give the name as the family says it.", field=f"caregiver{place}"
            )
    for field, text, longest in fields:
        if len(text) > longest:
            yield EnrolmentError(
                "A name, relation or record number is longer than %(longest)s letters.", mend="Shorten it.",
                field=field, longest=longest,
            )
        if any(not sign.isprintable() for sign in text):
            yield EnrolmentError(
                "A name has a sign in it that cannot be printed.", mend="Type it anew.", field=field
            )
