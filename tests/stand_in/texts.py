"""One text at the stand-in for Twilio, and how one create goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any


@dataclass
class Text:
    """One message resource. `form` is what create was given, all values of each name."""

    sid: str
    direction: str
    from_: str
    to: str
    body: str
    status: str
    created: datetime
    sent_at: datetime | None = None
    error_code: int | None = None
    media: tuple[str, ...] = ()
    form: dict[str, list[str]] = field(default_factory=dict)

    @property
    def callback(self) -> str:
        return self.form.get("StatusCallback", [""])[0]

    def resource(self, account: str) -> dict[str, Any]:
        """As Twilio's API shows it; `account` is the account's path."""
        return {
            "sid": self.sid,
            "account_sid": account.rsplit("/", 1)[1],
            "direction": self.direction,
            "from": self.from_,
            "to": self.to,
            "body": self.body,
            "status": self.status,
            "num_media": str(len(self.media)),
            "num_segments": "1",
            "error_code": self.error_code,
            "error_message": None,
            "date_created": format_datetime(self.created),
            "date_updated": format_datetime(self.created),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "uri": f"{account}/Messages/{self.sid}.json",
        }


@dataclass(frozen=True)
class Mood:
    """How one create goes: see `TwilioStandIn.next`."""

    refuse: int | None = None
    status: int | None = None
    hang: bool = False
    drop: bool = False
    accepting: bool = True
    early: str = ""
    answer: str | None = None
