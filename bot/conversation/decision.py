"""What is to be done about a text: a list of actions, none of them performed. Pure words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.conversation import Asked, Purpose
from messages.flags import FlagKind, Level
from scheduler.wanted import Wanted


@dataclass(frozen=True)
class Answer:
    """A text to the one who wrote. `topic` names the wording; `body` is ready to send, in their language."""

    topic: str
    body: str
    level: Level | None = None
    asks: Asked | None = None  # what this text asks, if it asks
    purpose: Purpose = Purpose.ANSWER
    after: timedelta = timedelta(0)  # leave this much later than the first


@dataclass(frozen=True)
class RaiseFlag:
    """A person must look. `episode_ids` is empty for a stranger; several when it is unclear which child."""

    kind: FlagKind
    level: Level
    signs: tuple[str, ...] = ()
    episode_ids: tuple[str, ...] = ()
    due_at: datetime | None = None  # when a person should have acted; UTC
    promised: bool = False  # the family was told that time
    reason: str = ""  # named rules that raised or changed the level; no private words
    pages: bool = True  # False: nobody is told at once; it stands in the list, and the next digest counts it


@dataclass(frozen=True)
class Stop:
    """The caregiver gets no more routine texts. `how`: keyword, wish, wrong_number or loss."""

    how: str


@dataclass(frozen=True)
class Resume:
    """The caregiver wants texts again."""

    how: str


@dataclass(frozen=True)
class Confirm:
    """The number is the caregiver's: private texts may go there. `how`: keyword or report."""

    how: str


@dataclass(frozen=True)
class Answered:
    """The check-in of this episode is answered; `skip_rest_of_day` cancels what else was planned today."""

    episode_id: str
    skip_rest_of_day: bool = False


@dataclass(frozen=True)
class ExtendDaily:
    """Ask every day for `days` more days, because of a serious day."""

    episode_id: str
    days: int


@dataclass(frozen=True)
class ChangePlan:
    """An answer changes later steps of this episode."""

    episode_id: str
    wanted: Wanted


@dataclass(frozen=True)
class Pause:
    """No routine text about this episode to anybody, until a person says so. `why`: loss."""

    episode_id: str
    why: str


@dataclass(frozen=True)
class Attribute:
    """Earlier texts are now known to be about this episode (the answer to "is this about Ana or Leo?")."""

    episode_id: str
    message_ids: tuple[str, ...]


Action = Answer | RaiseFlag | Stop | Resume | Confirm | Answered | ExtendDaily | ChangePlan | Pause | Attribute


@dataclass(frozen=True)
class Decision:
    """The final level of the text and what is to be done, in order.

    `about` are the episodes the text is known to be about: none for a stranger or while the child is unclear.
    `rules` are the triage rules that changed the level, `case` the one of `decide.CASES` that fitted.
    """

    level: Level
    actions: tuple[Action, ...] = ()
    about: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    case: str = ""
