"""What a customer's page says of the services that were set up for it."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from identity import tenancy
from identity.models import Tool
from provisioning.models import Subscription
from tests.cast import Cast, signed_in
from tests.factories import make_member
from tests.provisioning.subscriptions.made import make_subscription, make_trial

pytestmark = pytest.mark.django_db


def customer_of(one: Subscription) -> str:
    """Its public id."""
    with tenancy.as_system():
        return Customer.objects.get(id=one.customer_id).public_id


def page(who: Any, one: Subscription) -> str:
    answer = signed_in(who).get(f"/customers/{customer_of(one)}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


class TestACustomersPage:
    def test_shows_what_it_has_and_tries_with_the_way_to_all_of_it(self, cast: Cast) -> None:
        bought = make_subscription(cast.site)
        tried = make_trial(cast.site, customer=bought.customer_id)
        words = page(cast.primary, bought)
        for one in (bought, tried):
            assert one.number in words
            assert f'href="/subscriptions/{one.public_id}/"' in words
        way = f"/subscriptions/?customer={customer_of(bought)}"
        assert f'href="{way}"' in words
        listed = signed_in(cast.primary).get(way).content.decode()
        assert tried.number in listed
        assert "Only those of one customer." in listed

    def test_shows_the_vendor_all_and_others_what_they_stand_on(self, cast: Cast) -> None:
        ours = make_subscription(cast.site, distributor=cast.distributor_site)
        assert ours.number in page(cast.care, ours)
        reader = make_member(cast.distributor_site, "Rina Reports", tools=[Tool.REPORTING])
        assert ours.number in page(reader, ours)
        assert signed_in(cast.rival).get(f"/customers/{customer_of(ours)}/").status_code == 404

    def test_says_nothing_of_them_to_whoever_may_not_read_them(self, cast: Cast) -> None:
        ours = make_subscription(cast.site)
        seller = make_member(cast.site, "Dalia Deals", tools=[Tool.DEAL_REGISTRATION])
        assert ours.number in page(cast.primary, ours)
        assert ours.number not in page(seller, ours)

    def test_says_nothing_where_there_are_none(self, cast: Cast) -> None:
        ours = make_subscription(cast.site)
        assert "Cloud services and trials" in page(cast.primary, ours)
        other = make_subscription(cast.rival_site, customer=ours.customer_id)
        assert other.number not in page(cast.primary, ours)

    def test_asks_as_much_of_the_database_however_many_there_are(self, cast: Cast) -> None:
        ours = make_subscription(cast.site)
        page(cast.primary, ours)
        with CaptureQueriesContext(connection) as one:
            page(cast.primary, ours)
        for _ in range(12):
            make_subscription(cast.site, customer=ours.customer_id)
        with CaptureQueriesContext(connection) as many:
            page(cast.primary, ours)
        assert len(many) == len(one)
