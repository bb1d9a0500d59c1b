"""Insight: the figures of a period for managers, as charts, tables and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import Response, g, render_template, request

from bot.web import present
from bot.web.access.signin import wants
from bot.web.console import blueprint, looked
from bot.web.hospital import figures
from bot.web.language import Words, _
from bot.web.spreadsheet import spreadsheet
from bot.web.state import web
from messages.people import Right
from messages.store.console import note_audit
from messages.store.insight import Facts, facts
from messages.store.people import staff_of

PERIODS = (7, 30, 90, 365)
USUAL = 30
TABLES = Words({
    "compare": "Languages and protocols",
    "replies": "Replies by day of recovery",
    "people": "Time to a person",
    "signs": "Signs by day of recovery",
    "outcomes": "How flags ended",
    "alarms": "False alarms",
    "pages": "Pages to each person",
    "texts": "Texts and segments",
})


@dataclass(frozen=True)
class Period:
    """Days of the hospital's calendar, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def _period(today: date) -> Period:
    """The days asked for, at most two years; the last 30 when what was asked is no period."""
    try:
        first, last = (date.fromisoformat(request.args[name]) for name in ("from", "to"))
        if first <= last <= date(9000, 1, 1) and (last - first).days <= 731:
            return Period(first, last)
    except (KeyError, ValueError):
        pass
    days = request.args.get("days", "")
    length = int(days) if days in map(str, PERIODS) else USUAL
    return Period(today - timedelta(days=length - 1), today)


def _facts(period: Period) -> Facts:
    start, end = (
        datetime.combine(day, time(0), g.hospital.tz).astimezone(UTC)
        for day in (period.first, period.last + timedelta(days=1))
    )
    with web().house.database.reading() as connection:
        return facts(connection, g.hospital.id, start, end)


def _names() -> dict[str, str]:
    """The people of this hospital by id; who has left is not among them."""
    with web().house.database.reading() as connection:
        return {one.id: one.name for one in staff_of(connection, web().house.vault, g.hospital.id)}


def _wanted(name: str) -> str:
    return request.args.get(name, "")[:40]


def span(of: timedelta | None) -> str:
    """A span in words; "" for none."""
    return present.span(of) if of is not None else ""


def purpose(code: str) -> str:
    return _("From families") if code == "in" else present.PURPOSES.get(code, code)


def outcome(code: str) -> str:
    return present.OUTCOMES.get(code, code) if code else _("Still open")


def days_of(place: int) -> str:
    low, high = figures.DAYS[place]
    return f"{low}+" if high > 999 else f"{low}\u2013{high}"


@blueprint.get("/insight")
@wants(Right.MANAGE)
def insight() -> str:
    """Every figure of the period."""
    now = web().clock()
    today = now.astimezone(g.hospital.tz).date()
    period = _period(today)
    everything = _facts(period)
    language, protocol = _wanted("language"), _wanted("protocol")
    chosen = figures.narrowed(everything, language, protocol)
    looked("insight", g.hospital.id)
    return render_template(
        "hospital/insight.html", hospital=g.hospital, period=period, periods=PERIODS, today=today, tables=TABLES,
        languages=sorted({one[1] for one in everything.families} | set(g.hospital.languages)),
        protocols=sorted({one[2] for one in everything.families}), language=language, protocol=protocol,
        whole=figures.whole(chosen), compared=figures.compared(everything), replies=figures.replies(chosen),
        people=figures.to_a_person(chosen, now), signs=figures.signs(chosen, g.hospital.zone),
        outcomes=figures.outcomes(chosen), alarms=figures.alarms(chosen),
        woken=figures.woken(everything, g.hospital.zone), names=_names(), spent=figures.spent(chosen), fig=figures,
        span=span, purpose=purpose, outcome=outcome, days_of=days_of, last=lambda one: one[1],
        texts_of=lambda one: one.texts,
        asked={"from": str(period.first), "to": str(period.last), "language": language, "protocol": protocol},
    )  # fmt: skip


def _minutes(of: timedelta | None) -> object:
    return round(of.total_seconds() / 60, 1) if of is not None else None


def _rows(table: str, of: Facts, everything: Facts, now: datetime) -> tuple[Sequence[str], list[Sequence[object]]]:
    """The head and the rows of one table; codes and numbers, so that a program can read them."""
    if table == "replies":
        head: Sequence[str] = ("day of recovery", "asked", "answered", "percent", "not sent")
        found = figures.replies(of)
        return head, [(one.day, one.share.whole, one.share.part, one.share.percent, one.missed) for one in found]
    if table == "people":
        head = ("level", "flags", "median minutes", "nine of ten minutes", "late", "percent late")
        return head, [
            (one.level.value, one.flags, _minutes(one.half), _minutes(one.most), one.late.part, one.late.percent)
            for one in figures.to_a_person(of, now)
        ]
    if table == "signs":
        days = (f"day {low} to {high}" if high < 999 else f"day {low} on" for low, high in figures.DAYS)
        head = ("sign", "flags", *days, "no day")
        return head, [(one.sign, one.total, *one.days, one.unplaced) for one in figures.signs(of, g.hospital.zone)]
    if table == "outcomes":
        return ("outcome", "flags"), [(code or "open", count) for code, count in figures.outcomes(of)]
    if table == "alarms":
        head = ("level", "language", "closed", "false alarms", "percent", "less serious than read", "percent")
        return head, [
            (one.level.value, one.language or "all", one.false.whole, one.false.part, one.false.percent, one.down.part,
             one.down.percent)
            for one in figures.alarms(of)
        ]  # fmt: skip
    if table == "pages":
        known = _names()
        return ("person", "pages", "at night", "nights", "most in one night"), [
            (known.get(one.staff_id, one.staff_id), one.pages, one.at_night, one.nights, one.most)
            for one in figures.woken(everything, g.hospital.zone)
        ]
    if table == "texts":
        return ("purpose", "texts", "segments"), [(one.purpose, one.texts, one.segments) for one in figures.spent(of)]
    head = (
        "language", "protocol", "families", "asked", "answered", "texts in", "read by machine", "flags",
        "median minutes to a person", "closed", "false alarms", "judged", "read wrongly", "silent families", "segments",
    )  # fmt: skip
    return head, [
        (language or "all", protocol or "all", w.families, w.replies.whole, w.replies.part, w.texts_in, w.machine.part,
         w.flags, _minutes(w.half), w.false_alarms.whole, w.false_alarms.part, w.read_wrongly.whole,
         w.read_wrongly.part, w.silent.part, w.segments)
        for language, protocol, w in figures.compared(everything)
    ]  # fmt: skip


@blueprint.get("/insight/csv/<any(compare, replies, people, signs, outcomes, alarms, pages, texts):table>")
@wants(Right.MANAGE)
def insight_csv(table: str) -> Response:
    """One table as a file."""
    now = web().clock()
    period = _period(now.astimezone(g.hospital.tz).date())
    everything = _facts(period)
    chosen = figures.narrowed(everything, _wanted("language"), _wanted("protocol"))
    with web().house.database.writing() as connection:
        note_audit(connection, g.person, "downloaded", "insight", g.hospital.id, now)
    head, rows = _rows(table, chosen, everything, now)
    return spreadsheet(f"{table}-{period.first}-{period.last}", head, rows)
