"""Nothing in the project names a place that only one machine has, or the host packages came from."""

from __future__ import annotations

import re

import pytest

from tests.rules.tree import ROOT, all_files

# Put together here, so that this file does not find itself.
FOLDERS = [
    rf"(?<![\w.*}}])/{name}/" for name in ("work", "farm", r"root/\.\w+", "tmp/hb", "Users", r"home/\w+")
]
HOSTS = [
    rf"\b{name}\.{end}\b" for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "(org|com)"))
]
FORBIDDEN = re.compile("|".join(FOLDERS + HOSTS))


def test_no_file_names_a_place_on_one_machine_or_a_registry() -> None:
    found = []
    for path in all_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for number, line in enumerate(text.splitlines(), start=1):
            if FORBIDDEN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line[:80]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "place", ["{}work{}main", "see {}farm{}x", "'{}tmp{}hb/", "{}home{}ana/x", "{}root{}.cache/"]
)
def test_the_rule_sees_a_place_on_one_machine(place: str) -> None:
    assert FORBIDDEN.search(place.format("/", "/"))


@pytest.mark.parametrize("host", ["https:##pypi.{}/simple", "files.pythonhosted.{}", "registry.npmjs.{}"])
def test_the_rule_sees_a_registry(host: str) -> None:
    assert FORBIDDEN.search(host.format("org"))


@pytest.mark.parametrize(
    "fine", ["/network/", "bot/commands/work.py", "https://example.org/work/", "hearback work"]
)
def test_the_rule_lets_pass_what_is_allowed(fine: str) -> None:
    assert not FORBIDDEN.search(fine)
