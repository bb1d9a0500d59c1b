"""A family as it is to be enrolled: what every way in (form, list, API, text) makes of what was written. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from messages.people import Hours

FARTHEST = timedelta(days=90)  # an operation is planned weeks ahead; beyond this it is a wrong year
LONGEST_NAME = 80
LONGEST_RELATION = 40
LONGEST_RECORD = 64
MOST_ADULTS = 6


@dataclass(frozen=True)
class CaregiverEntry:
    """One adult to enrol: `phone` is E.164, `zone` an IANA name."""

    name: str
    relation: str
    phone: str
    language: str
    zone: str
    hours: Hours | None = None  # between which they want texts; None: nothing is said of that


@dataclass(frozen=True)
class Family:
    """One child to follow. The first caregiver is asked first. `record` is the hospital's own number, if any."""

    child: str
    day_zero: date
    protocol: str
    caregivers: tuple[CaregiverEntry, ...]
    risks: tuple[str, ...] = ()
    record: str = ""
