"""Twilio's webhooks of a call to a member of staff: picked up, a key, no key, how it ended. Signed, as for texts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, abort, request

from bot.web.language import _
from bot.web.phones import calling
from bot.web.phones.twilio import ID
from bot.web.phones.twilio import blueprint as blueprint
from bot.web.state import web
from messages.carriers.codes import call_state
from messages.errors import DatabaseError
from messages.settle import note_status

log = logging.getLogger(__name__)

WAIT_FOR_KEY = 7  # seconds
SPOKEN = {"en": "en-US", "es": "es-US"}


@blueprint.post("/voice/<outbox_id>")
def picked_up(outbox_id: str) -> Response:
    """What to say."""
    return _say(outbox_id, lambda: calling.picked_up(web().house, outbox_id))


@blueprint.post("/voice/<outbox_id>/key")
def key(outbox_id: str) -> Response:
    """A key was pressed. Twilio may ask twice: what was done is done once, and said again."""
    digits = request.form.get("Digits", "")[:1]
    return _say(outbox_id, lambda: calling.pressed(web().house, outbox_id, _call_id(), digits, web().clock()))


@blueprint.post("/voice/<outbox_id>/none")
def none(outbox_id: str) -> Response:
    """No key was pressed in time."""
    return _say(outbox_id, lambda: calling.unanswered(web().house, outbox_id, _call_id(), web().clock()))


@blueprint.post("/call/<outbox_id>")
def call(outbox_id: str) -> Response:
    """How far the call is, or how it ended; early, late and repeated words are harmless."""
    state = call_state(request.form.get("CallStatus"))
    if state is None or not ID.fullmatch(outbox_id):
        return Response(status=204)
    try:
        known = note_status(web().house, outbox_id, _call_id(), *state, web().clock())
    except DatabaseError as error:
        log.error("how a call ended could not be kept and Twilio was asked to try again: %s", error)
        abort(503)
    if not known:
        log.warning("a status came for a call that is not ours; it was kept")
    return Response(status=204)


def _call_id() -> str:
    """Twilio's name of the call. Whatever names no call is refused."""
    call_id = request.form.get("CallSid", "")
    if not ID.fullmatch(call_id):
        abort(400)
    return call_id


def _say(outbox_id: str, asks: Callable[[], calling.Script]) -> Response:
    """The script as Twilio reads it; when our records cannot be reached that is said, and the page is still open."""
    if not ID.fullmatch(outbox_id):
        abort(404)
    try:
        script = asks()
    except DatabaseError as error:
        log.error("a call could not be answered: %s", error)
        script = calling.Script(_("We cannot reach our records. Nothing was changed. Please open Hearback. Goodbye."))
    root = Element("Response")
    for _n in range(2 if script.asks else 1):
        here = root
        if script.asks:
            here = SubElement(
                root, "Gather", numDigits="1", timeout=str(WAIT_FOR_KEY), method="POST",
                action=f"/twilio/voice/{outbox_id}/key",
            )
        SubElement(here, "Say", language=SPOKEN.get(script.language, "en-US")).text = script.words
    if script.asks:
        SubElement(root, "Redirect", method="POST").text = f"/twilio/voice/{outbox_id}/none"
    else:
        SubElement(root, "Hangup")
    return Response(b'<?xml version="1.0" encoding="UTF-8"?>' + tostring(root), mimetype="text/xml")
