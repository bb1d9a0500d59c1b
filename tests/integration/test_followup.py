"""A coordinator acts on a follow-up: paused, ended, a loss; nothing routine leaves that should not, all of it noted."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest

from bot.inbound import decide_text, keep_text
from messages.carriers.carrier import Incoming
from messages.conversation import Purpose
from messages.errors import EnrolmentError
from messages.outbox import claim
from messages.store import tables as t
from messages.store.conversation import Draft, write_out
from tests.house import MARIA, TOM, Home
from tests.integration.days import FINE, Days
from tests.integration.desk import another_hospital, desk, hire
from tests.integration.family_page import HOME_TODAY, FamilyPage


@pytest.fixture
def ana(home: Home) -> FamilyPage:
    hire(home, "nina")
    family = FamilyPage(home, desk(home, "nina"), Days(home, replies=FINE))
    family.episode_id = home.enrol(day_zero=HOME_TODAY).episode_id
    family.days.until(2, time(12))
    return family


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


# A loss, a readmission


def test_a_loss_stops_every_text_at_once_and_for_good(ana: FamilyPage) -> None:
    home = ana.home
    home.now = ana.days.local(3, time(9, 25))
    home.turn()
    ana.done("loss", note="told by the father")
    assert home.send() == []
    ana.days.until_instant(home.now + timedelta(days=70))
    assert ana.days.asked() == ["2 10 welcome"]
    assert "No check-in, reminder or goodbye leaves any more" in ana.page()
    for words in ("thank you", "START", "all good no fever"):
        home.text(words)
    assert [text for text in home.send() if text.to == MARIA] == []
    with pytest.raises(EnrolmentError, match="ended with a loss"):
        home.enrol(day_zero=HOME_TODAY + timedelta(days=70))


def test_a_loss_closes_no_flag_and_later_texts_are_still_seen_by_a_person(ana: FamilyPage) -> None:
    ana.home.text("he can't breathe")
    (before,) = ana.home.flags()
    ana.home.send()
    ana.done("loss")
    (flag,) = ana.home.flags()
    assert (flag.id, flag.state) == (before.id, before.state)
    ana.home.pass_time(hours=3)
    ana.home.text("who can we talk to about his things?")
    assert "A person will read this" in next(text.body for text in ana.home.send() if text.to == MARIA)
    assert "who can we talk to" in ana.page()
    assert len(ana.home.flags()) == 2


def test_a_loss_leaves_it_to_the_person_what_becomes_of_a_brothers_texts(ana: FamilyPage) -> None:
    home = ana.home
    leo = FamilyPage(home, ana.desk, ana.days, home.enrol("Leo", day_zero=HOME_TODAY).episode_id)
    assert "Leo" in ana.page()
    ana.done("loss")
    ana.days.until(3, time(12))
    (asked,) = [one for one in ana.days.heard if one.topic == "daily"]
    assert "for Leo" in asked.body  # the only child that is texted about, and named all the same
    assert leo.episode.state == "active"


def test_with_a_loss_a_brothers_texts_can_pause_in_the_same_act_and_undo_takes_back_both(ana: FamilyPage) -> None:
    home = ana.home
    leo = FamilyPage(home, ana.desk, ana.days, home.enrol("Leo", day_zero=HOME_TODAY).episode_id)
    stranger = home.enrol("Ben", phone=TOM, day_zero=HOME_TODAY).episode_id
    ana.done("loss", also=[leo.episode_id, stranger])
    assert (leo.episode.state, leo.episode.ended_why) == ("paused", "loss_in_family")
    assert home.rows(t.episodes, t.episodes.c.id == stranger)[0].state == "active"
    assert "the family lost a child" in leo.page()
    assert ana.undo().status_code == 303
    assert (ana.episode.state, leo.episode.state) == ("active", "active")
    home.turn()
    home.send()
    ana.days.replies = ""
    ana.days.until(3, time(11))
    assert ana.days.asked(day=3) == ["09 daily", "09 daily"]


def test_a_death_told_by_the_family_during_a_pause_outlasts_the_pause(ana: FamilyPage) -> None:
    ana.done("pause", why="away", until="2026-03-04")
    ana.home.text("Ana passed away last night")
    ana.days.until(6, time(12))
    assert ana.days.asked() == ["2 10 welcome"]
    assert (ana.episode.state, ana.episode.ended_why) == ("paused", "loss")
    assert "The family's words tell of a death" in ana.page()
    assert ana.press("resume").status_code == 422
    ana.done("loss")
    assert (ana.episode.state, ana.episode.ended_why) == ("ended", "loss")


def test_a_text_written_for_later_does_not_leave_after_a_loss(ana: FamilyPage) -> None:
    later = ana.home.now + timedelta(hours=3)
    (maria,) = ana.home.rows(t.caregivers)
    with ana.home.house.database.writing() as connection:
        write_out(
            connection, ana.home.house.vault, Draft("So glad!", Purpose.STAFF, "staff", not_before=later),
            hospital_id=ana.home.hospital.id, peer=MARIA, now=ana.home.now, caregiver_id=maria.id,
            episode_ids=[ana.episode_id],
        )
    ana.done("loss")
    ana.home.pass_time(hours=4)
    assert ana.home.send() == []


def test_a_child_back_in_hospital_is_asked_nothing_until_home_again_with_a_new_day_zero(ana: FamilyPage) -> None:
    ana.days.until(4, time(12))
    ana.done("readmission")
    assert "Paused: the child is back in hospital" in ana.page()
    ana.days.until(8, time(12))
    before = len(ana.days.asked())
    ana.done("resume", day_zero="2026-03-08")
    ana.days.until(9, time(20))
    assert ana.days.asked()[before:] == ["9 09 daily", "9 18 toes"]
    assert ana.episode.day_zero == date(2026, 3, 8)
    assert "day 1:" in [one.body for one in ana.days.heard if one.topic == "daily"][-1]


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
    otto = desk(ana.home, "otto")
    assert "For a minute you can take it back" not in otto.page(ana.path)
    refused = otto.post(f"{ana.path}/undo", act=found[1], version=ana.version(otto))
    assert refused.status_code == 409
    ana.home.pass_time(seconds=61)
    assert ana.press("undo", act=found[1]).status_code == 409
    assert ana.episode.state == "paused"


# Once, by those who may, on what they saw


def test_two_people_at_once_and_a_double_click_do_it_once(ana: FamilyPage) -> None:
    hire(ana.home, "otto")
    otto = desk(ana.home, "otto")
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
    eve, version = desk(ana.home, "eve"), ana.version()
    for what in ("pause", "resume", "end", "loss", "readmission", "skip", "add", "join", "correct", "undo"):
        assert eve.post(f"{ana.path}/{what}", version=version, why="away").status_code == 404
    assert ana.home.rows(t.episode_acts) == []
    ana.done("readmission")
    assert ("readmission", "episode", ana.episode_id) in [
        (row.action, row.subject, row.subject_id) for row in ana.home.rows(t.audit)
    ]


def test_a_text_kept_before_a_loss_and_decided_after_it_is_answered_as_after_it(ana: FamilyPage) -> None:
    incoming = Incoming("SMlate", peer=MARIA, to=ana.home.hospital.sender, body="no fever, slept well", at=ana.home.now)
    message_id = keep_text(ana.home.house, incoming, ana.home.now, channel="sms")
    assert message_id
    ana.done("loss")
    decide_text(ana.home.house, message_id, ana.home.now)
    assert [text for text in ana.home.send() if text.to == MARIA] == []
    assert len(ana.home.flags()) == 1
