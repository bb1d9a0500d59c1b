"""The record of one family leaves whole: every word, reading, act and time, for who may see it, noted in the audit."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import hearback
from bot.web.families.latin import latin
from messages.flags import ActKind, Outcome
from messages.people import Role
from messages.store import tables as t
from messages.store.acts import act
from messages.store.episode_acts import note_episode_act
from messages.store.record import FORMAT, VERSION
from scheduler.enrol import CaregiverEntry
from tests.house import MARIA, TOM, Home
from tests.integration.desk import Desk, another_hospital, application, desk, hire
from tests.integration.test_console import counted


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina", patient=True)


def eventful(home: Home) -> str:
    """A family of two adults in two zones to whom everything has happened that a record tells of."""
    tom = CaregiverEntry("Tomás", "father", TOM, "es", "America/New_York")
    episode = home.enrol("Ana", more=(tom,), risks=("asthma",)).episode_id
    home.turn()
    home.send()
    home.text("her toes are blue 😀, she said “ouch”", media=("https://carrier.example/1",))
    home.send()
    home.text("le duele 7 de 10, 38.5", phone=TOM)
    home.pass_time(minutes=4)
    (flag,) = home.flags()
    nurse = hire(home, "olga")
    with home.house.database.writing() as connection:
        more = {
            "flag_id": flag.id, "hospital_id": home.hospital.id, "staff_id": nurse.id, "now": home.now,
        }
        act(connection, home.house.vault, kind=ActKind.CALLED, note="She holds the phone to her ear.", **more)  # type: ignore[arg-type]
        act(
            connection, home.house.vault, kind=ActKind.CLOSED, outcome=Outcome.CLINIC, read_rightly=True,
            **more,  # type: ignore[arg-type]
        )
        note_episode_act(
            connection, home.house.vault, nurse, episode, "paused", now=home.now, note="Until Friday.",
            detail={"why": "away", "until": None, "before": {"state": "active"}},
        )
    home.text("STOP", phone=TOM)
    return episode


def data(at: Desk, episode: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at.page(f"/console/families/{episode}/record/json"))
    return found


def words_of(pdf: bytes) -> str:
    """Every word that the PDF shows, in order: the strings of its content streams."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        for text in re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", content, re.DOTALL):
            found.append(re.sub(rb"\\(.)", rb"\1", text).decode("latin-1"))
    return " ".join(" ".join(found).split())


def test_the_data_holds_every_row_that_is_kept_about_the_family(home: Home, nina: Desk) -> None:
    episode = eventful(home)
    record = data(nina, episode)
    assert (record["format"], record["version"]) == (FORMAT, VERSION)
    assert record["made_by"] == "Nina Person"
    mine = home.rows(t.messages, t.messages.c.caregiver_id.is_not(None))
    in_order = sorted(mine, key=lambda row: (row.at, row.id))
    assert [text["id"] for text in record["texts"]] == [row.id for row in in_order]
    assert "her toes are blue 😀, she said “ouch”" in [text["body"] for text in record["texts"]]
    assert sum(len(text["readings"]) for text in record["texts"]) == len(home.rows(t.readings))
    assert len(record["check_ins"]) == len(home.rows(t.check_ins, t.check_ins.c.episode_id == episode))
    assert len(record["consents"]) == len(home.rows(t.consents)) == 3
    assert [flag["id"] for flag in record["flags"]] == [row.id for row in home.rows(t.flags)]
    (flag,) = record["flags"]
    assert [one["kind"] for one in flag["acts"]] == ["called", "closed"]
    assert flag["acts"][0]["note"] == "She holds the phone to her ear."
    assert len(flag["pages"]) == len(home.rows(t.pages)) > 0
    assert len(flag["promises"]) == len(home.rows(t.promises)) > 0
    assert [(one["kind"], one["note"], one["by"]) for one in record["acts"]] == [
        ("paused", "Until Friday.", "Olga Person")
    ]
    assert {adult["phone"] for adult in record["caregivers"]} == {MARIA, TOM}
    assert record["episode"]["day_zero"] == "2026-03-01"


def test_the_pdf_says_who_made_it_and_when_and_every_word_with_both_clocks(home: Home, nina: Desk) -> None:
    answer = nina.client.get(f"/console/families/{eventful(home)}/record/pdf")
    assert answer.mimetype == "application/pdf"
    assert "Ana" not in answer.headers["Content-Disposition"]
    words = words_of(answer.data)
    for one in (
        "Record of Ana", "made by Nina Person, Mon 2 Mar 2026, 10:04 am", "Page 1 of ", "Tomás (father)",
        'her toes are blue [GRINNING FACE], she said "ouch"', "Cold or blue foot", "https://carrier.example/1",
        "10:00 am (1:00 pm for the family) Tomás wrote", "38.5 °C (101.3 °F)", "pain 7 of 10",
        "She holds the phone to her ear.", "Comes to the clinic",
        "Olga Person paused the texts: the family is away Until Friday.", "Tomás stopped the texts",
        "Check-ins", "was told that somebody acts by",
    ):
        assert one in words, one


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_whoever_takes_a_record_is_noted(home: Home, nina: Desk, kind: str) -> None:
    episode = home.enrol().episode_id
    nina.client.get(f"/console/families/{episode}/record/{kind}")
    (noted,) = home.rows(t.audit, t.audit.c.action == "exported")
    (person,) = [row for row in home.rows(t.staff) if row.password_hash]
    assert (noted.actor, noted.subject, noted.subject_id) == (person.id, "episode", episode)


def test_a_stranger_gets_no_record_and_nothing_is_noted_as_taken(home: Home) -> None:
    episode = home.enrol().episode_id
    hire(home, "eve", hospital=another_hospital(home))
    eve = desk(home, "eve", patient=True)
    for kind in ("json", "pdf"):
        assert "Ana" not in eve.page(f"/console/families/{episode}/record/{kind}", 404)
    assert eve.client.get(f"/console/families/{episode}/record/docx").status_code == 404
    assert home.rows(t.audit, t.audit.c.action == "exported") == []


def test_who_may_not_look_at_families_may_not_take_their_records(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    for role, status in ((Role.AUDITOR, 200), (Role.ADMINISTRATOR, 403)):
        with home.house.database.writing() as connection:
            connection.execute(t.staff.update().values(role=role.value))
        assert nina.client.get(f"/console/families/{episode}/record/json").status_code == status


def test_texts_about_a_sibling_alone_are_counted_and_stay_behind(home: Home, nina: Desk) -> None:
    ana, ben = home.enrol("Ana").episode_id, home.enrol("Ben").episode_id
    home.text("Ben has blue toes")
    home.text("Ana has a fever of 102")
    home.text("she sleeps a lot")
    for mine, theirs, left in ((ana, "Ben has blue toes", True), (ben, "Ana has a fever of 102", True)):
        record = data(nina, mine)
        bodies = [text["body"] for text in record["texts"]]
        assert (theirs not in bodies) is left
        assert "she sleeps a lot" in bodies
        assert record["texts_left_out"] > 0
    unclear = [text for text in data(nina, ana)["texts"] if text["body"] == "she sleeps a lot"]
    assert unclear[0]["about"] == "perhaps another child"


def test_a_record_costs_the_database_the_same_however_long_it_is(home: Home, nina: Desk) -> None:
    episode = eventful(home)

    def cost() -> int:
        data(nina, episode)  # signed in
        with counted(home) as statements:
            data(nina, episode)
        return len(statements)

    few = cost()
    for _ in range(10):
        home.text("he vomited twice")
        home.pass_time(hours=5)
    assert cost() == few


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_whatever_is_written_fits_the_pdfs_fonts(text: str) -> None:
    written = latin(text)
    assert written.encode("latin-1").decode("latin-1") == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("día €5", "día [EURO SIGN]5"),
        ("it’s 101…", "it's 101..."),
        ("e\u0301l", "él"),
        ("toes 👍🏽", "toes [THUMBS UP SIGN][EMOJI MODIFIER FITZPATRICK TYPE-4]"),
        ("a\x07b", "a[U+0007]b"),
        ("two\r\nlines", "two\nlines"),
    ],
)
def test_what_the_fonts_lack_is_written_by_its_name(text: str, written: str) -> None:
    assert latin(text) == written


# By command


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("bot.commands.export.open_house", lambda _need: home.house)
    return lambda *words: CliRunner().invoke(hearback, ["export", *words])


def test_the_command_writes_the_same_record_and_is_noted(home: Home, nina: Desk, run: Any) -> None:
    episode = eventful(home)
    done = run("--family", episode)
    assert done.exit_code == 0, done.output
    written, shown = json.loads(done.stdout), data(nina, episode)
    assert {**written, "made_at": "", "made_by": ""} == {**shown, "made_at": "", "made_by": ""}
    assert written["made_by"].startswith("command line (")
    assert home.rows(t.audit, t.audit.c.action == "exported")[0].actor == written["made_by"]


def test_the_command_writes_a_pdf_for_its_owner_only(home: Home, run: Any, tmp_path: Path) -> None:
    file = tmp_path / "record.pdf"
    done = run("--family", home.enrol().episode_id, "--pdf", str(file))
    assert done.exit_code == 0, done.output
    assert "Record of Ana" in words_of(file.read_bytes())
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("words", [(), ("--cases", "--family", "x"), ("--cases", "--pdf", "x.pdf")])
def test_the_command_says_what_it_wants(home: Home, run: Any, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert "Say what" in done.output or "goes with" in done.output


def test_an_unknown_family_is_told_and_nothing_is_noted(home: Home, run: Any) -> None:
    done = run("--family", "0" * 32)
    assert "no such family" in str(done.exception)
    assert home.rows(t.audit, t.audit.c.action == "exported") == []


def test_nobody_passes_without_signing_in(home: Home) -> None:
    episode = home.enrol().episode_id
    answer = desk(home, app=application(home)).client.get(f"/console/families/{episode}/record/pdf")
    assert answer.status_code == 303
