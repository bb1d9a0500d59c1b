"""The console's promises: most serious first, closed only by an act, nobody overwritten, nobody else's families."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from messages.flags import FlagKind, FlagState, Level
from messages.store import tables as t
from messages.store.flags import raise_flag
from tests.house import MARIA, TOM, Home
from tests.integration.desk import (
    PASSWORD,
    Desk,
    another_hospital,
    application,
    breathing,
    desk,
    hire,
    text_of,
)


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina")


@contextmanager
def counted(home: Home) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    engine = home.house.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


# Getting in


def test_the_right_password_leads_to_the_flags(nina: Desk) -> None:
    assert "Nobody needs you now" in nina.page("/console/")


def test_a_wrong_password_and_an_unknown_login_are_told_the_same(home: Home) -> None:
    hire(home, "nina")
    at = desk(home)
    wrong = at.post("/console/login", login="nina", password="wrong")
    unknown = at.post("/console/login", login="nobody", password="wrong")
    assert wrong.status_code == unknown.status_code == 403
    assert text_of(wrong.text) == text_of(unknown.text)
    assert "do not belong together" in wrong.text


def test_somebody_who_left_is_signed_out(home: Home, nina: Desk) -> None:
    with home.house.database.writing() as connection:
        connection.execute(t.staff.update().values(active=False))
    assert nina.client.get("/console/").status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/console//evil.example", "/\\evil.example"]
)
def test_the_login_leads_nowhere_outside(home: Home, target: str) -> None:
    hire(home, "nina")
    answer = desk(home).post("/console/login", login="nina", password=PASSWORD, next=target)
    assert urlsplit(answer.location)[:3] == ("", "", "/console/")


def test_after_signing_in_the_page_that_was_wanted_opens(home: Home) -> None:
    hire(home, "nina")
    at = desk(home)
    sent = at.client.get("/console/families").location
    found = re.search(r'name="next" value="([^"]*)"', at.page(sent))
    assert found is not None
    assert at.post("/console/login", login="nina", password=PASSWORD, next=found[1]).location == "/console/families"


def test_a_form_without_its_token_changes_nothing(home: Home) -> None:
    hire(home, "nina")
    flag_id = breathing(home)
    at = desk(home, app=application(home, csrf=True))
    assert at.post("/console/login", login="nina", password=PASSWORD).status_code == 400
    assert at.post(f"/console/flags/{flag_id}/take").status_code == 400
    assert home.flags()[0].state is FlagState.OPEN


def test_over_https_a_form_is_taken_from_our_own_pages_only(home: Home) -> None:
    hire(home, "nina")
    client = application(home, csrf=True).test_client()
    here = "https://hearback.test/console/login"
    page = client.get(here)
    assert page.headers["Referrer-Policy"] == "same-origin"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    form = {"csrf_token": token[1], "login": "nina", "password": PASSWORD}
    assert client.post(here, data=form, headers={"Referer": "https://evil.example/"}).status_code == 400
    assert client.post(here, data=form, headers={"Referer": here}).status_code == 303


# The queue


def test_the_most_serious_flag_is_first_then_the_one_with_the_least_time_left(home: Home, nina: Desk) -> None:
    for child, level, minutes in (
        ("Uma", Level.URGENT, 50), ("Rae", Level.REVIEW, 1), ("Eve", Level.EMERGENCY, 5), ("Ugo", Level.URGENT, 10),
    ):
        episode = home.enrol(child, phone=f"+1206555{1000 + len(child) * 100 + minutes}").episode_id
        with home.house.database.writing() as connection:
            raise_flag(
                connection, hospital_id=home.hospital.id, kind=FlagKind.REPLY, level=level, now=home.now,
                due_at=home.now + timedelta(minutes=minutes), episode_id=episode,
            )
    names = re.findall(r'<h3><a id="flag-[^>]*>(\w+)</a>', nina.page("/console/"))
    assert names == ["Eve", "Ugo", "Uma", "Rae"]


def test_the_words_that_raised_a_flag_are_marked_and_the_rest_is_not(home: Home, nina: Desk) -> None:
    breathing(home)
    page = nina.page("/console/")
    marks = " ".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page))
    assert "breathe" in marks
    assert "no fever" not in marks
    assert "(1) Flags" in page


def test_what_a_family_writes_is_shown_and_never_run(home: Home, nina: Desk) -> None:
    home.enrol()
    home.text('<script>alert(1)</script> "><img src=x> he can\'t breathe')
    (flag,) = home.flags()
    for path in ("/console/", f"/console/flags/{flag.id}", f"/console/families/{flag.episode_id}"):
        page = nina.page(path)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page


def test_unknown_numbers_silence_and_failed_texts_have_lists_of_their_own(home: Home, nina: Desk) -> None:
    home.text("hello who is this", phone=TOM)
    episode = home.enrol().episode_id
    for kind in (FlagKind.SILENCE, FlagKind.SENDING):
        with home.house.database.writing() as connection:
            raise_flag(
                connection, hospital_id=home.hospital.id, kind=kind, level=Level.REVIEW, now=home.now,
                due_at=home.now + timedelta(hours=8), episode_id=episode, reason="a text failed: 30003",
                outbox_id="0" * 32 if kind is FlagKind.SENDING else None,
            )
    lists = re.findall(r'<h2 id="list-(\w+)">', nina.page("/console/"))
    assert lists == ["silent", "sending", "strangers"]


def test_an_emergency_from_an_unknown_number_is_in_the_first_list(home: Home, nina: Desk) -> None:
    home.text("my son can't breathe help", phone=TOM)
    page = nina.page("/console/")
    assert page.index('id="list-emergency"') < page.index(TOM) < page.index("Take")
    assert 'id="list-strangers"' not in page


def test_a_page_that_has_everything_is_sent_nothing(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    for path in ("/console/live", f"/console/flags/{flag_id}/live"):
        first = nina.client.get(path)
        assert first.status_code == 200
        again = f"{path}?seen={first.headers['X-Hearback-Stamp']}"
        assert nina.client.get(again).status_code == 204
        home.text("he is getting worse and worse")
        assert nina.client.get(again).status_code == 200


def test_a_page_left_open_after_the_session_is_told_so(home: Home) -> None:
    assert desk(home).client.get("/console/live", headers={"X-Hearback": "1"}).status_code == 401


# The families


def test_a_family_shows_who_what_was_said_and_what_will_be_asked(home: Home, nina: Desk) -> None:
    episode = home.enrol(risks=("asthma",)).episode_id
    home.text("no fever, all good")
    assert "Ana" in nina.page("/console/families")
    page = text_of(nina.page(f"/console/families/{episode}"))
    for words in ("Maria , mother", MARIA, "Day 1 of recovery", "no fever, all good", "Coming", "Risks: asthma"):
        assert words in page


def test_every_look_and_every_act_is_in_the_audit_trail(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    episode_id = home.flags()[0].episode_id
    nina.page("/console/")
    nina.page(f"/console/flags/{flag_id}")
    nina.page(f"/console/families/{episode_id}")
    nina.act(flag_id, "take")
    seen = [(row.action, row.subject, row.subject_id) for row in home.rows(t.audit)]
    for one in (
        ("looked", "queue", None),
        ("looked", "flag", flag_id),
        ("looked", "episode", episode_id),
        ("take", "flag", flag_id),
    ):
        assert one in seen
    (person,) = {row.actor for row in home.rows(t.audit)}
    assert person in [row.id for row in home.rows(t.staff)]


# Strangers


def test_people_of_another_hospital_see_and_change_nothing(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    episode_id = home.flags()[0].episode_id
    hire(home, "eve", hospital=another_hospital(home))
    eve = desk(home, "eve")
    for path in ("/console/", "/console/live", "/console/families"):
        assert "Ana" not in eve.page(path)
    for path in (f"/console/flags/{flag_id}", f"/console/flags/{flag_id}/live", f"/console/families/{episode_id}"):
        assert "Ana" not in eve.page(path, 404)
    for what in ("take", "over", "release", "hand", "note", "call", "text", "close", "about", "undo", "fill"):
        answer = eve.post(f"/console/flags/{flag_id}/{what}", note="x", body="x", outcome="advice", version="1")
        assert answer.status_code == 404, what
    assert home.rows(t.acts) == []


# Cost


def test_pages_ask_the_database_the_same_however_much_there_is(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    family = f"/console/families/{home.flags()[0].episode_id}"
    paths = ("/console/", f"/console/flags/{flag_id}", "/console/families", family)

    def cost() -> list[int]:
        found = []
        for path in paths:
            with counted(home) as statements:
                nina.page(path)
            found.append(len(statements))
        return found

    few = cost()
    for n in range(8):
        home.enrol(f"Kid{n}", phone=f"+120655520{n:02d}")
        home.text("his toes are blue", phone=f"+120655520{n:02d}")
    for _ in range(6):
        home.text("and it is getting worse")
    assert cost() == few
    assert max(few) <= 26
