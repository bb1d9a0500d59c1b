"""Replies in: kept before they are read, read once, flagged, answered."""

from __future__ import annotations

import pytest

import bot.inbound
from messages.flags import FlagKind, Level
from messages.store import tables as t
from scheduler.enrol import end_episode
from tests.house import MARIA, NURSE, ON_CALL, TOM, Home


def test_a_danger_is_flagged_answered_and_paged_in_one_commit(home: Home) -> None:
    home.enrol()
    home.text("he can't breathe")
    (flag,) = home.flags()
    assert (flag.level, flag.signs, flag.kind) == (Level.EMERGENCY, ("breathing",), FlagKind.REPLY)
    sent = home.send()
    assert [text.to for text in sent] == [NURSE, MARIA] or [text.to for text in sent] == [MARIA, NURSE]
    assert "911" in home.said()[0]
    assert "https://hearback.test/console/take/" in home.said(NURSE)[0]


def test_a_page_holds_no_private_word(home: Home) -> None:
    home.enrol(child="Anabel", name="Mariela")
    home.text("Anabel's toes are blue and she is crying")
    home.send()
    (page,) = home.said(NURSE)
    for private in ("Anabel", "Mariela", "toes", "blue", "crying", MARIA[-4:]):
        assert private not in page


def test_a_repeated_webhook_changes_nothing(home: Home) -> None:
    home.enrol()
    first = home.text("she threw up four times", sid="SM1")
    before = len(home.rows(t.outbox)), len(home.rows(t.flags)), len(home.rows(t.messages))
    for _ in range(3):
        assert home.text("she threw up four times", sid="SM1") is None
    assert first is not None
    assert (len(home.rows(t.outbox)), len(home.rows(t.flags)), len(home.rows(t.messages))) == before


def test_a_reply_with_nothing_in_it_for_a_person_raises_no_flag(home: Home) -> None:
    home.enrol()
    home.text("no fever, no swelling, slept well, thanks")
    assert home.flags() == []
    home.send()
    assert len(home.said()) == 1


def test_a_text_that_crashes_the_reader_is_kept_and_becomes_a_flag(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.enrol()

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("he can't breathe")

    monkeypatch.setattr(bot.inbound, "read", crash)
    message_id = home.text("he can't breathe")
    (flag,) = home.flags()
    assert (flag.kind, flag.level, flag.message_id) == (FlagKind.UNREAD, Level.REVIEW, message_id)
    assert home.rows(t.undecided) == []
    home.send()
    assert "911" in home.said()[0]


def test_the_log_of_a_crash_holds_no_word_of_the_text(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    home.enrol()

    def crash(text: str, **_: object) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(bot.inbound, "read", crash)
    home.text("my secret words")
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_text_kept_by_a_process_that_died_is_decided_by_the_clock(home: Home) -> None:
    home.enrol()
    from messages.carriers.carrier import Incoming

    incoming = Incoming("SMdied", peer=MARIA, to=home.hospital.sender, body="she fainted", at=home.now)
    bot.inbound.keep_text(home.house, incoming, home.now, channel="sms")
    home.turn()
    assert home.flags() == []
    home.pass_time(seconds=61)
    home.turn()
    assert [flag.level for flag in home.flags()] == [Level.EMERGENCY]


def test_an_unknown_number_is_kept_shown_and_answered_once(home: Home) -> None:
    for n in range(5):
        home.text(f"hello, is this the hospital? {n}", phone=TOM)
    (flag,) = home.flags()
    assert flag.kind is FlagKind.STRANGER
    home.send()
    assert len(home.said(TOM)) == 1
    assert len(home.rows(t.messages, t.messages.c.direction == "in")) == 5


def test_several_texts_of_one_family_are_one_flag_that_can_only_rise(home: Home) -> None:
    home.enrol()
    home.text("she has a fever of 101.5")
    home.pass_time(minutes=5)
    home.text("and now she is gasping for air")
    home.pass_time(minutes=1)
    home.text("can I give her juice?")
    (flag,) = home.flags()
    assert flag.level is Level.EMERGENCY
    assert set(flag.signs) >= {"breathing", "fever"}
    assert len(home.rows(t.flag_messages)) == 3


def test_a_sign_split_over_two_texts_is_read_over_both(home: Home) -> None:
    home.enrol()
    home.text("his toes")
    home.pass_time(seconds=20)
    home.text("are blue")
    assert max(flag.level for flag in home.flags()) is Level.EMERGENCY


def test_stop_is_obeyed_at_once_and_kept(home: Home) -> None:
    home.enrol()
    home.text("STOP")
    (consent,) = home.rows(t.consents, t.consents.c.kind == "stopped")
    assert consent.how == "keyword"
    assert home.house.vault.open("consents.words", consent.id, consent.words) == "STOP"
    home.pass_time(days=1)
    home.turn()
    assert home.send() == []


def test_stop_with_a_sign_is_both(home: Home) -> None:
    home.enrol()
    home.text("stop texting me, he can't breathe")
    assert home.rows(t.consents, t.consents.c.kind == "stopped")
    (flag,) = home.flags()
    assert flag.level is Level.EMERGENCY
    home.send()
    assert home.said(NURSE)


def test_start_brings_the_texts_back(home: Home) -> None:
    home.enrol()
    home.text("STOP")
    home.text("START")
    home.pass_time(hours=24)
    home.turn()
    assert [text.to for text in home.send()].count(MARIA) >= 1


def test_a_photo_is_kept_by_reference_and_reaches_a_person(home: Home) -> None:
    home.enrol()
    home.text("", media=("https://media.test/1",))
    (flag,) = home.flags()
    assert flag.level is Level.REVIEW
    (kept,) = home.rows(t.messages, t.messages.c.direction == "in")
    assert "media.test/1" in (home.house.vault.open("messages.media", kept.id, kept.media))


def test_thanks_after_everything_is_closed_opens_nothing(home: Home) -> None:
    home.enrol()
    home.text("Thank you so much!")
    home.text("Liked “Thank you for the update.”")
    assert home.flags() == []


def test_after_the_follow_up_has_ended_a_sign_still_reaches_a_person(home: Home) -> None:
    enrolled = home.enrol()
    with home.house.database.writing() as connection:
        assert end_episode(connection, enrolled.episode_id, home.hospital.id, "recovered", home.now)
    home.text("fever 101.5 tonight")
    assert [flag.level for flag in home.flags()] == [Level.URGENT]
    home.pass_time(days=1)
    home.turn()
    assert all("any of these" not in text.body for text in home.send())


def test_a_language_nobody_here_reads_is_review_and_answered(home: Home) -> None:
    home.enrol(language="es")
    home.text("Kailan po ang susunod na appointment namin?")
    assert [flag.level for flag in home.flags()] == [Level.REVIEW]
    home.send()
    assert "911" in home.said()[0]


def test_the_second_person_is_told_when_nobody_takes_an_emergency(home: Home) -> None:
    home.enrol()
    home.text("she is turning blue")
    home.send()
    assert len(home.said(NURSE)) == 1
    home.pass_time(minutes=5, seconds=1)
    home.turn()
    home.send()
    assert len(home.said(ON_CALL)) == 1


def test_signs_told_in_two_texts_weigh_together(home: Home) -> None:
    home.enrol()
    home.text("the pain medicine does not touch it, he is screaming")
    home.pass_time(minutes=30)
    home.text("his toes are numb too")
    (flag,) = home.flags()
    assert set(flag.signs) >= {"numbness", "pain"}


def test_a_line_to_call_is_told_though_another_answer_left_just_now(home: Home) -> None:
    home.enrol()
    home.text("he can't breathe")
    home.pass_time(seconds=20)
    home.text("I want to die")
    home.pass_time(seconds=10)
    home.send()
    assert any("988" in said for said in home.said())


def test_answers_to_one_text_leave_in_their_order(home: Home) -> None:
    home.enrol()
    home.text("stop texting me, he can't breathe")
    home.pass_time(seconds=10)
    home.send()
    assert "may be an emergency" in home.said()[0]
