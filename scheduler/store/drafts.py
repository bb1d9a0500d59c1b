"""Drafts of protocols: written by several, submitted by one, approved by another. Every change counts its version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import ConflictError, NotFoundError
from messages.ids import new_id
from messages.people import Staff
from messages.store import tables as t
from scheduler.store.published import publish

_NOTHING = "Nothing was changed."


@dataclass(frozen=True)
class Draft:
    """A protocol being written. `editor` wrote in it last; none of `editors` (ids) may approve it."""

    id: str
    name: str
    base_id: str | None
    base_version: int | None
    source: str
    state: str
    version: int
    editors: tuple[str, ...]
    note: str
    editor: str
    edited_at: datetime
    submitter: str
    submitted_at: datetime | None
    protocol_id: str | None


def _query(hospital_id: str) -> sa.Select[Any]:
    d, by, sent, p = t.drafts.c, t.staff.alias("by"), t.staff.alias("sent"), t.protocols.c
    return (
        sa.select(
            t.drafts, p.version.label("base_version"), by.c.name.label("by_name"), sent.c.name.label("sent_name")
        )
        .join(by, by.c.id == d.edited_by)
        .outerjoin(sent, sent.c.id == d.submitted_by)
        .outerjoin(t.protocols, p.id == d.base_id)
        .where(d.hospital_id == hospital_id)
    )


def _draft(vault: Vault, row: Any) -> Draft:
    sent = vault.open("staff.name", row.submitted_by, row.sent_name) if row.submitted_by else ""
    return Draft(
        id=row.id, name=row.name, base_id=row.base_id, base_version=row.base_version, source=row.source,
        state=row.state, version=row.version, editors=tuple(row.editors), note=row.note,
        editor=vault.open("staff.name", row.edited_by, row.by_name), edited_at=row.edited_at, submitter=sent,
        submitted_at=row.submitted_at, protocol_id=row.protocol_id,
    )  # fmt: skip


def draft_by_id(connection: Connection, vault: Vault, hospital_id: str, draft_id: str, *, lock: bool = False) -> Draft:
    """One draft; nobody else changes it until the commit when `lock`. Raises NotFoundError."""
    query = _query(hospital_id).where(t.drafts.c.id == draft_id)
    row = connection.execute(query.with_for_update(of=t.drafts) if lock else query).first()
    if row is None:
        raise NotFoundError("There is no such draft here.", mend="Go back to the list of protocols.")
    return _draft(vault, row)


def open_drafts(connection: Connection, vault: Vault, hospital_id: str) -> list[Draft]:
    """What is being written or waits to be approved, the newest first."""
    d = t.drafts.c
    rows = connection.execute(
        _query(hospital_id).where(d.state.in_(("draft", "submitted"))).order_by(d.edited_at.desc(), d.id).limit(100)
    )
    return [_draft(vault, row) for row in rows]


def begin_draft(
    connection: Connection, person: Staff, *, name: str, source: str, base_id: str | None, now: datetime, note: str = ""
) -> str:
    """A new draft; its id."""
    draft_id = new_id()
    connection.execute(
        t.drafts.insert().values(
            id=draft_id, hospital_id=person.hospital_id, name=name, base_id=base_id, source=source, state="draft",
            version=1, editors=[person.id], note=note, edited_by=person.id, edited_at=now,
        )
    )
    return draft_id


def expected(draft: Draft, version: str | None, state: str = "draft") -> None:
    """Raise ConflictError when the draft is not as it was shown."""
    if draft.state != state:
        raise ConflictError("This draft was submitted, published or thrown away meanwhile.", mend=_NOTHING)
    if str(draft.version) != version:
        raise ConflictError("Somebody saved this draft since you opened it.", mend=_NOTHING)


def save_draft(connection: Connection, draft: Draft, person: Staff, *, name: str, source: str, now: datetime) -> int:
    """Keep what was typed; returns the new version. The caller holds the draft."""
    editors = list(dict.fromkeys((*draft.editors, person.id)))
    _change(
        connection, draft, name=name, source=source, editors=editors, edited_by=person.id, edited_at=now,
    )  # fmt: skip
    return draft.version + 1


def submit_draft(connection: Connection, draft: Draft, person: Staff, note: str, now: datetime) -> None:
    _change(connection, draft, state="submitted", submitted_by=person.id, submitted_at=now, note=note)


def return_draft(connection: Connection, draft: Draft, note: str) -> None:
    """Back to being written, with a word about why."""
    _change(connection, draft, state="draft", submitted_by=None, submitted_at=None, note=note)


def discard_draft(connection: Connection, draft: Draft) -> None:
    _change(connection, draft, state="discarded")


def approve_draft(
    connection: Connection, vault: Vault, draft: Draft, person: Staff, now: datetime, seen: Sequence[str] = ()
) -> tuple[str, int]:
    """Publish a submitted draft as the next version; (protocol id, version). Raises ConflictError for its authors.

    `seen` are the warnings that this person has ticked; they are kept with the version.
    """
    if person.id in draft.editors:
        raise ConflictError(
            "You wrote in this draft: somebody else has to approve it.", mend="Ask another manager of your hospital."
        )
    approval = {"written_by": draft.editor, "approved_by": person.name, "approved_role": person.role.value,
                "written_role": _role(connection, draft.id), "note": draft.note,
                "seen": "\n".join(seen)}  # fmt: skip
    protocol_id, version = publish(
        connection, person.hospital_id, draft.source, by=person.name, now=now, approval=approval
    )
    _change(connection, draft, state="published", protocol_id=protocol_id)
    return protocol_id, version


def _role(connection: Connection, draft_id: str) -> str:
    d, s = t.drafts.c, t.staff.c
    query = sa.select(s.role).join(t.drafts, d.edited_by == s.id).where(d.id == draft_id)
    return str(connection.execute(query).scalar_one())


def _change(connection: Connection, draft: Draft, **values: Any) -> None:
    connection.execute(
        t.drafts.update().where(t.drafts.c.id == draft.id).values(**values, version=draft.version + 1)
    )


# Versions


@dataclass(frozen=True)
class Version:
    """One published version. `families` are followed by it now; `approval` is {} when a command published it."""

    id: str
    name: str
    version: int
    source: str
    published_by: str
    published_at: datetime
    approval: Mapping[str, str]
    withdrawn_at: datetime | None
    families: int


def _versions(hospital_id: str) -> sa.Select[Any]:
    p, e = t.protocols.c, t.episodes.c
    running = (
        sa.select(e.protocol_id, sa.func.count().label("families"))
        .where(e.state != "ended", e.hospital_id == hospital_id)
        .group_by(e.protocol_id)
        .subquery()
    )
    return (
        sa.select(t.protocols, sa.func.coalesce(running.c.families, 0).label("families"))
        .outerjoin(running, running.c.protocol_id == p.id)
        .where(p.hospital_id == hospital_id)
        .order_by(p.name, p.version.desc())
    )


def _version(row: Any) -> Version:
    return Version(
        row.id, row.name, row.version, row.source, row.published_by, row.published_at, row.approval or {},
        row.withdrawn_at, row.families,
    )  # fmt: skip


def versions(connection: Connection, hospital_id: str, name: str = "") -> list[Version]:
    """Every version of a hospital's protocols, or of one; the newest of each first."""
    query = _versions(hospital_id)
    return [_version(row) for row in connection.execute(query.where(t.protocols.c.name == name) if name else query)]


def version_by_id(connection: Connection, hospital_id: str, protocol_id: str) -> Version:
    """One version. Raises NotFoundError."""
    row = connection.execute(_versions(hospital_id).where(t.protocols.c.id == protocol_id)).first()
    if row is None:
        raise NotFoundError("There is no such protocol here.", mend="Go back to the list of protocols.")
    return _version(row)


def withdraw(connection: Connection, hospital_id: str, name: str, now: datetime) -> int:
    """No family begins with this protocol any more; returns how many stay on it until their follow-up ends."""
    p = t.protocols.c
    changed = connection.execute(
        t.protocols.update()
        .where(p.hospital_id == hospital_id, p.name == name, p.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    if not changed.rowcount:
        raise ConflictError("This protocol is withdrawn already.", mend=_NOTHING)
    return sum(one.families for one in versions(connection, hospital_id, name))


def bring_back(connection: Connection, hospital_id: str, name: str) -> None:
    """Families may begin with it again, by its newest version."""
    p = t.protocols.c
    connection.execute(
        t.protocols.update().where(p.hospital_id == hospital_id, p.name == name).values(withdrawn_at=None)
    )


@dataclass(frozen=True)
class Follower:
    """A family that is followed by an older version, with the languages of its adults."""

    episode_id: str
    child: str
    day_zero: Any
    protocol_id: str
    version: int
    zone: str
    languages: tuple[str, ...]


def followers(
    connection: Connection, vault: Vault, hospital_id: str, name: str, but: str, *, limit: int, after: str = "",
    only: str = "",
) -> list[Follower]:
    """Families on other versions than `but`, in the order of their enrolment, `limit` of them after episode `after`.

    `only` asks about one episode.
    """
    e, c, p = t.episodes.c, t.children.c, t.protocols.c
    rows = connection.execute(
        sa.select(e.id, e.child_id, c.name, e.day_zero, e.protocol_id, p.version)
        .join(t.children, c.id == e.child_id)
        .join(t.protocols, p.id == e.protocol_id)
        .where(e.hospital_id == hospital_id, e.protocol_name == name, e.state != "ended", e.protocol_id != but)
        .where(e.id == only if only else e.id > after)
        .order_by(e.id)
        .limit(limit)
    ).all()
    ec, cg = t.episode_caregivers.c, t.caregivers.c
    adults: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(
        sa.select(ec.episode_id, cg.zone, cg.language)
        .join(t.caregivers, cg.id == ec.caregiver_id)
        .where(ec.episode_id.in_([row.id for row in rows]))
        .order_by(ec.position, ec.caregiver_id)
    ):
        adults.setdefault(row.episode_id, []).append((row.zone, row.language))
    return [
        Follower(
            row.id, vault.open("children.name", row.child_id, row.name), row.day_zero, row.protocol_id, row.version,
            adults.get(row.id, [("UTC", "")])[0][0], tuple(language for _zone, language in adults.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip
