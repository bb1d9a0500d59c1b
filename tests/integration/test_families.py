"""Replies of families as they are: several children on one phone, several adults for one child, serious days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from messages.flags import FlagKind, Level
from messages.ids import new_id
from messages.store import tables as t
from messages.store.people import add_hospital
from scheduler.enrol import CaregiverEntry
from tests.house import TOM, Home


def test_two_children_on_one_phone_are_told_apart_by_a_question(home: Home) -> None:
    ana, leo = home.enrol("Ana"), home.enrol("Leo")
    message_id = home.text("she feels a bit warm I think")
    (flag,) = home.flags()
    assert flag.episode_id is None
    home.pass_time(seconds=10)
    home.send()
    assert any("Ana" in said and "Leo" in said for said in home.said())
    home.pass_time(minutes=1)
    home.text("Leo")
    assert {flag.episode_id for flag in home.flags()} == {leo.episode_id}
    about = home.rows(t.about, t.about.c.message_id == message_id)
    assert [row.episode_id for row in about] == [leo.episode_id]
    assert ana.episode_id != leo.episode_id


def test_a_child_named_in_the_text_needs_no_question(home: Home) -> None:
    ana = home.enrol("Ana")
    home.enrol("Leo")
    home.text("Ana's foot is numb")
    assert [flag.episode_id for flag in home.flags()] == [ana.episode_id]


def test_either_caregiver_may_answer_for_the_child(home: Home) -> None:
    second = CaregiverEntry("Tom", "father", TOM, "en", home.hospital.zone)
    enrolled = home.enrol(more=(second,))
    home.text("her incision is leaking pus", phone=TOM)
    (flag,) = home.flags()
    assert flag.episode_id == enrolled.episode_id


def test_an_urgent_day_is_followed_by_daily_texts(home: Home) -> None:
    enrolled = home.enrol(day_zero=date(2026, 2, 20))  # day 10: every other day by now
    before = {row.day for row in home.rows(t.check_ins, t.check_ins.c.episode_id == enrolled.episode_id)}
    home.text("she has a fever of 39.2")
    after = {row.day for row in home.rows(t.check_ins, t.check_ins.c.episode_id == enrolled.episode_id)}
    assert {11, 12, 13} <= after
    assert not {11, 13} & before


def test_a_promise_made_to_the_family_is_written_down(home: Home) -> None:
    home.enrol()
    home.text("his incision smells bad")
    (promise,) = home.rows(t.promises)
    assert promise.due_at - home.now <= timedelta(hours=1)


def test_after_a_death_nothing_routine_leaves_for_either_caregiver(home: Home) -> None:
    second = CaregiverEntry("Tom", "father", TOM, "en", home.hospital.zone)
    home.enrol(more=(second,))
    home.text("our daughter died last night")
    assert home.flags()
    home.pass_time(days=1)
    home.turn()
    assert [text for text in home.send() if text.to == TOM] == []


def test_after_an_emergency_the_name_of_the_child_finds_its_flag(home: Home) -> None:
    home.enrol("Leo")
    max_ = home.enrol("Max")
    home.text("his toes are cold and blue")
    home.pass_time(seconds=30)
    home.text("Max")
    assert [(flag.level, flag.episode_id) for flag in home.flags()] == [(Level.EMERGENCY, max_.episode_id)]


def test_a_family_of_one_hospital_is_a_stranger_to_another(home: Home) -> None:
    home.enrol()
    other = replace(home.hospital, id=new_id(), slug="other", name="Other", sender="+12065550199")
    with home.house.database.writing() as connection:
        add_hospital(connection, other, home.now)
    replace(home, hospital=other).text("he can't breathe")
    assert home.flags() == []
    assert [flag.kind for flag in replace(home, hospital=other).flags()] == [FlagKind.STRANGER]


def test_when_one_adult_stops_the_other_is_asked_and_their_silence_counts(home: Home) -> None:
    second = CaregiverEntry("Tom", "father", TOM, "en", home.hospital.zone)
    home.enrol(more=(second,))
    home.turn()
    home.send()
    home.text("STOP")
    home.pass_time(hours=23, minutes=40)  # 9:40 of the next day, after every family's minute
    home.turn()
    asked = [text for text in home.send() if "any of these" in text.body]
    assert [text.to for text in asked] == [TOM]
    for _ in range(12):
        home.pass_time(hours=1)
        home.turn()
        home.send()
    assert FlagKind.SILENCE in {flag.kind for flag in home.flags()}
    assert all("any of these" not in body for body in home.said())
