"""Who may see the console: login, password, session. Without a session no console route answers."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from bot.web.state import web
from messages.people import Hospital, Right, Staff
from messages.store.console import note_audit, signed_in
from messages.store.people import login_of

blueprint = Blueprint("console", __name__, url_prefix="/console")

TRIES = 5
LOCKED_FOR = timedelta(minutes=1)
_KNOWN_AT_ONCE = 10_000  # logins whose wrong tries are remembered

View = TypeVar("View", bound=Callable[..., Any])


def wants(right: Right | None) -> Callable[[View], View]:
    """What a page asks of whoever is signed in, other than LOOK to see and ACT to change; None asks nothing more."""

    def mark(view: View) -> View:
        view.wants = right  # type: ignore[attr-defined]
        return view

    return mark


_wrong: dict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=TRIES))


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody has this password")


def fingerprint(password_hash: str) -> str:
    """What a session keeps of a password's hash: another password ends the session."""
    return sha256(password_hash.encode()).hexdigest()[:20]


def locked(login: str, now: datetime) -> bool:
    """True for a minute after the last of five wrong tries in a row."""
    tries = _wrong.get(login)
    return tries is not None and len(tries) == TRIES and now - tries[-1] < LOCKED_FOR


def checked(login: str, password: str, now: datetime) -> Staff | None:
    """The person with this login and password. An unknown login takes as long as a wrong password."""
    if locked(login, now):
        return None
    with web().house.database.reading() as connection:
        found = login_of(connection, web().house.vault, login)
    try:
        _hasher().verify(found[1] if found else _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        right = False
    else:
        right = found is not None
    if found is None or not right:
        if len(_wrong) >= _KNOWN_AT_ONCE:
            _wrong.clear()
        _wrong[login].append(now)
        return None
    _wrong.pop(login, None)
    session.clear()
    session.permanent = True
    session["staff"], session["secret"] = found[0].id, fingerprint(found[1])
    return found[0]


def _who() -> tuple[Staff, Hospital] | None:
    staff_id = session.get("staff")
    if not isinstance(staff_id, str):
        return None
    with web().house.database.reading() as connection:
        found = signed_in(connection, web().house.vault, staff_id)
    if found is None or fingerprint(found[2]) != session.get("secret"):
        session.clear()
        return None
    return found[0], found[1]


@blueprint.before_request
def only_staff() -> Answer | None:
    """Everything but the way in wants a session; a page that refreshes itself gets 401 instead of a form."""
    if request.endpoint == "console.login":
        return None
    found = _who()
    if found is None:
        if request.headers.get("X-Hearback"):
            abort(Response("Sign in again.", 401))
        return redirect(url_for("console.login", next=_page_of(request.path)), 303)
    g.person, g.hospital = found
    right = getattr(current_app.view_functions[str(request.endpoint)], "wants", _usual(request.method))
    if right is not None and not g.person.may(right):
        abort(403)
    return None


def _usual(method: str) -> Right:
    return Right.LOOK if method in ("GET", "HEAD", "OPTIONS") else Right.ACT


def _page_of(path: str) -> str:
    """The page to come back to: of an act, the page it was made on."""
    return path if request.method == "GET" else path.rsplit("/", 1)[0]


def _safe(target: str) -> str:
    here = target.startswith("/console/") and "//" not in target and "\\" not in target
    return target if here else url_for("console.queue")


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Answer | str | tuple[str, int]:
    """The way in."""
    target = _safe(request.values.get("next", ""))
    if request.method == "GET":
        return redirect(target) if _who() else render_template("console/login.html", next=target, login="")
    now = web().clock()
    name = request.form.get("login", "").strip()[:200].casefold()
    person = checked(name, request.form.get("password", "")[:1000], now)
    if person is None:
        problem = "That login and password do not belong together."
        if locked(name, now):
            problem = "Too many wrong tries. Wait a minute, then try again."
        page = render_template("console/login.html", next=target, login=name, problem=problem)
        return page, 429 if locked(name, now) else 403
    with web().house.database.writing() as connection:
        note_audit(connection, person, "signed in", "staff", person.id, now)
    return redirect(target, 303)


@blueprint.post("/logout")
@wants(None)
def logout() -> Answer:
    """The way out."""
    session.clear()
    return redirect(url_for("console.login"), 303)
