"""What becomes of a text by both readers: who may raise it, who may lower it and how far, who names its signs."""

from __future__ import annotations

import pytest

from bot.reading import read as reader
from bot.reading.menu import asked_from
from bot.reading.parse import Parsed, parse
from bot.reading.read import read
from bot.reading.second import STORIES, SURE, UNHEARD, Opinion, model, opinion, raised
from bot.reading.second_net import HEADS, NAMES, WISHES
from bot.reading.second_view import Word
from bot.reading.text import tokens_of
from messages.conversation import Intent
from messages.flags import Level


def think(monkeypatch: pytest.MonkeyPatch, margins: dict[str, float]) -> None:
    """Let the second reader think this, and what it does of all else."""

    def told(parsed: Parsed) -> Opinion | None:
        view = opinion(parsed)
        return view and Opinion(view.said, view.margins | margins)

    monkeypatch.setattr(reader, "opinion", told)


NAMED = [name for name in NAMES if name not in HEADS]


def test_the_words_that_speak_most_for_a_sign_are_in_the_text() -> None:
    text = "great day, lego and soup, but his ankle looks swollen"
    view = opinion(parse(tokens_of(text)))
    assert view is not None
    start, end = view.span("swelling")
    assert "swollen" in text[start:end]
    assert "lego" not in text[start:end]


def test_a_sign_that_no_rule_named_is_named_where_a_person_looks_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "she is in agony"
    before = read(text)
    think(monkeypatch, dict.fromkeys(NAMED, -0.5) | {"circulation": 4.0})
    after = read(text)
    assert set(after.signs) == {*before.signs, "circulation"}
    assert after.level is before.level
    assert any(one.sign == "circulation" and one.rule == "second-reader" for one in after.evidence)


TEXTS = ("his knee is swollen", "all good, ate well", "can't breathe", "fever 102", "thanks", "no fever, slept well")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("margin", [-9.0, 9.0])
def test_no_level_rests_on_the_names_of_other_signs(text: str, margin: float, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read(text).level
    think(monkeypatch, dict.fromkeys(NAMED, margin) | dict.fromkeys(STORIES, -9.0) | dict.fromkeys(WISHES, -9.0))
    assert read(text).level is before


@pytest.mark.parametrize("sign", STORIES)
def test_a_sign_told_as_a_story_makes_a_text_urgent_and_never_less(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    think(monkeypatch, dict.fromkeys(NAMED, -9.0) | {sign: 0.1})
    reading = read("what do we do with the other half of it")
    assert reading.level >= Level.URGENT
    assert sign in reading.signs
    assert any(one.sign == sign and one.rule == "second-reader" for one in reading.evidence)
    assert read("can't breathe").level is Level.EMERGENCY


def test_a_wish_that_no_rule_heard_is_heard_and_goes_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "these texts go on and on, maria"
    think(monkeypatch, dict.fromkeys(NAMED, -9.0))
    assert read(text).intent is not Intent.OPT_OUT
    think(monkeypatch, dict.fromkeys(NAMED, -9.0) | {"opt_out": 4.0})
    after = read(text)
    assert (after.intent, after.level) == (Intent.OPT_OUT, Level.REVIEW)


def test_no_wish_is_heard_in_a_text_with_a_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    before = read("his knee is swollen, be done with these").intent
    think(monkeypatch, dict.fromkeys(NAMED, -0.5) | {"opt_out": 4.0})
    assert read("his knee is swollen, be done with these").intent is before


def test_the_name_given_to_an_emergency_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    think(monkeypatch, dict.fromkeys(NAMED, -9.0))
    assert "breathing" in read("he can't breathe").signs
    assert "fever" in read("temp is 103.1").signs, "a number is no opinion"


NOTHING = dict.fromkeys(HEADS, -30.0)  # as sure as can be that it is a quiet day


@pytest.mark.parametrize(
    ("text", "by_rules", "doubted"),
    [
        ("he can't breathe", Level.EMERGENCY, Level.URGENT),
        ("she fainted", Level.EMERGENCY, Level.URGENT),
        ("no puede respirar", Level.EMERGENCY, Level.URGENT),
        ("his knee is swollen", Level.URGENT, Level.REVIEW),
        ("la herida le sangra", Level.URGENT, Level.REVIEW),
    ],
)
def test_words_of_danger_are_one_level_less_where_the_second_reader_sees_nothing_and_no_lower(
    text: str, by_rules: Level, doubted: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(text).level is by_rules
    think(monkeypatch, NOTHING)
    assert read(text).level is doubted


@pytest.mark.parametrize("text", ["temp is 103.1", "pain 9 out of 10", "fiebre de 39.4"])
def test_what_was_measured_nobody_lowers(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read(text).level
    assert before >= Level.URGENT
    think(monkeypatch, NOTHING)
    assert read(text).level is before


@pytest.mark.parametrize("text", ["his toes are blue", "she is coughing blood"])
def test_it_takes_more_to_lower_what_a_rule_is_sure_of(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    think(monkeypatch, dict.fromkeys(HEADS, model().to_believe - SURE + 0.1))
    assert read(text).level is Level.EMERGENCY
    think(monkeypatch, NOTHING)
    assert read(text).level is Level.URGENT


def test_it_takes_more_for_an_emergency_where_the_rules_heard_no_danger() -> None:
    margins = dict.fromkeys(NAMES, -9.0) | {"danger": 5.0, "emergency": model().to_emergency + UNHEARD / 2}
    view = Opinion([[Word("there", False, 0, 5)]], margins)
    for level, to in ((Level.OK, Level.URGENT), (Level.URGENT, Level.EMERGENCY)):
        found = raised(view, level)
        assert found is not None
        assert found.level is to


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("no rash no fever no pain lips look blue", Level.EMERGENCY),
        ("no cough no fever no blood short of breath", Level.EMERGENCY),
        ("no le duele no tiene calentura respira rapidito como cachorro", Level.EMERGENCY),
        ("no bleeding no swelling no redness, chills and puking", Level.URGENT),
        ("isn't swollen isn't red isn't warm hurts like the devil", Level.URGENT),
        ("he's never coughed like this", Level.URGENT),
        ("no fever no cough no red streaks, no swelling or pus", Level.OK),
    ],
)
def test_a_sign_behind_a_run_of_denials_is_heard(text: str, level: Level) -> None:
    assert read(text).level is level


def test_a_number_of_the_menu_stands_whatever_the_second_reader_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    think(monkeypatch, NOTHING)
    assert read("4", asked=asked_from("menu")).level is Level.EMERGENCY
    assert read("1 and he is funny today", asked=asked_from("menu")).level is Level.URGENT


def test_an_emergency_in_a_language_it_never_learned_is_urgent_at_least() -> None:
    assert read("meu bebê não consegue respirar direito").level >= Level.URGENT


@pytest.mark.parametrize(
    "text", ["her foot is not swollen", "he is not vomiting", "her toes are not blue", "no vomita"]
)
def test_a_sign_that_is_only_denied_needs_nobody(text: str) -> None:
    assert read(text).level is Level.OK


@pytest.mark.parametrize(
    "text", ["his toes are not pink", "his foot is not warm", "she is not breathing", "no respira"]
)
def test_a_denial_that_is_a_danger_stays_one(text: str) -> None:
    assert read(text).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text",
    ["yes i want to get these texts", "I do want your check ins", "keep em coming", "quiero seguir recibiendo avisos"],
)
def test_to_want_the_texts_never_stops_them(text: str) -> None:
    assert read(text).intent is Intent.OPT_IN


def test_what_nobody_heard_anything_in_goes_to_a_person() -> None:
    assert read("the other thing happened again").level is Level.REVIEW


def test_a_wish_in_a_text_that_is_well_goes_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "all good, ate well"
    assert read(text).level is Level.OK
    think(monkeypatch, {"opt_out": 4.0})
    after = read(text)
    assert (after.intent, after.level) == (Intent.OPT_OUT, Level.REVIEW)
