"""A protocol to begin with: one question a day, for whoever writes one of a new operation. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LONGEST = 40
_TEXTS = {
    "en": {
        "welcome": "{hospital}: you joined our check-in texts {about}. You can text us any time. Our team reads texts "
        "{hours}. At other times call {phone}. Emergency: call {emergency}, do not wait for a text. Reply STOP to end.",
        "ask": "{hospital}, day {day} {about}: any of these now? Text numbers or words.\n{menu}\n"
        "Emergency: call {emergency}.",
        "fever": "fever or chills", "pain": "pain getting worse", "none": "none",
        "goodbye": "{hospital}: this was our last planned text {about}. Questions: call {phone}. Emergency: call "
        "{emergency}.",
    },
    "es": {
        "welcome": "{hospital}: le enviamos mensajes de control {about}. Escriba a cualquier hora. El equipo lee los "
        "mensajes {hours}. A otras horas llame al {phone}. Emergencia: llame al {emergency}, no espere un mensaje. "
        "Responda STOP para terminar.",
        "ask": "{hospital}, día {day} {about}: ¿hay algo de esto ahora? Mande números o palabras.\n{menu}\n"
        "Emergencia: llame al {emergency}.",
        "fever": "fiebre o escalofríos", "pain": "dolor que empeora", "none": "nada",
        "goodbye": "{hospital}: aquí termina el control {about}. Preguntas: llame al {phone}. Emergencia: llame al "
        "{emergency}.",
    },
}  # fmt: skip


def short_name(title: str) -> str:
    """ "Knee arthroscopy" as a protocol is called: knee-arthroscopy; "" when there is no letter in it."""
    plain = "".join(c for c in unicodedata.normalize("NFD", title.casefold()) if not unicodedata.combining(c))
    return re.sub(r"^[^a-z]+|-+$", "", re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST])


def beginning(title: str, languages: Sequence[str]) -> str:
    """The YAML of a protocol without mistakes for an operation of this title, in the languages that we can write."""
    spoken = [one for one in languages if one in _TEXTS] or ["en"]

    def texts(name: str, indent: int) -> str:
        return "".join(f"\n{' ' * indent}{one}: {_quoted(_TEXTS[one][name])}" for one in spoken)

    titles = "".join(f"\n  {one}: {_quoted(title)}" for one in spoken)
    return f"""name: {short_name(title)}
title:{titles}
languages: [{", ".join(spoken)}]
use: [parts/every-day.yaml]
day_zero: discharge
quiet_hours: {{from: "21:00", to: "8:00"}}
spread: 20 min
lateness: 4 h
welcome:
  text:{texts("welcome", 4)}
phases:
  - name: first week
    days: 1-7
    at: ["9:00"]
    ask: daily
questions:
  daily:
    text:{texts("ask", 6)}
    menu:
      1:
        label:{texts("fever", 10)}
        signs: [fever, chills]
      2:
        label:{texts("pain", 10)}
        signs: [pain]
      0:
        label:{texts("none", 10)}
goodbye:
  day: 8
  at: "9:00"
  text:{texts("goodbye", 4)}
"""


def _quoted(text: str) -> str:
    said = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{said}"'
