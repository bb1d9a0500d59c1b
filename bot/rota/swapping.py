"""Swaps: one shift of one date from its holder to another. Either asks, the other agrees; a manager may for both."""

from __future__ import annotations

from bot.rota.changes import NOTHING, Changing, check_shift, id_of, slot_stretch
from messages.errors import ConflictError, RotaError
from messages.people import Right
from messages.rota import Slot
from messages.store.rota import Entry, Kind, State, add_entries, entry_by_id, new_entry, settle


def ask_swap(of: Changing, giver_id: str, taker_id: str, slot: Slot, *, agreed: bool = False) -> Entry:
    """One shift of one date from its holder to another; `agreed`: a manager says so for both.

    Raises RotaError when the giver has not got it, or the taker cannot have it.
    """
    of.may_change(giver_id, taker_id)
    if agreed and not (of.by is None or of.by.may(Right.MANAGE)):
        raise RotaError("Only a manager agrees for both.", mend="Ask the other.")
    _check_swap(of, giver_id, taker_id, slot)
    for one in of.entries:
        if one.kind is Kind.SWAP and one.state is State.ASKED and one.slot == slot and one.staff_id == giver_id:
            raise RotaError(
                "This shift is offered already, to %(name)s.", mend="Take that back first.",
                name=of.staff[one.to_id].name if one.to_id in of.staff else "?",
            )
    day, start, end, rung = slot
    begins_at, ends_at = slot_stretch(of.hospital, day, start, end)
    entry = new_entry(
        Kind.SWAP, State.HOLDS if agreed else State.ASKED, giver_id, id_of(of.by), of.now, to_id=taker_id, day=day,
        start=start, end=end, rung=rung, begins_at=begins_at, ends_at=ends_at,
    )
    add_entries(of.connection, of.hospital.id, [entry])
    of.note("swapped" if agreed else "asked swap", entry.id)
    when = f"{day:%d %b} {start:%H:%M}-{end:%H:%M}"
    for person in (of.staff[giver_id], of.staff[taker_id]):
        if agreed:
            of.tell(person, f"the shift of {when} is now {of.staff[taker_id].name}'s.")
        else:
            of.tell(person, f"a colleague asks you to swap the shift of {when}. Say yes or no:")
    return entry


def _check_swap(of: Changing, giver_id: str, taker_id: str, slot: Slot) -> None:
    giver, taker = of.person(giver_id), of.person(taker_id)
    if giver_id == taker_id:
        raise RotaError("A swap is between two people.", mend="Choose another person.")
    if not taker.may(Right.ACT):
        raise RotaError("%(name)s sees no families.", mend="Choose another person.", name=taker.name)
    if giver_id not in of.holders(slot):
        given = next(
            (
                one
                for one in reversed(of.entries)
                if one.kind is Kind.SWAP and one.state is State.HOLDS and one.slot == slot and one.staff_id == giver_id
            ),
            None,
        )
        if given is not None and given.to_id in of.staff:
            raise RotaError(
                "%(name)s gave this shift to %(taker)s already.", mend="Ask whoever has it now.", name=giver.name,
                taker=of.staff[given.to_id].name,
            )
        raise RotaError(
            "%(name)s has no such shift on %(day)s.", mend="Look at the rota as it is now.", name=giver.name,
            day=slot[0].isoformat(),
        )
    check_shift(of, taker_id, slot)


def answer_swap(of: Changing, entry_id: str, what: str) -> Entry:
    """`what`: agree, decline or withdraw. The rota is looked at anew; a swap that was settled raises ConflictError."""
    entry = entry_by_id(of.connection, of.hospital.id, entry_id)
    slot, to_id = entry.slot, entry.to_id
    if entry.kind is not Kind.SWAP or entry.state is not State.ASKED or slot is None or to_id is None:
        raise ConflictError("This swap is settled already.", mend=NOTHING)
    other = to_id if entry.made_by == entry.staff_id else entry.staff_id
    if what == "withdraw":
        of.may_change(entry.made_by or "")
    else:
        of.may_change(other)
    if what == "agree":
        _check_swap(of, entry.staff_id, to_id, slot)
    state = {"agree": State.HOLDS, "decline": State.DECLINED, "withdraw": State.WITHDRAWN}[what]
    settle(of.connection, entry.id, state, of.by.id if of.by else other, of.now)
    of.note({"agree": "agreed swap", "decline": "declined swap", "withdraw": "withdrew swap"}[what], entry.id)
    when = f"{slot[0]:%d %b} {slot[1]:%H:%M}-{slot[2]:%H:%M}"
    if what != "withdraw" and entry.made_by in of.staff:
        answer = "yes: it is agreed." if what == "agree" else "no. The shift stays as it was."
        of.tell(of.staff[entry.made_by], f"about the swap of {when}: {answer}")
    return entry
