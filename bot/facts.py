"""What is known when a text is decided, gathered from the database into one Context."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.conversation.context import ChildHere, Context, Said
from bot.conversation.who import named
from messages.conversation import Asked
from messages.database import Connection
from messages.escalation import next_staffed, staffed_until
from messages.house import House
from messages.people import EpisodeState
from messages.store.conversation import (
    Kept,
    last_asked,
    received_since,
    said_since,
    signs_read,
    unclear_texts,
)
from messages.store.people import caregiver_by_id, hospital_by_id, staff_of
from messages.store.story import told_of
from scheduler.course import Course, DayTold, course_of
from scheduler.plan import day_of_recovery
from scheduler.protocol import Protocol
from scheduler.store.check_ins import next_check_in, outstanding
from scheduler.store.episodes import LOSS, EpisodeHere, episodes_of
from scheduler.store.published import protocol_by_id

ASKED_WITHIN = timedelta(hours=36)  # a bare number still answers yesterday evening's question
RECENT_WITHIN = timedelta(hours=2)
SAID_WITHIN = timedelta(hours=24)


def gather(house: House, connection: Connection, text: Kept, now: datetime) -> Context:
    """Everything `decide` may look at; the caregiver and their episodes stay locked until the commit."""
    hospital = hospital_by_id(connection, text.hospital_id, lock=text.caregiver_id is None)
    # Locked before anything is read: of two texts at once, the second is decided knowing the answer to the first.
    caregiver = (
        caregiver_by_id(connection, house.vault, text.caregiver_id, lock=True) if text.caregiver_id else None
    )
    hashes = house.vault.fingerprints("phone", text.peer)
    said = tuple(
        Said(topic=row.topic, level=row.level, at=row.at, purpose=row.purpose)
        for row in said_since(connection, hashes, hospital.id, now - SAID_WITHIN)
    )
    received = received_since(connection, hashes, now - timedelta(hours=1))
    staff = staff_of(connection, house.vault, hospital.id)
    until, following = staffed_until(hospital, now, staff), next_staffed(hospital, now, staff)
    if caregiver is None:
        return Context(
            now=now,
            hospital=hospital,
            caregiver=None,
            media=len(text.media),
            said=said,
            received=received,
            carrier_confirms_stop=house.carrier.name == "twilio",
            staffed_until=until,
            staffed_next=following,
            staff=staff,
        )
    episodes = episodes_of(connection, house.vault, caregiver.id, lock=True)
    running = [episode for episode in episodes if episode.state != EpisodeState.ENDED.value]
    protocols = [protocol_by_id(connection, episode.protocol_id) for episode in running]
    children = tuple(
        ChildHere(
            episode_id=episode.id,
            name=episode.name,
            day=day_of_recovery(episode.day_zero, caregiver.zone, now),
            protocol=protocol,
            risks=episode.risks,
            open_level=episode.open_level,
            flag_taken=episode.flag_taken,
            stopped=episode.stopped,
            course=_course(connection, episode, protocol, caregiver.zone),
        )
        for episode, protocol in zip(running, protocols, strict=True)
    )
    asked = last_asked(connection, caregiver.id, now - ASKED_WITHIN)
    return Context(
        now=now,
        hospital=hospital,
        caregiver=caregiver,
        children=children,
        ended=any(episode.state == EpisodeState.ENDED.value for episode in episodes),
        lost=_lost(episodes),
        about=_about(text.body, children, asked, outstanding(connection, caregiver.id, now - ASKED_WITHIN)),
        asked=asked,
        next_check_in=next_check_in(connection, [child.episode_id for child in children], now),
        recent_signs=signs_read(connection, caregiver.id, now - RECENT_WITHIN),
        message_id=text.id,
        unclear=tuple(unclear_texts(connection, caregiver.id, now - SAID_WITHIN)),
        media=len(text.media),
        said=said,
        received=received,
        carrier_confirms_stop=house.carrier.name == "twilio" and text.channel == "sms",
        staffed_until=until,
        staffed_next=following,
        staff=staff,
    )


def _course(connection: Connection, episode: EpisodeHere, protocol: Protocol, zone: str) -> Course:
    """What was told before, by day on the calendar of whoever writes now; only where the protocol asks for it.

    A text that may be about another child on the same phone is left out.
    """
    if not any(one.trend for one in (*protocol.meanings, *(change.when for change in protocol.changes))):
        return {}
    return course_of(
        DayTold(day_of_recovery(episode.day_zero, zone, one.at), frozenset(one.signs), one.pain, one.temperature)
        for one in told_of(connection, episode.id)
        if not one.unclear
    )


def _lost(episodes: Sequence[EpisodeHere]) -> bool:
    """Whether a child has died and no other of theirs is followed."""
    others = [one for one in episodes if one.why != LOSS and one.state != EpisodeState.ENDED.value]
    return not others and any(one.why == LOSS for one in episodes)


def _about(
    body: str, children: Sequence[ChildHere], asked: Asked, open_episodes: Sequence[str]
) -> str | None:
    """The episode a text is about: the only child, the one named, or the one just asked about; else None."""
    if len(children) == 1:
        return children[0].episode_id
    found = named(body, children)
    if len(found) == 1:
        return found[0].episode_id
    if found or asked.kind == "which_child":
        return None
    here = [child.episode_id for child in children if child.episode_id in open_episodes]
    return here[0] if len(here) == 1 else None
