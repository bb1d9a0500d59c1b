"""A part added to a draft by its button, or taken out again. Pure."""

from __future__ import annotations

import re
from typing import Any

from bot.web.protocols.shapes import Blank, Part
from bot.web.protocols.typed import all_parts, form_of
from scheduler.load import shipped_parts, whole
from scheduler.overriding import with_values_in_parts, written_out
from scheduler.parts import pieces_of
from scheduler.tree import KeyPath
from scheduler.written import REMOVED


def with_part(source: str, path: str, name: str = "") -> str:
    """`source` with one more item in the list or the named parts at `path` ("phases", "questions/daily/menu")."""
    form = form_of(source)[1]
    part = next(one for one in all_parts(form) if "/".join(map(str, one.path)) == path)
    languages = tuple(str(one.key) for one in _languages(form)) or ("en",)
    questions = [one.key for one in all_parts(form) if one.path[:1] == ("questions",) and len(one.path) == 2]
    blank = Blank(languages, known={"ask": (questions or [""])[0], "at": ["9:00"], "days": 1, "signs": []})
    new = blank.of(part.shape.model)
    if part.shape.kind == "named":
        taken = {one.key for one in part.parts}
        if part.key == "menu":
            name = name if name.isdigit() else next(str(n) for n in (*range(1, 10), 0, "") if str(n) not in taken)
            number = int(name) if name else "new"
            here: dict[KeyPath, Any] = {(*part.path, number): new} if part.there else {part.path: {number: new}}
            return with_values_in_parts(source, here)
        name = re.sub(r"[^a-z0-9_-]+", "_", name.strip().lower()).strip("_") or "question"
        while name in taken:
            name += "_2"
        return with_values_in_parts(source, {(*part.path, name): new} if part.there else {part.path: {name: new}})
    if not part.there or not part.parts:
        return with_values_in_parts(source, {part.path: [new]})
    return with_values_in_parts(source, {(*part.path, len(part.parts)): new})


def first_added(before: str, after: str) -> str:
    """The id of the first part that `after` has and `before` has not; "" for none."""
    known = {one.id for one in all_parts(form_of(before)[1])}
    return next((one.id for one in all_parts(form_of(after)[1]) if one.id not in known), "")


def _languages(form: tuple[Part, ...]) -> tuple[Part, ...]:
    title = next((one for one in form if one.key == "title"), None)
    return title.parts if title else ()


def without_part(source: str, path: str) -> str:
    """`source` without the part at `path`."""
    keys: KeyPath = tuple(int(one) if one.isdigit() else one for one in path.split("/"))
    return with_values_in_parts(source, {keys: REMOVED})


def with_shared(source: str, what: str, name: str) -> str:
    """`source` with a shared part used ("use"), or written out into the protocol itself ("write")."""
    if what == "write":
        return written_out(source, [name])
    if name not in shipped_parts():
        return source
    used = pieces_of(source, "").used
    return whole(with_values_in_parts(source, {("use",): [*(one for one in used if one != name), name]}))
