"""Sessions end when they should, for good, and take nothing that was typed with them."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from messages.flags import FlagState
from messages.store import tables as t
from tests.house import Home
from tests.integration.desk import PASSWORD, Desk, application, breathing, desk, hire, text_of

LIVE = {"X-Hearback": "1"}
USED = LIVE | {"X-Hearback-Used": "1"}


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina")


def is_in(at: Desk) -> bool:
    return at.client.get("/console/").status_code == 200


def cookie_of(at: Desk) -> str:
    cookie = at.client.get_cookie("hearback")
    assert cookie is not None
    return str(cookie.value)


def test_signing_out_ends_the_session_and_every_copy_of_its_cookie(home: Home, nina: Desk) -> None:
    copy = cookie_of(nina)
    nina.post("/console/logout")
    assert not is_in(nina)
    thief = desk(home)
    thief.client.set_cookie("hearback", copy)
    assert not is_in(thief)


def test_signing_in_again_ends_the_session_this_browser_had(home: Home, nina: Desk) -> None:
    copy = cookie_of(nina)
    nina.post("/console/login", login="nina", password=PASSWORD)
    assert is_in(nina)
    thief = desk(home)
    thief.client.set_cookie("hearback", copy)
    assert not is_in(thief)


def test_the_database_holds_no_token_that_a_cookie_could_be_made_of(home: Home, nina: Desk) -> None:
    with nina.client.session_transaction() as cookie:
        token = cookie["token"]
        assert set(cookie) <= {"token", "csrf_token", "_permanent"}
    (row,) = home.rows(t.sessions)
    assert token.encode() not in bytes(row.token_hash)
    assert token not in repr(row)


def test_a_session_ends_twelve_hours_after_signing_in_however_busy(home: Home, nina: Desk) -> None:
    for _ in range(23):
        home.pass_time(minutes=30)
        assert is_in(nina)
    home.pass_time(minutes=31)
    assert not is_in(nina)
    assert nina.client.get("/console/live", headers=LIVE).status_code == 401


def test_a_session_that_is_not_used_rests_after_45_minutes(home: Home, nina: Desk) -> None:
    home.pass_time(minutes=44)
    assert is_in(nina)
    home.pass_time(minutes=44)
    assert is_in(nina)
    home.pass_time(minutes=46)
    answer = nina.client.get("/console/families")
    assert urlsplit(answer.location).path == "/console/login"
    assert "You were away" in nina.page(answer.location)


def test_a_page_that_refreshes_itself_keeps_no_session_in_use_until_somebody_touches_it(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    live = f"/console/flags/{flag_id}/live"
    for _ in range(3):
        home.pass_time(minutes=20)
        nina.client.get(live, headers=LIVE)
    assert nina.client.get(live, headers=LIVE).status_code == 401
    nina.post("/console/login", login="nina", password=PASSWORD)
    for _ in range(3):
        home.pass_time(minutes=20)
        assert nina.client.get(live, headers=USED).status_code == 200
    assert is_in(nina)


def test_the_open_queue_of_a_night_shift_shows_an_emergency_hours_later_and_lets_nobody_act(
    home: Home, nina: Desk
) -> None:
    nina.page("/console/")
    home.pass_time(hours=6)
    flag_id = breathing(home)
    live = nina.client.get("/console/live", headers=USED)
    assert live.status_code == 200
    assert "Ana" in live.text
    assert live.headers["X-Hearback-Resting"] == "1"
    assert nina.post(f"/console/flags/{flag_id}/take").status_code == 303
    assert home.flags()[0].state is FlagState.OPEN
    assert not is_in(nina)


# The account


def test_another_password_ends_the_sessions_elsewhere_and_not_this_one(home: Home, nina: Desk) -> None:
    elsewhere = desk(home, "nina")
    new = "a longer horse"
    form = {"password": PASSWORD, "new_password": new, "again_password": new}
    assert nina.post("/console/account/password", **form).status_code == 303
    assert is_in(nina)
    assert not is_in(elsewhere)
    assert elsewhere.post("/console/login", login="nina", password=PASSWORD).status_code == 403
    assert elsewhere.post("/console/login", login="nina", password=new).status_code == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "not your password"),
        ({"new_password": "too short", "again_password": "too short"}, "too short"),
        ({"again_password": "something else"}, "differ"),
    ],
)
def test_a_password_is_not_changed_by_mistake(home: Home, nina: Desk, change: dict[str, str], words: str) -> None:
    elsewhere = desk(home, "nina")
    form = {"password": PASSWORD, "new_password": "a longer horse", "again_password": "a longer horse"} | change
    answer = nina.post("/console/account/password", **form)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert is_in(elsewhere)


def test_the_account_lists_where_one_is_signed_in_and_ends_it_there(home: Home, nina: Desk) -> None:
    hire(home, "otto")
    otto, elsewhere, third = desk(home, "otto"), desk(home, "nina"), desk(home, "nina")
    page = nina.page("/console/account")
    first = re.findall(r'name="session" value="(\w{32})"', page)
    assert len(first) == 2
    nina.post("/console/account/sessions", session=first[0])
    assert [is_in(elsewhere), is_in(third)].count(False) == 1
    nina.post("/console/account/sessions", session="others")
    assert not is_in(elsewhere)
    assert not is_in(third)
    assert is_in(nina)
    (theirs,) = [row.id for row in home.rows(t.sessions) if row.ended_at is None and row.id not in page][:1]
    nina.post("/console/account/sessions", session=theirs)
    assert is_in(otto)


def test_the_language_and_the_zone_of_the_pages_are_ones_own_choice(home: Home, nina: Desk) -> None:
    assert nina.post("/console/account/pages", language="es", zone="America/Bogota").status_code == 303
    assert '<html lang="es">' in nina.page("/console/account")
    assert nina.post("/console/account/pages", language="es", zone="Mars/Olympus").status_code == 422
    assert nina.post("/console/account/pages", language="xx", zone="").status_code == 422
    assert 'value="America/Bogota"' in nina.page("/console/account")


# What was typed


def kept_in(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def test_a_form_sent_after_the_session_comes_back_with_what_was_typed_and_is_not_done(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.pass_time(hours=13)
    answer = nina.act_late(flag_id, "note", note='mother said "he is <worse>"')
    assert answer.status_code == 401
    kept = kept_in(answer.text)
    wrong = nina.post("/console/login", login="nina", password="wrong", kept=kept)
    assert kept_in(wrong.text) == kept
    back = nina.post("/console/login", login="nina", password=PASSWORD, kept=kept)
    assert back.status_code == 200
    assert "mother said" in back.text
    assert "&lt;worse&gt;" in back.text
    assert "Nothing was done" in text_of(back.text)
    assert home.rows(t.acts) == []


def test_what_was_typed_is_not_shown_to_somebody_who_may_not_see_that_family(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.pass_time(hours=13)
    kept = kept_in(nina.act_late(flag_id, "note", note="called").text)
    forged = kept.replace(flag_id, "0" * 32)
    assert nina.post("/console/login", login="nina", password=PASSWORD, kept=forged).status_code == 404
    for nonsense in ("{", "[]", '{"path": "/console/nowhere", "form": [["note", "x"]]}'):
        assert nina.post("/console/login", login="nina", password=PASSWORD, kept=nonsense).status_code == 303


def test_a_form_whose_token_died_with_its_session_comes_back_only_from_our_own_page(home: Home) -> None:
    hire(home, "nina")
    flag_id = breathing(home)
    client = application(home, csrf=True).test_client()
    path, form = f"/console/flags/{flag_id}/note", {"note": "spoke to the father"}
    assert client.post(path, data=form, headers={"Origin": "https://evil.example"}).status_code == 400
    ours = client.post(path, data=form, headers={"Origin": "https://hearback.test"})
    assert ours.status_code == 401
    assert "spoke to the father" in kept_in(ours.text)
    assert home.rows(t.acts) == []


def test_a_form_with_a_forged_token_is_not_said_to_be_signed_out_and_keeps_what_was_typed(home: Home) -> None:
    hire(home, "nina")
    flag_id = breathing(home)
    client = application(home, csrf=True).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/console/login").text)
    assert token
    ours = {"Origin": "https://hearback.test"}
    form = {"login": "nina", "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/console/login", data=form, headers=ours).status_code == 303
    forged = {"note": "spoke to the father", "csrf_token": "forged"}
    answer = client.post(f"/console/flags/{flag_id}/note", data=forged, headers=ours)
    assert answer.status_code == 400
    assert "We could not tell that this form is yours" in text_of(answer.text)
    assert "signed out" not in text_of(answer.text)
    assert "spoke to the father" in answer.text
    assert home.rows(t.acts) == []


def test_passwords_are_never_kept(home: Home, nina: Desk) -> None:
    home.pass_time(hours=13)
    form = {"password": PASSWORD, "new_password": "a longer horse", "again_password": "a longer horse"}
    answer = nina.post("/console/account/password", **form)
    assert answer.status_code == 303
    assert "horse" not in answer.text
