"""After a pause of ours or the carrier's: late while it is of use, else recorded; never two at once or at night."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise

import pytest

from messages import paging
from messages.flags import FlagKind
from messages.store import tables as t
from scheduler.enrol import CaregiverEntry
from tests.house import MARIA, TOM, Home
from tests.integration.days import FINE, ROUTINE, SEATTLE, Days

HOME_TODAY = date(2026, 3, 2)
DAY_FOUR = date(2026, 2, 26)


@pytest.fixture
def days(home: Home) -> Days:
    return Days(home)


def test_after_an_hour_down_the_question_is_asked_late(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR)
    days.until(3, time(8, 30))
    days.until(3, time(10, 15), working=False)
    days.until(3, time(13))
    assert days.asked(day=3) == ["10 daily"]
    days.until(3, time(14))
    assert days.asked(day=3) == ["10 daily", "13 reminder"], "three hours after it was asked"


def test_after_a_day_down_what_was_missed_is_recorded_and_only_todays_is_asked(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(8))
    days.until(5, time(9, 30), working=False)
    days.until(5, time(12))
    assert days.asked()[1:] == ["5 09 daily"]
    assert days.states("d01-0900", "d01-1800", "d02-0900", "d02-1800", "d03-0900") == {
        "d01-0900": "missed",
        "d01-1800": "missed",
        "d02-0900": "missed",
        "d02-1800": "missed",
        "d03-0900": "asked",
    }
    missed = home.rows(t.check_ins, t.check_ins.c.state == "missed")
    assert {row.why for row in missed} <= {"its time had passed", "the next check-in is due"}
    assert home.flags() == [], "a family that nobody asked is not silent"


def test_a_welcome_and_a_question_that_come_late_together_keep_apart(home: Home, days: Days) -> None:
    home.now = days.local(2, time(22))
    home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(9, 30), working=False)
    days.until(3, time(11))
    welcome, question = [one.at for one in days.heard]
    assert question - welcome >= timedelta(minutes=10)


def test_a_reminder_does_not_come_together_with_the_next_question(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(10))
    days.until(3, time(19), working=False)
    days.until(3, time(23))
    assert days.asked(day=3) == ["09 daily", "19 toes"]
    assert home.rows(t.messages, t.messages.c.topic == "reminder") == [], "nor is one queued, which may be quicker"


def test_nothing_routine_is_made_up_for_at_night(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(17))
    days.until(3, time(21, 30), working=False)
    days.until(4, time(8, 30))
    assert days.asked(day=3) == ["09 daily", "12 reminder"]
    assert days.asked(day=4) == []
    assert days.states("d01-1800") == {"d01-1800": "missed"}


def test_what_the_carrier_could_not_take_by_day_does_not_leave_at_night(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY, more=(CaregiverEntry("Tom", "father", TOM, "en", SEATTLE),))
    days.until(3, time(11))
    up_again = days.local(3, time(23))
    days.carrier_is_up = lambda now: now >= up_again
    days.until(4, time(7))
    assert days.asked(day=3) == ["09 daily"]
    assert days.asked(TOM) == []
    days.until(4, time(10))
    assert days.asked(day=4) == ["09 daily"]


def test_a_welcome_that_the_carrier_could_not_take_is_told_the_next_morning(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    up_again = days.local(2, time(23))
    days.carrier_is_up = lambda now: now >= up_again
    days.until(3, time(8, 30))
    assert days.asked() == ["3 08 welcome"]
    assert days.states("welcome") == {"welcome": "told"}


def test_an_hour_without_the_carrier_asks_late_and_calls_nobody_silent(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR)
    days.until(3, time(8))
    up_again = days.local(3, time(12, 30))
    days.carrier_is_up = lambda now: now >= up_again
    days.until(3, time(12, 55))
    assert days.asked(day=3) == ["12 daily"], "no reminder with it"
    days.until(3, time(16))
    assert days.asked(day=3) == ["12 daily", "15 reminder"]


def test_a_question_that_never_left_is_recorded_as_missed_and_is_no_silence(home: Home, days: Days) -> None:
    home.enrol(day_zero=DAY_FOUR)
    days.until(3, time(8))
    up_again = days.local(3, time(16))
    days.carrier_is_up = lambda now: now >= up_again
    days.until(3, time(23))
    assert days.asked(day=3) == []
    assert days.states("d05-0900") == {"d05-0900": "missed"}
    assert [flag.kind for flag in home.flags()] == [FlagKind.SENDING]
    (flag,) = home.flags()
    assert flag.reason.startswith("texts do not leave")


def test_days_of_coming_and_going_never_text_at_night_twice_or_on_the_wrong_day(home: Home, days: Days) -> None:
    """Down for five hours of every eleven, and the carrier for three of every seven."""
    home.enrol(day_zero=HOME_TODAY)
    days.carrier_is_up = lambda now: now.hour % 7 >= 3
    for hour in range(0, 24 * 9, 11):
        came = days.local(2, time(10)) + timedelta(hours=hour)
        days.until_instant(came + timedelta(hours=6))
        days.until_instant(came + timedelta(hours=11), working=False)
    family = [one for one in days.heard if one.to == MARIA and one.topic in ROUTINE]
    assert len(family) > 8
    for one in family:
        assert 8 <= one.at.hour < 21, one
        if one.topic == "daily":
            assert f"day {(one.at.date() - HOME_TODAY).days}:" in one.body
    for earlier, later in pairwise(family):
        assert later.at - earlier.at >= timedelta(minutes=10), (earlier, later)
    questions = [(one.at.date(), one.topic) for one in family if one.topic in ("daily", "toes", "welcome")]
    assert len(questions) == len(set(questions))


def test_a_family_that_answers_late_is_not_asked_again(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(8))
    days.carrier_is_up = lambda now: now >= days.local(3, time(10))
    days.until(3, time(9, 45))
    home.text(FINE)
    days.until(3, time(12))
    assert days.asked(day=3) == []
    assert days.states("d01-0900") == {"d01-0900": "answered"}


def test_one_check_in_that_cannot_be_handled_holds_up_no_other_and_is_told_once(home: Home, days: Days) -> None:
    home.enrol("Ana", day_zero=DAY_FOUR)
    home.enrol("Leo", phone=TOM, day_zero=DAY_FOUR)
    days.until(2, time(12))
    with home.house.database.writing() as connection:  # as a bad restore would
        rows = sorted(home.rows(t.caregivers), key=lambda row: row.created_at)
        spoilt, other = rows[0].id, rows[1].phone
        connection.execute(t.caregivers.update().where(t.caregivers.c.id == spoilt).values(phone=other))
    days.until(3, time(12))
    assert days.asked(TOM)[1:] == ["3 09 daily"]
    assert days.asked(MARIA)[1:] == []
    (flag,) = home.flags()
    assert flag.reason == "a check-in could not be handled: SealError"


def test_a_flag_that_cannot_be_told_holds_up_no_other(home: Home, days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    home.enrol(day_zero=HOME_TODAY)
    home.text("he can't breathe")
    home.text("hello?", phone=TOM)
    first, second = home.rows(t.flags)
    with home.house.database.writing() as connection:
        connection.execute(t.flags.update().values(next_page_at=home.now))
    step = paging.next_page

    def spoilt(flag: object, *arguments: object) -> object:
        if flag.id == first.id:  # type: ignore[attr-defined]
            raise ValueError("spoilt")
        return step(flag, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(paging, "next_page", spoilt)
    before = len(home.rows(t.pages, t.pages.c.flag_id == second.id))
    home.turn()
    assert len(home.rows(t.pages, t.pages.c.flag_id == second.id)) == before + 1
    (put_off,) = home.rows(t.flags, t.flags.c.id == first.id)
    assert put_off.next_page_at == home.now + timedelta(minutes=5)
