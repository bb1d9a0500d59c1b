"""Families over the API: enrol them, read them, pause and end follow-ups, add adults, withdraw consent."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from bot.enrolment.said import told_notes
from bot.enrolment.written import read_hours
from bot.web.api import shapes
from bot.web.api.entry import ApiError, blueprint, body_as, given, looked, note, once, route
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError, EnrolmentError
from messages.people import Staff
from messages.phones import parse_phone, region_of
from messages.store import contacts, results
from messages.store import families as store
from messages.store.episode_acts import note_episode_act
from messages.store.people import staff_by_id
from scheduler.enrol import Agreed, CaregiverEntry, Enrolled, Family, enrol
from scheduler.family import LONGEST_RELATION
from scheduler.store import episodes, stopping

PAGE = {"after": "The place to go on from: `next` of the answer before.", "limit": "At most so many: 1 to 200."}


def entry_of(one: shapes.CaregiverIn) -> CaregiverEntry:
    if len(one.relation) > LONGEST_RELATION:
        raise EnrolmentError("A relation is longer than 40 letters.", mend="Shorten it.")
    phone = parse_phone(one.phone, region_of(g.hospital.sender))
    zone = one.zone or g.hospital.zone
    return CaregiverEntry(one.name, one.relation, phone, one.language.lower(), zone, read_hours(one.hours))


def enrol_one(connection: Connection, family: Family, agreed: Agreed) -> Enrolled:
    """Enrol in the request's transaction, noted as the key's."""
    done = enrol(connection, web().house.vault, g.hospital, family, web().clock(), agreed=agreed)
    note(connection, "enrolled", "episode", done.episode_id)
    return done


def result_of(done: Enrolled) -> str:
    return "new" if done.fresh else "re-planned" if done.replanned else "joined" if done.joined else "unchanged"


def asked_by(name: str) -> str:
    return f"{g.key.actor} {name}".strip()[:80]


@blueprint.post("/enrolments")
@route("Enrol a family; the same family again changes nothing twice.", scope="enrol", takes=shapes.EnrolmentIn,
       gives=shapes.EnrolmentOut, status=201)
@once
def enrol_family(connection: Connection) -> Response:
    sent: shapes.EnrolmentIn = body_as(shapes.EnrolmentIn)
    adults = tuple(entry_of(one) for one in sent.caregivers)
    family = Family(sent.child, sent.day_zero, sent.protocol, adults, tuple(sent.risks), sent.record)
    done = enrol_one(connection, family, Agreed("api", sent.consent.words, asked_by(sent.consent.asked_by)))
    out = {"family": done.episode_id, "result": result_of(done), "notes": told_notes(done.notes)}
    answer = given(shapes.EnrolmentOut.model_validate(out), 201)
    answer.headers["Location"] = f"/api/v1/families/{done.episode_id}"
    return answer


def family_out(row: store.FamilyRow) -> shapes.FamilyOut:
    adults = [
        {
            "id": one.caregiver.id, "name": one.caregiver.name, "relation": one.relation,
            "phone": one.caregiver.phone, "language": one.caregiver.language, "zone": one.caregiver.zone,
            "hours": str(one.caregiver.hours or ""),
            "texting": one.caregiver.texting, "confirmed": one.caregiver.confirmed,
        }
        for one in row.adults
    ]
    return shapes.FamilyOut.model_validate({
        "id": row.episode_id, "child": row.child, "child_id": row.child_id, "day_zero": row.day_zero,
        "protocol": row.protocol, "state": row.state, "why": row.ended_why, "risks": list(row.risks),
        "caregivers": adults,
    })


def limit_asked() -> int:
    try:
        found = int(request.args.get("limit", "50"))
    except ValueError:
        found = 0
    if not 1 <= found <= results.MOST:
        raise ApiError(400, "The limit is a number from 1 to 200.")
    return found


def after_asked() -> str:
    return request.args.get("after", "")[:64]


@blueprint.get("/families")
@route("Families in the order of their enrolment.", gives=shapes.FamilyList, query=PAGE)
def families() -> Response:
    with web().house.database.reading() as connection:
        ids, more = results.episode_ids(connection, g.hospital.id, after_asked(), limit_asked())
        rows = store.families(connection, web().house.vault, g.hospital.id, ids)
    looked("families")
    return given(shapes.FamilyList(items=[family_out(row) for row in rows], next=more or None))


@blueprint.get("/families/<episode_id>")
@route("One family.", gives=shapes.FamilyOut)
def family(episode_id: str) -> Response:
    with web().house.database.reading() as connection:
        row = store.family(connection, web().house.vault, g.hospital.id, episode_id)
    looked("episode", episode_id)
    return given(family_out(row))


def held(connection: Connection, episode_id: str) -> store.FamilyRow:
    contacts.hold_family(connection, g.hospital.id, episode_id)
    row = store.family(connection, web().house.vault, g.hospital.id, episode_id)
    if row.state == "ended":
        raise ConflictError("This follow-up has ended.", mend="Nothing was changed.")
    return row


def noted(connection: Connection, episode_id: str, kind: str, words: str = "", **detail: Any) -> Response:
    """Write down what the key did, beside what people did, and answer with the family as it is now."""
    house = web().house
    maker = staff_by_id(connection, house.vault, g.key.made_by) or Staff(g.key.made_by, g.hospital.id, "", "")
    told = f"API ({g.key.name}). {words}".strip()
    note_episode_act(
        connection, house.vault, maker, episode_id, kind, now=web().clock(), note=told,
        detail=detail | {"key": g.key.id},
    )
    note(connection, kind, "episode", episode_id)
    return given(family_out(store.family(connection, house.vault, g.hospital.id, episode_id)))


@blueprint.post("/families/<episode_id>/pause")
@route("Pause the texts until somebody resumes them.", scope="enrol", takes=shapes.WhyIn, gives=shapes.FamilyOut)
@once
def pause(connection: Connection, episode_id: str) -> Response:
    sent: shapes.WhyIn = body_as(shapes.WhyIn)
    row = held(connection, episode_id)
    if row.ended_why == episodes.LOSS:
        raise ConflictError("The texts are stopped because the child died.", mend="Nothing was changed.")
    if row.state == "paused":
        raise ConflictError("The texts are paused already.", mend="Nothing was changed.")
    stopping.pause_rows(connection, episode_id, "other", web().clock())
    return noted(connection, episode_id, "paused", sent.why, why="other", until=None)


@blueprint.post("/families/<episode_id>/resume")
@route("Resume the texts.", scope="enrol", takes=shapes.WhyIn, gives=shapes.FamilyOut)
@once
def resume(connection: Connection, episode_id: str) -> Response:
    sent: shapes.WhyIn = body_as(shapes.WhyIn)
    row = held(connection, episode_id)
    if row.state != "paused" or row.ended_why == episodes.LOSS:
        raise ConflictError("Only a person in the console may resume these texts, or they are not paused.")
    stopping.resume_rows(connection, [episode_id], web().clock())
    return noted(connection, episode_id, "resumed", sent.why)


@blueprint.post("/families/<episode_id>/end")
@route("End the follow-up.", scope="enrol", takes=shapes.EndIn, gives=shapes.FamilyOut)
@once
def end(connection: Connection, episode_id: str) -> Response:
    sent: shapes.EndIn = body_as(shapes.EndIn)
    held(connection, episode_id)
    stopping.end_rows(connection, episode_id, g.hospital.id, sent.why, web().clock())
    return noted(connection, episode_id, "ended", why=sent.why)
