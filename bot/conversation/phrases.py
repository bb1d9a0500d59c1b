"""Ready phrases for a text that a coordinator writes: the hospital's own, or the shipped ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.conversation.say import LAST_RESORT, wordings
from messages.people import Hospital


def ready_phrases(hospital: Hospital, language: str, me: str) -> tuple[str, ...]:
    """The phrases in this language, filled in; `me` is the first name of who sends it.

    A language without phrases of its own has the shipped ones, in English when there are none.
    """
    shipped = wordings()[language if language in wordings() else LAST_RESORT].phrases
    values = {"me": me, "phone": hospital.phone, "emergency": hospital.emergency_number, "hospital": hospital.name}
    return tuple(filled(phrase, values) for phrase in hospital.phrases.get(language) or shipped)


def filled(phrase: str, values: Mapping[str, str]) -> str:
    """The phrase with the placeholders it knows filled in; what a hospital wrote otherwise stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda hole: values.get(hole[1], hole[0]), phrase)
