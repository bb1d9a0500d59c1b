"""Numbered answers are read by the menu that was asked, whatever menu that is."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reading.menu import asked_from
from bot.reading.read import read
from messages.conversation import Asked, MenuItem
from messages.flags import Level
from tests.unit.reading.rows import rows


@pytest.mark.parametrize("row", rows("menus.jsonl"), ids=lambda row: row["text"])
def test_each_answer_to_the_default_menu_is_read_as_labelled(row: dict[str, Any]) -> None:
    reading = read(row["text"], asked=asked_from("menu"))

    assert reading.picks == tuple(row["picks"])
    assert (reading.level, reading.signs) == (Level(row["level"]), tuple(row["signs"]))


def test_signs_and_levels_come_from_the_menu_asked() -> None:
    menu = {
        "1": MenuItem(Level.OK),
        "2": MenuItem(Level.REVIEW),
        "3": MenuItem(Level.EMERGENCY, "circulation"),
    }
    asked = Asked(kind="followup:toes", menu=menu)

    assert read("3", asked=asked).signs == ("circulation",)
    assert read("3", asked=asked).level is Level.EMERGENCY
    assert read("2", asked=asked).level is Level.REVIEW
    assert read("1", asked=asked).level is Level.OK
    assert read("6", asked=asked).level is Level.REVIEW


def test_a_digit_means_nothing_when_no_numbers_were_offered() -> None:
    assert read("4", asked=asked_from("checkin")).signs == ()


@pytest.mark.parametrize(("text", "pain"), [("Ana pain 4", 4), ("pain is 4", 4), ("dolor 4 de 10", 4)])
def test_how_much_it_hurts_is_not_a_line_of_the_menu(text: str, pain: int) -> None:
    reading = read(text, asked=asked_from("menu"))
    assert (reading.pain, reading.picks) == (pain, ())
    assert reading.level is Level.REVIEW
