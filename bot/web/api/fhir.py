"""FHIR R4: a Bundle enrols a family; texts, readings, flags, check-ins and whom they are about are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request

from bot.enrolment.said import told_notes
from bot.web.api import fhir_out
from bot.web.api.entry import ApiError, blueprint, json_body, looked, once, route
from bot.web.api.families import asked_by, enrol_one, result_of
from bot.web.api.fhir_in import family_in, kinds_of
from bot.web.state import web
from messages.database import Connection
from messages.phones import region_of
from messages.store import results
from messages.store.families import FamilyRow, family
from scheduler.enrol import Agreed, Enrolled
from scheduler.store.published import published_names

Rows = tuple[list[dict[str, Any]], str]


def _texts(connection: Connection, wish: results.Wish) -> Rows:
    return results.texts(connection, web().house.vault, wish)


def _children(connection: Connection, wish: results.Wish) -> Rows:
    return results.children(connection, web().house.vault, wish)


def _adults(connection: Connection, wish: results.Wish) -> Rows:
    return results.adults(connection, web().house.vault, wish)


TYPES: dict[str, tuple[Callable[[Connection, results.Wish], Rows], Callable[[dict[str, Any]], fhir_out.Resource]]] = {
    "Communication": (_texts, fhir_out.communication),
    "QuestionnaireResponse": (results.readings, fhir_out.questionnaire_response),
    "Flag": (results.flags, fhir_out.flag),
    "Task": (results.asked, fhir_out.task),
    "Patient": (_children, fhir_out.patient),
    "RelatedPerson": (_adults, fhir_out.related_person),
    "CarePlan": (results.plans, fhir_out.care_plan),
}
_KINDS = f"<any({', '.join(TYPES)}):kind>"
_SEARCH = {
    "patient": "Of one child: the id, or Patient/id.",
    "patient.identifier": "Of the child with the hospital's own number: the number, or system|number.",
    "identifier": "For Patient: the hospital's own number, or system|number.",
    "_lastUpdated": "Changed since or until: ge, gt, le or lt before a day or an instant; may be given twice.",
    "_count": "At most so many: 1 to 200.",
    "_after": "The place to go on from, as the link `next` has it.",
}
_FINDS = {"Patient": {"name": "identifier", "type": "token"}}
_BY_NUMBER = ("identifier", "patient.identifier")
_PREFIX = re.compile(r"(ge|gt|le|lt|eq)?(.+)")


def _fhir(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/fhir+json")


@blueprint.get("/fhir/metadata")
@route("What this FHIR server can do.", scope=None, fhir=True)
def metadata() -> Response:
    """The CapabilityStatement."""
    resources = [
        {
            "type": kind,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [_FINDS.get(kind, {"name": "patient", "type": "reference"}),
                            {"name": "_lastUpdated", "type": "date"}],
        }
        for kind in TYPES
    ]
    security = {"description": "A key made by a manager of the hospital: Authorization: Bearer <key>."}
    return _fhir({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-22",
        "kind": "instance",
        "software": {"name": "Hearback"},
        "implementation": {"description": "Hearback", "url": f"{web().house.settings.public_url}/api/v1/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{
            "mode": "server", "security": security, "resource": resources,
            "interaction": [{"code": "transaction"}],
        }],
    })


@blueprint.post("/fhir")
@route("Enrol the family of a Bundle: Patient, RelatedPerson, Encounter or Procedure, and Consent.", scope="enrol",
       fhir=True)
@once
def take_bundle(connection: Connection) -> Response:
    names = sorted(published_names(connection, g.hospital.id))
    body = json_body()
    sent = family_in(
        body, protocols=names, languages=g.hospital.languages, zone=g.hospital.zone,
        region=region_of(g.hospital.sender), now=web().clock(),
    )
    done = enrol_one(connection, sent.family, Agreed("fhir", sent.consent, asked_by("")))
    row = family(connection, web().house.vault, g.hospital.id, done.episode_id)
    return _fhir({
        "resourceType": "Bundle", "type": "transaction-response",
        "entry": [{"response": _became(kind, done, row)} for kind in kinds_of(body)],
    })


def _became(kind: str, done: Enrolled, row: FamilyRow) -> dict[str, Any]:
    """The answer to one entry, in the order in which they came: what it became here, and what enrolling did."""
    where = {
        "Patient": f"Patient/{row.child_id}", "Encounter": f"CarePlan/{row.episode_id}",
        "Procedure": f"CarePlan/{row.episode_id}",
    }.get(kind)
    said = "; ".join((result_of(done), *told_notes(done.notes)))
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "information", "code": "informational", "diagnostics": said}],
    }
    response: dict[str, Any] = {"status": "201 Created" if done.fresh else "200 OK", "outcome": outcome}
    return response | ({"location": where} if where else {})


@blueprint.get(f"/fhir/{_KINDS}")
@route("Results of children, by patient and by when they changed.", query=_SEARCH, fhir=True)
def search(kind: str) -> Response:
    wish = _wish()
    rows_of, resource = TYPES[kind]
    with web().house.database.reading() as connection:
        rows, more = rows_of(connection, wish)
    looked(f"fhir {kind}", wish.child_id or None)
    base = f"{web().house.settings.public_url}/api/v1/fhir/{kind}"
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "_after"]
    links = [{"relation": "self", "url": f"{base}?{urlencode(list(request.args.items(multi=True)))}"}]
    if more:
        links.append({"relation": "next", "url": f"{base}?{urlencode([*asked, ('_after', more)])}"})
    found = [
        {"fullUrl": f"{base}/{row['id']}", "resource": resource(row), "search": {"mode": "match"}} for row in rows
    ]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": links}
    return _fhir(bundle | ({"entry": found} if found else {}))  # FHIR has no empty lists


@blueprint.get(f"/fhir/{_KINDS}/<one>")
@route("One result.", fhir=True)
def read_one(kind: str, one: str) -> Response:
    rows_of, resource = TYPES[kind]
    with web().house.database.reading() as connection:
        rows, _more = rows_of(connection, results.Wish(g.hospital.id, one=one, limit=1))
    if not rows:
        raise ApiError(404, f"There is no such {kind} here.")
    looked(f"fhir {kind}", one[:32])
    return _fhir(resource(rows[0]))


def _wish() -> results.Wish:
    """What a search asks for. What it does not know it refuses: a filter must not be left out silently."""
    strange = [name for name in request.args if name not in _SEARCH and name != "_format"]
    if strange:
        raise ApiError(400, f"There is no search parameter {strange[0]!r:.40}.", mend=f"Use: {', '.join(_SEARCH)}.")
    since = until = None
    for text in request.args.getlist("_lastUpdated"):
        found = _PREFIX.fullmatch(text)
        assert found or not text
        prefix, (start, end) = (found[1] or "eq", _span(found[2])) if found else ("", (None, None))
        since = {"ge": start, "eq": start, "gt": end}.get(prefix, since)
        until = {"lt": start, "le": end, "eq": end}.get(prefix, until)
    count = request.args.get("_count", "50")
    if not count.isdecimal() or not 1 <= int(count) <= results.MOST:
        raise ApiError(400, "_count is a number from 1 to 200.")
    patient = request.args.get("patient", "").rpartition("/")[2]
    if "patient" in request.args and not patient:
        raise ApiError(400, "The patient is empty.")
    for name in _BY_NUMBER:
        if name in request.args:
            patient = _numbered(request.args[name])
    return results.Wish(
        g.hospital.id, child_id=patient[:64], since=since, until=until, after=request.args.get("_after", "")[:64],
        limit=int(count),
    )


def _numbered(written: str) -> str:
    """The child with the hospital's own number, as "number" or "system|number"; of nobody's, no child at all."""
    number = written.rpartition("|")[2].strip()
    if not number:
        raise ApiError(400, "The identifier is empty.", mend="Write it like patient.identifier=MRN-7.")
    with web().house.database.reading() as connection:
        return results.child_of_record(connection, web().house.vault, g.hospital.id, number) or "nobody"


def _span(text: str) -> tuple[datetime, datetime]:
    """The first instant of a day or second, and the first after it; without a zone it is UTC."""
    try:
        if len(text) == 10:
            start = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return start, start + timedelta(days=1)
        start = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign in an address is a space
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
        return start, start + timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise ApiError(400, "_lastUpdated is no day or instant.", mend="Write it like ge2026-03-05.") from None
