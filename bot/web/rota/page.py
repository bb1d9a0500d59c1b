"""The rota: four weeks with every hole, one's own shifts, and the acts: ill, back, away, swaps, shifts of one date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from bot.rota import changes, sick, swapping
from bot.rota.changes import Changing
from bot.web.access.kept import comes_back, why_it_came_back
from bot.web.console import blueprint, looked
from bot.web.language import told
from bot.web.rota import calendar
from bot.web.rota.fallback import choose_fallback
from bot.web.state import web
from messages.errors import ConflictError, EnrolmentError, RotaError
from messages.escalation import on_duty
from messages.hours import instant_of
from messages.people import Right, Staff
from messages.rota import Slot, has_rota
from messages.store.accounts import flags_taken_by
from messages.store.people import hospital_by_id, staff_of
from messages.store.rota import Entry, Kind, State, entries

ACTS = "any(sick, back, away, shift, fill, swap, agree, decline, withdraw, remove, fallback)"
BACK = timedelta(weeks=4)  # how far back and ahead the calendar can be turned
AHEAD = timedelta(weeks=52)
MOST_HOLES = 6  # before the rest is folded up
MOST_MINE = 7
ILL_FOR = {"1": timedelta(days=1), "2": timedelta(days=2), "7": timedelta(days=7)}


def _first() -> date:
    """The Monday the calendar begins with."""
    monday = calendar.first_day(g.hospital, web().clock())
    try:
        asked = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return monday
    asked = max(min(asked, monday + AHEAD), monday - BACK)
    return asked - timedelta(days=asked.weekday())


def rota_page(problem: str = "", typed: MultiDict[str, str] | None = None, what: str = "") -> str:
    """The page as this person sees it; what was `typed` into the form of `what` comes back with the problem."""
    house, now, me = web().house, web().clock(), g.person
    with house.database.reading() as connection:
        hospital = hospital_by_id(connection, g.hospital.id)
        staff = staff_of(connection, house.vault, hospital.id)
        changed = entries(connection, hospital.id)
        taken = len(flags_taken_by(connection, me.id))
    first = _first()
    days, found = calendar.days_of(hospital, staff, first, me.id)
    ahead = calendar.window(hospital, calendar.first_day(hospital, now))
    _days, coming = calendar.days_of(hospital, staff, calendar.first_day(hospital, now), me.id)
    here = next((one for one in staff if one.id == me.id), me)
    names = {one.id: one.name for one in staff}
    every_hole = calendar.holes_of(hospital, staff, now, ahead[1])
    every_hole.sort(key=lambda one: not one.in_hours)
    asked = [one for one in changed if one.state is State.ASKED and one.ends_at > now]
    manages = me.may(Right.MANAGE)
    return render_template(
        "rota/rota.html", hospital=hospital, days=days, first=first, today=now.astimezone(hospital.tz).date(),
        week=timedelta(weeks=1), rota_on=has_rota(hospital, staff), holes=every_hole, most=MOST_HOLES,
        clashes=[calendar.clash_words(one) for one in found.clashes], on_now=on_duty(hospital, staff, now),
        goes_to=calendar.pages_go_to(hospital, staff, now), manages=manages, may_act=me.may(Right.ACT), me=here,
        away_now=next((one for one in here.away if one.begins_at <= now < one.ends_at), None), taken=taken,
        mine=calendar.shifts_of(hospital, [one for one in coming.duties if one.person.id == me.id], now),
        every=calendar.shifts_of(hospital, coming.duties, now), most_mine=MOST_MINE,
        asked=[(one, _words(hospital, one), names, part) for one in asked if (part := _part(one, me))],
        changed=[(one, _words(hospital, one)) for one in changed if one.state is State.HOLDS and one.ends_at > now],
        names=names, takers=calendar.may_take(staff), staff=staff,
        f=typed or MultiDict(), what=what, problem=problem, done=request.args.get("done"), ill_for=list(ILL_FOR),
        may_remove=lambda one: manages or (one.kind is Kind.AWAY and one.staff_id == me.id),
    )  # fmt: skip


def _words(hospital: Any, one: Entry) -> str:
    """When an entry is."""
    return calendar.span(hospital, (one.begins_at, one.ends_at))


def _part(one: Entry, me: Staff) -> str:
    """What this person has to do with a swap that is asked: answer, withdraw, see, or nothing."""
    if one.made_by == me.id:
        return "withdraw"
    if me.id in one.parties:
        return "answer"
    return "both" if me.may(Right.MANAGE) else ""


@blueprint.get("/rota")
def rota() -> str:
    """Who is on when, where nobody is, and one's own shifts."""
    looked("rota")
    return rota_page()


class _Form:
    """One form of the page, read against the hospital's clock."""

    def __init__(self, form: MultiDict[str, str], of: Changing) -> None:
        self.form, self.of = form, of

    def who(self) -> str:
        """Whose rota it is: one's own where nobody was chosen."""
        return self.form.get("who") or g.person.id

    def slot(self, name: str = "slot") -> Slot:
        found = calendar.slot_of(self.form.get(name, ""))
        if found is None:
            raise RotaError("Choose a shift.", mend="Nothing was changed.")
        return found

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.form.get(name, ""))
        except ValueError:
            raise RotaError("Choose a day.", mend="Nothing was changed.") from None

    def clock(self, name: str) -> time:
        try:
            text = self.form.get(name, "")
            return time.fromisoformat("00:00" if text == "24:00" else text).replace(second=0, tzinfo=None)
        except ValueError:
            raise RotaError("Write a time like 08:00.", mend="Nothing was changed.") from None

    def place(self) -> int:
        text = self.form.get("place", "1")
        return int(text) if text in ("1", "2", "3", "4") else 0

    def away(self) -> tuple[datetime, datetime]:
        """From the beginning or noon of a day to noon or the end of another."""
        first, last = self.day("first"), self.day("last") if self.form.get("last") else self.day("first")
        begins = instant_of(self.of.hospital, first, time(12) if self.form.get("first_half") == "noon" else time(0))
        if self.form.get("last_half") == "noon":
            return begins, instant_of(self.of.hospital, last, time(12))
        return begins, instant_of(self.of.hospital, last + timedelta(days=1), time(0))

    def hole(self) -> tuple[datetime, datetime]:
        try:
            begins, ends = (datetime.fromisoformat(one).astimezone(UTC) for one in self.form.get("hole", "").split("/"))
        except ValueError:
            raise RotaError("Choose a time.", mend="Nothing was changed.") from None
        return begins, ends


def _sick(of: Changing, form: _Form) -> None:
    sick.report_sick(of, form.who(), of.now + ILL_FOR.get(form.form.get("days", ""), ILL_FOR["1"]))


def _back(of: Changing, form: _Form) -> None:
    sick.come_back(of, form.who())


def _away(of: Changing, form: _Form) -> None:
    changes.add_absence(of, form.who(), *form.away())


def _shift(of: Changing, form: _Form) -> None:
    changes.add_shift(of, form.who(), (form.day("day"), form.clock("from"), form.clock("to"), form.place()))


def _fill(of: Changing, form: _Form) -> None:
    begins, ends = form.hole()
    if not begins < ends <= begins + timedelta(days=14):
        raise RotaError("Choose a time.", mend="Nothing was changed.")
    for slot in changes.shifts_filling(of.hospital, (begins, ends), form.place()):
        changes.add_shift(of, form.who(), slot)
        of.read()


def _swap(of: Changing, form: _Form) -> None:
    giver, _sign, key = form.form.get("shift", "").partition("|")
    slot = calendar.slot_of(key)
    if slot is None:
        raise RotaError("Choose a shift.", mend="Nothing was changed.")
    swapping.ask_swap(of, giver, form.form.get("taker", ""), slot, agreed=form.form.get("agreed") == "yes")


def _answer(what: str) -> Callable[[Changing, _Form], None]:
    def does(of: Changing, form: _Form) -> None:
        swapping.answer_swap(of, form.form.get("entry", ""), what)

    return does


def _remove(of: Changing, form: _Form) -> None:
    changes.remove(of, form.form.get("entry", ""))


def _fallback(of: Changing, form: _Form) -> None:
    of.may_change()
    choose_fallback(of, form.form)


DOES: dict[str, Callable[[Changing, _Form], None]] = {
    "sick": _sick, "back": _back, "away": _away, "shift": _shift, "fill": _fill, "swap": _swap,
    "agree": _answer("agree"), "decline": _answer("decline"), "withdraw": _answer("withdraw"), "remove": _remove,
    "fallback": _fallback,
}  # fmt: skip


@blueprint.post(f"/rota/<{ACTS}:what>")
@comes_back(lambda typed, what: rota_page(why_it_came_back(), typed, what))
def change_rota(what: str) -> Answer | tuple[str, int]:
    """One change of the rota, all of it or nothing; what cannot be is said, and what was typed stays."""
    house = web().house
    try:
        with house.database.writing() as connection:
            hospital = hospital_by_id(connection, g.hospital.id)
            of = Changing(connection, house, hospital, g.person, web().clock())
            DOES[what](of, _Form(request.form, of))
    except (RotaError, EnrolmentError) as error:
        return rota_page(told(error), request.form, what), 422
    except ConflictError as error:
        return rota_page(told(error), request.form, what), 409
    house.kick.set()
    where: dict[str, Any] = {"from": _first().isoformat(), "done": what}
    return redirect(url_for("console.rota", **where), 303)
