"""What a check-in asks: questions, their numbered answers, and what an answer leads to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from messages.conversation import MenuItem
from messages.flags import Level
from scheduler.fields import Language, LocalTime, Sign, Slug

# Reading standard, "Signs": the level a sign usually has when it is present now.
USUAL_LEVEL: Mapping[str, Level] = {
    "breathing": Level.EMERGENCY,
    "chest_pain": Level.EMERGENCY,
    "circulation": Level.EMERGENCY,
    "collapse": Level.EMERGENCY,
    "self_harm": Level.EMERGENCY,
}

Text = Annotated[str, StringConstraints(min_length=1, max_length=1600, strip_whitespace=True)]
Texts = dict[Language, Text]  # one text per language
Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Digit = Annotated[str, StringConstraints(pattern=r"^[0-9]$")]


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str | int) and not isinstance(value, bool) else value


def _picked(value: Any) -> Any:
    listed = _listed(value)
    return tuple(str(one) for one in listed) if isinstance(listed, list | tuple) else listed


# One name, or a list of them: "daily" or [daily, pain_score].
Questions = Annotated[
    tuple[Slug, ...],
    BeforeValidator(_listed),
    Field(min_length=1, max_length=6),
    PlainSerializer(lambda names: names[0] if len(names) == 1 else list(names)),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}], "x-says": "a name, or a list"}
    ),
]
Picks = Annotated[
    tuple[Digit, ...],
    BeforeValidator(_picked),
    WithJsonSchema(
        {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}], "x-says": "a digit or a list"}
    ),
]


class Words(BaseModel):
    """A part of a protocol."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True, use_attribute_docstrings=True
    )


class QuietHours(Words):
    """No text leaves from `from` to `to`, on the clock of the caregiver who would get it; equal times: never quiet."""

    start: LocalTime = Field(alias="from", examples=["21:00"])
    """When the quiet hours begin."""
    end: LocalTime = Field(alias="to", examples=["8:00"])
    """When they end: from then on texts leave."""

    def hold(self, at: time) -> bool:
        """True when the local time `at` is quiet; `end` itself is not."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


class Choice(Words):
    """One numbered answer of a menu."""

    label: Texts = Field(examples=["{en: fever, es: fiebre}"])
    """Its words in each language."""
    signs: tuple[Sign, ...] = Field(default=(), examples=["[fever, chills]"])
    """The signs it reports. The number alone reports the first."""
    level: Level | None = Field(default=None, examples=["review"])
    """How serious it is. Left out: the usual level of its first sign, or ok without a sign."""

    @property
    def item(self) -> MenuItem:
        """As the reader needs it; a bare number reports the first sign (reading standard, "Default menu")."""
        sign = self.signs[0] if self.signs else ""
        usual = USUAL_LEVEL.get(sign, Level.URGENT) if sign else Level.OK
        return MenuItem(level=self.level or usual, sign=sign)


class Branch(Words):
    """Another question that an answer leads to. All that is given must hold; with nothing given it always does."""

    ask: Slug = Field(examples=["cast"])
    """The question that is asked next."""
    pick: Picks = Field(default=(), examples=["[1, 2]"])
    """The family picked one of these numbers."""
    sign: Sign | None = Field(default=None, examples=["fever"])
    """The answer tells of this sign."""
    at_least: Annotated[float, Field(strict=True, ge=0, le=43)] | None = Field(default=None, examples=["5"])
    """The number told is this or more: pain from 0 to 10, temperature in Celsius."""


class Question(Words):
    """What one text asks."""

    text: Texts = Field(examples=['{en: "How is it? {menu}", es: "¿Cómo está? {menu}"}'])
    """The words in each language. With a menu, {menu} stands once where the numbered answers go."""
    menu: dict[Digit, Choice] = Field(
        default_factory=dict, examples=["{1: {label: {en: sore}, signs: [pain]}, 0: {label: {en: none}}}"]
    )
    """The numbered answers, 0 to 9. Keep 0 for the good news."""
    number: Literal["temperature", "pain"] | None = Field(default=None, examples=["pain"])
    """What a number in the answer is: a temperature, or pain from 0 to 10."""
    then: tuple[Branch, ...] = Field(default=(), max_length=12, examples=["[{pick: 1, ask: cast}]"])
    """Questions that an answer leads to: the first that fits is asked at once."""
