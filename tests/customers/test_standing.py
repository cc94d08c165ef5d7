"""Who sees what of a customer: whoever stands on it, while the relationship holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, CustomerSite, Relationship
from customers.standing import renew_days
from identity import tenancy
from identity.actors import Actor, Kind
from identity.models import Site, SiteKind, StaffRole
from orders.models import Order, OrderLine
from renewals.models import RenewalItem
from tests.cast import actor
from tests.conftest import connect_as
from tests.factories import make_site, make_user

from .held import make_customer_site, make_item, make_order, relate
from .related import days


def member_of(site: Site) -> Actor:
    return Actor(kind=Kind(site.kind), user_id=1, name=f"Member of {site.name}", email="", site_id=site.id)


def seen_by(who: Actor, model: Any = RenewalItem) -> set[int]:
    with tenancy.scope(who):
        return set(model.objects.values_list("id", flat=True))


@pytest.mark.django_db
class TestARow:
    @pytest.fixture
    def reseller(self) -> Site:
        return make_site("Nile Systems")

    @pytest.fixture
    def rival(self) -> Site:
        return make_site("Vistula Software")

    @pytest.fixture
    def distributor(self) -> Site:
        return make_site("Delta Distribution", kind=SiteKind.DISTRIBUTOR)

    @pytest.fixture
    def held(self) -> CustomerSite:
        return make_customer_site()

    def test_is_seen_by_the_reseller_and_the_distributor_on_it(
        self, held: CustomerSite, reseller: Site, distributor: Site
    ) -> None:
        relate(reseller, held.customer)
        relate(distributor, held.customer)
        item = make_item(held, reseller=reseller, distributor=distributor)
        assert seen_by(member_of(reseller)) == {item.id}
        assert seen_by(member_of(distributor)) == {item.id}

    def test_is_not_seen_by_another_partner_of_the_same_customer(
        self, held: CustomerSite, reseller: Site, rival: Site
    ) -> None:
        relate(reseller, held.customer)
        relate(rival, held.customer)
        item = make_item(held, reseller=reseller)
        assert seen_by(member_of(rival)) == set()
        assert seen_by(member_of(reseller)) == {item.id}

    def test_is_not_seen_by_who_stands_on_it_without_a_relationship(
        self, held: CustomerSite, reseller: Site
    ) -> None:
        item = make_item(held, reseller=reseller)
        assert seen_by(member_of(reseller)) == set()
        relate(reseller, held.customer)
        assert seen_by(member_of(reseller)) == {item.id}

    def test_is_seen_while_open_only_while_the_relationship_holds(
        self, held: CustomerSite, reseller: Site
    ) -> None:
        held_by = relate(reseller, held.customer, days(0), days(1))
        item = make_item(held, reseller=reseller)
        assert seen_by(member_of(reseller)) == {item.id}
        with tenancy.as_system():
            Relationship.objects.filter(id=held_by.id).update(valid_to=days(0))
        assert seen_by(member_of(reseller)) == set()

    def test_is_not_seen_before_the_relationship_begins(self, held: CustomerSite, reseller: Site) -> None:
        relate(reseller, held.customer, days(1))
        make_item(held, reseller=reseller)
        assert seen_by(member_of(reseller)) == set()

    def test_of_the_past_is_seen_for_good_by_who_was_related_on_its_day(
        self, held: CustomerSite, reseller: Site, rival: Site
    ) -> None:
        relate(reseller, held.customer, date(2024, 1, 1), date(2025, 1, 1))
        relate(rival, held.customer, date(2025, 1, 1))
        before = make_order(held, date(2024, 12, 31), reseller=reseller)
        after = make_order(held, date(2025, 1, 1), reseller=reseller)
        theirs = make_order(held, date(2025, 1, 1), reseller=rival)
        assert seen_by(member_of(reseller), Order) == {before.id}
        assert after.id not in seen_by(member_of(reseller), Order)
        assert seen_by(member_of(rival), Order) == {theirs.id}

    def test_shows_its_lines_to_whoever_sees_the_order(
        self, held: CustomerSite, reseller: Site, rival: Site
    ) -> None:
        relate(reseller, held.customer)
        order = make_order(held, reseller=reseller, lines=3)
        with tenancy.scope(member_of(reseller)):
            assert OrderLine.objects.filter(order=order).count() == 3
        assert seen_by(member_of(rival), OrderLine) == set()

    def test_goes_to_the_next_partner_when_the_vendor_names_it(
        self, held: CustomerSite, reseller: Site, rival: Site
    ) -> None:
        relate(reseller, held.customer)
        relate(rival, held.customer)
        item = make_item(held, reseller=reseller)
        with tenancy.as_system():
            RenewalItem.objects.filter(id=item.id).update(reseller=rival)
        assert seen_by(member_of(reseller)) == set()
        assert seen_by(member_of(rival)) == {item.id}

    def test_stays_what_the_database_makes_of_it(self, held: CustomerSite, reseller: Site) -> None:
        """Even the vendor's people cannot write who sees a row."""
        item = make_item(held, reseller=reseller)
        with tenancy.scope(actor(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))):
            RenewalItem.objects.filter(id=item.id).update(reseller_from=date(2020, 1, 1))
        assert seen_by(member_of(reseller)) == set()


class TestADayThatHasCome:
    @pytest.fixture
    def superuser(self, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
        """Who can write a row as it stood yesterday, without the triggers. Scopes still work under their roles."""
        with django_db_blocker.unblock():
            connect_as(os.environ["TEST_DATABASE_ADMIN_URL"])
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
            connect_as(os.environ["TEST_DATABASE_URL"])

    def test_shows_a_row_again_to_whose_relationship_begins_again(self, superuser: None) -> None:
        reseller, held = make_site("Nile Systems"), make_customer_site()
        relate(reseller, held.customer, days(-9), days(-2))
        relate(reseller, held.customer, days(0))
        item = make_item(held, reseller=reseller)
        self._as_it_was_before_today(item)
        assert seen_by(member_of(reseller)) == set()

        with tenancy.as_system():
            assert [renew_days(timezone.now()) for _each in range(2)] == [1, 0]
        assert seen_by(member_of(reseller)) == {item.id}

    def test_shows_it_to_nobody_whose_relationship_does_not(self, superuser: None) -> None:
        reseller, held = make_site("Nile Systems"), make_customer_site()
        relate(reseller, held.customer, days(-9), days(-2))
        item = make_item(held, reseller=reseller)
        self._as_it_was_before_today(item)
        with tenancy.as_system():
            assert [renew_days(timezone.now()) for _each in range(2)] == [1, 0]
        assert seen_by(member_of(reseller)) == set()

    @staticmethod
    def _as_it_was_before_today(item: RenewalItem) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                "UPDATE renewals_renewalitem SET reseller_from = %s, reseller_until = %s WHERE id = %s",
                [days(-9), days(-2), item.id],
            )
            cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.django_db
class TestCopies:
    def test_follow_the_site_the_customer_and_the_agreement(self) -> None:
        held = make_customer_site()
        reseller = make_site("Nile Systems")
        item, order = make_item(held, reseller=reseller), make_order(held, reseller=reseller)
        with tenancy.as_system():
            held.site_name = "Second office"
            held.save()
            Customer.objects.filter(id=held.customer_id).update(name="Renamed Ltd", number="1234567")
            type(held.contract).objects.filter(id=held.contract_id).update(anniversary_on=date(2028, 7, 1))
            Site.objects.filter(id=reseller.id).update(name="Nile Systems Group")
            for row in (item, order, order.lines.get()):
                row.refresh_from_db()
                found = (row.site_name, row.customer_name, row.customer_number, row.anniversary_on)
                assert found == ("Second office", "Renamed Ltd", "1234567", date(2028, 7, 1))
                assert row.reseller_name == "Nile Systems Group"


# ------------------------------------------------------------------------------------------ against an oracle

periods = st.lists(st.integers(-6, 6), min_size=0, max_size=6, unique=True).map(sorted)


@dataclass(frozen=True)
class Fact:
    """What the vendor knows, as plain numbers: days from today, sites and customers by their place in a list."""

    customer: int
    reseller: int | None
    distributor: int | None
    settled: int | None


facts = st.lists(
    st.builds(
        Fact,
        st.integers(0, 1),
        st.sampled_from([None, 0, 1]),
        st.sampled_from([None, 2, 3]),
        st.one_of(st.none(), st.integers(-7, 0)),
    ),
    min_size=1,
    max_size=8,
)
Held = dict[tuple[int, int], list[tuple[int, int | None]]]  # periods of a site and a customer
relations = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 1)), periods.map(lambda days: _pairs(days))
)


def _pairs(days: list[int]) -> list[tuple[int, int | None]]:
    """Days in their order as periods: from one until the next; the last of an odd number goes on."""
    return [
        (first, days[place + 1] if place + 1 < len(days) else None)
        for place, first in enumerate(days)
        if place % 2 == 0
    ]


def expected(held: Held, all_facts: list[Fact], site: int) -> set[int]:
    """The rule in plain Python: the places of the facts that this site sees today."""
    seen = set()
    for place, fact in enumerate(all_facts):
        day = 0 if fact.settled is None else fact.settled
        on_it = site in (fact.reseller, fact.distributor)
        if on_it and any(
            first <= day and (until is None or day < until)
            for first, until in held.get((site, fact.customer), [])
        ):
            seen.add(place)
    return seen


@pytest.mark.django_db
class TestAnyHistory:
    """Relationships that start, end, and move between partners, before and after the rows are there."""

    @settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(before=relations, after=relations, rows=facts, moved=facts)
    def test_shows_each_partner_what_the_rule_says(
        self, before: Held, after: Held, rows: list[Fact], moved: list[Fact]
    ) -> None:
        with transaction.atomic():
            sites, people, customers = self._everybody()
            self._relate(before, sites, customers)
            ids = [self._write(fact, sites, customers) for fact in rows]
            assert self._seen(people, ids) == [expected(before, rows, site) for site in range(4)]

            with tenancy.as_system():  # history is put right, and some rows are given to others
                Relationship.objects.filter(customer__in=[held.customer for held in customers]).delete()
            self._relate(after, sites, customers)
            assert self._seen(people, ids) == [expected(after, rows, site) for site in range(4)]

            given_away = [
                self._give(row, fact, other, sites)
                for row, fact, other in zip(ids, rows, moved, strict=False)
            ] + rows[len(moved) :]
            assert self._seen(people, ids) == [expected(after, given_away, site) for site in range(4)]
            transaction.set_rollback(True)

    @staticmethod
    def _everybody() -> tuple[list[Site], list[Actor], list[CustomerSite]]:
        kinds = [SiteKind.RESELLER, SiteKind.RESELLER, SiteKind.DISTRIBUTOR, SiteKind.DISTRIBUTOR]
        sites = [make_site(kind=kind) for kind in kinds]
        return sites, [member_of(site) for site in sites], [make_customer_site(), make_customer_site()]

    @staticmethod
    def _relate(held: Held, sites: list[Site], customers: list[CustomerSite]) -> None:
        for (site, customer), spans in held.items():
            for first, until in spans:
                end = None if until is None else days(until)
                relate(sites[site], customers[customer].customer, days(first), end)

    @staticmethod
    def _write(fact: Fact, sites: list[Site], customers: list[CustomerSite]) -> tuple[type[Any], int]:
        """As an order where it is settled, or else as a renewal item."""
        named = {
            "reseller": None if fact.reseller is None else sites[fact.reseller],
            "distributor": None if fact.distributor is None else sites[fact.distributor],
        }
        if fact.settled is None:
            return RenewalItem, make_item(customers[fact.customer], **named).id
        return Order, make_order(customers[fact.customer], days(fact.settled), **named).id

    @staticmethod
    def _give(row: tuple[type[Any], int], fact: Fact, other: Fact, sites: list[Site]) -> Fact:
        reseller = None if other.reseller is None else sites[other.reseller]
        with tenancy.as_system():
            row[0].objects.filter(id=row[1]).update(reseller=reseller)
        return Fact(fact.customer, other.reseller, fact.distributor, fact.settled)

    @staticmethod
    def _seen(people: list[Actor], ids: list[tuple[type[Any], int]]) -> list[set[int]]:
        found = []
        for who in people:
            seen = {(model, pk) for model in (RenewalItem, Order) for pk in seen_by(who, model)}
            found.append({place for place, row in enumerate(ids) if row in seen})
        return found
