"""Every example that a clinician wrote beside a concept or a rule holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bot.reading
from bot.reading.lexicon import LANGUAGES, lexicon, tables_of
from bot.reading.notation import spellings
from bot.reading.parse import parse
from bot.reading.read import read
from bot.reading.rule import rules
from bot.reading.text import tokens_of


def test_the_examples_beside_the_rules_hold() -> None:
    wrong = []
    for rule in lexicon().rules:
        # What a rule that is not sure finds may be doubted by the second reader.
        found = ("present",) if rule.get("sure") else ("present", "possible", "doubtful")
        for text in rule.get("must", []):
            if not any(one.rule == rule["name"] and one.status in found for one in read(text).evidence):
                wrong.append(f"{rule['name']} must match {text!r}")
        for text in rule.get("never", []):
            if any(one.rule == rule["name"] and one.status == "present" for one in read(text).evidence):
                wrong.append(f"{rule['name']} must not match {text!r}")
    assert not wrong


def tables() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each table of words with its language and concept."""
    for language in LANGUAGES:
        for file in sorted((Path(bot.reading.__path__[0]) / "lexicon" / language).glob("*.toml")):
            for concept, table in tables_of(file.read_text(encoding="utf-8")):
                yield language, concept, table


def test_the_examples_beside_the_words_hold() -> None:
    wrong = []
    for language, concept, table in tables():
        for kind in ("must", "never"):
            for text in table.get(kind, []):
                found = any(unit.mask & lexicon().bit(concept) for unit in parse(tokens_of(text), language).units)
                if found is not (kind == "must"):
                    wrong.append(f"{language} {concept} {kind} {text!r}")
    assert not wrong


def test_every_table_of_words_has_both_examples() -> None:
    without = [
        (language, concept)
        for language, concept, table in tables()
        if not table.get("must") or not table.get("never")
    ]

    assert not without


def test_every_rule_has_both_examples() -> None:
    without = [rule["name"] for rule in lexicon().rules if not rule.get("must") or not rule.get("never")]

    assert not without


def test_rules_have_names_of_their_own() -> None:
    names = [rule.name for rule in rules()]

    assert len(names) == len(set(names))


def test_an_entry_spells_out_its_choices() -> None:
    assert spellings("red|blue (very) toes") == [
        ("red", "very", "toes"), ("red", "toes"), ("blue", "very", "toes"), ("blue", "toes"),
    ]  # fmt: skip
    assert spellings("hinchad@")[1] == ("hinchada",)
