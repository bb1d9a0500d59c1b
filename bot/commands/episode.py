"""`hearback episode`: pause, resume or end a follow-up from the terminal, in the name of a person of the hospital."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

import click

from bot.commands.user import the_hospital
from bot.opening import open_house
from bot.web.state import real_clock
from messages.database import Connection
from messages.errors import EnrolmentError, FollowUpError
from messages.house import House
from messages.people import EpisodeState, Hospital, Right, Staff
from messages.settings import DATABASE_NEEDS
from messages.store import contacts
from messages.store.accounts import login_of
from messages.store.console import note_audit
from messages.store.episode_acts import note_episode_act
from messages.store.families import FamilyRow, family
from scheduler.plan import instant
from scheduler.store import stopping
from scheduler.store.episodes import LOSS

ENDS = ("finished", "other_care", "family_wish", "wrong_enrolment", "other")


@click.group()
def command() -> None:
    """Pause, resume or end a follow-up. EPISODE is the last part of the address of the family's page."""


def _options(wanted: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--note", default="", help="Kept with the act, for the family's page."),
        click.option("--by", "login", required=True, help="The login of the person who wants it."),
        click.option("--hospital", "slug", default=None, help="May be left out when there is one hospital."),
    ):
        wanted = option(wanted)
    return wanted


@command.command("pause")
@click.argument("episode")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the texts begin again.")
@_options
def pause_command(episode: str, until: datetime | None, slug: str | None, login: str, note: str) -> None:
    """Nothing routine leaves until a day, or until somebody resumes."""
    house = open_house(DATABASE_NEEDS)
    now = real_clock()
    with house.database.writing() as connection:
        _, person, row = _held(house, connection, slug, login, episode)
        ends = instant(until.date(), time(0), row.adults[0].caregiver.tz) if until else None
        if ends and ends <= now:
            raise FollowUpError("That day has begun already.", mend="Give a later day, or none.")
        stopped = stopping.pause_rows(connection, episode, "other", now, ends)
        detail = {"why": "other", "until": ends.isoformat() if ends else None, "cancelled": stopped.cancelled}
        note_episode_act(connection, house.vault, person, episode, "paused", now=now, note=note, detail=detail)
        note_audit(connection, person, "pause", "episode", episode, now)
    click.echo(f"Paused. {stopped.cancelled} waiting texts were cancelled.")


@command.command("resume")
@click.argument("episode")
@_options
def resume_command(episode: str, slug: str | None, login: str, note: str) -> None:
    """Texts leave again; what fell into the pause is not sent. After a loss, only on the family's page."""
    house = open_house(DATABASE_NEEDS)
    now = real_clock()
    with house.database.writing() as connection:
        _, person, row = _held(house, connection, slug, login, episode)
        if row.state != EpisodeState.PAUSED.value:
            raise FollowUpError("The texts are not paused.", mend="Nothing was changed.")
        stopping.resume_rows(connection, [episode], now)
        note_episode_act(connection, house.vault, person, episode, "resumed", now=now, note=note)
        note_audit(connection, person, "resume", "episode", episode, now)
    click.echo("Resumed.")


@command.command("end")
@click.argument("episode")
@click.option("--why", required=True, type=click.Choice(ENDS))
@_options
def end_command(episode: str, why: str, slug: str | None, login: str, note: str) -> None:
    """No check-in leaves any more; what the family writes is still read, flagged and answered."""
    house = open_house(DATABASE_NEEDS)
    now = real_clock()
    with house.database.writing() as connection:
        hospital, person, _ = _held(house, connection, slug, login, episode)
        stopped = stopping.end_rows(connection, episode, hospital.id, why, now)
        assert stopped is not None  # it runs, and is held
        detail = {"why": why, "cancelled": stopped.cancelled}
        note_episode_act(connection, house.vault, person, episode, "ended", now=now, note=note, detail=detail)
        note_audit(connection, person, "end", "episode", episode, now)
    click.echo(f"Ended. {stopped.cancelled} waiting texts were cancelled.")


def _held(
    house: House, connection: Connection, slug: str | None, login: str, episode: str
) -> tuple[Hospital, Staff, FamilyRow]:
    """The hospital, the person and the family, held until the commit."""
    hospital = the_hospital(house, slug)
    found = login_of(connection, house.vault, login)
    if found is None or found[0].hospital_id != hospital.id or not found[0].may(Right.ACT):
        raise EnrolmentError(f"Nobody here who may act has the login {login!r}.", mend="Give --by with their login.")
    contacts.hold_family(connection, hospital.id, episode)
    row = family(connection, house.vault, hospital.id, episode)
    if row.state == EpisodeState.ENDED.value:
        raise FollowUpError("This follow-up has ended.", mend="Open it again on the family's page.")
    if row.ended_why == LOSS:
        raise FollowUpError("The family's words told of a death.", mend="Look at the family's page, and call them.")
    return hospital, found[0], row
