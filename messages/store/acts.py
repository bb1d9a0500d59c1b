"""Acts in the database: what a person did moves the flag, in one commit. A flag ends only by an act of a named person.

Acts are append-only: what is taken back stays, and a later act says that it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import ConflictError, NotFoundError
from messages.escalation import due_for
from messages.flags import MOVES, UNDO_FOR, ActKind, Correction, Flag, FlagState, Outcome
from messages.ids import new_id
from messages.store import tables as t
from messages.store.amends import withdraw
from messages.store.flags import flag_by_id
from messages.store.people import hospital_by_id, staff_of
from messages.store.sends import cancel_waiting

_NOTHING = "Nothing was changed."
_DONE = (ActKind.CALLED, ActKind.TEXTED, ActKind.NOTED)  # after one of these a taken flag climbs no more


def act(
    connection: Connection,
    vault: Vault,
    *,
    flag_id: str,
    hospital_id: str,
    staff_id: str,
    kind: ActKind,
    now: datetime,
    note: str = "",
    outcome: Outcome | None = None,
    read_rightly: bool | None = None,
    correction: Correction | None = None,
    to_id: str | None = None,
    act_id: str = "",
) -> Flag:
    """Record what a person did and move the flag by it. Raises ConflictError when somebody was first."""
    flag, version = flag_by_id(connection, flag_id, hospital_id, lock=True)
    if flag.state is FlagState.CLOSED:
        raise ConflictError("This flag is closed already.", mend=f"{_NOTHING} Look at what was done.")
    if kind is ActKind.TOOK and flag.taken_by == staff_id:
        return flag
    changes = {"version": version + 1} | _moved(connection, vault, flag, kind, staff_id, now, outcome, to_id)
    if kind is ActKind.CLOSED:
        changes["read_rightly"] = read_rightly
    connection.execute(t.flags.update().where(t.flags.c.id == flag_id).values(**changes))
    withdraw(connection, flag_id, kind, now)
    _write(
        connection, vault, act_id=act_id, flag_id=flag_id, staff_id=staff_id, kind=kind, now=now, note=note,
        outcome=outcome.value if outcome else None, read_rightly=read_rightly, to_id=to_id,
        right_level=correction.level.value if correction else None,
        right_signs=list(correction.signs) if correction else None,
    )
    return flag_by_id(connection, flag_id, hospital_id)[0]


def _write(
    connection: Connection, vault: Vault, *, act_id: str, kind: ActKind, now: datetime, note: str = "", **values: Any
) -> None:
    act_id = act_id or new_id()
    sealed = vault.seal("acts.note", act_id, note) if note else None
    connection.execute(t.acts.insert().values(id=act_id, kind=kind.value, note=sealed, at=now, **values))


def _moved(
    connection: Connection, vault: Vault, flag: Flag, kind: ActKind, staff_id: str, now: datetime,
    outcome: Outcome | None, to_id: str | None,
) -> dict[str, Any]:
    """What an act changes in the flag."""
    if kind is ActKind.TOOK:
        if flag.taken_by is not None:
            raise ConflictError("Somebody else took this flag first.", mend=_NOTHING)
        return _held(connection, vault, flag, staff_id, now)
    if kind is ActKind.HANDED:
        if flag.taken_by not in (None, staff_id) and to_id != staff_id:
            raise ConflictError("Somebody else has it by now.", mend=_NOTHING)
        return _held(connection, vault, flag, to_id, now)
    if kind is ActKind.RELEASED:
        return _held(connection, vault, flag, None, now)
    if kind is ActKind.CLOSED:
        if outcome is None:
            raise ConflictError("Say how it ended before closing it.", mend=_NOTHING)
        return {
            "state": FlagState.CLOSED.value, "closed_at": now, "outcome": outcome.value, "next_page_at": None,
            "tell_family_at": None,
        }
    if kind in _DONE and flag.state is FlagState.TAKEN:
        return {"next_page_at": None, "climbs_since": None, "rung": 0, "failed_at": None}
    return {}


def _held(connection: Connection, vault: Vault, flag: Flag, by: str | None, now: datetime) -> dict[str, Any]:
    """In this person's hands until its level's target, then it climbs; in nobody's, people are told from now on."""
    fresh = {"rung": 0, "failed_at": None, "climbs_since": None, "tell_family_at": None}
    if by is None:
        return {"state": FlagState.OPEN.value, "taken_by": None, "taken_at": None, "next_page_at": now} | fresh
    until = _until(connection, vault, flag, now)
    return {"state": FlagState.TAKEN.value, "taken_by": by, "taken_at": now, "next_page_at": until} | fresh


def _until(connection: Connection, vault: Vault, flag: Flag, taken_at: datetime) -> datetime:
    """Until when whoever took a flag then has time, by the hospital's rota."""
    hospital = hospital_by_id(connection, flag.hospital_id)
    return due_for(flag.level, hospital, taken_at, staff_of(connection, vault, hospital.id))


def done_before(connection: Connection, vault: Vault, act_id: str, flag_id: str) -> tuple[ActKind, str, str] | None:
    """(kind, who, words) of the act with this id, when it is about this flag and stands."""
    a = t.acts.c
    row = connection.execute(sa.select(t.acts).where(a.id == act_id, a.flag_id == flag_id)).first()
    if row is None or connection.execute(sa.select(a.id).where(a.undoes == act_id, a.flag_id == flag_id)).first():
        return None
    words = vault.open_optional("acts.note", row.id, row.note) or ""
    if row.kind == ActKind.TEXTED.value:
        m = t.messages.c
        body = connection.execute(sa.select(m.body).where(m.id == act_id)).scalar_one_or_none()
        words = vault.open_optional("messages.body", act_id, body) or ""
    return ActKind(row.kind), row.staff_id, words


def is_free(connection: Connection, act_id: str) -> bool:
    """True for an id that neither an act nor a text has."""
    used = sa.union_all(
        sa.select(t.acts.c.id).where(t.acts.c.id == act_id), sa.select(t.messages.c.id).where(t.messages.c.id == act_id)
    )
    return connection.execute(used).first() is None


def flag_of_act(connection: Connection, act_id: str) -> str | None:
    """The flag that an act was about: a text that waits is shown on every flag of its family."""
    return connection.execute(sa.select(t.acts.c.flag_id).where(t.acts.c.id == act_id)).scalar_one_or_none()


def undo(
    connection: Connection, vault: Vault, *, flag_id: str, hospital_id: str, staff_id: str, act_id: str, now: datetime
) -> ActKind:
    """Take back an act of one's own within a minute, or anybody's text that has not left; returns what it was.

    Raises ConflictError when it is too late or somebody has gone on from there. Taken back twice is taken back.
    """
    flag, version = flag_by_id(connection, flag_id, hospital_id, lock=True)
    a = t.acts.c
    acts = connection.execute(sa.select(t.acts).where(a.flag_id == flag_id).order_by(a.at, a.id)).all()
    gone = {row.undoes for row in acts if row.undoes}
    row = next((one for one in acts if one.id == act_id and one.kind != ActKind.UNDID.value), None)
    if row is None:
        raise NotFoundError("There is no such act here.", mend="Go back to the list.")
    kind = ActKind(row.kind)
    if act_id in gone:
        return kind
    changes: dict[str, Any] = {"version": version + 1}
    if kind is ActKind.TEXTED:
        if not cancel_waiting(connection, act_id, "taken back before it left", now):
            raise ConflictError("This text has left already.", mend="It cannot be taken back. Send another one.")
    else:
        if row.staff_id != staff_id:
            raise ConflictError("Somebody else did that.", mend=f"Only they can take it back. {_NOTHING}")
        if now - row.at > UNDO_FOR:
            raise ConflictError("That was more than a minute ago.", mend=f"{_NOTHING}")
        if kind in MOVES:
            standing = [one for one in acts if one.id not in gone and ActKind(one.kind) in MOVES]
            if standing[-1].id != act_id or not _as_left(flag, row):
                raise ConflictError("Something has happened here since.", mend=f"It is told below. {_NOTHING}")
            changes |= _before(connection, vault, flag, row, standing[:-1], now)
    if kind in _DONE and flag.state is FlagState.TAKEN and flag.taken_at and not any(
        one.id not in gone | {act_id} and ActKind(one.kind) in _DONE and one.at >= flag.taken_at for one in acts
    ):  # nothing is done again: its holder has as long as before
        until = _until(connection, vault, flag, flag.taken_at)
        changes["next_page_at"] = max(until, now)
    connection.execute(t.flags.update().where(t.flags.c.id == flag_id).values(**changes))
    _write(
        connection, vault, act_id="", flag_id=flag_id, staff_id=staff_id, kind=ActKind.UNDID, now=now, undoes=act_id
    )
    return kind


def _as_left(flag: Flag, row: Any) -> bool:
    """Whether the flag is as this act left it."""
    if row.kind == ActKind.CLOSED.value:
        return flag.state is FlagState.CLOSED
    holder = {ActKind.TOOK.value: row.staff_id, ActKind.HANDED.value: row.to_id}.get(row.kind)
    return flag.state is not FlagState.CLOSED and flag.taken_by == holder


def _before(
    connection: Connection, vault: Vault, flag: Flag, row: Any, earlier: Sequence[Any], now: datetime
) -> dict[str, Any]:
    """What the flag was before the act `row`; `earlier` are the acts that moved it and stand."""
    if row.kind == ActKind.CLOSED.value:
        if _another_open(connection, flag):
            raise ConflictError(
                "A new text opened another flag meanwhile.", mend=f"{_NOTHING} Look at that flag: it is in the list."
            )
        held = _held(connection, vault, flag, flag.taken_by, now)
        return held | {"closed_at": None, "outcome": None, "read_rightly": None}
    if row.kind == ActKind.RELEASED.value:
        return _held(connection, vault, flag, row.staff_id, now)
    holder = None
    if row.kind == ActKind.HANDED.value:  # a flag that is taken was in nobody's hands before
        for one in earlier:
            holder = {ActKind.TOOK.value: one.staff_id, ActKind.HANDED.value: one.to_id}.get(one.kind)
    return _held(connection, vault, flag, holder, now)


def _another_open(connection: Connection, flag: Flag) -> bool:
    """Whether the same family has another flag of the kind that a text joins."""
    f = t.flags.c
    same = f.episode_id == flag.episode_id if flag.episode_id else sa.and_(
        f.caregiver_id == flag.caregiver_id, f.episode_id.is_(None)
    )
    if flag.episode_id is None and flag.caregiver_id is None:
        same = f.peer_hash == sa.select(f.peer_hash).where(f.id == flag.id).scalar_subquery()
    return connection.execute(
        sa.select(f.id)
        .where(f.hospital_id == flag.hospital_id, t.is_open, same)
        .where((f.kind == "sending") == (flag.kind == "sending"))
        .limit(1)
    ).first() is not None
