"""The link in a page takes its flag once, for whoever it was sent to; a manager sets whom pages go to, and when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from messages.flags import FlagState
from messages.people import Role
from messages.store import tables as t
from tests.house import NURSE, ON_CALL, Home
from tests.integration.desk import Desk, breathing, desk, hire, text_of
from tests.integration.flagpage import person


@pytest.fixture
def flag_id(home: Home) -> str:
    found = breathing(home)
    home.send()
    return found


def link_in(home: Home, phone: str = NURSE) -> str:
    found = re.search(r"/console/take/\S+", [body for body in home.said(phone) if "Reply 1" in body][-1])
    assert found
    return found[0]


@pytest.fixture
def nora(home: Home) -> Desk:
    hire(home, "nina")
    with home.house.database.writing() as connection:
        hashed = t.staff.select().where(t.staff.c.id == person(home, "nina"))
        secret = connection.execute(hashed).one().password_hash
        connection.execute(t.staff.update().where(t.staff.c.id == person(home, "nora")).values(password_hash=secret))
    return desk(home, "nora")


def test_the_link_needs_a_login_and_takes_the_flag_once_by_a_press(home: Home, nora: Desk, flag_id: str) -> None:
    link = link_in(home)
    assert desk(home).client.get(link).status_code == 303
    assert "Take it" in text_of(nora.page(link))
    assert home.flags()[0].state is FlagState.OPEN, "opening it takes nothing"
    assert nora.post(link).location == f"/console/flags/{flag_id}"
    assert home.flags()[0].taken_by == person(home, "nora")
    assert nora.post(link).status_code == 303, "a second press of the same button"
    seen = text_of(nora.page(link, 410))
    assert "This link was used. It works once." in seen
    assert len(home.rows(t.acts)) == 1


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("old", "This link is too old."),
        ("closed", "This flag is closed."),
        ("another has it", "Somebody was quicker."),
        ("sent to another", "This link was sent to somebody else."),
    ],
)
def test_a_link_that_takes_nothing_says_why_and_changes_nothing(
    home: Home, nora: Desk, flag_id: str, how: str, told: str
) -> None:
    link, at = link_in(home), nora
    nina = desk(home, "nina")
    if how == "old":
        home.pass_time(hours=25)
        at = replace(nora, login="nora")
    elif how == "sent to another":
        at = nina
    else:
        nina.act(flag_id, "take")
        if how == "closed":
            nina.act(flag_id, "close", outcome="advice", read_rightly="yes")
    before = home.rows(t.acts)
    assert told in text_of(at.page(link, 200 if how == "sent to another" else 410))
    assert told in text_of(at.post(link).text)
    assert home.rows(t.acts) == before


def test_a_link_of_nobody_leads_nowhere(home: Home, nora: Desk) -> None:
    assert "This link leads nowhere" in text_of(nora.page("/console/take/nonsense", 404))


def test_a_manager_sets_the_ladder_in_plain_words_and_the_next_flag_climbs_it(home: Home) -> None:
    hire(home, "mia", Role.MANAGER)
    mia = desk(home, "mia")
    shown = text_of(mia.page("/console/hospital/ladder"))
    every = ", text, call, e-mail, browser, chat tool or pager"
    assert f"At once Nora on shift, told 1st{every} After 5 min Omar on shift, told 2nd{every}" in shown
    assert "After 15 min the family is told to call" in shown
    form = {
        "version": "1", "emergency_who_0": "place:1", "emergency_and_0": f"person:{person(home, 'omar')}",
        "emergency_after_0": "2", "emergency_who_1": "", "emergency_again": "10", "urgent_who_0": "on_shift",
        "urgent_after_0": "30", "urgent_again": "30", "review_who_0": "on_shift", "review_after_0": "1440",
        "review_again": "1440", "emergency_way_0": "text", "urgent_way_0": "text", "review_way_0": "text",
    }  # fmt: skip
    looked = mia.post("/console/hospital/ladder", **form)
    told = text_of(looked.text)
    assert "Emergency: on shift, told 1st and Omar (then wait 2 min); then again every 10 min." in told
    seen = re.search(r'name="seen" value="(\w+)"', looked.text)
    assert seen
    assert mia.post("/console/hospital/ladder", **form, seen=seen[1]).status_code == 303
    flag_id = breathing(home)
    home.send()
    assert [text.to for text in home.carrier.sent if "Reply 1" in text.body] == [NURSE, ON_CALL]
    (flag,) = home.flags()
    assert flag.next_page_at == home.now + timedelta(minutes=2)
    assert "everybody is alarmed" in text_of(mia.page(f"/console/flags/{flag_id}"))


def test_a_ladder_that_tells_nobody_is_refused_at_its_field(home: Home) -> None:
    hire(home, "mia", Role.MANAGER)
    form = {"version": "1", "emergency_who_0": "person:nobody", "urgent_who_0": "", "review_who_0": "on_shift"}
    answer = desk(home, "mia").post("/console/hospital/ladder", **form)
    assert answer.status_code == 422
    seen = text_of(answer.text)
    assert "Choose somebody from the list." in seen
    assert "Somebody must be told first." in seen
