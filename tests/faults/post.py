"""The outbox of a test's hospital: texts put in, callbacks for them, a look at where they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.work import settle
from messages.carriers.carrier import Outgoing, Refused
from messages.carriers.codes import refused
from messages.conversation import Delivery, Purpose
from messages.settle import note_status
from messages.store import tables as t
from messages.store.conversation import Draft, write_out
from tests.house import MARIA, Home

NOWHERE = Refused("unreachable", "Twilio could not be reached.", permanent=False)


@dataclass
class Post:
    """Hands and eyes on the outbox."""

    home: Home
    episodes: dict[str, str] = field(default_factory=dict)  # by phone

    def queue(self, purpose: Purpose = Purpose.CHECK_IN, body: str = "How is Ana?", **draft: Any) -> str:
        """Put a text to a family into the outbox; its row's id. Enrols the family when it is not here yet."""
        home, phone = self.home, draft.pop("phone", MARIA)
        if phone not in self.episodes:
            self.episodes[phone] = home.enrol(phone=phone).episode_id
        with home.house.database.writing() as connection:
            caregiver_id = connection.execute(
                t.caregivers.select().where(
                    t.caregivers.c.phone_hash == home.house.vault.fingerprint("phone", phone)
                )
            ).one().id
            return write_out(
                connection, home.house.vault, Draft(body, purpose, topic="test", **draft),
                hospital_id=home.hospital.id, peer=phone, now=home.now, caregiver_id=caregiver_id,
                episode_ids=[self.episodes[phone]],
            )[1]

    def row(self, outbox_id: str) -> Any:
        (row,) = self.home.rows(t.outbox, t.outbox.c.id == outbox_id)
        return row

    def state(self, outbox_id: str) -> Delivery:
        return Delivery(self.row(outbox_id).state)

    def sends(self, outbox_id: str) -> int:
        """How often the carrier was handed this text."""
        return sum(text.outbox_id == outbox_id for text in self.home.carrier.sent)

    def call_back(self, outbox_id: str, sid: str, status: Delivery, code: str = "") -> bool:
        return note_status(self.home.house, outbox_id, sid, status, code, self.home.now)

    def settle(self) -> int:
        """Dead leases, then unsure sends, as the clock's beat does."""
        return settle(self.home.house, self.home.now)

    def refuse(self, *phones: str, code: int) -> None:
        """From now on the carrier refuses every text to these phones."""
        taking = self.home.carrier.send

        def send(text: Outgoing) -> Any:
            answer = taking(text)
            return refused(code) if text.to in phones else answer

        self.home.carrier.send = send  # type: ignore[method-assign]

    def complaints(self) -> list[str]:
        """The reasons of the open flags about sending."""
        return [flag.reason for flag in self.home.flags() if flag.kind.value == "sending"]
