"""Whether somebody named is who a clause is about: "sister has a fever", not "for his sister", "like a dog"."""

from __future__ import annotations

from bot.reading.grammar import bits, is_hard
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.text import MARK


def names_other(unit: Unit) -> bool:
    """True for somebody else, also at the end of a phrase: "sister", "both her brothers"."""
    bit = bits()
    if unit.mask & bit.other:
        return not unit.mask & (bit.child | bit.report)
    if " " not in unit.text:
        return False
    last = unit.text.rsplit(" ", 1)[-1]
    return last in word_list("kin") and not unit.mask & (bit.sign | bit.polar)


def begins_other(units: list[Unit], place: int) -> bool:
    """ "his sister", "her big brother": the possessive only leads to somebody else."""
    bit = bits()
    if not units[place].mask & bit.his:
        return False
    for unit in units[place + 1 : place + 3]:
        if names_other(unit):
            return True
        if unit.mask & (bit.part | bit.copula | bit.have | bit.sign) or unit.kind == MARK:
            return False
    return False


def small_other(units: list[Unit], place: int) -> bool:
    """ "la hermanita chiquita", "mi hermano menor", "the neighbor kid": no new child."""
    small = units[place].text in word_list("small_ones")
    return place > 0 and small and names_other(units[place - 1])


def sibling_of_the_writer(units: list[Unit], place: int) -> bool:
    """ "los dedos de mi hermano", in a text that speaks of no other child: a brother or sister writes."""
    return units[place].text in word_list("siblings") and place > 0 and units[place - 1].text in ("my", "mi")


def tells_a_story(units: list[Unit], place: int) -> bool:
    """ "in the show the boy ...", "en la serie alguien ...": at the head of a clause."""
    return (
        units[place].text.split(" ", 1)[0] in ("in", "en")
        and (place == 0 or units[place - 1].kind == MARK)
        and any(unit.text.rsplit(" ", 1)[-1] in word_list("story") for unit in units[place + 1 : place + 4])
    )


def is_subject(units: list[Unit], place: int) -> bool:
    """True where somebody named may be who the clause is about: not "for grandma", "like the other", "on the phone"."""
    bit = bits()
    if _called_upon(units, place) or _object(units, place):
        return False
    step = place - 1
    while step >= 0 and (units[step].mask & (bit.his | bit.other | bit.amount)) and units[step].kind != MARK:
        if units[step].text in ("like",):
            break
        step -= 1
    if step < 0:
        return True
    words = units[step].text.split()
    last = words[-1]
    if any(word in word_list("not_subject") for word in words) or _likened(units, place):
        return False
    if last in word_list("says") and place + 1 < len(units) and units[place + 1].mask & bit.have:
        return True
    return last not in word_list("says")


def _called_upon(units: list[Unit], place: int) -> bool:
    """ "compañera, le cuento ...", "mujer por dios": in Spanish a bare noun is no subject."""
    bit = bits()
    unit = units[place]
    if unit.mask & bit.parent or unit.text not in word_list("called_upon"):
        return False
    before = units[place - 1] if place else None
    return before is None or not before.mask & bit.his


def _object(units: list[Unit], place: int) -> bool:
    """ "he woke up the whole house": the child is the subject of this clause already."""
    bit = bits()
    for unit in reversed(units[max(0, place - 6) : place]):
        if unit.kind == MARK or unit.mask & (bit.but | bit.conj | bit.link | bit.report | bit.time):
            return False
        if unit.mask & bit.subject and unit.mask & bit.child:
            return True
    return False


def _likened(units: list[Unit], place: int) -> bool:
    """ "scratching like a flea'd dog"."""
    near = units[max(0, place - 4) : place]
    return any(word in ("like", "como") for unit in near for word in unit.text.split())


def described(units: list[Unit], place: int) -> bool:
    """ "for the cat with a cough", "my aunt who has ...": what follows is said of the one named."""
    bit = bits()
    if place + 1 >= len(units):
        return False
    following = units[place + 1]
    return following.text in ("with", "who", "con", "whos") or bool(
        following.mask & bit.sign and following.text.endswith(("ing", "in"))
    )


def speaks_to(units: list[Unit], place: int) -> bool:
    """ "mami me duele", "mum my foot's asleep": the child speaks to the one named."""
    bit = bits()
    if not units[place].mask & bit.parent:
        return False
    step = place + 1
    while step < len(units) and units[step].kind == MARK and not is_hard(units[step]):
        step += 1
    if step >= len(units):
        return False
    return _first_person(units[step]) or units[step].text in word_list("told_to_a_parent")


def _first_person(unit: Unit) -> bool:
    return bool(unit.mask & bits().me) or unit.text.split(" ", 1)[0] in word_list("first_person")
