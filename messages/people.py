"""The people of a hospital: who is cared for, who texts, who answers. Pure words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from messages.flags import Level, Targets
from messages.ladder import Ladders
from messages.ladder import Way as Way


@dataclass(frozen=True)
class Hours:
    """From/to on the hospital's clock. An end not after the start is on the next day: 00:00-00:00 is a whole day."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    @classmethod
    def of(cls, text: str | None) -> Hours | None:
        """As `str` writes them, or as people do: "9:00 - 20:30"; None for nothing. Raises ValueError."""
        if not text or not text.strip():
            return None
        start, end = (time.fromisoformat(part.strip().zfill(5)) for part in text.replace("–", "-").split("-"))
        return cls(start, end)


@dataclass(frozen=True)
class OtherDay:
    """A day that is not as its weekday: a holiday (`hours` None, closed), shorter hours, or an extra day."""

    day: date
    name: str
    hours: Hours | None = None


@dataclass(frozen=True)
class OwnWord:
    """What this hospital's families say, told in words that the reader knows; examples that hold it to that."""

    says: tuple[str, ...]
    means: str
    must: tuple[str, ...] = ()  # each is then read as a danger
    never: tuple[str, ...] = ()  # none of these is


@dataclass(frozen=True)
class Shift:
    """When one member of staff answers: weekdays 0 (Monday) to 6, or one `day`; from/to in the hospital's zone."""

    staff_id: str
    weekdays: tuple[int, ...]
    start: time
    end: time
    rung: int = 1  # 1 is told first
    closed_days: bool | None = None  # also on days the hospital is closed; None: when it is of every weekday
    day: date | None = None

    def begins_on(self, day: date, *, closed: bool) -> bool:
        """Whether it begins on this day, on which the hospital is `closed` or not."""
        if self.day is not None:
            return day == self.day
        always = len(set(self.weekdays)) == 7 if self.closed_days is None else self.closed_days
        return day.weekday() in self.weekdays and (always or not closed)


@dataclass(frozen=True)
class Absence:
    """When somebody is not there although they have a shift. UTC; from `begins_at` on, until `ends_at`."""

    id: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Swap:
    """One shift of one date that `staff_id` gave to `to_id`, agreed by both. `day` is the day it begins."""

    id: str
    staff_id: str
    to_id: str
    day: date
    start: time
    end: time
    agreed_at: datetime  # swaps are carried out in this order
    rung: int = 1


@dataclass(frozen=True)
class SignOn:
    """A hospital's own provider of single sign-on (OpenID Connect)."""

    issuer: str
    client_id: str


@dataclass(frozen=True)
class Hospital:
    """A tenant. `sender` and `phone` are public numbers; `zone` is an IANA name.

    `week` (Monday first) holds the hours of each weekday where they are not the same on all `staffed_days`.
    """

    id: str
    slug: str
    name: str
    zone: str
    sender: str  # E.164, the number new families text with
    phone: str  # printed for families, any format
    emergency_number: str = "911"
    languages: tuple[str, ...] = ("en", "es")
    staffed_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    staffed_from: time = time(8)
    staffed_to: time = time(18)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # ready phrases by language
    second_factor: bool = False  # everybody needs one to sign in
    sign_on: SignOn | None = None
    more_senders: tuple[str, ...] = ()  # other numbers that families reach it at
    week: tuple[Hours | None, ...] = ()
    other_days: tuple[OtherDay, ...] = ()
    targets: Targets = field(default_factory=Targets)
    quiet: Hours | None = None  # no check-in leaves then, whatever the protocol says; a caregiver's local time
    words: tuple[OwnWord, ...] = ()
    keep_days: int | None = None  # after a follow-up has ended its family is erased; None: only when somebody asks
    ladders: Ladders = field(default_factory=Ladders)
    fallback: str = ""  # the member of staff who is told first when nobody is on shift; "": everyone who may act
    version: int = 1  # of the settings

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def senders(self) -> tuple[str, ...]:
        """Every number of the hospital, the one for new families first."""
        return (self.sender, *self.more_senders)

    def usual_hours(self, weekday: int) -> Hours | None:
        """When somebody reads texts on a weekday (0 is Monday) that is like any other."""
        if self.week:
            return self.week[weekday]
        return Hours(self.staffed_from, self.staffed_to) if weekday in self.staffed_days else None

    def hours_on(self, day: date) -> Hours | None:
        """When somebody reads texts on this day; None when the hospital is closed."""
        other = next((one for one in self.other_days if one.day == day), None)
        return other.hours if other else self.usual_hours(day.weekday())

    def closed_on(self, day: date) -> bool:
        """A holiday: whoever has a shift on weekdays only has none then."""
        return any(one.day == day and one.hours is None for one in self.other_days)


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
    hours: Hours | None = None  # texts of a plan come only between these, on their own clock

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
    ERASE = "erase"  # a family, for good


MAY: dict[Role, frozenset[Right]] = {
    Role.COORDINATOR: frozenset({Right.LOOK, Right.ACT}),
    Role.MANAGER: frozenset({Right.LOOK, Right.ACT, Right.AUDIT, Right.MANAGE, Right.ERASE}),
    Role.AUDITOR: frozenset({Right.LOOK, Right.AUDIT}),
    # Keeps the accounts and sees no family.
    Role.ADMINISTRATOR: frozenset({Right.AUDIT, Right.MANAGE}),
}


BY_PHONE = frozenset({Way.TEXT, Way.CALL})
PAGED = (Level.EMERGENCY, Level.URGENT, Level.REVIEW)  # the levels that staff are told of


@dataclass(frozen=True)
class Staff:
    """A care coordinator or other person of the hospital who is told and who acts.

    `ways` are those they have an address for, each with the levels they want told by it, beside the phone: a person
    who never chose is told everything by text.

    The rota is `shifts` of every week, `extra` shifts of single dates, agreed `swaps` in which they give or take a
    shift, and absences: `away`. What follows from them is worked out in messages/rota.py.
    """

    id: str
    hospital_id: str
    name: str
    phone: str
    login: str = ""
    role: Role = Role.COORDINATOR
    shifts: tuple[Shift, ...] = field(default_factory=tuple)
    language: str = "en"  # of the pages
    zone: str = ""  # "" is the hospital's
    ways: Mapping[Way, tuple[Level, ...]] = field(default_factory=lambda: {Way.TEXT: PAGED}, hash=False)
    waits: bool = False  # was invited and never came in: nobody pages them
    extra: tuple[Shift, ...] = ()
    swaps: tuple[Swap, ...] = ()
    away: tuple[Absence, ...] = ()

    @property
    def tz(self) -> ZoneInfo | None:
        """The zone of their pages; None is the hospital's."""
        return ZoneInfo(self.zone) if self.zone else None

    def may(self, right: Right) -> bool:
        return right in MAY[self.role]
