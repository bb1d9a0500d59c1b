"""The sheet one shift hands to the next: what is open and with whom, what was closed, what was promised and noted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g, render_template, request

from bot.web.console import blueprint, looked
from bot.web.flags.board import SHORT, list_of
from bot.web.state import web
from messages.database import Connection
from messages.flags import FlagKind
from messages.store.console import QueueRow, rows_by_id
from messages.store.queue import marks
from messages.store.shift import closed_since, closings, noted_since, promises_by

HOURS = (8, 12, 24)
SOON = timedelta(hours=2)  # a promise that runs out so soon is named by itself
MOST = {"waiting": 40, "silent": 12, "closed": 25, "promised": 10, "notes": 20}  # on paper; the rest is counted


def shift_values(connection: Connection, hours: int) -> dict[str, Any]:
    """Everything on the sheet, for a shift that began so many hours ago. A flat number of queries."""
    vault, hospital_id, now = web().house.vault, g.hospital.id, web().clock()
    since = now - timedelta(hours=hours)
    open_marks = marks(connection, hospital_id)
    silent = [mark.id for mark in open_marks if mark.kind is FlagKind.SILENCE]
    waiting = [mark.id for mark in open_marks if mark.kind is not FlagKind.SILENCE]
    taken = [mark.id for mark in open_marks if mark.taken_by]
    closed = closed_since(connection, hospital_id, since)
    promised = promises_by(connection, hospital_id, now + SOON)
    notes = noted_since(connection, vault, hospital_id, since)[-MOST["notes"] :]
    lists = {"waiting": waiting, "silent": silent, "closed": closed, "promised": list(promised)}
    named = [*(one.act.flag_id for one in notes), *taken[:100]]
    for name, ids in lists.items():
        named += ids[: MOST[name]]
    rows = rows_by_id(connection, vault, hospital_id, list(dict.fromkeys(named)))
    erased = {flag_id for flag_id in named if flag_id not in rows}  # with its family, since it was closed
    closed = [flag_id for flag_id in closed if flag_id not in erased]
    notes = [one for one in notes if one.act.flag_id not in erased]
    tally: dict[str, int] = {}
    for mark in open_marks:
        tally[list_of(mark.level, mark.kind)] = tally.get(list_of(mark.level, mark.kind), 0) + 1
    people: dict[str, list[QueueRow]] = {}
    for flag_id in taken:
        if flag_id in rows:
            people.setdefault(rows[flag_id].taken_by, []).append(rows[flag_id])
    return {
        "since": since, "rows": rows, "tally": tally, "people": sorted(people.items()),
        "free": len(open_marks) - len(taken), "waiting": waiting, "silent": silent, "closed": closed,
        "closers": closings(connection, vault, closed[: MOST["closed"]]), "promised": promised, "notes": notes,
    }


@blueprint.get("/shift")
def shift() -> str:
    """The hand-over sheet, for the screen and for paper."""
    asked = request.args.get("hours", "")
    hours = int(asked) if asked in map(str, HOURS) else 12
    with web().house.database.reading() as connection:
        values = shift_values(connection, hours)
    looked("shift")
    return render_template(
        "flags/shift.html", hours=hours, choices=HOURS, most=MOST, short=SHORT, hospital=g.hospital, **values
    )
