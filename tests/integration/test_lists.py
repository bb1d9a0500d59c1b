"""Families by a list: as spreadsheets save it, tried before it is enrolled, good rows in and bad rows given back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.enrolment.many import KINDS, enrol_all, manner
from bot.enrolment.sheet import NEEDED, bad_rows, read_sheet
from bot.enrolment.written import day_first, family_of, read_day
from messages.encryption import Vault
from messages.errors import EnrolmentError
from messages.store import tables as t
from scheduler.enrol import Agreed, enrol
from scheduler.store.listed import Here
from tests.house import MARIA, TOM, Home, open_home
from tests.integration.days import SEATTLE

HEADING = ",".join(NEEDED)
ANA = f"Ana,2026-03-01,hip-osteotomy,María,mother,{MARIA},es,America/Los_Angeles"
TEXT = f"{HEADING}\n{ANA}\n"


def give(home: Home, text: str | bytes, *, dry_run: bool = False, consent: str = "") -> dict[str, int]:
    """Give in a list; how many rows of each kind, and how many bad ones under ""."""
    _heading, rows = read_sheet(text.encode() if isinstance(text, str) else text)
    how = manner(rows, "US", Agreed("import", consent, "test"), dry_run=dry_run)
    counts = dict.fromkeys((*KINDS, ""), 0)
    for said in enrol_all(home.house, home.hospital, rows, how, lambda: home.now):
        counts[said.kind] += 1
    return {kind: count for kind, count in counts.items() if count}


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", ";").encode("cp1252"),
        TEXT.replace(",", "\t").encode("utf-16"),
        ("sep=;\r\n" + TEXT.replace(",", ";").replace("\n", "\r\n")).encode(),
        TEXT.replace("2026-03-01", "46082").encode(),
        TEXT.replace("2026-03-01", "3/1/2026").encode(),
        TEXT.replace("2026-03-01", "2026-03-01 00:00:00").encode(),
        TEXT.replace("2026-03-01", "1-Mar-26").encode(),
        TEXT.replace(MARIA, "(206) 555-0111").encode(),
        TEXT.replace(MARIA, "'" + MARIA).encode(),
        TEXT.replace("day_zero", "Day Zero").replace(",es,", ",Español,").encode(),
    ],
)
def test_a_list_is_read_however_a_spreadsheet_saves_it(home: Home, raw: bytes) -> None:
    assert give(home, raw) == {"new": 1}
    (episode,), (caregiver,) = home.rows(t.episodes), home.rows(t.caregivers)
    assert episode.day_zero == date(2026, 3, 1)
    vault = home.house.vault
    assert vault.open("caregivers.name", caregiver.id, caregiver.name) == "María"
    assert vault.open("caregivers.phone", caregiver.id, caregiver.phone) == MARIA


NO_LISTS = [b"PK\x03\x04....", b"\xff\xfe\x00", b"", b"a,b\n1,2\n", HEADING.encode() + b",phone\n"]


@pytest.mark.parametrize("raw", NO_LISTS)
def test_what_is_no_list_is_told_and_nothing_is_done(home: Home, raw: bytes) -> None:
    with pytest.raises(EnrolmentError):
        give(home, raw)


def test_days_of_one_list_are_read_in_one_order() -> None:
    assert read_day("3/4/2026", days_first=day_first(["3/4/2026"], "US")) == date(2026, 3, 4)
    assert read_day("3/4/2026", days_first=day_first(["3/4/2026", "25/3/2026"], "US")) == date(2026, 4, 3)
    assert read_day("3/4/2026", days_first=day_first(["3/4/2026"], "MX")) == date(2026, 4, 3)


def test_good_rows_go_in_and_bad_rows_come_back_to_be_mended(home: Home) -> None:
    half = TEXT + "Leo,2026-03-01,hip-osteotomy,Tom,father,12,en,America/Los_Angeles\n,,,,,,,\n"
    assert give(home, half) == {"new": 1, "": 1}
    heading, rows = read_sheet(half.encode())
    back = bad_rows(heading, [(rows[1], "row 3: too few digits")])
    assert back.startswith("\ufeffchild,")
    assert "problem" in back.splitlines()[0]
    assert "Ana" not in back
    assert give(home, back.replace(",12,", f",{TOM},")) == {"new": 1}


def test_a_cell_that_would_be_a_formula_is_none_in_the_file_that_comes_back() -> None:
    heading, rows = read_sheet(TEXT.replace("Ana", "=1+1").encode())
    back = bad_rows(heading, [(rows[0], "no")])
    assert "\n'=1+1," in back.replace("\r", "")
    assert read_sheet(back.encode())[1][0].cells["child"] == "=1+1"


def test_the_words_of_consent_of_each_row_are_kept(home: Home) -> None:
    text = f"{HEADING},consent\n{ANA},Sí acepto\n"
    give(home, text, consent="told at discharge")
    (row,) = home.rows(t.consents)
    assert home.house.vault.open("consents.words", row.id, row.words) == "Sí acepto"
    assert (row.how, row.asked_by) == ("import", "test")


CHILDREN = st.sampled_from(["Ana", "ana", "Leo"])
PHONES = st.sampled_from([MARIA, TOM])
ROW = st.tuples(
    CHILDREN, st.sampled_from(["2026-03-01", "2026-03-02"]), PHONES, st.sampled_from(["Mo", "Jo"]),
    st.sampled_from(["America/Los_Angeles", "America/New_York"]), st.sampled_from(["", "R1", "R2"]),
    st.sampled_from(["", TOM, "+12065550113"]),
)


def listed(rows: list[tuple[str, ...]]) -> str:
    lines = [f"{HEADING},record,caregiver_2,phone_2"]
    for child, day, phone, name, zone, record, second in rows:
        record = record and f"{child.lower()} {record}"  # a record number is one child's
        more = f"Di,{second}" if second and second != phone else ","
        lines.append(f"{child},{day},hip-osteotomy,{name},x,{phone},en,{zone},{record},{more}")
    return "\n".join(lines) + "\n"


@settings(max_examples=25, phases=[Phase.generate])
@given(before=st.lists(ROW, max_size=2), rows=st.lists(ROW, min_size=1, max_size=5))
def test_a_dry_run_counts_what_the_real_run_does_and_writes_nothing(
    tmp_path_factory: pytest.TempPathFactory, vault: Vault, before: list[tuple[str, ...]], rows: list[tuple[str, ...]]
) -> None:
    home = open_home(f"sqlite:///{tmp_path_factory.mktemp('list')}/hearback.db", vault)
    if before:
        give(home, listed(before))
    kept = [home.rows(table) for table in t.metadata.sorted_tables]
    would = give(home, listed(rows), dry_run=True)
    assert [home.rows(table) for table in t.metadata.sorted_tables] == kept
    assert give(home, listed(rows)) == would
    home.house.database.close()


def one_by_one(home: Home, text: str, consent: str) -> dict[str, int]:
    """Each row of a list by itself, in a commit of its own, as the form does it."""
    counts: dict[str, int] = {}
    for row in read_sheet(text.encode())[1]:
        try:
            with home.house.database.writing() as connection:
                done = enrol(
                    connection, home.house.vault, home.hospital, family_of(row.cells, "US"), home.now,
                    agreed=Agreed("import", consent, "test"),
                )
            kind = "new" if done.fresh else "re-planned" if done.replanned else "joined" if done.joined else "unchanged"
        except EnrolmentError:
            kind = ""
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def kept(home: Home) -> list[object]:
    """Everything a list leaves behind, without ids and sealed bytes."""
    vault = home.house.vault
    children = {row.id: (vault.open("children.name", row.id, row.name), row.key_hash) for row in home.rows(t.children)}
    adults = {row.id: (vault.open("caregivers.name", row.id, row.name), row.phone_hash, row.zone)
              for row in home.rows(t.caregivers)}  # fmt: skip
    follow_ups = {row.id: (children[row.child_id], row.protocol_name, row.day_zero) for row in home.rows(t.episodes)}
    return [
        sorted(children.values()), sorted(adults.values()), sorted(follow_ups.values()),
        sorted((follow_ups[row.episode_id], adults[row.caregiver_id], row.relation, row.position)
               for row in home.rows(t.episode_caregivers)),
        sorted((adults[row.caregiver_id], row.kind, row.how, row.asked_by) for row in home.rows(t.consents)),
        sorted((follow_ups[row.episode_id], adults[row.caregiver_id], row.step, row.question, row.state)
               for row in home.rows(t.check_ins)),
    ]  # fmt: skip


@settings(max_examples=12, phases=[Phase.generate])
@given(
    before=st.lists(ROW, max_size=2), rows=st.lists(ROW, min_size=1, max_size=6), consent=st.sampled_from(["", "Yes"])
)
def test_a_hundred_rows_in_one_commit_are_what_they_are_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, vault: Vault, before: list[tuple[str, ...]],
    rows: list[tuple[str, ...]], consent: str,
) -> None:
    homes = [open_home(f"sqlite:///{tmp_path_factory.mktemp('list')}/hearback.db", vault) for _ in range(2)]
    if before:
        for home in homes:
            give(home, listed(before))
    text = listed([*rows, *rows])
    assert give(homes[0], text, consent=consent) == one_by_one(homes[1], text, consent)
    assert kept(homes[0]) == kept(homes[1])
    for home in homes:
        home.house.database.close()


def test_a_number_given_to_somebody_meanwhile_is_seen_when_the_rows_are_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(*_of: object) -> Here:
        return Here({}, {})

    give(home, TEXT)
    monkeypatch.setattr("scheduler.enrol_list.who_is_here", stale)
    bea = ANA.replace("Ana", "Bea").replace(MARIA, TOM)
    assert give(home, f"{HEADING}\n{ANA}\n{bea}\n") == {"unchanged": 1, "new": 1}
    assert len(home.rows(t.episodes)) == len(home.rows(t.caregivers)) == 2


@pytest.mark.parametrize("here", [[], ["Ana,R1"], ["Ana,R1", "Bea,R1"]])
def test_a_dry_run_sees_that_a_record_number_gives_a_child_another_name(home: Home, here: list[str]) -> None:
    def written(rows: list[str]) -> str:
        lines = [row.split(",") for row in rows]
        body = [f"{child},2026-03-01,hip-osteotomy,Mo,mother,{MARIA},en,{SEATTLE},{record}" for child, record in lines]
        return "\n".join([f"{HEADING},record", *body])

    if here:
        give(home, written(here))
    rows = written(["Ana,R1", "Bea,R1", "Ana,", "Bea,", "Ana,R1", "Ana,", "Bea,"])  # in the end Ana again, and a Bea
    would = give(home, rows, dry_run=True)
    assert give(home, rows) == would
