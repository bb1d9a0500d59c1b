"""What needs a person: levels, signs, flags and the states a flag can be in. Pure words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


class Level(StrEnum):
    """How serious a text is; the most serious thing in it wins (reading standard, "Levels")."""

    OK = "ok"
    REVIEW = "review"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return _RANK[self.value]

    def __lt__(self, other: str) -> bool:
        return self.rank < Level(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Level(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Level(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Level(other).rank


_RANK = {"ok": 0, "review": 1, "urgent": 2, "emergency": 3}

SIGNS: tuple[str, ...] = (
    "allergy",
    "bleeding",
    "breathing",
    "chest_pain",
    "chills",
    "circulation",
    "clot",
    "collapse",
    "cough",
    "discharge",
    "fever",
    "injury",
    "intake",
    "medication",
    "numbness",
    "pain",
    "redness",
    "self_harm",
    "swelling",
    "vomiting",
)


class FlagKind(StrEnum):
    """Why a person must look."""

    REPLY = "reply"  # a text from a family
    SILENCE = "silence"  # a family that did not answer
    SENDING = "sending"  # a text that could not be sent, or nobody knows whether it was
    STRANGER = "stranger"  # a text from a number nobody enrolled
    OPT_OUT = "opt_out"  # a family that stopped while something was open
    UNREAD = "unread"  # a text the reader could not read because it crashed or came late


class FlagState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a flag ended: the first five for what a family texts, the others for silence and for texts of ours."""

    ADVICE = "advice"
    CLINIC = "clinic"
    EMERGENCY_ROOM = "emergency_room"
    FALSE_ALARM = "false_alarm"
    UNREACHABLE = "unreachable"
    ALL_WELL = "all_well"  # a silent family was reached
    TOLD_OTHERWISE = "told_otherwise"  # by another way than the text that failed
    NUMBER_CORRECTED = "number_corrected"
    ARRIVED = "arrived"  # the text came after all
    SET_RIGHT = "set_right"  # what kept every text from leaving
    NOT_NEEDED = "not_needed"  # the text is of no use any more


_OF_A_TEXT = (Outcome.ADVICE, Outcome.CLINIC, Outcome.EMERGENCY_ROOM, Outcome.FALSE_ALARM, Outcome.UNREACHABLE)
_OF_SILENCE = (Outcome.ALL_WELL, Outcome.ADVICE, Outcome.CLINIC, Outcome.EMERGENCY_ROOM, Outcome.UNREACHABLE)
_OF_ONE_SEND = (
    Outcome.TOLD_OTHERWISE, Outcome.ARRIVED, Outcome.NUMBER_CORRECTED, Outcome.NOT_NEEDED, Outcome.UNREACHABLE
)
_OF_EVERY_SEND = (Outcome.SET_RIGHT, Outcome.TOLD_OTHERWISE, Outcome.NUMBER_CORRECTED, Outcome.NOT_NEEDED)


def outcomes_of(kind: FlagKind, caregiver_id: str | None) -> tuple[Outcome, ...]:
    """How a flag of this kind can end, likeliest first. A send without a caregiver is a page, or stands for all."""
    if kind is FlagKind.SENDING:
        return _OF_ONE_SEND if caregiver_id else _OF_EVERY_SEND
    return _OF_SILENCE if kind is FlagKind.SILENCE else _OF_A_TEXT


class ActKind(StrEnum):
    TOOK = "took"
    TEXTED = "texted"
    CALLED = "called"
    NOTED = "noted"
    CLOSED = "closed"
    RELEASED = "released"
    HANDED = "handed"  # to another person, or to oneself: taken over
    UNDID = "undid"  # took back an act of a moment ago, or a text that had not left


def spoken_code(flag_id: str) -> str:
    """Four digits by which somebody who was called finds the flag among others: it is said, and shown on its page."""
    return str(1000 + int(flag_id[-12:], 16) % 9000)


UNDO_FOR = timedelta(minutes=1)
MOVES = (ActKind.TOOK, ActKind.RELEASED, ActKind.HANDED, ActKind.CLOSED)  # who has a flag, and whether it is open


@dataclass(frozen=True)
class Targets:
    """How soon a person must act, and how soon the next person is told: facts/clinical.md 2.5. A hospital's own.

    `review_by` is the hospital's wall clock on the next staffed day, for a review that this one is too short for.
    """

    emergency: timedelta = timedelta(minutes=5)
    urgent: timedelta = timedelta(minutes=60)
    emergency_again: timedelta = timedelta(minutes=5)
    urgent_again: timedelta = timedelta(minutes=30)
    review_by: time = time(12)


@dataclass(frozen=True)
class Flag:
    """Something a person must look at. Times are aware and UTC."""

    id: str
    hospital_id: str
    kind: FlagKind
    level: Level
    state: FlagState
    signs: tuple[str, ...]
    opened_at: datetime
    due_at: datetime
    episode_id: str | None = None
    caregiver_id: str | None = None
    message_id: str | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    pages_sent: int = 0
    next_page_at: datetime | None = None
    reason: str = ""
    rung: int = 0  # the last that was told, from 1; 0: none yet
    failed_at: datetime | None = None  # when the last rung had failed
    climbs_since: datetime | None = None  # of a taken flag about which nothing was done in time


@dataclass(frozen=True)
class Correction:
    """How a text should have been read, as a coordinator says it: signs are sorted codes of `SIGNS`."""

    level: Level
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Act:
    """What a person did about a flag. Never changed or deleted; its note goes with the family.

    The act of texting has the id of its text. `to_id` is whom the flag was handed to, `undoes` the act taken back.
    """

    id: str
    flag_id: str
    staff_id: str
    kind: ActKind
    at: datetime
    note: str = ""
    outcome: Outcome | None = None
    read_rightly: bool | None = None
    to_id: str | None = None
    undoes: str | None = None
