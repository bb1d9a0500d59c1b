"""The one way in: a text arrives -> keep -> read -> decide -> record (one commit) -> send.

Twilio's webhook, the demo's phones, web chat and the reconciliation with the carrier's list all enter here.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation.context import Context
from bot.conversation.decide import decide
from bot.conversation.keywords import reaction
from bot.facts import gather
from bot.joining import join_by_text
from bot.reading.own import own_words, pairs_of
from bot.reading.read import VERSION, read
from bot.record import record, record_staff_text, record_unread
from messages.carriers.carrier import Incoming
from messages.conversation import Intent, Purpose, Reading
from messages.database import Connection
from messages.errors import DatabaseError, HearbackError
from messages.flags import Level
from messages.house import House
from messages.page_words import meant
from messages.store.astray import astray_at, keep_astray, not_astray
from messages.store.conversation import (
    Kept,
    add_reading,
    keep,
    kept_text,
    take_undecided,
    texts_just_before,
)
from messages.store.pages import wrote_to_last
from messages.store.people import (
    all_hospitals,
    caregiver_by_phone,
    hospital_by_sender,
    staff_by_phone,
    texts_with,
)

log = logging.getLogger(__name__)

JOIN_WITHIN = timedelta(minutes=2)  # several texts in a row are one thought: facts/clinical.md 1.17


def warm() -> None:
    """Load the reader's words now, once, before threads and processes come that would each load them."""
    read("")


def inbound(house: House, incoming: Incoming, now: datetime, *, channel: str = "sms") -> str | None:
    """Take one text in; returns its message id, or None when this text was here before.

    When this returns the text is kept, whatever happened to its reading. Raises DatabaseError when it could
    not be kept: the carrier must be told, so that it tries again.
    """
    message_id = keep_text(house, incoming, now, channel=channel)
    if message_id is None:
        return None
    try:
        decide_text(house, message_id, now)
    except DatabaseError:
        log.error(
            "text %s is kept and not decided: the database went away; the clock will take it up", message_id
        )
    except Exception as error:  # not even as a flag; it stays due work, and the outside watch sees it
        log.critical("text %s is kept and could not be decided: %s", message_id, type(error).__name__)
    house.kick.set()
    return message_id


def keep_text(house: House, incoming: Incoming, now: datetime, *, channel: str) -> str | None:
    """Commit the text before anyone reads it; None when its carrier id is here already.

    With several hospitals a text to a number that none of them has is nobody's: it is kept apart, for administrators.
    """
    with house.database.writing() as connection:
        hospital = hospital_by_sender(connection, incoming.to)
        if hospital is None:
            if not all_hospitals(connection):
                raise HearbackError(
                    "A text came in and there is no hospital here yet.",
                    mend="Run: hearback demo, or set one up with: hearback setup",
                )
            if keep_astray(connection, house.vault, incoming, channel, now):
                log.critical("a text came to %s, which is no hospital's number: see hearback doctor", incoming.to[:40])
            return None
        caregiver = caregiver_by_phone(connection, house.vault, hospital.id, incoming.peer)
        staff = staff_by_phone(connection, house.vault, hospital.id, incoming.peer)
        if caregiver and staff:  # a nurse whose own child is followed: which of the two answers
            hashes = house.vault.fingerprints("phone", incoming.peer)
            answers = meant(incoming.body) and wrote_to_last(connection, hospital.id, hashes) == Purpose.PAGE.value
            caregiver, staff = (None, staff) if answers else (caregiver, None)
        if caregiver and len(hospital.senders) > 1 and incoming.to in hospital.senders:
            texts_with(connection, caregiver.id, incoming.to)
        return keep(
            connection,
            house.vault,
            incoming,
            carrier=channel if channel == "chat" else house.carrier.name,
            channel=channel,
            hospital_id=hospital.id,
            caregiver_id=caregiver.id if caregiver else None,
            staff_id=staff.id if staff else None,
            now=now,
        )


def take_in_astray(house: House, number: str, now: datetime) -> int:
    """Take in the texts that came to a number before it was a hospital's; returns how many."""
    with house.database.reading() as connection:
        found = astray_at(connection, house.vault, number)
    for row_id, channel, incoming in found:
        inbound(house, incoming, now, channel=channel)
        with house.database.writing() as connection:
            not_astray(connection, row_id)
    return len(found)


def decide_text(house: House, message_id: str, now: datetime) -> None:
    """Read a kept text, decide, and record all of it in one commit; a text is decided once.

    When reading or deciding fails for whatever reason, the text becomes a flag by itself.
    """
    try:
        with house.database.writing() as connection:
            if not take_undecided(connection, message_id):
                return
            text = kept_text(connection, house.vault, message_id)
            if text.staff_id:
                record_staff_text(house, connection, text, now)
                return
            if join_by_text(house, connection, text, now):
                return
            context = gather(house, connection, text, now)
            reading, joined = read_with_context(house, connection, text, context)
            decision = decide(reading, context, text.body)
            rules = (*joined, *decision.rules)
            add_reading(connection, message_id, reading, decided=decision.level, rules=rules, now=now)
            record(house, connection, text, context, decision, now)
    except DatabaseError:
        raise
    except Exception as error:  # whatever it is, a person must see the text
        frame = traceback.extract_tb(error.__traceback__)[-1]
        # The message of the error may quote the family; its kind and place do not.
        log.error(
            "text %s could not be read: %s at %s:%s",
            message_id,
            type(error).__name__,
            frame.filename,
            frame.lineno,
        )
        with house.database.writing() as connection:
            if take_undecided(connection, message_id):
                record_unread(house, connection, kept_text(connection, house.vault, message_id), now)


def read_with_context(
    house: House, connection: Connection, text: Kept, context: Context
) -> tuple[Reading, list[str]]:
    """Read a text; a sign split over several texts in a row is read over all of them.

    The reading is the text's own, unless the texts together tell of a danger that neither part tells by itself.
    """
    if said_by_a_tap(text):  # the words are ours: what they ask for is not what the child has
        return Reading(Level.OK, (), Intent.OTHER, version=VERSION), []
    language = context.caregiver.language if context.caregiver else "en"
    names = [child.name for child in context.children]
    pairs = [(entry.says, entry.means) for entry in context.hospital.words]
    pairs += [(entry.says, entry.means) for child in context.children for entry in child.protocol.words]
    own = own_words(pairs_of(pairs))

    def look(body: str) -> Reading:
        return read(body, asked=context.asked, language=language, names=names, own=own)

    alone = look(text.body)
    earlier = texts_just_before(connection, house.vault, text, JOIN_WITHIN)
    before = " ".join(body for body in earlier if reaction(body) is None)
    if not before or alone.level is Level.EMERGENCY:
        return alone, []
    together = look(f"{before} {text.body}")
    if together.level < Level.URGENT or together.level <= max(alone.level, look(before).level):
        return alone, []
    shift = len(before) + 1
    evidence = tuple(
        replace(piece, start=max(0, piece.start - shift), end=piece.end - shift)
        for piece in together.evidence
        if piece.end > shift
    )
    return replace(together, evidence=evidence, intent=alone.intent), ["joined-with-texts-before"]


def said_by_a_tap(text: Kept) -> bool:
    """Whether a phone wrote this text, because somebody tapped a heart on one of ours."""
    return not text.media and reaction(text.body) is not None
