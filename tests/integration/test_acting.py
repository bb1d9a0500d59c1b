"""Acting on a flag: handed over, texted now or later, with the next right act in plain words."""

from __future__ import annotations

import re

import pytest

from messages.carriers.carrier import Unsure
from messages.flags import FlagKind, FlagState
from messages.settle import settle_unsure
from messages.store import tables as t
from tests.house import MARIA, NURSE, TOM, Home
from tests.integration.desk import Desk, another_hospital, breathing, desk, hire, text_of
from tests.integration.flagpage import act_ids, page_of, person


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina", patient=True)


# Handing over


def test_a_flag_handed_over_is_with_the_named_person_who_is_told_without_private_words(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.send()
    nora = person(home, "nora")
    assert nina.act(flag_id, "hand", to_id=nora, note="the mother waits for a call").status_code == 303
    (flag,) = home.flags()
    assert (flag.state, flag.taken_by) == (FlagState.TAKEN, nora)
    assert flag.next_page_at == home.now + home.hospital.targets.emergency, "then it climbs again"
    (page,) = home.send()
    assert page.to == NURSE
    assert f"/console/flags/{flag_id}" in page.body
    for private in ("Ana", "Maria", "breath", "Nina", "mother"):
        assert private not in page.body
    seen = text_of(page_of(nina, flag_id))
    assert "Nina Person handed it to Nora" in seen
    assert "the mother waits for a call" in seen


def test_whom_a_flag_can_be_handed_to_says_before_who_is_off_duty_or_has_no_phone(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    page = page_of(nina, flag_id)
    on, off = page.split('label="On duty now"')[1].split('label="Off duty')
    assert ">Nora</option>" in on
    assert "Otto Person (no page reaches them: sees it only here)" in off
    assert "Nina Person" not in on + off.split("</select>")[0]
    home.pass_time(hours=12)  # Nora's shift is over
    assert ">Nora</option>" in page_of(nina, flag_id).split('label="Off duty')[1]


def test_a_flag_is_handed_to_people_of_this_hospital_who_may_act_and_to_nobody_else(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    stranger = hire(home, "eve", hospital=another_hospital(home))
    auditor = hire(home, "ada")
    with home.house.database.writing() as connection:
        connection.execute(t.staff.update().where(t.staff.c.id == auditor.id).values(role="auditor"))
    for to in (stranger.id, auditor.id, "nobody", "", person(home, "nina")):
        answer = nina.act(flag_id, "hand", to_id=to, note="kept words")
        assert answer.status_code == 422
        assert "kept words" in answer.text
    assert home.rows(t.acts) == []


def test_a_flag_that_somebody_else_has_is_taken_over_before_it_is_handed_on(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    desk(home, "otto", patient=True).act(flag_id, "take")
    assert nina.act(flag_id, "hand", to_id=person(home, "nora")).status_code == 409
    assert home.flags()[0].taken_by == person(home, "otto")


# Texts: ready phrases, later


def test_ready_phrases_stand_in_the_caregivers_language_and_a_click_fills_the_box_and_sends_nothing(
    home: Home, nina: Desk
) -> None:
    home.enrol(language="es")
    home.text("no puede respirar")
    home.send()
    (flag,) = home.flags()
    page = page_of(nina, flag.id)
    assert "Soy Nina, del equipo. Le llamo ahora." in page
    assert "from the care team" not in page
    answer = nina.post(f"/console/flags/{flag.id}/fill", phrase="Le llamo ahora.", note="half a note")
    assert re.search(r'<textarea id="body"[^>]*>Le llamo ahora.</textarea>', answer.text)
    assert home.send() == []
    assert home.rows(t.acts) == []


def test_a_text_for_later_waits_in_the_conversation_and_leaves_then(home: Home, nina: Desk) -> None:
    home.enrol(zone="America/New_York")
    home.text("he can't breathe")
    (flag,) = home.flags()
    home.send()
    assert nina.act(flag.id, "text", body="How was the night?", leaves="2026-03-03T09:30").status_code == 303
    assert home.send() == []
    seen = text_of(page_of(nina, flag.id))
    assert "Leaves tomorrow, 9:30 am on their clock: How was the night?" in seen
    assert "texted the family: waiting to leave" in seen
    home.pass_time(hours=20, minutes=30)
    assert [(text.to, text.body) for text in home.send()] == [(MARIA, "How was the night?")]
    assert "texted the family: sent" in text_of(page_of(nina, flag.id))


@pytest.mark.parametrize("leaves", ["2026-03-02T09:59", "2027-03-02T09:59", "nonsense"])
def test_a_text_for_a_time_that_cannot_be_is_asked_back_with_all_that_was_typed(
    home: Home, nina: Desk, leaves: str
) -> None:
    flag_id = breathing(home)
    answer = nina.act(flag_id, "text", body="How was the night?", leaves=leaves)
    assert answer.status_code == 422
    assert "How was the night?" in answer.text
    assert f'value="{leaves}"' in answer.text
    assert home.rows(t.acts) == []


def test_a_text_that_waits_can_be_cancelled_by_anybody_even_when_the_flag_is_closed(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.send()
    nina.act(flag_id, "text", body="How was the night?", leaves="2026-03-03T09:30")
    nina.act(flag_id, "close", outcome="advice")
    (waiting,) = act_ids(home, "texted")
    hire(home, "otto")
    otto = desk(home, "otto", patient=True)
    home.pass_time(hours=2)
    assert f'id="cancel-{waiting}"' in page_of(otto, flag_id)
    assert otto.act(flag_id, "undo", act=waiting).status_code == 303
    assert home.rows(t.outbox, t.outbox.c.message_id == waiting)[0].state == "cancelled"
    home.pass_time(days=2)
    assert home.send() == []
    assert "taken back by Otto Person" in text_of(page_of(nina, flag_id))


def test_a_text_that_left_cannot_be_taken_back_and_that_is_said(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    nina.act(flag_id, "text", body="I call you now")
    home.send()
    (sent,) = act_ids(home, "texted")
    answer = nina.act(flag_id, "undo", act=sent)
    assert answer.status_code == 409
    assert "This text has left already." in text_of(answer.text)
    assert act_ids(home, "undid") == []


# The next right act


def test_a_stranger_is_asked_who_they_are(home: Home, nina: Desk) -> None:
    home.text("is this the hospital?", phone=TOM)
    page = text_of(page_of(nina, home.flags()[0].id))
    assert "Ask who this is: text back, or call." in page
    assert "Text this number" in page


def test_a_flag_about_one_of_two_siblings_asks_which_and_keeps_the_answer(home: Home, nina: Desk) -> None:
    home.enrol("Ana")
    leo = home.enrol("Leo").episode_id
    home.text("he can't breathe")
    (flag,) = home.flags()
    assert flag.episode_id is None
    page = page_of(nina, flag.id)
    assert "It may be about Ana or Leo" in text_of(page)
    assert f"tel:{MARIA}" in page
    assert nina.act(flag.id, "about", episode_id="0" * 32).status_code == 422
    assert nina.act(flag.id, "about", episode_id=leo).status_code == 303
    assert home.flags()[0].episode_id == leo
    assert "<h1>Leo</h1>" in page_of(nina, flag.id)
    assert {row.episode_id for row in home.rows(t.about, t.about.c.message_id == flag.message_id)} == {leo}
    (kept,) = home.rows(t.episode_acts)
    assert (kept.kind, kept.episode_id) == ("about", leo)


def test_a_failed_send_says_what_to_do_and_when_it_arrived_after_all(home: Home, nina: Desk) -> None:
    home.enrol()
    home.send()
    home.text("she has a fever of 102")
    home.carrier.answers = [Unsure("no answer")] * 2
    home.send()
    home.pass_time(minutes=15)
    settle_unsure(home.house, home.now)
    (flag,) = [flag for flag in home.flags() if flag.kind is FlagKind.SENDING and flag.caregiver_id]
    page = text_of(page_of(nina, flag.id))
    assert page.count("Call and ask whether it came.") == 1
    assert "The text was:" in page
    (row,) = home.rows(t.flags, t.flags.c.id == flag.id)
    for state, words in (
        ("delivered", "It arrived after all. You can close this."),
        ("undelivered", "Call the family, and check the number with them."),
    ):
        with home.house.database.writing() as connection:
            connection.execute(t.outbox.update().where(t.outbox.c.id == row.outbox_id).values(state=state))
        assert words in text_of(page_of(nina, flag.id))


def test_an_auditor_sees_everything_and_is_offered_no_act(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    ada = hire(home, "ada")
    with home.house.database.writing() as connection:
        connection.execute(t.staff.update().where(t.staff.c.id == ada.id).values(role="auditor"))
    page = page_of(desk(home, "ada", patient=True), flag_id)
    assert "Why it was flagged" in page
    assert "Nobody has it yet. Your account reads only." in text_of(page)
    for invites in ("Call now", "tel:", "Take it", "undo, for a minute"):
        assert invites not in page
    assert f"/console/flags/{flag_id}/" not in page.replace(f"/console/flags/{flag_id}/live", "")
