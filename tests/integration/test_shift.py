"""The hand-over sheet: nothing that matters at seven in the morning is missing from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messages.flags import FlagKind, Level
from messages.store import tables as t
from messages.store.flags import raise_flag
from tests.house import TOM, Home
from tests.integration.desk import Desk, another_hospital, desk, hire, text_of
from tests.integration.test_console import counted


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina", patient=True)


def sheet(at: Desk, path: str = "/console/shift") -> str:
    return text_of(at.page(path).partition("<main")[2])


def section(page: str, title: str, until: str) -> str:
    return page.partition(title)[2].partition(until)[0]


def test_an_empty_shift_says_what_would_be_there(nina: Desk) -> None:
    page = sheet(nina)
    assert "Nothing is open." in page
    assert "What is closed appears here with how it ended." in page


def test_the_sheet_tells_what_is_open_with_whom_what_was_promised_closed_and_noted(home: Home, nina: Desk) -> None:
    home.enrol("Ana")
    home.enrol("Ben", phone=TOM, name="Tom")
    home.enrol("Cleo", phone="+12065550166", name="Carla")
    home.text("fever of 101.8 since noon")
    home.text("his toes are tingly", phone=TOM)
    by_child = {flag.episode_id: flag for flag in home.flags()}
    assert len(by_child) == 2
    first, second = home.flags()
    nina.act(first.id, "take")
    nina.act(first.id, "note", note="The mother calls again at eight.")
    nina.act(second.id, "take")
    nina.act(second.id, "close", outcome="clinic", note="Seen at nine.")
    (silent,) = [row for row in home.rows(t.episodes) if row.id not in by_child]
    adult = home.rows(t.episode_caregivers, t.episode_caregivers.c.episode_id == silent.id)[0].caregiver_id
    with home.house.database.writing() as connection:
        raise_flag(
            connection, hospital_id=home.hospital.id, kind=FlagKind.SILENCE, level=Level.REVIEW, now=home.now,
            due_at=home.now + timedelta(hours=4), episode_id=silent.id, caregiver_id=adult, reason="two silent days",
        )
    page = sheet(nina)
    assert "urgent 1 , silent 1 ." in page
    assert "Ana" in section(page, "Promises that run out", "Open Level")
    assert "Nina Person" in section(page, "Time left", "Who has what")
    assert "Nina Person (1): Ana" in section(page, "Who has what", "Silent families")
    assert "Cleo Day 1 : Carla, two silent days" in section(page, "Silent families", "Closed in this shift")
    closed = section(page, "How it ended", "Notes")
    for words in ("Ben", "Comes to the clinic", "Nina Person"):
        assert words in closed
    for words in ("The mother calls again at eight.", "Seen at nine."):
        assert words in section(page, "Notes", "nothing after")


def test_a_flag_closed_before_the_shift_is_not_on_its_sheet(home: Home, nina: Desk) -> None:
    home.enrol("Ana")
    home.text("fever of 101.8 since noon")
    (flag,) = home.flags()
    nina.act(flag.id, "take")
    nina.act(flag.id, "close", outcome="advice", note="An old note.")
    home.pass_time(hours=11)
    assert "1 closed in this shift." in sheet(nina)
    assert "0 closed in this shift." in sheet(nina, "/console/shift?hours=8")
    assert "An old note." not in sheet(nina, "/console/shift?hours=8")
    assert "1 closed in this shift." in sheet(nina, "/console/shift?hours=nonsense")


def test_the_sheet_is_light_and_names_no_outside_file(home: Home, nina: Desk) -> None:
    for n in range(60):
        home.enrol(f"Kid{n}", phone=f"+120655540{n:02d}")
        home.text("fever of 101.8 since noon", phone=f"+120655540{n:02d}")
    page = nina.page("/console/shift")
    assert len(page) < 60_000
    assert "and 20 more on the list" in page
    assert 'src="http' not in page


def test_another_hospitals_shift_is_not_on_it_and_every_look_is_noted(home: Home, nina: Desk) -> None:
    home.enrol("Anabel")
    home.text("fever of 101.8 since noon")
    nina.act(home.flags()[0].id, "note", note="Private words")
    hire(home, "eve", hospital=another_hospital(home))
    page = sheet(desk(home, "eve", app=nina.client.application))
    assert "Anabel" not in page
    assert "Private words" not in page
    assert "shift" in [row.subject for row in home.rows(t.audit)]


def test_the_sheet_asks_the_database_the_same_however_much_happened(home: Home, nina: Desk) -> None:
    def cost() -> int:
        with counted(home) as statements:
            nina.page("/console/shift")
        return len(statements)

    home.enrol("Ana")
    home.text("fever of 101.8 since noon")
    few = cost()
    for n in range(12):
        home.enrol(f"Kid{n}", phone=f"+120655540{n:02d}")
        home.text("fever of 101.8 since noon", phone=f"+120655540{n:02d}")
    for flag in home.flags()[:6]:
        nina.act(flag.id, "take")
        nina.act(flag.id, "close", outcome="advice", note="x")
    assert cost() == few <= 13
