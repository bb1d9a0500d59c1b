"""What is better, less or gone, and qualities that are of a thing and of nobody's body."""

from __future__ import annotations

from bot.reading.grammar import bits
from bot.reading.match import Unit
from bot.reading.text import MARK


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


def ease_forward(units: list[Unit], place: int, state: str) -> None:
    """ "less swollen", "menos hinchado", "stopped vomiting", "ya no vomita"."""
    bit = bits()
    hit = False
    for step in range(place + 1, min(place + 6, len(units))):
        unit = units[step]
        if unit.kind == MARK or unit.mask & (bit.but | bit.subject):
            return
        if unit.mask & bit.sign and unit.state == "":
            unit.state = state
            hit = True
        elif unit.mask & (bit.conj | bit.either) and hit:
            continue
        elif hit:
            return


def ease_backward(units: list[Unit], place: int, state: str) -> None:
    """ "the swelling is going down", "pain and swelling are better", "se le quito la fiebre"."""
    bit = bits()
    hit = False
    for step in range(place - 1, max(-1, place - 9), -1):
        unit = units[step]
        if unit.kind == MARK:
            if unit.text == "," and hit:
                return
            if unit.text not in ":-–(" and not (unit.text == "," and not hit):
                break
            if unit.text == ",":
                break
        if unit.mask & bit.but:
            break
        if unit.mask & bit.sign:
            if unit.mask & bit.lasting or any(
                units[near].mask & (bit.again | bit.still) for near in range(max(0, step - 3), step)
            ):
                return
            if unit.state == "":
                unit.state = state
            hit = True
        elif hit and unit.mask & bit.subject and not unit.mask & bit.his:
            return
    if hit:
        return
    for step in range(place + 1, min(place + 5, len(units))):
        unit = units[step]
        if unit.kind == MARK or unit.mask & (bit.but | bit.subject | bit.copula | bit.conj):
            return
        if unit.mask & bit.sign:
            if unit.state == "" and not unit.mask & bit.lasting:
                unit.state = state
            return
