"""Twilio's webhooks: a text that arrived, and what became of one that left."""

from __future__ import annotations

import logging
import re

from flask import Blueprint, Response, abort, request

from bot.inbound import inbound
from bot.web.phones.signature import signed_url
from bot.web.state import web
from messages.carriers.carrier import Incoming
from messages.carriers.codes import delivery
from messages.carriers.twilio import valid_signature
from messages.errors import DatabaseError, HearbackError
from messages.phones import split_channel
from messages.settle import note_status

log = logging.getLogger(__name__)
blueprint = Blueprint("twilio", __name__, url_prefix="/twilio")

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
LONGEST = 1600  # characters; Twilio joins parts up to this
MOST_MEDIA = 10
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # Twilio's and ours; anything else has been tampered with


@blueprint.before_request
def only_twilio() -> None:
    """Refuse whatever Twilio did not sign; without Twilio's settings, everything."""
    settings = web().house.settings
    url = signed_url(settings.public_url, request.environ)
    header = request.headers.get("X-Twilio-Signature")
    if not settings.twilio_auth_tokens or not valid_signature(
        url, request.form, header, settings.twilio_auth_tokens
    ):
        log.warning("a webhook without a good signature was refused: %s", request.path[:80])
        abort(403)


@blueprint.post("/message")
def message() -> Response:
    """One text from outside, kept before it is understood; 503 when it could not be kept: Twilio tries again."""
    form = request.form
    channel, peer = split_channel(form.get("From", ""))
    _, to = split_channel(form.get("To", ""))
    carrier_id = form.get("MessageSid") or form.get("SmsSid") or ""
    if not ID.fullmatch(carrier_id) or not peer:
        log.warning("a signed webhook without a good MessageSid or From was refused")
        abort(400)
    incoming = Incoming(
        carrier_id=carrier_id,
        peer=peer[:60],
        to=to if to.isprintable() else "",
        body=form.get("Body", "")[: LONGEST * 2],
        at=web().clock(),
        media=tuple(url for n in range(MOST_MEDIA) if (url := form.get(f"MediaUrl{n}", ""))),
    )
    try:
        inbound(web().house, incoming, web().clock(), channel=channel[:20])
    except (DatabaseError, HearbackError) as error:
        log.error("a text could not be kept and Twilio was asked to try again: %s", error)
        abort(503)
    return Response(EMPTY_TWIML, mimetype="text/xml")


@blueprint.post("/status/<outbox_id>")
def status(outbox_id: str) -> Response:
    """What became of a text that left. The address names our row; early, late and repeated calls are harmless."""
    form = request.form
    state = delivery(form.get("MessageStatus") or form.get("SmsStatus"))
    carrier_id = form.get("MessageSid") or form.get("SmsSid") or ""
    code = form.get("ErrorCode") or ""
    if state is None or not (ID.fullmatch(carrier_id) and ID.fullmatch(outbox_id)):
        return Response(status=204)
    try:
        known = note_status(
            web().house, outbox_id, carrier_id, state, code[:20] if ID.fullmatch(code) else "", web().clock()
        )
    except DatabaseError as error:
        log.error("a status could not be kept and Twilio was asked to try again: %s", error)
        abort(503)
    if not known:
        log.warning("a status came for a text that is not ours; it was kept")
    return Response(status=204)
