"""Which numbers of a text are body temperatures (facts/clinical.md 2.2)."""

from __future__ import annotations

from bot.reading.lexicon import word_list
from bot.reading.numerals import Numeral
from bot.reading.text import MARK, Token

FEVER = 38.0  # C, reading standard; 100.4 F
HIGH_FEVER = 40.0  # C; 104.0 F


def celsius(value: float) -> float:
    """Degrees Celsius of a body temperature in either unit (34-43 is C, 93-110 is F), not rounded across 38.0."""
    return value if value < 60 else (value - 32) * 5 / 9


def is_fever(value: float) -> bool:
    """True from 38.0 C or 100.4 F, compared in the unit given (facts/clinical.md 2.2)."""
    return value >= 100.4 - 1e-9 if value > 60 else value >= FEVER - 1e-9


def temperatures(tokens: list[Token], found: list[Numeral], asked: bool) -> list[tuple[Numeral, float]]:
    """Those numbers that are body temperatures, with the value as written. `asked`: the question was for one."""
    out: list[tuple[Numeral, float]] = []
    count = len(tokens)
    said = [token for token in tokens if token.kind != MARK]
    asked = asked or (len(said) == 1 and len(said[0].text) <= 3)
    weather = any(token.text in word_list("weather") for token in tokens) and not any(
        token.text in word_list("fever_words") for token in tokens
    )
    near_temp = [token.text in word_list("temperature_words") for token in tokens]
    for number in found:
        before = tokens[number.first - 1].text if number.first else ""
        before2 = tokens[number.first - 2].text if number.first > 1 else ""
        after_token = tokens[number.last + 1] if number.last + 1 < count else None
        after = after_token.text if after_token else ""
        value = number.value
        degree = after in (
            "°",
            "º",
            "f",
            "c",
            "degrees",
            "grados",
            "degree",
            "grado",
            "farenheit",
            "fahrenheit",
            "deg",
        )
        if after in word_list("counted") and not (
            after == "a" or degree or (after in ("hr", "h", "p") and number.joined)
        ):
            continue
        if (
            after in ("a", "p")
            and after_token
            and after_token.end - after_token.start == 1
            and not number.joined
            and value < 60
        ):
            continue
        if weather and (degree or not number.joined):
            continue
        if after == "%" or before in ("$", "#", "€", "£"):
            continue
        if any(
            token.text in word_list("money") for token in tokens[max(0, number.first - 4) : number.last + 5]
        ):
            continue
        low, high = max(0, number.first - 7), min(count, number.last + 7)
        context = asked or degree or any(near_temp[low:high])
        if (
            before in word_list("numbered")
            or (before in ("is", "was", "at", "es", "de") and before2 in word_list("numbered"))
        ) and not (before in ("over", "top", "grado", "grade", "level", "nivel", "score") and context):
            continue
        if 34 <= value < 44 or 93 <= value <= 110:
            if number.joined:
                out.append((number, value))
            elif context and not (after == ":" or before == ":"):
                if value < 44 and not (
                    asked or degree or any(near_temp[max(0, number.first - 4) : number.last + 5])
                ):
                    continue
                out.append((number, value))
            elif value >= 94 and after not in (":", "-", "/", "x") and before not in (":", "-", "/"):
                ends = (
                    after_token is None
                    or after_token.kind == MARK
                    or after in word_list("after_a_temperature")
                )
                if ends and value != 100:
                    out.append((number, value))
            elif 38 <= value < 43 and before in ("tiene", "trae", "con", "a", "hit", "ya", "marco", "marca"):
                ends = (
                    after_token is None
                    or after_token.kind == MARK
                    or after in ("y", "pero", "desde", "ahorita", "ahora")
                )
                if ends:
                    out.append((number, value))
        elif not number.joined and number.raw and len(number.raw) in (3, 4) and value >= 340:
            tenth = value / 10
            plausible = 34 <= tenth < 43.5 if len(number.raw) == 3 and value < 440 else 94 <= tenth <= 108
            if plausible and (context or (len(number.raw) == 3 and before in ("is", "at", "was"))):
                out.append((number, tenth))
    return out
