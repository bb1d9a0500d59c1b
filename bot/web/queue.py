"""The flags that need a person, most serious first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, g, render_template

from bot.web.console import blueprint, fragment, looked, stamp
from bot.web.signin import stays_open
from bot.web.state import web
from messages.database import Connection
from messages.flags import FlagKind, Level
from messages.store import console as store

LISTS = (
    ("now", "Needs a person", "Nobody needs you now. A text that needs a person appears here by itself."),
    ("silent", "Silent families", "Families that do not answer appear here."),
    ("sending", "Texts that may not have arrived", "Texts that failed, with what to do, appear here."),
    ("strangers", "Unknown numbers", "Texts from numbers nobody enrolled appear here."),
)


def list_of(row: store.QueueRow) -> str:
    """Which list a flag belongs to; an emergency is always in the first."""
    kinds = {FlagKind.SILENCE: "silent", FlagKind.SENDING: "sending", FlagKind.STRANGER: "strangers"}
    return "now" if row.flag.level is Level.EMERGENCY else kinds.get(row.flag.kind, "now")


def queue_values(connection: Connection, hospital_id: str) -> dict[str, Any]:
    """The open flags of a hospital by list, and the texts that are still being looked into."""
    vault = web().house.vault
    rows = store.queue(connection, vault, hospital_id)
    lists = [(key, title, empty, [row for row in rows if list_of(row) == key]) for key, title, empty in LISTS]
    emergencies = sum(row.flag.level is Level.EMERGENCY and not row.taken_by for row in rows)
    return {
        "rows": rows,
        "lists": lists,
        "unsure": store.unsure_texts(connection, vault, hospital_id),
        "emergencies": emergencies,
    }


@blueprint.get("/")
def queue() -> str:
    """The open flags, most serious first."""
    with web().house.database.reading() as connection:
        values = queue_values(connection, g.hospital.id)
        alone, read = store.read_by_machine(connection, g.hospital.id, web().clock() - timedelta(days=7))
    looked("queue")
    return render_template(
        "console/queue.html", stamp=stamp(values), hospital=g.hospital, alone=alone, read=read, **values
    )


@blueprint.get("/live")
@stays_open
def queue_live() -> Response:
    with web().house.database.reading() as connection:
        values = queue_values(connection, g.hospital.id)
    return fragment("console/_queue.html", stamp(values), hospital=g.hospital, **values)
