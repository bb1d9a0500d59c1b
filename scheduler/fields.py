"""How a hospital writes times, spans, days, signs and risks in a protocol. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time, timedelta
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from messages.flags import SIGNS

# What can raise a review to urgent: facts/clinical.md 2.4 rule 5, and the sheet's last list.
RISKS: tuple[str, ...] = (
    "asthma",
    "blood_thinner",
    "cerebral_palsy",
    "diabetes",
    "opioid",
    "smoke",
    "under_2",
    "weak_immunity",
)

_LAST_DAY = 400
_DAYS_MEND = 'Write "1-3", 5, or a list like [1, 3, "7-9"].'
_SPAN = re.compile(
    r"^(?:(\d{1,3}) ?d(?:ays?)?)? ?(?:(\d{1,3}) ?h(?:ours?)?)? ?(?:(\d{1,4}) ?min(?:utes?)?)?$"
)
_RANGE = re.compile(r"^(\d{1,3}) ?- ?(\d{1,3})$")


def wrong(what: str, mend: str) -> PydanticCustomError:
    """One problem with one value, in words: what is wrong and the mend."""
    return PydanticCustomError("wrong", "{text}", {"text": f"{what} {mend}"})


def nearest(word: str, known: tuple[str, ...]) -> str:
    """ "Did you mean ...?", or the list of what is known when nothing is near."""
    says, known_as = near(word, known)
    return says % {"a": known_as}


def near(word: str, known: Sequence[str]) -> tuple[str, str]:
    """What `nearest` says, with a hole "%(a)s", and what fills it: so that a page can say it in another language."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return ("Did you mean %(a)s?", repr(close[0])) if close else ("Known: %(a)s.", ", ".join(known))


def _local_time(value: Any) -> time:
    if isinstance(value, time):
        return value
    found = re.match(r"^(\d{1,2}):(\d{2})$", value) if isinstance(value, str) else None
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise wrong(f"{value!r} is not a time of day.", 'Write it like "9:00" or "18:30".')
    return time(int(found[1]), int(found[2]))


def _span(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    found = _SPAN.match(value.strip()) if isinstance(value, str) else None
    if not found or not any(found.groups()):
        raise wrong(f"{value!r} is not a span of time.", 'Write it like "20 min", "3 h" or "2 days".')
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


NEVER = timedelta.max


def _after(value: Any) -> timedelta:
    return NEVER if value == "never" else _span(value)


def span_text(span: timedelta) -> str:
    """A span as a protocol writes it: "1 days 3 h 20 min" without the parts that are nought."""
    if span == NEVER:
        return "never"
    minutes = int(span.total_seconds()) // 60
    parts = ((minutes // 1440, "days"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def _days(value: Any) -> tuple[int, ...]:
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    days: list[int] = []
    for part in parts:
        found = _RANGE.match(str(part).strip())
        if found:
            first, last = int(found[1]), int(found[2])
            if first > last:
                raise wrong(f"The days {first}-{last} run backwards.", f'Write "{last}-{first}".')
        elif not isinstance(part, bool) and re.match(r"^\d{1,3}$", str(part).strip()):
            first = last = int(str(part))
        else:
            raise wrong(f"{part!r} is not a day or a range of days.", _DAYS_MEND)
        if last > _LAST_DAY:
            raise wrong(f"Day {last} is too far away.", f"The last possible day is {_LAST_DAY}.")
        days.extend(range(first, last + 1))
    if not days:
        raise wrong("No day is given.", _DAYS_MEND)
    if len(set(days)) != len(days):
        raise wrong("A day is given twice.", "Name every day once.")
    return tuple(sorted(days))


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekdays(value: Any) -> tuple[int, ...]:
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    found: list[int] = []
    for part in parts:
        ends = [one.strip().lower() for one in str(part).split("-")]
        if len(ends) > 2 or any(one not in WEEKDAYS for one in ends):
            raise wrong(f"{part!r} is not a day of the week.", 'Write "mon-fri", sat, or a list like [mon, thu].')
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        found += [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]
    if len(set(found)) != len(found):
        raise wrong("A day of the week is given twice.", "Name every day once.")
    return tuple(sorted(found))


def _known(kind: str, known: tuple[str, ...]) -> Any:
    def check(value: str) -> str:
        if value not in known:
            raise wrong(f"{value!r} is not a {kind}.", nearest(value, known))
        return value

    return AfterValidator(check)


def _one_of(known: tuple[str, ...]) -> WithJsonSchema:
    return WithJsonSchema({"enum": list(known)})


# What an editor is told of each, so that it completes them and marks slips while a file is written.
# `x-says` is the type in the words of docs/protocol-reference.md.
_CLOCK = WithJsonSchema({"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$", "x-says": "time of day"})
_LASTS = WithJsonSchema({"type": "string", "pattern": _SPAN.pattern, "x-says": "span of time"})
_DAYS_OR_LIST = WithJsonSchema(
    {
        "anyOf": [
            {"type": "integer", "minimum": 0, "maximum": _LAST_DAY},
            {"type": "string", "pattern": r"^\d{1,3}( ?- ?\d{1,3})?(, ?\d{1,3}( ?- ?\d{1,3})?)*$"},
            {"type": "array", "items": {"type": ["integer", "string"]}},
        ],
        "x-says": "a day, a range, or a list of them",
    }
)

LocalTime = Annotated[
    time, BeforeValidator(_local_time), PlainSerializer(lambda t: f"{t.hour}:{t:%M}"), _CLOCK
]
Duration = Annotated[timedelta, BeforeValidator(_span), PlainSerializer(span_text), _LASTS]
After = Annotated[
    timedelta,
    BeforeValidator(_after),
    PlainSerializer(span_text),
    WithJsonSchema(
        {"type": "string", "pattern": f"^never$|{_SPAN.pattern}", "x-says": "span of time, or `never`"}
    ),
]
Days = Annotated[tuple[int, ...], BeforeValidator(_days), _DAYS_OR_LIST]
Weekdays = Annotated[
    tuple[int, ...],
    BeforeValidator(_weekdays),
    PlainSerializer(lambda days: [WEEKDAYS[day] for day in days]),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "x-says": "a day of the week, a range, or a list of them",
        }
    ),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Sign = Annotated[str, _known("sign", SIGNS), _one_of(SIGNS)]
Risk = Annotated[str, _known("risk", RISKS), _one_of(RISKS)]
