"""A file of families as hospitals save it: any encoding and delimiter of a spreadsheet -> rows of cells, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from messages.errors import EnrolmentError
from scheduler.fields import near

NEEDED = ("child", "day_zero", "protocol", "caregiver", "relation", "phone", "language", "zone")
_ADULT = ("caregiver", "relation", "phone", "language", "zone")
MORE = tuple(f"{name}_{place}" for place in (2, 3, 4) for name in _ADULT)
ALLOWED = (*NEEDED, *MORE, "hours", *(f"hours_{place}" for place in (2, 3, 4)), "risks", "record", "consent")
PROBLEM = "problem"  # the column of the file with the bad rows; ignored when it comes back
LARGEST = 5 * 1024 * 1024  # bytes; 10,000 families are about 1.5 MB
MOST_ROWS = 20_000
_NO_LISTS = {b"%PDF": "PDF", b"{\\rtf": "RTF", b"<": "HTML, XML"}  # what is text, and no list, by how it begins
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One line of the file: `number` as a spreadsheet shows it."""

    number: int
    cells: dict[str, str]
    surplus: bool = False  # more cells than the heading has columns


def decoded(raw: bytes) -> str:
    """The text of a file: UTF-8 with or without a mark, UTF-16 as Excel's "Unicode text", else Windows-1252."""
    if raw[:4] == b"PK\x03\x04" or raw[:4] == b"\xd0\xcf\x11\xe0":
        raise EnrolmentError(
            "This is an Excel workbook, not a CSV file.", mend='In Excel choose "Save as", then "CSV UTF-8".'
        )
    start = raw[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    kind = next((kind for begins, kind in _NO_LISTS.items() if start.startswith(begins)), "")
    if kind:
        raise EnrolmentError(
            "This is another kind of file (%(kind)s), not a CSV file.",
            mend="In the program that holds the list, save it as CSV UTF-8.", kind=kind,
        )
    encodings = ["utf-16"] if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise EnrolmentError("This is not a text file.", mend='Save it again as "CSV UTF-8".')


def read_sheet(raw: bytes) -> tuple[list[str], list[Row]]:
    """The heading and the rows, empty ones left out. Raises EnrolmentError for what is no list of families."""
    if len(raw) > LARGEST:
        raise EnrolmentError("The file is larger than 5 MB.", mend="Split it.")
    text = decoded(raw)
    told = text.split("\n", 1)[0].strip()
    skipped = 0
    if told.lower().startswith("sep=") and len(told) == 5:  # Excel's own word for the delimiter
        text, skipped = text.split("\n", 1)[-1], 1
    delimiter = told[4] if skipped else max(",;\t", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        heading = [_column(name) for name in next(reader, [])]
        _check(heading)
        rows = [
            Row(
                reader.line_num + skipped,
                {name: _plain(cell) for name, cell in zip(heading, cells, strict=False) if name},
                surplus=any(cell.strip() for cell in cells[len(heading) :]),
            )
            for cells in reader
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise EnrolmentError(
            "Line %(line)s cannot be read.", mend="Look for a quotation mark that is not closed.",
            line=reader.line_num + skipped,
        ) from error
    if len(rows) > MOST_ROWS:
        raise EnrolmentError("The file has more than 20,000 rows.", mend="Split it.")
    return heading, rows


def _column(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", " ").split())


def _plain(cell: str) -> str:
    """A cell without the mark that keeps a spreadsheet from taking it for a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def _check(heading: Sequence[str]) -> None:
    lost = [name for name in NEEDED if name not in heading]
    if lost == list(NEEDED):
        raise EnrolmentError(
            "The first line is not a heading.", mend="Begin with a line of these columns: %(needed)s.",
            needed=", ".join(NEEDED),
        )
    if lost:
        raise EnrolmentError(
            "The heading has no column %(lost)s.", mend="It needs: %(needed)s.", lost=", ".join(lost),
            needed=", ".join(NEEDED),
        )
    strange = [name for name in heading if name and name not in (*ALLOWED, PROBLEM)]
    if strange:
        mend, known = near(strange[0], ALLOWED)
        raise EnrolmentError(
            "The heading has a column %(strange)s that Hearback does not know.", mend=mend, strange=repr(strange[0]),
            a=known,
        )
    twice = [name for name in heading if name and heading.count(name) > 1]
    if twice:
        raise EnrolmentError(
            "The heading has the column %(twice)s twice.", mend="Leave one of them out.", twice=twice[0]
        )


def bad_rows(heading: Sequence[str], rows: Iterable[tuple[Row, str]]) -> str:
    """A CSV file of the rows that were left out, each with its problem: mended, it can be given in again."""
    table = io.StringIO()
    columns = [name for name in heading if name and name != PROBLEM]
    writer = csv.writer(table)
    writer.writerow([*columns, PROBLEM])
    for row, problem in rows:
        writer.writerow([guarded(value) for value in (*(row.cells.get(name, "") for name in columns), problem)])
    return "\ufeff" + table.getvalue()  # Excel reads UTF-8 only with its mark


def each_mistake(found: Iterable[tuple[str, str]]) -> list[str]:
    """(column, what is wrong and the mend) as lines: "phone: ..."; the whole row's without a column."""
    return [f"{column}: {said}" if column else said for column, said in found]


def guarded(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in _FORMULA else value
