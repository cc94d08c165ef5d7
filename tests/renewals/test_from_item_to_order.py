"""From selected renewals to a quote, from the quote to an order, and back when that comes to nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from identity import tenancy
from orders.models import CutReason, Order, OrderStatus, Quote, QuoteLine
from orders.placing.actions import cancel_order, reject_order
from orders.quotes.actions import open_quote
from renewals.models import RenewalItem, RenewalStatus
from renewals.ordered import give_back_due
from renewals.quoting import CannotBeQuoted, quote_of
from tests.cast import Cast, actor, make_cast, signed_in
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer, make_part
from tests.orders.made import RENEWAL, columns, order, sell
from tests.pricing.priced import make_edition


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def sold(db: None) -> Any:
    return sell()


@pytest.fixture
def held(cast: Cast) -> Any:
    customer = make_customer("Cairo Cement")
    relate(cast.site, customer)
    return make_customer_site(customer, reseller=cast.site)


def item(cast: Cast, held: Any, sold: Any, days: int = 20, **extra: Any) -> RenewalItem:
    """Ten of a renewal part, due in so many days, when its coverage ends."""
    end = timezone.localdate() + timedelta(days=days)
    dates = {
        "current_start": end - timedelta(days=364), "current_end": end, "new_start": end + timedelta(days=1),
        "new_end": end.replace(year=end.year + 1),
    }  # fmt: skip
    return make_item(
        held, end, reseller=cast.site, part=sold[RENEWAL], part_number=RENEWAL, **{**dates, **extra}
    )


def quoted(cast: Cast, *items: RenewalItem, now: datetime | None = None) -> Quote:
    who = actor(cast.primary)
    with tenancy.scope(who):
        found = list(RenewalItem.objects.filter(id__in=[each.id for each in items]).order_by("id"))
        return quote_of(found, by=who, now=now or timezone.now())


def lines_of(quote: Quote) -> list[QuoteLine]:
    with tenancy.as_system():
        return list(QuoteLine.objects.filter(quote=quote).order_by("position"))


def opened(cast: Cast, *items: RenewalItem) -> Quote:
    quote, who = quoted(cast, *items), actor(cast.primary)
    with tenancy.scope(who):
        return open_quote(quote, by=who, now=timezone.now())


def became(item: RenewalItem) -> tuple[str, int, Any]:
    with tenancy.as_system():
        item.refresh_from_db()
    return item.status, item.ordered, item.settled_on


class TestMakingAQuote:
    def test_each_item_is_a_line_whose_coverage_goes_on_the_day_after_it_ends(
        self, cast: Cast, held: Any, sold: Any
    ) -> None:
        one, two = item(cast, held, sold), item(cast, held, sold, 40)
        lines = lines_of(quoted(cast, one, two))
        assert [line.renewal_item for line in lines] == [one.public_id, two.public_id]
        assert [line.coverage_start for line in lines] == [one.new_start, two.new_start]
        assert [(line.quantity, line.installed) for line in lines] == [(10, 10), (10, 10)]

    def test_what_has_lapsed_is_quoted_as_reinstatement_from_today_on(
        self, cast: Cast, held: Any, sold: Any
    ) -> None:
        make_part("R0ABCRE", type="reinstatement", term_months=12)
        now = timezone.now()
        (line,) = lines_of(quoted(cast, item(cast, held, sold, -5), now=now))
        assert line.part_number == "R0ABCRE"
        assert line.coverage_start == now.date()

    def test_only_what_is_left_of_an_item_is_quoted(self, cast: Cast, held: Any, sold: Any) -> None:
        rest = item(cast, held, sold, ordered=4, status=RenewalStatus.ORDERED_IN_PART)
        (line,) = lines_of(quoted(cast, rest))
        assert line.quantity == 6

    def test_a_quote_is_for_one_customer(self, cast: Cast, held: Any, sold: Any) -> None:
        other = make_customer("Delta Dairy")
        relate(cast.site, other)
        theirs = item(cast, make_customer_site(other, reseller=cast.site), sold)
        with pytest.raises(CannotBeQuoted, match="one customer"):
            quoted(cast, item(cast, held, sold), theirs)

    def test_and_in_one_currency(self, cast: Cast, held: Any, sold: Any) -> None:
        with pytest.raises(CannotBeQuoted, match="one currency"):
            quoted(cast, item(cast, held, sold), item(cast, held, sold, currency="USD"))

    def test_from_the_list_it_leads_to_the_quote(self, cast: Cast, held: Any, sold: Any) -> None:
        one = item(cast, held, sold)
        answer = signed_in(cast.primary).post(
            "/renewals/together/?show=180", {"what": "quote", "item": f"{one.public_id}:0"}
        )
        with tenancy.as_system():
            quote = Quote.objects.get()
        assert answer["Location"] == f"/quotes/{quote.public_id}/"

    def test_what_does_not_fit_together_is_said_and_stays_selected(
        self, cast: Cast, held: Any, sold: Any
    ) -> None:
        one, two = item(cast, held, sold), item(cast, held, sold, currency="USD")
        answer = signed_in(cast.primary).post(
            "/renewals/together/",
            {"what": "quote", "item": [f"{one.public_id}:0", f"{two.public_id}:0"]},
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "A quote is in one currency" in page
        assert page.count(':0" checked>') == 2

    def test_whoever_makes_no_quotes_is_told_why(self, cast: Cast, held: Any, sold: Any) -> None:
        one = item(cast, held, sold)
        secondary = signed_in(cast.secondary)
        assert "Proposal, quote, order" in secondary.get("/renewals/").content.decode()
        sent = {"what": "quote", "item": f"{one.public_id}:0"}
        assert secondary.post("/renewals/together/", sent).status_code == 403

    def test_the_item_names_the_quotes_that_contain_it(self, cast: Cast, held: Any, sold: Any) -> None:
        one = item(cast, held, sold)
        quote = quoted(cast, one)
        assert quote.number in signed_in(cast.primary).get(f"/renewals/{one.public_id}/").content.decode()


class TestOrderingIt:
    def test_an_order_of_all_settles_the_item_on_its_day(self, cast: Cast, held: Any, sold: Any) -> None:
        one = item(cast, held, sold)
        placed = order(opened(cast, one), cast.primary)
        assert became(one) == (RenewalStatus.ORDERED, 10, placed.settled_on)

    def test_an_order_of_some_leaves_the_rest(self, cast: Cast, held: Any, sold: Any) -> None:
        one = item(cast, held, sold)
        quote = opened(cast, one)
        (line,) = lines_of(quote)
        order(quote, cast.primary, {line.public_id: 4})
        assert became(one) == (RenewalStatus.ORDERED_IN_PART, 4, None)
        order(quote, cast.primary)
        assert became(one)[:2] == (RenewalStatus.ORDERED, 10)

    def test_fewer_for_a_reason_are_all_that_the_customer_wants(
        self, cast: Cast, held: Any, sold: Any
    ) -> None:
        one = item(cast, held, sold)
        quote = quoted(cast, one)
        with tenancy.as_system():
            QuoteLine.objects.filter(quote=quote).update(quantity=8, cut_reason=CutReason.BUDGET)
        who = actor(cast.primary)
        with tenancy.scope(who):
            quote = open_quote(Quote.objects.get(id=quote.id), by=who, now=timezone.now())
        order(quote, cast.primary)
        assert became(one)[:2] == (RenewalStatus.ORDERED, 8)

    def test_an_order_that_is_undone_undoes_that(self, cast: Cast, held: Any, sold: Any) -> None:
        one = item(cast, held, sold)
        placed = order(opened(cast, one), cast.primary)
        who = actor(cast.primary)
        with tenancy.scope(who):
            cancel_order(placed, by=who, now=timezone.now())
        assert became(one) == (RenewalStatus.OPEN, 0, None)

    def test_so_does_one_that_the_vendor_turns_down(self, cast: Cast, held: Any, sold: Any) -> None:
        one = item(cast, held, sold)
        placed = order(opened(cast, one), cast.primary)
        who = actor(cast.deal_desk)
        with tenancy.scope(who):
            reject_order(placed, text="Not for this country.", by=who, now=timezone.now())
        assert became(one) == (RenewalStatus.OPEN, 0, None)

    def test_and_one_of_which_a_file_says_so_by_a_job_that_may_run_twice(
        self, cast: Cast, held: Any, sold: Any
    ) -> None:
        one = item(cast, held, sold)
        placed = order(opened(cast, one), cast.primary)
        with tenancy.as_system():
            Order.objects.filter(id=placed.id).update(status=OrderStatus.REJECTED, closed_at=timezone.now())
        assert give_back_due(now=timezone.now()) == 1
        assert became(one) == (RenewalStatus.OPEN, 0, None)
        assert give_back_due(now=timezone.now()) == 0

    def test_what_else_is_over_stays_over(self, cast: Cast, held: Any, sold: Any) -> None:
        one = item(cast, held, sold, status=RenewalStatus.ORDERED, settled_on=timezone.localdate())
        with pytest.raises(Exception, match="over cannot be changed"), tenancy.as_system():
            RenewalItem.objects.filter(id=one.id).update(status=RenewalStatus.OPEN, settled_on=None)


def test_the_page_says_by_todays_prices_what_reinstatement_costs(cast: Cast, held: Any, sold: Any) -> None:
    make_part("R0ABCRE", type="reinstatement", term_months=12)
    with tenancy.as_system():
        from pricing.models import PriceBook

        book = PriceBook.objects.get()
    make_edition(book, "2021-01-01", {RENEWAL: columns(20_000), "R0ABCRE": columns(50_000)})
    one = item(cast, held, sold, unit_price=18_000)
    page = signed_in(cast.primary).get(f"/renewals/{one.public_id}/").content.decode()
    assert "R0ABCRE" in page
    assert "2.5× as much" in page
