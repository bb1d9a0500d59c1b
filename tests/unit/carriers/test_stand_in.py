"""The stand-in calls webhooks as Twilio does: signed, and as often and as early as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, request
from werkzeug.serving import make_server

from bot.web.phones.signature import signed_url
from messages.carriers.carrier import Accepted, Outgoing
from messages.carriers.twilio import TwilioCarrier, valid_signature
from tests.stand_in import TwilioStandIn

FAMILY, HOSPITAL, PUBLIC = "+15558675310", "+15557122661", "https://hearback.example"
TEXT = Outgoing("outbox-1", FAMILY, HOSPITAL, "How is Ana?")


class Web:
    """A web process that keeps what Twilio told it, and refuses what is not signed."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.app = Flask(__name__)
        self.app.post("/twilio/<path:where>")(self.hear)

    def hear(self, where: str) -> tuple[str, int]:
        url, header = signed_url(PUBLIC, request.environ), request.headers.get("X-Twilio-Signature")
        if not valid_signature(url, request.form, header, ["stand-in-token"]):
            return "", 403
        what = request.form.get("MessageStatus") or request.form["Body"]
        self.heard.append((where, request.form["MessageSid"], what))
        return "", 204


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def twilio(web: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioStandIn]:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with TwilioStandIn(webhook=web.app.test_client(), public_url=PUBLIC) as stand_in:
        yield stand_in


@pytest.fixture
def carrier(twilio: TwilioStandIn) -> TwilioCarrier:
    return TwilioCarrier(twilio.account_sid, twilio.auth_token, twilio.public_url, twilio.url)


def test_a_family_texts_and_the_webhook_believes_it(twilio: TwilioStandIn, web: Web) -> None:
    assert twilio.text_in(FAMILY, HOSPITAL, " ¿fiebre? 😀 ", media=["https://h.example/1"]) == 204
    assert web.heard == [("message", twilio.texts[0].sid, " ¿fiebre? 😀 ")]
    twilio.auth_token = "forged"
    assert twilio.text_in(FAMILY, HOSPITAL, "forged") == 403


def test_the_same_webhook_may_come_again_or_not_at_all(twilio: TwilioStandIn, web: Web) -> None:
    twilio.text_in(FAMILY, HOSPITAL, "hello", sid="SM7")
    twilio.text_in(FAMILY, HOSPITAL, "hello", sid="SM7")
    twilio.text_in(FAMILY, HOSPITAL, "lost", lost=True)
    assert web.heard == [("message", "SM7", "hello")] * 2
    assert [text.body for text in twilio.texts] == ["hello", "lost"]


def test_callbacks_come_in_any_order_and_name_the_row(
    twilio: TwilioStandIn, web: Web, carrier: TwilioCarrier
) -> None:
    answer = carrier.send(TEXT)
    assert isinstance(answer, Accepted)
    for status in ("delivered", "sent", "delivered"):
        assert twilio.call_back(answer.carrier_id, status) == 204
    heard = [(where, status) for where, _, status in web.heard]
    assert heard == [("status/outbox-1", status) for status in ("delivered", "sent", "delivered")]


def test_a_callback_may_come_before_the_answer(
    twilio: TwilioStandIn, web: Web, carrier: TwilioCarrier
) -> None:
    twilio.next(early="delivered", drop=True)
    carrier.send(TEXT)
    assert web.heard == [("status/outbox-1", twilio.sent[0].sid, "delivered")]


def test_a_callback_may_be_about_a_text_nobody_knows(twilio: TwilioStandIn, web: Web) -> None:
    assert twilio.call_back("SM404", "sent", row="nobody") == 204
    assert web.heard == [("status/nobody", "SM404", "sent")]


def test_a_running_web_process_is_called_by_its_address(web: Web) -> None:
    server = make_server("127.0.0.1", 0, web.app)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        with TwilioStandIn(webhook=f"http://127.0.0.1:{server.server_port}", public_url=PUBLIC) as twilio:
            assert twilio.text_in(FAMILY, HOSPITAL, "no fever") == 204
            twilio.auth_token = "forged"
            assert twilio.text_in(FAMILY, HOSPITAL, "no fever") == 403
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert [heard[2] for heard in web.heard] == ["no fever"]
