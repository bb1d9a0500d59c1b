"""The audit trail is readable by whoever may, by person, day, action and child; and costs the same however long."""

from __future__ import annotations

import csv
import io
import re

import pytest

from messages.people import Role
from messages.store.console import note_audit
from messages.store.people import staff_of
from tests.house import TOM, Home
from tests.integration.desk import PASSWORD, Desk, another_hospital, breathing, desk, hire, text_of
from tests.integration.test_console import counted


@pytest.fixture
def auditor(home: Home) -> Desk:
    hire(home, "ann", Role.AUDITOR)
    return desk(home, "ann")


def lines(page: str) -> list[str]:
    found = re.findall(r"<li><time.*?</li>", page, re.DOTALL)
    return [text_of(line) for line in found]


def rows(at: Desk, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(at.page(f"/console/audit.csv{query}"))))


def test_looks_and_acts_are_read_newest_first_with_the_childs_name(home: Home, auditor: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "nina")
    nina = desk(home, "nina")
    home.pass_time(minutes=1)
    nina.page(f"/console/flags/{flag_id}")
    home.pass_time(minutes=1)
    nina.act(flag_id, "take")
    home.pass_time(minutes=1)
    found = lines(auditor.page("/console/audit"))
    assert found[0].endswith("Nina Person took a flag: Ana")
    assert "Nina Person looked at a flag: Ana" in found[1]
    assert "Nina Person signed in" in " ".join(found)
    assert lines(auditor.page("/console/audit"))[0].endswith("Ann Person looked at the audit trail")


def test_it_is_filtered_by_person_day_action_and_child(home: Home, auditor: Desk) -> None:
    home.enrol("Ben", phone=TOM)
    home.text("he can't breathe", phone=TOM)
    (ben,) = home.flags()
    nina = hire(home, "nina")
    at = desk(home, "nina")
    flag_id = breathing_of_ana(home)
    at.act(flag_id, "take")
    home.pass_time(days=1)
    at = desk(home, "nina")
    at.page(f"/console/flags/{ben.id}")
    auditor = desk(home, "ann")
    assert {row["who"] for row in rows(auditor, f"?actor={nina.id}")} == {"Nina Person"}
    assert [row["action"] for row in rows(auditor, "?action=take")] == ["take"]
    assert {row["child"] for row in rows(auditor, "?child=be")} == {"Ben"}
    assert {row["at"][:10] for row in rows(auditor, "?day=2026-03-02")} == {"2026-03-02"}
    assert {row["at"][:10] for row in rows(auditor, "?day=2026-03-02&to=2026-03-03")} == {"2026-03-02", "2026-03-03"}
    assert rows(auditor, "?child=nobody") == []
    assert rows(auditor, "?day=yesterday") != []


def breathing_of_ana(home: Home) -> str:
    home.enrol()
    home.text("she can't breathe")
    return str(next(flag.id for flag in home.flags() if flag.caregiver_id != home.flags()[0].caregiver_id))


def test_it_is_turned_page_by_page_without_a_line_twice_or_missing(home: Home, auditor: Desk) -> None:
    with home.house.database.writing() as connection:
        (nora, *_) = staff_of(connection, home.house.vault, home.hospital.id)
        for n in range(120):  # many at one moment
            note_audit(connection, nora, f"did {n}", "queue", None, home.now)
    path, seen = "/console/audit?actor=" + nora.id, []
    for size in (50, 50, 20):
        page = auditor.page(path)
        found = re.findall(r"did (\d+)", page)
        assert len(found) == size
        seen += found
        older = re.search(r'href="([^"]*before=[^"]*)">Older', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert [int(n) for n in seen] == list(range(119, -1, -1))
    assert path == ""


def test_whoever_sees_no_family_reads_no_childs_name(home: Home) -> None:
    flag_id = breathing(home)
    hire(home, "nina")
    desk(home, "nina").page(f"/console/flags/{flag_id}")
    hire(home, "ada", Role.ADMINISTRATOR)
    ada = desk(home, "ada")
    assert "Ana" not in ada.page("/console/audit")
    assert "Ana" not in ada.page("/console/audit.csv")
    everything = ada.page("/console/audit.csv").count("\n")
    assert ada.page("/console/audit.csv?child=zzz").count("\n") >= everything


def test_nothing_of_another_hospital_is_in_it(home: Home, auditor: Desk) -> None:
    flag_id = breathing(home)
    hire(home, "nina")
    desk(home, "nina").page(f"/console/flags/{flag_id}")
    hire(home, "eve", Role.AUDITOR, hospital=another_hospital(home))
    eve = desk(home, "eve")
    assert {row["who"] for row in rows(eve)} == {"Eve Person"}
    (mine,) = [row["id"] for row in rows(auditor, "?action=looked") if row["subject"] == "flag"]
    assert "Nina" not in eve.page(f"/console/audit?before={mine}")


def test_a_download_is_noted_and_holds_no_formula(home: Home, auditor: Desk) -> None:
    home.enrol("=1+1")
    home.text("he can't breathe")
    (flag,) = home.flags()
    auditor.page(f"/console/flags/{flag.id}")
    assert "'=1+1" in {row["child"] for row in rows(auditor)}
    assert "downloaded" in {row["action"] for row in rows(auditor)}


def test_a_download_asks_the_password_again_and_then_leads_to_it(home: Home, auditor: Desk) -> None:
    auditor.page("/console/audit")
    home.pass_time(minutes=11)
    asked = auditor.page("/console/audit.csv?action=looked", 401)
    assert 'value="/console/audit.csv?action=looked"' in asked
    form = {"next": "/console/audit.csv?action=looked"}
    assert auditor.post("/console/prove", **form, proof_password="wrong").status_code == 401
    assert auditor.post("/console/prove", **form, proof_password=PASSWORD).location == form["next"]
    assert "looked" in auditor.page(form["next"])


def test_a_page_costs_the_same_however_long_the_trail_is(home: Home, auditor: Desk) -> None:
    def cost() -> int:
        with counted(home) as statements:
            auditor.page("/console/audit")
        return len(statements)

    few = cost()
    flag_id = breathing(home)
    for _ in range(30):
        auditor.page(f"/console/flags/{flag_id}")
    assert cost() == few
