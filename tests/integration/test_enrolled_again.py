"""A list that comes again: whom people took off stays off, what they corrected stays, and nobody is merged unseen."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from messages.store import tables as t
from scheduler.enrol import CaregiverEntry, Enrolled
from tests.house import MARIA, TOM, Home
from tests.integration.days import SEATTLE, Days
from tests.integration.family_page import HOME_TODAY, FamilyPage

NEW_YORK = "America/New_York"
FATHER = CaregiverEntry("Tom", "father", TOM, "en", SEATTLE)


def adults(home: Home) -> dict[str, Any]:
    rows = home.rows(t.caregivers)
    return {home.house.vault.open("caregivers.name", row.id, row.name): row for row in rows}


def kinds(enrolled: Enrolled) -> list[str]:
    return [note.kind for note in enrolled.notes]


def test_an_adult_whom_a_person_took_off_stays_off(ana: FamilyPage) -> None:
    home = ana.home
    home.enrol(day_zero=HOME_TODAY, more=(FATHER,))
    ana.done("take-off", caregiver=adults(home)["Tom"].id, note="they live apart")
    again = home.enrol(day_zero=HOME_TODAY, more=(FATHER,))
    assert len(home.rows(t.episode_caregivers)) == 1
    assert kinds(again) == ["taken_off"]


def test_what_a_person_corrected_stays_corrected(ana: FamilyPage) -> None:
    home = ana.home
    maria = adults(home)["Maria"]
    ana.done("correct", caregiver=maria.id, name="María José", relation="mother", phone=MARIA, language="es",
             zone=SEATTLE)
    ana.done("day-zero", day_zero="2026-03-01")
    ana.done("risks", risk=["asthma"])
    again = home.enrol(day_zero=HOME_TODAY, zone=NEW_YORK)
    assert set(adults(home)) == {"María José"}
    assert (adults(home)["María José"].language, adults(home)["María José"].zone) == ("es", SEATTLE)
    (episode,) = home.rows(t.episodes)
    (child,) = home.rows(t.children)
    assert (episode.day_zero, child.risks) == (date(2026, 3, 1), ["asthma"])
    assert not again.replanned
    assert set(kinds(again)) == {"shared", "day_kept"}


def test_a_number_known_under_another_name_keeps_its_name_and_it_is_told(home: Home) -> None:
    home.enrol("Ana")
    again = home.enrol("Ben", name="Rosa")
    assert [(note.kind, note.who) for note in again.notes] == [("shared", ("Maria", "Rosa"))]
    assert set(adults(home)) == {"Maria"}


def test_a_new_zone_with_a_second_child_plans_the_first_child_anew(home: Home) -> None:
    days = Days(home)
    home.enrol("Ana", day_zero=HOME_TODAY)
    home.turn()
    home.enrol("Leo", day_zero=HOME_TODAY, zone=NEW_YORK)
    due = {(row.episode_id, row.due_at) for row in home.rows(t.check_ins, t.check_ins.c.step == "d02-0900")}
    first, second = sorted(at for _episode, at in due)
    assert second - first < timedelta(minutes=20)  # the spread, not the three hours between the zones
    days.until(3, time(8, 0))


def test_the_adults_of_a_child_never_share_a_place(home: Home) -> None:
    home.enrol(day_zero=HOME_TODAY, more=(FATHER,))
    home.enrol(day_zero=HOME_TODAY, phone="+12065550113", name="Gran", record="")
    aunt = CaregiverEntry("Aunt", "aunt", "+12065550114", "en", SEATTLE)
    home.enrol(day_zero=HOME_TODAY, more=(aunt,))
    for episode in home.rows(t.episodes):
        places = [r.position for r in home.rows(t.episode_caregivers, t.episode_caregivers.c.episode_id == episode.id)]
        assert len(places) == len(set(places))


def test_a_child_is_known_by_any_adults_number_and_by_the_record_once_it_has_one(home: Home) -> None:
    first = home.enrol("Ana", day_zero=HOME_TODAY, more=(FATHER,))
    by_father = home.enrol("ana ", phone=TOM, name="Tom", day_zero=HOME_TODAY)
    with_record = home.enrol("Ana", day_zero=HOME_TODAY, record="MRN-7")
    by_record = home.enrol("Anita", phone="+12065550119", name="Gran", day_zero=HOME_TODAY, record="MRN-7")
    assert {one.episode_id for one in (by_father, with_record, by_record)} == {first.episode_id}
    another = home.enrol("Ana", day_zero=HOME_TODAY, record="MRN-8")
    assert another.episode_id != first.episode_id
