"""Every number of a text, in digits or words, with the decimal notations families use (facts/clinical.md 2.2)."""

from __future__ import annotations

from typing import NamedTuple

from bot.reading.lexicon import word_list
from bot.reading.text import MARK, NUMBER, Token

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
        elif (
            token.text in _ONES
            or token.text in _TENS
            or token.text in _HUNDRED
            or token.text == "a"
            or token.text.startswith(("treint", "cuarent"))
        ):
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
    if here not in _TENS and here.startswith(("treint", "cuarent")):
        tail = next((one for one in _ONES if len(one) > 2 and here.endswith(one)), "")
        return (at, (30.0 if here.startswith("t") else 40.0) + _ONES[tail]) if tail else None
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
        step = at + 2 if text(at + 1) in word_list("joins") or text(at + 1) == "-" else at + 1
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
        elif token.text in ("y", "and", "n", "&", "an", "i") and in_range:
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
        glued = tokens[last].end + 1 == token.start
        if after.startswith(("decima", "linea", "raya", "rayita")) or glued:
            return Numeral(first, at if glued else at + 1, whole + int(part[:1]) / 10, True, raw)
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


def kind_of_number(text: str) -> str:
    """What a number may be: a temperature and how high, one to ten, or how many digits it has."""
    value = float(text) if text.isascii() else 0.0
    if 34 <= value < 43:
        return "#warm" if value < 38 else "#fever" if value < 40 else "#high"
    if 94 <= value < 110:
        return "#warm" if value < 100.4 else "#fever" if value < 104 else "#high"
    return f"#{int(value // 3)}of10" if value <= 10 else f"#{len(text)}"
