"""What a word counts for: denied, better, gone, or a quality of a thing. Each in a file of its own, in this order."""

from __future__ import annotations

from bot.reading.answers import (
    deny_answered,
    deny_asked,
    deny_backward,
    deny_fronted,
    deny_list,
    deny_mistaken,
    deny_seen_none,
)
from bot.reading.attributes import mark_attributes
from bot.reading.denial import deny_forward, deny_seeming
from bot.reading.easing import ease
from bot.reading.grammar import bits
from bot.reading.match import Unit
from bot.reading.text import NUMBER


def mark_scopes(units: list[Unit]) -> None:
    """Set the state of every unit: denied, better or gone."""
    bit = bits()
    count = len(units)
    mark_attributes(units)
    for place in range(count):
        unit = units[place]
        mask = unit.mask
        if mask & bit.neg or (
            unit.kind == NUMBER
            and unit.text == "0"
            and place + 1 < count
            and units[place + 1].mask & bit.sign
        ):
            deny_seeming(units, place)
            deny_forward(units, place)
            deny_fronted(units, place)
            deny_seen_none(units, place)
        elif " " in unit.text and unit.text.startswith("ya no "):
            deny_fronted(units, place)
        if " " in unit.text and unit.text.startswith(("no to ", "none of ")):
            deny_list(units, place)
        if mask & bit.no_answer:
            deny_backward(units, place)
            deny_list(units, place)
        if unit.text == "?":
            deny_answered(units, place)
    deny_asked(units)
    deny_mistaken(units)
    ease(units)
