"""A conversation tried with a protocol: texts go through the real reader and `decide`, and nothing is kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.conversation.context import ChildHere, Context, Said
from bot.conversation.decide import decide
from bot.conversation.decision import Answer, RaiseFlag
from bot.reading.own import own_words, pairs_of
from bot.reading.read import read
from messages.conversation import Asked, Reading
from messages.escalation import next_staffed, staffed_until
from messages.flags import Level
from messages.people import Caregiver, Hospital
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.texts import render, values_for

MOST = 12  # texts of one try
_APART = timedelta(minutes=2)


@dataclass(frozen=True)
class Tried:
    """One text of the family and all that would come of it. `flag` is the level of the flag it raises, if any."""

    text: str
    reading: Reading
    level: Level
    answers: tuple[str, ...]
    flag: Level | None
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Try:
    """Where a try begins: what was asked, on which day of recovery, in which language, of a child with which risks."""

    asked: str
    day: int
    language: str
    risks: tuple[str, ...] = ()


def first_text(protocol: Protocol, hospital: Hospital, begun: Try) -> str:
    """The check-in that the family answers to, as it would read."""
    return render(protocol.text(begun.asked, begun.language), values_for(hospital, begun.language, day=begun.day))


def try_texts(
    protocol: Protocol, hospital: Hospital, begun: Try, texts: Sequence[str], now: datetime
) -> list[Tried]:
    """What each text would be read as and answered with, one after the other."""
    more = protocol.check_in(begun.asked, begun.day)[1:]  # what its check-in asks after it
    asked = replace(protocol.asked(begun.asked, more), at=now) if begun.asked not in FIXED_TEXTS else Asked()
    own = own_words(pairs_of((entry.says, entry.means) for entry in protocol.words))
    caregiver = Caregiver("try", hospital.id, "Ana", "", begun.language, hospital.zone)
    child = ChildHere("try", "Ana", begun.day, protocol, begun.risks)
    said: tuple[Said, ...] = ()
    open_level: Level | None = None
    tried = []
    for number, text in enumerate(texts[:MOST], 1):
        at = now + _APART * number
        reading = read(text, asked=asked, language=begun.language, own=own)
        context = Context(
            now=at, hospital=hospital, caregiver=caregiver, children=(replace(child, open_level=open_level),),
            about="try", asked=asked, said=said, received=number, carrier_confirms_stop=False,
            staffed_until=staffed_until(hospital, at), staffed_next=next_staffed(hospital, at),
        )  # fmt: skip
        decision = decide(reading, context, text)
        answers = [one for one in decision.actions if isinstance(one, Answer)]
        flags = [one.level for one in decision.actions if isinstance(one, RaiseFlag)]
        said = (*(Said(one.topic, one.level, at, one.purpose) for one in reversed(answers)), *said)
        asked = next((replace(one.asks, at=at) for one in reversed(answers) if one.asks), asked)
        open_level = max([*flags, *([open_level] if open_level else [])], default=None)
        tried.append(
            Tried(text, reading, decision.level, tuple(one.body for one in answers), max(flags, default=None),
                  decision.rules)
        )  # fmt: skip
    return tried
