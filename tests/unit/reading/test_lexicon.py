"""Every example that a clinician wrote beside a concept or a rule holds."""

from __future__ import annotations

from bot.reading.lexicon import lexicon
from bot.reading.notation import spellings
from bot.reading.read import read
from bot.reading.rule import rules


def test_the_examples_beside_the_rules_hold() -> None:
    wrong = []
    for rule in lexicon().rules:
        # What an unsure rule finds may be doubted by the second reader.
        found = ("present", "possible", "doubtful") if rule.get("unsure") else ("present",)
        for text in rule.get("must", []):
            if not any(one.rule == rule["name"] and one.status in found for one in read(text).evidence):
                wrong.append(f"{rule['name']} must match {text!r}")
        for text in rule.get("never", []):
            if any(one.rule == rule["name"] and one.status == "present" for one in read(text).evidence):
                wrong.append(f"{rule['name']} must not match {text!r}")
    assert not wrong


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
