"""Which words of our Python code a page says, for Babel: `babel.cfg` names the two ways of finding them.

`_("...")`, `several("...", "...", n)`, `spoken("...")`, the values of `Words({...})`, and what errors say that reach a
page. A sentence may be put together of constants of its file. `names_of_rules` reads the reader's own tables.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from typing import Any, BinaryIO

Found = tuple[int, str, str | tuple[str, str], list[str]]  # line, kind for Babel, text or its two forms, comments

_SAYS = {"_", "spoken"}
_ERRORS = {"FormError", "ConflictError", "NotFoundError", "EnrolmentError", "RotaError"}


def spoken_words(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """What is marked, and what errors say."""
    tree = ast.parse(file.read())
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from _of_call(node, node.func.id, constants)


def sentences(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Every text with a space in it, of a file that holds sentences for staff; its docstrings are none."""
    tree = ast.parse(file.read())
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in told | parts:
            continue
        if isinstance(node.value, str) and " " in node.value:
            yield node.lineno, "_", node.value, []


def names_of_rules(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """The names of the reader's rules: what a flag's page says that the underlined words are."""
    for rule in tomllib.load(file).get("rule", ()):
        yield 0, "pgettext", ("rule", rule["name"]), []


def _of_call(node: ast.Call, name: str, constants: dict[str, str]) -> Iterator[Found]:
    said: list[ast.expr | None] = []
    about = ""
    if name in _SAYS:
        said = [*node.args]
    elif name in _ERRORS:
        said = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "mend")]
    elif name == "Words" and isinstance(node.args[0], ast.Dict):
        said = [*node.args[0].values]
        about = _text(node.args[1], constants) if len(node.args) > 1 else ""
    elif name == "several":
        one, many = (_text(form, constants) for form in node.args[:2])
        if one and many:
            yield node.lineno, "ngettext", (one, many), []
    for value in said:
        if text := _text(value, constants):
            yield node.lineno, *(("pgettext", (about, text)) if about else ("_", text)), []


def _text(node: ast.expr | None, constants: dict[str, str]) -> str:
    """The text an expression is, when it is one without anything from outside its file."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return constants.get(node.id, "")
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, constants)
    if isinstance(node, ast.JoinedStr):
        parts = [_text(part, constants) for part in node.values]
        return "".join(parts) if all(parts) else ""
    return ""
