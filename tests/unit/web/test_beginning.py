"""A protocol of a new operation begun from nothing, written on in the form alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict

from bot.rehearsal.trying import Try, try_texts
from bot.web.protocols.adding import first_added, with_part
from bot.web.protocols.typed import all_parts, look, typed_source
from messages.people import Hospital
from scheduler.beginning import beginning, short_name
from scheduler.load import check_text, whole

NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)
HOSPITAL = Hospital("1", "harbor", "Harbor Hospital", "America/Los_Angeles", "+12065550100", "206-555-0150")
BEGUN = whole(beginning('Knee "keyhole": both', ("en", "es")))


@pytest.mark.parametrize("languages", [("en", "es"), ("es",), ("fr",)])
def test_it_begins_without_mistakes_and_with_nothing_to_look_at(languages: tuple[str, ...]) -> None:
    checked = check_text(beginning('Knee "keyhole": both', languages), "x")
    assert (checked.errors, checked.warnings) == ((), ())


@pytest.mark.parametrize(
    ("title", "name"), [("Cirugía de rodilla 2", "cirugia-de-rodilla-2"), ("2nd toe", "nd-toe"), ("¿?", "")]
)
def test_its_name_comes_from_its_title(title: str, name: str) -> None:
    assert short_name(title) == name


def test_a_question_and_its_first_answers_are_added_and_their_placeholders_are_no_texts() -> None:
    source = with_part(with_part(BEGUN, "questions", "walking"), "questions/walking/menu")
    source = with_part(source, "questions/walking/menu")
    menu = next(one for one in all_parts(look(source).parts) if one.dotted == "questions.walking.menu")
    assert [one.key for one in menu.parts] == ["1", "2"]
    told = {one.path for one in look(source).problems}
    assert {"questions.walking.text.en", "questions.walking.menu.1.label.es"} <= told


def test_several_questions_of_one_check_in_are_chosen_in_the_form() -> None:
    chosen = [("f:phases/0/ask", one) for one in ("daily", "temperature", "")]
    form = MultiDict([("source", BEGUN), ("drawn", BEGUN), *chosen])
    protocol = look(typed_source(form)).protocol
    assert protocol
    assert protocol.phases[0].ask == ("daily", "temperature")
    single = MultiDict([("source", BEGUN), ("drawn", BEGUN), ("f:phases/0/ask", "daily"), ("f:phases/0/ask", "")])
    assert typed_source(single) == BEGUN


def test_words_still_to_be_written_have_an_empty_field_that_left_empty_changes_nothing() -> None:
    source = with_part(BEGUN, "questions", "walking")
    assert first_added(BEGUN, source) == "p-questions-walking"
    more = with_part(source, "questions/walking/menu")
    assert first_added(source, with_part(source, "questions/walking/menu")) == "p-questions-walking-menu-1"
    form = MultiDict([("source", more), ("drawn", more), ("f:questions/walking/text/en", "")])
    assert typed_source(form) == more


def test_the_phone_asks_the_rest_of_a_check_in_as_a_family_would_be_asked() -> None:
    """`ask: [daily, temperature]`: after "0" comes the second question, as in a real follow-up."""
    protocol = check_text(BEGUN.replace("ask: daily", "ask: [daily, temperature]"), "x").protocol
    assert protocol
    first, *_more = try_texts(protocol, HOSPITAL, Try("daily", 1, "en"), ["0"], NOW)
    assert "what is it now" in " ".join(first.answers)
