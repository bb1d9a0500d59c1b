"""The concepts of grammar (`lexicon/<language>/grammar.toml`, `state.toml`) as bits, by name; the ends of sentences."""

from __future__ import annotations

from functools import cache

from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.text import MARK

HARD = frozenset(".!?;\n…¡¿")
# Words that say a thing is over only where nothing follows: not "gone purple", "ya no se", "it's over the line".
OVER_AT_AN_END = frozenset(
    (
        "gone",
        "is gone",
        "its over",
        "is over",
        "ya no",
        "hoy no",
        "paso",
        "ya paso",
        "se fue",
        "passed",
        "quit",
    )
)


class Bits:
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
        self.long_ago = bit("long_ago")
        self.past = bit("when_past long_ago")
        self.asking = bit("asking")
        self.well = bit("good warm pink better")
        self.counted = bit("number simile")
        self.asks_kind = bit("asks_kind")
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
        self.third = bit("third")
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
        self.fell = bit("fell fell_main")
        self.cast = bit("cast cast_part")
        self.ground = bit("ground")
        self.limb = bit("leg foot toe knee hip butt")
        self.pet = bit("pet")
        self.carrier = bit("carrier")
        self.name = bit("name")
        self.poss_child = bit("poss_child")
        self.wake = bit("wake hard_wake")
        self.noun = bit("noun")
        self.food = bit("food")
        self.amount = bit("amount")
        self.number = bit("number")
        self.mine_too = bit("me we you")
        self.grownup = bit("grownup")
        self.mistook = bit("mistook")
        self.turn_out = bit("but turn_out")
        self.chest = bit("chest heart")
        self.hard = bit("hard breath_hard")
        self.breathe = bit("breathe")
        self.parent = bit("parent")
        self.polite = bit("polite")
        self.pseudo_neg = bit("pseudo_neg")
        self.not_of_me = bit("blood wake hard_wake")


@cache
def bits() -> Bits:
    return Bits()


def is_hard(unit: Unit) -> bool:
    return unit.kind == MARK and unit.text in HARD


def ends(units: list[Unit], place: int) -> bool:
    """True where what was said before `place` is said out: a mark, a "but" or "and", a time, a new subject."""
    bit = bits()
    if place >= len(units) or units[place].kind == MARK:
        return True
    return bool(units[place].mask & (bit.but | bit.conj | bit.time | bit.recent | bit.subject))
