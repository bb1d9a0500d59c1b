"""Find a family by what is remembered of it, and keep the searches one needs often.

What is looked for is posted, never put into an address: addresses land in logs. A kept search has an address that
says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.language import _, told
from bot.web.present import LANGUAGES, STATES
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError
from messages.flags import SIGNS, Level
from messages.people import Hospital, Right
from messages.phones import as_kept
from messages.store.console import note_audit, rows_by_id
from messages.store.search import Wanted
from messages.store.search import search as find_families
from messages.store.views import forget_view, keep_view, view_of, views_of

LONGEST = 100  # characters of a name or a number
FURTHEST = 400  # days of recovery
NAME = 60  # characters of a view's name
_DAY = [str(day) for day in range(FURTHEST + 1)]
_LEVELS = [level.value for level in Level if level is not Level.OK]
_CHOICES: dict[str, Collection[str]] = {
    "sign": SIGNS, "level": _LEVELS, "state": STATES, "language": LANGUAGES, "day_from": _DAY, "day_to": _DAY,
}


def fields_of(form: Mapping[str, str]) -> dict[str, str]:
    """What was filled in and makes sense, by field; anything else is as if it had been left empty."""
    who = " ".join(form.get("who", "").split())[:LONGEST]
    found = {name: form.get(name, "") for name, choices in _CHOICES.items() if form.get(name, "") in choices}
    return {"who": who} | found if who else found


def wanted_of(fields: Mapping[str, str], hospital: Hospital) -> Wanted:
    """What to look for. Days are of the hospital's calendar; a number is a whole one or its last digits."""
    who = fields.get("who", "")
    digits = re.sub(r"\D", "", who)
    by_number = len(digits) >= 3 and not re.search(r"[^\W\d_]", who)
    phone = as_kept(who, hospital.sender) if by_number else ""
    today = web().clock().astimezone(hospital.tz).date()
    first, last = fields.get("day_from"), fields.get("day_to")
    days = None
    if first or last:
        low, high = sorted((int(first or 0), int(last or FURTHEST)))
        days = (today - timedelta(days=high), today - timedelta(days=low))
    return Wanted(
        name="" if by_number else who,
        phones=(phone,) if phone else (),
        digits=digits if by_number and not phone else "",
        sign=fields.get("sign", ""),
        days=days,
        level=Level(fields["level"]) if "level" in fields else None,
        state=fields.get("state", ""),
        language=fields.get("language", ""),
    )


def _page(fields: Mapping[str, str] | None, *, view: str = "", name: str = "", problem: str = "") -> str:
    house, hospital = web().house, g.hospital
    values: dict[str, Any] = {"found": None, "rows": {}}
    with house.database.reading() as connection:
        views = views_of(connection, house.vault, g.person.id)
        if fields is not None:
            values = _found(connection, wanted_of(fields, hospital))
    if fields is not None:
        looked("search")
    return render_template(
        "flags/search.html", fields=fields or {}, views=views, view=view, name=name, problem=problem, states=STATES,
        hospital=hospital, **values,
    )


def _found(connection: Connection, wanted: Wanted) -> dict[str, Any]:
    vault, hospital_id = web().house.vault, g.hospital.id
    found = find_families(connection, vault, hospital_id, wanted)
    shown = [mark.id for hit in found.hits for mark in hit.flags]
    return {"found": found, "rows": rows_by_id(connection, vault, hospital_id, shown) if shown else {}}


@blueprint.get("/search")
def search() -> str:
    """Where a search begins."""
    return _page(None)


@blueprint.post("/search")
@wants(Right.LOOK)
def find() -> str:
    """The families that fit what was posted."""
    return _page(fields_of(request.form))


@blueprint.post("/search/keep")
@wants(Right.LOOK)
def keep() -> Answer | tuple[str, int]:
    """Keep this search under a name, for the signed-in person."""
    fields = fields_of(request.form)
    name = " ".join(request.form.get("name", "").split())
    if not name or len(name) > NAME:
        problem = _("Give it a name.") if not name else _("That name is too long.")
        return _page(fields, name=name[:LONGEST], problem=problem), 422
    now = web().clock()
    try:
        with web().house.database.writing() as connection:
            view_id = keep_view(connection, web().house.vault, g.person.id, name, fields, now)
            note_audit(connection, g.person, "kept", "view", view_id, now)
    except ConflictError as error:
        return _page(fields, name=name, problem=told(error)), 409
    return redirect(url_for("console.view", view_id=view_id), 303)


@blueprint.get("/search/<view_id>")
def view(view_id: str) -> str:
    """What a kept search finds now."""
    with web().house.database.reading() as connection:
        found = view_of(connection, web().house.vault, g.person.id, view_id)
    return _page(fields_of(found.query), view=found.id, name=found.name)


@blueprint.post("/search/<view_id>/forget")
@wants(Right.LOOK)
def forget(view_id: str) -> Answer:
    """Let a kept search go."""
    now = web().clock()
    with web().house.database.writing() as connection:
        forget_view(connection, web().house.vault, g.person.id, view_id)
        note_audit(connection, g.person, "forgot", "view", view_id, now)
    return redirect(url_for("console.search"), 303)
