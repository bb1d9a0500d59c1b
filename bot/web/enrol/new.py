"""A family enrolled at the bedside: one form, a last look, and the texts begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.enrolment.written import PLACES, family_of
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.enrol import words
from bot.web.families.followup import USUAL_ZONES
from bot.web.families.followup_words import RISKS as RISK_WORDS
from bot.web.flags.acts import FormError
from bot.web.language import _, told
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError, EnrolmentError
from messages.people import Right
from messages.phones import parse_phone, region_of
from messages.store import joins
from messages.store.console import note_audit
from messages.store.families import children_of
from messages.store.people import caregiver_by_phone
from scheduler.enrol import Agreed, enrol
from scheduler.fields import RISKS
from scheduler.foresee import Family, foresee
from scheduler.store import confirming, families

FIELDS = (
    "child", "day_zero", "protocol", "record", "risks", "join",
    *(f"{name}{place}" for place in PLACES[:2]
      for name in ("caregiver", "relation", "phone", "language", "zone", "hours")),
)


def _typed() -> dict[str, str]:
    """What was typed, each field once; the same zone and language for everybody unless told."""
    cells = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
    cells["risks"] = ",".join(risk for risk in request.form.getlist("risk") if risk in RISKS) or cells["risks"]
    return cells


def _page(cells: Mapping[str, str], problem: str = "", status: int = 200) -> tuple[str, int]:
    with web().house.database.reading() as connection:
        protocols = words.protocols_of(connection, g.hospital.id)
        allows = words.allows_hours(connection, g.hospital.id)
    zones = sorted({g.hospital.zone, *USUAL_ZONES})
    page = render_template(
        "enrol/new.html", cells=cells, problem=problem, protocols=protocols, hospital=g.hospital, zones=zones,
        risks=RISKS, risk_words=RISK_WORDS, chosen=cells.get("risks", "").split(","), allows=allows,
        languages=g.hospital.languages, read_aloud={code: words.consent_words(g.hospital, code)
                                                    for code in g.hospital.languages},
    )
    return page, status


@blueprint.get("/families/new")
@wants(Right.ACT)
def new_family() -> tuple[str, int]:
    """The empty form; or, from a text that asked to join, one that holds what was texted."""
    cells = {
        "day_zero": web().clock().astimezone(g.hospital.tz).date().isoformat(), "zone": g.hospital.zone,
        "language": g.hospital.languages[0],
    }
    if join_id := request.args.get("join"):
        with web().house.database.reading() as connection:
            join = joins.waiting(connection, web().house.vault, g.hospital.id, join_id)
        cells |= {
            "join": join.id, "child": join.child, "caregiver": join.adult, "phone": join.phone,
            "language": join.language, "protocol": join.protocol,
        }
        looked("join", join.id)
    return _page(cells)


def _read(cells: Mapping[str, str]) -> Family:
    return family_of(cells, region_of(g.hospital.sender))


def _joining(connection: Connection, cells: Mapping[str, str], family: Family) -> joins.Join | None:
    """The text that asked to join, if that is where the form came from; its number stays as it is."""
    if not cells.get("join"):
        return None
    join = joins.waiting(connection, web().house.vault, g.hospital.id, cells["join"], lock=True)
    if family.caregivers[0].phone != join.phone:
        raise FormError(_("The number that texted us is another one."), mend=_("Leave it as it was."))
    return join


@blueprint.post("/families/new")
@wants(Right.ACT)
def enrol_family() -> Answer | tuple[str, int]:
    """The last look; or, after it, the family enrolled. What changed in between is shown once more first."""
    cells, house, now = _typed(), web().house, web().clock()
    try:
        family = _read(cells)
        if request.form.get("agreed") != "yes":
            raise FormError(
                _("Nobody has agreed yet."), mend=_("Read the words aloud, and tick when they said yes.")
            )
        if request.form.get("step") == "change":
            return _page(cells)
        if request.form.get("step") != "save":
            return _last_look(cells, family)
        with house.database.writing() as connection:
            join = _joining(connection, cells, family)
            seen = foresee(connection, house.vault, g.hospital, family, now, lock=True)
            phones = (join.phone,) if join else ()
            look = words.look_at(connection, house.vault, g.hospital, family, seen, now, confirmed=phones)
            if look.stamp != request.form.get("stamp"):
                raise ConflictError(
                    _("Something changed since you looked."), mend=_("Nothing was saved. Look once more.")
                )
            agreed = Agreed("joined" if join else "bedside", _agreement(join, family), g.person.id)
            done = enrol(connection, house.vault, g.hospital, family, now, agreed=agreed)
            if join:
                _joined(connection, join)
            note_audit(connection, g.person, "enrolled", "episode", done.episode_id, now)
    except (EnrolmentError, FormError) as error:
        return _page(cells, told(error, whole=True), 422)
    except ConflictError as error:
        return _last_look(cells, family, told(error), 409)
    house.kick.set()
    return redirect(url_for("console.family", episode_id=done.episode_id), 303)


def _agreement(join: joins.Join | None, family: Family) -> str:
    return join.words if join else words.consent_words(g.hospital, family.caregivers[0].language)


def _joined(connection: Connection, join: joins.Join) -> None:
    """The number has texted us by itself, and agreed: it is confirmed."""
    vault, now = web().house.vault, web().clock()
    caregiver = caregiver_by_phone(connection, vault, g.hospital.id, join.phone)
    assert caregiver is not None
    confirming.confirm_number(
        connection, vault, caregiver.id, how="joined", words=join.words, now=now, asked_by=g.person.id
    )
    joins.end_join(connection, join.id, "enrolled", now, by=g.person.id)


def _last_look(
    cells: Mapping[str, str], family: Family, problem: str = "", status: int = 200
) -> tuple[str, int]:
    house, now = web().house, web().clock()
    with house.database.reading() as connection:
        join = _joining(connection, cells, family)
        seen = foresee(connection, house.vault, g.hospital, family, now)
        phones = (join.phone,) if join else ()
        look = words.look_at(connection, house.vault, g.hospital, family, seen, now, confirmed=phones)
    looked("enrolment")
    page = render_template(
        "enrol/look.html", look=look, cells=cells, problem=problem, hospital=g.hospital, joined=bool(join)
    )
    return page, status


@blueprint.post("/families/new/check")
@wants(Right.ACT)
def check_family() -> Response:
    """What can be said at once of each field that is filled in, for the form's own script."""
    cells, said = _typed(), {}
    with web().house.database.reading() as connection:
        for place in PLACES[:2]:
            if phone := cells[f"phone{place}"]:
                said[f"phone{place}"] = _of_phone(connection, phone, cells[f"caregiver{place}"])
        if child := cells["child"]:
            like = families.children_like(connection, web().house.vault, g.hospital.id, child)
            several = "; ".join(_("{child}, with {adults}").format(child=one[1], adults=one[2]) for one in like[:3])
            if several:
                said["child"] = {"odd": False, "text": _("Here already: {children}").format(children=several)}
    looked("enrolment")
    return jsonify(said)


def _of_phone(connection: Connection, written: str, name: str) -> dict[str, Any]:
    house = web().house
    try:
        phone = parse_phone(written, region_of(g.hospital.sender))
    except EnrolmentError as error:
        return {"odd": True, "text": told(error, whole=True)}
    if phone == g.hospital.sender:
        return {"odd": True, "text": _("That is the hospital's own number.")}
    known = caregiver_by_phone(connection, house.vault, g.hospital.id, phone)
    if known is None:
        return {"odd": False, "text": phone}
    children = children_of(connection, house.vault, [known.id]).get(known.id, ())
    text = _("{phone} is known: {name}").format(phone=phone, name=known.name)
    if children:
        text += " (" + ", ".join(child.name for child in children) + ")"
    if not known.texting:
        text += ". " + _("They said STOP, and stay stopped.")
    elif name and not families.same_name(known.name, name):
        text += ". " + _("Another name on this number: it stays under the name that is known.")
    return {"odd": not known.texting, "text": text}
