"""Qualities that are of a thing and of nobody's body: "blue marker", "leche fria"."""

from __future__ import annotations

from bot.reading.grammar import bits
from bot.reading.match import Unit


def mark_attributes(units: list[Unit]) -> None:
    """A quality of a thing, a dish or the weather is nobody's sign: "blue marker", "the soup is hot", "leche fria"."""
    bit = bits()
    count = len(units)
    for place, unit in enumerate(units):
        if not unit.mask & bit.attribute or unit.mask & bit.noun:
            continue
        after = units[place + 1] if place + 1 < count else None
        if after is not None and after.mask & bit.noun and not after.mask & (bit.part | bit.sign | bit.time):
            unit.state = "attribute"
            continue
        if (
            after is not None
            and after.mask & bit.copula
            and any(
                one.mask & bit.noun and not one.mask & (bit.part | bit.sign)
                for one in units[place + 2 : place + 4]
            )
        ):
            unit.state = "attribute"
            continue
        step = place - 1
        if step >= 0 and units[step].mask & bit.amount:
            step -= 1
        if (
            step > 0
            and units[step].mask & bit.copula
            and units[step - 1].mask & bit.noun
            and not units[step - 1].mask & bit.part
        ) or (step >= 0 and units[step].mask & bit.food and not units[step].mask & bit.part):
            unit.state = "attribute"
