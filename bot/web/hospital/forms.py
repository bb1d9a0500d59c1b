"""The forms of the settings: a hospital as a form shows it, and the hospital that a form describes.

Each part has `<part>_form(hospital)` and `<part>_read(typed, hospital)`: reading what was shown gives the same again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from werkzeug.datastructures import MultiDict

from bot.conversation.say import wordings
from bot.reading.own import own_words, pairs_of, unknown_meaning
from bot.reading.read import read
from bot.web.hospital.typed import Typed
from bot.web.language import _, told
from bot.web.present import LEVELS
from messages.errors import EnrolmentError
from messages.flags import Level
from messages.people import Hospital, Hours, OtherDay, OwnWord
from messages.phones import parse_phone, region_of
from scheduler.keeping import LEAST_DAYS, MOST_DAYS
from scheduler.plan import local_zone
from scheduler.quiet import over_midnight

Form = MultiDict[str, str]
BLANK_ROWS = 2
_NINE_TO_FIVE = Hours(time(8), time(18))


def clock(at: time) -> str:
    return at.isoformat("minutes")


def basics_form(hospital: Hospital) -> Form:
    form: Form = MultiDict({
        "name": hospital.name, "phone": hospital.phone, "emergency_number": hospital.emergency_number,
        "zone": hospital.zone,
    })  # fmt: skip
    form.setlist("languages", list(hospital.languages))
    return form


def basics_read(typed: Typed, hospital: Hospital) -> Hospital:
    phone = typed.needed("phone", _("Families need a number to call."), 40)
    if phone and sum(sign.isdecimal() for sign in phone) < 3:
        typed.wrong("phone", _("That holds no phone number."))
    emergency = typed.needed("emergency_number", _("Families need a number for emergencies, such as 911."), 20)
    if emergency and not (3 <= len(emergency.replace(" ", "")) <= 15 and emergency.replace(" ", "").isdecimal()):
        typed.wrong("emergency_number", _("Write digits only, such as 911."))
    zone = typed.needed("zone", _("Choose a time zone."), 60)
    try:
        local_zone(zone)
    except EnrolmentError:
        typed.wrong("zone", _("There is no such time zone. Choose one from the list."))
        zone = hospital.zone
    languages = tuple(dict.fromkeys(one for one in typed.form.getlist("languages") if one in wordings()))
    if not languages:
        typed.wrong("languages", _("Choose one language or more."))
    first = typed.form.get("first_language", "")
    return replace(
        hospital, name=typed.needed("name", _("Families need to know who texts."), 60), phone=phone, zone=zone,
        emergency_number=emergency,
        languages=tuple(sorted(languages, key=lambda one: one != first)) if first else languages or hospital.languages,
    )  # fmt: skip


def numbers_form(hospital: Hospital) -> Form:
    return MultiDict({"sender": hospital.sender, "more": "\n".join(hospital.more_senders)})


def numbers_read(typed: Typed, hospital: Hospital) -> Hospital:
    def number(text: str, field: str) -> str:
        try:
            return parse_phone(text, region_of(hospital.sender))
        except EnrolmentError as error:
            typed.wrong(field, told(error))
            return text

    sender = number(typed.form.get("sender", ""), "sender")
    more = tuple(number(one, "more") for one in typed.lines("more", 20))
    if sender in more or len(set(more)) < len(more):
        typed.wrong("more", _("A number is there twice."))
    return replace(hospital, sender=sender, more_senders=more)


def hours_form(hospital: Hospital) -> Form:
    form: Form = MultiDict()
    for day in range(7):
        of = hospital.usual_hours(day)
        form[f"open_{day}"] = "1" if of else ""
        form[f"from_{day}"], form[f"to_{day}"] = clock((of or _NINE_TO_FIVE).start), clock((of or _NINE_TO_FIVE).end)
    known = sorted(hospital.other_days, key=lambda one: one.day)
    for row in range(len(known) + BLANK_ROWS):
        one = known[row] if row < len(known) else None
        form[f"day_{row}"] = one.day.isoformat() if one else ""
        form[f"called_{row}"] = one.name if one else ""
        form[f"day_open_{row}"] = "1" if one and one.hours else ""
        of = (one.hours if one else None) or _NINE_TO_FIVE
        form[f"day_from_{row}"], form[f"day_to_{row}"] = clock(of.start), clock(of.end)
    return form


def hours_read(typed: Typed, hospital: Hospital) -> Hospital:
    week: list[Hours | None] = [
        typed.hours(f"from_{day}", f"to_{day}") if typed.ticked(f"open_{day}") else None for day in range(7)
    ]
    if not any(week):
        typed.wrong("week", _("Somebody must read texts on one weekday at least."))
    others: list[OtherDay] = []
    for row in typed.rows("day"):
        day = typed.day(f"day_{row}")
        if any(one.day == day for one in others):
            typed.wrong(f"day_{row}", _("This day is there twice."))
        hours = typed.hours(f"day_from_{row}", f"day_to_{row}") if typed.ticked(f"day_open_{row}") else None
        others.append(OtherDay(day, typed.words(f"called_{row}", 60), hours))
    others.sort(key=lambda one: one.day)
    open_days = tuple(day for day, of in enumerate(week) if of)
    several = {of for of in week if of}
    if len(several) == 1:  # the same hours on all open days: said the short way
        (of,) = several
        return replace(
            hospital, week=(), staffed_days=open_days, staffed_from=of.start, staffed_to=of.end,
            other_days=tuple(others),
        )
    return replace(hospital, week=tuple(week), other_days=tuple(others))


_MINUTES = {"emergency": (1, 30), "urgent": (5, 240)}


def times_form(hospital: Hospital) -> Form:
    targets = hospital.targets
    form: Form = MultiDict({name: str(int(getattr(targets, name).total_seconds() // 60)) for name in _MINUTES})
    form["review_by"] = clock(targets.review_by)
    form["quiet"] = "1" if hospital.quiet else ""
    quiet = hospital.quiet or Hours(time(21), time(8))
    form["quiet_from"], form["quiet_to"] = clock(quiet.start), clock(quiet.end)
    return form


def times_read(typed: Typed, hospital: Hospital) -> Hospital:
    minutes = {name: timedelta(minutes=typed.number(name, *least)) for name, least in _MINUTES.items()}
    if minutes["urgent"] < minutes["emergency"]:
        typed.wrong("urgent", _("An emergency cannot wait longer than something urgent."))
    quiet = typed.hours("quiet_from", "quiet_to") if typed.ticked("quiet") else None
    if quiet and not over_midnight(quiet):
        typed.wrong("quiet_from", _("Quiet hours begin in the evening and end in the morning."))
    targets = replace(hospital.targets, **minutes, review_by=typed.clock("review_by"))
    return replace(hospital, targets=targets, quiet=quiet)


def kept_form(hospital: Hospital) -> Form:
    days = hospital.keep_days
    return MultiDict({"kept": "1" if days else "", "keep_days": str(days or 365)})


def kept_read(typed: Typed, hospital: Hospital) -> Hospital:
    days = typed.number("keep_days", LEAST_DAYS, MOST_DAYS) if typed.ticked("kept") else None
    return replace(hospital, keep_days=days)


def phrases_form(hospital: Hospital) -> Form:
    return MultiDict({
        f"phrases_{code}": "\n".join(hospital.phrases.get(code) or wordings()[code].phrases) for code in wordings()
    })  # fmt: skip


def phrases_read(typed: Typed, hospital: Hospital) -> Hospital:
    phrases = {code: typed.lines(f"phrases_{code}", 30) for code in wordings()}
    own = {code: each for code, each in phrases.items() if each and each != tuple(wordings()[code].phrases)}
    return replace(hospital, phrases=own)


def words_form(hospital: Hospital) -> Form:
    form: Form = MultiDict()
    for row in range(len(hospital.words) + BLANK_ROWS):
        one = hospital.words[row] if row < len(hospital.words) else OwnWord((), "")
        form[f"says_{row}"], form[f"means_{row}"] = "\n".join(one.says), one.means
        form[f"must_{row}"], form[f"never_{row}"] = "\n".join(one.must), "\n".join(one.never)
    return form


def words_read(typed: Typed, hospital: Hospital) -> Hospital:
    found: list[OwnWord] = []
    rows = sorted({*typed.rows("says"), *typed.rows("means")})
    for row in rows:
        one = OwnWord(
            says=typed.lines(f"says_{row}"), means=typed.words(f"means_{row}", 60),
            must=typed.lines(f"must_{row}"), never=typed.lines(f"never_{row}"),
        )  # fmt: skip
        if not one.says:
            typed.wrong(f"says_{row}", _("What do families write?"))
        if not one.means:
            typed.wrong(f"means_{row}", _("What does it mean?"))
        if not one.must:
            typed.wrong(f"must_{row}", _("Give one text or more that has to be read as a danger."))
        found.append(one)
    own = own_words(pairs_of((one.says, one.means) for one in found))
    for row, one in zip(rows, found, strict=True):
        unknown = unknown_meaning(one.means) if one.means else ()
        if unknown:
            problem = _(
                "The reader does not know %(words)s. Say it with words that it knows, such as swelling or fell."
            )
            typed.wrong(f"means_{row}", problem % {"words": ", ".join(f"\u201c{word}\u201d" for word in unknown)})
            continue
        for text in one.must:
            if (level := read(text, own=own).level) < Level.URGENT:
                problem = _("\u201c%(text)s\u201d is read as %(level)s. Try another meaning, or a fuller example.")
                typed.wrong(f"must_{row}", problem % {"text": text, "level": LEVELS[level]})
        for text in one.never:
            if (level := read(text, own=own).level) >= Level.URGENT:
                problem = _("\u201c%(text)s\u201d is read as %(level)s. Say less with these words, or more narrowly.")
                typed.wrong(f"never_{row}", problem % {"text": text, "level": LEVELS[level]})
    return replace(hospital, words=tuple(found))
