"""The alarm with Chromium's own loudspeaker and notifications, and with a browser that refuses them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Site, Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]

# What is played goes to an ear too; what is shown is written down with what the browser says of it.
LISTEN = """
window.made = []; window.loudest = 0;
window.Notification = new Proxy(window.Notification, { construct(of, given) {
  const note = Reflect.construct(of, given);
  const kept = { title: note.title, body: note.body, shown: false };
  note.addEventListener("show", () => { kept.shown = true; });
  window.made.push(kept);
  return note;
} });
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function hear(to, ...more) {
  const all = this.context;
  if (to === all.destination && !all.ear) {
    all.ear = all.createAnalyser();
    const heard = new Float32Array(all.ear.fftSize);
    setInterval(() => {
      all.ear.getFloatTimeDomainData(heard);
      window.loudest = Math.max(window.loudest, ...heard);
    }, 20);
  }
  if (to === all.destination) connect.call(this, all.ear);
  return connect.call(this, to, ...more);
};
"""


@pytest.fixture(autouse=True)
def _patient() -> None:
    expect.set_options(timeout=PATIENCE)


def listening(visit: Visit, site: Site, answer: str) -> Page:
    """The list of flags in a browser whose owner answers so when asked for notifications."""
    visitor = visit()
    browser = visitor.context.browser
    assert browser is not None
    if answer == "granted":
        visitor.context.grant_permissions(["notifications"], origin=site.url)
    else:
        visitor.context.add_init_script("Notification.requestPermission = async () => 'denied';")
    visitor.context.add_init_script(LISTEN)
    page = visitor.sign_in()
    page.locator("#alarm summary").click()
    return page


def loud(page: Page) -> None:
    page.wait_for_function("() => window.loudest > 0.1", timeout=PATIENCE)


def test_the_sound_is_a_sound_and_the_notification_is_shown(visit: Visit, site: Site) -> None:
    page = listening(visit, site, "granted")
    page.get_by_role("button", name="Turn sound on").click()
    loud(page)
    page.get_by_role("button", name="Turn notifications on").click()
    expect(page.get_by_role("button", name="Notifications are on")).to_be_visible()
    page.evaluate("window.loudest = 0")
    site.text("he can't breathe")
    page.wait_for_function("() => window.made.some((one) => one.shown)", timeout=PATIENCE)
    assert page.evaluate("window.made") == [
        {"title": "Hearback: emergency", "body": "Nobody has it yet. Open Hearback.", "shown": True}
    ]
    loud(page)


def test_notifications_that_the_browser_refuses_are_said_to_be_refused_and_the_sound_is_still_there(
    visit: Visit, site: Site
) -> None:
    page = listening(visit, site, "denied")
    page.get_by_role("button", name="Turn notifications on").click()
    expect(page.locator("#alarm [data-alarm-told]")).to_contain_text("This browser blocks notifications")
    expect(page.get_by_role("button", name="Turn notifications on")).to_be_visible()
    page.get_by_role("button", name="Turn sound on").click()
    loud(page)
    site.text("he can't breathe")
    expect(page.locator("#queue .flag")).to_contain_text("Emergency")
    assert page.evaluate("window.made") == []


def test_a_page_that_was_reloaded_says_that_it_is_mute_until_something_is_pressed(visit: Visit, site: Site) -> None:
    page = listening(visit, site, "granted")
    page.get_by_role("button", name="Turn sound on").click()
    loud(page)
    page.reload()
    expect(page.locator("#alarm summary")).to_contain_text("blocks the sound until you press something")
    page.get_by_role("heading", name="Flags").click()
    expect(page.locator("#alarm summary")).to_contain_text("Alarm is on")
    site.text("he can't breathe")
    loud(page)
    page.locator("#queue h3 a").click()  # a page that was come to by a press may sound at once
    page.wait_for_url("**/flags/*")
    loud(page)
