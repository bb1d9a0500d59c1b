"""Several hospitals in one installation with nothing shared; several numbers of one hospital."""

from __future__ import annotations

from dataclasses import replace

from messages.carriers.carrier import Incoming
from messages.people import Role
from messages.store import tables as t
from messages.store.configured import save_hospital
from messages.store.people import hospital_by_id
from tests.house import MARIA, SENDER, Home
from tests.integration.desk import another_hospital, desk, hire, text_of
from tests.integration.test_hospital_settings import change, save

SECOND = "+12065550102"
NOBODYS = "+12065550109"


def arrives(home: Home, number: str, body: str = "no fever, slept well", sid: str = "SMastray") -> str | None:
    from bot.inbound import inbound

    return inbound(home.house, Incoming(sid, peer=MARIA, to=number, body=body, at=home.now), home.now)


def with_second_number(home: Home) -> None:
    hospital = replace(home.hospital, more_senders=(SECOND,))
    with home.house.database.writing() as connection:
        save_hospital(connection, hospital, home.now)


def test_a_text_to_a_number_of_nobody_is_kept_for_administrators_and_is_no_familys(home: Home) -> None:
    another_hospital(home)
    home.enrol()
    assert arrives(home, NOBODYS, "he can't breathe") is None
    assert arrives(home, NOBODYS, "he can't breathe") is None  # the carrier tells it twice
    assert home.flags() == []
    assert home.rows(t.messages) == []
    hire(home, "ada", Role.ADMINISTRATOR)
    hire(home, "mia", Role.MANAGER)
    shown = text_of(desk(home, "ada").page("/console/hospital"))
    assert f"1 text came to {NOBODYS}" in shown
    assert "breathe" not in shown
    assert NOBODYS not in desk(home, "mia").page("/console/hospital")


def test_such_a_text_is_taken_in_when_the_number_has_its_hospital(home: Home) -> None:
    another_hospital(home)
    home.enrol()
    arrives(home, NOBODYS, "he can't breathe")
    hire(home, "ada", Role.ADMINISTRATOR)
    told = save(desk(home, "ada"), "numbers", more=NOBODYS)
    assert "1 text that came to it before is taken in now" in told
    assert [flag.level.value for flag in home.flags()] == ["emergency"]
    assert home.rows(t.astray) == []
    assert [text.sender for text in home.send() if text.to == MARIA] == [NOBODYS]


def test_with_one_hospital_a_text_to_an_unknown_number_is_its_own(home: Home) -> None:
    home.enrol()
    arrives(home, NOBODYS, "he can't breathe")
    assert len(home.flags()) == 1


def test_among_several_hospitals_a_manager_adds_no_number_and_nobody_takes_anothers(home: Home) -> None:
    other = another_hospital(home)
    hire(home, "mia", Role.MANAGER)
    hire(home, "ada", Role.ADMINISTRATOR)
    assert "an administrator adds a number" in text_of(change(desk(home, "mia"), "numbers", more=NOBODYS).text)
    at = desk(home, "ada")
    from tests.integration.test_hospital_settings import form_on, press

    seen = change(at, "numbers", more=other.sender)
    answer = press(at, "numbers", form_on(seen.text))
    assert answer.status_code == 422
    assert "Another hospital here has one of these numbers" in text_of(answer.text)


def test_a_family_is_answered_and_asked_from_the_number_it_texts_to(home: Home) -> None:
    with_second_number(home)
    home.enrol()
    arrives(home, SECOND)
    home.send()
    home.pass_time(days=1)
    home.turn()
    home.send()
    mine = [text for text in home.carrier.sent if text.to == MARIA]
    assert len(mine) >= 2
    assert {text.sender for text in mine} == {SECOND}


def test_a_number_that_is_gone_is_used_no_more_for_texts_still_to_leave(home: Home) -> None:
    with_second_number(home)
    home.enrol()
    arrives(home, SECOND)
    with home.house.database.writing() as connection:
        save_hospital(connection, home.hospital, home.now)
    assert {text.sender for text in home.send() if text.to == MARIA} == {SENDER}


def test_hospitals_share_neither_families_nor_settings(home: Home) -> None:
    other = another_hospital(home)
    home.enrol()
    arrives(home, other.sender, "he can't breathe")  # Maria's number, at the other hospital
    with home.house.database.reading() as connection:
        there = hospital_by_id(connection, other.id)
    assert [flag.hospital_id for flag in home.flags()] == []
    assert next(iter(home.rows(t.messages, t.messages.c.hospital_id == other.id))).caregiver_id is None
    hire(home, "mia", Role.MANAGER)
    save(desk(home, "mia"), "times", urgent="45")
    assert there.targets == other.targets
    with home.house.database.reading() as connection:
        assert hospital_by_id(connection, other.id) == there
