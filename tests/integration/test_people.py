"""Accounts: come in by invitation, changed by whoever manages, and nobody locks the hospital out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from messages.flags import FlagState
from messages.people import Role, Staff
from messages.store import tables as t
from tests.house import Home
from tests.integration.desk import PASSWORD, Desk, another_hospital, breathing, desk, hire, text_of
from tests.integration.test_console import counted

NEW = {"new_password": "correct staple", "again_password": "correct staple"}


@pytest.fixture
def manager(home: Home) -> Desk:
    hire(home, "mona", Role.MANAGER)
    return desk(home, "mona")


def link_in(page: str) -> str:
    found = re.search(r"https://hearback\.test(/console/welcome/[\w-]{40,})", page)
    assert found is not None, text_of(page)
    return found[1]


def invite(at: Desk, **changes: str) -> Any:
    form = {"name": "Iris Ito", "login": "iris", "role": "coordinator", "phone": ""} | changes
    return at.post("/console/people", **form)


def change(at: Desk, whom: Staff, what: str, **form: str) -> int:
    return at.post(f"/console/people/{whom.id}/{what}", **form).status_code


def comes_in(home: Home, login: str, password: str = PASSWORD) -> bool:
    return desk(home).post("/console/login", login=login, password=password).status_code == 303


# Invitations


def test_an_invited_person_chooses_a_password_by_a_link_that_works_once(home: Home, manager: Desk) -> None:
    link = link_in(invite(manager, phone="+12065550199").text)
    iris = desk(home)
    assert "Welcome, Iris Ito" in text_of(iris.page(link))
    assert iris.post(link, new_password="short", again_password="short").status_code == 422
    assert iris.post(link, **NEW).status_code == 303
    assert iris.client.get("/console/").status_code == 200
    assert comes_in(home, "iris", "correct staple")
    late = desk(home).post(link, new_password="somebody else", again_password="somebody else")
    assert late.status_code == 404
    assert "link was used" in text_of(late.text)
    assert not comes_in(home, "iris", "somebody else")


def test_a_link_is_dead_after_seven_days_and_when_a_newer_one_was_made(home: Home, manager: Desk) -> None:
    first = link_in(invite(manager).text)
    (iris,) = [row for row in home.rows(t.staff) if row.password_hash is None and row.phone is None]
    second = link_in(manager.post(f"/console/people/{iris.id}/link").text)
    assert desk(home).client.get(first).status_code == 404
    assert desk(home).client.get(second).status_code == 200
    home.pass_time(days=7)
    assert desk(home).client.get(second).status_code == 404


def test_the_database_holds_no_link(home: Home, manager: Desk) -> None:
    token = link_in(invite(manager).text).rsplit("/", 1)[1]
    assert token not in repr(home.rows(t.invitations))
    assert token not in repr(home.rows(t.audit))


def test_a_link_for_a_forgotten_password_ends_the_sessions_of_the_old_one(home: Home, manager: Desk) -> None:
    nina = hire(home, "nina")
    lost = desk(home, "nina")
    link = link_in(manager.post(f"/console/people/{nina.id}/link").text)
    assert comes_in(home, "nina")
    assert desk(home).post(link, **NEW).status_code == 303
    assert lost.client.get("/console/").status_code == 303
    assert not comes_in(home, "nina")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "name is missing"),
        ({"login": "two words"}, "login"),
        ({"login": "MONA"}, "login is taken"),
        ({"phone": "12"}, "phone"),
        ({"role": "king"}, "Choose a role"),
        ({"role": "administrator"}, "Only an administrator"),
    ],
)
def test_an_invitation_with_a_mistake_adds_nobody_and_keeps_what_was_typed(
    home: Home, manager: Desk, changes: dict[str, str], words: str
) -> None:
    before = len(home.rows(t.staff))
    answer = invite(manager, **changes)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert changes.get("name", "Iris Ito") in answer.text
    assert len(home.rows(t.staff)) == before


# Changes


def test_who_is_disabled_is_out_at_once_and_their_flags_are_open_again(home: Home, manager: Desk) -> None:
    nina = hire(home, "nina")
    hers = desk(home, "nina")
    flag_id = breathing(home)
    hers.act(flag_id, "take")
    link = link_in(manager.post(f"/console/people/{nina.id}/link").text)
    assert change(manager, nina, "disable") == 303
    assert hers.client.get("/console/").status_code == 303
    assert not comes_in(home, "nina")
    assert desk(home).client.get(link).status_code == 404
    (flag,) = home.flags()
    assert (flag.state, flag.taken_by, flag.next_page_at) == (FlagState.OPEN, None, home.now)
    assert change(manager, nina, "enable") == 303
    assert comes_in(home, "nina")


def test_another_role_holds_at_once(home: Home, manager: Desk) -> None:
    nina = hire(home, "nina")
    hers = desk(home, "nina")
    assert hers.client.get("/console/people").status_code == 403
    assert change(manager, nina, "role", role="manager") == 303
    assert hers.client.get("/console/people").status_code == 200


def test_nobody_changes_their_own_role_or_disables_themselves(home: Home, manager: Desk) -> None:
    hire(home, "otto", Role.MANAGER)
    (mona,) = [row.staff_id for row in home.rows(t.sessions)]
    for what, form in (("role", {"role": "auditor"}), ("disable", {}), ("link", {}), ("reset", {})):
        assert manager.post(f"/console/people/{mona}/{what}", **form).status_code == 409, what
    assert manager.client.get("/console/people").status_code == 200


def test_the_last_who_manages_is_neither_disabled_nor_demoted(home: Home, manager: Desk) -> None:
    otto = hire(home, "otto", Role.MANAGER)
    ottos = desk(home, "otto")
    (mona,) = [row for row in home.rows(t.staff) if row.role == "manager" and row.id != otto.id]
    assert change(manager, otto, "role", role="coordinator") == 303
    assert ottos.client.get("/console/people").status_code == 403
    invite(manager, role="manager")  # who was never here keeps nothing
    admin = hire(home, "ada", Role.ADMINISTRATOR)
    adas = desk(home, "ada")
    assert adas.post(f"/console/people/{mona.id}/disable").status_code == 303
    otto_again = adas.post(f"/console/people/{otto.id}/role", role="manager")
    assert otto_again.status_code == 303
    assert ottos.post(f"/console/people/{admin.id}/disable").status_code == 409


def test_only_an_administrator_makes_or_changes_an_administrator(home: Home, manager: Desk) -> None:
    ada, nina = hire(home, "ada", Role.ADMINISTRATOR), hire(home, "nina")
    for what, form in (("role", {"role": "auditor"}), ("disable", {}), ("link", {}), ("reset", {})):
        answer = manager.post(f"/console/people/{ada.id}/{what}", **form)
        assert answer.status_code == 409, what
        assert "welcome" not in answer.text
    assert change(manager, nina, "role", role="administrator") == 409
    assert change(desk(home, "ada"), nina, "role", role="administrator") == 303


def test_nobody_reaches_the_people_of_another_hospital(home: Home, manager: Desk) -> None:
    eve = hire(home, "eve", hospital=another_hospital(home))
    assert manager.client.get(f"/console/people/{eve.id}").status_code == 404
    for what in ("role", "link", "reset", "disable", "enable"):
        assert change(manager, eve, what, role="auditor") == 404, what
    assert eve.id not in manager.page("/console/people")


def test_the_list_costs_the_same_however_many_people_there_are(home: Home, manager: Desk) -> None:
    def cost() -> int:
        with counted(home) as statements:
            manager.page("/console/people")
        return len(statements)

    few = cost()
    for n in range(12):
        hire(home, f"person{n}")
    assert cost() == few


# Proof


def test_a_change_to_people_asks_the_password_again_and_then_goes_on_by_itself(home: Home, manager: Desk) -> None:
    home.pass_time(minutes=11)
    asked = invite(manager, name="Iris <Ito>")
    assert asked.status_code == 401
    assert 'value="Iris &lt;Ito&gt;"' in asked.text
    sent = {"name": "Iris <Ito>", "login": "iris", "role": "coordinator"}
    wrong = manager.post("/console/people", proof_password="wrong", **sent)
    assert wrong.status_code == 401
    assert "not your password" in wrong.text
    assert manager.post("/console/people", proof_password="", **sent).status_code == 401
    assert len(home.rows(t.invitations)) == 0
    right = manager.post("/console/people", proof_password=PASSWORD, **sent)
    assert right.status_code == 200
    link_in(right.text)
    assert invite(manager, login="ivan").status_code == 200
    home.pass_time(minutes=11)
    assert invite(manager, login="igor").status_code == 401


def test_a_password_cannot_be_guessed_where_it_is_asked_again(home: Home, manager: Desk) -> None:
    home.pass_time(minutes=11)
    for _ in range(5):
        answer = manager.post("/console/people", proof_password="wrong", name="x", login="xy", role="auditor")
    assert "Too many wrong tries" in answer.text
    answer = manager.post("/console/people", proof_password=PASSWORD, name="x", login="xy", role="auditor")
    assert answer.status_code == 401
    assert manager.client.get("/console/people").status_code == 200


def test_every_change_is_noted(home: Home, manager: Desk) -> None:
    nina = hire(home, "nina")
    for what, form in (("role", {"role": "auditor"}), ("link", {}), ("reset", {}), ("disable", {}), ("enable", {})):
        change(manager, nina, what, **form)
    noted = [row.action for row in home.rows(t.audit) if row.subject_id == nina.id]
    assert noted == ["made auditor", "made a link", "reset second factor", "disabled", "enabled"]
