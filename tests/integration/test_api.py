"""The API for a hospital's other systems: its description is true, a key opens its own hospital only, once is once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bot.web.api import entry
from bot.web.api.fhir import TYPES
from messages.people import Role
from messages.store import tables as t
from messages.store.api import make_key
from tests.house import MARIA, TOM, Home
from tests.integration.desk import another_hospital, application, desk, hire, text_of

ANA: dict[str, Any] = {
    "child": "Ana", "day_zero": "2026-03-01", "protocol": "hip-osteotomy",
    "caregivers": [{"name": "Maria", "phone": MARIA, "relation": "mother"}], "consent": {"words": "yes, text me"},
}
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle", "type": "transaction",
    "entry": [
        {"resource": {"resourceType": "Patient", "name": [{"given": ["Leo"]}], "identifier": [{"value": "MRN-7"}]}},
        {"resource": {
            "resourceType": "RelatedPerson", "name": [{"given": ["Tom"], "family": "Doe"}],
            "telecom": [{"system": "phone", "use": "mobile", "value": TOM}], "relationship": [{"text": "father"}],
            "communication": [{"language": {"coding": [{"code": "es-MX"}]}, "preferred": True}],
        }},
        {"resource": {
            "resourceType": "Encounter", "status": "finished", "class": {"code": "IMP"},
            "period": {"end": "2026-03-02T01:00:00Z"},
        }},
        {"resource": {"resourceType": "Consent", "status": "active", "id": "c1", "dateTime": "2026-03-01"}},
    ],
}


class Client:
    """Another system of the hospital."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client, self.token = app.test_client(), token

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = headers | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=sent)


@pytest.fixture
def app(home: Home) -> Flask:
    return application(home)


def client(home: Home, app: Flask, *scopes: str, login: str = "mona", **hired: Any) -> Client:
    person = hire(home, login, Role.MANAGER, **hired)
    with home.house.database.writing() as connection:
        _id, token = make_key(connection, home.house.vault, person, "EHR", scopes or ("read", "enrol"), home.now)
    return Client(app, token)


def fits(value: Any, schema: dict[str, Any], whole: dict[str, Any], place: str = "") -> list[str]:
    """Where a value does not fit a JSON Schema, as far as ours go."""
    if "$ref" in schema:
        return fits(value, whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]], whole, place)
    if "anyOf" in schema:
        return [] if any(not fits(value, one, whole) for one in schema["anyOf"]) else [f"{place} fits none"]
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
             "null": type(None)}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{place} is no {schema['type']}"]
    wrong = [] if value in schema.get("enum", [value]) else [f"{place} is {value!r}"]
    if isinstance(value, list):
        items = schema.get("items", {})
        wrong += [each for n, one in enumerate(value) for each in fits(one, items, whole, f"{place}[{n}]")]
    if isinstance(value, dict):
        shape = schema.get("properties", {})
        wrong += [f"{place}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        if shape and "resourceType" not in shape:
            wrong += [f"{place}.{name} is not described" for name in value if name not in shape]
        for name, one in value.items():
            wrong += fits(one, shape.get(name, {}), whole, f"{place}.{name}")
    return wrong


def test_every_route_answers_as_the_description_says(home: Home, app: Flask) -> None:
    call = client(home, app)
    whole = app.test_client().get("/openapi.json").get_json()
    assert whole["openapi"] == "3.1.0"
    family = call("POST", "/enrolments", ANA).get_json()["family"]
    with home.house.database.writing() as connection:
        connection.execute(t.caregivers.update().values(confirmed_at=home.now))
    home.text("fever of 101 and pain 6")
    home.turn(), home.send()
    (adult,) = home.rows(t.caregivers)
    (flag,) = home.flags()
    bodies = {
        "enrol_family": ANA, "take_bundle": BUNDLE, "pause": {"why": "away"}, "resume": {}, "end": {"why": "finished"},
        "add_caregiver": {"name": "Tom", "phone": "+12065550113", "consent": {"words": "me too"}},
        "withdraw": {"words": "no more"}, "change_caregiver": {"language": "es"},
    }
    order = ["resume", "end"]  # after the pause; last
    routes = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    routes.sort(key=lambda one: order.index(one[0].endpoint[4:]) + 1 if one[0].endpoint[4:] in order else 0)
    assert len(routes) >= 16
    described = {(path, method) for path, several in whole["paths"].items() for method in several}
    assert described == {(re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", str(rule)), m.lower()) for rule, m in routes}
    for rule, method in routes:
        path = re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", str(rule))
        for kind in TYPES if "{kind}" in path else ("",):
            one = {"Flag": flag.id}.get(kind, "")
            if kind and "{one}" in path and not one:
                found = call("GET", f"/fhir/{kind}").get_json()["entry"][0]["resource"]
                one = found["id"]
            where = path.format(episode_id=family, caregiver_id=adult.id, kind=kind, one=one).removeprefix("/api/v1")
            answer = call(method, where, bodies.get(rule.endpoint[4:]))
            said = whole["paths"][path][method.lower()]["responses"]
            assert str(answer.status_code) in said, (where, answer.status_code, answer.text)
            content = said[str(answer.status_code)]["content"]
            assert answer.mimetype in content, where
            assert fits(answer.get_json(), content[answer.mimetype]["schema"], whole) == [], where


def test_without_a_good_key_nothing_is_said(home: Home, app: Flask) -> None:
    call = client(home, app, "read")
    for token in ("", "hb_wrong", call.token + "x"):
        answer = Client(app, token)("GET", "/families")
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    answer = call("POST", "/enrolments", ANA)
    assert (answer.status_code, answer.get_json()["title"]) == (403, "This key has not the scope enrol.")
    assert home.rows(t.episodes) == []
    (key,) = home.rows(t.api_keys)
    assert key.used_at == home.now
    assert call.token.encode() not in key.token_hash


def test_a_key_opens_its_own_hospital_only(home: Home, app: Flask) -> None:
    family = home.enrol("Ana").episode_id
    home.text("fever of 101")
    theirs = client(home, app, login="eve", hospital=another_hospital(home))
    for path in ("", "/readings"):
        assert theirs("GET", f"/families/{family}{path}").status_code == 404
    for what, body in (("pause", {}), ("end", {"why": "other"})):
        assert theirs("POST", f"/families/{family}/{what}", body).status_code == 404
    assert theirs("GET", "/families").get_json()["items"] == []
    assert theirs("GET", "/flags").get_json()["items"] == []
    for kind in ("Communication", "QuestionnaireResponse", "Flag", "Task"):
        assert "entry" not in theirs("GET", f"/fhir/{kind}").get_json()


def test_the_same_request_again_is_done_once_and_answered_alike(home: Home, app: Flask) -> None:
    call = client(home, app)
    first = call("POST", "/enrolments", ANA, Idempotency_Key="k1")
    second = call("POST", "/enrolments", ANA, Idempotency_Key="k1")
    assert (first.status_code, first.get_json()) == (second.status_code, second.get_json())
    assert second.headers["Idempotency-Replayed"] == "true"
    assert call("POST", "/enrolments", ANA | {"child": "Ben"}, Idempotency_Key="k1").status_code == 422
    assert call("POST", "/enrolments", ANA).get_json()["result"] == "unchanged"
    assert len(home.rows(t.episodes)) == 1
    assert b"Ana" not in home.rows(t.api_answers)[0].body


def test_many_at_once_enrol_a_child_once(home: Home, app: Flask) -> None:
    call = client(home, app)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _n: Client(app, call.token)("POST", "/enrolments", ANA), range(4)))
    assert {answer.status_code for answer in made} == {201}
    assert len({answer.get_json()["family"] for answer in made}) == 1
    assert [len(home.rows(table)) for table in (t.episodes, t.children, t.caregivers)] == [1, 1, 1]
    steps = [row.step for row in home.rows(t.check_ins)]
    assert len(steps) == len(set(steps))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"child": ""}, "child"),
        ({"childs": "Ana"}, "childs"),
        ({"day_zero": "soon"}, "day_zero"),
        ({"caregivers": []}, "caregivers"),
        ({"caregivers": [{"name": "Maria", "phone": "12"}]}, "too few digits"),
        ({"protocol": "knees"}, "no protocol"),
        ({"consent": None}, "consent"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_done(
    home: Home, app: Flask, changes: dict[str, Any], words: str
) -> None:
    answer = client(home, app)("POST", "/enrolments", ANA | changes)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert words in answer.get_json()["detail"]
    assert MARIA not in answer.text
    assert home.rows(t.episodes) == []


def test_too_many_requests_are_told_when_to_come_again(home: Home, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "A_MINUTE", 2)
    call = client(home, app)
    assert [call("GET", "/families").status_code for _n in range(3)] == [200, 200, 429]
    assert "Wait until the next minute" in call("GET", "/families").get_json()["detail"]
    assert call("GET", "/families").headers["Retry-After"] == "60"
    home.pass_time(minutes=1)
    assert call("GET", "/families").status_code == 200


def test_families_come_a_page_at_a_time(home: Home, app: Flask) -> None:
    call = client(home, app)
    for n in range(3):
        home.enrol(f"Child {n}", phone=f"+1206555013{n}")
    first = call("GET", "/families?limit=2").get_json()
    second = call("GET", f"/families?limit=2&after={first['next']}").get_json()
    assert [one["child"] for one in first["items"] + second["items"]] == ["Child 0", "Child 1", "Child 2"]
    assert second["next"] is None
    assert call("GET", "/families?limit=many").status_code == 400


def test_a_paused_family_gets_nothing_and_the_history_says_which_system_did_it(home: Home, app: Flask) -> None:
    call = client(home, app)
    family = home.enrol().episode_id
    assert call("POST", f"/families/{family}/pause", {"why": "back in hospital"}).get_json()["state"] == "paused"
    assert call("POST", f"/families/{family}/pause", {}).status_code == 409
    home.turn()
    assert home.send() == []
    hire(home, "nina")
    assert "API (EHR). back in hospital" in text_of(desk(home, "nina", app=app).page(f"/console/families/{family}"))


def test_an_adult_who_withdraws_over_the_api_is_texted_no_more(home: Home, app: Flask) -> None:
    call = client(home, app)
    family = home.enrol().episode_id
    (adult,) = home.rows(t.caregivers)
    where = f"/families/{family}/caregivers/{adult.id}/withdraw"
    assert call("POST", where, {"words": "please stop"}).get_json()["caregivers"][0]["texting"] is False
    assert call("POST", where, {"words": "please stop"}).status_code == 409
    again = call("POST", "/enrolments", ANA).get_json()
    assert again["notes"] == ["Texts stay stopped for Maria, who said STOP."]
    (caregiver,) = home.rows(t.caregivers)
    assert not caregiver.texting


def test_an_adults_hours_are_changed_over_the_api_and_no_list_undoes_it(home: Home, app: Flask) -> None:
    call = client(home, app)
    family = call("POST", "/enrolments", ANA).get_json()["family"]
    (adult,) = home.rows(t.caregivers)
    where = f"/families/{family}/caregivers/{adult.id}"
    before = min(row.due_at for row in home.rows(t.check_ins) if row.question != "welcome")
    said = call("PATCH", where, {"hours": "13:00-20:00", "zone": "America/New_York"}, Idempotency_Key="c1")
    assert said.get_json()["caregivers"][0] | {"hours": "13:00-20:00", "zone": "America/New_York"} == (
        said.get_json()["caregivers"][0]
    )
    assert min(row.due_at for row in home.rows(t.check_ins) if row.question != "welcome") != before
    assert call("PATCH", where, {}).get_json() == said.get_json()  # what is left out stays
    assert call("POST", "/enrolments", ANA).get_json()["result"] == "unchanged"
    assert call("GET", f"/families/{family}").get_json() == said.get_json()
    for wrong in ({"hours": "1-2-3"}, {"zone": "Mars/One"}, {"language": "tlh"}, {"hours": "03:00-04:00"}):
        assert call("PATCH", where, wrong).status_code == 422
    assert call("PATCH", f"/families/{family}/caregivers/nobody", {"zone": "UTC"}).status_code == 404


def test_a_manager_makes_a_key_sees_it_once_and_revokes_it(home: Home, app: Flask) -> None:
    hire(home, "mona", Role.MANAGER)
    mona = desk(home, "mona", app=app)
    assert mona.post("/console/keys", name="EHR").status_code == 422
    page = mona.post("/console/keys", name="EHR", scope="read").text
    token = re.search(r"hb_[\w-]+", page)
    assert token
    assert token[0] not in mona.page("/console/keys")
    call = Client(app, token[0])
    assert call("GET", "/families").status_code == 200
    assert "EHR" in mona.page("/console/keys")
    (key,) = home.rows(t.api_keys)
    assert mona.post(f"/console/keys/{key.id}/revoke").status_code == 303
    assert call("GET", "/families").status_code == 401
