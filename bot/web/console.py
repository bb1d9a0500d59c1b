"""What every page of the console shares: words for templates, parts that refresh, notes of who looked."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import Response, current_app, g, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as Answer

from bot.web import present
from bot.web.access import sessions
from bot.web.access.signin import blueprint as blueprint
from bot.web.access.signin import first_page
from bot.web.flags.alarm import alarm_words
from bot.web.language import _, spoken
from bot.web.state import web
from messages.access import Standing
from messages.people import Right
from messages.reachable import reachable
from messages.store.console import note_audit
from scheduler.plan import day_of_recovery

PROTOCOLS = (
    "console.protocol", "console.change_protocol", "console.draft", "console.save_draft", "console.try_draft",
    "console.settle_draft", "console.preview", "console.preview_draft", "console.rehearsal",
    "console.rehearsal_draft", "console.move", "console.move_families",
)  # fmt: skip
PEOPLE_AND_KEYS = (
    "console.people", "console.one_person", "console.change_person", "console.keys", "console.make_key",
)  # fmt: skip
# The places of the console: endpoint, its name in the navigation, the right it takes, if any, the endpoints within.
# In the order of the day: what coordinators use comes first, what is set once comes last.
PLACES = (
    ("console.queue", spoken("Flags"), Right.LOOK, (
        "console.flag", "console.do", "console.take_link", "console.take_by_link",
    )),
    ("console.families", spoken("Families"), Right.LOOK, (
        "console.family", "console.follow", "console.erase", "console.erase_for_good",
        "console.new_family", "console.enrol_family", "console.import_families",
        "console.give_list", "console.one_import", "console.joining", "console.poster",
    )),
    ("console.search", spoken("Search"), Right.LOOK, ("console.view", "console.find", "console.forget")),
    ("console.shift", spoken("Shift"), Right.ACT, ()),
    ("console.rota", spoken("Rota"), Right.LOOK, ("console.change_rota", "console.rota_list", "console.take_rota")),
    ("console.insight", spoken("Insight"), Right.MANAGE, ()),
    ("console.protocols", spoken("Protocols"), Right.MANAGE, PROTOCOLS),
    ("console.hospital", spoken("Hospital"), Right.MANAGE, (
        "console.settings", "console.set_part", "console.test_text", "console.running", *PEOPLE_AND_KEYS,
    )),
    ("console.audit", spoken("Audit"), Right.AUDIT, ()),
)


@blueprint.record_once
def _root(state: BlueprintSetupState) -> None:
    """The bare address leads to the page most people want."""
    state.app.add_url_rule("/", "root", _begin)


def _begin() -> Answer:
    """The first page of whoever is signed in; else the demo's phones, or the way in."""
    signed_in = sessions.find() is not Standing.OVER
    return redirect("/demo" if web().demo and not signed_in else first_page())


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    person = g.get("person")
    places = [
        (endpoint, _(name), request.endpoint in (endpoint, *within))
        for endpoint, name, right, within in PLACES
        if person and (right is None or person.may(right)) and endpoint in current_app.view_functions
    ]
    watching = bool(person and person.may(Right.LOOK)) and (request.blueprint == blueprint.name)
    words: dict[str, Any] = {"watching": watching, "alarm_words": alarm_words, "reachable": reachable}
    return words | {"show": present, "now": web().clock(), "day_of_recovery": day_of_recovery, "places": places}


def stamp(*what: object) -> str:
    """Equal for equal content: a page that refreshes itself is sent only what it has not."""
    return sha256(repr(what).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def fragment(name: str, mark: str, **values: Any) -> Response:
    """A part of a page for its own script; 204 when the page has it already."""
    headers = {"X-Hearback-Stamp": mark, "X-Hearback-Token": generate_csrf()}  # the page's forms outlive a session
    if request.args.get("seen") == mark:
        return Response(status=204, headers=headers)
    return Response(render_template(name, **values), headers=headers)


def looked(subject: str, subject_id: str | None = None) -> None:
    """Note that the signed-in person is about to see this."""
    with web().house.database.writing() as connection:
        note_audit(connection, g.person, "looked", subject, subject_id, web().clock())
