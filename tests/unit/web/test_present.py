"""Pages tell the truth in few words: the words that count are marked, times are those of the clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web import present
from messages.conversation import Delivery, Evidence, Purpose
from messages.flags import SIGNS, ActKind, FlagKind, Level, Outcome

SEATTLE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)  # 10:00 in Seattle, a Monday

spans = st.builds(
    Evidence,
    start=st.integers(-2, 30),
    end=st.integers(-2, 30),
    rule=st.just("a rule"),
    sign=st.sampled_from(["", "fever"]),
    status=st.sampled_from(["present", "denied", "unknown"]),
    level=st.sampled_from([None, Level.REVIEW, Level.URGENT, Level.EMERGENCY]),
)


def piece(text: str, words: str, **more: object) -> Evidence:
    start = text.index(words)
    return Evidence(start, start + len(words), "rule", **more)  # type: ignore[arg-type]


@given(st.text(max_size=24), st.lists(spans, max_size=6))
def test_cutting_a_text_loses_no_letter(text: str, evidence: list[Evidence]) -> None:
    assert "".join(words for words, _ in present.pieces(text, evidence)) == text


@given(st.text(alphabet="<>&\"' ab", max_size=24), st.lists(spans, max_size=6))
def test_no_letter_of_a_text_becomes_markup(text: str, evidence: list[Evidence]) -> None:
    html = present.marked(text, evidence)
    plain = html.replace("</mark>", "")
    for kind in ("emergency", "urgent", "review", "unknown"):
        plain = plain.replace(f'<mark class="mark-{kind}">', "")
    assert "<" not in plain
    assert ">" not in plain


def test_what_reports_a_sign_is_marked_and_what_denies_one_is_not() -> None:
    text = "no fever but his toes are blue"
    evidence = [
        piece(text, "fever", sign="fever", status="denied"),
        piece(text, "toes are blue", sign="circulation", level=Level.EMERGENCY),
    ]
    assert present.marked(text, evidence) == (
        'no fever but his <mark class="mark-emergency">toes are blue</mark>'
    )


def test_of_two_findings_on_the_same_words_the_more_serious_is_shown() -> None:
    text = "toes are blue"
    evidence = [
        piece(text, "toes are blue", level=Level.REVIEW),
        piece(text, "blue", sign="circulation", level=Level.EMERGENCY),
    ]
    assert present.marked(text, evidence) == 'toes are <mark class="mark-emergency">blue</mark>'


def test_a_serious_word_without_a_sign_is_marked_beside_signs() -> None:
    text = "fever, should I call 911"
    evidence = [piece(text, "fever", sign="fever", level=Level.URGENT), piece(text, "911", level=Level.EMERGENCY)]
    assert '<mark class="mark-emergency">911</mark>' in present.marked(text, evidence)
    assert present.reasons(text, evidence)[0][:3] == ("911", "", "emergency")


def test_beside_a_sign_lesser_words_are_left_alone() -> None:
    text = "bad night, toes are blue"
    evidence = [piece(text, "bad", level=Level.REVIEW), piece(text, "toes are blue", sign="circulation")]
    assert "<mark" not in present.marked(text, evidence).split("toes")[0].removesuffix('<mark class="mark-review">')
    assert [words for words, *_ in present.reasons(text, evidence)] == ["toes are blue"]


def test_where_nothing_is_a_sign_the_words_not_understood_are_shown() -> None:
    text = "the thingamajig is off"
    evidence = [piece(text, "thingamajig", status="unknown"), piece(text, "the", status="word")]
    assert present.marked(text, evidence) == 'the <mark class="mark-unknown">thingamajig</mark> is off'


def test_an_excerpt_of_a_long_text_shows_the_words_that_count() -> None:
    text = "we had a nice day " * 40 + "but his toes are blue " + "and then we went home " * 40
    shown = present.marked(text, [piece(text, "toes are blue", sign="circulation")], excerpt=True)
    assert '<mark class="mark-review">toes are blue</mark>' in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 300


def test_reasons_tell_the_most_serious_first() -> None:
    text = "no fever, threw up, toes are blue"
    evidence = [
        piece(text, "fever", sign="fever", status="denied"),
        piece(text, "threw up", sign="vomiting", level=Level.URGENT),
        piece(text, "toes are blue", sign="circulation", level=Level.EMERGENCY),
    ]
    assert present.reasons(text, evidence) == [
        ("toes are blue", "Cold or blue foot, present", "emergency", "rule"),
        ("threw up", "Vomiting, present", "urgent", "rule"),
        ("fever", "Fever, denied", "", "rule"),
    ]


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(hours=26, minutes=5), "26 h"),
        (timedelta(days=3, hours=2), "3 days"),
    ],
)
def test_a_span_is_told_in_the_units_that_matter(length: timedelta, words: str) -> None:
    assert present.span(length) == words


def test_time_left_turns_into_time_late() -> None:
    assert present.due(NOW + timedelta(minutes=48), NOW) == "48 min left"
    assert present.due(NOW - timedelta(minutes=5), NOW) == "5 min late"
    assert present.due(NOW, NOW) == "under a minute late"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 3, 2, 8, 0, tzinfo=UTC), "12:00 am"),
        (datetime(2026, 3, 2, 20, 5, tzinfo=UTC), "12:05 pm"),
        (datetime(2026, 3, 2, 7, 59, tzinfo=UTC), "Yesterday, 11:59 pm"),
        (datetime(2026, 3, 4, 1, 0, tzinfo=UTC), "Tomorrow, 5:00 pm"),
        (datetime(2026, 3, 8, 10, 30, tzinfo=UTC), "Sun 8 Mar, 3:30 am"),  # the clocks have gone forward
    ],
)
def test_a_moment_is_told_by_the_clock_on_the_hospitals_wall(at: datetime, words: str) -> None:
    assert present.moment(at, SEATTLE, NOW) == words


def test_every_word_of_the_house_has_its_words_on_a_page() -> None:
    assert set(present.LEVELS) == set(Level)
    assert set(present.SIGNS) == set(SIGNS)
    assert set(present.KINDS) == set(FlagKind)
    assert set(present.OUTCOMES) == set(Outcome)
    assert set(present.ACTS) == set(ActKind)
    assert set(present.PURPOSES) == set(Purpose)
    assert all(present.delivery(state.value) for state in Delivery)


@pytest.mark.parametrize(
    ("words", "told"), [("a text failed: 30003 No.", "A text failed: 30003 No."), ("twice", "Twice."), (" ", "")]
)
def test_a_sentence_ends_once(words: str, told: str) -> None:
    assert present.sentence(words) == told


def test_a_text_that_failed_says_why() -> None:
    assert present.delivery("undelivered", "30006").startswith("did not arrive. This number is a landline")
    assert present.delivery("cancelled", None, "the family answered") == "not sent: the family answered"
    assert present.delivery("delivered", "30006") == "delivered"
