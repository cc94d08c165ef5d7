"""A quote becomes an order: in whole, in parts, once, and at the prices that it offered."""

from __future__ import annotations

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity import tenancy
from identity.models import StaffRole
from orders.models import Order, OrderLine, OrderStatus, Quote, QuoteStatus
from orders.placing import ordered
from orders.placing.actions import (
    Details,
    DetailsMissing,
    NothingOrdered,
    OrderNotOpen,
    TooManyOrdered,
    accept_order,
    cancel_order,
    reject_order,
)
from orders.quotes.actions import QuoteNotOpen
from tests.cast import Cast, actor
from tests.factories import make_user
from tests.orders.made import LICENCE, RENEWAL, SAAS, lines_in, make_open_quote, order, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


class TestOrderingAllOfIt:
    def test_makes_an_order_at_the_quotes_prices(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 3), (RENEWAL, 7))
        placed = order(quote, cast.primary)
        assert placed.number.startswith("P-")
        assert placed.status == OrderStatus.PLACED
        assert (placed.total, placed.points, placed.line_count) == (quote.total, quote.points, 2)
        assert (placed.reseller_name, placed.quote_number) == ("Nile Systems", quote.number)

    def test_leaves_the_quote_ordered_for_good(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 3))
        order(quote, cast.primary)
        with tenancy.as_system():
            quote.refresh_from_db()
        assert quote.status == QuoteStatus.ORDERED
        with pytest.raises(QuoteNotOpen):
            order(quote, cast.primary)


class TestOrderingAPart:
    def test_leaves_the_rest_to_be_ordered(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 3))
        (line,) = lines_in(quote)
        order(quote, cast.primary, {line.public_id: 1})
        with tenancy.as_system():
            quote.refresh_from_db()
        assert quote.status == QuoteStatus.ORDERED_IN_PART
        assert order(quote, cast.primary).total == 2 * 95_000

    def test_cannot_be_more_than_is_left(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 3))
        (line,) = lines_in(quote)
        with pytest.raises(TooManyOrdered) as over:
            order(quote, cast.primary, {line.public_id: 4})
        assert over.value.left == {line.public_id: 3}

    def test_cannot_be_nothing(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 3))
        (line,) = lines_in(quote)
        with pytest.raises(NothingOrdered):
            order(quote, cast.primary, {line.public_id: 0})

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(parts=st.lists(st.integers(1, 40), min_size=1, max_size=5), price=st.integers(1, 99_999))
    def test_adds_up_to_the_quote_to_the_minor_unit(self, parts: list[int], price: int) -> None:
        from orders.models import QuoteLine
        from orders.placing.actions import _share

        line = QuoteLine(quantity=sum(parts), extended=price, points="12.34", ordered=0)
        line.points = QuoteLine._meta.get_field("points").to_python("12.34")
        taken = []
        for quantity in parts:
            taken.append(_share(line, quantity))
            line.ordered += quantity
        assert sum(each.extended for each in taken) == price
        assert sum(each.points for each in taken) == line.points


class TestWhatIsNotOrdered:
    def test_a_proposal(self, cast: Cast) -> None:
        from tests.orders.made import make_quote

        with pytest.raises(QuoteNotOpen):
            order(make_quote(cast.primary, (LICENCE, 1)), cast.primary)

    def test_a_quote_whose_time_is_over_even_before_the_portal_has_noticed(self, cast: Cast) -> None:
        from datetime import timedelta

        quote = make_open_quote(cast.primary, (LICENCE, 1))
        with pytest.raises(QuoteNotOpen) as over:
            order(quote, cast.primary, now=timezone.now() + timedelta(days=60))
        assert over.value.status == QuoteStatus.EXPIRED

    def test_a_service_without_a_start_and_a_contact(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (SAAS, 1))
        (line,) = lines_in(quote)
        with pytest.raises(DetailsMissing) as missing:
            order(quote, cast.primary)
        assert missing.value.lines == (line.public_id,)
        details = {line.public_id: Details(timezone.localdate(), "setup@oasis.example")}
        placed = order(quote, cast.primary, details=details)
        with tenancy.as_system():
            assert placed.lines.get().provisioning_email == "setup@oasis.example"


class TestWhoSeesAnOrder:
    def test_its_reseller_and_the_distributor_named_but_nobody_else(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 1), distributor=cast.distributor_site)
        order(quote, cast.primary)
        seen = {}
        for name in ("primary", "distributor", "other_distributor", "rival"):
            with tenancy.scope(actor(getattr(cast, name))):
                seen[name] = (Order.objects.count(), OrderLine.objects.count())
        assert seen == {
            "primary": (1, 1), "distributor": (1, 1), "other_distributor": (0, 0), "rival": (0, 0),
        }  # fmt: skip


class TestAfterwards:
    @pytest.fixture
    def placed(self, cast: Cast) -> Order:
        return order(make_open_quote(cast.primary, (LICENCE, 1)), cast.primary)

    def test_the_vendor_accepts_it(self, cast: Cast, placed: Order) -> None:
        who = actor(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
        with tenancy.scope(who):
            assert accept_order(placed, by=who, now=timezone.now()).status == OrderStatus.ACCEPTED

    def test_the_vendor_rejects_it_and_says_why(self, cast: Cast, placed: Order) -> None:
        who = actor(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
        with tenancy.scope(who):
            rejected = reject_order(placed, text="The customer is unknown.", by=who, now=timezone.now())
        assert (rejected.status, rejected.status_reason) == (OrderStatus.REJECTED, "The customer is unknown.")

    def test_the_reseller_calls_it_off_until_then(self, cast: Cast, placed: Order) -> None:
        who = actor(cast.primary)
        with tenancy.scope(who):
            assert cancel_order(placed, by=who, now=timezone.now()).status == OrderStatus.CANCELLED
            with pytest.raises(OrderNotOpen):
                cancel_order(placed, by=who, now=timezone.now())


def test_whoever_asked_is_told_within_the_transaction(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    monkeypatch.setattr(
        ordered, "_hooks", [lambda order, lines, by, now: heard.append((order.number, lines))]
    )
    quote = make_open_quote(cast.primary, (LICENCE, 2))
    placed = order(quote, cast.primary)
    ((number, lines),) = heard
    assert number == placed.number
    assert [(line.part_number, n) for line, n in lines] == [(LICENCE, 2)]


def test_an_order_is_not_placed_if_one_of_them_objects(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def object_(*_ignored: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(ordered, "_hooks", [object_])
    quote = make_open_quote(cast.primary, (LICENCE, 2))
    with pytest.raises(RuntimeError):
        order(quote, cast.primary)
    with tenancy.as_system():
        assert not Order.objects.exists()
        assert Quote.objects.get().status == QuoteStatus.OPEN
