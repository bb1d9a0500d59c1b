"""Files are short and named after what is in them (design, "The tree")."""

from __future__ import annotations

from pathlib import PurePosixPath

from tests.rules.tree import PACKAGES, python_files

LIMIT = 300
REASON = f"over {LIMIT} lines:"  # such a file says why in its first ten lines
SAYING_NOTHING = {"util", "utils", "helper", "helpers", "common", "misc"}


def without_reason(path: str, text: str) -> bool:
    lines = text.splitlines()
    return len(lines) > LIMIT and REASON not in " ".join(lines[:10]).lower()


def says_nothing(path: str) -> bool:
    words = {word for part in PurePosixPath(path).with_suffix("").parts for word in part.lower().split("_")}
    return bool(words & SAYING_NOTHING)


def test_a_file_over_300_lines_gives_its_reason_in_its_first_lines() -> None:
    found = [path for path, text in python_files(*PACKAGES, "tests", "bench") if without_reason(path, text)]
    assert not found, f'{found}: shorten it, or write "{REASON} why" into its first ten lines'


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path, _ in python_files(*PACKAGES, "tests", "bench") if says_nothing(path)] == []


def test_the_rules_see_what_they_forbid() -> None:
    assert without_reason("a.py", "x\n" * 301)
    assert not without_reason("a.py", '"""Over 300 lines: a table."""\n' + "x\n" * 301)
    assert says_nothing("bot/utils/text.py")
    assert says_nothing("messages/date_helpers.py")
    assert not says_nothing("messages/people.py")
