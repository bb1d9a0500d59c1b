"""`hearback work`: the clock and the outbox."""

from __future__ import annotations

import signal
import threading

import click

from bot.opening import open_house
from bot.web.state import real_clock
from bot.work import Work, work_once
from messages.settings import WORK_NEEDS


@click.command()
@click.option("--once", is_flag=True, help="One turn and the sends it leads to, then stop.")
@click.option("--threads", default=16, show_default=True, type=click.IntRange(3, 64), help="Sends at once.")
def command(once: bool, threads: int) -> None:
    """Run the clock and the outbox. As many of these as wanted share one PostgreSQL."""
    house = open_house(WORK_NEEDS, connections=threads + 4)
    if once:
        click.echo(work_once(house, real_clock))
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work = Work(house, real_clock, threads=threads)
    work.start()
    click.echo(f"Working; texts are carried by {house.carrier.name}. Stop with Ctrl-C.")
    stop.wait()
    click.echo("Finishing what is in hand.")
    work.stop()
