"""What a family is told when nobody did in time what it was promised, or when every rung of the ladder has failed.

Once for each slip and each ladder; nothing about a death; nothing at night for a mere review; STOP is obeyed.
"""

from __future__ import annotations

import logging
from datetime import datetime

from bot.conversation.say import language_of, say
from messages.conversation import Purpose
from messages.database import Connection
from messages.flags import Flag, FlagKind, FlagState, Level
from messages.house import House
from messages.people import Caregiver, EpisodeState, Hospital
from messages.store import amends as store
from messages.store.conversation import Draft, write_out
from messages.store.people import caregiver_by_id, hospital_by_id
from scheduler.plan import out_of_quiet
from scheduler.quiet import quieter
from scheduler.store.episodes import LOSS
from scheduler.store.published import protocol_by_id

log = logging.getLogger(__name__)

STOPPED = "they stopped the texts"
PAUSED = "the follow-up is paused"
_BY_A_TEXT = (FlagKind.REPLY, FlagKind.STRANGER, FlagKind.OPT_OUT)  # flags whose family wrote of a danger


def make_amends(house: House, now: datetime) -> int:
    """Tell every family that is due to be told; returns how many adults were. One that fails holds up no other."""
    with house.database.reading() as connection:
        promises = store.promises_due(connection, now)
        flags = store.flags_to_tell(connection, now)
    told = 0
    for tell, ids in ((_slipped, promises), (_nobody, flags)):
        for one in ids:
            try:
                with house.database.writing() as connection:
                    told += tell(house, connection, one, now)
            except Exception as error:  # it stays due
                log.critical("a family could not be told about %s: %s", one, type(error).__name__)
    return told


def _slipped(house: House, connection: Connection, promise_id: str, now: datetime) -> int:
    """A promised time has passed: unless what was promised was done, the family hears whom to call."""
    promise = store.hold_promise(connection, promise_id, now)
    if promise is None:
        return 0
    flag = promise.flag
    urgent = flag.level >= Level.URGENT
    if flag.state is FlagState.CLOSED or store.done_since(connection, flag, promise.at, called=urgent):
        store.look_later(connection, promise, None, now)
        return 0
    caregiver = caregiver_by_id(connection, house.vault, promise.caregiver_id)
    hospital = hospital_by_id(connection, flag.hospital_id)
    morning = None if urgent else _morning(connection, flag, hospital, caregiver, now)
    store.look_later(connection, promise, morning, now)
    if morning is not None:
        return 0
    topic = "slipped_call" if urgent else "slipped_read"
    return _tell(house, connection, flag, hospital, caregiver, store.SLIPPED, promise.id, topic, now)


def _nobody(house: House, connection: Connection, flag_id: str, now: datetime) -> int:
    """Every rung has failed: whoever wrote of a danger hears plainly to call or go now."""
    flag = store.hold_flag_to_tell(connection, flag_id, now)
    if flag is None:
        return 0
    store.family_told(connection, flag_id)
    if flag.state is not FlagState.OPEN or flag.level < Level.URGENT or flag.kind not in _BY_A_TEXT:
        return 0
    hospital = hospital_by_id(connection, flag.hospital_id)
    topic = "nobody_now" if flag.level is Level.EMERGENCY else "nobody_call"
    writers: list[Caregiver | None] = [
        caregiver_by_id(connection, house.vault, one) for one in store.writers_of(connection, flag)
    ]
    return sum(
        _tell(
            house, connection, flag, hospital, one, store.NOBODY,
            f"{flag.id}:{flag.level.value}:{one.id if one else ''}", topic, now,
        )
        for one in writers or [None]
    )  # fmt: skip


def _tell(
    house: House, connection: Connection, flag: Flag, hospital: Hospital, caregiver: Caregiver | None, kind: str,
    once: str, topic: str, now: datetime,
) -> int:  # fmt: skip
    """Queue the text to one adult, or to a number nobody enrolled, unless they were told or must not be; 1 or 0."""
    here = store.standings_of(connection, caregiver.id, flag.episode_id) if caregiver else []
    if any(why == LOSS for _, _, why, _ in here) and (
        flag.episode_id or all(why == LOSS or state == EpisodeState.ENDED for _, state, why, _ in here)
    ):
        return 0
    whose = caregiver.id if caregiver else None
    wrote = store.last_text(connection, flag.id, whose)
    why = ""
    if caregiver and not caregiver.texting:
        why = STOPPED
    elif here and all(state == EpisodeState.PAUSED for _, state, _, _ in here) and not _in_danger(flag):
        why = PAUSED
    entry = store.first_time(connection, flag, kind, once, whose, now, why=why)
    peer = caregiver.phone if caregiver else _number(house, wrote)
    if entry is None or why or not peer:
        return 0
    body = say(topic, language_of(caregiver, hospital), phone=hospital.phone, emergency=hospital.emergency_number)
    draft = Draft(
        body=body, purpose=Purpose.ANSWER, topic=topic, level=flag.level, channel=wrote.channel if wrote else "sms"
    )
    message_id, _ = write_out(
        connection, house.vault, draft, hospital_id=hospital.id, peer=peer, now=now, caregiver_id=whose,
        episode_ids=[flag.episode_id] if flag.episode_id else [],
    )  # fmt: skip
    store.told_by(connection, entry, message_id)
    return 1


def _in_danger(flag: Flag) -> bool:
    """The family itself wrote of it: that is answered also while the follow-up is paused."""
    return flag.level >= Level.URGENT and flag.kind is FlagKind.REPLY


def _number(house: House, wrote: store.Wrote | None) -> str:
    return house.vault.open("messages.peer", wrote.message_id, wrote.peer) if wrote and wrote.peer else ""


def _morning(
    connection: Connection, flag: Flag, hospital: Hospital, caregiver: Caregiver, now: datetime
) -> datetime | None:
    """The end of this family's quiet hours; None when it would not wake them."""
    here = store.standings_of(connection, caregiver.id, flag.episode_id)
    quiet = [quieter(protocol_by_id(connection, protocol), hospital.quiet).quiet_hours for *_, protocol in here]
    at = max((out_of_quiet(now, one, caregiver.tz) for one in quiet), default=now)
    return at if at > now else None
