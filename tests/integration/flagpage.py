"""The page of one flag as tests read it: its forms, the acts it led to."""

from __future__ import annotations

import re

from messages.store import tables as t
from tests.house import Home
from tests.integration.desk import Desk


def page_of(at: Desk, flag_id: str) -> str:
    return at.page(f"/console/flags/{flag_id}")


def fields(page: str, what: str) -> dict[str, str]:
    """The hidden fields of one form of the flag's page."""
    form = page.split(f"/{what}\">")[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def act_ids(home: Home, kind: str) -> list[str]:
    """The ids of the acts of one kind, oldest first."""
    return [row.id for row in home.rows(t.acts, t.acts.c.kind == kind)]


def person(home: Home, login: str) -> str:
    """The id of the member of staff with this login."""
    return next(
        row.id
        for row in home.rows(t.staff, t.staff.c.login.is_not(None))
        if home.house.vault.open("staff.login", row.id, row.login) == login
    )
