"""A family's phone as a page: its own conversation and no other, in by the one way in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.web.phones.chat import chat_token
from messages.carriers.simulator import SimulatorCarrier
from messages.flags import Level
from messages.store import tables as t
from tests.house import TOM, Home
from tests.integration.desk import Desk, application, desk, text_of


@pytest.fixture
def simulated(home: Home) -> Home:
    """The same hospital where nobody set up a carrier."""
    return replace(home, house=replace(home.house, carrier=SimulatorCarrier()))


def link(home: Home, child: str = "Ana", **family: object) -> str:
    """The address of a new family's chat."""
    episode = home.enrol(child, **family).episode_id  # type: ignore[arg-type]
    (row,) = home.rows(t.episode_caregivers, t.episode_caregivers.c.episode_id == episode)
    return f"/chat/{chat_token(home.house.settings.secret_key, row.caregiver_id)}"


def test_a_text_from_the_page_is_read_flagged_and_answered(simulated: Home) -> None:
    at, path = desk(simulated), link(simulated)
    assert at.post(path, body="he can't breathe").status_code == 303
    assert [flag.level for flag in simulated.flags()] == [Level.EMERGENCY]
    assert "911" not in text_of(at.page(path)).split("You: he can't breathe")[1]
    simulated.send()
    page = text_of(at.page(path))
    assert "911" in page.split("You: he can't breathe")[1]
    assert "Simulator" in page


def test_where_a_carrier_carries_the_texts_the_page_is_a_channel_of_its_own(home: Home) -> None:
    at, path = desk(home), link(home)
    at.post(path, body="is the bath ok?")
    (kept,) = home.rows(t.messages, t.messages.c.direction == "in")
    assert (kept.channel, kept.carrier) == ("chat", "chat")
    assert "Simulator" not in at.page(path)


def test_a_link_that_was_changed_leads_nowhere(home: Home) -> None:
    at, path = desk(home), link(home)
    for bad in (
        path[:-9] + ("a" if path[-9] != "a" else "b") + path[-8:],
        "/chat/nonsense",
        "/chat/" + chat_token("x" * 40, "1"),
    ):
        assert "does not lead to a conversation" in at.page(bad, 404)
        assert at.post(bad, body="hello").status_code == 404
        assert at.client.get(f"{bad}/live").status_code == 404
    assert home.rows(t.messages) == []


def test_a_phone_shows_nothing_of_another_family(home: Home) -> None:
    link(home)
    home.text("our secret words")
    at, path = desk(home), link(home, "Ben", phone=TOM, name="Tom")
    for page in (at.page(path), at.page(f"{path}/live")):
        assert "secret" not in page
        assert "Maria" not in page


def test_a_form_sent_twice_is_one_text(home: Home) -> None:
    at, path = desk(home), link(home)
    once = re.search(r'name="once" value="([0-9a-f]{32})"', at.page(path))
    assert once is not None
    for _ in range(2):
        assert at.post(path, body="he threw up", once=once[1]).status_code == 303
    assert len(home.rows(t.messages, t.messages.c.direction == "in")) == 1


def test_nothing_and_too_much_are_refused_and_stay_on_the_page(home: Home) -> None:
    at, path = desk(home), link(home)
    empty = at.post(path, body=" \r\n ")
    assert (empty.status_code, "Write something first." in empty.text) == (422, True)
    long = at.post(path, body="x" * 1601)
    assert (long.status_code, "x" * 1601 in long.text) == (422, True)
    assert home.rows(t.messages) == []


def test_a_photo_needs_no_words_and_reaches_a_person(home: Home) -> None:
    at, path = desk(home), link(home)
    assert at.post(path, body="", photo="1").status_code == 303
    assert len(home.flags()) == 1
    assert "Photo" in at.page(path)


def test_what_did_not_reach_the_phone_is_not_on_it(simulated: Home) -> None:
    at, path = desk(simulated), link(simulated)
    simulated.text("is the bath ok?")
    assert 'class="text theirs"' not in at.page(path)
    simulated.send()
    assert at.page(path).count('class="text theirs"') == 1


# The demo's page


def test_the_demo_shows_every_phone_beside_the_flags(simulated: Home) -> None:
    link(simulated)
    link(simulated, "Ben", phone=TOM, name="Tom")
    simulated.text("he can't breathe", phone=TOM)
    page = text_of(desk(simulated, app=application(simulated, demo=True)).page("/demo"))
    for words in (
        "Demo.",
        "no real text leaves this machine",
        "Maria's phone",
        "Ben",
        "Emergency",
        "Nobody has it",
    ):
        assert words in page


def test_the_demo_selects_a_phone_and_comes_back_to_it(simulated: Home) -> None:
    link(simulated)
    link(simulated, "Ben", phone=TOM, name="Tom")
    at = desk(simulated, app=application(simulated, demo=True))
    (tom,) = simulated.rows(
        t.caregivers, t.caregivers.c.phone_hash == simulated.house.vault.fingerprint("phone", TOM)
    )
    page = at.page(f"/demo?phone={tom.id}")
    assert "Tom's phone" in text_of(page)
    found = re.search(r'action="(/chat/[^"]+)"', page)
    assert found is not None
    assert at.post(found[1], body="all good", back="demo").location == f"/demo?phone={tom.id}"


def test_there_is_no_demo_page_outside_the_demo(home: Home) -> None:
    at = desk(home)
    assert "There is no such page." in at.page("/demo", 404)
    assert "There is no such page." in at.page("/demo/state", 404)


def test_a_demo_without_families_says_so(simulated: Home) -> None:
    at: Desk = desk(simulated, app=application(simulated, demo=True))
    assert "no families yet" in at.page("/demo", 404)
