"""Coordinators at their desks: people with logins, and browsers without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.web.app import create_app
from messages.ids import new_id
from messages.people import Hospital, Role, Staff
from messages.store.people import add_hospital, add_staff
from tests.house import Home

PASSWORD = "correct horse"
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the hash names its own cost
_HASH = _QUICK.hash(PASSWORD)


def hire(
    home: Home, login: str, role: Role = Role.COORDINATOR, *, hospital: Hospital | None = None,
    password_hash: str = _HASH,
) -> Staff:
    """A person of the hospital who can sign in with PASSWORD."""
    hospital = hospital or home.hospital
    person = Staff(new_id(), hospital.id, f"{login.capitalize()} Person", "", login=login, role=role)
    with home.house.database.writing() as connection:
        add_staff(connection, home.house.vault, person, password_hash=password_hash, now=home.now)
    return person


def another_hospital(home: Home) -> Hospital:
    """A second tenant of the same database."""
    hospital = Hospital(
        id=new_id(), slug="other", name="Other Hospital", zone="America/New_York", sender="+12065550101",
        phone="206-555-0151",
    )
    with home.house.database.writing() as connection:
        add_hospital(connection, hospital, home.now)
    return hospital


def application(home: Home, *, demo: bool = False, csrf: bool = False) -> Flask:
    """The web process on the test's clock. Forms need no token unless `csrf`."""
    app = create_app(home.house, clock=lambda: home.now, demo=demo)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=csrf)
    return app


@dataclass
class Desk:
    """One person's browser."""

    client: FlaskClient
    home: Home
    login: str = ""  # who signs in again by themselves when they were away for long

    def page(self, path: str, status: int = 200) -> str:
        answer = self._or_signed_in_again(lambda: self.client.get(path))
        assert answer.status_code == status, (path, answer.status_code)
        return answer.text

    def post(self, path: str, **form: Any) -> TestResponse:
        return self._or_signed_in_again(lambda: self.client.post(path, data=form))

    def _or_signed_in_again(self, asks: Callable[[], TestResponse]) -> TestResponse:
        answer = asks()
        if self.login and answer.status_code == 303 and str(answer.location).startswith("/console/login"):
            again = self.client.post("/console/login", data={"login": self.login, "password": PASSWORD})
            assert again.status_code == 303
            answer = asks()
        return answer

    def act(self, flag_id: str, what: str, **form: Any) -> TestResponse:
        """Press a button of the flag's page as it is now."""
        version = re.search(r'name="version" value="(\d+)"', self.page(f"/console/flags/{flag_id}"))
        return self.post(f"/console/flags/{flag_id}/{what}", **({"version": version[1]} if version else {}) | form)

    def act_late(self, flag_id: str, what: str, **form: Any) -> TestResponse:
        """Press a button of a page of the flag that has stood open for long."""
        return self.post(f"/console/flags/{flag_id}/{what}", **({"version": "1"} | form))


def desk(home: Home, login: str = "", *, app: Flask | None = None, patient: bool = False) -> Desk:
    """A browser; signed in when a login is given. `patient`: and again whenever the session has ended."""
    at = Desk((app or application(home)).test_client(), home)
    if login:
        assert at.post("/console/login", login=login, password=PASSWORD).status_code == 303
    return replace(at, login=login) if patient else at


def text_of(html: str) -> str:
    """What a reader sees of a page: no tags, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def breathing(home: Home) -> str:
    """A family whose child cannot breathe; the id of its flag."""
    home.enrol()
    home.text("no fever but he can't breathe")
    (flag,) = home.flags()
    return str(flag.id)
