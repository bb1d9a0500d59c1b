"""The carrier without a network: for the demo, and wherever no Twilio is set up.

A text it accepts counts as delivered at once; the phone drawn in the browser reads it from the database, so
there is nothing to keep here, and a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from messages.carriers.carrier import Accepted, Incoming, Outgoing, Refused, Ring, Unsure
from messages.conversation import Delivery


def _deliver(text: Outgoing) -> Accepted | Refused | Unsure:
    return Accepted(f"SIM-{text.outbox_id}", Delivery.DELIVERED)


class SimulatorCarrier:
    """Delivers everything, unless `answer` says otherwise: a test may refuse, be unsure, or wait in there."""

    name = "simulator"

    def __init__(self, *, answer: Callable[[Outgoing], Accepted | Refused | Unsure] = _deliver) -> None:
        self._answer = answer

    def send(self, text: Outgoing) -> Accepted | Refused | Unsure:
        """`answer`'s answer; by default the text is delivered under an id made of its own."""
        return self._answer(text)

    def call(self, ring: Ring) -> Accepted | Refused | Unsure:
        """It rings on the demo's page until somebody picks up there."""
        return Accepted(f"SIM-{ring.outbox_id}", Delivery.ACCEPTED)

    def find(
        self,
        outbox_id: str,
        *,
        to: str,
        sender: str,
        body: str,
        since: datetime,
        known: Collection[str] = (),
    ) -> Accepted | Unsure | None:
        """A send that was cut off counts as delivered: the text is in the database, where the phone looks."""
        return Accepted(f"SIM-{outbox_id}", Delivery.DELIVERED)

    def received_since(self, sender: str, since: datetime) -> Iterator[Incoming]:
        """Nothing: the phone's texts come straight in, none can be lost on the way."""
        return iter(())

    def check(self) -> str | None:
        """Always None: there is nothing to set up."""
        return None
