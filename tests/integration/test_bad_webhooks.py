"""Webhooks that Twilio did not send, or that hold what no phone can send: refused or kept whole, never a crash."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from werkzeug.test import TestResponse

from messages.store import tables as t
from tests.house import MARIA, SENDER, Home
from tests.integration.hooks import Hooks, received

STRICT = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.fixture
def hooks(home: Home) -> Hooks:
    home.enrol()
    return Hooks(home)


def everything(home: Home) -> dict[str, int]:
    return {table.name: len(home.rows(table)) for table in t.metadata.sorted_tables}


def kept(home: Home) -> list[str]:
    rows = home.rows(t.messages, t.messages.c.direction == "in")
    return [home.house.vault.open("messages.body", row.id, row.body) for row in rows]


def test_fifty_forged_requests_write_nothing(home: Home, hooks: Hooks) -> None:
    before = everything(home)
    for n in range(50):
        form = received("he can't breathe", f"SM{n}")
        forged = hooks.post("/twilio/message", form, token=f"guess {n}")
        assert forged.status_code == 403
        assert hooks.post("/twilio/status/" + "a" * 32, form, token=f"guess {n}").status_code == 403
    assert everything(home) == before


def test_a_request_without_a_good_signature_is_refused(home: Home, hooks: Hooks) -> None:
    assert hooks.send("/twilio/message", received("hi", "SM1"), {}).status_code == 403
    for signature in ("", "abc", "ñ", "=" * 5000):
        headers = {"X-Twilio-Signature": signature}
        assert hooks.send("/twilio/message", received("hi", "SM1"), headers).status_code == 403
    assert kept(home) == []


def test_a_signature_is_good_for_its_address_and_its_fields_only(home: Home, hooks: Hooks) -> None:
    form = received("hi", "SM1")
    signature = hooks.post("/twilio/message", form).request.headers["X-Twilio-Signature"]
    headers = {"X-Twilio-Signature": signature}
    assert hooks.send("/twilio/message", form, headers).status_code == 200
    assert hooks.send("/twilio/message", form | {"Body": "STOP"}, headers).status_code == 403
    assert hooks.send("/twilio/message?a=b", form, headers).status_code == 403
    assert hooks.send("/twilio/status/" + "a" * 32, form, headers).status_code == 403
    assert kept(home) == ["hi"]


def test_what_headers_say_of_the_host_is_not_believed(home: Home, hooks: Hooks) -> None:
    form = received("hi", "SM1")
    headers = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "http", "X-Original-URL": "/other"}
    assert hooks.post("/twilio/message", form, **headers).status_code == 200


def test_a_body_that_is_too_large_is_refused_before_it_is_read(home: Home, hooks: Hooks) -> None:
    reply = hooks.send("/twilio/message", b"Body=" + b"x" * 300_000, {"X-Twilio-Signature": "abc"})
    assert reply.status_code == 413
    assert kept(home) == []


def test_binary_garbage_is_refused(home: Home, hooks: Hooks) -> None:
    before = everything(home)
    for garbage in (b"\x00\xff\xfe\x80" * 500, b"%", b"&&&===", b"Body=%ED%A0%80", b"\xf0\x9f" * 9, b"{}"):
        assert hooks.send("/twilio/message", garbage, {"X-Twilio-Signature": "abc"}).status_code == 403
        assert hooks.post("/twilio/message", garbage).status_code in (400, 403)
    assert everything(home) == before


@pytest.mark.parametrize("missing", ["MessageSid", "From"])
def test_a_signed_request_without_its_main_fields_is_refused(home: Home, hooks: Hooks, missing: str) -> None:
    form = received("hi", "SM1") | {missing: ""}
    form |= {"SmsSid": "", "SmsMessageSid": ""} if missing == "MessageSid" else {}
    assert hooks.post("/twilio/message", form).status_code == 400
    assert kept(home) == []


def test_an_id_that_cannot_be_twilios_is_refused(home: Home, hooks: Hooks) -> None:
    before = everything(home)
    for sid in ("SM\0", "SM 1", "S" * 65, "SM'; --", "\ud7ff", "SM\n"):
        assert hooks.post("/twilio/message", received("hi", sid)).status_code == 400
        form = {"MessageSid": sid, "MessageStatus": "delivered"}
        assert hooks.post("/twilio/status/" + "a" * 32, form).status_code == 204
    assert everything(home) == before


HOSTILE = {
    "nul": "he can't\0 breathe",
    "not characters": "he can't breathe \ufffe\uffff",
    "controls": "he can't breathe \x1b[31m\x07\x08\r\n\u2028",
    "right to left": "\u202ehe can't breathe\u202c",
    "markup": "<script>alert(1)</script> he can't breathe {{7*7}} %s %(x)s {0}",
    "sql": "he can't breathe'); DROP TABLE messages; --",
    "marks": "he can't breathe " + "\u0301" * 600,
    "families": "he can't breathe " + "👩‍👩‍👧‍👦" * 100,
    "2,000 characters": "he can't breathe " + "x" * 1983,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_words_are_kept_whole_and_still_read(home: Home, hooks: Hooks, kind: str) -> None:
    assert hooks.text(HOSTILE[kind]).status_code == 200
    assert kept(home) == [HOSTILE[kind]]
    assert home.rows(t.undecided) == []
    assert len(home.flags()) == 1
    home.send()
    assert home.said(), "the family is answered"


@pytest.mark.parametrize("body", ["he can't breathe \ud800", "\udfff\0 he can't breathe", "she fainted" + "\0" * 99])
def test_half_characters_from_any_other_entrance_are_kept_too(home: Home, body: str) -> None:
    """No web form can send them, a carrier's list or a page's script may."""
    home.enrol()
    assert home.text(body)
    assert kept(home) == [body]
    assert (home.rows(t.undecided), len(home.flags())) == ([], 1)


def test_a_body_beyond_what_any_text_holds_is_cut_and_kept(home: Home, hooks: Hooks) -> None:
    assert hooks.text("he can't breathe " + "x" * 9000).status_code == 200
    (body,) = kept(home)
    assert len(body) == 3200


def test_bytes_that_are_no_utf_8_are_kept_as_they_were_sent(home: Home, hooks: Hooks) -> None:
    raw = f"MessageSid=SM1&From=%2B{MARIA[1:]}&To=%2B{SENDER[1:]}&Body=fever%FF%FE+101.5%ED%A0%80".encode()
    assert hooks.post("/twilio/message", raw).status_code == 200
    assert kept(home) == ["fever%FF%FE 101.5%ED%A0%80"]


@pytest.mark.parametrize("field", ["From", "To", "NumMedia", "MediaUrl0", "ProfileName"])
def test_no_field_can_crash_a_webhook(home: Home, hooks: Hooks, field: str) -> None:
    for n, value in enumerate(["\0", "x" * 5000, "whatsapp:", "\u202e+1", "'; --", "channel" * 20 + ":+1"]):
        reply = hooks.text("he can't breathe", sid=f"SM{n}", **{field: value})
        assert reply.status_code in (200, 400), value
    assert home.rows(t.undecided) == []


@pytest.mark.parametrize("row", ["a" * 32, "%00", "x" * 500, "..", "%F0%9F%98%80"])
def test_no_callback_can_crash(hooks: Hooks, row: str) -> None:
    forms: list[dict[str, str]] = [
        {},
        {"MessageSid": "SM1"},
        {"MessageSid": "SM1", "MessageStatus": "sideways"},
        {"MessageSid": "SM1", "MessageStatus": "delivered", "ErrorCode": "\0"},
        {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "9" * 500},
        {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "DROP TABLE"},
    ]
    for form in forms:
        assert hooks.post(f"/twilio/status/{row}", form).status_code in (204, 404), form


def test_webhooks_are_posts(hooks: Hooks) -> None:
    for method in ("get", "put", "delete", "patch"):
        assert getattr(hooks.client, method)("/twilio/message").status_code in (403, 405)


def test_a_slash_at_the_end_is_not_answered_with_a_redirect(hooks: Hooks) -> None:
    """Twilio follows one with a GET, and the text is lost."""
    assert hooks.post("/twilio/message/", received("hi", "SM1")).status_code in (200, 404)


def test_no_log_of_a_webhook_holds_a_private_word(
    home: Home, hooks: Hooks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hooks.text("Anabel's secret toes are blue")
    hooks.post("/twilio/message", received("Anabel's secret", "SM2"), token="guess")
    hooks.post("/twilio/message", received("Anabel's secret", "SM 3"))
    assert caplog.records
    for private in ("Anabel", "secret", MARIA[2:]):
        assert private not in caplog.text


def _strange(hooks: Hooks) -> list[TestResponse]:
    client = hooks.client
    replies: list[Any] = [client.get(path) for path in ("/healthz", "/readyz", "/metrics", "/nowhere", "/console/")]
    replies.append(hooks.text("hi"))
    replies.append(hooks.post("/twilio/message", received("hi", "SM1"), token="guess"))
    replies.append(hooks.post("/twilio/status/" + "a" * 32, {"MessageSid": "SM1", "MessageStatus": "sent"}))
    replies.append(hooks.send("/twilio/message", b"x" * 300_000, {}))
    return replies


def test_every_answer_carries_strict_headers(hooks: Hooks) -> None:
    for reply in _strange(hooks):
        for name, value in STRICT.items():
            assert reply.headers[name] == value, (reply.request.path, reply.status_code)
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "Server" not in reply.headers
