"""Who may import whom (design, "The tree"), where each outside library lives, who may ask for the time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.rules.tree import PACKAGES, python_files

MAY_IMPORT = {
    "bot": ("bot", "scheduler", "messages"),
    "scheduler": ("scheduler", "messages"),
    "messages": ("messages",),
}

# An outside library -> the only places that may import it. A path that ends in / is a folder.
HOMES = {
    "flask": ("bot/web/",),
    "flask_wtf": ("bot/web/",),
    "werkzeug": ("bot/web/",),
    "wtforms": ("bot/web/",),
    "sqlalchemy": (
        "messages/database.py",
        "messages/store/",
        "messages/migrations/",
        "messages/outbox.py",
        "messages/upgrade.py",
        "messages/settle.py",
        "scheduler/store/",
    ),
    "alembic": ("messages/migrations/", "messages/upgrade.py"),
    "twilio": ("messages/carriers/twilio.py",),
    "requests": ("messages/carriers/twilio.py", "messages/ways/push.py"),
    "smtplib": ("messages/ways/email.py",),
    "apprise": ("messages/ways/chat.py",),
    "pywebpush": ("messages/ways/push.py",),
    "py_vapid": ("messages/ways/push.py",),
    "apscheduler": ("scheduler/clock.py",),
    "cryptography": ("messages/encryption.py",),
    "authlib": ("bot/web/",),
    "babel": ("bot/web/",),
    "joserfc": ("bot/web/",),
    "fpdf": ("bot/web/",),
    "pyotp": ("bot/web/",),
    "segno": ("bot/web/",),
    "webauthn": ("bot/web/",),
}

# Pure: only computing, time passed in. Such files import each other and none of `NOT_PURE`.
PURE = (
    "bot/reading/",
    "bot/conversation/",
    "scheduler/plan.py",
    "scheduler/due.py",
    "scheduler/silence.py",
    "scheduler/protocol.py",
    "scheduler/asking.py",
    "scheduler/meaning.py",
    "scheduler/course.py",
    "scheduler/parts.py",
    "scheduler/phases.py",
    "scheduler/quiet.py",
    "scheduler/unanswered.py",
    "scheduler/wanted.py",
    "scheduler/check.py",
    "scheduler/check_meanings.py",
    "scheduler/check_steps.py",
    "scheduler/readability.py",
    "scheduler/tree.py",
    "scheduler/reference.py",
    "scheduler/warn.py",
    "scheduler/fields.py",
    "scheduler/texts.py",
    "messages/access.py",
    "messages/conversation.py",
    "messages/errors.py",
    "messages/escalation.py",
    "messages/hours.py",
    "messages/rota.py",
    "messages/flags.py",
    "messages/ladder.py",
    "messages/page_words.py",
    "messages/people.py",
    "messages/reachable.py",
    "messages/segments.py",
    "messages/ways/page.py",
)
NOT_PURE = {
    "asyncio",
    "http",
    "logging",
    "os",
    "random",
    "requests",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
    "urllib.request",
    *HOMES,
}

# Only the edges read the clock; everything else is handed `now`. Ids are ordered by time and decide nothing.
CLOCKS = ("scheduler/clock.py", "bot/cli.py", "bot/commands/", "bot/web/", "messages/ids.py")
CLOCK_READS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")} | {
    ("time", name) for name in ("time", "time_ns", "localtime", "gmtime")
}


def at_home(path: str, homes: tuple[str, ...]) -> bool:
    return any(path.startswith(home) if home.endswith("/") else path == home for home in homes)


def imports(path: str, text: str) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a file imports; a name imported from ours may be a module too."""
    for node in ast.walk(ast.parse(text, path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = path.removesuffix(".py").split("/")[: -node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield node.lineno, module
            if module.split(".")[0] in PACKAGES:
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def starts_with(name: str, module: str) -> bool:
    return name == module or name.startswith(module + ".")


def wrong_layers(path: str, text: str) -> list[str]:
    package = path.split("/")[0]
    return [
        f"{path}:{line} imports {name}"
        for line, name in imports(path, text)
        if name.split(".")[0] in (*PACKAGES, "tests") and name.split(".")[0] not in MAY_IMPORT[package]
    ]


def strayed_libraries(path: str, text: str) -> list[str]:
    return [
        f"{path}:{line} imports {name}, whose home is {', '.join(HOMES[name.split('.')[0]])}"
        for line, name in imports(path, text)
        if not at_home(path, HOMES.get(name.split(".")[0], (path,)))
    ]


def impurities(path: str, text: str) -> list[str]:
    """Imports of a pure file that do more than compute, or that are ours and not pure."""
    if not at_home(path, PURE):
        return []
    pure_names = [home.removesuffix(".py").strip("/").replace("/", ".") for home in PURE]
    return [
        f"{path}:{line} imports {name}"
        for line, name in imports(path, text)
        if any(starts_with(name, module) for module in NOT_PURE)
        or (
            name.split(".")[0] in PACKAGES
            and name.count(".")  # the package alone says nothing; its names follow
            and not any(starts_with(name, module) or starts_with(module, name) for module in pure_names)
        )
    ]


def clock_reads(path: str, text: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(text, path)):
        if isinstance(node, ast.Attribute):
            of = ast.unparse(node.value).split(".")[-1]
            if (of, node.attr) in CLOCK_READS and not at_home(path, CLOCKS):
                found.append(f"{path}:{node.lineno} reads {of}.{node.attr}")
    return found


RULES = [wrong_layers, strayed_libraries, impurities, clock_reads]


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_its_rule(rule: object) -> None:
    assert callable(rule)
    problems = [problem for path, text in python_files(*PACKAGES) for problem in rule(path, text)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (wrong_layers, "messages/outbox.py", "from scheduler.plan import plan"),
        (wrong_layers, "scheduler/turn.py", "def f():\n    import bot.inbound"),
        (wrong_layers, "bot/inbound.py", "from tests.conftest import vault"),
        (strayed_libraries, "bot/inbound.py", "from flask import request"),
        (strayed_libraries, "messages/people.py", "import sqlalchemy.orm as orm"),
        (strayed_libraries, "messages/outbox.py", "from twilio.rest import Client"),
        (strayed_libraries, "scheduler/turn.py", "import apscheduler"),
        (impurities, "bot/reading/read.py", "import os.path"),
        (impurities, "bot/conversation/decide.py", "from messages.database import open_database"),
        (impurities, "scheduler/plan.py", "from messages import database"),
        (impurities, "bot/reading/read.py", "from ..inbound import receive"),
        (clock_reads, "bot/inbound.py", "import datetime\nnow = datetime.datetime.now()"),
        (clock_reads, "scheduler/turn.py", "f = datetime.now"),
        (clock_reads, "messages/outbox.py", "import time\ntime.time()"),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: object, path: str, text: str) -> None:
    assert callable(rule)
    assert rule(path, text)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (wrong_layers, "bot/inbound.py", "from scheduler.plan import plan\nfrom messages import flags"),
        (strayed_libraries, "bot/web/app.py", "from flask import Flask"),
        (strayed_libraries, "messages/store/flags.py", "import sqlalchemy as sa"),
        (
            impurities,
            "bot/conversation/decide.py",
            "from messages import flags\nfrom bot.reading import read",
        ),
        (impurities, "bot/reading/read.py", "import regex\nfrom datetime import time"),
        (clock_reads, "messages/outbox.py", "import time\ntime.monotonic()\nfunc.now()"),
        (clock_reads, "bot/commands/serve.py", "datetime.now(UTC)"),
    ],
)
def test_each_rule_lets_pass_what_is_allowed(rule: object, path: str, text: str) -> None:
    assert callable(rule)
    assert rule(path, text) == []
