"""A child + a protocol -> caregivers, an episode, its check-ins. The same family again changes nothing twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import EnrolmentError
from messages.ids import new_id
from messages.people import Caregiver, ConsentKind, Hospital
from messages.store import tables as t
from messages.store.once import insert_once
from messages.store.people import caregiver_by_id, caregiver_by_phone, note_consent
from scheduler.fields import RISKS, nearest
from scheduler.plan import day_of_recovery, extend, local_zone, plan, spread_for
from scheduler.store import (
    add_check_ins,
    asked_caregiver,
    asked_instants,
    forget_planned,
    latest_protocol,
    plan_rows,
    protocol_by_id,
    set_aside_asked,
    skip_until,
)

OLDEST = timedelta(days=400)


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
    caregivers = [_caregiver(connection, vault, hospital, entry, now) for entry in family.caregivers]
    child_id = _child(connection, vault, hospital, family, now)
    e = t.episodes.c
    found = connection.execute(
        sa.select(t.episodes)
        .where(e.child_id == child_id, e.protocol_name == family.protocol, e.state != "ended")
        .with_for_update()
    ).first()
    fresh = found is None
    episode_id = new_id() if found is None else found.id
    if found is None:
        connection.execute(
            t.episodes.insert().values(
                id=episode_id,
                hospital_id=hospital.id,
                child_id=child_id,
                protocol_id=protocol_id,
                protocol_name=family.protocol,
                day_zero=family.day_zero,
                state="active",
                enrolled_at=now,
                ended_why="",
            )
        )
    newcomers = False
    for position, (caregiver, entry) in enumerate(zip(caregivers, family.caregivers, strict=True), start=1):
        newcomers |= insert_once(
            connection,
            t.episode_caregivers,
            {
                "episode_id": episode_id,
                "caregiver_id": caregiver.id,
                "relation": entry.relation,
                "position": position,
            },
        )
    changed = found is not None and (found.day_zero != family.day_zero or found.protocol_id != protocol_id)
    first = caregivers[0]
    moved = found is not None and _zone_moved(connection, episode_id, first, family.caregivers[0])
    if found is not None and (changed or moved):
        forget_planned(connection, episode_id)
        if found.day_zero != family.day_zero:
            set_aside_asked(connection, episode_id, found.day_zero)
        connection.execute(
            t.episodes.update()
            .where(e.id == episode_id)
            .values(day_zero=family.day_zero, protocol_id=protocol_id)
        )
    if fresh or changed or moved:
        _plan(connection, hospital, family, episode_id, first, protocol_id, now)
    stopped = tuple(caregiver.name for caregiver in caregivers if not caregiver.texting)
    return Enrolled(episode_id, fresh=fresh, replanned=changed or moved, stopped=stopped)


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
        if entry.phone == hospital.sender:
            raise EnrolmentError(
                "A caregiver's phone is the hospital's own number.", mend="Give the family's number."
            )
    for risk in family.risks:
        if risk not in RISKS:
            raise EnrolmentError(f"{risk!r} is not a risk Hearback knows.", mend=nearest(risk, RISKS))
    protocol_id = latest_protocol(connection, hospital.id, family.protocol)
    if protocol_id is None:
        names = tuple(
            connection.execute(
                sa.select(t.protocols.c.name).where(t.protocols.c.hospital_id == hospital.id).distinct()
            ).scalars()
        )
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
    if today < -OLDEST.days:
        raise EnrolmentError(f"Day zero {family.day_zero} is more than a year away.", mend="Check the date.")
    for entry in family.caregivers:
        if entry.language not in protocol.languages:
            raise EnrolmentError(
                f"The protocol {protocol.name} has no texts in {entry.language!r}.",
                mend=f"Use one of: {', '.join(protocol.languages)}.",
            )
    return protocol_id


def _plan(
    connection: Connection,
    hospital: Hospital,
    family: Family,
    episode_id: str,
    caregiver: Caregiver,
    protocol_id: str,
    now: datetime,
) -> None:
    protocol = protocol_by_id(connection, protocol_id)
    planned = plan(
        protocol,
        family.day_zero,
        family.caregivers[0].zone,
        joined=now,
        spread=spread_for(episode_id, protocol),
    )
    add_check_ins(connection, plan_rows(hospital.id, episode_id, caregiver.id, planned))


def _zone_moved(connection: Connection, episode_id: str, caregiver: Caregiver, entry: CaregiverEntry) -> bool:
    return caregiver.zone != entry.zone and asked_caregiver(connection, episode_id) == caregiver.id


def _caregiver(
    connection: Connection, vault: Vault, hospital: Hospital, entry: CaregiverEntry, now: datetime
) -> Caregiver:
    """The caregiver as they were before; a known phone keeps its consent history and gets the new details."""
    before = caregiver_by_phone(connection, vault, hospital.id, entry.phone)
    if before is not None:
        connection.execute(
            t.caregivers.update()
            .where(t.caregivers.c.id == before.id)
            .values(
                name=vault.seal("caregivers.name", before.id, entry.name),
                language=entry.language,
                zone=entry.zone,
            )
        )
        return before
    caregiver_id = new_id()
    values = {
        "id": caregiver_id,
        "hospital_id": hospital.id,
        "name": vault.seal("caregivers.name", caregiver_id, entry.name),
        "phone": vault.seal("caregivers.phone", caregiver_id, entry.phone),
        "phone_hash": vault.fingerprint("phone", entry.phone),
        "language": entry.language,
        "zone": entry.zone,
        "texting": True,
        "created_at": now,
    }
    if not insert_once(connection, t.caregivers, values):  # another process enrolled the same phone just now
        again = caregiver_by_phone(connection, vault, hospital.id, entry.phone)
        assert again is not None
        return again
    note_consent(connection, vault, caregiver_id, ConsentKind.GIVEN, how="enrolment", words="", now=now)
    return caregiver_by_id(connection, vault, caregiver_id)


def _child(connection: Connection, vault: Vault, hospital: Hospital, family: Family, now: datetime) -> str:
    """The same child is recognised by the hospital's record number, else by name and first phone."""
    name = " ".join(unicodedata.normalize("NFC", family.child).split())
    key = f"record {family.record}" if family.record else f"{name.casefold()} {family.caregivers[0].phone}"
    c = t.children.c
    find = sa.select(c.id).where(
        c.hospital_id == hospital.id, c.key_hash.in_(vault.fingerprints("child", key))
    )
    child_id = connection.execute(find).scalar_one_or_none()
    if child_id is None:
        child_id = new_id()
        values = {
            "id": child_id,
            "hospital_id": hospital.id,
            "name": vault.seal("children.name", child_id, name),
            "key_hash": vault.fingerprint("child", key),
            "risks": sorted(set(family.risks)),
            "created_at": now,
        }
        if not insert_once(connection, t.children, values):
            return str(connection.execute(find).scalar_one())
        return child_id
    connection.execute(
        t.children.update()
        .where(c.id == child_id)
        .values(name=vault.seal("children.name", child_id, name), risks=sorted(set(family.risks)))
    )
    return str(child_id)


def extend_daily(connection: Connection, vault: Vault, episode_id: str, days: int, now: datetime) -> None:
    """Ask every day for `days` more days, on the days where nothing is planned."""
    episode = connection.execute(sa.select(t.episodes).where(t.episodes.c.id == episode_id)).one()
    protocol = protocol_by_id(connection, episode.protocol_id)
    caregiver = caregiver_by_id(connection, vault, asked_caregiver(connection, episode_id))
    today = day_of_recovery(episode.day_zero, caregiver.zone, now)
    extra = extend(
        protocol,
        episode.day_zero,
        caregiver.zone,
        today,
        days,
        asked_instants(connection, episode_id),
        spread=spread_for(episode_id, protocol),
    )
    add_check_ins(connection, plan_rows(episode.hospital_id, episode_id, caregiver.id, extra))


def end_episode(connection: Connection, episode_id: str, hospital_id: str, why: str, now: datetime) -> bool:
    """End an episode: nothing routine leaves any more. False when it had ended or is not this hospital's."""
    e, o = t.episodes.c, t.outbox.c
    ended = connection.execute(
        t.episodes.update()
        .where(e.id == episode_id, e.hospital_id == hospital_id, e.state != "ended")
        .values(state="ended", ended_at=now, ended_why=why[:200])
    )
    if ended.rowcount == 0:
        return False
    skip_until(connection, episode_id, now + OLDEST * 2, "the follow-up has ended")
    connection.execute(
        t.check_ins.update()
        .where(t.check_ins.c.episode_id == episode_id, t.check_ins.c.state == "asked")
        .values(act_at=None)
    )
    connection.execute(
        t.outbox.update()
        .where(
            o.state == "queued",
            o.purpose.in_(("check_in", "reminder", "follow_up")),
            o.message_id.in_(sa.select(t.about.c.message_id).where(t.about.c.episode_id == episode_id)),
        )
        .values(state="cancelled", why="the follow-up has ended", ended_at=now)
    )
    return True


def episodes_named(
    connection: Connection, vault: Vault, hospital_id: str, ids: Sequence[str]
) -> dict[str, str]:
    """Children's names by episode id, for lists."""
    e, c = t.episodes.c, t.children.c
    rows = connection.execute(
        sa.select(e.id, c.id.label("child_id"), c.name)
        .join(t.children, c.id == e.child_id)
        .where(e.id.in_(set(ids)), e.hospital_id == hospital_id)
    )
    return {row.id: vault.open("children.name", row.child_id, row.name) for row in rows}
