"""The people of a hospital: who is cared for, who texts, who answers. Pure words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Shift:
    """When one member of staff answers: weekdays 0 (Monday) to 6, from/to in the hospital's zone."""

    staff_id: str
    weekdays: tuple[int, ...]
    start: time
    end: time
    rung: int = 1  # 1 is told first


@dataclass(frozen=True)
class SignOn:
    """A hospital's own provider of single sign-on (OpenID Connect)."""

    issuer: str
    client_id: str


@dataclass(frozen=True)
class Hospital:
    """A tenant. `sender` and `phone` are public numbers; `zone` is an IANA name."""

    id: str
    slug: str
    name: str
    zone: str
    sender: str  # E.164, the number families text with
    phone: str  # printed for families, any format
    emergency_number: str = "911"
    languages: tuple[str, ...] = ("en", "es")
    staffed_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    staffed_from: time = time(8)
    staffed_to: time = time(18)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # ready phrases by language
    second_factor: bool = False  # everybody needs one to sign in
    sign_on: SignOn | None = None

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


@dataclass(frozen=True)
class Child:
    """Who had the operation: a first name or nickname only. `risks` raise a review to urgent."""

    id: str
    hospital_id: str
    name: str
    risks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Caregiver:
    """An adult who texts. `texting` is False after STOP; `phone` is E.164, `zone` an IANA name."""

    id: str
    hospital_id: str
    name: str
    phone: str
    language: str
    zone: str
    texting: bool = True
    confirmed: bool = True  # the number answered for itself, or a person did: private texts may go there

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class EpisodeState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Episode:
    """One child's follow-up after one operation. `day_zero` is the day the protocol counts from: when
    the child came home, or the operation."""

    id: str
    hospital_id: str
    child_id: str
    protocol_id: str
    day_zero: date
    state: EpisodeState = EpisodeState.ACTIVE
    enrolled_at: datetime | None = None
    ended_why: str = ""


class ConsentKind(StrEnum):
    GIVEN = "given"
    STOPPED = "stopped"
    RESUMED = "resumed"
    CONFIRMED = "confirmed"  # the number is theirs


@dataclass(frozen=True)
class Consent:
    """One entry in a caregiver's consent history: when, which words, and how.

    `how`: enrolment, bedside, import, api, fhir, joined; by text keyword, report, wish, wrong_number, loss or
    carrier; said to a person call, visit, writing or adult; mistake: what a person noted a minute before was taken
    back.
    """

    caregiver_id: str
    kind: ConsentKind
    how: str
    words: str
    at: datetime


class Role(StrEnum):
    """What a member of staff may do in the console: see MAY."""

    COORDINATOR = "coordinator"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """One thing that a page asks for before it answers."""

    LOOK = "look"  # at families, flags and texts
    ACT = "act"  # on a flag or a follow-up
    AUDIT = "audit"  # read who looked and did what
    MANAGE = "manage"  # people, ready phrases, how people sign in


MAY: dict[Role, frozenset[Right]] = {
    Role.COORDINATOR: frozenset({Right.LOOK, Right.ACT}),
    Role.MANAGER: frozenset({Right.LOOK, Right.ACT, Right.AUDIT, Right.MANAGE}),
    Role.AUDITOR: frozenset({Right.LOOK, Right.AUDIT}),
    # Keeps the accounts and sees no family.
    Role.ADMINISTRATOR: frozenset({Right.AUDIT, Right.MANAGE}),
}


@dataclass(frozen=True)
class Staff:
    """A care coordinator or other person of the hospital who is told and who acts."""

    id: str
    hospital_id: str
    name: str
    phone: str
    login: str = ""
    role: Role = Role.COORDINATOR
    shifts: tuple[Shift, ...] = field(default_factory=tuple)
    language: str = "en"  # of the pages
    zone: str = ""  # "" is the hospital's

    @property
    def tz(self) -> ZoneInfo | None:
        """The zone of their pages; None is the hospital's."""
        return ZoneInfo(self.zone) if self.zone else None

    def may(self, right: Right) -> bool:
        return right in MAY[self.role]
