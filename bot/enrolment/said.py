"""What whoever enrols should know, in plain words: English with holes, which a page says in its own language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scheduler.foresee import Note

NOTES = {
    "stopped": "Texts stay stopped for %(who)s, who said STOP.",
    "taken_off": "%(who)s was taken off this child by a person, and stays off.",
    "shared": "This number is known as %(who)s; the name %(other)s is not taken.",
    "kept": "A person corrected what is written of %(who)s; that stays.",
    "day_kept": "A person changed day zero; that stays.",
}


def _as_written(text: str) -> str:
    return text


def told_notes(notes: Sequence[Note], say: Callable[[str], str] = _as_written) -> list[str]:
    """One sentence for each note; `say` puts it into another language."""
    return [
        say(NOTES[note.kind]) % {"who": note.who[0] if note.who else "", "other": note.who[-1] if note.who else ""}
        for note in notes
    ]
