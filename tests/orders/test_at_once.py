"""Two people at the same moment: one of them wins, and the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from identity import tenancy
from orders.models import Order
from orders.placing.actions import PlacedAlready, order_quote, place_order
from orders.placing.basket import Basket, Item, weigh
from orders.quotes.actions import QuoteChanged, QuoteNotOpen
from tests.cast import Cast, actor
from tests.deals.factories import make_customer
from tests.orders.made import LICENCE, make_open_quote, sell

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(deed: Callable[[], Any]) -> list[Any]:
    """What each of two threads gets of the same deed: its value, or what it raised."""
    start, got = threading.Barrier(2), []

    def run() -> None:
        try:
            start.wait(10)
            got.append(deed())
        except Exception as error:
            got.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return got


def test_a_quote_is_ordered_once(cast: Cast) -> None:
    sell()
    quote, who = make_open_quote(cast.primary, (LICENCE, 3)), actor(cast.primary)

    def deed() -> Order:
        with tenancy.scope(who):
            return order_quote(quote, by=who, now=timezone.now(), version=quote.version)

    got = at_once(deed)
    assert sum(isinstance(each, Order) for each in got) == 1
    assert sum(isinstance(each, QuoteChanged | QuoteNotOpen) for each in got) == 1


def test_a_basket_is_ordered_once(cast: Cast) -> None:
    sell()
    who, customer = actor(cast.primary), make_customer()

    def deed() -> Order:
        with tenancy.scope(who):
            now = timezone.now()
            weighed = weigh(Basket(items=[Item(LICENCE, 2)], customer=customer), by=who, now=now)
            return place_order(weighed.quote, weighed.lines, basket="the-same-page", by=who, now=now)

    got = at_once(deed)
    assert sum(isinstance(each, Order) for each in got) == 1
    (refused,) = (each for each in got if not isinstance(each, Order))
    assert isinstance(refused, PlacedAlready)
    with tenancy.as_system():
        assert Order.objects.count() == 1
