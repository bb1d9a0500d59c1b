"""The number is confirmed by a reply before anything private is sent; when it is not, a person is told."""

from __future__ import annotations

from datetime import time

import pytest

from messages.store import tables as t
from scheduler.enrol import CaregiverEntry
from scheduler.protocol import FIXED_TEXTS
from scheduler.texts import words_to_confirm
from tests.house import MARIA, TOM, Home
from tests.integration.days import CONFIRMING, SEATTLE, Days
from tests.integration.test_plan_changes import HOME_TODAY


@pytest.fixture
def days(home: Home) -> Days:
    return Days(home)


def number(home: Home, phone: str = MARIA) -> object:
    return home.rows(t.caregivers, t.caregivers.c.phone_hash == home.house.vault.fingerprint("phone", phone))[0]


def test_the_first_text_names_no_child_and_nothing_follows_until_it_is_answered(home: Home, days: Days) -> None:
    home.enrol("Ximena", day_zero=HOME_TODAY, confirmed=False)
    days.until(4, time(12))
    assert days.asked(topics=CONFIRMING) == ["2 10 confirm", "2 14 confirm"]
    assert all("Ximena" not in text and "Maria" not in text for text in home.said())
    assert {state for step, state in days.states().items() if step.startswith("d01")} == {"missed"}


def test_a_yes_starts_the_welcome_and_the_check_in_that_waited(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY, confirmed=False)
    days.until(3, time(9, 40))
    home.text("1")
    days.until(3, time(12))
    assert days.asked(topics=CONFIRMING)[2:] == ["3 09 confirmed", "3 09 welcome", "3 09 daily"]
    kinds = [(row.kind, row.how) for row in home.rows(t.consents)]
    assert kinds == [("given", "enrolment"), ("confirmed", "keyword")]


def test_a_person_is_told_when_a_number_stays_silent(home: Home, days: Days) -> None:
    enrolled = home.enrol(day_zero=HOME_TODAY, confirmed=False)
    days.until(2, time(17, 30))
    assert home.flags() == []
    days.until(2, time(18, 30))
    (flag,) = home.flags()
    assert (flag.kind, flag.level, flag.episode_id) == ("silence", "review", enrolled.episode_id)
    assert flag.reason == "the number is not confirmed"


def test_a_stranger_at_the_number_ends_it_and_hears_nothing_private(home: Home, days: Days) -> None:
    home.enrol("Ximena", day_zero=HOME_TODAY, confirmed=False)
    home.enrol("Bernardo", day_zero=HOME_TODAY, confirmed=False)
    days.until(2, time(11))
    home.text("who is this?")
    home.text("2")
    days.until(4, time(12))
    (flag,) = {flag.id: flag for flag in home.flags()}.values()
    assert flag.level == "review"
    assert not number(home).texting  # type: ignore[attr-defined]
    assert all("Ximena" not in text and "Bernardo" not in text for text in home.said())
    assert set(days.asked(topics=CONFIRMING)) <= {"2 10 confirm", "2 11 confirm_again", "2 11 wrong_number"}


def test_every_adult_is_asked_and_the_one_who_answers_is_asked_about_the_child(home: Home, days: Days) -> None:
    father = CaregiverEntry("Tom", "father", TOM, "en", SEATTLE)
    home.enrol(day_zero=HOME_TODAY, more=(father,), confirmed=False)
    days.until(2, time(11))
    home.text("yes", phone=TOM)
    days.until(3, time(10))
    assert days.asked(TOM, topics=CONFIRMING) == ["2 10 confirm", "2 11 confirmed", "3 09 daily"]
    assert days.asked(MARIA, topics=CONFIRMING) == ["2 10 confirm", "2 14 confirm"]


def test_no_number_is_asked_at_night(home: Home, days: Days) -> None:
    home.now = days.local(2, time(22))
    home.enrol(day_zero=HOME_TODAY, confirmed=False)
    days.until(3, time(8, 30))
    assert days.asked(topics=CONFIRMING) == ["3 08 confirm"]


def test_a_number_that_was_known_before_confirming_came_needs_none(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    home.enrol("Leo", day_zero=HOME_TODAY, confirmed=False)
    days.until(2, time(12))
    assert [one[5:] for one in days.asked(topics=CONFIRMING)] == ["welcome", "welcome"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_words_that_ask_are_short_and_cost_little(home: Home, language: str) -> None:
    from messages.segments import segments

    found = segments(words_to_confirm(home.hospital, language))
    assert (found.encoding, found.costly) == ("GSM-7", ())
    assert found.count <= (1 if language == "en" else 2)
    assert "welcome" in FIXED_TEXTS
