"""What a hospital has set: to and from the database; every change raises the version that forms are held to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import ladder
from messages.errors import ConflictError
from messages.flags import Targets
from messages.people import Hospital, Hours, OtherDay, OwnWord, Shift
from messages.store import tables as t

_LATER = ("emergency", "urgent", "emergency_again", "urgent_again")


def hours_kept(hours: Hours | None) -> list[str] | None:
    return [hours.start.isoformat("minutes"), hours.end.isoformat("minutes")] if hours else None


def hours_of(kept: Sequence[str] | None) -> Hours | None:
    return Hours(*map(time.fromisoformat, kept)) if kept else None


def kept(hospital: Hospital) -> dict[str, Any] | None:
    """The settings as JSON; None when all of them are as they come."""
    usual, targets = Targets(), hospital.targets
    found = {
        "week": [hours_kept(one) for one in hospital.week],
        "other_days": [
            {"day": one.day.isoformat(), "name": one.name, "hours": hours_kept(one.hours)}
            for one in hospital.other_days
        ],
        "targets": {name: getattr(targets, name).total_seconds() / 60 for name in _LATER}
        | {"review_by": targets.review_by.isoformat("minutes")}
        if targets != usual
        else {},
        "quiet": hours_kept(hospital.quiet),
        "words": [asdict(one) for one in hospital.words],
        "keep_days": hospital.keep_days,
        "fallback": hospital.fallback,
    }
    return {name: value for name, value in found.items() if value} or None


def opened(settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """What `kept` wrote, as fields of a Hospital."""
    found = settings or {}
    targets = Targets()
    if of := found.get("targets"):
        minutes = {name: timedelta(minutes=of[name]) for name in _LATER}
        targets = replace(targets, review_by=time.fromisoformat(of["review_by"]), **minutes)
    return {
        "week": tuple(hours_of(one) for one in found.get("week", ())),
        "other_days": tuple(
            OtherDay(date.fromisoformat(one["day"]), one["name"], hours_of(one["hours"]))
            for one in found.get("other_days", ())
        ),
        "targets": targets,
        "quiet": hours_of(found.get("quiet")),
        "keep_days": found.get("keep_days"),
        "words": tuple(
            OwnWord(tuple(one["says"]), one["means"], tuple(one["must"]), tuple(one["never"]))
            for one in found.get("words", ())
        ),
        "fallback": found.get("fallback", ""),
    }


def staffed_kept(hospital: Hospital) -> dict[str, Any]:
    return {
        "days": list(hospital.staffed_days),
        "from": hospital.staffed_from.isoformat("minutes"),
        "to": hospital.staffed_to.isoformat("minutes"),
    }


def columns(hospital: Hospital) -> dict[str, Any]:
    """The columns of a hospital's row that a person may change."""
    return {
        "name": hospital.name,
        "zone": hospital.zone,
        "sender": hospital.sender,
        "phone": hospital.phone,
        "emergency_number": hospital.emergency_number,
        "languages": list(hospital.languages),
        "staffed": staffed_kept(hospital),
        "phrases": {language: list(texts) for language, texts in hospital.phrases.items()} or None,
        "settings": kept(hospital),
        "ladder": ladder.kept(hospital.ladders),
    }


def hold_settings(connection: Connection, hospital_id: str, version: int) -> None:
    """Hold the hospital's settings until the commit. Raises ConflictError when they are not as they were shown."""
    h = t.hospitals.c
    query = sa.select(h.version).where(h.id == hospital_id).with_for_update(key_share=True)
    if connection.execute(query).scalar_one() != version:
        raise ConflictError(
            "Somebody changed these settings since you opened this page.",
            mend="Nothing was saved. What you typed is still here: look at what is new, then save again.",
        )


def save_hospital(connection: Connection, hospital: Hospital, now: datetime) -> None:
    """Write every setting. A number that another hospital has raises the database's IntegrityError."""
    h, s = t.hospitals.c, t.senders.c
    connection.execute(
        t.hospitals.update().where(h.id == hospital.id).values(**columns(hospital), version=h.version + 1)
    )
    here = set(connection.execute(sa.select(s.number).where(s.hospital_id == hospital.id)).scalars())
    gone = here - set(hospital.senders)
    connection.execute(t.senders.delete().where(s.hospital_id == hospital.id, s.number.in_(gone)))
    add_numbers(connection, hospital, [one for one in hospital.senders if one not in here], now)


def add_numbers(connection: Connection, hospital: Hospital, numbers: Sequence[str], now: datetime) -> None:
    if numbers:
        rows = [{"number": one, "hospital_id": hospital.id, "added_at": now} for one in numbers]
        connection.execute(t.senders.insert(), rows)


def shifts_kept(shifts: Sequence[Shift]) -> list[dict[str, Any]]:
    """A person's shifts as JSON."""
    return [
        {
            "weekdays": list(shift.weekdays),
            "start": shift.start.isoformat("minutes"),
            "end": shift.end.isoformat("minutes"),
            "rung": shift.rung,
            "closed_days": shift.closed_days,
            "day": shift.day.isoformat() if shift.day else None,
        }
        for shift in shifts
    ]


def shift_of(staff_id: str, kept: Mapping[str, Any]) -> Shift:
    return Shift(
        staff_id=staff_id,
        weekdays=tuple(kept["weekdays"]),
        start=time.fromisoformat(kept["start"]),
        end=time.fromisoformat(kept["end"]),
        rung=kept.get("rung", 1),
        closed_days=kept.get("closed_days"),
        day=date.fromisoformat(kept["day"]) if kept.get("day") else None,
    )


def set_shifts(connection: Connection, hospital_id: str, staff_id: str, shifts: Sequence[Shift]) -> None:
    """When this person answers, from now on. Raises nothing for a person of another hospital: nothing is changed."""
    s = t.staff.c
    connection.execute(
        t.staff.update().where(s.id == staff_id, s.hospital_id == hospital_id).values(shifts=shifts_kept(shifts))
    )


def settings_changed(connection: Connection, hospital_id: str) -> None:
    """Raise the version: a form about these settings that is still open is out of date."""
    h = t.hospitals.c
    connection.execute(t.hospitals.update().where(h.id == hospital_id).values(version=h.version + 1))
