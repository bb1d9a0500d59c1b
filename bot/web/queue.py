"""The flags that need a person, most serious first: the page, and what is new for pages that are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, current_app, g, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from bot.web.board import LISTS, SHORT, Listed, Shelf, lists_of
from bot.web.console import blueprint, looked, stamp
from bot.web.language import page_language
from bot.web.state import web
from bot.web.undelivered import to_do
from messages.database import Connection
from messages.flags import Level
from messages.store import console as store
from messages.store.console import QueueRow
from messages.store.queue import Mark, marks, unsure_ids, untaken_emergencies
from messages.store.strangers import hints
from messages.store.views import views_of

ONLY = ("mine", "free")  # the flags of whoever looks; those that nobody has


@dataclass(frozen=True)
class Board:
    """All open flags of a hospital in one line each, and what this page shows of them. Cheap to make."""

    all: Sequence[Mark]
    unsure: Sequence[str]
    only: str
    whole: str

    @property
    def shown(self) -> list[Mark]:
        mine = g.person.id
        wanted = {"mine": lambda mark: mark.taken_by == mine, "free": lambda mark: not mark.taken_by}
        return list(filter(wanted.get(self.only), self.all))

    @property
    def emergencies(self) -> list[str]:
        """Those that nobody has."""
        return [mark.id for mark in self.all if mark.level is Level.EMERGENCY and not mark.taken_by]

    @property
    def stamp(self) -> str:
        """Changes when anything on the page does. Days of recovery turn with the hour."""
        hour = web().clock().replace(minute=0, second=0, microsecond=0)
        return stamp(g.hospital.id, self.all, self.unsure, self.only, self.whole, hour)


def board() -> Board:
    """The open flags as they are now, by the filter in the address."""
    only, whole = request.args.get("only", ""), request.args.get("all", "")
    with web().house.database.reading() as connection:
        return Board(
            marks(connection, g.hospital.id), unsure_ids(connection, g.hospital.id),
            only if only in ONLY else "", whole if whole in [key for key, *_ in LISTS] else "",
        )


def _lists(of: Board) -> Markup:
    """The lists as HTML, built once for everybody who looks at the same ones in the same minute."""
    shelf: Shelf = current_app.extensions.setdefault("hearback.board", Shelf())
    person = g.person
    key = (
        of.stamp, f"{web().clock():%M}", page_language(), person.zone, person.id if of.only == "mine" else "",
    )
    html = shelf.get(key, lambda: _build(lists_of(of.shown, of.whole), of))
    return Markup(html.replace(f'data-by="{person.id}"', f'data-by="{person.id}" data-mine'))


def _build(lists: Sequence[Listed], of: Board) -> str:
    vault, hospital_id = web().house.vault, g.hospital.id
    shown = [flag_id for one in lists for flag_id in one.shown]
    with web().house.database.reading() as connection:
        rows = store.queue(connection, vault, hospital_id, shown) if shown else []
        hinted = hints(connection, vault, hospital_id, rows)
        unsure = store.unsure_texts(connection, vault, hospital_id) if of.unsure and not of.only else []
    return render_template(
        "console/_queue.html", lists=lists, rows={row.flag.id: row for row in rows}, hints=hinted, unsure=unsure,
        only=of.only, to_do=to_do, hospital=g.hospital,
    )


def _part(of: Board) -> dict[str, Any]:
    return {
        "counts": lists_of(of.shown), "open": len(of.all), "only": of.only, "emergencies": of.emergencies,
        "mine": sum(mark.taken_by == g.person.id for mark in of.all),
        "free": sum(mark.taken_by is None for mark in of.all),
        "queue": _lists(of), "whole": of.whole, "short": SHORT, "hospital": g.hospital, "stamp": of.stamp,
    }


@blueprint.get("/")
def queue() -> str:
    """The open flags, most serious first."""
    values = _part(board())
    with web().house.database.reading() as connection:
        alone, read = store.read_by_machine(connection, g.hospital.id, web().clock() - timedelta(days=7))
        views = views_of(connection, web().house.vault, g.person.id)
    looked("queue")
    return render_template("console/queue.html", alone=alone, read=read, views=views, **values)


@blueprint.get("/live")
def queue_live() -> Response:
    """What is new in the list. The answer to a page that has everything costs two small queries and no words."""
    of = board()
    headers = {"X-Hearback-Stamp": of.stamp, "X-Hearback-Token": generate_csrf()}
    if request.args.get("seen") == of.stamp:
        return Response(status=204, headers=headers)
    return Response(render_template("console/_queue_live.html", **_part(of)), headers=headers)


@blueprint.get("/alarm")
def alarm() -> dict[str, Any]:
    """The emergencies that nobody has, by id, for pages that show no list; no word of anybody."""
    with web().house.database.reading() as connection:
        return {"emergencies": untaken_emergencies(connection, g.hospital.id)}


def queue_values(connection: Connection, hospital_id: str) -> dict[str, Any]:
    """The open flags for the demo's page."""
    rows: list[QueueRow] = store.queue(connection, web().house.vault, hospital_id)
    emergencies = sum(row.flag.level is Level.EMERGENCY and not row.taken_by for row in rows)
    return {"rows": rows, "emergencies": emergencies}
