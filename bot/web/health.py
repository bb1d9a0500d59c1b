"""Whether this process is alive, whether Hearback can do its work, and figures for an outside watch."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.web.state import web
from messages.errors import HearbackError
from messages.store.health import Health, look
from messages.store.people import check_keys
from messages.upgrade import check_version

blueprint = Blueprint("health", __name__)

STALE_AFTER = timedelta(minutes=2)  # the clock beats every second


@blueprint.get("/healthz")
def alive() -> Response:
    """This process answers; nothing else is asked of it."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when texts can be received, check-ins leave and flags are told; else 503 with what is wrong."""
    problems: list[str] = []
    house = web().house
    try:
        check_version(house.database)
        with house.database.reading() as connection:
            check_keys(connection, house.vault)
            health = look(connection, web().clock())
        problems += problems_of(health, house.patience)
    except HearbackError as error:
        problems.append(error.what)
    settings = house.settings
    if settings.carrier_name == "twilio" and not settings.public_url:
        problems.append("HEARBACK_PUBLIC_URL is not set, so no webhook can be checked.")
    return jsonify(
        ready=not problems, problems=problems, carrier=house.carrier.name
    ), 503 if problems else 200


def troubles(health: Health, patience: float = 1.0) -> list[str]:
    """What is wrong with the clock and the outbox, as codes of `SAID`."""
    none = timedelta(0)
    wrong = {
        "never": health.clock_age is None,
        "stopped": (health.clock_age or none) > STALE_AFTER * patience,
        "waits": (health.oldest_queued or none) > timedelta(minutes=10),
        "refused": health.refused > 0,
        "undecided": (health.oldest_undecided or none) > timedelta(minutes=3),
    }
    return [code for code, is_so in wrong.items() if is_so]


SAID = {
    "never": "The clock has never run: start hearback work.",
    "stopped": "The clock stopped %(ago)s s ago: start hearback work.",
    "waits": "Texts wait in the outbox for more than 10 minutes: look at the carrier.",
    "refused": "The carrier refuses texts again and again: look at the carrier, or run hearback doctor.",
    "undecided": "A text from a family is kept and not yet decided: start hearback work.",
}


def problems_of(health: Health, patience: float = 1.0) -> list[str]:
    """What is wrong with the clock and the outbox, in words."""
    ago = {"ago": int(health.clock_age.total_seconds()) if health.clock_age else 0}
    return [SAID[code] % ago for code in troubles(health, patience)]


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counts and ages, no names, numbers or words."""
    registry = CollectorRegistry()
    with web().house.database.reading() as connection:
        health = look(connection, web().clock())

    def gauge(name: str, text: str, value: float | None) -> None:
        Gauge(f"hearback_{name}", text, registry=registry).set(-1 if value is None else value)

    def seconds(age: timedelta | None) -> float | None:
        return None if age is None else age.total_seconds()

    gauge("clock_age_seconds", "Since the clock last turned; -1: never", seconds(health.clock_age))
    gauge("outbox_queued", "Texts due and not yet handed over", health.queued)
    gauge(
        "outbox_oldest_seconds",
        "How long the oldest of them has been due",
        seconds(health.oldest_queued) or 0,
    )
    gauge("outbox_refused", "Texts that wait because the carrier refused them again and again", health.refused)
    gauge("outbox_unsure", "Sends that nobody is sure of", health.unsure)
    gauge(
        "undecided_oldest_seconds",
        "Age of the oldest text kept and not decided",
        seconds(health.oldest_undecided) or 0,
    )
    gauge("flags_late", "Open flags past their time", health.late_flags)
    by_level = Gauge("hearback_flags_open", "Flags not closed", ["level"], registry=registry)
    for level, count in health.open_flags.items():
        by_level.labels(level=level).set(count)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
