"""Whether a list under a denial goes on: "no fever, cough or swelling", and not "no fever no cough, vomiting"."""

from __future__ import annotations

from functools import cache

from bot.reading.grammar import bits, is_hard
from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.text import MARK


def listed(unit: Unit) -> bool:
    """True of what stands between the members of a list."""
    bit = bits()
    return unit.kind == MARK or bool(unit.mask & (bit.either | bit.conj | bit.neg))


@cache
def _well_of_a_limb() -> int:
    return lexicon().mask("pink warm")


def each_denied(units: list[Unit], place: int) -> bool:
    """True at the last "no" of "no fever no cough no swelling": whatever has none of its own there is not denied."""
    bit = bits()
    before = place - 1
    if before >= 0 and units[before].kind == MARK and units[before].text == ",":
        before -= 1
    while before >= 0 and units[before].mask & bit.part:
        before -= 1
    if before < 1 or not (units[before].mask & bit.sign and units[before].state == "denied"):
        return False
    return any(unit.mask & bit.neg for unit in units[max(0, before - 2) : before])


def either_ahead(units: list[Unit], place: int) -> bool:
    """True where "or" or "nor" stands further on in the clause."""
    bit = bits()
    for unit in units[place : place + 8]:
        if is_hard(unit) or unit.mask & (bit.but | bit.subject | bit.copula):
            return False
        if unit.mask & bit.either:
            return True
    return False


def subject_of_its_own(units: list[Unit], place: int) -> bool:
    """True for a part of the body of which something else is said: "no swelling toes pink", "no pain lips are blue"."""
    if place + 1 == len(units):
        return False
    bit = bits()
    before, behind = units[place - 1], units[place + 1]
    if behind.mask & _well_of_a_limb():
        return True
    if listed(before) or before.mask & (bit.prep | bit.his | bit.attribute | bit.part):
        return False
    return bool(behind.mask & (bit.copula | bit.report) or (behind.mask & bit.attribute and behind.mask & bit.sign))


def sign_of_its_own(units: list[Unit], place: int) -> bool:
    """True for a sign that no list holds; not for the cough of "no bad cough", nor for one that "or" follows."""
    bit = bits()
    unit, before = units[place], units[place - 1]
    of_it = before.mask & bit.attribute and unit.mask & bit.noun_sign
    return not of_it and not listed(before) and not either_ahead(units, place)


def joined(units: list[Unit], place: int) -> bool:
    """True when the sign at `place` belongs to the same denial as the one before it: joined, or a quality of it."""
    bit = bits()
    previous = units[place - 1]
    if previous.kind == MARK or previous.mask & (bit.either | bit.conj):
        return True
    return bool(previous.mask & bit.polar and previous.state == "denied") or not previous.mask & bit.polar


def list_goes_on(units: list[Unit], place: int) -> bool:
    """True when after the comma or "and" at `place` the denied list continues."""
    bit = bits()
    count = len(units)
    step = place + 1
    if step < count and units[step].mask & (bit.conj | bit.either):
        if units[step].mask & bit.either:
            return True
        step += 1
    while step < count and units[step].text in ("de", "of", "any"):
        step += 1
    if step >= count:
        return False
    unit = units[step]
    if unit.kind == MARK or not unit.mask & bit.sign:
        return False
    conj = bool(units[place].mask & bit.conj) or bool(units[step - 1].mask & bit.conj)
    if conj and not unit.mask & bit.noun_sign:
        return False
    if conj and unit.text.endswith(("ing", "ando", "iendo")) and not unit.mask & bit.noun_sign:
        return False
    ahead = step + 1
    if ahead >= count:
        return True
    after = units[ahead]
    if after.kind == MARK:
        return True
    if after.mask & bit.but:
        return True
    if after.mask & (bit.either | bit.conj):
        return True
    return either_ahead(units, ahead)
