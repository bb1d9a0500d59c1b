"""Families that join by text: who waits to be let in, the codes they text, and a poster for each."""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote

import segno
from flask import g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.enrol.words import poster_words, protocols_of
from bot.web.language import _, told
from bot.web.state import web
from messages.errors import ConflictError, NotFoundError
from messages.people import Right
from messages.store import joins
from messages.store.console import note_audit

_CODE = re.compile(r"[A-Z][A-Z0-9]{2,11}")
_LETTERS = "ABCDEFHKLMNPRTUVWXYZ"  # none that looks like another
_TAKEN = frozenset({"STOP", "START", "HELP", "INFO", "YES", "END", "QUIT", "CANCEL", "UNSTOP", "ALTO", "AYUDA", "BAJA"})


def _page(problem: str = "", status: int = 200) -> tuple[str, int]:
    with web().house.database.reading() as connection:
        waiting = joins.all_waiting(connection, web().house.vault, g.hospital.id)
        codes = joins.codes_of(connection, g.hospital.id)
        protocols = protocols_of(connection, g.hospital.id)
    page = render_template(
        "enrol/joining.html", waiting=waiting, codes=codes, protocols=protocols, hospital=g.hospital,
        problem=problem, manages=g.person.may(Right.MANAGE), typed=request.form,
    )
    return page, status


@blueprint.get("/joining")
@wants(Right.ACT)
def joining() -> tuple[str, int]:
    """Who waits, and the codes."""
    looked("joins")
    return _page()


@blueprint.post("/joining/<join_id>/refuse")
def refuse_join(join_id: str) -> Answer | tuple[str, int]:
    """Not a family of ours: nothing was sent to them, and nothing will be."""
    house, now = web().house, web().clock()
    with house.database.writing() as connection:
        join = joins.waiting(connection, house.vault, g.hospital.id, join_id, lock=True)
        joins.end_join(connection, join.id, "refused", now, by=g.person.id)
        note_audit(connection, g.person, "refused", "join", join.id, now)
    return redirect(url_for("console.joining"), 303)


@blueprint.post("/joining/codes")
@wants(Right.MANAGE)
def make_code() -> Answer | tuple[str, int]:
    """A new word for families to text."""
    house, now = web().house, web().clock()
    code = request.form.get("code", "").strip().upper() or _made_up()
    protocol = request.form.get("protocol", "")
    try:
        if not _CODE.fullmatch(code) or code in _TAKEN:
            raise ConflictError(
                _("A code has 3 to 12 letters and digits, begins with a letter, and is no word like STOP."),
                mend=_("Choose another."),
            )
        with house.database.writing() as connection:
            if protocol not in protocols_of(connection, g.hospital.id):
                raise ConflictError(_("This hospital has no such protocol."), mend=_("Choose one."))
            if not joins.add_code(connection, g.person, code, protocol, now):
                raise ConflictError(_("That code is, or was, in use here."), mend=_("Choose another."))
            note_audit(connection, g.person, "made code", "hospital", g.hospital.id, now)
    except ConflictError as error:
        return _page(told(error), 422)
    return redirect(url_for("console.joining"), 303)


def _made_up() -> str:
    return "".join(secrets.choice(_LETTERS) for _place in range(4)) + str(secrets.randbelow(8) + 2)


@blueprint.post("/joining/codes/<code_id>/close")
@wants(Right.MANAGE)
def close_code(code_id: str) -> Answer | tuple[str, int]:
    """Texts with this code are a stranger's from now on."""
    house, now = web().house, web().clock()
    with house.database.writing() as connection:
        code = joins.code_by_id(connection, g.hospital.id, code_id)
        if joins.close_code(connection, code.id, now):
            note_audit(connection, g.person, "closed code", "hospital", g.hospital.id, now)
    return redirect(url_for("console.joining"), 303)


@blueprint.get("/joining/codes/<code_id>")
@wants(Right.ACT)
def poster(code_id: str) -> str:
    """A page to print: the code to text, and a picture that a phone's camera reads."""
    with web().house.database.reading() as connection:
        code = joins.code_by_id(connection, g.hospital.id, code_id)
    if code.closed_at:
        raise NotFoundError(_("This code is closed."), mend=_("Make another one."))
    links = {
        language: f"sms:{g.hospital.sender}?&body={quote(code.code + (' ES' if language == 'es' else ''))}"
        for language in ("en", "es")
        if language in g.hospital.languages
    }
    pictures = {
        language: Markup(segno.make(link, error="m").svg_inline(omitsize=True, border=2, dark="#111", light="#fff"))
        for language, link in links.items()
    }
    words = {language: poster_words(g.hospital, language) for language in pictures}
    return render_template("enrol/poster.html", code=code, hospital=g.hospital, pictures=pictures, words=words)
