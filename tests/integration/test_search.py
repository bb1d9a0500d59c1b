"""Finding families: by what is remembered, nobody else's, and without a private word in an address."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from messages.store import tables as t
from scheduler.enrol import CaregiverEntry
from tests.house import MARIA, TOM, Home
from tests.integration.desk import Desk, another_hospital, desk, hire, text_of
from tests.integration.test_console import counted

CHILDREN = ("Ana", "Ben", "Íñigo")


@pytest.fixture
def nina(home: Home) -> Desk:
    """Nina's desk, and three families: Ana on day 1 with a fever, Ben on day 9, Íñigo on day 20 in Spanish."""
    hire(home, "nina")
    second = CaregiverEntry(name="Walter", relation="grandfather", phone="+12065550133", language="en",
                            zone=home.hospital.zone)
    home.enrol("Ana", phone=MARIA, name="Maria", more=(second,))
    home.enrol("Ben", phone=TOM, name="Thomas", day_zero=date(2026, 2, 21))
    home.enrol("Íñigo", phone="+12065550144", name="Lucía", day_zero=date(2026, 2, 10), language="es")
    home.text("fever of 101.8 since noon")
    return desk(home, "nina")


def found(at: Desk, **fields: str) -> list[str]:
    answer = at.post("/console/search", **fields)
    assert answer.status_code == 200
    return [child for child in CHILDREN if f">{child}</a></h2>" in answer.text]


@pytest.mark.parametrize(
    ("fields", "children"),
    [
        ({"who": "ana"}, ["Ana"]),
        ({"who": "mar"}, ["Ana"]),  # the mother
        ({"who": "walter"}, ["Ana"]),  # the second adult
        ({"who": "inigo"}, ["Íñigo"]),  # without accents
        ({"who": "Tomas"}, ["Ben"]),  # one slip
        ({"who": "Zacharias"}, []),
        ({"who": MARIA}, ["Ana"]),
        ({"who": "(206) 555-0112"}, ["Ben"]),
        ({"who": "0133"}, ["Ana"]),  # the last four digits
        ({"who": "0199"}, []),
        ({"sign": "fever"}, ["Ana"]),
        ({"sign": "collapse"}, []),
        ({"level": "urgent"}, ["Ana"]),
        ({"level": "emergency"}, []),
        ({"day_from": "5", "day_to": "15"}, ["Ben"]),
        ({"day_from": "9"}, ["Ben", "Íñigo"]),
        ({"day_to": "9"}, ["Ana", "Ben"]),
        ({"language": "es"}, ["Íñigo"]),
        ({"state": "ended"}, []),
        ({}, list(CHILDREN)),
        ({"who": "ana", "language": "es"}, []),
        ({"sign": "'; drop table flags", "level": "ok", "day_from": "-1", "state": "x"}, list(CHILDREN)),
    ],
)
def test_a_family_is_found_by_what_is_remembered(nina: Desk, fields: dict[str, str], children: list[str]) -> None:
    assert found(nina, **fields) == children


def test_what_is_found_shows_its_open_flags(home: Home, nina: Desk) -> None:
    page = text_of(nina.post("/console/search", who="ana").text)
    assert "1 family" in page
    for words in ("Urgent", "nobody has it", "Fever", "Day 1", "Maria, mother"):
        assert words in page


def test_follow_ups_that_ended_are_found_when_asked_for(home: Home, nina: Desk) -> None:
    with home.house.database.writing() as connection:
        connection.execute(t.episodes.update().values(state="ended"))
    assert found(nina) == []
    assert found(nina, state="ended") == list(CHILDREN)


def test_nothing_found_says_what_to_try(nina: Desk) -> None:
    assert "Nobody fits." in nina.post("/console/search", who="zzz").text


def test_what_is_looked_for_is_never_in_an_address(nina: Desk) -> None:
    assert 'method="post"' in nina.page("/console/search").partition('role="search"')[0].rpartition("<form")[2]
    assert ">Ana</a>" not in nina.page("/console/search?who=ana")
    kept = nina.post("/console/search/keep", who="ana", name="Ana's")
    assert kept.status_code == 303
    assert "ana" not in str(kept.location).lower()


def test_a_search_is_kept_found_again_replaced_and_forgotten(home: Home, nina: Desk) -> None:
    address = str(nina.post("/console/search/keep", sign="fever", name="Fever, week 1").location)
    page = nina.page(address)
    assert ">Ana</a></h2>" in page
    assert ">Ben</a></h2>" not in page
    assert f'href="{address}">Fever, week 1</a>' in nina.page("/console/")
    again = str(nina.post("/console/search/keep", day_to="15", name="fever, WEEK 1").location)
    assert again != address
    assert ">Ben</a></h2>" in nina.page(again)
    assert "There is no such view" in nina.page(address, 404)
    nina.post(f"{again}/forget")
    nina.page(again, 404)
    assert home.rows(t.views) == []


def test_a_kept_search_is_its_owners_alone_and_sealed(home: Home, nina: Desk) -> None:
    address = str(nina.post("/console/search/keep", who="walter", name="Walter").location)
    hire(home, "otto")
    otto = desk(home, "otto", app=nina.client.application)
    otto.page(address, 404)
    assert otto.post(f"{address}/forget").status_code == 404
    (row,) = home.rows(t.views)
    assert b"walter" not in (row.name + row.query).lower()


def test_a_view_without_a_name_and_one_too_many_are_refused(home: Home, nina: Desk) -> None:
    nameless = nina.post("/console/search/keep", who="ana", name=" ")
    assert nameless.status_code == 422
    assert 'value="ana"' in nameless.text
    for n in range(20):
        assert nina.post("/console/search/keep", who="ana", name=f"view {n}").status_code == 303
    assert nina.post("/console/search/keep", who="ana", name="another").status_code == 409
    assert len(home.rows(t.views)) == 20


def test_a_search_is_in_the_audit_trail_without_what_was_looked_for(home: Home, nina: Desk) -> None:
    nina.post("/console/search", who="ana")
    assert ("looked", "search", None) in [(row.action, row.subject, row.subject_id) for row in home.rows(t.audit)]


def test_another_hospitals_families_are_not_found(home: Home, nina: Desk) -> None:
    hire(home, "eve", hospital=another_hospital(home))
    eve = desk(home, "eve", app=nina.client.application)
    for fields in ({}, {"who": "ana"}, {"who": MARIA}, {"who": "0133"}, {"sign": "fever"}):
        assert found(eve, **fields) == []


def test_a_search_asks_the_database_the_same_however_many_families_there_are(home: Home, nina: Desk) -> None:
    def cost() -> int:
        with counted(home) as statements:
            nina.post("/console/search", who="a")
        return len(statements)

    few = cost()
    for n in range(20):
        home.enrol(f"Anton{n}", phone=f"+120655570{n:02d}", day_zero=date(2026, 3, 1) - timedelta(days=n))
        home.text("his toes are blue", phone=f"+120655570{n:02d}")
    assert cost() == few <= 12
