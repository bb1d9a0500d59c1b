"""The words of a protocol: what is asked, when, in which words, and what the answers mean. Pure.

Models are frozen and refuse unknown keys. They hold what a hospital wrote in one YAML file; `scheduler.load`
makes them from a file and `scheduler.check` finds what is wrong with the file as a whole. `docs/protocol-reference.md`
is made from them. The numbers of the shipped protocols come from facts/clinical.md and are defaults that a hospital
changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import Field

from messages.conversation import Asked
from messages.errors import NotFoundError
from messages.flags import Level
from scheduler.asking import USUAL_LEVEL as USUAL_LEVEL
from scheduler.asking import Question, Texts, Words
from scheduler.asking import QuietHours as QuietHours
from scheduler.fields import After, Duration, Language, LocalTime, Risk, Sign, Slug
from scheduler.meaning import Advice, Change, Day, OwnWords
from scheduler.meaning import Meaning as Meaning
from scheduler.phases import Phase
from scheduler.unanswered import Reminder, SilenceRules

# Texts that have a name of their own beside the questions.
FIXED_TEXTS = ("welcome", "goodbye", "reminder", "last_check_in")


class Extension(Words):
    """After a text of one of these levels: daily check-ins for `days` more days."""

    after: tuple[Level, ...] = Field(examples=["[urgent, emergency]"])
    """After a text of one of these levels."""
    days: Annotated[int, Field(strict=True, ge=1, le=30)] = Field(examples=["3"])
    """Something is asked on each of so many more days, as the phase of the day does."""


class Welcome(Words):
    """Sent when a caregiver joins, or at the end of the quiet hours."""

    text: Texts = Field(examples=['{en: "{hospital}: welcome. Emergency: call {emergency}. Reply STOP to end."}'])
    """Its words in each language."""


class Goodbye(Words):
    """The last text of the follow-up."""

    day: Day = Field(examples=["57"])
    """On this day of recovery, after the last check-in."""
    at: LocalTime = Field(examples=["9:00"])
    """At this local time."""
    text: Texts = Field(examples=['{en: "{hospital}: our last text. Emergency: call {emergency}."}'])
    """Its words in each language."""


class Limits(Words):
    """How long and how hard a text may be before `hearback protocol check` warns. Checking stops nothing."""

    segments: dict[Language, Annotated[int, Field(strict=True, ge=1, le=10)]] = Field(
        default={"en": 2, "es": 5}, examples=["{en: 2, es: 5}"]
    )
    """The most segments of one text, by language; what a language is not given is 3."""
    grade: Annotated[float, Field(strict=True, ge=1, le=14)] = Field(default=6, examples=["6"])
    """The highest school year of reading."""


class OwnHours(Words):
    """Between which hours an adult may choose to be texted, and how long a stretch that must be at least."""

    start: LocalTime = Field(alias="from", examples=["7:00"])
    """Not before this local time."""
    end: LocalTime = Field(alias="to", examples=["21:00"])
    """Not after this local time."""
    least: Duration = Field(examples=["4 h"])
    """The shortest stretch. Every time of the day must find room in it, 30 minutes apart."""


@dataclass(frozen=True)
class Slot:
    """One planned check-in: day of recovery, local time, first question, name of the phase, and what follows it.

    `weekdays` (0: Monday) are the only ones on which it is asked, when there are any; `lateness` is its own, if any.
    """

    day: int
    at: time
    question: str
    phase: str
    weekdays: tuple[int, ...] = ()
    lateness: timedelta | None = None
    late_joiner: str = "skip_past"


class Protocol(Words):
    """One follow-up as a hospital wants it."""

    name: Slug = Field(examples=["knee"])
    """A short name: small letters, digits, - and _."""
    title: Texts = Field(examples=["{en: After a knee operation}"])
    """For staff; never texted."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = Field(examples=["[en, es]"])
    """The languages of the texts. A family with another language cannot be enrolled."""
    approved_by: str | None = Field(default=None, examples=["Dr. Okafor"])
    """The clinician who approved it. Empty: nobody yet."""
    day_zero: Literal["discharge", "operation"] = Field(default="discharge", examples=["operation"])
    """What day 0 is: the day the child came home, or the day of the operation."""
    quiet_hours: QuietHours = Field(examples=['{from: "21:00", to: "8:00"}'])
    """No text leaves in these hours, on each caregiver's own clock."""
    own_hours: OwnHours | None = Field(default=None, examples=['{from: "8:00", to: "21:00", least: 4 h}'])
    """An adult may say at enrolment between which hours texts come. Left out: all are texted as is written."""
    spread: Duration = Field(examples=["20 min"])
    """The texts of one time leave over this span, each family at its own minute."""
    lateness: Duration = Field(examples=["4 h"])
    """A check-in held up longer than this, by an outage or a pause, is not sent any more."""
    late_joiner: Literal["skip_past", "send_last"] = Field(default="skip_past", examples=["skip_past"])
    """What was before a family joined is skipped, or the last of each phase is sent. A phase can say otherwise."""
    welcome: Welcome
    """The first text. It is always sent."""
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]
    """On which days and times which questions are asked."""
    questions: Annotated[dict[Slug, Question], Field(min_length=1)]
    """The questions, each with a short name."""
    follow_ups: dict[Sign, Slug] = Field(default_factory=dict, examples=["{fever: temperature}"])
    """Asked at once after any text with this sign; the first that fits, in this order."""
    reminder: Reminder
    """One more text when nobody answers."""
    second_caregiver_after: After = Field(examples=["5 h", "never"])
    """After so long the same question is sent to another caregiver."""
    silence: SilenceRules
    """What it means when nobody answers."""
    extend: Extension
    """More check-ins after a serious day."""
    meanings: tuple[Meaning, ...] = ()
    """Levels that are not the usual ones."""
    changes: tuple[Change, ...] = ()
    """Answers that change what is asked later."""
    advice: tuple[Advice, ...] = ()
    """Sentences of the hospital's own, added to answers."""
    words: tuple[OwnWords, ...] = ()
    """Words of this hospital's families."""
    risks: tuple[Risk, ...] = Field(default=(), examples=["[asthma, diabetes]"])
    """A child with one of these: a review about how the child is becomes urgent."""
    limits: Limits = Limits()
    """How long and how hard texts may be."""
    goodbye: Goodbye
    """The last text."""

    def question(self, name: str) -> Question:
        """The question called `name`. Raises NotFoundError."""
        try:
            return self.questions[name]
        except KeyError:
            raise NotFoundError(f"The protocol {self.name} has no question {name!r}.") from None

    def kind(self, name: str) -> str:
        """How a reply to this question is to be read: followup:<name or number>, menu or checkin."""
        question = self.question(name)
        if question.number:
            return f"followup:{question.number}"
        if name in self.led_to():
            return f"followup:{name}"
        return "menu" if question.menu else "checkin"

    def led_to(self) -> frozenset[str]:
        """The questions that a sign or an answer leads to."""
        branches = (branch.ask for question in self.questions.values() for branch in question.then)
        return frozenset((*self.follow_ups.values(), *branches))

    def asked(self, name: str, more: tuple[str, ...] = ()) -> Asked:
        """What a text with this question asks; welcome and goodbye ask nothing, the last check-in no numbers.

        A reminder asks again what its check-in asked: give that question's name. `more` are the questions that are
        asked when this one is answered.
        """
        if name in FIXED_TEXTS:
            return Asked(kind="checkin") if name == "last_check_in" else Asked()
        menu = {digit: choice.item for digit, choice in self.question(name).menu.items()}
        return Asked(kind=self.kind(name), menu=menu, question=name, more=more)

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
            late = phase.late_joiner or self.late_joiner
            for day in phase.asked_days:
                for at in phase.at:
                    yield Slot(day, at, phase.ask[0], phase.name, phase.weekdays, phase.lateness, late)

    def phase_of(self, question: str, day: int, step: str = "") -> Phase | None:
        """The phase whose check-in of `day` begins with `question`; None for what only people or changes ask.

        A day that no phase names belongs to the phase before it. `step` tells two phases of one day apart.
        """
        found = [phase for phase in self.phases if phase.ask[0] == question]
        today = [phase for phase in found if day in phase.asked_days]
        at_its_time = [phase for phase in today if step[-4:] in {f"{at:%H%M}" for at in phase.at}]
        before = sorted((one for one in found if one.days[0] <= day), key=lambda one: one.days[0], reverse=True)
        return next(iter((*at_its_time, *today, *before, *found)), None)

    def at_step(self, question: str, day: int, step: str = "") -> Protocol:
        """The protocol as it is for one check-in: its phase may say otherwise what follows when nobody answers."""
        phase = self.phase_of(question, day, step)
        return self.in_phase(phase) if phase else self

    def in_phase(self, phase: Phase) -> Protocol:
        """The protocol with what this phase says otherwise."""
        differs = {
            "reminder": phase.reminder and self.reminder.but(phase.reminder),
            "second_caregiver_after": phase.second_caregiver_after,
            "silence": phase.silence and self.silence.but(phase.silence),
        }
        return self.model_copy(update={key: one for key, one in differs.items() if one is not None})

    def check_in(self, question: str, day: int, stopped: Collection[str] = (), step: str = "") -> tuple[str, ...]:
        """The questions of a check-in in order, those left out that an answer has stopped; () when all have been."""
        phase = self.phase_of(question, day, step)
        return tuple(name for name in (phase.ask if phase else (question,)) if name not in stopped)

    def slot_like(self, day: int) -> Slot:
        """What an extra check-in of `day` looks like: the first of that day, or of the last day before."""
        slots = self.slots()
        before = [slot for slot in slots if slot.day <= day] or [slots[0]]
        first = next(slot for slot in before if slot.day == before[-1].day)
        return Slot(day, first.at, first.question, first.phase, lateness=first.lateness)

    @property
    def last_day(self) -> int:
        """The last day of recovery with a check-in; the goodbye comes after it."""
        return max(slot.day for slot in self.slots())
