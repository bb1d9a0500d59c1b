"""What the documents say is there: commands, options, settings, files, tests."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from bot.cli import COMMANDS, hearback
from messages.settings import VARIABLES

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands_in(text: str) -> list[list[str]]:
    """Every `hearback ...` line of a fenced block, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    found = []
    for line in lines:
        match = re.search(r"(?:^|[|/ ])hearback (.+)$", line)
        if match:
            found.append(shlex.split(match[1], comments=True))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_shown_exists_with_its_options(document: Path) -> None:
    for words in commands_in(document.read_text()):
        context = click.Context(hearback)
        command: click.Command = hearback
        while isinstance(command, click.Group) and words:
            name = words.pop(0)
            found = command.get_command(context, name)
            assert found is not None, f"{document.name}: hearback has no {name!r}"
            command = found
        known = {option for param in command.params for option in param.opts}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known | {"--help"}, f"{document.name}: {command.name} has no {word}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "configure.md").read_text()
    for variable in VARIABLES.values():
        assert f"`{variable}`" in text


def test_every_command_has_help_that_says_what_it_does() -> None:
    for name in COMMANDS:
        command = hearback.get_command(click.Context(hearback), name)
        assert command is not None
        assert command.help, name
        assert len(command.help) > 20, name


def test_every_test_named_in_the_safety_case_exists() -> None:
    text = (ROOT / "docs" / "safety-case.md").read_text()
    everything = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    for named in re.findall(r"`(tests/[\w/]+\.py)`", text):
        assert (ROOT / named).exists(), named
    for named in re.findall(r"`(test_\w+)`", text):
        assert f"def {named}(" in everything, named
