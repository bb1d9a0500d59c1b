"""The files of the project, found without git so that the rules hold in any copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "scheduler", "messages")
_FOLDERS = (*PACKAGES, "tests", "bench", "docs", ".ci")
_ROOT_FILES = (
    "*.md",
    "*.toml",
    "*.lock",
    "*.yml",
    "*.yaml",
    "*.txt",
    "run",
    "Dockerfile*",
    ".*ignore",
    "LICENSE*",
)


def python_files(*folders: str) -> Iterator[tuple[str, str]]:
    """(path from the root, text) of each Python file in these folders, in order."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "__pycache__" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def all_files() -> Iterator[Path]:
    """Every file that is the project's own: code, data, documents, settings."""
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not any(
                "cache__" in part or part.endswith("_cache") for part in path.parts
            ):
                yield path
    for pattern in _ROOT_FILES:
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.is_file())
