"""The shapes of the API: what is taken and given. The API's description is made from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Some = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Taken(BaseModel):
    """What is sent to us: nothing that we do not know, so that no misspelt field is silently left out."""

    model_config = ConfigDict(extra="forbid")


class CaregiverIn(Taken):
    name: Some
    phone: Annotated[Some, Field(description="With + and the country code, or as dialled where the hospital is.")]
    relation: Text = ""
    language: Annotated[Text, Field(description="Such as en or es.")] = "en"
    zone: Annotated[Text, Field(description="Such as America/Chicago; the hospital's when left out.")] = ""
    hours: Annotated[Text, Field(description="Texts only between these on their clock, like 12:00-20:00.")] = ""


class ConsentIn(Taken):
    words: Annotated[Words, Field(description="With which the adults agreed to be texted.")]
    asked_by: Annotated[Text, Field(description="Who asked them.")] = ""


class EnrolmentIn(Taken):
    child: Annotated[Some, Field(description="First name or nickname only.")]
    day_zero: Annotated[date, Field(description="The day the child comes home.")]
    protocol: Some
    caregivers: Annotated[list[CaregiverIn], Field(min_length=1, max_length=6, description="In the order asked.")]
    consent: ConsentIn
    record: Annotated[Text, Field(description="The hospital's own number of the child.")] = ""
    risks: list[Some] = []


class EnrolmentOut(BaseModel):
    family: str
    result: Literal["new", "re-planned", "joined", "unchanged"]
    notes: list[str]


class CaregiverOut(BaseModel):
    id: str
    name: str
    relation: str
    phone: str
    language: str
    zone: str
    hours: Annotated[str, Field(description="Texts only between these; empty: as the protocol asks.")]
    texting: Annotated[bool, Field(description="False after STOP.")]
    confirmed: Annotated[bool, Field(description="Whether the number has answered for itself.")]


class FamilyOut(BaseModel):
    id: str
    child: str
    child_id: str
    day_zero: date
    protocol: str
    state: Literal["active", "paused", "ended"]
    why: str
    risks: list[str]
    caregivers: list[CaregiverOut]


class FamilyList(BaseModel):
    items: list[FamilyOut]
    next: Annotated[str | None, Field(description="Give it as `after` for the next ones; null at the end.")]


class WhyIn(Taken):
    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class EndIn(Taken):
    why: Literal["finished", "other_care", "family_wish", "wrong_enrolment", "other"]


class JoinIn(CaregiverIn):
    consent: ConsentIn


class ChangeIn(Taken):
    language: Text | None = None
    zone: Annotated[Text | None, Field(description="Such as America/Chicago.")] = None
    hours: Annotated[Text | None, Field(description='Like 12:00-20:00; "": as the protocol asks.')] = None


class WithdrawIn(Taken):
    words: Annotated[Words, Field(min_length=1, description="What they said.")]


class FlagOut(BaseModel):
    id: str
    family: str
    child_id: str
    kind: str
    level: Literal["emergency", "urgent", "review", "ok"]
    state: Literal["open", "taken", "closed"]
    signs: list[str]
    opened_at: datetime
    due_at: datetime
    taken_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


class FlagList(BaseModel):
    items: list[FlagOut]
    next: str | None


class ReadingOut(BaseModel):
    id: str
    family: str
    child_id: str
    message: str
    level: Literal["emergency", "urgent", "review", "ok"]
    signs: list[str]
    intent: str
    temperature: Annotated[float | None, Field(description="Celsius.")]
    pain: Annotated[int | None, Field(description="0 to 10.")]
    complete: Annotated[bool, Field(description="Whether every word was understood.")]
    at: datetime


class ReadingList(BaseModel):
    items: list[ReadingOut]
    next: str | None


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
