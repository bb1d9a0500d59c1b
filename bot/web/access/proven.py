"""For what is sensitive the password, or a passkey, is asked again; then the form that was sent goes on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.passwords import is_password
from bot.web.access import passkeys
from bot.web.access.signin import blueprint, safe, wants
from bot.web.access.tries import attempt
from bot.web.flags.acts import FormError
from bot.web.language import _
from bot.web.state import web
from messages.store import accounts, factors
from messages.store.sessions import note_proof

View = TypeVar("View", bound=Callable[..., Any])


def proven(view: View) -> View:
    """Answers only ten minutes long after a password or passkey was given; else asks for it and goes on by itself."""

    @wraps(view)
    def asked(*args: Any, **values: Any) -> Any:
        if g.session.proven(web().clock(), web().house.patience):
            return view(*args, **values)
        problem = ""
        if request.method == "POST" and _given():
            try:
                _prove()
                return view(*args, **values)
            except FormError as error:
                problem = error.what
        return proof_page(problem), 401

    return cast(View, asked)


def check_password(password: str) -> None:
    """Raise FormError when this is not the signed-in person's password, WaitError after too many wrong ones.

    Counted apart from signing in: what strangers try at the login does not bind who is in already.
    """
    with web().house.database.reading() as connection:
        kept = accounts.password_of(connection, g.person.id)
    if attempt(f"proof {g.person.id}", lambda: is_password(password, kept) or None) is None:
        raise FormError(_("That is not your password."))


def _given() -> bool:
    return bool(request.form.get("proof_password") or request.form.get("proof_passkey"))


def _prove() -> None:
    if answer := request.form.get("proof_passkey"):
        if passkeys.signed_by(answer, "proof").id != g.person.id:
            raise FormError(_("That passkey is somebody else's."))
    else:
        check_password(request.form.get("proof_password", ""))
    with web().house.database.writing() as connection:
        note_proof(connection, g.session.id, web().clock())


def proof_page(problem: str = "", target: str = "") -> str:
    """Asks for the password; the form that was sent is carried along, a page that was asked for is come back to."""
    pairs = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and not name.startswith("proof_")
    ]
    action = request.path
    if request.method == "GET" or target:
        target = target or request.full_path.rstrip("?")
        action, pairs = url_for("console.prove"), [("next", target)]
    with web().house.database.reading() as connection:
        has_password = accounts.password_of(connection, g.person.id) is not None
        keys = factors.factors_of(connection, web().house.vault, g.person.id).passkeys
    options = passkeys.options_to_get("proof", keys) if keys and passkeys.usable() else ""
    return render_template(
        "access/proof.html", problem=problem, action=action, pairs=pairs, has_password=has_password, options=options
    )


@blueprint.post("/prove")
@wants(None)
def prove() -> Answer | tuple[str, int]:
    """The password, for a page that asked for it."""
    target = request.form.get("next", "")
    if not g.session.proven(web().clock(), web().house.patience):
        try:
            _prove()
        except FormError as error:
            return proof_page(error.what, target), 401
    return redirect(safe(target), 303)
