"""What a word counts for: denied, better, gone, hypothetical, past, someone else's. Directions and ends of each scope.

Over 300 lines: the scopes end one another, so they are decided in one pass.

The words are in `lexicon/<language>/grammar.toml` and `state.toml`. Where a scope's end is in doubt it ends early, so
that a sign stays present (reading standard: a sign that is hedged or partly negated is read as if it were there).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from bot.reading.lexicon import lexicon, word_list
from bot.reading.match import Unit
from bot.reading.text import MARK, NUMBER

HARD = frozenset(".!?;\n…¡¿")
SOFT = frozenset(",-–—()[]:/|*•~+")


class _Bits:
    """The bits of the grammar's concepts, by name."""

    def __init__(self) -> None:
        words = lexicon()
        bit = words.mask
        self.neg = bit("neg")
        self.no_answer = bit("no_answer")
        self.but = bit("but")
        self.conj = bit("and")
        self.either = bit("or")
        self.subject = bit("subject")
        self.child = bit("child")
        self.his = bit("his")
        self.it = bit("it")
        self.me = bit("me")
        self.we = bit("we")
        self.you = bit("you")
        self.other = bit("other")
        self.copula = bit("copula")
        self.have = bit("have")
        self.report = bit("report")
        self.hyp = bit("hyp")
        self.if_real = bit("if_real")
        self.generic = bit("generic")
        self.past = bit("when_past")
        self.before_op = bit("before_op")
        self.recent = bit("recent")
        self.since = bit("since")
        self.again = bit("again")
        self.still = bit("still")
        self.started = bit("started")
        self.less = bit("less")
        self.better = bit("better")
        self.gone = bit("gone")
        self.ceased = bit("ceased")
        self.over = bit("over")
        self.polar = bit("polar")
        self.sign = bit("signish")
        self.part = bit("part")
        self.noun_sign = bit("noun_sign")
        self.prep = bit("prep")
        self.clitic = bit("clitic")
        self.link = bit("link")
        self.good = bit("good")
        self.time = bit("time recent since")
        self.worse = bit("worse")
        self.same = bit("same")
        self.steady = bit("steady")
        self.soft = bit("soft")
        self.attribute = bit("attribute")
        self.generic_verb = bit("generic_verb")
        self.absorb = bit("absorb")
        self.lasting = bit("lasting")
        self.confirm = bit("confirm")
        self.self_patient = bit("self_patient")
        self.plea = bit("plea")
        self.fall = bit("fall")
        self.pet = bit("pet")
        self.carrier = bit("carrier")
        self.name = bit("name")
        self.poss_child = bit("poss_child")
        self.wake = bit("wake hard_wake")
        self.noun = bit("noun")
        self.food = bit("food")
        self.amount = bit("amount")


@cache
def bits() -> _Bits:
    return _Bits()


@dataclass(slots=True)
class Segment:
    """A stretch of units with one predicate; `sentence` counts hard boundaries, `first` to `last` are unit indices."""

    first: int
    last: int
    sentence: int
    hypothetical: bool = False
    hyp_at: int = -1  # where the supposing begins; what stands before it is told
    past: bool = False
    long_ago: bool = False
    before_op: bool = False
    question: bool = False
    subject: str = ""  # "", child, other, me, it
    parts: int = 0
    part_at: int = -1
    after_but: bool = False
    units: list[Unit] = field(default_factory=list)


def is_hard(unit: Unit) -> bool:
    return unit.kind == MARK and unit.text in HARD


def mark_scopes(units: list[Unit]) -> None:
    """Set the state of every unit: denied, better or gone."""
    bit = bits()
    count = len(units)
    _attributes(units)
    for place in range(count):
        unit = units[place]
        mask = unit.mask
        if mask & bit.neg or (
            unit.kind == NUMBER
            and unit.text == "0"
            and place + 1 < count
            and units[place + 1].mask & bit.sign
        ):
            _deny_forward(units, place)
            if mask & bit.no_answer:
                _deny_backward(units, place)
    for place in range(count):
        unit = units[place]
        if unit.state in ("denied", "attribute"):
            continue
        mask = unit.mask
        if mask & bit.less:
            _ease_forward(units, place, "better")
        if mask & bit.ceased:
            _ease_forward(units, place, "gone")
        if mask & bit.gone and not (
            unit.text == "gone" and place + 1 < count and units[place + 1].mask & bit.prep
        ):
            follows = units[place + 1].mask if place + 1 < count else 0
            if not follows & bit.sign or mask & bit.ceased:
                _ease_backward(units, place, "gone")
        elif mask & bit.better or (
            mask & bit.same and any(one.mask & bit.steady for one in units[max(0, place - 4) : place + 2])
        ):
            _ease_backward(units, place, "better")


def _attributes(units: list[Unit]) -> None:
    """A quality of a thing, a dish or the weather is nobody's sign: "blue marker", "the soup is hot", "leche fria"."""
    bit = bits()
    count = len(units)
    for place, unit in enumerate(units):
        if not unit.mask & bit.attribute or unit.mask & bit.noun:
            continue
        after = units[place + 1] if place + 1 < count else None
        if after is not None and after.mask & bit.noun and not after.mask & (bit.part | bit.sign | bit.time):
            unit.state = "attribute"
            continue
        step = place - 1
        if step >= 0 and units[step].mask & bit.amount:
            step -= 1
        if (
            step > 0
            and units[step].mask & bit.copula
            and units[step - 1].mask & bit.noun
            and not units[step - 1].mask & bit.part
        ) or (step >= 0 and units[step].mask & bit.food and not units[step].mask & bit.part):
            unit.state = "attribute"


def _starts_subject(units: list[Unit], place: int) -> bool:
    """True when a new subject begins at `place`: a pronoun, or a possessive or article before a part of the body."""
    bit = bits()
    unit = units[place]
    if unit.mask & bit.subject:
        return True
    if unit.mask & (bit.his | bit.child | bit.other):
        return True
    return bool(unit.mask & bit.part) and any(
        units[step].mask & bit.copula for step in range(place + 1, min(place + 3, len(units)))
    )


def _deny_forward(units: list[Unit], place: int) -> None:
    bit = bits()
    count = len(units)
    neg = units[place]
    following = units[place + 1] if place + 1 < count else None
    if following is None or following.kind == MARK:
        return
    answer = neg.mask & bit.no_answer and neg.text in ("no", "nope", "nah", "nel", "naw")
    if (
        answer
        and following.mask & bit.subject
        and not following.mask & (bit.clitic | bit.have | bit.copula | bit.sign)
    ):
        return
    if (
        answer
        and following.mask & bit.his
        and not following.mask & (bit.copula | bit.clitic)
        and place + 2 < count
        and units[place + 2].mask & (bit.part | bit.sign)
    ):
        return
    if neg.mask & bit.no_answer and following.mask & bit.conj and neg.text not in ("no", "nope", "nah"):
        return
    hit = content = 0
    absorbed = False
    budget = 8
    step = place + 1
    while step < count and budget > 0:
        unit = units[step]
        mask = unit.mask
        if unit.kind == MARK:
            if unit.text in "/&":
                step += 1
                continue
            if unit.text == "," and hit and _list_goes_on(units, step):
                step += 1
                budget = 6
                continue
            return
        if mask & bit.but and not (
            unit.text in ("only", "solo", "just", "ahora", "ahorita", "until", "till", "til", "hasta que")
            and not hit
        ):
            return
        if mask & bit.neg and not mask & bit.either:
            if unit.state == "" and mask & bit.polar and hit == 0:
                unit.state = "denied"
            return
        if mask & (bit.either):
            step += 1
            budget = 6
            continue
        if mask & bit.conj and unit.text not in ("with", "w", "con", "mas", "plus"):
            if hit and not _list_goes_on(units, step):
                return
            if not hit and content:
                return
            step += 1
            continue
        if hit and (mask & (bit.subject | bit.copula | bit.have | bit.clitic)) and not mask & bit.polar:
            return
        if content and not hit and mask & bit.subject and not mask & bit.it:
            return
        if hit and mask & bit.his and step + 1 < count and _subject_phrase(units, step):
            return
        if (
            hit
            and mask & bit.absorb
            and not mask & bit.sign
            and not units[step - 1].mask & (bit.either | bit.conj)
        ):
            return
        if mask & bit.polar and not _already_denied(unit):
            if hit and unit.mask & bit.sign and not _joined(units, step):
                return
            if absorbed and mask & bit.sign and not units[step - 1].mask & (bit.either | bit.conj):
                return
            if unit.state == "":
                unit.state = "denied"
            hit += not (mask & bit.soft and not mask & bit.sign)
            absorbed = absorbed or bool(mask & bit.absorb and not mask & bit.sign)
        elif mask and not mask & (bit.report | bit.copula | bit.have | bit.time) and not mask & bit.link:
            content += 1
        budget -= 1
        step += 1


def _already_denied(unit: Unit) -> bool:
    """True for a phrase that holds its own denial: "cant feel his toes", "no responde"."""
    return unit.text.split(" ", 1)[0] in word_list("own_denial") and " " in unit.text


def _subject_phrase(units: list[Unit], place: int) -> bool:
    bit = bits()
    for step in range(place + 1, min(place + 4, len(units))):
        if units[step].mask & bit.copula:
            return True
        if units[step].kind == MARK:
            return False
    return False


def _joined(units: list[Unit], place: int) -> bool:
    """True when the sign at `place` belongs to the same denial as the one before it: joined, or a quality of it."""
    bit = bits()
    previous = units[place - 1]
    if previous.kind == MARK or previous.mask & (bit.either | bit.conj):
        return True
    return bool(previous.mask & bit.polar and previous.state == "denied") or not previous.mask & bit.polar


def _list_goes_on(units: list[Unit], place: int) -> bool:
    """True when after the comma or "and" at `place` the denied list continues."""
    bit = bits()
    count = len(units)
    step = place + 1
    if step < count and units[step].mask & (bit.conj | bit.either):
        if units[step].mask & bit.either:
            return True
        step += 1
    while step < count and units[step].text in ("de", "of", "any"):
        step += 1
    if step >= count:
        return False
    unit = units[step]
    if unit.kind == MARK or not unit.mask & bit.sign:
        return False
    conj = bool(units[place].mask & bit.conj) or bool(units[step - 1].mask & bit.conj)
    if conj and not unit.mask & bit.noun_sign:
        return False
    if conj and unit.text.endswith(("ing", "ando", "iendo")) and not unit.mask & bit.noun_sign:
        return False
    ahead = step + 1
    if ahead >= count:
        return True
    after = units[ahead]
    if after.kind == MARK:
        return True
    if after.mask & bit.but:
        return True
    if after.mask & (bit.either | bit.conj):
        return True
    for further in range(ahead, min(ahead + 8, count)):
        later = units[further]
        if is_hard(later) or later.mask & (bit.but | bit.subject | bit.copula):
            break
        if later.mask & bit.either:
            return True
    return False


def _deny_backward(units: list[Unit], place: int) -> None:
    """ "fever no", "Cough? nope", "pus: none", "fiebre no tiene": the answer stands behind the sign."""
    bit = bits()
    count = len(units)
    ahead = place + 1
    while (
        ahead < count
        and units[ahead].mask & (bit.have | bit.time | bit.copula)
        and not units[ahead].mask & bit.polar
    ):
        ahead += 1
    if ahead < count and not (
        units[ahead].kind in (MARK, NUMBER)
        or units[ahead].mask & (bit.but | bit.conj | bit.subject | bit.no_answer)
    ):
        return
    step = place - 1
    if step >= 0 and (units[step].mask & bit.prep or units[step].text in ("o", "or", "u")):
        return
    passed_mark = False
    while step >= 0 and step >= place - 6:
        unit = units[step]
        if unit.kind == MARK:
            if unit.text not in "?:-–/" or passed_mark or step != place - 1:
                return
            passed_mark = True
        elif unit.mask & bit.sign:
            if unit.state == "" and not _already_denied(unit):
                unit.state = "denied"
            if not passed_mark:
                return
        elif passed_mark and unit.mask & bit.part:
            unit.state = "denied"
        elif (
            unit.mask & (bit.either | bit.conj)
            or unit.mask & (bit.his | bit.prep | bit.part)
            or (passed_mark and unit.mask)
        ):
            pass
        else:
            return
        step -= 1


def _ease_forward(units: list[Unit], place: int, state: str) -> None:
    """ "less swollen", "menos hinchado", "stopped vomiting", "ya no vomita"."""
    bit = bits()
    hit = False
    for step in range(place + 1, min(place + 6, len(units))):
        unit = units[step]
        if unit.kind == MARK or unit.mask & (bit.but | bit.subject):
            return
        if unit.mask & bit.sign and unit.state == "":
            unit.state = state
            hit = True
        elif unit.mask & (bit.conj | bit.either) and hit:
            continue
        elif hit:
            return


def _ease_backward(units: list[Unit], place: int, state: str) -> None:
    """ "the swelling is going down", "pain and swelling are better", "se le quito la fiebre"."""
    bit = bits()
    hit = False
    for step in range(place - 1, max(-1, place - 9), -1):
        unit = units[step]
        if unit.kind == MARK:
            if unit.text == "," and hit:
                return
            if unit.text not in ":-–(" and not (unit.text == "," and not hit):
                break
            if unit.text == ",":
                break
        if unit.mask & bit.but:
            break
        if unit.mask & bit.sign:
            if unit.mask & bit.lasting or any(
                units[near].mask & (bit.again | bit.still) for near in range(max(0, step - 3), step)
            ):
                return
            if unit.state == "":
                unit.state = state
            hit = True
        elif hit and unit.mask & bit.subject and not unit.mask & bit.his:
            return
    if hit:
        return
    for step in range(place + 1, min(place + 5, len(units))):
        unit = units[step]
        if unit.kind == MARK or unit.mask & (bit.but | bit.subject | bit.copula | bit.conj):
            return
        if unit.mask & bit.sign:
            if unit.state == "" and not unit.mask & bit.lasting:
                unit.state = state
            return


def segments_of(units: list[Unit]) -> list[Segment]:
    """The text in stretches with one predicate each, with what holds for the whole stretch."""
    bit = bits()
    out: list[Segment] = []
    sentence = 0
    first = 0
    content = False
    after_but = False

    def close(last: int) -> None:
        nonlocal first, content
        if last >= first:
            out.append(Segment(first, last, sentence, after_but=after_but, units=units[first : last + 1]))
        first = last + 1
        content = False

    count = len(units)
    for place in range(count):
        unit = units[place]
        if unit.kind == MARK:
            if unit.text in HARD:
                question = unit.text == "?"
                close(place - 1)
                if question:
                    for done in reversed(out):
                        if done.sentence != sentence:
                            break
                        done.question = True
                first = place + 1
                if unit.text not in "¿¡":
                    sentence += 1
                    after_but = False
            elif (unit.text == "," and not _same_list(units, place)) or unit.text in "-–—()[]|*•~":
                close(place - 1)
                first = place + 1
            continue
        mask = unit.mask
        if mask & bit.but and place > first:
            close(place - 1)
            first = place
            after_but = True
        elif content and place > first:
            previous = units[place - 1]
            if (
                (
                    mask & bit.conj
                    and place + 1 < count
                    and (
                        _starts_subject(units, place + 1)
                        or units[place + 1].mask & (bit.neg | bit.have | bit.clitic)
                    )
                )
                or (
                    mask & bit.subject
                    and not mask & bit.part
                    and (
                        unit.text != "it"
                        or (place + 1 < count and units[place + 1].mask & (bit.copula | bit.have | bit.sign))
                    )
                    and previous.kind != MARK
                    and not (
                        place + 1 < count
                        and units[place + 1].mask & bit.report
                        and units[place + 1].text in word_list("says")
                    )
                    and not previous.mask
                    & (
                        bit.report
                        | bit.hyp
                        | bit.if_real
                        | bit.since
                        | bit.link
                        | bit.prep
                        | bit.neg
                        | bit.conj
                    )
                )
                or (
                    mask & bit.his
                    and not previous.mask & (bit.prep | bit.link | bit.report | bit.conj)
                    and place + 2 < count
                    and units[place + 1].mask & bit.part
                    and any(units[step].mask & bit.copula for step in range(place + 2, min(place + 4, count)))
                )
            ):
                close(place - 1)
                first = place
        if mask & (bit.polar | bit.copula | bit.part | bit.have) or unit.kind == "number":
            content = True
    close(count - 1)
    _flags(out)
    return out


def _same_list(units: list[Unit], place: int) -> bool:
    """ "cold, blue and white": a comma between two qualities or two parts makes no new stretch."""
    bit = bits()
    if not 0 < place < len(units) - 1:
        return False
    before, after = units[place - 1], units[place + 1]
    if after.mask & bit.sign and before.mask & bit.sign:
        further = units[place + 2] if place + 2 < len(units) else None
        return (
            further is None or further.kind == MARK or bool(further.mask & (bit.conj | bit.either | bit.but))
        )
    return bool(before.mask & bit.part and after.mask & bit.part and not before.mask & bit.sign)


def _flags(segments: list[Segment]) -> None:
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
            if mask & bit.hyp and not real and not segment.hypothetical and not said_yes and not asked_so:
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
