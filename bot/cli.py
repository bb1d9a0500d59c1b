"""The `hearback` command. Each subcommand is a file in `bot/commands/`, imported when it is used."""

from __future__ import annotations

import importlib
import logging
import sys

import click

from messages.errors import HearbackError

COMMANDS = {
    "demo": "A hospital with made-up families, phones in the browser and the console: try everything, text nobody.",
    "setup": "The first set-up, step by step: database, hospital, number, people, a test text.",
    "serve": "The web process: webhooks, console, health.",
    "work": "The clock and the outbox: check-ins, reminders, pages, sends.",
    "read": "Read one text and explain it; or many, as JSON lines.",
    "protocol": "Check, preview and publish what families are asked.",
    "rehearse": "Let a made-up family live through a protocol, in seconds, and read what happens.",
    "enrol": "Take families in, one or from a CSV file.",
    "episode": "Pause, resume or end the follow-up of a family.",
    "flags": "The open flags, most serious first.",
    "export": "One family's record, or corrected texts as labelled cases without names.",
    "purge": "Erase families whose days are over; the clock does it every hour.",
    "hospital": "Add a hospital, list them, change what is set.",
    "rota": "Who is on when, the holes, a list of shifts taken in.",
    "user": "Add a person of the hospital, with a login or a phone to page.",
    "db": "The database: upgrade, backup, a new encryption key.",
    "doctor": "Look whether everything is in order, and say the mend.",
}


class Lazy(click.Group):
    """A group whose subcommands are imported when they are needed, so that `hearback read` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bot.commands.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hearback")
def hearback() -> None:
    """Daily check-ins by text with families after a child's operation, and a person for every reply that needs one.

    Settings come from the environment; every one may also be given as NAME_FILE. Start with: hearback demo
    """


def main() -> None:
    """Run the command; an error of ours is one plain message and an exit code, never a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        # Without its standalone mode click hands back the code of an Exit instead of leaving with it.
        code = hearback(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except HearbackError as error:
        click.echo(f"hearback: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(141)


if __name__ == "__main__":
    main()
