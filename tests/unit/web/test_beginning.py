"""A protocol of a new operation begun from nothing, written on in the form alone."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from bot.web.protocols.typed import all_parts, look, typed_source, with_part
from scheduler.beginning import beginning, short_name
from scheduler.load import check_text, whole

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
