"""`hearback read`: one reading explained, many as JSON lines, or the figures of a labelled file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bot.commands.protocol_check import loaded
from bot.commands.read_by import by_protocol, told_before
from bot.reading.explain import explain
from bot.reading.menu import asked_from
from bot.reading.read import VERSION, read
from bot.reading.score import Case, Figures, case_from, figures_of, wilson
from bot.reading.sheet import sheet
from messages.conversation import Reading


@click.command("read")
@click.argument("text", required=False)
@click.option(
    "--asked",
    default="checkin",
    show_default=True,
    help="What was asked last: checkin, menu, followup:temperature, none.",
)
@click.option("--lang", default="en", show_default=True, help="The family's language, a hint: en or es.")
@click.option(
    "--jsonl", is_flag=True, help="Read JSON cases (id, lang, asked, text), one a line, from standard input."
)
@click.option(
    "--score",
    type=click.Path(exists=True, dir_okay=True, path_type=Path),
    help="Score a labelled file, or every .jsonl of a folder.",
)
@click.option("--list/--no-list", "listing", default=True, help="With --score: list the misreadings.")
@click.option("--sheet", "as_sheet", is_flag=True, help="With --score: tables by language, level, sign and kind.")
@click.option("--protocol", help="Also what the text means by this protocol: a file, or the name of a shipped one.")
@click.option("--day", default=1, show_default=True, help="With --protocol: the day of recovery.")
@click.option("--before", multiple=True, help='With --protocol: what was told on a day before, like "4: pain is 5".')
def command(
    text: str | None, asked: str, lang: str, jsonl: bool, score: Path | None, listing: bool, as_sheet: bool,
    protocol: str | None, day: int, before: tuple[str, ...],
) -> None:  # fmt: skip
    """Read one TEXT from a family and explain the reading.

    \b
    hearback read "no fever but his toes are kinda blue"
    hearback read --asked menu "1 and 3"
    hearback read --jsonl < cases.jsonl > readings.jsonl
    hearback read --score labelled.jsonl
    hearback read --protocol hip-osteotomy --day 5 --before "3: pain is 2" --before "4: pain is 3" "pain is 5"
    """
    if score is not None:
        _score(score, listing, as_sheet)
    elif jsonl:
        _lines(asked, lang)
    elif text is not None:
        course = told_before(before, lang)
        reading = read(text, asked=asked_from(asked), language=lang)
        click.echo(explain(text, reading))
        if protocol is not None:
            click.echo(by_protocol(text, reading, loaded(protocol), day, course))
    else:
        raise click.UsageError("Give a TEXT, --jsonl with cases on standard input, or --score FILE.")


def as_row(case_id: str, reading: Reading) -> dict[str, Any]:
    """One reading as the JSON object that `--jsonl` writes."""
    return {
        "id": case_id,
        "level": reading.level.value,
        "signs": list(reading.signs),
        "intent": reading.intent.value,
        "evidence": [
            {
                "start": piece.start,
                "end": piece.end,
                "rule": piece.rule,
                "sign": piece.sign,
                "status": piece.status,
                "level": piece.level.value if piece.level is not None else None,
            }
            for piece in reading.evidence
        ],
        "temperature": reading.temperature,
        "pain": reading.pain,
        "picks": list(reading.picks),
        "complete": reading.complete,
        "language": reading.language,
        "version": VERSION,
    }


def _lines(asked: str, lang: str) -> None:
    bad = False
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line.decode("utf-8"))
            if not isinstance(case, dict) or not isinstance(case.get("text"), str):
                raise ValueError('a case is a JSON object with a "text"')
            reading = read(
                case["text"],
                asked=asked_from(str(case.get("asked") or asked)),
                language=str(case.get("lang") or lang),
            )
            row = as_row(str(case.get("id", number)), reading)
        except ValueError as problem:
            bad = True
            row = {"line": number, "error": f"Line {number} cannot be read: {problem}."}
        click.echo(json.dumps(row, ensure_ascii=False))
    if bad:
        sys.exit(1)


def _score(path: Path, listing: bool, as_sheet: bool) -> None:
    files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    pairs: list[tuple[Case, Reading]] = []
    for file in files:
        pairs.extend(_pairs(file))
    if as_sheet:
        click.echo(sheet(pairs))
        return
    groups = [("all", pairs)]
    for lang in sorted({case.lang for case, _ in pairs}):
        groups.append((lang, [pair for pair in pairs if pair[0].lang == lang]))
    for name, group in groups:
        click.echo(f"{name}: {len(group)} cases")
        click.echo(_table(figures_of(group)))
    if listing:
        for kind, case, reading in sorted(figures_of(pairs).wrong, key=lambda row: (row[0], row[1].id)):
            click.echo(
                f"{kind}: {case.id} [{case.lang}, {case.asked}] {case.text!r}: "
                f"{'/'.join(case.levels)} {sorted(case.signs)},"
                f" read {reading.level.value} {list(reading.signs)} {reading.intent.value}"
            )


def _pairs(file: Path) -> Iterator[tuple[Case, Reading]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = case_from(json.loads(line))
        except (KeyError, ValueError) as problem:
            raise click.ClickException(f"{file}:{number}: not a labelled case: {problem}") from problem
        language = case.lang if case.lang in ("en", "es") else "en"
        yield case, read(case.text, asked=asked_from(case.asked), language=language)


def _table(figures: Figures) -> str:
    rows = []
    for name, (hits, total) in figures.counts.items():
        low, high = wilson(hits, total)
        rows.append(f"  {name:44} {hits:5d} of {total:5d}  {hits / total:6.1%}  ({low:.1%} to {high:.1%})")
    return "\n".join(rows)


if __name__ == "__main__":
    command()
