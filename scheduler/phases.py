"""Phases: on which days and at which times what is asked, and what a step has of its own. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from scheduler.asking import Name, Questions, Words
from scheduler.fields import After, Days, Duration, LocalTime, Weekdays
from scheduler.unanswered import OwnReminder, OwnSilence


class Phase(Words):
    """On which days of recovery and at which local times which questions are asked."""

    name: Name = Field(examples=["first days"])
    """For staff."""
    days: Days = Field(examples=["1-3", "[1, 3, 7-9]"])
    """Days of recovery, counted from day zero."""
    every: Annotated[int, Field(strict=True, ge=1, le=60)] = Field(default=1, examples=["2"])
    """2: every other day, counted from the first of `days`."""
    weekdays: Weekdays = Field(default=(), examples=["mon-fri", "[mon, thu]"])
    """Only on these days of the week. Left out: on all."""
    at: Annotated[tuple[LocalTime, ...], Field(min_length=1, max_length=12)] = Field(examples=['["9:00", "18:00"]'])
    """Times of day on the clock of the caregiver who is asked."""
    ask: Questions = Field(examples=["daily", "[daily, pain_score]"])
    """The question, or several: the next is asked when the one before is answered."""
    answer: Literal["expected", "optional"] = Field(default="expected", examples=["optional"])
    """optional: no reminder, no second caregiver, and no answer is no silence. Answers are read all the same."""
    late_joiner: Literal["skip_past", "send_last"] | None = Field(default=None, examples=["send_last"])
    """send_last: a family that joins after this step gets the last of it an hour after the welcome."""
    lateness: Duration | None = Field(default=None, examples=["1 h"])
    """How long after its time it is still sent when something held it up. Left out: as for the whole protocol."""
    reminder: OwnReminder | None = Field(default=None, examples=["{after: 1 h}", "{after: never}"])
    """What differs from the reminder of the whole protocol."""
    second_caregiver_after: After | None = Field(default=None, examples=["2 h", "never"])
    """After so long another caregiver is asked. Left out: as for the whole protocol."""
    silence: OwnSilence | None = Field(default=None, examples=['{flag_at: "14:00"}'])
    """What differs from the silence of the whole protocol."""

    @property
    def asked_days(self) -> tuple[int, ...]:
        return tuple(day for day in self.days if (day - self.days[0]) % self.every == 0)
