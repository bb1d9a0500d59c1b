"""A scene for a decision, told in few words, and the decision told back in few words. No test itself.

A hospital in Chicago, staffed Monday to Friday 8:00 to 18:00. Unless told otherwise it is Tuesday 10:00 and
Mara, who reads English, writes about Ana, three days after the operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.context import ChildHere, Context, Said
from bot.conversation.decision import (
    Action,
    Answer,
    Answered,
    Attribute,
    Confirm,
    Decision,
    ExtendDaily,
    Pause,
    RaiseFlag,
    Resume,
    Stop,
)
from messages.conversation import Asked, Intent, Purpose, Reading
from messages.escalation import next_staffed, staffed_until
from messages.flags import SIGNS, Level
from messages.people import Caregiver, Hospital
from scheduler.load import load_shipped
from scheduler.protocol import Protocol

ZONE = "America/Chicago"
HOSPITAL = Hospital("h1", "harbor", "Harbor Children's Hospital", ZONE, "+15550100100", "(555) 010-4477")
MARA = Caregiver("c1", "h1", "Mara", "+15550100200", "en", ZONE)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY = datetime(2026, 11, 23, tzinfo=ZoneInfo(ZONE))


@cache
def protocol() -> Protocol:
    return load_shipped("hip-osteotomy")


def at(words: str, zone: str = ZONE) -> datetime:
    """'tue 10:00' of the week of 23 November 2026, as UTC."""
    day, clock = words.split()
    hour, minute = (int(part) for part in clock.split(":"))
    date = MONDAY.date() + timedelta(days=DAYS.index(day))
    return datetime(date.year, date.month, date.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def reading(words: str) -> Reading:
    """'urgent fever', 'review question', 'review unclear', 'urgent fever 38.4C', 'ok thanks', 'review in:other'."""
    level, *rest = words.split()
    intent, signs, complete, heat, pain, language = Intent.REPORT, [], True, None, None, "en"
    for word in rest:
        if word in SIGNS:
            signs.append(word)
        elif word == "unclear":
            complete = False
        elif word.startswith("in:"):
            language = word[3:]
        elif word.endswith("C") and word[:-1].replace(".", "").isdecimal():
            heat = float(word[:-1])
        elif word.endswith("/10"):
            pain = int(word[:-3])
        else:
            intent = Intent(word)
    return Reading(
        Level(level), tuple(sorted(signs)), intent, temperature=heat, pain=pain, complete=complete, language=language
    )


def child(name: str, **more: Any) -> ChildHere:
    given: dict[str, Any] = {"episode_id": name, "name": name, "day": 3, "protocol": protocol()}
    return ChildHere(**(given | more))


def context(case: Mapping[str, Any]) -> Context:
    """The context of a case; every key may be left out.

    who: family, stranger, stopped, unconfirmed, ended, lost. children: names.
    risks, open, taken: of the first child. about: a name,
    or "" for unclear. asked: 'menu 20m'. said: ['urgent/urgent 1m', 'thanks/- 3h']. now, language, zone, media,
    received, day, recent, next (and weeks later), carrier.
    """
    now = at(case.get("now", "tue 10:00"))
    who = case.get("who", "family")
    names = case.get("children", ["Ana"]) if who in ("family", "stopped", "unconfirmed") else []
    children = [child(name, day=case.get("day", 3)) for name in names]
    if children:
        children[0] = child(
            names[0],
            day=case.get("day", 3),
            protocol=case.get("protocol", protocol()),
            risks=tuple(case.get("risks", ())),
            open_level=Level(case["open"]) if "open" in case else None,
            flag_taken=case.get("taken", False),
        )
    about = case.get("about", names[0] if len(names) == 1 else "") or None
    language, zone = case.get("language", "en"), case.get("zone", ZONE)
    caregiver = Caregiver(
        "c1", "h1", "Mara", "+15550100200", language, zone, texting=who != "stopped", confirmed=who != "unconfirmed"
    )
    return Context(
        now=now,
        hospital=case.get("hospital", HOSPITAL),
        caregiver=None if who == "stranger" else caregiver,
        children=tuple(children),
        ended=who in ("ended", "lost"),
        lost=who == "lost",
        about=about,
        asked=asked(case.get("asked", "none"), now, names),
        media=case.get("media", 0),
        said=tuple(said(words, now) for words in case.get("said", ())),
        received=case.get("received", 1),
        staffed_until=staffed_until(case.get("hospital", HOSPITAL), now),
        staffed_next=next_staffed(case.get("hospital", HOSPITAL), now),
        carrier_confirms_stop=case.get("carrier", True),
        message_id="m1",
        unclear=tuple(case.get("unclear", ())),
        recent_signs=tuple(case.get("recent", ())),
        next_check_in=at(case["next"]) + timedelta(weeks=case.get("weeks", 0)) if "next" in case else None,
    )


def asked(words: str, now: datetime, names: Sequence[str]) -> Asked:
    kind, *ago = words.split()
    if kind == "none":
        return Asked()
    options = tuple(names) if kind == "which_child" else ()
    question = {"menu": "daily", "followup:temperature": "temperature", "followup:toes": "toes"}.get(kind)
    menu = protocol().asked(question).menu if question else {}
    at = now - span(ago[0] if ago else "1h")
    return Asked(kind=kind, menu=menu, options=options, of=("m0",) if options else (), at=at)


def said(words: str, now: datetime) -> Said:
    what, ago = words.split()
    topic, level = what.split("/")
    routine = topic.startswith("follow_up") or topic == "menu"
    purpose = Purpose.FOLLOW_UP if routine else Purpose.ANSWER
    return Said(topic, None if level == "-" else Level(level), now - span(ago), purpose)


def span(words: str) -> timedelta:
    number, unit = int(words[:-1]), words[-1]
    return timedelta(**{{"s": "seconds", "m": "minutes", "h": "hours"}[unit]: number})


def told(decision: Decision) -> list[str]:
    """The actions of a decision, one short line each."""
    return [_told(action) for action in decision.actions]


def _told(action: Action) -> str:
    match action:
        case Answer():
            return f"say {action.topic}"
        case RaiseFlag():
            names = " ".join(action.episode_ids)
            return f"flag {action.kind} {action.level} {names}".rstrip() + (" promised" if action.promised else "")
        case Stop():
            return f"stop by {action.how}"
        case Confirm():
            return f"confirm by {action.how}"
        case Resume():
            return f"resume by {action.how}"
        case Answered():
            return f"answered {action.episode_id}" + (", no more today" if action.skip_rest_of_day else "")
        case ExtendDaily():
            return f"daily {action.days} days {action.episode_id}"
        case Pause():
            return f"pause {action.episode_id} for {action.why}"
        case Attribute():
            return f"{' '.join(action.message_ids)} is about {action.episode_id}"


def answers(decision: Decision) -> list[Answer]:
    return [action for action in decision.actions if isinstance(action, Answer)]


def flags(decision: Decision) -> list[RaiseFlag]:
    return [action for action in decision.actions if isinstance(action, RaiseFlag)]
