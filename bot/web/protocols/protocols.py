"""The hospital's protocols: every version, how many families are on it, what changed, and what is being written."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.rehearsal.trying import Try, first_text
from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint
from bot.web.language import _, page_language, told
from bot.web.protocols import names
from bot.web.protocols.typed import look, title_of
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError
from messages.people import Right
from messages.store.console import note_audit
from scheduler.beginning import beginning, short_name
from scheduler.differences import Difference, differences
from scheduler.load import load_shipped, shipped_names, shipped_source, whole
from scheduler.overriding import with_values_in_parts
from scheduler.protocol import Protocol
from scheduler.store import drafts
from scheduler.store.drafts import Draft, Version
from scheduler.store.published import protocol_by_id

Answered = Answer | str | tuple[str, int]


def looked_through(title: Any) -> str:
    """A title in the page's language, or in the first it has."""
    return str(title.get(page_language()) or next(iter(title.values())))


def as_read(protocol: Protocol, question: str, day: int, language: str) -> str:
    """A question as a family of this hospital reads it on that day."""
    return first_text(protocol, g.hospital, Try(question, day, language))


def titled(one: Draft) -> str:
    """A draft's title as it stands in its text, or its short name when there is none that can be read."""
    title = title_of(one.source)
    return looked_through(title) if title else one.name


def _list(problem: str = "", status: int = 200) -> tuple[str, int]:
    with web().house.database.reading() as connection:
        found = drafts.versions(connection, g.hospital.id)
        writing = drafts.open_drafts(connection, web().house.vault, g.hospital.id)
        titles = {one.name: looked_through(protocol_by_id(connection, one.id).title) for one in reversed(found)}
    written = {one.id: titled(one) for one in writing}
    grouped = [(name, list(rows)) for name, rows in groupby(found, key=lambda one: one.name)]
    shipped = {one: looked_through(load_shipped(one).title) for one in shipped_names()}
    page = render_template(
        "protocols/protocols.html", protocols=grouped, titles=titles, drafts=writing, written=written, problem=problem,
        may=g.person.may(Right.MANAGE), shipped=shipped, hospital=g.hospital,
        done=request.args.get("done"),
    )
    return page, status


@blueprint.get("/protocols")
@wants(None)
def protocols() -> tuple[str, int]:
    """Every protocol of the hospital with its versions, and the drafts."""
    return _list()


@blueprint.post("/protocols")
@wants(Right.MANAGE)
def new_protocol() -> Answered:
    """A draft begun from a protocol that comes with Hearback."""
    begin, called = request.form.get("shipped", ""), " ".join(request.form.get("called", "").split())[:80]
    if begin and begin not in shipped_names():
        return _list(_("Choose a protocol to begin with."), 422)
    name = short_name(called) if called else begin
    if not name:
        return _list(_("Write for which operation it is."), 422)
    with web().house.database.reading() as connection:
        taken = called and drafts.versions(connection, g.hospital.id, name)
    if taken:
        return _list(_("There is a protocol of that name. Open it and begin a draft there."), 422)
    source = shipped_source(begin) if begin else beginning(called, g.hospital.languages)
    if begin and called:
        titles = dict.fromkeys(load_shipped(begin).languages, called)
        source = with_values_in_parts(source, {("name",): name, ("title",): titles})
    with web().house.database.writing() as connection:
        draft_id = drafts.begin_draft(
            connection, g.person, name=name, source=whole(source), base_id=None, now=web().clock()
        )
        note_audit(connection, g.person, "draft begun", "draft", draft_id, web().clock())
    return redirect(url_for("console.draft", draft_id=draft_id), 303)


def _against(connection: Connection, one: Version, several: list[Version]) -> tuple[Version | None, list[Difference]]:
    """The version this one is compared with: the one asked for, or the one before it."""
    wanted = request.args.get("with", "")
    older = next((other for other in several if other.version < one.version), None)
    other = next((other for other in several if other.id == wanted and other.id != one.id), older)
    if other is None:
        return None, []
    return other, differences(protocol_by_id(connection, other.id), protocol_by_id(connection, one.id))


def _version(protocol_id: str, problem: str = "", status: int = 200) -> tuple[str, int]:
    with web().house.database.reading() as connection:
        one = drafts.version_by_id(connection, g.hospital.id, protocol_id)
        several = drafts.versions(connection, g.hospital.id, one.name)
        other, changed = _against(connection, one, several)
        protocol = protocol_by_id(connection, one.id)
    page = render_template(
        "protocols/version.html", one=one, versions=several, other=other, changed=changed, protocol=protocol,
        names=names, as_read=as_read,
        newest=several[0], title=looked_through(protocol.title), may=g.person.may(Right.MANAGE),
        families=sum(each.families for each in several), behind=sum(each.families for each in several[1:]),
        may_move=g.person.may(Right.MANAGE) and g.person.may(Right.LOOK), problem=problem, hospital=g.hospital,
        done=request.args.get("done"),
    )
    return page, status


@blueprint.get("/protocols/<protocol_id>")
@wants(None)
def protocol(protocol_id: str) -> tuple[str, int]:
    """One version: who wrote and approved it, what it does otherwise, what can be done with it."""
    return _version(protocol_id)


@blueprint.post("/protocols/<protocol_id>/<any(draft, back, withdraw, again):what>")
@wants(Right.MANAGE)
@proven
def change_protocol(protocol_id: str, what: str) -> Answered:
    """Begin a draft from a version, ask to go back to it, withdraw the protocol or bring it back."""
    now, house = web().clock(), web().house
    try:
        with house.database.writing() as connection:
            one = drafts.version_by_id(connection, g.hospital.id, protocol_id)
            if what in ("draft", "back"):
                return redirect(url_for("console.draft", draft_id=_begun(connection, one, what)), 303)
            if what == "withdraw":
                drafts.withdraw(connection, g.hospital.id, one.name, now)
            else:
                drafts.bring_back(connection, g.hospital.id, one.name)
            action = "protocol withdrawn" if what == "withdraw" else "protocol brought back"
            note_audit(connection, g.person, action, "protocol", one.id, now)
    except ConflictError as error:
        return _version(protocol_id, told(error), 409)
    return redirect(url_for("console.protocol", protocol_id=protocol_id, done=what), 303)


def _begun(connection: Connection, one: Version, what: str) -> str:
    """A new draft with the text of a version; for going back it waits at once for a second person."""
    now = web().clock()
    newest = drafts.versions(connection, g.hospital.id, one.name)[0]
    if what == "back" and newest.source == one.source:
        raise ConflictError("That is the newest version already.", mend="Nothing was changed.")
    base = newest if what == "back" else one
    draft_id = drafts.begin_draft(connection, g.person, name=one.name, source=one.source, base_id=base.id, now=now)
    if what == "back":
        if look(one.source).problems:
            abort(409)
        begun = drafts.draft_by_id(connection, web().house.vault, g.hospital.id, draft_id)
        note = _("Back to version %(n)s.") % {"n": one.version}
        drafts.submit_draft(connection, begun, g.person, note, now)
    note_audit(connection, g.person, "draft begun", "draft", draft_id, now)
    return draft_id
