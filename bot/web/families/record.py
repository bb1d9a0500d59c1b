"""One family's record to take away: as PDF to read, as JSON for a program."""

from __future__ import annotations

import json

from flask import Response, g

from bot.web.access.proven import proven
from bot.web.console import blueprint
from bot.web.state import web
from messages.store.console import note_audit
from messages.store.record import record_of


@blueprint.get("/families/<episode_id>/record/<any(pdf, json):kind>")
@proven
def record(episode_id: str, kind: str) -> Response:
    """The whole record as a file, noted in the audit before it leaves."""
    now = web().clock()
    with web().house.database.reading() as connection:
        found = record_of(
            connection, web().house.vault, g.hospital.id, episode_id, made_by=g.person.name, now=now
        )
    with web().house.database.writing() as connection:
        note_audit(connection, g.person, "exported", "episode", episode_id, now)
    if kind == "pdf":
        # It brings fonts: a third of every start, for a rare page.
        from bot.web.families.record_pdf import pdf_of

        body, mime = pdf_of(found), "application/pdf"
    else:
        body, mime = json.dumps(found, ensure_ascii=False, indent=1).encode(), "application/json"
    # No name of anybody: files lie about in download folders.
    name = f"hearback-record-{episode_id[-8:]}-{now.astimezone(g.hospital.tz):%Y-%m-%d}.{kind}"
    return Response(body, mimetype=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'})
