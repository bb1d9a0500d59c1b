"""The calendar of a made-up family, with each text as the family would read it: segments and reading level. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from messages.people import Hospital, Hours
from messages.segments import segments
from scheduler.plan import Planned, out_of_quiet, plan
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.quiet import for_adult, quieter
from scheduler.readability import grade
from scheduler.silence import AskSecond, RaiseFlag, Remind, Silence, decide_silence
from scheduler.texts import AGAIN_AFTER, render, values_for, words_to_confirm

STAFF, SECOND = 0, 2  # whom a row goes to: a person of the hospital; the adult who is asked when the first is silent
LONGEST = 50  # steps of one silence


@dataclass(frozen=True)
class Seen:
    """One text that would leave. `grade` is the school year it takes to read; `why` is "" for what is planned.

    `why` confirm: the number has to answer it before anything else leaves; again: the same once more. `why` silent: it
    leaves only when nobody answers, to whom `to` names: 1, SECOND, or STAFF, who is told what `text` names.
    """

    at: datetime
    local: datetime
    day: int
    question: str
    text: str
    segments: int
    encoding: str
    grade: float | None
    to: int = 1
    why: str = ""


@dataclass(frozen=True)
class Adult:
    """One made-up adult: zone, language, and between which hours they want texts."""

    zone: str
    language: str
    hours: Hours | None = None

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def seen_calendar(
    protocol: Protocol, hospital: Hospital, day_zero: date, first: Adult, *, joined: datetime | None = None,
    second: Adult | None = None, names: tuple[str, ...] = (),
) -> list[Seen]:  # fmt: skip
    """Every text a family could get, in order: what is planned, and what comes when nobody answers at all."""
    protocol = quieter(protocol, hospital.quiet)
    made = _Family(protocol, hospital, day_zero, first, second, names)
    planned = plan(protocol, day_zero, first.zone, joined=joined, own=first.hours)
    return sorted([*made.confirming(planned[0]), *made.texts(planned)], key=lambda row: row.at)


@dataclass(frozen=True)
class _Family:
    protocol: Protocol
    hospital: Hospital
    day_zero: date
    first: Adult
    second: Adult | None
    names: tuple[str, ...]

    def confirming(self, welcome: Planned) -> Iterator[Seen]:
        """The first text of all, and the same again for a number that does not answer."""
        quiet = for_adult(self.protocol, self.first.hours).quiet_hours
        again = out_of_quiet(welcome.at + AGAIN_AFTER, quiet, self.first.tz)
        text = words_to_confirm(self.hospital, self.first.language)
        yield self._row("confirm", text, welcome.at, why="confirm")
        yield self._row("confirm", text, again, why="again")

    def texts(self, planned: Sequence[Planned]) -> Iterator[Seen]:
        asked: set[int] = set()
        for one, following in zip_longest(planned, planned[1:]):
            yield self._text(self.protocol, one.question, one.at)
            phase = self.protocol.phase_of(one.question, one.day, one.step)
            if one.question in FIXED_TEXTS or (phase and phase.answer == "optional"):
                continue
            asked.add(one.day)
            step = self.protocol.at_step(one.question, one.day, one.step)
            yield from self._silence(step, one, following, frozenset(asked))

    def _silence(
        self, step: Protocol, one: Planned, following: Planned | None, asked: frozenset[int]
    ) -> Iterator[Seen]:
        """What one check-in leads to when nobody answers, now and on the days `asked`, as the clock would decide."""
        facts = Silence(
            step, self.first.zone, one.day, asked_at=one.at, now=one.at, missed_in_row=len(asked),
            has_second=self.second is not None, quiet=for_adult(step, self.first.hours).quiet_hours,
        )
        for _moment in range(LONGEST):
            later = following is not None and following.question not in FIXED_TEXTS and facts.now >= following.at
            found = decide_silence(replace(facts, superseded=later))
            if isinstance(found, Remind):
                yield self._text(step, "reminder", facts.now, why="silent")
                facts = replace(facts, reminded_at=facts.now)
            elif isinstance(found, AskSecond) and self.second:
                at = out_of_quiet(facts.now, for_adult(step, self.second.hours).quiet_hours, self.second.tz)
                if at < found.look_again_at:
                    yield self._text(step, one.question, at, to=SECOND, why="silent")
                facts = replace(facts, seconded_at=facts.now)
            elif isinstance(found, RaiseFlag):
                yield self._row(found.level.value, found.reason, facts.now, to=STAFF, why="silent")
                since = [(rule, sum(day >= rule.from_day for day in asked)) for rule in step.silence.rules]
                if found.last_check_in or any(rule.last_check_in and rule.missed == days for rule, days in since):
                    at = out_of_quiet(facts.now, for_adult(step, self.first.hours).quiet_hours, self.first.tz)
                    yield self._text(step, "last_check_in", at, why="silent")
                return
            if isinstance(found, RaiseFlag) or found.look_again_at is None:
                return
            facts = replace(facts, now=max(found.look_again_at, facts.now))

    def _text(self, protocol: Protocol, question: str, at: datetime, *, to: int = 1, why: str = "") -> Seen:
        adult = self.second if to == SECOND and self.second else self.first
        day = (at.astimezone(adult.tz).date() - self.day_zero).days
        values = values_for(self.hospital, adult.language, names=self.names, day=max(0, day))
        return self._row(question, render(protocol.text(question, adult.language), values), at, to=to, why=why)

    def _row(self, question: str, text: str, at: datetime, *, to: int = 1, why: str) -> Seen:
        adult = self.second if to == SECOND and self.second else self.first
        local, cost = at.astimezone(adult.tz), segments(text)
        day = (local.date() - self.day_zero).days
        return Seen(at, local, day, question, text, cost.count, cost.encoding, grade(text, adult.language), to, why)
