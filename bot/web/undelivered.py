"""What a person can do about a text that did not arrive, in one plain sentence."""

from __future__ import annotations

from bot.web.language import _
from messages.carriers.codes import Kind, meaning
from messages.conversation import Delivery


def to_do(state: str, code: str | None, reason: str) -> str:
    """The next act for a text of this state: `state` and `code` of the send, `reason` of the flag; all may be ""."""
    if reason.startswith("texts do not leave"):
        return _("Tell whoever runs Hearback. Until then, phone the families who wait for an answer.")
    if reason.startswith("a page"):
        return _("A colleague was not told. Tell them yourself, and have their number corrected.")
    if state == Delivery.UNSURE:
        return _("Phone and ask whether it came. Do not send it again unasked: they may get it twice.")
    if state in (Delivery.DELIVERED, Delivery.READ):
        return _("It arrived after all. You can close this.")
    kind = meaning(code).kind if code else Kind.UNKNOWN
    words = {
        Kind.NUMBER: _("Phone the family, and ask for a number that takes texts."),
        Kind.OPTED_OUT: _("Phone the family. No text reaches them until they text START."),
        Kind.LATER: _("It was tried again and did not get through. Phone the family."),
        Kind.EXPIRED: _("It came too late to be of use. Phone, if the answer matters today."),
        Kind.ACCOUNT: _("Phone the family if it cannot wait, and tell whoever runs Hearback."),
        Kind.TEXT: _("Phone the family if it cannot wait, and tell whoever runs Hearback."),
        Kind.UNSURE: _("Phone and ask whether it came. Do not send it again unasked: they may get it twice."),
    }
    return words.get(kind, _("Phone the family, and check the number with them."))
