"""The HTTP side of the stand-in for Twilio: paths, logins, pages, and connections that fail on request."""

from __future__ import annotations

import json
import socket
import sys
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from tests.stand_in import TwilioStandIn

LONGEST_HANG = 20.0  # seconds, should a test forget to release what hangs


class Server(ThreadingHTTPServer):
    """Serves one stand-in; `stop` also ends the connections that clients keep."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], stand_in: TwilioStandIn) -> None:
        self.stand_in = stand_in
        self.open: set[socket.socket] = set()
        super().__init__(address, Handler)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client was quicker
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that has hung up is part of the game
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.stand_in.connections += 1
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        super().finish()

    def do_POST(self) -> None:
        twilio = self.server.stand_in
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = parse_qs(raw, keep_blank_values=True)
        path = urlsplit(self.path).path
        if path == "/stand-in/text":
            one = {name: values[0] for name, values in form.items()}
            from_, to = (one[name].replace(" ", "+") for name in ("From", "To"))  # curl -d means a plus sign
            told = twilio.text_in(from_, to, one.get("Body", ""))
            self._answer(200, {"webhook answered": told})
        elif not self._known():
            self._answer(*refusal(20003))
        elif path == f"{twilio.account}/Messages.json":
            self._create(form, twilio.create)
        elif path == f"{twilio.account}/Calls.json":
            self._create(form, twilio.ring)
        else:
            self._answer(*refusal(20404))

    def do_GET(self) -> None:
        twilio = self.server.stand_in
        address = urlsplit(self.path)
        parts = address.path.removeprefix(twilio.account).strip("/").removesuffix(".json").split("/")
        twilio.looks += 1
        if not self._known():
            self._answer(*refusal(20003))
        elif twilio.ailing:
            self._answer(twilio.ailing, {"message": f"no answer to {self.path}"})
        elif address.path == f"{twilio.account}.json":
            self._answer(200, {"sid": twilio.account_sid, "status": twilio.account_status})
        elif parts == ["Messages"]:
            self._answer(200, twilio.page(parse_qs(address.query)))
        elif parts[0] == "Messages" and (text := twilio.text(parts[1])):
            pictures = [
                {"sid": f"ME{n:032x}", "uri": f"{address.path[:-5]}/ME{n:032x}.json"}
                for n in range(len(text.media))
            ]
            self._answer(200, {"media_list": pictures} if parts[2:] else text.resource(twilio.account))
        else:
            self._answer(*refusal(20404))

    def _create(self, form: dict[str, list[str]], begin: Callable[[dict[str, list[str]]], Any]) -> None:
        twilio = self.server.stand_in
        if twilio.together:
            twilio.together.wait(LONGEST_HANG)
        mood, status, body = begin(form)
        if mood.hang:
            twilio.hanging.set()
            twilio.released.wait(LONGEST_HANG)
        if mood.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._answer(status, body if mood.answer is None else mood.answer)
        if twilio.lively and status == 201 and body["sid"].startswith(("SM", "MM")):
            twilio.call_back(body["sid"], "sent")
            twilio.call_back(body["sid"], "delivered")

    def _known(self) -> bool:
        twilio = self.server.stand_in
        login = b64encode(f"{twilio.account_sid}:{twilio.auth_token}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {login}"

    def _answer(self, status: int, body: Any) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        if self.server.stand_in.lively:
            super().log_message(format, *args)


def refusal(code: int, number: str = "") -> tuple[int, dict[str, Any]]:
    """Status and body of one of Twilio's errors; like Twilio's own, the message names the number."""
    status = {20003: 401, 20404: 404, 20429: 429, 20500: 500}.get(code, 400)
    message = f"Refused by the stand-in for {number}"
    return status, {"code": code, "message": message, "status": status, "more_info": f"errors/{code}"}
