"""A hospital on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from messages.encryption import Vault
from tests.faults.post import Post
from tests.house import Home, open_home


@pytest.fixture
def home(database_url: str, vault: Vault) -> Iterator[Home]:
    home = open_home(database_url, vault)
    yield home
    home.house.database.close()


@pytest.fixture
def post(home: Home) -> Post:
    return Post(home)
