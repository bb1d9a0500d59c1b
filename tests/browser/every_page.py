"""Every page of the console with something on it, one after another, as different people come upon them.

Over 300 lines: one walk, read page after page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from tempfile import TemporaryDirectory
from typing import Any

import pyotp
from playwright.sync_api import Page

from bot.founding import first_token
from messages.database import open_database
from messages.flags import FlagKind, Level
from messages.store import tables as t
from messages.store.alarms import stand
from messages.store.flags import raise_flag
from messages.store.health import look, note_check
from messages.store.people import staff_of
from messages.store.rota import Kind, State, add_entries, new_entry
from messages.upgrade import upgrade
from messages.watch import found
from tests.browser.conftest import Site, Visitor
from tests.browser.running import running
from tests.house import MARIA, TOM
from tests.integration.desk import PASSWORD

HOSTILE = "<img src=x onerror=alert(1)>"  # shown on every page, run on none
STRANGER = "+12065550177"


def furnish(site: Site) -> None:
    """Flags of every kind, a family that pauses, one that is done, names and texts that would like to be markup."""
    home = site.home
    home.now = site.clock()
    paused = home.enrol("Maximiliana-Alejandra", phone="+12065550113", name="Wilhelmina Featherstonehaugh")
    done = home.enrol("Leo", phone="+12065550114", name="Rosa")
    home.enrol(HOSTILE, phone=TOM, name=f"T{HOSTILE}")
    home.text("no fever but he can't breathe", phone=MARIA)
    home.text(f'"><script>alert(1)</script> {HOSTILE} temp is 101.8', phone=TOM)
    home.text("when can she take a bath? " * 20, phone="+12065550113")
    home.text("hello?", phone=STRANGER)
    home.text("STOP", phone="+12065550114")
    home.turn()
    with home.house.database.writing() as connection:
        c = t.episodes.c
        connection.execute(t.episodes.update().where(c.id == paused.episode_id).values(state="paused"))
        connection.execute(t.episodes.update().where(c.id == done.episode_id).values(state="ended", ended_why="done"))
        for kind, level, reason in (
            (FlagKind.SILENCE, Level.REVIEW, "2 check-ins in a row without an answer"),
            (FlagKind.SENDING, Level.URGENT, "texts do not leave: the carrier refuses our account"),
            (FlagKind.UNREAD, Level.REVIEW, "the reader failed"),
        ):
            raise_flag(
                connection, hospital_id=home.hospital.id, kind=kind, level=level, now=home.now, reason=reason,
                due_at=home.now + timedelta(hours=1),
                episode_id=paused.episode_id if kind is not FlagKind.SENDING else None,
            )


def links(page: Page, of: str) -> list[str]:
    """Where the links of a list lead."""
    found: list[str] = page.locator(of).evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert found, of
    return found


def _signed_in(page: Page) -> None:
    page.get_by_label("Login").fill("nina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def walk(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    """Each page by a name, open in the browser; whoever takes it may resize it and change its colours."""
    yield from _first(visitor)
    furnish(visitor.site)
    yield from _outside(visitor)
    visitor.sign_in()
    yield from _families_and_flags(visitor)
    yield from _finding(visitor)
    yield from _enrolling(visitor)
    yield from _rota(visitor)
    yield from _people(visitor)
    yield from _protocols(visitor)
    yield from _second_factor(visitor)


def _protocols(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    page = visitor.open("/console/protocols")
    yield "the protocols", page
    version = links(page, ".protocol h2 a")[0]
    yield "a version", visitor.open(version)
    yield "a preview", visitor.open(f"{version}/preview?day_zero=2026-03-05&second=America/Phoenix")
    yield "a rehearsal", visitor.open(f"{version}/rehearsal?family=night-emergency")
    yield "nobody to move", visitor.open(f"{version}/move")
    page = visitor.open(version)
    page.get_by_role("button", name="Begin a draft from it").click()
    page.wait_for_url("**/drafts/*")
    yield "a draft", page
    page.get_by_label("What the family texts").fill("her toes are blue")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("#trying .mine").wait_for()
    yield "a draft with a conversation tried", page
    page.get_by_label("The same as YAML").fill(str(page.get_by_label("The same as YAML").input_value()) + "\nx: [")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**done=saved*")
    yield "a draft that cannot be read", page
    page = visitor.open(version)
    page.get_by_role("button", name="Begin a draft from it").click()
    page.wait_for_url("**/drafts/*")
    page.get_by_role("button", name="Save and submit").click()
    page.wait_for_url("**done=submit*")
    yield "a submitted draft", page
    yield "the protocols with drafts", visitor.open("/console/protocols")


def _first(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    """The first page of an installation without a hospital; in a window of its own, as it has another address."""
    house, browser = visitor.site.home.house, visitor.context.browser
    assert browser
    with TemporaryDirectory() as folder:
        empty = replace(house, database=open_database(f"sqlite:///{folder}/empty.db"))
        upgrade(empty.database)
        with running(empty, visitor.site.clock) as url:
            page = browser.new_page()
            page.goto(f"{url}/console/first/{first_token(empty)}")
            page.get_by_role("heading", name="Set up your hospital").wait_for()
            yield "the first page", page
            page.close()


def _outside(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    page = visitor.open("/demo")
    yield "the demo", page
    chat = page.get_by_role("link", name="This phone as a page of its own").get_attribute("href")
    yield "a chat", visitor.open(str(chat))
    yield "a chat that is none", visitor.open("/chat/nobodys")
    yield "no page", visitor.open("/nothing")
    yield "a link that was used", visitor.open("/console/welcome/nobodys")
    page = visitor.open("/console/login")
    yield "signing in", page
    page.get_by_label("Login").fill("nina")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("main [role=alert]:visible").wait_for()
    yield "a wrong password", page


def _families_and_flags(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    page = visitor.open("/console/")
    yield "the flags", page
    flags = links(page, "#queue h3 a")
    yield "no flag of mine", visitor.open("/console/?only=mine")
    yield "one list whole", visitor.open("/console/?all=strangers")
    for number, flag in enumerate(flags):
        yield f"flag {number}", visitor.open(flag)
    page = visitor.open(flags[0])
    page.get_by_role("button", name="Add a note").click()
    page.locator("main [role=alert]:visible").wait_for()
    yield "an act that could not be done", page
    yield "the link of a page", visitor.open(_link_of_a_page(visitor))
    yield "a text that would wake somebody", _asked(visitor, flags)
    visitor.open(flags[0]).get_by_label("False alarm").check()
    page.get_by_role("button", name="Close the flag").click()
    page.wait_for_url("**/console/#just-closed")
    yield "the flags just after closing one", page
    yield "a closed flag", visitor.open(flags[0])
    page = visitor.open("/console/families")
    yield "the families", page
    families = links(page, ".familyrow h3 a")
    for number, family in enumerate(families):
        yield f"family {number}", visitor.open(family)
    page = visitor.open(families[0])
    page.get_by_text("Pause the texts", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_text("For a minute you can take it back").wait_for()
    yield "a family just paused", page


def _link_of_a_page(visitor: Visitor) -> str:
    """A page as if it had been sent to whoever is signed in."""
    home = visitor.site.home
    with home.house.database.writing() as connection:
        everybody = staff_of(connection, home.house.vault, home.hospital.id)
        (nina,) = (one.id for one in everybody if one.login == "nina")
        connection.execute(t.pages.update().values(staff_id=nina))
    sent = home.rows(t.messages, t.messages.c.purpose == "page")[-1]
    words = home.house.vault.open("messages.body", sent.id, sent.body)
    return "/console/take/" + words.rpartition("/")[2]


def _asked(visitor: Visitor, flags: list[str]) -> Page:
    """A flag that is no emergency, after a text for half past two in the night."""
    night = f"{visitor.site.clock() + timedelta(days=1):%Y-%m-%d}T02:30"
    for flag in flags:
        page = visitor.open(flag)
        if page.locator("#flag-head .level-emergency").count() or not page.locator("#text").count():
            continue
        page.locator("#body").fill("How was the night?")
        page.locator("details.later summary").click()
        page.locator("#leaves").fill(night)
        page.locator("#send").click()
        if page.locator("main [role=alert] [name=anyway]").count():
            return page
    raise AssertionError("no text was asked about")


def _finding(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    page = visitor.open("/console/search")
    yield "a search", page
    page.get_by_label("Name, or phone").fill("nobody of that name")
    page.get_by_role("button", name="Search").click()
    yield "a search that finds nobody", page
    page.get_by_label("Name, or phone").fill("maxi")
    page.get_by_role("button", name="Search").click()
    page.locator(".hit").wait_for()
    yield "a search that finds somebody", page
    page.get_by_label("Keep this search as").fill(HOSTILE)
    page.get_by_role("button", name="Keep", exact=True).click()
    page.wait_for_url("**/search/*")
    yield "a view", page
    yield "the flags with a view", visitor.open("/console/")
    page = visitor.open("/console/shift")
    yield "the hand-over sheet", page


LIST = (
    "child,day_zero,protocol,caregiver,relation,phone,language,zone\n"
    "Mia,{day},hip-osteotomy,Rosa,mother,(206) 555-0131,en,America/Los_Angeles\n"
    "Leo,{day},hip-osteotomy,Ida,mother,12,en,America/Los_Angeles\n"
    f"{HOSTILE},{{day}},hip-osteotomy,Ben,father,(206) 555-0132,en,America/Los_Angeles\n"
)


def _enrolling(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    page = visitor.open("/console/families/new")
    yield "enrolling", page
    _filled(visitor, page, "Ximena", "(206) 555-0133")
    page.get_by_role("button", name="Look it over").click()
    page.locator("button[value=save]").wait_for()
    yield "a last look before enrolling", page
    page = visitor.open("/console/families/new")
    _filled(visitor, page, "Ximena", "12")
    page.get_by_role("button", name="Look it over").click()
    page.locator("main [role=alert]:visible").wait_for()
    yield "enrolling with a mistake", page
    page = visitor.open("/console/families/import")
    yield "giving in a list", page
    sheet = LIST.format(day=f"{visitor.site.clock():%Y-%m-%d}").encode()
    page.locator("[name=file]").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": sheet})
    page.locator("[name=agreed]").check()
    page.locator("main form button.primary").click()
    page.locator("a[href$='bad.csv']").wait_for()
    yield "a list with a mistake", page
    page = visitor.open("/console/joining")
    yield "joining by text", page
    page.locator("[name=code]").fill("HIP26")
    page.get_by_role("button", name="Make a code").click()
    page.get_by_text("HIP26").first.wait_for()
    for words in ("HIP26", "yes", HOSTILE[:40], "Rosa"):
        visitor.site.home.text(words, phone="+12065550134")
    page = visitor.open("/console/joining")
    yield "joining with somebody who waits", page
    yield "a poster", visitor.open(links(page, "a[href*='/joining/codes/']")[0])
    page = visitor.open("/console/keys")
    yield "keys", page
    page.locator("[name=name]").fill(f"Epic {HOSTILE}")
    page.locator("[name=scope]").first.check()
    page.locator("form.stack button.primary").click()
    page.locator("#token").wait_for()
    yield "a new key", page
    yield "keys with one", visitor.open("/console/keys")


def _filled(visitor: Visitor, page: Page, child: str, phone: str) -> None:
    page.locator("[name=child]").fill(child)
    page.locator("[name=day_zero]").fill(f"{visitor.site.clock():%Y-%m-%d}")
    page.locator("[name=caregiver]").fill("Rosa")
    page.locator("[name=phone]").fill(phone)
    if page.locator("select[name=protocol]").count():
        page.locator("select[name=protocol]").select_option("hip-osteotomy")
    page.locator("[name=agreed]").check()


def _rota(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    home = visitor.site.home
    with home.house.database.writing() as connection:
        hospital_id, vault, now = home.hospital.id, home.house.vault, home.now
        staff = {one.login: one.id for one in staff_of(connection, vault, hospital_id)}
        day = now.date() + timedelta(days=2)
        night: dict[str, Any] = {
            "day": day, "start": time(0), "end": time(0), "rung": 2, "begins_at": now + timedelta(days=1),
            "ends_at": now + timedelta(days=3),
        }
        away = {"begins_at": now + timedelta(days=3), "ends_at": now + timedelta(days=4)}
        add_entries(connection, hospital_id, [
            new_entry(Kind.SWAP, State.HOLDS, staff["omar"], None, now, to_id=staff["nina"], **night),
            new_entry(Kind.SWAP, State.ASKED, staff["nina"], None, now, to_id=staff["nora"], **night),
            new_entry(Kind.AWAY, State.HOLDS, staff["nora"], None, now, **away),
            new_entry(Kind.AWAY, State.HOLDS, staff["omar"], None, now, **away),
        ])  # fmt: skip
    page = visitor.open("/console/rota")
    yield "the rota with holes and a contradiction", page
    page.get_by_role("button", name="Put on").first.evaluate("one => { one.form.noValidate = true; one.click() }")
    page.locator("main [role=alert]:visible").wait_for()
    yield "the rota with a mistake", page
    page = visitor.open("/console/rota/list")
    yield "a list of shifts", page
    page.locator("textarea:visible").fill(f"person,date,from,to\nNora,{day},00:00,06:00\n{HOSTILE},{day},8,9\n")
    page.get_by_role("button", name="Look at the list").click()
    page.get_by_role("heading", name="Nothing is saved yet").wait_for()
    yield "a list of shifts, looked at", page


def _one_alarm(visitor: Visitor) -> None:
    """The carrier could not be reached for minutes, and that is told."""
    house, now = visitor.site.home.house, visitor.site.clock()
    with house.database.writing() as connection:
        note_check(connection, "carrier", "Twilio could not be reached: check the network.", now - timedelta(minutes=9))
        stand(connection, found(look(connection, now)), now)


def _people(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    page = visitor.open("/console/people")
    yield "the people", page
    yield "a person", visitor.open(links(page, ".everybody .whom a")[0])
    yield "the keys for systems", visitor.open("/console/keys")
    _one_alarm(visitor)
    yield "the hospital, while texts do not leave", visitor.open("/console/hospital")
    yield "what runs and what does not", visitor.open("/console/running")
    family = str(visitor.site.home.rows(t.episodes)[0].id)
    yield "erasing a family", visitor.open(f"/console/families/{family}/erase")
    for part in ("basics", "numbers", "hours", "cover", "ladder", "times", "phrases", "words", "kept"):
        yield f"the settings: {part}", visitor.open(f"/console/hospital/{part}")
    page = visitor.open("/console/hospital/hours")
    page.locator("[name=to_0]").fill("20:00")
    page.get_by_role("button", name="See what changes").click()
    yield "what a change of the settings does", page
    yield "an insight by language", visitor.open("/console/insight?days=7&language=es")
    yield "the week after next", visitor.open("/console/hospital/cover?week=2026-03-16")
    page = visitor.open("/console/hospital/basics")
    page.get_by_label("Emergency number").fill("nine")
    page.get_by_role("button", name="See what changes").click()
    yield "settings with a mistake", page
    yield "the insight", visitor.open("/console/insight")
    yield "the insight of an empty period", visitor.open("/console/insight?from=2001-01-01&to=2001-01-02")
    yield "the audit trail", visitor.open("/console/audit")
    yield "an audit trail of nothing", visitor.open("/console/audit?day=2001-01-01")
    page = visitor.open("/console/people")
    page.get_by_label("Name").fill(f"Iris {HOSTILE}")
    page.get_by_label("Login").fill("iris")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Link").input_value()
    yield "an invitation", page
    yield "the people with one invited", visitor.open("/console/people")
    page.goto(link)
    yield "a welcome", page
    yield "an address that takes forms only", visitor.open("/console/prove")
    yield "a family that is none", visitor.open("/console/families/nobodys")
    _has_role(visitor, "coordinator")
    yield "a page for managers", visitor.open("/console/people")
    _has_role(visitor, "auditor")
    page = visitor.open("/console/")
    yield "the flags for whoever only reads", page
    yield "a flag for whoever only reads", visitor.open(links(page, "#queue h3 a")[0])
    _has_role(visitor, "manager")


def _has_role(visitor: Visitor, role: str) -> None:
    with visitor.site.home.house.database.writing() as connection:
        connection.execute(t.staff.update().where(t.staff.c.login.is_not(None)).values(role=role))


def _second_factor(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    yield "one's account", visitor.open("/console/account")
    page = visitor.open("/console/account/reached")
    yield "how pages reach one, by nothing yet", page
    page.get_by_label("Your phone").fill("+12065550199")
    page.get_by_role("button", name="Save the number").click()
    page.wait_for_url("**done=phone*")
    page.get_by_label("Address of the service").fill(f"json://{HOSTILE}")
    page.locator("#chat").get_by_role("button", name="Add").click()
    yield "how pages reach one, with a mistake", page
    yield "a new passkey", visitor.open("/console/account/passkey")
    page = visitor.open("/console/account/app")
    yield "an authenticator app", page
    key = str(page.locator(".key").text_content()).replace(" ", "")
    page.get_by_label("Type the six digits").fill(pyotp.TOTP(key).at(visitor.site.clock()))
    page.get_by_role("button", name="Use this app").click()
    page.get_by_role("heading", name="Keep these recovery codes").wait_for()
    yield "recovery codes", page
    yield "one's account with a second factor", visitor.open("/console/account")
    long_ago = visitor.site.clock() - timedelta(minutes=20)
    with visitor.site.home.house.database.writing() as connection:
        connection.execute(t.sessions.update().values(proved_at=long_ago))
    yield "the password again", visitor.open("/console/audit.csv")
    visitor.open("/console/people").get_by_label("Name").fill("Half an invitation")
    page.get_by_label("Login").fill("half")
    visitor.context.clear_cookies()
    page.get_by_role("button", name="Invite").click()
    page.locator("main [role=alert]:visible").wait_for()
    yield "signing in with something kept", page
    _signed_in(page)
    page.get_by_role("heading", name="One more step").wait_for()
    yield "the second factor", page
    page.get_by_label("Code").fill(pyotp.TOTP(key).at(visitor.site.clock() + timedelta(seconds=30)))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="What you typed").wait_for()
    yield "what was typed", page
