"""What is said at the bedside, and what enrolling would do, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.enrolment.said import told_notes
from bot.web.console import stamp
from bot.web.language import _
from messages.database import Connection
from messages.encryption import Vault
from messages.people import Hospital
from scheduler.foresee import Family, Foreseen
from scheduler.plan import Planned, local_zone, plan
from scheduler.protocol import Protocol
from scheduler.store.families import children_like, spelled
from scheduler.store.published import latest_protocol, protocol_by_id, published_names
from scheduler.texts import render, values_for, words_to_confirm

# Read aloud to the adult, in their language; kept with their consent as it was read.
CONSENT = {
    "en": "We would like to text you to ask how your child is: once or twice a day at first, later less often. Nurses "
    "read what you text, in working hours. In an emergency you call {emergency} and do not wait for a text. Others who "
    "see your phone may see the texts. Your phone company may charge for them. You can stop at any time by texting "
    "STOP. Do you agree?",
    "es": "Queremos enviarle mensajes de texto para preguntar cómo está su niño o niña: una o dos veces al día al "
    "principio, luego menos. Las enfermeras leen lo que usted escribe, en horas de trabajo. En una emergencia usted "
    "llama al {emergency} y no espera un mensaje. Quien vea su teléfono puede ver los mensajes. Su compañía puede "
    "cobrarlos. Puede parar cuando quiera con la palabra STOP. ¿Está de acuerdo?",
}


def consent_words(hospital: Hospital, language: str) -> str:
    return CONSENT.get(language, CONSENT["en"]).format(emergency=hospital.emergency_number)


@dataclass(frozen=True)
class Look:
    """The last look before a family is enrolled. `calendar` is what would be texted first, `words` of each text."""

    family: Family
    seen: Foreseen
    protocol: Protocol
    notes: tuple[str, ...]
    like: tuple[tuple[str, str, str], ...]  # episode, child and adults of children of that name
    first: tuple[tuple[str, str], ...]  # adult, the text that asks for a reply
    welcome: str
    calendar: tuple[Planned, ...]
    stamp: str
    hospital: Hospital

    def words(self, question: str, day: int) -> str:
        """A text of the plan as the adult who is asked first will read it."""
        asked = self.family.caregivers[0]
        values = values_for(self.hospital, asked.language, day=max(0, day))
        return render(self.protocol.text(question, asked.language), values)

    @property
    def confirmed(self) -> bool:
        """Whether the adult who is asked first has answered from this number before."""
        known = self.seen.known[0]
        return known is not None and known.confirmed


def look_at(
    connection: Connection, vault: Vault, hospital: Hospital, family: Family, seen: Foreseen, now: datetime, *,
    confirmed: Sequence[str] = (),
) -> Look:
    """`confirmed` are phones that have answered already, though nobody is enrolled on them yet."""
    protocol = protocol_by_id(connection, seen.protocol_id)
    asked = family.caregivers[0]
    own = asked.hours or (seen.known[0].hours if seen.known[0] else None)
    first = tuple(
        (entry.name, words_to_confirm(hospital, entry.language))
        for was, entry in zip(seen.known, family.caregivers, strict=True)
        if not (was and was.confirmed) and entry.phone not in confirmed and not (was and not was.texting)
    )
    like = tuple(
        one for one in children_like(connection, vault, hospital.id, family.child)
        if seen.episode is None or one[0] != seen.episode.id
    )
    values = values_for(hospital, asked.language)
    known = [(was.id, was.texting, was.confirmed) if was else None for was in seen.known]
    return Look(
        family, seen, protocol, tuple(told_notes(seen.notes, _)), like, first,
        render(protocol.text("welcome", asked.language), values),
        plan(protocol, seen.day_zero, local_zone(asked.zone).key, joined=now, own=own),
        stamp(seen.child_id, seen.fresh, seen.moves, known, seen.notes, spelled(family.child)), hospital,
    )


def protocols_of(connection: Connection, hospital_id: str) -> tuple[str, ...]:
    return tuple(sorted(published_names(connection, hospital_id)))


def allows_hours(connection: Connection, hospital_id: str) -> bool:
    """Whether with any protocol an adult may choose the hours of their texts."""
    newest = published_names(connection, hospital_id)
    found = (latest_protocol(connection, hospital_id, name) for name in newest)
    return any(protocol_by_id(connection, one).own_hours for one in found if one)


# A poster speaks every language at once, whatever the page's is.
POSTER = {
    "en": {
        "title": "Going home? We text you to ask how your child is.",
        "how": "Point your camera here, or text",
        "to": "to {sender}",
        "small": "A nurse checks it before the texts begin. Text STOP to end. Emergency: call {emergency}.",
    },
    "es": {
        "title": "¿Se van a casa? Le escribimos para saber cómo está su niño o niña.",
        "how": "Apunte la cámara aquí, o mande",
        "to": "al {sender}",
        "small": "Una enfermera lo revisa antes de empezar. Mande STOP para terminar. Emergencia: {emergency}.",
    },
}


def poster_words(hospital: Hospital, language: str) -> dict[str, str]:
    values = {"sender": hospital.sender, "emergency": hospital.emergency_number}
    return {name: text.format(**values) for name, text in POSTER[language].items()}
