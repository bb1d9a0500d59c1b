"""How far a denial reaches, before its word and behind it.

Where the end of a denial is in doubt it ends early, so that a sign stays present (reading standard: a sign that is
hedged or partly negated is read as if it were there).
"""

from __future__ import annotations

from bot.reading.denied_list import (
    each_denied,
    either_ahead,
    joined,
    list_goes_on,
    listed,
    sign_of_its_own,
    subject_of_its_own,
)
from bot.reading.grammar import bits, is_hard
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.text import MARK


def deny_forward(units: list[Unit], place: int) -> None:
    bit = bits()
    count = len(units)
    neg = units[place]
    following = units[place + 1] if place + 1 < count else None
    if following is None or following.kind == MARK:
        return
    answer = neg.mask & bit.no_answer and neg.text in ("no", "nope", "nah", "nel", "naw")
    if (
        answer
        and following.mask & bit.subject
        and not following.mask & (bit.clitic | bit.have | bit.copula | bit.sign)
    ):
        return
    if (
        answer
        and following.mask & bit.his
        and not following.mask & (bit.copula | bit.clitic)
        and place + 2 < count
        and units[place + 2].mask & (bit.part | bit.sign)
    ):
        return
    if neg.mask & bit.no_answer and following.mask & bit.conj and neg.text not in ("no", "nope", "nah"):
        return
    if following.text in word_list("less_words") or _denied_twice(units, place) or _denies_nothing(units, place):
        return
    hit = content = 0
    absorbed = lowered = thought = False
    complained = bool(neg.mask & bit.either) and _complained(units, place)
    apart = each_denied(units, place)
    budget = 8
    step = place + 1
    while step < count and budget > 0:
        unit = units[step]
        mask = unit.mask
        if unit.kind == MARK:
            if unit.text in "/&":
                step += 1
                continue
            going_on = hit and (not apart or either_ahead(units, step)) and list_goes_on(units, step)
            if unit.text == "," and going_on:
                step += 1
                budget = 6
                continue
            return
        if hit and _belongs(units, step):
            step += 1
            continue
        if mask & bit.but and not (
            unit.text in ("only", "solo", "just", "ahora", "ahorita", "until", "till", "til", "hasta que")
            and not hit
        ):
            return
        if mask & bit.neg and not mask & bit.either:
            if unit.state == "" and mask & bit.polar and hit == 0:
                unit.state = "denied"
            return
        if mask & (bit.either):
            step += 1
            budget = 6
            continue
        if mask & bit.conj and unit.text not in ("with", "w", "con", "mas", "plus"):
            if hit and not list_goes_on(units, step):
                return
            if not hit and content:
                return
            step += 1
            continue
        if hit and (mask & (bit.subject | bit.copula | bit.have | bit.clitic)) and not mask & bit.polar:
            return
        if not hit and not thought and _new_clause(units, place, step):
            return
        other = not hit and mask & bit.subject and not mask & bit.it
        if other and (content or (step > place + 1 and mask & bit.child and not thought)):
            return
        words = unit.text.split()
        if (content or absorbed) and words and words[0] in word_list("causal"):
            return
        if content and not hit and mask & bit.still:
            return
        thought = thought or any(word in word_list("thinking") for word in words)
        if complained and not mask & bit.sign and mask & (bit.part | bit.polar):
            unit.state = "unsaid"
            hit += 1
            step += 1
            continue
        complained = complained or not word_list("complaining").isdisjoint(words)
        if hit and mask & bit.his and step + 1 < count and _subject_phrase(units, step):
            return
        if hit and mask & bit.part and subject_of_its_own(units, step):
            return
        if hit and apart and mask & bit.sign and sign_of_its_own(units, step):
            return  # "no cough no fever no blood short of breath"
        if hit and unit.text in word_list("verbs_of_signs") and not listed(units[step - 1]):
            return  # "isn't red isn't warm hurts a lot", "no tiene fiebre respira rápido"
        if unit.text == "gone" and not hit and step + 1 < count and units[step + 1].mask & bit.sign:
            step += 1  # "has not gone cold"
            continue
        if (
            hit
            and mask & bit.absorb
            and not mask & bit.sign
            and not units[step - 1].mask & (bit.either | bit.conj)
        ):
            return
        if lowered and mask & bit.sign:
            return
        lowered = lowered or (not hit and any(word in word_list("lowering") for word in words))
        if mask & bit.polar and not already_denied(unit):
            if hit and unit.mask & bit.sign and not joined(units, step):
                return
            if absorbed and mask & bit.sign and not units[step - 1].mask & (bit.either | bit.conj):
                return
            if unit.state == "":
                unit.state = "denied"
            hit += not (mask & bit.soft and not mask & bit.sign)
            absorbed = absorbed or bool(mask & bit.absorb and not mask & bit.sign)
        elif mask and not mask & (bit.report | bit.copula | bit.have | bit.time) and not mask & bit.link:
            content += 1
        budget -= 1
        step += 1


def deny_seeming(units: list[Unit], place: int) -> None:
    """ "doesn't look like her leg is purple", "no veo que el pie esté hinchado": what does not seem so is denied."""
    bit = bits()
    at = place + 1
    if at + 4 >= len(units) or units[at].text not in word_list("seeming") | word_list("thinking"):
        return
    linked = units[at + 1].text in ("que", "that", "like")
    if not (linked and units[at + 2].mask & bit.his and units[at + 3].mask & bit.part):
        return
    for unit in units[at + 4 : at + 8]:
        if unit.kind != MARK and unit.mask & bit.sign and unit.state == "":
            unit.state = "denied"
        elif not unit.mask & (bit.copula | bit.amount | bit.time):
            return


def _denies_nothing(units: list[Unit], place: int) -> bool:
    """ "nope the redness didnt clear up", "not just warm, hot": what follows the denial is there."""
    bit = bits()
    neg, behind = units[place], units[place + 1 : place + 4]
    if behind[0].text in ("just", "only", "merely") and not neg.mask & bit.no_answer:
        return len(behind) > 1 and bool(behind[1].mask & bit.sign)
    if neg.text in word_list("never") and behind[0].mask & bit.sign:
        return any(not word_list("like_this").isdisjoint(unit.text.split()) for unit in behind[1:])
    if behind[0].mask & bit.his:
        behind = behind[1:]
    return (
        len(behind) > 1
        and bool(neg.mask & bit.no_answer and behind[0].mask & bit.sign and behind[1].mask & bit.again)
        and already_denied(behind[1])
    )


def _denied_twice(units: list[Unit], place: int) -> bool:
    """ "can't look at food without gagging", "no ha dormido nada del dolor": the second denial denies nothing more."""
    bit = bits()
    text = units[place].text
    without = text in word_list("without")
    if not without and text not in ("nada", "nothing", "none"):
        return False
    if not without and place + 1 < len(units) and units[place + 1].text == "de":
        return False
    for step in range(place - 1, max(-1, place - 8), -1):
        unit = units[step]
        if unit.kind == MARK or unit.mask & (bit.but | bit.conj):
            return False
        if unit.mask & bit.neg and unit.state == "":
            seen = word_list("having") | word_list("thinking") | word_list("seeing")
            return step < place - 1 and not any(one.text in seen for one in units[step + 1 : place])
        if unit.state == "denied" and unit.mask & bit.sign:
            return False
    return False


def _complained(units: list[Unit], place: int) -> bool:
    """True for the "nor" of "did not complain of his chest nor of his breathing"."""
    for unit in reversed(units[max(0, place - 8) : place]):
        if is_hard(unit):
            return False
        if unit.state == "unsaid":
            return True
    return False


def _belongs(units: list[Unit], step: int) -> bool:
    """ "no rattle in his chest", "ninguna dificultad para respirar": what the denied sign is in or of goes with it."""
    bit = bits()
    unit, before = units[step], units[step - 1]
    if unit.mask & bit.chest and before.mask & (bit.his | bit.prep):
        unit.state = "unsaid"
        return True
    behind = units[step + 1] if step + 1 < len(units) else unit
    if unit.text in word_list("doing") and before.mask & bit.hard and behind.mask & bit.breathe:
        unit.state = behind.state = "unsaid"
        return True
    return unit.state == "unsaid"


def already_denied(unit: Unit) -> bool:
    """True for a phrase that holds its own denial: "cant feel his toes", "no responde"."""
    return unit.text.split(" ", 1)[0] in word_list("own_denial") and " " in unit.text


def _new_clause(units: list[Unit], place: int, step: int) -> bool:
    """ "no time her foot is numb", "no hay doctor su pierna está morada": another subject begins.

    Not after "that" or "like": "no veo que el pie esté hinchado".
    """
    bit = bits()
    unit, before = units[step], units[step - 1]
    goes_on = before.text.rsplit(" ", 1)[-1] in word_list("clause_goes_on")
    if not unit.mask & bit.his or unit.mask & bit.copula or goes_on or step + 1 == len(units):
        return False
    told = " " in units[place].text or any(
        not one.mask & (bit.copula | bit.have | bit.amount) for one in units[place + 1 : step]
    )
    return told and bool(units[step + 1].mask & bit.part) and _subject_phrase(units, step)


def _subject_phrase(units: list[Unit], place: int) -> bool:
    bit = bits()
    for step in range(place + 1, min(place + 4, len(units))):
        if units[step].mask & bit.copula:
            return True
        if units[step].kind == MARK:
            return False
    return False


