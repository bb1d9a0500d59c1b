"""For a minute an act can be taken back; what was done and that it was taken back both stay."""

from __future__ import annotations

import re

import pytest

from messages.flags import FlagState
from messages.store import tables as t
from messages.store.corrections import corrections
from tests.house import Home
from tests.integration.desk import Desk, breathing, desk, hire, text_of
from tests.integration.flagpage import act_ids, fields, page_of, person


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina")


def test_take_give_back_and_hand_over_can_be_undone_for_a_minute(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.send()
    me, nora = person(home, "nina"), person(home, "nora")
    nina.act(flag_id, "take")
    home.pass_time(seconds=59)
    (took,) = act_ids(home, "took")
    assert f'value="{took}"' in page_of(nina, flag_id)
    assert nina.act(flag_id, "undo", act=took).status_code == 303
    assert (home.flags()[0].state, home.flags()[0].next_page_at) == (FlagState.OPEN, home.now)
    home.pass_time(seconds=5)
    nina.act(flag_id, "take")
    home.pass_time(seconds=5)
    nina.act(flag_id, "release")
    home.pass_time(seconds=5)
    nina.act(flag_id, "undo", act=act_ids(home, "released")[0])
    assert home.flags()[0].taken_by == me
    home.pass_time(seconds=5)
    nina.act(flag_id, "hand", to_id=nora)
    home.pass_time(seconds=5)
    nina.act(flag_id, "undo", act=act_ids(home, "handed")[0])
    assert home.flags()[0].taken_by == me
    assert [text for text in home.send() if "handed it to you" in text.body] == [], "the page had not left"
    kinds = [row.kind for row in home.rows(t.acts)]
    assert kinds == ["took", "undid", "took", "released", "undid", "handed", "undid"], "nothing is ever deleted"


def test_a_flag_taken_over_goes_back_to_whoever_had_it(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    otto = desk(home, "otto")
    nina.act(flag_id, "take")
    home.pass_time(seconds=5)
    otto.act(flag_id, "over", **{"from": person(home, "nina")})
    home.pass_time(seconds=5)
    assert otto.act(flag_id, "undo", act=act_ids(home, "handed")[0]).status_code == 303
    assert home.flags()[0].taken_by == person(home, "nina")


def test_closing_lands_on_the_queue_with_undo_which_opens_the_flag_as_it_was(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    nina.act(flag_id, "take")
    home.pass_time(seconds=5)
    answer = nina.act(flag_id, "close", outcome="false_alarm", right_level="review")
    assert answer.location == "/console/#just-closed"
    queue = nina.page("/console/")
    assert "Closed. Undo" in text_of(queue)
    found = re.search(r'name="act" value="(\w+)"', queue)
    assert found is not None
    assert nina.post(f"/console/flags/{flag_id}/undo", act=found[1]).status_code == 303
    (flag,) = home.flags()
    assert (flag.state, flag.taken_by, flag.closed_at) == (FlagState.TAKEN, person(home, "nina"), None)
    assert "Closed. Undo" not in text_of(nina.page("/console/"))


def test_undo_of_a_closing_is_over_after_a_minute_on_the_queue_and_on_the_page(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    nina.act(flag_id, "close", outcome="false_alarm")
    home.pass_time(seconds=61)
    assert "Undo" not in text_of(nina.page("/console/"))
    assert 'id="undo-it"' not in page_of(nina, flag_id)
    answer = nina.act(flag_id, "undo", act=act_ids(home, "closed")[0])
    assert answer.status_code == 409
    assert "more than a minute ago" in answer.text
    assert home.flags() == []


def test_a_correction_that_was_taken_back_is_no_longer_a_case(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    nina.act(flag_id, "close", outcome="false_alarm", right_level="review")
    nina.act(flag_id, "undo", act=act_ids(home, "closed")[0])
    with home.house.database.reading() as connection:
        assert corrections(connection, home.house.vault) == []


def test_a_note_taken_back_stays_and_says_so(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    nina.act(flag_id, "note", note="wrong family")
    assert "Your note is kept. Undo" in text_of(page_of(nina, flag_id))
    for _ in range(2):  # twice is once
        assert nina.act(flag_id, "undo", act=act_ids(home, "noted")[0]).status_code == 303
    assert len(act_ids(home, "undid")) == 1
    page = page_of(nina, flag_id)
    assert 'class="undone"' in page
    assert "wrong family" in page


def test_after_a_text_undo_is_the_text_and_not_the_act_before_it(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.send()
    nina.act(flag_id, "take")
    home.pass_time(seconds=5)
    nina.act(flag_id, "text", body="I call you now", anyway="yes")
    (text,) = act_ids(home, "texted")
    page = page_of(nina, flag_id)
    assert "Your text has not left yet." in text_of(page)
    assert fields(page, "undo")["act"] == text
    home.send()
    page = page_of(nina, flag_id)
    assert "Your text has left. It cannot be taken back" in text_of(page)
    assert 'id="undo-it"' not in page
    home.pass_time(seconds=61)
    assert "cannot be taken back" not in page_of(nina, flag_id)


def test_nobody_undoes_what_another_did_or_what_others_went_on_from(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    otto = desk(home, "otto")
    nina.act(flag_id, "take")
    (took,) = act_ids(home, "took")
    assert otto.act(flag_id, "undo", act=took).status_code == 409
    home.pass_time(seconds=5)
    otto.act(flag_id, "over", **{"from": person(home, "nina")})
    answer = nina.act(flag_id, "undo", act=took)
    assert answer.status_code == 409
    assert "Something has happened here since." in answer.text
    assert home.flags()[0].taken_by == person(home, "otto")


def test_a_closing_is_not_undone_over_a_new_flag_of_the_family(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    nina.act(flag_id, "close", outcome="advice")
    home.text("his lips are blue")
    assert nina.act(flag_id, "undo", act=act_ids(home, "closed")[0]).status_code == 409
    (flag,) = home.flags()
    assert flag.id != flag_id
