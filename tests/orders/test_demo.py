"""The demo world's quotes and orders come of the real actions, in every state."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from django.utils import timezone

from identity import tenancy
from identity.demo import World
from identity.models import StaffRole
from orders.models import Order, Quote, QuoteStatus
from orders.quotes import demo
from tests.cast import Cast
from tests.customers.held import make_customer_site, relate
from tests.factories import make_user
from tests.orders.made import sell

pytestmark = pytest.mark.django_db


def test_there_is_one_of_every_sort(cast: Cast) -> None:
    parts = sell()
    with tenancy.as_system():
        parts["D0NOPRC"].type = "saas"
        parts["D0NOPRC"].save()
    held = make_customer_site(reseller=cast.site)
    relate(cast.site, held.customer, date(2020, 1, 1))
    world = World(Random(1), timezone.now(), sites=[cast.site], members={cast.site.id: [cast.primary]})
    world.staff["channel"] = make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
    with tenancy.as_system():
        demo.build(world)
        assert set(Quote.objects.values_list("status", flat=True)) == set(QuoteStatus.values)
        assert set(Order.objects.values_list("status", flat=True)) == {"placed", "accepted", "rejected"}
