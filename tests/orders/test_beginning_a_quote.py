"""A proposal is begun: for a customer, with parts, from a deal; and what keeps it from being begun."""

from __future__ import annotations

import pytest

from identity import tenancy
from orders.models import Quote, QuoteStatus
from orders.quotes import WantedLine
from orders.quotes.actions.ground import NotASeller, PartsUnknown
from pricing.quoting import QuoteFlawed
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site, relate
from tests.orders.made import LICENCE, RENEWAL, UNPRICED, lines_in, make_quote, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


class TestBeginning:
    def test_gives_a_proposal_with_a_number_of_its_own(self, cast: Cast) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2))
        assert (quote.status, quote.revision, quote.version) == (QuoteStatus.DRAFT, 1, 1)
        assert quote.number.startswith("Q-")

    def test_prices_what_is_in_it_in_the_currency_of_the_sites_country(self, cast: Cast) -> None:
        quote = make_quote(cast.primary, (LICENCE, 2), (RENEWAL, 3))
        assert (quote.country, quote.currency, quote.price_level) == ("EG", "EUR", "BL")
        assert [line.extended for line in lines_in(quote)] == [190_000, 57_000]
        assert (quote.total, quote.list_total, quote.points) == (247_000, 260_000, 26)

    def test_takes_price_level_and_anniversary_of_the_customers_site(self, cast: Cast) -> None:
        held = make_customer_site(reseller=cast.site, price_level="E")
        relate(cast.site, held.customer)
        quote = make_quote(cast.primary, (LICENCE, 1), customer_site=held)
        assert (quote.price_level, quote.total) == ("E", 85_000)
        assert quote.anniversary_on == held.anniversary_on
        assert quote.customer_name == held.customer.name

    def test_earns_a_better_level_by_its_own_points(self, cast: Cast) -> None:
        quote = make_quote(cast.primary, (LICENCE, 50))
        assert (quote.price_level, quote.earned_level, quote.total) == ("BL", "D", 50 * 90_000)

    def test_keeps_a_line_without_a_price_and_counts_it_for_nothing(self, cast: Cast) -> None:
        quote = make_quote(cast.primary, (UNPRICED, 1), (LICENCE, 1))
        assert [line.extended for line in lines_in(quote)] == [None, 95_000]
        assert quote.total == 95_000


class TestNothingIsBegun:
    @pytest.mark.parametrize("quantity", [0, -1, 1_000_000])
    def test_with_a_quantity_that_cannot_be(self, cast: Cast, quantity: int) -> None:
        with pytest.raises(QuoteFlawed):
            make_quote(cast.primary, (LICENCE, quantity))
        with tenancy.as_system():
            assert not Quote.objects.exists()

    def test_with_a_part_that_is_not_sold(self, cast: Cast) -> None:
        with pytest.raises(PartsUnknown) as unknown:
            make_quote(cast.primary, ("D0NONAM", 1), (LICENCE, 1))
        assert unknown.value.numbers == ("D0NONAM",)

    def test_by_a_distributor(self, cast: Cast) -> None:
        with pytest.raises(NotASeller):
            make_quote(cast.distributor, (LICENCE, 1))


def test_a_rival_does_not_see_it(cast: Cast) -> None:
    quote = make_quote(cast.primary, (LICENCE, 1))
    with tenancy.scope(actor(cast.rival)):
        assert not Quote.objects.filter(id=quote.id).exists()
    with tenancy.scope(actor(cast.primary)):
        assert Quote.objects.filter(id=quote.id).exists()


def test_what_is_wanted_may_be_given_in_any_number(cast: Cast) -> None:
    wanted = [WantedLine(part_number=LICENCE, quantity=each) for each in range(1, 31)]
    assert make_quote(cast.primary, wanted=wanted).line_count == 30
