"""A flag climbs until a named person has it and does something; the family is told the truth meanwhile."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time

import pytest

from messages.flags import FlagState, Level
from messages.ids import new_id
from messages.people import Hours, Role, Staff
from messages.store import tables as t
from messages.store.configured import save_hospital
from messages.store.pages import ALARM
from messages.store.people import add_staff
from tests.house import NURSE, ON_CALL, Home
from tests.integration.desk import breathing, desk, hire, text_of
from tests.integration.flagpage import person

MANAGER = "+12065550192"
FEVER = "she has a fever of 39.5"


def with_phone(home: Home, login: str, phone: str, role: Role = Role.COORDINATOR, *, waits: bool = False) -> Staff:
    one = Staff(new_id(), home.hospital.id, login.capitalize(), phone, login=login, role=role, waits=waits)
    with home.house.database.writing() as connection:
        add_staff(connection, home.house.vault, one, password_hash=None, now=home.now)
    return one


def wait(home: Home, **span: float) -> None:
    home.pass_time(**span)
    home.turn()
    home.send()


def paged(home: Home) -> list[str]:
    return [text.to for text in home.carrier.sent if "Reply 1 to take it" in text.body]


def reply(home: Home, words: str, phone: str = NURSE) -> str:
    """What a staff phone is answered."""
    home.text(words, phone)
    home.send()
    return home.said(phone)[-1]


@pytest.fixture
def flag_id(home: Home) -> str:
    found = breathing(home)
    home.send()
    return found


def test_a_reply_to_the_page_takes_the_flag_and_the_others_hear_who_has_it(home: Home, flag_id: str) -> None:
    wait(home, minutes=5)
    assert paged(home) == [NURSE, ON_CALL]
    assert "You have the emergency" in reply(home, "1", ON_CALL)
    (flag,) = home.flags()
    assert (flag.state, flag.taken_by) == (FlagState.TAKEN, person(home, "omar"))
    assert home.said(NURSE)[-1] == "Hearback: Omar has the emergency. Nothing to do for you."
    assert [row.action for row in home.rows(t.audit, t.audit.c.subject == "flag")] == ["take"]
    wait(home, minutes=4)
    assert paged(home) == [NURSE, ON_CALL], "nobody is paged for a taken flag within its target"
    assert "Omar has the emergency already" in reply(home, "take it", NURSE)
    assert home.flags()[0].taken_by == person(home, "omar")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("who is this", "Reply 1 to take the newest flag"),
        ("👍", "Reply 1 to take the newest flag"),
        ("Liked “Hearback, Harbor Hospital: EMERGENCY. Reply 1 to take it”", "Reply 1 to take the newest flag"),
        ("2", "Others are told"),
    ],
)
def test_other_replies_take_nothing_and_say_so(home: Home, flag_id: str, words: str, answer: str) -> None:
    assert answer in reply(home, words)
    assert home.flags()[0].state is FlagState.OPEN
    wait(home, seconds=1)
    assert paged(home) == ([NURSE, ON_CALL] if words == "2" else [NURSE]), "who cannot holds nobody up"


def test_a_reply_to_a_closed_flag_or_without_a_page_says_that_nothing_was_taken(home: Home) -> None:
    assert "Nothing was taken" in reply(home, "1")
    flag_id = breathing(home)
    home.send()
    hire(home, "nina")
    nina = desk(home, "nina")
    nina.act(flag_id, "take")
    nina.act(flag_id, "close", outcome="advice", read_rightly="yes")
    assert "That flag is closed. Nothing was taken." in reply(home, "1")
    assert home.flags() == []


def test_a_page_answered_from_a_strangers_number_is_kept_and_takes_nothing(home: Home, flag_id: str) -> None:
    assert "We do not know your number" in reply(home, "1", "+12065550777")
    emergency, stranger = home.flags()
    assert (emergency.state, stranger.kind.value) == (FlagState.OPEN, "stranger")


def test_a_nurse_whose_own_child_is_followed_answers_what_came_last(home: Home) -> None:
    home.enrol("Leo", phone=NURSE, name="Nora")
    flag_id = breathing(home)
    home.send()
    reply(home, "1")
    assert home.flags()[0].taken_by == person(home, "nora")
    home.text("he has a fever of 39.5", NURSE)
    assert {flag.id for flag in home.flags()} > {flag_id}, "and what is no answer to a page is about the child"


def test_taken_and_nothing_done_within_the_target_it_climbs_again_until_something_is_done(
    home: Home, flag_id: str
) -> None:
    hire(home, "nina")
    nina = desk(home, "nina")
    nina.act(flag_id, "take")
    wait(home, minutes=4, seconds=59)
    assert paged(home) == [NURSE]
    wait(home, seconds=1)
    assert paged(home) == [NURSE, NURSE]
    assert "Nina Person took it and nothing was done since. Reply 1 to take it over" in home.said(NURSE)[-1]
    assert home.flags()[0].taken_by == person(home, "nina"), "she still has it"
    seen = text_of(nina.page(f"/console/flags/{flag_id}"))
    assert "Nina Person has it and nothing was done in time. If it stays so, Omar is told by 10:10 am." in seen
    nina.act(flag_id, "call", note="mother is on her way")
    wait(home, minutes=30)
    assert paged(home) == [NURSE, NURSE]


def test_a_flag_handed_over_and_left_climbs_too_and_is_taken_over_by_a_reply(home: Home, flag_id: str) -> None:
    hire(home, "nina")
    hire(home, "otto")
    nina = desk(home, "nina")
    nina.act(flag_id, "take")
    home.send()
    nina.act(flag_id, "hand", to_id=person(home, "otto"))
    wait(home, minutes=5)
    assert "Otto Person took it and nothing was done" in home.said(NURSE)[-1]
    assert "You have the emergency" in reply(home, "1")
    assert home.flags()[0].taken_by == person(home, "nora")
    assert [row.kind for row in home.rows(t.acts)] == ["took", "handed", "handed"]


def test_a_new_text_that_raises_a_taken_flag_is_told_from_the_first_rung(home: Home) -> None:
    home.enrol()
    home.text(FEVER)
    home.send()
    reply(home, "1")
    home.text("now he can't breathe")
    home.send()
    (flag,) = home.flags()
    assert (flag.level, flag.state, flag.rung) == (Level.EMERGENCY, FlagState.OPEN, 1)
    assert paged(home) == [NURSE, NURSE]


def test_the_family_hears_once_when_the_promised_call_does_not_come(home: Home) -> None:
    home.enrol()
    home.text(FEVER)
    home.send()
    assert "will call you by 11 am" in home.said()[-1]
    reply(home, "1")  # having it is not calling
    wait(home, minutes=59)
    before = len(home.said())
    wait(home, minutes=1)
    assert home.said()[before:] == [
        "We are sorry. Nobody has called you yet. Please call 206-555-0150 now. If your child gets worse, call 911 now."
    ]
    wait(home, minutes=45)
    assert len(home.said()) == before + 1
    hire(home, "nina")
    seen = text_of(desk(home, "nina").page(f"/console/flags/{home.flags()[0].id}"))
    assert "Maria was told that we are late, and whom to call: sent" in seen


@pytest.mark.parametrize("what", ["call", "text", "close"])
def test_a_promise_that_was_kept_is_not_told_to_have_slipped(home: Home, what: str) -> None:
    home.enrol()
    home.text(FEVER)
    home.send()
    hire(home, "nina")
    nina = desk(home, "nina")
    nina.act(home.flags()[0].id, what, note="ok", body="We call you now.", outcome="advice", anyway="yes")
    home.send()
    wait(home, hours=2)
    assert not any("We are sorry" in body for body in home.said())


def test_a_slip_in_spanish_is_told_in_spanish(home: Home) -> None:
    home.enrol(language="es")
    home.text("tiene fiebre de 39.5")
    wait(home, minutes=61)
    assert any(body.startswith("Disculpe la demora. Nadie le ha llamado.") for body in home.said())


def test_a_review_that_slips_wakes_nobody_at_night(home: Home) -> None:
    hospital = replace(home.hospital, staffed_from=time(8), staffed_to=time(23), quiet=Hours(time(21), time(8)))
    with home.house.database.writing() as connection:
        save_hospital(connection, hospital, home.now)
    home.enrol()
    home.text("the other thing happened again")
    home.send()
    before = len(home.said())
    home.now = datetime.fromisoformat("2026-03-02T23:01:00-08:00")
    wait(home)
    assert len(home.said()) == before
    home.now = datetime.fromisoformat("2026-03-03T08:01:00-08:00")
    wait(home)
    assert [body for body in home.said()[before:] if "We are late to read your text" in body]


def test_when_every_rung_has_failed_the_family_is_told_to_go_now_and_the_managers_are_alarmed(
    home: Home, flag_id: str
) -> None:
    with_phone(home, "mia", MANAGER, Role.MANAGER)
    with_phone(home, "ivan", "+12065550193", waits=True)
    for _ in range(3):
        wait(home, minutes=5)
    home.turn()
    home.send()
    assert home.said()[-1] == (
        "We could not reach our care team. Do not wait for us. Our phone is 206-555-0150. "
        "Go to the nearest emergency room now or call 911."
    )
    assert "NOBODY took it, and everyone was told." in home.said(MANAGER)[-1]
    assert paged(home) == [NURSE, ON_CALL, NURSE, ON_CALL, NURSE, ON_CALL, MANAGER], "not who never came in"
    assert len(home.rows(t.pages, t.pages.c.rung == ALARM)) == 1
    for _ in range(4):
        wait(home, minutes=5)
    assert sum("We could not reach" in body for body in home.said()) == 1
    hire(home, "nina")
    seen = text_of(desk(home, "nina").page(f"/console/flags/{flag_id}"))
    assert "Nobody took it. The managers were alarmed:" in seen
    assert "Maria was told that we reached nobody, and to call now: sent" in seen
    assert re.search(r"If nobody takes it by 10:40 am, Nora and Omar are told again", seen), seen[-900:]


@pytest.mark.parametrize("why", ["loss", "stopped"])
def test_a_family_in_mourning_hears_none_of_it_and_one_that_stopped_is_not_texted(home: Home, why: str) -> None:
    home.enrol()
    if why == "loss":
        home.text("my daughter passed away last night")
    else:
        home.text(FEVER)
        home.text("STOP")
    home.send()
    before = len(home.said())
    for _ in range(6):
        wait(home, minutes=30)
    assert len(home.said()) == before
    told = home.rows(t.amends)
    assert ({row.why for row in told}) == (set() if why == "loss" else {"they stopped the texts"})


def test_what_waits_in_an_outage_is_not_told_once_a_person_was_quicker(home: Home, flag_id: str) -> None:
    for _ in range(3):
        home.pass_time(minutes=5)
        home.turn()
    home.turn()  # nothing leaves: the carrier is away
    (told,) = home.rows(t.amends)
    hire(home, "nina")
    desk(home, "nina").act(flag_id, "take")
    home.send()
    assert not any("We could not reach" in body for body in home.said())
    assert home.rows(t.outbox, t.outbox.c.message_id == told.message_id)[0].state == "cancelled"
