"""The locks: every package pinned and hashed, no address in them, one version of each in both."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.rules.tree import ROOT

LOCKS = ("requirements.lock", "requirements-test.lock")
PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)")


def entries(lock: str) -> list[str]:
    """Each package of a lock as one line, with its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def pins(lock: str) -> dict[str, set[str]]:
    """Package -> its versions; more than one where they differ by platform."""
    found: dict[str, set[str]] = {}
    for entry in entries(lock):
        if pin := PIN.match(entry):
            found.setdefault(pin[1], set()).add(pin[2])
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_option(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_is_pinned_and_hashed(lock: str) -> None:
    assert len(entries(lock)) > 30
    loose = [entry for entry in entries(lock) if not PIN.match(entry) or "--hash=sha256:" not in entry]
    assert not loose, loose


def test_tests_run_with_the_versions_that_are_shipped() -> None:
    shipped, tested = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: versions for name, versions in shipped.items() if tested.get(name) != versions} == {}


def test_everything_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]

    def names(asked: list[str]) -> set[str]:
        return {
            re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace(".", "-").replace("_", "-")
            for line in asked
        }

    assert names(project["dependencies"] + extras["build"]) - set(pins(LOCKS[0])) == set()
    assert names(extras["test"]) - set(pins(LOCKS[1])) == set()
