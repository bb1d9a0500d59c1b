"""Folding keeps the place of every word in the original text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.reading.text import fold_word, tokens_of


def test_case_accents_apostrophes_and_long_letters_fold() -> None:
    assert [token.text for token in tokens_of("CAN’T Respiración soooo n\u0303o")] == [
        "cant",
        "respiracion",
        "soo",
        "no",
    ]


def test_pictures_that_say_something_are_words() -> None:
    assert [token.text for token in tokens_of("🤮 🦄")] == ["vomiting", ""]


@given(st.text())
def test_every_token_lies_in_the_text_in_order(text: str) -> None:
    end = 0
    for token in tokens_of(text):
        assert end <= token.start < token.end <= len(text)
        assert text[token.start : token.end] == token.raw
        end = token.end


@given(st.text(min_size=1, max_size=30))
def test_folding_twice_is_folding_once(word: str) -> None:
    assert fold_word(fold_word(word)) == fold_word(word)
