"""What a protocol would do to a made-up family: its calendar, its texts, and a rehearsal of the whole recovery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, render_template, request

from bot.enrolment.written import read_hours
from bot.rehearsal.calendar import Adult, Seen, seen_calendar
from bot.rehearsal.run import rehearse
from bot.rehearsal.script import load_script, shipped_scripts
from bot.web.access.signin import wants
from bot.web.console import blueprint
from bot.web.families.followup import USUAL_ZONES
from bot.web.language import _, told
from bot.web.protocols import names
from bot.web.protocols.drafts import read_draft
from bot.web.protocols.protocols import as_read, looked_through
from bot.web.protocols.typed import look
from bot.web.state import web
from messages.errors import EnrolmentError, HearbackError
from messages.people import Right
from scheduler.family_check import check_hours
from scheduler.plan import local_zone
from scheduler.protocol import Protocol
from scheduler.store import drafts


def _source(protocol_id: str, draft_id: str) -> tuple[str, str]:
    """(YAML, what it is called) of a version or a draft. Raises NotFoundError."""
    if draft_id:
        return read_draft(draft_id).source, _("Draft")
    with web().house.database.reading() as connection:
        one = drafts.version_by_id(connection, g.hospital.id, protocol_id)
    return one.source, _("Version %(n)s") % {"n": one.version}


def _day(text: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if 1970 <= found.year <= 2199 else otherwise


def clock_changes(zone: str, first: date, days: int) -> dict[date, int]:
    """Days on which the clock of a zone jumps, and by how many minutes."""
    here, found = ZoneInfo(zone), {}
    for number in range(days):
        day = first + timedelta(days=number)
        ends = [datetime.combine(day + timedelta(days=ahead), time(0), here).utcoffset() for ahead in (0, 1)]
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            found[day] = int((ends[1] - ends[0]).total_seconds()) // 60
    return found


def _asked_for(protocol: Protocol, form: Mapping[str, str]) -> dict[str, Any]:
    """The made-up family as the form says, with what is missing or cannot be put right."""
    zone = form.get("zone", g.hospital.zone)
    try:
        local_zone(zone)
    except HearbackError:
        zone = g.hospital.zone
    today = web().clock().astimezone(ZoneInfo(zone)).date()
    day_zero = _day(form.get("day_zero", ""), today)
    language = form.get("language", "")
    joined = None
    late = form.get("joined", "")
    if late.isdigit() and 0 < int(late) <= protocol.goodbye.day:
        joined = datetime.combine(day_zero + timedelta(days=int(late)), time(12), ZoneInfo(zone))
    second = form.get("second", "")
    try:
        second = local_zone(second).key if second else ""
    except HearbackError:
        second = ""
    own, wrong = None, ""
    try:
        own = read_hours(form.get("hours", ""))
        check_hours(protocol, own, _("this adult"))
    except EnrolmentError as error:
        own, wrong = None, told(error)
    return {
        "zone": zone, "day_zero": day_zero, "joined": joined, "late": int(late) if joined else 0, "second": second,
        "language": language if language in protocol.languages else protocol.languages[0],
        "second_language": form.get("second_language", "") if form.get("second_language", "") in protocol.languages
        else protocol.languages[-1],
        "names": form.get("sibling") == "1", "own": own, "own_wrong": wrong,
    }  # fmt: skip


def _closed(day: date) -> str:
    """Why nobody reads texts on this day: the holiday's name; "" when somebody does."""
    if g.hospital.hours_on(day):
        return ""
    return next((one.name for one in g.hospital.other_days if one.day == day), "") or _("no staffed hours")


@blueprint.get("/protocols/<protocol_id>/preview")
@blueprint.get("/protocols/drafts/<draft_id>/preview", endpoint="preview_draft")
@wants(None)
def preview(protocol_id: str = "", draft_id: str = "") -> str:
    """The calendar of any made-up family, each text as the family would read it."""
    source, called = _source(protocol_id, draft_id)
    looked = look(source)
    values: dict[str, Any] = {"called": called, "protocol_id": protocol_id, "draft_id": draft_id, "looked": looked}
    if looked.protocol is None:
        return render_template("protocols/preview.html", title=looked.name, days=[], asked=None, **values)
    protocol = looked.protocol
    asked = _asked_for(protocol, request.args)
    rows = seen_calendar(
        protocol, g.hospital, asked["day_zero"], Adult(asked["zone"], asked["language"], asked["own"]),
        joined=asked["joined"],
        second=Adult(asked["second"], asked["second_language"]) if asked["second"] else None,
        names=("Ana",) if asked["names"] else (),
    )  # fmt: skip
    days: dict[date, list[Seen]] = {}
    for row in rows:
        days.setdefault(row.local.date(), []).append(row)
    last = max(days, default=asked["day_zero"])
    return render_template(
        "protocols/preview.html", title=looked_through(protocol.title), protocol=protocol, asked=asked, names=names,
        as_read=as_read,
        days=sorted(days.items()), hospital=g.hospital, zones=sorted({*USUAL_ZONES, g.hospital.zone, asked["zone"]}),
        changes=clock_changes(asked["zone"], asked["day_zero"], (last - asked["day_zero"]).days + 1),
        total=sum(row.segments for row in rows if not row.why), texts=sum(not row.why for row in rows),
        closed={day: _closed(day) for day in days}, timedelta=timedelta,
        scripts=[(name, load_script(name)) for name in shipped_scripts()],
        may=g.person.may(Right.MANAGE), **values,
    )  # fmt: skip


@blueprint.get("/protocols/<protocol_id>/rehearsal")
@blueprint.get("/protocols/drafts/<draft_id>/rehearsal", endpoint="rehearsal_draft")
@wants(None)
def rehearsal(protocol_id: str = "", draft_id: str = "") -> str | tuple[str, int]:
    """A whole recovery of one shipped family with this protocol, as a transcript. Nothing leaves, nothing is kept."""
    source, called = _source(protocol_id, draft_id)
    looked = look(source)
    family = request.args.get("family", "")
    family = family if family in shipped_scripts() else shipped_scripts()[0]
    script = load_script(family)
    transcript, problem = None, ""
    if looked.protocol is None:
        problem = _("The draft has mistakes. Mend them, then rehearse it.")
    else:
        try:
            transcript = rehearse(source, script, g.hospital)
        except HearbackError as error:
            problem = told(error)
    return render_template(
        "protocols/rehearsal.html", title=looked_through(looked.protocol.title) if looked.protocol else looked.name,
        called=called, protocol_id=protocol_id, draft_id=draft_id, script=script, family=family, problem=problem,
        transcript=transcript, scripts=[(name, load_script(name).title) for name in shipped_scripts()],
    )  # fmt: skip
