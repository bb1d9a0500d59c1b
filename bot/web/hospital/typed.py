"""What was typed into a form of the settings: each field read, and every problem told at its field, all at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from itertools import count

from werkzeug.datastructures import MultiDict

from bot.web.language import _
from messages.people import Hours

LONGEST_LINE = 320


@dataclass
class Typed:
    """One form; `problems` by field. A field with a problem reads as something harmless, and nothing is saved."""

    form: MultiDict[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    def wrong(self, name: str, problem: str) -> None:
        self.problems.setdefault(name, problem)

    def words(self, name: str, longest: int = 200) -> str:
        text = " ".join(self.form.get(name, "").split())
        if len(text) > longest:
            problem = _("That is %(n)s characters long; %(most)s is the most.")
            self.wrong(name, problem % {"n": len(text), "most": longest})
        return text

    def needed(self, name: str, missing: str, longest: int = 200) -> str:
        text = self.words(name, longest)
        if not text:
            self.wrong(name, missing)
        return text

    def lines(self, name: str, most: int = 40) -> tuple[str, ...]:
        """The lines of a box, each once, without empty ones."""
        found = dict.fromkeys(filter(None, (" ".join(one.split()) for one in self.form.get(name, "").splitlines())))
        if len(found) > most:
            self.wrong(name, _("That is %(n)s lines; %(most)s is the most.") % {"n": len(found), "most": most})
        if any(len(one) > LONGEST_LINE for one in found):
            self.wrong(name, _("A line is longer than %(most)s characters.") % {"most": LONGEST_LINE})
        return tuple(found)

    def number(self, name: str, least: int, most: int) -> int:
        text = self.form.get(name, "").strip()
        if text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most:
            return int(text)
        self.wrong(name, _("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most})
        return least

    def clock(self, name: str) -> time:
        """A time of day; 24:00 is midnight."""
        text = self.form.get(name, "").strip()
        try:
            return time.fromisoformat("00:00" if text == "24:00" else text.zfill(5)).replace(second=0, tzinfo=None)
        except ValueError:
            self.wrong(name, _("Write a time like 08:00."))
            return time(0)

    def hours(self, start: str, end: str) -> Hours:
        return Hours(self.clock(start), self.clock(end))

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.form.get(name, "").strip())
        except ValueError:
            self.wrong(name, _("Write a day like 2026-12-25."))
            return date(2000, 1, 1)

    def ticked(self, name: str) -> bool:
        return self.form.get(name, "") not in ("", "0")

    def rows(self, name: str) -> list[int]:
        """The numbers of the rows of a list that have something in `name`; a row that was emptied is gone."""
        found: list[int] = []
        for row in count():
            if f"{name}_{row}" not in self.form or row >= 200:
                return found
            if self.form[f"{name}_{row}"].strip():
                found.append(row)
        return found
