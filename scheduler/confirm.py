"""Before anything private is sent, a number answers for itself: asked once, once more, then a person is told."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from messages.conversation import Purpose
from messages.database import Connection
from messages.escalation import due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.people import Caregiver, EpisodeState, Hospital
from messages.store.conversation import Draft, write_out
from messages.store.flags import raise_flag
from messages.store.people import caregiver_by_id, hospital_by_id, staff_of
from scheduler.plan import next_quiet, out_of_quiet
from scheduler.protocol import Protocol
from scheduler.quiet import for_adult, quieter
from scheduler.store import confirming
from scheduler.store.confirming import Running, Unconfirmed
from scheduler.store.published import protocol_by_id
from scheduler.texts import AGAIN_AFTER, words_to_confirm

WHILE_PAUSED = timedelta(hours=1)
TIMES = 2
BATCH = 100
NOT_CONFIRMED = "the number is not confirmed"

def see_to_numbers(house: House, connection: Connection, now: datetime) -> Counter[str]:
    """Ask a batch of numbers to answer, and tell a person of those that did not; how many were asked and flagged."""
    found = confirming.claim_unconfirmed(connection, now, BATCH)
    return Counter(_one(house, connection, number, now) for number in found)


def _one(house: House, connection: Connection, number: Unconfirmed, now: datetime) -> str:
    caregiver = caregiver_by_id(connection, house.vault, number.caregiver_id)
    running = confirming.running_follow_ups(connection, caregiver.id)
    if caregiver.confirmed or not caregiver.texting or not running:
        confirming.look_again(connection, caregiver.id, None)
        return ""
    if running[0].state != EpisodeState.ACTIVE.value:
        confirming.look_again(connection, caregiver.id, now + WHILE_PAUSED)
        return ""
    hospital = hospital_by_id(connection, number.hospital_id)
    if number.asked >= TIMES:
        confirming.look_again(connection, caregiver.id, None)
        _tell(house, connection, hospital, caregiver, running[0], now)
        return "flagged"
    protocol = quieter(protocol_by_id(connection, running[0].protocol_id), hospital.quiet)
    protocol = for_adult(protocol, caregiver.hours)
    awake = out_of_quiet(now, protocol.quiet_hours, caregiver.tz)
    if awake > now:
        confirming.look_again(connection, caregiver.id, awake)
        return ""
    _ask(house, connection, hospital, caregiver, protocol, now)
    confirming.look_again(connection, caregiver.id, now + AGAIN_AFTER, asked=number.asked + 1)
    return "asked"


def _ask(
    house: House, connection: Connection, hospital: Hospital, caregiver: Caregiver, protocol: Protocol, now: datetime
) -> None:
    draft = Draft(
        body=words_to_confirm(hospital, caregiver.language), purpose=Purpose.CHECK_IN, topic="confirm",
        expires_at=next_quiet(now, protocol.quiet_hours, caregiver.tz),
    )
    about = [one.episode_id for one in confirming.running_follow_ups(connection, caregiver.id)]
    write_out(
        connection, house.vault, draft, hospital_id=hospital.id, peer=caregiver.phone, now=now,
        caregiver_id=caregiver.id, episode_ids=about,
    )


def _tell(
    house: House, connection: Connection, hospital: Hospital, caregiver: Caregiver, about: Running, now: datetime
) -> None:
    staff = staff_of(connection, house.vault, hospital.id)
    raise_flag(
        connection, hospital_id=hospital.id, kind=FlagKind.SILENCE, level=Level.REVIEW,
        due_at=due_for(Level.REVIEW, hospital, now, staff), now=now, episode_id=about.episode_id,
        caregiver_id=caregiver.id, reason=NOT_CONFIRMED,
    )
