"""The audit trail to read: who looked at or did what, when, about which child; newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from flask import Response, g, render_template, request

from bot.web import present
from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.language import page_language
from bot.web.spreadsheet import spreadsheet
from bot.web.state import web
from messages.people import Right
from messages.store.console import note_audit
from messages.store.trail import Entry, Wanted, actors, trail

A_PAGE = 50
FILTERS = ("actor", "action", "child", "day", "to")  # what an address may ask for; nothing else goes into a link
MOST = 20_000  # lines of one download
ACTIONS = (
    "looked", "take", "release", "over", "text", "call", "note", "close", "exported", "signed in",
    "signed in by passkey", "signed out", "invited", "chose a password", "changed password", "disabled", "enabled",
    "reset second factor", "downloaded",
)  # fmt: skip


def _day(name: str) -> datetime | None:
    """The start of a day that was asked for, in the reader's zone."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
        return datetime.combine(day, time(0), g.person.tz or g.hospital.tz).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _as_asked() -> dict[str, str]:
    """The code of each action by what one asks for it with: the code, or what it is called in another language."""
    english = page_language() == "en"
    return {code if english else present.ACTIONS.get(code, code): code for code in ACTIONS}


def _wanted() -> Wanted:
    """What was asked for; only whoever sees families may ask for a child."""
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("actor", "action", "child")}
    asked["action"] = _as_asked().get(asked["action"], asked["action"])
    if not g.person.may(Right.LOOK):
        asked["child"] = ""
    start, end = _day("day"), _day("to") or _day("day")
    return Wanted(**asked, since=start, until=end + timedelta(days=1) if end else None)


def _entries(wanted: Wanted, before: str, limit: int) -> tuple[list[Entry], dict[str, str]]:
    """Lines of the trail, without children's names for whoever sees no family; and the names of the people."""
    vault, hospital_id = web().house.vault, g.hospital.id
    with web().house.database.reading() as connection:
        names = actors(connection, vault, hospital_id)
        found = trail(connection, vault, hospital_id, wanted, names, before=before, limit=limit)
    if not g.person.may(Right.LOOK):
        found = [replace(entry, child="") for entry in found]
    return found, names


@blueprint.get("/audit")
@wants(Right.AUDIT)
def audit() -> str:
    """A page of the trail."""
    found, names = _entries(_wanted(), request.args.get("before", "")[:32], A_PAGE + 1)
    looked("audit")
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return render_template(
        "access/audit.html", entries=found[:A_PAGE], more=found[A_PAGE - 1].id if len(found) > A_PAGE else "",
        names=names, actions=list(_as_asked()), hospital=g.hospital, asked=kept, older="before" in request.args,
    )


@blueprint.get("/audit.csv")
@wants(Right.AUDIT)
@proven
def audit_csv() -> Response:
    """The same lines as a table for a spreadsheet; times in UTC."""
    found, _names = _entries(_wanted(), "", MOST)
    with web().house.database.writing() as connection:
        note_audit(connection, g.person, "downloaded", "audit", None, web().clock())
    rows = [
        (one.at.isoformat(), one.actor, one.action, one.subject, one.subject_id, one.child, one.whom) for one in found
    ]
    head = ("at", "who", "action", "subject", "id", "child", "about")
    return spreadsheet(f"audit-{web().clock():%Y-%m-%d}", head, rows)
