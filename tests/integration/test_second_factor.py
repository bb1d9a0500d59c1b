"""The second factor: asked for after the password, each code once, passkeys of this hospital's address only."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest

from bot.web.access.passkeys import usable
from messages.encryption import Vault
from messages.people import Role
from messages.store import tables as t
from tests.house import Home
from tests.integration.authenticator import Authenticator, options_in
from tests.integration.desk import PASSWORD, Desk, application, breathing, desk, hire, text_of

HERE = "https://hearback.test"
SIGN_IN = {"login": "nina", "password": PASSWORD}


def at_home(home: Home, login: str = "") -> Desk:
    """A browser at the address that passkeys are bound to."""
    found = Desk(application(home).test_client(), home)
    found.client.environ_base["HTTP_HOST"] = "hearback.test"
    found.client.environ_base["wsgi.url_scheme"] = "https"
    if login:
        assert found.client.post("/console/login", data=SIGN_IN | {"login": login}, base_url=HERE).status_code == 303
    return found


def get(at: Desk, path: str) -> str:
    return at.client.get(path, base_url=HERE).text


def post(at: Desk, path: str, **form: str) -> tuple[int, str]:
    answer = at.client.post(path, data=form, base_url=HERE)
    return answer.status_code, answer.text


def key_in(page: str) -> tuple[str, str]:
    """The app's key and what the form carries."""
    shown = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    kept = re.search(r'name="key" value="([^"]+)"', page)
    assert shown is not None
    assert kept is not None
    return shown[1].replace(" ", ""), kept[1]


def set_up(at: Desk) -> tuple[Callable[[], str], list[str]]:
    """Set up an app: its code of now, and the recovery codes."""
    key, kept = key_in(at.page("/console/account/app"))
    answer = at.post("/console/account/app", key=kept, code=pyotp.TOTP(key).at(at.home.now))
    assert answer.status_code == 200, text_of(answer.text)
    codes = re.findall(r"<code>([\w-]{14})</code>", answer.text)
    return (lambda: pyotp.TOTP(key).at(at.home.now)), codes


@pytest.fixture(autouse=True)
def _same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app's key is the same in every run: a guess is right by chance once in 66,000 runs, and that was CI's."""
    monkeypatch.setattr(pyotp, "random_base32", lambda: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina")


def test_after_the_password_nothing_opens_until_the_code(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    code, _codes = set_up(nina)
    home.pass_time(seconds=60)
    thief = desk(home)
    asked = thief.post("/console/login", **SIGN_IN)
    assert asked.status_code == 200
    assert "One more step" in asked.text
    for path in ("/console/", f"/console/flags/{flag_id}", "/console/account", "/console/live"):
        answer = thief.client.get(path)
        assert answer.location.startswith("/console/second"), path
        assert "Ana" not in answer.text
    for path in ("/console/account/app", "/console/account/passkey"):
        assert thief.client.get(path).location == "/console/second"
    assert thief.post("/console/second", code="000000").status_code == 403
    assert thief.post("/console/second", code=code()).status_code == 303
    assert "Ana" in thief.page("/console/")


def test_a_code_works_once(home: Home, nina: Desk) -> None:
    code, _codes = set_up(nina)
    again, other = desk(home), desk(home)
    again.post("/console/login", **SIGN_IN)
    assert again.post("/console/second", code=code()).status_code == 403
    home.pass_time(seconds=30)
    assert again.post("/console/second", code=code()).status_code == 303
    other.post("/console/login", **SIGN_IN)
    assert other.post("/console/second", code=code()).status_code == 403


def test_a_code_of_a_moment_ago_still_counts_and_an_old_one_does_not(home: Home, nina: Desk) -> None:
    code, _codes = set_up(nina)
    home.pass_time(seconds=60)
    old = code()
    at = desk(home)
    at.post("/console/login", **SIGN_IN)
    home.pass_time(seconds=90)
    assert at.post("/console/second", code=old).status_code == 403
    just = code()
    home.pass_time(seconds=30)
    assert at.post("/console/second", code=just).status_code == 303


def test_a_recovery_code_lets_in_once(home: Home, nina: Desk) -> None:
    _code, codes = set_up(nina)
    assert len(set(codes)) == 10
    for status in (303, 403):
        at = desk(home)
        at.post("/console/login", **SIGN_IN)
        assert at.post("/console/second", code=codes[3].upper().replace("-", " ")).status_code == status
    assert "9 of 10 left" in text_of(nina.page("/console/account"))


def test_new_recovery_codes_end_the_old_ones(home: Home, nina: Desk) -> None:
    _code, old = set_up(nina)
    nina.post("/console/account/second/codes")
    at = desk(home)
    at.post("/console/login", **SIGN_IN)
    assert at.post("/console/second", code=old[0]).status_code == 403


def test_codes_cannot_be_guessed(home: Home, nina: Desk) -> None:
    code, _codes = set_up(nina)
    home.pass_time(seconds=60)
    at = desk(home)
    at.post("/console/login", **SIGN_IN)
    for n in range(5):
        answer = at.post("/console/second", code=f"00000{n}")
    assert "Too many wrong tries" in answer.text
    assert at.post("/console/second", code=code()).status_code == 403


def test_the_step_after_the_password_is_not_waited_for_long(home: Home, nina: Desk) -> None:
    code, _codes = set_up(nina)
    at = desk(home)
    at.post("/console/login", **SIGN_IN)
    home.pass_time(minutes=16)
    assert at.post("/console/second", code=code()).location.startswith("/console/login")


def test_the_key_is_sealed_and_no_code_is_kept(home: Home, nina: Desk, vault: Vault) -> None:
    key, kept = key_in(nina.page("/console/account/app"))
    answer = nina.post("/console/account/app", key=kept, code=pyotp.TOTP(key).at(home.now))
    (row,) = [row for row in home.rows(t.staff) if row.totp]
    assert key.encode() not in bytes(row.totp)
    assert vault.open("staff.totp", row.id, row.totp) == key
    for code in re.findall(r"<code>([\w-]{14})</code>", answer.text):
        assert code not in repr(home.rows(t.recovery_codes))


def test_a_key_offered_to_one_is_not_taken_from_another(home: Home, nina: Desk) -> None:
    key, kept = key_in(nina.page("/console/account/app"))
    hire(home, "otto")
    otto = desk(home, "otto")
    assert otto.post("/console/account/app", key=kept, code=pyotp.TOTP(key).at(home.now)).status_code == 422
    assert nina.post("/console/account/app", key=kept, code="000000").status_code == 422
    assert not any(row.totp for row in home.rows(t.staff))


def test_what_was_typed_comes_back_after_the_second_step_too(home: Home, nina: Desk) -> None:
    code, _codes = set_up(nina)
    flag_id = breathing(home)
    home.pass_time(hours=13)
    kept = re.search(r'name="kept" value="([^"]*)"', nina.act_late(flag_id, "note", note="she slept well").text)
    assert kept is not None
    asked = nina.post("/console/login", **SIGN_IN, kept=kept[1].replace("&#34;", '"'))
    assert "she slept well" in asked.text
    back = nina.post("/console/second", code=code(), kept=kept[1].replace("&#34;", '"'))
    assert "she slept well" in back.text
    assert "Close it" in back.text
    assert home.rows(t.acts) == []


# A must for everybody


def test_where_it_is_a_must_whoever_has_none_sets_one_up_right_after_the_password(home: Home) -> None:
    hire(home, "nina")
    hire(home, "mona", Role.MANAGER)
    mona = desk(home, "mona")
    assert mona.post("/console/people/second-factor", needed="1").status_code == 409
    set_up(mona)
    assert mona.post("/console/people/second-factor", needed="1").status_code == 303
    nina = desk(home)
    asked = nina.post("/console/login", **SIGN_IN)
    assert "Set up an authenticator app" in asked.text
    assert nina.client.get("/console/").location.startswith("/console/second")
    key, kept = key_in(asked.text)
    done = nina.post("/console/account/app", key=kept, code=pyotp.TOTP(key).at(home.now))
    assert "Keep these recovery codes" in done.text
    assert nina.client.get("/console/").status_code == 200
    nina.post("/console/account/second/app")
    assert any(row.totp for row in home.rows(t.staff) if row.id != mona)
    assert "Set up another before you remove this one" in nina.page("/console/account?done=last")
    assert sum(row.totp is not None for row in home.rows(t.staff)) == 2


def test_a_manager_resets_what_somebody_lost(home: Home, nina: Desk) -> None:
    set_up(nina)
    hire(home, "mona", Role.MANAGER)
    (row,) = [row for row in home.rows(t.staff) if row.totp]
    assert desk(home, "mona").post(f"/console/people/{row.id}/reset").status_code == 303
    assert nina.client.get("/console/").status_code == 303
    assert desk(home).post("/console/login", **SIGN_IN).status_code == 303
    assert home.rows(t.recovery_codes) == []


def test_what_changes_the_second_factor_asks_the_password_again(home: Home, nina: Desk) -> None:
    set_up(nina)
    home.pass_time(minutes=11)
    for what in ("app", "codes"):
        assert nina.post(f"/console/account/second/{what}").status_code == 401, what
    assert any(row.totp for row in home.rows(t.staff))
    assert nina.post("/console/account/second/app", proof_password=PASSWORD).status_code == 303
    assert not any(row.totp for row in home.rows(t.staff))


# Passkeys


def with_passkey(home: Home) -> tuple[Desk, Authenticator]:
    hire(home, "nina")
    nina, key = at_home(home, "nina"), Authenticator()
    path = "/console/account/passkey"
    status, page = post(nina, path, passkey=key.make(options_in(get(nina, path), path)), name="my phone")
    assert (status, "Keep these recovery codes" in page) == (200, True), text_of(page)
    return nina, key


def test_a_passkey_is_a_second_factor(home: Home) -> None:
    nina, key = with_passkey(home)
    assert "my phone" in get(nina, "/console/account")
    home.pass_time(seconds=5)
    at = at_home(home)
    _status, page = post(at, "/console/login", **SIGN_IN)
    answer = key.sign(options_in(page, "/console/second"), verified=False)
    assert post(at, "/console/second", passkey=answer)[0] == 303
    assert at.client.get("/console/", base_url=HERE).status_code == 200


def test_a_passkey_alone_lets_in_when_it_made_sure_of_its_owner(home: Home) -> None:
    _nina, key = with_passkey(home)
    home.pass_time(seconds=5)
    at, path = at_home(home), "/console/login/passkey"
    options = options_in(get(at, "/console/login"), path)
    assert post(at, path, passkey=key.sign(options, verified=False))[0] == 403
    assert post(at, path, passkey=key.sign(options))[0] == 303
    assert at.client.get("/console/", base_url=HERE).status_code == 200


def test_an_answer_of_a_passkey_counts_once_and_not_for_long(home: Home) -> None:
    _nina, key = with_passkey(home)
    home.pass_time(seconds=5)
    at, path = at_home(home), "/console/login/passkey"
    answer = key.sign(options_in(get(at, "/console/login"), path))
    assert post(at, path, passkey=answer)[0] == 303
    assert post(at_home(home), path, passkey=answer)[0] == 403
    late = key.sign(options_in(get(at_home(home), "/console/login"), path))
    home.pass_time(minutes=11)
    assert post(at_home(home), path, passkey=late)[0] == 403


def test_a_passkey_of_another_site_or_of_nobody_is_refused(home: Home) -> None:
    _nina, key = with_passkey(home)
    home.pass_time(seconds=5)
    path = "/console/login/passkey"
    options = options_in(get(at_home(home), "/console/login"), path)
    key.origin = "https://evil.example"
    assert post(at_home(home), path, passkey=key.sign(options))[0] == 403
    assert post(at_home(home), path, passkey=Authenticator().sign(options))[0] == 403
    for nonsense in ("", "{", "[]", '{"response": {}}', '{"response": {"clientDataJSON": "e30"}}'):
        assert post(at_home(home), path, passkey=nonsense)[0] == 403


def test_a_passkey_proves_who_one_is(home: Home) -> None:
    nina, key = with_passkey(home)
    home.pass_time(minutes=11)
    path = "/console/account/second/codes"
    status, page = post(nina, path)
    assert status == 401
    assert post(nina, path, proof_passkey=key.sign(options_in(page, path)))[0] == 200


def test_passkeys_are_offered_only_at_the_address_they_are_bound_to(home: Home) -> None:
    app = application(home)
    for url, there in ((HERE, True), ("https://elsewhere.test", False)):
        with app.test_request_context("/console/login", base_url=url):
            assert usable() is there
