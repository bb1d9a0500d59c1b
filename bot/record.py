"""Doing what was decided, in the caller's commit: answers, flags, pages, consent, what follows in the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.conversation.context import Context
from bot.conversation.decision import (
    Answer,
    Answered,
    Attribute,
    ChangePlan,
    Confirm,
    Decision,
    ExtendDaily,
    Pause,
    RaiseFlag,
    Resume,
    Stop,
)
from bot.conversation.say import language_of, say
from messages.conversation import Purpose
from messages.database import Connection
from messages.escalation import digest_from, due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.paging import climb
from messages.people import ConsentKind
from messages.store.consents import note_consent
from messages.store.conversation import Draft, Kept, note_about, settle_about, write_out
from messages.store.flags import add_promise, attribute_flags, flag_by_id, raise_flag
from messages.store.people import caregiver_by_id, hospital_by_id, staff_by_id
from messages.taking import answer_to_page
from scheduler.changing import change_plan
from scheduler.enrol import extend_daily
from scheduler.store.check_ins import mark_answered, skip_until
from scheduler.store.confirming import confirm_number
from scheduler.store.episodes import note_serious
from scheduler.store.stopping import pause_rows


def record(
    house: House, connection: Connection, text: Kept, context: Context, decision: Decision, now: datetime
) -> None:
    """Write down everything a decision asks for; the answers leave by the outbox after the commit."""
    about = _episodes(context, decision)
    note_about(connection, [text.id], about, now)
    if decision.level >= Level.URGENT and about:
        note_serious(connection, about, now)
    answered_by = _answers(house, connection, text, decision, about, now)
    for action in decision.actions:
        if isinstance(action, RaiseFlag):
            _flag(house, connection, text, action, context, answered_by, now)
        elif isinstance(action, Stop | Resume) and text.caregiver_id:
            kind = ConsentKind.STOPPED if isinstance(action, Stop) else ConsentKind.RESUMED
            note_consent(
                connection,
                house.vault,
                text.caregiver_id,
                kind,
                how=action.how,
                words=text.body,
                now=now,
                message_id=text.id,
            )
        elif isinstance(action, Confirm) and text.caregiver_id:
            confirm_number(
                connection,
                house.vault,
                text.caregiver_id,
                how=action.how,
                words=text.body,
                now=now,
                message_id=text.id,
            )
        elif isinstance(action, Answered):
            mark_answered(connection, action.episode_id, now)
            if action.skip_rest_of_day and context.caregiver:
                local = now.astimezone(context.caregiver.tz)
                midnight = datetime.combine(local.date() + timedelta(days=1), time(0), local.tzinfo)
                skip_until(
                    connection, action.episode_id, midnight.astimezone(UTC), "the family has reported today"
                )
        elif isinstance(action, Pause):
            pause_rows(connection, action.episode_id, action.why, now)
        elif isinstance(action, ExtendDaily):
            extend_daily(connection, house.vault, action.episode_id, action.days, now)
        elif isinstance(action, ChangePlan):
            change_plan(connection, house.vault, action.episode_id, action.wanted, now)
        elif isinstance(action, Attribute):
            settle_about(connection, action.message_ids, action.episode_id, now)
            attribute_flags(connection, action.message_ids, action.episode_id)


def _episodes(context: Context, decision: Decision) -> list[str]:
    """The episodes a text is about: those that are clear, else all it may be about."""
    return list(decision.about) or [child.episode_id for child in context.children]


def _answers(
    house: House, connection: Connection, text: Kept, decision: Decision, about: list[str], now: datetime
) -> str | None:
    """Queue the answers; returns the id of the first, which carries the promise."""
    first = None
    for action in decision.actions:
        if not isinstance(action, Answer):
            continue
        draft = Draft(
            body=action.body,
            purpose=action.purpose,
            topic=action.topic,
            channel=text.channel,
            level=action.level,
            asks=action.asks,
            not_before=now + house.wait(action.after),
        )
        message_id = _reply(house, connection, text, draft, now, about)
        first = first or message_id
    return first


def _reply(
    house: House, connection: Connection, text: Kept, draft: Draft, now: datetime, about: Sequence[str] = ()
) -> str:
    """Queue a text to whoever wrote, from the number they wrote to; returns its message id."""
    message_id, _ = write_out(
        connection,
        house.vault,
        replace(draft, number=text.number),
        hospital_id=text.hospital_id,
        peer=text.peer,
        now=now,
        caregiver_id=text.caregiver_id,
        staff_id=text.staff_id,
        episode_ids=about,
    )
    return message_id


def _flag(
    house: House,
    connection: Connection,
    text: Kept,
    action: RaiseFlag,
    context: Context,
    answered_by: str | None,
    now: datetime,
) -> None:
    due_at = action.due_at or due_for(action.level, context.hospital, now, context.staff)
    told_at = None if action.pages else digest_from(context.hospital, now)
    raised = raise_flag(
        connection,
        hospital_id=text.hospital_id,
        kind=action.kind,
        level=action.level,
        due_at=due_at,
        now=now,
        signs=action.signs,
        # With two children and no name the flag is the family's; it finds its child with the next answer.
        episode_id=action.episode_ids[0] if len(action.episode_ids) == 1 else None,
        caregiver_id=text.caregiver_id,
        peer_hash=None if text.caregiver_id else house.vault.fingerprint("phone", text.peer),
        message_id=text.id,
        reason=action.reason,
        told_at=told_at,
    )
    if action.promised and answered_by and text.caregiver_id:
        add_promise(
            connection,
            flag_id=raised.flag_id,
            caregiver_id=text.caregiver_id,
            message_id=answered_by,
            due_at=due_at,
            now=now,
        )
    if raised.tell and action.pages:
        climb(house, connection, flag_by_id(connection, raised.flag_id, text.hospital_id)[0], now)


def record_unread(house: House, connection: Connection, text: Kept, now: datetime) -> None:
    """A text that could not be read: a person must see it, and the family hears that somebody will."""
    hospital = hospital_by_id(connection, text.hospital_id)
    context = Context(now=now, hospital=hospital, caregiver=None)
    _flag(
        house,
        connection,
        text,
        RaiseFlag(kind=FlagKind.UNREAD, level=Level.REVIEW, reason="the reader failed"),
        context,
        None,
        now,
    )
    caregiver = caregiver_by_id(connection, house.vault, text.caregiver_id) if text.caregiver_id else None
    words = say(
        "review_no_time",
        language_of(caregiver, hospital),
        phone=hospital.phone,
        emergency=hospital.emergency_number,
    )
    draft = Draft(
        body=words, purpose=Purpose.ANSWER, topic="review_no_time", channel=text.channel, level=Level.REVIEW
    )
    _reply(house, connection, text, draft, now)


def record_staff_text(house: House, connection: Connection, text: Kept, now: datetime) -> None:
    """A text from one of the staff's own phones: an answer to the newest page, or told how to answer one."""
    person = staff_by_id(connection, house.vault, text.staff_id or "")
    if person is None:  # disabled a moment ago
        raise LookupError("nobody of the staff has this phone any more")
    body = answer_to_page(house, connection, person, text.body, now)
    draft = Draft(body=body, purpose=Purpose.STAFF, topic="staff_reply", channel=text.channel)
    _reply(house, connection, text, draft, now)
