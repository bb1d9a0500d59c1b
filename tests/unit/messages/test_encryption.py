"""Promise 9: private columns open only in their own row, with their own key, and can still be found."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.encryption import ERASED, Key, Vault, new_key, parse_keys
from messages.errors import SealError, SettingsError

OLD, NEW = Key("2025", bytes(range(32))), Key("2026", bytes(range(1, 33)))
ANY_TEXT = st.text(alphabet=st.characters())  # lone surrogates too


@given(ANY_TEXT)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    vault = Vault([NEW])
    assert vault.open("message.body", "m1", vault.seal("message.body", "m1", text)) == text


def test_half_an_emoji_is_kept_without_an_error(vault: Vault) -> None:
    assert (
        vault.open("message.body", "m1", vault.seal("message.body", "m1", "\ud83d fever")) == "\ud83d fever"
    )


def test_nothing_stays_nothing_and_an_empty_text_stays_a_text(vault: Vault) -> None:
    assert vault.seal_optional("child.name", "c1", None) is None
    assert vault.open_optional("child.name", "c1", None) is None
    assert vault.open_optional("child.name", "c1", vault.seal_optional("child.name", "c1", "")) == ""


def test_the_same_words_never_look_the_same_twice_and_never_show(vault: Vault) -> None:
    one, two = (vault.seal("message.body", "m1", "she is bleeding") for _ in range(2))
    assert one != two
    assert b"bleeding" not in one + two


@pytest.mark.parametrize(("column", "row_id"), [("message.body", "m2"), ("child.name", "m1")])
def test_a_value_moved_to_another_row_or_column_does_not_open(vault: Vault, column: str, row_id: str) -> None:
    blob = vault.seal("message.body", "m1", "fever of 39")
    with pytest.raises(SealError, match=f"{column} of row {row_id}"):
        vault.open(column, row_id, blob)


@given(st.data())
def test_a_value_changed_in_any_place_does_not_open(data: st.DataObject) -> None:
    vault = Vault([NEW, OLD])
    blob = vault.seal("message.body", "m1", "fever of 39")
    place = data.draw(st.integers(0, len(blob) - 1))
    changed = bytearray(blob)
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealError, match=r"message\.body of row m1"):
        vault.open("message.body", "m1", bytes(changed))


def test_what_was_erased_opens_as_no_words() -> None:
    assert Vault([NEW]).open("message.body", "m1", ERASED) == ""


@given(st.binary(min_size=len(ERASED) + 1, max_size=60))
def test_bytes_that_were_never_sealed_are_refused_with_a_mend(blob: bytes) -> None:
    with pytest.raises(SealError) as caught:
        Vault([NEW]).open("message.body", "m1", blob)
    assert caught.value.mend


def test_another_key_of_the_same_id_does_not_open() -> None:
    blob = Vault([Key("k", bytes(32))]).seal("child.name", "c1", "Ana")
    with pytest.raises(SealError, match="does not open it"):
        Vault([Key("k", bytes([1] * 32))]).open("child.name", "c1", blob)


def test_a_key_that_was_taken_away_is_named_with_the_mend() -> None:
    blob = Vault([OLD]).seal("child.name", "c1", "Ana")
    with pytest.raises(SealError, match=r"'2025'.*Put that key back"):
        Vault([NEW]).open("child.name", "c1", blob)


def test_after_a_new_key_is_put_first_old_values_open_and_new_ones_use_it() -> None:
    blob = Vault([OLD]).seal("child.name", "c1", "Ana")
    both = Vault([NEW, OLD])
    assert both.open("child.name", "c1", blob) == "Ana"
    assert Vault([NEW]).open("child.name", "c1", both.seal("child.name", "c1", "Leo")) == "Leo"


def test_a_number_is_found_under_every_key_while_keys_change() -> None:
    stored_before = Vault([OLD]).fingerprint("phone", "+12065550123")
    both = Vault([NEW, OLD])
    assert stored_before in both.fingerprints("phone", "+12065550123")
    assert both.fingerprints("phone", "+12065550123")[0] == both.fingerprint("phone", "+12065550123")


def test_fingerprints_differ_by_kind_value_and_key() -> None:
    vault = Vault([NEW])
    made = {
        vault.fingerprint("phone", "+12065550123"),
        vault.fingerprint("phone", "+12065550124"),
        vault.fingerprint("login", "+12065550123"),
        Vault([OLD]).fingerprint("phone", "+12065550123"),
        vault.fingerprint("phone", "\ud83d"),
    }
    assert len(made) == 5
    assert {len(fingerprint) for fingerprint in made} == {32}


def test_what_was_sealed_and_fingerprinted_by_this_version_stays_readable() -> None:
    """Such values are in databases: a change needs a new version byte, not new values here."""
    vault = Vault([OLD])
    sealed = base64.b64decode("AQQyMDI1NGGIqpcGsuhTMSmSeVnUJOOYbfBlxS90+zRf7Te7bA==")
    assert vault.open("child.name", "c1", sealed) == "Ana"
    assert (
        vault.fingerprint("phone", "+12065550123").hex()
        == "bf7a8c5706220370ce575f71edc385cbf40bb1b978d67d6fafa66be3a110c6e0"
    )


def test_no_key_shows_when_keys_or_vault_are_printed() -> None:
    shown = repr([OLD, Vault([OLD])])
    assert "2025" in shown
    assert repr(OLD.secret)[2:10] not in shown


def test_a_new_key_is_read_back_and_is_new_every_time() -> None:
    keys = parse_keys(f" {new_key('b')} , {new_key('a')},")
    assert [key.id for key in keys] == ["b", "a"]
    assert keys[0].secret != keys[1].secret


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no key"),
        (" , ", "holds no key"),
        ("justakey", "entry 1 does not begin with an id"),
        ("a b:AAAA", "entry 1 does not begin with an id"),
        ("k1:AAAA", "key k1 is not the base64 of 32 bytes"),
        ("k1:not base64!", "key k1 is not the base64 of 32 bytes"),
        ("k1:{key},k1:{key}", "key id k1 is there twice"),
    ],
)
def test_keys_that_cannot_be_used_are_named_with_the_mend_and_never_shown(text: str, says: str) -> None:
    key = base64.b64encode(bytes(range(32))).decode()
    with pytest.raises(SettingsError) as caught:
        parse_keys(text.replace("{key}", key))
    (problem,) = caught.value.problems
    assert says in problem
    assert key not in problem


def test_every_problem_with_the_keys_is_listed_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_keys("k1:AAAA,k2:AAAA,nothing")
    assert len(caught.value.problems) == 3


def test_a_vault_without_keys_is_refused() -> None:
    with pytest.raises(SettingsError, match="hearback db key"):
        Vault([])


def test_a_key_id_that_could_not_be_read_back_is_refused() -> None:
    with pytest.raises(SettingsError, match="cannot be a key id"):
        new_key("two words")
