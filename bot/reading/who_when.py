"""Who each stretch of a text speaks of and when: supposed, past, before the operation, the child or another."""

from __future__ import annotations

from bot.reading.grammar import bits
from bot.reading.lexicon import word_list
from bot.reading.segments import Segment


def mark_who_and_when(segments: list[Segment]) -> None:
    """Who and when of each stretch; what is left unsaid is taken from the stretch before it in the same sentence."""
    bit = bits()
    previous: Segment | None = None
    for segment in segments:
        real = False
        own_subject = False
        past_at = since_at = -1
        for place, unit in enumerate(segment.units):
            mask = unit.mask
            if mask & bit.if_real:
                real = True
            asked_so = place > 0 and segment.units[place - 1].text.split(" ")[-1] in (
                "wondering",
                "wonder",
                "know",
                "sure",
                "see",
                "asking",
                "tell",
            )
            said_yes = (
                unit.text == "si"
                and place > 0
                and not segment.units[place - 1].mask & (bit.link | bit.conj | bit.report)
            )
            if (
                mask & bit.hyp
                and unit.state != "asked"
                and not real
                and not segment.hypothetical
                and not said_yes
                and not asked_so
            ):
                segment.hypothetical = True
                segment.hyp_at = segment.first + place
            if mask & bit.before_op:
                segment.before_op = True
            compared = place > 0 and segment.units[place - 1].text in (
                "que",
                "than",
                "from",
                "desde",
                "since",
                "del",
                "like",
                "como",
            )
            if mask & bit.past and unit.state == "" and not compared:
                past_at = place
                segment.long_ago = segment.long_ago or any(
                    word in word_list("long_ago") for word in unit.text.split()
                )
            if mask & (bit.since | bit.again | bit.still | bit.recent) and not (mask & bit.neg):
                since_at = place
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
            if mask & (bit.subject | bit.child | bit.other | bit.me):
                own_subject = True
        if past_at >= 0 and since_at < 0:
            segment.past = True
        if previous is not None and previous.sentence == segment.sentence:
            if previous.hypothetical and not real:
                habitual = previous.subject in ("me", "we") and own_subject and segment.subject == "child"
                if not habitual and not (segment.after_but and segment.first and own_subject):
                    segment.hypothetical = True
            if not own_subject and not segment.subject and not segment.parts and not segment.after_but:
                segment.subject = previous.subject
            bare = not any(unit.mask & bit.sign for unit in previous.units)
            if previous.before_op and bare:
                segment.before_op = True
            if previous.past and (bare or not own_subject) and since_at < 0 and not segment.after_but:
                segment.long_ago = segment.long_ago or previous.long_ago
                segment.past = True
        if segment.question and not real and not segment.hypothetical and segment.units[0].mask & bit.generic:
            definite = any(
                unit.mask & (bit.child | bit.his | bit.it)
                and unit.text
                not in (
                    "the",
                    "a",
                    "an",
                    "your",
                    "la",
                    "el",
                    "these",
                    "those",
                    "this",
                    "los",
                    "las",
                    "un",
                    "una",
                    "it",
                    "that",
                )
                for unit in segment.units
            )
            if not definite and any(unit.mask & bit.generic_verb for unit in segment.units):
                segment.hypothetical = True
        previous = segment
    for place, segment in enumerate(segments):
        if segment.hypothetical and place + 1 < len(segments):
            for later in segments[place + 1 : place + 3]:
                if (
                    later.sentence > segment.sentence
                    and any(unit.mask & bit.confirm and unit.state == "" for unit in later.units)
                    and not any(unit.mask & bit.neg for unit in later.units)
                ):
                    segment.hypothetical = False
