"""What every carrier of texts can do, and the few answers it may give. The port; no carrier is named here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from messages.conversation import Delivery


@dataclass(frozen=True)
class Outgoing:
    """One text to hand over. `to` and `sender` (the hospital's number) are E.164, `media` are public URLs.

    `valid_for` is how long the text is of use: the carrier drops it when it could not be delivered by then.
    None leaves it to the carrier.
    """

    outbox_id: str
    to: str
    sender: str
    body: str
    valid_for: timedelta | None = None
    media: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ring:
    """One call to make, to a member of staff: what it says is asked for when somebody picks up."""

    outbox_id: str
    to: str
    sender: str


@dataclass(frozen=True)
class Accepted:
    """The carrier has the text, under `carrier_id`. `status` is where it is now, never earlier than ACCEPTED.

    `code` is the carrier's own code when `status` is already a failure (a text found later), else "".
    """

    carrier_id: str
    status: Delivery = Delivery.ACCEPTED
    code: str = ""


@dataclass(frozen=True)
class Refused:
    """The carrier certainly does not have the text.

    `permanent`: the same text to the same number would be refused again; do not try again, tell a person.
    Not permanent: try again, no sooner than `retry_after` (None: the caller's own backoff).
    `ours_to_fix`: the account, the settings or the text are at fault, not the family's number: tell
    operators. `opted_out`: this number has said STOP to this sender at the carrier. `why` is for staff and
    holds no number, name or word of a text.
    """

    code: str
    why: str
    permanent: bool
    ours_to_fix: bool = False
    opted_out: bool = False
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class Unsure:
    """The carrier may or may not have the text (or, of `find`, could not say): no reason to send again."""

    why: str


@dataclass(frozen=True)
class Incoming:
    """One text the carrier received. `peer` is the number outside, `to` is the hospital's, both E.164.

    `at` is aware and UTC: when the carrier received it. `media` are URLs at the carrier.
    """

    carrier_id: str
    peer: str
    to: str
    body: str
    at: datetime
    media: tuple[str, ...] = ()


class Carrier(Protocol):
    """Carries texts. Safe to share between threads; no method raises anything but CarrierError."""

    @property
    def name(self) -> str:
        """ "twilio" or "simulator": the first half of a message's unique name (carrier, carrier id)."""

    def send(self, text: Outgoing) -> Accepted | Refused | Unsure:
        """Hand over one text, once: nothing is repeated inside, whatever happens. Never raises."""

    def call(self, ring: Ring) -> Accepted | Refused | Unsure:
        """Begin one call, once. Accepted means that it was begun, not that anybody heard it. Never raises."""

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
        """Settle an unsure send from the carrier's own list: Accepted, or None when it is not there (yet).

        `since` is when sending began (aware). `known` are carrier ids that already belong to other texts: two
        texts with the same words to the same number cannot be told apart otherwise. A text may take minutes
        to show: None is final only after a wait. Unsure when the list could not be read. Never raises.
        """

    def received_since(self, sender: str, since: datetime) -> Iterator[Incoming]:
        """Texts received at the hospital's number `sender` since `since` (aware), in any order.

        For texts whose webhook never came; most will be known already. Raises CarrierError when the list
        cannot be read; what was yielded before that is good.
        """

    def check(self) -> str | None:
        """None when the carrier can be used as configured, else one sentence: what is wrong and the mend."""
