"""Rows as FHIR R4 resources. Pure: a row in, a resource out; names as https://hl7.org/fhir/R4 has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

Resource = dict[str, Any]
_SYSTEM = "urn:hearback"

_SENT = {"queued": "preparation", "sending": "in-progress", "unsure": "unknown", "accepted": "in-progress",
         "sent": "in-progress", "delivered": "completed", "read": "completed"}
_ASKED = {"planned": "requested", "asked": "in-progress", "answered": "completed", "told": "completed",
          "silent": "failed", "missed": "cancelled", "skipped": "cancelled", "stopped": "cancelled"}


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _head(kind: str, row: dict[str, Any]) -> Resource:
    return {"resourceType": kind, "id": row["id"], "meta": {"lastUpdated": instant(row["changed"])}}


def _reference(kind: str, id_: str) -> dict[str, str]:
    return {"reference": f"{kind}/{id_}"}


def _concept(code: str, text: str = "", kind: str = "") -> dict[str, Any]:
    system = f"{_SYSTEM}:{kind}" if kind else _SYSTEM
    return {"coding": [{"system": system, "code": code}], "text": text or code.replace("_", " ")}


def patient(row: dict[str, Any]) -> Resource:
    """A child: a first name, which is all there is. The hospital's own number is kept as a mark alone."""
    return _head("Patient", row) | {"name": [{"use": "usual", "given": [row["name"]]}]}


def related_person(row: dict[str, Any]) -> Resource:
    """An adult; `active` while they get texts."""
    found = _head("RelatedPerson", row) | {
        "active": row["texting"],
        "patient": _reference("Patient", row["child_id"]),
        "name": [{"use": "usual", "given": [row["name"]]}],
        "telecom": [{"system": "sms", "value": row["phone"], "use": "mobile"}],
        "communication": [
            {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": row["language"]}]}, "preferred": True}
        ],
    }
    return found | ({"relationship": [{"text": row["relation"]}]} if row["relation"] else {})


def care_plan(row: dict[str, Any]) -> Resource:
    """One follow-up: by which protocol, from which day, and whether it runs."""
    ended = "completed" if row["ended_why"] in ("", "finished") else "revoked"
    return _head("CarePlan", row) | {
        "status": {"active": "active", "paused": "on-hold"}.get(row["state"], ended),
        "intent": "plan",
        "title": row["protocol_name"],
        "subject": _reference("Patient", row["child_id"]),
        "period": {"start": row["day_zero"].isoformat()},
    }


def communication(row: dict[str, Any]) -> Resource:
    """One text in or out."""
    out = row["direction"] == "out"
    person = _reference("RelatedPerson", row["caregiver_id"]) if row["caregiver_id"] else None
    found = _head("Communication", row) | {
        "status": _SENT.get(row["state"] or "", "not-done") if out else "completed",
        "category": [_concept(row["purpose"] or "reply", kind="purpose")],
        "medium": [_concept(row["channel"], kind="channel")],
        "subject": _reference("Patient", row["child_id"]),
        "about": [_reference("CarePlan", row["episode_id"])],
        ("sent" if out else "received"): instant(row["at"]),
        "payload": [{"contentString": row["body"] or "-"}],
    }
    if person:
        found |= {"recipient": [person]} if out else {"sender": person}
    return found


def questionnaire_response(row: dict[str, Any]) -> Resource:
    """What one text said, as the computer read it."""
    items: list[dict[str, Any]] = [
        {"linkId": "level", "text": "Level", "answer": [{"valueString": row["decided_level"]}]},
        {"linkId": "intent", "text": "Intent", "answer": [{"valueString": row["intent"]}]},
        {"linkId": "complete", "text": "Every word understood", "answer": [{"valueBoolean": row["complete"]}]},
    ]
    if row["signs"]:
        signs = [{"valueString": sign} for sign in row["signs"]]
        items.append({"linkId": "signs", "text": "Signs", "answer": signs})
    if row["temperature"] is not None:
        quantity = {"value": row["temperature"], "unit": "Cel", "system": "http://unitsofmeasure.org", "code": "Cel"}
        items.append({"linkId": "temperature", "text": "Temperature", "answer": [{"valueQuantity": quantity}]})
    if row["pain"] is not None:
        items.append({"linkId": "pain", "text": "Pain, 0 to 10", "answer": [{"valueInteger": row["pain"]}]})
    found = _head("QuestionnaireResponse", row) | {
        "status": "completed",
        "basedOn": [_reference("CarePlan", row["episode_id"])],
        "subject": _reference("Patient", row["child_id"]),
        "authored": instant(row["changed"]),
        "item": items,
    }
    if row["caregiver_id"]:
        found["source"] = _reference("RelatedPerson", row["caregiver_id"])
    return found


def flag(row: dict[str, Any]) -> Resource:
    """Something a person must look at."""
    period = {"start": instant(row["opened_at"])}
    if row["closed_at"]:
        period["end"] = instant(row["closed_at"])
    return _head("Flag", row) | {
        "status": "inactive" if row["state"] == "closed" else "active",
        "category": [_concept(row["level"], kind="level")],
        "code": _concept(row["kind"], ", ".join(row["signs"]) or row["kind"], kind="flag"),
        "subject": _reference("Patient", row["child_id"]),
        "period": period,
    }


def task(row: dict[str, Any]) -> Resource:
    """One planned question."""
    found = _head("Task", row) | {
        "basedOn": [_reference("CarePlan", row["episode_id"])],
        "status": _ASKED.get(row["state"], "requested"),
        "intent": "plan",
        "code": _concept(row["question"], kind="question"),
        "for": _reference("Patient", row["child_id"]),
        "owner": _reference("RelatedPerson", row["caregiver_id"]),
        "restriction": {"period": {"start": instant(row["due_at"]), "end": instant(row["until_at"])}},
    }
    if row["asked_at"]:
        period = {"start": instant(row["asked_at"])}
        if row["answered_at"]:
            period["end"] = instant(row["answered_at"])
        found["executionPeriod"] = period
    if row["why"]:
        found["statusReason"] = {"text": row["why"]}
    return found
