"""What the pages of protocols call things: keys of the file, what a difference says."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from textwrap import shorten
from typing import Any

from bot.web import present
from bot.web.language import Words, _
from bot.web.protocols.findings import in_language as in_language
from bot.web.protocols.shapes import UNWRITTEN as UNWRITTEN
from bot.web.protocols.shapes import Part
from bot.web.protocols.typed import Problem
from scheduler.differences import Code, Difference, in_words
from scheduler.differences import ranges as day_ranges
from scheduler.tree import KeyPath

_LISTS = ("phases", "meanings", "rules", "changes", "advice", "words", "then", "ask", "at", "says", "pick")
_IN_LANGUAGES = ("text", "label", "title", "last_check_in")

KEYS = Words(
    {
        "name": "Name", "title": "Title, for staff", "languages": "Languages", "approved_by": "Approved by (clinician)",
        "day_zero": "Day zero", "quiet_hours": "Quiet hours", "from": "From", "to": "To", "spread": "Spread over",
        "lateness": "Too late after", "late_joiner": "Who joins late", "welcome": "Welcome", "goodbye": "Goodbye",
        "phases": "When is asked", "questions": "Questions and answers", "days": "Days", "every": "Every … days",
        "at": "Local time", "ask": "Asks", "text": "Text", "menu": "Numbered answers", "label": "Words",
        "signs": "Signs",
        "level": "Level", "follow_ups": "Follow-up questions", "reminder": "Reminder", "after": "After",
        "not_after": "Not after", "second_caregiver_after": "Second adult after", "silence": "Silence",
        "flag_at": "Judged at", "rules": "Rules", "missed": "Missed days", "from_day": "From day", "to_day": "To day",
        "after_serious": "After a serious day", "last_check_in": "Last check-in",
        "within": "Judged already after", "extend": "More days",
        "meanings": "What signs mean", "sign": "Sign", "at_least": "At least", "risks": "Risks",
        "words": "Words of our own",
        "says": "Families say", "means": "Means", "must": "Must be a danger", "never": "Must not be one",
        "changes": "Answers that change the plan", "advice": "Advice", "limits": "Limits", "day": "Day",
        "weekdays": "Weekdays", "then": "Then ask", "number": "Asks for a number", "use": "Shared parts",
        "answer": "An answer", "add": "More check-ins", "skip": "Leave out", "pick": "Answers", "when": "When",
        "own_hours": "Hours of an adult's own", "least": "At least so long", "finish": "Ends the follow-up",
        "stop": "Stop asking", "start": "Ask again", "lasts": "Days in a row", "rises": "Rises on so many days",
        "returns_after": "Returns after days without", "at_most": "At most",
        "segments": "Segments", "grade": "School year", "until": "Until", "risk": "Risk",
    }
)  # fmt: skip
HINTS = Words(
    {
        "spread": "The texts of one time leave over this span, like 20 min.",
        "lateness": "Held up longer than this, a check-in is not sent, like 4 h.",
        "days": "Like 1-3, or 1, 3, 7-9. Day 0 is the day the child came home.",
        "at": "Like 9:00, 18:00. The family's own clock.",
        "every": "2 is every other day.",
        "own_hours": "An adult may say between which hours texts come: within these, and for so long at least.",
        "after": "Like 3 h; never: not at all.",
        "second_caregiver_after": "Like 5 h; never: not at all.",
        "at_least": "Degrees Celsius for fever, the score for pain.",
        "text": "{hospital} {phone} {emergency} {hours} {day} {about} are filled in; {menu} is where the answers go.",
        "follow_ups": "Asked at once after a text with this sign; of several, the first.",
    }
)


def key(name: str) -> str:
    """A key of the file, as the form calls it."""
    return KEYS[name] if name in KEYS else name.replace("_", " ").capitalize()


def code(kind: str, value: str) -> str:
    """A sign, a level or another code in words."""
    match kind:
        case "sign":
            return present.SIGNS.get(value, value)
        case "level":
            return present.LEVELS.get(value, value)
        case "language":
            return present.LANGUAGES.get(value, value)
    known = {"true": _("Yes"), "false": _("No")}
    return known.get(value, value.replace("_", " "))


def difference(one: Difference) -> str:
    """One difference, in the page's language."""

    def name(of: Code) -> str:
        return code(of.kind, of.code).lower() if of.kind != "language" else code(of.kind, of.code)

    return in_words(one, _, name)


def mark(one: Problem) -> str:
    """By which a ticked warning is known again."""
    return sha256(f"{one.path}: {one.what}".encode()).hexdigest()[:16]


def summary(item: Part) -> str:
    """One item of a list in a line: "first days · days 1-3 · 9:00 · toes"."""
    said = [_said(part) for part in item.parts if part.value and part.shape.kind not in ("long", "many")]
    texts = [part.parts[0].value for part in item.parts if part.shape.kind == "texts" and part.parts]
    words = [one for one in said if one][:5] or [str(one) for one in texts[:1] if one != UNWRITTEN]
    return shorten(" · ".join(words), 90, placeholder="…")


def _said(part: Part) -> str:
    value = str(part.value)
    match part.key, part.shape.kind:
        case "days", _:
            return _("days %(days)s") % {"days": value}
        case "every", _:
            return _("every %(n)s days") % {"n": value}
        case "ask", _:
            return ", ".join(map(question, part.value if isinstance(part.value, tuple) else [value]))
        case _, "choice":
            return code(part.shape.codes, value)
        case _, "number":
            return f"{key(part.key)} {value}"
        case _, "yaml":
            return ""
    return value


def shared(name: str) -> str:
    """A shared part as people call it: "parts/cast-care.yaml" is "cast care"."""
    return name.removeprefix("parts/").removesuffix(".yaml").replace("-", " ")


def brings(paths: Sequence[KeyPath]) -> str:
    """What a shared part says, in the words of the form, its questions by name."""
    said = [key(str(path[0])) for path in paths if len(path) == 1]
    asked = [question(path[1]) for path in paths if len(path) == 2 and path[0] == "questions"]
    return ", ".join(f"{one} ({', '.join(asked)})" if one == key("questions") and asked else one for one in said)


def place(path: str) -> str:
    """Where something stands in the form: "phases.0.at" is "When is asked › 1 › Local time"."""
    return " › ".join(
        str(int(one) + 1) if one.isdigit() and before in _LISTS
        else code("language", one) if before in _IN_LANGUAGES
        else question(one) if before == "questions" else key(one)
        for before, one in pairwise(("", *path.split(".")))
    )


def question(name: Any) -> str:
    """A question's short name as people read it."""
    return str(name).replace("_", " ")


_TEXTS = Words({
    "welcome": "Welcome", "goodbye": "Goodbye", "reminder": "Reminder", "last_check_in": "Last check-in",
    "confirm": "Is this your number?",
})  # fmt: skip


def text(name: str) -> str:
    """What a text of the protocol is called: the question's short name, or that of a text of its own."""
    return _TEXTS[name] if name in _TEXTS else question(name)


def ranges(days: Any) -> str:
    """Days as a person writes them."""
    return day_ranges(list(days))
