"""A family moved to another version of its protocol: what comes, goes and moves, told before it happens.

What is told is what is done: the plan is made anew in the transaction, looked at, and taken back again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from messages.database import Connection
from messages.encryption import Vault
from scheduler.counterparts import counterparts
from scheduler.protocol import Protocol
from scheduler.replan import Basis, basis_of, replan
from scheduler.store import by_hand, episodes
from scheduler.store.published import protocol_by_id


@dataclass(frozen=True)
class Change:
    """One check-in to come that is not as it was: `was` and `at` are instants (UTC), None where there is none."""

    kind: Literal["comes", "goes", "moves"]
    question: str
    was: datetime | None
    at: datetime | None

    @property
    def first(self) -> datetime:
        """The earlier of its two instants."""
        return min(moment for moment in (self.was, self.at) if moment is not None)


@dataclass(frozen=True)
class Moving:
    """What moving one family would do. `stays` says why it cannot be moved, "" when it can: language, finished."""

    episode_id: str
    changes: tuple[Change, ...] = ()
    stays: str = ""
    languages: tuple[str, ...] = ()  # of its adults, that the other version has no texts in

    @property
    def seal(self) -> str:
        """Equal for equal changes: a page that was shown is told from one that is no longer true."""
        return sha256(repr((self.episode_id, self.changes, self.stays)).encode()).hexdigest()[:16]


def told_before(
    connection: Connection, vault: Vault, hospital_id: str, episode_id: str, protocol_id: str,
    languages: Collection[str], now: datetime,
) -> Moving:  # fmt: skip
    """What moving this family to this version would do; nothing is changed. The caller holds the episode."""
    held = _held(connection, episode_id, protocol_id, languages)
    if held:
        return held
    attempt = connection.begin_nested()
    try:
        return moved(connection, vault, hospital_id, episode_id, protocol_id, languages, now)
    finally:
        attempt.rollback()


def moved(
    connection: Connection, vault: Vault, hospital_id: str, episode_id: str, protocol_id: str,
    languages: Collection[str], now: datetime,
) -> Moving:  # fmt: skip
    """Move this family to this version in the caller's commit; returns what changed."""
    held = _held(connection, episode_id, protocol_id, languages)
    if held:
        return held
    before = basis_of(connection, vault, episode_id)
    after = Basis(protocol_id, before.day_zero, before.caregiver_id, before.zone, before.hours, before.own)
    was = _coming(connection, episode_id, now)
    episodes.move_episode(connection, episode_id, day_zero=before.day_zero, protocol_id=protocol_id)
    replan(connection, hospital_id, episode_id, before, after, now)
    old, new = protocol_by_id(connection, before.protocol_id), protocol_by_id(connection, protocol_id)
    return Moving(episode_id, compared(was, _coming(connection, episode_id, now), counterparts(old, new)))


def compared(was: dict[str, Any], now: dict[str, Any], names: dict[str, str]) -> tuple[Change, ...]:
    """The differences between two plans, each by step: (question, instant)."""
    changes = []
    left = dict(now)
    for step, (question, at) in was.items():
        other = next((name for name in (names.get(step), step) if name in left and left[name][0] == question), None)
        if other is None:
            changes.append(Change("goes", question, at, None))
            continue
        _question, to = left.pop(other)
        if to != at:
            changes.append(Change("moves", question, at, to))
    changes += [Change("comes", question, None, at) for question, at in left.values()]
    return tuple(sorted(changes, key=lambda change: (change.first, change.kind, change.question)))


def missing_languages(protocol: Protocol, languages: Collection[str]) -> tuple[str, ...]:
    """Those that the protocol has no texts in."""
    return tuple(sorted(set(languages) - set(protocol.languages)))


def _held(connection: Connection, episode_id: str, protocol_id: str, languages: Collection[str]) -> Moving | None:
    missing = missing_languages(protocol_by_id(connection, protocol_id), languages)
    if missing:
        return Moving(episode_id, stays="language", languages=missing)
    if any(row.question == "goodbye" and row.state == "told" for row in by_hand.rows_of(connection, episode_id)):
        return Moving(episode_id, stays="finished")
    return None


def _coming(connection: Connection, episode_id: str, now: datetime) -> dict[str, Any]:
    rows = by_hand.rows_of(connection, episode_id)
    return {row.step: (row.question, row.due_at) for row in rows if row.state == "planned" and row.due_at > now}
