"""What was typed into a form whose session had ended: kept on the sign-in page, shown again afterwards, never done."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from bot.web.language import _
from bot.web.state import web
from messages.people import Right

View = TypeVar("View", bound=Callable[..., Any])
Page = Callable[..., str]

_NOT_TYPED = ("csrf_token", "version", "seen_at", "next", "kept", "once")
_LONGEST = 60_000


def comes_back(page: Page) -> Callable[[View], View]:
    """`page(typed=..., **view's arguments)` shows the form of this act again with what was typed into it."""

    def mark(view: View) -> View:
        view.comes_back = page  # type: ignore[attr-defined]
        return view

    return mark


def keep() -> str:
    """The form of this request for a hidden field, "" when there is nothing in it worth keeping, or only secrets."""
    view = current_app.view_functions[str(request.endpoint)]
    if hasattr(view, "halfway") or hasattr(view, "for_anybody"):
        return ""
    pairs = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name and not name.startswith("proof")
    ]
    if not any(value.strip() for name, value in pairs if name not in _NOT_TYPED):
        return ""
    kept = json.dumps({"path": request.path, "form": pairs})
    return kept if len(kept) <= _LONGEST else ""


def why_it_came_back() -> str:
    """What a page says above a form that comes back."""
    if g.get("unproven"):
        return _("We could not tell that this form is yours: its page may be from before you signed in. Nothing was "
                 "done: look, then press again.")
    return _("You were signed out before this was saved. Nothing was done: look, then press again.")


def from_our_page() -> bool:
    """Whether the browser says that this form stood on a page of ours."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    ours = {request.host, urlsplit(web().house.settings.public_url).netloc}
    return urlsplit(request.headers.get("Origin", "")).netloc in ours


def _read(kept: str) -> tuple[str, MultiDict[str, str]] | None:
    try:
        found = json.loads(kept[:_LONGEST])
        return str(found["path"]), MultiDict([(str(name), str(value)) for name, value in found["form"]])
    except (ValueError, TypeError, KeyError):
        return None


def shown_again(kept: str) -> str | None:
    """The page of a kept form with what was typed, for the person who is signed in now; None without one.

    Nothing of the form is done. Where the page cannot come back the typed words are shown to be copied.
    """
    read = _read(kept)
    if read is None:
        return None
    path, typed = read
    try:
        endpoint, values = current_app.url_map.bind("").match(path, "POST")
    except HTTPException:
        return None
    view = current_app.view_functions[endpoint]
    right = getattr(view, "wants", Right.ACT)
    page = getattr(view, "comes_back", None)
    if page is not None and endpoint.startswith("console.") and (right is None or g.person.may(right)):
        return str(page(typed=typed, **values))
    words = [(name, value) for name, value in typed.items(multi=True) if name not in _NOT_TYPED and value.strip()]
    return render_template("access/typed.html", words=words, back=page_of(path))


def page_of(path: str) -> str:
    """The page of the console on which an act was made."""
    above = path.rsplit("/", 1)[0]
    return above if above.startswith("/console/") else "/"
