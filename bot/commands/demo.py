"""`hearback demo`: everything in one process, for trying."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import click
from waitress import create_server

from bot.demo.families import Families
from bot.demo.hospital import LOGIN, MANAGER, furnish, is_new, open_demo, password_of, start_clock
from bot.web.app import create_app
from bot.web.state import real_clock
from bot.work import Work
from messages.errors import HearbackError


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(1, 5000),
    help="Demo seconds in each real one.",
)
@click.option(
    "--folder",
    default=".hearback",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the demo keeps its database; delete it to begin anew.",
)
@click.option("--quiet-families", is_flag=True, help="Families text only when you do it for them.")
def command(port: int, speed: float, folder: Path, quiet_families: bool) -> None:
    """A hospital with made-up families, phones and console in the browser. No real text leaves this machine."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    _make_sure_free(port)
    url = f"http://localhost:{port}"
    house = open_demo(folder.resolve(), public_url=url, speed=speed)
    password = password_of(folder)
    if is_new(house):
        click.echo("Making a hospital and its families ...")
        furnish(house, password, real_clock(), click.echo)
    clock = start_clock(house, speed)
    work = Work(house, clock)
    families = Families(house, lively=not quiet_families)
    work.start()
    if not quiet_families:
        families.start(clock)
    app = create_app(house, clock=clock, demo=True)
    # The page tells them to whoever looks.
    app.config.update(DEMO_LOGINS={"coordinator": LOGIN, "manager": MANAGER}, DEMO_PASSWORD=password)
    server = create_server(app, host="127.0.0.1", port=port, threads=16, ident="hearback")
    click.echo("")
    click.echo("  This is a demo: the families are made up and no real text leaves this machine.")
    click.echo(f"  Phones and flags  {url}/demo")
    click.echo(f"  Console           {url}/console/   password: {password}")
    click.echo(f"    login {LOGIN:<9}  a care coordinator: flags, families, texts")
    click.echo(f"    login {MANAGER:<9}  a manager: the same, and protocols, insight, the hospital's settings")
    click.echo(
        f"  Kept in           {folder.resolve()}"
        + (f"   time runs {speed:g} times as fast" if speed > 1 else "")
    )
    click.echo("  Stop with Ctrl-C; the next start goes on from here.")
    click.echo("")
    try:
        server.run()
    finally:
        families.stop() if not quiet_families else None
        work.stop()
        house.database.close()


def _make_sure_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise HearbackError(
                f"Port {port} is in use.",
                mend=f"Stop what runs there, or choose another: hearback demo --port {port + 1}",
            ) from None
