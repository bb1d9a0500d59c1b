"""One draft: written in a form with its YAML beside it, tried on a phone, submitted, approved by somebody else."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.checking import coverage_of
from bot.rehearsal.script import load_script, shipped_scripts
from bot.rehearsal.trying import MOST, Try, first_text, try_texts
from bot.web.access.kept import comes_back, why_it_came_back
from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint
from bot.web.language import _, told
from bot.web.protocols import names
from bot.web.protocols.adding import first_added, with_part, with_shared, without_part
from bot.web.protocols.protocols import as_read, looked_through
from bot.web.protocols.typed import Looked, anchor, clean, look, typed_source
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError
from messages.people import Right
from messages.segments import segments
from messages.store.console import note_audit
from messages.store.people import staff_of
from scheduler.differences import Difference, differences
from scheduler.fields import RISKS
from scheduler.load import LARGEST, whole
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.readability import grade
from scheduler.store import drafts
from scheduler.store.drafts import Draft
from scheduler.store.published import protocol_by_id
from scheduler.texts import render, values_for
from scheduler.warn import Coverage

Answered = Answer | str | tuple[str, int]
LONGEST_NOTE = 1000


def read_draft(draft_id: str) -> Draft:
    """The draft as it stands. Raises NotFoundError for another hospital's."""
    with web().house.database.reading() as connection:
        return drafts.draft_by_id(connection, web().house.vault, g.hospital.id, draft_id)


def _covered() -> Coverage:
    """When somebody of the hospital answers."""
    house = web().house
    with house.database.reading() as connection:
        return coverage_of(g.hospital, staff_of(connection, house.vault, g.hospital.id), web().clock())


def _changed(connection: Connection, one: Draft, protocol: Protocol | None) -> list[Difference]:
    """What the draft does otherwise than the version it was begun from."""
    return differences(protocol_by_id(connection, one.base_id), protocol) if one.base_id and protocol else []


def measured(text: str, language: str, protocol: Protocol | None, question: str = "") -> tuple[int, float | None]:
    """(segments, school year) of a text as a family reads it; nothing of one that cannot be filled yet."""
    try:
        if protocol and question in protocol.questions:
            text = text.replace("{menu}", protocol.menu_text(question, language))
        filled = render(text.replace("{menu}", ""), values_for(g.hospital, language, day=3))
    except Exception:
        filled = text
    return segments(filled).count, grade(filled, language)


def _phone(looked: Looked, form: MultiDict[str, str]) -> dict[str, Any]:
    """The phone beside the editor: what was said so far with all that would come of it."""
    protocol = looked.protocol
    if protocol is None:
        return {"phone": None}
    asked = form.get("asked", "")
    language = form.get("language", "")
    day = form.get("day", "")
    begun = Try(
        asked if asked in protocol.questions else protocol.slots()[0].question,
        int(day) if day.isdigit() and len(day) < 4 else 1,
        language if language in protocol.languages else protocol.languages[0],
        tuple(risk for risk in form.getlist("risks") if risk in RISKS),
    )
    said = [text.strip()[:1600] for text in form.getlist("said") if text.strip()][:MOST]
    if form.get("again"):
        said = []
    if form.get("say", "").strip() and not form.get("again"):
        said.append(form["say"].strip()[:1600])
    return {
        "phone": begun, "said": said[:MOST], "first": first_text(protocol, g.hospital, begun),
        "tried": try_texts(protocol, g.hospital, begun, said, web().clock()), "full": len(said) >= MOST,
    }  # fmt: skip


def _values(one: Draft, source: str) -> dict[str, Any]:
    looked = look(source, _covered())
    with web().house.database.reading() as connection:
        changed = _changed(connection, one, looked.protocol)
        staff = staff_of(connection, web().house.vault, g.hospital.id)
    others = any(each.login and each.may(Right.MANAGE) and each.id not in one.editors for each in staff)
    return {
        "one": one, "looked": looked, "source": source, "names": names, "as_read": as_read, "measured": measured,
        "changed": changed, "anchor": anchor, "ticked": request.form.getlist("seen"),
        "may": g.person.may(Right.MANAGE), "mine": g.person.id in one.editors, "others": others, "hospital": g.hospital,
        "fixed": FIXED_TEXTS, "risks": RISKS, "done": request.args.get("done"),
        "scripts": [(name, load_script(name).title) for name in shipped_scripts()],
        **_phone(looked, request.form),
    }  # fmt: skip


def _page(draft_id: str, *, source: str | None = None, problem: str = "", status: int = 200) -> tuple[str, int]:
    one = read_draft(draft_id)
    editing = one.state == "draft" and g.person.may(Right.MANAGE)
    text = one.source if source is None else source
    template = "protocols/draft.html" if editing else "protocols/submitted.html"
    values = _values(one, text)
    title = looked_through(values["looked"].title) if values["looked"].title else one.name
    return render_template(template, problem=problem, title=title, **values), status


def _again(typed: MultiDict[str, str], draft_id: str, **_values: Any) -> str:
    """The editor with what was typed before the session ended."""
    source = typed_source(typed) if "source" in typed else None
    return _page(draft_id, source=source, problem=why_it_came_back())[0]


@blueprint.get("/protocols/drafts/<draft_id>")
@wants(None)
def draft(draft_id: str) -> tuple[str, int]:
    """The editor, or what waits to be approved."""
    return _page(draft_id)


@blueprint.post("/protocols/drafts/<draft_id>")
@wants(Right.MANAGE)
@comes_back(_again)
def save_draft(draft_id: str) -> Answered:
    """Keep what was typed, mistakes and all; `do` adds or takes away a part, or submits."""
    one, do = read_draft(draft_id), request.form.get("do", "")
    source = typed_source(request.form)
    what, _colon, path = do.partition(":")
    added = ""
    try:
        if what == "add":
            typed, source = source, with_part(source, path, request.form.get(f"new:{path}", ""))
            added = first_added(typed, source)
        elif what == "remove":
            source = without_part(source, path)
        elif what in ("use", "write"):
            source = with_shared(source, what, path or request.form.get("shared", ""))
    except Exception:  # the part is not there any more: what was typed is kept all the same
        path = ""
    if len(source) > LARGEST:
        problem = _("That is more than a protocol can hold. Shorten it.")
        return _page(draft_id, source=source, problem=problem, status=422)
    source = whole(source)  # a part that is named under `use` stands in the draft, so that what is seen is published
    looked = look(source)
    ready = what == "submit" and not looked.problems
    note = clean(request.form.get("note", "")).strip()[:LONGEST_NOTE]
    try:
        with web().house.database.writing() as connection:
            one = drafts.draft_by_id(connection, web().house.vault, g.hospital.id, draft_id, lock=True)
            drafts.expected(one, request.form.get("version"))
            if source != one.source:
                name = looked.name or one.name
                drafts.save_draft(connection, one, g.person, name=name, source=source, now=web().clock())
                note_audit(connection, g.person, "draft saved", "draft", draft_id, web().clock())
            if ready:
                held = drafts.draft_by_id(connection, web().house.vault, g.hospital.id, draft_id)
                drafts.submit_draft(connection, held, g.person, note, web().clock())
                note_audit(connection, g.person, "draft submitted", "draft", draft_id, web().clock())
    except ConflictError as error:
        return _stale(draft_id, source, error)
    if what == "submit" and not ready:
        return _page(draft_id, problem=_("It is saved. Before it can be submitted, mend what is marked."), status=422)
    return redirect(url_for("console.draft", draft_id=draft_id, done=what or "saved", _anchor=added or None), 303)


def _ticked(one: Draft) -> list[str]:
    """The warnings of this draft, each of which this person has seen. Raises ConflictError for one they have not."""
    looked = look(one.source, _covered())
    if looked.problems:
        raise ConflictError("This draft has mistakes and cannot be published.", mend="Give it back.")
    if {names.mark(each) for each in looked.warnings} - set(request.form.getlist("seen")):
        raise ConflictError(
            "There is something to look at that you have not ticked.",
            mend="Look at each, tick it if it shall be so, and approve again. Or give the draft back.",
        )
    return [f"{each.path}: {each.what}" for each in looked.warnings]


def _stale(draft_id: str, source: str, error: ConflictError) -> tuple[str, int]:
    """Somebody was first: their text stays, what was typed is shown, and can be saved over theirs knowingly."""
    theirs = read_draft(draft_id)
    if theirs.state != "draft":
        return render_template("protocols/lost.html", one=theirs, source=source, problem=told(error)), 409
    mine, other = look(source).protocol, look(theirs.source).protocol
    values = _values(theirs, source)
    values["between"] = differences(other, mine) if mine and other else []
    values["stale"] = theirs
    title = looked_through(mine.title) if mine else theirs.name
    return render_template("protocols/draft.html", problem=told(error), title=title, **values), 409


@blueprint.post("/protocols/drafts/<draft_id>/draw")
@wants(Right.MANAGE)
def draw_draft(draft_id: str) -> str:
    """Form and YAML brought in accord, for the page's script; nothing is stored."""
    one = read_draft(draft_id)
    values = _values(one, typed_source(request.form))
    return render_template("protocols/_workbench.html", problem="", **values)


@blueprint.post("/protocols/drafts/<draft_id>/try")
@wants(Right.MANAGE)
def try_draft(draft_id: str) -> str:
    """The phone: typed replies are read and answered as the draft would; nothing is stored."""
    one = read_draft(draft_id)
    source = typed_source(request.form) if "source" in request.form else one.source
    values = _values(one, source)
    fragment = request.headers.get("X-Hearback")
    return render_template("protocols/_phone.html" if fragment else "protocols/try.html", **values)


@blueprint.post("/protocols/drafts/<draft_id>/<any(approve, back, discard):what>")
@wants(Right.MANAGE)
@proven
def settle_draft(draft_id: str, what: str) -> Answered:
    """Publish it as a second person, give it back with a word about why, or throw it away."""
    house, now = web().house, web().clock()
    version = request.form.get("version")
    try:
        with house.database.writing() as connection:
            one = drafts.draft_by_id(connection, house.vault, g.hospital.id, draft_id, lock=True)
            drafts.expected(one, version, "draft" if what == "discard" and one.state == "draft" else "submitted")
            if what == "approve":
                protocol_id, _number = drafts.approve_draft(connection, house.vault, one, g.person, now, _ticked(one))
                note_audit(connection, g.person, "protocol published", "protocol", protocol_id, now)
                return redirect(url_for("console.protocol", protocol_id=protocol_id, done="published"), 303)
            if what == "back":
                note = clean(request.form.get("note", "")).strip()[:LONGEST_NOTE]
                drafts.return_draft(connection, one, note)
            else:
                drafts.discard_draft(connection, one)
            action = "draft returned" if what == "back" else "draft discarded"
            note_audit(connection, g.person, action, "draft", draft_id, now)
    except ConflictError as error:
        return _page(draft_id, problem=told(error), status=409)
    if what == "discard":
        return redirect(url_for("console.protocols", done="discarded"), 303)
    return redirect(url_for("console.draft", draft_id=draft_id, done=what), 303)

