"""Whose sign it is: the child's, or a relative's, the caregiver's own, a pet's, somebody's on a screen."""

from __future__ import annotations

from bot.reading.grammar import bits
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.owners import CHILD, ME
from bot.reading.segments import Segment
from bot.reading.text import MARK


def said_of_someone_else(places: list[int], units: list[Unit]) -> bool:
    """True when the sign is said of the caregiver, of a relative or a pet, and not of the child."""
    bit = bits()
    at = max(places)
    said = [units[place] for place in places if units[place].mask & (bit.sign | bit.polar | bit.part)]
    said = said or [units[at]]
    if all(unit.owner != CHILD for unit in said):
        if any(unit.owner == ME and unit.mask & bit.not_of_me for unit in said):
            return False
        return not (any(unit.mask & bit.fall for unit in said) and _with_the_child(units, at))
    return _owner_behind(units, at) or _all_but_the_child(units, at)


def _with_the_child(units: list[Unit], at: int) -> bool:
    """ "dad fell carrying him", "his brother tripped and landed on his leg"."""
    bit = bits()
    for place in range(at + 1, min(at + 10, len(units))):
        unit = units[place]
        if unit.kind == MARK and unit.text not in "&/":
            return False
        if unit.text.endswith(("ndolo", "ndola", "ndole")):
            return True
        near = {word for one in units[place - 2 : place] for word in one.text.split()}
        if unit.mask & bit.child and near & word_list("onto"):
            return True
    return False


def _all_but_the_child(units: list[Unit], at: int) -> bool:
    """ "everyone here is sick except him"."""
    bit = bits()
    if not any(unit.text in word_list("everyone") for unit in units[max(0, at - 6) : at]):
        return False
    for place in range(at + 1, min(at + 4, len(units) - 1)):
        if units[place].text in word_list("except") and any(
            unit.mask & bit.child for unit in units[place + 1 : place + 3]
        ):
            return True
    return False


def _owner_behind(units: list[Unit], at: int) -> bool:
    """ "guacareo el perro", "el que tose soy yo", "fever of my husband": whose it is stands behind the sign."""
    bit = bits()
    step = at + 1
    if at and units[at - 1].text in word_list("done_to"):
        return False
    linked = ""
    while step < len(units) and step <= at + 4:
        unit = units[step]
        if unit.mask & bit.other and not unit.mask & bit.child:
            after = units[step + 1] if step + 1 < len(units) else None
            if after is not None and after.mask & (bit.report | bit.me):
                return False
            return units[step - 1].text in word_list("articles" if linked else "spanish_articles")
        if unit.text in ("yo", "me", "mine", "myself"):
            return linked == "is"
        if unit.text == "a mi":
            return True
        if unit.text in ("is", "was", "es", "fue", "era", "soy", "fui", "were", "are"):
            linked = "is"
        elif unit.text in ("of", "for", "de"):
            linked = "of"
        elif unit.text not in word_list("articles"):
            return False
        step += 1
    return False


def only_a_pet(segment: Segment) -> bool:
    """True when the one spoken of is an animal, a doll or somebody on a screen, and nobody of the family."""
    bit = bits()
    others = [unit.mask for unit in segment.units if unit.mask & bit.other]
    return bool(others) and all(mask & bit.pet for mask in others)
