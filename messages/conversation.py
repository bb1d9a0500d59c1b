"""Texts, their readings and the states a sent text moves through. Pure words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from messages.flags import Level


class Intent(StrEnum):
    """What the family wants with a text (reading standard, "One labelled case")."""

    REPORT = "report"
    QUESTION = "question"
    THANKS = "thanks"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"


@dataclass(frozen=True)
class Evidence:
    """The words that led to one finding: `start`/`end` index the original text, `rule` is the rule's name.

    `sign` is one of `SIGNS` or "" for evidence of intent, denial, improvement and the like; `status` is
    present, possible, doubtful (named, but the rest of the text speaks against it), recent, denied, better, past,
    hypothetical, other_person, word (understood daily life) or unknown (not understood).
    """

    start: int
    end: int
    rule: str
    sign: str = ""
    status: str = "present"
    level: Level | None = None


@dataclass(frozen=True)
class Reading:
    """What one text says, as one version of the reader saw it.

    `signs` are those present now, sorted, each one of `SIGNS`. `level` is by the default table of the
    reading standard; a protocol may raise or lower it later. `temperature` is in Celsius, `pain` 0-10.
    `complete` is True when every word was understood.
    """

    level: Level
    signs: tuple[str, ...]
    intent: Intent
    evidence: tuple[Evidence, ...] = ()
    temperature: float | None = None
    pain: int | None = None
    picks: tuple[str, ...] = ()  # menu items chosen, in the order written
    complete: bool = True
    language: str = ""  # "en", "es", "mixed" or "other", as far as the reader could tell
    version: str = ""


@dataclass(frozen=True)
class MenuItem:
    """One numbered answer of a question: the sign it reports ("" for none) and its level."""

    level: Level
    sign: str = ""


@dataclass(frozen=True)
class Asked:
    """The last question a caregiver was sent, as far as it matters for reading the reply.

    `kind`: none, checkin, menu, followup:temperature, followup:<name>, which_child. `menu` maps the digit
    offered to its meaning; empty when no numbers were offered. `options` are episode ids of a which-child
    question in the order offered, `of` the messages it is about. `question` is its name in the protocol, `more` the
    questions of the same check-in that are asked when this one is answered.
    """

    kind: str = "none"
    menu: Mapping[str, MenuItem] = field(default_factory=dict)
    episode_id: str | None = None
    check_in_id: str | None = None
    options: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    at: datetime | None = None
    question: str = ""
    more: tuple[str, ...] = ()


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Purpose(StrEnum):
    """Why a text leaves; decides its place in the queue and what happens when a send is unsure."""

    PAGE = "page"
    ANSWER = "answer"
    STAFF = "staff"  # written by a coordinator
    FOLLOW_UP = "follow_up"
    CHECK_IN = "check_in"
    REMINDER = "reminder"

    @property
    def priority(self) -> int:
        """Lower leaves first: an answer to a family never waits behind routine texts."""
        return {"page": 0, "answer": 1, "staff": 1, "follow_up": 2, "reminder": 8, "check_in": 9}[self.value]

    @property
    def repeatable(self) -> bool:
        """A page may be sent twice; a check-in or answer whose send is unsure may not."""
        return self is Purpose.PAGE

    @property
    def routine(self) -> bool:
        return self in (Purpose.CHECK_IN, Purpose.REMINDER)


class Delivery(StrEnum):
    """Where a text that leaves is now."""

    QUEUED = "queued"  # ours, waiting
    SENDING = "sending"  # handed to the carrier, no answer yet
    UNSURE = "unsure"  # the carrier may or may not have it
    ACCEPTED = "accepted"  # the carrier has it
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    REFUSED = "refused"  # the carrier said no
    EXPIRED = "expired"  # too late to be of use, never sent
    CANCELLED = "cancelled"  # stopped by us: opt-out, episode ended


class _Rank(IntEnum):
    QUEUED = 0
    SENDING = 1
    UNSURE = 2
    ACCEPTED = 3
    SENT = 4
    END = 5
    READ = 6


_RANKS: dict[Delivery, _Rank] = {
    Delivery.QUEUED: _Rank.QUEUED,
    Delivery.SENDING: _Rank.SENDING,
    Delivery.UNSURE: _Rank.UNSURE,
    Delivery.ACCEPTED: _Rank.ACCEPTED,
    Delivery.SENT: _Rank.SENT,
    Delivery.DELIVERED: _Rank.END,
    Delivery.UNDELIVERED: _Rank.END,
    Delivery.FAILED: _Rank.END,
    Delivery.REFUSED: _Rank.END,
    Delivery.EXPIRED: _Rank.END,
    Delivery.CANCELLED: _Rank.END,
    Delivery.READ: _Rank.READ,
}

FAILED_STATES = (Delivery.UNDELIVERED, Delivery.FAILED, Delivery.REFUSED)


def moves(now: Delivery, to: Delivery) -> bool:
    """True when a text in state `now` may move to `to`: forward only, and the first end is kept.

    Status callbacks come early, late and out of order and carry no time (facts/twilio.md, 2).
    """
    return _RANKS[to] > _RANKS[now]


@dataclass(frozen=True)
class Message:
    """One text in or out. Never changed or deleted; its words go when the family is erased. `at` is aware and UTC."""

    id: str
    hospital_id: str
    direction: Direction
    channel: str  # sms, chat
    body: str
    at: datetime
    peer: str  # the number outside, E.164, or "" when unknown
    caregiver_id: str | None = None
    episode_id: str | None = None
    staff_id: str | None = None
    media: tuple[str, ...] = ()
    purpose: Purpose | None = None
    asked: Asked | None = None
