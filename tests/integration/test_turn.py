"""Days of a family, turn by turn: what is asked when, what an answer changes, what a silence leads to."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from typing import Any

import pytest

import bot.inbound
from bot.inbound import decide_text
from messages.flags import FlagKind, Level
from messages.store import tables as t
from scheduler.enrol import CaregiverEntry, end_episode
from scheduler.turn import one_turn
from tests.house import MARIA, NURSE, TOM, Home
from tests.integration.days import FINE, SEATTLE, Days, statements

HOME_TODAY = date(2026, 3, 2)
DAY_FOUR = date(2026, 2, 26)  # one question a day is left, at nine; today's has passed
FATHER = CaregiverEntry("Tom", "father", TOM, "en", SEATTLE)


@pytest.fixture
def days(home: Home) -> Days:
    return Days(home)


def test_a_week_is_asked_on_the_familys_clock_over_a_clock_change(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.replies = FINE
    days.until(12, time(8))
    assert days.asked() == [
        "2 10 welcome",
        *("3 09 daily", "3 18 toes", "4 09 daily", "4 18 toes", "5 09 daily", "5 18 toes"),
        *("6 09 daily", "7 09 daily", "8 09 daily", "9 09 daily"),  # the clock goes forward on the 8th
        "10 09 daily",  # every other day from day 8 on
    ]
    assert all(one.at.minute < 21 for one in days.heard if one.topic in ("daily", "toes"))
    assert set(days.states().values()) == {"told", "answered", "planned"}
    assert home.flags() == []


def test_an_answer_stops_the_reminder(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR)
    days.until(3, time(10))
    home.text(FINE)
    days.until(3, time(23))
    assert days.asked(day=3) == ["09 daily"]


def test_an_answer_of_the_second_caregiver_stops_it_too(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR, more=(FATHER,))
    days.until(3, time(10))
    home.text(FINE, phone=TOM)
    days.until(3, time(23))
    assert days.asked(day=3) == ["09 daily"]
    assert days.asked(TOM) == []


def test_no_answer_is_reminded_then_asked_of_the_second_caregiver_then_flagged(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR, more=(FATHER,))
    days.until(3, time(19, 59))
    assert days.asked(day=3) == ["09 daily", "12 reminder"]
    assert days.asked(TOM) == ["3 14 daily"]
    assert home.flags() == []
    days.until(3, time(20, 1))
    (flag,) = home.flags()
    assert (flag.kind, flag.level) == (FlagKind.SILENCE, Level.REVIEW)
    assert days.states("d05-0900") == {"d05-0900": "silent"}


def test_the_second_caregiver_is_not_asked_at_night_where_they_are(home: Home, days: Days) -> None:
    abroad = CaregiverEntry("Lola", "grandmother", TOM, "en", "Asia/Manila")  # 14:00 here is 06:00 there
    home.enrol(day_zero=DAY_FOUR, more=(abroad,))
    days.until(3, time(23))
    assert days.asked(TOM) == ["3 16 daily"]


def test_two_silent_days_of_the_first_week_are_urgent(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR)
    days.until(4, time(21))
    assert [(flag.kind, flag.level) for flag in home.flags()] == [(FlagKind.SILENCE, Level.URGENT)]


def test_a_late_answer_ends_the_silence_of_its_day(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR)
    days.until(3, time(20, 30))
    home.text(FINE)
    days.until(4, time(21))
    assert days.states("d05-0900") == {"d05-0900": "answered"}
    assert [flag.level for flag in home.flags()] == [Level.REVIEW]


def test_silence_after_a_serious_day_is_urgent_at_once(home: Home, days: Days) -> None:
    home.enrol(day_zero=date(2026, 2, 20))
    home.text("she has a fever of 101.5")
    days.until(3, time(21))
    silent = home.rows(t.check_ins, t.check_ins.c.state == "silent")
    assert [row.why for row in silent] == ["silent after a serious day"]


def test_three_silent_check_ins_later_on_get_one_last_text(home: Home, days: Days) -> None:
    home.enrol(day_zero=date(2026, 2, 22))
    days.until(14, time(9))
    assert [one for one in days.asked() if "last_check_in" in one] == ["8 20 last_check_in"]
    assert [flag.level for flag in home.flags()] == [Level.REVIEW]


def test_a_serious_text_ends_the_questions_of_the_day_and_brings_daily_ones(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(9, 30))
    home.text("her incision is leaking pus")
    days.until(3, time(23))
    assert days.asked(day=3) == ["09 daily"]
    assert days.states("d01-1800") == {"d01-1800": "skipped"}
    days.replies = FINE
    days.until(4, time(10))
    assert days.asked(day=4) == ["09 daily"]


def test_a_serious_day_among_every_other_day_is_followed_by_three(home: Home, days: Days) -> None:
    home.enrol(day_zero=date(2026, 2, 22))  # day 8 is today
    home.text("her incision is leaking pus")
    days.replies = FINE
    days.until(9, time(9))
    assert days.asked()[1:] == ["3 09 daily", "4 09 daily", "5 09 daily", "6 09 daily", "8 09 daily"]


def test_two_children_on_one_phone_are_asked_about_by_name(home: Home, days: Days) -> None:
    home.enrol("Ana", day_zero=DAY_FOUR)
    home.enrol("Leo", day_zero=DAY_FOUR)
    days.until(3, time(10))
    questions = [one.body for one in days.heard if one.topic == "daily"]
    assert sorted("Ana" in body for body in questions) == [False, True]
    assert sorted("Leo" in body for body in questions) == [False, True]


def test_nothing_routine_leaves_after_the_follow_up_has_ended(home: Home, days: Days) -> None:
    enrolled = home.enrol(day_zero=DAY_FOUR)
    days.until(3, time(10))
    with home.house.database.writing() as connection:
        assert end_episode(connection, enrolled.episode_id, home.hospital.id, "recovered", home.now)
    days.until(6, time(23))
    assert days.asked() == ["2 10 welcome", "3 09 daily"]
    assert home.flags() == []
    assert set(days.states().values()) == {"told", "asked", "skipped"}


def test_a_silence_pages_by_the_flag_it_raises_and_once(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR)
    days.until(4, time(9, 30))
    assert [one.topic for one in days.heard if one.to == NURSE] == ["page"]


def test_a_turn_costs_the_same_however_many_check_ins_are_planned(home: Home, days: Days) -> None:
    enrolled = home.enrol(day_zero=HOME_TODAY)
    days.until(2, time(12))
    with statements(home) as few:
        home.turn()
    (one,) = home.rows(t.check_ins, t.check_ins.c.step == "goodbye")
    many = [one._asdict() | {"id": f"{n:032d}", "step": f"x{n}"} for n in range(2000)]
    with home.house.database.writing() as connection:
        connection.execute(t.check_ins.insert(), many)
    with statements(home) as more:
        home.turn()
    assert enrolled.episode_id
    assert len(few) == len(more) <= 13, more


def test_turns_of_several_processes_at_once_ask_each_family_once(home: Home, days: Days) -> None:
    for n in range(30):
        home.enrol(f"Child {n}", phone=f"+1206555{1000 + n}")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: one_turn(home.house, home.now, lambda _: None), range(4)))
    assert sum(one.asked for one in done) == 30
    assert len(home.rows(t.outbox)) == 30


def test_nothing_is_asked_of_a_family_whose_text_is_just_being_decided(
    home: Home, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does either wait for the other in a circle."""
    home.enrol(day_zero=DAY_FOUR)
    days.until(3, time(9))
    home.now = home.rows(t.check_ins, t.check_ins.c.step == "d05-0900")[0].due_at
    reading, go, read = threading.Event(), threading.Event(), bot.inbound.read

    def slow(*arguments: Any, **options: Any) -> Any:
        reading.set()
        assert go.wait(20)
        return read(*arguments, **options)

    monkeypatch.setattr(bot.inbound, "read", slow)
    with ThreadPoolExecutor(2) as pool:
        text = pool.submit(home.text, "she has a fever of 101.5")
        assert reading.wait(20)
        turn = pool.submit(one_turn, home.house, home.now, lambda _: None)
        if home.house.database.is_sqlite:  # one writer at a time: the turn waits its turn
            go.set()
        asked = turn.result(20).asked
        go.set()
        assert text.result(20)
    assert asked == 0
    assert home.turn().asked == 0
    assert days.states("d05-0900") == {"d05-0900": "skipped"}
    assert (home.rows(t.undecided), len(home.flags())) == ([], 1)


def test_a_text_that_cannot_be_decided_holds_up_no_other_and_stays_due(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.enrol()
    monkeypatch.setattr("bot.inbound.decide_text", lambda *_: None)
    spoilt, good = home.text("one"), home.text("two")
    home.pass_time(seconds=61)

    def decide(message_id: str) -> None:
        if message_id == spoilt:
            raise ValueError("spoilt")
        decide_text(home.house, message_id, home.now)

    assert one_turn(home.house, home.now, decide).decided == 1
    assert [row.message_id for row in home.rows(t.undecided)] == [spoilt]
    assert good
    assert home.rows(t.heartbeats)[0].at == home.now


def test_the_first_caregiver_is_texted_in_their_language(home: Home, days: Days) -> None:
    home.enrol(language="es", day_zero=HOME_TODAY)
    days.until(3, time(10))
    assert "¿hay algo de esto ahora?" in [one.body for one in days.heard if one.to == MARIA][-1]
