"""A hundred open consoles beside a webhook: python -m bench.console --messages 1000000 --flags 300

Starts the real web process (`hearback serve`) on a database of its own, measures how long a webhook takes alone and
while a hundred pages ask every two seconds for what is new, and how long the queue and a search take.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from datetime import time as clock
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from argon2 import PasswordHasher
from twilio.request_validator import RequestValidator

from bench import crowd
from bot.opening import open_house
from messages.database import open_database
from messages.encryption import new_key
from messages.house import House
from messages.ids import new_id
from messages.people import Hospital, Shift, Staff
from messages.settings import SERVE_NEEDS
from messages.store.people import add_hospital, add_staff
from messages.upgrade import upgrade
from scheduler.load import shipped_source
from scheduler.store.published import publish

SENDER, PASSWORD, EVERY = "+12065550100", "correct horse", 2.0


class Client:
    """One browser: a connection that stays open, and its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: SimpleCookie = SimpleCookie()

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        cookies = "; ".join(f"{name}={one.value}" for name, one in self._cookies.items())
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        sent = {"Cookie": cookies} | kind | headers
        try:
            self._connection.request(method, path, body or None, sent)
            answer = self._connection.getresponse()
        except (http.client.HTTPException, ConnectionError):  # the server closed what was idle
            self._connection.close()
            self._connection.request(method, path, body or None, sent)
            answer = self._connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self._cookies.load(value)
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", path)[2])
        assert found, path
        return found[1]

    def sign_in(self, login: str) -> Client:
        form = {"csrf_token": self.token("/console/login"), "login": login, "password": PASSWORD}
        status, _, _ = self.ask("POST", "/console/login", urlencode(form))
        assert status == 303, status
        return self


def furnish(house: House, consoles: int, messages: int, flags: int, follow_ups: int) -> Hospital:
    now = datetime.now(UTC)
    hospital = Hospital(new_id(), "bench", "Bench Hospital", "America/Los_Angeles", SENDER, "206-555-0150")
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with house.database.writing() as connection:
        add_hospital(connection, hospital, now)
        publish(connection, hospital.id, shipped_source("hip-osteotomy"), by="bench", now=now)
        for n in range(consoles):
            id_ = new_id()
            always = (Shift(id_, tuple(range(7)), clock(0), clock(0)),)
            person = Staff(id_, hospital.id, f"Nurse {n}", "", login=f"nurse{n}")
            if n == 0:
                person = replace(person, phone="+12065550190", shifts=always)
            add_staff(connection, house.vault, person, password_hash=quick, now=now)
    crowd.families(house, hospital, max(follow_ups, flags), now)
    crowd.flags(house, hospital, flags, now)
    crowd.texts(house, hospital, messages, now)
    return hospital


@contextmanager
def served(port: int, workers: int) -> Iterator[None]:
    command = [sys.executable, "-m", "bot.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(1200):  # a busy machine is slow to start
            try:
                Client(port).ask("GET", "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


def webhook(port: int, families: int) -> Callable[[], float]:
    """A text that arrives: every third one needs a person. Gives the milliseconds it took."""
    client, chance = Client(port), random.Random(2)

    def send() -> float:
        body = "temp is 101.8 since this morning" if chance.random() < 1 / 3 else "no fever, no swelling, slept well"
        form = {
            "MessageSid": f"SM{new_id()}", "From": crowd.phone_of(chance.randrange(families)), "To": SENDER,
            "Body": body, "NumMedia": "0",
        }
        signature = RequestValidator("token").compute_signature("https://bench.test/twilio/message", form)
        began = time.perf_counter()
        status, _, _ = client.ask("POST", "/twilio/message", urlencode(form), **{"X-Twilio-Signature": signature})
        assert status == 200, status
        return (time.perf_counter() - began) * 1000

    return send


def times(send: Callable[[], float], count: int, pause: float) -> list[float]:
    found = []
    for _ in range(count):
        found.append(send())
        time.sleep(pause)
    return found


@contextmanager
def pollers(clients: list[Client], polls: list[float]) -> Iterator[None]:
    """Pages that are open: each asks every two seconds for what is new, as the page's script does."""
    stop = threading.Event()

    def keep_asking(client: Client) -> None:
        seen = ""
        stop.wait(random.random() * EVERY)
        while not stop.is_set():
            began = time.perf_counter()
            _, headers, _ = client.ask("GET", f"/console/live?seen={seen}", **{"X-Hearback": "1"})
            polls.append((time.perf_counter() - began) * 1000)
            seen = headers["x-hearback-stamp"]
            stop.wait(EVERY)

    threads = [threading.Thread(target=keep_asking, args=(client,), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    time.sleep(EVERY * 2)
    yield
    stop.set()
    for thread in threads:
        thread.join(10)


def told(name: str, found: list[float]) -> float:
    middle = statistics.median(found)
    print(f"{name:44} median {middle:7.1f} ms   95 % {statistics.quantiles(found, n=20)[-1]:7.1f} ms   n={len(found)}")
    return middle


def pages(client: Client) -> None:
    """How long the pages take, asked one after another."""
    token = client.token("/console/search")
    search = urlencode({"csrf_token": token, "who": "ana"})

    def took(method: str, path: str, body: str = "") -> float:
        began = time.perf_counter()
        assert client.ask(method, path, body)[0] == 200
        return (time.perf_counter() - began) * 1000

    told("queue page", [took("GET", "/console/") for _ in range(40)])
    told("queue, one list whole", [took("GET", "/console/?all=urgent") for _ in range(40)])
    flags = re.findall(r'href="/console/flags/([0-9a-f]{32})"', client.ask("GET", "/console/")[2])[:30]
    families = [
        re.findall(r'href="/console/families/([0-9a-f]{32})"', client.ask("GET", f"/console/flags/{one}")[2])[0]
        for one in flags
    ]
    told("flag page", [took("GET", f"/console/flags/{one}") for one in flags])
    told("family page", [took("GET", f"/console/families/{one}") for one in families])
    told("search by name", [took("POST", "/console/search", search) for _ in range(20)])
    told("hand-over sheet", [took("GET", "/console/shift") for _ in range(20)])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--database", help="its address, empty; a SQLite file of its own when not given")
    for name, usual in (
        ("consoles", 100), ("messages", 100_000), ("flags", 300), ("follow-ups", 1000), ("webhooks", 150),
        ("workers", 2),
    ):
        options.add_argument(f"--{name}", type=int, default=usual)
    options.add_argument("--port", type=int, default=8799)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "HEARBACK_DATABASE_URL": chosen.database or f"sqlite:///{Path(folder) / 'bench.db'}",
            "HEARBACK_PUBLIC_URL": "https://bench.test", "HEARBACK_SECRET_KEY": "s" * 40,
            "HEARBACK_ENCRYPTION_KEYS": new_key("bench"), "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "token",
        }
        empty = open_database(os.environ["HEARBACK_DATABASE_URL"])
        upgrade(empty)
        empty.close()
        house = open_house(SERVE_NEEDS)
        began = time.perf_counter()
        furnish(house, chosen.consoles, chosen.messages, chosen.flags, chosen.follow_ups)
        print(f"{chosen.messages} texts, {chosen.flags} open flags, made in {time.perf_counter() - began:.0f} s")
        house.database.close()
        with served(chosen.port, chosen.workers):
            clients = [Client(chosen.port).sign_in(f"nurse{n}") for n in range(chosen.consoles)]
            pages(clients[0])
            send = webhook(chosen.port, max(chosen.follow_ups, chosen.flags))
            times(send, 10, 0.02)
            alone = told("webhook alone", times(send, chosen.webhooks, 0.1))
            polls: list[float] = []
            with pollers(clients, polls):
                beside = told(f"webhook beside {chosen.consoles} open consoles", times(send, chosen.webhooks, 0.1))
            told("a poll meanwhile", polls)
            print(f"ratio {beside / alone:.2f}")


if __name__ == "__main__":
    main()
