"""The child died, or is back in hospital: every routine text stops at once, and after a loss for good."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from bot.inbound import decide_text, keep_text
from messages.carriers.carrier import Incoming
from messages.conversation import Purpose
from messages.errors import EnrolmentError
from messages.store import tables as t
from messages.store.conversation import Draft, write_out
from tests.house import MARIA, TOM
from tests.integration.family_page import HOME_TODAY, FamilyPage


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


def test_a_text_kept_before_a_loss_and_decided_after_it_is_answered_as_after_it(ana: FamilyPage) -> None:
    incoming = Incoming("SMlate", peer=MARIA, to=ana.home.hospital.sender, body="no fever, slept well", at=ana.home.now)
    message_id = keep_text(ana.home.house, incoming, ana.home.now, channel="sms")
    assert message_id
    ana.done("loss")
    decide_text(ana.home.house, message_id, ana.home.now)
    assert [text for text in ana.home.send() if text.to == MARIA] == []
    assert len(ana.home.flags()) == 1
