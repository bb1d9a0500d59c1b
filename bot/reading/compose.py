"""Findings: named rules that put a part, a quality, an amount and a change together (`lexicon/rules/*.toml`).

Over 300 lines: matching one rule over a stretch of text is one piece of logic.

A rule's `all` lists what must stand near each other in one stretch of the text: each entry names concepts, any of
which will do; `!` before an entry asks for it denied ("!feel": cannot feel), `~` takes it in any state. `gap` is how
many words may lie between, `unless` names what rules it out, `firm` keeps it though it is said to be better or less,
`event` keeps it though all is well since.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.scope import Segment, bits
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
    slots: tuple[Slot, ...]
    needs: int  # bits of the first slot, for a quick look
    gap: int
    unless: int
    unless_near: int
    firm: bool
    event: bool
    over: str  # level name when it is over within the last day
    anyone: bool  # counts also when said of the caregiver
    why: str
    sentence: bool  # look in the whole sentence, not one stretch
    subject: str
    eased_by: int  # in the stretch before, it makes a person read it, and no more: "laughing so hard ..."
    covers: frozenset[str]  # signs that the same words would name too
    short: int  # only in a text of so many units or fewer; 0: any
    quiet: bool  # says nothing where a sign is denied in the same stretch
    always: bool  # counts also when only supposed


@dataclass(slots=True)
class Finding:
    """One rule that matched: which units, and what it counts for after the scopes."""

    rule: Rule
    places: tuple[int, ...]
    segment: int
    status: str
    level: Level


@cache
def rules() -> tuple[Rule, ...]:
    """The shipped rules in the order of their files."""
    words = lexicon()
    out: list[Rule] = []
    for entry in words.rules:
        slots = []
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
                level=Level(entry.get("level", "urgent")),
                slots=tuple(slots),
                needs=slots[0].plain | slots[0].denied | slots[0].any_state,
                gap=entry.get("gap", DEFAULT_GAP),
                unless=words.mask(entry.get("unless", "")),
                unless_near=words.mask(entry.get("unless_near", "")),
                firm=entry.get("firm", False),
                event=entry.get("event", False),
                over=entry.get("over", "review"),
                anyone=entry.get("anyone", False),
                why=entry.get("why", ""),
                sentence=entry.get("sentence", False),
                subject=entry.get("subject", ""),
                eased_by=words.mask(entry.get("eased_by", "")),
                covers=frozenset(entry.get("covers", "").split()),
                short=entry.get("short", 0),
                quiet=entry.get("quiet", False),
                always=entry.get("always", False),
            )
        )
    return tuple(out)


def findings_of(units: list[Unit], segments: list[Segment], about: int = 0) -> list[Finding]:
    """Every rule that matches, with what it counts for. `about`: parts of the body that a menu answer speaks of."""
    bit = bits()
    out: list[Finding] = []
    segment_rules = [rule for rule in rules() if not rule.sentence]
    last_parts = about
    last_part_at = 0
    last_part_segment = 0 if about else -9
    for number, segment in enumerate(segments):
        plain = denied = eased = 0
        places: list[tuple[int, int, int, int]] = []  # unit index, plain, denied, eased
        for offset, unit in enumerate(segment.units):
            mask = unit.mask
            if not mask:
                continue
            at = segment.first + offset
            if unit.state == "denied":
                polar = mask & bit.polar
                rest = mask & ~(bit.polar | (0 if polar else bit.part))
                plain |= rest
                denied |= polar
                places.append((at, rest, polar, 0))
            elif unit.state == "attribute":
                rest = mask & ~bit.polar
                plain |= rest
                places.append((at, rest, 0, 0))
            elif unit.state:
                polar = mask & bit.polar
                rest = mask & ~bit.polar
                plain |= rest
                eased |= polar
                places.append((at, rest, 0, polar))
            else:
                plain |= mask
                places.append((at, mask, 0, 0))
        if not places:
            continue
        borrowed = 0
        if not segment.parts and last_parts and number - last_part_segment <= 4 and _refers_back(segment):
            borrowed = last_parts
            plain |= borrowed
            places.insert(0, (-1 - last_part_at, borrowed, 0, 0))
        everything = plain | denied | eased
        for rule in segment_rules:
            if not rule.needs & everything:
                continue
            if rule.subject == "child" and not (
                segment.subject == "child" or (segment.subject in ("", "it") and not segment.parts)
            ):
                continue
            ok = True
            for slot in rule.slots:
                ready = plain | eased if rule.firm else plain
                if not (slot.plain & ready or slot.denied & denied or slot.any_state & everything):
                    ok = False
                    break
            if not ok or (rule.unless and rule.unless & (plain | eased)):
                continue
            chosen = _nearest(rule, places)
            if chosen is None:
                continue
            if (rule.quiet and (denied | eased) & bit.sign) or (rule.short and len(units) > rule.short):
                continue
            if rule.unless_near and _near_has(units, chosen, rule.unless_near):
                continue
            out.append(_weigh(rule, chosen, number, units, segments))
        if segment.parts:
            last_parts, last_part_at, last_part_segment = segment.parts, segment.part_at, number
    out.extend(_sentence_findings(units, segments))
    return _uncovered(out, segments)


def _uncovered(found: list[Finding], segments: list[Segment]) -> list[Finding]:
    """Without the findings that only repeat a better one: coughed blood is no bleeding of the incision."""
    covers = [one for one in found if one.rule.covers and one.status in ("present", "recent")]
    if not covers:
        return found
    return [
        one
        for one in found
        if not any(
            one.rule.sign in better.rule.covers
            and segments[one.segment].sentence == segments[better.segment].sentence
            and abs(one.segment - better.segment) <= 1
            for better in covers
        )
    ]


def _sentence_findings(units: list[Unit], segments: list[Segment]) -> list[Finding]:
    """Rules whose slots may stand in different stretches: "she coughed into my hand and it was blood"."""
    bit = bits()
    places: list[tuple[int, int, int, int]] = []
    plain = denied = eased = 0
    owner: dict[int, int] = {}
    for number, segment in enumerate(segments):
        for offset, unit in enumerate(segment.units):
            if not unit.mask:
                continue
            at = segment.first + offset
            owner[at] = number
            if (
                segment.hypothetical
                and unit.mask & bit.polar
                and any(not other.hypothetical for other in segments)
            ):
                continue
            polar = unit.mask & bit.polar if unit.state else 0
            rest = unit.mask & ~polar
            hidden = polar if unit.state == "denied" else 0
            less = polar if unit.state in ("better", "gone") else 0
            plain |= rest
            denied |= hidden
            eased |= less
            places.append((at, rest, hidden, less))
    everything = plain | denied | eased
    out = []
    for rule in rules():
        if not rule.sentence or not rule.needs & everything:
            continue
        if not all(
            slot.plain & plain or slot.denied & denied or slot.any_state & everything for slot in rule.slots
        ):
            continue
        chosen = _nearest(rule, places)
        if chosen is None:
            continue
        involved = {owner[place] for place in chosen}
        if rule.unless and any(
            unit.mask & rule.unless and unit.state != "denied"
            for number in involved
            for unit in segments[number].units
        ):
            continue
        out.append(_weigh(rule, chosen, owner[chosen[0]], units, segments))
    return out


def _refers_back(segment: Segment) -> bool:
    """True when the stretch speaks of a part named before: "they are blue", "kinda purple"."""
    bit = bits()
    first = segment.units[0]
    if any(unit.mask & bit.it for unit in segment.units):
        return True
    if segment.subject in ("child", "other", "me", "we") and any(
        unit.mask & (bit.child | bit.other | bit.me | bit.we) for unit in segment.units
    ):
        return False
    return (
        bool(first.mask & (bit.sign | bit.copula | bit.but | bit.conj | bit.neg | bit.still))
        or len(segment.units) <= 4
    )


def _nearest(rule: Rule, places: list[tuple[int, int, int, int]]) -> tuple[int, ...] | None:
    """The unit indices that fill the rule's slots closest together; None when they stand too far apart."""
    options: list[list[int]] = []
    for slot in rule.slots:
        here = []
        for at, plain, denied, eased in places:
            ready = plain | eased if rule.firm else plain
            if slot.plain & ready or slot.denied & denied or slot.any_state & (plain | denied | eased):
                here.append(at)
        if not here:
            return None
        options.append(here)
    if len(options) == 1:
        real = [at for at in options[0] if at >= 0]
        return (real[0],) if real else None
    best: tuple[int, tuple[int, ...]] | None = None
    for anchor in options[0]:
        chosen = [anchor]
        width = 0
        for others in options[1:]:
            at = min(others, key=lambda place: abs(place - anchor) if place >= 0 and anchor >= 0 else 0)
            chosen.append(at)
            if at >= 0 and anchor >= 0:
                width = max(width, abs(at - anchor))
        if best is None or width < best[0]:
            best = (width, tuple(chosen))
    assert best is not None
    return best[1] if best[0] <= rule.gap else None


def _near_has(units: list[Unit], chosen: tuple[int, ...], mask: int) -> bool:
    real = [place for place in chosen if place >= 0]
    if not real:
        return False
    low, high = max(0, min(real) - 2), min(len(units), max(real) + 3)
    return any(units[place].mask & mask and units[place].state != "denied" for place in range(low, high))


def _weigh(
    rule: Rule, chosen: tuple[int, ...], number: int, units: list[Unit], segments: list[Segment]
) -> Finding:
    """What a match counts for: someone else's, only thought of, long past, over, or present now."""
    segment = segments[number]
    status, level = "present", rule.level
    real = [place for place in chosen if place >= 0] or [segment.first]
    if rule.firm and any(units[place].state == "gone" for place in real):
        status = "recent"
        level = min(level, Level.URGENT, key=lambda one: one.rank)
    before = segments[number - 1] if number else None
    if (
        rule.eased_by
        and before is not None
        and before.sentence == segment.sentence
        and any(unit.mask & rule.eased_by and unit.state != "denied" for unit in before.units)
    ):
        return Finding(rule, chosen, number, "other_person", Level.REVIEW)
    if rule.sign == "injury" and _thing_fell(real, units):
        status, level = "other_person", Level.OK
    elif segment.before_op:
        status, level = "past", Level.OK
    elif segment.hypothetical and not rule.always and (segment.hyp_at < 0 or max(real) > segment.hyp_at):
        status, level = "hypothetical", Level.REVIEW
    elif not rule.anyone and _someone_else(real, segment, units, segments, number):
        if not (rule.level is Level.EMERGENCY and any(unit.mask & bits().plea for unit in units)):
            status = "other_person"
            level = Level.OK if _only_a_pet(segment) else Level.REVIEW
    elif segment.past and (not rule.event or segment.long_ago):
        status, level = "past", Level.REVIEW
    elif status == "present" and not rule.event and _is_over(real, number, units, segments):
        status = "recent"
        level = Level(rule.over)
    return Finding(rule, chosen, number, status, level)


def _someone_else(
    places: list[int], segment: Segment, units: list[Unit], segments: list[Segment], number: int
) -> bool:
    """True when the sign is said of the caregiver, of a relative or a pet, and not of the child."""
    bit = bits()
    if any(units[place].mask & bit.fall for place in places) and any(
        unit.mask & bit.fall
        and ((" him" in unit.text or " her" in unit.text) or unit.text.startswith(("lo ", "la ", "le ")))
        for unit in segment.units
    ):
        return False
    at = max(places)
    self_patient = any(unit.mask & bit.self_patient for unit in units)
    step = at
    while step >= segment.first:
        mask = units[step].mask
        if mask & bit.other and not mask & bit.child:
            between = units[step + 1 : at + 1]
            if any(unit.mask & bit.report for unit in between):
                return False
            return not any(unit.mask & bit.child for unit in between)
        if mask & bit.child:
            previous = units[step + 1 : at]
            return bool(step + 1 <= at and mask & bit.his and any(unit.mask & bit.other for unit in previous))
        if mask & (bit.me | bit.you) and self_patient:
            return False
        if mask & (bit.me | bit.you):
            between = units[step + 1 : at + 1]
            if any(unit.mask & (bit.report | bit.child) for unit in between):
                return False
            if units[at].mask & bit.wake:
                return False
            following = units[step + 1] if step + 1 < len(units) else None
            if following is None:
                return False
            if units[step].text in ("a mi", "im", "ive", "my", "me", "mi", "mis", "your", "youre"):
                if units[step].text == "a mi":
                    return True
                return units[step].text not in ("me", "mi") or bool(following.mask & (bit.part | bit.sign))
            return bool(
                following.mask & (bit.have | bit.copula | bit.sign | bit.polar | bit.neg)
            ) and not any(unit.mask & bit.poss_child for unit in between)
        step -= 1
    if segment.subject == "other" or (
        segment.subject == "me" and number and segments[number - 1].subject == "me"
    ):
        return not any(
            unit.mask & (bit.child | bit.other) for unit in segment.units[: at - segment.first + 1]
        ) and (
            number > 0
            and segments[number - 1].sentence == segment.sentence
            and segments[number - 1].subject == segment.subject
        )
    for step in range(at + 1, min(segment.last + 1, at + 6)):
        if units[step].mask & bit.child:
            return False
        if units[step].mask & bit.other:
            return units[step - 1].text in ("a", "de", "my", "mi", "su", "his", "her", "for", "al")
    return False


def _only_a_pet(segment: Segment) -> bool:
    """True when the one spoken of is an animal, a doll or somebody on a screen, and nobody of the family."""
    bit = bits()
    others = [unit.mask for unit in segment.units if unit.mask & bit.other]
    return bool(others) and all(mask & bit.pet for mask in others)


def _thing_fell(places: list[int], units: list[Unit]) -> bool:
    """ "se cayo el internet", "tree fell over": what fell is a thing and no child."""
    bit = bits()
    at = max(places)
    if not units[at].mask & bit.fall:
        return False
    if units[at].text.endswith((" de", " del", " con", " en", " off", " out")):
        return False
    if at + 2 < len(units) and units[at + 1].text in ("el", "la", "los", "las", "un", "una", "mi", "su"):
        noun = units[at + 2]
        return noun.kind == "word" and not noun.mask & (
            bit.carrier | bit.child | bit.part | bit.time | bit.past | bit.name | bit.conj
        )
    before = units[at - 1] if at else None
    if before is None or units[at].text.split(" ")[0] not in (
        "fell",
        "fall",
        "falls",
        "fallen",
        "falling",
        "crashed",
        "dropped",
    ):
        return False
    return bool(before.mask & bit.noun) and not before.mask & (bit.child | bit.part | bit.carrier)


def _is_over(places: list[int], number: int, units: list[Unit], segments: list[Segment]) -> bool:
    """True when words after the sign say that it is over, before any other sign is told."""
    bit = bits()
    segment = segments[number]
    start = max(places) + 1
    end = segment.last
    over = False
    later = number + 1
    while later < len(segments) and segments[later].sentence <= segment.sentence + 1:
        end = segments[later].last
        later += 1
    for step in range(start, min(end + 1, len(units))):
        unit = units[step]
        if unit.state == "denied":
            continue
        follows = units[step + 1] if step + 1 < len(units) else None
        if (unit.mask & bit.over and unit.state == "") or (
            unit.mask & bit.gone and unit.state == "" and (follows is None or not follows.mask & bit.sign)
        ):
            over = True
        elif unit.mask & bit.again:
            return False
    return over
