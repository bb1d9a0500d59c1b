"""The next right act about a flag, in plain words. Pure."""

from __future__ import annotations

from bot.web.flags.undelivered import to_do
from bot.web.language import _
from messages.flags import FlagKind, FlagState, Level
from messages.store.console import QueueRow


def next_step(row: QueueRow, emergency_number: str) -> tuple[str, str]:
    """(what to do, what helps to know) for an open flag; nothing to do for a closed one."""
    flag = row.flag
    if flag.state is FlagState.CLOSED:
        return "", ""
    if flag.kind is FlagKind.SENDING:
        return to_do(row.send_state, row.send_code, flag.reason), ""
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
