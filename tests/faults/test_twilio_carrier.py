"""Over 300 lines: every way a send to Twilio may go wrong, in one place.

A text leaves at most once, and we know whether it left: shown with a Twilio that refuses, hangs, hangs up,
answers nonsense, or takes a text and says it did not.
"""

from __future__ import annotations

import logging
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import chain
from pathlib import Path
from threading import Barrier

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from messages.carriers.carrier import Accepted, Carrier, Incoming, Outgoing, Refused, Unsure
from messages.carriers.twilio import TwilioCarrier
from messages.conversation import Delivery
from messages.errors import CarrierError
from tests.stand_in import TwilioStandIn

FAMILY, HOSPITAL, OTHER = "+15558675310", "+15557122661", "+15550001111"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TEXT = Outgoing("outbox-1", FAMILY, HOSPITAL, "How is Ana today? Reply 1 or 2.", timedelta(hours=3))


class Clock:
    """The stand-in's, set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def twilio(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioStandIn]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with TwilioStandIn(clock=clock) as stand_in:
        yield stand_in


def carrier_to(twilio: TwilioStandIn, *, read: float = 10) -> TwilioCarrier:
    return TwilioCarrier(
        twilio.account_sid, twilio.auth_token, twilio.public_url, twilio.url, timeout=(2, read)
    )


@pytest.fixture
def carrier(twilio: TwilioStandIn) -> Carrier:
    return carrier_to(twilio)


def find(carrier: Carrier, body: str = TEXT.body, **more: object) -> Accepted | Unsure | None:
    asked = {"to": FAMILY, "sender": HOSPITAL, "since": NOW} | more
    return carrier.find("outbox-1", body=body, **asked)  # type: ignore[arg-type]


# A text that leaves


def test_a_text_is_handed_over_once_with_the_address_that_names_our_row(
    twilio: TwilioStandIn, carrier: Carrier
) -> None:
    answer = carrier.send(TEXT)
    [text] = twilio.sent
    assert answer == Accepted(text.sid, Delivery.ACCEPTED)
    assert twilio.attempts == [
        {
            "To": [FAMILY],
            "From": [HOSPITAL],
            "Body": [TEXT.body],
            "StatusCallback": ["https://hearback.example/twilio/status/outbox-1"],
            "ValidityPeriod": ["10800"],
        }
    ]


def test_every_letter_arrives(twilio: TwilioStandIn, carrier: Carrier) -> None:
    body = "¿Cómo está Íñigo? “39,5” – 😀 & 100% + 1=2\nadiós "
    carrier.send(replace(TEXT, body=body))
    assert twilio.sent[0].body == body


@pytest.mark.parametrize(
    ("valid_for", "seconds"),
    [
        (timedelta(hours=2), ["7200"]),
        (timedelta(seconds=1), ["6"]),
        (timedelta(seconds=-5), ["6"]),
        (timedelta(days=2), ["36000"]),
        (None, None),
    ],
)
def test_how_long_a_text_is_of_use_stays_within_what_twilio_takes(
    twilio: TwilioStandIn, carrier: Carrier, valid_for: timedelta | None, seconds: list[str] | None
) -> None:
    carrier.send(replace(TEXT, valid_for=valid_for))
    assert twilio.attempts[0].get("ValidityPeriod") == seconds


def test_pictures_go_by_address(twilio: TwilioStandIn, carrier: Carrier) -> None:
    carrier.send(replace(TEXT, media=("https://h.example/1.jpg", "https://h.example/2.jpg")))
    assert twilio.sent[0].media == ("https://h.example/1.jpg", "https://h.example/2.jpg")


def test_a_text_that_failed_at_once_is_known_by_its_id_and_its_code(
    twilio: TwilioStandIn, carrier: Carrier
) -> None:
    twilio.next(answer='{"sid": "SM9", "status": "failed", "error_code": 30034}')
    assert carrier.send(TEXT) == Accepted("SM9", Delivery.FAILED, "30034")


# Refused: Twilio certainly does not have it


@pytest.mark.parametrize(
    ("code", "permanent", "ours", "opted_out"),
    [
        (21211, True, False, False),
        (21614, True, False, False),
        (21610, True, False, True),
        (21617, True, True, False),
        (21606, False, True, False),
        (20003, False, True, False),
        (20429, False, False, False),
        (21611, False, False, False),
        (29999, True, True, False),
    ],
)
def test_a_refusal_says_what_may_follow_and_is_not_repeated(
    twilio: TwilioStandIn, carrier: Carrier, code: int, permanent: bool, ours: bool, opted_out: bool
) -> None:
    twilio.next(refuse=code)
    answer = carrier.send(TEXT)
    assert isinstance(answer, Refused)
    assert (answer.permanent, answer.ours_to_fix, answer.opted_out) == (permanent, ours, opted_out)
    assert (answer.retry_after is None) == permanent
    assert FAMILY[1:] not in answer.why, "Twilio's own message names the number"
    assert len(twilio.attempts) == 1
    assert twilio.sent == []


def test_a_family_that_said_stop_is_refused_until_it_says_start(
    twilio: TwilioStandIn, carrier: Carrier
) -> None:
    twilio.text_in(FAMILY, HOSPITAL, " Stop ", lost=True)
    answer = carrier.send(TEXT)
    assert isinstance(answer, Refused)
    assert answer.opted_out
    twilio.text_in(FAMILY, HOSPITAL, "START", lost=True)
    assert isinstance(carrier.send(TEXT), Accepted)


@pytest.mark.parametrize("body", ["<html>slow down</html>", '{"code": 99999, "message": "slow down"}', ""])
def test_too_many_requests_may_be_tried_again_whatever_the_body_says(
    twilio: TwilioStandIn, carrier: Carrier, body: str
) -> None:
    twilio.next(status=429, accepting=False, answer=body)
    answer = carrier.send(TEXT)
    assert isinstance(answer, Refused)
    assert not answer.permanent
    assert answer.retry_after


def test_a_wrong_token_is_ours_to_fix_and_the_text_may_leave_afterwards(twilio: TwilioStandIn) -> None:
    wrong = TwilioCarrier(twilio.account_sid, "wrong", twilio.public_url, twilio.url)
    answer = wrong.send(TEXT)
    assert isinstance(answer, Refused)
    assert answer.ours_to_fix
    assert not answer.permanent
    assert "TWILIO_AUTH_TOKEN" in answer.why


@pytest.mark.parametrize("status", [302, 400, 403, 404, 407, 413])
def test_a_refusal_by_something_in_between_is_ours_to_fix(
    twilio: TwilioStandIn, carrier: Carrier, status: int
) -> None:
    twilio.next(status=status, accepting=False, answer="<html>blocked by policy</html>")
    answer = carrier.send(TEXT)
    assert isinstance(answer, Refused)
    assert answer.ours_to_fix
    assert (len(twilio.attempts), twilio.looks) == (1, 0), "and it is not followed elsewhere"


def test_a_connection_that_was_never_made_may_be_tried_again(twilio: TwilioStandIn) -> None:
    carrier = carrier_to(twilio)
    twilio.stop()
    answer = carrier.send(TEXT)
    assert isinstance(answer, Refused)
    assert not answer.permanent
    assert answer.retry_after
    assert twilio.attempts == []


def test_a_certificate_that_is_not_trusted_sends_nothing(twilio: TwilioStandIn, tmp_path: Path) -> None:
    serve_tls(twilio, tmp_path)
    answer = carrier_to(twilio).send(TEXT)
    assert isinstance(answer, Refused)
    assert answer.code == "certificate"
    assert answer.ours_to_fix
    assert twilio.attempts == []


def serve_tls(twilio: TwilioStandIn, folder: Path) -> None:
    """From now on the stand-in speaks TLS, with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=36500))
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    both = key.private_bytes(pem, plain, serialization.NoEncryption()) + certificate.public_bytes(pem)
    (folder / "both.pem").write_bytes(both)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    twilio.serve_tls(context)


# Unsure: Twilio may have it


WRONG = [
    {"status": 500},
    {"status": 503, "answer": "<html>bad gateway</html>"},
    {"status": 408},
    {"refuse": 20500},
    {"status": 400, "answer": '{"code": 30410, "message": "provider timeout"}'},
    {"drop": True},
    {"answer": "{}"},
    {"answer": ""},
    {"answer": '{"sid": "SM'},
]


@pytest.mark.parametrize("mood", WRONG, ids=str)
@pytest.mark.parametrize("accepting", [True, False], ids=["taken", "not taken"])
def test_without_a_clear_answer_we_are_unsure_and_never_send_again(
    twilio: TwilioStandIn, carrier: Carrier, mood: dict[str, object], accepting: bool
) -> None:
    twilio.next(**mood, accepting=accepting)
    answer = carrier.send(TEXT)
    assert isinstance(answer, Unsure)
    assert FAMILY[1:] not in answer.why
    assert len(twilio.attempts) == 1


def test_a_twilio_that_hangs_after_taking_the_text_is_left_alone_and_found_later(
    twilio: TwilioStandIn,
) -> None:
    twilio.next(hang=True)
    impatient = carrier_to(twilio, read=0.2)
    assert isinstance(impatient.send(TEXT), Unsure)
    assert twilio.hanging.wait(10)
    twilio.release()
    assert find(carrier_to(twilio)) == Accepted(twilio.sent[0].sid, Delivery.ACCEPTED)
    assert len(twilio.attempts) == 1


def test_the_next_text_leaves_while_one_hangs(twilio: TwilioStandIn, carrier: Carrier) -> None:
    twilio.to_number(OTHER, hang=True)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(carrier.send, replace(TEXT, to=OTHER))
        assert twilio.hanging.wait(10)
        assert isinstance(carrier.send(TEXT), Accepted)
        assert not slow.done()
        twilio.release()
        assert isinstance(slow.result(), Accepted)


def test_nonsense_from_our_own_side_is_an_answer_too(carrier: Carrier) -> None:
    assert isinstance(carrier.send(replace(TEXT, body="\ud800")), Refused | Unsure)


# Settling what is unsure


def test_a_text_that_was_taken_is_found_and_one_that_was_not_is_not(
    twilio: TwilioStandIn, carrier: Carrier
) -> None:
    twilio.next(status=500, accepting=False)
    carrier.send(TEXT)
    assert find(carrier) is None
    twilio.next(status=500)
    carrier.send(TEXT)
    assert find(carrier) == Accepted(twilio.sent[0].sid, Delivery.ACCEPTED)


def test_it_is_found_wherever_it_is_by_now(twilio: TwilioStandIn, carrier: Carrier) -> None:
    carrier.send(TEXT)
    sid = twilio.sent[0].sid
    assert find(carrier) == Accepted(sid, Delivery.ACCEPTED), "still queued: it has no date sent"
    twilio.call_back(sid, "delivered", lost=True)
    assert find(carrier) == Accepted(sid, Delivery.DELIVERED)
    twilio.call_back(sid, "undelivered", 30003, lost=True)
    assert find(carrier) == Accepted(sid, Delivery.UNDELIVERED, "30003")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Ana’s leg — is it “warm”…", 'Ana\'s leg - is it "warm"...'),
        ("one\u00a0two\u2003three \u200bfour", "one two three four"),
        ("same words", "same words "),
        ("same words", "Sent from your Twilio trial account - same words"),
    ],
)
def test_words_that_an_encoding_changed_are_still_ours(
    twilio: TwilioStandIn, carrier: Carrier, ours: str, theirs: str
) -> None:
    carrier.send(replace(TEXT, body=theirs))
    assert isinstance(find(carrier, ours), Accepted)


@pytest.mark.parametrize("other", ["How is Ana today? Reply 1 or 3.", "how is ana today? reply 1 or 2.", ""])
def test_other_words_are_not_ours(twilio: TwilioStandIn, carrier: Carrier, other: str) -> None:
    carrier.send(TEXT)
    assert find(carrier, other) is None


def test_yesterdays_question_in_the_same_words_is_not_todays(
    twilio: TwilioStandIn, carrier: Carrier, clock: Clock
) -> None:
    clock.now = NOW - timedelta(days=1)
    carrier.send(TEXT)
    twilio.call_back(twilio.sent[0].sid, "delivered", lost=True)
    assert find(carrier) is None


def test_a_clock_that_is_a_minute_off_does_not_lose_it(
    twilio: TwilioStandIn, carrier: Carrier, clock: Clock
) -> None:
    clock.now = NOW - timedelta(minutes=1)
    carrier.send(TEXT)
    assert isinstance(find(carrier), Accepted)


def test_around_midnight_it_is_found_on_either_day(
    twilio: TwilioStandIn, carrier: Carrier, clock: Clock
) -> None:
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    clock.now = midnight - timedelta(seconds=1)
    carrier.send(TEXT)
    twilio.call_back(twilio.sent[0].sid, "sent", lost=True)
    assert isinstance(find(carrier, since=midnight + timedelta(seconds=1)), Accepted)


def test_a_text_that_belongs_to_another_row_is_not_taken_twice(
    twilio: TwilioStandIn, carrier: Carrier, clock: Clock
) -> None:
    carrier.send(TEXT)
    clock.now += timedelta(seconds=5)
    carrier.send(TEXT)
    first, second = (text.sid for text in twilio.sent)
    assert find(carrier) == Accepted(first)
    assert find(carrier, known={first}) == Accepted(second)
    assert find(carrier, known=[first, second]) is None


def test_neither_the_familys_own_words_nor_another_familys_text_is_ours(
    twilio: TwilioStandIn, carrier: Carrier
) -> None:
    twilio.text_in(HOSPITAL, FAMILY, TEXT.body, lost=True)
    carrier.send(replace(TEXT, to=OTHER))
    assert find(carrier) is None


def test_it_is_found_behind_many_others(twilio: TwilioStandIn, carrier: Carrier) -> None:
    twilio.largest_page = 3
    carrier.send(TEXT)
    for number in range(10):
        carrier.send(replace(TEXT, body=f"text {number}"))
    assert find(carrier) == Accepted(twilio.sent[0].sid)


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_a_list_that_cannot_be_read_settles_nothing(
    twilio: TwilioStandIn, carrier: Carrier, status: int
) -> None:
    carrier.send(TEXT)
    twilio.ailing = status
    assert isinstance(find(carrier), Unsure)
    twilio.stop()
    assert isinstance(find(carrier), Unsure)


# Texts whose webhook never came


def test_a_text_whose_webhook_was_lost_is_in_the_list(twilio: TwilioStandIn, carrier: Carrier) -> None:
    twilio.text_in(FAMILY, HOSPITAL, "fever 39.5 😀", lost=True)
    sid = twilio.texts[0].sid
    assert list(carrier.received_since(HOSPITAL, NOW)) == [
        Incoming(sid, FAMILY, HOSPITAL, "fever 39.5 😀", NOW)
    ]


def test_pictures_of_a_lost_text_are_named_as_a_webhook_would(
    twilio: TwilioStandIn, carrier: Carrier
) -> None:
    twilio.text_in(FAMILY, HOSPITAL, "", media=["a", "b"], lost=True)
    [text] = carrier.received_since(HOSPITAL, NOW)
    assert [url.startswith("https://api.twilio.com/2010-04-01/Accounts/AC0") for url in text.media] == [
        True
    ] * 2
    assert not any(url.endswith(".json") for url in text.media)


def test_only_what_was_received_by_this_number_and_lately_is_in_it(
    twilio: TwilioStandIn, carrier: Carrier, clock: Clock
) -> None:
    clock.now = NOW - timedelta(minutes=5)
    twilio.text_in(FAMILY, HOSPITAL, "earlier that day", lost=True)
    clock.now = NOW
    twilio.text_in(FAMILY, OTHER, "another hospital", lost=True)
    carrier.send(TEXT)
    carrier.send(replace(TEXT, to=HOSPITAL, sender=OTHER))
    twilio.call_back(twilio.sent[-1].sid, "delivered", lost=True)
    assert list(carrier.received_since(HOSPITAL, NOW)) == []
    assert len(list(carrier.received_since(HOSPITAL, NOW - timedelta(days=1)))) == 1


def test_the_whole_list_is_read_however_many_pages_it_has(twilio: TwilioStandIn, carrier: Carrier) -> None:
    twilio.largest_page = 7
    for number in range(30):
        twilio.text_in(FAMILY, HOSPITAL, f"text {number}", lost=True)
    assert {text.body for text in carrier.received_since(HOSPITAL, NOW)} == {f"text {n}" for n in range(30)}


def test_a_list_that_cannot_be_read_says_so_without_naming_anyone(
    twilio: TwilioStandIn, carrier: Carrier
) -> None:
    twilio.ailing = 500
    with pytest.raises(CarrierError, match="could not be read") as problem:
        list(carrier.received_since(FAMILY, NOW))
    assert FAMILY[1:] not in str(problem.value)


# Doctor


def test_a_working_account_passes_the_check(carrier: Carrier) -> None:
    assert carrier.check() is None


def test_each_thing_that_is_wrong_is_named_with_its_mend(twilio: TwilioStandIn) -> None:
    sid, token, public = twilio.account_sid, twilio.auth_token, twilio.public_url
    underscore = TwilioCarrier(sid, token, "https://my_host.example", twilio.url).check()
    assert underscore is not None
    assert "underscore" in underscore
    wrong = TwilioCarrier(sid, "wrong", public, twilio.url).check()
    assert wrong is not None
    assert "TWILIO_AUTH_TOKEN" in wrong
    twilio.account_status = "suspended"
    assert carrier_to(twilio).check() == "The Twilio account is suspended: look at its console."
    twilio.stop()
    gone = carrier_to(twilio).check()
    assert gone is not None
    assert "could not be reached" in gone


def test_during_a_rotation_the_first_token_sends(twilio: TwilioStandIn) -> None:
    both = f"{twilio.auth_token}, an-older-token"
    carrier = TwilioCarrier(twilio.account_sid, both, twilio.public_url, twilio.url)
    assert isinstance(carrier.send(TEXT), Accepted)


# The wire


def test_eight_threads_keep_eight_connections(twilio: TwilioStandIn, carrier: Carrier) -> None:
    twilio.together = Barrier(8)
    numbers = [[str(n) for n in range(start, start + 8)] for start in (0, 8, 16)]
    with ThreadPoolExecutor(8) as threads:
        for eight in numbers:
            answers = list(threads.map(carrier.send, [replace(TEXT, body=body) for body in eight]))
            assert all(isinstance(answer, Accepted) for answer in answers)
    assert sorted(text.body for text in twilio.sent) == sorted(chain.from_iterable(numbers))
    assert len({text.sid for text in twilio.sent}) == 24
    assert twilio.connections == 8


def test_a_connection_that_has_been_idle_for_long_is_not_trusted_again(twilio: TwilioStandIn) -> None:
    ticks = [0.0]
    carrier = TwilioCarrier(
        twilio.account_sid, twilio.auth_token, twilio.public_url, twilio.url, clock=lambda: ticks[0]
    )
    carrier.send(TEXT)
    ticks[0] = 30
    carrier.send(TEXT)
    assert twilio.connections == 1
    ticks[0] = 100
    carrier.send(TEXT)
    assert twilio.connections == 2


def test_a_hospitals_proxy_is_used(twilio: TwilioStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("http_proxy", twilio.url)
    carrier = TwilioCarrier(twilio.account_sid, twilio.auth_token, twilio.public_url, "http://twilio.invalid")
    assert isinstance(carrier.send(TEXT), Accepted)
    twilio.stop()
    answer = TwilioCarrier(
        twilio.account_sid, twilio.auth_token, twilio.public_url, "http://twilio.invalid"
    ).send(TEXT)
    assert isinstance(answer, Refused)
    assert not answer.permanent


def test_logs_hold_no_number_no_word_and_no_token(
    twilio: TwilioStandIn, carrier: Carrier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    carrier.send(TEXT)
    twilio.next(refuse=21211)
    carrier.send(TEXT)
    twilio.next(drop=True)
    carrier.send(TEXT)
    find(carrier)
    list(carrier.received_since(HOSPITAL, NOW))
    for private in (FAMILY[1:], HOSPITAL[1:], "Ana", twilio.auth_token):
        assert private not in caplog.text


def test_what_sends_nothing_does_not_wait_for_twilios_library() -> None:
    program = (
        "import sys, messages.carriers.twilio, messages.carriers.simulator\n"
        "sys.exit(', '.join({'twilio', 'requests', 'urllib3'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
