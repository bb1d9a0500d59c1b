"""`hearback rehearse`: a whole recovery with a made-up family, in seconds, on a small database of its own."""

from __future__ import annotations

from pathlib import Path

import click

from bot.rehearsal.run import rehearse
from bot.rehearsal.script import load_script, shipped_scripts
from bot.rehearsal.transcript import told
from messages.errors import ProtocolError
from scheduler.load import load_shipped, read_source, shipped_names, shipped_source


@click.command()
@click.argument("families", nargs=-1, metavar="[FAMILY]...")
@click.option("--protocol", default=None, help="A file, or a shipped one's name; else the family's.")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="Write each into this folder, as NAME.txt."
)
@click.option("--list", "listing", is_flag=True, help="List the families that come with Hearback.")
def command(families: tuple[str, ...], protocol: str | None, into: Path | None, listing: bool) -> None:
    """Let a made-up FAMILY live through a protocol and print what happens; without one, every shipped family.

    FAMILY is a file, or the name of a shipped one. The clock jumps from one thing that is due to the next; reading,
    deciding, check-ins, silence, flags and pages are the real ones. No text leaves, no setting is needed.

    \b
    hearback rehearse fever-on-day-4
    hearback rehearse mine.yaml --protocol hip.yaml
    hearback rehearse --into transcripts
    """
    if listing:
        for name in shipped_scripts():
            click.echo(f"{name:28} {load_script(name).title}")
        return
    try:
        for name in families or shipped_scripts():
            script = load_script(name)
            transcript = told(rehearse(_source(protocol or script.protocol), script))
            if into is None:
                click.echo(transcript)
            else:
                into.mkdir(parents=True, exist_ok=True)
                file = into / f"{Path(name).stem}.txt"
                file.write_text(transcript, encoding="utf-8")
                click.echo(f"{file}: {transcript.splitlines()[-1]}")
    except ProtocolError as error:
        click.echo("\n".join(error.problems), err=True)
        raise SystemExit(error.exit_code) from None


def _source(protocol: str) -> str:
    if protocol in shipped_names() and not Path(protocol).exists():
        load_shipped(protocol)
        return shipped_source(protocol)
    return read_source(Path(protocol))
