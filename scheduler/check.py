"""What is wrong with a protocol as a whole, beyond the shape of its parts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from messages.flags import Level
from scheduler.fields import nearest, span_text
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.texts import PLACEHOLDERS, keyword_in, placeholders

Problem = tuple[tuple[str | int, ...], str]  # the path of the key, and what is wrong with the mend

# A question that is naturally answered with YES: Twilio takes that word as START (facts/twilio.md, line 4).
_YES = re.compile(
    r"\b(yes|s[ií]) ?(or|o|/) ?no\b|\by/n\b|\b(reply|answer|text|send|responda|conteste) yes\b",
    re.IGNORECASE,
)


def problems_of(protocol: Protocol) -> list[Problem]:
    """Everything that would make this protocol do something other than what was meant."""
    return [
        *_texts(protocol),
        *_questions(protocol),
        *_references(protocol),
        *_times(protocol),
        *_silence(protocol),
        *_meanings(protocol),
    ]


def _all_texts(protocol: Protocol) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, str]]]:
    yield ("title",), protocol.title
    yield ("welcome", "text"), protocol.welcome.text
    for name, question in protocol.questions.items():
        yield ("questions", name, "text"), question.text
        for digit, choice in question.menu.items():
            yield ("questions", name, "menu", digit, "label"), choice.label
    yield ("reminder", "text"), protocol.reminder.text
    yield ("silence", "last_check_in"), protocol.silence.last_check_in
    yield ("goodbye", "text"), protocol.goodbye.text


def _texts(protocol: Protocol) -> Iterator[Problem]:
    for index, language in enumerate(protocol.languages):
        if language in protocol.languages[:index]:
            yield ("languages", index), f"the language {language!r} is there twice. Name it once."
    for path, texts in _all_texts(protocol):
        for language in protocol.languages:
            if language not in texts:
                yield path, f"the text in {language!r} is missing. Add it, or change languages."
        for language, text in texts.items():
            here = (*path, language)
            if language not in protocol.languages:
                yield here, f"{language!r} is not in languages. {nearest(language, protocol.languages)}"
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
        if phase.ask not in known:
            yield ("phases", index, "ask"), f"there is no question {phase.ask!r}. {nearest(phase.ask, known)}"
    for sign, name in protocol.follow_ups.items():
        if name not in known:
            yield ("follow_ups", sign), f"there is no question {name!r}. {nearest(name, known)}"


def _times(protocol: Protocol) -> Iterator[Problem]:
    quiet = protocol.quiet_hours
    hours = f"{_clock(quiet.start)} to {_clock(quiet.end)}"
    taken: dict[tuple[int, time], str] = {}
    for index, phase in enumerate(protocol.phases):
        for place, at in enumerate(phase.at):
            here = ("phases", index, "at", place)
            latest = _later(at, protocol.spread)
            if quiet.hold(at) or latest is None or quiet.hold(latest):
                reach = f" (with the spread of {span_text(protocol.spread)})" if not quiet.hold(at) else ""
                yield here, f"{_clock(at)}{reach} is in the quiet hours, {hours}. Choose another time."
            for day in phase.asked_days:
                other = taken.setdefault((day, at), phase.name)
                if other != phase.name or at in phase.at[:place]:
                    yield here, f"day {day} at {_clock(at)} is already asked by {other!r}. Change one."
                    break
    goodbye = protocol.goodbye
    if quiet.hold(goodbye.at) or quiet.hold(_later(goodbye.at, protocol.spread) or quiet.start):
        yield ("goodbye", "at"), f"{_clock(goodbye.at)} is in the quiet hours, {hours}. Choose another time."
    if goodbye.day <= protocol.last_day:
        yield (
            ("goodbye", "day"),
            f"the last check-in is on day {protocol.last_day}. Say goodbye on a later day.",
        )
    if protocol.spread > timedelta(hours=3):
        yield ("spread",), f"{span_text(protocol.spread)} is too long. Spread the texts over 3 h at most."
    if protocol.lateness <= protocol.spread:
        yield ("lateness",), "a check-in could be too late before it leaves. Make it longer than spread."


def _silence(protocol: Protocol) -> Iterator[Problem]:
    quiet, reminder, silence = protocol.quiet_hours, protocol.reminder, protocol.silence
    evening = {("reminder", "not_after"): reminder.not_after, ("silence", "flag_at"): silence.flag_at}
    for path, at in evening.items():
        if quiet.hold(at):
            yield path, f"{_clock(at)} is in the quiet hours. Choose a time before {_clock(quiet.start)}."
    if protocol.second_caregiver_after < reminder.after:
        yield (
            ("second_caregiver_after",),
            "the second caregiver is asked before the reminder. Make it longer.",
        )
    for index, rule in enumerate(silence.rules):
        here = ("silence", "rules", index)
        if backwards(rule.from_day, rule.to_day):
            yield (*here, "to_day"), f"the days {rule.from_day} to {rule.to_day} run backwards. Swap them."
        if rule.level is Level.OK:
            yield (*here, "level"), "silence is never ok. Write review, urgent or emergency."
    for index, level in enumerate(protocol.extend.after):
        if level is Level.OK:
            yield ("extend", "after", index), "an ok text never extends the daily texts. Take it out."


# What a number means in a meaning, by sign: the range it must be in (reading standard, rule 4).
_VALUES = {"fever": (34.0, 43.0, "degrees Celsius"), "pain": (0.0, 10.0, "the pain score")}


def _meanings(protocol: Protocol) -> Iterator[Problem]:
    for index, meaning in enumerate(protocol.meanings):
        here = ("meanings", index)
        if meaning.level is Level.OK:
            yield (*here, "level"), "a present sign is never ok. Write review, urgent or emergency."
        if backwards(meaning.from_day, meaning.to_day):
            yield (
                (*here, "to_day"),
                f"the days {meaning.from_day} to {meaning.to_day} run backwards. Swap them.",
            )
        if meaning.at_least is None:
            continue
        if meaning.sign not in _VALUES:
            yield (*here, "at_least"), f"{meaning.sign} has no number. Only fever and pain have; take it out."
            continue
        low, high, unit = _VALUES[meaning.sign]
        if not low <= meaning.at_least <= high:
            yield (*here, "at_least"), f"{meaning.at_least} is not {unit}. Write {low:g} to {high:g}."


def backwards(first: int | None, last: int | None) -> bool:
    return first is not None and last is not None and last < first


def _clock(at: time) -> str:
    return f"{at.hour}:{at:%M}"


def _later(at: time, span: timedelta) -> time | None:
    """`span` later on the same day; None past midnight."""
    day = date(2000, 1, 1)
    later = datetime.combine(day, at) + span
    return later.time() if later.date() == day else None
