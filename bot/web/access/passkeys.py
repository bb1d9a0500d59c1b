"""Passkeys: what a browser is asked to sign, and whose signature came back.

The challenge is signed by us and says what it is for and when it was asked; an answer counts once, because a passkey
takes none that was asked before its last use. Passkeys are bound to the host of the public address.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe
from urllib.parse import urlsplit

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.web.flags.acts import FormError
from bot.web.language import _
from bot.web.state import web
from messages.people import Hospital, Staff
from messages.store import factors as store
from messages.store.people import staff_by_id

ANSWERED_WITHIN = timedelta(minutes=10)


def usable() -> bool:
    """Whether this page stands at the address that passkeys are bound to."""
    return request.host == urlsplit(web().house.settings.public_url).netloc


def _host() -> str:
    return urlsplit(web().house.settings.public_url).hostname or ""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(web().house.settings.secret_key, salt="passkey")


def _challenge(purpose: str) -> bytes:
    return _serializer().dumps([purpose, web().clock().isoformat(), token_urlsafe(16)]).encode()


def _asked_at(answer: str, purpose: str) -> tuple[bytes, datetime]:
    """The challenge in an answer and when we asked it; raises FormError when it is none of ours, or an old one."""
    try:
        client = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(client["challenge"])
        for_what, asked, _nonce = _serializer().loads(challenge)
        asked_at = datetime.fromisoformat(asked)
    except (BadSignature, ValueError, KeyError, TypeError):
        raise _refused() from None
    if for_what != purpose or web().clock() - asked_at > web().house.wait(ANSWERED_WITHIN):
        raise FormError(_("That took too long. Try again."))
    return challenge, asked_at


def _refused() -> FormError:
    return FormError(_("That passkey was not accepted. Try again, or use another way."))


def _named(keys: Sequence[store.Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential)) for key in keys]


def options_to_get(purpose: str, keys: Sequence[store.Passkey] = ()) -> str:
    """What a browser is asked for, as JSON: one of `keys`, or any it has for us."""
    strict = purpose != "second"  # alone it stands for the password too
    return options_to_json(
        generate_authentication_options(
            rp_id=_host(), challenge=_challenge(purpose), allow_credentials=_named(keys) or None,
            user_verification=UserVerificationRequirement.REQUIRED if strict else UserVerificationRequirement.PREFERRED,
        )
    )


def options_to_make(person: Staff, hospital: Hospital, keys: Sequence[store.Passkey]) -> str:
    """What a browser is asked to make, as JSON; not a second one beside one of `keys`."""
    return options_to_json(
        generate_registration_options(
            rp_id=_host(), rp_name=f"Hearback, {hospital.name}", user_id=person.id.encode(),
            user_name=person.login or person.name, user_display_name=person.name, challenge=_challenge("make"),
            exclude_credentials=_named(keys),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
        )
    )


def made(answer: str) -> tuple[str, str, int]:
    """The credential, public key and counter of a new passkey; raises FormError."""
    challenge, _asked = _asked_at(answer, "make")
    try:
        found = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(),
            expected_origin=web().house.settings.public_url, require_user_verification=False,
        )
    except WebAuthnException:
        raise _refused() from None
    key = bytes_to_base64url(found.credential_public_key)
    return bytes_to_base64url(found.credential_id), key, found.sign_count


def signed_by(answer: str, purpose: str) -> Staff:
    """Whose passkey signed; raises FormError. The answer is used up by it."""
    challenge, asked_at = _asked_at(answer, purpose)
    house, now = web().house, web().clock()
    try:
        credential = str(json.loads(answer)["id"])
        with house.database.reading() as connection:
            key = store.passkey_of(connection, house.vault, credential)
            person = staff_by_id(connection, house.vault, key.staff_id) if key else None
        if key is None or person is None:
            raise _refused()
        found = verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(),
            expected_origin=house.settings.public_url, credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.counter, require_user_verification=purpose != "second",
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise _refused() from None
    with house.database.writing() as connection:
        if not store.use_passkey(connection, key, found.new_sign_count, asked_at, now):
            raise _refused()
    return person
