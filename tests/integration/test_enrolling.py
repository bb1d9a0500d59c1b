"""Enrolling at the bedside: a last look before anything is saved, what is odd said at once, consent kept in words."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from messages.people import Role
from messages.store import tables as t
from tests.house import MARIA, SENDER, TOM, Home
from tests.integration.desk import Desk, another_hospital, desk, hire, text_of
from tests.integration.test_lists import HEADING, TEXT

FORM = {
    "child": "Ana", "day_zero": "2026-03-02", "protocol": "hip-osteotomy", "caregiver": "Maria", "relation": "mother",
    "phone": "(206) 555-0111", "language": "en", "zone": "America/Los_Angeles", "agreed": "yes",
}


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina", patient=True)


def look(at: Desk, **changes: str) -> str:
    answer = at.post("/console/families/new", step="look", **(FORM | changes))
    assert answer.status_code == 200, text_of(answer.text)
    return answer.text


def save(at: Desk, page: str, **changes: str) -> object:
    stamp = re.search(r'name="stamp" value="(\w+)"', page)
    assert stamp
    return at.post("/console/families/new", step="save", stamp=stamp[1], **(FORM | changes))


def test_a_family_is_looked_over_then_enrolled_with_the_words_of_consent(home: Home, nina: Desk) -> None:
    page = look(nina)
    assert home.rows(t.episodes) == []
    for words in ("Is this right?", MARIA, "Reply 1 for yes", "you joined our check-in texts"):
        assert words in text_of(page)
    answer = save(nina, page)
    assert answer.status_code == 303  # type: ignore[attr-defined]
    (consent,) = home.rows(t.consents)
    (nurse,) = [row for row in home.rows(t.staff) if row.id == consent.asked_by]
    assert (consent.how, nurse.hospital_id) == ("bedside", home.hospital.id)
    assert "Do you agree?" in home.house.vault.open("consents.words", consent.id, consent.words)
    assert "At the bedside, noted by Nina Person" in text_of(nina.page(str(answer.location)))  # type: ignore[attr-defined]
    assert save(nina, look(nina)).status_code == 303  # type: ignore[attr-defined]
    assert len(home.rows(t.episodes)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "12"}, "too few digits"),
        ({"phone": SENDER}, "own number"),
        ({"child": " "}, "Nothing is written under child"),
        ({"day_zero": "2024-01-01"}, "days ago"),
        ({"day_zero": "soon"}, "not a date"),
        ({"zone": "Mars"}, "no time zone"),
        ({"agreed": ""}, "Nobody has agreed yet"),
        ({"phone_2": MARIA, "caregiver_2": "Tom"}, "the same phone"),
        ({"protocol": "knees"}, "no protocol"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    home: Home, nina: Desk, changes: dict[str, str], words: str
) -> None:
    answer = nina.post("/console/families/new", step="look", **(FORM | {"relation": "great-aunt"} | changes))
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert "great-aunt" in answer.text
    assert home.rows(t.episodes) == []


def test_whoever_is_known_is_shown_and_not_merged_unseen(home: Home, nina: Desk) -> None:
    home.enrol("Ana", phone=TOM, name="Tom")
    page = text_of(look(nina))
    assert "Another Ana is here, with Tom" in page
    shared = text_of(look(nina, phone=TOM))
    assert "This child is here already" in shared or "This family is here already" in shared
    assert "This number is known as Tom; the name Maria is not taken." in shared
    said = nina.post("/console/families/new/check", **(FORM | {"phone": TOM, "phone_2": "99"})).get_json()
    assert "is known: Tom (Ana)" in said["phone"]["text"]
    assert said["phone_2"]["odd"] is True
    assert "Ana, with Tom" in said["child"]["text"]


def test_a_change_between_the_look_and_the_save_is_shown_first(home: Home, nina: Desk) -> None:
    page = look(nina)
    home.enrol("Ben")
    answer = save(nina, page)
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert len(home.rows(t.episodes)) == 1


def test_a_number_that_said_stop_stays_stopped(home: Home, nina: Desk) -> None:
    home.enrol("Ben")
    home.text("STOP")
    page = look(nina)
    assert "Texts stay stopped for Maria" in text_of(page)
    save(nina, page)
    (caregiver,) = home.rows(t.caregivers)
    assert not caregiver.texting


def give(at: Desk, text: str) -> str:
    """Give in a list and let it be checked; the address of its page."""
    form = {"file": (BytesIO(text.encode()), "families.csv"), "agreed": "yes"}
    answer = at.post("/console/families/import", **form)
    assert answer.status_code == 303, text_of(answer.text)
    while "Checking the list" in at.page(str(answer.location)):
        assert at.post(f"{answer.location}/check").status_code == 303
    return str(answer.location)


def test_a_list_is_checked_then_enrolled_and_its_bad_rows_come_back(home: Home, nina: Desk) -> None:
    where = give(nina, TEXT + TEXT.splitlines()[1] + "\nLeo,soon,hip-osteotomy,Tom,father,20655501,fr,UTC\n")
    page = text_of(nina.page(where))
    for words in ("new 1", "here already 1", "with mistakes 1", "Row 4", "not a date", "Enrol 2 good rows",
                  "language The protocol", "phone The phone number 20655501 has too few digits"):  # as it was typed
        assert words in page
    assert home.rows(t.episodes) == []
    assert nina.post(f"{where}/enrol", first="yes").status_code == 303
    page = text_of(nina.page(where))
    assert "The list is in" in page
    assert len(home.rows(t.episodes)) == 1
    assert nina.post(f"{where}/enrol", first="yes").status_code == 303  # pressed twice
    assert len(home.rows(t.episodes)) == 1
    bad = nina.client.get(f"{where}/bad.csv").data.decode("utf-8-sig")
    assert "Leo" in bad
    assert "Ana" not in bad


def test_a_list_that_is_none_is_told_on_its_page(home: Home, nina: Desk) -> None:
    for raw in (b"PK\x03\x04", HEADING.encode(), b""):
        form = {"file": (BytesIO(raw), "x.csv"), "agreed": "yes"}
        assert nina.post("/console/families/import", **form).status_code == 422
    assert home.rows(t.imports) == []


def test_nobody_else_sees_a_list(home: Home, nina: Desk) -> None:
    where = give(nina, TEXT)
    hire(home, "omar2", Role.MANAGER)
    hire(home, "eve", Role.MANAGER, hospital=another_hospital(home))
    for login in ("omar2", "eve"):
        desk(home, login).page(where, 404)
    (row,) = home.rows(t.imports)
    assert b"Ana" not in row.file


def code(home: Home) -> None:
    hire(home, "mona", Role.MANAGER)
    answer = desk(home, "mona").post("/console/joining/codes", code="OAK4", protocol="hip-osteotomy")
    assert answer.status_code == 303


def test_a_parent_joins_by_text_and_a_coordinator_checks_before_anything_private(home: Home, nina: Desk) -> None:
    code(home)
    for said in ("oak4", "1", "Ximena", "Carla"):
        home.text(said, phone=TOM)
        home.turn(), home.send()
        home.pass_time(minutes=1)
    assert home.rows(t.caregivers) == []
    assert all("Ximena" not in text for text in home.said(TOM))
    page = nina.page("/console/joining")
    assert "Ximena , Carla" in text_of(page)
    link = re.search(r'href="(/console/families/new\?join=\w+)"', page)
    assert link
    form = nina.page(link[1])
    assert "Ximena" in form
    fields = FORM | {"child": "Ximena", "caregiver": "Carla", "phone": TOM, "join": link[1].split("=")[1]}
    answer = save(nina, look(nina, **fields), **fields)
    assert answer.status_code == 303  # type: ignore[attr-defined]
    (consent, confirmed) = home.rows(t.consents)
    assert (consent.kind, consent.how, confirmed.kind) == ("given", "joined", "confirmed")
    assert "Reply 1 if you agree" in home.house.vault.open("consents.words", consent.id, consent.words)
    home.turn(), home.send()
    assert "you joined our check-in texts" in home.said(TOM)[-1]
    nina.page(link[1], 404)


def test_a_stranger_with_the_code_learns_nothing_of_a_child_who_is_here(home: Home, nina: Desk) -> None:
    home.enrol("Ximena")
    code(home)
    for said in ("OAK4 ES", "si", "Ximena", "Eva", "how is Ximena?"):
        home.text(said, phone=TOM)
        home.turn(), home.send()
        home.pass_time(minutes=3)
    assert all("Maria" not in text and "Ximena" not in text for text in home.said(TOM))
    assert "acepta" in home.said(TOM)[0]
    assert len(home.rows(t.episodes)) == 1


def test_danger_is_answered_in_the_middle_of_joining(home: Home) -> None:
    code(home)
    home.text("OAK4", phone=TOM)
    home.text("my baby can't breathe", phone=TOM)
    home.turn(), home.send()
    assert any("Call 911 now" in text for text in home.said(TOM))
    assert "emergency" in [flag.level for flag in home.flags()]


def test_a_poster_says_the_code_in_both_languages(home: Home, nina: Desk) -> None:
    code(home)
    page = nina.page("/console/joining")
    link = re.search(r'href="(/console/joining/codes/\w+)"', page)
    assert link
    poster = nina.page(link[1])
    assert poster.count("<svg") >= 2
    for words in ("OAK4 ES", "Point your camera", "Apunte la cámara"):
        assert words in text_of(poster)
