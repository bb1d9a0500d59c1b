"""What one version of a protocol does otherwise than another, in plain words. Pure.

A difference is a sentence with holes, so that a page can say it in its own language; `in_words` says it in English.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from typing import Any

from scheduler.counterparts import askings
from scheduler.protocol import Meaning, Protocol


@dataclass(frozen=True)
class Code:
    """A word that pages have their own name for: of a sign, a level, a risk, a language."""

    kind: str
    code: str


@dataclass(frozen=True)
class Difference:
    """`says` with `holes` filled is the sentence; `was` and `now` are texts too long for it, "" when there is none."""

    place: str  # the top key of the protocol: phases, meanings, questions ...
    says: str
    holes: Mapping[str, Any] = field(default_factory=dict)
    was: str = ""
    now: str = ""


Say = Callable[[str], str]
Name = Callable[[Code], str]

def spoken(text: str) -> str:
    """The text itself, marked for the translators."""
    return text


_DAY, _DAYS = spoken("Day %(days)s:"), spoken("Days %(days)s:")
_MOVES = spoken("%(day)s the %(was)s question “%(question)s” moves to %(at)s.")
_COMES = spoken("%(day)s “%(question)s” is now asked at %(at)s.")
_GOES = spoken("%(day)s “%(question)s” is no longer asked at %(was)s.")
_LEVEL = spoken("%(meaning)s: %(was)s becomes %(now)s.")
_MEANS = spoken("%(meaning)s is now %(now)s.")
_MEANT = spoken("%(meaning)s is no longer %(was)s by a rule of its own.")
_TEXT = spoken("%(where)s, %(language)s: the words change.")
_TEXT_COMES = spoken("%(where)s, %(language)s: the words are new.")
_TEXT_GOES = spoken("%(where)s, %(language)s: the words are gone.")
_VALUE = spoken("%(where)s: %(was)s becomes %(now)s.")
_VALUE_COMES = spoken("%(where)s is now %(now)s.")
_VALUE_GOES = spoken("%(where)s is no longer %(was)s.")
_LONG = spoken("%(where)s changes.")
FROM_DAY, TO_DAY = spoken("from day %(day)s"), spoken("to day %(day)s")
AT_LEAST, WITH_RISK = spoken("at %(value)s or more"), spoken("with %(risks)s")


def differences(old: Protocol, new: Protocol) -> list[Difference]:
    """Everything that `new` does otherwise, in the order of the calendar first."""
    return [*_calendar(old, new), *_meanings(old, new), *_others(old, new)]


def in_words(one: Difference, say: Say = str, name: Name = lambda code: code.code.replace("_", " ")) -> str:
    """The sentence, its words by `say` and its codes by `name`."""

    def filled(value: Any) -> Any:
        if isinstance(value, Code):
            return name(value)
        if isinstance(value, tuple):  # a meaning: parts of a sentence; or several codes
            return (", " if all(isinstance(part, Code) for part in value) else " ").join(
                name(part) if isinstance(part, Code) else say(part[0]) % {key: filled(one) for key, one in part[1]}
                for part in value
            )
        return value

    sentence = say(one.says) % {key: filled(value) for key, value in one.holes.items()}
    return sentence[:1].upper() + sentence[1:]


def _calendar(old: Protocol, new: Protocol) -> Iterator[Difference]:
    found: dict[tuple[str, str, time | None, time | None], list[int]] = defaultdict(list)
    was, now = askings(old), askings(new)
    for day, question in sorted(was.keys() | now.keys()):
        before, after = was.get((day, question), []), now.get((day, question), [])
        left = [at for at in before if at not in after]
        fresh = [at for at in after if at not in before]
        for one, other in zip(left, fresh, strict=False):
            found[_MOVES, question, one, other].append(day)
        for one in left[len(fresh):]:
            found[_GOES, question, one, None].append(day)
        for other in fresh[len(left):]:
            found[_COMES, question, None, other].append(day)
    for (says, question, one_at, other_at), days in sorted(found.items(), key=lambda item: item[1]):
        which = ((_DAYS if len(days) > 1 else _DAY, (("days", ranges(days)),)),)
        holes = {"day": which, "question": question, "was": clock(one_at), "at": clock(other_at)}
        yield Difference("phases", says, holes)


def ranges(days: list[int]) -> str:
    """Days as a person writes them: "1-3, 5"."""
    runs = [[days[0], days[0]]]
    for before, day in pairwise(days):
        if day == before + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def clock(at: time | None) -> str:
    """A time of day as a protocol writes it."""
    return f"{at.hour}:{at:%M}" if at else ""


def _meanings(old: Protocol, new: Protocol) -> Iterator[Difference]:
    was = {_when(one): one for one in old.meanings}
    now = {_when(one): one for one in new.meanings}
    for when in dict.fromkeys((*was, *now)):
        before, after = was.get(when), now.get(when)
        if before and after and before.level == after.level:
            continue
        says = _LEVEL if before and after else _MEANS if after else _MEANT
        holes: dict[str, Any] = {"meaning": when}
        holes |= {"was": Code("level", before.level)} if before else {}
        holes |= {"now": Code("level", after.level)} if after else {}
        yield Difference("meanings", says, holes)


def _when(one: Meaning) -> tuple[Any, ...]:
    """Of which sign and when a meaning holds, in parts of a sentence."""
    parts: list[Any] = [Code("sign", one.sign)]
    if one.from_day is not None:
        parts.append((FROM_DAY, (("day", one.from_day),)))
    if one.to_day is not None:
        parts.append((TO_DAY, (("day", one.to_day),)))
    if one.at_least is not None:
        parts.append((AT_LEAST, (("value", f"{one.at_least:g}"),)))
    if one.risks:
        parts.append((WITH_RISK, (("risks", tuple(Code("risk", risk) for risk in one.risks)),)))
    known = {"sign", "level", "from_day", "to_day", "at_least", "risks", "approved_by"}
    dumped = one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    parts += [("%(key)s %(value)s", (("key", key), ("value", str(value)))) for key, value in dumped.items()
              if key not in known]  # fmt: skip
    return tuple(parts)


def _others(old: Protocol, new: Protocol) -> Iterator[Difference]:
    """Whatever else is written otherwise, key by key, of models that may yet grow."""
    was, now = (_leaves(one) for one in (old, new))
    for path in dict.fromkeys((*was, *now)):
        before, after = was.get(path, ""), now.get(path, "")
        if before == after:
            continue
        language = path[-1] if path[-1] in (*old.languages, *new.languages) and len(path) > 1 else ""
        place = [part.replace("_", " ") for part in (path[:-1] if language else path)]
        where = " › ".join(part for part in place if part not in ("text", "label"))
        holes: dict[str, Any] = {"where": where[:1].upper() + where[1:]}
        if language:
            says = _TEXT if before and after else _TEXT_COMES if after else _TEXT_GOES
            yield Difference(path[0], says, holes | {"language": Code("language", language)}, before, after)
        elif max(len(before), len(after)) > 60:
            yield Difference(path[0], _LONG, holes, before, after)
        else:
            says = _VALUE if before and after else _VALUE_COMES if after else _VALUE_GOES
            yield Difference(path[0], says, holes | {"was": before, "now": after})


def _leaves(protocol: Protocol) -> dict[tuple[str, ...], str]:
    plain = protocol.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"meanings"})
    for phase in plain.get("phases", ()):
        for key in ("days", "every", "at", "ask", "name"):  # told by the calendar
            phase.pop(key, None)
    phases = {f"phase “{one.name}”": left for one, left in zip(protocol.phases, plain.pop("phases", ()), strict=True)}
    return dict(_walk(plain | {key: left for key, left in phases.items() if left}, ()))


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _walk(one, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value, 1):
            name = str(one.get("name", number)) if isinstance(one, dict) else str(number)
            rest = {key: part for key, part in one.items() if key != "name"} if isinstance(one, dict) else one
            yield from _walk(rest, (*path, name))
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    elif isinstance(value, bool):
        yield path, "yes" if value else "no"
    elif value is not None:
        yield path, f"{value:g}" if isinstance(value, float) else str(value)
