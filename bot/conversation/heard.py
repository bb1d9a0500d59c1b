"""One text with all that is known about it, and the actions that follow from its level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.conversation import brakes, who
from bot.conversation.context import ChildHere, Context
from bot.conversation.decision import Action, Answer, Attribute, Decision, RaiseFlag
from bot.conversation.lines import lines_of
from bot.conversation.promise import Promise, promise, zone
from bot.conversation.say import by, following, language_of, say, tells_a_time
from bot.conversation.triage import Triage, triage_all
from messages.conversation import Asked, Purpose, Reading
from messages.flags import FlagKind, Level

SECOND_AFTER = timedelta(seconds=4)  # so that a phone shows the second text below the first


@dataclass(frozen=True)
class Heard:
    """`about` are the children the text is about; several and not `clear` when nobody knows which.

    `first` are actions that come whatever else is decided: an earlier text now known to be about this child.
    """

    reading: Reading
    context: Context
    text: str
    about: tuple[ChildHere, ...]
    clear: bool
    triage: Triage
    language: str
    choice: who.Choice | None = None
    first: tuple[Action, ...] = ()

    @property
    def level(self) -> Level:
        return self.triage.level

    @property
    def promise(self) -> Promise:
        return promise(self.level, self.context)

    @property
    def episode_ids(self) -> tuple[str, ...]:
        """The episodes the text is about, an ended one too; none for a stranger."""
        if self.about:
            return tuple(child.episode_id for child in self.about)
        return (self.context.about,) if self.context.about else ()

    def at_least(self, level: Level, rule: str) -> Heard:
        """The same text at `level` or above, with the rule that says so."""
        if self.level >= level:
            return self
        return replace(self, triage=Triage(level, (*self.triage.rules, rule)))

    def decided(self, *actions: Action | None, level: Level | None = None) -> Decision:
        return Decision(
            level=level or self.level,
            actions=(*self.first, *(action for action in actions if action is not None)),
            about=self.episode_ids if self.clear else (),
            rules=self.triage.rules,
        )

    def flag(
        self,
        kind: FlagKind = FlagKind.REPLY,
        level: Level | None = None,
        answers: tuple[Answer | None, ...] = (),
        episode_ids: tuple[str, ...] | None = None,
    ) -> RaiseFlag:
        """A flag at the text's level or a given one; `promised` when one of `answers` tells a time."""
        due = promise(level or self.level, self.context)
        told = any(answer is not None and tells_a_time(answer.topic) for answer in answers)
        return RaiseFlag(
            kind=kind,
            level=level or self.level,
            signs=self.reading.signs,
            episode_ids=self.episode_ids if episode_ids is None else episode_ids,
            due_at=due.due_at,
            promised=told and due.told is not None,
            reason=", ".join(self.triage.rules),
        )

    def answer(
        self,
        topic: str,
        level: Level | None = None,
        *,
        asks: Asked | None = None,
        second: bool = False,
        purpose: Purpose = Purpose.ANSWER,
        **values: str,
    ) -> Answer:
        """The text of `topic` in the family's language. `second` leaves a few seconds after the first."""
        return Answer(
            topic=topic,
            body=say(topic, self.language, **self._values(), **values),
            level=level,
            asks=asks,
            purpose=purpose,
            after=SECOND_AFTER if second else timedelta(0),
        )

    def receipt(self, topic: str) -> Answer | None:
        """The answer at the text's level, unless a brake holds it."""
        return None if brakes.held(self.level, topic, self.context) else self.answer(topic, self.level)

    def timed(self, topic: str, otherwise: str) -> str:
        """`topic`, which tells a time, or `otherwise` when no time may be told."""
        return topic if self.promise.told else otherwise

    def _values(self) -> dict[str, str]:
        context, lines = self.context, lines_of(self.context.hospital)
        told, next_check_in = self.promise.told, context.next_check_in
        here = zone(context)
        return {
            "phone": context.hospital.phone,
            "emergency": context.hospital.emergency_number,
            "hospital": context.hospital.name,
            "crisis": lines.crisis,
            "poison": lines.poison,
            "by": by(told, context.now, here, self.language) if told else "",
            "next": following(next_check_in, context.now, here, self.language) if next_check_in else "",
        }


def hear(reading: Reading, context: Context, text: str) -> Heard:
    """Find out which child the text is about, and how serious it is for that child."""
    choice = None
    if context.asked.kind == "which_child":
        choice = who.choice(text, context.asked.options, context.children)
    about, clear = _about(choice, context, text)
    found = triage_all(reading, about, context, text)
    first: tuple[Action, ...] = ()
    if choice is not None:
        earlier = tuple(dict.fromkeys((*context.asked.of, *context.unclear)))
        first = tuple(Attribute(episode_id, earlier) for episode_id in choice.episode_ids if earlier)
    return Heard(
        reading=reading,
        context=context,
        text=text,
        about=about,
        clear=clear,
        triage=found,
        language=language_of(context.caregiver, context.hospital, reading.language),
        choice=choice,
        first=first,
    )


def _about(choice: who.Choice | None, context: Context, text: str) -> tuple[tuple[ChildHere, ...], bool]:
    """The children meant, and whether that is certain: chosen, the only one, named, or just asked about."""
    children = context.children
    if choice is not None:
        return tuple(child for child in children if child.episode_id in choice.episode_ids), True
    if len(children) < 2:
        return children, True
    named = who.named(text, children)
    if named:
        return named, True
    known = tuple(child for child in children if child.episode_id == context.about)
    return known or children, bool(known)
