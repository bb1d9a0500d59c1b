"""How long a family is kept: erased when its days are over, or when somebody asks; never with a flag open."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.database import Connection
from messages.encryption import Vault
from messages.errors import ConflictError, NotFoundError
from messages.house import House
from messages.people import Hospital
from messages.store.console import note_audit_of
from messages.store.contacts import hold_family
from messages.store.erasing import Going, erase_child, erase_texts, long_ended, strangers_texts, what_goes
from messages.store.people import all_hospitals
from scheduler.store.stopping import end_rows

log = logging.getLogger(__name__)

LEAST_DAYS, MOST_DAYS = 30, 3650
ERASED_WHY = "erased"
RETENTION = "retention"  # who did it, in the audit
AT_ONCE = 500  # texts of unknown numbers in one commit


@dataclass
class Purged:
    """What a purge erased, or would: families, their texts and those of unknown numbers; `held` have to wait."""

    families: int = 0
    texts: int = 0
    held: int = 0


def erase_family(
    connection: Connection, vault: Vault, hospital: Hospital, child_id: str, now: datetime, *, actor: str
) -> Going:
    """End what runs of a child and take away what is private of its family, in the caller's commit.

    Raises ConflictError while a flag is open or a text is underway, NotFoundError for a child who was erased.
    """
    for episode_id in what_goes(connection, vault, hospital.id, child_id).episodes:
        hold_family(connection, hospital.id, episode_id)
        end_rows(connection, episode_id, hospital.id, ERASED_WHY, now)
    going = erase_child(connection, vault, hospital.id, child_id, now)
    for episode_id in going.episodes:
        note_audit_of(connection, hospital.id, actor, "erased", "episode", episode_id, now)
    return going


def purge(house: House, hospital: Hospital, now: datetime, *, dry_run: bool = False) -> Purged:
    """Erase every family whose days are over, each in a commit of its own; nothing where no days are set."""
    done = Purged()
    if hospital.keep_days is None:
        return done
    before = now - timedelta(days=hospital.keep_days)
    with house.database.reading() as connection:
        children = long_ended(connection, hospital.id, before)
        strange = strangers_texts(connection, hospital.id, before)
    for child_id in children:
        try:
            if dry_run:
                with house.database.reading() as connection:
                    going = what_goes(connection, house.vault, hospital.id, child_id)
            else:
                with house.database.writing() as connection:
                    going = erase_family(connection, house.vault, hospital, child_id, now, actor=RETENTION)
        except (ConflictError, NotFoundError):  # something came up, or another process was first
            done.held += 1
            continue
        held = bool(going.open_flags or going.underway)
        done.held += held
        done.families += not held
        done.texts += 0 if held else going.texts
    for start in range(0, 0 if dry_run else len(strange), AT_ONCE):
        with house.database.writing() as connection:
            erase_texts(connection, strange[start : start + AT_ONCE])
    done.texts += len(strange)
    return done


def purge_all(house: House, now: datetime) -> None:
    """What the clock does of it, for every hospital."""
    with house.database.reading() as connection:
        hospitals = all_hospitals(connection)
    for hospital in hospitals:
        done = purge(house, hospital, now)
        if done.families or done.texts:
            log.info("%s: %s families and %s texts erased: days over", hospital.slug, done.families, done.texts)
