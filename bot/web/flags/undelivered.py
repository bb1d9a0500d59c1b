"""What a person can do about a text that did not arrive, in one plain sentence: the same one on every page."""

from __future__ import annotations

from bot.web.language import _
from messages.carriers.codes import Kind, meaning
from messages.conversation import Delivery


def to_do(state: str, code: str | None, reason: str = "") -> str:
    """The next act for a text of this state: `state` and `code` of the send, `reason` of the flag; all may be ""."""
    if reason.startswith("texts do not leave"):
        return _("No text leaves now: tell whoever runs Hearback. Call the families who wait for an answer.")
    if reason.startswith("a page"):
        return _("A colleague was not told. Tell them yourself, and have their number corrected.")
    if state in (Delivery.DELIVERED, Delivery.READ):
        return _("It arrived after all. You can close this.")
    if state in (Delivery.ACCEPTED, Delivery.SENT):
        return _("The carrier has it after all. If it matters, ask the family; then close this.")
    if state in (Delivery.QUEUED, Delivery.SENDING):
        return _("It is tried again by itself. If it matters now, call.")
    unsure = _("Call and ask whether it came. It is not sent again by itself: they might get it twice.")
    if state == Delivery.UNSURE:
        return unsure
    words = {
        Kind.NUMBER: _("Call the family, and ask for a number that takes texts."),
        Kind.OPTED_OUT: _("Call the family. No text reaches them until they text START."),
        Kind.LATER: _("It was tried again and did not get through. Call the family."),
        Kind.EXPIRED: _("It came too late to be of use. Call, if the answer matters today."),
        Kind.ACCOUNT: _("Call the family if it cannot wait, and tell whoever runs Hearback."),
        Kind.TEXT: _("Call the family if it cannot wait, and tell whoever runs Hearback."),
        Kind.UNSURE: unsure,
    }
    kind = meaning(code).kind if code else Kind.UNKNOWN
    return words.get(kind, _("Call the family, and check the number with them."))
