"""The words of a protocol: what is asked, when, in which words, and what the answers mean. Pure.

Models are frozen and refuse unknown keys. They hold what a hospital wrote in one YAML file; `scheduler.load`
makes them from a file and `scheduler.check` finds what is wrong with the file as a whole. The numbers of the
shipped protocol come from facts/clinical.md 3.2 and are defaults that a hospital changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from messages.conversation import Asked, MenuItem
from messages.errors import NotFoundError
from messages.flags import Level
from scheduler.fields import Days, Duration, Language, LocalTime, Risk, Sign, Slug

# Reading standard, "Signs": the level a sign usually has when it is present now.
USUAL_LEVEL: Mapping[str, Level] = {
    "breathing": Level.EMERGENCY,
    "chest_pain": Level.EMERGENCY,
    "circulation": Level.EMERGENCY,
    "collapse": Level.EMERGENCY,
    "self_harm": Level.EMERGENCY,
}

# Texts that have a name of their own beside the questions.
FIXED_TEXTS = ("welcome", "goodbye", "reminder", "last_check_in")

Text = Annotated[str, StringConstraints(min_length=1, max_length=1600, strip_whitespace=True)]
Texts = dict[Language, Text]  # one text per language
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=160, strip_whitespace=True)]
Day = Annotated[int, Field(strict=True, ge=0, le=400)]


class Words(BaseModel):
    """A part of a protocol."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class QuietHours(Words):
    """No text of ours leaves from `start` to `end`, the caregiver's local time; equal times: never quiet."""

    start: LocalTime = Field(alias="from")
    end: LocalTime = Field(alias="to")

    def hold(self, at: time) -> bool:
        """True when the local time `at` is quiet; `end` itself is not."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


class Choice(Words):
    """One numbered answer: its words per language, the signs it reports (maybe none), its level."""

    label: Texts
    signs: tuple[Sign, ...] = ()
    level: Level | None = None  # None: by the first sign, the usual one; ok without a sign

    @property
    def item(self) -> MenuItem:
        """As the reader needs it; a bare number reports the first sign (reading standard, "Default menu")."""
        sign = self.signs[0] if self.signs else ""
        usual = USUAL_LEVEL.get(sign, Level.URGENT) if sign else Level.OK
        return MenuItem(level=self.level or usual, sign=sign)


class Question(Words):
    """What one text asks. With a menu the text says {menu} where the numbered answers go."""

    text: Texts
    menu: dict[Annotated[str, StringConstraints(pattern=r"^[0-9]$")], Choice] = Field(default_factory=dict)


class Phase(Words):
    """On which days of recovery and at which local times a question is asked."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    days: Days
    every: Annotated[int, Field(strict=True, ge=1, le=60)] = 1  # 2: every other day, counted from the first
    at: Annotated[tuple[LocalTime, ...], Field(min_length=1, max_length=12)]
    ask: Slug

    @property
    def asked_days(self) -> tuple[int, ...]:
        return tuple(day for day in self.days if (day - self.days[0]) % self.every == 0)


class Meaning(Words):
    """A change to the usual level of a sign, with the clinician who wants it. All that is given must hold.

    Days count from day zero. `at_least` is Celsius for fever and the pain score, 0 to 10, for pain. Of
    `risks` the child has at least one. A present sign never becomes ok.
    """

    sign: Sign
    level: Level
    from_day: Day | None = None
    to_day: Day | None = None
    at_least: Annotated[float, Field(strict=True, ge=0, le=43)] | None = None
    risks: tuple[Risk, ...] = ()
    approved_by: str | None = None


class OwnWords(Words):
    """Words of this hospital's families that the reader does not know, told in words that it does.

    Each of `must` is then read as a danger, none of `never` is; `hearback protocol check` tries them.
    """

    says: Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=40)]
    means: Phrase
    must: tuple[Phrase, ...] = ()
    never: tuple[Phrase, ...] = ()


class Reminder(Words):
    """One more text when a check-in is not answered: how long after it, and not after which local time."""

    after: Duration
    not_after: LocalTime
    text: Texts


class SilenceRule(Words):
    """What missing answers mean: `missed` days in a row without any answer, on days from/to of recovery.

    With `after_serious` the rule holds only in the days after an urgent or emergency text, and then a single
    unanswered check-in counts, even when another of the same day was answered.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    level: Level
    missed: Annotated[int, Field(strict=True, ge=1, le=60)] = 1
    from_day: Day = 0
    to_day: Day | None = None
    after_serious: bool = Field(default=False, strict=True)
    last_check_in: bool = Field(default=False, strict=True)

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

    flag_at: LocalTime
    rules: tuple[SilenceRule, ...]
    last_check_in: Texts


class Extension(Words):
    """After a text of one of these levels: daily check-ins for `days` more days."""

    after: tuple[Level, ...]
    days: Annotated[int, Field(strict=True, ge=1, le=30)]


class Welcome(Words):
    """Sent when a caregiver joins, or at the end of the quiet hours."""

    text: Texts


class Goodbye(Words):
    """The last text of the follow-up."""

    day: Day
    at: LocalTime
    text: Texts


@dataclass(frozen=True)
class Slot:
    """One planned question: day of recovery, local time, question, name of the phase."""

    day: int
    at: time
    question: str
    phase: str


class Protocol(Words):
    """One follow-up as a hospital wants it. `title` is for staff and is never texted."""

    name: Slug
    title: Texts
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    approved_by: str | None = None  # the clinician who approved it; None: nobody yet
    day_zero: Literal["discharge"] = "discharge"
    quiet_hours: QuietHours
    spread: Duration
    lateness: Duration
    late_joiner: Literal["skip_past"] = "skip_past"
    welcome: Welcome
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]
    questions: Annotated[dict[Slug, Question], Field(min_length=1)]
    follow_ups: dict[Sign, Slug] = Field(default_factory=dict)
    reminder: Reminder
    second_caregiver_after: Duration
    silence: SilenceRules
    extend: Extension
    meanings: tuple[Meaning, ...] = ()
    words: tuple[OwnWords, ...] = ()
    risks: tuple[Risk, ...] = ()  # a child with one of these: a review about how it is becomes urgent
    goodbye: Goodbye

    def question(self, name: str) -> Question:
        """The question called `name`. Raises NotFoundError."""
        try:
            return self.questions[name]
        except KeyError:
            raise NotFoundError(f"The protocol {self.name} has no question {name!r}.") from None

    def kind(self, name: str) -> str:
        """How a reply to this question is to be read: followup:<name>, menu or checkin."""
        if name in self.follow_ups.values():
            return f"followup:{name}"
        return "menu" if self.question(name).menu else "checkin"

    def asked(self, name: str) -> Asked:
        """What a text with this question asks; welcome and goodbye ask nothing, the last check-in no numbers.

        A reminder asks again what its check-in asked: give that question's name.
        """
        if name in FIXED_TEXTS:
            return Asked(kind="checkin") if name == "last_check_in" else Asked()
        menu = {digit: choice.item for digit, choice in self.question(name).menu.items()}
        return Asked(kind=self.kind(name), menu=menu)

    def text(self, name: str, language: str) -> str:
        """The words of a question or of welcome, goodbye, reminder, last_check_in; not yet filled.

        A language that the protocol does not have gets the protocol's first.
        """
        fixed = {
            "welcome": self.welcome.text,
            "goodbye": self.goodbye.text,
            "reminder": self.reminder.text,
            "last_check_in": self.silence.last_check_in,
        }
        spoken = language if language in self.languages else self.languages[0]
        if name in fixed:
            return fixed[name][spoken]
        return self.question(name).text[spoken].replace("{menu}", self.menu_text(name, spoken))

    def menu_text(self, name: str, language: str) -> str:
        """The numbered answers of a question, one a line."""
        spoken = language if language in self.languages else self.languages[0]
        return "\n".join(
            f"{digit} {choice.label[spoken]}" for digit, choice in self.question(name).menu.items()
        )

    def follow_up(self, signs: Collection[str]) -> str | None:
        """The question to ask after a text with these signs: the first in the file's order, or None."""
        return next((question for sign, question in self.follow_ups.items() if sign in signs), None)

    def slots(self) -> tuple[Slot, ...]:
        """Every planned question in the order of days and times; welcome and goodbye are not among them."""
        return tuple(sorted(self._slots(), key=lambda slot: (slot.day, slot.at)))

    def _slots(self) -> Iterator[Slot]:
        for phase in self.phases:
            for day in phase.asked_days:
                for at in phase.at:
                    yield Slot(day, at, phase.ask, phase.name)

    def slot_like(self, day: int) -> Slot:
        """What an extra check-in of `day` looks like: the first of that day, or of the last day before."""
        slots = self.slots()
        before = [slot for slot in slots if slot.day <= day] or [slots[0]]
        first = next(slot for slot in before if slot.day == before[-1].day)
        return Slot(day, first.at, first.question, first.phase)

    @property
    def last_day(self) -> int:
        """The last day of recovery with a check-in; the goodbye comes after it."""
        return max(slot.day for slot in self.slots())
