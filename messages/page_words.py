"""What pages say, in the language of whoever is told: how serious, where to look, nothing of the family. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from messages.flags import Flag, Level
from messages.people import Hospital, Staff

_EN = {
    "emergency": "EMERGENCY. A family needs someone now.",
    "urgent": "URGENT. A family is waiting for a call.",
    "review": "A text is waiting to be read.",
    "again": " Told {n} times.",
    "left": " {who} took it and nothing was done since.",
    "failed": " NOBODY took it, and everyone was told.",
    "answer": " Reply 1 to take it, 2 if you cannot.",
    "answer_over": " Reply 1 to take it over, 2 if you cannot.",
    "take": " Take it: {link}",
    "handed": " A colleague handed it to you. Look: {link}",
    "its emergency": "the emergency",
    "its urgent": "the urgent flag",
    "its review": "the flag",
    "gone": "{who} has {it}. Nothing to do for you.",
    "yours": "You have {it}. Nobody else is called.{more} Look: {link}",
    "already": "You have {it} already. Look: {link}",
    "anothers": "{who} has {it} already. Nothing was taken.{more}",
    "closed": "That flag is closed. Nothing was taken.{more}",
    "passed": "Thank you. Others are told.{more}",
    "nothing": "No flag was texted to you lately. Nothing was taken. See: {link}",
    "bundle": "{n} wait for you: {counts}.",
    "n urgent": "{n} urgent",
    "n review": "{n} to read",
    "bundle failed": " NOBODY took them, and everyone was told.",
    "answer_list": " Reply 2 if you cannot.",
    "list": " Open the list: {link}",
    "several": "That text was about {n} flags. Nothing was taken. Open the list, take them one by one.{list}",
    "none left": "All of them are taken or closed. Nothing for you to do.",
    "help": "Nothing was taken. Reply 1 to take the newest flag, 2 if you cannot. Or look: {link}",
    "may not": "Your account may not take flags. Nothing was taken. Ask your manager.",
    "more": " {n} more wait: {link}",
}
_ES = {
    "emergency": "EMERGENCIA. Una familia necesita a alguien ahora.",
    "urgent": "URGENTE. Una familia espera una llamada.",
    "review": "Un mensaje espera que alguien lo lea.",
    "again": " Avisado {n} veces.",
    "left": " {who} lo tiene y no se ha hecho nada desde entonces.",
    "failed": " NADIE lo tiene, y se dio aviso a todos.",
    "answer": " Responda 1 para tomarlo, 2 si no puede.",
    "answer_over": " Responda 1 para hacerse cargo, 2 si no puede.",
    "take": " Tomarlo: {link}",
    "handed": " Alguien del equipo se lo dio. Ver: {link}",
    "its emergency": "la emergencia",
    "its urgent": "el aviso urgente",
    "its review": "el aviso",
    "gone": "{who} tiene {it}. Usted no tiene que hacer nada.",
    "yours": "Usted tiene {it}. No se llama a nadie más.{more} Ver: {link}",
    "already": "Usted ya tiene {it}. Ver: {link}",
    "anothers": "{who} ya tiene {it}. No se tomó nada.{more}",
    "closed": "Ese aviso ya se cerró. No se tomó nada.{more}",
    "passed": "Gracias. Se avisa a otras personas.{more}",
    "nothing": "No hay avisos recientes para usted. No se tomó nada. Ver: {link}",
    "bundle": "{n} esperan por usted: {counts}.",
    "n urgent": "{n} urgentes",
    "n review": "{n} por leer",
    "bundle failed": " NADIE los tiene, y se dio aviso a todos.",
    "answer_list": " Responda 2 si no puede.",
    "list": " Abra la lista: {link}",
    "several": "Ese mensaje era de {n} avisos. No se tomó nada. Abra la lista y tómelos uno por uno.{list}",
    "none left": "Todos están tomados o cerrados. Usted no tiene que hacer nada.",
    "help": "No se tomó nada. Responda 1 para tomar el aviso más nuevo, 2 si no puede. O mire: {link}",
    "may not": "Su cuenta no puede tomar avisos. No se tomó nada. Pregunte a su gerencia.",
    "more": " Esperan {n} más: {link}",
}
_ALL: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES}

TAKE = frozenset((
    "1", "take", "taken", "take it", "i take it", "ill take it", "got it", "mine", "ack", "t", "y", "yes", "ok", "okay",
    "tomo", "tomar", "lo tomo", "tomado", "mio", "si", "vale", "ya", "yo",
))  # fmt: skip
CANNOT = frozenset((
    "2", "cannot", "cant", "i cannot", "i cant", "can not", "no", "n", "pass", "busy", "not me", "no puedo", "paso",
    "ocupado", "ocupada", "ahora no",
))  # fmt: skip


def _it(flag: Flag) -> str:
    return flag.level.value if flag.level >= Level.URGENT else "review"


def words(person: Staff, what: str, **values: object) -> str:
    """One sentence for a member of staff."""
    return _ALL.get(person.language, _EN)[what].format(**values)


def page_body(
    flag: Flag, hospital: Hospital, person: Staff, link: str, *, left_by: str = "", failed: bool = False,
    replies: bool = True,
) -> str:
    """What a page says. `left_by` has it and did nothing; `failed`: every rung was told in vain.

    `replies`: it is a text, and can be answered by one.
    """
    body = f"Hearback, {hospital.name}: {words(person, _it(flag))}"
    if left_by:
        body += words(person, "left", who=left_by)
    if failed:
        body += words(person, "failed")
    elif flag.pages_sent and not left_by:
        body += words(person, "again", n=flag.pages_sent + 1)
    if replies:
        body += words(person, "answer_over" if left_by else "answer")
    return body + (words(person, "take", link=link) if link else "")


def bundle_body(
    levels: Sequence[Level], hospital: Hospital, person: Staff, link: str, *, failed: bool = False, replies: bool = True
) -> str:
    """What a page says that tells of several flags at once: how many, how serious, where the list is."""
    urgent = sum(level >= Level.URGENT for level in levels)
    each = {"n urgent": urgent, "n review": len(levels) - urgent}
    counts = ", ".join(words(person, what, n=n) for what, n in each.items() if n)
    body = f"Hearback, {hospital.name}: {words(person, 'bundle', n=len(levels), counts=counts)}"
    if failed:
        body += words(person, "bundle failed")
    if replies:
        body += words(person, "answer_list")
    return body + list_link(person, link)


def list_link(person: Staff, link: str) -> str:
    """Where the list is; "" when nobody has said where this Hearback is."""
    return words(person, "list", link=link) if link else ""


def handed_body(flag: Flag, hospital: Hospital, person: Staff, link: str) -> str:
    """That a colleague handed a flag over."""
    return f"Hearback, {hospital.name}: {words(person, _it(flag))}{words(person, 'handed', link=link)}"


def about(person: Staff, what: str, flag: Flag, **values: object) -> str:
    """A sentence about one flag: "You have the emergency ..."."""
    return f"Hearback: {words(person, what, it=words(person, f'its {_it(flag)}'), **values)}"


def meant(body: str) -> str:
    """What a reply to a page says: "take", "cannot", or "" for anything else."""
    folded = body.casefold().replace("í", "i").replace("ó", "o")
    plain = "".join(sign for sign in folded if sign.isalnum() or sign == " ")
    said = " ".join(plain.split())
    return "take" if said in TAKE else "cannot" if said in CANNOT else ""
