"""What holds for every page of the console: readable by everyone in both themes, and never wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visitor
from tests.browser.every_page import walk
from tests.browser.test_getting_in import site as site  # at a name, as passkeys want it
from tests.browser.test_pages import SCHEMES

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
WIDTHS = (320, 360, 768, 1600)  # 320: a wide page enlarged to 400 %
_UNFOLDED = "document.querySelectorAll('main details').forEach(one => { one.open = true; })"


def test_axe_finds_nothing_on_any_page_light_or_dark(visit: Visit) -> None:
    found = []
    for name, page in walk(visit()):
        page.evaluate(_UNFOLDED)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            problems = Axe().run(page).response["violations"]
            found += [(name, scheme, one["id"], one["nodes"][0]["html"]) for one in problems]
        page.emulate_media(color_scheme="light")
    assert found == []


def test_no_page_scrolls_sideways_on_a_phone_or_a_wide_screen(visit: Visit) -> None:
    wider = []
    for name, page in walk(visit()):
        page.evaluate(_UNFOLDED)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wider.append((name, width))
        page.set_viewport_size({"width": 1280, "height": 900})
    assert wider == []
