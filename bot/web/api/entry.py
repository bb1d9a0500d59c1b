"""The door of the API: who comes in with which key, how often, and how errors are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from bot.web.state import web
from messages.database import Connection, IntegrityError
from messages.errors import ConflictError, DatabaseError, EnrolmentError, HearbackError, NotFoundError
from messages.store import api as store
from messages.store.console import note_audit_of
from messages.store.people import hospital_by_id

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
A_MINUTE = 600  # requests of one key in a minute
View = TypeVar("View", bound=Callable[..., Any])


class ApiError(HearbackError):
    """A request that cannot be answered; `status` is HTTP's."""

    def __init__(self, status: int, what: str, *, mend: str = "") -> None:
        super().__init__(what, mend=mend)
        self.status = status


@dataclass(frozen=True)
class Told:
    """What the API's description says of a route, and what holds it to that. `takes` and `gives` are its shapes."""

    summary: str
    scope: str | None
    takes: type[BaseModel] | None
    gives: type[BaseModel] | None
    status: int
    query: dict[str, str]
    fhir: bool


def route(
    summary: str, *, scope: str | None = "read", takes: type[BaseModel] | None = None,
    gives: type[BaseModel] | None = None, status: int = 200, query: dict[str, str] | None = None, fhir: bool = False,
) -> Callable[[View], View]:
    """Describe a view, and ask for the scope it needs; None is for anybody."""

    def mark(view: View) -> View:
        view.told = Told(summary, scope, takes, gives, status, query or {}, fhir)  # type: ignore[attr-defined]
        return view

    return mark


def told_of(view: Callable[..., Any]) -> Told:
    found: Told = view.told  # type: ignore[attr-defined]
    return found


@blueprint.before_request
def _let_in() -> Response | None:
    """A key with the scope that is needed, not too often."""
    from flask import current_app

    view = current_app.view_functions.get(str(request.endpoint))
    scope = told_of(view).scope if view is not None and hasattr(view, "told") else "read"
    if scope is None:
        return None
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    house, now = web().house, web().clock()
    with house.database.writing() as connection:
        key = store.key_of(connection, house.vault, token.strip()) if kind.lower() == "bearer" and token else None
        if key is None:
            return problem(401, "This needs a key.", "Send the header: Authorization: Bearer <key>.")
        count = store.count_call(connection, key, now)
        g.hospital = hospital_by_id(connection, key.hospital_id)
    g.key, g.left = key, max(0, A_MINUTE - count)
    if count > A_MINUTE:
        answer = problem(429, f"More than {A_MINUTE} requests in a minute.", "Wait until the next minute.")
        answer.headers["Retry-After"] = str(60 - now.second)
        return answer
    if scope not in key.scopes:
        return problem(403, f"This key has not the scope {scope}.", "Ask a manager of the hospital for one that has.")
    if any("\x00" in value for value in (request.path, *request.args.values())):
        return problem(400, "The address holds a sign that no text has.")
    return None


@blueprint.after_request
def _limits(response: Response) -> Response:
    if "left" in g:
        response.headers["RateLimit-Limit"] = str(A_MINUTE)
        response.headers["RateLimit-Remaining"] = str(g.left)
    return response


def is_fhir() -> bool:
    return request.path.startswith("/api/v1/fhir")


def problem(status: int, what: str, mend: str = "") -> Response:
    """An error as RFC 9457 has it; to FHIR systems as an OperationOutcome."""
    detail = " ".join(filter(None, (what, mend)))
    if is_fhir():
        issue = {"severity": "error", "code": _CODES.get(status, "processing"), "diagnostics": detail}
        body: dict[str, Any] = {"resourceType": "OperationOutcome", "issue": [issue]}
        return Response(json.dumps(body), status, mimetype="application/fhir+json")
    body = {"type": "about:blank", "title": what, "status": status, "detail": detail}
    return Response(json.dumps(body), status, mimetype="application/problem+json")


_CODES = {400: "structure", 401: "login", 403: "forbidden", 404: "not-found", 409: "conflict", 422: "invalid",
          429: "throttled", 503: "transient"}


@blueprint.errorhandler(HearbackError)
def _ours(error: HearbackError) -> Response:
    kinds: tuple[tuple[type[HearbackError], int], ...] = (
        (NotFoundError, 404), (ConflictError, 409), (EnrolmentError, 422), (DatabaseError, 503),
    )
    if isinstance(error, ApiError):
        return problem(error.status, error.what, error.mend)
    return next((problem(code, error.what, error.mend) for kind, code in kinds if isinstance(error, kind)),
                problem(500, "That did not work.", "The fault is ours; nothing was changed."))


@blueprint.errorhandler(ValidationError)
def _shape(error: ValidationError) -> Response:
    """What is wrong with a body, by place; never with what was sent, which may be private."""
    found = [f"{'.'.join(map(str, one['loc'])) or 'the body'}: {one['msg']}" for one in error.errors()]
    return problem(422, "The body has not the shape it needs.", "; ".join(found[:10]))


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return problem(error.code or 500, error.name)


def body_as(shape: type[BaseModel]) -> Any:
    """The body as a shape. Raises ApiError or pydantic's ValidationError."""
    return shape.model_validate(json_body())


def json_body() -> Any:
    try:
        found = json.loads(request.get_data() or b"null")
    except (ValueError, RecursionError):
        raise ApiError(400, "The body is not JSON.", mend="Send JSON in UTF-8.") from None
    if "\\u0000" in request.get_data(as_text=True):
        raise ApiError(400, "The body holds a sign that no text has.")
    return found


def given(shape: BaseModel, status: int = 200) -> Response:
    return Response(shape.model_dump_json(), status, mimetype="application/json")


def note(connection: Connection, action: str, subject: str, subject_id: str | None) -> None:
    """Write down that this key looked or did."""
    note_audit_of(connection, g.hospital.id, g.key.actor, action, subject, subject_id, web().clock())


def looked(subject: str, subject_id: str | None = None) -> None:
    with web().house.database.writing() as connection:
        note(connection, "looked", subject, subject_id)


def once(view: View) -> View:
    """One transaction; under one Idempotency-Key the same request gets the same answer and is done once."""

    @wraps(view)
    def done_once(*args: Any, **values: Any) -> Response:
        again = request.headers.get("Idempotency-Key", "")
        if len(again) > 255:
            raise ApiError(400, "The Idempotency-Key is longer than 255 signs.")
        mark = sha256(b"\n".join((request.method.encode(), request.full_path.encode(), request.get_data()))).digest()
        for _try in range(2):
            try:
                return _in_one(view, again, mark, args, values)
            except IntegrityError:  # another request was first; it has been answered by now
                continue
        raise ConflictError("Another request did the same just now.", mend="Send it again.")

    return cast(View, done_once)


def _in_one(view: View, again: str, mark: bytes, args: Any, values: Any) -> Response:
    house = web().house
    with house.database.writing() as connection:
        if again and (before := store.answered_before(connection, house.vault, g.key, again)):
            if before[0] != mark:
                raise ApiError(422, "This Idempotency-Key came with another request.", mend="Use a new one.")
            kind = "application/fhir+json" if is_fhir() else "application/json"
            return Response(before[2], before[1], {"Idempotency-Replayed": "true"}, mimetype=kind)
        answer: Response = view(connection, *args, **values)
        if again:
            text = answer.get_data(as_text=True)
            store.keep_answer(connection, house.vault, g.key, again, mark, answer.status_code, text, web().clock())
    house.kick.set()
    return answer
