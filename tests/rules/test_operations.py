"""Nothing in the engine knows one operation: what is asked of whom stands in protocols alone."""

from __future__ import annotations

import re

from tests.rules.tree import python_files

OPERATION = re.compile(r"\b(hip|osteotom\w*|incision|spica|tonsil\w*|scoliosis|fracture)\b", re.IGNORECASE)
# What shows or names the shipped protocols: made-up families, examples of commands, names for pages in other languages.
MAY_NAME = ("bot/demo/", "bot/commands/", "bot/reading/", "bot/web/families/recorded.py", "scheduler/reference.py")


def test_no_code_outside_protocols_and_the_reader_names_an_operation() -> None:
    found = [
        f"{path}: {hit[0]}"
        for path, text in python_files("bot", "scheduler", "messages")
        if not path.startswith(MAY_NAME)
        for hit in OPERATION.finditer(text)
    ]
    assert found == []


def test_no_code_asks_for_a_question_by_the_name_it_has_in_a_protocol() -> None:
    quoted = re.compile(r"[\"'](daily|toes|cast|pain_compared|swelling_compared|pain_score|skin|mouth)[\"']")
    found = [
        f"{path}: {hit[0]}"
        for path, text in python_files("scheduler", "messages", "bot")
        if not path.startswith((*MAY_NAME, "scheduler/asking.py", "scheduler/phases.py", "scheduler/readability.py"))
        for hit in quoted.finditer(text)
    ]
    assert found == []
