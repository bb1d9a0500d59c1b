"""What is known when a text is decided: who wrote, about whom, what was asked, what is open. Pure words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from messages.conversation import Asked, Purpose
from messages.flags import Level
from messages.people import Caregiver, Hospital, Staff
from scheduler.course import Course
from scheduler.protocol import Protocol


@dataclass(frozen=True)
class ChildHere:
    """One child this caregiver texts about, with an active episode."""

    episode_id: str
    name: str
    day: int  # day of recovery, day zero = 0
    protocol: Protocol
    risks: tuple[str, ...] = ()
    open_level: Level | None = None  # level of the open or taken flag of this family, if any
    flag_taken: bool = False
    stopped: tuple[str, ...] = ()  # questions that an answer has stopped
    course: Course = field(default_factory=dict)  # what was told before this text, by day of recovery


@dataclass(frozen=True)
class Said:
    """A text we sent lately to this number: for brakes against answering twice. `topic` as in Answer."""

    topic: str
    level: Level | None
    at: datetime
    purpose: Purpose = Purpose.ANSWER


@dataclass(frozen=True)
class Context:
    """Everything `decide` may look at. `about` is the episode the text is about; None when it is unclear.

    `staffed_until` is the end of the present staffed stretch, None outside staffed hours; `staffed_next` is
    when the next one begins. All instants are aware and UTC.
    """

    now: datetime
    hospital: Hospital
    caregiver: Caregiver | None  # None: nobody enrolled this number
    children: tuple[ChildHere, ...] = ()  # active episodes of this caregiver
    ended: bool = False  # had an episode here that has ended
    lost: bool = False  # a child of this caregiver has died, and no other is followed
    about: str | None = None
    asked: Asked = field(default_factory=Asked)
    media: int = 0
    said: tuple[Said, ...] = ()  # our answers of the last 24 hours, newest first
    received: int = 1  # texts from this number in the last hour, this one included
    staffed_until: datetime | None = None
    staffed_next: datetime | None = None
    staff: tuple[Staff, ...] = ()  # whose rota says when texts are read; (): the hospital's hours alone
    carrier_confirms_stop: bool = True  # Twilio answers the bare keywords itself
    message_id: str = ""  # the text being decided, for a which-child question to point at
    unclear: tuple[str, ...] = ()  # earlier texts of this caregiver of which nobody knows yet which child
    recent_signs: tuple[str, ...] = ()  # signs read in this caregiver's other texts of the last 2 hours
    next_check_in: datetime | None = None  # the next check-in planned for the child, if that is known
