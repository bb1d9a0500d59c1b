"""Two people on one flag see each other, and a form that is late, repeated or forged overwrites nothing."""

from __future__ import annotations

import re

import pytest

from messages.ids import new_id
from messages.store import tables as t
from tests.house import Home
from tests.integration.desk import Desk, breathing, desk, hire, text_of
from tests.integration.flagpage import act_ids, fields, page_of, person


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina")


# Two people on one flag


def test_two_people_on_one_flag_see_each_other_for_as_long_as_both_look(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    otto = desk(home, "otto")
    page_of(otto, flag_id)
    page = text_of(page_of(nina, flag_id))
    assert "Otto Person is looking at this too." in page
    assert "Nina Person is looking" not in page
    assert "Nina Person is looking at this too." in text_of(otto.client.get(f"/console/flags/{flag_id}/live").text)
    home.pass_time(seconds=25)
    otto.client.get(f"/console/flags/{flag_id}/live")
    home.pass_time(seconds=25)
    assert "Otto Person is looking" in page_of(nina, flag_id)
    home.pass_time(seconds=31)
    assert "is looking at this too" not in page_of(nina, flag_id)


def test_who_looks_is_written_down_seldom(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    page_of(nina, flag_id)
    (before,) = home.rows(t.looks)
    stamp = nina.client.get(f"/console/flags/{flag_id}/live").headers["X-Hearback-Stamp"]
    home.pass_time(seconds=4)
    nina.client.get(f"/console/flags/{flag_id}/live?seen={stamp}")
    assert home.rows(t.looks)[0].at == before.at
    home.pass_time(seconds=10)
    nina.client.get(f"/console/flags/{flag_id}/live?seen={stamp}")
    assert home.rows(t.looks)[0].at == home.now


def test_the_second_save_is_told_what_changed_and_goes_through_when_pressed_again(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    otto = desk(home, "otto")
    form = fields(page_of(otto, flag_id), "note")
    home.pass_time(minutes=1)
    nina.act(flag_id, "note", note="the father drives them in")
    home.text("his lips are blue now")
    late = otto.post(f"/console/flags/{flag_id}/note", **form | {"note": "no answer on the phone"})
    assert late.status_code == 409
    told = text_of(late.text.split('role="alert"')[1].split('class="flagpage')[0])
    assert "Nina Person wrote a note: the father drives them in , 10:01 am" in told
    assert "New text from Maria : his lips are blue now Emergency" in told
    assert "no answer on the phone</textarea>" in late.text
    again = fields(late.text, "note") | {"note": "no answer on the phone"}
    assert otto.post(f"/console/flags/{flag_id}/note", **again).status_code == 303
    assert len(act_ids(home, "noted")) == 2


def test_a_note_for_a_flag_that_somebody_closed_comes_back_to_be_copied(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    otto = desk(home, "otto")
    form = fields(page_of(otto, flag_id), "note")
    home.pass_time(minutes=1)
    nina.act(flag_id, "close", outcome="advice")
    late = otto.post(f"/console/flags/{flag_id}/note", **form | {"note": "no answer on the phone"})
    assert late.status_code == 409
    assert "Nina Person closed it: advice given" in text_of(late.text)
    assert "press again" not in text_of(late.text)  # there is nothing left to press
    assert re.search(r"<textarea readonly[^>]*>no answer on the phone</textarea>", late.text)
    assert 'data-closed="Nina Person closed this flag.' in otto.client.get(f"/console/flags/{flag_id}/live").text


# Forms that are repeated, forged, old


@pytest.mark.parametrize(
    ("what", "form", "kind"),
    [
        ("take", {}, "took"),
        ("note", {"note": "called\r\ntwice "}, "noted"),
        ("call", {"note": ""}, "called"),
        ("text", {"body": "I call you now"}, "texted"),
        ("hand", {}, "handed"),
        ("close", {"outcome": "advice", "note": "done"}, "closed"),
    ],
)
def test_a_form_sent_twice_does_its_act_once_and_both_clicks_succeed(
    home: Home, nina: Desk, what: str, form: dict[str, str], kind: str
) -> None:
    flag_id = breathing(home)
    if what == "hand":
        form = {"to_id": person(home, "nora")}
    typed = {"version": "1", "act_id": new_id()} | form
    answers = [nina.post(f"/console/flags/{flag_id}/{what}", **typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert act_ids(home, kind) == [typed["act_id"]]


def test_other_words_on_a_page_brought_back_are_never_taken_for_a_second_click(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    typed = {"version": "1", "act_id": new_id()}
    nina.post(f"/console/flags/{flag_id}/note", note="first", **typed)
    answer = nina.post(f"/console/flags/{flag_id}/note", note="second", **typed)
    assert answer.status_code == 409
    assert "second</textarea>" in answer.text
    again = fields(answer.text, "note") | {"note": "second"}
    assert nina.post(f"/console/flags/{flag_id}/note", **again).status_code == 303
    assert len(act_ids(home, "noted")) == 2


@pytest.mark.parametrize("act_id", ["", "x", "Z" * 32, "0" * 31, "message"])
def test_a_forged_id_of_an_act_is_not_used(home: Home, nina: Desk, act_id: str) -> None:
    flag_id = breathing(home)
    if act_id == "message":
        act_id = home.rows(t.messages)[0].id
    for what, form in (("note", {"note": "kept"}), ("text", {"body": "kept"})):
        assert nina.act(flag_id, what, act_id=act_id, **form).status_code == 303
    assert act_id not in [row.id for row in home.rows(t.acts)]
    assert len(home.rows(t.acts)) == 2


def test_the_address_of_an_act_opened_as_a_page_leads_to_the_flag(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    for what in ("take", "hand", "text", "close", "undo"):
        answer = nina.client.get(f"/console/flags/{flag_id}/{what}")
        assert (answer.status_code, answer.location) == (303, f"/console/flags/{flag_id}")
    assert nina.client.get("/console/segments").status_code == 405
    assert home.rows(t.acts) == []


def test_a_flag_removed_meanwhile_gets_a_clear_page(home: Home, nina: Desk) -> None:
    for what in ("take", "note", "text", "close", "undo", "about", "hand"):
        answer = nina.post(f"/console/flags/{'0' * 32}/{what}", note="x", body="x", outcome="advice", version="1")
        assert answer.status_code == 404
        assert "There is no such flag here." in answer.text


def test_a_family_removed_meanwhile_leaves_the_flag_a_clear_page(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    with home.house.database.writing() as connection:
        connection.execute(t.flags.update().values(episode_id="0" * 32, caregiver_id=None))
    assert "The records of this family were removed." in text_of(page_of(nina, flag_id))
    assert nina.act(flag_id, "close", outcome="unreachable").status_code == 303
