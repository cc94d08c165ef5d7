"""Who is told of orders and quotes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from identity import tenancy
from identity.models import StaffRole
from notifications.models import Notice
from orders.placing.actions import cancel_order, reject_order
from orders.quotes.expiring import expire_due
from tests.cast import Cast, actor
from tests.factories import make_user
from tests.orders.made import LICENCE, make_open_quote, order, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


def told() -> dict[str, list[dict[str, object]]]:
    with tenancy.as_system():
        return dict(Notice.objects.filter(kind__regex="^(order|quote)[.]").values_list("kind", "audiences"))


def at(site_id: int) -> dict[str, object]:
    return {"to": "site", "site_id": site_id, "privilege": None}


CHANNEL = {"to": "staff", "role": "channel_operations"}


def test_of_an_order_the_vendor_and_the_distributor_that_it_names(cast: Cast) -> None:
    order(make_open_quote(cast.primary, (LICENCE, 1), distributor=cast.distributor_site), cast.primary)
    assert told() == {"order.placed": [CHANNEL], "order.names_you": [at(cast.distributor_site.id)]}


def test_of_an_order_without_a_distributor_the_vendor_alone(cast: Cast) -> None:
    order(make_open_quote(cast.primary, (LICENCE, 1)), cast.primary)
    assert set(told()) == {"order.placed"}


def test_of_a_rejection_the_reseller_with_the_reason(cast: Cast) -> None:
    placed = order(make_open_quote(cast.primary, (LICENCE, 1)), cast.primary)
    who = actor(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
    with tenancy.scope(who):
        reject_order(placed, text="No such legal entity.", by=who, now=timezone.now())
    assert told()["order.rejected"] == [at(cast.site.id)]
    with tenancy.as_system():
        assert Notice.objects.get(kind="order.rejected").context["text"] == "No such legal entity."


def test_of_a_cancelled_order_the_vendor(cast: Cast) -> None:
    placed, who = order(make_open_quote(cast.primary, (LICENCE, 1)), cast.primary), actor(cast.primary)
    with tenancy.scope(who):
        cancel_order(placed, by=who, now=timezone.now())
    assert told()["order.cancelled"] == [CHANNEL]


def test_of_a_quote_that_ran_out_those_who_quote(cast: Cast) -> None:
    make_open_quote(cast.primary, (LICENCE, 1))
    expire_due(now=timezone.now() + timedelta(days=40))
    assert told()["quote.expired"] == [{"to": "site", "site_id": cast.site.id, "privilege": "quote_manage"}]
