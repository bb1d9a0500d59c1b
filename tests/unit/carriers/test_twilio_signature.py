"""A webhook is Twilio's only with Twilio's signature, whatever stands between Twilio and us."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, request
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server

from bot.web.phones.signature import signed_url
from messages.carriers.twilio import tokens, valid_signature
from messages.errors import CarrierError

NEW, OLD = "new-token", "old-token"
PUBLIC = "https://texts.hospital.example"
FORM: list[tuple[str, str]] = [("MessageSid", "SM1"), ("From", "+15558675310"), ("Body", "no fever")]


def sign(url: str, form: list[tuple[str, str]], token: str = NEW) -> str:
    return str(RequestValidator(token).compute_signature(url, MultiDict(form)))


def web(public_url: str = PUBLIC) -> Flask:
    """A web process that says whether it believes a POST."""
    app = Flask(__name__)

    @app.post("/<path:anything>")
    def believe(anything: str) -> dict[str, bool]:
        url = signed_url(public_url, request.environ)
        header = request.headers.get("X-Twilio-Signature")
        return {"believed": valid_signature(url, request.form, header, (NEW, OLD))}

    return app


def believed(
    path: str, form: list[tuple[str, str]], signature: str | None, *, public_url: str = PUBLIC, **more: Any
) -> bool:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    headers |= more.pop("headers", {})
    reply = web(public_url).test_client().post(path, data=MultiDict(form), headers=headers, **more)
    return bool(reply.json["believed"])  # type: ignore[index]


def test_twilios_own_example_is_believed() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "From": "+14158675309",
        "Digits": "1234",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert valid_signature(url, form, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", ["12345"])
    assert not valid_signature(url, form | {"Digits": "1235"}, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", ["12345"])


@pytest.mark.parametrize(
    "form",
    [
        FORM,
        [*FORM, ("FromCity", ""), ("MediaUrl0", "")],
        [("Body", " hi "), ("From", "+1555")],
        [("Body", "😀 fièvre ¿39,5?\n\ttab"), ("From", "+1555")],
        [("Body", "a+b&c=d%20e"), ("From", "+1555")],
        [*FORM, ("Tag", "one"), ("Tag", "two"), ("Tag", "one")],
        [*FORM, ("ParameterTwilioAddsTomorrow", "x")],
        [],
    ],
    ids=["plain", "blanks", "untrimmed", "emoji", "reserved", "repeated names", "new name", "no field"],
)
def test_fields_are_checked_exactly_as_they_came(form: list[tuple[str, str]]) -> None:
    assert believed("/twilio/message", form, sign(f"{PUBLIC}/twilio/message", form))
    assert not believed("/twilio/message", [*form, ("More", "x")], sign(f"{PUBLIC}/twilio/message", form))


def test_a_trimmed_text_is_not_the_text_that_was_signed() -> None:
    signature = sign(f"{PUBLIC}/twilio/message", [("Body", " hi ")])
    assert not believed("/twilio/message", [("Body", "hi")], signature)


@pytest.mark.parametrize("header", [None, "", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "é" * 28])
def test_a_missing_or_broken_signature_is_refused_and_never_an_error(header: str | None) -> None:
    assert not valid_signature(f"{PUBLIC}/twilio/message", MultiDict(FORM), header, (NEW, OLD))


def test_a_webhook_without_the_header_is_refused_by_the_web_process() -> None:
    assert not believed("/twilio/message", FORM, None)


@pytest.mark.parametrize("url", ["https://h:port/", "https://h:99999/", "https://[::1/", "\ud800"])
def test_an_address_nobody_can_read_is_refused_and_never_an_error(url: str) -> None:
    assert not valid_signature(url, MultiDict(FORM), "A" * 28, (NEW,))


def test_during_a_rotation_both_tokens_are_good_and_no_other() -> None:
    url = f"{PUBLIC}/twilio/message"
    assert believed("/twilio/message", FORM, sign(url, FORM, NEW))
    assert believed("/twilio/message", FORM, sign(url, FORM, OLD))
    assert not believed("/twilio/message", FORM, sign(url, FORM, "revoked"))


def test_without_a_token_nothing_is_believed_not_even_an_empty_one() -> None:
    url = f"{PUBLIC}/twilio/message"
    assert not valid_signature(url, MultiDict(FORM), sign(url, FORM), ())
    assert not valid_signature(url, MultiDict(FORM), sign(url, FORM, ""), ("",))


def test_two_tokens_are_written_with_a_comma_the_new_one_first() -> None:
    assert tokens(" new , old ") == ("new", "old")
    assert tokens("one") == ("one",)
    with pytest.raises(CarrierError, match="TWILIO_AUTH_TOKEN"):
        tokens(" , ")


@pytest.mark.parametrize(
    ("public_url", "signed"),
    [
        (PUBLIC, PUBLIC),
        (PUBLIC, PUBLIC + ":443"),
        (PUBLIC + ":443", PUBLIC),
        (PUBLIC + "/", PUBLIC),
        (PUBLIC + "#rc=2&rp=all", PUBLIC),
        (PUBLIC + ":8443", PUBLIC + ":8443"),
        ("https://user:secret@texts.hospital.example", "https://user:secret@texts.hospital.example"),
        (PUBLIC + "/hearback", PUBLIC + "/hearback"),
        (PUBLIC + "/hearback/", PUBLIC + "/hearback"),
    ],
)
def test_the_public_address_is_the_one_twilio_signed(public_url: str, signed: str) -> None:
    signature = sign(f"{signed}/twilio/message", FORM)
    assert believed("/twilio/message", FORM, signature, public_url=public_url)


@pytest.mark.parametrize(
    ("public_url", "signed"),
    [
        (PUBLIC, PUBLIC + ":8443/twilio/message"),
        (PUBLIC, PUBLIC.replace("https", "http") + "/twilio/message"),
        (PUBLIC, PUBLIC + "/twilio/message/"),
        (PUBLIC, PUBLIC + "/twilio/message#rc=2"),
        (PUBLIC, PUBLIC + "/twilio/status/1"),
        (PUBLIC, "https://elsewhere.example/twilio/message"),
        (PUBLIC, "https://user@texts.hospital.example/twilio/message"),
    ],
)
def test_a_signature_for_any_other_address_is_refused(public_url: str, signed: str) -> None:
    assert not believed("/twilio/message", FORM, sign(signed, FORM), public_url=public_url)


def test_a_proxy_that_ends_tls_and_renames_the_host_changes_nothing() -> None:
    signature = sign(f"{PUBLIC}/twilio/message", FORM)
    inner = {"base_url": "http://web:8000", "headers": {"X-Forwarded-Proto": "http", "X-Real-IP": "10.0.0.1"}}
    assert believed("/twilio/message", FORM, signature, **inner)


def test_forged_forwarding_headers_do_not_choose_the_address() -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Host": "evil.example"}
    signature = sign("https://evil.example/twilio/message", FORM)
    assert not believed("/twilio/message", FORM, signature, headers=forged)
    assert believed("/twilio/message", FORM, sign(f"{PUBLIC}/twilio/message", FORM), headers=forged)


@pytest.mark.parametrize("target", ["/hearback/twilio/message", "/twilio/message"])
def test_a_public_path_is_kept_whether_or_not_the_proxy_takes_it_off(target: str) -> None:
    assert signed_url(f"{PUBLIC}/hearback", {"RAW_URI": target}) == f"{PUBLIC}/hearback/twilio/message"


def test_a_path_that_only_begins_like_the_public_path_is_not_taken_for_it() -> None:
    assert signed_url(f"{PUBLIC}/t", {"RAW_URI": "/twilio/message"}) == f"{PUBLIC}/t/twilio/message"


RAW = [
    "/twilio/message?a=%7Eb",
    "/twilio/message?a=%2Fb&c=%C3%A9",
    "/twilio/message?a=x+y&b=&c",
    "/twilio/message?b=2&a=1&a=0",
    "/twilio%2Fmessage",
    "/twilio/m%C3%A9ssage/~x%7e",
]


@pytest.mark.parametrize("target", RAW)
@pytest.mark.parametrize("variable", ["REQUEST_URI", "RAW_URI"])
def test_percent_encodings_stay_as_they_were_on_the_wire(variable: str, target: str) -> None:
    environ = {variable: target, "PATH_INFO": "/decoded", "QUERY_STRING": "decoded"}
    assert signed_url(PUBLIC, environ) == PUBLIC + target


@pytest.mark.parametrize(
    ("raw", "target"),
    [
        ("http://web:8000/twilio/message?x=%7E", "/twilio/message?x=%7E"),
        ("https://texts.hospital.example/twilio/message", "/twilio/message"),
        ("http://web:8000", "/"),
        ("/twilio/message#rc=2", "/twilio/message"),
    ],
)
def test_a_request_line_with_a_whole_address_or_a_fragment_is_cut_to_its_path(raw: str, target: str) -> None:
    assert signed_url(PUBLIC, {"RAW_URI": raw}) == PUBLIC + target


def test_without_the_raw_request_line_it_is_rebuilt() -> None:
    environ = {"SCRIPT_NAME": "/in", "PATH_INFO": "/m\u00c3\u00a9 ssage~1", "QUERY_STRING": "a=%7E&b="}
    assert signed_url(PUBLIC, environ) == f"{PUBLIC}/in/m%C3%A9%20ssage~1?a=%7E&b="
    assert signed_url(PUBLIC, {"PATH_INFO": "/twilio/message"}) == f"{PUBLIC}/twilio/message"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = make_server("127.0.0.1", 0, web(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("target", RAW)
def test_a_real_server_believes_what_twilio_signed(port: int, target: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {
        "X-Twilio-Signature": sign(PUBLIC + target, FORM),
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
    }
    connection.request("POST", target, urlencode(FORM), headers)
    assert b"true" in connection.getresponse().read()
    connection.close()
