"""Many families from a list: given in, checked row by row, looked at, then enrolled; bad rows to be mended."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from flask import Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bot.enrolment.many import AT_ONCE, KINDS, Manner, manner, take_rows
from bot.enrolment.rehearsal import Rehearsal
from bot.enrolment.said import told_notes
from bot.enrolment.sheet import LARGEST, NEEDED, bad_rows, each_mistake, read_sheet
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.language import _, told
from bot.web.state import web
from messages.errors import ConflictError, EnrolmentError
from messages.people import Right
from messages.phones import region_of
from messages.store.console import note_audit
from messages.store.imports import Import, begin_import, forget_imports, import_of, keep_import
from scheduler.enrol import Agreed
from scheduler.store.published import published_names

A_STRETCH = 1.5  # seconds of work for one request: the page shows how far it is, and other writers are not held up
KEPT = timedelta(days=2)
MOST_SHOWN = 200
GOES_ON = {"checking": "checked", "enrolling": "done"}
ROOM = LARGEST + 64 * 1024  # of the request: the file and the form around it


def _page(problem: str = "", status: int = 200) -> tuple[str, int]:
    return render_template("enrol/import.html", problem=problem, needed=NEEDED, hospital=g.hospital), status


@blueprint.get("/families/import")
@wants(Right.ACT)
def import_families() -> tuple[str, int]:
    """Where a list is given in."""
    return _page()


@blueprint.post("/families/import")
@wants(Right.ACT)
def give_list() -> Answer | tuple[str, int]:
    """Keep the file, sealed; nothing is enrolled yet."""
    house, now = web().house, web().clock()
    raw = request.files["file"].read() if "file" in request.files else b""
    try:
        if request.form.get("agreed") != "yes":
            raise EnrolmentError(
                _("It is not said that these families agreed."), mend=_("Tick it, if they did.")
            )
        if not raw:
            raise EnrolmentError(_("No file was chosen."), mend=_("Choose the list."))
        _heading, rows = read_sheet(raw)
        if not rows:
            raise EnrolmentError(_("The list has a heading and no families."), mend=_("Choose another file."))
    except EnrolmentError as error:
        return _page(told(error), 422)
    with house.database.writing() as connection:
        forget_imports(connection, now - KEPT)
        import_id = begin_import(connection, house.vault, g.person, raw, len(rows), now)
        note_audit(connection, g.person, "gave list", "import", import_id, now)
    return redirect(url_for("console.one_import", import_id=import_id), 303)


@blueprint.get("/families/import/<import_id>")
@wants(Right.ACT)
def one_import(import_id: str) -> str:
    """How far a list is, and what was found."""
    with web().house.database.reading() as connection:
        one = import_of(connection, web().house.vault, g.person, import_id)
    looked("import", import_id)
    return _shown(one)


def _shown(one: Import, problem: str = "") -> str:
    bad, notes = _rows(one), one.found.get("notes", [])
    return render_template(
        "enrol/list.html", one=one, bad=list(bad.items())[:MOST_SHOWN], notes=notes[:MOST_SHOWN], all_bad=len(bad),
        kinds=KINDS, goes_on=one.state in GOES_ON, problem=problem, good=sum(one.counts.values()),
    )


def _rows(one: Import) -> dict[int, list[tuple[str, str]]]:
    """The rows with mistakes by their number: (column, what is wrong and the mend) of each mistake."""
    bad: dict[int, list[tuple[str, str]]] = {}
    for number, said, *column in one.found.get("bad", []):
        bad.setdefault(number, []).append((column[0] if column else "", said))
    return bad


@blueprint.post("/families/import/<import_id>/<any(check, enrol):what>")
@wants(Right.ACT)
def go_on_list(import_id: str, what: str) -> Answer | tuple[str, int]:
    """One stretch of work on a list. Rows and how far it is are one commit: no row is left out or done twice."""
    house, end = web().house, monotonic() + A_STRETCH
    first = request.form.get("first") == "yes"
    while True:
        with house.database.writing() as connection:
            one = import_of(connection, house.vault, g.person, import_id, lock=True)
            if what == "enrol" and one.state == "checked" and first:
                one.state, one.next_row, one.counts, one.found = "enrolling", 0, {}, {}
                note_audit(connection, g.person, "enrolled list", "import", import_id, web().clock())
            elif one.state != {"check": "checking", "enrol": "enrolling"}[what]:
                break
            heading, rows = read_sheet(one.raw)
            how = _manner(one, what, heading)
            while one.next_row < one.total:
                some = rows[one.next_row : one.next_row + AT_ONCE]
                for said in take_rows(house, connection, g.hospital, some, how, web().clock()):
                    for mistake in said.mistakes:
                        line = [said.row.number, told(mistake, whole=True), mistake.field]
                        one.found.setdefault("bad", []).append(line)
                    if not said.mistakes:
                        one.counts[said.kind] = one.counts.get(said.kind, 0) + 1
                    for note in told_notes(said.notes, _):
                        one.found.setdefault("notes", []).append([said.row.number, note])
                one.next_row += len(some)
                if monotonic() >= end:
                    break
            if how.rehearsal is not None:
                one.found["seen"] = how.rehearsal.kept()
            if one.next_row >= one.total:
                one.state = GOES_ON[one.state]
                one.found.pop("seen", None)
            keep_import(connection, house.vault, one)
        break
    house.kick.set()
    return redirect(url_for("console.one_import", import_id=import_id), 303)


def _manner(one: Import, what: str, heading: list[str]) -> Manner:
    _heading, rows = read_sheet(one.raw)
    agreed = Agreed("import", "", g.person.id)
    how = manner(rows, region_of(g.hospital.sender), agreed, dry_run=what == "check")
    if what == "check":
        how.rehearsal = Rehearsal.again(one.found.get("seen", {}))
    return how


@blueprint.get("/families/import/<import_id>/bad.csv")
@wants(Right.ACT)
def bad_csv(import_id: str) -> Response:
    """The rows that were left out, each with its problem."""
    with web().house.database.writing() as connection:
        one = import_of(connection, web().house.vault, g.person, import_id)
        note_audit(connection, g.person, "downloaded", "import", import_id, web().clock())
    heading, rows = read_sheet(one.raw)
    problems = {number: " ".join(each_mistake(found)) for number, found in _rows(one).items()}
    if not problems:
        raise ConflictError(_("No row was left out."), mend=_("There is nothing to mend."))
    text = bad_rows(heading, [(row, problems[row.number]) for row in rows if row.number in problems])
    headers = {"Content-Disposition": 'attachment; filename="rows-to-mend.csv"'}
    return Response(text, mimetype="text/csv", headers=headers)


@blueprint.get("/families/import/example.csv")
@wants(Right.ACT)
def example_csv() -> Response:
    """A list with the right heading and one made-up family."""
    with web().house.database.reading() as connection:
        protocol = next(iter(published_names(connection, g.hospital.id)), "")
    row = ("Ana", f"{web().clock().astimezone(g.hospital.tz):%Y-%m-%d}", protocol, "Maria", "mother",
           "+12025550123", g.hospital.languages[0], g.hospital.zone)
    headers = {"Content-Disposition": 'attachment; filename="families.csv"'}
    return Response(f"\ufeff{','.join(NEEDED)}\r\n{','.join(row)}\r\n", mimetype="text/csv", headers=headers)
