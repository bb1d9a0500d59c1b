"""What is said of an alarm, to staff in their language and to whoever runs Hearback: nothing of any family. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from messages.watch import Alarm, Say

_EN = {
    "alarm": "ALARM",
    "again": "ALARM, still",
    "over": "It is over",
    "since": "Since {at}.",
    "from to": "From {since} to {until}.",
    "look": "Look: {link}",
    "detail": "Cause: {detail}",
    "database": "Our records cannot be reached. No text is read and none leaves.",
    "database do": "Families' texts are kept at the carrier. Until it is over, phone the families you worry about.",
    "clock": "The clock stands still. No check-in is asked, and nobody is told of a flag a second time.",
    "clock do": "Keep the list of flags open and look at it yourself until it is over.",
    "outbox": "Texts do not leave. Families get no answer and staff get no page.",
    "outbox do": "Keep the list of flags open, and phone families instead of texting them.",
    "undecided": "A family's text came in and nobody was told of it.",
    "undecided do": "Look at the newest texts yourself until it is over.",
    "carrier": "Texts do not get through. Families get no answer and staff get no page by text.",
    "carrier do": "Keep the list of flags open, and phone families instead of texting them.",
    "credential": "The carrier no longer lets us in. No text leaves.",
    "credential do": "Keep the list of flags open, and phone families. Whoever runs Hearback renews the login.",
    "mail": "E-mails do not leave. Whoever is told by e-mail alone is told nothing.",
    "mail do": "Have pages reach you by text too until it is over. Whoever runs Hearback renews the login.",
    "unseen": "A family has waited too long, and nobody has taken their flag.",
    "unseen do": "Take it now, or phone whoever is on duty.",
    "test": "This is a test of the alarm. Nothing is wrong, and there is nothing to do.",
}
_ES = {
    "alarm": "ALARMA",
    "again": "ALARMA, continúa",
    "over": "Ya terminó",
    "since": "Desde {at}.",
    "from to": "De {since} a {until}.",
    "look": "Ver: {link}",
    "detail": "Causa: {detail}",
    "database": "No se puede llegar a nuestros registros. No se lee ni sale ningún mensaje.",
    "database do": "El operador guarda los mensajes de las familias. Hasta que termine, llame a quienes le preocupan.",
    "clock": "El reloj está detenido. No sale ninguna pregunta y nadie recibe un segundo aviso.",
    "clock do": "Tenga abierta la lista de avisos y mírela usted hasta que termine.",
    "outbox": "Los mensajes no salen. Las familias no reciben respuesta ni el personal recibe avisos.",
    "outbox do": "Tenga abierta la lista de avisos y llame a las familias en vez de escribirles.",
    "undecided": "Llegó un mensaje de una familia y no se avisó a nadie.",
    "undecided do": "Mire usted los mensajes más nuevos hasta que termine.",
    "carrier": "Los mensajes no llegan. Las familias no reciben respuesta ni el personal recibe avisos por mensaje.",
    "carrier do": "Tenga abierta la lista de avisos y llame a las familias en vez de escribirles.",
    "credential": "El operador ya no nos deja entrar. No sale ningún mensaje.",
    "credential do": "Mire la lista de avisos y llame a las familias. Quien administra Hearback renueva el acceso.",
    "mail": "Los correos no salen. Quien recibe avisos solo por correo no se entera de nada.",
    "mail do": "Reciba los avisos también por mensaje hasta que termine. Quien administra Hearback renueva el acceso.",
    "unseen": "Una familia ha esperado demasiado y nadie ha tomado su aviso.",
    "unseen do": "Tómelo ahora o llame a quien está de turno.",
    "test": "Esto es una prueba de la alarma. Todo está bien y no hay nada que hacer.",
}
_ALL: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES}


def _said(language: str, what: str, **values: object) -> str:
    return _ALL.get(language, _EN)[what].format(**values)


def what(alarm: Alarm, language: str) -> str:
    """What is wrong, and what follows for families and staff."""
    return _said(language, alarm.value)


def mend(alarm: Alarm, language: str) -> str:
    """What whoever reads it does until it is over."""
    return _said(language, f"{alarm.value} do")


def note(
    alarm: Alarm, say: Say, language: str, *, hospital: str, since: datetime, now: datetime, zone: tzinfo, link: str,
    detail: str = "",
) -> str:  # fmt: skip
    """What one person is told. Its first sentence says enough; `hospital` "" is everybody's, `detail` the cause."""
    where = f"Hearback, {hospital}" if hospital else "Hearback"
    at, until = (f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}" for moment in (since, now))
    parts = [f"{where}: {_said(language, say.value)}: {what(alarm, language)}"]
    if say is Say.OVER:
        parts.append(_said(language, "from to", since=at, until=until))
    else:
        parts.append(mend(alarm, language))
        parts += [_said(language, "detail", detail=detail)] if detail else []
        parts += [_said(language, "since", at=at)] if say is Say.AGAIN else []
    parts += [_said(language, "look", link=link)] if link else []
    return " ".join(parts)


def trial(link: str) -> str:
    """What `hearback doctor --alarm` sends."""
    return f"Hearback: {_said('en', 'test')}" + (f" {_said('en', 'look', link=link)}" if link else "")
