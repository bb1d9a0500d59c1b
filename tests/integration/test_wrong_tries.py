"""Guessing passwords gets slow, and nobody can keep a nurse out by guessing for her."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

import pytest

from bot.work import tidy
from messages.access import FREE_TRIES, MOST_AT_A_LOGIN, MOST_FROM_A_PLACE
from messages.store import tables as t
from tests.house import Home
from tests.integration.desk import PASSWORD, Desk, application, desk, hire


def try_in(at: Desk, login: str = "nina", password: str = "wrong", address: str = "10.0.0.1") -> int:
    """The status of one try from an address."""
    form = {"login": login, "password": password}
    return at.client.post("/console/login", data=form, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.fixture
def someone(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home)


def test_five_wrong_tries_make_a_place_wait_and_each_more_makes_it_longer(home: Home, someone: Desk) -> None:
    assert [try_in(someone) for _ in range(5)] == [403, 403, 403, 403, 429]
    assert try_in(someone, login="NINA", password=PASSWORD) == 429
    home.pass_time(seconds=61)
    assert try_in(someone) == 429
    home.pass_time(seconds=61)
    assert try_in(someone, password=PASSWORD) == 429
    home.pass_time(seconds=61)
    assert try_in(someone, password=PASSWORD) == 303
    assert home.rows(t.wrong_tries) == []


def test_every_process_counts_the_same(home: Home, someone: Desk) -> None:
    processes = [desk(home, app=application(home)) for _ in range(5)]
    assert [try_in(process) for process in processes][-1] == 429
    assert try_in(someone, password=PASSWORD) == 429


def test_wrong_tries_elsewhere_keep_nobody_out(home: Home, someone: Desk) -> None:
    for _ in range(8):
        try_in(someone, address="203.0.113.9")
    assert try_in(desk(home), password=PASSWORD, address="10.0.0.1") == 303


def test_a_guesser_at_many_addresses_is_stopped_and_a_browser_that_is_known_is_not(home: Home, someone: Desk) -> None:
    nina = desk(home)
    assert try_in(nina, password=PASSWORD) == 303
    nina.post("/console/logout")
    for n in range(MOST_AT_A_LOGIN):
        home.pass_time(seconds=1)
        assert try_in(someone, address=f"203.0.113.{n}") == 403
    assert try_in(someone, password=PASSWORD, address="198.51.100.1") == 429
    assert try_in(nina, password=PASSWORD, address="198.51.100.2") == 303
    home.pass_time(hours=1)
    assert try_in(someone, password=PASSWORD, address="198.51.100.1") == 303


def test_a_guesser_at_many_logins_is_stopped_whatever_login_comes_next(home: Home, someone: Desk) -> None:
    for n in range(MOST_FROM_A_PLACE):
        try_in(someone, login=f"nobody{n}")
    assert try_in(someone, password=PASSWORD) == 429
    assert try_in(someone, password=PASSWORD, address="10.0.0.2") == 303


def test_whoever_is_in_stays_in_whatever_others_try(home: Home, someone: Desk) -> None:
    nina = desk(home, "nina")
    for n in range(MOST_AT_A_LOGIN + 1):
        try_in(someone, address=f"127.0.0.{n % 20}")
    new = {"new_password": "a longer horse", "again_password": "a longer horse"}
    assert nina.client.get("/console/").status_code == 200
    assert nina.post("/console/account/password", password=PASSWORD, **new).status_code == 303


def test_tries_at_the_same_moment_cannot_all_be_the_first(home: Home, someone: Desk) -> None:
    app, statuses = application(home), []
    threads = [Thread(target=lambda: statuses.append(try_in(desk(home, app=app)))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 12
    assert statuses.count(403) < FREE_TRIES
    assert len(home.rows(t.wrong_tries)) <= FREE_TRIES


@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 403)])
def test_a_proxys_word_for_the_address_is_taken_only_where_a_setting_says_so(
    home: Home, proxies: int, last: int
) -> None:
    settings = replace(home.house.settings, proxies=proxies)
    someone = desk(home, app=application(replace(home, house=replace(home.house, settings=settings))))
    for n in range(5):
        form, headers = {"login": "nina", "password": "wrong"}, {"X-Forwarded-For": f"198.51.100.{n}"}
        answer = someone.client.post("/console/login", data=form, headers=headers)
    assert answer.status_code == last


def test_old_tries_and_old_sessions_are_deleted(home: Home, someone: Desk) -> None:
    try_in(someone)
    for _ in range(2):
        desk(home, "nina")
    tidy(home.house, home.now)
    assert len(home.rows(t.wrong_tries)) == 1
    home.pass_time(days=3)
    tidy(home.house, home.now)
    assert home.rows(t.wrong_tries) == []
    assert len(home.rows(t.sessions)) == 1
