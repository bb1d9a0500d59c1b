"""The sentences families receive, by topic and language: loaded once, checked at load, filled in here.

A language is a file in `wording/`. Every language has the same topics with the same placeholders, or none is
served: a missing translation is refused at load, not discovered by a family.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from messages.errors import HearbackError
from messages.people import Caregiver, Hospital
from scheduler.texts import plain_word

WORDING = Path(__file__).parent / "wording"
LAST_RESORT = "en"
NOON = time(12)


class WordingError(HearbackError):
    """The sentences of the languages do not match each other."""


@dataclass(frozen=True)
class Wording:
    """One language: `texts` by topic, `parts` of sentences, weekdays from Monday, `phrases` ready for coordinators."""

    texts: Mapping[str, str]
    parts: Mapping[str, str]
    weekdays: tuple[str, ...]
    phrases: tuple[str, ...] = ()


@cache
def wordings(folder: Path = WORDING) -> Mapping[str, Wording]:
    """All languages by code. Raises WordingError naming every topic or placeholder that is missing."""
    found = {path.stem: _load(path) for path in sorted(folder.glob("*.yaml"))}
    problems = [p for code in found for p in _differences(code, found[code], found[LAST_RESORT])]
    if problems:
        raise WordingError("; ".join(problems) + ".", where=str(folder.name), mend="Translate every topic.")
    return found


def language_of(caregiver: Caregiver | None, hospital: Hospital, written: str = "") -> str:
    """The language to answer in: the caregiver's; a stranger's as written; else the hospital's first."""
    wanted = [caregiver.language if caregiver else written, *hospital.languages, LAST_RESORT]
    return next(code for code in wanted if code in wordings())


def say(topic: str, language: str, **values: str) -> str:
    """The sentence of `topic`, filled in and ready to send. Raises WordingError for a value left out."""
    try:
        filled = wordings()[language].texts[topic].format(**values)
    except KeyError as missing:
        raise WordingError(f"No {missing} to say {topic!r} in {language!r}.") from missing
    return filled.replace("m..", "m.")  # "p. m." at the end of a sentence keeps one point


def tells_a_time(topic: str) -> bool:
    """True when the words of `topic` say by when: a promise that is kept in the books. A protocol's never do."""
    return "by" in placeholders(wordings()[LAST_RESORT].texts.get(topic, ""))


def by(told: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """'by 3:40 pm', 'tomorrow by noon', 'Monday by noon' in the family's zone; at most 6 days ahead."""
    local = told.astimezone(zone)
    return _on_day("by", local, now.astimezone(zone), language, time=_clock(local.time(), language))


def following(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """'later today', 'tomorrow', 'on Monday': the day of the next check-in in the family's zone."""
    return _on_day("next", at.astimezone(zone), now.astimezone(zone), language)


def either(names: Iterable[str], language: str) -> str:
    """'Ana or Leo'; 'Ana, Leo or Max'; in Spanish 'Ana u Olga'."""
    return _joined(tuple(names), "or", "or_before_o", ("o", "ho"), language)


def together(names: Iterable[str], language: str) -> str:
    """'Ana and Leo'; in Spanish 'Ana e Iris'."""
    return _joined(tuple(names), "and", "and_before_i", ("i", "hi"), language)


def choices(names: Iterable[str], language: str) -> str:
    """'1 for Ana, 2 for Leo, or BOTH'."""
    parts = wordings()[language].parts
    each = [parts["choice"].format(number=n, name=name) for n, name in enumerate(names, 1)]
    return ", ".join([*each, parts["choice_all" if len(each) == 2 else "choice_all_many"]])


def placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def _load(path: Path) -> Wording:
    raw: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return Wording(
        texts=raw["texts"], parts=raw["parts"], weekdays=tuple(raw["weekdays"]), phrases=tuple(raw.get("phrases", ()))
    )


def _differences(code: str, mine: Wording, first: Wording) -> Iterable[str]:
    if len(mine.weekdays) != 7:
        yield f"{code} has {len(mine.weekdays)} weekdays"
    if [placeholders(one) for one in mine.phrases] != [placeholders(one) for one in first.phrases]:
        yield f"the ready phrases have other placeholders in {code}"
    for here, there in ((mine.texts, first.texts), (mine.parts, first.parts)):
        for topic in sorted(here.keys() ^ there.keys()):
            yield f"{topic!r} is only in some languages ({code})"
        for topic in sorted(here.keys() & there.keys()):
            if placeholders(here[topic]) != placeholders(there[topic]):
                yield f"{topic!r} has other placeholders in {code}"


def _clock(at: time, language: str) -> str:
    parts = wordings()[language].parts
    if (at.hour, at.minute) == (NOON.hour, NOON.minute):
        return parts["noon"]
    hour = at.hour % 12 or 12
    clock = f"{hour}:{at.minute:02d}" if at.minute else str(hour)
    return parts["one_oclock" if hour == 1 else "oclock"].format(
        clock=clock, half=parts["am" if at.hour < 12 else "pm"]
    )


def _on_day(what: str, at: datetime, now: datetime, language: str, **values: str) -> str:
    wording = wordings()[language]
    if at.date() == now.date():
        day = "today"
    elif at.date() == now.date() + timedelta(days=1):
        day = "tomorrow"
    else:
        day = "weekday"
        values["weekday"] = wording.weekdays[at.weekday()]
    return wording.parts[f"{what}_{day}"].format(**values)


def _joined(names: tuple[str, ...], word: str, softened: str, before: tuple[str, ...], language: str) -> str:
    if len(names) < 2:
        return "".join(names)
    parts = wordings()[language].parts
    last = parts[softened] if plain_word(names[-1]).startswith(before) else parts[word]
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
