"""FHIR R4: a Bundle in, results out, shaped as the published structure has them."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from flask import Flask

from messages.store import tables as t
from tests.house import TOM, Home
from tests.integration.desk import application
from tests.integration.test_api import BUNDLE, client

# From https://hl7.org/fhir/R4: what each resource must have, may have (of what we use), and its codes.
MUST = {
    "Communication": {"status"}, "QuestionnaireResponse": {"status"}, "Flag": {"status", "code", "subject"},
    "Task": {"status", "intent"}, "Patient": set(), "RelatedPerson": {"patient"},
    "CarePlan": {"status", "intent", "subject"},
    "CapabilityStatement": {"status", "date", "kind", "fhirVersion", "format"},
}
MAY = {
    "Communication": {"category", "medium", "subject", "about", "sent", "received", "payload", "recipient", "sender"},
    "QuestionnaireResponse": {"basedOn", "subject", "authored", "item", "source"},
    "Flag": {"category", "period"},
    "Task": {"basedOn", "code", "for", "owner", "restriction", "executionPeriod", "statusReason"},
    "Patient": {"name"}, "RelatedPerson": {"active", "name", "telecom", "communication", "relationship"},
    "CarePlan": {"title", "period"},
    "CapabilityStatement": {"software", "implementation", "rest"},
}
STATUS = {
    "Communication": {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error",
                      "unknown"},
    "QuestionnaireResponse": {"in-progress", "completed", "amended", "entered-in-error", "stopped"},
    "Flag": {"active", "inactive", "entered-in-error"},
    "Task": {"draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold",
             "failed", "completed", "entered-in-error"},
    "CarePlan": {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"},
    "CapabilityStatement": {"draft", "active", "retired", "unknown"},
}


def check(resource: dict[str, Any]) -> None:
    """The shape of a resource, as far as the published structure can be held here."""
    kind = resource["resourceType"]
    assert MUST[kind] <= set(resource) <= MUST[kind] | MAY[kind] | {"resourceType", "id", "meta"}, resource
    assert kind not in STATUS or resource["status"] in STATUS[kind]
    if kind in ("Task", "CarePlan"):
        assert resource["intent"] in {"unknown", "proposal", "plan", "order", "original-order"}

    def walk(value: Any) -> None:
        assert value not in (None, "", [], {}), resource  # FHIR has no empty values
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(one)

    walk(resource)


@pytest.fixture
def app(home: Home) -> Flask:
    return application(home)


def test_a_bundle_enrols_a_family(home: Home, app: Flask) -> None:
    answer = client(home, app)("POST", "/fhir", BUNDLE)
    assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
    said = [one["response"] for one in answer.get_json()["entry"]]
    assert len(said) == len(BUNDLE["entry"])  # one for each that was sent, in their order
    assert said[0]["status"] == "201 Created"
    (episode,), (caregiver,), (consent,) = (home.rows(table) for table in (t.episodes, t.caregivers, t.consents))
    assert episode.day_zero == date(2026, 3, 1)  # where the family is, it was still the first
    assert caregiver.language == "es"
    assert consent.how == "fhir"
    assert "FHIR Consent c1" in home.house.vault.open("consents.words", consent.id, consent.words)
    assert home.house.vault.open("caregivers.name", caregiver.id, caregiver.name) == "Tom"


@pytest.mark.parametrize(
    ("entry", "path", "value", "words"),
    [
        (0, "name", [{"family": "Doe"}], "Patient.name.given"),
        (1, "telecom", [], "RelatedPerson.telecom"),
        (1, "name", None, "RelatedPerson.name.given"),
        (2, "period", {}, "Encounter.period.end"),
        (2, "period", {"end": "soon"}, "Encounter.period.end"),
        (2, "status", "cancelled", "Encounter.status"),
        (3, "status", "inactive", "Consent.status"),
        (0, "deceasedBoolean", True, "Patient.deceased"),
        (0, "deceasedDateTime", "2026-03-01", "Patient.deceased"),
        (0, "active", False, "Patient.active"),
        (1, "active", False, "RelatedPerson.active"),
        (1, "period", {"end": "2025"}, "RelatedPerson.active"),
        (1, "telecom", [{"system": "phone", "value": TOM, "use": "old"}], "RelatedPerson.telecom"),
        (0, "resourceType", "Basic", "0 resources Patient"),
    ],
)
def test_a_bundle_that_lacks_something_is_told_where(
    home: Home, app: Flask, entry: int, path: str, value: Any, words: str
) -> None:
    bundle = copy.deepcopy(BUNDLE)
    bundle["entry"][entry]["resource"][path] = value
    answer = client(home, app)("POST", "/fhir", bundle)
    assert (answer.status_code, answer.mimetype) == (422, "application/fhir+json")
    outcome = answer.get_json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert words in outcome["issue"][0]["diagnostics"]
    assert home.rows(t.episodes) == []


@pytest.mark.parametrize("body", [None, [], "x", {"resourceType": "Patient"}, {"resourceType": "Bundle"}])
def test_what_is_no_bundle_is_told(home: Home, app: Flask, body: Any) -> None:
    answer = client(home, app)("POST", "/fhir", body)
    assert answer.status_code == 422
    assert answer.get_json()["issue"][0]["severity"] == "error"


def test_results_are_searched_by_child_and_by_when_they_changed(home: Home, app: Flask) -> None:
    call = client(home, app)
    home.enrol("Ana")
    home.enrol("Ben", phone="+12065550118", name="Bea")
    home.turn(), home.send()
    home.text("fever of 101 and pain 6, temp 38.6")
    home.turn(), home.send()
    ana = {row.child_id for row in home.rows(t.episodes) if row.id in {f.episode_id for f in home.flags()}}.pop()
    for kind in ("Communication", "QuestionnaireResponse", "Flag", "Task"):
        bundle = call("GET", f"/fhir/{kind}?patient=Patient/{ana}").get_json()
        assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "searchset")
        resources = [one["resource"] for one in bundle["entry"]]
        assert {one["resourceType"] for one in resources} == {kind}
        assert {(one.get("subject") or one["for"])["reference"] for one in resources} == {f"Patient/{ana}"}
        for one in resources:
            check(one)
            assert call("GET", f"/fhir/{kind}/{one['id']}").get_json() == one
        assert "entry" not in call("GET", f"/fhir/{kind}?_lastUpdated=gt2026-03-02").get_json()
        assert "entry" in call("GET", f"/fhir/{kind}?_lastUpdated=ge2026-03-02&_lastUpdated=lt2026-03-03").get_json()
        assert call("GET", f"/fhir/{kind}?_lastUpdated=soon").status_code == 400
        assert call("GET", f"/fhir/{kind}?code=x").status_code == 400
        assert call("GET", f"/fhir/{kind}/nobodys").status_code == 404


def test_a_result_is_found_by_the_hospitals_own_number_and_references_lead_somewhere(home: Home, app: Flask) -> None:
    call = client(home, app)
    location = call("POST", "/fhir", BUNDLE).get_json()["entry"][0]["response"]["location"]
    home.enrol("Ana")
    asks = "patient.identifier=urn:ours|MRN-7"
    (leo,) = [one["resource"] for one in call("GET", "/fhir/Patient?identifier=MRN-7").get_json()["entry"]]
    assert f"Patient/{leo['id']}" == location
    (adult,) = [one["resource"] for one in call("GET", f"/fhir/RelatedPerson?{asks}").get_json()["entry"]]
    tasks = [one["resource"] for one in call("GET", f"/fhir/Task?{asks}").get_json()["entry"]]
    assert {(one["for"]["reference"], one["owner"]["reference"]) for one in tasks} == {
        (location, f"RelatedPerson/{adult['id']}")
    }
    plan = call("GET", f"/fhir/{tasks[0]['basedOn'][0]['reference']}").get_json()
    assert (plan["status"], plan["subject"]["reference"]) == ("active", location)
    for one in (leo, adult, plan):
        check(one)
    assert "entry" not in call("GET", "/fhir/Task?patient.identifier=MRN-8").get_json()
    assert call("GET", "/fhir/Task?patient.identifier=").status_code == 400


def test_a_long_list_has_a_link_to_its_next_page(home: Home, app: Flask) -> None:
    call = client(home, app)
    home.enrol("Ana")
    seen, path = [], "/fhir/Task?_count=5"
    while path:
        bundle = call("GET", path).get_json()
        seen += [one["resource"]["id"] for one in bundle["entry"]]
        links = {one["relation"]: one["url"] for one in bundle["link"]}
        path = links.get("next", "").partition("/api/v1")[2]
    assert sorted(seen) == sorted(row.id for row in home.rows(t.check_ins))


def test_the_server_says_what_it_can_do(app: Flask) -> None:
    said = app.test_client().get("/api/v1/fhir/metadata").get_json()
    check(said)
    assert said["fhirVersion"] == "4.0.1"
    kinds = {one["type"] for one in said["rest"][0]["resource"]}
    assert kinds == {"Communication", "QuestionnaireResponse", "Flag", "Task", "Patient", "RelatedPerson", "CarePlan"}
