"""Temperatures and pain scores in every notation, and numbers that are neither."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reading.menu import asked_from
from bot.reading.read import read
from messages.flags import Level
from tests.unit.reading.rows import rows


@pytest.mark.parametrize("row", rows("temperatures.jsonl"), ids=lambda row: row["text"])
def test_each_notation_gives_its_temperature(row: dict[str, Any]) -> None:
    found = read(row["text"], asked=asked_from("checkin")).temperature

    assert found is None if row["celsius"] is None else found == pytest.approx(row["celsius"], abs=0.06)


def test_100_4_fahrenheit_is_a_fever_and_100_3_is_not() -> None:
    assert read("temp 100.4").signs == ("fever",)
    assert read("temp 100.3").signs == ()
    assert read("38.0 de temperatura").signs == ("fever",)
    assert read("37.9 de temperatura").signs == ()


def test_104_fahrenheit_and_40_celsius_are_an_emergency() -> None:
    assert read("temp 104.0").level is Level.EMERGENCY
    assert read("temp 40").level is Level.EMERGENCY
    assert read("temp 103.9").level is Level.URGENT


def test_a_three_digit_answer_to_a_temperature_question_is_a_temperature() -> None:
    assert read("385 marca el aparatito", asked=asked_from("followup:temperature")).signs == ("fever",)


@pytest.mark.parametrize(
    ("text", "pain"),
    [
        ("pain 8/10", 8),
        ("pain is a 2", 2),
        ("dolor de 7", 7),
        ("9 out of 10 pain", 9),
        ("pain 7-8", 8),
        ("ate 3 tacos", None),
    ],
)
def test_a_pain_score_is_read_where_pain_is_meant(text: str, pain: int | None) -> None:
    assert read(text).pain == pain
