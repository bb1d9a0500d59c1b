"""The owner of every word, read from left to right: who was named last before it.

The child where nobody was: a sign is only taken from the child where somebody else is plainly its subject. "I" is the
child in a text that speaks of no child, for children write too.
"""

from __future__ import annotations

from bot.reading.grammar import bits, is_hard
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.named import (
    begins_other,
    described,
    is_subject,
    names_other,
    sibling_of_the_writer,
    small_other,
    speaks_to,
    tells_a_story,
)
from bot.reading.text import MARK, NUMBER

CHILD, OTHER, ME = "", "other", "me"


def mark_owners(units: list[Unit]) -> None:
    """Set the owner of every unit."""
    bit = bits()
    if not any(_somebody(unit) for unit in units):
        return
    carer = _carer_writes(units)
    owner, quoted, told, story, felt, here = CHILD, False, False, False, False, 0
    for place, unit in enumerate(units):
        mask = unit.mask
        if unit.kind == MARK:
            if is_hard(unit):
                owner, quoted, told, story = CHILD, False, False, False
            elif unit.text not in "'\"“”‘’()":
                ends = not told or story or (owner == ME and not _list_of_signs(units, place))
                if ends and not _in_passing(units, place):
                    owner, story = CHILD, False
                here = place
            continue
        if mask & bit.but:
            owner, story = CHILD, False
        story = story or tells_a_story(units, place)
        if story:
            unit.owner = owner = OTHER
            continue
        if unit.text in word_list("kin_own") and place + 1 < len(units) and units[place + 1].mask & bit.part:
            owner, told = OTHER, False
        elif names_other(unit):
            if is_subject(units, place) or described(units, place):
                if speaks_to(units, place):
                    quoted = True
                elif not carer and sibling_of_the_writer(units, place):
                    owner = CHILD
                else:
                    owner, told = OTHER, False
                    felt = any(one.text.split(" ", 1)[0] in ("a", "al") for one in units[max(0, place - 2) : place])
        elif " " in unit.text and (
            unit.text.split(" ", 1)[0] in word_list("i_words") or unit.text.startswith(("my own", "mi propi"))
        ):
            owner, told = CHILD if quoted or not carer else ME, False
        elif _the_child(units, place, owner):
            owner = CHILD
        elif unit.text == "its me" and place + 1 < len(units) and units[place + 1].text in ("who", "that"):
            owner, told = ME, False
        elif (mask & bit.me or unit.text.split(" ", 1)[0] in word_list("i_words")) and _own(units, place):
            owner, told = CHILD if quoted or not carer else ME, False
        elif mask & bit.you and _of_you(units, place):
            owner, told = OTHER, False
        elif mask & bit.report and owner != CHILD:
            quoted = quoted or (owner == OTHER and unit.text in word_list("says"))
            owner = CHILD
        elif owner != CHILD and _done_to_the_child(units, place):
            owner = owner if felt and unit.text in ("lo", "la", "le") else CHILD
        elif owner != CHILD and _back_to_the_child(units, place, owner, here, told):
            owner = CHILD
        if owner != CHILD and (mask & (bit.sign | bit.polar) or unit.text in word_list("ills")):
            told = True
        unit.owner = owner


def _the_child(units: list[Unit], place: int, owner: str) -> bool:
    """True of "he", "my boy", "bug"; not of a brother's tummy bug."""
    unit = units[place]
    ill = owner != CHILD and unit.text in word_list("ills") and not units[place - 1].mask & bits().his
    return bool(unit.mask & bits().child) and not (ill or begins_other(units, place) or small_other(units, place))


def _somebody(unit: Unit) -> bool:
    """True for a word that may make somebody else the subject."""
    bit = bits()
    if unit.mask & (bit.me | bit.you) or names_other(unit):
        return True
    text = unit.text
    return (
        text in word_list("story")
        or text in word_list("kin_own")
        or text.split(" ", 1)[0] in word_list("i_words")
    )


def _list_of_signs(units: list[Unit], place: int) -> bool:
    following = units[place + 1] if place + 1 < len(units) else None
    return following is not None and bool(following.mask & bits().noun_sign or following.kind == NUMBER)


def _in_passing(units: list[Unit], place: int) -> bool:
    """ "my dad, 71, coughs": the marks round an age end nothing."""
    marks = [unit.text if unit.kind == MARK else unit.kind for unit in units[max(0, place - 2) : place + 3]]
    return marks[-3:] == [",", NUMBER, ","] or (len(marks) > 2 and marks[:3] == [",", NUMBER, ","])


def _back_to_the_child(units: list[Unit], place: int, owner: str, here: int, told: bool) -> bool:
    """True where what is said of somebody else ends: `here` is where the clause began, `told` that a sign was said."""
    bit = bits()
    unit = units[place]
    if place > here and _new_part(units, place):
        return True
    if owner == OTHER:
        return not told and unit.text in word_list("measured_by")
    if bool(unit.mask & bit.it) and unit.mask & bit.subject and not told:
        return True
    if owner == ME and unit.text == "to" and units[place - 1].text.rsplit(" ", 1)[-1] in word_list("have_to"):
        return True
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
        if names_other(unit):
            other = other or not (mask & bit.pet or unit.text in word_list("places"))
        elif begins_other(units, place):
            continue
        elif not word_list("pronouns").isdisjoint(words):
            if not other:
                return True
        elif not word_list("told_children").isdisjoint(words) or (
            mask & (bit.child | bit.name) and unit.text not in word_list("plural_pronouns")
        ):
            return True
    return False


def _own(units: list[Unit], place: int) -> bool:
    """True where "I" or "my" says who has what follows: "my back", "me duele"; not "my son", "me vomita"."""
    bit = bits()
    text = units[place].text
    if text == "a mi" or " " in text:
        return True
    following = units[place + 1] if place + 1 < len(units) else None
    if following is None or following.kind == MARK:
        return False
    if text in ("my", "mi", "mis"):
        in_it = place == 0 or not units[place - 1].mask & bit.prep or units[place - 1].text in ("in", "en")
        return in_it and not following.mask & (bit.child | bit.other | bit.name)
    if text == "me" and following.text in ("who", "that"):
        return True
    if text in ("me", "nos"):
        before = units[place - 1].text if place else ""
        if before in ("se", "me", "te"):
            return False
        further = units[place + 2] if place + 2 < len(units) else None
        if following.text in word_list("given_to_me"):
            return further is not None and bool(further.mask & bit.sign)
        return following.text in word_list("felt_by_me")
    return not following.mask & bit.report and following.text not in word_list("handled")


def _of_you(units: list[Unit], place: int) -> bool:
    """ "your streak", "are you dizzy": said of the one who is written to."""
    bit = bits()
    unit = units[place]
    following = units[place + 1] if place + 1 < len(units) else None
    if following is None or unit.text not in word_list("you_words"):
        return False
    if unit.text in ("your", "ur", "tu", "tus"):
        return not following.mask & (bit.child | bit.part)
    return bool(following.mask & (bit.sign | bit.have | bit.copula)) and not following.mask & bit.report


def _done_to_the_child(units: list[Unit], place: int) -> bool:
    """ "su hermano le dio", "lo tumbo el perro": what somebody did to the child is of the child from there on."""
    bit = bits()
    unit = units[place]
    if unit.text not in word_list("done_to"):
        return bool(unit.mask & bit.fall) and unit.text.startswith(("lo ", "la ", "le ", "se le "))
    following = units[place + 1] if place + 1 < len(units) else None
    before = units[place - 1] if place else None
    if following is None or following.kind == MARK:
        return False
    if before is not None and before.text.rsplit(" ", 1)[-1] in ("a", "al", "de", "en", "por", "con", "sobre"):
        return False
    if unit.text in ("la", "las", "los") and following.mask & bit.sign:
        return False
    return not following.mask & (bit.part | bit.noun | bit.other | bit.noun_sign | bit.link)


def _new_part(units: list[Unit], place: int) -> bool:
    """ "... and the foot is blue": a part of the body with an article, after a comma or "and", is the child's."""
    bit = bits()
    if place and units[place].mask & bit.part and units[place - 1].kind == MARK:
        return True
    return bool(
        units[place].mask & bit.part
        and units[place - 1].text in ("the", "el", "la", "los", "las")
        and (
            place < 2
            or units[place - 2].kind == MARK
            or (units[place - 2].mask & bit.conj and not units[place - 2].mask & bit.prep)
        )
    )
