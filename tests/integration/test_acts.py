"""What a coordinator does about a flag: done once, by a named person, over nobody else's work."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from messages.flags import FlagState
from messages.store import tables as t
from scheduler.enrol import CaregiverEntry
from tests.house import MARIA, TOM, Home
from tests.integration.desk import Desk, breathing, desk, hire, text_of


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina")


def test_a_flag_taken_by_one_is_refused_to_the_other_who_loses_nothing_typed(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    otto = desk(home, "otto")
    otto_page = otto.page(f"/console/flags/{flag_id}")
    version = re.search(r'name="version" value="(\d+)"', otto_page)
    assert version is not None
    assert nina.act(flag_id, "take").status_code == 303
    assert otto.post(f"/console/flags/{flag_id}/take").status_code == 409
    late = otto.post(
        f"/console/flags/{flag_id}/note", note="called twice, no answer", version=version[1],
        seen_at=(home.now - timedelta(minutes=1)).isoformat(),
    )
    assert late.status_code == 409
    assert "called twice, no answer" in late.text
    assert "Nina Person" in text_of(late.text)
    assert ">New<" in late.text
    (flag,) = home.flags()
    assert flag.state is FlagState.TAKEN
    assert [row.kind for row in home.rows(t.acts)] == ["took"]


def test_a_flag_can_be_given_back_and_taken_over(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "otto")
    otto = desk(home, "otto")
    nina.act(flag_id, "take")
    assert otto.act(flag_id, "release").status_code == 409
    taken_by = home.flags()[0].taken_by
    assert otto.act(flag_id, "over", **{"from": "somebody"}).status_code == 409
    assert otto.act(flag_id, "over", **{"from": taken_by}).status_code == 303
    assert home.flags()[0].taken_by not in (None, taken_by)
    assert otto.act(flag_id, "release").status_code == 303
    (flag,) = home.flags()
    assert (flag.state, flag.taken_by, flag.next_page_at) == (FlagState.OPEN, None, home.now)


def test_a_flag_does_not_close_without_an_outcome(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    for outcome in ({}, {"outcome": "nonsense"}):
        answer = nina.act(flag_id, "close", note="all done", **outcome)
        assert answer.status_code == 422
        assert "all done" in answer.text
    assert home.flags()[0].state is FlagState.OPEN


def test_a_flag_closed_by_a_person_keeps_how_it_ended_and_whether_it_was_read_rightly(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    answer = nina.act(flag_id, "close", outcome="emergency_room", read_rightly="yes", note="went by ambulance")
    assert (answer.status_code, answer.location) == (303, "/console/#just-closed")
    assert home.flags() == []
    (closed,) = home.rows(t.acts)
    assert (closed.kind, closed.outcome, closed.read_rightly) == ("closed", "emergency_room", True)
    page = text_of(nina.page(f"/console/flags/{flag_id}"))
    assert "It ended: Emergency room , read rightly" in page
    assert "went by ambulance" in page
    assert nina.post(f"/console/flags/{flag_id}/take").status_code == 409


def test_a_flag_is_not_closed_over_a_text_that_came_meanwhile(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    page = nina.page(f"/console/flags/{flag_id}")
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    home.text("his lips are blue now")
    answer = nina.post(f"/console/flags/{flag_id}/close", outcome="advice", version=version[1])
    assert answer.status_code == 409
    assert home.flags()[0].state is FlagState.OPEN


def test_a_text_to_the_family_leaves_by_the_outbox_and_is_an_act(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.send()
    assert nina.act(flag_id, "text", body="I am calling you now, Nina").status_code == 303
    sent = home.send()
    assert [(text.to, text.body) for text in sent] == [(MARIA, "I am calling you now, Nina")]
    assert [row.kind for row in home.rows(t.acts)] == ["texted"]
    page = text_of(nina.page(f"/console/flags/{flag_id}"))
    assert "Nina Person texted the family" in page
    assert "I am calling you now, Nina" in page


def test_a_text_goes_to_the_caregiver_chosen_and_to_nobody_elses(home: Home, nina: Desk) -> None:
    luis = CaregiverEntry("Luis", "father", "+12065550113", "es", home.hospital.zone)
    home.enrol(more=(luis,))
    other = home.enrol("Ben", phone=TOM)
    home.text("he can't breathe")
    (flag,) = home.flags()
    home.send()
    theirs = home.rows(t.episode_caregivers, t.episode_caregivers.c.episode_id == flag.episode_id)
    ids = {row.position: row.caregiver_id for row in theirs}
    nina.act(flag.id, "text", body="hola", to=ids[2])
    assert [text.to for text in home.send()] == ["+12065550113"]
    (tom,) = home.rows(t.episode_caregivers, t.episode_caregivers.c.episode_id == other.episode_id)
    assert nina.act(flag.id, "text", body="hola", to=tom.caregiver_id).status_code == 422
    assert home.send() == []


def test_an_unknown_number_can_be_texted_back(home: Home, nina: Desk) -> None:
    home.text("is this the hospital?", phone=TOM)
    (flag,) = home.flags()
    home.send()
    nina.act(flag.id, "text", body="Yes. Who is your child?")
    assert [(text.to, text.body) for text in home.send()] == [(TOM, "Yes. Who is your child?")]


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("text", {"body": "  "}),
        ("text", {"body": "x" * 1601}),
        ("note", {"note": ""}),
        ("note", {"note": "x" * 4001}),
    ],
)
def test_an_empty_or_endless_text_or_note_is_refused(home: Home, nina: Desk, what: str, form: dict[str, str]) -> None:
    flag_id = breathing(home)
    assert nina.act(flag_id, what, **form).status_code == 422
    assert home.rows(t.acts) == []


def test_a_text_sent_twice_by_a_double_click_leaves_once(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.send()
    version = re.search(r'name="version" value="(\d+)"', nina.page(f"/console/flags/{flag_id}"))
    assert version is not None
    answers = [nina.post(f"/console/flags/{flag_id}/text", body="hi", version=version[1]).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert len(home.send()) == 1


def test_the_segments_of_a_text_are_counted_while_it_is_typed(nina: Desk) -> None:
    assert nina.post("/console/segments", body="hello").json == {"count": 1, "costly": []}
    assert nina.post("/console/segments", body="x" * 100 + "’").json == {"count": 2, "costly": ["’"]}
