"""Joining by text: a code from a poster -> consent, the child's first name, the adult's; then a coordinator decides.

Only what is needed is asked, in short texts, and nothing that is known here is told: whoever has the code may be a
stranger. Danger in a text is answered as ever, whatever was asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.conversation import brakes, keywords
from bot.conversation.confirming import YES
from bot.conversation.say import say
from bot.reading.read import read
from messages.conversation import Intent, Purpose
from messages.database import Connection
from messages.escalation import due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.paging import climb
from messages.people import Hospital
from messages.store import joins
from messages.store.conversation import Draft, Kept, add_reading, received_since, write_out
from messages.store.flags import flag_by_id, raise_flag
from messages.store.people import hospital_by_id, staff_of

LONGEST_NAME = 40
ASKS = "asks to join by text"
_SPANISH = frozenset({"es", "español", "espanol"})


def join_by_text(house: House, connection: Connection, text: Kept, now: datetime) -> bool:
    """Take a text of somebody who joins; False when it is none, and is then decided like any other."""
    if text.caregiver_id or text.staff_id or text.media:
        return False
    hospital = hospital_by_id(connection, text.hospital_id, lock=True)  # two texts of one phone come one by one
    join = joins.join_of(connection, house.vault, hospital.id, text.peer)
    words = keywords.bare(text.body).split()
    if join is None:
        code = joins.code_texted(connection, hospital.id, words[0]) if words and len(words) <= 2 else None
        if code is None:
            return False
        language = "es" if _SPANISH & set(words[1:]) and "es" in hospital.languages else hospital.languages[0]
        joins.begin_join(connection, house.vault, hospital.id, code.id, text.peer, language, now)
        _answer(house, connection, hospital, text, "join_consent", language, now)
        return _taken(house, connection, text, now)
    if not _plain(house, connection, text, now):
        if read(text.body).intent is Intent.OPT_OUT:
            joins.end_join(connection, join.id, "refused", now)
        return False
    return _step(house, connection, hospital, text, join, now) and _taken(house, connection, text, now)


def _plain(house: House, connection: Connection, text: Kept, now: datetime) -> bool:
    """Whether a text may be an answer to what we asked: short, no sign in it, no STOP, not one of very many."""
    reading = read(text.body)
    many = received_since(connection, house.vault.fingerprints("phone", text.peer), now - timedelta(hours=1))
    return (
        reading.level < Level.URGENT
        and not reading.signs
        and reading.intent not in (Intent.OPT_OUT, Intent.WRONG_NUMBER)
        and 0 < len(text.body.strip()) <= LONGEST_NAME
        and "?" not in text.body
        and many <= brakes.MANY
    )


def _step(
    house: House, connection: Connection, hospital: Hospital, text: Kept, join: joins.Join, now: datetime
) -> bool:
    """Take down one answer and ask the next thing; False when this is no answer."""
    said = " ".join(text.body.split())
    if join.state == "consent":
        if keywords.bare(said) not in YES:
            return False
        asked = say("join_consent", join.language, **_values(hospital))
        joins.move_join(
            connection, house.vault, join.id, "child", agreed_at=now, words=f"{asked} - {said}",
        )
        topic = "join_child"
    elif join.state == "child":
        joins.move_join(connection, house.vault, join.id, "adult", child=said)
        topic = "join_adult"
    elif join.state == "adult":
        flag_id = _tell(house, connection, hospital, text, now)
        joins.move_join(connection, house.vault, join.id, "waiting", adult=said, flag_id=flag_id)
        topic = "join_waits"
    else:
        return False
    _answer(house, connection, hospital, text, topic, join.language, now)
    return True


def _taken(house: House, connection: Connection, text: Kept, now: datetime) -> bool:
    """The text is kept with its reading, as every text is."""
    add_reading(connection, text.id, read(text.body), decided=Level.OK, rules=["joining"], now=now)
    return True


def _values(hospital: Hospital) -> dict[str, str]:
    return {"hospital": hospital.name, "phone": hospital.phone, "emergency": hospital.emergency_number}


def _answer(
    house: House, connection: Connection, hospital: Hospital, text: Kept, topic: str, language: str, now: datetime
) -> None:
    body = say(topic, language, **_values(hospital))
    draft = Draft(body=body, purpose=Purpose.ANSWER, topic=topic, channel=text.channel, level=Level.OK)
    write_out(connection, house.vault, draft, hospital_id=hospital.id, peer=text.peer, now=now)


def _tell(house: House, connection: Connection, hospital: Hospital, text: Kept, now: datetime) -> str:
    """A person checks whose child it is before anything private is sent."""
    staff = staff_of(connection, house.vault, hospital.id)
    raised = raise_flag(
        connection, hospital_id=hospital.id, kind=FlagKind.STRANGER, level=Level.REVIEW,
        due_at=due_for(Level.REVIEW, hospital, now, staff), now=now,
        peer_hash=house.vault.fingerprint("phone", text.peer), message_id=text.id, reason=ASKS,
    )
    if raised.tell:
        climb(house, connection, flag_by_id(connection, raised.flag_id, hospital.id)[0], now)
    return raised.flag_id
