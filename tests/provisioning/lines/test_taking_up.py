"""Lines of orders become lines to set up: once, alike wherever the order came from, and not after it was called off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from identity import tenancy
from identity.models import Site
from orders.models import Fulfilment, Order, OrderLine, OrderStatus
from orders.placing import actions
from provisioning.lines.taking_up import take_up_due
from provisioning.lines.whereabouts import time_zone_of
from provisioning.models import LineStatus, SetupLine, SetupLink, Waiting
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site, relate
from tests.deals.factories import make_customer, make_part
from tests.provisioning.made import make_line, make_secret, make_setup_part

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
START = date(2026, 6, 1)


@pytest.fixture
def held(cast: Cast) -> Any:
    customer = make_customer("Oasis Hotels", "EG")
    relate(cast.site, customer)
    return make_customer_site(customer, reseller=cast.site)


def ordered(
    cast: Cast, held: Any, *, part: Any = None, status: str = OrderStatus.ACCEPTED, **extra: Any
) -> OrderLine:
    """A line of an order as the vendor's systems tell of it."""
    part = part or make_setup_part()
    stands = {"customer_site": held, "customer_id": held.customer_id, "reseller": cast.site}
    day = extra.pop("day", NOW.date() - timedelta(days=3))
    with tenancy.as_system():
        order = Order.objects.create(
            number=extra.pop("number", "50000417"), status=status, currency="EUR", total=1_000, line_count=1,
            settled_on=day, **stands,
        )  # fmt: skip
        given = {"requested_start_on": START, "provisioning_email": "it@oasis.example"} | extra
        return OrderLine.objects.create(
            order=order, position=1, part=part, part_number=part.number, description=part.description,
            part_type=part.type, quantity=5, currency="EUR", unit_price=200, extended=1_000, **given,
        )  # fmt: skip


def taken_up() -> list[SetupLine]:
    take_up_due(now=NOW)
    with tenancy.as_system():
        return list(SetupLine.objects.order_by("id"))


class TestALineOfAnOrder:
    def test_is_taken_up_with_what_the_order_says(self, cast: Cast, held: Any) -> None:
        ordered(cast, held)
        (line,) = taken_up()
        assert (line.order_number, line.line_number, line.quantity) == ("50000417", 1, 5)
        assert (line.contact_email, line.requested_start_on) == ("it@oasis.example", START)
        assert (line.family, line.status) == ("A-FLEX", LineStatus.ORDERED)

    def test_waits_for_seven_in_the_morning_of_its_start_date_where_the_customer_is(
        self, cast: Cast, held: Any
    ) -> None:
        ordered(cast, held)
        (line,) = taken_up()
        assert (line.time_zone, line.waits_for) == ("Africa/Cairo", Waiting.MAIL)
        assert line.due_at == datetime(2026, 6, 1, 4, tzinfo=UTC)

    def test_whose_date_is_past_waits_for_nothing(self, cast: Cast, held: Any) -> None:
        ordered(cast, held, requested_start_on=date(2026, 5, 1))
        (line,) = taken_up()
        assert line.due_at == NOW

    def test_is_seen_by_its_reseller_and_not_by_the_rival(self, cast: Cast, held: Any) -> None:
        ordered(cast, held)
        take_up_due(now=NOW)
        with tenancy.scope(actor(cast.primary)):
            assert SetupLine.objects.count() == 1
        with tenancy.scope(actor(cast.rival)):
            assert SetupLine.objects.count() == 0

    def test_is_taken_up_once_however_often_the_job_runs(self, cast: Cast, held: Any) -> None:
        ordered(cast, held)
        assert len(taken_up()) == 1
        assert len(taken_up()) == 1
        with tenancy.as_system():
            assert Fulfilment.objects.count() == 1

    def test_of_a_part_that_is_not_set_up_is_left_alone(self, cast: Cast, held: Any) -> None:
        ordered(cast, held, part=make_part("D0ABCLL"))
        assert taken_up() == []

    @pytest.mark.parametrize("status", [OrderStatus.REJECTED, OrderStatus.CANCELLED])
    def test_of_an_order_that_came_to_nothing_is_left_alone(self, cast: Cast, held: Any, status: str) -> None:
        ordered(cast, held, status=status)
        assert taken_up() == []

    def test_without_a_contact_goes_to_the_reseller_s_primary_contact(self, cast: Cast, held: Any) -> None:
        ordered(cast, held, provisioning_email="")
        (line,) = taken_up()
        assert line.contact_email == cast.primary.user.email

    def test_of_long_ago_is_left_alone_when_nothing_else_is_known_of_it(self, cast: Cast, held: Any) -> None:
        ordered(cast, held, day=NOW.date() - timedelta(days=200))
        assert taken_up() == []


class TestWhatTheVendorsSystemsTell:
    def fed(self, line: OrderLine, status: str) -> Fulfilment:
        stands = {"customer_site_id": line.customer_site_id, "reseller_id": line.reseller_id}
        with tenancy.as_system():
            return Fulfilment.objects.create(
                order_number=line.order_number, line_number=1, part_number=line.part_number,
                description=line.description, quantity=5, status=status, ordered_on=NOW.date(),
                requested_start_on=date(2026, 7, 1), **stands,
            )  # fmt: skip

    def test_of_a_service_is_kept_and_goes_first(self, cast: Cast, held: Any) -> None:
        told = self.fed(self.reread(ordered(cast, held)), "ordered")
        (line,) = taken_up()
        assert line.fulfilment_id == told.id
        assert line.requested_start_on == date(2026, 7, 1)

    def test_of_a_service_that_runs_already_is_left_to_them(self, cast: Cast, held: Any) -> None:
        self.fed(self.reread(ordered(cast, held)), "active")
        assert taken_up() == []

    def reread(self, line: OrderLine) -> OrderLine:
        with tenancy.as_system():
            line.refresh_from_db()
        return line


class TestAnOrderThatComesToNothing:
    def test_takes_its_lines_and_their_links_along_when_it_is_called_off_here(
        self, cast: Cast, held: Any
    ) -> None:
        with tenancy.as_system():
            order = Order.objects.create(
                number="P-2026-000017", status=OrderStatus.PLACED, placed_here=True, placed_at=NOW, currency="EUR",
                total=1_000, line_count=1, settled_on=NOW.date(), customer_site=held,
                customer_id=held.customer_id, reseller=cast.site,
            )  # fmt: skip
        line = make_line(cast.site, order=order, of=held)
        make_secret(line, now=NOW)
        with tenancy.scope(actor(cast.primary)):
            actions.cancel_order(order, by=actor(cast.primary), now=NOW)
        with tenancy.as_system():
            line.refresh_from_db()
            assert line.status == LineStatus.CANCELLED
            assert not SetupLink.objects.filter(revoked_at=None).exists()

    def test_takes_them_along_when_the_vendors_systems_say_so(self, cast: Cast) -> None:
        line, other = make_line(cast.site), make_line(cast.site)
        with tenancy.as_system():
            Order.objects.filter(number=line.order_number).update(status=OrderStatus.REJECTED)
        take_up_due(now=NOW)
        with tenancy.as_system():
            line.refresh_from_db()
            other.refresh_from_db()
        assert line.status == LineStatus.CANCELLED
        assert other.status == LineStatus.ORDERED

    def test_leaves_what_is_being_set_up_to_the_vendor(self, cast: Cast) -> None:
        line = make_line(cast.site, status=LineStatus.PROVISIONING)
        with tenancy.as_system():
            Order.objects.filter(number=line.order_number).update(status=OrderStatus.CANCELLED)
        take_up_due(now=NOW)
        with tenancy.as_system():
            line.refresh_from_db()
        assert line.status == LineStatus.PROVISIONING


class TestTheClocksOfACustomer:
    def reseller(self, country: str, time_zone: str) -> Site:
        return Site(country=country, time_zone=time_zone)

    def test_are_the_resellers_in_the_same_country(self) -> None:
        assert time_zone_of("BR", self.reseller("BR", "America/Manaus")) == "America/Manaus"

    def test_are_those_of_a_country_that_has_but_one(self) -> None:
        assert time_zone_of("EG", self.reseller("PL", "Europe/Warsaw")) == "Africa/Cairo"

    def test_are_those_of_most_people_in_a_country_that_has_several(self) -> None:
        assert time_zone_of("US", self.reseller("PL", "Europe/Warsaw")) == "America/New_York"

    def test_are_the_resellers_where_the_country_is_not_known(self) -> None:
        assert time_zone_of("", self.reseller("PL", "Europe/Warsaw")) == "Europe/Warsaw"
