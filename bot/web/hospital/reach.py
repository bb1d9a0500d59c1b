"""A test text to one's own phone, and where it is now."""

from __future__ import annotations

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.founding import write_test_text
from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint
from bot.web.language import _, told
from bot.web.present import delivery, sentence
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError, EnrolmentError
from messages.people import Right
from messages.phones import parse_phone, region_of
from messages.store.console import note_audit
from messages.store.sends import sent_test


def where_it_is(connection: Connection, outbox_id: str) -> str:
    """Where the hospital's test text with this id is, in words; "" for none."""
    found = sent_test(connection, g.hospital.id, outbox_id) if outbox_id else None
    return sentence(delivery(*found)) if found else ""


@blueprint.post("/hospital/test-text")
@wants(Right.MANAGE)
@proven
def test_text() -> Answer:
    """Queue it; it leaves by the outbox, as every text does."""
    house, now = web().house, web().clock()
    if house.carrier.name == "simulator":
        raise ConflictError(
            _("No carrier is set up: no text reaches a real phone."), mend=_("Whoever runs Hearback sets up Twilio.")
        )
    try:
        phone = parse_phone(request.form.get("phone", ""), region_of(g.hospital.sender))
    except EnrolmentError as error:
        return redirect(url_for("console.hospital", wrong=told(error)[:200]) + "#reach", 303)
    with house.database.writing() as connection:
        outbox_id = write_test_text(connection, house, g.hospital, phone, now)
        note_audit(connection, g.person, "sent test text", "hospital", g.hospital.id, now)
    house.kick.set()
    return redirect(url_for("console.hospital", text=outbox_id) + "#reach", 303)
