"""The story's words for what is not a text: flags and acts, check-ins nobody answered, consent, what to do about a text
that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.web.families.followup_words import Told
from bot.web.families.recorded import cause, coded, named
from bot.web.flags.undelivered import to_do
from bot.web.language import _
from bot.web.present import ACTS, KINDS, LEVELS, OUTCOMES, SIGNS, sentence
from messages.carriers.codes import Kind, meaning
from messages.conversation import FAILED_STATES, Delivery, Purpose
from messages.flags import ActKind, Flag, Outcome
from messages.people import ConsentKind
from messages.store.families import ConsentRow
from messages.store.story import Ask, Done
from messages.store.thread import Line


@dataclass(frozen=True)
class Note:
    """Something that happened beside the texts. `kind` is flag, act, ask, consent or plan; `quote` is what a person
    wrote, or a family's words."""

    at: datetime
    kind: str
    words: str
    level: str = ""
    signs: tuple[str, ...] = ()
    quote: str = ""
    flag_id: str = ""
    undone: bool = False


def opened(flag: Flag, siblings: bool = False) -> Note:
    """`siblings`: more than one child is texted about on these phones."""
    words = _("A flag was opened: {kind}").format(kind=KINDS[flag.kind].lower())
    if siblings and flag.episode_id is None:
        words += ", " + _("perhaps about another child")
    if flag.reason and flag.kind.value in ("sending", "silence"):
        words = f"{words}. {sentence(cause(flag.reason))}"
    return Note(flag.opened_at, "flag", words, level=flag.level.value, signs=flag.signs, flag_id=flag.id)


def acted(done: Done) -> Note:
    words = {
        ActKind.TOOK.value: _("{by} took the flag"),
        ActKind.RELEASED.value: _("{by} gave the flag back"),
        ActKind.TEXTED.value: _("{by} texted the family"),
        ActKind.CALLED.value: _("{by} called the family"),
        ActKind.NOTED.value: _("{by} wrote a note"),
        ActKind.CLOSED.value: _("{by} closed the flag: {outcome}"),
    }.get(done.kind)
    if done.to:
        words = _("{by} took the flag over") if done.to == done.by else _("{by} handed the flag to {to}")
    if words is None:
        words = "{by} " + ACTS[ActKind(done.kind)]
    outcome = OUTCOMES[Outcome(done.outcome)].lower() if done.outcome else ""
    told = words.format(by=done.by, to=done.to, outcome=outcome)
    if done.right_level is not None:
        right = ", ".join([LEVELS[done.right_level], *(SIGNS.get(sign, sign) for sign in done.right_signs)])
        told += ". " + _("The text was read wrongly; it should have been: {right}").format(right=right)
    elif done.read_rightly is False:
        told += ". " + _("The text was read wrongly.")
    return Note(done.at, "act", told, quote=done.note, flag_id=done.flag_id, undone=done.undone)


def unanswered(asks: Sequence[Ask], names: dict[str, str]) -> list[Note]:
    """Check-ins that were silent, missed or skipped; those of both adults at one time are one note."""
    groups: dict[tuple[datetime, str, str, str], list[str]] = {}
    for ask in asks:
        if ask.state in ("silent", "missed", "skipped"):
            key = (ask.due_at, ask.state, ask.question, ask.why)
            groups.setdefault(key, []).append(names.get(ask.caregiver_id, ""))
    return [_unanswered(*key, who=" & ".join(filter(None, whose))) for key, whose in groups.items()]


def _unanswered(at: datetime, state: str, question: str, why: str, *, who: str) -> Note:
    words = {
        "silent": _("No answer to this check-in ({question}, {who})"),
        "missed": _("This check-in was not sent ({question}, {who})"),
        "skipped": _("This check-in was skipped ({question}, {who})"),
    }[state].format(question=named(question), who=who)
    return Note(at, "ask", words if not why else f"{words}: {cause(why)}")


def agreed(consent: ConsentRow, names: dict[str, str]) -> Note:
    words = {
        ConsentKind.GIVEN.value: _("{who} agreed to texts ({how})"),
        ConsentKind.STOPPED.value: _("{who} stopped the texts ({how})"),
        ConsentKind.RESUMED.value: _("{who} wanted texts again ({how})"),
        ConsentKind.CONFIRMED.value: _("{who} answered from this number ({how})"),
    }[consent.kind].format(who=names.get(consent.caregiver_id, ""), how=coded(consent.how))
    return Note(consent.at, "consent", words, quote=consent.words)


def changed(told: Told) -> Note:
    """What a person did about the follow-up."""
    return Note(told.at, "plan", f"{told.by} {told.what}", quote=told.note)


def mend(line: Line) -> str:
    """What a person does about a text that went wrong; "" when there is nothing to do, or its cause says it."""
    if not line.state:
        return ""
    at = Delivery(line.state)
    kind = meaning(line.code).kind if line.code else Kind.UNKNOWN
    routine = line.purpose in (Purpose.CHECK_IN.value, Purpose.REMINDER.value)
    if at is not Delivery.UNSURE and at not in FAILED_STATES and at is not Delivery.EXPIRED:
        return ""
    if routine and (at is Delivery.EXPIRED or kind is Kind.EXPIRED):
        return ""  # the next one comes by itself
    if kind in (Kind.NUMBER, Kind.OPTED_OUT):
        return ""  # their words say whom to phone and what to ask
    return to_do(line.state, line.code)
