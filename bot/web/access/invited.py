"""The page behind a link that a manager hands over: choose a password, and come in."""

from __future__ import annotations

from flask import g, render_template, request

from bot.passwords import hash_password
from bot.web.access.login import let_in
from bot.web.access.signin import Answered, for_anybody
from bot.web.console import blueprint
from bot.web.language import _
from bot.web.state import web
from messages.access import password_problem
from messages.errors import NotFoundError
from messages.people import Staff
from messages.store.accounts import set_password
from messages.store.console import note_audit
from messages.store.invitations import invited, use_invitation
from messages.store.people import hospital_by_id
from messages.store.sessions import end_sessions


def _gone() -> NotFoundError:
    mend = _("Ask a manager of your hospital for a new one.")
    return NotFoundError(_("This link was used, or is too old."), mend=mend)


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
@for_anybody
def welcome(token: str) -> Answered:
    """Choose a password. The link works once; every session the person had ends."""
    house, now = web().house, web().clock()
    with house.database.reading() as connection:
        person = invited(connection, house.vault, token, now)
        if person is None:
            raise _gone()
        hospital = hospital_by_id(connection, person.hospital_id)
    g.pop("person", None)
    problem = _check() if request.method == "POST" else ""
    if request.method == "GET" or problem:
        page = render_template("access/welcome.html", invited=person, hospital=hospital, problem=problem)
        return (page, 422) if problem else page
    _choose(token, person)
    return let_in(person, "signed in", request.args.get("next", ""))


def _check() -> str:
    new = request.form.get("new_password", "")
    differ = new != request.form.get("again_password", "")
    return _(password_problem(new)) or (_("The two passwords differ.") if differ else "")


def _choose(token: str, person: Staff) -> None:
    house, now = web().house, web().clock()
    hashed = hash_password(request.form["new_password"])
    with house.database.writing() as connection:
        if not use_invitation(connection, token, now):
            raise _gone()
        set_password(connection, person.id, hashed)
        end_sessions(connection, person.id, now)
        note_audit(connection, person, "chose a password", "staff", person.id, now)
