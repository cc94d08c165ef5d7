"""What the demo world's customers have, bought and have to renew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

import customers.demo
import customers.demo_accounts
import feeds.demo
import identity.demo
import orders.demo
import pricing.demo
import pricing.demo_prices
import renewals.demo
from customers.models import Agreement, CustomerSite, Relationship
from identity import tenancy
from identity.demo import World
from identity.models import Programme, SiteKind
from orders.models import DataElement, Fulfilment, Order, OrderLine, OrderStatus
from pricing.files import building
from renewals.models import (
    Entitlement,
    Overage,
    PriceNotification,
    RenewalItem,
    RenewalKind,
    RenewalStatus,
    SubscriptionChange,
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """A demo world without people, deals and price files, for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic(), tenancy.as_system():
        world = World(rng=Random(1), now=timezone.now())
        identity.demo.build(world, "!")
        known = customers.demo.build(world)
        parts = pricing.demo.build(world)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(building, "sets_to_build", lambda now: [])
            pricing.demo_prices.build(world)
        feeds.demo.build(world, known, parts)
        holdings = orders.demo.build(world, customers.demo_accounts.build(world))
        renewals.demo.build(world, holdings)
        yield world
        transaction.set_rollback(True)


def test_customers_have_agreements_of_both_programmes(world: World) -> None:
    assert set(Agreement.objects.values_list("programme", flat=True)) == set(Programme.values)
    assert CustomerSite.objects.filter(role="additional").count() > 50


def test_some_customers_moved_between_resellers_in_the_middle_of_it(world: World) -> None:
    today = world.now.date()
    moved = Relationship.objects.filter(role=SiteKind.RESELLER, valid_to__lte=today).values("customer")
    former = Order.objects.exclude(reseller=F("customer_site__reseller"))
    assert moved.distinct().count() > 20
    assert former.count() > 100


@pytest.mark.parametrize(
    ("model", "least"),
    [
        (RenewalItem, 2_000), (Order, 800), (OrderLine, 2_000), (Entitlement, 2_000), (Overage, 100),
        (SubscriptionChange, 100), (PriceNotification, 200), (Fulfilment, 200), (DataElement, 1_000),
    ],
)  # fmt: skip
def test_there_is_plenty_of_everything(world: World, model: type, least: int) -> None:
    assert model._default_manager.count() >= least  # type: ignore[attr-defined]


def test_every_partner_sees_renewals_and_orders(world: World) -> None:
    today = world.now.date()
    for kind, sites in (("reseller", world.sites), ("distributor", world.distributors)):
        for model in (RenewalItem, Order):
            seen = Counter(
                model._default_manager.filter(**{f"{kind}_from__lte": today}).values_list(kind, flat=True)
            )
            assert [site.name for site in sites if seen[site.id] < 10] == []


def test_renewals_are_of_every_kind_and_in_every_state(world: World) -> None:
    assert set(RenewalItem.objects.values_list("kind", flat=True)) == set(RenewalKind.values)
    assert set(RenewalItem.objects.values_list("status", flat=True)) == set(RenewalStatus.values)


def test_renewals_are_due_in_every_month_of_the_year_to_come(world: World) -> None:
    today = world.now.date()
    for month in range(-1, 11):
        first = today + timedelta(days=30 * month)
        due = RenewalItem.objects.filter(due_on__range=(first, first + timedelta(days=29)))
        assert due.count() > 20, month


def test_renewals_go_on_where_the_coverage_ends(world: World) -> None:
    broken = RenewalItem.objects.exclude(new_start=F("current_end") + timedelta(days=1))
    assert not broken.exists()


def test_orders_are_of_three_years_and_in_the_states_that_the_vendor_gives(world: World) -> None:
    today = world.now.date()
    years = Counter((today - day).days // 365 for day in Order.objects.values_list("settled_on", flat=True))
    assert all(years[year] > 50 for year in (0, 1, 2))
    states = set(Order.objects.values_list("status", flat=True))
    assert states == set(OrderStatus.values) - {OrderStatus.PLACED}
    assert OrderLine.objects.values("order").annotate(lines=Count("id")).filter(lines__gt=1).exists()


def test_some_services_wait_for_what_is_not_known(world: World) -> None:
    assert len(set(Fulfilment.objects.values_list("status", flat=True))) >= 6
    assert DataElement.objects.filter(missing=True).count() > 10
