"""Whether Hearback itself runs: what is wrong since when and what to do meanwhile, and whom an alarm reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import g, render_template

from bot.web.access.signin import wants
from bot.web.console import blueprint
from bot.web.language import page_language
from bot.web.state import web
from messages.database import Connection
from messages.flags import Level
from messages.ladder import Way
from messages.people import Right, Role, Staff
from messages.reachable import reachable_by
from messages.store.alarms import Kept, alarms_on, alarms_over
from messages.store.health import look
from messages.store.people import staff_of
from messages.watch import Alarm, Finding, Health, found
from messages.watch_words import mend, what

BEFORE = 10  # alarms that are over
NO_TEXTS = frozenset({Alarm.CLOCK, Alarm.OUTBOX, Alarm.UNDECIDED, Alarm.CARRIER, Alarm.CREDENTIAL})
BESIDE_TEXT = (Way.EMAIL, Way.PUSH, Way.CHAT)


@dataclass(frozen=True)
class Wrong:
    """One alarm in words; `since` None: nobody was told of it yet. `cause` is English, for whoever runs Hearback."""

    alarm: Alarm
    what: str
    mend: str
    since: datetime | None
    cause: str


@blueprint.get("/running")
@wants(None)
def running() -> str:
    """Everything runs, or what does not."""
    house, now = web().house, web().clock()
    with house.database.reading() as connection:
        health = look(connection, now)
        wrong = _wrong(connection, health)
        before = alarms_over(connection, g.hospital.id, limit=BEFORE)
        staff = staff_of(connection, house.vault, g.hospital.id) if g.person.may(Right.MANAGE) else ()
    told = [one for one in staff if one.role in (Role.MANAGER, Role.ADMINISTRATOR) and not one.waits]
    return render_template(
        "hospital/running.html", hospital=g.hospital, wrong=wrong, health=health, told=told, beside=_beside,
        before=[(_words(one, one.since), one.ended_at) for one in before], mail=bool(house.settings.smtp_url),
        outside=bool(house.settings.heartbeat_url), operators=bool(house.settings.alarm_to),
        untaken=[(level, health.untaken.get(level)) for level in (Level.EMERGENCY, Level.URGENT)],
    )  # fmt: skip


def _wrong(connection: Connection, health: Health) -> list[Wrong]:
    since = {(one.alarm, one.hospital_id): one.since for one in alarms_on(connection, g.hospital.id)}
    return [
        _words(one, since.get((one.alarm, one.hospital_id)))
        for one in found(health, web().house.patience)
        if one.hospital_id in ("", g.hospital.id)
    ]


def _words(one: Kept | Finding, since: datetime | None) -> Wrong:
    language = page_language()
    return Wrong(one.alarm, what(one.alarm, language), mend(one.alarm, language), since, one.detail)


def _beside(person: Staff) -> tuple[Way, ...]:
    """The ways beside text and call that reach a person."""
    return tuple(way for way in BESIDE_TEXT if reachable_by(person, way))


@blueprint.app_context_processor
def _line() -> dict[str, object]:
    return {"alarm_on": _alarm_on}


def _alarm_on() -> Wrong | None:
    """What the line on top of every page says: that texts do not leave. Nothing for who is not signed in."""
    if not g.get("person") or not g.get("hospital"):
        return None
    with web().house.database.reading() as connection:
        on = [one for one in alarms_on(connection, g.hospital.id) if one.alarm in NO_TEXTS]
    return _words(on[0], on[0].since) if on else None
