"""The flags that need a person, most serious first: the page, and what is new for pages that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, g, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from bot.web.access.signin import stays_open
from bot.web.console import blueprint, looked, stamp
from bot.web.flags.board import LISTS, SHORT, Board, Shelf, board_of, lists_of
from bot.web.flags.next_step import next_step
from bot.web.language import page_language
from bot.web.state import web
from messages.database import Connection
from messages.flags import Level
from messages.people import Right
from messages.store import console as store
from messages.store.console import QueueRow
from messages.store.queue import marks, state_of_all, untaken_emergencies
from messages.store.strangers import hints
from messages.store.views import views_of

ONLY = ("mine", "free")  # the flags of whoever looks; those that nobody has


@dataclass(frozen=True)
class Asked:
    """What a page shows, by its address; `stamp` changes when anything on it does."""

    only: str
    whole: str
    stamp: str


def _asked() -> Asked:
    only, whole = request.args.get("only", ""), request.args.get("all", "")
    only = only if only in ONLY else ""
    whole = whole if whole in dict(LISTS) else ""
    with web().house.database.reading() as connection:
        state = state_of_all(connection, g.hospital.id)
    hour = web().clock().replace(minute=0, second=0, microsecond=0)  # days of recovery turn with one
    return Asked(only, whole, stamp(g.hospital.id, state, only, whole, hour))


def _board(asked: Asked) -> Board:
    """The lists, built once for everybody who looks at the same ones in the same minute."""
    shelf: Shelf = current_app.extensions.setdefault("hearback.board", Shelf())
    mine = g.person.id if asked.only == "mine" else ""
    acts = "acts" if g.person.may(Right.ACT) else "reads"
    key = (asked.stamp, f"{web().clock():%M}", page_language(), g.person.zone, mine, acts)
    return shelf.get(key, lambda: _build(asked))


def _build(asked: Asked) -> Board:
    vault, hospital_id, mine = web().house.vault, g.hospital.id, g.person.id
    with web().house.database.reading() as connection:
        every = marks(connection, hospital_id)
        wanted = [
            mark for mark in every
            if not asked.only or (mark.taken_by == mine if asked.only == "mine" else not mark.taken_by)
        ]
        lists = lists_of(wanted, asked.whole)
        shown = [flag_id for one in lists for flag_id in one.shown]
        rows = store.queue(connection, vault, hospital_id, shown) if shown else []
        hinted = hints(connection, vault, hospital_id, rows)
        unsure = [] if asked.only else store.unsure_texts(connection, vault, hospital_id)
    html = render_template(
        "flags/_queue.html", lists=lists, rows={row.flag.id: row for row in rows}, hints=hinted, unsure=unsure,
        only=asked.only, next_step=next_step, hospital=g.hospital,
        may_act=g.person.may(Right.ACT),
    )
    return board_of(every, lists, html)


def _part(asked: Asked) -> dict[str, Any]:
    board, me = _board(asked), g.person.id
    return {
        "board": board, "mine": board.taken.get(me, 0), "free": board.taken.get(None, 0), "short": SHORT,
        "queue": Markup(board.html.replace(f'data-by="{me}"', f'data-by="{me}" data-mine')), "asked": asked,
        "hospital": g.hospital,
    }


@blueprint.get("/")
def queue() -> str:
    """The open flags, most serious first."""
    values = _part(_asked())
    with web().house.database.reading() as connection:
        views = views_of(connection, web().house.vault, g.person.id)
    looked("queue")
    return render_template("flags/queue.html", views=views, **values)


@blueprint.get("/live")
@stays_open
def queue_live() -> Response:
    """What is new in the list. The answer to a page that has everything costs one small query and holds no words."""
    asked = _asked()
    headers = {"X-Hearback-Stamp": asked.stamp, "X-Hearback-Token": generate_csrf()}
    if request.args.get("seen") == asked.stamp:
        return Response(status=204, headers=headers)
    return Response(render_template("flags/_queue_live.html", **_part(asked)), headers=headers)


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
