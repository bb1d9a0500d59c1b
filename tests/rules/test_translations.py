"""Everything a page says is said in every language, and says the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Message

from bot.conversation.triage import RULES
from bot.web import present
from bot.web.families import recorded
from bot.web.language import LANGUAGES
from bot.web.phones.chat import chat_token
from messages.encryption import Vault
from messages.people import Role
from messages.store import tables as t
from messages.store.accounts import set_pages
from tests.house import Home, open_home
from tests.integration.desk import Desk, application, desk, hire
from tests.rules.tree import ROOT, python_files
from tests.rules.words import extracted, read

OTHERS = [language for language in LANGUAGES if language != "en"]
TEMPLATES = sorted((ROOT / "bot" / "web" / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "bot" / "web" / "static").glob("*.js"))
NAMES = {"Hearback", "Enter", "Ctrl"}  # the same in every language
HOLES = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}|</?\w+>")


def forms(message: Message) -> list[tuple[str, str]]:
    """Each English form of a message beside what is said for it."""
    english = message.id if isinstance(message.id, tuple) else (message.id,)
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    return list(zip(english, said, strict=True))


def differs(english: str, said: str) -> str:
    """In what a translation is no translation; "" when it is one."""
    if not said.strip():
        return "nothing is said"
    # "one" may say 1 where English says "an": only a hole that English does not fill is a fault.
    if set(HOLES.findall(said)) - set(HOLES.findall(english)) or len(HOLES.findall(said)) < len(HOLES.findall(english)):
        return "other holes"
    if (english[:1] == " ", english[-1:] == " ") != (said[:1] == " ", said[-1:] == " "):
        return "other spaces at its ends"
    if english[-1:] in ".?:" and said[-1:] != english[-1:]:
        return "another end"
    return ""


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_of_code_and_templates_is_said(language: str) -> None:
    wanted = {(message.id, message.context) for message in extracted() if message.id}
    said = {(message.id, message.context): message for message in read(language) if message.id}
    assert len(wanted) > 1000
    assert wanted - set(said) == set(), "bring the file in accord: python -m tests.rules.words"
    assert set(said) - wanted == set(), "words that no page says: python -m tests.rules.words"
    assert not [message.id for message in said.values() if message.fuzzy]
    assert not read(language).obsolete


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_holes_and_the_shape_of_the_english(language: str) -> None:
    catalog = read(language)
    found = [
        (english, why)
        for message in catalog
        if message.id
        for english, said in forms(message)
        if (why := differs(english, said))
    ]
    assert found == []
    assert [str(error) for message in catalog if message.id for error in message.check(catalog)] == []


def test_the_rule_sees_what_is_no_translation() -> None:
    assert differs("%(n)s days", "") == "nothing is said"
    assert differs("%(n)s days", "días") == "other holes"
    assert differs("%(n)s days", "%(number)s días") == "other holes"
    assert differs(" or ", "o") == "other spaces at its ends"
    assert differs("Call now.", "Llame ya") == "another end"
    assert not differs("%(n)s days", "%(n)s días")


def bare(template: str) -> list[str]:
    """Words of a template that stand in it as they are."""
    text = re.sub(r"\{% trans.*?endtrans %\}", "", template, flags=re.DOTALL)
    text = re.sub(r"\{% block (?:kind|clock) %\}.*?\{% endblock %\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\0", text, flags=re.DOTALL)
    attributes = re.findall(r'\b(?:aria-label|title|placeholder|alt|label)="([^"]*)"', text)
    seen = re.sub(r"<svg.*?</svg>|<[^>]*>", "\0", text, flags=re.DOTALL)
    words = [word for part in (seen, *attributes) for word in re.findall(r"[^\W\d_]{2,}", part)]
    return [word for word in words if word not in NAMES]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_word_that_cannot_be_said_otherwise(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in bare(text) if word not in ("selected",)] == []
    # What `_` gives a template is HTML: a word that somebody typed is never given to it.
    assert re.findall(r"\b_\((?![\"'])[^)]*\)", text) == []


def test_the_rule_sees_a_bare_word() -> None:
    assert bare('<p title="Look">{{ _("No") }} texts</p>') == ["texts", "Look"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_holds_no_sentence(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    code = "\n".join(line for line in text.splitlines() if not line.strip().startswith("//"))
    strings = re.findall(r'"([^"\n]*)"|`([^`]*)`', re.sub(r"\s//.*", "", code))
    found = [one for pair in strings for one in pair if re.match(r"[A-Z][a-z']* [a-z]", one)]
    assert found == []


def whys() -> Iterator[str]:
    """Why something did not go as planned, as code below the pages writes it down."""
    called = {"TooLate", "Stopped", "Unsure", "_end", "cancel_waiting", "Refused", "skip_until", "Pause"}
    for path, text in python_files("messages", "scheduler", "bot"):
        if "/store/tables" in path or path.startswith(("scheduler/commands", "bot/web", "bot/demo", "bot/rehearsal")):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            values = [one.value for one in node.keywords if one.arg in ("why", "reason")]
            if isinstance(node.func, ast.Name) and node.func.id in called:
                values += node.args
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and " " in value.value:
                    yield value.value


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_database_holds_in_english_is_said(language: str) -> None:
    said = read(language)
    assert len(set(whys())) > 10
    assert [why for why in whys() if why not in said] == []
    assert {rule.__name__ for rule in RULES} <= set(recorded.RULES)


def english_in(html: str, language: str) -> list[str]:
    """English sentences of ours, of two words and more, that a page shows or gives to its script.

    Texts with families, and phrases ready for them, are in their language.
    """
    html = re.sub(r'<ul[^>]* lang="en".*?</ul>|<div class="bubble">.*?</div>', "", html, flags=re.DOTALL)
    text = " ".join(unescape(unescape(html)).split())
    found = []
    for message in read(language):
        for english, said in forms(message) if message.id else ():
            for piece in HOLES.split(english):
                words = " ".join(piece.split())
                here = len(words.split()) > 1 and words not in said
                if here and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text):
                    found.append(words)
    return found


# Pages, rendered


@pytest.fixture
def home(tmp_path: Path, vault: Vault) -> Home:
    home = open_home(f"sqlite:///{tmp_path}/hearback.db", vault)
    home.enrol("Anabel", language="es", name="Mariela", risks=("asthma",), zone="America/Chicago")
    home.text("no tiene fiebre pero no puede respirar")
    home.text("hola", phone="+12065550188")
    return home


def spanish(home: Home, login: str, role: Role) -> Desk:
    """The desk of a person who reads Spanish, who gave the password a moment ago."""
    person = hire(home, login, role)
    with home.house.database.writing() as connection:
        set_pages(connection, person.id, language="es", zone="")
    return desk(home, login, patient=True)


def seen_by(at: Desk, paths: list[str]) -> dict[str, list[str]]:
    """The English on each page, by its address."""
    found = {}
    for path in paths:
        html = at.page(path)
        assert '<html lang="es">' in html
        if english := english_in(html, "es"):
            found[path] = english
    return found


def test_a_coordinator_who_reads_spanish_meets_no_english(home: Home) -> None:
    at = spanish(home, "nina", Role.COORDINATOR)
    episode = home.rows(t.episodes)[0].id
    emergency, stranger = (flag.id for flag in home.flags())
    pages = [
        "/console/", "/console/?only=mine", "/console/?only=free", "/console/families", f"/console/families/{episode}",
        f"/console/flags/{emergency}", f"/console/flags/{stranger}", "/console/search", "/console/shift",
        "/console/account", "/console/account/app", "/console/account/passkey",
    ]  # fmt: skip
    assert seen_by(at, pages) == {}
    for what, form in (("take", {}), ("note", {"note": "de acuerdo"}), ("call", {}), ("text", {"body": "Ya vamos"})):
        assert at.act(emergency, what, **form).status_code == 303
    home.pass_time(days=3)
    for _turn in range(6):
        home.turn()
        home.send()
        home.pass_time(hours=9)
    for what, form in (("pause", {"why": "away"}), ("resume", {}), ("readmission", {}), ("loss", {"note": "-"})):
        page = at.page(f"/console/families/{episode}")
        version = re.search(r'name="version" value="(\w+)"', page)
        assert version is not None
        assert at.post(f"/console/families/{episode}/{what}", version=version[1], **form).status_code == 303
        assert seen_by(at, [f"/console/families/{episode}"]) == {}
    assert seen_by(at, pages) == {}
    assert at.act(emergency, "close", outcome="advice", read_rightly="yes").status_code == 303
    assert seen_by(at, pages) == {}
    found = at.post("/console/search", who="Anabel", state="ended").text
    assert "Anabel" in found
    assert english_in(found, "es") == []


def test_what_a_form_is_refused_with_is_spanish(home: Home) -> None:
    at = spanish(home, "nina", Role.COORDINATOR)
    episode, flag = home.rows(t.episodes)[0].id, home.flags()[0].id
    version = re.search(r'name="version" value="(\w+)"', at.page(f"/console/families/{episode}"))
    assert version is not None
    at.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es"  # an address that is none knows nobody yet
    refused = [
        at.act(flag, "close"), at.act(flag, "note"), at.act(flag, "text", body="x" * 1700),
        at.act_late(flag, "call", version="9"), at.act(flag, "hand"), at.act(flag, "undo", act="0" * 32),
        at.post(f"/console/families/{episode}/pause", version=version[1], why="away", until="2020-01-01"),
        at.post(f"/console/families/{episode}/pause", version="old"),
        at.post(f"/console/families/{episode}/correct", version=version[1], phone="12"),
        at.post("/console/account/pages", language="xx"),
        at.post("/console/account/password", new_password="short"),
        at.client.get("/console/families/none"), at.client.get("/console/people"), at.client.put("/console/"),
    ]  # fmt: skip
    assert [answer.status_code for answer in refused if answer.status_code < 400] == []
    assert [english for answer in refused if (english := english_in(answer.text, "es"))] == []


def test_a_manager_who_reads_spanish_meets_no_english(home: Home) -> None:
    at = spanish(home, "mara", Role.MANAGER)
    other = hire(home, "odile")
    assert seen_by(at, ["/console/people", f"/console/people/{other.id}", "/console/audit"]) == {}
    invited = at.post("/console/people", name="Ines", login="ines", role="auditor").text
    assert english_in(invited, "es") == []
    link = re.search(r"/console/welcome/[\w-]+", invited)
    assert link is not None
    asked = home.now
    home.pass_time(minutes=20)
    proof = at.post(f"/console/people/{other.id}/disable")
    home.now = asked
    assert proof.status_code == 401
    assert english_in(proof.text, "es") == []
    stranger = desk(home)
    stranger.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es-US,es;q=0.9,en;q=0.5"
    assert seen_by(stranger, ["/console/login", link[0]]) == {}
    wrong = stranger.post("/console/login", login="mara", password="wrong password")
    assert english_in(wrong.text, "es") == []
    assert "lang=\"en\"" in desk(home).page("/console/login")


def test_a_family_s_chat_page_speaks_its_language_whatever_the_browser_asks_for(home: Home) -> None:
    token = chat_token(home.house.settings.secret_key, home.rows(t.caregivers)[0].id)
    at = desk(home)
    at.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert seen_by(at, [f"/chat/{token}"]) == {}
    assert "Escriba algo primero." in at.post(f"/chat/{token}", body="").text


def test_times_read_as_in_spanish(home: Home) -> None:
    noon = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
    with application(home).test_request_context("/", headers={"Accept-Language": "es"}):
        zone = ZoneInfo("UTC")
        assert present.moment(noon, zone, noon + timedelta(days=3)) == "mar 3 mar, 1:05\xa0p.\xa0m."
        assert present.moment(noon, zone, noon + timedelta(days=1)) == "Ayer, 1:05\xa0p.\xa0m."
        assert present.due(noon, noon + timedelta(minutes=125)) == "2 h 5 min tarde"
        assert recorded.cause("a text failed: 30003 The phone is off or out of reach.") == (
            "falló un mensaje: 30003 El teléfono está apagado o sin señal."
        )
        assert recorded.cause("not_understood, risk") == "no se entendió, riesgo"
        assert recorded.cause("words of a hospital's own") == "words of a hospital's own"
    assert present.moment(noon, zone, noon + timedelta(days=3)) == "Tue 3 Mar, 1:05 pm"
    assert recorded.cause("not_understood, pain rising") == "not every word was understood, pain rising"
    assert not [rule for rule in recorded.RULES.values() if "_" in rule]  # nobody reads a code
