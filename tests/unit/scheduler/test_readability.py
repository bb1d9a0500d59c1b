"""How hard a text is to read: easy words are easy, hard ones hard, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.readability import english_syllables, grade, spanish_syllables


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("toes", 1), ("called", 1), ("needed", 2), ("swollen", 2), ("bleeding", 2), ("temperature", 4), ("fever", 2),
        ("numbers", 2), ("these", 1), ("little", 2), ("edges", 2), ("the", 1), ("breathe", 1), ("medicine", 3),
        ("area", 3), ("pee", 1), ("answered", 2), ("noses", 2),
    ],
)  # fmt: skip
def test_english_syllables(word: str, syllables: int) -> None:
    assert english_syllables(word) == syllables


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("pie", 1), ("día", 2), ("fiebre", 2), ("sangre", 2), ("dedos", 2), ("cadera", 3), ("hinchazón", 3),
        ("leer", 2), ("guerra", 2), ("que", 1), ("muy", 1), ("yeso", 2), ("oído", 3), ("agua", 2), ("ayúdeme", 4),
        ("escalofríos", 5), ("llámenos", 3), ("pingüino", 3),
    ],
)  # fmt: skip
def test_spanish_syllables(word: str, syllables: int) -> None:
    assert spanish_syllables(word) == syllables


def test_what_a_child_reads_is_below_what_a_clinic_writes() -> None:
    easy = grade("How is the leg today? Is it red or hot? Call us.", "en")
    hard = grade("Please characterize any postoperative neurovascular deterioration immediately.", "en")
    assert easy is not None
    assert hard is not None
    assert easy < 3 < 12 < hard
    facil = grade("¿Cómo está la pierna hoy? ¿Está roja? Llame a la clínica.", "es")
    dificil = grade("Comunique inmediatamente cualquier deterioro neurovascular postoperatorio significativo.", "es")
    assert facil is not None
    assert dificil is not None
    assert facil < 4 < 8 < dificil


def test_kincaids_formula_is_worked_out_as_published() -> None:
    assert grade("The cat sat. The dog ran far.", "en") == pytest.approx(max(0, 0.39 * 7 / 2 + 11.8 - 15.59))
    # 2 words, 7 syllables, 1 sentence: 0.39 * 2 + 11.8 * 3.5 - 15.59
    assert grade("Temperature medicine.", "en") == pytest.approx(0.39 * 2 + 11.8 * 3.5 - 15.59, abs=0.06)


def test_other_languages_and_texts_without_words_are_not_measured() -> None:
    assert grade("Comment va la jambe ?", "fr") is None
    assert grade("101.2 / 7", "en") is None


@given(st.text(max_size=80), st.sampled_from(["en", "es", "es-MX"]))
def test_any_text_has_a_school_year_or_none(text: str, language: str) -> None:
    found = grade(text, language)
    assert found is None or found >= 0
