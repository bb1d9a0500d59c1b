"""Which numbers of a text are pain scores from 0 to 10."""

from __future__ import annotations

import itertools

from bot.reading.lexicon import word_list
from bot.reading.numerals import Numeral
from bot.reading.text import MARK, NUMBER, Token


def pain_score(
    tokens: list[Token], found: list[Numeral], taken: set[int], asked: bool
) -> tuple[Numeral, int] | None:
    """The highest pain score 0-10 told ("7/10", "an 8 out of 10", "dolor de 7", "7-8"), and where; None without one."""
    best: tuple[Numeral, int] | None = None
    count = len(tokens)

    def word(place: int) -> str:
        return tokens[place].text if 0 <= place < count else ""

    ends = _ends_of_a_scale(tokens, found)
    said = {one.last for one in found}
    scale = bool(ends) or any(token.text in word_list("scale_words") for token in tokens)
    of_pain_anywhere = any(token.text in word_list("pain_words") for token in tokens)
    for number in found:
        if number.first in taken or number.first in ends or number.value > 10 or number.joined:
            continue
        before, before2 = word(number.first - 1), word(number.first - 2)
        after, after2, after3 = word(number.last + 1), word(number.last + 2), word(number.last + 3)
        if before in ("/", "of", "sobre") or (before == "de" and number.first - 2 in said):
            continue
        out_of = (
            after in ("/", "de", "sobre", "of", "outta", "outa") and after2 in ("10", "ten", "diez")
        ) or (after == "out" and after2 == "of" and after3 in ("10", "ten", "diez"))
        pain = _pain_near(tokens, number) or scale or (of_pain_anywhere and after in word_list("now_words"))
        rated = (
            before in ("a", "an", "un")
            and before2 in ("at", "its", "is", "es", "en", "still", "about")
            and (before2 == "at" or any(token.text in word_list("pills") for token in tokens))
        )
        bare = count == 2 and before in ("a", "an", "un") and 7 <= number.value <= 9
        alone = rated or bare or (asked and (after in ("", "-", "/", ".", "!", "today", "now", "hoy")))
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
                and not scale
            ):
                continue
        elif not (of_pain_anywhere or scale or asked) and (
            number.value == 10 or any(token.text in word_list("praise") for token in tokens)
        ):
            continue  # "10/10 would recommend"
        score = int(number.value)
        if after in ("-", "or", "o", "to", "a") and after2.isdigit() and int(after2) <= 10:
            score = max(score, int(after2))
        past = before in ("was", "era", "estaba", "were", "from") or after in ("yesterday", "ayer")
        if past and len(found) > 1:
            continue
        if best is None or score > best[1]:
            best = (number, score)
    return best


def _ends_of_a_scale(tokens: list[Token], found: list[Numeral]) -> set[int]:
    """The tokens of "1 to 10", "del uno al diez": they say that a score follows, and are none."""
    out: set[int] = set()
    for low, high in itertools.pairwise(found):
        between = [token.text for token in tokens[low.last + 1 : high.first]]
        if low.value <= 1 and high.value == 10 and between in (["to"], ["al"], ["a"], ["-"], ["–"], ["thru"]):
            out |= {low.first, high.first}
    return out


def _pain_near(tokens: list[Token], number: Numeral) -> bool:
    """True when the nearest thing a number can belong to is pain, in the same sentence."""
    left = 7  # words; numbers and marks between are free: "pain curve: 2,2,3,5,8"
    comma = False
    for place in range(number.first - 1, -1, -1):
        text = tokens[place].text
        if text in word_list("pain_words"):
            return not (comma and place and tokens[place - 1].text in ("no", "sin", "zero", "cero"))
        comma = comma or text == ","
        left -= tokens[place].kind not in (NUMBER, MARK)
        if not left:
            break
        if tokens[place].kind == MARK and text in ".!?;·•\n":
            break
    for place in range(number.last + 1, min(len(tokens), number.last + 4)):
        text = tokens[place].text
        if text in word_list("pain_words"):
            return True
        if tokens[place].kind == MARK:
            break
    return False
