"""What is better, less, the same or gone, and which signs that is said of.

What comes back in the same breath ("better yesterday, back today") was never eased; what is only less and still a
danger ("still has a fever but better") stays.
"""

from __future__ import annotations

from bot.reading.grammar import OVER_AT_AN_END, bits, ends, is_hard
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.text import MARK, NUMBER

BETTER, GONE = "better", "gone"


def ease(units: list[Unit]) -> None:
    """Set the state of every sign that is said to be better, less, the same or gone."""
    bit = bits()
    easing = bit.less | bit.ceased | bit.gone | bit.better | bit.same
    for place, unit in enumerate(units):
        mask = unit.mask
        if not mask & easing and unit.text not in ("as", "tan", "down"):
            continue
        if unit.state in ("denied", "attribute", "unsaid"):
            continue
        less = mask & bit.less and not _except(units, place)
        if less and not _forward(units, place, BETTER) and _compares(units, place):
            _backward(units, place, BETTER)
        if mask & bit.ceased:
            _forward(units, place, GONE)
        if mask & bit.gone and _says_gone(units, place):
            _backward(units, place, GONE)
        elif mask & bit.better and _says_better(units, place):
            _backward(units, place, BETTER)
        elif mask & bit.same or _as_before(units, place):
            _backward(units, place, BETTER, steady=True)
        elif unit.text == "down" and place and units[place - 1].mask & bit.steady and ends(units, place + 1):
            units[place - 1].state = units[place - 1].state or BETTER


def _except(units: list[Unit], place: int) -> bool:
    """ "todo bien menos la tos": all but; "no less swollen": as much."""
    before = [word for unit in units[max(0, place - 3) : place] for word in unit.text.split()]
    if before and before[-1] in ("no", "not", "never", "ni"):
        return True
    return units[place].text == "menos" and any(word in word_list("all_well") for word in before)


def _compares(units: list[Unit], place: int) -> bool:
    """ "swelling is less", "gotea menos que antes"."""
    if units[place].text.rsplit(" ", 1)[-1] not in (
        "less",
        "menos",
        "milder",
        "reduced",
        "decreased",
        "lower",
    ):
        return False
    following = units[place + 1].text if place + 1 < len(units) else ""
    return ends(units, place + 1) or following in ("than", "que", "each", "every", "cada", "y")


def _says_gone(units: list[Unit], place: int) -> bool:
    """False for "gone purple", "gone in the car", "stopped answering"."""
    bit = bits()
    unit = units[place]
    if any(one.text in ("como", "how") for one in units[max(0, place - 2) : place]):
        return False
    if unit.text in OVER_AT_AN_END or unit.mask & bit.ceased:
        return ends(units, place + 1) or bool(unit.mask & bit.ceased and units[place + 1].mask & bit.sign)
    following = units[place + 1] if place + 1 < len(units) else None
    return following is None or not following.mask & bit.sign


def _says_better(units: list[Unit], place: int) -> bool:
    """False for "instead of better", "mejor lo llevo", "shaking bajo tres cobijas", "una bolita bajo la venda"."""
    bit = bits()
    text = units[place].text
    before = units[place - 1].text.rsplit(" ", 1)[-1] if place else ""
    if before in word_list("not_better") or (before == "the" and text.endswith("down")):
        return False
    following = units[place + 1] if place + 1 < len(units) else None
    if text in ("better", "mejor"):
        return ends(units, place + 1) or bool(
            following is not None
            and (
                following.mask & (bit.prep | bit.link | bit.since | bit.amount | bit.again)
                or following.text in word_list("after_better")
            )
        )
    if following is not None and text.rsplit(" ", 1)[-1] == "bajo":
        further = units[place + 2] if place + 2 < len(units) else following
        moved = following.text in ("a", "al") and bool((following.mask | further.mask) & bit.part)
        falls = further.mask & (bit.sign | bit.time) or further.text in word_list("heat")
        under = following.mask & bit.his and not falls
        return ends(units, place + 1) or not (
            moved
            or under
            or following.kind == NUMBER
            or following.text in word_list("counts_of_three")
            or following.mask & (bit.number | bit.noun)
        )
    return True


def _as_before(units: list[Unit], place: int) -> bool:
    """ "as puffy as yesterday", "tan hinchado como ayer"."""
    bit = bits()
    if units[place].text not in ("as", "tan"):
        return False
    for step in range(place + 1, min(place + 5, len(units))):
        if units[step].kind == MARK:
            return False
        if units[step].mask & bit.steady:
            return step + 1 < len(units) and units[step + 1].text in ("as", "como")
    return False


def _comes_back(units: list[Unit], place: int) -> bool:
    """ "better yesterday, back today", "gone this morning but worse now"."""
    bit = bits()
    same_clause = True
    for step in range(place + 1, min(place + 12, len(units))):
        unit = units[step]
        same_clause = same_clause and not (unit.kind == MARK or unit.mask & (bit.conj | bit.but))
        if same_clause and unit.mask & bit.sign and not unit.mask & (bit.again | bit.worse):
            continue
        if is_hard(unit) or (
            unit.mask & (bit.sign | bit.part | bit.good) and not unit.mask & (bit.again | bit.worse)
        ):
            return False
        if unit.mask & (bit.again | bit.worse) and unit.state == "" and not units[step - 1].mask & bit.neg:
            return not unit.mask & bit.better
    return False


def _eased(units: list[Unit], place: int, state: str, steady: bool) -> bool:
    """Ease the sign at `place` if it can be."""
    bit = bits()
    unit = units[place]
    if unit.mask & bit.lasting or (steady and not unit.mask & bit.steady):
        return False
    goes_on = any(one.mask & (bit.again | bit.still) for one in units[max(0, place - 3) : place])
    if goes_on and not unit.mask & bit.steady:
        return False
    if unit.state == "":
        unit.state = state
    return True


def _forward(units: list[Unit], place: int, state: str) -> bool:
    """ "less swollen", "menos hinchado", "stopped vomiting", "ya no vomita"."""
    bit = bits()
    hit = False
    for step in range(place + 1, min(place + 6, len(units))):
        unit = units[step]
        if unit.kind == MARK or unit.mask & (bit.but | bit.subject):
            return hit
        if unit.mask & bit.sign and unit.state == "":
            unit.state = state
            hit = True
        elif not (unit.mask & (bit.conj | bit.either) and hit) and hit:
            return hit
    return hit


def _backward(units: list[Unit], place: int, state: str, steady: bool = False) -> None:
    """ "the swelling is going down", "pain and swelling are better", "se le quito la fiebre"."""
    bit = bits()
    if _comes_back(units, place):
        return
    start = place - 1
    hit = False
    while start >= 0 and start > place - 9:
        unit = units[start]
        if (unit.kind == MARK and unit.text not in ":-–(") or unit.mask & bit.but:
            break
        if unit.mask & bit.sign:
            if not _eased(units, start, state, steady):
                return
            hit = True
        elif hit and unit.mask & bit.subject and not unit.mask & bit.his:
            return
        start -= 1
    if hit:
        return
    for step in range(place + 1, min(place + 5, len(units))):
        unit = units[step]
        if unit.kind == MARK or unit.mask & (bit.but | bit.subject | bit.copula | bit.conj):
            break
        if unit.mask & bit.sign:
            _eased(units, step, state, steady)
            return
    if start >= 0 and _speaks_of_before(units, start, place):
        _before(units, start, state, steady)


def _speaks_of_before(units: list[Unit], start: int, place: int) -> bool:
    """True where a clause has no subject of its own but "it": "..., but it's going down", "... pero menos"."""
    bit = bits()
    clause = units[start + 1 : place]
    small = (
        bit.copula | bit.amount | bit.time | bit.still | bit.conj | bit.have | bit.it | bit.clitic | bit.recent
        | bit.link | bit.report | bit.mine_too
    )  # fmt: skip
    pronoun = any(unit.text in word_list("it_words") for unit in clause[:3])
    if is_hard(units[start]) and not pronoun:
        return False
    return pronoun or all(unit.mask & small or unit.kind == MARK for unit in clause)


def _before(units: list[Unit], start: int, state: str, steady: bool) -> None:
    """Ease the nearest sign of the clause before the boundary at `start`, and those joined to it."""
    bit = bits()
    hit = False
    for step in range(start - 1, max(-1, start - 11), -1):
        unit = units[step]
        if is_hard(unit) or unit.mask & bit.but:
            return
        if unit.mask & bit.sign:
            if not _eased(units, step, state, steady):
                return
            hit = True
        elif hit and not unit.mask & bit.conj:
            return
