"""The README's pictures, made anew from the demo: python -m tests.browser.pictures"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from bot.demo.hospital import LOGIN, furnish, open_demo, password_of
from tests.browser.running import clock_from, running

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOMENT = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)  # a Tuesday, 10:20 in the demo's hospital
LARGEST = 150_000  # bytes


def main() -> None:
    """Run the demo at a fixed moment, text as a parent, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        house = open_demo(Path(folder), public_url="http://localhost", speed=1)
        password = password_of(Path(folder))
        furnish(house, password, MOMENT, print)
        with running(house, clock_from(MOMENT)) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
            take(browser, url, password)
            browser.close()


def take(browser: Browser, url: str, password: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = browser.new_context(viewport={"width": 1100, "height": 900}, reduced_motion="reduce").new_page()
    page.goto(f"{url}/demo")
    page.get_by_label("Text", exact=True).fill("no fever but her toes look a bit blue")
    page.get_by_label("Text", exact=True).press("Enter")
    expect(page.locator("#phone-texts .theirs").last).to_contain_text("911 now")
    page.evaluate("document.activeElement.blur()")
    page.locator("#phone .phone").screenshot(path=FOLDER / "phone.png")
    page.goto(f"{url}/console/login")
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#queue .flag").nth(2).wait_for()
    page.screenshot(path=FOLDER / "flags.png")
    page.get_by_role("link", name="Jayden").click()
    page.locator("#talk").wait_for()
    page.screenshot(path=FOLDER / "flag.png")
    page.goto(f"{url}/console/families")
    page.get_by_role("link", name="Ana").first.click()
    page.locator("#story").wait_for()
    page.screenshot(path=FOLDER / "family.png")
    for picture in sorted(FOLDER.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.name}: {size // 1000} kB")
        assert size < LARGEST, f"{picture.name} is too large for a README"


if __name__ == "__main__":
    main()
