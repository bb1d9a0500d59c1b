"""A coordinator acts on a follow-up: paused, ended, a loss; nothing routine leaves that should not, all of it noted."""

from __future__ import annotations

import re
from datetime import time

import pytest

from messages.outbox import claim
from messages.store import tables as t
from tests.house import MARIA, TOM
from tests.integration.desk import another_hospital, desk, hire
from tests.integration.family_page import HOME_TODAY, FamilyPage

# Pause and resume


def test_a_pause_sends_nothing_until_somebody_resumes_and_nothing_afterwards_of_what_fell_in_between(
    ana: FamilyPage,
) -> None:
    ana.done("pause", why="away", note="at the grandmother's")
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome"]
    ana.done("resume")
    ana.days.until(5, time(12))
    assert ana.days.asked() == ["2 10 welcome", "4 18 toes", "5 09 daily"]
    assert "Nina Person paused the texts: the family is away" in ana.page()
    assert "at the grandmother's" in ana.page()


def test_a_pause_until_a_day_ends_by_itself_in_the_morning_of_the_family(ana: FamilyPage) -> None:
    ana.done("pause", why="away", until="2026-03-04")
    assert "Check-ins begin again on Wed 4 Mar" in ana.page()
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome", "4 09 daily"]
    assert ana.episode.state == "active"


def test_a_clock_that_was_down_at_the_end_of_a_pause_sends_nothing_of_the_pause(ana: FamilyPage) -> None:
    ana.done("pause", why="away", until="2026-03-04")
    ana.days.until(4, time(8, 30), working=False)
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome", "4 09 daily"]
    assert ana.days.states("d01-0900", "d01-1800") == {"d01-0900": "skipped", "d01-1800": "skipped"}


def test_a_check_in_that_waits_in_the_outbox_is_cancelled_by_a_pause_and_counts_as_no_silence(ana: FamilyPage) -> None:
    ana.home.now = ana.days.local(3, time(9, 25))
    ana.home.turn()  # queued, not sent
    ana.done("pause", why="away")
    assert ana.home.send() == []
    assert ana.check_in("d01-0900").state == "stopped"
    assert "1 waiting text was cancelled" in ana.page()
    ana.done("resume")
    ana.days.until(3, time(12))
    assert "3 09 daily" not in ana.days.asked()


def test_a_check_in_that_is_just_leaving_is_said_to_have_left(ana: FamilyPage) -> None:
    ana.home.now = ana.days.local(3, time(9, 25))
    ana.home.turn()
    (taken,) = claim(ana.home.house, ana.home.now, owner="another process")
    ana.done("pause", why="away")
    assert "1 text was just leaving" in ana.page()
    (row,) = ana.home.rows(t.outbox, t.outbox.c.id == taken.outbox_id)
    assert row.state == "sending"


def test_a_welcome_that_the_pause_held_back_is_told_when_texts_resume(ana: FamilyPage) -> None:
    home = ana.home
    leo = FamilyPage(home, ana.desk, ana.days, home.enrol("Leo", phone=TOM, day_zero=HOME_TODAY).episode_id)
    leo.done("pause", why="away")
    home.pass_time(minutes=5)
    home.turn()
    assert leo.check_in("welcome").state == "stopped"
    leo.done("resume")
    home.turn()
    assert [text.to for text in home.send()] == [TOM]


@pytest.mark.parametrize(
    "form", [{"why": "nonsense"}, {"why": "away", "until": "2026-03-02"}, {"why": "away", "until": "soon"}]
)
def test_a_pause_that_makes_no_sense_is_refused_with_what_was_typed(ana: FamilyPage, form: dict[str, str]) -> None:
    answer = ana.press("pause", note="back on Friday", **form)
    assert answer.status_code == 422
    assert "back on Friday" in answer.text
    assert ana.episode.state == "active"


# End


def test_an_ended_family_is_asked_nothing_and_what_it_writes_is_kept_read_flagged_and_answered(ana: FamilyPage) -> None:
    ana.done("end", why="other_care", note="moved to Tacoma")
    ana.days.until(4, time(12))
    assert ana.days.asked() == ["2 10 welcome"]
    ana.home.text("he can't breathe")
    (flag,) = ana.home.flags()
    assert flag.level == "emergency"
    assert "911" in next(text.body for text in ana.home.send() if text.to == MARIA)
    assert "Ended: moved to other care" in ana.page()


def test_an_ended_follow_up_refuses_what_makes_no_sense_any_more(ana: FamilyPage) -> None:
    row = ana.check_in("d03-0900")
    ana.done("end", why="finished")
    before = ana.home.rows(t.check_ins), ana.home.rows(t.episode_acts)
    for what, form in {
        "pause": {"why": "away"}, "resume": {}, "end": {"why": "finished"}, "readmission": {},
        "skip": {"check_in": row.id, "why": "clinic"}, "move": {"check_in": row.id, "at": "11:00"},
        "add": {"day": "2026-03-05", "at": "11:00", "question": "daily"}, "day-zero": {"day_zero": "2026-03-01"},
        "join": {"name": "Tom"}, "first": {}, "take-off": {},
    }.items():  # fmt: skip
        assert ana.press(what, **form).status_code == 409, what
    assert (ana.home.rows(t.check_ins), ana.home.rows(t.episode_acts)) == before


def test_an_end_by_mistake_is_opened_again_paused_and_goes_on_when_resumed(ana: FamilyPage) -> None:
    ana.done("end", why="wrong_enrolment")
    ana.home.pass_time(hours=2)
    ana.done("reopen")
    assert ana.episode.state == "paused"
    ana.done("resume")
    ana.days.until(3, time(12))
    assert ana.days.asked() == ["2 10 welcome", "3 09 daily"]


# Undo


@pytest.mark.parametrize(("what", "form"), [
    ("pause", {"why": "away"}), ("end", {"why": "finished"}), ("readmission", {}), ("loss", {}),
])  # fmt: skip
def test_what_was_stopped_by_mistake_leaves_after_an_undo_within_a_minute(
    ana: FamilyPage, what: str, form: dict[str, str]
) -> None:
    ana.home.now = ana.days.local(3, time(9, 25))
    ana.home.turn()
    ana.done(what, **form)
    ana.home.pass_time(seconds=50)
    ana.home.turn()
    assert ana.undo().status_code == 303
    assert ana.episode.state == "active"
    ana.days.until(4, time(12))
    assert ana.days.asked()[1:] == ["3 09 daily", "3 18 toes", "4 09 daily"]
    assert "took back" in ana.page()


def test_after_a_minute_or_by_somebody_else_nothing_is_undone(ana: FamilyPage) -> None:
    ana.done("pause", why="away")
    found = re.search(r'name="act" value="(\w+)"', ana.desk.page(ana.path))
    assert found is not None
    hire(ana.home, "otto")
    otto = desk(ana.home, "otto", patient=True)
    assert "For a minute you can take it back" not in otto.page(ana.path)
    refused = otto.post(f"{ana.path}/undo", act=found[1], version=ana.version(otto))
    assert refused.status_code == 409
    ana.home.pass_time(seconds=61)
    assert ana.press("undo", act=found[1]).status_code == 409
    assert ana.episode.state == "paused"


# Once, by those who may, on what they saw


def test_two_people_at_once_and_a_double_click_do_it_once(ana: FamilyPage) -> None:
    hire(ana.home, "otto")
    otto = desk(ana.home, "otto", patient=True)
    version = ana.version(otto)
    ana.done("pause", why="away")
    late = otto.post(f"{ana.path}/end", version=version, why="finished", note="they moved")
    assert late.status_code == 409
    assert "they moved" in late.text
    assert (ana.episode.state, len(ana.home.rows(t.episode_acts))) == ("paused", 1)


def test_a_stop_by_the_family_meanwhile_makes_the_page_old(ana: FamilyPage) -> None:
    version = ana.version()
    ana.home.text("STOP")
    assert ana.press("pause", why="away", version=version).status_code == 409


def test_every_act_is_in_the_audit_and_a_stranger_can_do_none(ana: FamilyPage) -> None:
    hire(ana.home, "eve", hospital=another_hospital(ana.home))
    eve, version = desk(ana.home, "eve", patient=True), ana.version()
    for what in ("pause", "resume", "end", "loss", "readmission", "skip", "add", "join", "correct", "undo"):
        assert eve.post(f"{ana.path}/{what}", version=version, why="away").status_code == 404
    assert ana.home.rows(t.episode_acts) == []
    ana.done("readmission")
    assert ("readmission", "episode", ana.episode_id) in [
        (row.action, row.subject, row.subject_id) for row in ana.home.rows(t.audit)
    ]
