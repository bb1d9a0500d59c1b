"""(reading, context) -> decision. Pure: nothing is sent, stored or looked up here; time is `context.now`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.conversation.children import which_child, which_child_answered
from bot.conversation.confirming import confirmed_by_report, confirming, unconfirmed
from bot.conversation.context import Context
from bot.conversation.decision import Decision
from bot.conversation.heard import Heard, hear
from bot.conversation.loss import grieving, loss
from bot.conversation.outside import ended, stopped, stranger
from bot.conversation.reports import ok, review, serious
from bot.conversation.wishes import help_word, opt_in, opt_out, reaction, thanks, wrong_number
from messages.conversation import Reading

CASES: tuple[Callable[[Heard], Decision | None], ...] = (
    confirming,
    reaction,
    stranger,
    loss,
    grieving,
    opt_out,
    opt_in,
    stopped,
    ended,
    unconfirmed,
    which_child_answered,
    wrong_number,
    serious,
    thanks,
    help_word,
    which_child,
    review,
    ok,
)


def decide(reading: Reading, context: Context, text: str) -> Decision:
    """What is to be done about `text`, read as `reading`: the first case that fits decides."""
    heard = confirmed_by_report(hear(reading, context, text))
    for case in CASES:
        decision = case(heard)
        if decision is not None:
            return replace(decision, case=case.__name__)
    raise AssertionError("`ok` fits every text")
