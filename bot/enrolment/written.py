"""What people write of a family, in a form, a file or a request -> a Family. One reader for every way in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from messages.errors import EnrolmentError
from messages.people import Hours
from messages.phones import parse_phone
from scheduler.foresee import CaregiverEntry, Family
from scheduler.plan import local_zone

NEEDED = ("child", "day_zero", "protocol", "caregiver", "phone", "language", "zone")
PLACES = ("", "_2", "_3", "_4")
_ADULT = ("caregiver", "relation", "phone")
T = TypeVar("T")
_EXCEL_BEGAN = date(1899, 12, 30)
_NAMED = {"english": "en", "inglés": "en", "ingles": "en", "spanish": "es", "español": "es", "espanol": "es"}
_PARTS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_WORDED = ("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y")


def day_first(written: Iterable[str], region: str | None) -> bool:
    """Whether days come before months where these dates were written: as one of them shows, else as there."""
    parts = [found for text in written if (found := _PARTS.fullmatch(text.strip()))]
    if any(int(found[1]) > 12 for found in parts):
        return True
    if any(int(found[2]) > 12 for found in parts):
        return False
    return region not in ("US", "PH", "BZ")


def read_day(text: str, *, days_first: bool) -> date:
    """A day as forms, people and spreadsheets write it. Raises EnrolmentError."""
    text = text.strip()
    try:
        if re.fullmatch(r"\d{5}(\.0*)?", text):  # Excel's count of days
            return _EXCEL_BEGAN + timedelta(days=int(float(text)))
        if re.match(r"\d{4}-\d{1,2}-\d{1,2}", text):
            year, month, day = (int(part) for part in re.split(r"[ T]", text)[0].split("-"))
            return date(year, month, day)
        if found := _PARTS.fullmatch(re.split(r"[ T]", text)[0] if ":" in text else text):
            first, second, year = (int(part) for part in found.groups())
            year += 2000 if year < 100 else 0
            return date(year, second, first) if days_first or "." in text else date(year, first, second)
        for form in _WORDED:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
    except (ValueError, OverflowError):
        pass
    raise EnrolmentError(
        "%(text)s is not a date.", mend="Write the day the child came home as YYYY-MM-DD.", text=repr(text[:40])
    )


@dataclass(frozen=True)
class Written:
    """What cells say: a family, and every mistake in it. What a mistake is about stands in the family as "".

    `places` are the ends of the columns' names of each adult: a list may leave the second out and give a third.
    """

    family: Family
    mistakes: tuple[EnrolmentError, ...]
    places: tuple[str, ...]


def family_of(cells: Mapping[str, str], region: str | None, *, days_first: bool = False) -> Family:
    """Cells by column as a family; raises EnrolmentError for the first that cannot be read."""
    written = read_family(cells, region, days_first=days_first)
    for mistake in written.mistakes:
        raise mistake
    return written.family


def read_family(cells: Mapping[str, str], region: str | None, *, days_first: bool = False) -> Written:
    """Cells by column as a family, with all that cannot be read of it; each mistake says its column in `field`."""
    mistakes = [nothing_under([name]) for name in NEEDED if not cells.get(name, "").strip()]
    places = tuple(
        place for place in PLACES if not place or any(cells.get(f"{name}{place}", "").strip() for name in _ADULT)
    )
    adults = tuple(_caregiver(cells, place, region, mistakes) for place in places)
    risks = tuple(
        part.strip() for part in cells.get("risks", "").replace(";", ",").split(",") if part.strip()
    )
    home = _each(mistakes, "day_zero", lambda: read_day(cells.get("day_zero", ""), days_first=days_first))
    family = Family(
        cells.get("child", "").strip(), home or date.min, cells.get("protocol", "").strip(), adults, risks,
        cells.get("record", "").strip(),
    )
    return Written(family, tuple(mistakes), places)


def nothing_under(empty: Sequence[str]) -> EnrolmentError:
    """What is said of columns that must not be empty; `field` is the first, when there is one alone."""
    field = empty[0] if len(empty) == 1 else ""
    return EnrolmentError(
        "Nothing is written under %(empty)s.", mend="Fill it in.", field=field, empty=", ".join(empty)
    )


def _each(mistakes: list[EnrolmentError], field: str, read: Callable[[], T]) -> T | None:
    """What one field says; None when it cannot be read, which is then among the mistakes, once."""
    try:
        return read()
    except EnrolmentError as error:
        error.field = field
        if all(one.field != field for one in mistakes):
            mistakes.append(error)
        return None


def _caregiver(
    cells: Mapping[str, str], place: str, region: str | None, mistakes: list[EnrolmentError]
) -> CaregiverEntry:
    def own(name: str) -> str:
        """The column in which this adult's language or zone stands: the first adult's when theirs is empty."""
        return f"{name}{place}" if cells.get(f"{name}{place}", "").strip() else name

    language = cells.get(own("language"), "").strip().lower()
    zone = _each(mistakes, own("zone"), lambda: local_zone(cells.get(own("zone"), "").strip()).key)
    return CaregiverEntry(
        name=" ".join(cells.get(f"caregiver{place}", "").split()),
        relation=" ".join(cells.get(f"relation{place}", "").split()),
        phone=_each(mistakes, f"phone{place}", lambda: _phone(cells.get(f"phone{place}", "").strip(), region)) or "",
        language=_NAMED.get(language, language),
        zone=zone or "",
        hours=_each(mistakes, f"hours{place}", lambda: read_hours(cells.get(f"hours{place}", ""))),
    )


def _phone(text: str, region: str | None) -> str:
    if not text:
        raise EnrolmentError("A caregiver has no phone.", mend="Fill it in, or leave this adult out.")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
        raise EnrolmentError(
            "The spreadsheet has cut the phone number short (%(phone)s).",
            mend="Give the column the format Text, and write the number again.", phone=text[:3] + "...E",
            private={"phone": text[:40]},
        )
    return parse_phone(text, region)


def read_hours(text: str) -> Hours | None:
    """Between which hours an adult wants texts, as people write it; None for nothing. Raises EnrolmentError."""
    try:
        return Hours.of(text)
    except ValueError:
        raise EnrolmentError(
            "%(text)s are not hours.", mend="Write them like 12:00-20:00.", text=repr(text[:40])
        ) from None
