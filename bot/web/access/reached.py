"""How pages reach the signed-in person: phone, e-mail, browsers, chat tools; for which levels; and a page to try."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot import reached as does
from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint
from bot.web.language import told
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError, EnrolmentError
from messages.flags import Level
from messages.people import PAGED, Way
from messages.reachable import reachable, reachable_by
from messages.store import reach
from messages.ways import push
from messages.ways.hand_over import offered

Answered = Answer | tuple[str, int]

PAGERS = (  # as Apprise writes their addresses; more stand in docs/pages.md
    ("PagerDuty", "pagerduty://INTEGRATION-KEY@API-KEY"),
    ("Opsgenie", "opsgenie://API-KEY"),
    ("Splunk On-Call", "splunk://ROUTING-KEY@API-KEY"),
    ("SIGNL4", "signl4://SECRET"),
    ("Pushover", "pover://USER-KEY@APP-TOKEN"),
    ("Telegram", "tgram://BOT-TOKEN/CHAT-ID"),
)


def _page(problem: str = "", at: str = "", status: int = 200) -> tuple[str, int]:
    house = web().house
    with house.database.reading() as connection:
        addresses = reach.addresses_of(connection, house.vault, g.person.id)
        tests = reach.tests_of(connection, g.person.id)
        key = reach.push_key(connection, house.vault)
    if not key:
        with house.database.writing() as connection:
            key = reach.keep_push_key(connection, house.vault, push.new_key(), web().clock())
    page = render_template(
        "access/reached.html", hospital=g.hospital, levels=PAGED, tests=tests, problem=problem, at=at,
        by={way: [one for one in addresses if one.way is way] for way in Way}, typed=request.form,
        has=[way for way in Way if reachable_by(g.person, way)], reachable=reachable(g.person), offers=offered(house),
        push_key=push.public_key(key), done=request.args.get("done"), pagers=PAGERS,
    )
    return page, status


@blueprint.get("/account/reached")
@wants(None)
def reached() -> tuple[str, int]:
    """What pages come by, and what is wrong with it."""
    return _page()


def _changed(at: str, change: Callable[[Connection], None], done: str = "") -> Answered:
    """One change, all of it or nothing; what was typed stays on the page."""
    try:
        with web().house.database.writing() as connection:
            change(connection)
    except (EnrolmentError, ConflictError) as error:
        return _page(told(error), at, 422)
    web().house.kick.set()
    return redirect(url_for("console.reached", done=done or at) + f"#{at}", 303)


@blueprint.post("/account/reached/phone")
@wants(None)
@proven
def change_phone() -> Answered:
    """Another number for texts and calls."""
    text, now = request.form.get("phone", ""), web().clock()
    return _changed("phone", lambda c: does.change_phone(c, web().house, g.person, g.hospital, text, now))


@blueprint.post("/account/reached/<any(email, push, chat):way>")
@wants(None)
@proven
def add_address(way: str) -> Answered:
    """Another address."""
    text, label, now = request.form.get("address", ""), g.session.browser, web().clock()
    at = way if Way(way) in offered(web().house) else "levels"
    return _changed(at, lambda c: does.add(c, web().house, g.person, Way(way), text, now, label))


@blueprint.post("/account/reached/remove")
@wants(None)
@proven
def remove_address() -> Answered:
    """Forget an address."""
    return _changed("levels", lambda c: does.remove(c, g.person, request.form.get("address_id", ""), web().clock()))


@blueprint.post("/account/reached/levels")
@wants(None)
@proven
def choose_ways() -> Answered:
    """Which levels go by which way."""
    chosen = {way: [Level(one) for one in request.form.getlist(way) if one in set(PAGED)] for way in Way}
    return _changed("levels", lambda c: does.choose(c, g.person, chosen, web().clock()))


@blueprint.post("/account/reached/test")
@wants(None)
def test_page() -> Answered:
    """A page to oneself, by one way."""
    try:
        way = Way(request.form.get("way", ""))
    except ValueError:
        abort(400)
    at = "phone" if way in (Way.TEXT, Way.CALL) else way.value
    address_id, now = request.form.get("address_id", ""), web().clock()
    house = web().house
    return _changed(
        at, lambda c: does.send_test(c, house, g.person, g.hospital, way, address_id, now), done=f"tried-{at}"
    )
