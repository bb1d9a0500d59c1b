"""What answers mean: levels by sign, value, day, risk and trend; advice; and what they change in the plan. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from messages.flags import Level
from scheduler.asking import Name, Picks, Texts, Words
from scheduler.fields import LocalTime, Risk, Sign, Slug

Phrase = Annotated[str, StringConstraints(min_length=1, max_length=160, strip_whitespace=True)]
Day = Annotated[int, Field(strict=True, ge=0, le=400)]
Value = Annotated[float, Field(strict=True, ge=0, le=43)]
Count = Annotated[int, Field(strict=True, ge=1, le=30)]


class Pattern(Words):
    """What has been told, now and on the days before. All that is given must hold."""

    sign: Sign = Field(examples=["fever"])
    """The sign that is told now. For a trend of pain or temperature the number is enough."""
    at_least: Value | None = Field(default=None, examples=["39.5"])
    """Its number is this or more: Celsius for fever, 0 to 10 for pain."""
    at_most: Value | None = Field(default=None, examples=["2"])
    """Its number is this or less."""
    lasts: Count | None = Field(default=None, examples=["3"])
    """It holds for the last so many days in a row, today included; a day without an answer breaks the row."""
    rises: Count | None = Field(default=None, examples=["2"])
    """Its number went up on each of so many days, today included, each compared with the day told before."""
    returns_after: Count | None = Field(default=None, examples=["2"])
    """It was there, was not told on so many days or more that had an answer, and is there again."""

    @property
    def trend(self) -> bool:
        """True when the days before count."""
        return any((self.lasts, self.rises, self.returns_after))


class Meaning(Pattern):
    """How serious a sign is here, when that is not its usual level. A present sign never becomes ok."""

    name: Name | None = Field(default=None, examples=["pain rising on two days"])
    """Shown to whoever looks at the flag as the reason for its level."""
    level: Level = Field(examples=["urgent"])
    """review, urgent or emergency. Of several meanings that fit, the most serious counts."""
    from_day: Day | None = Field(default=None, examples=["4"])
    """From this day of recovery on."""
    to_day: Day | None = Field(default=None, examples=["10"])
    """Up to this day of recovery."""
    risks: tuple[Risk, ...] = Field(default=(), examples=["[diabetes]"])
    """The child has at least one of these."""
    approved_by: str | None = Field(default=None, examples=["Dr. Okafor"])
    """The clinician who wants it."""


class Advice(Words):
    """One sentence of the hospital's own, added to the answer to a sign. Never a dose, never a judgement."""

    sign: Sign = Field(examples=["swelling"])
    """The sign that was told."""
    level: tuple[Level, ...] = Field(default=(Level.REVIEW, Level.URGENT), min_length=1, examples=["[review]"])
    """At which levels of the text it is added: review, urgent. An emergency hears only whom to call."""
    from_day: Day | None = Field(default=None, examples=["1"])
    """From this day of recovery on."""
    to_day: Day | None = Field(default=None, examples=["14"])
    """Up to this day of recovery."""
    text: Texts = Field(examples=["{en: Raise the leg on a pillow., es: Suba la pierna en una almohada.}"])
    """The sentence in each language."""
    approved_by: str | None = Field(default=None, examples=["Dr. Okafor"])
    """The clinician who approved it. Without a name it is not sent."""


class When(Pattern):
    """What an answer must tell for a change."""

    sign: Sign | None = Field(default=None, examples=["fever"])  # type: ignore[assignment]
    """The sign that is told now. For pain and fever with at_most, the number is enough."""
    question: Slug | None = Field(default=None, examples=["cast_off"])
    """The answer is to this question."""
    pick: Picks = Field(default=(), examples=["1"])
    """And it picked one of these numbers."""


class Added(Words):
    """Check-ins that a change adds."""

    ask: Slug = Field(examples=["temperature"])
    """The question."""
    at: LocalTime = Field(examples=["17:00"])
    """At which local time."""
    days: Annotated[int, Field(strict=True, ge=1, le=14)] = Field(default=1, examples=["2"])
    """On so many of the next days; told again, it is counted anew."""


class Change(Words):
    """An answer that changes later steps. Nothing that a person set is changed."""

    name: Name = Field(examples=["pain has settled"])
    """Shown beside what was left out or added."""
    when: When = Field(examples=["{sign: pain, at_most: 2, lasts: 3}"])
    """What must have been told."""
    stop: tuple[Slug, ...] = Field(default=(), examples=["[pain_score]"])
    """These questions are not asked any more."""
    start: tuple[Slug, ...] = Field(default=(), examples=["[pain_score]"])
    """These are asked again as planned."""
    add: Added | None = Field(default=None, examples=['{ask: temperature, at: "17:00"}'])
    """This is asked as well on the next days."""
    finish: bool = Field(default=False, strict=True, examples=["true"])
    """The follow-up ends: the goodbye comes on the next day. Never while something serious is open or told."""


class OwnWords(Words):
    """Words of this hospital's families that the reader does not know, told in words that it does."""

    says: Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=40)] = Field(examples=["[goose egg, chichón]"])
    """What families write."""
    means: Phrase = Field(examples=["swelling"])
    """The same in words that the reader knows."""
    must: tuple[Phrase, ...] = Field(default=(), examples=["[a goose egg by the cut]"])
    """Examples that have to be read as a danger; `hearback protocol check` tries them."""
    never: tuple[Phrase, ...] = Field(default=(), examples=["[no chichón today]"])
    """Examples that must not."""

