"""Keys for the hospital's other systems: made and named here, shown once, revoked when no longer needed."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.language import _
from bot.web.state import web
from messages.people import Right
from messages.store import api as store
from messages.store.console import note_audit

LONGEST_NAME = 80


def _page(problem: str = "", status: int = 200) -> tuple[str, int]:
    with web().house.database.reading() as connection:
        keys = store.keys_of(connection, web().house.vault, g.hospital.id)
    page = render_template(
        "hospital/keys.html", keys=keys, problem=problem, typed=request.form, hospital=g.hospital,
        chosen=request.form.getlist("scope"), url=web().house.settings.public_url,
    )
    return page, status


@blueprint.get("/keys")
@wants(Right.MANAGE)
def keys() -> tuple[str, int]:
    """Every key, what it may do, and when it was last used."""
    looked("keys")
    return _page()


@blueprint.post("/keys")
@wants(Right.MANAGE)
@proven
def make_key() -> str | tuple[str, int]:
    """A new key, shown this once."""
    house, now = web().house, web().clock()
    name = " ".join(request.form.get("name", "").split())
    scopes = tuple(scope for scope in store.SCOPES if scope in request.form.getlist("scope"))
    if not name or len(name) > LONGEST_NAME:
        return _page(_("Name the system that will use the key, in at most 80 letters."), 422)
    if not scopes:
        return _page(_("Choose what the key may do."), 422)
    with house.database.writing() as connection:
        key_id, token = store.make_key(connection, house.vault, g.person, name, scopes, now)
        note_audit(connection, g.person, "made key", "key", key_id, now)
    return render_template("hospital/key.html", name=name, token=token)


@blueprint.post("/keys/<key_id>/revoke")
@wants(Right.MANAGE)
@proven
def revoke_key(key_id: str) -> Answer:
    """From now on this key opens nothing."""
    house, now = web().house, web().clock()
    with house.database.writing() as connection:
        if store.revoke_key(connection, g.person, key_id, now):
            note_audit(connection, g.person, "revoked key", "key", key_id, now)
    return redirect(url_for("console.keys"), 303)
