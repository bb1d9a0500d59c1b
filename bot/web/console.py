"""The coordinator's pages: the flags that need a person, one flag and everything to act on it, the families."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Response, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.web import present
from bot.web.acts import DOES, LONGEST_TEXT, Doing, FormError, flag_values
from bot.web.signin import blueprint as blueprint
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError
from messages.flags import FlagKind, Level
from messages.segments import segments
from messages.store import console as store
from messages.store import families as family_store
from messages.store.thread import thread
from scheduler.plan import day_of_recovery

LISTS = (
    ("now", "Needs a person", "Nobody needs you now. A text that needs a person appears here by itself."),
    ("silent", "Silent families", "Families that do not answer appear here."),
    ("sending", "Texts that may not have arrived", "Texts that failed, with what to do, appear here."),
    ("strangers", "Unknown numbers", "Texts from numbers nobody enrolled appear here."),
)


@blueprint.record_once
def _root(state: BlueprintSetupState) -> None:
    """The bare address leads to the page most people want."""
    state.app.add_url_rule("/", "root", lambda: redirect("/demo" if web().demo else url_for("console.queue")))


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"show": present, "now": web().clock(), "day_of_recovery": day_of_recovery}


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
        store.note_audit(connection, g.person, "looked", subject, subject_id, web().clock())


def list_of(row: store.QueueRow) -> str:
    """Which list a flag belongs to; an emergency is always in the first."""
    kinds = {FlagKind.SILENCE: "silent", FlagKind.SENDING: "sending", FlagKind.STRANGER: "strangers"}
    return "now" if row.flag.level is Level.EMERGENCY else kinds.get(row.flag.kind, "now")


def queue_values(connection: Connection, hospital_id: str) -> dict[str, Any]:
    """The open flags of a hospital by list, and the texts that are still being looked into."""
    vault = web().house.vault
    rows = store.queue(connection, vault, hospital_id)
    lists = [(key, title, empty, [row for row in rows if list_of(row) == key]) for key, title, empty in LISTS]
    emergencies = sum(row.flag.level is Level.EMERGENCY and not row.taken_by for row in rows)
    return {
        "rows": rows,
        "lists": lists,
        "unsure": store.unsure_texts(connection, vault, hospital_id),
        "emergencies": emergencies,
    }


@blueprint.get("/")
def queue() -> str:
    """The open flags, most serious first."""
    with web().house.database.reading() as connection:
        values = queue_values(connection, g.hospital.id)
        alone, read = store.read_by_machine(connection, g.hospital.id, web().clock() - timedelta(days=7))
    looked("queue")
    return render_template(
        "console/queue.html", stamp=stamp(values), hospital=g.hospital, alone=alone, read=read, **values
    )


@blueprint.get("/live")
def queue_live() -> Response:
    with web().house.database.reading() as connection:
        values = queue_values(connection, g.hospital.id)
    return fragment("console/_queue.html", stamp(values), hospital=g.hospital, **values)


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
def do(flag_id: str, what: str) -> Answer | tuple[str, int]:
    """One act of the signed-in person; all of it or nothing, and back to the page."""
    now = web().clock()
    try:
        with web().house.database.writing() as connection:
            DOES[what](Doing(connection, web().house, g.person, flag_id, request.form, now))
            store.note_audit(connection, g.person, what, "flag", flag_id, now)
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


@blueprint.get("/families")
def families() -> str:
    """Everybody who is followed, running follow-ups first."""
    with web().house.database.reading() as connection:
        found = family_store.families(connection, web().house.vault, g.hospital.id)
    looked("families")
    return render_template("console/families.html", families=found, hospital=g.hospital)


@blueprint.get("/families/<episode_id>")
def family(episode_id: str) -> str:
    """One family: who, what was asked and will be, what was said."""
    vault, hospital_id = web().house.vault, g.hospital.id
    with web().house.database.reading() as connection:
        found = family_store.family(connection, vault, hospital_id, episode_id)
        whose = [adult.caregiver.id for adult in found.adults]
        values = {
            "family": found,
            "lines": thread(connection, vault, hospital_id, caregiver_ids=whose),
            "check_ins": family_store.check_ins_of(connection, episode_id),
            "consents": family_store.consents_of(connection, vault, whose),
            "flags": family_store.flags_of(connection, hospital_id, found),
        }
    looked("episode", episode_id)
    return render_template("console/family.html", hospital=g.hospital, texts=set(), seen=None, **values)
