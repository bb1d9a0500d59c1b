"""The first hospital is made in a browser, behind a link that is good until it is made; then a test text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.founding import first_link, first_token
from messages.carriers.simulator import SimulatorCarrier
from messages.database import open_database
from messages.encryption import Vault
from messages.people import Role
from messages.store import tables as t
from messages.store.people import staff_of
from messages.upgrade import upgrade
from tests.house import Home
from tests.integration.desk import PASSWORD, Desk, another_hospital, desk, hire, text_of

TYPED = {
    "name": "Lakeside Children's", "sender": "+1 206 555 0100", "phone": "206-555-0150", "emergency_number": "911",
    "zone": "America/Chicago", "languages": "es", "your_name": "Mona Okafor", "login": "Mona",
    "your_phone": "+1 206 555 0190",
}  # fmt: skip


@pytest.fixture
def empty(home: Home, vault: Vault, tmp_path: Path) -> Home:
    """An installation without a hospital."""
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    upgrade(database)
    return replace(home, house=replace(home.house, database=database))


def link(home: Home) -> str:
    with home.house.database.reading() as connection:
        return first_link(home.house, connection).removeprefix("https://hearback.test")


def test_from_nothing_to_a_manager_who_sees_what_is_missing(empty: Home) -> None:
    at, first = desk(empty), link(empty)
    assert "Set up your hospital" in text_of(at.page(first))
    made = at.post(first, **TYPED)
    assert made.status_code == 303
    chosen = at.post(made.location, new_password=PASSWORD, again_password=PASSWORD)
    assert chosen.location == "/console/hospital"
    assert "Still missing" in text_of(at.page("/console/hospital"))
    (hospital,) = empty.rows(t.hospitals)
    assert (hospital.slug, hospital.sender, hospital.zone, hospital.languages) == (
        "lakeside", "+12065550100", "America/Chicago", ["es"],
    )  # fmt: skip
    assert {one.name for one in empty.rows(t.protocols)} >= {"hip-osteotomy", "tonsillectomy"}
    with empty.house.database.reading() as connection:
        (mona,) = staff_of(connection, empty.house.vault, hospital.id)
    assert (mona.role, mona.login, mona.phone) == (Role.MANAGER, "mona", "+12065550190")
    assert mona.shifts[0].weekdays == tuple(range(7))


def test_the_link_is_dead_once_there_is_a_hospital_and_no_other_link_ever_lives(empty: Home) -> None:
    at, first = desk(empty), link(empty)
    assert at.client.get("/console/first/nobodys").status_code == 404
    assert at.client.post("/console/first/nobodys", data=TYPED).status_code == 404
    at.post(first, **TYPED)
    assert link(empty) == ""
    assert at.client.get(first).status_code == 404
    assert at.client.post(first, data={**TYPED, "name": "Another"}).status_code == 404
    assert len(empty.rows(t.hospitals)) == 1


def test_a_mistake_makes_nothing_and_what_was_typed_stays(empty: Home) -> None:
    at, first = desk(empty), link(empty)
    answer = at.post(first, **{**TYPED, "sender": "12", "your_name": " "})
    assert answer.status_code == 422
    assert "2 fields need you" in text_of(answer.text)
    assert "Lakeside Children&#39;s" in answer.text
    spaced = at.post(first, **{**TYPED, "login": "mona okafor"})
    assert (spaced.status_code, "has a space" in text_of(spaced.text)) == (422, True)
    assert empty.rows(t.hospitals) == []


def test_no_link_where_there_is_a_hospital(home: Home) -> None:
    assert link(home) == ""
    assert desk(home).client.get(f"/console/first/{first_token(home.house)}").status_code == 404


@pytest.fixture
def mia(home: Home) -> Desk:
    hire(home, "mia", Role.MANAGER)
    return desk(home, "mia")


def test_a_test_text_leaves_by_the_outbox_and_the_page_says_where_it_is(home: Home, mia: Desk) -> None:
    asked = mia.post("/console/hospital/test-text", phone="206-555-0199")
    assert asked.status_code == 303
    shown = asked.location.partition("#")[0]
    assert "The test text: Waiting to leave" in text_of(mia.page(shown))
    (text,) = home.send()
    assert (text.to, "a test text of Harbor Hospital" in text.body) == ("+12065550199", True)
    assert "The test text: Sent" in text_of(mia.page(shown))
    assert "sent test text" in [row.action for row in home.rows(t.audit)]
    hire(home, "eve", Role.MANAGER, hospital=another_hospital(home))
    assert "The test text" not in text_of(desk(home, "eve").page(shown))


def test_a_number_that_is_none_is_told_and_nothing_leaves(home: Home, mia: Desk) -> None:
    answer = mia.post("/console/hospital/test-text", phone="12")
    assert "role=\"alert\"" in mia.page(answer.location.partition("#")[0])
    assert home.send() == []


def test_the_simulator_says_plainly_that_no_phone_is_reached(home: Home, mia: Desk) -> None:
    simulated = replace(home, house=replace(home.house, carrier=SimulatorCarrier()))
    at = desk(simulated, "mia")
    assert "no carrier is set up, so no text reaches a real phone" in text_of(at.page("/console/hospital"))
    assert at.client.post("/console/hospital/test-text", data={"phone": "206-555-0199"}).status_code == 409
    assert home.rows(t.messages) == []


def test_each_role_is_led_to_what_it_uses(home: Home) -> None:
    places = {
        Role.COORDINATOR: ["Flags", "Families", "Search", "Shift", "Rota"],
        Role.AUDITOR: ["Flags", "Families", "Search", "Rota", "Audit"],
        Role.ADMINISTRATOR: ["Insight", "Protocols", "Hospital", "Audit"],
        Role.MANAGER: [
            "Flags", "Families", "Search", "Shift", "Rota", "Insight", "Protocols", "Hospital", "Audit",
        ],
    }
    for role, wanted in places.items():
        hire(home, role.value, role)
        page = desk(home, role.value).page("/console/account")
        nav = page.split('<nav aria-label="Main">')[1].split("</nav>")[0]
        assert text_of(nav).split() == wanted, role


def test_test_texts_are_few_and_the_page_says_when_the_next_may_leave(home: Home, mia: Desk) -> None:
    for _ in range(5):
        assert "text=" in mia.post("/console/hospital/test-text", phone="206-555-0199").location
        home.pass_time(minutes=1)
    refused = mia.post("/console/hospital/test-text", phone="206-555-0199").location.partition("#")[0]
    assert "5 test texts were sent in the last hour" in text_of(mia.page(refused))
    assert "From 11:00 am on" in text_of(mia.page(refused))
    for _ in range(2):
        home.pass_time(minutes=28)
        mia.page("/console/hospital")
    assert mia.post("/console/hospital/test-text", phone="206-555-0199", proof_password=PASSWORD).status_code == 303
    assert len([text for text in home.rows(t.messages) if text.topic == "test"]) == 6
