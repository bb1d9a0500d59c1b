"""A form that comes when the hospital makes a second factor a must outlives the setting up, by app or by passkey."""

from __future__ import annotations

import re
from html import unescape

import pyotp

from messages.store import tables as t
from tests.house import Home
from tests.integration.authenticator import Authenticator, options_in
from tests.integration.desk import Desk, breathing, hire
from tests.integration.test_second_factor import SIGN_IN, at_home, key_in, post

PASSKEY, APP = "/console/account/passkey", "/console/account/app"


def kept_in(page: str) -> dict[str, str]:
    found = re.search(r'name="kept" value="([^"]*)"', page)
    assert found is not None
    following = re.search(r'name="next" value="([^"]*)"', page)
    return {"kept": unescape(found[1]), "next": unescape(following[1]) if following else ""}


def setting_up(home: Home) -> tuple[Desk, str, str]:
    """Nina's note came without a session, and she must set up a second factor: her browser, the page, the flag."""
    hire(home, "nina")
    flag_id = breathing(home)
    with home.house.database.writing() as connection:
        connection.execute(t.hospitals.update().values(second_factor=True))
    nina = at_home(home)
    _status, page = post(nina, f"/console/flags/{flag_id}/note", note="the mother drives in", version="1")
    _status, page = post(nina, "/console/login", **SIGN_IN, **kept_in(page))
    assert "Set up an authenticator app" in page
    return nina, page, flag_id


def test_what_was_typed_comes_back_after_a_passkey_was_made(home: Home) -> None:
    nina, page, _flag_id = setting_up(home)
    status, page = post(nina, PASSKEY, **kept_in(page))
    assert (status, "Add a passkey" in page) == (200, True)
    answer = Authenticator().make(options_in(page, PASSKEY))
    status, page = post(nina, PASSKEY, passkey=answer, name="mine", **kept_in(page))
    assert "Keep these recovery codes" in page
    status, page = post(nina, "/console/go-on", **kept_in(page))
    assert "the mother drives in</textarea>" in page
    assert home.rows(t.acts) == [], "nothing is done by itself"


def test_the_way_back_from_the_passkey_to_the_app_loses_nothing_either(home: Home) -> None:
    nina, page, _flag_id = setting_up(home)
    _status, page = post(nina, PASSKEY, **kept_in(page))
    status, page = post(nina, APP, **kept_in(page))
    assert (status, "Set up an authenticator app" in page) == (200, True)
    key, signed = key_in(page)
    status, page = post(nina, APP, key=signed, code=pyotp.TOTP(key).at(home.now), **kept_in(page))
    status, page = post(nina, "/console/go-on", **kept_in(page))
    assert "the mother drives in</textarea>" in page


def test_a_passkey_that_failed_is_asked_for_again_with_what_was_typed(home: Home) -> None:
    nina, page, _flag_id = setting_up(home)
    status, page = post(nina, PASSKEY, passkey="nonsense", **kept_in(page))
    assert status == 422
    assert "the mother drives in" in kept_in(page)["kept"]
