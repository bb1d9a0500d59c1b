"""What a hospital writes in its protocol is what its families get: each key of the language, lived through."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from messages.flags import Level
from messages.store import tables as t
from scheduler.enrol import CaregiverEntry, Enrolled, Family, enrol
from scheduler.moving import moved
from scheduler.store.published import publish
from tests.house import MARIA, Home
from tests.integration.days import SEATTLE, Days

SOURCE = (Path(__file__).parents[1] / "unit" / "scheduler" / "everything.yaml").read_text(encoding="utf-8")
TODAY = date(2026, 3, 2)


@pytest.fixture
def days(home: Home) -> Days:
    return Days(home)


def begin(home: Home, source: str = SOURCE, *, day_zero: date = TODAY, language: str = "en", **more: Any) -> Enrolled:
    """A family that follows `source`, whose child was operated on today."""
    adult = CaregiverEntry("Maria", "mother", MARIA, language, SEATTLE)
    family = Family("Ana", day_zero, "everything", (adult,), **more)
    with home.house.database.writing() as connection:
        publish(connection, home.hospital.id, source, by="test", now=home.now)
        return enrol(connection, home.house.vault, home.hospital, family, home.now, confirmed=True)


def got(days: Days, day: int) -> list[str]:
    """What reached Maria on a day of March, by the hour and why."""
    return [f"{one.at:%H} {one.topic}" for one in days.heard if one.at.day == day and one.to == MARIA]


def say(days: Days, words: str) -> list[str]:
    """Maria texts; what she gets back."""
    before = len(days.heard)
    days.home.pass_time(minutes=1)
    days.home.text(words)
    days.home.send()
    days.home.pass_time(seconds=10)
    days.home.send()
    return [one.topic for one in days.heard[before:] if one.to == MARIA]


def row_rules(home: Home) -> list[str]:
    return home.rows(t.readings)[-1].rules


def test_the_questions_of_a_check_in_come_one_after_the_other(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(9, 5))
    assert got(days, 3) == ["09 daily"]
    assert say(days, "0") == ["follow_up:pain_score"]
    assert say(days, "2") == ["follow_up:drinking"]
    assert say(days, "0") == ["ok_next"]
    assert home.flags() == []
    assert days.states("d01-0900") == {"d01-0900": "answered"}


def test_an_answer_leads_to_another_question_and_the_check_in_goes_on_after_it(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(9, 5))
    assert say(days, "2") == ["review", "follow_up:where"]
    say(days, "nowhere really, she is fine and playing")
    assert "follow_up:pain_score" in [one.topic for one in days.heard]


def test_a_number_that_was_told_leads_to_a_question(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(18, 5))
    assert got(days, 3)[-1] == "18 pain_score"
    assert say(days, "4")[-1] == "follow_up:where"


def test_the_rest_of_a_check_in_is_dropped_when_a_person_has_to_call(home: Home, days: Days) -> None:
    begin(home)
    days.until(5, time(9, 5))
    topics = say(days, "her belly is swollen and hard")
    assert "follow_up:pain_score" not in topics
    assert home.flags()[0].level == Level.URGENT


def test_pain_that_rises_on_two_days_is_urgent_and_the_rule_is_named(home: Home, days: Days) -> None:
    begin(home)
    for day, pain in ((3, "1"), (4, "2")):
        days.until(day, time(18, 5))
        say(days, pain)
    assert home.flags() == []
    days.until(5, time(18, 5))
    assert "urgent" in say(days, "3")[0]
    (flag,) = home.flags()
    assert (flag.level, flag.reason) == (Level.URGENT, "protocol_raises, pain rising on two days")
    assert row_rules(home) == ["protocol_raises", "pain rising on two days"]


def test_pain_that_stays_the_same_is_not_rising(home: Home, days: Days) -> None:
    begin(home)
    for day, pain in ((3, "2"), (4, "3"), (5, "3")):
        days.until(day, time(18, 5))
        say(days, pain)
    assert home.flags() == []


def test_a_good_answer_in_the_evening_does_not_raise_the_mornings_trend_again(home: Home, days: Days) -> None:
    begin(home)
    for day, pain in ((3, "1"), (4, "2"), (5, "3")):
        days.until(day, time(18, 5))
        say(days, pain)
    say(days, "no fever, slept well")
    assert row_rules(home) == []


def test_a_sign_that_returns_and_a_sign_that_lasts_are_more_than_the_sign(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(9, 5))
    say(days, "she threw up")
    days.until(4, time(9, 5))
    say(days, "0")
    days.until(5, time(9, 5))
    say(days, "she threw up again")
    assert "vomiting that returns" in row_rules(home)
    assert home.rows(t.readings)[-1].decided_level == Level.EMERGENCY
    for day in (6, 7, 8):
        days.until(day, time(9, 5))
        say(days, "her foot is swollen")
    assert "swelling on three days" in row_rules(home)


def test_what_a_sign_means_depends_on_the_day(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(9, 5))
    say(days, "she has a fever")
    assert home.rows(t.readings)[-1].decided_level == Level.REVIEW
    days.until(6, time(9, 5))
    say(days, "she has a fever")
    assert home.rows(t.readings)[-1].decided_level == Level.EMERGENCY
    assert "fever after day three" in home.flags()[0].reason


def test_a_question_is_not_asked_any_more_once_answers_have_settled_it(home: Home, days: Days) -> None:
    begin(home)
    for day, thanks in ((3, "ok_next"), (4, "ok_next"), (5, "ok")):
        days.until(day, time(18, 5))
        assert say(days, "1") == [thanks], "no day is told when this answer may stop what is planned for it"
    days.until(6, time(20))
    assert got(days, 6) == ["09 daily", "12 reminder"], "no pain score in the evening"
    assert say(days, "0") == ["follow_up:drinking"], "nor in the morning's check-in"
    assert set(days.states("d05-1800", "d06-1800").values()) == {"skipped"}


def test_what_was_stopped_is_asked_again_after_a_serious_day(home: Home, days: Days) -> None:
    begin(home)
    for day in (3, 4, 5):
        days.until(day, time(18, 5))
        say(days, "1")
    days.until(6, time(9, 5))
    say(days, "her leg is swollen")
    days.until(6, time(20))
    assert "18 pain_score" not in got(days, 6), "the family has reported today"
    days.until(7, time(20))
    assert "18 pain_score" in got(days, 7)


def test_an_answer_adds_check_ins_to_the_next_days(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(9, 5))
    say(days, "she has a fever, 100.9")
    days.until(6, time(20))
    assert "15 temperature" in got(days, 4)
    assert "15 temperature" in got(days, 5)
    assert "15 temperature" not in got(days, 6)


def test_added_check_ins_outlive_a_plan_made_anew(home: Home, days: Days) -> None:
    episode = begin(home).episode_id
    days.until(3, time(9, 5))
    say(days, "she has a fever, 100.9")
    with home.house.database.writing() as connection:
        newer = SOURCE.replace('at: ["18:00"]', 'at: ["17:30"]')
        protocol_id, _version = publish(connection, home.hospital.id, newer, by="test", now=home.now)
        moved(connection, home.house.vault, home.hospital.id, episode, protocol_id, ["en"], home.now)
    days.until(4, time(20))
    asked = [one for one in got(days, 4) if "reminder" not in one]
    assert asked == ["09 daily", "13 tip", "15 temperature", "17 pain_score"]


def test_a_picked_answer_ends_the_follow_up_with_the_goodbye_on_the_next_day(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(9, 5))
    say(days, "3")
    days.until(6, time(20))
    assert [one.topic for one in days.heard if one.at.day >= 4] == ["goodbye"]
    assert home.flags() == []


def test_a_serious_text_after_an_early_end_brings_the_follow_up_back(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(9, 5))
    say(days, "3")
    say(days, "wait, her leg is swollen")
    days.until(4, time(20))
    assert "09 daily" in got(days, 4)
    assert "09 goodbye" not in got(days, 4)


def test_an_optional_text_gets_no_reminder_and_its_silence_is_none(home: Home, days: Days) -> None:
    begin(home, SOURCE.replace("days: 1-8, at", "days: 4-8, at"))
    days.until(5, time(20))
    assert [one.topic for one in days.heard] == ["welcome", "tip", "tip"]
    assert home.flags() == []


def test_an_optional_text_does_not_take_the_place_of_a_question_that_waits(home: Home, days: Days) -> None:
    begin(home)
    days.until(4, time(9, 5))
    say(days, "0")
    days.until(5, time(17))
    assert got(days, 5) == ["09 daily", "12 reminder", "13 tip"]
    days.until(5, time(20, 30))
    assert home.flags()


def test_a_late_joiner_is_sent_the_last_of_what_must_not_be_missed(home: Home, days: Days) -> None:
    begin(home, day_zero=TODAY - timedelta(days=5))
    days.until(2, time(12))
    assert got(days, 2) == ["10 welcome", "11 tip"]


def test_a_step_held_up_longer_than_its_own_lateness_is_not_sent(home: Home, days: Days) -> None:
    begin(home)
    days.until(3, time(8, 55))
    days.until(3, time(10, 30), working=False)
    days.until(3, time(17, 50))
    assert "10 daily" in got(days, 3), "two hours for the morning"
    days.until(3, time(18, 45), working=False)
    days.until(3, time(21))
    assert "18 pain_score" not in got(days, 3), "half an hour for the evening"
    assert days.states("d01-1800") == {"d01-1800": "missed"}


def test_a_phase_keeps_to_its_days_of_the_week(home: Home, days: Days) -> None:
    begin(home)
    steps = {row.step for row in home.rows(t.check_ins) if row.question == "daily" and row.day > 8}
    assert steps == {"d09-1000", "d16-1000"}  # Wednesday 11 and 18 March


def test_what_the_hospital_advises_is_added_to_the_answer_and_nothing_that_nobody_approved(
    home: Home, days: Days
) -> None:
    begin(home)
    days.until(5, time(9, 5))
    say(days, "her foot is swollen")
    said = "\n".join(home.said())
    assert "Keep the leg up on a pillow." in said
    assert "Nobody approved" not in said


def test_advice_is_given_in_the_familys_language_and_never_in_an_emergency(home: Home, days: Days) -> None:
    begin(home, language="es")
    days.until(5, time(9, 5))
    say(days, "tiene el pie hinchado")
    assert "Mantenga la pierna en alto." in "\n".join(home.said())
    before = len(home.said())
    say(days, "tiene el pie hinchado y no puede respirar")
    assert "Mantenga" not in "\n".join(home.said()[before:])


def test_a_risk_makes_a_sign_more_serious(home: Home, days: Days) -> None:
    begin(home, risks=("asthma",))
    days.until(3, time(9, 5))
    say(days, "a little cough today")
    assert home.flags()[0].level == Level.URGENT


def test_a_published_version_keeps_its_parts_when_hearback_is_upgraded(home: Home) -> None:
    begin(home)
    (kept,) = [row.source for row in home.rows(t.protocols) if row.name == "everything"]
    assert "--- # parts/every-day.yaml" in kept
    assert "swelling_compared" in kept
