"""The people of a hospital by command: in, out, another password, another role; and never nobody left to manage."""

from __future__ import annotations

import re

from tests.integration.commands import Run, message


def listed(ready: Run) -> dict[str, list[str]]:
    """The list's columns by login."""
    lines = ready("user", "list").output.splitlines()
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines if "\t" in line}


def test_everybody_is_listed_with_role_and_second_factor(ready: Run) -> None:
    assert listed(ready) == {"nora": ["coordinator", "Nora", "never here", "no second factor"]}


def test_an_invitation_is_a_link_shown_once_and_its_login_is_taken(ready: Run) -> None:
    shown = ready("user", "invite", "--name", "Otto", "--login", "otto", "--role", "manager").output
    assert re.search(r"http://localhost:9/console/welcome/\S{20,}", shown)
    assert listed(ready)["otto"][:3] == ["manager", "Otto", "invited"]
    assert "taken" in message(ready("user", "invite", "--name", "Other", "--login", "otto"))


def test_a_disabled_person_is_out_until_enabled(ready: Run) -> None:
    ready("user", "add", "--name", "Mia", "--login", "mia", "--password", "long enough", "--role", "manager")
    assert "Nora is disabled." in ready("user", "disable", "nora").output
    assert listed(ready)["nora"][2] == "disabled"
    assert "Nora is enabled." in ready("user", "enable", "nora").output
    assert listed(ready)["nora"][2] == "never here"


def test_the_last_who_manages_is_neither_disabled_nor_demoted(ready: Run) -> None:
    ready("user", "role", "nora", "manager")
    for words in (("disable", "nora"), ("role", "nora", "coordinator")):
        refused = ready("user", *words)
        assert refused.exit_code != 0
        assert message(refused)
    assert listed(ready)["nora"][:3] == ["manager", "Nora", "never here"]


def test_a_password_is_changed_and_a_short_one_is_refused(ready: Run) -> None:
    assert "another password" in ready("user", "password", "nora", "--password", "longer than before").output
    assert ready("user", "password", "nora", "--password", "short").exit_code != 0


def test_nobody_by_that_login_is_told(ready: Run) -> None:
    for words in (("disable", "nemo"), ("enable", "nemo"), ("role", "nemo", "auditor")):
        assert "Nobody has that login" in message(ready("user", *words))
