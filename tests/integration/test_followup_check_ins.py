"""Coming check-ins set by a person: they stay so whatever moves the plan, and nothing is asked twice or dropped."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from messages.store import tables as t
from scheduler.enrol import extend_daily
from scheduler.load import shipped_source
from scheduler.moving import moved
from scheduler.store.published import publish
from tests.house import MARIA, Home
from tests.integration.days import SEATTLE, Days
from tests.integration.desk import desk, hire
from tests.integration.family_page import HOME_TODAY, FamilyPage

NEW_YORK = "America/New_York"


def local(ana: FamilyPage, step: str, zone: str = SEATTLE) -> str:
    return f"{ana.check_in(step).due_at.astimezone(ZoneInfo(zone)):%d %H:%M}"


def test_a_skipped_check_in_is_not_sent_and_can_be_put_back(ana: FamilyPage) -> None:
    first, second = ana.check_in("d01-0900"), ana.check_in("d02-0900")
    ana.done("skip", check_in=first.id, why="clinic", note="seen at ten")
    ana.done("skip", check_in=second.id, why="spoke")
    ana.done("put-back", check_in=second.id)
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome", "3 18 toes", "4 09 daily"]
    assert ana.check_in("d01-0900").set_by
    page = ana.page()
    assert "skipped daily, Tue 3 Mar, 9:" in page
    assert "The child is seen that day" in page
    assert "seen at ten" in page


def test_a_skip_needs_a_reason(ana: FamilyPage) -> None:
    assert ana.press("skip", check_in=ana.check_in("d01-0900").id, why="").status_code == 422
    assert ana.check_in("d01-0900").state == "planned"


def test_what_was_just_sent_is_not_skipped_or_moved_and_the_page_says_so(ana: FamilyPage) -> None:
    row, version = ana.check_in("d01-0900"), ana.version()
    ana.days.until(3, time(9, 25))
    for what, form in {"skip": {"why": "clinic"}, "move": {"at": "11:00"}}.items():
        answer = ana.press(what, check_in=row.id, version=version, **form)
        assert answer.status_code == 409
        assert "may just have been sent" in answer.text
    assert ana.check_in("d01-0900").state in ("asked", "answered")


def test_one_check_in_moves_to_another_hour_of_its_day(ana: FamilyPage) -> None:
    ana.done("move", check_in=ana.check_in("d01-0900").id, at="11:30", scope="one")
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome", "3 11 daily", "3 18 toes", "4 09 daily"]
    assert local(ana, "d01-0900") == "03 11:30"


@pytest.mark.parametrize(("at", "words"), [
    ("22:30", "10:30 pm is in the quiet hours, 9:00 pm to 8:00 am"), ("18:20", "Another check-in is planned"),
    ("25:00", "not a time of day"), ("", "not a time of day"),
])  # fmt: skip
def test_an_hour_at_which_nothing_may_leave_is_refused_in_words(ana: FamilyPage, at: str, words: str) -> None:
    answer = ana.press("move", check_in=ana.check_in("d01-0900").id, at=at, scope="one")
    assert answer.status_code == 422
    assert words in ana.text(answer)
    assert ana.press("add", day="2026-03-03", at=at, question="daily").status_code == 422
    assert ana.check_in("d01-0900").set_by is None


def test_all_check_ins_of_an_hour_move_and_stay_there_whatever_comes(ana: FamilyPage) -> None:
    home = ana.home
    ana.done("move", check_in=ana.check_in("d01-0900").id, at="11:30", scope="all")
    assert "moved all check-ins at 9:00 am to 11:30 am" in ana.page()
    ana.days.until(4, time(20))
    assert ana.days.asked()[1:] == ["3 11 daily", "3 18 toes", "4 11 daily", "4 18 toes"]
    home.enrol(day_zero=date(2026, 3, 3))
    with home.house.database.writing() as connection:
        extend_daily(connection, home.house.vault, ana.episode_id, 9, home.now)
    later = [row for row in home.rows(t.check_ins) if row.question == "daily" and row.state == "planned"]
    assert {f"{row.due_at.astimezone(ZoneInfo(SEATTLE)):%H:%M}" for row in later} == {"11:30"}


def test_all_cannot_move_on_top_of_the_evenings_question(ana: FamilyPage) -> None:
    answer = ana.press("move", check_in=ana.check_in("d01-0900").id, at="17:45", scope="all")
    assert answer.status_code == 422
    assert "5:45 pm and 6:00 pm" in ana.text(answer)
    assert ana.episode.hours is None


def test_a_check_in_is_added_and_asked_like_any_other(ana: FamilyPage) -> None:
    ana.done("add", day="2026-03-03", at="13:00", question="toes")
    ana.days.until(3, time(20))
    assert ana.days.asked()[1:] == ["3 09 daily", "3 13 toes", "3 18 toes"]
    assert ana.press("add", day="2026-03-03", at="10:00", question="toes").status_code == 422  # it has passed
    assert ana.press("add", day="2026-03-05", at="13:00", question="no such").status_code == 422


@pytest.mark.parametrize("what", ["skip", "move", "all", "add"])
def test_a_change_by_hand_is_taken_back_within_the_minute(ana: FamilyPage, what: str) -> None:
    before = ana.plan()
    row = ana.check_in("d01-0900")
    if what == "add":
        ana.done("add", day="2026-03-03", at="13:00", question="toes")
    elif what == "skip":
        ana.done("skip", check_in=row.id, why="clinic")
    else:
        ana.done("move", check_in=row.id, at="11:30", scope="all" if what == "all" else "one")
    assert ana.plan() != before
    assert ana.undo().status_code == 303
    assert ana.plan() == before


# A plan made anew


def by_hand(ana: FamilyPage) -> None:
    """Thursday's daily question at 11:30, Friday's skipped, one more on Thursday at 14:00."""
    ana.done("move", check_in=ana.check_in("d03-0900").id, at="11:30", scope="one")
    ana.done("skip", check_in=ana.check_in("d04-0900").id, why="clinic")
    ana.done("add", day="2026-03-05", at="14:00", question="toes")


THURSDAY_AND_FRIDAY = ["5 11 daily", "5 14 toes", "5 18 toes", "7 09 daily"]


def asked_from_thursday(ana: FamilyPage) -> list[str]:
    ana.days.until(7, time(12))
    return [one for one in ana.days.asked() if int(one.split()[0]) >= 5]


def test_a_corrected_day_zero_leaves_alone_what_a_person_set(ana: FamilyPage) -> None:
    by_hand(ana)
    ana.done("day-zero", day_zero="2026-03-01")
    assert asked_from_thursday(ana) == ["5 11 daily", "5 14 toes", "7 09 daily"]  # day 4 has no toes any more
    assert "changed day zero to Sun 1 Mar" in ana.page()


def test_a_later_day_zero_neither_repeats_nor_drops(ana: FamilyPage) -> None:
    by_hand(ana)
    ana.done("day-zero", day_zero="2026-03-04")
    asked = asked_from_thursday(ana)
    assert asked == ["5 11 daily", "5 14 toes", "5 18 toes", "6 18 toes", "7 09 daily"]


def test_day_zero_changed_to_and_fro_ends_where_it_began(ana: FamilyPage) -> None:
    by_hand(ana)
    before = ana.plan()
    for day in ("2026-02-25", "2026-03-09", "2026-03-02"):
        ana.done("day-zero", day_zero=day)
    assert ana.plan() == before


def test_a_new_zone_keeps_the_day_and_hour_a_person_chose_on_the_familys_clock(ana: FamilyPage) -> None:
    by_hand(ana)
    (maria,) = ana.home.rows(t.caregivers)
    ana.done("correct", caregiver=maria.id, name="Maria", relation="mother", phone=MARIA, language="en", zone=NEW_YORK)
    ana.days.zone = NEW_YORK
    assert asked_from_thursday(ana) == THURSDAY_AND_FRIDAY


def test_a_new_protocol_at_another_hour_does_not_ask_again_what_a_person_moved(ana: FamilyPage) -> None:
    by_hand(ana)
    source = shipped_source("hip-osteotomy").replace('at: ["9:00"],  ask: daily', 'at: ["10:00"],  ask: daily')
    with ana.home.house.database.writing() as connection:
        newer, _ = publish(connection, ana.home.hospital.id, source, by="a clinician", now=ana.home.now)
        vault = ana.home.house.vault
        moved(connection, vault, ana.home.hospital.id, ana.episode_id, newer, ("en",), ana.home.now)
    assert asked_from_thursday(ana) == ["5 11 daily", "5 14 toes", "5 18 toes", "7 10 daily"]


def test_what_is_due_just_now_is_not_lost_by_a_new_plan(ana: FamilyPage) -> None:
    ana.home.now = ana.days.local(3, time(9, 25))  # the clock has not looked yet
    ana.done("day-zero", day_zero="2026-03-01")
    ana.days.until(3, time(10))
    assert ana.days.asked(day=3) == ["09 daily"]
    assert "day 2:" in next(one.body for one in ana.days.heard if one.topic == "daily")


def test_the_list_imported_every_night_takes_nothing_back(ana: FamilyPage) -> None:
    by_hand(ana)
    before = ana.plan()
    assert not ana.home.enrol(day_zero=HOME_TODAY).replanned
    assert ana.plan() == before


def test_an_hour_that_a_clock_change_takes_away_is_asked_all_the_same(home: Home) -> None:
    hire(home, "nina")
    quiet = shipped_source("hip-osteotomy").replace('{from: "21:00", to: "8:00"}', '{from: "21:00", to: "1:00"}')
    with home.house.database.writing() as connection:
        publish(connection, home.hospital.id, quiet, by="test", now=home.now)
    ana = FamilyPage(home, desk(home, "nina", patient=True), Days(home))
    ana.episode_id = home.enrol(day_zero=date(2026, 3, 4)).episode_id
    ana.done("add", day="2026-03-08", at="02:30", question="toes")  # at 2:00 the clocks go to 3:00
    (row,) = [row for row in home.rows(t.check_ins) if row.set_by]
    assert row.due_at.astimezone(ZoneInfo(SEATTLE)).time() == time(3, 30)
    assert row.until_at - row.due_at > timedelta(hours=1)
    assert row.due_at < datetime(2026, 3, 9, tzinfo=ZoneInfo(SEATTLE))
