"""Numbered answers: the standard's default menu, and bare digits read by whatever menu was asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bot.reading.lexicon import word_list
from bot.reading.text import MARK, NUMBER, WORD, Token
from messages.conversation import Asked, MenuItem
from messages.flags import Level

# Reading standard, "Default menu".
DEFAULT_MENU: Mapping[str, MenuItem] = MappingProxyType(
    {
        "0": MenuItem(Level.OK),
        "1": MenuItem(Level.URGENT, "fever"),
        "2": MenuItem(Level.URGENT, "swelling"),
        "3": MenuItem(Level.URGENT, "numbness"),
        "4": MenuItem(Level.EMERGENCY, "breathing"),
        "5": MenuItem(Level.URGENT, "vomiting"),
        "6": MenuItem(Level.URGENT, "pain"),
    }
)


def asked_from(kind: str) -> Asked:
    """The question that a corpus names: checkin, menu (the default menu), followup:<name>, none."""
    return Asked(kind=kind or "none", menu=DEFAULT_MENU if kind == "menu" else {})


_DIGITS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5",
    "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "won": "1", "too": "2", "un": "1", "una": "1",
    "la": "", "el": "",
}  # fmt: skip


class Picks(NamedTuple):
    """The digits chosen in the order written, the tokens they stand in, and whether nothing else was said."""

    digits: tuple[str, ...]
    tokens: tuple[int, ...]
    bare: bool


def _slashed(tokens: list[Token]) -> bool:
    """ "1/5/6" is a list, "7/10" a score."""
    numbers = [token.text for token in tokens if token.kind == NUMBER]
    marks = [token.text for token in tokens if token.kind == MARK]
    return len(numbers) >= 2 and all(len(one) == 1 for one in numbers) and set(marks) <= {"/", ".", ",", "!"}


def _scored(token: Token, before: str, before2: str, menu: Mapping[str, MenuItem]) -> bool:
    """ "pain 4", "pain is a 4" is how much it hurts, and not the fourth line; unless that line asks about pain."""
    told = word_list("pain_words")
    near = before in told or (before in word_list("pain_is") and before2 in told)
    return near and not (token.text in menu and menu[token.text].sign == "pain")


def _none_from_first_to_last(tokens: list[Token]) -> bool:
    """ "1 to 6 none", "del 1 al 6 nada" and no more."""
    said = [token.text for token in tokens if token.kind != MARK]
    said = said[1:] if said[:1] == ["del"] else said
    return (
        len(said) == 4
        and said[0] == "1"
        and said[1] in ("to", "thru", "through", "al", "a", "hasta")
        and said[2].isdigit()
        and said[3] in word_list("menu_none")
    )


def picks_of(tokens: list[Token], menu: Mapping[str, MenuItem]) -> Picks:
    """The menu answers at the head of a text ("1 and 3", "#3", "6. worse than ever"), or alone in it."""
    digits: list[str] = []
    used: list[int] = []
    if "0" in menu and _none_from_first_to_last(tokens):
        return Picks(("0",), (len(tokens) - 1,), True)
    words = [token for token in tokens if token.kind == WORD]
    numbers = [token for token in tokens if token.kind == NUMBER]
    small = len(words) + len(numbers) <= 8
    other = 0
    leading = True
    none_said = False
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.kind == NUMBER:
            text = token.text
            glued = (
                after is not None
                and after.kind == MARK
                and after.text in ".:/°-"
                and place + 2 < len(tokens)
                and tokens[place + 2].kind == NUMBER
                and tokens[place + 2].start == after.end
            ) or (
                place > 1
                and tokens[place - 1].kind == MARK
                and tokens[place - 1].text in ".:/°'"
                and tokens[place - 2].kind == NUMBER
                and tokens[place - 1].end == token.start
                and tokens[place - 1].start == tokens[place - 2].end
            )
            unit = after is not None and after.text in word_list("menu_counted")
            if glued and _slashed(tokens):
                glued = False
            before = tokens[place - 1].text if place else ""
            before2 = tokens[place - 2].text if place > 1 else ""
            denied = (
                (after is not None and after.text == "no")
                or (before in ("el", "la", "number", "al") and before2 in ("ni", "no", "not", "nor"))
                or (before in ("not", "no", "ni", "nor") and not before2.isdigit())
                or before in ("turned", "age", "ate", "had")
                or _scored(token, before, before2, menu)
                or (none_said and before not in word_list("menu_but"))
            )
            if after is not None and after.text in ("si", "yes", "simon", "yep"):
                denied = False
            if unit or glued or denied or (not leading and other > 2):
                other += 1
                leading = False
                continue
            if text in menu or (len(text) == 1 and (leading or small)):
                digits.append(text)
                used.append(place)
            elif (
                leading
                and len(text) > 1
                and len(set(text)) == len(text)
                and all(one in menu and one != "0" for one in text)
                and len(text) <= 3
                and small
                and len(numbers) == 1
                and not words
            ):
                digits.extend(text)
                used.append(place)
            elif leading:
                digits.append(text)
                used.append(place)
            else:
                other += 1
        elif token.kind == WORD:
            spoken = _DIGITS.get(token.text)
            if (
                spoken
                and leading
                and (spoken in menu or len(words) <= 2)
                and not (token.text in ("un", "una", "too", "won") and len(words) > 1)
                and not (after is not None and after.text in word_list("menu_counted"))
            ):
                digits.append(spoken)
                used.append(place)
            elif token.text == "menos" or token.text == "except" or token.text == "solo":
                digits = [digit for digit in digits if digit != "0"]
                leading = True
                other = 0
            elif token.text in word_list("menu_none") and leading and not digits:
                digits.append("0" if "0" in menu else "")
                used.append(place)
                none_said = True
            elif token.text in word_list("menu_between") and (leading or small):
                continue
            else:
                other += 1
                leading = False
    digits = [digit for digit in digits if digit]
    affirmed = [
        token.text
        for place, token in enumerate(tokens[:-1])
        if token.kind == NUMBER
        and token.text in menu
        and tokens[place + 1].text in ("si", "yes", "simon", "yep")
    ]
    if affirmed and not digits:
        digits = affirmed
        used = [place for place, token in enumerate(tokens) if token.text in affirmed]
    return Picks(tuple(dict.fromkeys(digits)), tuple(used), bool(digits) and other == 0)
