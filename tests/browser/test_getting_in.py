"""Getting in, in a real browser: a passkey, an invitation."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from messages.carriers.simulator import SimulatorCarrier
from messages.encryption import Vault
from messages.people import Role
from tests.browser.conftest import PATIENCE, Site, Visitor
from tests.browser.running import clock_from, running
from tests.house import MONDAY, open_home
from tests.integration.desk import PASSWORD, hire

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _patient() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def site(tmp_path: Path, vault: Vault) -> Iterator[Site]:
    """At a name, because passkeys are bound to one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    home = open_home(f"sqlite:///{tmp_path / 'site.db'}", vault, carrier=SimulatorCarrier())  # type: ignore[arg-type]
    home.has(public_url=url)
    home.enrol()
    hire(home, "nina", Role.MANAGER)
    clock = clock_from(MONDAY)
    with running(home.house, clock, port=port):
        yield Site(home, url, clock)


def test_a_passkey_is_added_and_then_signs_in_alone(visit: Visit) -> None:
    visitor = visit()
    devices = visitor.context.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page = visitor.sign_in()
    visitor.open("/console/account").get_by_role("link", name="Add").click()
    page.get_by_label("Its name").fill("this laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("Passkey: this laptop")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/console/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("Login").fill("nina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/console/")


def test_somebody_invited_comes_in_without_javascript(visit: Visit) -> None:
    manager = visit(java_script_enabled=False)
    page = manager.sign_in()
    page.get_by_role("link", name="Hospital", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="People").first.click()
    page.get_by_label("Name").fill("Iris Ito")
    page.get_by_label("Login").fill("iris")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Link").input_value()
    page = visit(java_script_enabled=False).page
    page.goto(link)
    page.get_by_label("Password", exact=True).fill("a long pass phrase")
    page.get_by_label("Password again").fill("a long pass phrase")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Iris Ito")).to_be_visible()
