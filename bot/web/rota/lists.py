"""A rota from a spreadsheet: looked at row by row first, then taken in."""

from __future__ import annotations

from flask import Response, g, render_template, request
from werkzeug.wrappers import Response as Answer

from bot.enrolment.sheet import decoded
from bot.rota.changes import Changing
from bot.rota.sheet import ALLOWED, EXAMPLE, Said, read_rows, take_rows
from bot.web.access.kept import comes_back, why_it_came_back
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.language import told
from bot.web.rota.calendar import span
from bot.web.state import web
from messages.errors import EnrolmentError, RotaError
from messages.hours import stretch_of
from messages.people import Right

LONGEST = 60_000  # characters


def _page(text: str = "", problem: str = "", said: list[Said] | None = None, *, saved: bool = False) -> str:
    rows = []
    for one in said or ():
        when = stretch_of(g.hospital, *one.slot[:3]) if one.slot else None
        rows.append((one, span(g.hospital, when) if when else "", told(one.problem) if one.problem else ""))
    return render_template(
        "rota/list.html", text=text, problem=problem, said=rows, looked=said is not None, saved=saved,
        good=sum(1 for one in said or () if not one.problem and not one.here), columns=ALLOWED, hospital=g.hospital,
    )  # fmt: skip


@blueprint.get("/rota/list")
@wants(Right.MANAGE)
def rota_list() -> str:
    """Where a list is given in."""
    looked("rota")
    return _page()


@blueprint.post("/rota/list")
@wants(Right.MANAGE)
@comes_back(lambda typed: _page(typed.get("text", ""), why_it_came_back()))
def take_rota() -> str | tuple[str, int] | Answer:
    """Look at a list; the same list, seen, is taken in: every good row, and no other."""
    house, file = web().house, request.files.get("file")
    try:
        text = decoded(file.read()) if file and file.filename else request.form.get("text", "")
        if len(text) > LONGEST:
            raise RotaError("The list is too long.", mend="Split it.")
        rows = read_rows(text.encode())
        save = request.form.get("do") == "save"
        with house.database.writing() as connection:
            of = Changing(connection, house, g.hospital, g.person, web().clock())
            said = take_rows(of, rows, dry_run=not save)
    except (RotaError, EnrolmentError) as error:
        return _page(request.form.get("text", ""), told(error)), 422
    if save:
        house.kick.set()
    return _page(text, said=said, saved=save)


@blueprint.get("/rota/example.csv")
@wants(Right.MANAGE)
def rota_example() -> Response:
    """A list with the right heading and two made-up rows."""
    headers = {"Content-Disposition": 'attachment; filename="rota.csv"'}
    return Response(f"\ufeff{EXAMPLE}", mimetype="text/csv", headers=headers)
