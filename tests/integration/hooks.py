"""Twilio's side of the webhooks, signed; and a database that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bot.web.app import create_app
from messages.database import Database
from tests.house import MARIA, SENDER, Home

PUBLIC = "https://hearback.test"


@dataclass
class Hooks:
    """What Twilio sends to the web process of a test's hospital."""

    home: Home
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.home.house, clock=lambda: self.home.now)

    @property
    def client(self) -> FlaskClient:
        """A new one each time: several threads may post at once."""
        return self.app.test_client()

    def post(self, path: str, form: Any, *, token: str = "token", **headers: str) -> TestResponse:
        """A POST of `form`, or of raw bytes as a form, with the signature that Twilio would make."""
        seen = _as_read(form) if isinstance(form, bytes) else form
        signature = RequestValidator(token).compute_signature(PUBLIC + path, seen)
        return self.send(path, form, {"X-Twilio-Signature": signature} | headers)

    def send(self, path: str, form: Any, headers: dict[str, str]) -> TestResponse:
        """A POST as it is."""
        kind = "application/x-www-form-urlencoded"
        return self.client.post(path, base_url=PUBLIC, data=form, content_type=kind, headers=headers)

    def text(self, body: str = "no fever, no swelling, slept well", sid: str = "SM1", **fields: str) -> TestResponse:
        return self.post("/twilio/message", received(body, sid, **fields))

    def status(self, outbox_id: str, sid: str, status: str, code: str = "") -> TestResponse:
        form = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "AccountSid": "AC", "ErrorCode": code}
        return self.post(f"/twilio/status/{outbox_id}", form)


def received(body: str, sid: str, **fields: str) -> dict[str, str]:
    """The fields of one text, as Twilio names them."""
    return {
        "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": "AC" + "0" * 32, "From": MARIA,
        "To": SENDER, "Body": body, "NumMedia": "0", "NumSegments": "1", "FromCity": "", "ApiVersion": "2010-04-01",
    } | fields


def _as_read(raw: bytes) -> MultiDict[str, str]:
    """The fields of raw bytes as the web process reads them: what is not UTF-8 stays percent-encoded."""
    text = raw.decode("utf-8", "replace")
    return MultiDict(parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote"))


@contextmanager
def gone(database: Database) -> Iterator[None]:
    """Nobody can connect any more, and connections that were open have been cut."""

    def refuse(dialect: Any, *_: object) -> NoReturn:
        raise dialect.loaded_dbapi.OperationalError("could not connect to server")

    event.listen(database.engine, "do_connect", refuse)
    database.close()
    try:
        yield
    finally:
        event.remove(database.engine, "do_connect", refuse)
