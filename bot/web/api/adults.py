"""Adults of a family over the API: one more, what is written of them changed, consent withdrawn."""

from __future__ import annotations

from flask import Response, g

from bot.enrolment.written import read_hours
from bot.web.api import shapes
from bot.web.api.entry import ApiError, blueprint, body_as, given, once, route
from bot.web.api.families import asked_by, entry_of, family_out, held, noted
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError, EnrolmentError
from messages.people import Caregiver, ConsentKind
from messages.store import contacts
from messages.store import families as store
from messages.store.consents import note_consent
from messages.store.people import caregiver_by_phone
from scheduler.family import MOST_ADULTS
from scheduler.family_check import check_hours
from scheduler.plan import local_zone
from scheduler.replan import basis_of, replan
from scheduler.store import episodes
from scheduler.store.families import keep_caregiver
from scheduler.store.published import protocol_by_id


@blueprint.post("/families/<episode_id>/caregivers")
@route("Add an adult to a child.", scope="enrol", takes=shapes.JoinIn, gives=shapes.FamilyOut, status=201)
@once
def add_caregiver(connection: Connection, episode_id: str) -> Response:
    sent: shapes.JoinIn = body_as(shapes.JoinIn)
    entry, house, now = entry_of(sent), web().house, web().clock()
    local_zone(entry.zone)
    row = held(connection, episode_id)
    check_hours(protocol_by_id(connection, row.protocol_id), entry.hours, entry.name)
    if entry.phone in g.hospital.senders:
        raise EnrolmentError("A caregiver's phone is the hospital's own number.", mend="Give the family's number.")
    if entry.language not in g.hospital.languages:
        raise EnrolmentError("The hospital has no texts in that language.", mend="Use another one.")
    if len(row.adults) >= MOST_ADULTS:
        raise ConflictError("There are six adults here already.", mend="Nothing was changed.")
    known = caregiver_by_phone(connection, house.vault, g.hospital.id, entry.phone)
    if known and any(one.caregiver.id == known.id for one in row.adults):
        raise ConflictError("This adult is here already.", mend="Nothing was changed.")
    caregiver, _fresh = keep_caregiver(
        connection, house.vault, hospital_id=g.hospital.id, name=entry.name, phone=entry.phone, zone=entry.zone,
        language=entry.language, now=now, how="api", words=sent.consent.words,
        asked_by=asked_by(sent.consent.asked_by), known=known, hours=entry.hours,
    )
    episodes.join_episode(connection, episode_id, caregiver.id, relation=entry.relation)
    answer = noted(connection, episode_id, "joined", caregiver.name, caregiver=caregiver.id, how="api")
    answer.status_code = 201
    return answer


@blueprint.post("/families/<episode_id>/caregivers/<caregiver_id>/withdraw")
@route("Keep that an adult wants no more texts; they stop at once, about every child on that phone.", scope="enrol",
       takes=shapes.WithdrawIn, gives=shapes.FamilyOut)
@once
def withdraw(connection: Connection, episode_id: str, caregiver_id: str) -> Response:
    sent: shapes.WithdrawIn = body_as(shapes.WithdrawIn)
    contacts.hold_family(connection, g.hospital.id, episode_id)
    row = store.family(connection, web().house.vault, g.hospital.id, episode_id)
    if not _adult(row, caregiver_id).texting:
        raise ConflictError("They get no texts already.", mend="Nothing was changed.")
    note_consent(
        connection, web().house.vault, caregiver_id, ConsentKind.STOPPED, how="api", words=sent.words,
        now=web().clock(), asked_by=g.key.actor,
    )
    return noted(connection, episode_id, "texts_stopped", sent.words, caregiver=caregiver_id, how="api")


@blueprint.patch("/families/<episode_id>/caregivers/<caregiver_id>")
@route("Change an adult's language, zone or hours, for every child of theirs; what is left out stays as it is.",
       scope="enrol", takes=shapes.ChangeIn, gives=shapes.FamilyOut)
@once
def change_caregiver(connection: Connection, episode_id: str, caregiver_id: str) -> Response:
    """What is planned moves to the new hours. A name or a number is corrected by a person, on the family's page."""
    sent: shapes.ChangeIn = body_as(shapes.ChangeIn)
    vault, now = web().house.vault, web().clock()
    row = held(connection, episode_id)
    was = _adult(row, caregiver_id)
    protocol = protocol_by_id(connection, row.protocol_id)
    language = was.language if sent.language is None else sent.language.lower()
    zone = was.zone if sent.zone is None else local_zone(sent.zone).key
    hours = was.hours if sent.hours is None else read_hours(sent.hours)
    check_hours(protocol, hours, was.name)
    if language not in protocol.languages:
        raise EnrolmentError("The protocol has no texts in that language.", mend="Use another one.")
    values = {"language": (was.language, language), "zone": (was.zone, zone),
              "hours": (str(was.hours or ""), str(hours or ""))}
    changed = {field: both for field, both in values.items() if both[0] != both[1]}
    if not changed:
        return given(family_out(row))
    running = contacts.running_of(connection, was.id)
    plans = {one: basis_of(connection, vault, one) for one in running}
    contacts.correct_caregiver(connection, vault, was.id, name=was.name, language=language, zone=zone, hours=hours)
    for one, before in plans.items():
        if before != (after := basis_of(connection, vault, one)):
            replan(connection, g.hospital.id, one, before, after, now)
    words = "; ".join(f"{before or '-'} → {after or '-'}" for before, after in changed.values())
    for one in (other for other in running if other != episode_id):
        noted(connection, one, "corrected", words, caregiver=was.id, fields=list(changed))
    return noted(connection, episode_id, "corrected", words, caregiver=was.id, fields=list(changed))


def _adult(row: store.FamilyRow, caregiver_id: str) -> Caregiver:
    for one in row.adults:
        if one.caregiver.id == caregiver_id:
            return one.caregiver
    raise ApiError(404, "There is no such adult in this family.")
