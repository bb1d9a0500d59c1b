"""Who may see the console: login, password, session. Without a session no console route answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from bot.passwords import is_password
from bot.web import sessions
from bot.web.kept import keep, shown_again
from bot.web.language import _
from bot.web.state import web
from bot.web.tries import Wait, attempt, remember, wrong_words
from messages.access import LONGEST_PASSWORD, Standing
from messages.people import Right, Staff
from messages.store.console import note_audit
from messages.store.people import login_of

blueprint = Blueprint("console", __name__, url_prefix="/console")

View = TypeVar("View", bound=Callable[..., Any])
Answered = Answer | str | tuple[str, int]


def wants(right: Right | None) -> Callable[[View], View]:
    """What a page asks of whoever is signed in, other than LOOK to see and ACT to change; None asks nothing more."""

    def mark(view: View) -> View:
        view.wants = right  # type: ignore[attr-defined]
        return view

    return mark


def for_anybody(view: View) -> View:
    """A way in: answers without a session."""
    view.for_anybody = True  # type: ignore[attr-defined]
    return view


def stays_open(view: View) -> View:
    """Goes on answering while the session rests: an open list of flags must not fall silent on a night shift."""
    view.stays_open = True  # type: ignore[attr-defined]
    return view


def halfway(view: View) -> View:
    """Answers between the password and the second factor."""
    view.halfway = True  # type: ignore[attr-defined]
    return view


def _right_password(login: str, password: str) -> Staff | None:
    """The person with this login and password. An unknown login takes as long as a wrong password."""
    with web().house.database.reading() as connection:
        found = login_of(connection, web().house.vault, login)
    return found[0] if is_password(password, found[1] if found else None) and found else None


@blueprint.before_request
def only_staff() -> Answered | None:
    """Everything but the ways in wants a session; a page that refreshes itself gets 401 instead of a form."""
    view = current_app.view_functions[str(request.endpoint)]
    if hasattr(view, "for_anybody"):
        return None
    standing = sessions.find()
    if standing is Standing.HALFWAY:
        return None if hasattr(view, "halfway") else redirect(url_for("console.second", next=_wanted()), 303)
    if standing is Standing.OVER or (standing is Standing.RESTING and not hasattr(view, "stays_open")):
        return _sign_in_again(resting=standing is Standing.RESTING)
    g.resting = standing is Standing.RESTING
    right = getattr(view, "wants", _usual(request.method))
    if right is not None and not g.person.may(right):
        abort(403)
    return None


@blueprint.after_request
def _tell_that_it_rests(response: Response) -> Response:
    if g.get("resting"):
        response.headers["X-Hearback-Resting"] = "1"
    return response


def _usual(method: str) -> Right:
    return Right.LOOK if method in ("GET", "HEAD", "OPTIONS") else Right.ACT


def _wanted() -> str:
    """The page to come back to: of an act, the page it was made on."""
    return request.path if request.method == "GET" else request.path.rsplit("/", 1)[0]


def _safe(target: str) -> str:
    here = target.startswith("/console/") and "//" not in target and "\\" not in target
    return target if here else url_for("console.queue")


def _sign_in_again(*, resting: bool) -> Answered:
    if request.headers.get("X-Hearback"):
        abort(Response(_("Sign in again."), 401))
    kept = keep() if request.method == "POST" else ""
    if kept:
        return form_kept(kept)
    more = {"away": 1} if resting else {}
    return redirect(url_for("console.login", next=_wanted(), **more), 303)


def form_kept(kept: str) -> tuple[str, int]:
    """The sign-in page, holding a form that came without a session."""
    g.pop("person", None)
    problem = _("You were signed out. What you typed is kept: sign in to see it again. Nothing was done yet.")
    return _login_page(next=_safe(_wanted()), problem=problem, kept=kept), 401


def _login_page(**values: Any) -> str:
    return render_template("console/login.html", **{"login": "", "problem": "", "kept": "", **values})


@blueprint.route("/login", methods=["GET", "POST"])
@for_anybody
def login() -> Answered:
    """The way in."""
    target, kept = _safe(request.values.get("next", "")), request.form.get("kept", "")
    if request.method == "GET":
        if sessions.find() is Standing.OPEN:
            return redirect(target)
        g.pop("person", None)
        away = _("You were away for a while. Sign in to go on.") if request.args.get("away") else ""
        return _login_page(next=target, note=away)
    name = request.form.get("login", "").strip()[:200].casefold()
    password = request.form.get("password", "")[:LONGEST_PASSWORD]
    try:
        person = attempt(name, lambda: _right_password(name, password))
    except Wait as wait:
        return _login_page(next=target, login=name, problem=wait.words, kept=kept), 429
    if person is None:
        return _login_page(next=target, login=name, problem=wrong_words(), kept=kept), 403
    remember(name)
    with web().house.database.writing() as connection:
        sessions.begin(connection, person, complete=True)
        note_audit(connection, person, "signed in", "staff", person.id, web().clock())
    return enter(target, kept)


def enter(target: str, kept: str = "") -> Answered:
    """Where a person who just got in goes: to the page wanted, or to what was typed before."""
    return (shown_again(kept) if kept else None) or redirect(_safe(target), 303)


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
