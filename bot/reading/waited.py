"""How many hours without urine, counted from durations and clock times as told ("dry since 9 last night, its noon").

Eight hours or more is the sign `intake` (reading standard); fewer is for a person to read, and no sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.reading.lexicon import lexicon, word_list
from bot.reading.match import Unit
from bot.reading.numerals import Numeral
from bot.reading.text import MARK, Token
from messages.conversation import Evidence
from messages.flags import Level

LONG = 8  # hours
URINE = frozenset(
    ("no urine", "no wet diaper", "nothing wet for hours", "diaper stays dry", "last urine long ago")
)
_HOUR = {
    "noon": 12, "midday": 12, "mediodia": 12, "midnight": 0, "medianoche": 0, "lunch": 12, "lunchtime": 12,
    "almuerzo": 12, "breakfast": 7, "desayuno": 7, "dinner": 18, "supper": 18, "suppertime": 18, "dinnertime": 18,
    "cena": 19, "bedtime": 20, "dawn": 6, "amanecer": 6, "madrugada": 4, "sunrise": 6, "teatime": 17,
}  # fmt: skip
_MORE = {"thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "trece": 13, "catorce": 14, "quince": 15,
         "dieciseis": 16, "eighteen": 18, "dieciocho": 18, "twenty": 20, "veinte": 20}  # fmt: skip
_DAY_BEFORE = frozenset(("yesterday", "ayer", "anoche", "ystrdy", "yest", "yday"))


class Clock(NamedTuple):
    """An hour of the day as told; `half` when it may be morning or evening, `before` when it was yesterday."""

    hour: float
    half: bool
    before: bool
    at: int


def add_waits(units: list[Unit], tokens: list[Token], found: list[Numeral], evidence: list[Evidence]) -> None:
    """Add `intake` where the last urine is told to be 8 hours ago or more; take it back where it is fewer."""
    words = lexicon()
    urine = words.mask("pee diaper")
    if not any(unit.mask & urine for unit in units):
        return
    hours = _hours(tokens, found)
    told = [place for place, one in enumerate(evidence) if one.sign == "intake"]
    if hours is not None and hours < LONG:
        for place in told:
            one = evidence[place]
            if one.rule in URINE and one.level is Level.URGENT:
                evidence[place] = Evidence(one.start, one.end, one.rule, "", one.status, Level.REVIEW)
        return
    if not told and hours is not None:
        last = _last_urine(units)
        if last is not None:
            evidence.append(
                Evidence(last.start, last.end, "hours without urine", "intake", "present", Level.URGENT)
            )


def _last_urine(units: Sequence[Unit]) -> Unit | None:
    """The words that tell when the child last made water: "last wet diaper", "since he peed", "pañal seco"."""
    words = lexicon()
    urine, last, dry = words.mask("pee diaper wet_verb"), words.mask("last_word"), words.mask("dry_word")
    for place, unit in enumerate(units):
        if not unit.mask & urine or unit.state == "denied":
            continue
        near = units[max(0, place - 5) : place]
        if any(one.mask & last for one in near):
            return unit
        if any(one.text in ("since", "desde que", "hace") for one in units[max(0, place - 3) : place]):
            return unit
        if unit.mask & words.mask("diaper") and any(
            one.mask & dry and one.state == "" for one in units[max(0, place - 3) : place + 9]
        ):
            return unit
    return None


def _hours(tokens: list[Token], found: list[Numeral]) -> float | None:
    """Hours told as such, or from the first clock time to the last one; None where neither is."""
    longest: float | None = None
    for at, value in _numbers(tokens, found):
        after = [token.text for token in tokens[at + 1 : at + 3]]
        if after and (
            after[0] in word_list("hours")
            or (after[0] in ("and", "y", "or", "o", "plus", "+") and after[-1] in word_list("hours"))
        ):
            longest = max(longest or 0, value)
    if longest is not None:
        return longest
    clocks = _clocks(tokens, found)
    if not clocks:
        return None
    start, now = clocks[0], clocks[-1]
    if start.before:
        return 12.0  # yesterday or last night
    if len(clocks) < 2:
        return None
    waits = []
    for early in (start.hour, start.hour + 12) if start.half else (start.hour,):
        for late in (now.hour, now.hour + 12) if now.half else (now.hour,):
            waits.append((late - early) % 24)
    return min(wait for wait in waits if wait or len(waits) == 1)


def _numbers(tokens: list[Token], found: list[Numeral]) -> list[tuple[int, float]]:
    out = [(number.last, number.value) for number in found]
    out += [(at, float(_MORE[token.text])) for at, token in enumerate(tokens) if token.text in _MORE]
    return sorted(out)


def _clocks(tokens: list[Token], found: list[Numeral]) -> list[Clock]:
    out: list[Clock] = []
    taken: set[int] = set()
    for number in found:
        if not 1 <= number.value <= 24 or number.first in taken:
            continue
        before = tokens[number.first - 1].text if number.first else ""
        after = [token.text for token in tokens[number.last + 1 : number.last + 6] if token.kind != MARK]
        half, hour = _part_of_day(number.value, after)
        if not (hour is not None or before in word_list("clock_before")) or (
            after and after[0] in word_list("clock_never")
        ):
            continue
        taken.update(range(number.first, number.last + 1))
        eve = after[:3] + [token.text for token in tokens[max(0, number.first - 4) : number.first]]
        out.append(Clock(number.value if hour is None else hour, half, _day_before(eve), number.first))
    for at, token in enumerate(tokens):
        if token.text in _HOUR:
            around = [one.text for one in tokens[max(0, at - 2) : at + 2]]
            out.append(Clock(_HOUR[token.text], False, _day_before(around), at))
        elif token.text in _DAY_BEFORE or (
            token.text in ("night", "nite", "evening") and at and tokens[at - 1].text == "last"
        ):
            out.append(Clock(20.0, False, True, at))
    return sorted(out, key=lambda one: one.at)


def _day_before(near: Sequence[str]) -> bool:
    return any(word in _DAY_BEFORE for word in near) or any(
        word == "last" and near[place + 1 : place + 2] and near[place + 1] in ("night", "nite", "evening")
        for place, word in enumerate(near)
    )


def _part_of_day(value: float, after: Sequence[str]) -> tuple[bool, float | None]:
    """(morning or evening unknown, hour of 24 where it is told)."""
    if value > 12:
        return False, value
    near = after[:4]
    first = near[0] if near else ""
    if first in ("pm", "p") or any(
        word in ("tarde", "afternoon", "evening", "night", "noche", "nite") for word in near
    ):
        late = value % 12 + 12
        if any(word in ("night", "noche", "nite") for word in near) and value in (12.0, 1.0, 2.0, 3.0, 4.0):
            late = value % 12
        return False, late
    if first in ("am", "a") or any(word in ("morning", "manana", "madrugada", "mawnin") for word in near):
        return False, value % 12
    if first in ("oclock", "o", "en"):
        return True, value
    return True, None
