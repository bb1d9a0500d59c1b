"""Every word the pages say, found by Babel as `babel.cfg` tells it.

As a command, `python -m tests.rules.words`, it brings the file of each language in accord: new words come in without a
translation, words that are gone go.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from bot.web.language import LANGUAGES
from tests.rules.tree import ROOT

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
FOLDER = ROOT / "bot" / "web" / "translations"
HEADER = '''msgid ""
msgstr ""
"Project-Id-Version: Hearback\\n"
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

'''


def extracted() -> Catalog:
    """The words of code and templates, in English."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = Catalog()
    for file, _line, message, _comments, context in extract_from_dir(ROOT, methods, options, KEYWORDS):
        found.add(message, locations=[(file, 0)], context=context)
    return found


def file_of(language: str) -> Path:
    return FOLDER / f"{language}.po"


def read(language: str) -> Catalog:
    """What is said in this language."""
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


def bring_in_accord(language: str) -> None:
    """Rewrite the file of a language with the words of now; what is said already stays."""
    said = read(language)
    said.update(extracted(), no_fuzzy_matching=True, update_header_comment=False)
    said.obsolete.clear()
    comment = said.header_comment
    with file_of(language).open("wb") as file:
        head = HEADER.format(language=language, plural=said.plural_forms)
        file.write(f"{comment}\n{head}".encode())
        write_po(file, said, width=0, omit_header=True, no_location=True)


if __name__ == "__main__":
    for one in LANGUAGES:
        if one != "en":
            bring_in_accord(one)
