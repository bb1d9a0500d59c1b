"""One family's record as a PDF: who, then everything said and done in its order, then every check-in.

Times are on the hospital's clock, the family's beside it where that differs. The PDF's own fonts hold Latin-1 only: a
character beyond it is written by its name in brackets, so that no word is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot.web import present
from bot.web.families.followup_words import said
from bot.web.families.latin import latin
from bot.web.families.recorded import cause, coded, late_words, named
from bot.web.language import _
from messages.conversation import Purpose
from messages.flags import ActKind, FlagKind, Level, Outcome
from messages.store.conversation import evidence_of

Fields = Mapping[str, Any]


class _Paper(FPDF):
    """A4 with the record's name and the page's number below."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = latin(foot)
        self.set_auto_page_break(True, margin=18)
        self.set_margins(18, 16, 18)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-13)
        self.set_font("helvetica", size=8)
        self.set_text_color(90)
        self.cell(0, 5, self._foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, latin(_("Page {page} of {pages}").format(page=self.page_no(), pages="{nb}")), align="R")
        self.set_text_color(0)

    def line_of(self, text: str, *, size: float = 9.5, style: str = "", indent: float = 0, grey: int = 0) -> None:
        """One paragraph."""
        self.set_font("helvetica", style, size)
        self.set_text_color(grey)
        self.set_x(self.l_margin + indent)
        self.multi_cell(0, size * 0.48, latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)

    def keep(self, height: float) -> None:
        """Go on with the next page where less than `height` mm is left of this one: no heading stands alone."""
        if self.will_page_break(height):
            self.add_page()

    def title_of(self, text: str) -> None:
        self.ln(4)
        self.line_of(text, size=13, style="B")
        self.ln(1.5)


class _Clock:
    """Times as the record writes them."""

    def __init__(self, record: Fields) -> None:
        self.here = ZoneInfo(record["hospital"]["zone"])
        self.theirs = {adult["id"]: ZoneInfo(adult["zone"]) for adult in record["caregivers"]}
        self.home = next(iter(self.theirs.values()), self.here)

    def day(self, at: str) -> str:
        local = datetime.fromisoformat(at).astimezone(self.here)
        return present.long_date(local)

    def time(self, at: str, caregiver_id: str | None = None) -> str:
        """ "9:05 am", or "9:05 am (6:05 am for the family)" where the clocks differ."""
        moment = datetime.fromisoformat(at)
        theirs = self.theirs.get(caregiver_id or "", self.home)
        words = present.clock(moment, self.here)
        if moment.astimezone(theirs).utcoffset() != moment.astimezone(self.here).utcoffset():
            words += " " + _("({clock} for the family)").format(clock=present.clock(moment, theirs))
        return words

    def both(self, at: str | None, caregiver_id: str | None = None) -> str:
        return f"{self.day(at)}, {self.time(at, caregiver_id)}" if at else "-"


def pdf_of(record: Fields) -> bytes:
    """The record, as `record_of` gives it, as the bytes of a PDF."""
    clock = _Clock(record)
    title = _("Record of {child}").format(child=record["child"]["name"])
    made = _("made by {who}, {when}").format(who=record["made_by"], when=clock.both(record["made_at"]))
    paper = _Paper(f"{title} · {made}")
    paper.set_title(latin(title))
    paper.set_creator("Hearback")
    paper.line_of(title, size=20, style="B")
    paper.line_of(f"{record['hospital']['name']} · {made}", grey=70)
    paper.line_of(_("Times are those of {zone}.").format(zone=record["hospital"]["zone"]), grey=70)
    if record["texts_left_out"]:
        left = _("Texts about another child on the same phone, not in this record: {n}")
        paper.line_of(left.format(n=record["texts_left_out"]), grey=70)
    _who(paper, record, clock)
    _story(paper, record, clock)
    _check_ins(paper, record, clock)
    return bytes(paper.output())


def _who(paper: _Paper, record: Fields, clock: _Clock) -> None:
    episode, child = record["episode"], record["child"]
    paper.title_of(_("The family"))
    zero = date.fromisoformat(episode["day_zero"])
    facts = [
        (_("Child"), child["name"]),
        (_("Risks"), ", ".join(named(risk) for risk in child["risks"]) or _("none")),
        (_("Day zero"), present.long_date(zero)),
        (_("Protocol"), f"{named(episode['protocol'])}, " + _("version {n}").format(n=episode["protocol_version"])),
        (_("Enrolled"), clock.both(episode["enrolled_at"])),
        (_("State"), ": ".join(coded(episode[name]) for name in ("state", "ended_why") if episode[name])),
        (_("Ended"), clock.both(episode["ended_at"])),
        (_("Follow-up"), episode["id"]),
    ]
    for name, value in facts:
        paper.line_of(f"{name}: {value}")
    for adult in record["caregivers"]:
        texting = _("texts") if adult["texting"] else _("stopped the texts")
        language = present.LANGUAGES.get(adult["language"], adult["language"])
        relation = f" ({present.related(adult['relation'])})" if adult["relation"] else ""
        paper.line_of(f"{adult['name']}{relation}: {adult['phone']}, {language}, {adult['zone']}, {texting}")


def _story(paper: _Paper, record: Fields, clock: _Clock) -> None:
    """Everything in the order in which it happened."""
    paper.title_of(_("What was said and done"))
    names = {adult["id"]: adult["name"] for adult in record["caregivers"]}
    events: list[tuple[str, int, Callable[[], None]]] = []

    def put(at: str, order: int, write: Callable[[], None]) -> None:
        events.append((datetime.fromisoformat(at).astimezone(ZoneInfo("UTC")).isoformat(), order, write))

    for consent in record["consents"]:
        put(consent["at"], 0, partial(_consent, paper, consent, names, clock))
    for text in record["texts"]:
        put(text["at"], 1, partial(_text, paper, text, names, clock))
    for flag in record["flags"]:
        put(flag["opened_at"], 2, partial(_flag, paper, flag, clock))
        for promise in flag["promises"]:
            put(promise["at"], 3, partial(_promise, paper, promise, names, clock))
        for amends in flag["amends"]:
            words = late_words(names.get(amends["caregiver_id"], ""), amends["kind"], amends["why"])
            put(amends["at"], 3, partial(_beside, paper, clock.time(amends["at"], amends["caregiver_id"]), words))
        for page in flag["pages"]:
            put(page["at"], 4, partial(_page, paper, page, clock))
        for act in flag["acts"]:
            put(act["at"], 5, partial(_act, paper, act, clock))
    for act in record["acts"]:
        put(act["at"], 6, partial(_episode_act, paper, act, names, clock))
    day = ""
    for at, _order, write in sorted(events, key=lambda event: event[:2]):
        if clock.day(at) != day:
            day = clock.day(at)
            paper.ln(2)
            paper.keep(30)
            paper.line_of(day, size=10.5, style="B", grey=40)
        write()
    if not events:
        paper.line_of(_("Nothing yet."))


def _text(paper: _Paper, text: Fields, names: Mapping[str, str], clock: _Clock) -> None:
    who = names.get(text["caregiver_id"], "")
    time = clock.time(text["at"], text["caregiver_id"])
    if text["direction"] == "in":
        head = _("{who} wrote").format(who=who)
    else:
        author = text["author"] or present.PURPOSES[Purpose(text["purpose"])]
        head = _("{author} to {who}").format(author=author, who=who)
    head += f", {coded(text['channel'])}" if text["channel"] != "sms" else ""
    head += ", " + _("perhaps about another child") if text["about"] == "perhaps another child" else ""
    paper.ln(1.2)
    paper.keep(24)
    paper.line_of(f"{time}   {head}", style="B")
    paper.line_of(text["body"], size=10.5, indent=6)
    if text["photos"]:
        paper.line_of(_("Photos: {list}").format(list=", ".join(text["photos"])), indent=6, grey=70)
    for reading in text["readings"]:
        _reading(paper, text["body"], reading)
    if text["delivery"]:
        delivery = text["delivery"]
        words = present.delivery(delivery["state"], delivery["code"], delivery["why"])
        ended = f", {clock.both(delivery['ended_at'], text['caregiver_id'])}" if delivery["ended_at"] else ""
        paper.line_of(f"{present.sentence(words).rstrip('.')}{ended}", size=8.5, indent=6, grey=70)


def _signs(signs: Sequence[str]) -> str:
    return ", ".join(present.SIGNS.get(sign, sign) for sign in signs)


def _reading(paper: _Paper, body: str, reading: Fields) -> None:
    told = [present.LEVELS[Level(reading["decided_level"])], _signs(reading["signs"])]
    if reading["level"] != reading["decided_level"]:
        told.append(_("{level} before the protocol").format(level=present.LEVELS[Level(reading["level"])]))
    if reading["temperature"] is not None:
        told.append(f"{reading['temperature']:.1f} °C ({reading['temperature'] * 9 / 5 + 32:.1f} °F)")
    if reading["pain"] is not None:
        told.append(_("pain {n} of 10").format(n=reading["pain"]))
    if not reading["complete"]:
        told.append(_("not every word understood"))
    told.append(_("reader {version}").format(version=reading["version"]))
    paper.line_of(_("Read as: {what}").format(what="; ".join(filter(None, told))), size=8.5, indent=6, grey=70)
    for words, sign, level, meaning in present.reasons(body, evidence_of(reading["evidence"])):
        of = present.LEVELS[Level(level)] if level else ""
        means = ", ".join(filter(None, [sign, of])) + (f" ({meaning})" if meaning else "")
        paper.line_of(f'"{words}": {means}', size=8.5, indent=10, grey=70)
    for rule in reading["rules"]:
        paper.line_of(present.rules_named([rule]), size=8.5, indent=10, grey=70)


def _beside(paper: _Paper, time: str, words: str, quote: str = "") -> None:
    paper.ln(0.8)
    paper.line_of(f"{time}   {words}", style="I")
    if quote:
        paper.line_of(quote, indent=6)


def _consent(paper: _Paper, consent: Fields, names: Mapping[str, str], clock: _Clock) -> None:
    words = {"given": _("agreed to texts"), "stopped": _("stopped the texts"), "resumed": _("wanted texts again")}
    who = names.get(consent["caregiver_id"], "")
    told = f"{who} {words.get(consent['kind'], consent['kind'])} ({coded(consent['how'])})"
    _beside(paper, clock.time(consent["at"], consent["caregiver_id"]), told, consent["words"])


def _flag(paper: _Paper, flag: Fields, clock: _Clock) -> None:
    words = _("Flag opened: {level}, {kind}").format(
        level=present.LEVELS[Level(flag["level"])], kind=present.KINDS[FlagKind(flag["kind"])].lower()
    )
    by = _("to be done by {when}").format(when=clock.both(flag["due_at"]))
    more = [_signs(flag["signs"]), cause(flag["reason"]), by]
    if not flag["certain"]:
        more.append(_("perhaps about another child"))
    _beside(paper, clock.time(flag["opened_at"]), "; ".join(filter(None, [words, *more])))


def _promise(paper: _Paper, promise: Fields, names: Mapping[str, str], clock: _Clock) -> None:
    told = _("{who} was told that somebody acts by {when}")
    words = told.format(who=names.get(promise["caregiver_id"], ""), when=clock.both(promise["due_at"]))
    _beside(paper, clock.time(promise["at"]), words)


def _page(paper: _Paper, page: Fields, clock: _Clock) -> None:
    state = present.delivery(page["state"], page["code"], page["why"])
    _beside(paper, clock.time(page["at"]), _("{who} was told of it: {state}").format(who=page["to"], state=state))


def _act(paper: _Paper, act: Fields, clock: _Clock) -> None:
    words = f"{act['by']} {present.ACTS[ActKind(act['kind'])]}"
    if act["to"]:
        words += f" ({act['to']})"
    if act["outcome"]:
        words += f": {present.OUTCOMES[Outcome(act['outcome'])]}"
    if act["read_rightly"] is not None:
        words += "; " + (_("read rightly") if act["read_rightly"] else _("read wrongly"))
    if act["right_level"]:
        level = present.LEVELS[Level(act["right_level"])]
        right = ", ".join(filter(None, [level, _signs(act["right_signs"] or ())]))
        words += "; " + _("should have been read: {right}").format(right=right)
    _beside(paper, clock.time(act["at"]), words, act["note"])


def _episode_act(paper: _Paper, act: Fields, names: Mapping[str, str], clock: _Clock) -> None:
    words = f"{act['by']} {said(act['kind'], act['detail'], names, clock.home)}"
    _beside(paper, clock.time(act["at"]), words, act["note"])


def _check_ins(paper: _Paper, record: Fields, clock: _Clock) -> None:
    paper.title_of(_("Check-ins"))
    names = {adult["id"]: adult["name"] for adult in record["caregivers"]}
    for one in record["check_ins"]:
        state = present.CHECK_INS.get(one["state"], one["state"])
        told = [
            f"{clock.both(one['due_at'], one['caregiver_id'])}   " + _("day {number}").format(number=one["day"]),
            names.get(one["caregiver_id"], ""),
            named(one["question"]),
            state + (f" ({cause(one['why'])})" if one["why"] else ""),
        ]
        if one["answered_at"]:
            told.append(_("answered {when}").format(when=clock.both(one["answered_at"], one["caregiver_id"])))
        if one["set_by"]:
            told.append(_("set by {who}").format(who=one["set_by"]))
        paper.line_of(" · ".join(filter(None, told)), size=8.5)
    if not record["check_ins"]:
        paper.line_of(_("None."))
