"""What is wrong with a protocol as a whole, beyond the shape of its parts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from messages.flags import Level
from scheduler.asking import Branch, Question
from scheduler.check_meanings import meanings_of
from scheduler.check_steps import Problem, steps_of
from scheduler.fields import nearest
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.texts import KEYWORDS, PLACEHOLDERS, keyword_in, placeholders, plain_word

# A question that is naturally answered with YES: Twilio takes that word as START (facts/twilio.md, line 4).
_YES = re.compile(
    r"\b(yes|s[ií]) ?(or|o|/) ?no\b|\by/n\b|\b(reply|answer|text|send|responda|conteste) yes\b",
    re.IGNORECASE,
)
_INVITED = re.compile(
    r"\b(?:reply|answer|text|send|responda|conteste|escriba|mande) (?:con |with )?[\"'«“]?(\w+)", re.IGNORECASE
)


def problems_of(protocol: Protocol) -> list[Problem]:
    """Everything that would make this protocol do something other than what was meant."""
    return [
        *_texts(protocol),
        *_whom_to_call(protocol),
        *_questions(protocol),
        *_references(protocol),
        *_branches(protocol),
        *_own_words(protocol),
        *steps_of(protocol),
        *meanings_of(protocol),
    ]


def all_texts(protocol: Protocol) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, str]]]:
    yield ("title",), protocol.title
    yield ("welcome", "text"), protocol.welcome.text
    for name, question in protocol.questions.items():
        yield ("questions", name, "text"), question.text
        for digit, choice in question.menu.items():
            yield ("questions", name, "menu", digit, "label"), choice.label
    yield ("reminder", "text"), protocol.reminder.text
    yield ("silence", "last_check_in"), protocol.silence.last_check_in
    for index, phase in enumerate(protocol.phases):
        if phase.reminder and phase.reminder.text:
            yield ("phases", index, "reminder", "text"), phase.reminder.text
        if phase.silence and phase.silence.last_check_in:
            yield ("phases", index, "silence", "last_check_in"), phase.silence.last_check_in
    for index, advice in enumerate(protocol.advice):
        yield ("advice", index, "text"), advice.text
    yield ("goodbye", "text"), protocol.goodbye.text


def _texts(protocol: Protocol) -> Iterator[Problem]:
    for index, language in enumerate(protocol.languages):
        if language in protocol.languages[:index]:
            yield ("languages", index), f"the language {language!r} is there twice. Name it once."
    for path, texts in all_texts(protocol):
        for language in protocol.languages:
            if language not in texts:
                yield path, f"the text in {language!r} is missing. Add it, or change languages."
        for language, text in texts.items():
            here = (*path, language)
            if language not in protocol.languages:
                yield here, f"{language!r} is not in languages. {nearest(language, protocol.languages)}"
            if not re.search(r"\w", text):
                yield here, "nothing is written here yet. Write the words."
                continue
            if path[-1] in ("label", "title") and re.search(r"[{}]", text):
                yield here, "braces have no place here. Write plain words."
                continue
            if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
                yield here, "a brace stands alone. Write placeholders like {hospital}, and no other braces."
            asks = path[0] == "questions" and path[-1] == "text"
            offers = asks and bool(protocol.questions[str(path[1])].menu)
            known = (*PLACEHOLDERS, "menu") if offers else tuple(PLACEHOLDERS)
            for name in placeholders(text):
                if name == "menu" and not offers:
                    yield here, "{menu} stands here without numbered answers. Take it out or add a menu."
                elif name not in known:
                    yield here, f"there is no placeholder {{{name}}}. {nearest(name, known)}"
            if offers and placeholders(text).count("menu") != 1:
                yield here, "the numbered answers have no place. Write {menu} once where they go."
            if asks and _YES.search(text):
                yield here, "YES restarts texting at the carrier and cannot be an answer. Offer numbers."
            elif path[0] not in ("welcome", "title") and (word := _kept_word(text)):
                yield here, f"{word} as an answer starts or stops texting, or is HELP. Ask for another word."


def _whom_to_call(protocol: Protocol) -> Iterator[Problem]:
    """What every text to a family must have: whom to call, and in the first how to end the texts."""
    for path, texts in all_texts(protocol):
        if path == ("title",) or path[-1] == "label" or path[0] == "advice":  # the answer it goes with says it
            continue
        for language, text in texts.items():
            if language not in protocol.languages:
                continue
            if re.search(r"\w", text) and "{emergency}" not in text:
                yield (*path, language), 'no word of whom to call in an emergency. Add "Emergency: call {emergency}."'
            if path[0] == "welcome" and not re.search(r"\bSTOP\b", text):
                yield (*path, language), "it does not say how to end the texts. Add: Reply STOP to end."


def _kept_word(text: str) -> str | None:
    """A word that this text asks for and that a carrier would take for itself."""
    invited = (found[1] for found in _INVITED.finditer(text))
    return next((word.upper() for word in invited if plain_word(word) in KEYWORDS), None)


def _questions(protocol: Protocol) -> Iterator[Problem]:
    for name, question in protocol.questions.items():
        here = ("questions", name)
        if name in FIXED_TEXTS:
            yield here, f"{name!r} is a text of its own. Give the question another name."
        if len(question.menu) == 1:
            yield (*here, "menu"), "a single numbered answer is no choice. Add another, or take the menu out."
        for digit, choice in question.menu.items():
            if choice.signs and choice.item.level is Level.OK:
                yield (*here, "menu", digit, "level"), "a sign is never ok. Write review or more."
            for language, label in choice.label.items():
                word = keyword_in(label)
                if word:
                    yield (
                        (*here, "menu", digit, "label", language),
                        f"{word.upper()!r} as an answer starts or stops texting. Use another word.",
                    )


def _references(protocol: Protocol) -> Iterator[Problem]:
    known = tuple(protocol.questions)
    for index, phase in enumerate(protocol.phases):
        for place, name in enumerate(phase.ask):
            here = ("phases", index, "ask") if len(phase.ask) == 1 else ("phases", index, "ask", place)
            if name not in known:
                yield here, f"there is no question {name!r}. {nearest(name, known)}"
            elif name in phase.ask[:place]:
                yield here, f"{name!r} is asked twice in one check-in. Ask it once."
    for sign, name in protocol.follow_ups.items():
        if name not in known:
            yield ("follow_ups", sign), f"there is no question {name!r}. {nearest(name, known)}"


def _branches(protocol: Protocol) -> Iterator[Problem]:
    known = tuple(protocol.questions)
    for name, question in protocol.questions.items():
        for index, branch in enumerate(question.then):
            here = ("questions", name, "then", index)
            if branch.ask not in known:
                yield (*here, "ask"), f"there is no question {branch.ask!r}. {nearest(branch.ask, known)}"
            for digit in branch.pick:
                if digit not in question.menu:
                    offered = ", ".join(question.menu) or "no numbers"
                    yield (*here, "pick"), f"{digit} is not in the menu, which has {offered}. Pick one of those."
            if branch.at_least is not None and not (question.number or branch.sign in ("fever", "pain")):
                yield (*here, "at_least"), 'nothing says which number is meant. Give the question "number: pain".'
            if any(_as_wide(earlier, branch) for earlier in question.then[:index]):
                yield here, "an earlier line always fits before this one. Put this line above it."
        if _always(question) and name in _always_after(protocol, name):
            yield ("questions", name, "then"), "these questions lead back to each other without end. Take one out."


def _as_wide(earlier: Branch, later: Branch) -> bool:
    """Whether whatever fits `later` fits `earlier` too."""
    return (
        (not earlier.pick or (bool(later.pick) and set(later.pick) <= set(earlier.pick)))
        and earlier.sign in (None, later.sign)
        and (earlier.at_least is None or (later.at_least is not None and later.at_least >= earlier.at_least))
    )


def _always(question: Question) -> str | None:
    """The question that every answer to this one leads to."""
    last = question.then[-1] if question.then else None
    return last.ask if last and not (last.pick or last.sign or last.at_least is not None) else None


def _always_after(protocol: Protocol, name: str) -> list[str]:
    passed: list[str] = []
    question = protocol.questions.get(name)
    while question and (following := _always(question)) and following not in passed:
        passed.append(following)
        question = protocol.questions.get(following)
    return passed


def _own_words(protocol: Protocol) -> Iterator[Problem]:
    for index, entry in enumerate(protocol.words):
        for place, says in enumerate(entry.says):
            if plain_word(says) in KEYWORDS:
                where = ("words", index, "says", place)
                yield where, f"{says!r} alone starts or stops texting, or is HELP. It cannot mean something else."
