"""Taking a flag, from wherever: the console, a reply to a page, its link, a key pressed. Only one person has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from messages.database import Connection
from messages.flags import ActKind, Flag, FlagState
from messages.house import House
from messages.page_words import about, list_link, meant, words
from messages.people import Right, Staff
from messages.store.acts import act
from messages.store.console import note_audit
from messages.store.flags import flag_by_id
from messages.store.paged import Paged, answered, climb_now, newest_page, told_with, waiting_for
from messages.store.people import staff_by_id
from messages.to_staff import link_of, tell_taken

ANSWERED_WITHIN = timedelta(days=3)  # a reply is about a page of these days


class Came(StrEnum):
    """What came of wanting to take a flag."""

    YOURS = "yours"
    ALREADY = "already"  # it was theirs before
    ANOTHERS = "anothers"
    CLOSED = "closed"
    MAY_NOT = "may not"


@dataclass(frozen=True)
class Taking:
    """What came of it; `flag` as it is now, `who` has it (a name, or "")."""

    came: Came
    flag: Flag
    who: str


def take(
    house: House, connection: Connection, person: Staff, flag_id: str, now: datetime, *, act_id: str = ""
) -> Flag:
    """Take a flag for this person and tell the others who were paged. Raises ConflictError when somebody was first."""
    before, _version = flag_by_id(connection, flag_id, person.hospital_id, lock=True)
    flag = act(
        connection, house.vault, flag_id=flag_id, hospital_id=person.hospital_id, staff_id=person.id,
        kind=ActKind.TOOK, now=now, act_id=act_id,
    )  # fmt: skip
    if before.taken_by != person.id:
        tell_taken(house, connection, before, person, now)
    return flag


def take_over(
    house: House, connection: Connection, person: Staff, flag_id: str, now: datetime, *, act_id: str = ""
) -> Flag:
    """Take a flag that another has, and tell the others who were paged."""
    before, _version = flag_by_id(connection, flag_id, person.hospital_id, lock=True)
    flag = act(
        connection, house.vault, flag_id=flag_id, hospital_id=person.hospital_id, staff_id=person.id,
        kind=ActKind.HANDED, to_id=person.id, now=now, act_id=act_id,
    )  # fmt: skip
    if before.taken_by != person.id:
        tell_taken(house, connection, before, person, now)
    return flag


def take_by_page(house: House, connection: Connection, person: Staff, page: Paged, now: datetime) -> Taking:
    """Take the flag of a page for whoever got it, in the caller's commit. Nothing changes unless it is free to take.

    A flag that was taken and left is taken over. Kept with the page: that they answered, and when.
    """
    flag, _version = flag_by_id(connection, page.flag_id, person.hospital_id, lock=True)
    if not person.may(Right.ACT):
        return Taking(Came.MAY_NOT, flag, "")
    if flag.state is FlagState.CLOSED:
        return Taking(Came.CLOSED, flag, "")
    if flag.taken_by == person.id:
        return Taking(Came.ALREADY, flag, person.name)
    if flag.taken_by is not None and (flag.climbs_since is None or page.at < flag.climbs_since):
        holder = staff_by_id(connection, house.vault, flag.taken_by)
        return Taking(Came.ANOTHERS, flag, holder.name if holder else "")
    does, what = (take, "take") if flag.taken_by is None else (take_over, "over")
    taken = does(house, connection, person, flag.id, now)
    answered(connection, page.id, "took", now)
    note_audit(connection, person, what, "flag", flag.id, now)
    return Taking(Came.YOURS, taken, person.name)


def pass_by_page(connection: Connection, person: Staff, page: Paged, now: datetime) -> bool:
    """This person cannot: the next rung is told now. False when somebody has the flag, or it is closed."""
    flag, _version = flag_by_id(connection, page.flag_id, person.hospital_id, lock=True)
    wanted = flag.state is FlagState.OPEN or flag.climbs_since is not None
    if flag.state is FlagState.CLOSED or not wanted:
        return False
    if page.answer != "cannot":
        answered(connection, page.id, "cannot", now)
        climb_now(connection, page, now)
    return True


def _answer_to_several(
    house: House, connection: Connection, person: Staff, said: str, together: Sequence[Paged], now: datetime
) -> str:
    """An answer to a page about several flags: it takes none, because nobody has seen them; "cannot" passes all on."""
    if said == "cannot":
        passed = [pass_by_page(connection, person, page, now) for page in together]
        return words(person, "passed", more="") if any(passed) else words(person, "none left")
    flags = [flag_by_id(connection, page.flag_id, person.hospital_id)[0] for page in together]
    if not any(flag.state is FlagState.OPEN or flag.climbs_since is not None for flag in flags):
        return words(person, "none left")
    return words(person, "several", n=len(flags), list=list_link(person, link_of(house, "")))


def answer_to_page(house: House, connection: Connection, person: Staff, body: str, now: datetime) -> str:
    """Do what a text from a staff phone says, in the caller's commit; returns what they are answered."""
    said, page = meant(body), newest_page(connection, person.id, now - ANSWERED_WITHIN)
    queue = link_of(house, "")
    if page is None or not said:
        return f"Hearback: {words(person, 'help' if page else 'nothing', link=queue)}"
    together = told_with(connection, page)
    if len(together) > 1:
        return f"Hearback: {_answer_to_several(house, connection, person, said, together, now)}"
    link = link_of(house, f"flags/{page.flag_id}")
    waiting = waiting_for(connection, person.id, page.flag_id)
    more = words(person, "more", n=waiting, link=queue) if waiting else ""
    if said == "cannot" and pass_by_page(connection, person, page, now):
        return f"Hearback: {words(person, 'passed', more=more)}"
    if said == "cannot":  # somebody has it: what they are told is who
        flag, _version = flag_by_id(connection, page.flag_id, person.hospital_id)
        holder = staff_by_id(connection, house.vault, flag.taken_by) if flag.taken_by else None
        if flag.state is FlagState.CLOSED or holder is None:
            return f"Hearback: {words(person, 'closed', more=more)}"
        what = "already" if holder.id == person.id else "anothers"
        return about(person, what, flag, who=holder.name, more=more, link=link)
    came = take_by_page(house, connection, person, page, now)
    if came.came in (Came.MAY_NOT, Came.CLOSED):
        return f"Hearback: {words(person, came.came.value, more=more)}"
    return about(person, came.came.value, came.flag, who=came.who, more=more, link=link)
