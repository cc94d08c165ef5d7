"""What the demo world's customers have, set up through the real actions."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone

import accounts.demo
import customers.demo
import customers.demo_accounts
import feeds.demo
import identity.demo
import orders.demo
import pricing.demo
import pricing.demo_prices
import provisioning.elements.demo
import provisioning.lines.demo
import provisioning.subscriptions.demo
from identity import tenancy
from identity.demo import World, member_actor
from orders.models import DataElement
from pricing.files import building
from provisioning.elements import listing
from provisioning.lines.demo_contacts import BEGUN, CONFIRMED, FIRST_OF_ALL
from provisioning.models import BillingStart, Organisation, SetupLine, Subscription


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """A demo world of people, customers, orders and what becomes of them, for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic(), tenancy.as_system():
        world = World(rng=Random(1), now=timezone.now())
        identity.demo.build(world, "!")
        accounts.demo.build(world, "!")
        known = customers.demo.build(world)
        parts = pricing.demo.build(world)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(building, "sets_to_build", lambda now: [])
            pricing.demo_prices.build(world)
        feeds.demo.build(world, known, parts)
        orders.demo.build(world, customers.demo_accounts.build(world))
        provisioning.lines.demo.build(world)
        provisioning.elements.demo.build(world)
        provisioning.subscriptions.demo.build(world)
        yield world
        transaction.set_rollback(True)


def test_there_are_subscriptions_in_the_states_that_partners_meet(world: World) -> None:
    for site in (*world.sites[:2], world.sites[7]):  # those that one can sign in to
        with tenancy.scope(member_actor(world.members[site.id][0])):
            states = set(Subscription.objects.values_list("status", flat=True))
        assert states == {"active", "suspended", "cancelled", "deleted", "trial", "trial_expired"}


def test_there_are_lines_at_each_point_at_which_they_stay(world: World) -> None:
    for site in (*world.sites[:2], world.sites[7]):
        with tenancy.scope(member_actor(world.members[site.id][0])):
            states = set(SetupLine.objects.values_list("status", flat=True))
            assert states == {"ordered", "awaiting_details", "active", "failed", "closed", "cancelled"}
            assert SetupLine.objects.get(contact_email__startswith=BEGUN).onboarded_at is None
            assert SetupLine.objects.get(contact_email__startswith=CONFIRMED).onboarded_at is not None


def test_somebody_is_at_the_first_line_of_a_partner(world: World) -> None:
    partners = Organisation.objects.filter(kind="partner").values_list("site_id", flat=True)
    begun = SetupLine.objects.filter(contact_email__startswith=FIRST_OF_ALL).exclude(reseller_id__in=partners)
    assert begun.exclude(begun_at=None).count() == 1


def test_forms_are_complete_or_lack_something_and_some_were_asked_for_in_vain(world: World) -> None:
    for tab in (listing.MISSING, listing.LEFT, listing.COMPLETE):
        assert listing.forms_in(tab).filter(reseller=world.sites[0]).exists(), tab.name
    assert DataElement.objects.filter(element="Network contact").exclude(value="").exists()


def test_what_was_set_up_is_billed(world: World) -> None:
    bought = Subscription.objects.exclude(line=None)
    assert bought.count() == BillingStart.objects.count() > 5


def test_some_customers_administer_alone(world: World) -> None:
    customers_own = Organisation.objects.filter(kind="customer", administered_by=None)
    assert customers_own.exists()
    assert Organisation.objects.filter(kind="customer").exclude(administered_by=None).exists()


def test_the_registry_was_told_of_all_of_it(world: World) -> None:
    assert not Subscription.objects.filter(backend_due=True).exists()
