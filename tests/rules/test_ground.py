"""The ground the tests stand on: on this machine only, nothing skipped unseen, a database that is empty."""

from __future__ import annotations

import socket

import psycopg
import pytest

from tests import conftest, postgres


def test_no_test_reaches_beyond_this_machine() -> None:
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(RuntimeError, match=r"tried to reach hearback\.example\.org"):
        socket.getaddrinfo("hearback.example.org", 443)


def test_what_is_missing_is_skipped_for_a_person_and_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs a browser"):
        conftest.missing("needs a browser")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needs a browser"):
        conftest.missing("needs a browser")


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_postgresql_is_emptied_even_when_an_earlier_test_left_a_lock(database_url: str) -> None:
    address = database_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute('create table if not exists "left over" (number int)')
    forgotten = psycopg.connect(address)
    forgotten.execute('insert into "left over" values (1)')
    postgres.empty(database_url)
    forgotten.close()
    with psycopg.connect(address, autocommit=True) as connection:
        assert connection.execute('select count(*) from "left over"').fetchone() == (0,)
        connection.execute('drop table "left over"')
