"""What holds for every text, every reading and every situation."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.context import Context
from bot.conversation.decide import decide
from bot.conversation.decision import Answered, ExtendDaily, Stop
from bot.conversation.keywords import HELP, START, STOP, Reaction, reaction
from bot.conversation.say import wordings
from messages.conversation import Intent, Purpose, Reading
from messages.flags import SIGNS, Level
from tests.unit.conversation.scene import DAYS, answers, context, flags, told

TEXTS = st.one_of(
    st.sampled_from([*sorted(STOP | START | HELP), "1", "2", "3", "both", "Leo", "Ana is hot", "", " ", "yes", "👍"]),
    st.sampled_from(["Liked “Emergency: call 911.”", "Disliked “Emergency: call 911.”", "👎 to “hello”"]),
    st.text(max_size=40),
)
READINGS = st.builds(
    Reading,
    level=st.sampled_from(Level),
    signs=st.sets(st.sampled_from(SIGNS), max_size=3).map(lambda signs: tuple(sorted(signs))),
    intent=st.sampled_from(Intent),
    temperature=st.one_of(st.none(), st.floats(34, 43)),
    pain=st.one_of(st.none(), st.integers(0, 10)),
    complete=st.booleans(),
    language=st.sampled_from(["en", "es", "mixed", "other", ""]),
)
TOPICS = [*sorted(wordings()["en"].texts), "menu", "follow_up:temperature", "follow_up:toes"]
ASKED = ["none", "checkin 1h", "menu 1h", "menu 5s", "followup:temperature 30s", "which_child 1m"]
SAID = st.builds(
    "{}/{} {}".format,
    st.sampled_from(TOPICS),
    st.sampled_from(["-", "ok", "review", "urgent", "emergency"]),
    st.sampled_from(["10s", "1m", "9m", "50m", "3h", "20h"]),
)
SCENES = st.fixed_dictionaries(
    {
        "now": st.builds("{} {}:{:02}".format, st.sampled_from(DAYS), st.integers(0, 23), st.integers(0, 59)),
        "who": st.sampled_from(["family", "family", "family", "stranger", "stopped", "ended"]),
        "children": st.sampled_from([[], ["Ana"], ["Ana", "Leo"], ["Ana", "Leo", "Max"]]),
        "language": st.sampled_from(["en", "es", "vi"]),
        "zone": st.sampled_from(["America/Chicago", "America/Los_Angeles", "Asia/Kathmandu"]),
        "asked": st.sampled_from(ASKED),
        "said": st.lists(SAID, max_size=3),
        "media": st.integers(0, 1),
        "received": st.sampled_from([1, 2, 12, 13, 60]),
        "risks": st.sampled_from([[], ["smoke"], ["asthma", "diabetes"]]),
        "recent": st.lists(st.sampled_from(SIGNS), max_size=2),
        "carrier": st.booleans(),
        "taken": st.booleans(),
        "day": st.integers(0, 60),
    },
    optional={
        "open": st.sampled_from(["review", "urgent", "emergency"]),
        "about": st.sampled_from(["", "Ana"]),
        "next": st.sampled_from(["tue 18:00", "wed 9:00", "sat 9:00"]),
    },
).map(context)


@given(READINGS, SCENES, TEXTS)
def test_whatever_is_read_as_serious_is_flagged_as_serious(reading: Reading, context: Context, text: str) -> None:
    if reaction(text) and not context.media:
        return  # the words are ours
    lowered = context.children and reading.level < Level.EMERGENCY  # a protocol may: `protocol_lowers`
    raised = [flag.level for flag in flags(decide(reading, context, text))]
    if reading.level >= Level.URGENT:
        assert max(raised) >= (reading.level if not lowered else Level.REVIEW)


@given(READINGS, SCENES, TEXTS)
def test_nothing_is_answered_more_lightly_than_it_was_read(reading: Reading, context: Context, text: str) -> None:
    for answer in answers(decide(reading, context, text)):
        assert answer.level is None or answer.level >= min(reading.level, Level.URGENT)


@given(READINGS, SCENES, TEXTS)
def test_an_answer_that_is_held_back_never_holds_back_a_flag(reading: Reading, context: Context, text: str) -> None:
    if reaction(text) and not context.media:
        return
    decision = decide(reading, context, text)
    if decision.level > Level.OK:
        assert any(flag.level >= decision.level for flag in flags(decision))


@given(READINGS, SCENES, TEXTS)
def test_a_family_gets_at_most_one_answer_and_one_more_text(reading: Reading, context: Context, text: str) -> None:
    found = answers(decide(reading, context, text))
    assert len(found) <= 2
    assert [answer.after > timedelta(0) for answer in found] in ([], [False], [False, True])
    assert sum(answer.asks is not None for answer in found) <= 1
    assert all(answer.purpose in (Purpose.ANSWER, Purpose.FOLLOW_UP) for answer in found)


@given(READINGS, SCENES, TEXTS)
def test_no_answer_leaves_a_hole_and_none_promises_a_call_when_nobody_is_there(
    reading: Reading, context: Context, text: str
) -> None:
    decision = decide(reading, context, text)
    for answer in answers(decision):
        assert answer.body.strip()
        assert "{" not in answer.body
        assert "  " not in answer.body
        if answer.topic in ("urgent", "medication"):
            assert context.staffed_until is not None
    for flag in flags(decision):
        assert flag.due_at is not None
        assert flag.due_at > context.now
        assert not flag.promised or answers(decision)


@given(READINGS, SCENES, TEXTS)
def test_what_was_not_understood_is_never_closed(reading: Reading, context: Context, text: str) -> None:
    decision = decide(reading, context, text)
    bare = text.strip(" .!?*,;:\"'").casefold()
    knows = bare in STOP | START | {"yes"} or decision.case == "which_child_answered"
    if not reading.complete and not knows and reaction(text) is not Reaction.LIKE:
        assert flags(decision)


@given(READINGS, SCENES, TEXTS)
def test_a_wish_to_stop_is_always_obeyed(reading: Reading, context: Context, text: str) -> None:
    texting = context.caregiver is not None and context.caregiver.texting
    if reading.intent is Intent.OPT_OUT and texting and not reaction(text):
        assert any(isinstance(action, Stop) for action in decide(reading, context, text).actions)


@given(READINGS, SCENES, TEXTS)
def test_a_decision_speaks_only_of_children_of_this_family(reading: Reading, context: Context, text: str) -> None:
    decision = decide(reading, context, text)
    known = {child.episode_id for child in context.children} | {context.about}
    named = {one for flag in flags(decision) for one in flag.episode_ids} | set(decision.about)
    named |= {a.episode_id for a in decision.actions if isinstance(a, Answered | ExtendDaily)}
    assert named <= known


@given(READINGS, SCENES, TEXTS)
def test_the_same_text_in_the_same_scene_is_decided_the_same(
    reading: Reading, context: Context, text: str
) -> None:
    assert told(decide(reading, context, text)) == told(decide(reading, context, text))
