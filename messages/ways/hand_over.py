"""A page is handed over by its way: to the carrier, to the mail server, to a push service, to a chat tool."""

from __future__ import annotations

from messages.carriers.carrier import Accepted, Outgoing, Refused, Ring, Unsure
from messages.house import House
from messages.people import Way
from messages.ways.page import Page


def hand_over(house: House, way: Way, page: Page, push_key: str = "") -> Accepted | Refused | Unsure:
    """Hand over one page, once, with no connection to the database held. Never raises.

    `push_key` is the key of `messages.store.reach.push_key`, for a push.
    """
    if way is Way.TEXT:
        return house.carrier.send(Outgoing(page.outbox_id, to=page.to, sender=page.sender, body=page.body))
    if way is Way.CALL:
        return house.carrier.call(Ring(page.outbox_id, to=page.to, sender=page.sender))
    # Loaded when first needed: commands that send nothing start quickly.
    if way is Way.EMAIL:
        from messages.ways.email import send_mail

        return send_mail(house.settings, page)
    if way is Way.PUSH:
        from messages.ways.push import send_push

        return send_push(push_key, page, house.settings.public_url)
    from messages.ways.chat import send_chat

    return send_chat(page, house.settings.own_hosts)


def offered(house: House) -> tuple[Way, ...]:
    """The ways that this installation has: e-mail only with a mail server."""
    return tuple(way for way in Way if way is not Way.EMAIL or house.settings.smtp_url)
