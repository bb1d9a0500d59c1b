"""Families moved to another version of their protocol: who changes and how is shown before it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint, stamp
from bot.web.language import _, told
from bot.web.protocols import names
from bot.web.protocols.protocols import looked_through
from bot.web.state import web
from messages.database import Connection
from messages.errors import ConflictError
from messages.people import Right
from messages.store.console import note_audit
from messages.store.contacts import hold_family
from messages.store.episode_acts import note_episode_act
from scheduler.moving import Moving, moved, told_before
from scheduler.store import drafts
from scheduler.store.drafts import Follower, Version
from scheduler.store.published import protocol_by_id

Answered = Answer | str | tuple[str, int]
AT_ONCE = 25  # families of one page: each is held for a moment while its new plan is made
ALL_AT_ONCE = 300  # families of one act, when all are moved


@dataclass(frozen=True)
class Row:
    """One family with what moving it would do."""

    family: Follower
    moving: Moving


def _rows(connection: Connection, one: Version, after: str, most: int) -> tuple[list[Row], str]:
    """The next families on other versions, and where the page after this one begins; "" when there is none."""
    house = web().house
    found = drafts.followers(
        connection, house.vault, g.hospital.id, one.name, one.id, limit=most + 1, after=after
    )
    rows = []
    for family in found[:most]:
        hold_family(connection, g.hospital.id, family.episode_id)
        rows.append(Row(family, told_before(connection, house.vault, g.hospital.id, family.episode_id, one.id,
                                            family.languages, web().clock())))  # fmt: skip
    return rows, found[most - 1].episode_id if len(found) > most else ""


def _page(protocol_id: str, problem: str = "", status: int = 200) -> tuple[str, int]:
    after, every = request.values.get("after", "")[:32], bool(request.values.get("all"))
    with web().house.database.writing() as connection:  # plans are made, looked at, and taken back
        one = drafts.version_by_id(connection, g.hospital.id, protocol_id)
        rows, following = _rows(connection, one, after, ALL_AT_ONCE if every else AT_ONCE)
        several = drafts.versions(connection, g.hospital.id, one.name)
        title = looked_through(protocol_by_id(connection, one.id).title)
        for row in rows:
            note_audit(connection, g.person, "looked", "episode", row.family.episode_id, web().clock())
    page = render_template(
        "protocols/move.html", one=one, rows=rows, following=following, after=after, title=title, names=names,
        left=sum(each.families for each in several if each.id != one.id), problem=problem, hospital=g.hospital,
        every=_seal([row.moving for row in rows]) if every else "", most=ALL_AT_ONCE,
        may_move=sum(not row.moving.stays for row in rows), zones=ZoneInfo, done=request.args.get("done"),
        ticked=set(request.form.getlist("family")) or None,
    )
    return page, status


def _seal(moving: Sequence[Moving]) -> str:
    """Equal for the same families with the same changes."""
    return stamp(sorted(one.seal for one in moving if not one.stays))


def _may() -> None:
    """Whoever moves families sees their names."""
    if not g.person.may(Right.LOOK):
        abort(403)


@blueprint.get("/protocols/<protocol_id>/move")
@wants(Right.MANAGE)
def move(protocol_id: str) -> tuple[str, int]:
    """Who would be moved to this version, and what would come, go and move."""
    _may()
    return _page(protocol_id)


@blueprint.post("/protocols/<protocol_id>/move")
@wants(Right.MANAGE)
@proven
def move_families(protocol_id: str) -> Answered:
    """Move the ticked families, all of them or none; what was shown must still be true."""
    _may()
    chosen, every = request.form.getlist("family")[:AT_ONCE], request.form.get("all", "")
    if not chosen and not every:
        return _page(protocol_id, _("Tick the families to move."), 422)
    house, now = web().house, web().clock()
    try:
        with house.database.writing() as connection:
            one = drafts.version_by_id(connection, g.hospital.id, protocol_id)
            if every:
                number = _move_all(connection, one, every)
            else:
                number = len(chosen)
                for entry in sorted(chosen):
                    episode_id, _colon, seal = entry.partition(":")
                    _move(connection, one, episode_id, seal)
            note_audit(connection, g.person, "families moved", "protocol", one.id, now)
    except ConflictError as error:
        return _page(protocol_id, told(error), 409)
    house.kick.set()
    return redirect(url_for("console.move", protocol_id=protocol_id, done=number), 303)


def _move(connection: Connection, one: Version, episode_id: str, seal: str) -> None:
    house, now = web().house, web().clock()
    hold_family(connection, g.hospital.id, episode_id)
    found = drafts.followers(connection, house.vault, g.hospital.id, one.name, one.id, limit=1, only=episode_id)
    if not found:
        raise ConflictError("One of these families is not on another version any more.", mend="Nothing was changed.")
    done: Any = moved(connection, house.vault, g.hospital.id, episode_id, one.id, found[0].languages, now)
    if done.stays or done.seal != seal:
        raise _changed()
    _noted(connection, one, found[0])


def _move_all(connection: Connection, one: Version, seal: str) -> int:
    """Move everybody who can be moved, up to ALL_AT_ONCE, if that is what was shown; how many were."""
    house, now = web().house, web().clock()
    done: list[Moving] = []
    found = drafts.followers(connection, house.vault, g.hospital.id, one.name, one.id, limit=ALL_AT_ONCE)
    for family in found:
        hold_family(connection, g.hospital.id, family.episode_id)
        done.append(moved(connection, house.vault, g.hospital.id, family.episode_id, one.id, family.languages, now))
        if not done[-1].stays:
            _noted(connection, one, family)
    if _seal(done) != seal:
        raise _changed()
    return sum(not each.stays for each in done)


def _changed() -> ConflictError:
    return ConflictError(
        "Something changed for one of these families since you opened the page.",
        mend="Nobody was moved. Look at what is new, then press again.",
    )


def _noted(connection: Connection, one: Version, family: Follower) -> None:
    detail = {"was": family.version, "version": one.version, "protocol": one.id}
    note_episode_act(
        connection, web().house.vault, g.person, family.episode_id, "version", now=web().clock(), detail=detail
    )
