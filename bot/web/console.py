"""The coordinator's pages: the flags that need a person, one flag and everything to act on it, the families."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import Flask, Response, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.web import present
from bot.web.signin import blueprint as blueprint
from bot.web.state import web
from messages.conversation import Purpose
from messages.database import Connection
from messages.errors import ConflictError, HearbackError
from messages.flags import ActKind, FlagKind, Level, Outcome
from messages.segments import segments
from messages.store import console as store
from messages.store.conversation import Draft, write_out
from messages.store.flags import act, flag_by_id
from messages.store.thread import Line, thread
from scheduler.plan import day_of_recovery

LONGEST_TEXT = 1600
LONGEST_NOTE = 4000
LISTS = (
    ("now", "Needs a person", "Nobody needs you now. A text that needs a person appears here by itself."),
    ("silent", "Silent families", "Families that do not answer appear here."),
    ("sending", "Texts that may not have arrived", "Texts that failed, with what to do, appear here."),
    ("strangers", "Unknown numbers", "Texts from numbers nobody enrolled appear here."),
)


class FormError(HearbackError):
    """Something typed is missing or too long; what was typed stays on the page."""


@blueprint.record_once
def _root(state: BlueprintSetupState) -> None:
    """The bare address leads to the page most people want."""
    app: Flask = state.app
    app.add_url_rule("/", "root", lambda: redirect("/demo" if web().demo else url_for("console.queue")))


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"show": present, "now": web().clock(), "day_of_recovery": day_of_recovery}


def stamp(*what: object) -> str:
    """Equal for equal content: a page that refreshes itself is sent only what it has not."""
    return sha256(repr(what).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def fragment(name: str, mark: str, **values: Any) -> Response:
    """A part of a page for its own script; 204 when the page has it already."""
    if request.args.get("seen") == mark:
        return Response(status=204)
    return Response(render_template(name, **values), headers={"X-Hearback-Stamp": mark})


# The queue


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
    return {"rows": rows, "lists": lists, "unsure": store.unsure_texts(connection, vault, hospital_id), "emergencies": emergencies}


@blueprint.get("/")
def queue() -> str:
    """The open flags, most serious first."""
    with web().house.database.writing() as connection:
        values = queue_values(connection, g.hospital.id)
        store.note_audit(connection, g.person, "looked", "queue", None, web().clock())
    return render_template("console/queue.html", stamp=stamp(values), hospital=g.hospital, **values)


@blueprint.get("/live")
def queue_live() -> Response:
    with web().house.database.reading() as connection:
        values = queue_values(connection, g.hospital.id)
    return fragment("console/_queue.html", stamp(values), hospital=g.hospital, **values)


# One flag


def flag_values(connection: Connection, flag_id: str) -> dict[str, Any]:
    """Everything the page of a flag shows. Raises NotFoundError for another hospital's."""
    vault, hospital_id = web().house.vault, g.hospital.id
    row = store.flag_row(connection, vault, hospital_id, flag_id)
    family = store.family(connection, vault, hospital_id, row.flag.episode_id) if row.flag.episode_id else None
    whose = [adult.caregiver.id for adult in family.adults] if family else []
    if row.flag.caregiver_id and row.flag.caregiver_id not in whose:
        whose.append(row.flag.caregiver_id)
    return {
        "row": row,
        "family": family,
        "lines": thread(connection, vault, hospital_id, caregiver_ids=whose, peer_hash=row.peer_hash),
        "texts": store.texts_of(connection, flag_id),
        "acts": store.acts_of(connection, vault, [flag_id]),
        "pages": store.pages_of(connection, vault, flag_id),
        "promises": store.promises_of(connection, flag_id),
    }


def flag_page(flag_id: str, *, problem: str = "", typed: MultiDict[str, str] | None = None) -> str:
    """The page of a flag; `problem` and what was `typed` come back when an act could not be done."""
    now = web().clock()
    with web().house.database.writing() as connection:
        values = flag_values(connection, flag_id)
        store.note_audit(connection, g.person, "looked", "flag", flag_id, now)
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
        values = flag_values(connection, flag_id)
    mark = stamp(values)
    if request.args.get("seen") != mark:
        with web().house.database.writing() as connection:
            store.note_audit(connection, g.person, "looked", "flag", flag_id, web().clock())
    return fragment("console/_flag.html", mark, hospital=g.hospital, seen=None, **values)


# Acts


@dataclass(frozen=True)
class Doing:
    """One act about to be done, inside its transaction."""

    connection: Connection
    flag_id: str
    form: MultiDict[str, str]
    now: datetime

    def act(self, kind: ActKind, **more: Any) -> None:
        act(
            self.connection, web().house.vault, flag_id=self.flag_id, hospital_id=g.hospital.id,
            staff_id=g.person.id, kind=kind, now=self.now, **more,
        )

    def words(self, name: str, longest: int) -> str:
        """What was typed into a field, checked for length; "" when nothing was."""
        text = self.form.get(name, "").replace("\r\n", "\n").strip()
        if len(text) > longest:
            raise FormError(f"That is {len(text)} characters long; {longest} is the most.", mend="Shorten it.")
        return text

    def unchanged(self) -> None:
        """Raise ConflictError when the flag is not as it was when the page was opened."""
        _, version = flag_by_id(self.connection, self.flag_id, g.hospital.id, lock=True)
        if self.form.get("version") != str(version):
            raise ConflictError(
                "Something happened here since you opened this page.",
                mend="It is marked new below. Nothing was changed: look, then press again.",
            )


def _take(doing: Doing) -> None:
    doing.act(ActKind.TOOK)


def _release(doing: Doing) -> None:
    now_with = flag_by_id(doing.connection, doing.flag_id, g.hospital.id, lock=True)[0].taken_by
    if now_with != g.person.id:
        raise ConflictError("You do not have this flag.", mend="Nothing was changed.")
    doing.act(ActKind.RELEASED)


def _over(doing: Doing) -> None:
    now_with = flag_by_id(doing.connection, doing.flag_id, g.hospital.id, lock=True)[0].taken_by
    if now_with != doing.form.get("from"):
        raise ConflictError("Somebody else has it by now.", mend="Nothing was changed.")
    doing.act(ActKind.RELEASED)
    doing.act(ActKind.TOOK)


def _note(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    if not note:
        raise FormError("The note is empty.", mend="Write what you want to keep.")
    doing.unchanged()
    doing.act(ActKind.NOTED, note=note)


def _call(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    doing.unchanged()
    doing.act(ActKind.CALLED, note=note)


def _text(doing: Doing) -> None:
    body = doing.words("body", LONGEST_TEXT)
    if not body:
        raise FormError("The text is empty.", mend="Write what the family should read.")
    doing.unchanged()
    house = web().house
    values = flag_values(doing.connection, doing.flag_id)
    row, family = values["row"], values["family"]
    to = doing.form.get("to") or row.flag.caregiver_id
    peers = {adult.caregiver.id: adult.caregiver.phone for adult in family.adults} if family else {}
    if to and to not in peers and to == row.flag.caregiver_id:
        peers |= store.phones_of(doing.connection, house.vault, g.hospital.id, [to])
    peer = peers.get(to or "") if to else row.peer
    if not peer:
        raise FormError("There is no phone to text here.", mend="Choose a caregiver, or call.")
    draft = Draft(body=body, purpose=Purpose.STAFF, topic="staff", channel=_channel(values["lines"], to))
    write_out(
        doing.connection, house.vault, draft, hospital_id=g.hospital.id, peer=peer, now=doing.now,
        caregiver_id=to or None, staff_id=g.person.id,
        episode_ids=[row.flag.episode_id] if row.flag.episode_id else [],
    )
    doing.act(ActKind.TEXTED)


def _channel(lines: list[Line], caregiver_id: str | None) -> str:
    """The channel on which this caregiver wrote last."""
    theirs = [line.channel for line in lines if not line.out and line.caregiver_id == (caregiver_id or None)]
    return theirs[-1] if theirs else "sms"


def _close(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    if doing.form.get("outcome") not in set(Outcome):
        raise FormError("Say how it ended.", mend="Choose one of the five.")
    doing.unchanged()
    rightly = {"yes": True, "no": False}.get(doing.form.get("read_rightly", ""))
    doing.act(ActKind.CLOSED, note=note, outcome=Outcome(doing.form["outcome"]), read_rightly=rightly)


DOES: dict[str, Callable[[Doing], None]] = {
    "take": _take, "release": _release, "over": _over, "note": _note, "call": _call, "text": _text, "close": _close,
}


@blueprint.post("/flags/<flag_id>/<any(take, release, over, note, call, text, close):what>")
def do(flag_id: str, what: str) -> Answer | tuple[str, int]:
    """One act of the signed-in person; all of it or nothing, and back to the page."""
    now = web().clock()
    try:
        with web().house.database.writing() as connection:
            DOES[what](Doing(connection, flag_id, request.form, now))
            store.note_audit(connection, g.person, what, "flag", flag_id, now)
    except (ConflictError, FormError) as error:
        status = 422 if isinstance(error, FormError) else 409
        return flag_page(flag_id, problem=f"{error.what} {error.mend}", typed=request.form), status
    web().house.kick.set()
    done = what == "close" or (what == "take" and request.form.get("back") == "queue")
    return redirect(url_for("console.queue") if done else url_for("console.flag", flag_id=flag_id), 303)


@blueprint.post("/segments")
def count_segments() -> dict[str, Any]:
    """How many segments a text takes, while it is typed."""
    counted = segments(request.form.get("body", "")[: LONGEST_TEXT + 1])
    return {"count": counted.count, "costly": list(counted.costly[:8])}


# The families


@blueprint.get("/families")
def families() -> str:
    """Everybody who is followed, running follow-ups first."""
    with web().house.database.writing() as connection:
        found = store.families(connection, web().house.vault, g.hospital.id)
        store.note_audit(connection, g.person, "looked", "families", None, web().clock())
    return render_template("console/families.html", families=found, hospital=g.hospital)


@blueprint.get("/families/<episode_id>")
def family(episode_id: str) -> str:
    """One family: who, what was asked and will be, what was said."""
    vault, hospital_id = web().house.vault, g.hospital.id
    with web().house.database.writing() as connection:
        found = store.family(connection, vault, hospital_id, episode_id)
        whose = [adult.caregiver.id for adult in found.adults]
        values = {
            "family": found,
            "lines": thread(connection, vault, hospital_id, caregiver_ids=whose),
            "check_ins": store.check_ins_of(connection, episode_id),
            "consents": store.consents_of(connection, vault, whose),
            "flags": store.flags_of(connection, hospital_id, episode_id),
        }
        store.note_audit(connection, g.person, "looked", "episode", episode_id, web().clock())
    return render_template("console/family.html", hospital=g.hospital, texts=set(), seen=None, **values)
