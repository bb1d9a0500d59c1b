"""`hearback work`: the clock and the outbox."""

from __future__ import annotations

import signal

import click

from bot.opening import open_house
from bot.web.state import real_clock
from bot.work import Work, work_once
from messages.settings import WORK_NEEDS
from messages.watching import Watch


@click.command()
@click.option("--once", is_flag=True, help="One turn and the sends it leads to, then stop.")
@click.option("--threads", default=16, show_default=True, type=click.IntRange(3, 64), help="Sends at once.")
def command(once: bool, threads: int) -> None:
    """Run the clock and the outbox. As many of these as wanted share one PostgreSQL."""
    house = open_house(WORK_NEEDS, connections=threads + 4)
    if once:
        click.echo(work_once(house, real_clock))
        return
    # Waited for, not handled: a handler that sets an event can meet the event's lock held by the very thread it stops.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    work = Work(house, real_clock, threads=threads)
    work.start()
    watch = Watch(house, real_clock, works=True)
    watch.start()
    click.echo(f"Working; texts are carried by {house.carrier.name}. Stop with Ctrl-C.")
    signal.sigwait(ends)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ends)  # a second Ctrl-C need not wait
    click.echo("Finishing what is in hand.")
    watch.stop()
    work.stop()
