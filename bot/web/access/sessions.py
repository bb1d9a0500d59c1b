"""The session of a request: found by the token in the cookie, begun and ended in the database."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe

from flask import g, request, session

from bot.web.state import web
from messages.access import Session, Standing
from messages.database import Connection
from messages.people import Staff
from messages.store import sessions as store
from messages.store.people import hospital_by_id, staff_by_id

USE_NOTED_EVERY = timedelta(minutes=1)  # a page or an act is use; written down no more often
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """A browser as its owner knows it, such as "Firefox on Windows"; "" when it does not say."""
    names = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " on ".join(name for name in names if name)


def begin(connection: Connection, person: Staff, *, complete: bool) -> Session:
    """Sign this person in at this browser, with a new token; whatever session it had ends."""
    now = web().clock()
    end_here(connection)
    token = token_urlsafe(32)
    browser = browser_name(request.headers.get("User-Agent", ""))
    begun = store.begin_session(connection, person.id, token, now, complete=complete, browser=browser)
    session.clear()
    session.permanent = True
    session["token"] = token
    g.session, g.person, g.hospital = begun, person, hospital_by_id(connection, person.hospital_id)
    return begun


def end_here(connection: Connection) -> None:
    """End the session of this browser for good: a copy of its cookie is worth nothing afterwards."""
    token = session.get("token")
    found = store.session_of(connection, token) if isinstance(token, str) else None
    if found:
        store.end_session(connection, found.staff_id, found.id, web().clock())


def find() -> Standing:
    """Look up the session of this request: sets g.session, g.person and g.hospital when it is good for anything."""
    token = session.get("token")
    if not isinstance(token, str):
        return Standing.OVER
    house, now = web().house, web().clock()
    with house.database.reading() as connection:
        found = store.session_of(connection, token)
        standing = found.standing(now, house.patience) if found else Standing.OVER
        person = staff_by_id(connection, house.vault, found.staff_id) if found else None
        if found is None or person is None or standing is Standing.OVER:
            return Standing.OVER
        hospital = hospital_by_id(connection, person.hospital_id)
    g.session, g.person, g.hospital = found, person, hospital
    if standing is Standing.OPEN and _is_use() and now - found.seen_at >= USE_NOTED_EVERY:
        with house.database.writing() as connection:
            store.note_use(connection, found.id, now)
    return standing


def _is_use() -> bool:
    """A page or a form is use; a page that refreshes itself only says so when somebody touched it since."""
    return not request.headers.get("X-Hearback") or bool(request.headers.get("X-Hearback-Used"))
