"""How serious a text is for this child: the reading's level, changed by named rules in order. Pure.

The reader says what is in the text, at the usual levels; the protocol says what that means on this day for a
child with these risks. Nothing here lowers a level but a meaning of the protocol, and never below review.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation import keywords
from bot.conversation.context import ChildHere, Context
from bot.conversation.course import told_now
from messages.conversation import Intent, Reading
from messages.flags import Level
from scheduler.asking import USUAL_LEVEL
from scheduler.course import holds
from scheduler.meaning import Meaning

# Signs that together are more than each alone: hives with vomiting (facts/clinical.md 2.3, anaphylaxis). The
# other pairs of the reading standard hold a sign that is an emergency by itself.
TOGETHER = (frozenset({"allergy", "vomiting"}),)

_THERE = ("present", "possible", "recent")


@dataclass(frozen=True)
class Triage:
    """The final level, and the names of the rules that changed it, in order."""

    level: Level
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What the rules look at; `child` is None when nobody knows the number or no episode is active."""

    reading: Reading
    child: ChildHere | None
    context: Context
    text: str


Rule = Callable[[Level, Seen], Level]


def triage(reading: Reading, child: ChildHere | None, context: Context, text: str) -> Triage:
    """The level of this text for this child."""
    seen = Seen(reading, child, context, text)
    level, changed = reading.level, []
    for rule in RULES:
        after = rule(level, seen)
        if after is not level:
            changed.append(rule.__name__)
            level = after
    named = (meaning.name for meaning in _meanings(seen) if meaning.name)
    return Triage(level, (*changed, *dict.fromkeys(named)))


def triage_all(
    reading: Reading, children: tuple[ChildHere, ...], context: Context, text: str
) -> Triage:
    """The most serious that the text could be for any of these children."""
    each = [triage(reading, child, context, text) for child in children or (None,)]
    return max(each, key=lambda found: found.level.rank)


def not_understood(level: Level, seen: Seen) -> Level:
    """What is not understood is never ok; nor is a text without words."""
    return level if seen.reading.complete and seen.text.strip() else max(level, Level.REVIEW)


def photo(level: Level, seen: Seen) -> Level:
    """A machine does not judge a picture (reading standard, rule 10)."""
    return max(level, Level.REVIEW) if seen.context.media else level


def call_for_help(level: Level, seen: Seen) -> Level:
    """HELP alone is a keyword of carriers; from a family at home after an operation somebody looks."""
    return max(level, Level.REVIEW) if keywords.bare(seen.text) in keywords.PLEAS else level


def protocol_lowers(level: Level, seen: Seen) -> Level:
    """A hospital may take one sign, alone and understood, less seriously: "a fever on day 1 is review".

    Not when the texts just before told of another sign, and not when the sign was read as more than it
    usually is: "bleeding is review" says nothing about bleeding that will not stop.
    """
    signs, reading = set(seen.reading.signs), seen.reading
    meanings = [meaning for meaning in _meanings(seen) if not meaning.trend]
    if not meanings or len(signs) != 1 or set(seen.context.recent_signs) - signs or not reading.complete:
        return level
    if reading.level > USUAL_LEVEL.get(reading.signs[0], Level.URGENT):
        return level
    # Words without a sign, like "we are at the ER", keep the level that they have.
    beside = (one.level for one in reading.evidence if one.sign not in signs and one.level is not None)
    return min(level, max([Level.REVIEW, *beside, *(meaning.level for meaning in meanings)]))


def protocol_raises(level: Level, seen: Seen) -> Level:
    return max([level, *(meaning.level for meaning in _meanings(seen))])


def signs_together(level: Level, seen: Seen) -> Level:
    """Counts the texts just before too: families tell one thing in several texts."""
    signs = {*seen.reading.signs, *seen.context.recent_signs}
    more = bool(seen.reading.signs) and any(group <= signs for group in TOGETHER)
    return Level.EMERGENCY if more else level


def risk(level: Level, seen: Seen) -> Level:
    """Smoke, diabetes, asthma and the other risks the protocol names raise a review to urgent.

    facts/clinical.md 2.4, rule 5. A question, a wish about the texting or a courtesy that tells nothing of
    the child stays what it is.
    """
    reading = seen.reading
    tells = (
        reading.intent is Intent.REPORT
        or (reading.intent in (Intent.OTHER, Intent.HELP) and not reading.complete)
        or bool(reading.signs)
        or reading.temperature is not None
        or reading.pain is not None
        or any(one.sign and one.status in _THERE for one in reading.evidence)
    )
    child = seen.child
    risky = child is not None and bool(set(child.risks) & set(child.protocol.risks))
    return Level.URGENT if risky and level is Level.REVIEW and tells else level


def unclear_while_waiting(level: Level, seen: Seen) -> Level:
    """Words we did not understand, from a family still waiting for a person about something serious."""
    child, reading = seen.child, seen.reading
    waits = child is not None and not child.flag_taken and (child.open_level or Level.OK) >= Level.URGENT
    unclear = not reading.complete and reading.intent in (Intent.REPORT, Intent.OTHER, Intent.HELP)
    return max(level, Level.URGENT) if waits and unclear else level


RULES: tuple[Rule, ...] = (
    not_understood,
    photo,
    call_for_help,
    protocol_lowers,
    protocol_raises,
    signs_together,
    risk,
    unclear_while_waiting,
)


def _meanings(seen: Seen) -> tuple[Meaning, ...]:
    """The protocol's meanings that fit what was read, on this day, for this child."""
    child = seen.child
    if child is None:
        return ()
    return tuple(meaning for meaning in child.protocol.meanings if _fits(meaning, child, seen.reading))


def _fits(meaning: Meaning, child: ChildHere, reading: Reading) -> bool:
    return (
        holds(meaning, told_now(reading, child), child.course)
        and (meaning.from_day is None or child.day >= meaning.from_day)
        and (meaning.to_day is None or child.day <= meaning.to_day)
        and (not meaning.risks or bool(set(meaning.risks) & set(child.risks)))
    )
