"""A family is erased: everything private of it goes, nothing else does, figures stay; and nothing else may change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.work import tidy
from messages.database import Instant
from messages.errors import ConflictError, NotFoundError
from messages.flags import ActKind, Outcome
from messages.people import Role
from messages.store import tables as t
from messages.store.acts import act
from messages.store.configured import save_hospital
from messages.store.families import family
from messages.store.insight import facts
from messages.store.people import hospital_by_id, staff_of
from messages.store.search import Wanted, search
from scheduler.enrol import CaregiverEntry, end_episode
from scheduler.keeping import erase_family, purge
from tests.house import MARIA, TOM, Home
from tests.integration.days import SEATTLE
from tests.integration.desk import PASSWORD, desk, hire
from tests.integration.test_private import JOINING, STRANGER, lead_a_life

THEIRS = (
    "Anabelita", "Leonidas", "Marisolda", "Tomasino", MARIA, TOM, "purple", "breathe", "no more of these", "zinnia",
)  # fmt: skip
FORGOTTEN_ANYWAY = {"own_keys", "imports", "api_answers", "views", "astray"}  # within two days, or a person's own
JOINED = ("Leonidas", "Tomasino")  # who asks to join, from another number
EMPTY: dict[str, dict[str, Any]] = {
    "messages": {"body": b"", "media": None, "peer": None, "peer_hash": None}, "acts": {"note": None},
    "episode_acts": {"note": None}, "consents": {"words": b""}, "readings": {}, "delivery_events": {}, "audit": {},
}  # fmt: skip


def opened(home: Home) -> list[tuple[str, str]]:
    """Every private value of the database, in the clear, with its table."""
    vault, found = home.house.vault, []
    for table in t.metadata.sorted_tables:
        sealed = [c for c in table.c if isinstance(c.type, sa.LargeBinary) and not c.name.endswith("_hash")]
        for row in home.rows(table) if sealed else []:
            for column in sealed:
                if (value := getattr(row, column.name)) is not None:
                    found.append((table.name, vault.open(f"{table.name}.{column.name}", row[0], value)))
    return found


def close_all(home: Home) -> None:
    with home.house.database.writing() as connection:
        nurse = staff_of(connection, home.house.vault, home.hospital.id)[0]
        for flag in home.flags():
            for kind in (ActKind.TOOK, ActKind.CLOSED):
                act(connection, home.house.vault, flag_id=flag.id, hospital_id=home.hospital.id, staff_id=nurse.id,
                    kind=kind, now=home.now, note="wolverine", outcome=Outcome.ADVICE)  # fmt: skip


def settle_all(home: Home) -> None:
    close_all(home)
    with home.house.database.writing() as connection:  # what nobody knew of is known now
        connection.execute(t.outbox.update().where(t.outbox.c.state.in_(("unsure", "sending"))).values(state="sent"))


def erase(home: Home, child_id: str) -> None:
    with home.house.database.writing() as connection:
        erase_family(connection, home.house.vault, home.hospital, child_id, home.now, actor="nina")


def keep(home: Home, days: int) -> None:
    with home.house.database.writing() as connection:
        hospital = hospital_by_id(connection, home.hospital.id)
        save_hospital(connection, replace(hospital, keep_days=days), home.now)
        home.hospital = hospital_by_id(connection, hospital.id)


def figures(home: Home) -> Any:
    with home.house.database.reading() as connection:
        return facts(connection, home.hospital.id, home.now - timedelta(days=60), home.now + timedelta(days=1))


def test_nothing_private_of_an_erased_family_opens_anywhere_and_the_figures_stay(home: Home) -> None:
    lead_a_life(home)
    settle_all(home)
    before = figures(home)
    for child in home.rows(t.children):
        erase(home, child.id)
    noted = sa.select(t.acts.c.id).join(t.flags, t.flags.c.id == t.acts.c.flag_id).where(t.acts.c.note.is_not(None))
    with home.house.database.reading() as connection:
        theirs = noted.where(sa.or_(t.flags.c.caregiver_id.is_not(None), t.flags.c.episode_id.is_not(None)))
        assert connection.execute(theirs).all() == []
        assert connection.execute(noted).all()  # of unknown numbers
    left = [(table, one) for table, one in opened(home) if table not in FORGOTTEN_ANYWAY | {"acts", "joins"}]
    left = [(table, one) for table, one in left if one not in JOINED]
    assert [(table, one) for table, one in left for word in THEIRS if word.casefold() in one.casefold()] == []
    assert any(table == "staff" for table, _one in left)
    for phone in (MARIA, TOM):
        marks = home.house.vault.fingerprints("phone", phone)
        for table in (t.messages, t.flags, t.joins):
            assert home.rows(table, table.c.peer_hash.in_(marks)) == []
    after = figures(home)
    assert after.raised == before.raised
    assert after.texts == before.texts
    assert set(after.families) == set(before.families)
    assert len([one for one in home.rows(t.audit) if one.action == "erased"]) == 2
    assert [text for text in home.rows(t.messages) if text.body and text.caregiver_id] == []
    assert {home.house.vault.open("messages.peer", text.id, text.peer)
            for text in home.rows(t.messages) if text.peer and not text.staff_id} >= {STRANGER, JOINING}  # fmt: skip


def test_an_adult_with_another_child_here_stays_for_that_child(home: Home) -> None:
    father = CaregiverEntry("Tomasino", "father", TOM, "en", SEATTLE)
    ana = home.enrol("Anabelita", more=(father,)).episode_id
    leo = home.enrol("Leonidas").episode_id
    home.turn()
    home.send()
    home.text("Anabelita is fine", phone=TOM)
    close_all(home)
    (gone,) = home.rows(t.episodes, t.episodes.c.id == ana)
    erase(home, gone.child_id)
    private = [one for _table, one in opened(home)]
    assert "Leonidas" in private
    assert "Maria" in private
    assert MARIA in private
    assert [one for one in private if one in ("Anabelita", "Tomasino", TOM)] == []
    with home.house.database.reading() as connection:
        vault = home.house.vault
        assert family(connection, vault, home.hospital.id, leo).child == "Leonidas"
        with pytest.raises(NotFoundError, match="was erased"):
            family(connection, vault, home.hospital.id, ana)
        assert search(connection, vault, home.hospital.id, Wanted(state="ended")).count == 0
    home.text("he is fine")
    assert len(home.rows(t.caregivers)) == 2
    again = home.enrol("Anabelita", more=(father,))
    assert again.fresh  # whoever comes again is new


def test_an_open_flag_holds_a_family_and_nothing_is_changed(home: Home) -> None:
    episode_id = home.enrol().episode_id
    home.turn()
    home.send()
    home.text("she can't breathe")
    home.send()
    (child,) = home.rows(t.children)
    tables = (t.children, t.caregivers, t.episodes, t.check_ins, t.messages, t.audit)
    kept = [home.rows(table) for table in tables]
    with pytest.raises(ConflictError, match="open"):
        erase(home, child.id)
    assert [home.rows(table) for table in tables] == kept
    with home.house.database.writing() as connection:
        end_episode(connection, episode_id, home.hospital.id, "finished", home.now)
    home.pass_time(days=40)
    keep(home, 30)
    assert purge(home.house, home.hospital, home.now).families == 0
    close_all(home)
    assert purge(home.house, home.hospital, home.now).families == 1


def test_the_clock_erases_what_the_hospital_no_longer_keeps(home: Home) -> None:
    ended = home.enrol("Anabelita").episode_id
    home.enrol("Leonidas", phone=TOM, day_zero=date(2026, 3, 2))
    home.text("is this the shop?", phone=STRANGER)
    close_all(home)
    home.turn()
    home.send()
    with home.house.database.writing() as connection:
        end_episode(connection, ended, home.hospital.id, "finished", home.now)
    home.pass_time(days=29, hours=23)
    tidy(home.house, home.now)  # no days are set
    keep(home, 30)
    tidy(home.house, home.now)
    assert {"Anabelita", "Leonidas", "is this the shop?"} <= {one for _table, one in opened(home)}
    home.pass_time(hours=2)
    would = purge(home.house, home.hospital, home.now, dry_run=True)
    assert "Anabelita" in {one for _table, one in opened(home)}
    assert would.families == 1
    tidy(home.house, home.now)
    private = {one for _table, one in opened(home)}
    assert "Leonidas" in private
    assert not private & {"Anabelita", "is this the shop?", STRANGER}
    again = purge(home.house, home.hospital, home.now)
    assert (again.families, again.texts) == (0, 0)


def test_a_row_that_is_append_only_may_lose_its_words_and_nothing_else(home: Home) -> None:
    lead_a_life(home)
    for name, empty in EMPTY.items():
        table = t.metadata.tables[name]
        row = home.rows(table)[0]
        for column in table.c:
            if column.name in empty:
                continue
            there = getattr(row, column.name) is not None and column.name != "id"
            refused(home, table.update().where(table.c.id == row.id).values(
                **empty | {column.name: None if there else some(column.type, home)}
            ), name)
        refused(home, table.delete().where(table.c.id == row.id), name)
        for column_name in empty:
            if len(empty) > 1:  # all of its words, or none
                one = {column_name: empty[column_name]}
                refused(home, table.update().where(table.c.id == row.id).values(one), name)
        if empty:
            with home.house.database.writing() as connection:
                assert connection.execute(table.update().where(table.c.id == row.id).values(**empty)).rowcount == 1
    assert set(EMPTY) == set(t.APPEND_ONLY)


def some(kind: Any, home: Home) -> Any:
    """A value that a column may hold."""
    if isinstance(kind, Instant):
        return home.now
    if isinstance(kind, sa.JSON):
        return {}
    length = getattr(kind, "length", None) or 1
    return {str: "0" * length, bool: True, int: 1, float: 1.0}[kind.python_type]


def refused(home: Home, statement: Any, name: str) -> None:
    with home.house.database.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError) as error:
            connection.execute(statement)
        connection.rollback()
    assert f"{name} is append-only" in str(error.value), (name, statement)


def test_a_manager_erases_a_family_with_their_password_and_the_page_says_what_goes(home: Home) -> None:
    episode_id = home.enrol("Anabelita", name="Marisolda").episode_id
    home.turn()
    home.send()
    home.text("she can't breathe")
    hire(home, "nina", Role.MANAGER)
    hire(home, "otto")
    nina, otto = desk(home, "nina"), desk(home, "otto")
    path, its_page = f"/console/families/{episode_id}/erase", f"/console/families/{episode_id}"
    otto.page(path, 403)
    assert otto.post(path, sure="yes").status_code == 403
    assert "/erase" not in otto.page(its_page)
    assert path in nina.page(its_page)
    assert "close it first" in nina.page(path)
    assert nina.post(path, sure="yes").status_code == 409
    home.send()
    close_all(home)
    page = nina.page(path)
    assert "Marisolda" in page
    assert "nothing brings" in page
    assert nina.post(path).status_code == 422
    home.pass_time(minutes=11)  # the password was given a while ago
    assert nina.post(path, sure="yes").status_code == 401
    assert home.rows(t.episodes)[0].erased_at is None
    done = nina.post(path, sure="yes", proof_password=PASSWORD)
    assert done.status_code == 303
    assert home.rows(t.episodes)[0].erased_at is not None
    assert "was erased" in nina.page(str(done.location))
    assert "was erased" in nina.page(its_page, 404)
    (flag,) = home.rows(t.flags)
    nina.page(f"/console/flags/{flag.id}", 404)
    for place in ("/console/", "/console/shift", "/console/families", "/console/insight", "/console/audit"):
        assert "Anabelita" not in nina.page(place), place
