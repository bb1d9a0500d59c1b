"""The link in a page: whoever it was sent to signs in, looks once, and takes the flag by one press. It works once."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from bot.web.console import blueprint
from bot.web.language import _
from bot.web.state import web
from messages.database import Connection
from messages.errors import NotFoundError
from messages.flags import Flag, FlagState
from messages.people import Right, Staff
from messages.store.console import note_audit
from messages.store.flags import flag_by_id
from messages.store.paged import Paged, page_by_token
from messages.store.people import staff_by_id
from messages.taking import Came, take_by_page
from messages.to_staff import TAKE_FOR


def _page(connection: Connection, token: str) -> tuple[Paged, Flag]:
    page = page_by_token(connection, token, g.hospital.id)
    if page is None:
        raise NotFoundError(_("This link leads nowhere."), mend=_("Look at the flags: it may wait there."))
    return page, flag_by_id(connection, page.flag_id, g.hospital.id)[0]


def _why_not(page: Paged, flag: Flag) -> str:
    """Why this link does nothing more, in words; "" while it takes the flag."""
    if flag.state is FlagState.CLOSED:
        return _("This flag is closed. There is nothing to do.")
    if page.staff_id != g.person.id:
        return _("This link was sent to somebody else. You can take the flag on its page.")
    if page.answer == "took":
        return _("This link was used. It works once.")
    if web().clock() - page.at > TAKE_FOR:
        return _("This link is too old. You can take the flag on its page.")
    if flag.taken_by and flag.taken_by != g.person.id and (flag.climbs_since is None or page.at < flag.climbs_since):
        return _("Somebody was quicker. There is nothing to do for you.")
    if flag.taken_by == g.person.id:
        return _("You have this flag already.")
    return "" if g.person.may(Right.ACT) else _("Your account may not take flags.")


def _shown(connection: Connection, page: Paged, flag: Flag, why: str) -> str:
    def name(staff_id: str | None) -> str:
        person: Staff | None = staff_by_id(connection, web().house.vault, staff_id) if staff_id else None
        return person.name if person and person.hospital_id == g.hospital.id else ""

    return render_template(
        "flags/taking.html", hospital=g.hospital, flag=flag, why=why, holder=name(flag.taken_by),
        used_at=page.answered_at if page.answer == "took" else None,
    )


@blueprint.get("/take/<token>")
def take_link(token: str) -> str | tuple[str, int]:
    """What the flag is, and the one button; or why the link takes nothing. Opening it changes nothing."""
    with web().house.database.reading() as connection:
        page, flag = _page(connection, token)
        why = _why_not(page, flag)
        shown = _shown(connection, page, flag, why)
    with web().house.database.writing() as connection:
        note_audit(connection, g.person, "looked", "flag", flag.id, web().clock())
    return (shown, 410) if why and page.staff_id == g.person.id else shown


@blueprint.post("/take/<token>")
def take_by_link(token: str) -> Answer | tuple[str, int]:
    """Take it; pressed twice it is taken once."""
    house, now = web().house, web().clock()
    with house.database.writing() as connection:
        page, flag = _page(connection, token)
        came = None
        if not (why := _why_not(page, flag)):
            came = take_by_page(house, connection, g.person, page, now)
        elif flag.taken_by == g.person.id and flag.state is not FlagState.CLOSED:
            came = None  # the second press of the same button: they have it
        else:
            return _shown(connection, page, flag, why), 410
        if came is not None and came.came is not Came.YOURS:
            return _shown(connection, page, came.flag, _("Somebody was quicker. There is nothing to do for you.")), 409
    house.kick.set()
    return redirect(url_for("console.flag", flag_id=flag.id), 303)
