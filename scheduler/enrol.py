"""A child + a protocol -> caregivers, an episode, its check-ins. The same family again changes nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from messages.database import Connection
from messages.encryption import Vault
from messages.errors import EnrolmentError
from messages.people import Hospital
from messages.store.people import caregiver_by_id
from scheduler.fields import RISKS, nearest
from scheduler.plan import day_of_recovery, extend, local_zone, plan, spread_for
from scheduler.replan import Basis, hours_of, replan
from scheduler.store import check_ins, episodes, families
from scheduler.store.published import latest_protocol, protocol_by_id, published_names
from scheduler.store.stopping import end_rows

FARTHEST = timedelta(days=90)  # an operation is planned weeks ahead; beyond this it is a wrong year


@dataclass(frozen=True)
class CaregiverEntry:
    """One adult to enrol: `phone` is E.164, `zone` an IANA name."""

    name: str
    relation: str
    phone: str
    language: str
    zone: str


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
class Enrolled:
    """What enrolling did: `fresh` for a new episode, `replanned` when day zero, zone or protocol changed."""

    episode_id: str
    fresh: bool
    replanned: bool
    stopped: tuple[str, ...] = ()  # caregivers' names who have stopped the texts, and stay so


def enrol(
    connection: Connection, vault: Vault, hospital: Hospital, family: Family, now: datetime
) -> Enrolled:
    """Enrol one family in the caller's commit. Raises EnrolmentError for what cannot be; then nothing is written."""
    protocol_id = _check(connection, hospital, family, now)
    caregivers = [
        families.keep_caregiver(
            connection,
            vault,
            hospital_id=hospital.id,
            name=entry.name,
            phone=entry.phone,
            language=entry.language,
            zone=entry.zone,
            now=now,
        )
        for entry in family.caregivers
    ]
    child_id = families.keep_child(
        connection,
        vault,
        hospital_id=hospital.id,
        name=family.child,
        record=family.record,
        phone=family.caregivers[0].phone,
        risks=family.risks,
        now=now,
    )
    if episodes.child_lost(connection, child_id):
        raise EnrolmentError(
            "The follow-up of this child ended with a loss.",
            mend="Nothing is sent to this family. If that is a mistake, correct it on the family's page.",
        )
    found = episodes.running_episode(connection, child_id, family.protocol)
    if found is None:
        episode_id = episodes.start_episode(
            connection,
            hospital_id=hospital.id,
            child_id=child_id,
            protocol_id=protocol_id,
            protocol_name=family.protocol,
            day_zero=family.day_zero,
            now=now,
        )
        replanned = False
    else:
        episode_id = found.id
        asked = episodes.asked_caregiver(connection, episode_id)
        hours = hours_of(found.hours)
        # A caregiver's row is as it was before: a new zone for the one who is asked moves every instant.
        zones = {was.id: (was.zone, entry.zone) for was, entry in zip(caregivers, family.caregivers, strict=True)}
        zone = caregiver_by_id(connection, vault, asked).zone
        before = Basis(found.protocol_id, found.day_zero, asked, zones.get(asked, (zone, zone))[0], hours)
        after = Basis(protocol_id, family.day_zero, asked, zone, hours)
        replanned = before != after
        if replanned:
            episodes.move_episode(connection, episode_id, day_zero=family.day_zero, protocol_id=protocol_id)
            replan(connection, hospital.id, episode_id, before, after, now)
    for position, (caregiver, entry) in enumerate(zip(caregivers, family.caregivers, strict=True), start=1):
        episodes.join_episode(
            connection, episode_id, caregiver.id, relation=entry.relation, position=position
        )
    if found is None:
        protocol = protocol_by_id(connection, protocol_id)
        spread = spread_for(episode_id, protocol)
        planned = plan(protocol, family.day_zero, family.caregivers[0].zone, joined=now, spread=spread)
        rows = check_ins.plan_rows(hospital.id, episode_id, caregivers[0].id, planned)
        check_ins.add_check_ins(connection, rows)
    stopped = tuple(caregiver.name for caregiver in caregivers if not caregiver.texting)
    return Enrolled(episode_id, fresh=found is None, replanned=replanned, stopped=stopped)


def _check(connection: Connection, hospital: Hospital, family: Family, now: datetime) -> str:
    if not family.child.strip():
        raise EnrolmentError("The child has no name.", mend="Give a first name or nickname.")
    if not family.caregivers:
        raise EnrolmentError("No caregiver is given.", mend="Give at least one adult with a phone.")
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
            raise EnrolmentError(f"{risk!r} is not a risk Hearback knows.", mend=nearest(risk, RISKS))
    protocol_id = latest_protocol(connection, hospital.id, family.protocol)
    if protocol_id is None:
        names = published_names(connection, hospital.id)
        mend = (
            nearest(family.protocol, names) if names else "Publish one first: hearback protocol publish FILE"
        )
        raise EnrolmentError(f"This hospital has no protocol {family.protocol!r}.", mend=mend)
    protocol = protocol_by_id(connection, protocol_id)
    zone = family.caregivers[0].zone
    today = day_of_recovery(family.day_zero, zone, now)
    if today >= protocol.goodbye.day:
        raise EnrolmentError(
            f"Day zero {family.day_zero} is {today} days ago, and the follow-up ends on day {protocol.goodbye.day}.",
            mend="Check the date.",
        )
    if today < -FARTHEST.days:
        raise EnrolmentError(
            f"Day zero {family.day_zero} is {-today} days ahead.", mend="Check the year; enrol nearer to the day."
        )
    for entry in family.caregivers:
        if entry.language not in protocol.languages:
            raise EnrolmentError(
                f"The protocol {protocol.name} has no texts in {entry.language!r}.",
                mend=f"Use one of: {', '.join(protocol.languages)}.",
            )
    return protocol_id


def extend_daily(connection: Connection, vault: Vault, episode_id: str, days: int, now: datetime) -> None:
    """Ask every day for `days` more days, on the days where nothing is planned."""
    episode = episodes.episode_plan(connection, episode_id)
    protocol = protocol_by_id(connection, episode.protocol_id)
    caregiver = caregiver_by_id(connection, vault, episodes.asked_caregiver(connection, episode_id))
    extra = extend(
        protocol,
        episode.day_zero,
        caregiver.zone,
        day_of_recovery(episode.day_zero, caregiver.zone, now),
        days,
        check_ins.asked_instants(connection, episode_id),
        spread=spread_for(episode_id, protocol),
        hours=hours_of(episode.hours),
    )
    rows = check_ins.plan_rows(episode.hospital_id, episode_id, caregiver.id, extra)
    check_ins.add_check_ins(connection, rows)


def end_episode(connection: Connection, episode_id: str, hospital_id: str, why: str, now: datetime) -> bool:
    """End an episode: nothing routine leaves any more. False when it had ended or is not this hospital's."""
    return end_rows(connection, episode_id, hospital_id, why, now) is not None
