"""Texts with placeholders: which are allowed, how they are filled, which words a carrier keeps. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta

from messages.errors import ProtocolError
from messages.people import Hospital, Hours

# What a text may hold; {menu} only in a question that offers numbers.
PLACEHOLDERS: Mapping[str, str] = {
    "hospital": "the hospital's name",
    "phone": "the phone number families call",
    "emergency": "the emergency number",
    "hours": "when a person reads the texts",
    "about": "nothing, or the child's first name when the phone has several children",
    "day": "the day of recovery; day zero is 0",
}

# Words that Twilio answers by itself and that end or restart texting (facts: default and opt-out keywords),
# with their Spanish twins. An answer that is one of them alone would not be an answer.
STOP_WORDS = ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout")
STOP_WORDS_ES = ("alto", "parar", "cancelar")
OTHER_WORDS = ("start", "yes", "unstop", "iniciar", "help", "info", "ayuda")
KEYWORDS = frozenset((*STOP_WORDS, *STOP_WORDS_ES, *OTHER_WORDS))

_PLACEHOLDER = re.compile(r"( ?)\{([^{}]*)\}")
_ABOUT = {"en": ("for ", " and "), "es": ("de ", " y ")}
_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
}


def placeholders(text: str) -> tuple[str, ...]:
    """The names between braces, in order."""
    return tuple(name for _, name in _PLACEHOLDER.findall(text))


def render(text: str, values: Mapping[str, str | int]) -> str:
    """`text` with its placeholders filled; an empty value takes the space before it away, or the colon it begins with.

    Raises ProtocolError when a placeholder has no value: a text with a hole is never sent.
    """

    def fill(found: re.Match[str]) -> str:
        space, name = found.groups()
        if name not in values:
            raise ProtocolError(
                [f"text: the placeholder {{{name}}} has no value. Give one, or change the text."]
            )
        value = str(values[name])
        return f"{space}{value}" if value else ""

    filled = _PLACEHOLDER.sub(fill, text).strip()
    begun = filled.lstrip(":, ")  # "{about}: how is ...", of a child that need not be named
    return filled if begun == filled else begun[:1].upper() + begun[1:]


def about(names: tuple[str, ...], language: str) -> str:
    """ "for Ana", "de Ana y Leo"; "" when there is no name to tell."""
    if not names:
        return ""
    before, joint = _ABOUT.get(language, _ABOUT["en"])
    return before + joint.join(filter(None, (", ".join(names[:-1]), names[-1])))


def hours(hospital: Hospital, language: str) -> str:
    """When the hospital's staff read texts, like "Mon-Fri 8:00-18:00"; the hospital's own local time."""
    names = _WEEKDAYS.get(language, _WEEKDAYS["en"])
    week = [hospital.usual_hours(day) for day in range(7)]
    runs: dict[Hours, list[list[int]]] = {}  # days with the same hours are told together
    for day, of in enumerate(week):
        if of is None:
            continue
        mine = runs.setdefault(of, [])
        if mine and mine[-1][-1] == day - 1:
            mine[-1].append(day)
        else:
            mine.append([day])

    def days(of: list[int]) -> str:
        return names[of[0]] if len(of) == 1 else f"{names[of[0]]}-{names[of[-1]]}"

    def clock(of: Hours) -> str:
        begin, end = (f"{t.hour}:{t:%M}" for t in (of.start, of.end))
        return f"{begin}-{end}"

    return ", ".join(f"{', '.join(map(days, each))} {clock(of)}" for of, each in runs.items())


def values_for(
    hospital: Hospital, language: str, *, names: tuple[str, ...] = (), day: int = 0
) -> dict[str, str | int]:
    """Every placeholder's value. `names` are the children's first names, only where the phone has several."""
    return {
        "hospital": hospital.name,
        "phone": hospital.phone,
        "emergency": hospital.emergency_number,
        "hours": hours(hospital, language),
        "about": about(names, language),
        "day": day,
    }


def plain_word(text: str) -> str:
    """Lower case, no accents, no marks around: how a keyword is compared."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"^\W+|\W+$", "", bare)


def keyword_in(label: str) -> str | None:
    """The carrier's keyword that a family would naturally answer with when picking `label`, if any."""
    first = plain_word(re.split(r"[,.;:/(]| or | o ", label, maxsplit=1)[0])
    return next((word for word in (plain_word(label), first) if word in KEYWORDS), None)


AGAIN_AFTER = timedelta(hours=4)  # a number that did not answer is asked once more
# The first text to a number that may be a stranger's: no name, nothing of the operation.
ASKS = {
    "en": "{hospital}: you signed up for texts from your care team. Is this right? Reply 1 for yes, 2 for no. "
    "STOP to end. Emergency: call {emergency}.",
    "es": "{hospital}: usted quiere mensajes de su equipo de cuidado. ¿Es correcto? Responda 1 si es correcto, 2 si no."
    " STOP para terminar. Emergencia: llame al {emergency}.",
}


def words_to_confirm(hospital: Hospital, language: str) -> str:
    """What a number is asked before anything else."""
    return ASKS.get(language, ASKS["en"]).format(hospital=hospital.name, emergency=hospital.emergency_number)
