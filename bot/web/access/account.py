"""One's own account: password, language and zone of the pages, where one is signed in."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.passwords import hash_password
from bot.web.access.proven import check_password
from bot.web.access.second import second_values
from bot.web.access.signin import wants
from bot.web.console import blueprint
from bot.web.flags.acts import FormError
from bot.web.language import LANGUAGES, _
from bot.web.state import web
from messages.access import password_problem
from messages.errors import EnrolmentError
from messages.store import accounts
from messages.store import sessions as store
from messages.store.console import note_audit
from scheduler.plan import local_zone


def account_page(problem: str = "", at: str = "") -> str:
    """The page; `problem` stands in the part `at`."""
    values = second_values()
    with web().house.database.reading() as connection:
        everywhere = store.sessions_of(connection, g.person.id, web().clock())
        has_password = accounts.password_of(connection, g.person.id) is not None
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return render_template(
        "access/account.html", hospital=g.hospital, sessions=everywhere, languages=LANGUAGES, zones=zones,
        has_password=has_password, problem=problem, at=at, done=request.args.get("done"),
        **values,
    )


def _done(what: str) -> Answer:
    return redirect(url_for("console.account", done=what), 303)


@blueprint.get("/account")
@wants(None)
def account() -> str:
    """Who one is here, and how one gets in."""
    return account_page()


@blueprint.post("/account/password")
@wants(None)
def new_password() -> Answer | tuple[str, int]:
    """Another password; every other session ends."""
    house, person, now = web().house, g.person, web().clock()
    new = request.form.get("new_password", "")
    problem = _(password_problem(new))
    if not problem and new != request.form.get("again_password", ""):
        problem = _("The two new passwords differ.")
    if problem:
        return account_page(problem, "password"), 422
    try:
        check_password(request.form.get("password", ""))
    except FormError as error:
        return account_page(error.what, "password"), 422
    hashed = hash_password(new)
    with house.database.writing() as connection:
        accounts.set_password(connection, person.id, hashed)
        store.end_sessions(connection, person.id, now, but=g.session.id)
        note_audit(connection, person, "changed password", "staff", person.id, now)
    return _done("password")


@blueprint.post("/account/pages")
@wants(None)
def pages() -> Answer | tuple[str, int]:
    """Language and zone of the pages."""
    language, zone = request.form.get("language", ""), request.form.get("zone", "").strip()
    try:
        if zone:
            local_zone(zone)
    except EnrolmentError:
        return account_page(_("There is no such time zone. Choose one from the list."), "pages"), 422
    if language not in LANGUAGES:
        return account_page(_("Choose a language."), "pages"), 422
    with web().house.database.writing() as connection:
        accounts.set_pages(connection, g.person.id, language=language, zone=zone)
    return _done("pages")


@blueprint.post("/account/sessions")
@wants(None)
def end_sessions() -> Answer:
    """Sign out elsewhere: one session, or all but this."""
    now, wanted = web().clock(), request.form.get("session", "")
    with web().house.database.writing() as connection:
        if wanted == "others":
            store.end_sessions(connection, g.person.id, now, but=g.session.id)
        elif wanted != g.session.id:
            store.end_session(connection, g.person.id, wanted, now)
        note_audit(connection, g.person, "ended sessions", "staff", g.person.id, now)
    return _done("ended")
