"""What may be done about the people of a hospital, by whom: invite, new link, role, disable, enable, reset.

`by` is the person who does it, or None for `hearback user`. Each runs inside the caller's transaction and is noted.
"""

from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe

from messages.database import Connection
from messages.errors import ConflictError, EnrolmentError
from messages.flags import ActKind
from messages.house import House
from messages.ids import new_id
from messages.people import MAY, Hospital, Right, Role, Staff
from messages.phones import parse_phone
from messages.store import accounts as store
from messages.store.acts import act
from messages.store.console import note_audit_of
from messages.store.factors import forget_factors
from messages.store.invitations import make_invitation, void_invitations
from messages.store.people import add_staff
from messages.store.sessions import end_sessions

COMMAND = "hearback user"  # who acted, in the audit trail, when nobody was signed in
LONGEST_NAME = 100
_NOTHING = "Nothing was changed."


def invite(
    connection: Connection, house: House, hospital: Hospital, now: datetime, *, name: str, login: str, role: Role,
    phone: str = "", by: Staff | None = None,
) -> tuple[Staff, str]:  # fmt: skip
    """A new person and the token of the link to hand over. Raises EnrolmentError, ConflictError, IntegrityError."""
    name, login = " ".join(name.split()), login.strip().casefold()
    if not 0 < len(name) <= LONGEST_NAME:
        raise EnrolmentError("The name is missing or too long.", mend="Write it as other staff know this person.")
    if not 1 < len(login) <= LONGEST_NAME or any(sign.isspace() for sign in login):
        raise EnrolmentError("The login is missing, too long or has a space.", mend="Such as nora or nora@example.org")
    _may_make(role, by)
    person = Staff(
        new_id(), hospital.id, name, parse_phone(phone, None) if phone.strip() else "", login=login, role=role,
        waits=True,
    )
    add_staff(connection, house.vault, person, password_hash=None, now=now)
    _note(connection, person, by, "invited", now)
    return person, _link(connection, person, now, by)


def new_link(connection: Connection, house: House, person: Staff, now: datetime, *, by: Staff | None = None) -> str:
    """The token of a link to choose another password with; the password of now goes on working until then."""
    found = _theirs(connection, house, person, now, by)
    if not found.active:
        raise ConflictError("%(name)s is disabled.", mend=f"Enable them first. {_NOTHING}", name=person.name)
    _note(connection, person, by, "made a link", now)
    return _link(connection, person, now, by)


def change_role(
    connection: Connection, house: House, person: Staff, role: Role, now: datetime, *, by: Staff | None = None
) -> None:
    found = _theirs(connection, house, person, now, by)
    _may_make(role, by)
    if Right.MANAGE not in MAY[role]:
        _not_the_last(connection, house, found, now)
    store.set_role(connection, person.id, role)
    _note(connection, person, by, f"made {role.value}", now)


def disable(connection: Connection, house: House, person: Staff, now: datetime, *, by: Staff | None = None) -> None:
    """They come in no more, now: their sessions end, their links lead nowhere, and their flags climb again."""
    found = _theirs(connection, house, person, now, by)
    _not_the_last(connection, house, found, now)
    store.set_active(connection, person.id, False)
    end_sessions(connection, person.id, now)
    void_invitations(connection, person.id, now)
    for flag_id in store.flags_taken_by(connection, person.id):
        act(
            connection, house.vault, flag_id=flag_id, hospital_id=person.hospital_id,
            staff_id=by.id if by else person.id, kind=ActKind.RELEASED, now=now, note=f"{person.name} was disabled",
        )
    _note(connection, person, by, "disabled", now)


def enable(connection: Connection, house: House, person: Staff, now: datetime, *, by: Staff | None = None) -> None:
    _theirs(connection, house, person, now, by)
    store.set_active(connection, person.id, True)
    _note(connection, person, by, "enabled", now)


def reset_factors(
    connection: Connection, house: House, person: Staff, now: datetime, *, by: Staff | None = None
) -> None:
    """Forget the second factor of somebody who lost it; their sessions end."""
    _theirs(connection, house, person, now, by)
    forget_factors(connection, person.id)
    end_sessions(connection, person.id, now)
    _note(connection, person, by, "reset second factor", now)


def _theirs(
    connection: Connection, house: House, person: Staff, now: datetime, by: Staff | None
) -> store.Account:
    """The account as it is now, held until the commit, when `by` may change it."""
    found = store.account(connection, house.vault, person.hospital_id, person.id, now, lock=True)
    if by and by.id == person.id:
        raise ConflictError("Your own account is changed by somebody else.", mend=f"Ask another manager. {_NOTHING}")
    if by and found.person.role is Role.ADMINISTRATOR and by.role is not Role.ADMINISTRATOR:
        raise ConflictError("Only an administrator changes an administrator.", mend=_NOTHING)
    return found


def _may_make(role: Role, by: Staff | None) -> None:
    if by and role is Role.ADMINISTRATOR and by.role is not Role.ADMINISTRATOR:
        raise ConflictError("Only an administrator makes administrators.", mend=_NOTHING)


def _not_the_last(connection: Connection, house: House, found: store.Account, now: datetime) -> None:
    """Raise ConflictError when without this person nobody is left who keeps the accounts and has ever come in."""

    def keeps(one: store.Account) -> bool:
        return one.active and one.person.may(Right.MANAGE) and (one.has_password or one.seen_at is not None)

    everybody = store.accounts(connection, house.vault, found.person.hospital_id, now)
    if keeps(found) and not any(keeps(one) for one in everybody if one.person.id != found.person.id):
        raise ConflictError(
            "%(name)s is the last who can manage people here.",
            mend=f"Make somebody else a manager first. {_NOTHING}", name=found.person.name,
        )


def _link(connection: Connection, person: Staff, now: datetime, by: Staff | None) -> str:
    token = token_urlsafe(32)
    make_invitation(connection, person, token, now, by=by.id if by else None)
    return token


def _note(connection: Connection, person: Staff, by: Staff | None, action: str, now: datetime) -> None:
    actor = by.id if by else COMMAND
    note_audit_of(connection, person.hospital_id, actor, action, "staff", person.id, now)
