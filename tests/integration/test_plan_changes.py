"""The same family enrolled again: nothing twice, nothing lost; a new day zero, zone or protocol moves the rest."""

from __future__ import annotations

from datetime import date, time

import pytest

from messages.store import tables as t
from scheduler.enrol import CaregiverEntry, end_episode
from scheduler.load import shipped_source
from scheduler.moving import moved
from scheduler.store.published import publish
from tests.house import MARIA, TOM, Home
from tests.integration.days import FINE, SEATTLE, Days

HOME_TODAY = date(2026, 3, 2)
NEW_YORK = "America/New_York"


@pytest.fixture
def days(home: Home) -> Days:
    return Days(home, replies=FINE)


def plan_of(home: Home) -> list[tuple[str, str, str, object]]:
    return sorted((row.id, row.step, row.state, row.due_at) for row in home.rows(t.check_ins))


def test_the_same_family_again_changes_nothing(home: Home, days: Days) -> None:
    first = home.enrol(day_zero=HOME_TODAY)
    days.until(4, time(12))
    before = plan_of(home), len(home.rows(t.caregivers)), len(home.rows(t.children)), len(home.rows(t.consents))
    for _ in range(2):
        again = home.enrol(day_zero=HOME_TODAY)
        assert (again.fresh, again.replanned, again.episode_id) == (False, False, first.episode_id)
    after = plan_of(home), len(home.rows(t.caregivers)), len(home.rows(t.children)), len(home.rows(t.consents))
    assert after == before


def test_a_later_day_zero_moves_what_is_left_and_repeats_nothing_on_the_same_day(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(4, time(12))
    moved = home.enrol(day_zero=date(2026, 3, 4))  # the child went back and came home today
    assert (moved.fresh, moved.replanned) == (False, True)
    days.until(8, time(12))
    assert days.asked() == [
        *("2 10 welcome", "3 09 daily", "3 18 toes", "4 09 daily"),
        *("5 09 daily", "5 18 toes", "6 09 daily", "6 18 toes", "7 09 daily", "7 18 toes", "8 09 daily"),
    ]
    assert "day 1:" in next(one.body for one in days.heard if one.at.day == 5 and one.topic == "daily")
    aside = [step for step in days.states() if step.endswith("@2026-03-02")]
    assert sorted(aside) == ["d01-0900@2026-03-02", "d01-1800@2026-03-02", "d02-0900@2026-03-02"]


def test_an_earlier_day_zero_drops_nothing_that_is_still_to_come(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(12))
    home.enrol(day_zero=date(2026, 2, 26))
    days.until(7, time(12))
    assert days.asked()[1:] == ["3 09 daily", "4 09 daily", "5 09 daily", "6 09 daily"]  # day 8; then every other
    assert days.states("goodbye") == {"goodbye": "planned"}


def test_a_new_zone_moves_the_rest_and_asks_no_step_again(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(12))
    assert home.enrol(day_zero=HOME_TODAY, zone=NEW_YORK).replanned
    days.zone = NEW_YORK
    days.until(5, time(20))
    assert days.asked()[1:] == [f"{day} {question}" for day in (3, 4, 5) for question in ("09 daily", "18 toes")]


def test_a_zone_to_the_west_does_not_ask_this_morning_again(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY, zone=NEW_YORK)
    days.zone = NEW_YORK
    days.until(3, time(10))
    home.enrol(day_zero=HOME_TODAY, zone=SEATTLE)
    days.until(3, time(23, 30))
    assert days.asked(day=3) == ["09 daily", "21 toes"]  # 21:00 in New York is 18:00 in Seattle


def test_a_new_version_of_the_protocol_replans_what_is_left(home: Home, days: Days) -> None:
    ana = home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(12))
    source = shipped_source("hip-osteotomy").replace('at: ["18:00"], ask: toes', 'at: ["17:00"], ask: toes')
    with home.house.database.writing() as connection:
        newer, _ = publish(connection, home.hospital.id, source, by="a clinician", now=home.now)
    assert not home.enrol(day_zero=HOME_TODAY).replanned  # pinned to its version until a person moves it
    with home.house.database.writing() as connection:
        moved(connection, home.house.vault, home.hospital.id, ana.episode_id, newer, ("en",), home.now)
    days.until(4, time(20))
    assert days.asked()[1:] == ["3 09 daily", "3 17 toes", "4 09 daily", "4 17 toes"]


def test_a_second_child_has_a_plan_of_its_own(home: Home, days: Days) -> None:
    ana, leo = home.enrol("Ana", day_zero=HOME_TODAY), home.enrol("Leo", day_zero=date(2026, 2, 26))
    assert ana.episode_id != leo.episode_id
    steps = {one.episode_id: set() for one in (ana, leo)}
    for row in home.rows(t.check_ins):
        steps[row.episode_id].add(row.step)
    assert {"d01-0900", "d05-0900"} <= steps[ana.episode_id]
    assert "d05-0900" in steps[leo.episode_id]
    assert "d01-0900" not in steps[leo.episode_id]


def test_a_second_caregiver_who_joins_later_is_asked_when_the_first_is_silent(home: Home) -> None:
    days = Days(home)
    home.enrol(day_zero=date(2026, 2, 26))
    father = CaregiverEntry("Tom", "father", TOM, "en", SEATTLE)
    again = home.enrol(day_zero=date(2026, 2, 26), more=(father,))
    assert not again.replanned
    days.until(3, time(16))
    assert days.asked(MARIA, day=3) == ["09 daily", "12 reminder"]
    assert days.asked(TOM, day=3) == ["14 daily"]


def test_a_child_enrolled_after_an_ended_follow_up_starts_anew(home: Home, days: Days) -> None:
    first = home.enrol(day_zero=HOME_TODAY)
    days.until(3, time(12))
    with home.house.database.writing() as connection:
        end_episode(connection, first.episode_id, home.hospital.id, "back in hospital", home.now)
    second = home.enrol(day_zero=date(2026, 3, 3))
    assert second.fresh
    days.until(4, time(12))
    assert days.asked()[-2:] == ["3 12 welcome", "4 09 daily"]


def test_a_family_that_stopped_is_enrolled_and_not_texted(home: Home, days: Days) -> None:
    home.enrol(day_zero=HOME_TODAY)
    days.until(2, time(12))
    home.text("STOP")
    assert home.enrol("Leo", day_zero=HOME_TODAY).stopped == ("Maria",)
    days.until(5, time(12))
    assert days.asked() == ["2 10 welcome"]
    due = home.rows(t.check_ins, t.check_ins.c.due_at <= home.now)
    assert [row.state for row in due if row.state != "stopped"] == ["told"]
