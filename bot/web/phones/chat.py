"""A family's phone as a page: web chat where a carrier carries the texts, the phone itself in the simulator."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as Answer

from bot.inbound import inbound
from bot.web.console import fragment, stamp
from bot.web.language import _
from bot.web.state import web
from messages.carriers.carrier import Incoming
from messages.database import Connection
from messages.errors import NotFoundError
from messages.ids import new_id
from messages.people import Caregiver, Hospital
from messages.store.people import caregivers_by_id, hospital_by_id
from messages.store.thread import on_the_phone, thread

blueprint = Blueprint("chat", __name__)

LONGEST = 1600
SHOWN = 80  # texts


def chat_token(secret_key: str, caregiver_id: str) -> str:
    """The unguessable name of one caregiver's chat page."""
    return str(URLSafeSerializer(secret_key, salt="chat").dumps(caregiver_id))


def _whose(connection: Connection, token: str) -> tuple[Caregiver, Hospital]:
    """The caregiver a token names, and their hospital; the page speaks their language. Raises NotFoundError."""
    house = web().house
    missing = NotFoundError("This link does not lead to a conversation.", mend="Ask the hospital for a new one.")
    try:
        caregiver_id = str(URLSafeSerializer(house.settings.secret_key, salt="chat").loads(token))
    except BadSignature:
        raise missing from None
    caregiver = caregivers_by_id(connection, house.vault, [caregiver_id]).get(caregiver_id)
    if caregiver is None:
        raise missing
    g.language = caregiver.language
    return caregiver, hospital_by_id(connection, caregiver.hospital_id)


def phone_values(connection: Connection, caregiver: Caregiver, hospital: Hospital) -> dict[str, Any]:
    """What a phone shows."""
    house = web().house
    lines = on_the_phone(
        thread(connection, house.vault, hospital.id, caregiver_ids=[caregiver.id], limit=SHOWN)
    )
    return {"caregiver": caregiver, "hospital": hospital, "lines": lines}


@blueprint.get("/chat/<token>")
def chat(token: str, problem: str = "", typed: str = "") -> str:
    """The conversation of one caregiver, and a place to write."""
    with web().house.database.reading() as connection:
        values = phone_values(connection, *_whose(connection, token))
    return render_template(
        "phones/chat.html", token=token, once=new_id(), problem=problem, typed=typed, stamp=stamp(values), **values
    )


@blueprint.get("/chat/<token>/live")
def chat_live(token: str) -> Response:
    with web().house.database.reading() as connection:
        values = phone_values(connection, *_whose(connection, token))
    return fragment("phones/_phone_texts.html", stamp(values), **values)


@blueprint.post("/chat/<token>")
def send(token: str) -> Answer | tuple[str, int]:
    """Take a text in by the same way as every other text. The same form sent twice is one text."""
    house, form = web().house, request.form
    with house.database.reading() as connection:
        caregiver, hospital = _whose(connection, token)
    body = form.get("body", "").replace("\r\n", "\n")
    photo = "photo" in form
    problem = ""
    if not body.strip() and not photo:
        problem = _("Write something first.")
    elif len(body) > LONGEST:
        long = _("That is %(n)s characters long; %(most)s is the most. Send it in two texts.")
        problem = long % {"n": len(body), "most": LONGEST}
    if problem:
        return (problem, 422) if request.headers.get("X-Hearback") else (chat(token, problem, body), 422)
    once = form.get("once", "")
    incoming = Incoming(
        carrier_id=once if re.fullmatch(r"[0-9a-f]{32}", once) else new_id(),
        peer=caregiver.phone,
        to=hospital.sender,
        body=body,
        at=web().clock(),
        media=(f"photo:{new_id()}",) if photo else (),
    )
    inbound(house, incoming, web().clock(), channel="sms" if house.carrier.name == "simulator" else "chat")
    if request.headers.get("X-Hearback"):
        return Response(status=204)
    if web().demo and form.get("back") == "demo":
        return redirect(url_for("demo.demo", phone=caregiver.id), 303)
    return redirect(url_for("chat.chat", token=token), 303)
