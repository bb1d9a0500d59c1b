"""The settings of the hospital: a page that says what is missing, and one form for each part.

A form is looked at before it is saved: everything wrong at once, or what will be otherwise; then it is saved as seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.conversation.changes import Otherwise, promised_otherwise
from bot.conversation.say import wordings
from bot.inbound import take_in_astray
from bot.web.access.kept import comes_back, signed_out
from bot.web.access.proven import proven
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked, stamp
from bot.web.hospital import changes, cover, forms
from bot.web.hospital.missing import missing
from bot.web.hospital.typed import Typed
from bot.web.language import Words, _, told
from bot.web.state import web
from messages.database import Connection, IntegrityError
from messages.errors import ConflictError
from messages.people import Hospital, Right, Role, Staff
from messages.store import configured
from messages.store.astray import astray_numbers
from messages.store.console import note_audit
from messages.store.people import all_hospitals, hospital_by_id, staff_of
from scheduler.quiet import asked_in
from scheduler.store.published import protocols_in_use

Answered = Answer | str | tuple[str, int]
_NOT_TYPED = ("csrf_token", "version", "seen", "seen_at", "do")
PARTS = Words({
    "basics": "Name, phones, languages",
    "numbers": "Numbers families text with",
    "hours": "Hours and holidays",
    "cover": "Who answers when",
    "times": "Times and quiet hours",
    "phrases": "Ready phrases",
    "words": "Words for the reader",
})
_SHOWN: dict[str, Callable[[Hospital], forms.Form]] = {
    "basics": forms.basics_form, "numbers": forms.numbers_form, "hours": forms.hours_form, "times": forms.times_form,
    "phrases": forms.phrases_form, "words": forms.words_form,
}  # fmt: skip
_READ: dict[str, Callable[[Typed, Hospital], Hospital]] = {
    "basics": forms.basics_read, "numbers": forms.numbers_read, "hours": forms.hours_read, "times": forms.times_read,
    "phrases": forms.phrases_read, "words": forms.words_read,
}  # fmt: skip


@dataclass
class Looked:
    """A form as it was read, not yet saved: what is wrong, or what will be otherwise."""

    hospital: Hospital
    staff: list[Staff]
    problems: dict[str, str]
    lines: list[str] = field(default_factory=list)
    promises: list[Otherwise] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        return not self.lines and not self.promises


def _only_one(connection: Connection) -> bool:
    return len(all_hospitals(connection)) == 1


def _look(connection: Connection, part: str, form: forms.Form) -> Looked:
    """Read a form against the hospital as it is now."""
    before = hospital_by_id(connection, g.hospital.id)
    staff = staff_of(connection, web().house.vault, before.id)
    typed, after, now = Typed(form), before, web().clock()
    if part == "cover":
        people = cover.cover_read(typed, staff)
        return Looked(before, people, typed.problems, [*changes.cover_summary(staff, people)])
    after = _READ[part](typed, before)
    if part == "times" and after.quiet and not typed.problems:
        for protocol in protocols_in_use(connection, before.id):
            if held := asked_in(protocol, after.quiet):
                typed.wrong("quiet_from", _("%(protocol)s texts at %(time)s. Begin later, end earlier, or change it first.") % {
                    "protocol": protocol.name, "time": ", ".join(map(forms.clock, held)),
                })  # fmt: skip
    added = set(after.senders) - set(before.senders)
    if part == "numbers" and added and g.person.role is not Role.ADMINISTRATOR and not _only_one(connection):
        typed.wrong("more", _("Several hospitals share this installation: an administrator adds a number."))
    lines = [] if typed.problems else [*changes.summary(before, after)]
    for one in astray_numbers(connection) if part == "numbers" else ():
        if one.number in added:
            lines.append(changes.sooner(one.texts))
    promises = [] if typed.problems else promised_otherwise(before, after, now, after.languages[0])
    return Looked(after, list(staff), typed.problems, lines, promises)


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


def part_page(part: str, form: forms.Form | None = None, found: Looked | None = None, problem: str = "") -> str:
    """One part: what is set, or what was typed with what is wrong or new about it."""
    with web().house.database.reading() as connection:
        hospital = hospital_by_id(connection, g.hospital.id)
        staff = staff_of(connection, web().house.vault, hospital.id)
        alone = _only_one(connection)
    values: dict[str, Any] = {}
    if form is None:
        form = cover.cover_form(staff) if part == "cover" else _SHOWN[part](hospital)
    if part == "cover":
        monday = _monday()
        people = found.staff if found and not found.problems else staff
        values |= {"week": cover.week_of(hospital, people, monday), "monday": monday, "staff": staff, "days": timedelta}
    if part == "basics":
        values["zones"] = sorted(one for one in available_timezones() if "/" in one and not one.startswith(("Etc/", "SystemV/")))
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
        lacks = missing(
            here, staff, protocols_in_use(connection, here.id), now, simulated=house.carrier.name == "simulator"
        )
        astray = astray_numbers(connection) if g.person.role is Role.ADMINISTRATOR else []
    looked("hospital", here.id)
    return render_template(
        "hospital/hospital.html", parts=PARTS, part="", hospital=here, staff=staff, lacks=lacks, astray=astray,
        say=changes, today=now.astimezone(here.tz).date(), done=request.args.get("done"),
    )


@blueprint.get("/hospital/<any(basics, numbers, hours, cover, times, phrases, words):part>")
@wants(Right.MANAGE)
def settings(part: str) -> str:
    """One part of the settings."""
    looked("hospital", g.hospital.id)
    return part_page(part)


def _again(part: str, typed: MultiDict[str, str]) -> str:
    return part_page(part, typed, problem=signed_out())


@blueprint.post("/hospital/<any(basics, numbers, hours, cover, times, phrases, words):part>")
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
            save = seen and not found.problems and not found.nothing
            if save:
                _save(connection, part, found)
                note_audit(connection, g.person, f"set {part}", "hospital", g.hospital.id, now)
    except ConflictError as error:
        return part_page(part, form, problem=told(error)), 409
    except IntegrityError:
        found.problems["more"] = _("Another hospital here has one of these numbers.")
        return part_page(part, form, found), 422
    if found.problems:
        return part_page(part, form, found), 422
    if not save:
        return part_page(part, form, found)
    if part == "numbers":
        for number in found.hospital.senders:
            take_in_astray(house, number, now)
    house.kick.set()
    return redirect(url_for("console.settings", part=part, done="saved"), 303)


def _save(connection: Connection, part: str, found: Looked) -> None:
    if part == "cover":
        for person in found.staff:
            configured.set_shifts(connection, g.hospital.id, person.id, person.shifts)
        configured.settings_changed(connection, g.hospital.id)
    else:
        configured.save_hospital(connection, found.hospital, web().clock())
