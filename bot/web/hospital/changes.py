"""What a change of the settings does, in plain words, before it is saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from babel.dates import format_date, get_day_names

from bot.conversation.changes import Otherwise
from bot.web.hospital.forms import clock
from bot.web.language import _, page_language, several
from bot.web.present import LANGUAGES
from messages.flags import Targets
from messages.people import Hospital, Hours, OtherDay, Shift, Staff


def day_name(weekday: int) -> str:
    """A weekday, 0 is Monday, short."""
    return str(get_day_names("abbreviated", "stand-alone", page_language())[weekday])


def span_of(hours: Hours) -> str:
    if hours.start == hours.end:
        return _("the whole day")
    return f"{clock(hours.start)}\u2013{'24:00' if clock(hours.end) == '00:00' else clock(hours.end)}"


def days_of(weekdays: Sequence[int]) -> str:
    """Mon-Fri, or Mon, Wed."""
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        day_name(run[0]) if len(run) == 1 else f"{day_name(run[0])}\u2013{day_name(run[-1])}" for run in runs
    )


def week_in_words(hospital: Hospital) -> list[str]:
    """The usual week, days with the same hours together."""
    of: dict[Hours, list[int]] = {}
    for day in range(7):
        if hours := hospital.usual_hours(day):
            of.setdefault(hours, []).append(day)
    return [f"{days_of(days)} {span_of(hours)}" for hours, days in of.items()]


def day_in_words(one: OtherDay) -> str:
    date = format_date(one.day, "EEE d MMM y", locale=page_language())
    named = f"{date} ({one.name})" if one.name else date
    return f"{named}: {span_of(one.hours) if one.hours else _('closed')}"


def shift_in_words(shift: Shift) -> str:
    days = format_date(shift.day, "d MMM y", locale=page_language()) if shift.day else days_of(shift.weekdays)
    return f"{days} {span_of(Hours(shift.start, shift.end))}"


def moments(one: Otherwise) -> str:
    """Which texts, such as "Mon-Thu, 17:30-19:30"."""
    if one.dated:
        days = ", ".join(format_date(day, "EEE d MMM", locale=page_language()) for day in one.days)
    else:
        days = days_of([day.weekday() for day in one.days])
    whole = clock(one.start) == clock(one.end) == "00:00"
    return days if whole else f"{days}, {span_of(Hours(one.start, one.end))}"


_TARGETS = {
    "emergency": lambda: _("An emergency that nobody has taken is late after %(new)s minutes, not %(old)s."),
    "urgent": lambda: _("Something urgent is promised and due within %(new)s minutes, not %(old)s."),
}


def summary(before: Hospital, after: Hospital) -> Iterator[str]:
    """A sentence for each thing that will be otherwise; promised times are shown apart, as families read them."""
    if before.name != after.name:
        yield _("Families will read “%(new)s” where they read “%(old)s”.") % {"new": after.name, "old": before.name}
    if before.phone != after.phone:
        yield _("Families will be told to call %(new)s, no longer %(old)s.") % {"new": after.phone, "old": before.phone}
    if before.emergency_number != after.emergency_number:
        yield _("In an emergency families will be told to call %(new)s, no longer %(old)s.") % {
            "new": after.emergency_number, "old": before.emergency_number,
        }  # fmt: skip
    if before.zone != after.zone:
        told = _("Your hours and shifts will follow the clock of %(new)s. Families keep their own.")
        yield told % {"new": after.zone}
    if before.languages != after.languages:
        spoken = ", ".join(LANGUAGES.get(one, one) for one in after.languages)
        yield _("Numbers nobody knows are answered in the first of: %(spoken)s.") % {"spoken": spoken}
    if before.sender != after.sender:
        yield _("New families will be texted from %(new)s. Families who have texted with another number keep it.") % {
            "new": after.sender
        }
    for number in set(after.senders) - set(before.senders):
        yield _("Texts to %(number)s come in here.") % {"number": number}
    for number in set(before.senders) - set(after.senders):
        yield _("%(number)s is yours no more. Families who text to it may not be heard: tell them first.") % {
            "number": number
        }
    if week_in_words(before) != week_in_words(after):
        yield _("Families will read that you read texts: %(hours)s.") % {"hours": "; ".join(week_in_words(after))}
    for one in after.other_days:
        if one not in before.other_days:
            yield day_in_words(one)
    for one in before.other_days:
        if one.day not in {other.day for other in after.other_days}:
            yield _("%(day)s is a day like any other again.") % {
                "day": format_date(one.day, "EEE d MMM y", locale=page_language())
            }
    yield from _times(before, after)
    for code in {*before.phrases, *after.phrases}:
        if before.phrases.get(code) != after.phrases.get(code):
            yield _("Ready phrases in %(language)s change. Families see one only when somebody sends it.") % {
                "language": LANGUAGES.get(code, code)
            }
    for word in after.words:
        if word not in before.words:
            yield _("“%(says)s” will be read as “%(means)s”.") % {"says": "”, “".join(word.says), "means": word.means}
    if before.keep_days != after.keep_days:
        if after.keep_days is None:
            yield _("No family is erased by itself.")
        else:
            yield _("%(days)s days after its follow-up has ended a family's names, numbers and words are erased.") % {
                "days": after.keep_days
            }
    said = {one for word in after.words for one in word.says}
    gone = [one for word in before.words for one in word.says if one not in said]
    if gone:
        yield _("No longer known to the reader: “%(says)s”.") % {"says": "”, “".join(gone)}


def _times(before: Hospital, after: Hospital) -> Iterator[str]:
    was, will = before.targets, after.targets
    for one in fields(Targets):
        old, new = getattr(was, one.name), getattr(will, one.name)
        if old != new and one.name in _TARGETS:
            yield _TARGETS[one.name]() % {
                "new": int(new.total_seconds() // 60), "old": int(old.total_seconds() // 60),
            }  # fmt: skip
    if was.review_by != will.review_by:
        yield _("A text that waits for the next staffed day is read by %(new)s, not %(old)s.") % {
            "new": clock(will.review_by), "old": clock(was.review_by),
        }  # fmt: skip
    if before.quiet != after.quiet:
        if after.quiet:
            yield _("No check-in leaves from %(start)s to %(end)s, on the family's clock.") % {
                "start": clock(after.quiet.start), "end": clock(after.quiet.end),
            }  # fmt: skip
        else:
            yield _("Only the protocols' own quiet hours hold.")


def erased_now(families: int) -> str:
    """How many families' days are over at once, by the days that are about to be set."""
    if not families:
        return _("Today no family's days are over.")
    told = several(
        "%(n)s family's days are over already: it is erased within the hour, and nothing brings it back.",
        "%(n)s families' days are over already: they are erased within the hour, and nothing brings them back.",
        families,
    )
    return told % {"n": families}


def cover_summary(before: Sequence[Staff], after: Sequence[Staff]) -> Iterator[str]:
    """A sentence for each person whose shifts will be others."""
    was = {person.id: person.shifts for person in before}
    for person in after:
        if set(was[person.id]) != set(person.shifts):
            told = "; ".join(f"{shift_in_words(one)} ({_('told')} {one.rung}.)" for one in person.shifts)
            yield f"{person.name}: {told or _('no shift')}"


def sooner(texts: int) -> str:
    """About texts that waited for a number to be somebody's."""
    told = several(
        "%(n)s text that came to it before is taken in now.", "%(n)s texts that came to it before are taken in now.",
        texts,
    )
    return told % {"n": texts}
