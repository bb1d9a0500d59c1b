"""From the environment to a House: settings, database, keys and carrier, checked at the start."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from messages.carriers.carrier import Carrier
from messages.database import Connection, Database, open_database
from messages.encryption import Vault
from messages.errors import SettingsError
from messages.house import House
from messages.settings import VARIABLES, Settings, load_settings
from messages.store.people import all_hospitals, check_keys
from messages.upgrade import check_version


def open_house(
    need: Collection[str],
    *,
    environ: Mapping[str, str] | None = None,
    connections: int = 10,
    checked: bool = True,
) -> House:
    """Open everything the environment names. Raises SettingsError with every problem, or DatabaseError.

    `connections` is how many this process may hold at PostgreSQL; `checked` makes sure of the tables' version.
    """
    settings = load_settings(os.environ if environ is None else environ, need=need)
    database = open_database(settings.database_url, pool=connections)
    vault = Vault(settings.encryption_keys)
    if checked:
        check_version(database)
        with database.reading() as connection:
            check_keys(connection, vault)
            if "secret_key" in need:
                check_sign_on(connection, settings)
    return House(database, vault, carrier_for(settings), settings)


def check_sign_on(connection: Connection, settings: Settings) -> None:
    """Raise SettingsError when a hospital's single sign-on and the secrets given do not fit together."""
    hospitals = all_hospitals(connection)
    given, wanted = {slug for slug, _ in settings.sign_on_secrets}, {one.slug for one in hospitals if one.sign_on}
    name = VARIABLES["sign_on_secrets"]
    problems = [f"{name} has no secret for {slug}, which has single sign-on." for slug in sorted(wanted - given)]
    problems += [f"{name} names {slug}, which has no single sign-on." for slug in sorted(given - wanted)]
    if problems:
        raise SettingsError([f"{problem} See: hearback hospital sign-on --help" for problem in problems])


def open_tables(*, environ: Mapping[str, str] | None = None) -> Database:
    """Only the database, whatever its version."""
    return open_database(
        load_settings(os.environ if environ is None else environ, need={"database_url"}).database_url
    )


def carrier_for(settings: Settings) -> Carrier:
    """Twilio with its settings, else the simulator."""
    if settings.carrier_name == "twilio":
        from messages.carriers.twilio import TwilioCarrier

        return TwilioCarrier(
            settings.twilio_account_sid,
            ",".join(settings.twilio_auth_tokens),
            settings.public_url,
            settings.twilio_api_url,
        )
    from messages.carriers.simulator import SimulatorCarrier

    return SimulatorCarrier()
