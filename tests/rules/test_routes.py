"""Every address of the web process is guarded: the console by a session of the right hospital, the rest by name."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from messages.encryption import Vault
from tests.house import Home, open_home
from tests.integration.desk import another_hospital, application, desk, hire

# Addresses that need no session, and what guards them instead. A new one is added here, with its reason.
OPEN = {
    "root": "leads on to others",
    "static": "files of the program",
    "console.login": "the way in",
    "chat.chat": "an unguessable link",
    "chat.chat_live": "an unguessable link",
    "chat.send": "an unguessable link",
    "twilio.message": "Twilio's signature",
    "twilio.status": "Twilio's signature",
    "health.alive": "says nothing of anybody",
    "health.ready": "says nothing of anybody",
    "health.metrics": "counts and ages only",
    "demo.demo": "only in the demo",
    "demo.state": "only in the demo",
}


@pytest.fixture
def home(tmp_path: object, vault: Vault) -> Home:
    return open_home(f"sqlite:///{tmp_path}/hearback.db", vault)


def guarded(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in OPEN
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def address(rule: Rule, values: dict[str, str]) -> str:
    path = str(rule)
    for name in rule.arguments:
        converter = rule._converters[name]
        options = getattr(converter, "regex", "")
        value = values.get(name) or options.removeprefix("(?:").split("|")[0].rstrip(")")
        path = path.replace(next(part for part in path.split("/") if part.endswith(f"{name}>")), value)
    return path


def test_every_open_address_exists_and_has_a_reason(home: Home) -> None:
    there = {rule.endpoint for rule in application(home, demo=True).url_map.iter_rules()}
    assert set(OPEN) <= there
    assert all(OPEN.values())


def test_nobody_passes_without_signing_in(home: Home) -> None:
    app = application(home)
    at = desk(home, app=app)
    assert len(guarded(app)) >= 8
    for rule, method in guarded(app):
        nobodys = dict.fromkeys(rule.arguments & {"flag_id", "episode_id", "view_id"}, "0" * 32)
        answer = at.client.open(address(rule, nobodys), method=method)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/console/login"), (rule, method)


def test_a_stranger_finds_no_family_of_this_hospital_behind_any_address(home: Home) -> None:
    home.enrol("Anabel", name="Mariela")
    home.text("he can't breathe")
    (flag,) = home.flags()
    values = {"flag_id": flag.id, "episode_id": str(flag.episode_id)}
    app = application(home)
    hire(home, "nina")
    hire(home, "eve", hospital=another_hospital(home))
    theirs, ours = desk(home, "eve", app=app), desk(home, "nina", app=app)
    values["view_id"] = str(ours.post("/console/search/keep", name="Anabel", who="Anabel").location).rsplit("/", 1)[1]
    for rule, method in guarded(app):
        path = address(rule, values)
        if rule.endpoint == "console.logout":
            continue
        if rule.endpoint == "console.find":
            assert "Anabel" in ours.post(path, who="Anabel").text
        answer = theirs.client.open(path, method=method)
        assert "Anabel" not in answer.text, (path, method)
        assert "Mariela" not in answer.text, (path, method)
        if rule.arguments:
            assert answer.status_code == 404, (path, method)
            if method == "GET":
                assert ours.client.open(path, method=method, follow_redirects=True).status_code == 200, path
    assert home.flags() == [flag]
