"""Which numbers of a text are body temperatures (facts/clinical.md 2.2)."""

from __future__ import annotations

from bot.reading.lexicon import word_list
from bot.reading.numerals import Numeral
from bot.reading.quantity import DEGREES, quantity_of
from bot.reading.text import MARK, NUMBER, Token

FEVER = 38.0  # C, reading standard; 100.4 F
HIGH_FEVER = 40.0  # C; 104.0 F
_FEW = 3  # words of an answer that is hardly more than its number


def celsius(value: float) -> float:
    """Degrees Celsius of a body temperature in either unit (34-43 is C, 93-110 is F), not rounded across 38.0."""
    return value if value < 60 else (value - 32) * 5 / 9


def is_fever(value: float) -> bool:
    """True from 38.0 C or 100.4 F, compared in the unit given (facts/clinical.md 2.2)."""
    return value >= 100.4 - 1e-9 if value > 60 else value >= FEVER - 1e-9


def temperatures(tokens: list[Token], found: list[Numeral], asked: bool) -> list[tuple[Numeral, float]]:
    """Those numbers that are body temperatures, with the value as written. `asked`: the question was for one."""
    out: list[tuple[Numeral, float]] = []
    said = [token for token in tokens if token.kind != MARK]
    asked = asked or (len(said) == 1 and len(said[0].text) <= 4)
    weather = any(token.text in word_list("weather") for token in tokens) and not any(
        token.text in word_list("fever_words") for token in tokens
    )
    for number in found:
        if _something_else(tokens, number, weather):
            continue
        context = asked or _degree(tokens, number) or _near(tokens, number, 7)
        if _numbered(tokens, number, context):
            continue
        value = number.value
        if 34 <= value < 44 or 93 <= value <= 110:
            if number.joined or _said_plainly(tokens, number, context, asked):
                out.append((number, value))
        elif not number.joined and number.raw and len(number.raw) in (3, 4) and value >= 340:
            tenth = value / 10
            plausible = 34 <= tenth < 43.5 if len(number.raw) == 3 and value < 440 else 94 <= tenth <= 108
            before = _text(tokens, number.first - 1)
            measured = before in word_list("measuring") or (len(number.raw) == 3 and before in ("is", "at", "was"))
            if plausible and (context or measured):
                out.append((number, tenth))
    return out


def is_named(tokens: list[Token], number: Numeral) -> bool:
    """True of a number with a word for a temperature near it ("degrees" may be the weather), of "is 102.4", or in a few
    words."""
    said = sum(token.kind != MARK for token in tokens)
    measured = number.joined and _text(tokens, number.first - 1) in word_list("before_a_temperature")
    return said <= _FEW or measured or _near(tokens, number, 7)


def _text(tokens: list[Token], place: int) -> str:
    return tokens[place].text if 0 <= place < len(tokens) else ""


def _degree(tokens: list[Token], number: Numeral) -> bool:
    return _text(tokens, number.last + 1) in DEGREES


def _near(tokens: list[Token], number: Numeral, before: int) -> bool:
    low, high = max(0, number.first - before), min(len(tokens), number.last + before)
    return any(token.text in word_list("temperature_words") for token in tokens[low:high])


def _something_else(tokens: list[Token], number: Numeral, weather: bool) -> bool:
    """True for a dose, a time, an age, a price, the weather, a pulse, and for a number taken back ("104 no, 101")."""
    after_token = tokens[number.last + 1] if number.last + 1 < len(tokens) else None
    after = after_token.text if after_token else ""
    degree = _degree(tokens, number)
    counted = after in word_list("counted")
    if counted and not (after == "a" or degree or (after in ("hr", "h", "p", "x") and number.joined)):
        return True
    if (
        after in ("a", "p")
        and after_token
        and after_token.end - after_token.start == 1
        and not number.joined
        and number.value < 60
    ):
        return True
    if weather and (degree or not number.joined):
        return True
    if after == "%" or _text(tokens, number.first - 1) in ("$", "#", "€", "£"):
        return True
    if after == "no" and any(token.kind == NUMBER for token in tokens[number.last + 2 : number.last + 5]):
        return True
    if degree and (
        _text(tokens, number.last + 2) in word_list("out_there")
        or _text(tokens, number.first - 1) in ("hace", "hacen", "hizo", "estamos")
    ):
        return True
    if _text(tokens, number.first - 1) in word_list("above") and any(
        token.text in word_list("instructed") for token in tokens[: number.first]
    ):
        return True
    near = tokens[max(0, number.first - 4) : number.last + 5]
    return any(token.text in word_list("money") for token in near) or quantity_of(tokens, number) != ""


def _numbered(tokens: list[Token], number: Numeral, context: bool) -> bool:
    """ "room 101", "page 99", "until 102"."""
    before, before2 = _text(tokens, number.first - 1), _text(tokens, number.first - 2)
    if context and before in ("over", "top", "grado", "grade", "level", "nivel", "score"):
        return False
    if before == "on" and before2 in ("going", "goin"):
        return True  # "12 going on 40"
    if before == "el" and before2 in ("en", "del", "al") and not context:
        return True
    return before in word_list("numbered") or (
        before in ("is", "was", "at", "es", "de") and before2 in word_list("numbered")
    )


def _said_plainly(tokens: list[Token], number: Numeral, context: bool, asked: bool) -> bool:
    """True for a whole number that can only be a temperature: "102 this morning", "tiene 39", "40 y no le baja"."""
    before, after = _text(tokens, number.first - 1), _text(tokens, number.last + 1)
    value = number.value
    if ":" in (before, after):
        return False
    if context and (value > 44 or asked or _degree(tokens, number) or _near(tokens, number, 4)):
        return True
    after_token = tokens[number.last + 1] if number.last + 1 < len(tokens) else None
    ends = (
        after_token is None or after_token.kind == MARK or after in word_list("after_a_temperature")
    ) and after not in ("-", "/", "x")
    if value >= 94:
        return ends and value != 100 and before not in ("-", "/")
    starts = (
        number.first == 0
        or tokens[number.first - 1].kind == MARK
        or before in word_list("before_a_temperature")
    )
    return 38 <= value < 43 and ends and starts
