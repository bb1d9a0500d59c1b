"""Whatever a person did about a follow-up is taken back within a minute: the family stands as it stood before."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from messages.store import tables as t
from tests.house import MARIA, TOM
from tests.integration.desk import desk, hire
from tests.integration.family_page import HOME_TODAY, FamilyPage
from tests.integration.test_followup_contacts import FATHER, MARIA_AS_SHE_IS, NEW, NEW_YORK, caregiver


def order(ana: FamilyPage) -> list[str]:
    """Who is asked first, second and so on, by relation."""
    rows = ana.home.rows(t.episode_caregivers, t.episode_caregivers.c.episode_id == ana.episode_id)
    return [row.relation for row in sorted(rows, key=lambda row: row.position)]


def undone(ana: FamilyPage, seconds: int = 50) -> None:
    """A while after the act it is taken back, and the page says so."""
    ana.home.pass_time(seconds=seconds)
    ana.home.turn()
    answer = ana.undo()
    assert answer.status_code == 303, ana.text(answer)[:600]
    assert "Nina Person took back" in ana.page()


# The texts begin again


def test_resumed_by_mistake_stands_paused_as_before_and_asks_nothing(ana: FamilyPage) -> None:
    ana.done("pause", why="away", until="2026-03-05")
    before = ana.episode
    ana.home.now = ana.days.local(3, time(8, 30))
    ana.done("resume")
    undone(ana)
    assert ana.episode == before
    ana.days.until(5, time(12))
    assert ana.days.asked() == ["2 10 welcome", "5 09 daily"]


def test_what_a_resume_let_out_meanwhile_is_cancelled_when_it_still_waits(ana: FamilyPage) -> None:
    ana.done("pause", why="away")
    ana.home.now = ana.days.local(3, time(8, 59, 30))
    ana.done("resume")
    ana.home.now = ana.days.local(3, time(9, 0, 20))
    ana.home.turn()
    assert ana.undo().status_code == 303
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome"]


def test_resumed_after_a_death_told_by_mistake_is_stopped_again(ana: FamilyPage) -> None:
    ana.home.text("Ana passed away last night")
    ana.done("resume", mistake="yes")
    undone(ana)
    assert (ana.episode.state, ana.episode.ended_why) == ("paused", "loss")
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome"]


def test_home_again_with_a_new_day_zero_is_taken_back_with_the_day(ana: FamilyPage) -> None:
    ana.done("readmission")
    ana.days.until(4, time(12))
    ana.done("resume", day_zero="2026-03-04")
    undone(ana)
    assert (ana.episode.state, ana.episode.ended_why, ana.episode.day_zero) == ("paused", "readmission", HOME_TODAY)


def test_opened_again_by_mistake_is_ended_as_it_was(ana: FamilyPage) -> None:
    ana.done("end", why="other_care")
    before = ana.episode
    ana.home.pass_time(hours=2)
    ana.done("reopen")
    undone(ana)
    assert ana.episode == before
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome"]


# The plan


def test_a_day_zero_taken_back_brings_the_whole_plan_back(ana: FamilyPage) -> None:
    before = ana.plan()
    ana.done("day-zero", day_zero="2026-03-05")
    assert ana.plan() != before
    undone(ana)
    assert (ana.episode.day_zero, ana.plan()) == (HOME_TODAY, before)


def test_a_check_in_put_back_by_mistake_is_skipped_again(ana: FamilyPage) -> None:
    row = ana.check_in("d02-0900")
    ana.done("skip", check_in=row.id, why="clinic")
    before = ana.plan()
    ana.home.pass_time(minutes=5)
    ana.done("put-back", check_in=row.id)
    undone(ana)
    assert ana.plan() == before


# Who is texted


@pytest.mark.parametrize("changes", [
    {"name": "Mary-Ann"}, {"relation": ""}, {"zone": NEW_YORK}, {"phone": NEW, "checked": "yes"},
    {"name": "M → a; b", "relation": "aunt", "language": "es", "zone": NEW_YORK, "phone": NEW, "checked": "yes"},
])  # fmt: skip
def test_a_correction_taken_back_leaves_everything_as_it_was(ana: FamilyPage, changes: dict[str, str]) -> None:
    maria, plan = caregiver(ana.home, MARIA), ana.plan()
    ana.done("correct", caregiver=maria.id, **{**MARIA_AS_SHE_IS, **changes})
    undone(ana)
    was = caregiver(ana.home, MARIA)
    assert (was.id, was.language, was.zone, ana.plan()) == (maria.id, maria.language, maria.zone, plan)
    page = ana.page()
    assert f"Maria , mother {MARIA}" in page or f"Maria, mother {MARIA}" in page
    ana.days.until(3, time(12))
    assert "3 09 daily" in ana.days.asked(MARIA)


def test_a_stop_noted_by_mistake_lets_leave_what_it_cancelled_and_both_stand_in_the_history(ana: FamilyPage) -> None:
    ana.home.now = ana.days.local(3, time(9, 25))
    ana.home.turn()  # queued, not sent
    ana.done("stop-texts", caregiver=caregiver(ana.home, MARIA).id, how="call", words="no more")
    assert ana.home.send() == []
    undone(ana)
    assert caregiver(ana.home, MARIA).texting
    assert [text.to for text in ana.home.send()] == [MARIA]
    page = ana.page()
    assert "no more" in page
    assert "What was noted before was a mistake, noted by Nina Person" in page


def test_texts_resumed_by_mistake_stop_again(ana: FamilyPage) -> None:
    ana.home.text("STOP")
    ana.home.pass_time(minutes=5)
    ana.done("resume-texts", caregiver=caregiver(ana.home, MARIA).id, how="call", words="yes")
    undone(ana)
    assert not caregiver(ana.home, MARIA).texting
    ana.days.until(4, time(12))
    assert "3 09 daily" not in ana.days.asked()


def test_a_stop_that_the_family_texted_itself_since_is_not_taken_back(ana: FamilyPage) -> None:
    maria = caregiver(ana.home, MARIA)
    ana.done("stop-texts", caregiver=maria.id, how="call", words="no more")
    ana.home.pass_time(seconds=20)
    ana.home.text("START")
    ana.home.text("STOP")
    answer = ana.undo()
    assert answer.status_code == 409
    assert "The family has said something about it since." in ana.text(answer)
    assert not caregiver(ana.home, MARIA).texting


def test_who_is_asked_first_and_who_was_taken_off_are_taken_back(ana: FamilyPage) -> None:
    ana.done("join", **FATHER)
    ana.home.pass_time(minutes=5)
    before = ana.plan()
    father, mother = caregiver(ana.home, TOM).id, caregiver(ana.home, MARIA).id
    for what, of in (("first", father), ("take-off", father), ("take-off", mother)):
        ana.done(what, caregiver=of)
        undone(ana)
        assert (order(ana), ana.plan()) == (["mother", "father"], before), (what, of)
        ana.home.pass_time(minutes=5)
        ana.home.turn(), ana.home.send()
        before = ana.plan()


def test_an_adult_added_by_mistake_is_gone_and_gets_no_text(ana: FamilyPage) -> None:
    before = ana.plan()
    ana.done("join", **FATHER)
    undone(ana)
    assert (order(ana), ana.plan()) == (["mother"], before)
    assert not caregiver(ana.home, TOM).texting
    ana.days.until(3, time(12))
    assert ana.days.asked(TOM) == []


def test_risks_ticked_by_mistake_are_as_before(ana: FamilyPage) -> None:
    ana.done("risks", risk=["asthma", "smoke"])
    undone(ana)
    assert ana.home.rows(t.children)[0].risks == []


# Never


def test_what_was_taken_back_is_not_taken_back_again_and_nothing_of_somebody_elses(ana: FamilyPage) -> None:
    ana.done("risks", risk=["asthma"])
    undone(ana)
    assert "For a minute you can take it back" not in ana.page()
    ana.done("risks", risk=["asthma"])
    hire(ana.home, "otto")
    assert "For a minute you can take it back" not in desk(ana.home, "otto", patient=True).page(ana.path)


def test_the_second_person_on_a_family_is_told_what_changed(ana: FamilyPage) -> None:
    hire(ana.home, "otto")
    otto = desk(ana.home, "otto", patient=True)
    form: dict[str, Any] = {"version": ana.version(otto), "seen_at": ana.home.now.isoformat()}
    ana.home.pass_time(minutes=2)
    ana.done("pause", why="away", note="at the grandmother's")
    ana.home.text("STOP")
    late = otto.post(f"{ana.path}/day-zero", **form, day_zero=date(2026, 3, 1).isoformat())
    assert late.status_code == 409
    told = ana.text(late).split("Something was changed here")[1][:400]
    assert "Nina Person paused the texts: the family is away: at the grandmother's" in told
    assert "Maria: Stopped the texts. By text" in told
