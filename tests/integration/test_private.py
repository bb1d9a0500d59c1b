"""Names, numbers and words are sealed wherever they are kept, bound to their row, and absent from every log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.work import reconcile, settle
from messages.carriers.carrier import Incoming, Unsure
from messages.carriers.codes import refused
from messages.conversation import Delivery
from messages.encryption import Key, Vault
from messages.errors import SealError
from messages.flags import ActKind, Level, Outcome
from messages.ids import new_id
from messages.people import Way
from messages.settle import note_status
from messages.store import tables as t
from messages.store.acts import act
from messages.store.alarms import stand
from messages.store.api import count_call, keep_answer, key_of, make_key
from messages.store.astray import keep_astray
from messages.store.console import note_audit
from messages.store.episode_acts import note_episode_act
from messages.store.factors import add_passkey, set_app, set_codes
from messages.store.imports import begin_import, import_of, keep_import
from messages.store.invitations import make_invitation
from messages.store.joins import add_code
from messages.store.looks import keep_look
from messages.store.people import caregiver_by_id, staff_of
from messages.store.reach import add_address, keep_push_key
from messages.store.rota import Kind, State, add_entries, new_entry
from messages.store.sessions import begin_session
from messages.store.views import keep_view
from messages.store.wrong_tries import note_try
from messages.watch import Alarm, Finding
from scheduler.enrol import CaregiverEntry
from scheduler.store.drafts import begin_draft
from tests.house import MARIA, NURSE, ON_CALL, SENDER, TOM, Home, open_home
from tests.integration.days import SEATTLE, Days

STRANGER = "+12065550177"
JOINING = "+12065550188"
PRIVATE = (
    *("Anabelita", "Leonidas", "Marisolda", "Tomasino", "Nora", "Omar"),
    *(phone[2:] for phone in (MARIA, TOM, NURSE, ON_CALL, STRANGER, JOINING)),
    *("breathe", "purple", "bathtub", "wolverine", "zinnia", "no more of these", "media.example"),
)


def lead_a_life(home: Home) -> None:
    """Everything that writes: texts, answers, questions, a silence, failures, acts, notes, consent, callbacks."""
    days = Days(home)
    father = CaregiverEntry("Tomasino", "father", TOM, "es", SEATTLE)
    home.enrol("Anabelita", name="Marisolda", day_zero=date(2026, 3, 2), more=(father,), risks=("asthma",))
    home.enrol("Leonidas", name="Marisolda", day_zero=date(2026, 2, 27), record="wolverine-17")
    home.text("her incision is leaking pus", phone=TOM)
    home.text("Anabelita can't breathe, her toes are purple")
    home.text("he feels a bit warm I think", media=("https://media.example/zinnia/1",))
    home.text("Leonidas")
    home.text("is this the bathtub shop?", phone=STRANGER)
    home.carrier.answers = [refused(21211), Unsure("no answer")]
    days.until(4, time(9, 30))
    home.text("no more of these texts please", phone=TOM)
    settle(home.house, home.now)
    (sent, *_) = home.rows(t.outbox, t.outbox.c.state == "sent")
    note_status(home.house, sent.id, sent.carrier_id, Delivery.DELIVERED, "", home.now)
    home.carrier.received = [Incoming("SMlost", MARIA, SENDER, "purple again", home.now)]
    reconcile(home.house, home.now)
    with home.house.database.writing() as connection:
        nurse = staff_of(connection, home.house.vault, home.hospital.id)[0]
        note_audit(connection, nurse, "looked", "flag", new_id(), home.now)
        begin_session(connection, nurse.id, "token", home.now, complete=True)
        keep_look(connection, home.flags()[0].id, nurse.id, home.now)
        keep_view(connection, home.house.vault, nurse.id, "Anabelita", {"who": "Anabelita"}, home.now)
        note_try(connection, home.house.vault, "nora", "address", home.now)
        make_invitation(connection, nurse, "token", home.now, by=nurse.id)
        set_app(connection, home.house.vault, nurse.id, "WOLVERINE", 1)
        set_codes(connection, home.house.vault, nurse.id, ["wolverine"])
        add_passkey(
            connection, home.house.vault, nurse.id, "Nora's wolverine", credential="c", public_key="k", counter=0,
            now=home.now,
        )
        (episode, *_) = connection.execute(sa.select(t.episodes.c.id)).scalars()
        note_episode_act(connection, home.house.vault, nurse, episode, "paused", now=home.now, note="wolverine")
        begin_draft(connection, nurse, name="hip-osteotomy", source="name: hip", base_id=None, now=home.now)
        stray = Incoming("SMastray", STRANGER, "+12065550102", "bathtub", home.now)
        keep_astray(connection, home.house.vault, stray, "sms", home.now)
        begin_import(connection, home.house.vault, nurse, b"Anabelita,Marisolda," + MARIA.encode(), 1, home.now)
        sheet = import_of(connection, home.house.vault, nurse, *connection.execute(sa.select(t.imports.c.id)).scalars())
        sheet.found = {"bad": [[2, "Anabelita, Marisolda"]], "seen": {"adults": {MARIA: "Marisolda"}}}
        keep_import(connection, home.house.vault, sheet)
        _key_id, token = make_key(connection, home.house.vault, nurse, "Epic", ("read", "enrol"), home.now)
        key = key_of(connection, home.house.vault, token)
        assert key is not None
        count_call(connection, key, home.now)
        keep_answer(connection, home.house.vault, key, "again", b"0" * 32, 201, "Anabelita, wolverine-17", home.now)
        add_code(connection, nurse, "HIP26", "hip-osteotomy", home.now)
    for words in ("HIP26", "yes", "Leonidas", "Tomasino"):
        home.text(words, phone=JOINING)
        home.send()
    with home.house.database.writing() as connection:
        for flag in home.flags():
            for kind in (ActKind.TOOK, ActKind.NOTED, ActKind.CLOSED):
                act(
                    connection, home.house.vault, flag_id=flag.id, hospital_id=home.hospital.id, staff_id=nurse.id,
                    kind=kind, now=home.now, note="Marisolda said wolverine", outcome=Outcome.ADVICE,
                )
    with home.house.database.writing() as connection:
        nora = staff_of(connection, home.house.vault, home.hospital.id)[0]
        levels, mail = (Level.EMERGENCY,), "wolverine@mail.example"
        add_address(connection, home.house.vault, nora.id, Way.EMAIL, mail, "e-mail", home.now, levels)
        keep_push_key(connection, home.house.vault, "zinnia", home.now)
        until = home.now + timedelta(days=1)
        away = new_entry(Kind.AWAY, State.HOLDS, nora.id, None, home.now, begins_at=home.now, ends_at=until)
        add_entries(connection, home.hospital.id, [away])
        stand(connection, [Finding(Alarm.CARRIER, refused(21606).why, home.hospital.id)], home.now)



def everything(home: Home) -> Iterator[tuple[str, str]]:
    """(table.column, value as text) of all that the database holds."""
    with home.house.database.reading() as connection:
        for name in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{name}"')).mappings():
                for column, value in row.items():
                    if isinstance(value, bytes | memoryview):
                        yield f"{name}.{column}", bytes(value).decode("latin-1")
                    else:
                        yield f"{name}.{column}", json.dumps(value, default=str, ensure_ascii=False)


def test_a_dump_of_the_whole_database_holds_no_private_word(home: Home) -> None:
    lead_a_life(home)
    places = set()
    for place, value in everything(home):
        places.add(place)
        for private in PRIVATE:
            assert private.casefold() not in value.casefold(), place
    assert {"messages.body", "acts.note", "consents.words", "messages.media", "readings.evidence"} <= places
    written = {table.name for table in t.metadata.sorted_tables if home.rows(table)}
    assert written == {table.name for table in t.metadata.sorted_tables} - {"undecided"}


def test_the_files_of_the_database_hold_no_private_word(vault: Vault, tmp_path: Path) -> None:
    """Pages that were freed and the write-ahead log too."""
    home = open_home(f"sqlite:///{tmp_path / 'hearback.db'}", vault)
    lead_a_life(home)
    files = list(tmp_path.glob("hearback.db*"))
    assert len(files) >= 2
    for file in files:
        content = file.read_bytes().lower()
        for private in PRIVATE:
            assert private.lower().encode() not in content, file.name
    home.house.database.close()


def test_no_log_down_to_the_last_detail_holds_a_private_word(
    database_url: str, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")  # every statement, its values and its rows
    home = open_home(database_url, vault)
    lead_a_life(home)
    home.house.database.close()
    assert any(record.name.startswith("sqlalchemy") for record in caplog.records)
    told = "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records).casefold()
    assert "insert into messages" in told
    assert [private for private in PRIVATE if private.casefold() in told] == []


def test_what_is_append_only_cannot_be_changed(home: Home) -> None:
    lead_a_life(home)
    for name in t.APPEND_ONLY:
        assert home.rows(t.metadata.tables[name]), f"{name} is empty"
        with home.house.database.engine.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError, match=f"{name} is append-only"):
                connection.execute(sa.text(f"UPDATE {name} SET id = id"))
            connection.rollback()


def test_a_sealed_value_moved_to_another_row_does_not_open(home: Home) -> None:
    lead_a_life(home)
    first, second = home.rows(t.caregivers)[:2]
    with home.house.database.writing() as connection:
        connection.execute(t.caregivers.update().where(t.caregivers.c.id == first.id).values(name=second.name))
    with home.house.database.reading() as connection, pytest.raises(SealError, match=first.id):
        caregiver_by_id(connection, home.house.vault, first.id)


def test_every_sealed_value_opens_in_its_own_row_and_column_only(home: Home) -> None:
    lead_a_life(home)
    vault, opened = home.house.vault, 0
    for table in t.metadata.sorted_tables:
        sealed = [c for c in table.c if isinstance(c.type, sa.LargeBinary) and not c.name.endswith("_hash")]
        for row in home.rows(table):
            for column in sealed:
                value = getattr(row, column.name)
                if value is not None:
                    assert isinstance(vault.open(f"{table.name}.{column.name}", row[0], value), str)
                    for place, owner in ((f"{table.name}.{column.name}", new_id()), ("other.column", row[0])):
                        with pytest.raises(SealError):
                            vault.open(place, owner, value)
                    opened += 1
    assert opened > 50


def test_another_key_opens_and_finds_nothing(home: Home) -> None:
    lead_a_life(home)
    strangers = replace(home, house=replace(home.house, vault=Vault([Key("test", bytes(32))])))
    (known, *_) = home.rows(t.caregivers)
    with pytest.raises(SealError):
        strangers.house.vault.open("caregivers.name", known.id, known.name)
    assert known.phone_hash not in strangers.house.vault.fingerprints("phone", MARIA)
