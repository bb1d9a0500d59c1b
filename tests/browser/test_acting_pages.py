"""Acting in a real browser: two coordinators collide, keys alone from the list to closed, a phone in one hand."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Site, Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _patient() -> None:
    expect.set_options(timeout=PATIENCE)


def opened(visit: Visit, login: str = "nina", **options: object) -> Page:
    """The page of Ana's flag, in a browser of its own."""
    page = visit(**options).sign_in(login)
    page.get_by_role("link", name="Ana").click()
    page.wait_for_url("**/flags/*")
    return page


def test_two_coordinators_see_each_other_and_the_second_is_told_what_changed(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    nina, otto = opened(visit), opened(visit, "otto")
    expect(nina.locator("#strip")).to_contain_text("Otto Person is looking at this too.")
    expect(otto.locator("#strip")).to_contain_text("Nina Person is looking at this too.")
    expect(otto.locator("#said")).to_have_text("Nina Person is looking at this too.")
    otto.get_by_label("Call or note").fill("mother says it began at noon")
    nina.get_by_label("Call or note").fill("father drives him in")
    nina.get_by_role("button", name="Log a call").click()
    expect(nina.locator("#done")).to_contain_text("father drives him in")
    otto.get_by_role("button", name="Add a note").click()
    told = otto.get_by_role("alert")
    expect(told).to_contain_text("Nina Person called: father drives him in")
    expect(told).to_be_focused()
    expect(otto.get_by_label("Call or note")).to_have_value("mother says it began at noon")
    otto.get_by_role("button", name="Add a note").click()
    expect(otto.locator("#done")).to_contain_text("mother says it began at noon")


def test_a_flag_closed_by_one_turns_off_the_forms_of_the_other_until_it_is_undone(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    nina, otto = opened(visit), opened(visit, "otto")
    otto.get_by_label("Text the family").fill("Is he warm")
    nina.get_by_label("Advice given").check()
    nina.get_by_role("button", name="Close the flag").click()
    nina.wait_for_url("**/console/#just-closed")
    expect(otto.locator("#closed-elsewhere")).to_contain_text("Nina Person closed this flag.")
    expect(otto.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    expect(otto.get_by_label("Text the family")).to_have_value("Is he warm")
    nina.get_by_role("button", name="Undo").click()
    nina.wait_for_url("**/flags/*")
    expect(otto.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    expect(otto.locator("#closed-elsewhere")).to_have_count(0)


def keyed(page: Page) -> None:
    """Wait until the page hears keys."""
    expect(page.locator("html.keyed")).to_be_attached()


def test_keys_alone_lead_from_the_list_to_closed_and_back(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    page = visit().sign_in()
    keyed(page)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Ana")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/flags/*")
    keyed(page)
    page.keyboard.press("t")
    expect(page.get_by_text("You have it.")).to_be_visible()
    keyed(page)
    page.keyboard.press("r")
    page.keyboard.type("tr? I am calling you now, Nina")
    expect(page.locator("#segments")).to_have_text("1 segment.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#talk .staff")).to_contain_text("tr? I am calling you now, Nina")
    keyed(page)
    expect(page.locator("#sent-already")).to_be_attached()
    page.keyboard.press("u")
    expect(page.locator("#sent-already")).to_be_focused()
    page.keyboard.press("h")
    page.keyboard.type("Otto")
    page.keyboard.press("Tab")
    page.keyboard.type("I must leave")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Otto Person has it.")).to_be_visible()
    keyed(page)
    page.keyboard.press("u")
    expect(page.get_by_text("You have it.")).to_be_visible()
    keyed(page)
    page.keyboard.press("n")
    page.keyboard.type("spoke to the mother")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#done")).to_contain_text("spoke to the mother")
    keyed(page)
    page.keyboard.press("c")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Comes to the clinic")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/#just-closed")
    expect(page.get_by_text("Nobody needs you now")).to_be_visible()
    keyed(page)
    page.keyboard.press("u")
    page.wait_for_url("**/flags/*")
    keyed(page)
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url("**/families")
    keyed(page)
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/console/")


def test_the_help_shows_the_keys_keeps_the_focus_and_can_turn_them_off(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    page = visit().sign_in()
    keyed(page)
    page.keyboard.press("?")
    help = page.get_by_role("dialog", name="Keys")
    expect(help).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("j")
    expect(help.get_by_role("button", name="Done")).to_be_focused()
    page.keyboard.press("Escape")
    expect(help).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    help.get_by_label("Use single keys in this browser").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Ana")).not_to_be_focused()
    page.keyboard.press("?")
    expect(help).to_be_hidden()
    expect(page.locator("kbd").first).to_be_hidden()


def test_the_signs_are_corrected_in_two_clicks(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    page = opened(visit)
    expect(page.get_by_label("Numbness")).to_be_hidden()
    page.get_by_label("No", exact=True).check()
    expect(page.get_by_label("Numbness")).to_be_checked()
    page.get_by_label("Numbness").uncheck()
    expect(page.get_by_label("Numbness")).not_to_be_checked()
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Yes", exact=True).check()
    expect(page.get_by_label("Numbness")).to_be_hidden()


def test_on_a_phone_a_ready_phrase_is_sent_for_tomorrow_and_cancelled(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    page = opened(visit, viewport={"width": 360, "height": 800}, has_touch=True)
    page.get_by_text("Ready phrases").tap()
    page.get_by_role("button", name=re.compile("I am calling you now")).tap()
    expect(page.get_by_label("Text the family")).to_have_value("This is Nina from the care team. I am calling you now.")
    expect(page.locator("#segments")).to_have_text("1 segment.")
    page.get_by_text("Send later").tap()
    page.get_by_label("Day and time on their clock").fill("2026-03-03T09:30")
    page.get_by_role("button", name="Send it then").tap()
    waiting = page.locator(".waiting")
    expect(waiting).to_contain_text("Leaves tomorrow, 9:30 am")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    waiting.get_by_role("button", name="Cancel the text").tap()
    expect(waiting).to_have_count(0)
    expect(page.locator("#done")).to_contain_text("taken back")
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main summary, main .chip span, main .tel')]"
        ".filter(one => one.getClientRects().length && one.getBoundingClientRect().height < 43.5).map(one => one.id)"
    )
    assert small == [], "too small for a finger"
    page.get_by_role("button", name="Take it").tap()
    expect(page.get_by_text("You have it.")).to_be_visible()


def test_without_javascript_a_phrase_fills_the_box_and_undo_is_a_form(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    page = opened(visit, java_script_enabled=False)
    page.get_by_text("Ready phrases").click()
    page.get_by_role("button", name=re.compile("I am calling you now")).click()
    expect(page.get_by_label("Text the family")).to_have_value("This is Nina from the care team. I am calling you now.")
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Take it")).to_be_visible()
