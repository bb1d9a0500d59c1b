"""Pages and outbox of one house on loopback, as in `hearback demo` but at a time of one's choosing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from bot.web.app import create_app
from messages.house import House
from messages.sending import Sending


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def clock_from(start: datetime) -> Callable[[], datetime]:
    """A clock that shows `start` now and goes on from there."""
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


@contextmanager
def running(house: House, clock: Callable[[], datetime], *, port: int = 0, **config: str) -> Iterator[str]:
    """The address of the demo's web process, while its outbox sends."""
    app = create_app(house, clock=clock, demo=True)
    app.config.update(config)
    sending = Sending(house, clock, threads=2)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    sending.start()
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        sending.stop()
        house.database.close()
