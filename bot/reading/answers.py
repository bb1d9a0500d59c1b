"""Denials that stand behind what they deny: "fever: none", "fiebre no tiene", "asked if it hurts, said no"."""

from __future__ import annotations

from bot.reading.denial import already_denied
from bot.reading.grammar import bits, ends, is_hard
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.text import MARK, NUMBER


def deny_backward(units: list[Unit], place: int) -> None:
    """ "fever no", "Cough? nope", "pus: none", "fiebre no tiene": the answer stands behind the sign."""
    bit = bits()
    count = len(units)
    ahead = place + 1
    while (
        ahead < count
        and units[ahead].mask & (bit.have | bit.time | bit.copula)
        and not units[ahead].mask & bit.polar
    ):
        ahead += 1
    if ahead < count and not (
        units[ahead].kind in (MARK, NUMBER)
        or units[ahead].mask & (bit.but | bit.conj | bit.subject | bit.no_answer)
    ):
        return
    step = place - 1
    if step >= 0 and (units[step].mask & bit.prep or units[step].text in ("o", "or", "u")):
        return
    passed_mark = False
    while step >= 0 and step >= place - 6:
        unit = units[step]
        if unit.kind == MARK:
            if unit.text not in "?:-–/" or passed_mark or step != place - 1:
                return
            passed_mark = True
        elif unit.mask & bit.sign:
            if unit.state == "" and not already_denied(unit):
                unit.state = "denied"
            if not passed_mark:
                return
        elif passed_mark and unit.mask & bit.part:
            unit.state = "denied"
        elif (
            unit.mask & (bit.either | bit.conj)
            or unit.mask & (bit.his | bit.prep | bit.part)
            or (passed_mark and unit.mask)
        ):
            pass
        else:
            return
        step -= 1


def deny_fronted(units: list[Unit], place: int) -> None:
    """ "fiebre no tiene", "la fiebre ni la conoce", "fever is not there": the sign comes first."""
    bit = bits()
    step = place + 1
    had = units[place].text.rsplit(" ", 1)[-1] in word_list("having")
    while step < len(units) and units[step].kind != MARK and step < place + 6:
        unit = units[step]
        if unit.text in word_list("having"):
            had = True
        elif not (
            unit.mask & (bit.clitic | bit.time | bit.it | bit.have) or unit.text in word_list("having_beside")
        ):
            break
        step += 1
    if not had or not ends(units, step):
        return
    behind = units[place + 1 : step]
    denied = False
    for step in range(place - 1, max(-1, place - 7), -1):
        unit = units[step]
        if unit.mask & bit.sign:
            if not already_denied(unit) and unit.state == "":
                unit.state = "denied"
                denied = True
        elif not (
            unit.mask & (bit.his | bit.either | bit.conj | bit.me | bit.we | bit.part | bit.prep | bit.amount)
            or (step == place - 1 and unit.mask & bit.copula)
        ):
            break
    if denied:
        for unit in behind:
            unit.state = "unsaid"


def deny_answered(units: list[Unit], place: int) -> None:
    """ "fever? we haven't had one", "oozing? it is not", "tos? ninguna, seño": the question is answered no."""
    bit = bits()
    small = bit.subject | bit.copula | bit.have | bit.clitic | bit.it | bit.we | bit.me | bit.amount | bit.time
    said = word_list("having") | word_list("having_beside") | word_list("seeing") | word_list("any_of_it")
    step, denied = place + 1, False
    while step < len(units) and units[step].kind != MARK:
        unit = units[step]
        denied = denied or bool(unit.mask & bit.neg)
        if unit.mask & (bit.sign | bit.pseudo_neg) or not (
            unit.mask & (small | bit.neg | bit.polite | bit.parent) or unit.text in said
        ):
            return
        step += 1
    if not denied:
        return
    for one in reversed(units[max(0, place - 6) : place]):
        if is_hard(one) or one.mask & bit.neg:
            return
        if one.mask & bit.sign and one.state == "" and not already_denied(one):
            one.state = "denied"
            units[place].state = "asked"


def deny_seen_none(units: list[Unit], place: int) -> None:
    """ "red streaks? I don't see a one", "looked for pus and there isn't any": none of what was looked for."""
    bit = bits()
    step = place + 1
    while step < len(units) and (
        units[step].text in word_list("seeing") or units[step].mask & (bit.it | bit.have | bit.copula)
    ):
        step += 1
    if step == place + 1 or step >= len(units) or units[step].text not in word_list("any_of_it"):
        return
    while step < len(units) and units[step].text in word_list("any_of_it"):
        step += 1
    if not ends(units, step):
        return
    for step in range(place - 1, max(-1, place - 10), -1):
        unit = units[step]
        if is_hard(unit) and unit.text != "?":
            return
        if unit.mask & bit.polar and unit.state == "" and not already_denied(unit):
            unit.state = "denied"


def deny_asked(units: list[Unit]) -> None:
    """ "asked if it hurts, she said no", "le preguntamos si le dolia y contesto que no": what was asked is denied."""
    bit = bits()
    asked = -1
    for place, unit in enumerate(units):
        if unit.text.startswith(("ask", "pregunt")):
            asked = place
        elif asked < 0:
            continue
        elif unit.mask & bit.but or (is_hard(unit) and unit.text not in "?\n"):
            asked = -1
        elif _says_no(units, place):
            for one in units[asked:place]:
                if one.mask & (bit.hyp | bit.if_real):
                    one.state = "asked"
                elif one.mask & bit.polar and one.state == "" and not already_denied(one):
                    one.state = "denied"
            asked = -1


def _says_no(units: list[Unit], place: int) -> bool:
    text = units[place].text
    if text.startswith(("shook ", "shakes ", "shake ")) and text.endswith("head"):
        return True
    if text not in word_list("answering_no"):
        return False
    before = units[place - 1].text.rsplit(" ", 1)[-1]
    told = before in word_list("answers") or (
        before in ("que", "a", "she", "he") and units[place - 2].text in word_list("answers")
    )
    following = units[place + 1].text if place + 1 < len(units) else ""
    return told and (ends(units, place + 1) or following in word_list("to_all"))


def deny_list(units: list[Unit], place: int) -> None:
    """ "Negative to all: fever, chills, cough", "None of these: ...": a list behind a colon."""
    bit = bits()
    step = place + 1
    while step < len(units) and units[step].text in word_list("to_all"):
        step += 1
    if step >= len(units) or units[step].kind != MARK or units[step].text not in ":-–—":
        return
    listed = []
    for unit in units[step + 1 :]:
        if is_hard(unit) or unit.mask & bit.but:
            break
        if unit.mask & (bit.copula | bit.have) and not unit.mask & bit.sign:
            return
        listed.append(unit)
    if sum(bool(unit.mask & bit.sign) for unit in listed) < 2:
        return
    for unit in listed:
        if unit.mask & bit.polar and unit.state == "" and not already_denied(unit):
            unit.state = "denied"


def deny_mistaken(units: list[Unit]) -> None:
    """ "thought it was blood but it was ketchup", "pense que tenia fiebre pero marco 36.7": it was none."""
    bit = bits()
    for place, unit in enumerate(units):
        if not unit.mask & bit.mistook:
            continue
        signs: list[Unit] = []
        step = place + 1
        while step < len(units) and not is_hard(units[step]) and not units[step].mask & bit.turn_out:
            if units[step].mask & bit.sign:
                signs.append(units[step])
            if units[step].mask & bit.neg or step > place + 12:
                signs = []
                break
            step += 1
        if not signs or step >= len(units) or is_hard(units[step]):
            continue
        rest = []
        for later in units[step + 1 :]:
            if is_hard(later) or later.mask & bit.but:
                break
            rest.append(later)
        if (
            rest
            and rest[0].text in word_list("was_only")
            and not any(
                one.mask & (bit.sign | bit.again | bit.worse) and not one.mask & bit.noun for one in rest
            )
        ):
            for one in signs:
                if one.state == "" and not already_denied(one):
                    one.state = "denied"
