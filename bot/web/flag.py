"""One flag: everything needed to act on it, and the acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.web.acts import DOES, LONGEST_TEXT, Doing, FormError, flag_values
from bot.web.console import blueprint, fragment, looked, stamp
from bot.web.kept import comes_back, signed_out
from bot.web.state import web
from messages.errors import ConflictError
from messages.segments import segments
from messages.store.console import note_audit


def flag_page(flag_id: str, *, problem: str = "", typed: MultiDict[str, str] | None = None) -> str:
    """The page of a flag; `problem` and what was `typed` come back when an act could not be done."""
    with web().house.database.reading() as connection:
        values = flag_values(connection, web().house.vault, g.hospital.id, flag_id)
    looked("flag", flag_id)
    typed = typed or MultiDict()
    seen = _instant(typed.get("seen_at", "")) if problem else None
    return render_template(
        "console/flag.html", stamp=stamp(values), hospital=g.hospital, problem=problem, typed=typed, seen=seen, **values
    )


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


@blueprint.get("/flags/<flag_id>")
def flag(flag_id: str) -> str:
    """One flag and everything needed to act on it."""
    return flag_page(flag_id)


@blueprint.get("/flags/<flag_id>/live")
def flag_live(flag_id: str) -> Response:
    """What is new about a flag. An answer with words in it is a look, and noted."""
    with web().house.database.reading() as connection:
        values = flag_values(connection, web().house.vault, g.hospital.id, flag_id)
    mark = stamp(values)
    if request.args.get("seen") != mark:
        looked("flag", flag_id)
    return fragment("console/_flag.html", mark, hospital=g.hospital, seen=None, **values)


@blueprint.post("/flags/<flag_id>/<any(take, release, over, note, call, text, close):what>")
@comes_back(lambda typed, flag_id, what: flag_page(flag_id, problem=signed_out(), typed=typed))
def do(flag_id: str, what: str) -> Answer | tuple[str, int]:
    """One act of the signed-in person; all of it or nothing, and back to the page."""
    now = web().clock()
    try:
        with web().house.database.writing() as connection:
            DOES[what](Doing(connection, web().house, g.person, flag_id, request.form, now))
            note_audit(connection, g.person, what, "flag", flag_id, now)
    except (ConflictError, FormError) as error:
        status = 422 if isinstance(error, FormError) else 409
        return flag_page(flag_id, problem=f"{error.what} {error.mend}", typed=request.form), status
    web().house.kick.set()
    return redirect(url_for("console.queue") if what == "close" else url_for("console.flag", flag_id=flag_id), 303)


@blueprint.post("/segments")
def count_segments() -> dict[str, Any]:
    """How many segments a text takes, while it is typed."""
    counted = segments(request.form.get("body", "")[: LONGEST_TEXT + 1])
    return {"count": counted.count, "costly": list(counted.costly[:8])}
