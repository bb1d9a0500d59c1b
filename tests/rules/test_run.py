"""`./run` says what is missing and how to mend it; nothing is installed here, every Python is a made-up one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.rules.tree import ROOT

TOOLS = ("awk", "cat", "cksum", "date", "dirname", "grep", "mkdir", "rm", "tail", "tee")
OLD = 'case "$*" in *print*) echo 3.10.13 ;; *) exit 1 ;; esac'
BARE = 'case "$*" in *print*) echo 3.11.2 ;; *ensurepip*) exit 1 ;; esac'
# Makes an environment whose own Python only tells what it was asked.
GOOD = """case "$*" in
*print*) echo 3.12.1 ;;
"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && ln -sf "$0" .venv/bin/hearback ;;
*requirements*) echo "installs $*" >> asked; exit ${BROKEN:-0} ;;
*) echo "asked: $*" ;;
esac"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what `run` looks at, in a folder with a space, and `bin` with nothing but the tools it needs."""
    project = tmp_path / "my project"
    (project / "bin").mkdir(parents=True)
    for name in ("run", "pyproject.toml", "requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, project)
    for tool in (*TOOLS, "cp", "ln", "sh"):
        (project / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return project


def run(project: Path, *words: str, python: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    if python:
        path = project / "bin" / "python3"
        path.write_text(f"#!/bin/sh\n{python}\n")
        path.chmod(0o755)
    return subprocess.run(
        [project / "run", *words],
        cwd="/",
        env={"PATH": str(project / "bin"), **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("python", "says"),
    [
        ("", "needs Python 3.11 or newer and found none"),
        (OLD, "found Python 3.10.13"),
        (BARE, "sudo apt install python3-venv"),
    ],
)
def test_a_missing_python_is_told_in_one_sentence_with_the_mend(
    project: Path, python: str, says: str
) -> None:
    done = run(project, "demo", python=python)
    assert done.returncode == 1
    assert says in done.stderr
    assert "run this again" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (project / ".venv").exists()


def test_the_first_time_installs_by_hash_and_the_second_time_only_starts(project: Path) -> None:
    first = run(project, "demo", "--port", "9", python=GOOD)
    assert first.returncode == 0, first.stderr
    assert "asked: demo --port 9" in first.stdout
    asked = (project / "asked").read_text()
    assert "--require-hashes -r requirements.lock" in asked
    second = run(project, "demo")
    assert second.stdout == "run: starting the demo (stop it with Ctrl-C)\nasked: demo\n"
    assert (project / "asked").read_text() == asked


def test_the_tests_add_their_packages_to_the_demos(project: Path) -> None:
    run(project, "demo", python=GOOD)
    done = run(project, "test", "-k", "two words")
    assert "making .venv" not in done.stdout
    assert "asked: -m pytest -k two words" in done.stdout
    assert "requirements-test.lock" in (project / "asked").read_text()
    (project / "asked").unlink()
    assert run(project, "demo").returncode == 0
    assert not (project / "asked").exists()


def test_changed_locks_are_set_up_afresh(project: Path) -> None:
    run(project, "demo", python=GOOD)
    with (project / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert "setting up afresh" in run(project, "demo").stdout


def test_a_set_up_that_failed_is_begun_again(project: Path) -> None:
    failed = run(project, "demo", python=GOOD, BROKEN="1")
    assert failed.returncode == 1
    assert "starting the demo" not in failed.stdout
    again = run(project, "demo")
    assert "interrupted: setting up afresh" in again.stdout
    assert "asked: demo" in again.stdout


def test_a_set_up_that_is_going_on_elsewhere_is_left_alone(project: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / ".begun").write_text(f"{os.getpid()}\n")
    done = run(project, "demo", python=GOOD)
    assert done.returncode == 1
    assert "Another ./run" in done.stderr
    assert (project / ".venv" / ".begun").exists()


def test_an_environment_that_somebody_else_made_is_not_removed(project: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / "mine").touch()
    done = run(project, "test", python=GOOD)
    assert "was not made by ./run" in done.stderr
    assert (project / ".venv" / "mine").exists()


def test_help_needs_nothing_and_an_unknown_word_is_refused(project: Path) -> None:
    assert "./run demo" in run(project, "help").stdout
    assert run(project).stdout == run(project, "help").stdout
    unknown = run(project, "dmo")
    assert unknown.returncode == 1
    assert 'there is no "dmo"' in unknown.stderr
