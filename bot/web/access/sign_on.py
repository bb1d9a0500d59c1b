"""Single sign-on by OpenID Connect: a hospital's own provider says who somebody is; we decide whether they may come in.

Authorization code with PKCE. Nobody is created by it: the provider's e-mail or user name has to be the login of an
active person of that hospital.
"""

from __future__ import annotations

import logging
from secrets import token_urlsafe
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from flask import g, redirect, request, session, url_for
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.web.access.login import let_in
from bot.web.access.signin import Answered, for_anybody, login_page, safe
from bot.web.console import blueprint
from bot.web.language import _
from bot.web.state import web
from messages.errors import NotFoundError
from messages.people import Hospital, SignOn, Staff
from messages.store.accounts import staff_with_login
from messages.store.people import hospital_by_slug

log = logging.getLogger(__name__)

PATIENCE = 10  # seconds for each question to the provider
LEEWAY = 60  # seconds that the provider's clock may differ
SIGNED_WITH = ["RS256", "PS256", "ES256", "RS384", "RS512", "ES384", "EdDSA"]


def _provider(slug: str) -> tuple[Hospital, SignOn]:
    with web().house.database.reading() as connection:
        hospital = hospital_by_slug(connection, slug)
    if hospital is None or hospital.sign_on is None:
        raise NotFoundError(_("There is no single sign-on here."), mend=_("Sign in with your password."))
    return hospital, hospital.sign_on


def _client(hospital: Hospital, provider: SignOn) -> Any:
    return OAuth2Session(
        provider.client_id, dict(web().house.settings.sign_on_secrets).get(hospital.slug, ""),
        scope="openid profile email", redirect_uri=web().house.settings.public_url + url_for("console.sign_on_back"),
        code_challenge_method="S256", default_timeout=PATIENCE,
    )  # fmt: skip


def _about(client: Any, provider: SignOn) -> dict[str, Any]:
    """What the provider tells about itself; raises ValueError when it is another than the hospital's."""
    answer = client.get(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration", withhold_token=True)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    if told.get("issuer") != provider.issuer:
        raise ValueError("the provider names another issuer")
    return told


def _failed(why: Exception) -> Answered:
    log.error("single sign-on failed: %s", type(why).__name__)
    return login_page(next="", problem=_("The sign-on of your hospital did not answer as it should. Try again.")), 502


@blueprint.get("/sign-on/<slug>")
@for_anybody
def sign_on(slug: str) -> Answered:
    """Off to the hospital's provider."""
    hospital, provider = _provider(slug)
    client, verifier, nonce = _client(hospital, provider), token_urlsafe(48), token_urlsafe(16)
    try:
        address = _about(client, provider)["authorization_endpoint"]
        there, state = client.create_authorization_url(address, code_verifier=verifier, nonce=nonce)
    except (OSError, AuthlibBaseError, ValueError, KeyError) as error:
        return _failed(error)
    target = safe(request.args.get("next", ""))
    session["sign_on"] = {"slug": slug, "state": state, "nonce": nonce, "verifier": verifier, "next": target}
    return redirect(str(there), 303)


@blueprint.get("/sign-on")
@for_anybody
def sign_on_back() -> Answered:
    """Back from the provider, once."""
    begun = session.pop("sign_on", None)
    if not begun or request.args.get("state") != begun["state"] or "code" not in request.args:
        return login_page(next="", problem=_("That sign-on was not finished. Try again.")), 403
    hospital, provider = _provider(begun["slug"])
    try:
        claims = _claims(_client(hospital, provider), provider, begun)
    except (OSError, AuthlibBaseError, JoseError, ValueError, KeyError) as error:
        return _failed(error)
    person = _person(hospital, claims)
    if person is None:
        g.pop("person", None)
        words = _("Your hospital knows you, but you have no account here. Ask a manager to invite you.")
        return login_page(next="", problem=words), 403
    methods = claims.get("amr")
    return let_in(person, "signed in by sign-on", begun["next"], whole=isinstance(methods, list) and "mfa" in methods)


def _claims(client: Any, provider: SignOn, begun: dict[str, str]) -> dict[str, Any]:
    """What the provider says of whoever came back, its signature, audience, age and nonce checked."""
    about = _about(client, provider)
    token = client.fetch_token(
        about["token_endpoint"], code=request.args["code"], code_verifier=begun["verifier"], timeout=PATIENCE
    )
    keys = client.get(about["jwks_uri"], withhold_token=True)
    keys.raise_for_status()
    said = jwt.decode(token["id_token"], KeySet.import_key_set(keys.json()), algorithms=SIGNED_WITH)
    jwt.JWTClaimsRegistry(
        now=int(web().clock().timestamp()), leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer}, aud={"essential": True, "value": provider.client_id},
        exp={"essential": True}, nonce={"essential": True, "value": begun["nonce"]},
    ).validate(said.claims)  # fmt: skip
    return dict(said.claims)


def _person(hospital: Hospital, claims: dict[str, Any]) -> Staff | None:
    """The active person of this hospital whose login the provider names."""
    names = [claims.get("preferred_username")]
    if claims.get("email_verified") is not False:
        names.insert(0, claims.get("email"))
    with web().house.database.reading() as connection:
        for name in names:
            person = staff_with_login(connection, web().house.vault, name) if isinstance(name, str) and name else None
            if person and person.hospital_id == hospital.id:
                return person
    return None
