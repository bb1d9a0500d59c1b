"""One flag: everything needed to act on it, and the acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, g, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.conversation.phrases import ready_phrases
from bot.web.access.kept import comes_back, why_it_came_back
from bot.web.console import blueprint, fragment, stamp
from bot.web.flags.acts import DOES, LONGEST_TEXT, Doing, FormError
from bot.web.flags.flag_values import changed_since, colleagues, flag_values, read_of, siblings, undoable
from bot.web.flags.next_step import next_step
from bot.web.flags.told import ahead, course, family_words
from bot.web.flags.waking import AskError
from bot.web.language import told
from bot.web.state import web
from messages.errors import ConflictError, HearbackError, NotFoundError
from messages.flags import UNDO_FOR, ActKind, outcomes_of
from messages.ids import new_id
from messages.people import Right
from messages.segments import segments
from messages.store.console import acts_of, note_audit
from messages.store.flags import flag_by_id
from messages.store.looks import keep_look, looking
from messages.store.people import staff_of

ACTS = "any(take, release, over, hand, note, call, text, close, about, undo)"


def flag_page(flag_id: str, *, error: HearbackError | None = None, typed: MultiDict[str, str] | None = None) -> str:
    """The page of a flag; what went wrong and what was `typed` come back when an act could not be done."""
    now, vault = web().clock(), web().house.vault
    with web().house.database.reading() as connection:
        others, _due = looking(connection, vault, flag_id, g.person.id, now)
        values = flag_values(connection, vault, g.person, flag_id, now, others)
        values["ahead"] = ahead(values["row"].flag, g.hospital, staff_of(connection, vault, g.hospital.id), now)
        flag = values["row"].flag
        with_whom = colleagues(connection, vault, g.hospital, (g.person.id, flag.taken_by), now)
        children = siblings(connection, vault, flag.caregiver_id)
    _look(flag_id, now)
    typed = typed or MultiDict()
    seen = _instant(typed.get("seen_at", "")) if error else None
    clash = changed_since(values, seen) if seen and isinstance(error, ConflictError) else []
    languages = {adult.caregiver.language for adult in values["adults"]} or {g.hospital.languages[0]}
    me = g.person.name.split(" ")[0]
    return render_template(
        "flags/flag.html", stamp=stamp(values), hospital=g.hospital, typed=typed, seen=seen, changed=clash,
        problem=told(error) if error else "", asks=isinstance(error, AskError),
        morning=error.morning if isinstance(error, AskError) else None,
        outcomes_of=outcomes_of, colleagues=with_whom, siblings=children,
        phrases={one: ready_phrases(g.hospital, one, me) for one in sorted(languages)}, **_shown(values),
    )


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """What the live parts show beside the values."""
    closed = [one for one in values["acts"] if one.act.kind is ActKind.CLOSED and not one.undone_by]
    return values | {
        "next": next_step(values["row"], g.hospital.emergency_number),
        "read": read_of(values),
        "closed_by": closed[-1] if closed else None,
        "course": course(values["pages"], values["acts"], values["amends"]),
        "family_words": family_words,
        "adult_names": {adult.caregiver.id: adult.caregiver.name for adult in values["adults"]},
        "waiting": [line for line in values["lines"] if line.state == "queued" and line.purpose == "staff"],
        "new_id": new_id,
        "undo_until": values["undoable"].act.at + UNDO_FOR if values["undoable"] else None,
        "may_act": g.person.may(Right.ACT),
    }


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _look(flag_id: str, now: datetime) -> None:
    """Note that the signed-in person sees this flag, for the audit and for whoever else has it open."""
    with web().house.database.writing() as connection:
        note_audit(connection, g.person, "looked", "flag", flag_id, now)
        keep_look(connection, flag_id, g.person.id, now)


@blueprint.get("/flags/<flag_id>")
def flag(flag_id: str) -> str:
    """One flag and everything needed to act on it."""
    return flag_page(flag_id)


@blueprint.get("/flags/<flag_id>/live")
def flag_live(flag_id: str) -> Response:
    """What is new about a flag. An answer with words in it is a look, and noted."""
    now = web().clock()
    with web().house.database.reading() as connection:
        others, due = looking(connection, web().house.vault, flag_id, g.person.id, now)
        values = flag_values(connection, web().house.vault, g.person, flag_id, now, others)
        staff = staff_of(connection, web().house.vault, g.hospital.id)
        values["ahead"] = ahead(values["row"].flag, g.hospital, staff, now)
    mark = stamp(values)
    if request.args.get("seen") != mark:
        _look(flag_id, now)
    elif due:
        with web().house.database.writing() as connection:
            keep_look(connection, flag_id, g.person.id, now)
    return fragment("flags/_flag.html", mark, hospital=g.hospital, seen=None, **_shown(values))


@blueprint.post(f"/flags/<flag_id>/<{ACTS}:what>")
@comes_back(lambda typed, flag_id, what: flag_page(flag_id, error=FormError(why_it_came_back()), typed=typed))
def do(flag_id: str, what: str) -> Answer | tuple[str, int]:
    """One act of the signed-in person; all of it or nothing, and back to the page."""
    now = web().clock()
    try:
        with web().house.database.writing() as connection:
            doing = Doing(connection, web().house, g.hospital, g.person, flag_id, request.form, now)
            if not doing.again(what):
                DOES[what](doing)
                note_audit(connection, g.person, what, "flag", flag_id, now)
    except (ConflictError, FormError) as error:
        status = 422 if isinstance(error, FormError) else 409
        return flag_page(flag_id, error=error, typed=request.form), status
    web().house.kick.set()
    if what == "close":
        session["closed"] = flag_id
        return redirect(url_for("console.queue", _anchor="just-closed"), 303)
    session.pop("closed", None)
    # No fragment: a browser that is slow to load would take the focus from whoever types already.
    return redirect(url_for("console.flag", flag_id=flag_id), 303)


@blueprint.get(f"/flags/<flag_id>/<{ACTS}:what>")
def not_done(flag_id: str, what: str) -> Answer:
    """The address of an act, opened as a page: nothing is done, and the flag is shown."""
    with web().house.database.reading() as connection:
        flag_by_id(connection, flag_id, g.hospital.id)
    return redirect(url_for("console.flag", flag_id=flag_id), 303)


@blueprint.post("/flags/<flag_id>/fill")
def fill(flag_id: str) -> str:
    """Put a ready phrase into the box, for pages without a script; sends nothing and changes nothing."""
    typed = MultiDict(request.form)
    typed["body"] = typed.get("phrase", "")[:LONGEST_TEXT]
    return flag_page(flag_id, typed=typed)


@blueprint.app_context_processor
def _closed() -> dict[str, Any]:
    return {"just_closed": just_closed}


def just_closed() -> dict[str, Any] | None:
    """The flag that this person closed a moment ago, for the page they landed on; None when undo is over."""
    flag_id = session.get("closed")
    if not isinstance(flag_id, str) or not g.get("person"):
        return None
    now = web().clock()
    with web().house.database.reading() as connection:
        try:
            flag_by_id(connection, flag_id, g.hospital.id)
        except NotFoundError:
            return None
        one = undoable(acts_of(connection, web().house.vault, [flag_id]), g.person.id, now)
    if one is None or one.act.kind is not ActKind.CLOSED:
        return None
    return {"flag_id": flag_id, "act_id": one.act.id, "until": one.act.at + UNDO_FOR}


@blueprint.post("/segments")
def count_segments() -> dict[str, Any]:
    """How many segments a text takes, while it is typed."""
    counted = segments(request.form.get("body", "")[: LONGEST_TEXT + 1])
    return {"count": counted.count, "costly": list(counted.costly[:8])}
