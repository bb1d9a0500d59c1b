"""The pages in a real browser: a parent texts, the coordinator acts; by mouse, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Site, Visitor
from tests.house import TOM
from tests.integration.desk import another_hospital, hire

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PARTS = ("", ", '::after'")  # where a focused element may show it


@pytest.fixture(autouse=True)
def _patient() -> None:
    expect.set_options(timeout=PATIENCE)


def test_a_parent_texts_and_sees_the_answer_and_the_flag_at_once(visit: Visit) -> None:
    page = visit().open("/demo")
    page.evaluate("window.same = true")
    page.get_by_label("Text", exact=True).fill("no fever but he can't breathe")
    page.get_by_label("Text", exact=True).press("Enter")
    expect(page.locator("#phone-texts .theirs").last).to_contain_text("911")
    expect(page.locator("#phone-texts .mine").last).to_contain_text("can't breathe")
    flag = page.locator("#queue .flag").first
    expect(flag).to_contain_text("Emergency")
    expect(flag.locator("mark")).to_contain_text("breathe")
    expect(page).to_have_title("(1) Demo · Hearback")
    assert page.evaluate("window.same"), "the page was loaded anew"
    assert page.get_by_label("Text", exact=True).input_value() == ""


def test_what_is_being_typed_stays_while_the_page_refreshes(visit: Visit, site: Site) -> None:
    page = visit().open("/demo")
    page.get_by_label("Text", exact=True).type("half a sent")
    site.text("she fainted", phone=TOM)
    expect(page.locator("#queue .flag")).to_have_count(1)
    page.keyboard.type("ence")
    expect(page.get_by_label("Text", exact=True)).to_have_value("half a sentence")
    expect(page.get_by_label("Text", exact=True)).to_be_focused()


def test_a_sample_text_is_one_press_and_may_be_pressed_again(visit: Visit) -> None:
    page = visit().open("/demo")
    for times in (1, 2):
        page.get_by_role("button", name="No fever, all good").click()
        expect(page.locator("#phone-texts .mine")).to_have_count(times)
    page.get_by_role("button", name="Send a photo").click()
    expect(page.locator("#phone-texts .mine")).to_have_count(3)
    expect(page.locator("#queue .flag")).to_contain_text("Photo")


def test_another_phone_is_one_press_away(visit: Visit) -> None:
    page = visit().open("/demo")
    page.get_by_role("link", name="Ben").first.click()
    expect(page.get_by_role("heading", name="Tom's phone")).to_be_visible()
    page.get_by_role("button", name="sus dedos están azules").click()
    expect(page.locator("#phone-texts .theirs").last).to_contain_text("911")


def test_without_javascript_a_text_goes_by_form_and_reload(visit: Visit, site: Site) -> None:
    page = visit(java_script_enabled=False).open("/demo")
    page.get_by_label("Text", exact=True).fill("her toes are blue")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#phone-texts .mine")).to_contain_text("her toes are blue")
    expect(page.locator("#queue .flag")).to_contain_text("Emergency")


def test_an_emergency_from_the_phone_appears_in_an_open_console_and_is_taken_answered_and_closed(visit: Visit) -> None:
    page, phone = visit().sign_in(), visit().open("/demo")
    expect(page.get_by_text("Nobody needs you now")).to_be_visible()
    phone.get_by_label("Text", exact=True).fill("he can't breathe")
    phone.get_by_label("Text", exact=True).press("Enter")
    expect(page.locator("#queue .flag")).to_contain_text("Emergency")
    expect(page).to_have_title("(1) Flags · Hearback")
    page.get_by_role("link", name="Ana").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("You have it.")).to_be_visible()
    page.get_by_label("Text the family").fill("This is Nina. I am calling you now.")
    expect(page.locator("#segments")).to_have_text("1 segment.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#talk .staff")).to_contain_text("This is Nina")
    expect(page.locator("#talk .staff")).to_contain_text("delivered")
    page.get_by_label("Emergency room").check()
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Close the flag").click()
    page.wait_for_url("**/console/#just-closed")
    expect(page.get_by_text("Nobody needs you now")).to_be_visible()
    expect(phone.locator("#phone-texts .theirs").last).to_contain_text("This is Nina")


def test_a_stranger_who_opens_a_copied_link_sees_nothing_of_the_family(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    hire(site.home, "elsa", hospital=another_hospital(site.home))
    (flag,) = site.home.flags()
    visitor = visit()
    visitor.sign_in_beside("elsa")
    for path in (f"/console/flags/{flag.id}", f"/console/families/{flag.episode_id}"):
        page = visitor.open(path)
        expect(page.get_by_role("heading", name="Not here")).to_be_visible()
        for word in ("Ana", "Maria", "numb"):
            assert word not in page.content()
    expect(visitor.open("/console/").get_by_text("Nobody needs you now")).to_be_visible()


def test_two_coordinators_on_one_flag_are_told_and_lose_nothing(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    nina, otto = visit().sign_in(), visit().sign_in("otto")
    for page in (nina, otto):
        page.get_by_role("link", name="Ana").click()
    otto.get_by_label("Call or note").fill("mother says it began at noon")
    nina.get_by_role("button", name="Take it").click()
    expect(nina.get_by_text("You have it.")).to_be_visible()
    expect(otto.locator("#flag-head")).to_contain_text("Nina Person has it")
    otto.get_by_role("button", name="Add a note").click()
    expect(otto.get_by_role("alert")).to_contain_text("Something happened here")
    expect(otto.get_by_label("Call or note")).to_have_value("mother says it began at noon")
    otto.get_by_role("button", name="Add a note").click()
    expect(otto.locator("#done .note")).to_have_text("mother says it began at noon")


def test_everything_is_done_by_keyboard_alone(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    visitor = visit()
    page = visitor.open("/console/login")
    page.keyboard.type("nina")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")
    tab_to(page, "link", "Ana")
    page.keyboard.press("Enter")
    page.wait_for_url("**/flags/*")
    tab_to(page, "button", "Take it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have it.")).to_be_visible()
    tab_to(page, "button", "Undo")  # what was just done can be taken back by keyboard
    tab_to(page, "radio", "Advice given")
    page.keyboard.press("Space")
    tab_to(page, "button", "Close the flag")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/#just-closed")
    expect(page.get_by_text("Nobody needs you now")).to_be_visible()


def tab_to(page: Page, role: str, name: str) -> None:
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            outlines = [
                wanted.evaluate(f"element => getComputedStyle(element{part}).outlineStyle") for part in PARTS
            ]
            assert "solid" in outlines, f"{name} shows no focus"
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_a_session_that_ends_takes_nothing_that_was_typed(visit: Visit, site: Site) -> None:
    site.text("his foot is numb")
    visitor = visit()
    page = visitor.sign_in()
    page.get_by_role("link", name="Ana").click()
    page.get_by_label("Call or note").fill("spoke to the mother")
    visitor.context.clear_cookies()
    expect(page.get_by_role("alert")).to_contain_text("You are signed out")
    visitor.sign_in_beside()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Log a call").click()
    expect(page.locator("#done .note")).to_have_text("spoke to the mother")


def test_earlier_days_of_a_story_come_in_place_and_what_was_in_sight_stays(visit: Visit, site: Site) -> None:
    for n in range(90):
        site.text(f"no fever, number {n} of them")
    page = visit().sign_in()
    page.get_by_role("link", name="Families", exact=True).click()
    page.get_by_role("link", name="Ana").first.click()
    talk = page.locator("#talk")
    assert talk.evaluate("box => Math.abs(box.scrollTop)") < 2  # it opens at the newest
    talk.evaluate("box => { box.scrollTop = -box.scrollHeight; }")
    first = page.locator(f"#{talk.locator('li.text').first.get_attribute('id')}")
    shown, place = talk.locator("li.text").count(), first.bounding_box()
    page.get_by_role("link", name="Earlier").click()
    expect(talk.locator("li.text")).not_to_have_count(shown)
    after = first.bounding_box()
    assert place
    assert after
    assert abs(after["y"] - place["y"]) < 60
    while page.get_by_role("link", name="Earlier").count():
        before = talk.locator("li.text").count()
        page.get_by_role("link", name="Earlier").click()
        expect(talk.locator("li.text")).not_to_have_count(before)
    for n in (0, 45, 89):
        expect(talk.get_by_text(f"number {n} of them")).to_have_count(1)
