"""The pages' languages: English as written in the code, others from `translations/<language>.po`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request

from messages.errors import HearbackError

LANGUAGES = {"en": "English", "es": "Español"}


@cache
def translations(language: str) -> NullTranslations:
    """What a language says for each English text; for English, and for what is missing, the text itself."""
    file = resources.files("bot.web") / "translations" / f"{language}.po"
    if language not in LANGUAGES or not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def page_language() -> str:
    """Of the family whose page it is, or of the signed-in person; before that, what the browser asks for."""
    if not has_request_context():
        return "en"
    person = g.get("person")
    language = g.get("language") or (person.language if person else "")
    return str(language) or request.accept_languages.best_match(list(LANGUAGES), "en") or "en"


def _(text: str) -> str:
    """The text in the page's language."""
    return translations(page_language()).gettext(text) if text else ""


def several(one: str, many: str, count: int) -> str:
    """The form of the text for this number, in the page's language."""
    return translations(page_language()).ngettext(one, many, count)


def spoken(text: str) -> str:
    """The text itself, marked for the translators; `_` says it where it is shown."""
    return text


class Words(Mapping[str, str]):
    """Words by their code, each in the page's language at the moment it is looked up.

    `about` tells words apart that are one in English: "closed", done by somebody, is "cerró", not "cerrado".
    """

    def __init__(self, english: Mapping[str, str], about: str = "") -> None:
        self.english, self.about = dict(english), about

    def __getitem__(self, code: str) -> str:
        word = self.english[code]
        return translations(page_language()).pgettext(self.about, word) if self.about else _(word)

    def __iter__(self) -> Iterator[str]:
        return iter(self.english)

    def __len__(self) -> int:
        return len(self.english)


def told(error: HearbackError, *, whole: bool = False) -> str:
    """What went wrong and the mend, in the page's language; `whole`: with what was typed, for whoever typed it."""
    holes = error.holes | dict(error.private) if whole else error.holes
    parts = [_(part) % holes if holes else _(part) for part in (error.english, error.english_mend)]
    return " ".join(filter(None, parts))


def speak(app: Flask) -> None:
    """Give templates `_("...")`, `ngettext` and {% trans %}. What `_` gives them is HTML: no typed word goes in it."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_, several, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(lambda: {"page_language": page_language()})
