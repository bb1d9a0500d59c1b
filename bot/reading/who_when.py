"""Who each stretch of a text speaks of and when: past, before the operation, the child or another."""

from __future__ import annotations

from bot.reading.grammar import bits
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.segments import Segment
from bot.reading.supposed import mark_supposed


def mark_who_and_when(segments: list[Segment]) -> None:
    """Who and when of each stretch; what is left unsaid is taken from the stretch before it in the same sentence."""
    bit = bits()
    previous: Segment | None = None
    for segment in segments:
        going_on = _own(segment)
        if previous is not None and previous.sentence == segment.sentence:
            own_subject = any(
                unit.mask & (bit.subject | bit.child | bit.other | bit.me) for unit in segment.units
            )
            if not own_subject and not segment.subject and not segment.parts and not segment.after_but:
                segment.subject = previous.subject
            bare = not any(unit.mask & bit.sign for unit in previous.units)
            if previous.before_op and bare:
                segment.before_op = True
            inherits = not own_subject or (bare and _only_a_time(previous))
            if previous.past and inherits and not going_on and not segment.after_but:
                segment.long_ago = segment.long_ago or previous.long_ago
                segment.past = True
            elif previous.past and _grows(segment) and not own_subject and not previous.long_ago:
                previous.past = False
            elif segment.past and _only_a_time(segment) and not previous.past:
                previous.past, previous.long_ago = True, segment.long_ago
        previous = segment
    mark_supposed(segments)


def _own(segment: Segment) -> bool:
    """Set what the stretch itself says of who and when; True when it says that a thing goes on."""
    bit = bits()
    past_at = since_at = -1
    is_now = was = far = False
    today, now_words, was_words = word_list("today_words"), word_list("is_now"), word_list("was")
    going_on = bit.since | bit.again | bit.still | bit.recent
    changed = bit.started | bit.worse
    for place, unit in enumerate(segment.units):
        mask = unit.mask
        if mask & bit.before_op:
            segment.before_op = True
        if mask & bit.past and unit.state == "" and not _compared(segment.units, place):
            past_at = place
            far = far or bool(mask & bit.long_ago)
            segment.long_ago = segment.long_ago or bool(
                mask & bit.long_ago or any(word in word_list("long_ago") for word in unit.text.split())
            )
        if mask & going_on and not mask & bit.neg:
            since_at = place
        if (mask & changed and unit.state == "") or unit.text in today:
            since_at = place
        is_now = is_now or unit.text in now_words
        was = was or unit.text in was_words
        if mask & bit.part:
            segment.parts |= mask & bit.part
            segment.part_at = segment.first + place
        if not segment.subject:
            if mask & bit.other:
                segment.subject = "other"
            elif mask & bit.child:
                segment.subject = "child"
            elif mask & bit.me:
                segment.subject = "me"
            elif mask & (bit.we | bit.you):
                segment.subject = "we"
            elif mask & bit.it:
                segment.subject = "it"
    if past_at >= 0 and (far or (since_at < 0 and not (is_now and not was))):
        segment.past = True
    return since_at >= 0


def _compared(units: list[Unit], place: int) -> bool:
    """ "like last week", "than yesterday": a time that only serves to compare."""
    if place and units[place - 1].text in word_list("compared_with"):
        return True
    return any(
        word in ("where", "donde", "like", "como")
        for one in units[max(0, place - 4) : place]
        for word in one.text.split()
    )


def _grows(segment: Segment) -> bool:
    """ "picked up a cough over the weekend, worse at night": it is there still."""
    bit = bits()
    return any(
        unit.mask & (bit.worse | bit.again | bit.still) and unit.state == "" for unit in segment.units
    ) and not any(unit.mask & bit.neg for unit in segment.units)


def _only_a_time(segment: Segment) -> bool:
    """ "..., hace ocho anos": a stretch that says when, of the stretch before it."""
    bit = bits()
    return not any(
        unit.mask & (bit.sign | bit.polar | bit.copula | bit.have | bit.neg) or unit.text == "antes"
        for unit in segment.units
    )
