"""The first page of a new installation: one hospital and its first manager, behind a link that opens only that."""

from __future__ import annotations

import hmac
from zoneinfo import available_timezones

from flask import g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from bot.founding import first_manager, first_token, new_hospital, short_name
from bot.inbound import take_in_astray
from bot.web.access.signin import Answered, for_anybody
from bot.web.console import blueprint
from bot.web.hospital import forms
from bot.web.hospital.typed import Typed
from bot.web.language import _, told
from bot.web.state import web
from messages.database import Connection, IntegrityError
from messages.errors import EnrolmentError, NotFoundError
from messages.people import Hospital
from messages.phones import parse_phone
from messages.store.people import all_hospitals

_BLANK = Hospital("", "", "", "America/New_York", "", "")


def _only_first(connection: Connection, token: str) -> None:
    """Raise NotFoundError unless the link is right and nobody was here before."""
    if all_hospitals(connection) or not hmac.compare_digest(token.encode(), first_token(web().house).encode()):
        raise NotFoundError(_("This link was used, or is none."), mend=_("Sign in, or ask whoever runs Hearback."))


def zones() -> list[str]:
    """Time zones as people choose them."""
    return sorted(one for one in available_timezones() if "/" in one and not one.startswith(("Etc/", "SystemV/")))


@blueprint.route("/first/<token>", methods=["GET", "POST"])
@for_anybody
def first(token: str) -> Answered:
    """Hospital, number and first manager in one form: all of it is made, or nothing."""
    house = web().house
    g.pop("person", None)
    with house.database.reading() as connection:
        _only_first(connection, token)
    if request.method == "GET":
        form: forms.Form = MultiDict(forms.basics_form(_BLANK))
        return _page(form, {})
    typed = Typed(MultiDict(request.form))
    link = _made(token, typed)
    if link is None:
        return _page(typed.form, typed.problems), 422
    return redirect(url_for("console.welcome", token=link, next=url_for("console.hospital")), 303)


def _page(form: forms.Form, problems: dict[str, str]) -> str:
    return render_template("hospital/first.html", f=form, problems=problems, zones=zones())


def _phone(typed: Typed, name: str, missing: str) -> str:
    text = typed.needed(name, missing, 40)
    try:
        return parse_phone(text, None) if text else ""
    except EnrolmentError as error:
        typed.wrong(name, told(error))
        return ""


def _made(token: str, typed: Typed) -> str | None:
    """The link for the manager's password; None when something typed has to be mended."""
    house, now = web().house, web().clock()
    found = forms.basics_read(typed, _BLANK)
    sender = _phone(typed, "sender", _("Families need a number to text with."))
    phone = _phone(typed, "your_phone", _("Somebody has to be told of an emergency."))
    name = typed.needed("your_name", _("Write your name."), 100)
    login = typed.needed("login", _("Such as nora or nora@example.org"), 100)
    if typed.problems:
        return None
    try:
        with house.database.writing() as connection:
            _only_first(connection, token)
            hospital = new_hospital(
                connection, short_name(found.name), found.name, sender, found.phone, found.zone,
                found.emergency_number, ",".join(found.languages), "mon-fri 08:00-18:00", now,
            )  # fmt: skip
            _person, link = first_manager(
                connection, house, hospital, now, name=name, login=login, phone=phone
            )
    except EnrolmentError as error:
        typed.wrong("login", told(error))
        return None
    except IntegrityError:  # another browser made it first
        raise NotFoundError(_("This link was used, or is none."), mend=_("Sign in.")) from None
    take_in_astray(house, hospital.sender, now)
    return link
