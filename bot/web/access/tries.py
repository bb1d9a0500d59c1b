"""Trying to get in: counted for all processes by who and from where, with waits that grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any, TypeVar

from flask import after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from bot.web.flags.acts import FormError
from bot.web.language import _, several
from bot.web.state import web
from messages.access import Tries, wait_until
from messages.store import wrong_tries as store

COOKIE = "hearback_known"
KNOWN_FOR = timedelta(days=180)
_MOST_LOGINS = 8  # that one browser is known for

Found = TypeVar("Found")


class WaitError(FormError):
    """Too many wrong tries: nothing was looked at, or this was the last one for now."""


def _wait(span: timedelta) -> WaitError:
    minutes = max(1, -(-int(span.total_seconds()) // 60))
    words = several(
        "Too many wrong tries. Wait a minute, then try again.",
        "Too many wrong tries. Wait %(num)d minutes, then try again.",
        minutes,
    )
    return WaitError(words % {"num": minutes})


def attempt(who: str, look: Callable[[], Found | None]) -> Found | None:
    """What `look` finds for `who`; None when the try was wrong. Raises WaitError when it has to wait.

    The try is written down before it is looked at, and no transaction is open while a password is compared.
    """
    database, vault, now = web().house.database, web().house.vault, web().clock()
    place, known = _place(who)
    with database.writing() as connection:
        try_id = store.note_try(connection, vault, who, place, now)
    with database.reading() as connection:
        tries = store.tries_before(connection, vault, who, place, now, but=try_id)
    until = wait_until(tries, now, known_place=known)
    if until is not None:
        with database.writing() as connection:
            store.forget_try(connection, try_id)
        raise _wait(until - now)
    found = look()
    if found is not None:
        with database.writing() as connection:
            store.forgive(connection, vault, who, place)
        return found
    after = wait_until(Tries((*tries.here, now)), now, known_place=known)
    if after is not None:
        raise _wait(after - now)
    return None


def _known() -> tuple[str, list[str]]:
    """The name of this browser, and for whom it is known; both empty when it is new."""
    try:
        name, whom = _serializer().loads(request.cookies.get(COOKIE, ""))
    except (BadSignature, ValueError):
        return "", []
    return str(name), [str(one) for one in whom]


def _place(who: str) -> tuple[str, bool]:
    """Where a try comes from: the browser, when this person got in with it before, else the address."""
    name, whom = _known()
    if _mark(who) in whom:
        return f"browser {name}", True
    return f"address {request.remote_addr}", False


def remember(who: str) -> None:
    """This person got in with this browser: what others try elsewhere does not bind it."""
    name, whom = _known()
    kept = [_mark(who), *(one for one in whom if one != _mark(who))][:_MOST_LOGINS]
    value = _serializer().dumps([name or token_urlsafe(16), kept])

    @after_this_request
    def _keep(response: Any) -> Any:
        response.set_cookie(
            COOKIE, value, max_age=KNOWN_FOR, path="/console", httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
        return response


def _mark(who: str) -> str:
    return web().house.vault.fingerprint("known", who).hex()[:32]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(web().house.settings.secret_key, salt="known browser")


def wrong_words() -> str:
    """One sentence for a wrong password and for an unknown login."""
    return _("That login and password do not belong together.")
