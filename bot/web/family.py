"""The families: who is followed, one family's whole story."""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import g, render_template, request

from bot.web.console import blueprint, looked
from bot.web.state import web
from bot.web.story import moment_of, story_values
from messages.store import families as store
from messages.store.family_list import PAGE, STATES, count_families, listed, page_of_families


@blueprint.get("/families")
def families() -> str:
    """Everybody who is followed, a page at a time, running follow-ups first."""
    with web().house.database.reading() as connection:
        counts = count_families(connection, g.hospital.id)
        pages = max(1, ceil(sum(counts.values()) / PAGE))
        page = min(max(1, request.args.get("page", 1, type=int)), pages)
        ids = page_of_families(connection, g.hospital.id, page)
        found = listed(connection, web().house.vault, g.hospital.id, ids)
    looked("families")
    groups = [(state, [one for one in found if one.family.state == state]) for state in STATES]
    return render_template(
        "console/families.html", groups=groups, counts=counts, page=page, pages=pages, hospital=g.hospital
    )


@blueprint.get("/families/<episode_id>")
def family(episode_id: str) -> str:
    """One family: who, what was asked and will be, what was said."""
    vault, hospital_id = web().house.vault, g.hospital.id
    with web().house.database.reading() as connection:
        found = store.family(connection, vault, hospital_id, episode_id)
        whose = [adult.caregiver.id for adult in found.adults]
        values: dict[str, Any] = {
            "family": found,
            "check_ins": store.check_ins_of(connection, episode_id),
            "consents": store.consents_of(connection, vault, whose),
            "flags": store.flags_of(connection, hospital_id, found),
        }
        before = moment_of(request.args.get("before", ""))
        values |= story_values(connection, found, values["flags"], values["consents"], before)
    looked("episode", episode_id)
    return render_template("console/family.html", hospital=g.hospital, **values)
