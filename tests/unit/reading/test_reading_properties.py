"""What holds for every text: a reading always comes, and a level never falls for the wrong reason."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.lexicon import lexicon
from bot.reading.menu import asked_from
from bot.reading.read import read
from messages.flags import SIGNS, Level

DANGERS = (
    "his toes are blue", "she can't breathe", "temp 102.4", "the incision is leaking", "no feeling in his foot",
    "threw up six times", "the cast is cracked", "her calf is swollen", "he fainted", "chest hurts", "has the chills",
    "blood is pouring out of the dressing", "he says he wants to die", "le falta el aire", "tiene los dedos morados",
    "no siente el pie", "le salio pus de la herida", "tiene 39 de fiebre", "se desmayo", "no para de vomitar",
)  # fmt: skip
MINIMISERS = (
    "probably nothing but {}", "sorry to bother you, {}", "he's fine but {}", "{} lol", "{}, no big deal",
    "{} please", "hi, {} thanks", "perdone la molestia, {}", "a lo mejor no es nada, {}", "{} gracias",
)  # fmt: skip
GOOD_NEWS = (
    "no fever, no cough, ate a good breakfast. {}", "slept all night and pooped, but {}",
    "sin fiebre, comio bien, pero {}", "todo bien hoy. {}",
)  # fmt: skip
danger = st.sampled_from(DANGERS)


@given(st.text(max_size=300))
def test_any_text_has_a_reading(text: str) -> None:
    reading = read(text)

    assert set(reading.signs) <= set(SIGNS)
    assert list(reading.signs) == sorted(reading.signs)
    for piece in reading.evidence:
        assert 0 <= piece.start <= piece.end <= len(text)


@given(
    st.lists(
        st.sampled_from([*"abc.,?! 0123456789°'\n", "no ", "fever ", "toes ", "blue ", "but ", "pero "]),
        max_size=200,
    )
)
def test_any_heap_of_words_has_a_reading(parts: list[str]) -> None:
    assert read("".join(parts), asked=asked_from("menu")).level in Level


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "🦄", "ñ" * 5000, "no " * 3000, "9" * 4000, "\ud800", "1.2.3.4.5"]
)
def test_odd_texts_have_a_reading_and_are_never_ok(text: str) -> None:
    assert read(text).level is not Level.OK


@given(danger, st.sampled_from(MINIMISERS))
def test_a_minimiser_or_politeness_never_lowers_a_level(text: str, around: str) -> None:
    assert read(around.format(text)).level >= read(text).level


@given(danger, st.sampled_from(GOOD_NEWS))
def test_denials_and_good_news_before_a_sign_never_hide_it(text: str, around: str) -> None:
    assert read(around.format(text)).level >= read(text).level


@given(danger, st.sampled_from("😂👍❤🙏😊🎉🦄💀"), st.booleans())
def test_a_picture_never_lowers_a_level(text: str, picture: str, first: bool) -> None:
    assert read(f"{picture} {text}" if first else f"{text} {picture}").level >= read(text).level


@given(danger)
def test_capitals_and_accents_change_nothing(text: str) -> None:
    accented = unicodedata.normalize("NFD", text.replace("desmayo", "desmayó").replace("salio", "salió"))

    assert read(text.upper()).level >= read(text).level
    assert read(accented).level >= read(text).level


@given(danger, danger)
def test_another_clause_with_a_sign_never_lowers_a_level(one: str, other: str) -> None:
    both = read(f"{one}. {other}").level

    assert both >= max(read(one).level, read(other).level)


@given(st.sampled_from(["fever", "cough", "swelling", "vomiting", "pain", "redness"]), danger)
def test_a_denial_never_reaches_beyond_but(denied: str, text: str) -> None:
    assert read(f"no {denied} but {text}").level >= read(text).level


def test_reading_is_linear_in_length() -> None:
    short, long = "no fever but ate well. " * 10, "no fever but ate well. " * 80
    pieces = [
        sum(one.rule != "second-reader" for one in read(text).evidence) for text in (short, long)
    ]

    assert pieces[1] == 8 * pieces[0]


def slips(text: str) -> list[str]:
    """Every text with one letter of one longer word left out, doubled, or changed with the next; no cat for a cast."""
    out: list[str] = []
    for found in re.finditer(r"[^\W\d_]{4,}", text):
        word, before, after = found.group(), text[: found.start()], text[found.end() :]
        for at in range(1, len(word)):
            slipped = [word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
            if at + 1 < len(word):
                slipped.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
            out += [before + one + after for one in slipped if one not in lexicon().words]
    return out


@given(danger.flatmap(lambda text: st.sampled_from(slips(text))))
def test_a_slip_of_one_letter_never_closes_a_danger(text: str) -> None:
    assert read(text).level > Level.OK


def test_a_slip_of_one_letter_seldom_lowers_a_level() -> None:
    pairs = [(text, slip) for text in DANGERS for slip in slips(text)]
    lower = [slip for text, slip in pairs if read(slip).level < read(text).level]
    assert len(lower) <= 0.07 * len(pairs), lower
