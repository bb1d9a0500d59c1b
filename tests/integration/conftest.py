"""A hospital on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest

from messages.encryption import Vault
from tests.house import Home, open_home
from tests.integration.commands import ready as ready
from tests.integration.commands import run as run
from tests.integration.days import FINE, Days
from tests.integration.desk import desk, hire
from tests.integration.family_page import HOME_TODAY, FamilyPage
from tests.stand_in.services import MailServer, WebService


@pytest.fixture
def home(database_url: str, vault: Vault) -> Iterator[Home]:
    home = open_home(database_url, vault)
    yield home
    home.house.database.close()


@pytest.fixture
def mail(home: Home) -> Iterator[MailServer]:
    """The house of this home sends its e-mail through this server."""
    with MailServer() as server:
        home.has(smtp_url=server.url, smtp_from="Hearback <pages@hospital.example>")
        yield server


@pytest.fixture
def web(home: Home) -> Iterator[WebService]:
    """Chat tools and push services of the hospital's own, on this machine."""
    with WebService() as service:
        home.has(own_hosts=("127.0.0.1",))
        yield service


@pytest.fixture
def ana(home: Home) -> FamilyPage:
    """Ana came home today and was welcomed; Nina has the family's page open."""
    hire(home, "nina")
    family = FamilyPage(home, desk(home, "nina", patient=True), Days(home, replies=FINE))
    family.episode_id = home.enrol(day_zero=HOME_TODAY).episode_id
    family.days.until(2, time(12))
    return family
