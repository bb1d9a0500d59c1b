"""Every table; a file a subject, and everything is imported from here. Times are UTC.

Private columns (names, numbers, words) are sealed bytes; lookups go by keyed hash. The tables of `APPEND_ONLY` refuse
every change and deletion by triggers, but the one that takes a row's words away and nothing else (see
migrations/guard.py). Uniqueness is stated here, so that "once" is a fact of the schema.
"""

from messages.store.tables.columns import Code, Id, Sealed, metadata
from messages.store.tables.family import (
    caregivers,
    check_ins,
    children,
    consents,
    episode_acts,
    episode_caregivers,
    episodes,
    imports,
    join_codes,
    joins,
)
from messages.store.tables.flagged import (
    acts,
    amends,
    flag_messages,
    flags,
    is_open,
    looks,
    pages,
    promises,
    unindexed,
    views,
)
from messages.store.tables.getting_in import (
    api_answers,
    api_keys,
    api_minutes,
    audit,
    invitations,
    passkeys,
    recovery_codes,
    sessions,
    wrong_tries,
)
from messages.store.tables.hospital import (
    astray,
    drafts,
    hospitals,
    protocols,
    rota,
    senders,
    staff,
    staff_addresses,
)
from messages.store.tables.running import alarms, heartbeats, own_keys
from messages.store.tables.texts import about, delivery_events, messages, outbox, readings, undecided

APPEND_ONLY = ("messages", "readings", "acts", "consents", "delivery_events", "audit", "episode_acts")

__all__ = [
    "APPEND_ONLY",
    "Code",
    "Id",
    "Sealed",
    "about",
    "acts",
    "alarms",
    "amends",
    "api_answers",
    "api_keys",
    "api_minutes",
    "astray",
    "audit",
    "caregivers",
    "check_ins",
    "children",
    "consents",
    "delivery_events",
    "drafts",
    "episode_acts",
    "episode_caregivers",
    "episodes",
    "flag_messages",
    "flags",
    "heartbeats",
    "hospitals",
    "imports",
    "invitations",
    "is_open",
    "join_codes",
    "joins",
    "looks",
    "messages",
    "metadata",
    "outbox",
    "own_keys",
    "pages",
    "passkeys",
    "promises",
    "protocols",
    "readings",
    "recovery_codes",
    "rota",
    "senders",
    "sessions",
    "staff",
    "staff_addresses",
    "undecided",
    "unindexed",
    "views",
    "wrong_tries",
]
