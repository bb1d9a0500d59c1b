"""Every address of the web process is guarded: the console by a session of the right hospital, the rest by name."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from messages.encryption import Vault
from messages.people import Role
from messages.store import tables as t
from tests.house import NURSE, Home, open_home
from tests.integration.desk import another_hospital, application, desk, hire

# Addresses that need no session, and what guards them instead. A new one is added here, with its reason.
OPEN = {
    "root": "leads on to others",
    "static": "files of the program",
    "console.login": "the way in",
    "console.login_by_passkey": "the way in",
    "console.sign_on": "the way in",
    "console.sign_on_back": "the way in, with the state that this browser went out with",
    "console.welcome": "an unguessable link, good once",
    "console.first": "an unguessable link, good until there is a hospital",
    "chat.chat": "an unguessable link",
    "chat.chat_live": "an unguessable link",
    "chat.send": "an unguessable link",
    "openapi": "the shapes of the API, nothing of anybody",
    "api.own_description": "the shapes of the API, nothing of anybody",
    "api.metadata": "what FHIR is spoken, nothing of anybody",
    "twilio.message": "Twilio's signature",
    "twilio.status": "Twilio's signature",
    "twilio.picked_up": "Twilio's signature",
    "twilio.key": "Twilio's signature",
    "twilio.none": "Twilio's signature",
    "twilio.call": "Twilio's signature",
    "health.alive": "says nothing of anybody",
    "health.ready": "says nothing of anybody",
    "health.metrics": "counts and ages only",
    "demo.demo": "only in the demo",
    "demo.state": "only in the demo",
    "demo.answer": "only in the demo",
}


NOBODYS = dict.fromkeys(
    (
        "flag_id", "episode_id", "staff_id", "view_id", "protocol_id", "draft_id", "import_id", "join_id", "code_id",
        "key_id", "token",
    ),
    "0" * 32,
)  # fmt: skip


@pytest.fixture
def home(tmp_path: object, vault: Vault) -> Home:
    return open_home(f"sqlite:///{tmp_path}/hearback.db", vault)


def guarded(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in OPEN and not rule.endpoint.startswith("api.")  # keys: tests/integration/test_api.py
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
        answer = at.client.open(address(rule, NOBODYS), method=method)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/console/login"), (rule, method)


def test_a_stranger_finds_no_family_of_this_hospital_behind_any_address(home: Home) -> None:
    home.enrol("Anabel", name="Mariela")
    home.text("he can't breathe")
    (flag,) = home.flags()
    app = application(home)
    otto = hire(home, "otto")
    values = {"flag_id": flag.id, "episode_id": str(flag.episode_id), "staff_id": otto.id}
    hire(home, "nina", Role.MANAGER)
    hire(home, "eve", Role.MANAGER, hospital=another_hospital(home))
    theirs, ours = desk(home, "eve", app=app), desk(home, "nina", app=app)
    home.send()
    nora = home.rows(t.pages)[0]
    assert nora.token_hash
    values["token"] = str(home.said(NURSE)[0].rsplit("/", 1)[1])
    values["protocol_id"] = home.rows(t.protocols)[0].id
    draft = ours.post(f"/console/protocols/{values['protocol_id']}/draft").location
    values["draft_id"] = str(draft).rsplit("/", 1)[1]
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
        assert "Otto" not in answer.text, (path, method)
        if set(rule.arguments) & set(values):
            assert answer.status_code == 404, (path, method)
            if method == "GET":
                assert ours.client.open(path, method=method, follow_redirects=True).status_code == 200, path
    assert home.flags() == [flag]


# What each role may do. A new address is tried by every role, and has to say here when it is not as usual: a page is
# for whoever may LOOK, a form for whoever may ACT.
MANAGING = {Role.MANAGER, Role.ADMINISTRATOR}
READING = {Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}
EVERYBODY = set(Role)
LOOKING = {Role.COORDINATOR, Role.MANAGER, Role.AUDITOR}
MAY_ENTER = {
    "console.account": EVERYBODY,
    "console.new_password": EVERYBODY,
    "console.pages": EVERYBODY,
    "console.end_sessions": EVERYBODY,
    **dict.fromkeys(
        ("console.reached", "console.change_phone", "console.add_address", "console.remove_address",
         "console.choose_ways", "console.test_page"), EVERYBODY,
    ),
    "console.second": EVERYBODY,
    "console.app": EVERYBODY,
    "console.passkey": EVERYBODY,
    "console.change_second": EVERYBODY,
    "console.go_on": EVERYBODY,
    "console.prove": EVERYBODY,
    "console.logout": EVERYBODY,
    "console.people": MANAGING,
    "console.one_person": MANAGING,
    "console.invite_person": MANAGING,
    "console.change_person": MANAGING,
    "console.need_second_factor": MANAGING,
    "console.hospital": MANAGING,
    "console.settings": MANAGING,
    "console.set_part": MANAGING,
    "console.test_text": MANAGING,
    "console.erase": {Role.MANAGER},
    "console.erase_for_good": {Role.MANAGER},
    "console.insight": MANAGING,
    "console.insight_csv": MANAGING,
    "console.audit": READING,
    "console.protocols": EVERYBODY,
    "console.protocol": EVERYBODY,
    "console.preview": EVERYBODY,
    "console.preview_draft": EVERYBODY,
    "console.rehearsal": EVERYBODY,
    "console.rehearsal_draft": EVERYBODY,
    "console.draft": EVERYBODY,
    "console.new_protocol": MANAGING,
    "console.change_protocol": MANAGING,
    "console.save_draft": MANAGING,
    "console.draw_draft": MANAGING,
    "console.try_draft": MANAGING,
    "console.settle_draft": MANAGING,
    "console.move": {Role.MANAGER},  # whoever moves families sees their names
    "console.move_families": {Role.MANAGER},
    "console.audit_csv": READING,
    "console.running": EVERYBODY,
    "console.keys": MANAGING,
    "console.make_key": MANAGING,
    "console.revoke_key": MANAGING,
    "console.make_code": MANAGING,
    "console.close_code": MANAGING,
    **dict.fromkeys(
        ("console.new_family", "console.import_families", "console.one_import", "console.bad_csv",
         "console.example_csv", "console.joining", "console.poster"), frozenset({Role.COORDINATOR, Role.MANAGER}),
    ),
    "console.rota_list": MANAGING,
    "console.take_rota": MANAGING,
    "console.rota_example": MANAGING,
    "console.find": LOOKING,
    "console.keep": LOOKING,
    "console.forget": LOOKING,
}
ACTING = {Role.COORDINATOR, Role.MANAGER}


@pytest.mark.parametrize("role", Role)
def test_each_address_is_open_to_the_roles_it_is_for_and_to_no_other(home: Home, role: Role) -> None:
    home.enrol("Anabel", name="Mariela")
    home.text("he can't breathe")
    (flag,) = home.flags()
    values = NOBODYS | {"flag_id": flag.id, "episode_id": str(flag.episode_id), "staff_id": hire(home, "otto").id}
    app = application(home)
    hire(home, "nina", role)
    nina = desk(home, "nina", app=app)
    for rule, method in guarded(app):
        if rule.endpoint == "console.logout":
            continue
        usual = LOOKING if method == "GET" else ACTING
        answer = nina.client.open(address(rule, values), method=method)
        assert (answer.status_code != 403) == (role in MAY_ENTER.get(rule.endpoint, usual)), (rule, method)
        if role is Role.ADMINISTRATOR:
            assert "Anabel" not in answer.text, rule
            assert "Mariela" not in answer.text, rule


def test_an_auditor_changes_nothing(home: Home) -> None:
    home.enrol("Anabel", name="Mariela")
    home.text("he can't breathe")
    (flag,) = home.flags()
    values = NOBODYS | {"flag_id": flag.id, "episode_id": str(flag.episode_id), "staff_id": hire(home, "otto").id}
    hire(home, "nina", Role.AUDITOR)
    app = application(home)
    nina = desk(home, "nina", app=app)

    def kept() -> list[object]:
        ours = [table for table in t.metadata.sorted_tables if table.name not in ("audit", "sessions", "wrong_tries")]
        return [home.rows(table) for table in ours]

    before = kept()
    for rule, method in guarded(app):
        if method == "POST" and rule.endpoint not in MAY_ENTER:
            form = {"note": "x", "body": "x", "outcome": "advice", "version": "1"}
            assert nina.post(address(rule, values), **form).status_code == 403, rule
    assert kept() == before


def test_every_exception_names_an_address(home: Home) -> None:
    assert set(MAY_ENTER) <= {rule.endpoint for rule in application(home).url_map.iter_rules()}
