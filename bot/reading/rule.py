"""Rules as written in `lexicon/rules/*.toml`, and what a matched one is.

A rule's `all` lists what must stand near each other in one stretch of the text: each entry names concepts, any of
which will do; `!` before an entry asks for it denied ("!feel": cannot feel), `~` takes it in any state. `gap` is how
many words may lie between, `ordered` asks for them in this order, `unless` names what rules it out (`!`: denied),
`company` asks that the text speaks of the child, or is a few words and of nobody else, `firm` keeps it though it is
said to be better or less, `event` keeps it though all is well since, `named` takes no part of the body from a
stretch before, `unsure` counts in full only where the second reader does not think danger unlikely, and `idle` names
concepts for which a rule is as unsure ("drowning" in paperwork). What any rule says is a danger goes to a person only,
and an emergency is urgent only, where the second reader is all but certain that it is none; more so for what a rule
is `sure` of. By authors unknown to that reader other rules were right in one such text of twelve.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.reading.lexicon import lexicon
from messages.flags import Level

DEFAULT_GAP = 7


@dataclass(frozen=True, slots=True)
class Slot:
    plain: int
    denied: int
    any_state: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say a sign; `level` when present now."""

    name: str
    sign: str
    level: Level
    intent: str  # what the family wants of the texts, where the rule is of that kind
    slots: tuple[Slot, ...]
    needs: int  # bits of the first slot, for a quick look
    gap: int
    ordered: bool  # the slots stand in the text in the order of the rule
    unless: int
    unless_denied: int
    unless_near: int
    firm: bool
    event: bool
    over: str  # level name when it is over within the last day
    anyone: bool  # counts also when said of the caregiver
    why: str
    sentence: bool  # look in the whole sentence, not one stretch
    wide: bool  # what rules it out may stand anywhere in the sentence
    subject: str
    eased_by: int  # in the stretch before, it makes a person read it, and no more: "laughing so hard ..."
    covers: frozenset[str]  # signs that the same words would name too
    short: int  # only in a text of so many units or fewer; 0: any
    quiet: bool  # says nothing where a sign is denied in the same stretch
    always: bool  # counts also when only supposed
    soft: bool  # names no sign: a text that is plainly of a quiet day is ok all the same (earned.py)
    company: bool  # only where the text speaks of the child, or is a few words and of nobody else
    trigger: bool  # what sets it off may stand behind an "if": "he screams if we touch it"
    unsure: bool  # names the sign in two of three texts or so: counts in full where the second reader agrees
    sure: bool  # it takes more to doubt it
    idle: int  # bits of words that are as often idle talk: where one of them set it off, it is unsure
    named: bool  # a part of the body must be named in the stretch itself, not in one before it


@dataclass(slots=True)
class Finding:
    """One rule that matched: which units, and what it counts for after the scopes."""

    rule: Rule
    places: tuple[int, ...]
    segment: int
    status: str
    level: Level


def _named(concepts: str, mark: str) -> str:
    """Of the concepts after `unless` those without a mark, or those with it, as a list parted by blanks."""
    return " ".join(one.lstrip("!") for one in concepts.split() if one.startswith("!") == bool(mark))


@cache
def rules() -> tuple[Rule, ...]:
    """The shipped rules in the order of their files."""
    words = lexicon()
    out: list[Rule] = []
    for entry in words.rules:
        slots = []
        wanted = entry.get("intent", "")
        for text in entry["all"]:
            plain = denied = anyway = 0
            for concept in text.split():
                if concept.startswith("!"):
                    denied |= words.mask(concept[1:])
                elif concept.startswith("~"):
                    anyway |= words.mask(concept[1:])
                else:
                    plain |= words.mask(concept)
            slots.append(Slot(plain, denied, anyway))
        out.append(
            Rule(
                name=entry["name"],
                sign=entry.get("sign", ""),
                level=Level(entry.get("level", "ok" if wanted else "urgent")),
                intent=wanted,
                slots=tuple(slots),
                needs=slots[0].plain | slots[0].denied | slots[0].any_state,
                gap=entry.get("gap", DEFAULT_GAP),
                ordered=entry.get("ordered", False),
                unless=words.mask(_named(entry.get("unless", ""), "")),
                unless_denied=words.mask(_named(entry.get("unless", ""), "!")),
                unless_near=words.mask(entry.get("unless_near", "")),
                firm=entry.get("firm", False),
                event=entry.get("event", False),
                over=entry.get("over", "review"),
                anyone=entry.get("anyone", False),
                why=entry.get("why", ""),
                sentence=entry.get("sentence", False),
                wide=entry.get("wide", False),
                subject=entry.get("subject", ""),
                eased_by=words.mask(entry.get("eased_by", "")),
                covers=frozenset(entry.get("covers", "").split()),
                short=entry.get("short", 0),
                quiet=entry.get("quiet", False),
                always=entry.get("always", False),
                soft=entry.get("soft", False),
                company=entry.get("company", False),
                trigger=entry.get("trigger", False),
                unsure=entry.get("unsure", False),
                sure=entry.get("sure", False),
                idle=words.mask(entry.get("idle", "")),
                named=entry.get("named", False),
            )
        )
    return tuple(out)


@cache
def soft_rules() -> frozenset[str]:
    """The names of the rules that a quiet day outweighs."""
    return frozenset(rule.name for rule in rules() if rule.soft)
