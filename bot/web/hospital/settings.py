"""The settings of the hospital: a page that says what is missing, and one form for each part.

A form is looked at before it is saved: everything wrong at once, or what will be otherwise; then it is saved as seen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.conversation.say import wordings
from bot.inbound import take_in_astray
from bot.web.access.kept import comes_back, why_it_came_back
from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked, stamp
from bot.web.flags import told as telling
from bot.web.hospital import changes, cover, forms, rungs
from bot.web.hospital.checked import PARTS, Looked, form_of, look, save
from bot.web.hospital.first import zones
from bot.web.hospital.missing import around, everywhere, missing
from bot.web.hospital.reach import where_it_is
from bot.web.language import _, told
from bot.web.state import web
from messages.database import Connection, IntegrityError
from messages.errors import ConflictError
from messages.ladder import LEVELS
from messages.people import Right, Role
from messages.reachable import WAYS
from messages.store import configured
from messages.store.astray import astray_numbers
from messages.store.console import note_audit
from messages.store.people import all_hospitals, hospital_by_id, staff_of
from scheduler.store.published import protocols_in_use

Answered = Answer | str | tuple[str, int]
_NOT_TYPED = ("csrf_token", "version", "seen", "seen_at", "do")


def _only_one(connection: Connection) -> bool:
    return len(all_hospitals(connection)) == 1


def _look(connection: Connection, part: str, form: forms.Form) -> Looked:
    found = look(connection, web().house, g.hospital.id, part, form, web().clock())
    added = set(found.hospital.senders) - set(found.before.senders)
    if added and g.person.role is not Role.ADMINISTRATOR and not _only_one(connection):
        problem = _("Several hospitals share this installation: an administrator adds a number.")
        found.problems.setdefault("more", problem)
    return found


def _mark(part: str, form: forms.Form) -> str:
    """Differs when anything that was typed does."""
    return stamp(part, sorted((name, value) for name, value in form.items(multi=True) if name not in _NOT_TYPED))


def _rows(form: forms.Form, name: str) -> list[int]:
    """The rows of a list that a form has, emptied ones too."""
    row = 0
    while f"{name}_{row}" in form and row < 200:
        row += 1
    return list(range(row + (forms.BLANK_ROWS if form.get("do") == "rows" else 0)))


def _monday() -> date:
    try:
        day = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        day = web().clock().astimezone(g.hospital.tz).date()
    return max(min(day, date(2200, 1, 1)), date(2000, 1, 8)) - timedelta(days=day.weekday())


def _span(typed: str | None) -> timedelta | None:
    """What is set or was typed, when it is a number of minutes: it stays a choice."""
    return timedelta(minutes=int(typed)) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 5 else None


def part_page(part: str, form: forms.Form | None = None, found: Looked | None = None, problem: str = "") -> str:
    """One part: what is set, or what was typed with what is wrong or new about it."""
    with web().house.database.reading() as connection:
        hospital = hospital_by_id(connection, g.hospital.id)
        staff = [*staff_of(connection, web().house.vault, hospital.id)]
        alone = _only_one(connection)
    values: dict[str, Any] = {}
    if form is None:
        form = form_of(part, hospital, staff)
    if part == "cover":
        monday = _monday()
        people = found.staff if found and not found.problems else staff
        values |= {"week": cover.week_of(hospital, people, monday), "monday": monday, "staff": staff, "days": timedelta}
    if part == "ladder":
        values |= {
            "ladder_now": rungs.right_now(hospital, staff, web().clock()), "ladder_levels": [*LEVELS],
            "whom": rungs.choices(staff), "several_ways": len(WAYS) > 1,
            "ways": [(one, telling.WAYS[one]) for one in WAYS],
            "digests": rungs.digests,
            "spans": lambda level, now: rungs.spans(level, _span(now)),
        }  # fmt: skip
    if part == "basics":
        values["zones"] = zones()
    looked_at = found is not None and not found.problems and not found.nothing
    return render_template(
        f"hospital/{part}.html", part=part, parts=PARTS, hospital=hospital, f=form, found=found, alone=alone,
        problems=found.problems if found else {}, problem=problem, rows=lambda name: _rows(form, name),
        seen=_mark(part, form) if looked_at else "", say=changes, codes=list(wordings()), done=request.args.get("done"),
        **values,
    )  # fmt: skip


@blueprint.get("/hospital")
@wants(Right.MANAGE)
def hospital() -> str:
    """What is set, and what is still missing."""
    house, now = web().house, web().clock()
    with house.database.reading() as connection:
        here = hospital_by_id(connection, g.hospital.id)
        staff = staff_of(connection, house.vault, here.id)
        outside = around(connection, house, now)
        found = everywhere(outside, here.id) + missing(here, staff, protocols_in_use(connection, here.id), now, outside)
        lacks = [
            replace(one, what=_(one.what), mend=_(one.mend)) for one in sorted(found, key=lambda one: not one.serious)
        ]
        tested = where_it_is(connection, request.args.get("text", "")[:32])
        astray = astray_numbers(connection) if g.person.role is Role.ADMINISTRATOR else []
    looked("hospital", here.id)
    return render_template(
        "hospital/hospital.html", parts=PARTS, part="", hospital=here, staff=staff, lacks=lacks, astray=astray,
        say=changes, today=now.astimezone(here.tz).date(), done=request.args.get("done"), tested=tested,
        wrong_phone=request.args.get("wrong", "")[:200],
    )  # fmt: skip


@blueprint.get("/hospital/<any(basics, numbers, hours, cover, ladder, times, phrases, words, kept):part>")
@wants(Right.MANAGE)
def settings(part: str) -> str:
    """One part of the settings."""
    looked("hospital", g.hospital.id)
    return part_page(part)


def _again(part: str, typed: MultiDict[str, str]) -> str:
    return part_page(part, typed, problem=why_it_came_back())


@blueprint.post("/hospital/<any(basics, numbers, hours, cover, ladder, times, phrases, words, kept):part>")
@wants(Right.MANAGE)
@comes_back(lambda typed, part: _again(part, typed))
@proven
def set_part(part: str) -> Answered:
    """Look at what was typed; the same form again, seen, is saved: all of it or nothing."""
    house, now, form = web().house, web().clock(), request.form
    version = form.get("version", "")
    if not (version.isascii() and version.isdecimal() and len(version) < 9):
        abort(400)
    if form.get("do") == "rows":
        return part_page(part, form)
    seen = form.get("seen") == _mark(part, form)
    try:
        with house.database.writing() as connection:
            configured.hold_settings(connection, g.hospital.id, int(version))
            found = _look(connection, part, form)
            saved = seen and not found.problems and not found.nothing
            if saved:
                save(connection, part, found, now)
                note_audit(connection, g.person, f"set {part}", "hospital", g.hospital.id, now)
    except ConflictError as error:
        return part_page(part, form, problem=told(error)), 409
    except IntegrityError:
        found.problems["more"] = _("Another hospital here has one of these numbers.")
        return part_page(part, form, found), 422
    if found.problems:
        return part_page(part, form, found), 422
    if not saved:
        return part_page(part, form, found)
    if part == "numbers":
        for number in found.hospital.senders:
            take_in_astray(house, number, now)
    house.kick.set()
    return redirect(url_for("console.settings", part=part, done="saved"), 303)
