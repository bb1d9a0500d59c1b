"""Whose sign it is: the child's, or a relative's, the caregiver's own, a pet's, somebody's on a screen."""

from __future__ import annotations

from bot.reading.grammar import bits
from bot.reading.match import Unit
from bot.reading.segments import Segment


def said_of_someone_else(
    places: list[int], segment: Segment, units: list[Unit], segments: list[Segment], number: int
) -> bool:
    """True when the sign is said of the caregiver, of a relative or a pet, and not of the child."""
    bit = bits()
    if any(units[place].mask & bit.fall for place in places) and any(
        unit.mask & bit.fall
        and ((" him" in unit.text or " her" in unit.text) or unit.text.startswith(("lo ", "la ", "le ")))
        for unit in segment.units
    ):
        return False
    at = max(places)
    self_patient = any(unit.mask & bit.self_patient for unit in units)
    step = at
    while step >= segment.first:
        mask = units[step].mask
        if mask & bit.other and not mask & bit.child:
            between = units[step + 1 : at + 1]
            if any(unit.mask & bit.report for unit in between):
                return False
            return not any(unit.mask & bit.child for unit in between)
        if mask & bit.child:
            previous = units[step + 1 : at]
            return bool(step + 1 <= at and mask & bit.his and any(unit.mask & bit.other for unit in previous))
        if mask & (bit.me | bit.you) and self_patient:
            return False
        if mask & (bit.me | bit.you):
            between = units[step + 1 : at + 1]
            if any(unit.mask & (bit.report | bit.child) for unit in between):
                return False
            if units[at].mask & bit.wake:
                return False
            following = units[step + 1] if step + 1 < len(units) else None
            if following is None:
                return False
            if units[step].text in ("a mi", "im", "ive", "my", "me", "mi", "mis", "your", "youre"):
                if units[step].text == "a mi":
                    return True
                return units[step].text not in ("me", "mi") or bool(following.mask & (bit.part | bit.sign))
            return bool(
                following.mask & (bit.have | bit.copula | bit.sign | bit.polar | bit.neg)
            ) and not any(unit.mask & bit.poss_child for unit in between)
        step -= 1
    if segment.subject == "other" or (
        segment.subject == "me" and number and segments[number - 1].subject == "me"
    ):
        return not any(
            unit.mask & (bit.child | bit.other) for unit in segment.units[: at - segment.first + 1]
        ) and (
            number > 0
            and segments[number - 1].sentence == segment.sentence
            and segments[number - 1].subject == segment.subject
        )
    for step in range(at + 1, min(segment.last + 1, at + 6)):
        if units[step].mask & bit.child:
            return False
        if units[step].mask & bit.other:
            return units[step - 1].text in ("a", "de", "my", "mi", "su", "his", "her", "for", "al")
    return False


def only_a_pet(segment: Segment) -> bool:
    """True when the one spoken of is an animal, a doll or somebody on a screen, and nobody of the family."""
    bit = bits()
    others = [unit.mask for unit in segment.units if unit.mask & bit.other]
    return bool(others) and all(mask & bit.pet for mask in others)
