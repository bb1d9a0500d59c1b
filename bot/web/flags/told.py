"""What was done about a flag, in order of time: who was told by which way and whether it arrived, answers, acts, what
the family was told. And what happens next if nobody does anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.web import present
from bot.web.families.recorded import late_words
from bot.web.language import Words, _
from messages.escalation import alarmed, foreseen
from messages.flags import Flag, FlagKind, FlagState, Level
from messages.ladder import Way
from messages.people import Hospital, Staff
from messages.store.amends import Amends
from messages.store.console import ActRow, PageRow
from messages.store.pages import ALARM, HANDED

WAYS = Words({
    Way.TEXT: "text", Way.CALL: "call", Way.EMAIL: "e-mail", Way.PUSH: "browser", Way.CHAT: "chat tool or pager",
})  # fmt: skip
_MOST = 4  # names in one sentence


@dataclass(frozen=True)
class Step:
    """People told together; the same again and again is one step, `times` long, the last at `last`."""

    at: datetime
    pages: tuple[PageRow, ...]
    times: int
    last: datetime

    @property
    def what(self) -> str:
        rung = self.pages[0].rung
        if any(one.rung == ALARM for one in self.pages):
            return _("Nobody took it. The managers were alarmed:")
        return _("Told that it is theirs:") if rung == HANDED else _("Told:")

    @property
    def whom(self) -> list[tuple[str, str, str]]:
        """(name, way, where that is now) of each."""
        return [(one.to, WAYS[Way(one.way)], present.delivery(one.state, one.code, one.why)) for one in self.pages]

    @property
    def who(self) -> tuple[tuple[str, str, str, int], ...]:
        return tuple((one.to, one.way, one.state, one.rung) for one in self.pages)


@dataclass(frozen=True)
class Entry:
    """One line of what was done: exactly one of its parts is there."""

    at: datetime
    step: Step | None = None
    answer: PageRow | None = None
    act: ActRow | None = None
    family: Amends | None = None


def course(pages: Sequence[PageRow], acts: Sequence[ActRow], amends: Sequence[Amends]) -> list[Entry]:
    """Everything in order of time, oldest first."""
    together: dict[datetime, list[PageRow]] = {}
    for page in pages:
        together.setdefault(page.at, []).append(page)
    found = [Entry(at, step=Step(at, tuple(of), 1, at)) for at, of in together.items()]
    found += [Entry(one.answered_at, answer=one) for one in pages if one.answered_at and one.answer == "cannot"]
    found += [Entry(one.act.at, act=one) for one in acts if one.act.kind != "undid"]
    found += [Entry(one.at, family=one) for one in amends]
    found.sort(key=lambda one: one.at)
    told: list[Entry] = []
    for entry in found:
        before = told[-1].step if told else None
        if before and entry.step and before.who == entry.step.who:
            told[-1] = replace(told[-1], step=replace(before, times=before.times + 1, last=entry.step.at))
        else:
            told.append(entry)
    return told


def family_words(one: Amends, names: Mapping[str, str]) -> str:
    """What the family was told, or why not."""
    words = late_words(names.get(one.caregiver_id or "", ""), one.kind, one.why)
    if one.why:
        return words
    return f"{words}: {present.delivery(one.state, one.code, one.state_why) if one.state else _('waiting to leave')}"


def ahead(flag: Flag, hospital: Hospital, staff: Sequence[Staff], now: datetime) -> list[str]:
    """What happens next and when, in plain sentences; nothing once it is closed, or something was done."""
    if flag.state is FlagState.CLOSED or flag.next_page_at is None:
        return []
    found = foreseen(flag, hospital, staff)
    if found is None:
        return [_("No page reaches anybody here. Give somebody a phone, at People.")]
    at, step = found
    when = present.moment_within(max(at, now), hospital.tz, now)
    by_id = {person.id: person.name for person in staff}
    whom = names([by_id[one] for one in step.staff_ids])
    many = len(step.staff_ids) > 1
    if flag.state is FlagState.TAKEN:
        holder = by_id.get(flag.taken_by or "", "")
        words = _("If nothing is done by %(when)s, it climbs again: %(names)s told.")
        if flag.climbs_since is not None:
            words = _("%(holder)s has it and nothing was done in time. If it stays so, %(names)s told by %(when)s.")
        return [words % {"when": when, "names": _are(whom, many), "holder": holder}]
    if not step.failed:
        again = flag.failed_at is not None
        words = _("If nobody takes it by %(when)s, %(names)s told again.") if again else _(
            "If nobody takes it by %(when)s, %(names)s told."
        )
        return [words % {"when": when, "names": _are(whom, many)}]
    managers = names([person.name for person in alarmed(hospital, staff)])
    lines = [_("If nobody takes it by %(when)s, everybody is alarmed: %(names)s.") % {"when": when, "names": managers}]
    if flag.level >= Level.URGENT and flag.kind in (FlagKind.REPLY, FlagKind.STRANGER, FlagKind.OPT_OUT):
        lines.append(_("The family is then told to call, or to go to the emergency room."))
    return lines


def _are(whom: str, many: bool) -> str:
    return (_("%(names)s are") if many else _("%(names)s is")) % {"names": whom}


def names(of: Sequence[str]) -> str:
    """Nora, Omar and Mia; Nora, Omar, Mia and 3 more."""
    shown = list(of[:_MOST]) + ([_("%(n)s more") % {"n": len(of) - _MOST}] if len(of) > _MOST else [])
    return _(" and ").join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
