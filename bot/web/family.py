"""The families: who is followed, one family's whole story."""

from __future__ import annotations

from flask import g, render_template

from bot.web.console import blueprint, looked
from bot.web.state import web
from messages.store import families as store
from messages.store.thread import thread


@blueprint.get("/families")
def families() -> str:
    """Everybody who is followed, running follow-ups first."""
    with web().house.database.reading() as connection:
        found = store.families(connection, web().house.vault, g.hospital.id)
    looked("families")
    return render_template("console/families.html", families=found, hospital=g.hospital)


@blueprint.get("/families/<episode_id>")
def family(episode_id: str) -> str:
    """One family: who, what was asked and will be, what was said."""
    vault, hospital_id = web().house.vault, g.hospital.id
    with web().house.database.reading() as connection:
        found = store.family(connection, vault, hospital_id, episode_id)
        whose = [adult.caregiver.id for adult in found.adults]
        values = {
            "family": found,
            "lines": thread(connection, vault, hospital_id, caregiver_ids=whose),
            "check_ins": store.check_ins_of(connection, episode_id),
            "consents": store.consents_of(connection, vault, whose),
            "flags": store.flags_of(connection, hospital_id, found),
        }
    looked("episode", episode_id)
    return render_template("console/family.html", hospital=g.hospital, texts=set(), seen=None, **values)
