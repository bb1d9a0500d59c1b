"""The ways in and out: login and password, a passkey alone, signing out."""

from __future__ import annotations

from flask import g, redirect, request, session, url_for
from werkzeug.wrappers import Response as Answer

from bot.passwords import is_password
from bot.web.access import passkeys, sessions
from bot.web.access.second import second_page
from bot.web.access.signin import Answered, enter, for_anybody, halfway, login_page, safe, stays_open, wants
from bot.web.access.tries import WaitError, attempt, remember, wrong_words
from bot.web.console import blueprint
from bot.web.flags.acts import FormError
from bot.web.language import _
from bot.web.state import web
from messages.access import LONGEST_PASSWORD, Standing
from messages.people import Staff
from messages.store.accounts import login_of
from messages.store.console import note_audit
from messages.store.factors import factors_of
from messages.store.people import came_in, hospital_by_id


def _right_password(login: str, password: str) -> Staff | None:
    """The person with this login and password. An unknown login takes as long as a wrong password."""
    with web().house.database.reading() as connection:
        found = login_of(connection, web().house.vault, login)
    return found[0] if is_password(password, found[1] if found else None) and found else None


def let_in(person: Staff, action: str, target: str, kept: str = "", *, whole: bool = False) -> Answered:
    """Begin a session; the second factor comes next where there is one or one is needed, unless this was `whole`."""
    house, now = web().house, web().clock()
    with house.database.writing() as connection:
        needed = hospital_by_id(connection, person.hospital_id).second_factor
        complete = whole or not (needed or factors_of(connection, house.vault, person.id).any)
        sessions.begin(connection, person, complete=complete)
        if complete:
            came_in(connection, person)
            note_audit(connection, person, action, "staff", person.id, now)
    return enter(target, kept) if complete else second_page(safe(target), kept)


@blueprint.route("/login", methods=["GET", "POST"])
@for_anybody
def login() -> Answered:
    """The way in."""
    target, kept = request.values.get("next", ""), request.form.get("kept", "")
    if request.method == "GET":
        if sessions.find() is Standing.OPEN:
            return redirect(safe(target))
        g.pop("person", None)
        return login_page(next=target, note=_("You were away for a while. Sign in to go on.") if _away() else "")
    name = request.form.get("login", "").strip()[:200].casefold()
    password = request.form.get("password", "")[:LONGEST_PASSWORD]
    try:
        person = attempt(name, lambda: _right_password(name, password))
    except WaitError as wait:
        return login_page(next=target, login=name, problem=wait.what, kept=kept), 429
    if person is None:
        return login_page(next=target, login=name, problem=wrong_words(), kept=kept), 403
    remember(name)
    return let_in(person, "signed in", target, kept)


def _away() -> bool:
    return bool(request.args.get("away"))


@blueprint.post("/login/passkey")
@for_anybody
def login_by_passkey() -> Answered:
    """A passkey that made sure of its owner is password and second factor in one."""
    target, kept = request.form.get("next", ""), request.form.get("kept", "")
    try:
        person = passkeys.signed_by(request.form.get("passkey", ""), "login")
    except FormError as error:
        return login_page(next=target, problem=error.what, kept=kept), 403
    return let_in(person, "signed in by passkey", target, kept, whole=True)


@blueprint.post("/logout")
@wants(None)
@halfway
@stays_open
def logout() -> Answer:
    """The way out, for good."""
    with web().house.database.writing() as connection:
        sessions.end_here(connection)
        note_audit(connection, g.person, "signed out", "staff", g.person.id, web().clock())
    session.clear()
    return redirect(url_for("console.login"), 303)
