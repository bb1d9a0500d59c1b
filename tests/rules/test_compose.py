"""docker-compose.yml, Dockerfile and .dockerignore fit the program: commands, settings, secrets, files."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from bot.cli import hearback
from messages.settings import VARIABLES
from tests.rules.tree import ROOT

COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("hearback")}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
KNOWN = set(VARIABLES.values())
SECRET = {
    VARIABLES[name]
    for name in (
        "database_url", "secret_key", "encryption_keys", "twilio_auth_tokens", "smtp_url", "sign_on_secrets",
        "alarm_to", "heartbeat_url", "metrics_token",
    )
}  # fmt: skip
OF_COMPOSE = {"LISTEN", "POSTGRES_IMAGE", "PYTHON_IMAGE"}  # asked for by the file itself, not by Hearback


def known_setting(name: str) -> bool:
    return name.removesuffix("_FILE") in KNOWN


def test_web_worker_upgrade_and_database_are_there() -> None:
    assert set(SERVICES) == {"db", "migrate", "web", "work"}
    assert set(OURS) == {"migrate", "web", "work"}


@pytest.mark.parametrize("name", OURS)
def test_each_service_starts_a_command_that_exists_with_options_it_takes(name: str) -> None:
    program, *words = OURS[name]["command"]
    assert program == "hearback"
    command: click.Command = hearback
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None
        command = found
    with command.make_context(name, words):  # raises for an option or argument it does not take
        pass


@pytest.mark.parametrize("name", OURS)
def test_each_service_sets_only_what_the_program_reads(name: str) -> None:
    assert [variable for variable in OURS[name]["environment"] if not known_setting(variable)] == []


def test_the_file_asks_for_no_variable_that_nobody_reads() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE_TEXT))
    assert {name for name in asked if not known_setting(name)} == OF_COMPOSE
    assert "$" not in re.sub(r"\$\{\w+[^}]*\}", "", COMPOSE_TEXT)


def test_secrets_come_from_files_and_are_given_only_to_who_reads_them() -> None:
    declared = COMPOSE["secrets"]
    for name, secret in declared.items():
        assert secret == {"file": f"./secrets/{name}"}
    for service in SERVICES.values():
        granted = set(service["secrets"])
        assert granted <= set(declared)
        for variable, value in service["environment"].items():
            assert variable not in SECRET | {"POSTGRES_PASSWORD"}
            if variable.endswith("_FILE") and not value.startswith("${"):
                assert value.removeprefix("/run/secrets/") in granted
    assert SERVICES["db"]["secrets"] == ["database-password"]


def test_no_secret_stands_in_a_file() -> None:
    for text in (COMPOSE_TEXT, DOCKERFILE):
        assert re.findall(r"[0-9A-Fa-f]{24,}|[A-Za-z0-9+/]{40,}={0,2}|://[^/\s@]+:[^/\s@]+@", text) == []
        assert re.findall(r"^(?:ARG|ENV).*(?:SECRET|TOKEN|PASSWORD|KEY)", text, re.MULTILINE) == []


def test_secrets_stay_out_of_git_and_out_of_images() -> None:
    kept_out = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/secrets/", "/.env"} <= set(kept_out)
    assert let_into_the_build("bot/cli.py")
    for path in (
        "secrets/secret-key",
        ".env",
        "hearback.db",
        ".git/config",
        ".venv/bin/python",
        "tests/house.py",
    ):
        assert not let_into_the_build(path)


def test_every_file_the_image_is_built_from_is_there_and_let_into_the_build() -> None:
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
        for source in line.split()
    ]
    assert {"requirements.lock", "pyproject.toml", "bot", "scheduler", "messages"} <= set(copied)
    for source in copied:
        assert (ROOT / source).exists(), source
        assert let_into_the_build(source), source


def test_the_image_is_built_from_the_lock_and_runs_without_rights() -> None:
    locked = re.search(r"pip install (.*)-r requirements\.lock", DOCKERFILE)
    assert locked is not None
    assert {"--require-hashes", "--no-deps"} <= set(locked[1].split())
    assert re.search(r"pip install --no-deps --no-build-isolation \.", DOCKERFILE)
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.findall(r"^USER (\S+)", last_stage, re.MULTILINE)[-1] not in ("root", "0")
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_nothing_starts_before_the_tables_are_up_to_date() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "work"):
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_a_proxy_on_this_machine_reaches_anything() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["${LISTEN:-127.0.0.1:8000}:8000"]}


def test_the_documents_explain_every_variable_and_use_services_that_exist() -> None:
    text = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    for variable in re.findall(r"\$\{(\w+)", COMPOSE_TEXT):
        assert f"`{variable}`" in text
    for name in COMPOSE["secrets"]:
        assert f"secrets/{name}" in text
    for words in re.findall(r"docker compose (?:exec|stop)((?: --?\w+)*(?: \w+)+)", text):
        named = [word for word in words.split() if not word.startswith("-")]
        assert named[0] in SERVICES, words


def let_into_the_build(path: str) -> bool:
    """What .dockerignore says of a path or of a folder above it; the last line that fits decides."""
    answer = True
    above = ["/".join(path.split("/")[: n + 1]) for n in range(path.count("/") + 1)]
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!").removeprefix("**/")
            if any(fnmatch.fnmatchcase(part, pattern) for part in above):
                answer = line.startswith("!")
    return answer
