"""What the checks of a protocol say is said in the language of the page, whatever stands in its holes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.web.language import LANGUAGES, translations
from bot.web.protocols.findings import SAYS, template_of
from scheduler.load import check_text
from tests.unit.scheduler import test_checks

FOLDER = Path(test_checks.__file__).parent
MISTAKES = [json.loads(line) for line in (FOLDER / "mistakes.jsonl").read_text(encoding="utf-8").split("\n") if line]
TOLD = sorted(
    {re.sub(r"^(\d+:\d+: )?([a-z_]+(\.[\w-]+)*: )?", "", told) for case in MISTAKES for told in case["told"]}
    | {
        finding.what
        for test in (test_checks.test_a_mistake_stops_the_protocol_and_says_the_mend,
                     test_checks.test_what_should_be_looked_at_stops_nothing)
        for old, new, _told in test.pytestmark[0].args[1]  # type: ignore[attr-defined]
        for checked in (check_text(test_checks.SOURCE.replace(old, new, 1), "e.yaml", test_checks.OFFICE),)
        for finding in (*checked.errors, *checked.warnings)
    }
)  # fmt: skip


@pytest.mark.parametrize("told", TOLD)
def test_every_finding_has_a_sentence_that_translators_know(told: str) -> None:
    found = template_of(told)
    assert found is not None
    says, holes = found
    assert says % holes == told
    if "mend" in holes:
        assert template_of(holes["mend"]) is not None


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_a_translation_keeps_every_hole(language: str) -> None:
    said = translations(language)
    for says in SAYS:
        holes = re.findall(r"%\(\w+\)s", says)
        assert sorted(re.findall(r"%\(\w+\)s", said.gettext(says))) == sorted(holes), says
