"""An auditor reads everything and is offered nothing that they may not do."""

from __future__ import annotations

import re

from messages.people import Role
from tests.house import Home
from tests.integration.desk import application, breathing, desk, hire, text_of


def test_an_auditor_is_offered_no_act_on_any_page(home: Home) -> None:
    hire(home, "ada", Role.AUDITOR)
    ada, flag_id = desk(home, "ada"), breathing(home)
    (flag,) = home.flags()
    queue = ada.page("/console/")
    assert "Nobody has it" in text_of(queue)
    for path in ("/console/", f"/console/flags/{flag_id}", f"/console/families/{flag.episode_id}"):
        page = ada.page(path)
        acts = re.findall(r'(?:form)?action="(/console/(?:flags|families)/[^"]+)"', page)
        assert acts == [], path
        assert "tel:" not in page, path


def test_the_list_made_for_an_auditor_is_not_the_one_a_coordinator_gets(home: Home) -> None:
    app = application(home)
    hire(home, "ada", Role.AUDITOR)
    hire(home, "nina")
    breathing(home)
    ada, nina = desk(home, "ada", app=app), desk(home, "nina", app=app)
    for _again in range(2):
        assert "/take" not in ada.page("/console/")
        assert "/take" in nina.page("/console/")
