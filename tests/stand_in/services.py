"""A mail server and a web service on loopback that take pages, and refuse, stall, or take one and then fail."""

from __future__ import annotations

import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

LONGEST_HANG = 20.0  # seconds, should a test forget to release what hangs


class _Serving:
    """Started and stopped by `with`. `taken` is what arrived whole, `released` lets what hangs go on."""

    server: socketserver.TCPServer

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.moods: list[Any] = []  # how the next ones go; without one, well
        self.hanging, self.released = threading.Event(), threading.Event()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def hang(self) -> None:
        self.hanging.set()
        self.released.wait(LONGEST_HANG)

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


class _Threads(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True


class MailServer(_Serving):
    """Moods: "no such" (550), "later" (450), "login" (535), "hang", "lost" (takes the mail, then hangs up)."""

    def __init__(self) -> None:
        super().__init__()
        mail = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                mail.talk(self)

        self.server = _Threads(("127.0.0.1", 0), Handler)
        self.url = f"smtp://nora:secret@127.0.0.1:{self.port}?tls=no"

    def talk(self, at: socketserver.StreamRequestHandler) -> None:
        """One conversation."""
        mood = self.moods.pop(0) if self.moods else ""
        said = lambda line: at.wfile.write(line.encode() + b"\r\n")  # noqa: E731
        said("220 loopback")
        while words := at.rfile.readline().decode().strip():
            verb = words[:4].upper()
            if verb in ("EHLO", "HELO"):
                said("250-loopback\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                said("535 no" if mood == "login" else "235 in")
            elif verb == "RCPT":
                said({"no such": "550 nobody of that name: nora", "later": "450 later"}.get(mood, "250 fine"))
            elif verb == "DATA":
                said("354 go on")
                lines = []
                while (line := at.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line)
                self.taken.append(b"".join(lines).decode())
                if mood == "hang":
                    self.hang()
                if mood in ("lost", "hang"):
                    return
                said("250 taken")
            else:
                said("250 fine")


class WebService(_Serving):
    """Takes POST and GET. Moods: a status to answer with; "hang"; "lost" (takes the request, then hangs up)."""

    def __init__(self) -> None:
        super().__init__()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                mood = web.moods.pop(0) if web.moods else 201
                if mood == "hang":
                    web.hang()
                if mood in ("hang", "lost"):
                    web.taken.append((self.path, dict(self.headers), body))
                    self.close_connection = True
                    return
                if mood < 300:
                    web.taken.append((self.path, dict(self.headers), body))
                self.send_response(mood)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.port}"
