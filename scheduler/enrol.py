"""A child + a protocol -> caregivers, an episode, its check-ins. The same family again changes nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from messages.database import Connection
from messages.encryption import Vault
from messages.people import Caregiver, ConsentKind, Hospital
from messages.store.consents import note_consent
from messages.store.contacts import correct_caregiver, running_of
from messages.store.people import caregiver_by_id
from scheduler.family import FARTHEST as FARTHEST
from scheduler.foresee import CaregiverEntry as CaregiverEntry
from scheduler.foresee import Family as Family
from scheduler.foresee import Foreseen, Note, foresee
from scheduler.plan import day_of_recovery, extend, plan, spread_for
from scheduler.protocol import Protocol
from scheduler.replan import Basis, basis_of, hours_of, replan
from scheduler.store import check_ins, confirming, episodes, families
from scheduler.store.published import protocol_by_id
from scheduler.store.stopping import end_rows


@dataclass(frozen=True)
class Agreed:
    """How the adults agreed to be texted: `how` is the source, `words` what was said, `asked_by` who asked."""

    how: str = "enrolment"
    words: str = ""
    asked_by: str | None = None


@dataclass(frozen=True)
class Enrolled:
    """What enrolling did: `fresh` for a new episode, `replanned` when day zero or zone changed.

    It keeps its version of the protocol until a person moves it."""

    episode_id: str
    fresh: bool
    replanned: bool
    joined: bool = False  # an adult more for a child who was here
    stopped: tuple[str, ...] = ()  # caregivers' names who have stopped the texts, and stay so
    notes: tuple[Note, ...] = ()


def enrol(
    connection: Connection, vault: Vault, hospital: Hospital, family: Family, now: datetime, *,
    agreed: Agreed | None = None, confirmed: bool = False,
) -> Enrolled:
    """Enrol one family in the caller's commit. Raises EnrolmentError for what cannot be; then nothing is written.

    Unless `confirmed`, each new number is asked to answer before anything private goes there.
    """
    agreed = agreed or Agreed()
    families.one_at_a_time(connection, hospital.id)
    seen = foresee(connection, vault, hospital, family, now, lock=True)
    plans = _plans(connection, vault, seen)
    caregivers = _caregivers(connection, vault, hospital, family, seen, agreed, now, confirmed=confirmed)
    child_id = families.keep_child(
        connection, vault, hospital_id=hospital.id, found=seen.child_id, name=family.child, record=family.record,
        phone=family.caregivers[0].phone, risks=None if seen.keep_risks else family.risks, now=now,
    )
    episode_id, fresh = seen.episode.id if seen.episode else None, False
    if episode_id is None:
        episode_id = episodes.start_episode(
            connection, hospital_id=hospital.id, child_id=child_id, protocol_id=seen.protocol_id,
            protocol_name=family.protocol, day_zero=seen.day_zero, now=now,
        )
        fresh = episode_id is not None
    if episode_id is None:  # another process enrolled the same child just now
        running = episodes.running_episode(connection, child_id, family.protocol)
        assert running is not None
        episode_id = str(running.id)
    elif seen.moves:
        episodes.move_episode(connection, episode_id, day_zero=seen.day_zero, protocol_id=seen.protocol_id)
    for place, (caregiver, entry) in enumerate(zip(caregivers, family.caregivers, strict=True), start=1):
        if caregiver.id not in seen.off and (seen.joins or fresh or seen.episode is None):
            episodes.join_episode(
                connection, episode_id, caregiver.id, relation=entry.relation, position=place if fresh else 0
            )
    if fresh:
        protocol = protocol_by_id(connection, seen.protocol_id)
        check_ins.add_check_ins(
            connection, first_plan(protocol, hospital.id, episode_id, seen.day_zero, caregivers[0], now)
        )
    replanned = False
    for other, before in plans.items():
        after = basis_of(connection, vault, other)
        if before != after:
            replan(connection, hospital.id, other, before, after, now)
            replanned = replanned or other == episode_id
    stopped = tuple(caregiver.name for caregiver in caregivers if not caregiver.texting)
    return Enrolled(episode_id, fresh, replanned, joined=seen.joins, stopped=stopped, notes=seen.notes)


def _plans(connection: Connection, vault: Vault, seen: Foreseen) -> dict[str, Basis]:
    """What may have to be planned anew: this child's plan, and those of all children of whoever moves."""
    running = [seen.episode.id] if seen.episode and seen.moves else []
    for caregiver_id in sorted(seen.updates):
        running += running_of(connection, caregiver_id)
    return {episode_id: basis_of(connection, vault, episode_id) for episode_id in dict.fromkeys(running)}


def _caregivers(
    connection: Connection, vault: Vault, hospital: Hospital, family: Family, seen: Foreseen, agreed: Agreed,
    now: datetime, *, confirmed: bool,
) -> list[Caregiver]:
    """Everybody's row, as it is after; rows are taken in the order of the numbers, so that no two enrolments
    of one family wait for each other."""
    kept: dict[str, Caregiver] = {}
    known = {was.phone: was for was in seen.known if was}
    for entry in sorted(family.caregivers, key=lambda one: one.phone):
        caregiver, fresh = families.keep_caregiver(
            connection, vault, hospital_id=hospital.id, name=families.spelled(entry.name), phone=entry.phone,
            language=entry.language, zone=entry.zone, now=now, how=agreed.how, words=agreed.words,
            asked_by=agreed.asked_by, confirmed=confirmed, known=known.get(entry.phone), hours=entry.hours,
        )
        if not fresh:
            if caregiver.id in seen.updates:
                correct_caregiver(
                    connection, vault, caregiver.id, name=caregiver.name, language=entry.language, zone=entry.zone,
                    hours=entry.hours or caregiver.hours,
                )
                caregiver = caregiver_by_id(connection, vault, caregiver.id)
            if agreed.words and caregiver.texting:
                note_consent(
                    connection, vault, caregiver.id, ConsentKind.GIVEN, how=agreed.how, words=agreed.words, now=now,
                    asked_by=agreed.asked_by, texting=True,
                )
            if not caregiver.confirmed and seen.fresh:
                confirming.ask_anew(connection, caregiver.id, now)
        kept[entry.phone] = caregiver
    return [kept[entry.phone] for entry in family.caregivers]


def first_plan(
    protocol: Protocol, hospital_id: str, episode_id: str, day_zero: date, first: Caregiver, now: datetime
) -> list[dict[str, Any]]:
    """The rows of every check-in of a follow-up that begins."""
    spread = spread_for(episode_id, protocol)
    planned = plan(protocol, day_zero, first.zone, joined=now, spread=spread, own=first.hours)
    return check_ins.plan_rows(hospital_id, episode_id, first.id, planned)


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
        own=caregiver.hours,
    )
    rows = check_ins.plan_rows(episode.hospital_id, episode_id, caregiver.id, extra)
    check_ins.add_check_ins(connection, rows)


def end_episode(connection: Connection, episode_id: str, hospital_id: str, why: str, now: datetime) -> bool:
    """End an episode: nothing routine leaves any more. False when it had ended or is not this hospital's."""
    return end_rows(connection, episode_id, hospital_id, why, now) is not None
