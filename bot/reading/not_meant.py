"""Texts of people who were never meant: "who is this", "I don't know any Emma", "no soy la mamá de Diego"."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from bot.reading.grammar import bits
from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.text import MARK, NUMBER, WORD

_I_AM = frozenset(("this", "thats", "im", "am", "is", "its", "yo", "this is", "it is", "are"))

_OURS = frozenset(("my", "our", "mi", "mis", "nuestro", "nuestra", "the", "el", "la", "his", "her", "su"))


class _Masks(NamedTuple):
    who_texts: int
    who_is: int
    know_none: int
    kin: int
    kid: int
    have: int
    which: int
    op: int
    grown: int
    number: int
    here: int
    care: int
    name: int
    courtesy: int
    whose: int


@cache
def _masks() -> _Masks:
    mask = lexicon().mask
    return _Masks(
        who_texts=mask("who_texts"),
        who_is=mask("who_is"),
        know_none=mask("know_none"),
        kin=mask("other parent_word grownup"),
        kid=mask("kid_noun"),
        have=mask("have_word"),
        which=mask("what_which"),
        op=mask("had_op"),
        grown=mask("grown_age"),
        number=mask("this_number number_word message_word"),
        here=mask("at_number live_here"),
        care=mask("cared_for"),
        name=mask("name"),
        courtesy=mask("polite minimiser thanks"),
        whose=mask("whose"),
    )


def not_meant(units: list[Unit], text: str) -> bool:
    """True when whoever writes asks who is writing to them, or says that they know nobody of that name."""
    masks = _masks()
    if any(unit.mask & masks.care and unit.state != "denied" for unit in units):
        return False
    said = [unit for unit in units if unit.kind != MARK]
    if len(said) <= 3 and said and said[-1].text in ("who", "whos", "quien", "kien"):
        return True
    telling = masks.who_texts | masks.who_is | masks.know_none | masks.kid | masks.which
    telling |= bits().neg | bits().child
    if not any(unit.mask & telling for unit in units):
        return False
    return any(
        (unit.mask & masks.who_texts and _ends(units, place + 1))
        or (unit.mask & masks.who_is and _named(units, place + 1, text) and _ends(units, place + 2))
        or (unit.mask & masks.know_none and _nobody_known(units, place, text))
        or (unit.mask & bits().neg and (_is_not(units, place, text) or _no_child(units, place)))
        or (unit.mask & (masks.kid | bits().child) and _grown_child(units, place))
        or (unit.mask & masks.which and _which_child(units, place))
        for place, unit in enumerate(units)
    )


def _nobody_known(units: list[Unit], place: int, text: str) -> bool:
    """ "don't know any Emma", "there's no Emma here"."""
    masks = _masks()
    if not _named(units, place + 1, text) and not _named(units, place + 2, text):
        return False
    said = units[place].text
    return any(word in said for word in ("know", "conozco", "named", "recogni")) or any(
        unit.mask & (masks.number | masks.here) for unit in units[place + 2 : place + 6]
    )


def _no_child(units: list[Unit], place: int) -> bool:
    """ "I don't have kids", "no tengo ningún hijo"; not "I don't have my son today"."""
    masks = _masks()
    near = units[place + 1 : place + 6]
    for at, unit in enumerate(near):
        has = "have" in units[place].text or any(
            one.mask & masks.have for one in units[max(0, place - 1) : place + 1 + at]
        )
        if unit.mask & masks.kid and has:
            return not any(one.text in _OURS for one in near[:at]) and not (
                at + 1 < len(near) and near[at + 1].kind == WORD and not _ends(near, at + 1)
            )
    return False


def _grown_child(units: list[Unit], place: int) -> bool:
    """ "my son is 35", "mi hija tiene 30 años", "my kids are grown"."""
    near = units[place + 1 : place + 5]
    if place and units[place - 1].text not in _OURS and units[place].text.split(" ")[0] not in _OURS:
        return False
    for at, unit in enumerate(near):
        if unit.mask & _masks().grown:
            return True
        if unit.kind == NUMBER and unit.text.isdigit() and 19 <= int(unit.text) <= 70:
            after = near[at + 1].text if at + 1 < len(near) else ""
            before = near[at - 1].text if at else ""
            return after.split(" ")[0] in ("years", "year", "yrs", "anos", "yo") or (
                before in ("is", "are") and after == ""
            )
    return False


def _which_child(units: list[Unit], place: int) -> bool:
    """ "what kid??", "cuál operación?": a question of two or three words."""
    masks = _masks()
    said = [unit for unit in units if unit.kind != MARK]
    return units[place] is said[0] and 2 <= len(said) <= 3 and bool(said[-1].mask & (masks.kid | masks.op))


def _is_not(units: list[Unit], place: int, text: str) -> bool:
    """ "I'm not Emma's mother", "this is no longer Emma's number", "no soy la mamá de Diego"."""
    masks = _masks()
    before = units[place - 1].text if place else ""
    after = units[place + 1].text if place + 1 < len(units) else ""
    near = units[place + 1 : place + 7]
    if any(unit.mask & masks.here for unit in near[:2]) and place and _named(units, place - 1, text):
        return True  # Emma doesn't live here
    if _named(units, place + 1, text) and any(unit.mask & masks.here for unit in near[1:4]):
        return True  # no Emma at this number
    if not (
        before in _I_AM
        or units[place].text in ("isnt", "aint", "arent")
        or after.split(" ")[0] in ("soy", "es", "somos")
    ):
        return False
    named = any(_named(units, at, text) for at in range(place + 1, min(place + 7, len(units))))
    alone = next((at for at in range(place + 1, min(place + 3, len(units))) if _named(units, at, text)), None)
    if alone is not None and len(units) <= 6 and _ends(units, alone + 1):
        return True  # this isn't Emma
    kin = [unit for unit in units[place + 1 :] if unit.mask & masks.kin]
    if len(kin) > 1 or any(unit.mask & bits().good for unit in units[place:]):
        return False  # no mother but an aunt, and the child is well
    whose = any(unit.mask & masks.kin for unit in near) and (
        named or any(unit.mask & bits().child for unit in near)
    )
    return whose or (named and any(unit.mask & masks.number for unit in near))


def _named(units: list[Unit], place: int, text: str) -> bool:
    """True for a word that nobody knows, or one with a capital."""
    if place >= len(units) or units[place].kind != WORD:
        return False
    unit = units[place]
    return (
        not unit.mask
        or bool(unit.mask & _masks().name)
        or (text[unit.start : unit.start + 1].isupper() and not text[unit.start : unit.end].isupper())
    )


def _ends(units: list[Unit], place: int) -> bool:
    """True where a sentence may end: nothing follows, a mark, a new subject, a word that goes on with it."""
    bit = bits()
    if place >= len(units):
        return True
    unit = units[place]
    return unit.kind == MARK or bool(
        unit.mask & (bit.conj | bit.but | bit.me | bit.no_answer | _masks().courtesy)
    )
