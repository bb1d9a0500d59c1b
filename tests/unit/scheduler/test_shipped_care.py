"""What the shipped protocols promise clinically: read, decided and answered, on every day they cover."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.conversation.decide import decide
from bot.conversation.decision import Decision
from bot.reading.read import read
from messages.flags import Level
from scheduler.check_meanings import MEDICINE
from scheduler.load import load_shipped, shipped_names
from scheduler.protocol import Protocol
from scheduler.warn import measures
from tests.unit.conversation.scene import answers, context, flags

TONSILS, SPICA = load_shipped("tonsillectomy"), load_shipped("spica-cast")


def decided(protocol: Protocol, day: int, text: str, question: str = "", language: str = "en", **more: Any) -> Decision:
    scene = context({"protocol": protocol, "day": day, "language": language, **more})
    if question:
        scene = replace(scene, asked=replace(protocol.asked(question), episode_id="Ana", at=scene.now))
    return decide(read(text, asked=scene.asked, language=language), scene, text)


@pytest.mark.parametrize("day", range(15))
@pytest.mark.parametrize(
    ("text", "question", "language"),
    [
        ("a little blood in her spit", "daily", "en"),
        ("there is some bleeding from his mouth", "daily", "en"),
        ("1", "daily", "en"),
        ("1", "mouth", "en"),
        ("2", "mouth", "en"),
        ("escupe un poco de sangre", "daily", "es"),
        ("le sangra la nariz", "daily", "es"),
    ],
)
def test_bleeding_after_the_tonsils_is_an_emergency_on_every_day(
    day: int, text: str, question: str, language: str
) -> None:
    found = decided(TONSILS, day, text, question, language)
    assert found.level is Level.EMERGENCY
    assert "911" in answers(found)[0].body
    assert flags(found)


def test_swallowing_again_and_again_is_urgent_and_what_cannot_be_seen_is_looked_at() -> None:
    assert decided(TONSILS, 7, "3", "mouth").level is Level.URGENT
    assert decided(TONSILS, 7, "4", "mouth").level is Level.REVIEW
    assert decided(TONSILS, 7, "0", "mouth").level is Level.OK


def test_the_days_of_bleeding_are_asked_about_twice_a_day() -> None:
    asked = {day: [slot.question for slot in TONSILS.slots() if slot.day == day] for day in range(5, 11)}
    assert all(questions == ["daily", "mouth"] for questions in asked.values())


@pytest.mark.parametrize(
    ("text", "question"), [("1", "drinking"), ("2", "drinking"), ("4", "daily"), ("wont drink", "")]
)
def test_a_child_who_does_not_drink_is_called_about(text: str, question: str) -> None:
    assert decided(TONSILS, 3, text, question).level >= Level.URGENT


def test_a_swollen_belly_and_limb_trouble_in_a_body_cast_are_called_about() -> None:
    for digit in "123456":
        assert decided(SPICA, 3, digit, "daily").level >= Level.URGENT
    assert decided(SPICA, 3, "toes are blue", "daily").level is Level.EMERGENCY


@pytest.mark.parametrize("name", shipped_names())
def test_nought_is_the_good_news_and_every_other_answer_of_a_danger_menu_is_not(name: str) -> None:
    protocol = load_shipped(name)
    for question in {slot.question for slot in protocol.slots()}:
        menu = protocol.asked(question).menu
        if menu:
            assert [digit for digit, item in menu.items() if item.level is Level.OK] == ["0"]


@pytest.mark.parametrize("name", shipped_names())
def test_no_text_tells_a_dose_or_a_medicine(name: str) -> None:
    protocol = load_shipped(name)
    told = [one.text for one in measures(protocol)] + [text for one in protocol.advice for text in one.text.values()]
    assert not [text for text in told if MEDICINE.search(re.sub(r"\+1 555.*?0199", "", text))]


@pytest.mark.parametrize("name", shipped_names())
def test_nothing_is_approved_before_a_hospital_has_done_so(name: str) -> None:
    protocol = load_shipped(name)
    assert protocol.approved_by is None
    assert not [one for one in protocol.advice if one.approved_by]


@pytest.mark.parametrize("name", shipped_names())
def test_every_text_is_within_its_limits(name: str) -> None:
    protocol = load_shipped(name)
    for one in measures(protocol):
        assert one.segments <= protocol.limits.segments[one.language]
        assert one.grade is not None
        assert one.grade <= 6, (one.path, one.language)
