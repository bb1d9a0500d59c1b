"""A test text to one's own phone, and where it is now."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.founding import write_test_text
from bot.web import present
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
from messages.store.people import hospital_by_id
from messages.store.sends import sent_test, tests_since

MOST_AN_HOUR = 5  # test texts of a hospital: each costs, and none is a family's
AN_HOUR = timedelta(hours=1)


def where_it_is(connection: Connection, outbox_id: str) -> str:
    """Where the hospital's test text with this id is, in words; "" for none."""
    found = sent_test(connection, g.hospital.id, outbox_id) if outbox_id else None
    return sentence(delivery(*found)) if found else ""


def _refused(connection: Connection, now: datetime) -> str:
    """Why no test text is sent now, in words; "" when one may."""
    hospital_by_id(connection, g.hospital.id, lock=True)  # two at once are counted one after the other
    sent = tests_since(connection, g.hospital.id, now - AN_HOUR)
    if len(sent) < MOST_AN_HOUR:
        return ""
    words = _("%(n)s test texts were sent in the last hour: that is the most. From %(at)s on you can send another.")
    return words % {"n": len(sent), "at": present.clock(sent[-MOST_AN_HOUR] + AN_HOUR, g.person.tz or g.hospital.tz)}


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
        if refused := _refused(connection, now):
            return redirect(url_for("console.hospital", wrong=refused) + "#reach", 303)
        outbox_id = write_test_text(connection, house, g.hospital, phone, now)
        note_audit(connection, g.person, "sent test text", "hospital", g.hospital.id, now)
    house.kick.set()
    return redirect(url_for("console.hospital", text=outbox_id) + "#reach", 303)
