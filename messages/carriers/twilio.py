"""Texts by Twilio: its official client over a transport of ours, and the check of its signatures.

Creating a message has no idempotency key, so the one thing that matters here is to know whether a request
can have reached Twilio (see `wire`), and nothing is ever repeated in here. The library is loaded when a
carrier is made, so that commands which send nothing start quickly.
"""

from __future__ import annotations

import logging
import time
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from messages.carriers import codes
from messages.carriers.carrier import Accepted, Incoming, Outgoing, Refused, Ring, Unsure
from messages.conversation import Delivery
from messages.errors import CarrierError

API = "https://api.twilio.com"
_SKEW = timedelta(minutes=2)  # between our clock and Twilio's
_NEWEST = 1000  # rows looked at for texts that have no date sent yet
_MOST = 50_000  # rows read of any list, so that a list without an end cannot hold a worker for ever
RINGS = 25  # seconds: most voice mail takes over after that
_TRIAL = "Sent from your Twilio trial account - "


class TwilioCarrier:
    """The carrier for real phones. One per process; safe to share between threads.

    `auth_token` may hold two tokens separated by a comma while they are rotated: the first is used to send,
    both are good for signatures. `timeout` is (connect, read) in seconds; Twilio itself may think for 30.
    `pool` is how many connections are kept, so at least the number of sending threads.
    """

    name = "twilio"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        public_url: str,
        api_url: str | None = None,
        timeout: tuple[float, float] = (5, 30),
        pool: int = 64,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        from twilio.rest import Client  # type: ignore[import-untyped]

        from messages.carriers.wire import Wire

        for chatty in ("twilio", "urllib3.connectionpool"):  # they print addresses, which hold numbers
            logging.getLogger(chatty).setLevel(logging.ERROR)
        self._public_url = public_url.rstrip("/")
        self._api_url = (api_url or API).rstrip("/")
        token = tokens(auth_token)[0]
        client = Client(account_sid, token, http_client=Wire(self._api_url, timeout, pool, clock))
        self._account = client.api.v2010.accounts(account_sid)
        self._messages = client.api.v2010.accounts(account_sid).messages
        self._calls = client.api.v2010.accounts(account_sid).calls

    def send(self, text: Outgoing) -> Accepted | Refused | Unsure:
        """Hand one text to Twilio, once. The callback address names our row: see `carrier.Carrier.send`."""
        more: dict[str, Any] = {}
        if text.valid_for is not None:
            more["validity_period"] = min(max(int(text.valid_for.total_seconds()), 6), 36_000)
        if text.media:
            more["media_url"] = list(text.media)
        try:
            made = self._messages.create(
                to=text.to,
                from_=text.sender,
                body=text.body,
                status_callback=f"{self._public_url}/twilio/status/{text.outbox_id}",
                **more,
            )
        except Exception as problem:
            return _answer(problem)
        return _accepted(made) or Unsure("Twilio's answer named no message.")

    def call(self, ring: Ring) -> Accepted | Refused | Unsure:
        """Begin one call, once. Twilio asks our webhook what to say when it is picked up."""
        try:
            made = self._calls.create(
                to=ring.to,
                from_=ring.sender,
                url=f"{self._public_url}/twilio/voice/{ring.outbox_id}",
                method="POST",
                status_callback=f"{self._public_url}/twilio/call/{ring.outbox_id}",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=RINGS,
            )
        except Exception as problem:
            return _answer(problem)
        return Accepted(made.sid) if made.sid else Unsure("Twilio's answer named no call.")

    def find(
        self,
        outbox_id: str,
        *,
        to: str,
        sender: str,
        body: str,
        since: datetime,
        known: Collection[str] = (),
    ) -> Accepted | Unsure | None:
        """Look for a text in Twilio's list: see `carrier.Carrier.find`.

        Listed twice: by date sent, and the newest without it, because a text still queued at Twilio has none.
        The words are compared leniently: Twilio's smart encoding may have changed quotes and dashes.
        """
        start = since.astimezone(UTC) - _SKEW
        words = _fold(body)
        found: dict[str, Any] = {}
        try:
            for rows in (
                self._messages.stream(
                    to=to, from_=sender, date_sent_after=_day(start), limit=_MOST, page_size=1000
                ),
                self._messages.stream(to=to, from_=sender, limit=_NEWEST, page_size=1000),
            ):
                for row in rows:
                    made = row.date_created or row.date_sent
                    if (
                        str(row.direction).startswith("outbound")
                        and row.sid not in known
                        and made is not None
                        and made >= start
                        and _fold(row.body or "") == words
                    ):
                        found[row.sid] = row
        except Exception as problem:
            return Unsure(f"Twilio's list could not be read: {_answer(problem).why}")
        if not found:
            return None
        return _accepted(min(found.values(), key=lambda row: row.date_created or row.date_sent))

    def received_since(self, sender: str, since: datetime) -> Iterator[Incoming]:
        """Texts that Twilio received at `sender` since `since`: see `carrier.Carrier.received_since`."""
        start = since.astimezone(UTC)
        try:
            rows = self._messages.stream(to=sender, date_sent_after=_day(start), limit=_MOST, page_size=1000)
            for row in rows:
                at = row.date_created or row.date_sent
                if row.direction == "inbound" and at is not None and at >= start:
                    media = self._media(row.sid) if int(row.num_media or 0) else ()
                    yield Incoming(row.sid, row.from_ or "", row.to or "", row.body or "", at, media)
        except Exception as problem:
            raise CarrierError(
                "Twilio's list of received texts could not be read.", mend=_answer(problem).why
            ) from None

    def check(self) -> str | None:
        """Ask Twilio for our account: None when it answers and is active, else what is wrong."""
        if "_" in (urlsplit(self._public_url).hostname or ""):
            return "HEARBACK_PUBLIC_URL has an underscore in its host; Twilio refuses that: use another name."
        try:
            status = self._account.fetch().status
        except Exception as problem:
            return f"{urlsplit(self._api_url).netloc}: {_answer(problem).why}"
        return None if status == "active" else f"The Twilio account is {status}: look at its console."

    def _media(self, sid: str) -> tuple[str, ...]:
        """Addresses of a text's pictures, as a webhook would have named them."""
        items = self._messages(sid).media.list(limit=10)
        return tuple(API + item.uri.removesuffix(".json") for item in items)


def _answer(problem: Exception) -> Refused | Unsure:
    """What went wrong, as an answer of the port. Holds none of Twilio's own words: they name numbers."""
    from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
    from urllib3 import exceptions as wire

    if isinstance(problem, wire.ConnectTimeoutError | wire.ProxyError | wire.ClosedPoolError):
        why = "Twilio could not be reached: check the network and the proxy."
        return Refused("unreachable", why, permanent=False, retry_after=timedelta(seconds=5))
    if isinstance(problem, wire.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(problem):
        return codes.refused("certificate")
    if isinstance(problem, TwilioException):
        reply = problem.args[-1] if problem.args else None  # a page that failed carries only its response
        status: int = getattr(problem, "status", 0) or getattr(reply, "status_code", 0)
        code = getattr(problem, "code", None) or status
        if status == 429:
            return codes.refused(429)
        if 300 <= status < 500 and status != 408 and codes.meaning(code).kind is not codes.Kind.UNSURE:
            return codes.refused(code)
        return Unsure(f"Twilio answered with status {status}.")
    return Unsure(f"No usable answer came from Twilio ({type(problem).__name__}).")


def _accepted(row: Any) -> Accepted | None:
    if not row.sid:
        return None
    state = codes.delivery(row.status) or Delivery.ACCEPTED
    return Accepted(row.sid, state, str(row.error_code or ""))


def _day(at: datetime) -> str:
    """The form of date that Twilio's lists document; its days are in GMT."""
    return at.date().isoformat()


_LOOK_ALIKES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", ""),
    }
)


def _fold(body: str) -> str:
    """The words of a text without what an encoding may change: quotes, dashes, dots, spaces."""
    plain = unicodedata.normalize("NFKC", body.removeprefix(_TRIAL).translate(_LOOK_ALIKES))
    return " ".join(plain.split())


def tokens(auth_token: str) -> tuple[str, ...]:
    """The tokens in TWILIO_AUTH_TOKEN: one, or "new,old" while they are rotated. Never empty."""
    each = tuple(token for token in (part.strip() for part in auth_token.split(",")) if token)
    if not each:
        raise CarrierError("TWILIO_AUTH_TOKEN is empty.", mend="Set it to the account's primary auth token.")
    return each


def valid_signature(url: str, form: Mapping[str, Any], header: str | None, accepted: Sequence[str]) -> bool:
    """True when Twilio signed this POST with one of the `accepted` tokens. Never raises; no token: False.

    `url` is what Twilio called (see `bot.web.phones.signature.signed_url`). `form` holds every field as received,
    untrimmed, blanks and repetitions kept: a MultiDict (`request.form`), not a flattened dict.
    """
    if not header or not header.isascii():
        return False
    try:
        return any(_validator(token).validate(url, form, header) for token in accepted if token)
    except ValueError:  # an address that no URL parser takes
        return False


@lru_cache(maxsize=8)
def _validator(token: str) -> Any:
    from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

    return RequestValidator(token)
