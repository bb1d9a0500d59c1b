"""What follows when nobody answers: a reminder, the second caregiver, and what the silence means. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from messages.flags import Level
from scheduler.asking import Name, Texts, Words
from scheduler.fields import After, Duration, LocalTime
from scheduler.meaning import Day


class Reminder(Words):
    """One more text when a check-in is not answered: how long after it, and not after which local time."""

    after: After = Field(examples=["3 h", "never"])
    """How long after the check-in; never: there is no reminder."""
    not_after: LocalTime = Field(examples=["20:00"])
    """Not after this local time; the second caregiver is not asked later either."""
    text: Texts = Field(examples=['{en: "Please answer. Emergency: call {emergency}."}'])
    """Its words in each language."""

    def but(self, own: OwnReminder) -> Reminder:
        """As it is for a step that has something of its own."""
        return self.model_copy(update=said(own))


class OwnReminder(Words):
    """Of a phase: what is said here takes the place of the same key of the whole protocol."""

    after: After | None = Field(default=None, examples=["1 h", "never"])
    """How long after the check-in; never: these check-ins have no reminder."""
    not_after: LocalTime | None = Field(default=None, examples=["15:00"])
    """Not after this local time; the second caregiver is not asked later either."""
    text: Texts | None = Field(default=None, examples=['{en: "Please look now. Emergency: call {emergency}."}'])
    """Its words in each language."""


class SilenceRule(Words):
    """What missing answers mean: `missed` days in a row without any answer, on days from/to of recovery.

    With `after_serious` the rule holds only in the days after an urgent or emergency text, and then a single
    unanswered check-in counts, even when another of the same day was answered.
    """

    name: Name = Field(examples=["two silent days"])
    """Shown to whoever looks at the flag."""
    level: Level = Field(examples=["review"])
    """How serious the silence is: review, urgent or emergency."""
    missed: Annotated[int, Field(strict=True, ge=1, le=60)] = Field(default=1, examples=["2"])
    """After so many days in a row without any answer."""
    from_day: Day = Field(default=0, examples=["8"])
    """From this day of recovery on."""
    to_day: Day | None = Field(default=None, examples=["7"])
    """Up to this day of recovery."""
    after_serious: bool = Field(default=False, strict=True, examples=["true"])
    """Only in the three days after an urgent or emergency text; then one unanswered check-in counts."""
    last_check_in: bool = Field(default=False, strict=True, examples=["true"])
    """The family gets one last text that asks for a word."""
    within: Duration | None = Field(default=None, examples=["6 h"])
    """It is judged so long after the check-in already, where that is before the end of the day."""

    def holds(self, day: int, missed: int, after_serious: bool) -> bool:
        if self.after_serious:
            missed = max(missed, 1)
        return (
            missed >= self.missed
            and self.from_day <= day
            and (self.to_day is None or day <= self.to_day)
            and (after_serious or not self.after_serious)
        )


class SilenceRules(Words):
    """When a silent day is judged (local time), by which rules, and the words of the last check-in."""

    flag_at: LocalTime = Field(examples=["20:00"])
    """When a day without an answer is judged, local time."""
    rules: tuple[SilenceRule, ...] = Field(examples=["[{name: a silent day, level: review}]"])
    """What missing answers mean; of those that hold, the most serious counts."""
    last_check_in: Texts = Field(examples=['{en: "Please tell us how things are. Emergency: call {emergency}."}'])
    """The words of the last check-in."""

    def but(self, own: OwnSilence) -> SilenceRules:
        """As it is for a step that has something of its own."""
        return self.model_copy(update=said(own))


class OwnSilence(Words):
    """Of a phase: what is said here takes the place of the same key of the whole protocol."""

    flag_at: LocalTime | None = Field(default=None, examples=["14:00"])
    """When a day without an answer to these check-ins is judged, local time."""
    rules: tuple[SilenceRule, ...] | None = Field(default=None, examples=["[{name: no answer, level: urgent}]"])
    """What missing answers mean; these rules and no others."""
    last_check_in: Texts | None = Field(default=None, examples=['{en: "Please write to us. Emergency: {emergency}."}'])
    """The words of the last check-in."""


def said(own: Words) -> dict[str, object]:
    """The keys that were written."""
    return {name: value for name in own.model_fields_set if (value := getattr(own, name)) is not None}
