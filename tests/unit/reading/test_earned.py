"""Nobody reads what is ok: a quiet day is told as one, and what happened to a child never is."""

from __future__ import annotations

import pytest

from bot.reading.read import read
from messages.flags import Level


@pytest.mark.parametrize(
    "text",
    [
        "ate pancakes, watched cartoons and beat grandpa at checkers",
        "no fever, slept all night, asked for tacos",
        "durmió como un angelito, desayunó arepa y jugó lotería con sus primos",
        "sin fiebre ni dolor, contenta con su abuela",
        "temp 98.4",
    ],
)
def test_a_quiet_day_needs_nobody(text: str) -> None:
    assert read(text).level is Level.OK


@pytest.mark.parametrize(
    "text",
    [
        "the walker caught on the rug and down he went",
        "big toe wont go up",
        "she says theres sand in her sock, no sock on",
        "he keeps a cup at arms length since last night",
        "el niño se movió y algo tronó",
        "le toco los dedos y dice que no sabe cuál",
        "desde ayer tiene la otra pierna distinta",
        "foot snorbled",
        "he is glim",
    ],
)
def test_what_happened_or_is_not_understood_goes_to_a_person(text: str) -> None:
    assert read(text).level > Level.OK
