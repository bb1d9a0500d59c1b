"""Single sign-on: the hospital's provider says who somebody is, and opens nothing that was not there before."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from bot.opening import check_sign_on
from messages.errors import SettingsError
from messages.people import Role, SignOn
from messages.store import tables as t
from messages.store.people import set_sign_on
from tests.house import Home
from tests.integration.authenticator import encoded
from tests.integration.desk import Desk, another_hospital, application, desk, hire, text_of


@dataclass
class Provider:
    """A stand-in on loopback. `says` is what it tells of whoever signs in; `spoil` changes the signed claims."""

    home: Home
    says: dict[str, Any] = field(default_factory=lambda: {"email": "nina", "email_verified": True})
    spoil: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    asked: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key = self.signer = RSAKey.generate_key(2048, {"kid": "one"})

    def __call__(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        told = getattr(self, f"_{request.path.rsplit('/', 1)[-1].replace('-', '_')}")(request)
        return Response(json.dumps(told), mimetype="application/json")(environ, start)

    def _openid_configuration(self, _request: Request) -> dict[str, str]:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
        }  # fmt: skip

    def _keys(self, _request: Request) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def _token(self, request: Request) -> dict[str, str]:
        challenge = encoded(sha256(request.form["code_verifier"].encode()).digest())
        assert challenge == self.asked["code_challenge"]
        assert request.form["code"] == "the-code"
        assert request.authorization is not None
        assert (request.authorization.username, request.authorization.password) == ("hearback", "hush")
        now = int(self.home.now.timestamp())
        claims = {"iss": self.url, "aud": "hearback", "sub": "1", "iat": now, "exp": now + 300}
        claims |= {"nonce": self.asked["nonce"]} | self.says | self.spoil
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signer)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}


@pytest.fixture
def provider(home: Home) -> Iterator[Provider]:
    stand_in = Provider(home)
    server = make_server("127.0.0.1", 0, stand_in, threaded=True)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with home.house.database.writing() as connection:
        set_sign_on(connection, home.hospital.id, SignOn(stand_in.url, "hearback"))
    home.has(sign_on_secrets=(("harbor", "hush"),))
    yield stand_in
    server.shutdown()
    thread.join()
    server.server_close()


def go(provider: Provider, at: Desk, *, slug: str = "harbor", **changes: str) -> Any:
    """Out to the provider and back; the answer to coming back."""
    out = at.client.get(f"/console/sign-on/{slug}?next=/console/families")
    assert out.status_code == 303, text_of(out.text)
    provider.asked = {name: values[0] for name, values in parse_qs(urlsplit(out.location).query).items()}
    back = {"code": "the-code", "state": provider.asked["state"]} | changes
    return at.client.get(f"/console/sign-on?{urlencode(back)}")


@pytest.fixture
def at(home: Home, provider: Provider) -> Desk:
    hire(home, "nina")
    return desk(home)


def test_whoever_the_provider_knows_and_we_know_comes_in(provider: Provider, at: Desk) -> None:
    assert "Sign in with Harbor Hospital" in at.page("/console/login")
    assert go(provider, at).location == "/console/families"
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["redirect_uri"] == "https://hearback.test/console/sign-on"
    assert "Nina Person" in at.page("/console/")


def test_nobody_is_created_by_it(home: Home, provider: Provider, at: Desk) -> None:
    before = len(home.rows(t.staff))
    for says in ({"email": "nobody@example.org"}, {}, {"email": ["nina"]}, {"email": "nina", "email_verified": False}):
        provider.says = says
        answer = go(provider, at)
        assert answer.status_code == 403
        assert "no account here" in text_of(answer.text)
    assert len(home.rows(t.staff)) == before
    assert at.client.get("/console/").status_code == 303


def test_who_is_disabled_or_of_another_hospital_stays_out(home: Home, provider: Provider, at: Desk) -> None:
    hire(home, "eve", Role.MANAGER, hospital=another_hospital(home))
    provider.says = {"email": "eve"}
    assert go(provider, at).status_code == 403
    with home.house.database.writing() as connection:
        connection.execute(t.staff.update().values(active=False))
    provider.says = {"email": "nina"}
    assert go(provider, at).status_code == 403
    assert at.client.get("/console/sign-on/other").status_code == 404


@pytest.mark.parametrize(
    "spoil", [{"iss": "https://evil.example"}, {"aud": "another"}, {"nonce": "old"}, {"exp": 1000}], ids=str
)
def test_a_token_that_was_not_made_for_this_sign_on_opens_nothing(
    provider: Provider, at: Desk, spoil: dict[str, Any]
) -> None:
    provider.spoil = spoil
    assert go(provider, at).status_code == 502
    assert at.client.get("/console/").status_code == 303


def test_a_token_signed_by_somebody_else_opens_nothing(provider: Provider, at: Desk) -> None:
    provider.signer = RSAKey.generate_key(2048, {"kid": "one"})
    assert go(provider, at).status_code == 502


def test_a_way_back_that_nobody_went_out_by_opens_nothing(home: Home, provider: Provider, at: Desk) -> None:
    assert go(provider, at, state="forged").status_code == 403
    assert at.client.get("/console/sign-on?code=the-code&state=forged").status_code == 403
    went = go(provider, at)
    assert went.status_code == 303
    again = {"code": "the-code", "state": provider.asked["state"]}
    assert at.client.get(f"/console/sign-on?{urlencode(again)}").status_code == 403


def test_a_provider_that_is_away_is_told_in_words(home: Home, provider: Provider, at: Desk) -> None:
    with home.house.database.writing() as connection:
        set_sign_on(connection, home.hospital.id, SignOn("http://127.0.0.1:9", "hearback"))
    answer = at.client.get("/console/sign-on/harbor")
    assert answer.status_code == 502
    assert "did not answer" in text_of(answer.text)


def test_a_second_factor_is_asked_unless_the_provider_did(home: Home, provider: Provider, at: Desk) -> None:
    with home.house.database.writing() as connection:
        connection.execute(t.hospitals.update().values(second_factor=True))
    assert "authenticator app" in go(provider, at).text
    assert at.client.get("/console/families").location.startswith("/console/second")
    provider.says["amr"] = ["pwd", "mfa"]
    assert go(provider, at).status_code == 303
    assert at.client.get("/console/families").status_code == 200


def test_the_web_process_does_not_start_without_the_secret(home: Home, provider: Provider) -> None:
    settings = home.house.settings
    with home.house.database.reading() as connection:
        check_sign_on(connection, settings)
        with pytest.raises(SettingsError, match="no secret for harbor"):
            check_sign_on(connection, replace(settings, sign_on_secrets=()))
        with pytest.raises(SettingsError, match="names lakeside"):
            check_sign_on(connection, replace(settings, sign_on_secrets=(("harbor", "x"), ("lakeside", "y"))))


def test_without_a_provider_nothing_offers_it(home: Home) -> None:
    at = desk(home, app=application(home))
    assert "sign-on" not in at.page("/console/login")
    assert at.client.get("/console/sign-on/harbor").status_code == 404
