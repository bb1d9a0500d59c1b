"""A slip of the hand is mended; a word in its own right never becomes a word of danger."""

from __future__ import annotations

import pytest

from bot.reading.lexicon import lexicon
from bot.reading.mend import known_form, mended, split_form
from bot.reading.text import tokens_of


def meant(text: str) -> list[str]:
    return [token.text for token in mended(tokens_of(text), ())]


def dangerous(word: str) -> bool:
    english, spanish = lexicon().words.get(word, (0, 0))
    return bool((english | spanish) & lexicon().danger)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("brething", "breathing"),
        ("inchado", "hinchado"),
        ("bomito", "vomito"),
        ("calentrua", "calentura"),
        ("insicion", "incision"),
        ("swelign", "swelling"),
        ("feever", "fever"),
        ("coufhing", "coughing"),
        ("throbbin", "throbbing"),
        ("sofocao", "sofocado"),
    ],
)
def test_slips_of_signs_are_mended(written: str, word: str) -> None:
    english, spanish = lexicon().words[known_form(written) or ""]
    meant_english, meant_spanish = lexicon().words[word]

    assert (english | spanish) & (meant_english | meant_spanish) & lexicon().danger


@pytest.mark.parametrize(
    "text",
    [
        "comio chorizos", "we went to Vegas", "at LACMA", "he was fuming", "a spiffing day", "Brett came by",
        "duda resuelta", "es privado", "the Tomlins are here", "chuches para todos", "threat of rain", "payback time",
        "it was banned", "a sacred place", "ayunas el jueves", "the biggest news", "we sat at the pier",
    ],
)  # fmt: skip
def test_ordinary_words_stay_what_they_are(text: str) -> None:
    written = {token.text for token in tokens_of(text)}

    assert not [word for word in meant(text) if word not in written and dangerous(word)]


@pytest.mark.parametrize(
    ("written", "halves"), [("hesfine", ("hes", "fine")), ("nofever", ("no", "fever")), ("payback", None)]
)
def test_words_run_together_are_parted(written: str, halves: tuple[str, str] | None) -> None:
    assert split_form(written) == halves


def test_a_name_inside_a_sentence_is_no_sign() -> None:
    assert not any(dangerous(word) for word in meant("we saw Calfee and Feverly today") if word != "we")
