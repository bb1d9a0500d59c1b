"""Somebody who means harm: forged forms, ids of another hospital inside them, addresses made up by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from messages.people import Role
from messages.store import tables as t
from scheduler.load import shipped_source
from scheduler.store.published import publish
from tests.house import TOM, Home
from tests.integration.desk import Desk, another_hospital, desk, hire
from tests.rules.test_routes import address, guarded

FIELDS = (
    "act", "act_id", "again_password", "body", "caregiver", "check_in", "code", "day", "day_from", "day_zero", "from",
    "hour", "how", "kept", "key", "language", "leaves", "level", "login", "name", "needed", "new_password", "next",
    "note", "outcome", "passkey", "phone", "phrase", "read_rightly", "relation", "right_level", "right_signs", "risk",
    "role", "seen_at", "session", "sign", "state", "step", "time", "to", "to_id", "until", "version", "who", "why",
    "words", "zone",
)  # fmt: skip
QUERY = (
    "actor", "action", "child", "to", "before", "after", "only", "all", "hours", "page", "seen", "done", "endpoint",
    "_external", "_scheme", "_anchor", "_method",
)  # fmt: skip
JUNK = ("\x00", "x" * 5000, "\U0001f600" * 50, "9" * 30, "2026-13-45T99:99", "<script>")


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina", Role.MANAGER)
    return desk(home, "nina", patient=True)


def ids(home: Home, at: Desk) -> dict[str, str]:
    """What stands in addresses, of one family with a flag."""
    episode = home.enrol("Anabel", name="Mariela").episode_id
    home.text("he can't breathe")
    view = str(at.post("/console/search/keep", name="week one", who="Ana").location).rsplit("/", 1)[1]
    return {
        "flag_id": home.flags()[0].id, "episode_id": str(episode), "staff_id": hire(home, "otto").id, "view_id": view,
    }


def addresses(at: Desk, values: dict[str, str], method: str) -> Iterator[str]:
    """Every address behind the sign-in, one for each act that it can name, but signing out."""
    for rule, asked in guarded(at.client.application):
        if asked != method or rule.endpoint == "console.logout":
            continue
        choices = [name for name in rule.arguments if name in ("what", "kind")]
        if not choices:
            yield address(rule, values)
            continue
        (name,) = choices
        for choice in rule._converters[name].items:  # type: ignore[attr-defined]
            yield address(rule, values | {name: choice})


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_a_forged_form_breaks_nothing_wherever_it_is_sent(home: Home, nina: Desk, junk: str) -> None:
    values = ids(home, nina)
    for path in addresses(nina, values, "POST"):
        answer = nina.post(path, **dict.fromkeys(FIELDS, junk))
        assert answer.status_code < 500, path
        assert b"<script>" not in answer.data or answer.mimetype == "application/json", path


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_an_address_made_up_by_hand_breaks_nothing(home: Home, nina: Desk, junk: str) -> None:
    values = ids(home, nina)
    names = (*FIELDS, *QUERY)
    for path in addresses(nina, values, "GET"):
        answer = nina.client.get(path, query_string=dict.fromkeys(names, junk))
        assert answer.status_code < 500, path
        assert b"<script>" not in answer.data, path
    made_up = quote(junk[:100], safe="")
    for path in addresses(nina, dict.fromkeys(values, made_up), "GET"):
        assert nina.client.get(path).status_code < 500, path


def test_no_link_of_a_page_is_bent_by_its_address(home: Home, nina: Desk) -> None:
    for _n in range(60):
        nina.page("/console/people")
    bent = "/console/audit?_scheme=javascript&_external=1&_anchor=%0aalert(1)&endpoint=root&action=looked"
    page = nina.page(bent)
    assert "javascript:" not in page
    assert "action=looked" in page


def test_ids_of_another_hospital_inside_a_form_reach_nothing_there(home: Home, nina: Desk) -> None:
    mine = ids(home, nina)
    other = another_hospital(home)
    there = hire(home, "eve", hospital=other)
    stranger = desk(home, "eve")
    ours, home.hospital = home.hospital, other
    with home.house.database.writing() as connection:
        publish(connection, other.id, shipped_source("hip-osteotomy"), by="test", now=home.now)
    theirs = home.enrol("Bela", phone=TOM, name="Tamara")
    home.text("she fainted", phone=TOM)
    home.hospital = ours
    stranger.page("/console/")

    def rows_there() -> list[Any]:
        found = []
        for table in t.metadata.sorted_tables:
            if "hospital_id" in table.c and table.name != "audit":
                found += home.rows(table, table.c.hospital_id == other.id)
            elif "episode_id" in table.c:
                found += home.rows(table, table.c.episode_id == theirs.episode_id)
            elif table.name == "sessions":
                found += home.rows(table, table.c.staff_id == there.id)
        return found

    with home.house.database.reading() as connection:
        reached = [
            *connection.execute(sa.select(t.caregivers.c.id).where(t.caregivers.c.hospital_id == other.id)).scalars(),
            *connection.execute(sa.select(t.flags.c.id).where(t.flags.c.hospital_id == other.id)).scalars(),
            *connection.execute(
                sa.select(t.check_ins.c.id).where(t.check_ins.c.episode_id == theirs.episode_id).limit(1)
            ).scalars(),
            *connection.execute(sa.select(t.outbox.c.message_id).where(t.outbox.c.hospital_id == other.id)).scalars(),
            *connection.execute(sa.select(t.sessions.c.id).where(t.sessions.c.staff_id == there.id)).scalars(),
            str(theirs.episode_id), there.id,
        ]  # fmt: skip
    before = rows_there()
    assert len(before) > 10
    pointing = ("act", "caregiver", "check_in", "episode", "from", "session", "step", "to", "to_id")
    for theirs_id in reached:
        for path in addresses(nina, mine, "POST"):
            if not path.startswith(("/console/flags", "/console/families", "/console/account")):
                continue
            form = dict.fromkeys(pointing, theirs_id) | {
                "body": "hello", "note": "x", "outcome": "advice", "version": version(nina, path), "name": "New Name",
                "how": "phone", "checked": "yes", "phone": "+12065550188", "zone": ours.zone, "language": "en",
            }
            answer = nina.post(path, **form)
            assert answer.status_code < 500, path
            assert "Tamara" not in answer.text, path
            assert "Bela" not in answer.text, path
    assert rows_there() == before


def version(at: Desk, path: str) -> str:
    found = re.search(r'name="version" value="(\w+)"', at.client.get(path.rsplit("/", 1)[0]).text)
    return found[1] if found else "1"


def test_nothing_a_signed_in_person_saw_stays_in_the_browser(home: Home, nina: Desk) -> None:
    values = ids(home, nina)
    for path in chain(addresses(nina, values, "GET"), ["/console/login", "/console/welcome/nobodys", "/nothing"]):
        answer = nina.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize(
    "target",
    [
        "/console/\r\nSet-Cookie: a=b", "/console/%0d%0aSet-Cookie:%20a=b", "/console/../../evil",
        "/console//evil.test",
        "https://evil.test/console/", "//evil.test/console/", "/\\evil.test", "javascript:alert(1)",
    ],
)
def test_wherever_a_next_page_is_named_it_stays_in_the_console_and_one_line(
    home: Home, nina: Desk, target: str
) -> None:
    asks = (
        lambda: desk(home).post("/console/login", login="nina", password="correct horse", next=target),
        lambda: nina.client.get("/console/login", query_string={"next": target}),
        lambda: nina.post("/console/go-on", next=target),
        lambda: nina.post("/console/prove", next=target),
        lambda: nina.client.get("/console/second", query_string={"next": target}),
    )
    for ask in asks:
        answer = ask()
        assert answer.status_code in (302, 303)
        assert str(answer.location).startswith("/console/")
        assert not {"\r", "\n", "\x00"} & set(str(answer.location))
        assert "a=b" not in answer.headers.getlist("Set-Cookie")


def test_a_session_given_to_a_victim_before_signing_in_is_worth_nothing_after(home: Home, nina: Desk) -> None:
    attacker = desk(home)
    attacker.page("/console/login")
    cookie = attacker.client.get_cookie("hearback")
    victim = desk(home)
    if cookie:
        victim.client.set_cookie("hearback", cookie.value)
    victim.post("/console/login", login="nina", password="correct horse")
    assert victim.page("/console/")
    assert attacker.client.get("/console/").status_code == 303


@pytest.mark.parametrize("kind", ["pdf", "json"])
def test_a_download_says_its_name_in_one_line_and_runs_nowhere(home: Home, nina: Desk, kind: str) -> None:
    episode = home.enrol("Ana", name="<script>alert(1)</script>").episode_id
    (child,) = home.rows(t.children)  # such a name is refused today; a database may hold one of before
    sealed = home.house.vault.seal("children.name", child.id, 'A"; filename="x.html\r\nX-Evil: 1')
    with home.house.database.writing() as connection:
        connection.execute(t.children.update().values(name=sealed))
    answer = nina.client.get(f"/console/families/{episode}/record/{kind}")
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="hearback-record-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not answer.mimetype.startswith("text/html")
