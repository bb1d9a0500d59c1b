"""Managers write a protocol as a draft, a second person publishes it, families are moved knowingly.

Over 300 lines: the promises of one area, which share the way of writing, submitting and approving a draft.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

import pytest

from messages.people import Role
from messages.store import tables as t
from scheduler.load import load_protocol, load_shipped, shipped_source
from scheduler.parts import cut
from scheduler.store.published import publish
from tests.house import MARIA, Home
from tests.integration.days import Days
from tests.integration.desk import Desk, another_hospital, application, desk, hire, text_of

MOVED = ('at: ["18:00"], ask: toes', 'at: ["19:00"], ask: toes')


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina", Role.MANAGER)
    return desk(home, "nina", patient=True)


@pytest.fixture
def omar(home: Home) -> Desk:
    hire(home, "omarm", Role.MANAGER)
    return desk(home, "omarm", patient=True)


def newest(home: Home) -> Any:
    return max(home.rows(t.protocols), key=lambda row: row.version)


def version_of(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def begun(at: Desk) -> str:
    """A draft of the newest version; its address."""
    answer = at.post(f"/console/protocols/{newest(at.home).id}/draft")
    assert answer.status_code == 303
    return str(answer.location)


def typed(at: Desk, draft: str, source: str, do: str = "saved", **more: str) -> Any:
    page = at.page(draft)
    (row,) = [row for row in at.home.rows(t.drafts) if draft.endswith(row.id)]
    form = {"version": version_of(page), "source": source, "drawn": row.source, "do": do} | more
    return at.post(draft, **form)


def submitted(at: Desk, change: tuple[str, str] = MOVED, note: str = "Parents asked for it.") -> str:
    draft = begun(at)
    source = newest(at.home).source.replace(*change)
    assert typed(at, draft, source, "submit", note=note).status_code == 303
    return draft


def approved(at: Desk, draft: str) -> Any:
    """Approved by somebody who ticks whatever there is to look at."""
    page = at.page(draft)
    return at.post(f"{draft}/approve", version=version_of(page), seen=to_tick(page))


def to_tick(page: str) -> list[str]:
    return re.findall(r'name="seen" value="(\w+)"', page)


def test_a_draft_becomes_a_version_only_by_a_second_person(home: Home, nina: Desk, omar: Desk) -> None:
    draft = submitted(nina)
    assert newest(home).version == 1
    refused = approved_by_hand(nina, draft)
    assert refused.status_code == 409
    assert "somebody else has to approve it" in text_of(refused.text)
    assert newest(home).version == 1
    page = text_of(omar.page(draft))
    assert "Days 1-3: the 18:00 question “toes” moves to 19:00." in page
    assert "Parents asked for it." in page
    assert approved(omar, draft).status_code == 303
    row = newest(home)
    assert (row.version, row.approval["written_by"], row.approval["approved_by"]) == (2, "Nina Person", "Omarm Person")
    assert row.approval["approved_role"] == "manager"
    shown = text_of(nina.page(f"/console/protocols/{row.id}"))
    assert "Approved by Omarm Person, Manager." in shown
    assert approved_by_hand(omar, draft).status_code == 409  # once


def approved_by_hand(at: Desk, draft: str) -> Any:
    (row,) = [row for row in at.home.rows(t.drafts) if draft.endswith(row.id)]
    return at.post(f"{draft}/approve", version=str(row.version))


def test_a_warning_is_published_only_by_whoever_has_seen_and_ticked_it(home: Home, nina: Desk, omar: Desk) -> None:
    advice = "advice: [{sign: swelling, text: {en: Rest., es: Descanse.}}]\ngoodbye:\n"
    draft = submitted(nina, ("goodbye:\n", advice))
    page = omar.page(draft)
    assert len(to_tick(page)) == 1
    assert "it is not sent until somebody approves it" in text_of(page)
    refused = omar.post(f"{draft}/approve", version=version_of(page))
    assert refused.status_code == 409
    assert "something to look at that you have not ticked" in text_of(refused.text)
    assert approved(omar, draft).status_code == 303
    (row,) = [one for one in home.rows(t.protocols) if one.approval]
    assert row.approval["seen"] == (
        "advice.0: it is not sent until somebody approves it. Write approved_by: and a name."
    )


def test_the_form_changes_the_yaml_and_keeps_its_comments(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    source = newest(home).source
    answer = typed(nina, draft, source, **{"f:phases/1/at": "19:00", "f:meanings/0/from_day": "3"})
    assert answer.status_code == 303
    (row,) = home.rows(t.drafts)
    assert 'at: ["19:00"], ask: toes' in row.source
    assert "from_day: 3" in row.source
    comments = [line.partition("#")[2] for line in cut(source)[0].splitlines() if "#" in line]
    assert comments == [line.partition("#")[2] for line in cut(row.source)[0].splitlines() if "#" in line]


def test_what_a_shared_part_says_is_shown_with_its_part_and_changed_in_the_protocol_alone(
    home: Home, nina: Desk, omar: Desk
) -> None:
    draft = begun(nina)
    source = newest(home).source
    assert "shared: every day" in section(nina.page(draft), "reminder")
    assert "shared: cast care" in text_of(nina.page(draft))
    assert typed(nina, draft, source, **{"f:reminder/after": "2 h"}).status_code == 303
    (row,) = home.rows(t.drafts)
    assert cut(row.source)[1] == cut(source)[1]
    page = nina.page(draft)
    assert "your own words, not those of every day" in section(page, "reminder")
    assert "shared: every day" in section(page, "silence")
    assert "Reminder › after: 3 h becomes 2 h." in text_of(page)
    assert typed(nina, draft, row.source, "submit").status_code == 303
    assert approved(omar, draft).status_code == 303
    assert load_protocol(newest(home).source, "x").reminder.after == timedelta(hours=2)
    again = begun(nina)
    assert typed(nina, again, newest(home).source, "remove:reminder").status_code == 303
    assert "shared: every day" in section(nina.page(again), "reminder")


def section(page: str, key: str) -> str:
    found = re.search(rf'<details [^>]*id="s-{key}".*?</summary>', page, re.DOTALL)
    assert found
    return text_of(found[0])


def test_a_shared_part_is_written_out_by_its_button_and_used_again(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    source = newest(home).source
    assert typed(nina, draft, source, "write:parts/every-day.yaml").status_code == 303
    (row,) = home.rows(t.drafts)
    assert load_protocol(row.source, "x") == load_protocol(source, "x")
    page = nina.page(draft)
    assert "shared: every day" not in text_of(page)
    assert "Nothing that a family" not in page
    assert typed(nina, draft, row.source, "use:", shared="parts/every-day.yaml").status_code == 303
    assert "--- # parts/every-day.yaml" in home.rows(t.drafts)[0].source


def test_a_mistake_in_a_shared_part_is_shown_with_its_file_and_its_line(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    source = newest(home).source.replace("after: 3 h", "after: soon")
    assert typed(nina, draft, source).status_code == 303
    page = nina.page(draft)
    assert re.search(r"parts/every-day\.yaml, line \d+", text_of(page))
    line = int(re.findall(r'data-line="(\d+)"', page)[0])
    assert "after: soon" in source.splitlines()[line - 1]


def test_what_is_to_be_looked_at_is_told_with_the_hospitals_own_hours(home: Home, nina: Desk) -> None:
    with home.house.database.writing() as connection:
        connection.execute(t.staff.update().values(shifts=[]))
    draft = begun(nina)
    source = newest(home).source.replace('at: ["18:00"], ask: toes', 'at: ["19:30"], ask: toes')
    assert typed(nina, draft, source).status_code == 303
    page = text_of(nina.page(draft))
    assert "asks about danger at 19:30, when nobody of the hospital answers" in page
    assert "When is asked › 2" in page
    assert "No mistakes." in page


def test_what_is_typed_into_form_and_yaml_at_once_is_both_kept(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    source = newest(home).source.replace("after: 3 h", "after: 2 h")
    assert typed(nina, draft, source, **{"f:phases/1/at": "19:00"}).status_code == 303
    (row,) = home.rows(t.drafts)
    assert "after: 2 h" in row.source
    assert '"19:00"' in row.source


def test_the_side_that_was_changed_last_wins(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    source = newest(home).source.replace(*MOVED)
    stale_form = {"f:phases/1/at": "12:00", "last": "yaml"}
    assert typed(nina, draft, source, **stale_form).status_code == 303
    assert home.rows(t.drafts)[0].source == source


def test_a_draft_with_a_mistake_is_kept_shown_at_its_place_and_not_submitted(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    source = newest(home).source.replace('at: ["18:00"], ask: toes', 'at: ["22:30"], ask: toess')
    answer = typed(nina, draft, source, "submit")
    assert answer.status_code == 422
    page = text_of(answer.text)
    assert "Line 38" in page
    assert "Did you mean 'toes'?" in page
    (row,) = home.rows(t.drafts)
    assert (row.state, row.source) == ("draft", source)
    broken = source + "\n  - ["
    assert typed(nina, draft, broken).status_code == 303
    assert "so there is no form" in nina.page(draft)
    assert home.rows(t.drafts)[0].source.strip() == broken.strip()


def test_two_who_write_in_one_draft_do_not_overwrite_each_other(home: Home, nina: Desk, omar: Desk) -> None:
    draft = begun(nina)
    old = version_of(nina.page(draft))
    source = newest(home).source
    assert typed(omar, draft, source.replace(*MOVED)).status_code == 303
    mine = source.replace("after: 3 h", "after: 2 h")
    answer = nina.post(draft, version=old, source=mine, drawn=source, do="saved")
    assert answer.status_code == 409
    assert "after: 2 h" in answer.text
    assert "Omarm Person saved" in text_of(answer.text)
    assert "Reminder › after: 3 h becomes 2 h." in text_of(answer.text)
    assert home.rows(t.drafts)[0].source == source.replace(*MOVED)
    knowingly = nina.post(draft, version=version_of(answer.text), source=mine, drawn=mine, do="saved")
    assert knowingly.status_code == 303
    assert home.rows(t.drafts)[0].source == mine


def test_whoever_wrote_any_part_of_a_draft_cannot_approve_it(home: Home, nina: Desk, omar: Desk) -> None:
    draft = begun(nina)
    assert typed(omar, draft, newest(home).source.replace(*MOVED)).status_code == 303
    assert typed(nina, draft, newest(home).source.replace(*MOVED), "submit").status_code == 303
    assert approved_by_hand(omar, draft).status_code == 409
    assert newest(home).version == 1


def test_what_was_typed_is_shown_when_the_draft_was_submitted_meanwhile(home: Home, nina: Desk, omar: Desk) -> None:
    draft = begun(nina)
    old = version_of(nina.page(draft))
    assert typed(omar, draft, newest(home).source.replace(*MOVED), "submit").status_code == 303
    mine = newest(home).source.replace("after: 3 h", "after: 2 h")
    answer = nina.post(draft, version=old, source=mine, drawn=newest(home).source, do="saved")
    assert answer.status_code == 409
    assert "after: 2 h" in answer.text
    assert "copied" in text_of(answer.text)


def test_parts_are_added_and_taken_out_by_their_buttons(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    assert typed(nina, draft, newest(home).source, "add:meanings").status_code == 303
    assert "sign: allergy" in home.rows(t.drafts)[0].source
    last = len(load_shipped("hip-osteotomy").meanings)  # those before it are of the shared parts
    assert typed(nina, draft, home.rows(t.drafts)[0].source, f"remove:meanings/{last}").status_code == 303
    assert "sign: allergy" not in home.rows(t.drafts)[0].source
    more = {"new:questions": "Back pain"}
    assert typed(nina, draft, home.rows(t.drafts)[0].source, "add:questions", **more).status_code == 303
    assert "back_pain:" in home.rows(t.drafts)[0].source
    assert typed(nina, draft, home.rows(t.drafts)[0].source, "remove:phases/99").status_code == 303


def test_going_back_makes_a_new_version_that_also_needs_two(home: Home, nina: Desk, omar: Desk) -> None:
    first = newest(home)
    approved(omar, submitted(nina))
    back = nina.post(f"/console/protocols/{first.id}/back")
    assert back.status_code == 303
    assert newest(home).version == 2
    assert approved_by_hand(nina, str(back.location)).status_code == 409
    assert approved(omar, str(back.location)).status_code == 303
    assert (newest(home).version, newest(home).source) == (3, first.source)
    assert newest(home).approval["note"] == "Back to version 1."


def test_the_phone_reads_by_the_draft_and_keeps_nothing(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    before = {table.name: len(home.rows(table)) for table in (t.messages, t.readings, t.flags, t.outbox)}
    usual = text_of(nina.post(f"{draft}/try", day="4", asked="temperature", language="en", say="101.5").text)
    assert "Urgent" in usual
    assert "Fever" in usual
    stricter = newest(home).source.replace("at_least: 40.0", "at_least: 38.5")
    told = nina.post(f"{draft}/try", day="4", asked="temperature", language="en", say="101.5", source=stricter,
                     drawn=stricter, last="yaml")  # fmt: skip
    assert "Emergency" in text_of(told.text)
    assert "Call 911 now" in text_of(told.text)
    assert {table.name: len(home.rows(table)) for table in (t.messages, t.readings, t.flags, t.outbox)} == before
    assert home.rows(t.drafts)[0].source == newest(home).source


def test_the_script_is_given_both_sides_in_accord_and_stores_nothing(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    source = newest(home).source
    drawn = nina.post(f"{draft}/draw", source=source, drawn=source, last="form", **{"f:phases/1/at": "19:00"})
    assert "19:00" in drawn.text
    assert "moves to 19:00" in text_of(drawn.text)
    assert home.rows(t.drafts)[0].source == source


def test_families_stay_on_their_version_until_they_are_moved_as_shown(home: Home, nina: Desk, omar: Desk) -> None:
    days = Days(home)
    ana = home.enrol().episode_id
    days.until(3, time(12))
    approved(omar, submitted(nina))
    assert home.rows(t.episodes)[0].protocol_id != newest(home).id
    page = nina.page(f"/console/protocols/{newest(home).id}/move")
    shown = text_of(page)
    assert "Ana" in shown
    assert "toes moves from" in shown
    entry = re.search(r'name="family" value="([^"]+)"', page)
    assert entry
    answer = nina.post(f"/console/protocols/{newest(home).id}/move", family=entry[1])
    assert answer.status_code == 303
    assert home.rows(t.episodes)[0].protocol_id == newest(home).id
    days.until(4, time(23))
    asked = [one for one in days.asked() if "reminder" not in one]
    assert asked[-4:] == ["3 09 daily", "3 19 toes", "4 09 daily", "4 19 toes"]
    assert "from version 1 of the protocol to version 2" in text_of(nina.page(f"/console/families/{ana}"))
    again = nina.post(f"/console/protocols/{newest(home).id}/move", family=entry[1])
    assert again.status_code == 409  # a repeated form changes nothing


def test_more_families_than_a_page_holds_are_moved_in_one_act_as_shown(
    home: Home, nina: Desk, omar: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.protocols.moving.AT_ONCE", 1)
    for n in range(3):
        home.enrol(f"Kid{n}", phone=f"+1206555012{n}")
    approved(omar, submitted(nina))
    path = f"/console/protocols/{newest(home).id}/move"
    assert "See all 3 at once" in text_of(nina.page(path))
    page = nina.page(f"{path}?all=1")
    shown = text_of(page)
    assert [f"Kid{n}" in shown for n in range(3)] == [True] * 3
    assert "toes moves from" in shown
    seal = re.search(r'name="all" value="([^"]+)"', page)
    assert seal
    home.enrol("Kid3", phone="+12065550130", day_zero=home.now.date())
    old = next(row.id for row in home.rows(t.protocols) if (row.name, row.version) == ("hip-osteotomy", 1))
    with home.house.database.writing() as connection:  # one more is on the old version by now
        connection.execute(t.episodes.update().values(protocol_id=old))
    stale = nina.post(path, all=seal[1])
    assert (stale.status_code, "Nobody was moved" in text_of(stale.text)) == (409, True)
    assert {row.protocol_id for row in home.rows(t.episodes)} == {old}
    again = re.search(r'name="all" value="([^"]+)"', stale.text)
    assert again
    assert "4 families are moved" in text_of(nina.page(nina.post(path, all=again[1]).location))
    assert {row.protocol_id for row in home.rows(t.episodes)} == {newest(home).id}
    assert len([act for act in home.rows(t.episode_acts) if act.kind == "version"]) == 4


def test_nobody_is_moved_when_what_was_shown_is_no_longer_true(home: Home, nina: Desk, omar: Desk) -> None:
    home.enrol()
    home.enrol("Leo", phone="+12065550113")
    approved(omar, submitted(nina))
    page = nina.page(f"/console/protocols/{newest(home).id}/move")
    entries = re.findall(r'name="family" value="([^"]+)"', page)
    assert len(entries) == 2
    forged = [entries[0], entries[1].partition(":")[0] + ":0000000000000000"]
    answer = nina.post(f"/console/protocols/{newest(home).id}/move", family=forged)
    assert answer.status_code == 409
    assert "Nobody was moved" in text_of(answer.text)
    assert {row.protocol_id for row in home.rows(t.episodes)} != {newest(home).id}
    assert len({row.protocol_id for row in home.rows(t.episodes)}) == 1


def test_a_withdrawn_protocol_says_what_stays_and_takes_no_new_family(home: Home, nina: Desk) -> None:
    home.enrol()
    assert nina.post(f"/console/protocols/{newest(home).id}/withdraw").status_code == 303
    shown = text_of(nina.page(f"/console/protocols/{newest(home).id}?done=withdraw"))
    assert "1 family on it goes on as planned until its follow-up ends." in shown
    with pytest.raises(Exception, match="has no protocol"):
        home.enrol("Leo", phone="+12065550113")
    days = Days(home)
    days.until(3, time(10))
    assert "3 09 daily" in days.asked(MARIA)
    assert nina.post(f"/console/protocols/{newest(home).id}/withdraw").status_code == 409
    assert nina.post(f"/console/protocols/{newest(home).id}/again").status_code == 303
    home.enrol("Leo", phone="+12065550113")


def test_the_preview_shows_any_made_up_family_across_a_clock_change(home: Home, nina: Desk) -> None:
    address = f"/console/protocols/{newest(home).id}/preview"
    shown = text_of(nina.page(
        f"{address}?day_zero=2026-03-05&zone=America/New_York&language=es&joined=2&second=America/Phoenix&sibling=1"
    ))  # fmt: skip
    assert "The clock changes on" in shown
    assert "second adult, if nobody answers" in shown
    assert "de Ana" in shown
    assert "school year" in shown
    assert "Day 1 " not in shown  # joined on day 2
    assert "What a family would get" in text_of(nina.page(f"{address}?day_zero=nonsense&zone=Nowhere&joined=-4"))
    draft = begun(nina)
    typed(nina, draft, re.sub(r"ask: (\w+)", r"ask: [\1, temperature]", newest(home).source, count=1))
    assert "then, when that is answered" in text_of(nina.page(f"{draft}/preview"))
    assert "Temperature: what is it now" in text_of(nina.page(f"{draft}/preview"))


def test_a_rehearsal_from_the_page_leaves_nothing_behind(home: Home, nina: Desk) -> None:
    shown = text_of(nina.page(f"/console/protocols/{newest(home).id}/rehearsal?family=stop-on-day-2"))
    assert "a reply flag is raised: emergency: circulation" in shown
    assert home.rows(t.messages) == []
    assert home.rows(t.episodes) == []


def test_a_coordinator_looks_and_changes_nothing(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    hire(home, "carl")
    carl = desk(home, "carl", patient=True)
    assert "Begin a draft" not in carl.page(f"/console/protocols/{newest(home).id}")
    assert 'name="source"' not in carl.page(draft)
    assert carl.post(draft, version="1", source="x").status_code == 403
    assert carl.post(f"/console/protocols/{newest(home).id}/withdraw").status_code == 403


def test_protocols_of_another_hospital_are_not_here(home: Home) -> None:
    other = another_hospital(home)
    with home.house.database.writing() as connection:
        theirs, _ = publish(connection, other.id, shipped_source("hip-osteotomy"), by="test", now=home.now)
    app = application(home)
    hire(home, "eve", Role.MANAGER, hospital=other)
    hire(home, "nina", Role.MANAGER)
    eve, nina = desk(home, "eve", app=app), desk(home, "nina", app=app)
    draft = str(eve.post(f"/console/protocols/{theirs}/draft").location)
    for path in (f"/console/protocols/{theirs}", f"/console/protocols/{theirs}/move", draft, f"{draft}/preview"):
        nina.page(path, 404)
    for path in (f"{draft}/approve", f"{draft}/try", f"{draft}/draw", draft, f"/console/protocols/{theirs}/back"):
        assert nina.post(path, version="1", source="x", drawn="x").status_code == 404, path


def test_a_draft_thrown_away_is_gone_from_the_list_and_stays_on_record(home: Home, nina: Desk) -> None:
    draft = begun(nina)
    assert nina.post(f"{draft}/discard", version=version_of(nina.page(draft))).status_code == 303
    assert "Being written" not in nina.page("/console/protocols")
    assert home.rows(t.drafts)[0].state == "discarded"
    assert typed_into(nina, draft).status_code == 409


def typed_into(at: Desk, draft: str) -> Any:
    return at.post(draft, version="2", source="name: x", drawn="", do="saved")
