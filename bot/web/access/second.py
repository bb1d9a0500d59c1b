"""The second factor: asked for after the password, set up and removed at one's account."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import pyotp
import segno
from flask import g, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from bot.web.access import passkeys, sessions
from bot.web.access.proven import proven
from bot.web.access.signin import Answered, blueprint, enter, halfway, safe, wants
from bot.web.access.tries import attempt, remember
from bot.web.flags.acts import FormError
from bot.web.language import _
from bot.web.state import web
from messages.access import HALFWAY_LASTS
from messages.database import Connection, IntegrityError
from messages.store import factors as store
from messages.store.console import note_audit
from messages.store.people import came_in

CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that is taken for another
_STEP = 30  # seconds


def _factors() -> store.Factors:
    with web().house.database.reading() as connection:
        return store.factors_of(connection, web().house.vault, g.person.id)


def second_values() -> dict[str, Any]:
    """What the account page shows of the second factor."""
    return {"factors": _factors(), "passkeys_usable": passkeys.usable()}


def code_step(key: str, code: str, now: datetime) -> int | None:
    """The half-minute whose code of an authenticator app this is, now or a moment ago; None for a wrong one."""
    step = int(now.timestamp()) // _STEP
    app = pyotp.TOTP(key)
    for near in (step, step - 1, step + 1):
        if secrets.compare_digest(app.at(near * _STEP).encode(), code.encode()):
            return near
    return None


def new_codes() -> list[str]:
    """Recovery codes, such as "k7mw-9f2a-xh3q"."""
    return ["-".join("".join(secrets.choice(_LETTERS) for _n in range(4)) for _m in range(3)) for _k in range(CODES)]


def _as_made(typed: str) -> str:
    """A recovery code as `new_codes` writes it, however it was copied from paper."""
    letters = "".join(one for one in typed.casefold() if one.isalnum())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _use(code: str) -> str:
    """What a code was, "code" or "recovery code", used up by this; "" when it was wrong."""
    house, now = web().house, web().clock()
    plain = "".join(code.split())
    key = _factors().app
    step = code_step(key, plain, now) if key else None
    with house.database.writing() as connection:
        if step is not None and store.use_step(connection, g.person.id, step):
            return "code"
        if store.use_code(connection, house.vault, g.person.id, _as_made(code), now):
            return "recovery code"
    return ""


# At signing in


def second_page(target: str, kept: str = "", problem: str = "") -> str:
    """Asks for the second factor, or to set one up where there is none yet."""
    factors = _factors()
    if not factors.any:
        return app_page(target, kept)
    options = passkeys.options_to_get("second", factors.passkeys) if factors.passkeys and passkeys.usable() else ""
    return render_template(
        "access/second.html", factors=factors, options=options, next=target, kept=kept, problem=problem
    )


@blueprint.route("/second", methods=["GET", "POST"])
@wants(None)
@halfway
def second() -> Answered:
    """The step after the password."""
    target, kept = safe(request.values.get("next", "")), request.form.get("kept", "")
    if g.session.complete:
        return redirect(target, 303)
    if request.method == "GET" or not _factors().any:
        return second_page(target, kept)
    try:
        if answer := request.form.get("passkey"):
            if passkeys.signed_by(answer, "second").id != g.person.id:
                raise FormError(_("That passkey is somebody else's."))
            how = "passkey"
        else:
            how = attempt(f"second {g.person.id}", lambda: _use(request.form.get("code", "")) or None) or ""
            if not how:
                raise FormError(_("That code is wrong, or was used already. Each code works once."))
    except FormError as error:
        return second_page(target, kept, error.what), 403
    _complete(f"signed in by {how}")
    return enter(target, kept)


def _complete(action: str) -> None:
    """The person is in: a new session, with a new token."""
    remember(f"second {g.person.id}")
    with web().house.database.writing() as connection:
        sessions.begin(connection, g.person, complete=True)
        came_in(connection, g.person)
        note_audit(connection, g.person, action, "staff", g.person.id, web().clock())


# Setting up and removing


def _not_by_password_alone(factors: store.Factors) -> Answer | None:
    """Whoever has a second factor gives it before another is set up."""
    return redirect(url_for("console.second"), 303) if factors.any and not g.session.complete else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(web().house.settings.secret_key, salt="authenticator app")


def app_page(target: str = "", kept: str = "", problem: str = "", key: str = "") -> str:
    """The picture to scan, and a place for the first code."""
    key = key or pyotp.random_base32()
    name, issuer = g.person.login or g.person.name, f"Hearback {g.hospital.name}"
    uri = pyotp.TOTP(key).provisioning_uri(name=name, issuer_name=issuer)
    picture = segno.make(uri, error="m").svg_inline(omitsize=True, border=4, dark="#000", light="#fff")
    spaced = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return render_template(
        "access/app.html", picture=Markup(picture), key=spaced, kept_key=_serializer().dumps([g.person.id, key]),
        next=target, kept=kept, problem=problem, passkeys_usable=passkeys.usable(),
    )


@blueprint.route("/account/app", methods=["GET", "POST"])
@wants(None)
@halfway
def app() -> Answered:
    """Set up an authenticator app: it takes effect with its first code."""
    if refused := _not_by_password_alone(_factors()):
        return refused
    if request.method == "GET" or "code" not in request.form:  # on the way, perhaps with a form that is kept
        return app_page(safe(request.values["next"]) if "next" in request.values else "", request.form.get("kept", ""))
    return _set_app()


@proven
def _set_app() -> Answered:
    target, kept = safe(request.form.get("next", "")), request.form.get("kept", "")
    house, now = web().house, web().clock()
    try:
        whose, key = _serializer().loads(request.form.get("key", ""), max_age=int(HALFWAY_LASTS.total_seconds()))
    except (BadSignature, ValueError):
        whose, key = "", ""
    if whose != g.person.id:
        return app_page(target, kept, _("That took too long. Scan this new picture.")), 422
    step = code_step(str(key), "".join(request.form.get("code", "").split()), now)
    if step is None:
        problem = _("That code does not fit. Is the clock of your phone right? Type the newest code.")
        return app_page(target, kept, problem, str(key)), 422
    with house.database.writing() as connection:
        store.set_app(connection, house.vault, g.person.id, str(key), step)
        codes = _first_codes(connection)
        note_audit(connection, g.person, "set up an app", "staff", g.person.id, now)
    return _settled(codes, target, kept)


def _first_codes(connection: Connection) -> list[str]:
    """Recovery codes for somebody who has none left; else []."""
    vault = web().house.vault
    if store.factors_of(connection, vault, g.person.id).codes_left:
        return []
    codes = new_codes()
    store.set_codes(connection, vault, g.person.id, codes)
    return codes


def _settled(codes: list[str], target: str, kept: str) -> Answered:
    """After a factor was set up: whoever was halfway is in now; new recovery codes are shown once."""
    if g.session.complete:
        target = url_for("console.account")
    else:
        _complete("signed in")
    if codes:
        return codes_page(codes, target, kept)
    return redirect(url_for("console.account", done="second"), 303)


def codes_page(codes: list[str], target: str = "", kept: str = "") -> str:
    return render_template("access/codes.html", codes=codes, next=target or url_for("console.account"), kept=kept)


@blueprint.post("/go-on")
@wants(None)
def go_on() -> Answered:
    """From the recovery codes to where one wanted to go."""
    return enter(safe(request.form.get("next", "")), request.form.get("kept", ""))


@blueprint.route("/account/passkey", methods=["GET", "POST"])
@wants(None)
@halfway
def passkey() -> Answered:
    """Make a passkey with this browser."""
    factors = _factors()
    if refused := _not_by_password_alone(factors):
        return refused
    if request.method == "GET" or "passkey" not in request.form:  # on the way, perhaps with a form that is kept
        return passkey_page(factors)
    return _set_passkey()


def passkey_page(factors: store.Factors, problem: str = "") -> str:
    options = passkeys.options_to_make(g.person, g.hospital, factors.passkeys) if passkeys.usable() else ""
    return render_template(
        "access/passkey.html", options=options, problem=problem, next=safe(request.values.get("next", "")),
        kept=request.form.get("kept", ""),
    )


@proven
def _set_passkey() -> Answered:
    house, now = web().house, web().clock()
    name = request.form.get("name", "").strip()[:60] or sessions.browser_name(request.headers.get("User-Agent", ""))
    try:
        credential, public_key, counter = passkeys.made(request.form.get("passkey", ""))
        with house.database.writing() as connection:
            store.add_passkey(
                connection, house.vault, g.person.id, name or "Passkey", credential=credential, public_key=public_key,
                counter=counter, now=now,
            )
            codes = _first_codes(connection)
            note_audit(connection, g.person, "added a passkey", "staff", g.person.id, now)
    except FormError as error:
        return passkey_page(_factors(), error.what), 422
    except IntegrityError:
        return passkey_page(_factors(), _("That passkey is here already.")), 422
    return _settled(codes, safe(request.form.get("next", "")), request.form.get("kept", ""))


@blueprint.post("/account/second/<any(app, passkey, codes):what>")
@wants(None)
@proven
def change_second(what: str) -> Answered:
    """Remove the app or a passkey, or make new recovery codes."""
    house, now, factors, key_id = web().house, web().clock(), _factors(), request.form.get("passkey", "")
    with house.database.writing() as connection:
        if what == "codes":
            codes = new_codes()
            store.set_codes(connection, house.vault, g.person.id, codes)
            note_audit(connection, g.person, "made recovery codes", "staff", g.person.id, now)
            return codes_page(codes)
        if len(factors.passkeys) + (factors.app is not None) == 1 and g.hospital.second_factor:
            return redirect(url_for("console.account", done="last"), 303)
        if what == "app":
            store.remove_app(connection, g.person.id)
        else:
            store.remove_passkey(connection, g.person.id, key_id)
        if not store.factors_of(connection, house.vault, g.person.id).any:
            store.forget_factors(connection, g.person.id)
        note_audit(connection, g.person, f"removed {what}", "staff", g.person.id, now)
    return redirect(url_for("console.account", done="second"), 303)
