"""Whether this process is alive, whether Hearback can do its work, and figures for an outside watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from ipaddress import ip_address

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.web.state import web
from messages.database import Connection
from messages.errors import DatabaseError, HearbackError
from messages.store.alarms import alarms_on
from messages.store.health import last_beat, look
from messages.store.people import check_keys
from messages.upgrade import check_version
from messages.watch import CLOCK_AFTER, Alarm, Finding, Health, found

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """This process answers; nothing else is asked of it."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when texts can be received, check-ins leave and flags are told and taken; else 503 with what is wrong."""
    problems: list[str] = []
    alarms: list[str] = []
    house = web().house
    try:
        check_version(house.database)
        with house.database.reading() as connection:
            check_keys(connection, house.vault)
            findings = found(look(connection, web().clock()), house.patience)
        problems += said(findings)
        alarms += dict.fromkeys(one.alarm.value for one in findings)
    except HearbackError as error:
        problems.append(error.what)
        alarms += [Alarm.DATABASE.value] * isinstance(error, DatabaseError)
    settings = house.settings
    if settings.carrier_name == "twilio" and not settings.public_url:
        problems.append("HEARBACK_PUBLIC_URL is not set, so no webhook can be checked.")
    return jsonify(
        ready=not problems, problems=problems, alarms=alarms, carrier=house.carrier.name
    ), 503 if problems else 200


def stopped(connection: Connection, now: datetime) -> bool:
    """Whether no clock runs."""
    beat = last_beat(connection, "clock")
    return beat is None or now - beat > CLOCK_AFTER * web().house.patience


def said(findings: Sequence[Finding]) -> list[str]:
    """What is wrong, in words, each once and without the hospital's name; also for `hearback doctor`."""
    return list(dict.fromkeys(one.detail for one in findings))


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counts and ages, no names, numbers or words."""
    _only_a_monitor()
    registry = CollectorRegistry()
    on: list[str] = []
    status = 200
    try:
        with web().house.database.reading() as connection:
            health = look(connection, web().clock())
            on = [one.alarm.value for one in alarms_on(connection)]
    except DatabaseError:
        on, status = [Alarm.DATABASE.value], 503
    else:
        _figures(registry, health)
    alarms = Gauge("hearback_alarms", "Alarms that are on", ["alarm"], registry=registry)
    for alarm in Alarm:
        alarms.labels(alarm=alarm.value).set(on.count(alarm.value))
    return Response(generate_latest(registry), status, content_type=CONTENT_TYPE_LATEST)


def _only_a_monitor() -> None:
    """With a token, whoever shows it; without one, whoever asks from this machine or a network of its own."""
    if token := web().house.settings.metrics_token:
        if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
            why = "This wants HEARBACK_METRICS_TOKEN as a bearer token.\n"
            abort(Response(why, 401, {"WWW-Authenticate": "Bearer"}))
        return
    try:
        near = ip_address(request.remote_addr or "").is_private
    except ValueError:
        near = False
    if not near:
        abort(404)


def _figures(registry: CollectorRegistry, health: Health) -> None:
    def gauge(name: str, text: str, value: float | None) -> None:
        Gauge(f"hearback_{name}", text, registry=registry).set(-1 if value is None else value)

    def seconds(age: timedelta | None) -> float | None:
        return None if age is None else age.total_seconds()

    gauge("clock_age_seconds", "Since the clock last turned; -1: never", seconds(health.clock_age))
    gauge("outbox_queued", "Texts due and not yet handed over", health.queued)
    gauge("outbox_sending", "Texts in the hand of a process", health.sending)
    gauge(
        "outbox_oldest_seconds",
        "How long the oldest of them has been due",
        seconds(health.oldest_queued) or 0,
    )
    gauge(
        "outbox_pressing_oldest_seconds",
        "How long the oldest page or answer has been due",
        seconds(health.oldest_pressing) or 0,
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
    untaken = Gauge(
        "hearback_flags_untaken_oldest_seconds", "Age of the oldest flag that nobody has", ["level"], registry=registry
    )
    for level, count in health.open_flags.items():
        by_level.labels(level=level).set(count)
        untaken.labels(level=level).set(seconds(health.untaken.get(level)) or 0)
