"""What caregivers agreed to, in the database: a history to which rows are only added, and what follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.ids import new_id
from messages.people import ConsentKind
from messages.store import tables as t

STOPPED_TEXTS = "the caregiver stopped the texts"
_CONSENT = t.consents.insert()  # made once: a list of families uses it thousands of times


def consent_values(
    vault: Vault, caregiver_id: str, kind: ConsentKind, *, how: str, words: str, now: datetime,
    message_id: str | None = None, asked_by: str | None = None,
) -> dict[str, Any]:
    """One row of the consent history."""
    consent_id = new_id()
    return {
        "id": consent_id, "caregiver_id": caregiver_id, "kind": kind.value, "how": how,
        "words": vault.seal("consents.words", consent_id, words), "message_id": message_id, "at": now,
        "asked_by": asked_by,
    }


def note_consent(
    connection: Connection, vault: Vault, caregiver_id: str, kind: ConsentKind, *, how: str, words: str, now: datetime,
    message_id: str | None = None, asked_by: str | None = None, texting: bool = False,
) -> None:
    """Write the consent history and what follows from it: routine texts stop at once, or may leave again.

    `texting`: the caregiver's row says already that they take texts.
    """
    values = consent_values(
        vault, caregiver_id, kind, how=how, words=words, now=now, message_id=message_id, asked_by=asked_by
    )
    connection.execute(_CONSENT, values)
    if kind is ConsentKind.CONFIRMED or (texting and kind is ConsentKind.GIVEN):
        return  # whose number it is says nothing of whether they want texts
    texting = kind is not ConsentKind.STOPPED
    connection.execute(t.caregivers.update().where(t.caregivers.c.id == caregiver_id).values(texting=texting))
    if not texting:
        connection.execute(
            t.outbox.update()
            .where(
                t.outbox.c.caregiver_id == caregiver_id,
                t.outbox.c.state == "queued",
                t.outbox.c.purpose.in_(("check_in", "reminder", "follow_up")),
            )
            .values(state="cancelled", why=STOPPED_TEXTS, ended_at=now)
        )
