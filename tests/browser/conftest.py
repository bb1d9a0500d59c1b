"""A whole Hearback on loopback for a real browser: pages, outbox, two families, a coordinator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from messages.carriers.simulator import SimulatorCarrier
from messages.encryption import Vault
from tests.browser.running import clock_from, running
from tests.house import MARIA, MONDAY, TOM, Home, open_home
from tests.integration.desk import PASSWORD, hire

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE = 30_000  # milliseconds; a busy machine is slow, not wrong


@dataclass
class Site:
    """The address of a running Hearback, and a hand on its database."""

    home: Home
    url: str
    clock: Callable[[], datetime]

    def text(self, body: str, phone: str = MARIA) -> None:
        """A text from a phone elsewhere."""
        self.home.now = self.clock()
        self.home.text(body, phone=phone)


@pytest.fixture
def site(tmp_path: Path, vault: Vault) -> Iterator[Site]:
    home = open_home(f"sqlite:///{tmp_path / 'site.db'}", vault, carrier=SimulatorCarrier())  # type: ignore[arg-type]
    home.enrol()
    home.enrol("Ben", phone=TOM, name="Tom", language="es")
    for login in ("nina", "otto"):
        hire(home, login)
    clock = clock_from(MONDAY)
    with running(home.house, clock) as url:
        yield Site(home, url, clock)


@dataclass
class Visitor:
    """One person at one browser; what went wrong in it fails the test at the end."""

    context: BrowserContext
    page: Page
    site: Site

    def open(self, path: str) -> Page:
        self.page.goto(self.site.url + path)
        return self.page

    def sign_in(self, login: str = "nina") -> Page:
        self.open("/console/login")
        return _sign_in(self.page, login)

    def sign_in_beside(self, login: str = "nina") -> None:
        """Sign in in another tab of the same window."""
        beside = self.context.new_page()
        beside.goto(f"{self.site.url}/console/login")
        _sign_in(beside, login)
        beside.close()


def _sign_in(page: Page, login: str) -> Page:
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/console/")
    return page


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Open a browser window. No page may ask another host, break its security policy or fail in its script."""
    open_contexts: list[BrowserContext] = []
    problems: list[str] = []

    def visitor(**options: Any) -> Visitor:
        usual = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        context = browser.new_context(**{**usual, **options})
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda request: _watch(request.url))
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on("console", lambda message: _hear(message.type, message.text))
        open_contexts.append(context)
        return Visitor(context, page, site)

    def _watch(url: str) -> None:
        if not url.startswith(site.url):
            problems.append(f"asked {url}")

    def _hear(kind: str, text: str) -> None:
        # A refused act and a lost server are told on the page.
        if kind == "error" and "status of 4" not in text and "INTERNET_DISCONNECTED" not in text:
            problems.append(text)

    yield visitor
    for context in open_contexts:
        context.close()
    assert problems == []
