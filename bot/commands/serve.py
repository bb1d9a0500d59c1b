"""`hearback serve`: the web process."""

from __future__ import annotations

import click
from gunicorn.app.base import BaseApplication

from bot.alone import alone
from bot.founding import first_link
from bot.inbound import warm
from bot.opening import open_house
from bot.web.app import create_app
from bot.web.state import real_clock
from messages.settings import SERVE_NEEDS
from messages.watching import Watch


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our application; the house is opened in each worker, after the fork."""

    def __init__(self, options: dict[str, object], connections: int) -> None:
        self._options = options
        self._connections = connections
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        house = open_house(SERVE_NEEDS, connections=self._connections)
        Watch(house, real_clock).start(alone=alone(f"watch {house.settings.database_url}"))
        return create_app(house)


@click.command()
@click.option(
    "--bind", default="127.0.0.1:8000", show_default=True, help="Address and port, or several with commas."
)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--threads", default=16, show_default=True, type=click.IntRange(1, 256), help="Requests at once in each."
)
def command(bind: str, workers: int, threads: int) -> None:
    """Run the web process: Twilio's webhooks, the console, web chat, health.

    Put a proxy with TLS before it, at the address in HEARBACK_PUBLIC_URL. Run as many as wanted. Texts leave
    by `hearback work`, which must run too.
    """
    house = open_house(SERVE_NEEDS)  # every problem is told here, once, before any process starts
    with house.database.reading() as connection:
        first = first_link(house, connection)
    house.database.close()
    options: dict[str, object] = {
        "bind": bind.split(","),
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 5,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "limit_request_line": 8190,
        "forwarded_allow_ips": "127.0.0.1,::1",
        "control_socket_disable": True,
    }
    warm()
    click.echo(f"Serving on {bind}. Stop with Ctrl-C.")
    if first:
        click.echo(f"There is no hospital yet. Make it in a browser; this link works until it is made:\n  {first}")
    _Server(options, connections=max(4, threads // 2)).run()
