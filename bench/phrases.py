"""The words of the lexicon that name a sign by themselves: what a list of phrases would hold."""

from __future__ import annotations

import tomllib
from importlib import resources

from bot.reading.lexicon import LANGUAGES, lexicon
from bot.reading.notation import spellings

Phrases = dict[str, list[tuple[tuple[str, ...], str]]]  # by first word: the phrase and its sign


def sign_phrases() -> Phrases:
    """Every word and phrase of a concept that one rule alone makes a sign of."""
    signs = {
        concept: rule["sign"]
        for rule in lexicon().rules
        if rule.get("sign")
        and len(rule["all"]) == 1
        and rule.get("level", "urgent") in ("urgent", "emergency")
        for concept in rule["all"][0].split()
        if not concept.startswith(("!", "~"))
    }
    out: Phrases = {}
    for language in LANGUAGES:
        for file in (resources.files("bot.reading") / "lexicon" / language).iterdir():
            if not file.name.endswith(".toml"):
                continue
            for concept, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
                sign = signs.get(concept.rstrip("0123456789").rstrip("_"))
                if sign is None:
                    continue
                for entry in [
                    *table.get("words", "").replace("\n", " ").split(","),
                    *table.get("plain", "").split(),
                ]:
                    for words in spellings(entry) if entry.strip() else ():
                        if "_" not in words:
                            out.setdefault(words[0], []).append((words, sign))
    return out
