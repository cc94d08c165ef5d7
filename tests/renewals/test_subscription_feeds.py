"""Overage, changes of subscriptions, and prices to come, as the vendor's systems send them."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from customers.models import CustomerSite, Relationship
from feeds.models import Status
from identity import tenancy
from identity.models import User
from renewals.models import Overage, PriceNotification, SubscriptionChange
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site, relate
from tests.deals.factories import make_customer, make_part
from tests.feeds.sending import checked, loaded, make_operations
from tests.feeds.telling import codes, file

FILES = {
    "overages": (
        (
            "measurement,customer's site,reseller,distributor,subscription,part,measured from,measured until,entitled,"
            "used,currency,amount,reason"
        ),
        "O-1,3100417,7403807,7403809,SUB-1,D0ABCSA,2026-09-01,2026-09-30,100,130,EUR,900.00,First month",
    ),
    "subscription-changes": (
        (
            "change,customer's site,reseller,distributor,subscription,old part,new part,old quantity,new quantity,"
            "old term,new term,holds from"
        ),
        "C-1,3100417,7403807,7403809,SUB-1,D0ABCSA,D0ABCSB,100,130,12,36,2026-09-01",
    ),
    "price-notifications": (
        (
            "notification,customer's site,reseller,distributor,quote,line,subscription,part,currency,old price,"
            "new price,notified on,effective on,opt out by"
        ),
        "N-1,3100417,7403807,7403809,R2000417,1,,D0ABCSA,EUR,20.00,20.50,2026-09-01,2027-01-01,2026-12-01",
    ),
}
MODELS = {
    "overages": Overage,
    "subscription-changes": SubscriptionChange,
    "price-notifications": PriceNotification,
}
EVERY = pytest.mark.parametrize("feed", FILES)


@pytest.fixture
def otto(db: None) -> User:
    return make_operations()


@pytest.fixture
def site(cast: Cast) -> CustomerSite:
    make_part("D0ABCSA", type="saas", description="Flow Cloud")
    make_part("D0ABCSB", type="saas", description="Flow Cloud Plus")
    customer = make_customer("Lagoon Hotels", number="1200417")
    relate(cast.site, customer)
    relate(cast.distributor_site, customer)
    return make_customer_site(customer, site_number="3100417")


class TestEachOfTheseFiles:
    @EVERY
    def test_brings_what_its_reseller_sees_and_its_rival_does_not(
        self, cast: Cast, otto: User, site: CustomerSite, feed: str
    ) -> None:
        relate(cast.rival_site, site.customer)
        delivery = loaded(feed, file(*FILES[feed]), by=otto)

        assert delivery.status == Status.LOADED, (delivery.errors, delivery.problem)
        for reader, count in ((cast.primary, 1), (cast.distributor, 1), (cast.rival, 0)):
            with tenancy.scope(actor(reader)):
                assert MODELS[feed]._default_manager.count() == count

    @EVERY
    def test_changes_nothing_when_it_comes_again(
        self, cast: Cast, otto: User, site: CustomerSite, feed: str
    ) -> None:
        loaded(feed, file(*FILES[feed]), by=otto)

        assert checked(feed, file(*FILES[feed]), by=otto).status == Status.UNCHANGED

    @EVERY
    @pytest.mark.parametrize(
        ("old", "new", "column", "code"),
        [
            ("3100417", "3199999", "customer_site", "unknown"),
            ("7403807", "7403809", "reseller", "no_reseller"),
        ],
    )
    def test_says_what_is_wrong_with_who_it_is_about(
        self,
        cast: Cast,
        otto: User,
        site: CustomerSite,
        feed: str,
        old: str,
        new: str,
        column: str,
        code: str,
    ) -> None:
        header, row = FILES[feed]

        assert codes(checked(feed, file(header, row.replace(old, new)), by=otto)) == {(2, column, code)}

    @pytest.mark.parametrize(
        ("feed", "old", "new", "column", "code"),
        [
            ("overages", "D0ABCSA", "D9ZZZSA", "part_number", "unknown_part"),
            ("overages", "2026-09-30", "2026-08-31", "measured_until", "ends_before_it_begins"),
            ("overages", "130", "100", "used", "no_overage"),
            ("overages", "900.00", "much", "amount", "amount"),
            ("overages", "130", "-130", "used", "whole"),
            ("subscription-changes", "D0ABCSA", "D9ZZZSA", "old_part_number", "unknown_part"),
            ("subscription-changes", "D0ABCSB", "D9ZZZSB", "part_number", "unknown_part"),
            ("subscription-changes", "D0ABCSB,100,130,12,36", "D0ABCSA,100,100,12,12", "", "no_change"),
            ("subscription-changes", "100,130", "0,130", "old_quantity", "whole"),
            ("price-notifications", "20.50", "20.00", "new_price", "no_change"),
            ("price-notifications", "20.00", "0.00", "old_price", "amount"),
            ("price-notifications", "2026-12-01", "2026-08-01", "opt_out_by", "before_notified"),
            ("price-notifications", "2027-01-01", "2026-11-30", "effective_on", "before_opt_out"),
        ],
    )
    def test_says_what_is_wrong_where(
        self,
        cast: Cast,
        otto: User,
        site: CustomerSite,
        feed: str,
        old: str,
        new: str,
        column: str,
        code: str,
    ) -> None:
        header, row = FILES[feed]

        assert codes(checked(feed, file(header, row.replace(old, new)), by=otto)) == {(2, column, code)}


def test_overage_is_the_difference_and_belongs_to_the_last_day_of_its_measurement(
    cast: Cast, otto: User, site: CustomerSite
) -> None:
    loaded("overages", file(*FILES["overages"]), by=otto)

    with tenancy.as_system():
        made = Overage.objects.get()
    assert (made.overage, made.amount, made.settled_on) == (30, 90_000, date(2026, 9, 30))


def test_a_customer_that_moved_leaves_the_overage_of_before_with_its_old_reseller(
    cast: Cast, otto: User, site: CustomerSite
) -> None:
    moved = timezone.now().date()
    with tenancy.as_system():
        Relationship.objects.filter(site=cast.site).update(valid_to=moved)
    relate(cast.rival_site, site.customer, moved)

    loaded("overages", file(*FILES["overages"]), by=otto)

    with tenancy.scope(actor(cast.primary)):
        assert Overage.objects.count() == 1
    with tenancy.scope(actor(cast.rival)):
        assert Overage.objects.count() == 0


def test_a_change_of_a_subscription_is_told_with_the_new_part(
    cast: Cast, otto: User, site: CustomerSite
) -> None:
    loaded("subscription-changes", file(*FILES["subscription-changes"]), by=otto)

    with tenancy.as_system():
        made = SubscriptionChange.objects.get()
    assert (made.description, made.old_quantity, made.new_term_months) == ("Flow Cloud Plus", 100, 36)


def test_a_notification_says_by_how_much_the_price_changes(
    cast: Cast, otto: User, site: CustomerSite
) -> None:
    loaded("price-notifications", file(*FILES["price-notifications"]), by=otto)

    with tenancy.as_system():
        made = PriceNotification.objects.get()
    assert (made.old_price, made.new_price, made.change_bp) == (2_000, 2_050, 250)
