"""What Twilio's error codes and statuses mean for us: a table, matched by kind.

Source: the facts on Twilio collected for this project (section 2 and 2.1) and Twilio's pages on each error.
Twilio splits and renames codes now and then, so a code that is not in the table is never guessed: automatic
sending stops and a person is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from messages.carriers.carrier import Refused
from messages.conversation import Delivery


class Kind(StrEnum):
    """What a code is about, and so who can do something."""

    NUMBER = "number"  # this number cannot be texted: staff ask for another or phone
    OPTED_OUT = "opted_out"  # the person said STOP at the carrier
    TEXT = "text"  # this text will never pass: ours to mend, do not send it again
    ACCOUNT = "account"  # account or settings: ours to mend, the text may leave afterwards
    LATER = "later"  # for now only
    UNSURE = "unsure"  # may have been delivered: never send again by itself
    EXPIRED = "expired"  # it was of use no longer before it could be delivered
    UNKNOWN = "unknown"  # not in the table


@dataclass(frozen=True)
class Meaning:
    """One code: its kind and plain words for staff, which hold nothing private.

    `retry_after` and `retries` bound what may be tried again without a person; 0 retries: nothing.
    """

    kind: Kind
    words: str
    retry_after: timedelta | None = None
    retries: int = 0

    @property
    def permanent(self) -> bool:
        """True when the same text to the same number must not be sent again without a person."""
        return self.kind not in (Kind.LATER, Kind.ACCOUNT)

    @property
    def ours_to_fix(self) -> bool:
        """True when operators must act: the family's number is not at fault, or nobody knows."""
        return self.kind in (Kind.ACCOUNT, Kind.TEXT, Kind.UNKNOWN)


def _number(words: str) -> Meaning:
    return Meaning(Kind.NUMBER, words)


def _account(words: str) -> Meaning:
    return Meaning(Kind.ACCOUNT, words, timedelta(minutes=5))


def _text(words: str) -> Meaning:
    return Meaning(Kind.TEXT, words)


def _later(words: str, wait: timedelta, retries: int) -> Meaning:
    return Meaning(Kind.LATER, words, wait, retries)


_CREDENTIALS = "Twilio does not accept our credentials: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN anew."
_SENDER = "The hospital's number may not send from this Twilio account: check the number and the account."
_LANDLINE = "This number is a landline: ask the family for a mobile number."
_UNSURE = "Twilio may or may not have sent this text: do not repeat it blindly, a second copy could arrive."

TABLE: dict[str, Meaning] = {
    # A call: how it ended without an answer. It is not repeated; its flag climbs.
    "busy": Meaning(Kind.NUMBER, "The line was busy."),
    "no-answer": Meaning(Kind.NUMBER, "Nobody picked up."),
    "canceled": Meaning(Kind.NUMBER, "The call was ended before anybody picked up."),
    "no-key": Meaning(Kind.NUMBER, "Somebody, or a machine, picked up and pressed no key."),
    "cannot": Meaning(Kind.NUMBER, "They cannot take it."),
    # The account and how we are set up.
    "10001": _account("The Twilio account is not active: look at its console."),
    "20003": _account(_CREDENTIALS),
    "20404": _account("Twilio does not know this account: check TWILIO_ACCOUNT_SID."),
    "401": _account(_CREDENTIALS),
    "403": _account("The answer was 403 (forbidden): check the Twilio account, or the proxy before it."),
    "404": _account("The answer was 404 (not found): check HEARBACK_TWILIO_API_URL and TWILIO_ACCOUNT_SID."),
    "407": _account("The proxy between us and Twilio wants a login: check HTTPS_PROXY."),
    "21408": _account("Texts to this country are not switched on: see Twilio's geographic permissions."),
    "21601": _account(_SENDER),
    "21606": _account(_SENDER),
    "21608": _account("A Twilio trial account texts verified numbers only: verify this number or upgrade."),
    "21609": _account("Twilio cannot use our callback address: HEARBACK_PUBLIC_URL must be open to it."),
    "21612": _account("Twilio cannot reach this number from the hospital's number: ask Twilio for a route."),
    "21659": _account(_SENDER),
    "21660": _account(_SENDER),
    "21661": _account(_SENDER),
    "30002": _account("The Twilio account is suspended: look at its console."),
    "30024": _account("The hospital's number is not yet set up for texts at the carriers: ask Twilio."),
    "30032": _account("The hospital's toll-free number is not verified: finish that at Twilio."),
    "30034": _account("The hospital's number is not registered (A2P 10DLC): finish that at Twilio."),
    "certificate": _account(
        "Twilio's certificate was not trusted: add your proxy's authority to the system's certificates."
    ),
    "30450": _account("Twilio took our texts for fraud (pumping protection): add them to its safe list."),
    # The number we text to.
    "21211": _number("This is not a telephone number: correct it with the family."),
    "21265": _number("This is a short code, which cannot be texted: ask the family for a mobile number."),
    "21266": _number("This is the hospital's own texting number: enter the family's number."),
    "21614": _number(_LANDLINE),
    "21635": _number(_LANDLINE),
    "30004": _number("The phone or its network blocks our texts: phone the family."),
    "30005": _number("This number is not in use: ask the family for their number."),
    "30006": _number("This number is a landline or its network takes no texts: ask for a mobile number."),
    "63003": _number("This number has no WhatsApp: text it by SMS."),
    "21610": Meaning(Kind.OPTED_OUT, "This number has said STOP to our texts: phone the family."),
    "63014": Meaning(Kind.OPTED_OUT, "This person has blocked or stopped us on WhatsApp: phone the family."),
    # The text itself.
    "21602": _text("The text was empty."),
    "21617": _text("The text is longer than 1,600 characters: shorten it."),
    "21658": _text("The text is longer than 1,600 characters: shorten it."),
    "30007": _text("A network filtered this text as spam: do not send it again, report it to Twilio."),
    "30610": _text("Twilio's compliance toolkit held this text back (quiet hours): review its settings."),
    "30640": _text("Twilio's compliance toolkit holds back texts to this number: review it first."),
    "35115": _text("The text was scheduled outside Twilio's window."),
    "63013": _text("WhatsApp's policy refuses this text."),
    "63016": _text("More than 24 hours since this person's last WhatsApp: only a template may be sent."),
    "63021": _text("WhatsApp refuses the content of this text."),
    # For now only.
    "20429": _later("Twilio is getting too many requests from us.", timedelta(seconds=2), 8),
    "429": _later("Twilio is getting too many requests from us.", timedelta(seconds=2), 8),
    "21611": _later("The hospital's number has too many texts waiting.", timedelta(minutes=5), 8),
    "21730": _later("Twilio is under maintenance.", timedelta(minutes=5), 8),
    "30001": _later("Too many texts are waiting at Twilio.", timedelta(minutes=5), 8),
    "30003": _later("The phone is off or out of reach.", timedelta(minutes=45), 2),
    "30008": _later("The network did not deliver it and does not say why.", timedelta(minutes=30), 1),
    "63017": _later("WhatsApp is getting too many texts from us.", timedelta(minutes=1), 8),
    "63018": _later("WhatsApp is getting too many texts from us.", timedelta(minutes=1), 8),
    # Perhaps sent.
    "20500": Meaning(Kind.UNSURE, _UNSURE),
    "30410": Meaning(Kind.UNSURE, _UNSURE),
    "30036": Meaning(Kind.EXPIRED, "It could not be delivered while it was of use: count it as missed."),
}

ACCOUNT_CLOSED = frozenset({"10001", "20003", "20404", "401", "403", "407", "30002", "certificate"})
"""We are not let in: no text of any hospital leaves."""
OF_ONE_NUMBER = frozenset({"21408", "21608", "21612"})
"""Ours to mend, and about the number we text to: others may well be reached."""
OF_THE_SENDER = frozenset(
    {"21601", "21606", "21611", "21659", "21660", "21661", "30007", "30024", "30032", "30034"}
)
"""The number it left by is refused: the same text may leave by another."""

_DELIVERY: dict[str, Delivery] = {
    "scheduled": Delivery.ACCEPTED,
    "accepted": Delivery.ACCEPTED,
    "queued": Delivery.ACCEPTED,
    "sending": Delivery.ACCEPTED,
    "sent": Delivery.SENT,
    "partially_delivered": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.CANCELLED,
}


def meaning(code: str | int | None) -> Meaning:
    """What one of Twilio's codes means. Never fails: a code not in the table is UNKNOWN."""
    name = "" if code is None else str(code).strip()
    known = TABLE.get(name)
    if known is not None:
        return known
    shown = f"code {name}, which we do not know" if name.isdigit() and len(name) <= 6 else "no code we know"
    return Meaning(Kind.UNKNOWN, f"Twilio gave {shown}: nothing is repeated, a person must look.")


def refused(code: str | int | None) -> Refused:
    """The carrier's refusal that a code stands for."""
    of = meaning(code)
    return Refused(
        code="" if code is None else str(code),
        why=of.words,
        permanent=of.permanent,
        ours_to_fix=of.ours_to_fix,
        opted_out=of.kind is Kind.OPTED_OUT,
        retry_after=of.retry_after,
    )


_CALL: dict[str, Delivery] = {
    "queued": Delivery.ACCEPTED,
    "initiated": Delivery.ACCEPTED,
    "ringing": Delivery.ACCEPTED,
    "in-progress": Delivery.SENT,
    "completed": Delivery.UNDELIVERED,  # over, and no key was pressed: who pressed one has been heard before
    "busy": Delivery.UNDELIVERED,
    "no-answer": Delivery.UNDELIVERED,
    "canceled": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
}


def call_state(status: str | None) -> tuple[Delivery, str] | None:
    """Our state and code for Twilio's status of a call; None for one that we do not know."""
    name = (status or "").lower()
    state = _CALL.get(name)
    if state is None:
        return None
    return state, "no-key" if name == "completed" else name if name in TABLE else ""


def delivery(status: str | None) -> Delivery | None:
    """Our state for Twilio's message status; None for one that says nothing about a text that leaves."""
    return _DELIVERY.get((status or "").lower())
