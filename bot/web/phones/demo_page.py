"""The demo's page: a phone per family beside the coordinator's list of flags."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from bot.web.console import fragment, stamp
from bot.web.flags.queue import queue_values
from bot.web.phones import calling
from bot.web.phones.chat import chat_token, phone_values
from bot.web.state import web
from messages.database import Connection
from messages.errors import NotFoundError
from messages.ids import new_id
from messages.store.calls import calls_ringing
from messages.store.demo_phones import phones
from messages.store.people import all_hospitals, caregivers_by_id

blueprint = Blueprint("demo", __name__)

SAMPLES = ("No fever, all good", "He can't breathe", "sus dedos están azules", "1 and 3", "STOP")


def values_of(connection: Connection) -> dict[str, Any]:
    """The selected phone with its texts, every family's phone, the open flags."""
    house = web().house
    hospital = next(iter(all_hospitals(connection)), None)
    if hospital is None:
        raise NotFoundError("The demo has no hospital yet.", mend="Start it again with: hearback demo")
    everyone = phones(connection, house.vault, hospital.id)
    ids = [phone.caregiver_id for phone in everyone]
    if not ids:
        raise NotFoundError("The demo has no families yet.", mend="Reload this page in a moment.")
    wanted = request.args.get("phone", "")
    selected = wanted if wanted in ids else ids[0]
    caregiver = caregivers_by_id(connection, house.vault, [selected])[selected]
    return {
        "calls": calls_ringing(connection, house.vault, hospital.id),
        "phones": everyone,
        "selected": next(phone for phone in everyone if phone.caregiver_id == selected),
        "speed": _speed(),
        **phone_values(connection, caregiver, hospital),
        **queue_values(connection, hospital.id),
    }


def _speed() -> float:
    return float(getattr(web().clock, "speed", web().house.patience))


@blueprint.get("/demo")
def demo() -> str:
    """All of it on one page."""
    with web().house.database.reading() as connection:
        values = values_of(connection)
    return render_template(
        "phones/demo.html",
        token=chat_token(web().house.settings.secret_key, values["caregiver"].id),
        once=new_id(),
        samples=SAMPLES,
        heard=session.pop("heard", ""),
        logins=current_app.config.get("DEMO_LOGINS"),
        password=current_app.config.get("DEMO_PASSWORD"),
        stamp=stamp(values),
        **values,
    )


@blueprint.get("/demo/state")
def state() -> Response:
    """What is new on that page."""
    with web().house.database.reading() as connection:
        values = values_of(connection)
    return fragment("phones/_demo.html", stamp(values), **values)


@blueprint.post("/demo/call/<outbox_id>")
def answer(outbox_id: str) -> Answer:
    """Somebody picks up a ringing phone of the staff, presses a key there, or hangs up."""
    house, key, now = web().house, request.form.get("key", ""), web().clock()
    if house.carrier.name != "simulator":
        abort(404)
    call_id = f"SIM-{outbox_id}"
    if key == "up":
        script = calling.picked_up(house, outbox_id)
    elif key:
        script = calling.pressed(house, outbox_id, call_id, key[:1], now)
    else:
        script = calling.unanswered(house, outbox_id, call_id, now)
    g.pop("language", None)
    session["heard"] = script.words
    return redirect(url_for("demo.demo", phone=request.form.get("phone") or None, _anchor="calls-title"), 303)
