"""The next right act about a flag, in plain words. Pure."""

from __future__ import annotations

from bot.web.language import _
from messages.flags import FlagKind, FlagState, Level
from messages.store.console import QueueRow

_ARRIVED = ("delivered", "read")
_ON_ITS_WAY = ("accepted", "sent")
_TRIED_AGAIN = ("queued", "sending")


def next_step(row: QueueRow, emergency_number: str) -> tuple[str, str]:
    """(what to do, what helps to know) for an open flag; nothing to do for a closed one."""
    flag = row.flag
    if flag.state is FlagState.CLOSED:
        return "", ""
    if flag.kind is FlagKind.SENDING:
        return _about_a_send(row)
    if flag.level is Level.EMERGENCY:
        told = _("The computer told them to call %(number)s. Make sure that help is on its way.")
        return _("Call now."), told % {"number": emergency_number}
    if flag.kind is FlagKind.SILENCE:
        return _("Call them: our questions have no answer."), _("Nobody picks up? Text them, and try again later.")
    if flag.kind is FlagKind.STRANGER:
        return (
            _("Ask who this is: text back, or call."),
            _("One of your families on a new phone? Have this number added to the family."),
        )
    if flag.kind is FlagKind.OPT_OUT:
        return _("Call them: they stopped the texts."), _("A text from you may not reach them.")
    if flag.kind is FlagKind.UNREAD:
        return _("Read it yourself: the computer could not."), _("Nobody has judged how serious it is.")
    if flag.level is Level.URGENT:
        return _("Call them."), ""
    return _("Read it, and answer by text or call."), ""


def _about_a_send(row: QueueRow) -> tuple[str, str]:
    if row.flag.caregiver_id is None:
        if row.flag.reason.startswith("a page"):
            return (
                _("A colleague was not reached: look at the open flags yourself."),
                _("Check the phone number of this colleague."),
            )
        return (
            _("No text leaves now: tell the person who runs Hearback."),
            _("Texts are tried on meanwhile. Call families that wait for an answer."),
        )
    if row.send_state in _ARRIVED:
        return _("It arrived after all: you can close this."), ""
    if row.send_state in _ON_ITS_WAY:
        return _("The carrier has it after all. If it matters, ask the family; then close this."), ""
    if row.send_state in _TRIED_AGAIN:
        return _("It is tried again by itself. If it matters now, call."), ""
    if row.send_state == "unsure":
        return (
            _("Call and ask: nobody knows whether it arrived."),
            _("It is not sent again by itself, so that nobody gets it twice."),
        )
    return _("Call, and tell them what the text said."), _("Check the number with them: this text did not arrive.")
