"""The carrier of the demo."""

from __future__ import annotations

from datetime import UTC, datetime

from messages.carriers.carrier import Accepted, Carrier, Outgoing, Refused, Unsure
from messages.carriers.simulator import SimulatorCarrier
from messages.conversation import Delivery

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TEXT = Outgoing("outbox-1", to="+15558675310", sender="+15557122661", body="How is Ana today?")


def find(carrier: Carrier) -> Accepted | Unsure | None:
    return carrier.find("outbox-1", to=TEXT.to, sender=TEXT.sender, body=TEXT.body, since=NOW)


def test_every_text_is_delivered_at_once_under_an_id_of_its_own() -> None:
    carrier: Carrier = SimulatorCarrier()
    first, second = carrier.send(TEXT), carrier.send(Outgoing("outbox-2", TEXT.to, TEXT.sender, TEXT.body))
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.status is Delivery.DELIVERED
    assert first.carrier_id != second.carrier_id


def test_a_send_that_was_cut_off_is_found_under_the_same_id_by_another_process() -> None:
    assert find(SimulatorCarrier()) == SimulatorCarrier().send(TEXT)


def test_a_test_may_have_it_refuse() -> None:
    no = Refused("21610", "STOP", permanent=True, opted_out=True)
    assert SimulatorCarrier(answer=lambda text: no).send(TEXT) == no


def test_nothing_is_ever_missing_and_nothing_needs_setting_up() -> None:
    carrier = SimulatorCarrier()
    assert list(carrier.received_since(TEXT.sender, NOW)) == []
    assert carrier.check() is None
    assert carrier.name == "simulator"
