"""The people of the hospital: invite them, change what they may do, let them in or not."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot import accounts
from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.language import _, told
from bot.web.state import web
from messages.access import INVITED_FOR
from messages.database import IntegrityError
from messages.errors import ConflictError, EnrolmentError, HearbackError
from messages.people import Right, Role
from messages.store import accounts as store
from messages.store.console import note_audit
from messages.store.factors import factors_of

Answered = Answer | str | tuple[str, int]


def _roles() -> list[Role]:
    """The roles this person may give."""
    return [role for role in Role if role is not Role.ADMINISTRATOR or g.person.role is Role.ADMINISTRATOR]


def _list(problem: str = "", status: int = 200) -> tuple[str, int]:
    with web().house.database.reading() as connection:
        found = store.accounts(connection, web().house.vault, g.hospital.id, web().clock())
    values: dict[str, Any] = {"accounts": found, "roles": _roles(), "hospital": g.hospital, "problem": problem}
    page = render_template("access/people.html", typed=request.form, done=request.args.get("done"), **values)
    return page, status


@blueprint.get("/people")
@wants(Right.MANAGE)
def people() -> tuple[str, int]:
    """Everybody of the hospital."""
    looked("people")
    return _list()


def _one(staff_id: str, problem: str = "", status: int = 200) -> tuple[str, int]:
    with web().house.database.reading() as connection:
        found = store.account(connection, web().house.vault, g.hospital.id, staff_id, web().clock())
        flags = len(store.flags_taken_by(connection, staff_id))
    mine = found.person.id == g.person.id
    may = not mine and (found.person.role is not Role.ADMINISTRATOR or g.person.role is Role.ADMINISTRATOR)
    page = render_template(
        "access/person.html", account=found, one=found.person, roles=_roles(), may=may, mine=mine, flags=flags,
        hospital=g.hospital, problem=problem, done=request.args.get("done"),
    )
    return page, status


@blueprint.get("/people/<staff_id>")
@wants(Right.MANAGE)
def one_person(staff_id: str) -> tuple[str, int]:
    """One person, and what can be done about them."""
    page = _one(staff_id)
    looked("staff", staff_id)
    return page


def _link_page(name: str, token: str) -> str:
    """The link, shown this once."""
    link = web().house.settings.public_url + url_for("console.welcome", token=token)
    return render_template("access/link.html", name=name, link=link, days=INVITED_FOR.days)


@blueprint.post("/people")
@wants(Right.MANAGE)
@proven
def invite_person() -> Answered:
    """A new person, and the link to hand over."""
    form, house = request.form, web().house
    try:
        role = Role(form.get("role", ""))
        with house.database.writing() as connection:
            person, token = accounts.invite(
                connection, house, g.hospital, web().clock(), name=form.get("name", ""), login=form.get("login", ""),
                role=role, phone=form.get("phone", ""), by=g.person,
            )
    except ValueError:
        return _list(_("Choose a role."), 422)
    except IntegrityError:
        return _list(_("That login is taken. Choose another."), 422)
    except (EnrolmentError, ConflictError) as error:
        return _list(told(error), 422)
    return _link_page(person.name, token)


@blueprint.post("/people/<staff_id>/<any(role, link, reset, disable, enable):what>")
@wants(Right.MANAGE)
@proven
def change_person(staff_id: str, what: str) -> Answered:
    """One change to one person, all of it or nothing."""
    house, now, by = web().house, web().clock(), g.person
    try:
        with house.database.writing() as connection:
            person = store.account(connection, house.vault, g.hospital.id, staff_id, now).person
            if what == "link":
                return _link_page(person.name, accounts.new_link(connection, house, person, now, by=by))
            if what == "role":
                role = request.form.get("role", "")
                if role not in set(Role):
                    abort(400)
                accounts.change_role(connection, house, person, Role(role), now, by=by)
            else:
                does = {"reset": accounts.reset_factors, "disable": accounts.disable, "enable": accounts.enable}
                does[what](connection, house, person, now, by=by)
    except ConflictError as error:
        return _one(staff_id, told(error), 409)
    house.kick.set()
    return redirect(url_for("console.one_person", staff_id=staff_id, done=what), 303)


@blueprint.post("/people/second-factor")
@wants(Right.MANAGE)
@proven
def need_second_factor() -> Answered:
    """Everybody of the hospital needs a second factor, or nobody does."""
    house, needed = web().house, request.form.get("needed") == "1"
    try:
        with house.database.writing() as connection:
            if needed and not factors_of(connection, house.vault, g.person.id).any:
                raise ConflictError(_("Set up a second factor for yourself first."), mend=_("Nothing was changed."))
            store.need_second_factor(connection, g.hospital.id, needed)
            action = "second factor needed" if needed else "second factor not needed"
            note_audit(connection, g.person, action, "hospital", g.hospital.id, web().clock())
    except HearbackError as error:
        return _list(told(error), 409)
    return redirect(url_for("console.people", done="needed" if needed else "not-needed"), 303)
