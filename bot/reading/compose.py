"""Findings: named rules that put a part, a quality, an amount and a change together (rule.py)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from bot.reading.grammar import bits
from bot.reading.match import Unit
from bot.reading.rule import Finding, Rule, rules
from bot.reading.segments import Segment
from bot.reading.text import WORD
from bot.reading.weigh import weigh

SHORT = 5  # words; a text of so few needs no subject


def findings_of(units: list[Unit], segments: list[Segment], about: int = 0) -> list[Finding]:
    """Every rule that matches, with what it counts for. `about`: parts of the body that a menu answer speaks of."""
    bit = bits()
    out: list[Finding] = []
    of_child = _speaks_of_the_child(units)
    last_parts = about
    last_part_at = 0
    last_part_segment = 0 if about else -9
    for number, segment in enumerate(segments):
        plain = denied = eased = 0
        places: list[tuple[int, int, int, int]] = []  # unit index, plain, denied, eased
        for offset, unit in enumerate(segment.units):
            mask = unit.mask
            if not mask or unit.state == "unsaid":
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
        if not segment.parts and (named := _named_after(segments, number)):
            borrowed = named
        elif not segment.parts and last_parts and number - last_part_segment <= 4:
            near = segments[number - 1] if number else segment
            if _refers_back(segment) or _is_predicate_of(segment, near):
                borrowed = last_parts
        if borrowed:
            plain |= borrowed
            places.insert(0, (-1 - last_part_at, borrowed, 0, 0))
        everything = plain | denied | eased
        masks = [unit.mask for unit in segment.units]
        for rule in _rules_named(masks if not borrowed else [*masks, borrowed], False):
            if rule.company > of_child:
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
            if not ok or rule.unless & (plain | eased) or rule.unless_denied & denied:
                continue
            chosen = _nearest(rule, places)
            if chosen is None:
                continue
            if (rule.quiet and (denied | eased) & bit.sign) or (rule.short and len(units) > rule.short):
                continue
            if rule.unless_near and _near_has(units, chosen, rule.unless_near):
                continue
            out.append(weigh(rule, chosen, number, units, segments))
        if segment.parts:
            last_parts, last_part_at, last_part_segment = segment.parts, segment.part_at, number
    out.extend(_sentence_findings(units, segments, of_child))
    return _uncovered(out, segments)


def _rules_named(masks: Iterable[int], sentence: bool) -> list[Rule]:
    """The rules, in their order, whose rarest slot one of the masks may fill."""
    places: set[int] = set()
    for mask in masks:
        if mask:
            places |= _places_named(mask, sentence)
    if not places:
        return []
    every = rules()
    return [every[place] for place in sorted(places)]


@lru_cache(maxsize=2048)
def _places_named(mask: int, sentence: bool) -> frozenset[int]:
    by_bit = _places_by_bit(sentence)
    places: set[int] = set()
    while mask:
        lowest = mask & -mask
        places |= by_bit.get(lowest, frozenset())
        mask ^= lowest
    return frozenset(places)


@cache
def _places_by_bit(sentence: bool) -> dict[int, frozenset[int]]:
    """For each concept the places in rules() of the rules whose rarest slot it may fill."""
    bit = bits()
    often = bit.neg | bit.copula | bit.have | bit.child | bit.part | bit.time | bit.no_answer
    out: dict[int, set[int]] = {}
    for place, rule in enumerate(rules()):
        if rule.sentence != sentence:
            continue
        slots = [slot.plain | slot.denied | slot.any_state for slot in rule.slots]
        rarest = min(slots, key=lambda slot: ((slot & often).bit_count(), slot.bit_count()))
        while rarest:
            lowest = rarest & -rarest
            out.setdefault(lowest, set()).add(place)
            rarest ^= lowest
    return {concept: frozenset(places) for concept, places in out.items()}


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


def _speaks_of_the_child(units: list[Unit]) -> bool:
    """True when a child is named or meant anywhere, or the text is a few words and of nobody else ("very confused")."""
    bit = bits()
    words = whole = 0
    for unit in units:
        if unit.kind == WORD:
            words += 1
            whole |= unit.mask
    if whole & (bit.child | bit.self_patient | bit.third):
        return True
    return words <= SHORT and not whole & bit.other


def _sentence_findings(units: list[Unit], segments: list[Segment], of_child: bool) -> list[Finding]:
    """Rules whose slots may stand in different stretches: "she coughed into my hand and it was blood"."""
    bit = bits()
    named = _rules_named([unit.mask for unit in units], True)
    if not named:
        return []
    places: list[tuple[int, int, int, int]] = []
    plain = denied = eased = 0
    owner: dict[int, int] = {}
    for number, segment in enumerate(segments):
        for offset, unit in enumerate(segment.units):
            if not unit.mask or unit.state == "unsaid":
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
    for rule in named:
        if rule.company > of_child:
            continue
        if not all(
            slot.plain & plain or slot.denied & denied or slot.any_state & everything for slot in rule.slots
        ):
            continue
        chosen = _nearest(rule, places)
        if chosen is None:
            continue
        involved = {owner[place] for place in chosen}
        if rule.wide:
            sentences = {segments[number].sentence for number in involved}
            involved = {at for at, segment in enumerate(segments) if segment.sentence in sentences}
        if rule.unless and any(
            unit.mask & rule.unless and unit.state != "denied"
            for number in involved
            for unit in segments[number].units
        ):
            continue
        out.append(weigh(rule, chosen, owner[chosen[0]], units, segments))
    return out


def _named_after(segments: list[Segment], number: int) -> int:
    """The part named behind a comma by itself: "pale as a candle, that foot"."""
    bit = bits()
    if number + 1 >= len(segments) or segments[number + 1].sentence != segments[number].sentence:
        return 0
    after = segments[number + 1]
    first, *rest = after.units
    bare = bool(first.mask & bit.his) and bool(rest) and all(unit.mask & bit.part for unit in rest)
    return after.parts if bare else 0


def _is_predicate_of(segment: Segment, before: Segment) -> bool:
    """ "Toes, blue as his cap": a quality that follows a part named by itself."""
    bit = bits()
    return (
        before.sentence == segment.sentence
        and bool(before.units[-1].mask & bit.part)
        and any(unit.mask & bit.sign for unit in segment.units[:2])
    )


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
            if at < 0 and rule.named:
                continue
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
            if rule.ordered:
                others = [place for place in others if place > chosen[-1]]
                if not others:
                    break
            at = min(others, key=lambda place: abs(place - anchor) if place >= 0 and anchor >= 0 else 0)
            chosen.append(at)
            if at >= 0 and anchor >= 0:
                width = max(width, abs(at - anchor))
        if len(chosen) == len(options) and (best is None or width < best[0]):
            best = (width, tuple(chosen))
    return best[1] if best is not None and best[0] <= rule.gap else None


def _near_has(units: list[Unit], chosen: tuple[int, ...], mask: int) -> bool:
    real = [place for place in chosen if place >= 0]
    if not real:
        return False
    low, high = max(0, min(real) - 2), min(len(units), max(real) + 3)
    return any(units[place].mask & mask and units[place].state != "denied" for place in range(low, high))
