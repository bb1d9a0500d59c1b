"""What was found, over the API: flags, and what families' texts said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, g, request

from bot.web.api import shapes
from bot.web.api.entry import ApiError, blueprint, given, looked, route
from bot.web.api.families import PAGE, after_asked, limit_asked
from bot.web.state import web
from messages.store import results
from messages.store.families import family

QUERY = {
    **PAGE, "family": "Of one family only.", "since": "Changed at or after this instant: 2026-03-05T08:00:00Z.",
}


def wish() -> results.Wish:
    """Which ones the address asks for. Raises ApiError."""
    try:
        since = datetime.fromisoformat(request.args["since"]) if request.args.get("since") else None
    except ValueError:
        raise ApiError(400, "`since` is no instant.", mend="Write it like 2026-03-05T08:00:00Z.") from None
    if since is not None and since.tzinfo is None:
        raise ApiError(400, "`since` has no zone.", mend="Write it like 2026-03-05T08:00:00Z.")
    return results.Wish(
        g.hospital.id, episode_id=request.args.get("family", "")[:64], since=since, after=after_asked(),
        limit=limit_asked(),
    )


@blueprint.get("/flags")
@route("Flags of families.", gives=shapes.FlagList, query={**QUERY, "state": "open, taken or closed."})
def flags() -> Response:
    state = request.args.get("state", "")
    if state not in ("", "open", "taken", "closed"):
        raise ApiError(400, "The state is open, taken or closed.")
    with web().house.database.reading() as connection:
        rows, more = results.flags(connection, wish(), (state,) if state else ())
    looked("flags")
    items = [shapes.FlagOut.model_validate(_told(row)) for row in rows]
    return given(shapes.FlagList(items=items, next=more or None))


@blueprint.get("/readings")
@route("What families' texts said, as the computer read it.", gives=shapes.ReadingList, query=QUERY)
def readings() -> Response:
    return _readings(wish())


@blueprint.get("/families/<episode_id>/readings")
@route("What one family's texts said.", gives=shapes.ReadingList, query=PAGE)
def readings_of(episode_id: str) -> Response:
    with web().house.database.reading() as connection:
        family(connection, web().house.vault, g.hospital.id, episode_id)
    return _readings(results.Wish(g.hospital.id, episode_id=episode_id, after=after_asked(), limit=limit_asked()))


def _readings(wanted: results.Wish) -> Response:
    with web().house.database.reading() as connection:
        rows, more = results.readings(connection, wanted)
    looked("readings", wanted.episode_id or None)
    items = [
        shapes.ReadingOut.model_validate(
            _told(row) | {"message": row["message_id"], "level": row["decided_level"], "at": row["changed"]}
        )
        for row in rows
    ]
    return given(shapes.ReadingList(items=items, next=more or None))


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"family": row["episode_id"]}
