"""A FHIR R4 Bundle as a family: Patient, RelatedPerson and Encounter or Procedure. Pure; errors name the element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from messages.errors import EnrolmentError
from messages.phones import parse_phone
from scheduler.foresee import CaregiverEntry, Family

_ZONE = ("http://hl7.org/fhir/StructureDefinition/timezone", "http://hl7.org/fhir/StructureDefinition/tz-code")


@dataclass(frozen=True)
class Sent:
    """What a Bundle says: the family, and the words of a Consent in it."""

    family: Family
    consent: str


def family_in(
    bundle: Any, *, protocols: Sequence[str], languages: Sequence[str], zone: str, region: str | None, now: datetime
) -> Sent:
    """Raises EnrolmentError. `zone` is for adults whose own is not said."""
    found = _resources(bundle)
    patient = _living(_one(found, "Patient"))
    people = [one for one in found if one.get("resourceType") == "RelatedPerson"]
    if not people:
        raise _wrong("Bundle.entry", "holds no RelatedPerson", "Send at least one adult with a phone.")
    people = [one for one in people if one.get("active") is not False and not _over(one, now)]
    if not people:
        raise _wrong("RelatedPerson.active", "is false, or their period is over", "Send an adult who may be texted.")
    adults = tuple(_adult(one, languages, zone, region, now) for one in people)
    stay, operation = _took_place(found, "Encounter"), _took_place(found, "Procedure")
    if stay is None and operation is None:
        raise _wrong("Bundle.entry", "holds no Encounter and no Procedure", "Send the one that says the day.")
    home = _day_home(stay, operation, adults[0].zone)
    name = _first_name(patient, "Patient.name", now)
    family = Family(name, home, _protocol(stay, operation, protocols), adults, (), _record(patient, now))
    return Sent(family, _consent(found))


def _wrong(place: str, what: str, mend: str) -> EnrolmentError:
    return EnrolmentError(f"{place} {what}.", mend=mend)


def _list(of: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = of.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _dict(of: Any, name: str) -> dict[str, Any]:
    found = of.get(name) if isinstance(of, dict) else None
    return found if isinstance(found, dict) else {}


def _resources(bundle: Any) -> list[dict[str, Any]]:
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise _wrong("The body", "is no Bundle", "Send a Bundle with Patient, RelatedPerson, Encounter or Procedure.")
    if bundle.get("type") not in ("transaction", "batch", "collection", "message"):
        raise _wrong("Bundle.type", "is missing or of another kind", "Send a transaction or a collection.")
    return [_dict(one, "resource") for one in _list(bundle, "entry")]


def kinds_of(bundle: dict[str, Any]) -> list[str]:
    """The kind of each entry of a Bundle that was read, in order."""
    return [str(_dict(one, "resource").get("resourceType", "")) for one in _list(bundle, "entry")]


def _one(found: Sequence[dict[str, Any]], kind: str) -> dict[str, Any]:
    several = [one for one in found if one.get("resourceType") == kind]
    if len(several) != 1:
        raise _wrong("Bundle.entry", f"holds {len(several)} resources {kind}", "Send exactly one.")
    return several[0]


def _living(patient: dict[str, Any]) -> dict[str, Any]:
    """Nobody is texted about a child who died, nor about a record that is not used."""
    if patient.get("deceasedBoolean") is True or patient.get("deceasedDateTime"):
        raise _wrong("Patient.deceased", "says that the child died", "Nobody is texted. Call the family.")
    if patient.get("active") is False:
        raise _wrong("Patient.active", "is false", "Send the record that is in use.")
    return patient


_NOT_SO = {"Encounter": ("cancelled", "entered-in-error"), "Procedure": ("not-done", "entered-in-error")}


def _took_place(found: Sequence[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    """The first of its kind that is not cancelled or a mistake. Raises EnrolmentError when all are."""
    several = [one for one in found if one.get("resourceType") == kind]
    took_place = [one for one in several if one.get("status") not in _NOT_SO[kind]]
    if several and not took_place:
        raise _wrong(f"{kind}.status", f"is {several[0]['status']}", "Enrol after an operation that took place.")
    return took_place[0] if took_place else None


def _over(one: dict[str, Any], now: datetime) -> bool:
    """Whether it holds no more: a number of before, a name of before, an adult who is none any more."""
    end = _dict(one, "period").get("end")
    if one.get("use") == "old":
        return True
    return isinstance(end, str) and end[:10] < f"{now:%Y-%m-%d}"[: len(end)]  # "2026" ends with the year


def _record(patient: dict[str, Any], now: datetime) -> str:
    """The hospital's own number: of type MR, else the first in use."""
    several = [one for one in _list(patient, "identifier") if one.get("value") and not _over(one, now)]
    several.sort(key=lambda one: all(code.get("code") != "MR" for code in _list(_dict(one, "type"), "coding")))
    return str(several[0]["value"]).strip() if several else ""


def _first_name(of: dict[str, Any], place: str, now: datetime) -> str:
    """A nickname, else the first given name; never a family name, of which we want none."""
    names = [one for one in _list(of, "name") if not _over(one, now)]
    order = {"nickname": 0, "usual": 1, "official": 2}
    for name in sorted(names, key=lambda one: order.get(str(one.get("use")), 3)):
        given = name.get("given")
        if isinstance(given, list) and given and isinstance(given[0], str) and given[0].strip():
            return str(given[0]).strip()
    raise _wrong(f"{place}.given", "is missing", "Send a first name or nickname.")


def _adult(
    person: dict[str, Any], languages: Sequence[str], zone: str, region: str | None, now: datetime
) -> CaregiverEntry:
    phones = [
        one for one in _list(person, "telecom")
        if one.get("system") in ("phone", "sms") and one.get("value") and not _over(one, now)
    ]  # fmt: skip
    phones.sort(key=lambda one: (one.get("use") != "mobile", one.get("system") != "sms", _rank(one)))
    if not phones:
        raise _wrong("RelatedPerson.telecom", "has no phone", "Send the mobile number of this adult.")
    return CaregiverEntry(
        _first_name(person, "RelatedPerson.name", now), _relation(person), parse_phone(str(phones[0]["value"]), region),
        _language(person, languages), _zone(person) or zone,
    )


def _rank(phone: dict[str, Any]) -> int:
    rank = phone.get("rank")
    return rank if isinstance(rank, int) else 1000


# Relations as codes of v3-RoleCode that systems send without words.
_RELATIONS = {
    "MTH": "mother", "FTH": "father", "PRN": "parent", "GRMTH": "grandmother", "GRFTH": "grandfather",
    "GRPRN": "grandparent", "STPMTH": "stepmother", "STPFTH": "stepfather", "GUARD": "guardian", "AUNT": "aunt",
    "UNCLE": "uncle", "SIS": "sister", "BRO": "brother",
}


def _relation(person: dict[str, Any]) -> str:
    for concept in _list(person, "relationship"):
        codings = _list(concept, "coding")
        words = concept.get("text") or next((c.get("display") for c in codings if c.get("display")), "")
        words = words or next((_RELATIONS[code] for c in codings if (code := str(c.get("code"))) in _RELATIONS), "")
        if words:
            return str(words)[:40]
    return ""


def _language(person: dict[str, Any], languages: Sequence[str]) -> str:
    several = sorted(_list(person, "communication"), key=lambda one: one.get("preferred") is not True)
    for one in several:
        for coding in _list(_dict(one, "language"), "coding"):
            code = str(coding.get("code", "")).split("-")[0].lower()
            if code in languages:
                return code
    return languages[0]


def _zone(person: dict[str, Any]) -> str:
    for one in [*_list(person, "extension"), *(e for a in _list(person, "address") for e in _list(a, "extension"))]:
        if one.get("url") in _ZONE:
            return str(one.get("valueCode", ""))
    return ""


def _day_home(stay: dict[str, Any] | None, operation: dict[str, Any] | None, zone: str) -> date:
    """The day the stay ended; without one, the day of the operation."""
    places = [("Encounter.period.end", _dict(stay, "period").get("end"))] if stay else []
    if operation:
        places += [
            ("Procedure.performedPeriod.end", _dict(operation, "performedPeriod").get("end")),
            ("Procedure.performedDateTime", operation.get("performedDateTime")),
        ]
    for place, text in places:
        if text:
            return _local_day(place, str(text), zone)
    raise _wrong(places[0][0], "is missing", "Send the day the child comes home.")


def _local_day(place: str, text: str, zone: str) -> date:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError, KeyError, OSError):
        raise _wrong(place, "is no day or instant", "Write it like 2026-03-05 or 2026-03-05T14:00:00-06:00.") from None


def _protocol(stay: dict[str, Any] | None, operation: dict[str, Any] | None, protocols: Sequence[str]) -> str:
    """The protocol whose name is a code of the Procedure or of the Encounter's type; the only one there is."""
    concepts = [_dict(operation, "code"), *(_list(stay, "type") if stay else [])]
    named = [str(one.get("text", "")) for one in concepts]
    named += [str(coding.get("code", "")) for one in concepts for coding in _list(one, "coding")]
    for name in named:
        if name in protocols:
            return name
    if len(protocols) == 1:
        return protocols[0]
    raise _wrong("Procedure.code", "names no protocol", f"Send one of these as a code: {', '.join(protocols)}.")


def _consent(found: Sequence[dict[str, Any]]) -> str:
    """What an active Consent says, as far as it says it in words."""
    for one in found:
        if one.get("resourceType") == "Consent":
            if one.get("status") != "active":
                raise _wrong("Consent.status", "is not active", "Enrol only families who agreed.")
            said = next((str(p["uri"]) for p in _list(one, "policy") if p.get("uri")), "")
            when = str(one.get("dateTime", ""))
            return " ".join(filter(None, ("FHIR Consent", str(one.get("id", "")), when, said)))[:2000]
    return ""
