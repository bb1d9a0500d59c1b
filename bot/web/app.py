"""The web process: one Flask application made from a House, and nothing at import."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.web import console, health
from bot.web.access import account, audit, invited, login, people, reached, second, sessions, sign_on
from bot.web.access.kept import from_our_page, keep, shown_again
from bot.web.access.signin import form_kept
from bot.web.api import adults, entry, fhir, found, openapi
from bot.web.api import families as api_families
from bot.web.enrol import joining, lists, new
from bot.web.families import erase, family, record
from bot.web.flags import flag, queue, search, shift, taking
from bot.web.hospital import first, insight, keys, reach, running, settings
from bot.web.language import _, speak, told
from bot.web.phones import chat, demo_page, twilio, voice
from bot.web.protocols import drafts, moving, preview, protocols
from bot.web.rota import lists as rota_lists
from bot.web.rota import page as rota
from bot.web.state import Web, real_clock
from messages.access import Standing
from messages.errors import ConflictError, DatabaseError, HearbackError, NotFoundError
from messages.house import House

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024  # a text is at most 1,600 characters; forms with notes are small too


def create_app(house: House, *, clock: Callable[[], datetime] = real_clock, demo: bool = False) -> Flask:
    """Wire the web process. `clock` gives the aware now; `demo` adds the phones' page."""
    app = Flask(__name__)
    app.extensions["hearback"] = Web(house, clock, demo)
    app.config.update(
        SECRET_KEY=house.settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=house.settings.public_url.startswith("https://"),
        SESSION_COOKIE_NAME="hearback",
        PERMANENT_SESSION_LIFETIME=12 * 3600,
        # A page that refreshes itself must neither prolong a session nor bring back one that was just ended.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.url_map.strict_slashes = False
    if proxies := house.settings.proxies:  # only their word is taken for where a browser is
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    app.before_request(_room_for_a_list)  # before anything reads the form
    csrf = CSRFProtect(app)
    assert voice.blueprint is twilio.blueprint  # signed alike
    for part in (twilio, health):
        csrf.exempt(part.blueprint)
        app.register_blueprint(part.blueprint)
    # Their pages are the console's.
    assert all(part.blueprint is console.blueprint for part in (queue, flag, search, shift, taking))
    assert all(part.blueprint is console.blueprint for part in (family, record, erase))
    assert all(part.blueprint is console.blueprint for part in (login, second, invited, sign_on, account, reached))
    assert all(part.blueprint is console.blueprint for part in (people, audit, settings, insight, first, reach))
    assert all(part.blueprint is console.blueprint for part in (protocols, drafts, preview, moving))
    assert all(part.blueprint is console.blueprint for part in (new, lists, joining, keys, rota, rota_lists, running))
    assert all(part.blueprint is entry.blueprint for part in (api_families, adults, found, fhir, openapi))
    csrf.exempt(entry.blueprint)  # a key is no cookie: no page can send it unasked
    app.register_blueprint(entry.blueprint)
    app.add_url_rule("/openapi.json", "openapi", openapi.openapi)
    app.register_blueprint(console.blueprint)
    app.register_blueprint(chat.blueprint)
    if demo:
        app.register_blueprint(demo_page.blueprint)
    app.after_request(_headers)
    speak(app)
    _errors(app)
    app.context_processor(lambda: {"simulated": house.carrier.name == "simulator", "demo": demo})
    return app


def _room_for_a_list() -> None:
    if request.endpoint == "console.give_list":
        request.max_content_length = lists.ROOM


def _headers(response: Response) -> Response:
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    # Not "no-referrer": forms over https are checked against the page they came from.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _form_that_outlived_its_session() -> tuple[str, int] | None:
    """The form's page, or the sign-in page, with what was typed into a page of ours under an earlier session."""
    if request.blueprint != "console" or not from_our_page() or not (kept := keep()):
        return None
    if sessions.find() is not Standing.OPEN:
        return form_kept(kept)
    g.unproven = True  # the session is good, and the form's token is not of it
    again = shown_again(kept)
    return (again, 400) if again else None


def _errors(app: Flask) -> None:
    def page(status: int, title: str, text: str) -> tuple[str, int]:
        return render_template("error.html", title=title, text=text), status

    @app.errorhandler(DatabaseError)
    def _database(error: DatabaseError) -> tuple[str, int]:
        log.error("%s", error)
        return page(503, _("We cannot reach our records"), _("Nothing was changed. Try again in a minute."))

    @app.errorhandler(NotFoundError)
    def _missing(error: NotFoundError) -> tuple[str, int]:
        return page(404, _("Not here"), told(error))

    @app.errorhandler(ConflictError)
    def _conflict(error: ConflictError) -> tuple[str, int]:
        return page(409, _("Somebody was first"), told(error))

    @app.errorhandler(HearbackError)
    def _ours(error: HearbackError) -> tuple[str, int]:
        log.error("%s", error)
        return page(500, _("That did not work"), told(error))

    @app.errorhandler(CSRFError)
    def _forged(_error: Exception) -> tuple[str, int]:
        words = _("It did not come from a page of Hearback that is still good. Nothing was changed. Go back, "
                  "reload the page, and try again.")
        return _form_that_outlived_its_session() or page(400, _("This form was not taken"), words)

    @app.errorhandler(400)
    def _bad(_error: Exception) -> tuple[str, int]:
        return page(400, _("That could not be read"), _("The page may be old. Go back, reload it, and try again."))

    @app.errorhandler(403)
    def _forbidden(_error: Exception) -> tuple[str, int]:
        return page(403, _("Not yours to do"), _("Your account may not do that. Ask the manager of your hospital."))

    @app.errorhandler(404)
    def _not_found(_error: Exception) -> tuple[str, int]:
        return page(404, _("Not here"), _("There is no such page."))

    @app.errorhandler(405)
    def _not_so(_error: Exception) -> tuple[str, int]:
        return page(405, _("Nothing to see here"), _("This address only takes forms. Nothing was changed."))

    @app.errorhandler(413)
    def _large(_error: Exception) -> tuple[str, int]:
        if request.endpoint == "console.give_list":
            return page(413, _("The list is too large"), _("At most 5 MB. Nothing was kept. Split it."))
        return page(413, _("Too much at once"), _("Send less in one go."))

    @app.errorhandler(500)
    def _broken(_error: Exception) -> tuple[str, int]:
        return page(500, _("That did not work"), _("The fault is ours. Nothing is lost; try again."))
