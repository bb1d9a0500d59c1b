"""The words: clock times, days and names as each language says them, and nothing served half translated."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.say import (
    WORDING,
    WordingError,
    by,
    choices,
    either,
    following,
    language_of,
    say,
    tells_a_time,
    together,
    wordings,
)
from messages.people import Caregiver, Hospital
from tests.unit.conversation.scene import HOSPITAL, MARA, ZONE, at

CHICAGO = ZoneInfo(ZONE)


@pytest.mark.parametrize(
    ("told", "english", "spanish"),
    [
        ("tue 15:40", "by 3:40 pm", "antes de las 3:40 p. m."),
        ("tue 13:05", "by 1:05 pm", "antes de la 1:05 p. m."),
        ("tue 18:00", "by 6 pm", "antes de las 6 p. m."),
        ("tue 12:00", "by noon", "antes de las 12 p. m."),
        ("wed 12:00", "tomorrow by noon", "mañana antes de las 12 p. m."),
        ("wed 9:30", "tomorrow by 9:30 am", "mañana antes de las 9:30 a. m."),
        ("wed 0:00", "tomorrow by 12 am", "mañana antes de las 12 a. m."),
        ("sat 12:00", "Saturday by noon", "el sábado antes de las 12 p. m."),
    ],
)
def test_a_time_is_told_as_the_language_tells_it(told: str, english: str, spanish: str) -> None:
    assert by(at(told), at("tue 10:00"), CHICAGO, "en") == english
    assert by(at(told), at("tue 10:00"), CHICAGO, "es") == spanish


def test_a_time_is_told_by_the_familys_own_clock_and_day() -> None:
    assert by(at("tue 23:30"), at("tue 10:00"), ZoneInfo("America/New_York"), "en") == "tomorrow by 12:30 am"
    assert by(at("tue 15:00"), at("tue 10:00"), ZoneInfo("Asia/Kathmandu"), "en") == "tomorrow by 2:45 am"


@pytest.mark.parametrize(
    ("next_one", "english", "spanish"),
    [
        ("tue 18:00", "later today", "hoy más tarde"),
        ("wed 9:00", "tomorrow", "mañana"),
        ("sun 9:00", "on Sunday", "el domingo"),
    ],
)
def test_the_next_check_in_is_told_as_a_day(next_one: str, english: str, spanish: str) -> None:
    assert following(at(next_one), at("tue 10:00"), CHICAGO, "en") == english
    assert following(at(next_one), at("tue 10:00"), CHICAGO, "es") == spanish


def test_names_are_joined_as_each_language_joins_them() -> None:
    assert either(["Ana"], "en") == "Ana"
    assert either(["Ana", "Leo", "Max"], "en") == "Ana, Leo or Max"
    assert either(["Ana", "Olga"], "es") == "Ana u Olga"
    assert either(["Ana", "Óscar"], "es") == "Ana u Óscar"
    assert either(["Ana", "Hortensia"], "es") == "Ana u Hortensia"
    assert together(["Ana", "Leo"], "es") == "Ana y Leo"
    assert together(["Ana", "Iris"], "es") == "Ana e Iris"
    assert choices(["Ana", "Leo"], "es") == "1 para Ana, 2 para Leo, o AMBOS"


def test_a_spanish_time_at_the_end_of_a_sentence_has_one_point() -> None:
    body = say("review", "es", by="antes de las 6 p. m.", phone="1", emergency="911")
    assert "6 p. m. Si empeora" in body
    assert "m.." not in body


def test_the_language_is_the_caregivers_then_the_hospitals_then_english() -> None:
    def caregiver(language: str) -> Caregiver:
        return Caregiver("c", "h1", "Mara", MARA.phone, language, ZONE)

    def hospital(*languages: str) -> Hospital:
        return Hospital("h1", "x", "X", ZONE, "+15550100100", "1", languages=languages)

    assert language_of(caregiver("es"), HOSPITAL) == "es"
    assert language_of(caregiver("vi"), hospital("es", "en")) == "es"
    assert language_of(caregiver("vi"), hospital("vi")) == "en"
    assert language_of(None, HOSPITAL, "es") == "es"
    assert language_of(None, HOSPITAL, "other") == "en"


def test_a_promise_is_known_by_its_words() -> None:
    assert tells_a_time("urgent")
    assert not tells_a_time("urgent_paged")
    assert not tells_a_time("follow_up:temperature")


def test_a_value_left_out_is_refused_by_name() -> None:
    with pytest.raises(WordingError, match="phone"):
        say("ok", "en", emergency="911")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("  thanks: >-", "  thanks_a_lot: >-", "'thanks' is only in some languages"),
        ("De nada. Si algo cambia, escriba o llame al {phone}", "De nada", "'thanks' has other placeholders"),
        ("lunes, ", "", "6 weekdays"),
    ],
)
def test_a_missing_translation_is_refused_at_load(tmp_path: Path, old: str, new: str, what: str) -> None:
    for path in WORDING.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        changed = text.replace(old, new) if path.stem == "es" else text
        assert path.stem != "es" or changed != text
        (tmp_path / path.name).write_text(changed, encoding="utf-8")
    with pytest.raises(WordingError, match=what):
        wordings(tmp_path)


def test_words_are_read_once() -> None:
    assert wordings() is wordings()
    assert by(at("tue 15:40"), at("tue 15:40") - timedelta(minutes=1), CHICAGO, "en") == "by 3:40 pm"
