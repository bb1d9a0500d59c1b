"""What every flow needs in hand: the database, the keys, the carrier, the settings."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta

from messages.carriers.carrier import Carrier
from messages.database import Database
from messages.encryption import Vault
from messages.settings import Settings


@dataclass(frozen=True)
class House:
    """One process's share of Hearback.

    `kick` wakes this process's outbox when something was queued; other processes find it at their next look.
    `patience` stretches leases and settling times when a demo's clock runs fast (1 in real life).
    """

    database: Database
    vault: Vault
    carrier: Carrier
    settings: Settings
    kick: threading.Event = field(default_factory=threading.Event)
    patience: float = 1.0

    def wait(self, span: timedelta) -> timedelta:
        return span * self.patience
