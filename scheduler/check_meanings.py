"""What is wrong with what answers mean: contradictions, numbers out of range, advice that must not be given. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from messages.flags import Level
from scheduler.check_steps import Problem, backwards
from scheduler.meaning import Meaning, Pattern
from scheduler.protocol import Protocol

# What a number means in a meaning, by sign: the range it must be in (reading standard, rule 4).
_VALUES = {"fever": (34.0, 43.0, "degrees Celsius"), "pain": (0.0, 10.0, "the pain score")}


# No text of ours tells a dose or a medicine by name: that is for a person who knows the child.
MEDICINE = re.compile(
    r"\b\d+([.,/]\d+)? ?(mg|mcg|g|ml|cc|tsp|tbsp|teaspoons?|tablespoons?|tablets?|pills?|puffs?|drops?|doses?|gotas?"
    r"|cucharad(?:a|ita)s?|tabletas?|pastillas?|dosis)\b"
    r"|\b(tylenol|acetaminophen|paracetamol|ibuprofen[oa]?|motrin|advil|aspirina?|naproxeno?|codeine|codeína|oxycodone"
    r"|oxicodona|morphine|morfina|tramadol|every \d+ hours|cada \d+ horas)\b",
    re.IGNORECASE,
)
_SOOTHING = re.compile(
    r"\b(that'?s fine|it is fine|nothing to worry|do(?: not|n't) worry|is normal|no se preocupe|es normal|está bien)\b",
    re.IGNORECASE,
)


def meanings_of(protocol: Protocol) -> Iterator[Problem]:
    yield from _meanings(protocol)
    yield from _advice(protocol)
    for index, change in enumerate(protocol.changes):
        if change.when.sign is not None:
            yield from _pattern(change.when, ("changes", index, "when"))


def _meanings(protocol: Protocol) -> Iterator[Problem]:
    for index, meaning in enumerate(protocol.meanings):
        here = ("meanings", index)
        if meaning.level is Level.OK:
            yield (*here, "level"), "a present sign is never ok. Write review, urgent or emergency."
        if backwards(meaning.from_day, meaning.to_day):
            yield (
                (*here, "to_day"),
                f"the days {meaning.from_day} to {meaning.to_day} run backwards. Swap them.",
            )
        yield from _pattern(meaning, here)
        if meaning.trend and meaning.level is Level.REVIEW:
            yield (*here, "level"), "a trend only raises a level. Write urgent or emergency."
        for other, earlier in enumerate(protocol.meanings):
            if other == index or not _covers(earlier, meaning):
                continue
            same = _covers(meaning, earlier)
            if same and other < index:
                if earlier.level is meaning.level:
                    yield here, f"another meaning of {meaning.sign} says the same. Keep one."
                else:
                    yield here, f"another meaning of {meaning.sign} says {earlier.level} of the same. Keep one."
            elif not same and earlier.level > meaning.level:
                yield here, f"it never counts: a wider meaning of {meaning.sign} says {earlier.level}. Take it out."


def _covers(wide: Meaning, narrow: Meaning) -> bool:
    """Whether `wide` fits whenever `narrow` does."""
    return (
        wide.sign == narrow.sign
        and (wide.at_least is None or (narrow.at_least is not None and narrow.at_least >= wide.at_least))
        and (wide.at_most is None or (narrow.at_most is not None and narrow.at_most <= wide.at_most))
        and (wide.from_day is None or (narrow.from_day is not None and narrow.from_day >= wide.from_day))
        and (wide.to_day is None or (narrow.to_day is not None and narrow.to_day <= wide.to_day))
        and (not wide.risks or (bool(narrow.risks) and set(narrow.risks) <= set(wide.risks)))
        and (wide.lasts, wide.rises, wide.returns_after) == (narrow.lasts, narrow.rises, narrow.returns_after)
        and (wide.at_most is None) == (narrow.at_most is None)
    )


def _pattern(pattern: Pattern, here: tuple[str | int, ...]) -> Iterator[Problem]:
    if sum(one is not None for one in (pattern.lasts, pattern.rises, pattern.returns_after)) > 1:
        yield here, "lasts, rises and returns_after are three different trends. Keep one in each line."
    if pattern.lasts == 1:
        yield (*here, "lasts"), "one day is no trend. Write 2 or more, or take it out."
    if pattern.rises is not None and pattern.sign not in _VALUES:
        yield (*here, "rises"), f"{pattern.sign} has no number that could rise. Only fever and pain have."
    if pattern.at_least is not None and pattern.at_most is not None and pattern.at_most < pattern.at_least:
        yield (*here, "at_most"), f"at_most {pattern.at_most:g} is below at_least {pattern.at_least:g}. Swap them."
    for key, value in (("at_least", pattern.at_least), ("at_most", pattern.at_most)):
        if value is None:
            continue
        if pattern.sign not in _VALUES:
            yield (*here, key), f"{pattern.sign} has no number. Only fever and pain have; take it out."
            continue
        low, high, unit = _VALUES[pattern.sign]
        if not low <= value <= high:
            yield (*here, key), f"{value} is not {unit}. Write {low:g} to {high:g}."


def _advice(protocol: Protocol) -> Iterator[Problem]:
    for index, advice in enumerate(protocol.advice):
        here = ("advice", index)
        if backwards(advice.from_day, advice.to_day):
            yield (*here, "to_day"), f"the days {advice.from_day} to {advice.to_day} run backwards. Swap them."
        for place, level in enumerate(advice.level):
            if level not in (Level.REVIEW, Level.URGENT):
                yield (*here, "level", place), f"advice goes with review and urgent, not with {level}. Take it out."
        for language, text in advice.text.items():
            if found := MEDICINE.search(text):
                yield (*here, "text", language), f"{found[0]!r}: advice never tells a dose or a medicine. Take it out."
            elif found := _SOOTHING.search(text):
                yield (*here, "text", language), f"{found[0]!r} judges how the child is. Say only what to do."
