"""Whose sign it is: the child's, or a relative's, the caregiver's own, a pet's, somebody's on a screen.

Every word gets an owner, read from left to right: who was named last before it. The child where nobody was: a sign is
only taken from the child where somebody else is plainly its subject. "I" is the child in a text that speaks of no
child, for children write too.
"""

from __future__ import annotations

from bot.reading.grammar import bits, is_hard
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.segments import Segment
from bot.reading.text import MARK

CHILD, OTHER, ME = "", "other", "me"


def mark_owners(units: list[Unit]) -> None:
    """Set the owner of every unit."""
    bit = bits()
    if not any(unit.mask & (bit.other | bit.me | bit.you) for unit in units):
        return
    carer = _carer_writes(units)
    owner, quoted, told, story, here = CHILD, False, False, False, 0
    for place, unit in enumerate(units):
        mask = unit.mask
        if unit.kind == MARK:
            if is_hard(unit):
                owner, quoted, told, story = CHILD, False, False, False
            elif unit.text not in "'\"“”‘’()":
                if not told or story:
                    owner, story = CHILD, False
                here = place
            continue
        if mask & bit.but:
            owner, story = CHILD, False
        story = story or _tells_a_story(units, place)
        if story:
            unit.owner = owner = OTHER
            continue
        if mask & bit.other and not mask & (bit.child | bit.report):
            if _is_subject(units, place) or _described(units, place):
                if _speaks_to(units, place):
                    quoted = True
                else:
                    owner, told = OTHER, False
        elif mask & bit.child and not _begins_other(units, place) and not _small_other(units, place):
            owner = CHILD
        elif mask & bit.me and _own(units, place):
            owner, told = CHILD if quoted or not carer else ME, False
        elif mask & bit.you and _own(units, place):
            owner, told = OTHER, False
        elif mask & bit.report and owner != CHILD:
            quoted = quoted or (owner == OTHER and unit.text in word_list("says"))
            owner = CHILD
        elif owner != CHILD and _back_to_the_child(units, place, owner, here, told):
            owner = CHILD
        if owner != CHILD and (mask & (bit.sign | bit.polar) or unit.text in word_list("ills")):
            told = True
        unit.owner = owner


def _back_to_the_child(units: list[Unit], place: int, owner: str, here: int, told: bool) -> bool:
    """True where what is said of somebody else ends: `here` is where the clause began, `told` that a sign was said."""
    bit = bits()
    unit = units[place]
    if _done_to_the_child(units, place) or (place > here and _new_part(units, place)):
        return True
    if owner == OTHER:
        return unit.text in word_list("measured_by") and not told
    return owner == ME and (
        unit.text in word_list("handled")
        or (bool(unit.mask & bit.link) and not told and unit.text not in word_list("who_that"))
    )


def _carer_writes(units: list[Unit]) -> bool:
    """True when a grown-up writes: a child is spoken of, or somebody that only grown-ups have."""
    bit = bits()
    if any(unit.mask & bit.self_patient for unit in units):
        return False
    other = False
    for place, unit in enumerate(units):
        mask = unit.mask
        if mask & bit.grownup:
            return True
        words = unit.text.split()
        if mask & bit.other:
            other = other or not (mask & bit.pet or unit.text in word_list("places"))
        elif _begins_other(units, place):
            continue
        elif any(word in word_list("pronouns") for word in words):
            if not other:
                return True
        elif any(word in word_list("told_children") for word in words) or (
            mask & (bit.child | bit.name) and unit.text not in word_list("plural_pronouns")
        ):
            return True
    return False


def _begins_other(units: list[Unit], place: int) -> bool:
    """ "his sister", "her big brother": the possessive only leads to somebody else."""
    bit = bits()
    if not units[place].mask & bit.his:
        return False
    for unit in units[place + 1 : place + 3]:
        if unit.mask & bit.other:
            return True
        if unit.mask & (bit.part | bit.copula | bit.have | bit.sign) or unit.kind == MARK:
            return False
    return False


def _small_other(units: list[Unit], place: int) -> bool:
    """ "la hermanita chiquita", "mi hermano menor": no new child."""
    return bool(
        place and units[place - 1].mask & bits().other and units[place].text in word_list("small_ones")
    )


def _tells_a_story(units: list[Unit], place: int) -> bool:
    """ "in the show the boy ...", "en la serie alguien ...": at the head of a clause."""
    return (
        units[place].text in ("in", "en")
        and (place == 0 or units[place - 1].kind == MARK)
        and any(unit.text.rsplit(" ", 1)[-1] in word_list("story") for unit in units[place + 1 : place + 4])
    )


def _is_subject(units: list[Unit], place: int) -> bool:
    """True where somebody named may be who the clause is about: not "for grandma", "like the other", "on the phone"."""
    bit = bits()
    step = place - 1
    while step >= 0 and (units[step].mask & (bit.his | bit.other | bit.amount)) and units[step].kind != MARK:
        if units[step].text in ("like",):
            break
        step -= 1
    if step < 0:
        return True
    last = units[step].text.rsplit(" ", 1)[-1]
    if last in word_list("says") and place + 1 < len(units) and units[place + 1].mask & bit.have:
        return True
    return last not in word_list("not_subject") and last not in word_list("says")


def _described(units: list[Unit], place: int) -> bool:
    """ "for the cat with a cough", "my aunt who has ...": what follows is said of the one named."""
    bit = bits()
    if place + 1 >= len(units):
        return False
    following = units[place + 1]
    return following.text in ("with", "who", "con", "whos") or bool(
        following.mask & bit.sign and following.text.endswith(("ing", "in"))
    )


def _speaks_to(units: list[Unit], place: int) -> bool:
    """ "mami me duele", "mum my foot's asleep": the child speaks to the one named."""
    bit = bits()
    if not units[place].mask & bit.parent:
        return False
    step = place + 1
    while step < len(units) and units[step].kind == MARK and not is_hard(units[step]):
        step += 1
    return step < len(units) and bool(
        units[step].mask & bit.me or units[step].text in word_list("told_to_a_parent")
    )


def _own(units: list[Unit], place: int) -> bool:
    """True where "I" or "my" says who has what follows: "my back", "me duele"; not "my son", "me vomita"."""
    bit = bits()
    text = units[place].text
    if text == "a mi" or " " in text:
        return True
    following = units[place + 1] if place + 1 < len(units) else None
    if following is None or following.kind == MARK:
        return False
    if text in ("my", "mi", "mis", "your", "tu", "tus"):
        return not following.mask & (bit.child | bit.other | bit.name)
    if text in ("me", "nos"):
        before = units[place - 1].text if place else ""
        if before in ("se", "me", "te"):
            return False
        further = units[place + 2] if place + 2 < len(units) else None
        if following.text in word_list("given_to_me"):
            return further is not None and bool(further.mask & bit.sign)
        return following.text in word_list("felt_by_me")
    return not following.mask & bit.report and following.text not in word_list("handled")


def _done_to_the_child(units: list[Unit], place: int) -> bool:
    """ "su hermano le dio", "lo tumbo el perro": what somebody did to the child is of the child from there on."""
    bit = bits()
    unit = units[place]
    if unit.text not in word_list("done_to"):
        return bool(unit.mask & bit.fall) and unit.text.startswith(("lo ", "la ", "le ", "se le "))
    following = units[place + 1] if place + 1 < len(units) else None
    before = units[place - 1] if place else None
    if following is None or following.kind == MARK or (before is not None and before.text in ("a", "al")):
        return False
    return not following.mask & (bit.part | bit.noun | bit.other | bit.noun_sign | bit.link)


def _new_part(units: list[Unit], place: int) -> bool:
    """ "... and the foot is blue": a part of the body with an article, after a comma or "and", is the child's."""
    bit = bits()
    return bool(
        units[place].mask & bit.part
        and units[place - 1].text in ("the", "el", "la", "los", "las")
        and (place < 2 or units[place - 2].kind == MARK or units[place - 2].mask & bit.conj)
    )


def said_of_someone_else(places: list[int], units: list[Unit]) -> bool:
    """True when the sign is said of the caregiver, of a relative or a pet, and not of the child."""
    bit = bits()
    at = max(places)
    if units[at].owner != CHILD:
        return not (units[at].owner == ME and units[at].mask & bit.not_of_me)
    return _owner_behind(units, at) or _all_but_the_child(units, at)


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
        if unit.text in ("is", "was", "es", "fue", "era", "soy", "were", "are"):
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
