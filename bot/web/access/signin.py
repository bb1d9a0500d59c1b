"""Who may see the console. Without a session no console route answers, but the ways in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.web.access import passkeys, sessions
from bot.web.access.kept import keep, shown_again
from bot.web.language import _
from bot.web.state import web
from messages.access import Standing
from messages.people import Right
from messages.store.people import all_hospitals

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


@blueprint.before_request
def no_nul() -> None:
    """No keyboard types a NUL, and PostgreSQL keeps none."""
    if any("\x00" in value for value in (request.path, *chain(*(each for _name, each in request.values.lists())))):
        abort(400)


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


def safe(target: str) -> str:
    """The address within the console that was asked for, else the first page this person may see."""
    here = target.startswith("/console/") and "//" not in target and "\\" not in target and target.isprintable()
    return target if here else first_page()


def _sign_in_again(*, resting: bool) -> Answered:
    if request.headers.get("X-Hearback"):
        abort(Response(_("Sign in again."), 401))
    kept = keep() if request.method == "POST" else ""
    if kept:
        return form_kept(kept)
    return redirect(url_for("console.login", next=_wanted(), away=1 if resting else None), 303)


def form_kept(kept: str) -> tuple[str, int]:
    """The sign-in page, holding a form that came without a session."""
    g.pop("person", None)
    problem = _("You were signed out. What you typed is kept: sign in to see it again. Nothing was done yet.")
    return login_page(next=safe(_wanted()), problem=problem, kept=kept), 401


def first_page() -> str:
    """Where a person begins: at the flags, or at the people when they see no family."""
    person = g.get("person")
    looks = person is None or person.may(Right.LOOK)
    return url_for("console.queue" if looks else "console.people")


def login_page(**values: Any) -> str:
    """The way in; `next` is the page to go on to, `kept` a form to come back to."""
    options = passkeys.options_to_get("login") if passkeys.usable() else ""
    with web().house.database.reading() as connection:
        hospitals = [hospital for hospital in all_hospitals(connection) if hospital.sign_on]
    empty = {"sign_on": hospitals, "login": "", "problem": "", "kept": "", "note": ""}
    return render_template("access/login.html", **{**empty, "options": options, **values})


def enter(target: str, kept: str = "") -> Answered:
    """Where a person who just got in goes: to the page wanted, or to what was typed before."""
    return (shown_again(kept) if kept else None) or redirect(safe(target), 303)
