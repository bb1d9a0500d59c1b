"""One family erased because somebody asked for it: what goes and what stays, then one act that nothing takes back."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.language import _, told
from bot.web.state import web
from messages.errors import ConflictError
from messages.people import Right
from messages.store import families as store
from messages.store.erasing import what_goes
from messages.store.people import caregivers_by_id
from scheduler.keeping import erase_family


def _page(episode_id: str, problem: str = "") -> str:
    house = web().house
    with house.database.reading() as connection:
        family = store.family(connection, house.vault, g.hospital.id, episode_id)
        going = what_goes(connection, house.vault, g.hospital.id, family.child_id)
        adults = caregivers_by_id(connection, house.vault, [*going.adults, *going.staying])
    looked("episode", episode_id)
    return render_template(
        "families/erase.html", family=family, going=going, problem=problem,
        leaving=[adults[one].name for one in going.adults], staying=[adults[one].name for one in going.staying],
    )


@blueprint.get("/families/<episode_id>/erase")
@wants(Right.ERASE)
def erase(episode_id: str) -> str:
    """What would go, what would stay, and what forbids it now."""
    return _page(episode_id)


@blueprint.post("/families/<episode_id>/erase")
@wants(Right.ERASE)
@proven
def erase_for_good(episode_id: str) -> Answer | tuple[str, int]:
    """All of it or nothing; the child, and every follow-up it had."""
    house, now = web().house, web().clock()
    if request.form.get("sure") != "yes":
        return _page(episode_id, _("Nothing was erased: tick that it cannot be taken back.")), 422
    try:
        with house.database.writing() as connection:
            family = store.family(connection, house.vault, g.hospital.id, episode_id)
            erase_family(connection, house.vault, g.hospital, family.child_id, now, actor=g.person.id)
    except ConflictError as error:
        return _page(episode_id, told(error)), 409
    house.kick.set()
    return redirect(url_for("console.families", erased=1), 303)
