"""A Twilio of our own on loopback that remembers what it was given and misbehaves when told to.

    with TwilioStandIn(webhook=app.test_client()) as twilio:
        carrier = TwilioCarrier(twilio.account_sid, twilio.auth_token, twilio.public_url, twilio.url)
        twilio.next(refuse=21610)                  # how the next create goes; without it, well
        twilio.text_in("+15550001", "+15550009", "no fever")
        twilio.call_back(twilio.sent[0].sid, "delivered")

`webhook` is where its signed webhooks go: a Flask test client, or the base URL of a running web process. To try
by hand: `python -m tests.stand_in --port 4010 --webhook http://127.0.0.1:8000`, HEARBACK_TWILIO_API_URL set to
http://127.0.0.1:4010, and `curl -d From=... -d To=... -d Body=... http://127.0.0.1:4010/stand-in/text`.
"""

from __future__ import annotations

import ssl
import threading
import urllib.request
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.stand_in.calls import Call, Calls
from tests.stand_in.texts import Mood, Text
from tests.stand_in.wire import Server, refusal

STOP = {"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"}
START = {"start", "yes", "unstop"}


class TwilioStandIn(Calls):
    """See the top of this file. `sent` are the texts it accepted, `attempts` every create it was asked for."""

    def __init__(
        self,
        *,
        account_sid: str = "AC" + "0" * 32,
        auth_token: str = "stand-in-token",
        webhook: Any = None,
        public_url: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        host: str = "127.0.0.1",
        port: int = 0,
        lively: bool = False,
    ) -> None:
        self.account_sid, self.auth_token, self.webhook = account_sid, auth_token, webhook
        here = webhook if isinstance(webhook, str) else "https://hearback.example"
        self.public_url = (public_url or here).rstrip("/")
        self.clock = clock
        self.lively = lively  # as a program: calls back "sent" and "delivered" by itself
        self.texts: list[Text] = []
        self.attempts: list[dict[str, list[str]]] = []
        self.calls: list[Call] = []
        self.connections = 0
        self.looks = 0  # GETs
        self.ailing = 0  # a status that every GET is answered with
        self.account_status = "active"
        self.largest_page = 1000
        self.together: threading.Barrier | None = None  # creates wait here for one another
        self.hanging = threading.Event()  # set when a request has begun to hang
        self.released = threading.Event()
        self.opted_out: set[tuple[str, str]] = set()
        self._next: list[Mood] = []
        self._by_number: dict[str, Mood] = {}
        self._lock = threading.Lock()
        self._server = Server((host, port), self)
        self.url = f"http://{host}:{self._server.server_address[1]}"

    def start(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        self.release()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def account(self) -> str:
        """The path of everything it is asked for."""
        return f"/2010-04-01/Accounts/{self.account_sid}"

    def text(self, sid: str | None) -> Text | None:
        return next((text for text in self.texts if text.sid == sid), None)

    @property
    def sent(self) -> list[Text]:
        return [text for text in self.texts if text.direction == "outbound-api"]

    def serve_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = self.url.replace("http://", "https://")

    # How it behaves

    def next(self, **mood: Any) -> None:
        """How the next create goes; call again for the one after it.

        refuse=CODE: Twilio's error. status=5xx: that answer. hang=True: no answer until `release`.
        drop=True: the connection is closed without one. accepting=False: the last three without having taken
        the text first. early=STATUS: that callback comes before the answer. answer=BODY: a 201 with that body.
        """
        self._next.append(Mood(**mood))

    def to_number(self, number: str, **mood: Any) -> None:
        """How every create to `number` goes; no mood: well again."""
        self._by_number[number] = Mood(**mood)

    def release(self) -> None:
        """Let what hangs go on."""
        self.released.set()

    # What it sends

    def text_in(
        self,
        from_: str,
        to: str,
        body: str,
        *,
        sid: str | None = None,
        media: Sequence[str] = (),
        lost: bool = False,
        **fields: str,
    ) -> int:
        """A family texts: kept, and told to the webhook unless `lost`. Returns the webhook's status, or 0.

        A repeated `sid` is Twilio's own repetition of one webhook. STOP and START work as at Twilio.
        """
        word = body.strip().casefold()
        with self._lock:
            known = self.text(sid)
            text = known or Text(
                sid or self._sid("MM" if media else "SM"),
                "inbound",
                from_,
                to,
                body,
                "received",
                self.clock(),
            )
            if known is None:
                text.sent_at, text.media = text.created, tuple(media)
                self.texts.append(text)
            if word in STOP:
                self.opted_out.add((from_, to))
            elif word in START:
                self.opted_out.discard((from_, to))
        form = {
            "ToCountry": "US",
            "SmsMessageSid": text.sid,
            "NumMedia": str(len(media)),
            "SmsSid": text.sid,
            "SmsStatus": "received",
            "Body": body,
            "FromState": "",
            "To": to,
            "From": from_,
            "NumSegments": "1",
            "MessageSid": text.sid,
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
        }
        for n, address in enumerate(media):
            form |= {f"MediaUrl{n}": address, f"MediaContentType{n}": "image/jpeg"}
        return 0 if lost else self._post(self.public_url + "/twilio/message", form | fields)[0]

    def call_back(
        self,
        sid: str,
        status: str,
        error_code: int | None = None,
        *,
        row: str | None = None,
        lost: bool = False,
    ) -> int:
        """The text moved to `status`; the webhook is told unless `lost`. Returns its answer's status, or 0.

        `row` is the last part of the callback's address, for a `sid` that was never created here.
        """
        text = self.text(sid)
        address = f"{self.public_url}/twilio/status/{row}" if row or text is None else text.callback
        if text is not None:
            text.status, text.error_code = status, error_code
            text.sent_at = text.sent_at or self.clock()
        form = {"SmsSid": sid, "SmsStatus": status, "MessageStatus": status, "MessageSid": sid}
        form |= {"AccountSid": self.account_sid, "ApiVersion": "2010-04-01"}
        form |= {"To": text.to, "From": text.from_} if text else {}
        form |= {"ErrorCode": str(error_code)} if error_code else {}
        return 0 if lost else self._post(address, form)[0]

    def sign(self, address: str, form: Any) -> str:
        """Twilio's signature of a POST to `address`."""
        return str(RequestValidator(self.auth_token).compute_signature(address, form))

    def _post(self, address: str, form: dict[str, str]) -> tuple[int, str]:
        headers = {"X-Twilio-Signature": self.sign(address, form)}
        path = urlsplit(address).path
        if not isinstance(self.webhook, str):
            reply = self.webhook.post(path, base_url=self.public_url, data=form, headers=headers)
            return int(reply.status_code), str(reply.text)
        target = self.webhook.rstrip("/") + path.removeprefix(urlsplit(self.public_url).path)
        request = urllib.request.Request(target, urlencode(form).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=15) as reply:
                return int(reply.status), reply.read().decode()
        except HTTPError as error:
            with error:
                return error.code, ""
        except OSError as error:
            print(f"the webhook at {target} could not be reached: {error}", flush=True)
            return 0, ""

    # What it is asked

    def _sid(self, kind: str) -> str:
        return f"{kind}{len(self.texts) + 1:032x}"

    def create(self, form: dict[str, list[str]]) -> tuple[Mood, int, dict[str, Any]]:
        """Take, or do not take, one text: its mood, the status and the body of the answer."""
        one = {name: values[0] for name, values in form.items()}
        to, sender, body = one.get("To", ""), one.get("From", ""), one.get("Body", "")
        if self.lively:
            print(f"{sender} -> {to}: {body}", flush=True)
        with self._lock:
            self.attempts.append(form)
            mood = self._mood(to)
            code = mood.refuse or self._objection(to, sender, body, form)
            if code:
                return mood, *refusal(code, to)
            if not mood.accepting:
                return mood, mood.status or 500, {}
            media = tuple(form.get("MediaUrl", ()))
            text = Text(
                self._sid("MM" if media else "SM"), "outbound-api", sender, to, body, "queued", self.clock()
            )
            text.media, text.form = media, form
            self.texts.append(text)
        if mood.early:
            self.call_back(text.sid, mood.early)
        return (
            mood,
            mood.status or 201,
            text.resource(self.account) | ({"status": "queued"} if mood.early else {}),
        )

    def _mood(self, number: str) -> Mood:
        return self._next.pop(0) if self._next else self._by_number.get(number, Mood())

    def _objection(self, to: str, sender: str, body: str, form: dict[str, list[str]]) -> int | None:
        if not (to.startswith("+") and to[1:].isdigit()):
            return 21211
        if (to, sender) in self.opted_out:
            return 21610
        if not body and "MediaUrl" not in form:
            return 21602
        return 21617 if len(body) > 1600 else None

    def page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """One page of the message list, newest first, those without a date sent before all others."""
        one = {name: values[0] for name, values in query.items()}
        size, page = min(int(one.get("PageSize", 50)), self.largest_page), int(one.get("Page", 0))
        rows = [
            text
            for text in reversed(self.texts)
            if one.get("To", text.to) == text.to
            and one.get("From", text.from_) == text.from_
            and (
                "DateSent>" not in one
                or (text.sent_at and f"{text.sent_at:%Y-%m-%d}" >= one["DateSent>"][:10])
            )
        ]
        rows.sort(key=lambda text: text.sent_at is not None)
        base = f"{self.account}/Messages.json"
        more = (page + 1) * size < len(rows)
        return {
            "messages": [text.resource(self.account) for text in rows[page * size : (page + 1) * size]],
            "page": page,
            "page_size": size,
            "next_page_uri": f"{base}?{urlencode(one | {'Page': str(page + 1)})}" if more else None,
            "uri": base,
        }
