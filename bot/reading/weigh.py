"""What a matched rule counts for: someone else's, only thought of, long past, over, or present now."""

from __future__ import annotations

from bot.reading.grammar import OVER_AT_AN_END, bits, ends
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.rule import Finding, Rule
from bot.reading.segments import Segment
from bot.reading.someone_else import only_a_pet, said_of_someone_else
from bot.reading.text import MARK, WORD
from messages.flags import Level


def weigh(
    rule: Rule, chosen: tuple[int, ...], number: int, units: list[Unit], segments: list[Segment]
) -> Finding:
    """What a match counts for: someone else's, only thought of, long past, over, or present now."""
    segment = segments[number]
    if rule.intent:
        return Finding(rule, chosen, number, "present", rule.level)
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
    elif (
        segment.hypothetical
        and not rule.always
        and (segment.hyp_at < 0 or (min if rule.trigger else max)(real) > segment.hyp_at)
    ):
        status, level = "hypothetical", Level.REVIEW
    elif not rule.anyone and said_of_someone_else(real, units):
        if not (rule.level is Level.EMERGENCY and any(unit.mask & bits().plea for unit in units)):
            status = "other_person"
            level = Level.OK if only_a_pet(segment) else Level.REVIEW
    elif segment.past and (not rule.event or segment.long_ago):
        status, level = "past", Level.REVIEW
    elif status == "present" and not rule.event and _is_over(rule, real, number, units, segments):
        status = "recent"
        level = Level(rule.over)
    return Finding(rule, chosen, number, status, level)


def _thing_fell(places: list[int], units: list[Unit]) -> bool:
    """ "se cayo el internet", "the strips fell off", "dropped my phone": what fell is a thing and no child."""
    bit = bits()
    at = next((place for place in places if units[place].mask & (bit.fall | bit.fell)), -1)
    if at < 0:
        return False
    someone = (
        bit.child
        | bit.limb
        | bit.cast
        | bit.carrier
        | bit.time
        | bit.past
        | bit.name
        | bit.conj
        | bit.other
        | bit.me
    )
    after = units[at + 1 : at + 3]
    if after and units[at].text.endswith((" her", " his")) and after[0].mask & bit.noun:
        return True
    if (
        len(after) == 2
        and after[0].mask & bit.his
        and after[1].kind == WORD
        and not units[at].text.endswith((" de", " del", " con", " en", " off", " out", " of", " on", " from"))
        and not units[at].text.startswith(("hit ", "landed "))
    ):
        return not after[1].mask & (someone | bit.ground)
    step = at - 1
    while (
        step >= 0
        and units[step].kind == WORD
        and units[step].mask & (bit.copula | bit.have | bit.amount | bit.time)
    ):
        step -= 1
    if step < 1 or units[step].kind != WORD:
        return False
    noun, before = units[step], units[step - 1]
    thing = bool(noun.mask & bit.noun) or bool(
        before.mask & bit.his and before.text not in ("my", "our", "mi")
    )
    return thing and not noun.mask & (someone | bit.subject | bit.his)


def _another_part(units: list[Unit], start: int, step: int) -> bool:
    """ "so puffy the ankle bone is gone", "... cast looks ok": what is gone or well is another part."""
    bit = bits()
    place = step - 1
    while place >= start and units[place].mask & (bit.copula | bit.amount) and units[place].kind != MARK:
        place -= 1
    if place < start or not units[place].mask & bit.part or units[place].mask & bit.his:
        return False
    return not any(unit.mask & bit.prep for unit in units[max(start, place - 2) : place])


def _is_over(rule: Rule, places: list[int], number: int, units: list[Unit], segments: list[Segment]) -> bool:
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
        if unit.mask & (bit.over | bit.gone) and unit.state == "":
            if rule.sign == "intake" and unit.mask & bit.neg:
                continue
            if unit.text in OVER_AT_AN_END and not ends(units, step + 1):
                continue
            if units[step - 1].text not in ("than", "que", "not") and not _another_part(
                units, max(places) + 1, step
            ):
                over = True
        elif unit.mask & bit.again:
            return False
    return over or _well_today(number, segments)


def _well_today(number: int, segments: list[Segment]) -> bool:
    """ "ayer anduvo hinchado, hoy lo veo normal": yesterday's, and today is said to be well."""
    bit = bits()
    segment = segments[number]
    told = [row for row in segments if row.sentence == segment.sentence and row.first <= segment.first]
    if not any(unit.text in word_list("yesterday_words") for row in told for unit in row.units):
        return False
    for later in segments[number + 1 : number + 4]:
        if later.sentence > segment.sentence + 1:
            return False
        units = later.units
        if any(unit.text in word_list("today_words") for unit in units):
            well = any(unit.mask & (bit.good | bit.less | bit.better | bit.gone | bit.neg) for unit in units)
            return well and not any(unit.mask & (bit.sign | bit.worse) and unit.state == "" for unit in units)
    return False
