"""The environment -> one frozen Settings; every problem is listed at once, each with its mend."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from messages.encryption import Key, parse_keys
from messages.errors import SettingsError

VARIABLES: dict[str, str] = {
    "database_url": "HEARBACK_DATABASE_URL",
    "public_url": "HEARBACK_PUBLIC_URL",
    "secret_key": "HEARBACK_SECRET_KEY",
    "encryption_keys": "HEARBACK_ENCRYPTION_KEYS",
    "proxies": "HEARBACK_PROXIES",
    "sign_on_secrets": "HEARBACK_SIGN_ON_SECRETS",
    "twilio_account_sid": "TWILIO_ACCOUNT_SID",
    "twilio_auth_tokens": "TWILIO_AUTH_TOKEN",
    "twilio_api_url": "HEARBACK_TWILIO_API_URL",
    "smtp_url": "HEARBACK_SMTP_URL",
    "smtp_from": "HEARBACK_SMTP_FROM",
    "own_hosts": "HEARBACK_OWN_HOSTS",
    "alarm_to": "HEARBACK_ALARM_TO",
    "heartbeat_url": "HEARBACK_HEARTBEAT_URL",
    "metrics_token": "HEARBACK_METRICS_TOKEN",
}
"""Field of Settings -> environment variable; each may also be given as VARIABLE_FILE."""

DATABASE_NEEDS = frozenset({"database_url", "encryption_keys"})
WORK_NEEDS = DATABASE_NEEDS | {"public_url"}
SERVE_NEEDS = WORK_NEEDS | {"secret_key"}

DEFAULT_DATABASE_URL = "sqlite:///hearback.db"
TWILIO_API_URL = "https://api.twilio.com"
_SECRET_MEND = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
_MENDS = {
    "public_url": "Set it to the address families' texts come in by, such as https://hearback.example.org",
    "secret_key": _SECRET_MEND,
    "encryption_keys": "Run: hearback db key",
    "twilio_account_sid": "Copy it from Twilio's console.",
    "twilio_auth_tokens": "Copy it from Twilio's console.",
}


@dataclass(frozen=True)
class Settings:
    """Everything the environment says. Text that was neither given nor needed is "", a list is ()."""

    database_url: str = field(default=DEFAULT_DATABASE_URL, repr=False)
    public_url: str = ""
    secret_key: str = field(default="", repr=False)
    encryption_keys: tuple[Key, ...] = ()
    proxies: int = 0  # before the web process, each adding X-Forwarded-For
    sign_on_secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # hospital's short name, secret
    twilio_account_sid: str = ""
    twilio_auth_tokens: tuple[str, ...] = field(default=(), repr=False)
    twilio_api_url: str = TWILIO_API_URL
    smtp_url: str = field(default="", repr=False)  # smtp:// (STARTTLS) or smtps://, with user and password
    smtp_from: str = ""
    own_hosts: tuple[str, ...] = ()  # of the hospital's own chat tools and pagers
    alarm_to: tuple[str, ...] = field(default=(), repr=False)  # by e-mail, or addresses of chat tools and pagers
    heartbeat_url: str = field(default="", repr=False)  # of an outside monitor
    metrics_token: str = field(default="", repr=False)

    @property
    def carrier_name(self) -> str:
        """Who carries the texts: "twilio" or, without Twilio's credentials, "simulator"."""
        return "twilio" if self.twilio_account_sid else "simulator"


def load_settings(environ: Mapping[str, str], *, need: Collection[str]) -> Settings:
    """Read the environment; `need` names the fields that must be given or have a default.

    What is given is checked even when it is not needed. Raises SettingsError with every problem at once; no
    problem repeats a secret. A variable that is empty counts as not given.
    """
    unknown = set(need) - set(VARIABLES)
    if unknown:
        raise ValueError(f"unknown settings: {sorted(unknown)}")
    problems: list[str] = []
    given = {name: _read(environ, variable, problems) for name, variable in VARIABLES.items()}
    defaults = {"database_url": DEFAULT_DATABASE_URL, "twilio_api_url": TWILIO_API_URL}
    for name in VARIABLES:
        if given[name] == "" and name in need and name not in defaults:
            problems.append(f"{VARIABLES[name]} is not set. {_MENDS[name]}")
    values = {name: value or defaults.get(name, "") for name, value in given.items()}
    keys: tuple[Key, ...] = ()
    if values["encryption_keys"]:
        try:
            keys = tuple(parse_keys(values["encryption_keys"]))
        except SettingsError as error:
            problems += error.problems
    tokens = tuple(token for part in values["twilio_auth_tokens"].split(",") if (token := part.strip()))
    _check_twilio(given, tokens, problems)
    if values["secret_key"] and len(values["secret_key"]) < 32:
        problems.append(f"{VARIABLES['secret_key']} is shorter than 32 characters. {_SECRET_MEND}")
    settings = Settings(
        database_url=_database_url(values["database_url"], problems),
        public_url=_web_url("public_url", values["public_url"], problems),
        secret_key=values["secret_key"],
        encryption_keys=keys,
        proxies=_number("proxies", values["proxies"], problems),
        sign_on_secrets=_secrets("sign_on_secrets", values["sign_on_secrets"], problems),
        twilio_account_sid=values["twilio_account_sid"],
        twilio_auth_tokens=tokens,
        twilio_api_url=_web_url("twilio_api_url", values["twilio_api_url"], problems),
        smtp_url=_smtp_url(values["smtp_url"], values["smtp_from"], problems),
        smtp_from=values["smtp_from"],
        own_hosts=_hosts("own_hosts", values["own_hosts"], problems),
        alarm_to=_alarm_to(values["alarm_to"], values["smtp_url"], problems),
        heartbeat_url=_heartbeat_url(values["heartbeat_url"], problems),
        metrics_token=_token("metrics_token", values["metrics_token"], problems),
    )
    if problems:
        raise SettingsError(problems)
    return settings


def _number(field_name: str, text: str, problems: list[str]) -> int:
    if not re.fullmatch(r"[0-9]?", text):
        problems.append(f"{VARIABLES[field_name]} is not a number from 0 to 9. Write how many there are.")
        return 0
    return int(text or 0)


def _secrets(field_name: str, text: str, problems: list[str]) -> tuple[tuple[str, str], ...]:
    """ "harbor:secret, lakeside:secret" as pairs; a problem never repeats it."""
    pairs = [tuple(part.strip().split(":", 1)) for part in text.split(",") if part.strip()]
    if not all(len(pair) == 2 and all(pair) for pair in pairs):
        problems.append(f"{VARIABLES[field_name]} must read HOSPITAL:SECRET,HOSPITAL:SECRET by hospitals' short names.")
        return ()
    return tuple((slug.strip(), secret.strip()) for slug, secret in pairs)


def _read(environ: Mapping[str, str], variable: str, problems: list[str]) -> str | None:
    """The value of a variable or of the file it points to; None when that is a problem, "" when not given."""
    value = environ.get(variable, "").strip()
    path = environ.get(f"{variable}_FILE", "").strip()
    if not path:
        return value
    where = f"{variable}_FILE"
    if value:
        problems.append(f"{variable} and {where} are both set. Unset one of them.")
        return None
    try:
        content = Path(path).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.append(f"{where} names {path}, which cannot be read ({why}). Mend the path or its rights.")
        return None
    if not content:
        problems.append(f"{where} names {path}, which is empty. Write the value into it.")
        return None
    return content


def _check_twilio(given: Mapping[str, str | None], tokens: tuple[str, ...], problems: list[str]) -> None:
    sid, sid_name = given["twilio_account_sid"], VARIABLES["twilio_account_sid"]
    token, token_name = given["twilio_auth_tokens"], VARIABLES["twilio_auth_tokens"]
    both = "Set both for Twilio, or neither for the simulator."
    if sid and token == "":
        problems.append(f"{sid_name} is set and {token_name} is not. {both}")
    if token and sid == "":
        problems.append(f"{token_name} is set and {sid_name} is not. {both}")
    if sid and not re.fullmatch(r"AC[0-9a-f]{32}", sid):
        problems.append(f"{sid_name} is not AC and 32 hexadecimal digits. {_MENDS['twilio_account_sid']}")
    if token and not tokens:
        problems.append(f"{token_name} holds no token. {_MENDS['twilio_auth_tokens']}")


def _database_url(url: str, problems: list[str]) -> str:
    """The URL as SQLAlchemy wants it. Problems never repeat it: it may hold a password."""
    name = VARIABLES["database_url"]
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        if not rest.startswith("/") or rest in ("/", "/:memory:"):
            problems.append(
                f"{name} names no file. Use sqlite:///hearback.db or sqlite:////var/lib/hearback.db"
            )
        return url
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        problems.append(
            f"{name} is of no known kind. Use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
        )
        return url
    url = f"postgresql+psycopg://{rest}"
    parts = _split(url)
    if parts is None or parts.fragment:
        problems.append(f"{name} cannot be read. In the password write # / @ : as %23 %2F %40 %3A.")
    elif len(parts.path) < 2:
        problems.append(f"{name} names no database. Put it after the host: postgresql://USER@HOST/DATABASE")
    return url


def _web_url(field_name: str, url: str, problems: list[str]) -> str:
    """scheme://host[:port] and no more; http only where it does not leave the machine or its containers."""
    if not url:
        return ""
    name = VARIABLES[field_name]
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        problems.append(f"{name} is not an address. Write it as https://host or https://host:port")
        return url
    host = parts.hostname
    inside = _loopback(host) or (field_name == "twilio_api_url" and "." not in host)  # a container's name
    if parts.scheme == "http" and not inside:
        problems.append(f"{name} is http, which strangers can read. Use https://")
    if parts.username or parts.password:
        problems.append(f"{name} holds a user or password. Leave them out.")
    if parts.path or parts.query or parts.fragment or url.endswith(("?", "#")):
        problems.append(
            f"{name} goes on after the host. End it there, without a slash: {parts.scheme}://{host}"
        )
    if field_name == "public_url" and "_" in host:
        problems.append(f"{name} has an underscore in its host, which Twilio refuses. Use another host name.")
    return url


def _smtp_url(url: str, sender: str, problems: list[str]) -> str:
    """smtp://USER:PASSWORD@HOST:PORT or smtps://, and who it is from. Problems never repeat it: it holds a password."""
    name, name_from = VARIABLES["smtp_url"], VARIABLES["smtp_from"]
    if bool(url) != bool(sender):
        problems.append(f"{name} and {name_from} belong together. Set both for e-mail, or neither.")
    if sender and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", parseaddr(sender)[1]):
        problems.append(f"{name_from} is not an e-mail address. Write it as hearback@hospital.example")
    if not url:
        return ""
    parts = _split(url)
    if parts is None or parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.fragment:
        problems.append(
            f"{name} is not an address. Write it as smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST:587; "
            "in the password write # / @ : as %23 %2F %40 %3A."
        )
    elif parts.path not in ("", "/") or parts.query not in ("", "tls=no"):
        problems.append(f"{name} goes on after the host. End it there.")
    elif parts.query and not _loopback(parts.hostname):
        problems.append(f"{name} says tls=no, which strangers can read. Leave it out; it is for this machine only.")
    return url


def _alarm_to(text: str, smtp_url: str, problems: list[str]) -> tuple[str, ...]:
    """Addresses, one a line or with spaces or commas between them. Problems never repeat them: they may hold keys."""
    name = VARIABLES["alarm_to"]
    each = tuple(one for one in re.split(r"\s+|,\s+", text) if one)
    mails = [one for one in each if "://" not in one]
    if not all(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", one) for one in mails):
        problems.append(f"{name} must hold e-mail addresses or addresses such as slack://..., one a line.")
    elif mails and not smtp_url:
        problems.append(f"{name} has an e-mail address and there is no mail server. Set {VARIABLES['smtp_url']} too.")
    return each


def _heartbeat_url(url: str, problems: list[str]) -> str:
    """Where the outside monitor hears from us; never repeated, for whoever knows it can speak for us."""
    parts = _split(url) if url else None
    if url and (parts is None or parts.scheme not in ("http", "https") or not parts.hostname):
        problems.append(f"{VARIABLES['heartbeat_url']} is not an address. Copy it from the monitor, with https://")
    return url


def _token(field_name: str, text: str, problems: list[str]) -> str:
    if text and not re.fullmatch(r"[\x21-\x7e]{16,}", text):
        problems.append(f"{VARIABLES[field_name]} is shorter than 16 characters, or has spaces. {_SECRET_MEND}")
    return text


def _hosts(field_name: str, text: str, problems: list[str]) -> tuple[str, ...]:
    """Names of hosts, separated by commas, in small letters."""
    hosts = tuple(part.strip().casefold() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host) for host in hosts):
        problems.append(f"{VARIABLES[field_name]} must read HOST,HOST without https:// or a port.")
        return ()
    return hosts


def _split(url: str) -> SplitResult | None:
    """The parts of a URL; None when it has none or its port is impossible."""
    if re.search(r"[\s\x00-\x1f]", url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
