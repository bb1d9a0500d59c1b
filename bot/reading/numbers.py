"""Numbers in a text: temperatures and pain scores in every notation families use (facts/clinical.md 2.2).

Over 300 lines: what a number is not (a dose, a time, an age) is told next to what it is.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.reading.lexicon import word_list
from bot.reading.text import MARK, NUMBER, Token

FEVER = 38.0  # C, reading standard; 100.4 F
HIGH_FEVER = 40.0  # C; 104.0 F

_ONES = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "cero": 0, "uno": 1, "un": 1, "una": 1, "dos": 2, "tres": 3,
    "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "ninety": 90, "treinta": 30, "cuarenta": 40, "noventa": 90, "veinte": 20,
    "treintay": 30, "treintai": 30,
}  # fmt: skip
_HUNDRED = {
    "hundred": 100,
    "cien": 100,
    "ciento": 100,
    "hundrd": 100,
    "hunnid": 100,
    "hunerd": 100,
    "hundert": 100,
}
_POINT_MARKS = set(".,'\u2019\u2018`\u00b4;°º*·:_")


class Numeral(NamedTuple):
    """A number written in tokens `first` to `last`; `joined` when it has a decimal part; `raw` digits as written."""

    first: int
    last: int
    value: float
    joined: bool
    raw: str


def numerals(tokens: list[Token]) -> list[Numeral]:
    """Every number of a text, in digits or words, in order."""
    out: list[Numeral] = []
    at, count = 0, len(tokens)
    while at < count:
        token = tokens[at]
        if token.kind == NUMBER and len(token.text) <= 6:
            found = _decimal(tokens, at, at, float(token.text), token.text)
        elif token.text in _ONES or token.text in _TENS or token.text in _HUNDRED or token.text == "a":
            spoken = _in_words(tokens, at)
            if spoken is None:
                at += 1
                continue
            found = _decimal(tokens, at, spoken[0], spoken[1], "")
        else:
            at += 1
            continue
        out.append(found)
        at = found.last + 1
    return out


def _in_words(tokens: list[Token], at: int) -> tuple[int, float] | None:
    """A number in words: (its last token, its value)."""
    count = len(tokens)

    def text(place: int) -> str:
        return tokens[place].text if place < count else ""

    def digit(place: int) -> int | None:
        word = text(place)
        if word in _ONES:
            return _ONES[word]
        if place < count and tokens[place].kind == NUMBER and len(word) <= 2:
            return int(word)
        return None

    here = text(at)
    place = at
    if here in ("a", "one") and text(at + 1) in _HUNDRED:
        place, here = at + 1, text(at + 1)
    if here == "a":
        return None
    if here in _HUNDRED:
        last = place
        step = place + 2 if text(place + 1) in word_list("joins") else place + 1
        extra = digit(step)
        if extra is not None and extra <= 10 and not (text(place + 1) in word_list("joins") and extra == 0):
            return step, 100.0 + extra
        return last, 100.0
    if (
        here == "one"
        and text(at + 1) in ("oh", "o", "zero")
        and (extra := digit(at + 2)) is not None
        and extra < 10
    ):
        return at + 2, 100.0 + extra
    if here in _TENS:
        value = float(_TENS[here])
        step = at + 2 if text(at + 1) in word_list("joins") else at + 1
        extra = digit(step)
        if extra is not None and 0 < extra < 10:
            return step, value + extra
        return at, value
    ones = _ONES.get(here)
    return None if ones is None or here == "oh" else (at, float(ones))


def _decimal(tokens: list[Token], first: int, last: int, whole: float, raw: str) -> Numeral:
    """The number from `first` to `last` together with the decimal part that may follow it."""
    count = len(tokens)
    in_range = 34 <= whole <= 43 or 93 <= whole <= 110
    at = last + 1
    plain = Numeral(first, last, whole, False, raw)
    if at >= count:
        return plain
    separated = ""
    while at < count and len(separated) < 3:
        token = tokens[at]
        if (token.kind == MARK and token.text in _POINT_MARKS) or token.text in word_list("points"):
            separated += "."
        elif token.text in ("-", "–") and token.kind == MARK:
            separated += "-"
        elif token.text in ("degrees", "grados", "grado", "deg") and in_range:
            separated += "g"
        elif token.text in ("y", "and", "n", "&") and in_range:
            separated += "y"
        elif token.text == "a" and separated.endswith("y"):
            pass
        else:
            break
        at += 1
    if at >= count:
        return plain
    token = tokens[at]
    if in_range and token.text in word_list("halves") and "y" in separated:
        return Numeral(first, at, whole + 0.5, True, raw)
    part: str | None = None
    if token.kind == NUMBER:
        part = token.text
    elif token.text in _ONES and _ONES[token.text] < 10 and token.text not in ("un", "una"):
        part = str(_ONES[token.text])
    elif token.text in ("even", "flat") and not separated:
        return Numeral(first, at, whole, True, raw)
    if part is None:
        return plain
    after = tokens[at + 1].text if at + 1 < count else ""
    if "-" in separated:
        if len(part) >= 2 and (34 <= int(part[:4]) <= 43 or 93 <= int(part[:4]) <= 110) and in_range:
            return _decimal(tokens, at, at, float(part), part)._replace(first=first)
        if in_range and len(part) == 1 and separated == "-" and after not in word_list("counted"):
            return Numeral(first, at, whole + int(part) / 10, True, raw)
        return plain
    if in_range and "y" in separated:
        if after.startswith("decima"):
            return Numeral(first, at + 1, whole + int(part) / 10, True, raw)
        return plain
    if in_range and len(part) <= 2:
        spaced = separated == ""
        if ":" in (tokens[last + 1].text, tokens[at - 1].text) and len(part) == 2:
            return plain
        comma_list = (
            separated == "." and tokens[last + 1].text == "," and tokens[at].start > tokens[last + 1].end
        )
        if comma_list and len(part) > 1:
            return plain
        if spaced and (
            len(part) > 1 or after in word_list("counted") or (after in ("de", "y") and raw == "")
        ):
            return plain
        if spaced and whole < 93 and raw == "" and tokens[at].kind != NUMBER and len(part) > 1:
            return plain
        return Numeral(first, at, whole + int(part) / 10 ** len(part), True, raw)
    if (
        separated == "."
        and tokens[last + 1].text in ".,:"
        and tokens[at].start == tokens[last + 1].end
        and len(part) <= 2
    ):
        return Numeral(first, at, whole + int(part) / 10 ** len(part), True, raw)
    return plain


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


def pain_score(
    tokens: list[Token], found: list[Numeral], taken: set[int], asked: bool
) -> tuple[Numeral, int] | None:
    """The highest pain score 0-10 told ("7/10", "an 8 out of 10", "dolor de 7", "7-8"), and where; None without one."""
    best: tuple[Numeral, int] | None = None
    count = len(tokens)

    def word(place: int) -> str:
        return tokens[place].text if 0 <= place < count else ""

    for number in found:
        if number.first in taken or number.value > 10 or number.joined:
            continue
        before, before2 = word(number.first - 1), word(number.first - 2)
        after, after2, after3 = word(number.last + 1), word(number.last + 2), word(number.last + 3)
        if number.value > 10:
            continue
        if before in ("/", "of", "sobre") or (before == "de" and before2.isdigit()):
            continue
        out_of = (
            after in ("/", "de", "sobre", "of", "outta", "outa") and after2 in ("10", "ten", "diez")
        ) or (after == "out" and after2 == "of" and after3 in ("10", "ten", "diez"))
        pain = _pain_near(tokens, number)
        rated = (
            before in ("a", "an", "un")
            and before2 in ("at", "its", "is", "es", "en", "still", "about")
            and any(token.text in word_list("pills") for token in tokens)
        )
        alone = rated or (asked and (after in ("", "-", "/", ".", "!", "today", "now", "hoy")))
        if not out_of:
            if not (pain or alone):
                continue
            of_pain = after in ("de", "of") and after2 in word_list("pain_words")
            if after in word_list("counted") or (after in word_list("no_pain_after") and not of_pain):
                continue
            if before in word_list("no_pain_before") and not (
                before in ("at", "to") and before2 in word_list("pain_is")
            ):
                continue
            if (
                tokens[number.first].kind != NUMBER
                and not of_pain
                and before not in word_list("pain_is")
                and before not in ("a", "an", "at", "un", "de")
            ):
                continue
        elif not pain and not asked and any(token.text in word_list("praise") for token in tokens):
            continue
        score = int(number.value)
        if after in ("-", "or", "o", "to", "a") and after2.isdigit() and int(after2) <= 10:
            score = max(score, int(after2))
        past = before in ("was", "era", "estaba", "were", "from") or after in ("yesterday", "ayer")
        if past and len(found) > 1:
            continue
        if best is None or score > best[1]:
            best = (number, score)
    return best


def _pain_near(tokens: list[Token], number: Numeral) -> bool:
    """True when the nearest thing a number can belong to is pain, in the same sentence."""
    for place in range(number.first - 1, max(-1, number.first - 8), -1):
        text = tokens[place].text
        if text in word_list("pain_words"):
            return True
        if tokens[place].kind == MARK and text in ".!?;\n":
            break
    for place in range(number.last + 1, min(len(tokens), number.last + 4)):
        text = tokens[place].text
        if text in word_list("pain_words"):
            return True
        if tokens[place].kind == MARK:
            break
    return False
