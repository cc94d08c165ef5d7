"""The demo world's lines come of the real jobs and actions, in the states in which people find them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from identity import tenancy
from identity.demo import World
from identity.models import StaffRole
from orders.models import Order, OrderLine, OrderStatus
from provisioning.lines import demo
from provisioning.models import LineStatus, SetupLine
from tests.cast import Cast
from tests.customers.held import make_customer_site, relate
from tests.deals.factories import make_part
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def test_there_are_lines_to_come_mailed_and_opened_again(cast: Cast) -> None:
    part = make_part("S0FLEXA", type="saas")
    held = make_customer_site(reseller=cast.site)
    relate(cast.site, held.customer)
    stands = {"customer_site": held, "customer_id": held.customer_id, "reseller": cast.site}
    with tenancy.as_system():
        for number, days in enumerate((-20, -4, -3, -2, 12)):
            order = Order.objects.create(
                number=f"5000041{number}", status=OrderStatus.ACCEPTED, currency="EUR", total=1, line_count=1,
                settled_on=(NOW - timedelta(days=25)).date(), **stands,
            )  # fmt: skip
            OrderLine.objects.create(
                order=order, position=1, part=part, part_number=part.number, description="Meetings", quantity=5,
                part_type="saas", currency="EUR", unit_price=1, extended=1, provisioning_email="it@oasis.example",
                requested_start_on=(NOW + timedelta(days=days)).date(),
            )  # fmt: skip
    world = World(Random(1), NOW, sites=[cast.site], members={cast.site.id: [cast.primary]})
    world.staff["channel"] = make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
    with tenancy.as_system():
        demo.build(world)
        lines = {line.order_number: line for line in SetupLine.objects.all()}
    assert lines["50000410"].status == LineStatus.ORDERED  # closed, and opened again
    assert lines["50000410"].requested_start_on > NOW.date()
    assert lines["50000411"].contact_email == "cloud@oasis.example"
    assert lines["50000412"].status == LineStatus.AWAITING_DETAILS
    assert lines["50000413"].called_at is not None
    assert lines["50000414"].status == LineStatus.ORDERED
