"""Names, keywords, reactions and help lines as families and phones write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.keywords import CARRIER_STOP, Reaction, bare, carrier_answers, reaction
from bot.conversation.lines import lines_of
from bot.conversation.loss import tells_of_a_death
from bot.conversation.who import choice, named
from tests.unit.conversation.scene import HOSPITAL, child

ANA, LEO, INIGO, WILL = (child(name) for name in ("Ana", "Leo", "Íñigo", "Will"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("leo is hot", ["Leo"]),
        ("LEO'S FOOT", ["Leo"]),
        ("leos foot is cold", ["Leo"]),
        ("Leonard is here", []),
        ("her banana", []),
        ("inigo esta bien", ["Íñigo"]),
        ("both kids slept", ["Ana", "Leo", "Íñigo", "Will"]),
        ("los dos niños durmieron", ["Ana", "Leo", "Íñigo", "Will"]),
        ("both feet are pink", []),
        ("le duelen los dos pies", []),
        ("she will not eat", []),
        ("Will this heal?", []),
        ("today Will is hot", ["Will"]),
        ("Ana y Leo bien", ["Ana", "Leo"]),
    ],
)
def test_a_child_is_known_by_the_name_in_the_text(text: str, names: list[str]) -> None:
    assert [found.name for found in named(text, [ANA, LEO, INIGO, WILL])] == names


@pytest.mark.parametrize(
    ("text", "chosen", "only"),
    [
        ("1", ("Ana",), True),
        ("#2", ("Leo",), True),
        ("2.", ("Leo",), True),
        ("Leo", ("Leo",), True),
        ("es leo", ("Leo",), True),
        ("both", ("Ana", "Leo"), True),
        ("Las dos!", ("Ana", "Leo"), True),
        ("1 and 2", ("Ana", "Leo"), True),
        ("Leo, his foot is cold now", ("Leo",), False),
    ],
)
def test_an_answer_chooses_a_child(text: str, chosen: tuple[str, ...], only: bool) -> None:
    found = choice(text, ["Ana", "Leo"], [ANA, LEO])
    assert found is not None
    assert (found.episode_ids, found.only) == (chosen, only)


@pytest.mark.parametrize("text", ["3", "0", "neither", "she is hot", "", "²"])
def test_anything_else_chooses_nobody(text: str) -> None:
    assert choice(text, ["Ana", "Leo"], [ANA, LEO]) is None


def test_a_child_whose_follow_up_ended_meanwhile_is_not_chosen() -> None:
    assert choice("2", ["Ana", "Leo"], [ANA]) is None
    assert choice("both", ["Ana", "Leo"], [LEO]) is not None


def test_the_carrier_wants_the_word_and_nothing_else() -> None:
    assert carrier_answers(" Stop ", CARRIER_STOP)
    assert not carrier_answers("Stop.", CARRIER_STOP)
    assert not carrier_answers("stop please", CARRIER_STOP)
    assert bare("¡Alto!") == "alto"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Liked “Thank you.”", Reaction.LIKE),
        ('Loved "Thank you."', Reaction.LIKE),
        ("Emphasized “Call 911 now”", Reaction.LIKE),
        ("Le encantó «Gracias»", Reaction.LIKE),
        ("Removed a like from “Thank you.”", Reaction.LIKE),
        ("❤️ to “Thank you.”", Reaction.LIKE),
        ("👍🏽 to “Thank you.”", Reaction.LIKE),
        ("Reacted 👍 to “Thank you.”", Reaction.LIKE),
        ("👎 to “Thank you.”", Reaction.DOUBT),
        ("😢 a «Gracias»", Reaction.DOUBT),
        ("Disliked “Thank you.”", Reaction.DOUBT),
        ("Questioned “Thank you.”", Reaction.DOUBT),
        ("👍", None),
        ("Liked it", None),
        ("Loved “it” but she is hot", None),
        ("I liked “Frozen”", None),
        ("Loved “the nurse” and “the doctor”", None),
    ],
)
def test_a_reaction_is_told_from_words(text: str, said: Reaction | None) -> None:
    assert reaction(text) is said


@pytest.mark.parametrize(
    "text",
    [
        "Ana died this morning",
        "My daughter has passed away.",
        "we lost him last night",
        "She is no longer with us",
        "Ana murió ayer",
        "mi niño falleció",
        "Perdimos a Ana.",
    ],
)
def test_a_death_is_understood(text: str) -> None:
    assert tells_of_a_death(text, ["Ana", "Leo"])


@pytest.mark.parametrize(
    "text",
    [
        "my phone died",
        "he died laughing at the clown",
        "she lost a tooth, we lost her crutches too",
        "we lost him in the store for a minute",
        "she is dead tired",
        "se murió de risa",
        "murió la batería del celular",
        "Leo almost died of boredom",
        "",
    ],
)
def test_a_way_of_speaking_is_no_death(text: str) -> None:
    assert not tells_of_a_death(text, ["Ana", "Leo"])


def test_help_lines_are_named_only_for_the_country_they_belong_to() -> None:
    assert lines_of(HOSPITAL).crisis == "988"
    assert lines_of(replace(HOSPITAL, sender="+12125550123")).poison == "1-800-222-1222"
    for elsewhere in ("+14165550123", "+525555555555", "+34912345678", "not a number"):
        assert lines_of(replace(HOSPITAL, sender=elsewhere)).poison == ""
