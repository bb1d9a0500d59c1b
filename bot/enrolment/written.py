"""What people write of a family, in a form, a file or a request -> a Family. One reader for every way in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from messages.errors import EnrolmentError
from messages.people import Hours
from messages.phones import parse_phone
from scheduler.foresee import CaregiverEntry, Family
from scheduler.plan import local_zone

NEEDED = ("child", "day_zero", "protocol", "caregiver", "phone", "language", "zone")
PLACES = ("", "_2", "_3", "_4")
_ADULT = ("caregiver", "relation", "phone")
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


def family_of(cells: Mapping[str, str], region: str | None, *, days_first: bool = False) -> Family:
    """Cells by column as a family; raises EnrolmentError for what cannot be read."""
    empty = [name for name in NEEDED if not cells.get(name, "").strip()]
    if empty:
        raise EnrolmentError("Nothing is written under %(empty)s.", mend="Fill it in.", empty=", ".join(empty))
    adults = []
    for place in PLACES:
        if place and not any(cells.get(f"{name}{place}", "").strip() for name in _ADULT):
            continue
        if not cells.get(f"phone{place}", "").strip():
            raise EnrolmentError(
                "The second caregiver has no phone_2." if place == "_2" else "A caregiver has no phone%(place)s.",
                mend="Fill it in, or leave both out.", place=place,
            )
        adults.append(_caregiver(cells, place, region))
    risks = tuple(
        part.strip() for part in cells.get("risks", "").replace(";", ",").split(",") if part.strip()
    )
    day_zero = read_day(cells["day_zero"], days_first=days_first)
    return Family(
        cells["child"].strip(), day_zero, cells["protocol"].strip(), tuple(adults), risks,
        cells.get("record", "").strip(),
    )


def _caregiver(cells: Mapping[str, str], place: str, region: str | None) -> CaregiverEntry:
    language = (cells.get(f"language{place}", "").strip() or cells["language"].strip()).lower()
    phone = cells[f"phone{place}"].strip()
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", phone):
        raise EnrolmentError(
            "The spreadsheet has cut the phone number short (%(phone)s).",
            mend="Give the column the format Text, and write the number again.", phone=phone[:3] + "...E",
        )
    return CaregiverEntry(
        name=" ".join(cells.get(f"caregiver{place}", "").split()),
        relation=" ".join(cells.get(f"relation{place}", "").split()),
        phone=parse_phone(phone, region),
        language=_NAMED.get(language, language),
        zone=local_zone(cells.get(f"zone{place}", "").strip() or cells["zone"].strip()).key,
        hours=read_hours(cells.get(f"hours{place}", "")),
    )


def read_hours(text: str) -> Hours | None:
    """Between which hours an adult wants texts, as people write it; None for nothing. Raises EnrolmentError."""
    try:
        return Hours.of(text)
    except ValueError:
        raise EnrolmentError(
            "%(text)s are not hours.", mend="Write them like 12:00-20:00.", text=repr(text[:40])
        ) from None
