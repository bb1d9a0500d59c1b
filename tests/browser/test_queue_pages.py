"""The queue in a real browser: an emergency is seen and heard at once, and hundreds of flags stay quick to scan."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Site, Visitor
from tests.browser.test_pages import SCHEMES, tab_to

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
SOON = 3_000  # milliseconds: the promise

# A loudspeaker and a notice board that write down what they are given.
STUBS = """
window.beeps = []; window.notes = [];
class Part {
  constructor() {
    this.frequency = { value: 0 };
    this.gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
  }
  connect(to) { return to; }
  start() { window.beeps.push(this.frequency.value); }
  stop() {}
}
window.AudioContext = class {
  constructor() {
    this.state = window.mute ? "suspended" : "running";
    this.currentTime = 0;
    this.destination = new Part();
  }
  resume() { return new Promise(() => {}); }
  createOscillator() { return new Part(); }
  createGain() { return new Part(); }
};
window.Notification = class {
  constructor(title, more) { window.notes.push([title, more.body, more.tag]); }
  static get permission() { return localStorage.getItem("granted") || "default"; }
  static async requestPermission() {
    window.asked = true;
    localStorage.setItem("granted", "granted");
    return "granted";
  }
};
"""


@pytest.fixture(autouse=True)
def _patient() -> None:
    expect.set_options(timeout=PATIENCE)


def armed(visit: Visit, *, mute: bool = False, notify: bool = False) -> Visitor:
    visitor = visit()
    visitor.context.add_init_script(("window.mute = true;" if mute else "") + STUBS)
    visitor.sign_in()
    visitor.page.locator("#alarm summary").click()
    visitor.page.get_by_role("button", name="Turn sound on").click()
    if notify:
        visitor.page.get_by_role("button", name="Turn notifications on").click()
    visitor.page.get_by_role("heading", name="Flags").click()  # beside the box, which closes it
    expect(visitor.page.locator("#alarm .card")).to_be_hidden()
    return visitor


def beeps(page: Page) -> int:
    return int(page.evaluate("window.beeps.length"))


def rings(page: Page, above: int) -> None:
    page.wait_for_function("many => window.beeps.length > many", arg=above, timeout=PATIENCE)


def test_an_emergency_texted_from_the_phone_is_seen_counted_and_heard_within_three_seconds(visit: Visit) -> None:
    visitor = armed(visit, notify=True)
    page = visitor.page
    before = beeps(page)
    phone = visitor.context.new_page()
    phone.goto(f"{visitor.site.url}/demo")
    phone.get_by_label("Text", exact=True).fill("no fever but he can't breathe")
    phone.get_by_label("Text", exact=True).press("Enter")
    expect(phone.locator("#phone-texts .mine").last).to_contain_text("breathe")
    expect(page.locator("#queue .flag")).to_contain_text("Emergency", timeout=SOON)
    expect(page).to_have_title("(1) Flags · Hearback")
    rings(page, before)
    (note,) = page.evaluate("window.notes")
    assert note[:2] == ["Hearback: emergency", "Nobody has it yet. Open Hearback."]


def test_nothing_is_asked_or_heard_before_somebody_turns_it_on(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.context.add_init_script(STUBS)
    page = visitor.sign_in()
    site.text("he can't breathe")
    expect(page.locator("#queue .flag")).to_contain_text("Emergency")
    expect(page.locator("#alarm")).to_contain_text("Alarm is off")
    assert page.evaluate("[window.beeps.length, window.notes.length, window.asked || false]") == [0, 0, False]


def test_an_alarm_is_silenced_for_this_one_and_sounds_for_the_next(visit: Visit, site: Site) -> None:
    page = armed(visit).page
    before = beeps(page)
    site.text("he can't breathe")
    rings(page, before)
    page.get_by_role("button", name="Silence until the next one").click()
    expect(page.locator("#ringing")).to_have_count(0)
    silenced = beeps(page)
    page.evaluate("localStorage.setItem('hearback.alarm.rang', '0')")  # long ago
    page.wait_for_timeout(1500)
    assert beeps(page) == silenced
    site.text("she fainted", phone="+12065550112")
    rings(page, silenced)
    expect(page.locator("#ringing")).to_contain_text("2 emergencies")


def test_it_sounds_again_until_somebody_takes_it(visit: Visit, site: Site) -> None:
    page = armed(visit).page
    site.text("he can't breathe")
    rings(page, 2)
    first = beeps(page)
    page.evaluate("localStorage.setItem('hearback.alarm.rang', String(Date.now() - 16000))")
    rings(page, first)
    page.get_by_role("button", name="Take Ana").click()
    expect(page.get_by_text("You have it.")).to_be_visible()
    page.evaluate("localStorage.setItem('hearback.alarm.rang', '0')")
    page.wait_for_timeout(2500)
    assert beeps(page) == 0  # of this page, which was just opened
    expect(page.locator("#ringing")).to_have_count(0)


def test_of_two_tabs_one_sounds_and_every_page_shows_it(visit: Visit, site: Site) -> None:
    visitor = armed(visit)
    beside = visitor.context.new_page()
    beside.goto(f"{site.url}/console/families")
    before = beeps(visitor.page) + beeps(beside)
    site.text("he can't breathe")
    expect(beside.locator("#ringing")).to_contain_text("An emergency, and nobody has it.")
    expect(beside).to_have_title("(1) Families · Hearback")
    rings(visitor.page, before)
    beside.wait_for_timeout(2500)
    assert beeps(beside) == 0
    assert beeps(visitor.page) == before + 4
    beside.get_by_role("link", name="Look now").click()
    beside.wait_for_url("**/console/")
    beside.get_by_role("link", name="Ana").first.click()
    expect(beside.locator("#ringing")).to_contain_text("nobody has it")
    expect(beside.get_by_role("link", name="Look now")).to_have_count(0)  # she is looking at it


def test_a_browser_that_blocks_the_sound_is_told_of(visit: Visit) -> None:
    page = armed(visit, mute=True).page
    expect(page.locator("#alarm summary")).to_contain_text("blocks the sound until you press something")


def test_out_of_touch_is_heard_too(visit: Visit) -> None:
    visitor = armed(visit)
    page = visitor.page
    before = beeps(page)
    visitor.context.set_offline(True)
    expect(page.locator("#lost")).to_contain_text("lost its server")
    rings(page, before)
    expect(page.locator("#ringing")).to_contain_text("out of touch")
    visitor.context.set_offline(False)
    expect(page.locator("#ringing")).to_have_count(0)
    expect(page.locator("#lost")).to_have_count(0)


def crowded(site: Site, count: int = 100) -> None:
    site.home.now = site.clock()
    bodies = ("he can't breathe", "temp is 101.8 since this morning", "When can she take a bath?")
    for n in range(count):
        site.home.enrol(f"Kid{n}", phone=f"+120655560{n:02d}")
        site.home.text(bodies[min(n // 3, 2) if n < 6 else 1 + n % 2], phone=f"+120655560{n:02d}")


def test_a_hundred_flags_on_a_phone_the_worst_in_sight_and_the_counts_always(visit: Visit, site: Site) -> None:
    crowded(site)
    visitor = visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = visitor.sign_in()
    first = page.locator("#queue .flag").first
    expect(first).to_contain_text("Emergency")
    shown = first.bounding_box()
    assert shown is not None
    assert shown["y"] + shown["height"] <= 740, "the worst flag is below the fold"
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for button in page.locator("#queue button").all()[:3]:
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.evaluate("scrollTo(0, 3000)")
    expect(page.locator(".tally-emergency")).to_be_in_viewport()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]] == []


def test_what_is_being_read_stays_in_its_place_when_an_emergency_comes_in_above(visit: Visit, site: Site) -> None:
    crowded(site, 40)
    page = visit().sign_in()
    row = page.locator("#queue .flag").nth(25)
    name = row.locator("h3 a").text_content()
    row.evaluate("element => element.scrollIntoView({ block: 'start' })")
    place = page.get_by_role("link", name=str(name), exact=True)
    before = place.bounding_box()
    site.text("he can't breathe")
    expect(page.locator(".tally-emergency")).to_contain_text("4")
    after = place.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 3


def test_search_by_keyboard_alone(visit: Visit, site: Site) -> None:
    page = visit().sign_in()
    tab_to(page, "link", "Search")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    expect(page.get_by_label("Name, or phone")).to_be_focused()
    page.keyboard.type("ana")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_contain_text("Ana")
    assert page.url.endswith("/console/search")


def test_without_javascript_a_flag_is_taken_from_the_list(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    page = visit(java_script_enabled=False).sign_in()
    expect(page.locator("#alarm")).to_be_hidden()
    page.get_by_role("button", name="Take Ana").click()
    page.wait_for_url("**/flags/*")
    expect(page.get_by_text("You have it.")).to_be_visible()
