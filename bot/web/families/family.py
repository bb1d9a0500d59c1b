"""The families: who is followed, one family's whole story."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.web.console import blueprint, looked
from bot.web.families import followup, followup_words
from bot.web.families.followup_doing import begin
from bot.web.families.story import moment_of, story_values
from bot.web.flags.acts import FormError
from bot.web.language import _, told
from bot.web.state import web
from messages.database import IntegrityError
from messages.errors import ConflictError
from messages.people import Right
from messages.store import families as store
from messages.store.console import note_audit
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
        "families/families.html", groups=groups, counts=counts, page=page, pages=pages, hospital=g.hospital
    )


@blueprint.get("/families/<episode_id>")
def family(episode_id: str) -> str:
    """One family: who, what was asked and will be, what was said."""
    return family_page(episode_id)


def family_page(
    episode_id: str, *, problem: str = "", typed: MultiDict[str, str] | None = None, seen: datetime | None = None
) -> str:
    """The page of a family; `problem` and what was `typed` come back when an act could not be done.

    What was done since `seen`, when the old page was opened, is told beside the problem.
    """
    house, vault, hospital_id = web().house, web().house.vault, g.hospital.id
    with house.database.reading() as connection:
        found = store.family(connection, vault, hospital_id, episode_id)
        whose = [adult.caregiver.id for adult in found.adults]
        values: dict[str, Any] = {
            "family": found,
            "check_ins": store.check_ins_of(connection, episode_id),
            "consents": store.consents_of(connection, vault, whose),
            "flags": store.flags_of(connection, hospital_id, found),
            "follow": followup.values(connection, house, found, g.hospital, g.person, web().clock()),
        }
        zone = values["follow"]["zone"]
        changed = followup_words.since(found, values["follow"]["acts"], values["consents"], zone, seen) if seen else []
        before = moment_of(request.args.get("before", ""))
        values |= story_values(connection, found, values["flags"], values["consents"], before)
    looked("episode", episode_id)
    return render_template(
        "families/family.html", hospital=g.hospital, problem=problem, changed=changed,
        typed=typed or MultiDict(), doing=(request.view_args or {}).get("what", ""),
        may_erase=g.person.may(Right.ERASE), **values,
    )


@blueprint.post(f"/families/<episode_id>/<any({', '.join(map(repr, followup.DOES))}):what>")
def follow(episode_id: str, what: str) -> Answer | tuple[str, int]:
    """One act of the signed-in person about a follow-up; all of it or nothing, and back to the page."""
    now, house = web().clock(), web().house
    try:
        with house.database.writing() as connection:
            doing = begin(connection, house, g.person, g.hospital, episode_id, request.form, now)
            followup.DOES[what](doing)
            note_audit(connection, g.person, what, "episode", episode_id, now)
    except IntegrityError:
        return family_page(episode_id, problem=_("Somebody did the same just now. Nothing was changed."),
                           typed=request.form), 409
    except (ConflictError, FormError) as error:
        seen = moment_of(request.form.get("seen_at", "")) if isinstance(error, ConflictError) else None
        page = family_page(episode_id, problem=told(error), typed=request.form, seen=seen)
        return page, 422 if isinstance(error, FormError) else 409
    house.kick.set()
    return redirect(url_for("console.family", episode_id=episode_id, _anchor="follow-up"), 303)
