"""The pages' languages: English as written in the code, others from `translations/<language>.po`."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request

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
    """Of the signed-in person; before that, what the browser asks for."""
    if not has_request_context():
        return "en"
    person = g.get("person")
    return str(person.language) if person else request.accept_languages.best_match(list(LANGUAGES), "en") or "en"


def _(text: str) -> str:
    """The text in the page's language."""
    return translations(page_language()).gettext(text)


def several(one: str, many: str, count: int) -> str:
    """The form of the text for this number, in the page's language."""
    return translations(page_language()).ngettext(one, many, count)


def speak(app: Flask) -> None:
    """Give templates `_("...")`, `ngettext` and {% trans %}."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_, several, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(lambda: {"page_language": page_language()})
