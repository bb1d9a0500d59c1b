"""A table for a spreadsheet: CSV in which nothing is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response


def plain(value: object) -> str:
    """A value that no spreadsheet takes for a formula; "" for None."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def spreadsheet(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The table as a file of this name."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([plain(one) for one in head])
    writer.writerows([plain(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(table.getvalue(), mimetype="text/csv", headers=headers)
