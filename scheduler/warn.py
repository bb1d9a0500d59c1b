"""What does not stop a protocol, and should be looked at before it is published. Pure.

Texts that are long or hard to read, questions that nobody asks, dangers asked about when nobody answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from messages.flags import Level
from messages.people import Hospital
from messages.segments import segments
from scheduler.check import all_texts
from scheduler.check_steps import Problem
from scheduler.fields import WEEKDAYS
from scheduler.phases import Phase
from scheduler.protocol import Protocol
from scheduler.readability import grade
from scheduler.texts import render, values_for
from scheduler.tree import KeyPath

OTHERWISE = 3  # segments, for a language without a limit of its own
MOST = 10  # segments of one text that carriers take
MOST_DATES = 5  # named in one warning
FEW_WORDS = 8  # below this many words a measure of reading says nothing

# A made-up hospital, so that texts and their length can be seen before there is a real one.
SAMPLE = Hospital(id="", slug="", name="Riverside Children's", zone="UTC", sender="", phone="+1 555 010 0199")


@dataclass(frozen=True)
class Coverage:
    """When somebody answers: stretches of (weekdays, from, to); 0 is Monday, equal times are a whole day."""

    stretches: tuple[tuple[tuple[int, ...], time, time], ...]

    def covers(self, weekday: int, at: time) -> bool:
        for days, start, end in self.stretches:
            if start < end:
                found = weekday in days and start <= at < end
            else:  # over midnight
                found = (weekday in days and at >= start) or ((weekday - 1) % 7 in days and at < end)
            if found:
                return True
        return False

    def bare(self, weekdays: Sequence[int], at: time, later: time) -> str:
        """Of these weekdays, those on which one of the two times finds nobody, in words; "" when none."""
        return _named([day for day in weekdays if not self.covers(day, at) or not self.covers(day, later)])


@dataclass(frozen=True)
class DatedCoverage(Coverage):
    """The same by the dates of a rota: when somebody answers from `first` on, for so many days. `parts` are UTC."""

    parts: tuple[tuple[datetime, datetime], ...] = ()
    zone: tzinfo = UTC
    first: date = date.min
    days: int = 28

    def covers_on(self, day: date, at: time) -> bool:
        moment = datetime.combine(day, at, self.zone).astimezone(UTC)
        return any(begins <= moment < ends for begins, ends in self.parts)

    def bare(self, weekdays: Sequence[int], at: time, later: time) -> str:
        """Weekdays that are bare on every date, then the single dates of the others."""
        dates = [day for n in range(self.days) if (day := self.first + timedelta(days=n)).weekday() in weekdays]
        found = [day for day in dates if not self.covers_on(day, at) or not self.covers_on(day, later)]
        whole = [one for one in weekdays if all(day in found for day in dates if day.weekday() == one)]
        single = [f"{day:%a} {day.day} {day:%b}" for day in found if day.weekday() not in whole]
        named = [_named(whole), ", ".join(single[:MOST_DATES]), "and more" if len(single) > MOST_DATES else ""]
        return ", ".join(filter(None, named))


def _named(weekdays: Sequence[int]) -> str:
    return "every day" if len(weekdays) == 7 else ", ".join(WEEKDAYS[day] for day in weekdays)


@dataclass(frozen=True)
class Warned:
    """One thing to look at. `unused`: something is there that nobody asks for."""

    path: KeyPath
    what: str
    unused: bool = False


@dataclass(frozen=True)
class Measured:
    """One text of a protocol as a family gets it: what it costs and how hard it is; `grade` None: not measured."""

    path: KeyPath
    language: str
    text: str
    segments: int
    encoding: str
    grade: float | None


def warnings_of(protocol: Protocol, coverage: Coverage | None) -> list[Warned]:
    """Everything to look at. `coverage` None: nothing is known of who answers when."""
    return [
        *_measures(protocol),
        *_unused(protocol),
        *_advice(protocol),
        *(_uncovered(protocol, coverage) if coverage else ()),
    ]


def measures(protocol: Protocol, hospital: Hospital = SAMPLE) -> Iterator[Measured]:
    """Every text that a family can get, in each language, filled in for `hospital`."""
    for path, texts in all_texts(protocol):
        if path == ("title",) or path[-1] == "label":
            continue
        for language in protocol.languages:
            text = texts[language]
            if path[0] == "questions":
                text = text.replace("{menu}", protocol.menu_text(str(path[1]), language))
            filled = render(text, values_for(hospital, language, day=30))
            cost = segments(filled)
            yield Measured(path, language, filled, cost.count, cost.encoding, grade(_words(text), language))


def unsendable(protocol: Protocol) -> Iterator[Problem]:
    """Texts of a protocol without other mistakes that are longer than a carrier takes."""
    for one in measures(protocol):
        if one.segments > MOST:
            yield (*one.path, one.language), f"{one.segments} segments, and carriers take {MOST} at most. Say less."


def _words(text: str) -> str:
    """What is read, without the hospital's name and numbers; a numbered answer is a sentence."""
    return re.sub(r"\{hospital\}[,:]?|^\d ", "", text, flags=re.M).replace("{emergency}", "").replace("{phone}", "us")


def _measures(protocol: Protocol) -> Iterator[Warned]:
    limits = protocol.limits
    for one in measures(protocol):
        here = (*one.path, one.language)
        most = limits.segments.get(one.language, OTHERWISE)
        if one.segments > most:
            yield Warned(here, f"{one.segments} segments ({one.encoding}), and the limit is {most}. Say less.")
        if one.grade is not None and one.grade > limits.grade and len(one.text.split()) >= FEW_WORDS:
            what = f"it reads at school year {one.grade:g}, and the limit is {limits.grade:g}."
            yield Warned(here, f"{what} Use short words and short sentences.")


def _unused(protocol: Protocol) -> Iterator[Warned]:
    asked = {name for phase in protocol.phases for name in phase.ask} | protocol.led_to()
    asked |= {change.add.ask for change in protocol.changes if change.add}
    for name in protocol.questions:
        if name not in asked:
            yield Warned(("questions", name), "nothing asks this question. Take it out, or ask it.", unused=True)
    for index, rule in enumerate(protocol.silence.rules):
        wider = [
            one
            for one in protocol.silence.rules
            if one is not rule and one.level >= rule.level and one.missed <= rule.missed
            and one.from_day <= rule.from_day and (one.to_day is None or (rule.to_day or 401) <= one.to_day)
            and one.after_serious <= rule.after_serious and one.last_check_in >= rule.last_check_in
            and (rule.within is None or (one.within is not None and one.within <= rule.within))
        ]
        if wider and (wider[0].level, wider[0].missed) != (rule.level, rule.missed):
            what = f"it never counts beside {wider[0].name!r}. Take it out."
            yield Warned(("silence", "rules", index), what, unused=True)


def _advice(protocol: Protocol) -> Iterator[Warned]:
    for index, advice in enumerate(protocol.advice):
        if not advice.approved_by:
            yield Warned(("advice", index), "it is not sent until somebody approves it. Write approved_by: and a name.")


def _uncovered(protocol: Protocol, coverage: Coverage) -> Iterator[Warned]:
    """Questions about danger, sent when an answer would find nobody: now, and for the hour after."""
    for index, phase in enumerate(protocol.phases):
        if not _asks_danger(protocol, phase):
            continue
        for place, at in enumerate(phase.at):
            later = time(at.hour + 1, at.minute) if at.hour < 23 else at
            if named := coverage.bare(phase.weekdays or tuple(range(7)), at, later):
                yield Warned(
                    ("phases", index, "at", place),
                    f"it asks about danger at {at.hour}:{at:%M}, when nobody of the hospital answers ({named}). "
                    "Choose a time that is covered, or see to it that somebody is there.",
                )


def _asks_danger(protocol: Protocol, phase: Phase) -> bool:
    for name in phase.ask:
        question = protocol.question(name)
        if question.number or any(choice.item.level >= Level.URGENT for choice in question.menu.values()):
            return True
    return False
