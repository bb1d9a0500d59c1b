"""Settings: all problems at once, each with its mend, none with a secret in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from messages.encryption import new_key
from messages.errors import SettingsError
from messages.settings import DATABASE_NEEDS, SERVE_NEEDS, VARIABLES, load_settings

SECRETS = {"HEARBACK_SIGN_ON_SECRETS": "harbor:one, lakeside:two:three"}
MAIL = {
    "HEARBACK_SMTP_URL": "smtps://pages:hun%40ter2@mail.example.org",
    "HEARBACK_SMTP_FROM": "Hearback <pages@example.org>",
    "HEARBACK_OWN_HOSTS": "chat.example.org, Ntfy.example.org",
}
WATCHED = {
    "HEARBACK_ALARM_TO": "ops@example.org, slack://key@one/two\nboss@example.org",
    "HEARBACK_HEARTBEAT_URL": "https://monitor.example.org/ping/5f0c?status=up",
    "HEARBACK_METRICS_TOKEN": "m" * 16,
}
SID = "AC" + "0123456789abcdef" * 2
GOOD = {
    "HEARBACK_DATABASE_URL": "postgresql://hearback:pass-word@db/hearback",
    "HEARBACK_PUBLIC_URL": "https://hearback.example.org",
    "HEARBACK_SECRET_KEY": "s" * 32,
    "HEARBACK_ENCRYPTION_KEYS": new_key("a"),
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": "new-token, old-token",
}


def problems(**changes: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(GOOD | changes, need=SERVE_NEEDS)
    return caught.value.problems


def problem(**changes: str) -> str:
    (only,) = problems(**changes)
    return only


def test_good_settings_are_read() -> None:
    settings = load_settings(GOOD, need=SERVE_NEEDS)
    assert settings.database_url == "postgresql+psycopg://hearback:pass-word@db/hearback"
    assert settings.public_url == "https://hearback.example.org"
    assert settings.twilio_auth_tokens == ("new-token", "old-token")
    assert settings.twilio_api_url == "https://api.twilio.com"
    assert [key.id for key in settings.encryption_keys] == ["a"]
    assert settings.carrier_name == "twilio"


def test_every_problem_is_listed_at_once_with_its_variable() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"TWILIO_AUTH_TOKEN": "t", "HEARBACK_DATABASE_URL": "mysql://db"}, need=SERVE_NEEDS)
    text = str(caught.value)
    assert len(caught.value.problems) == 5
    assert all(VARIABLES[name] in text for name in (*SERVE_NEEDS, "twilio_account_sid", "twilio_auth_tokens"))
    assert "hearback db key" in text


def test_whom_alarms_go_to_and_where_the_heartbeat_goes_are_read_and_never_repeated() -> None:
    settings = load_settings(GOOD | MAIL | WATCHED, need=SERVE_NEEDS)
    assert settings.alarm_to == ("ops@example.org", "slack://key@one/two", "boss@example.org")
    assert settings.heartbeat_url == WATCHED["HEARBACK_HEARTBEAT_URL"]
    assert not [secret for secret in ("key@one", "5f0c", "mmmm") if secret in repr(settings)]
    assert "HEARBACK_SMTP_URL" in problem(HEARBACK_ALARM_TO="ops@example.org")
    assert "hush" not in problem(HEARBACK_ALARM_TO="hush")
    assert "hush" not in problem(HEARBACK_HEARTBEAT_URL="ftp://hush")
    assert "16 characters" in problem(HEARBACK_METRICS_TOKEN="hush")


def test_the_proxies_are_counted_or_there_are_none() -> None:
    assert load_settings(GOOD, need=SERVE_NEEDS).proxies == 0
    assert load_settings(GOOD | {"HEARBACK_PROXIES": "2"}, need=SERVE_NEEDS).proxies == 2
    assert "HEARBACK_PROXIES" in problem(HEARBACK_PROXIES="10.0.0.1")


def test_secrets_of_single_sign_on_are_by_hospital_and_never_repeated() -> None:
    settings = load_settings(GOOD | SECRETS, need=SERVE_NEEDS)
    assert settings.sign_on_secrets == (("harbor", "one"), ("lakeside", "two:three"))
    assert "two:three" not in repr(settings)
    assert "hush" not in problem(HEARBACK_SIGN_ON_SECRETS="hush")


def test_the_database_commands_need_only_the_keys() -> None:
    keys = {"HEARBACK_ENCRYPTION_KEYS": GOOD["HEARBACK_ENCRYPTION_KEYS"]}
    settings = load_settings(keys, need=DATABASE_NEEDS)
    assert settings.database_url == "sqlite:///hearback.db"
    assert settings.carrier_name == "simulator"


def test_with_nothing_needed_an_empty_environment_is_fine() -> None:
    assert load_settings({}, need=()).secret_key == ""


def test_asking_for_a_setting_that_does_not_exist_is_a_mistake_in_the_program() -> None:
    with pytest.raises(ValueError, match="secret_kee"):
        load_settings({}, need={"secret_kee"})


@pytest.mark.parametrize("name", VARIABLES.values())
def test_every_variable_may_be_a_file(name: str, tmp_path: Path) -> None:
    whole = {"HEARBACK_TWILIO_API_URL": "http://localhost:9", "HEARBACK_PROXIES": "1"} | SECRETS | MAIL | WATCHED | GOOD
    path = tmp_path / "value"
    path.write_text(whole[name] + "\n")
    environ = {variable: value for variable, value in whole.items() if variable != name}
    assert load_settings(environ | {f"{name}_FILE": str(path)}, need=SERVE_NEEDS) == load_settings(
        whole, need=SERVE_NEEDS
    )


def test_a_file_that_is_missing_empty_or_not_text_is_a_problem(tmp_path: Path) -> None:
    environ = {name: value for name, value in GOOD.items() if name != "HEARBACK_SECRET_KEY"}
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    for name, says in (
        ("gone", "No such file"),
        ("empty", "is empty"),
        ("binary", "not UTF-8"),
        ("", "Is a directory"),
    ):
        with pytest.raises(SettingsError) as caught:
            load_settings(environ | {"HEARBACK_SECRET_KEY_FILE": str(tmp_path / name)}, need=SERVE_NEEDS)
        (only,) = caught.value.problems
        assert "HEARBACK_SECRET_KEY_FILE" in only
        assert says in only


def test_a_variable_and_its_file_together_are_a_problem() -> None:
    assert "are both set" in problem(HEARBACK_SECRET_KEY_FILE="/nowhere")


def test_an_empty_variable_counts_as_not_given() -> None:
    settings = load_settings(
        GOOD | {"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": " ", "HEARBACK_SECRET_KEY_FILE": ""},
        need=SERVE_NEEDS,
    )
    assert settings.carrier_name == "simulator"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h:5433/d?sslmode=require", "postgresql+psycopg://u@h:5433/d?sslmode=require"),
        ("postgresql+psycopg://u@/d?host=/run/pg", "postgresql+psycopg://u@/d?host=/run/pg"),
        ("sqlite:///hearback.db", "sqlite:///hearback.db"),
        ("sqlite:////var/lib/hearback.db", "sqlite:////var/lib/hearback.db"),
    ],
)
def test_a_database_is_named_as_hosting_services_name_it(url: str, kept: str) -> None:
    assert load_settings(GOOD | {"HEARBACK_DATABASE_URL": url}, need=SERVE_NEEDS).database_url == kept


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://u:hunter2@h/d", "of no known kind"),
        ("hearback.db", "of no known kind"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://u:hunter2@h", "names no database"),
        ("postgresql://u:hunter2#1@h/d", "%23"),
        ("postgresql://u:hunter2/1@h/d", "cannot be read"),
        ("postgresql://u:hunter2@h:port/d", "cannot be read"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_problem_without_its_password(url: str, says: str) -> None:
    said = problem(HEARBACK_DATABASE_URL=url)
    assert says in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    "url",
    ["https://h.example.org:8443", "http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"],
)
def test_a_public_address_may_have_a_port_and_be_plain_on_this_machine(url: str) -> None:
    assert load_settings(GOOD | {"HEARBACK_PUBLIC_URL": url}, need=SERVE_NEEDS).public_url == url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://hearback.example.org", "Use https://"),
        ("https://hearback.example.org/", "without a slash"),
        ("https://hearback.example.org/sms", "goes on after the host"),
        ("https://hearback.example.org?a=b", "goes on after the host"),
        ("https://hearback.example.org#rc=2", "goes on after the host"),
        ("https://hear_back.example.org", "underscore"),
        ("https://user:word@hearback.example.org", "user or password"),
        ("hearback.example.org", "is not an address"),
        ("ftp://hearback.example.org", "is not an address"),
        ("https://", "is not an address"),
        ("https://hearback.example.org:99999", "is not an address"),
        ("https://[hearback", "is not an address"),
        ("https://hear back.example.org", "is not an address"),
    ],
)
def test_a_public_address_that_twilio_could_not_use_is_a_problem(url: str, says: str) -> None:
    assert says in problem(HEARBACK_PUBLIC_URL=url)


def test_the_stand_in_for_twilio_may_be_a_container_but_a_plain_outside_address_is_a_problem() -> None:
    inside = load_settings(GOOD | {"HEARBACK_TWILIO_API_URL": "http://stand_in:8080"}, need=SERVE_NEEDS)
    assert inside.twilio_api_url == "http://stand_in:8080"
    assert "Use https://" in problem(HEARBACK_TWILIO_API_URL="http://api.twilio.example")


def test_a_short_secret_key_is_a_problem() -> None:
    assert "shorter than 32" in problem(HEARBACK_SECRET_KEY="s" * 31)


def test_half_of_twilio_is_a_problem() -> None:
    assert "Set both" in problem(TWILIO_ACCOUNT_SID="")
    assert "Set both" in problem(TWILIO_AUTH_TOKEN="")
    assert "holds no token" in problem(TWILIO_AUTH_TOKEN=" , ")
    assert "AC and 32" in problem(TWILIO_ACCOUNT_SID="ACxyz")


def test_a_bad_encryption_key_is_one_problem_among_the_others() -> None:
    found = problems(HEARBACK_ENCRYPTION_KEYS="k1:AAAA", HEARBACK_SECRET_KEY="short")
    assert len(found) == 2
    assert "HEARBACK_ENCRYPTION_KEYS" in found[0]


def test_printing_the_settings_shows_no_secret() -> None:
    shown = repr(load_settings(GOOD, need=SERVE_NEEDS))
    assert "hearback.example.org" in shown
    assert not any(
        secret in shown for secret in ("pass-word", "sss", "token", GOOD["HEARBACK_ENCRYPTION_KEYS"][2:])
    )


def test_a_mail_server_is_reached_over_tls_and_its_password_is_shown_nowhere() -> None:
    settings = load_settings(GOOD | MAIL, need=SERVE_NEEDS)
    assert settings.own_hosts == ("chat.example.org", "ntfy.example.org")
    assert "hun%40ter2" not in repr(settings)
    local = load_settings(GOOD | MAIL | {"HEARBACK_SMTP_URL": "smtp://127.0.0.1:25?tls=no"}, need=SERVE_NEEDS)
    assert local.smtp_url.endswith("tls=no")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"HEARBACK_SMTP_FROM": ""}, "belong together"),
        ({"HEARBACK_SMTP_URL": ""}, "belong together"),
        ({"HEARBACK_SMTP_FROM": "nobody"}, "is not an e-mail address"),
        ({"HEARBACK_SMTP_URL": "https://hunter2@mail.example.org"}, "is not an address"),
        ({"HEARBACK_SMTP_URL": "smtp://a:hunter2#@mail.example.org"}, "%23"),
        ({"HEARBACK_SMTP_URL": "smtp://a:hunter2@mail.example.org/x"}, "goes on after the host"),
        ({"HEARBACK_SMTP_URL": "smtp://a:hunter2@mail.example.org?tls=no"}, "strangers can read"),
        ({"HEARBACK_OWN_HOSTS": "https://chat.example.org"}, "without https://"),
    ],
)
def test_a_mail_server_or_host_that_cannot_be_used_is_a_problem_without_its_password(
    changes: dict[str, str], says: str
) -> None:
    (said,) = problems(**(MAIL | changes))
    assert says in said
    assert "hunter2" not in said
