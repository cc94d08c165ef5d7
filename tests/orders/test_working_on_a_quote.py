"""What is done with a proposal and a quote: the rules of orders/README.md, each with what it forbids."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import CustomerSite
from deals.states import Status
from identity import tenancy
from orders.models import CutReason, Quote, QuoteLine, QuoteStatus
from orders.quotes import WantedLine, actions
from orders.quotes.actions import LineChange
from orders.quotes.expiring import expire_due
from orders.quotes.reckoning import reckon
from pricing.quoting import QuoteFlawed
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site, relate
from tests.deals.factories import make_customer, make_deal, make_part
from tests.orders.made import (
    LICENCE,
    RENEWAL,
    SAAS,
    UNPRICED,
    lines_in,
    make_open_quote,
    make_quote,
    order,
    sell,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def sold(db: None) -> None:
    sell()


def do(act: Any, cast: Cast, quote: Quote, *args: Any, **given: Any) -> Any:
    """One of the actions, as the cast's primary contact."""
    who = actor(cast.primary)
    with tenancy.scope(who):
        return act(quote, *args, by=who, now=given.pop("now", None) or timezone.now(), **given)


def stored(quote: Quote) -> Quote:
    with tenancy.as_system():
        return Quote.objects.get(id=quote.id)


def change(cast: Cast, quote: Quote, **given: Any) -> Quote:
    (line, *_rest) = lines_in(quote)
    return do(actions.change_lines, cast, quote, {line.public_id: LineChange(**given)})


def flaws(caught: Any) -> set[tuple[str, str]]:
    return {(flaw.field, flaw.code) for flaw in caught.value.flaws}


class TestCoverage:
    def test_decides_the_price_by_its_first_day(self, cast: Cast) -> None:
        from tests.orders.made import columns
        from tests.pricing.priced import make_edition

        with tenancy.as_system():
            from pricing.models import PriceBook

            book = PriceBook.objects.get()
        later = timezone.localdate() + 60 * DAY
        make_edition(book, later, {RENEWAL: columns(40_000)})
        quote = make_quote(cast.primary, (RENEWAL, 1))
        assert quote.total == 19_000
        assert change(cast, quote, coverage=(later, None)).total == 38_000

    def test_of_some_months_costs_its_share(self, cast: Cast) -> None:
        quote = make_quote(cast.primary, (RENEWAL, 1))
        assert change(cast, quote, coverage=(date(2027, 1, 1), date(2027, 3, 31))).total == 4_750

    def test_from_29_february_is_a_year_until_the_28th(self, cast: Cast) -> None:
        quote = make_quote(cast.primary, (RENEWAL, 1))
        changed = change(cast, quote, coverage=(date(2028, 2, 29), date(2029, 2, 28)))
        assert (lines_in(quote)[0].months, changed.total) == (12, 19_000)

    @pytest.mark.parametrize(
        ("coverage", "field", "code"),
        [
            ((date(2027, 5, 1), date(2027, 4, 30)), "ends_on", "ends_before_start"),
            ((date(2026, 12, 31), None), "starts_on", "overlap"),
            ((date(2027, 2, 1), None), "starts_on", "gap"),
            ((date(2500, 1, 1), None), "starts_on", "too_far_ahead"),
        ],
    )
    def test_that_cannot_be_is_refused_at_its_field(
        self, cast: Cast, coverage: tuple[date, date | None], field: str, code: str
    ) -> None:
        wanted = [
            WantedLine(part_number=RENEWAL, quantity=1, covered_until=date(2026, 12, 31),
                       coverage_start=date(2027, 1, 1))
        ]  # fmt: skip
        quote = make_quote(cast.primary, wanted=wanted)
        with pytest.raises(QuoteFlawed) as caught:
            change(cast, quote, coverage=coverage)
        assert (field, code) in flaws(caught)
        assert lines_in(quote)[0].coverage_start == date(2027, 1, 1)

    def test_of_two_lines_for_the_same_does_not_overlap(self, cast: Cast) -> None:
        same = {"part_number": RENEWAL, "quantity": 1, "renewal_item": "abcdefghijkl"}
        wanted = [
            WantedLine(**same, coverage_start=date(2027, 1, 1), coverage_end=date(2027, 6, 30)),
            WantedLine(**same, coverage_start=date(2027, 6, 1), coverage_end=date(2027, 12, 31)),
        ]
        quote = make_quote(cast.primary, wanted=wanted, customer=make_customer())
        with pytest.raises(QuoteFlawed) as caught:
            do(actions.open_quote, cast, quote)
        assert flaws(caught) == {("starts_on", "overlapping_lines")}

    def test_of_a_licence_is_sold_as_a_whole(self, cast: Cast) -> None:
        quote = make_quote(cast.primary, (LICENCE, 1))
        with pytest.raises(QuoteFlawed) as caught:
            change(cast, quote, coverage=(date(2027, 1, 1), date(2027, 3, 31)))
        assert flaws(caught) == {("ends_on", "term_is_whole")}


class TestAPart:
    def test_without_a_price_on_the_day_is_not_added(self, cast: Cast) -> None:
        quote = make_quote(cast.primary, (LICENCE, 1))
        with pytest.raises(QuoteFlawed) as caught:
            do(actions.add_lines, cast, quote, [WantedLine(part_number=UNPRICED, quantity=1)])
        assert flaws(caught) == {("part", "not_sold_here")}
        assert stored(quote).line_count == 1


class TestRenewingFewer:
    @pytest.fixture
    def quote(self, cast: Cast) -> Quote:
        return make_quote(cast.primary, wanted=[WantedLine(part_number=RENEWAL, quantity=10, installed=10)])

    def test_asks_for_a_reason(self, cast: Cast, quote: Quote) -> None:
        with pytest.raises(actions.ReasonMissing):
            change(cast, quote, quantity=8)
        assert change(cast, quote, quantity=8, cut_reason=CutReason.BUDGET).total == 8 * 19_000

    def test_for_another_reason_asks_for_words(self, cast: Cast, quote: Quote) -> None:
        with pytest.raises(actions.ReasonMissing):
            change(cast, quote, quantity=8, cut_reason=CutReason.OTHER)
        change(cast, quote, quantity=8, cut_reason=CutReason.OTHER, cut_text="Moved abroad.")

    def test_as_many_again_needs_none(self, cast: Cast, quote: Quote) -> None:
        change(cast, quote, quantity=8, cut_reason=CutReason.BUDGET)
        change(cast, quote, quantity=10)
        assert lines_in(quote)[0].cut_reason == ""


class TestARegisteredDeal:
    def approved(self, cast: Cast, **given: Any) -> Any:
        deal = make_deal(cast, Status.APPROVED, **given)
        with tenancy.as_system():
            deal.discount_bp = 1_000
            deal.refresh_from_db()
        return deal

    def test_gives_its_discount_as_granted_and_for_the_lines_registered(self, cast: Cast) -> None:
        deal = self.approved(cast, products=[(make_part(LICENCE), 5)])
        quote = make_quote(cast.primary, (LICENCE, 1), (SAAS, 1), deal=deal)
        licence, saas = lines_in(quote)
        assert (quote.deal_number, quote.deal_discount_bp) == (deal.number, deal.discount_bp)
        assert licence.discount_bp == deal.discount_bp > 0
        assert licence.extended == 95_000 * (10_000 - deal.discount_bp) // 10_000
        assert saas.discount_bp == 0

    def test_gives_none_before_it_is_approved(self, cast: Cast) -> None:
        with pytest.raises(actions.DealNotUsable):
            make_quote(cast.primary, (LICENCE, 1), deal=make_deal(cast))

    def test_gives_none_for_another_customer(self, cast: Cast) -> None:
        with pytest.raises(actions.DealNotUsable):
            make_quote(cast.primary, (LICENCE, 1), deal=self.approved(cast), customer=make_customer())

    def test_gives_none_when_it_has_run_out(self, cast: Cast) -> None:
        deal = self.approved(cast)
        with pytest.raises(actions.DealNotUsable):
            make_quote(cast.primary, (LICENCE, 1), deal=deal, now=timezone.now() + timedelta(days=200))

    def test_of_another_site_is_not_found(self, cast: Cast) -> None:
        deal, who = self.approved(cast), actor(cast.rival)
        with tenancy.scope(who), pytest.raises(actions.DealNotUsable):
            actions.deal_numbered(deal.number)


class TestVersions:
    def test_the_next_starts_with_everything_and_supersedes_when_it_is_opened(self, cast: Cast) -> None:
        first = make_open_quote(cast.primary, (LICENCE, 2), (RENEWAL, 1))
        second = do(actions.revise_quote, cast, first)
        assert (second.number, second.revision, second.total) == (first.number, 2, first.total)
        assert stored(first).status == QuoteStatus.OPEN
        do(actions.open_quote, cast, second)
        assert stored(first).status == QuoteStatus.SUPERSEDED
        assert stored(second).status == QuoteStatus.OPEN

    def test_the_next_has_what_was_not_ordered(self, cast: Cast) -> None:
        first = make_open_quote(cast.primary, (LICENCE, 5))
        (line,) = lines_in(first)
        order(first, cast.primary, {line.public_id: 2})
        second = do(actions.revise_quote, cast, stored(first))
        assert [line.quantity for line in lines_in(second)] == [3]

    def test_there_is_one_that_is_worked_on(self, cast: Cast) -> None:
        first = make_open_quote(cast.primary, (LICENCE, 2))
        assert do(actions.revise_quote, cast, first) == do(actions.revise_quote, cast, first)


class TestAnEnd:
    def test_is_noticed_once_the_last_day_is_over_where_the_site_is(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 1))
        assert quote.valid_until is not None
        late = datetime.combine(quote.valid_until, time(23, 30), UTC)  # past midnight in Cairo
        assert expire_due(now=late - timedelta(hours=3)) == 0
        assert expire_due(now=late) == 1
        assert expire_due(now=late) == 0
        assert stored(quote).status == QuoteStatus.EXPIRED

    @pytest.mark.parametrize("statement", [
        "UPDATE orders_quote SET note = 'x' WHERE id = %s",
        "UPDATE orders_quote SET total = 1 WHERE id = %s",
        "UPDATE orders_quoteline SET quantity = 1 WHERE quote_id = %s",
        "DELETE FROM orders_quoteline WHERE quote_id = %s",
        "DELETE FROM orders_quote WHERE id = %s",
    ])  # fmt: skip
    def test_is_for_good(self, cast: Cast, statement: str) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 2))
        do(actions.close_quote, cast, quote, reason="No budget.")
        with tenancy.as_system(), pytest.raises(IntegrityError), transaction.atomic():
            connection.cursor().execute(statement, [quote.id])

    def test_by_hand_has_a_reason(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 2))
        with pytest.raises(actions.ReasonMissing):
            do(actions.close_quote, cast, quote, reason=" ")

    def test_leaves_nothing_to_be_changed(self, cast: Cast) -> None:
        quote = make_open_quote(cast.primary, (LICENCE, 2))
        with pytest.raises(actions.QuoteNotOpen):
            do(actions.change_quote, cast, quote, {"currency": "EUR"})
        assert do(actions.change_quote, cast, quote, {"note": "Call Monday"}).note == "Call Monday"


class TestSplittingAndMerging:
    def test_makes_a_proposal_for_each_site_and_one_of_them_again(self, cast: Cast) -> None:
        customer = make_customer()
        relate(cast.site, customer)
        sites = [make_customer_site(customer, reseller=cast.site, price_level="BL") for _each in range(2)]
        with tenancy.as_system():
            for held in sites:
                held.refresh_from_db()
        wanted = [WantedLine(part_number=RENEWAL, quantity=n, customer_site=sites[n - 1]) for n in (1, 2)]
        quote = make_quote(cast.primary, wanted=wanted, customer_site=sites[0])
        first, second = do(actions.split_by_site, cast, quote)
        assert [each.site_number for each in (first, second)] == [held.site_number for held in sites]
        assert [each.total for each in (first, second)] == [19_000, 38_000]
        whole = do(actions.merge_quotes, cast, first, [second])
        assert (whole.total, whole.line_count) == (57_000, 2)
        with tenancy.as_system():
            assert Quote.objects.count() == 1

    def test_works_when_the_relationship_does_not_show_a_site_any_more(self, cast: Cast) -> None:
        held = make_customer_site(reseller=cast.site)
        with tenancy.as_system():
            held.refresh_from_db()
        quote = make_quote(cast.primary, (RENEWAL, 1), customer_site=held)
        do(actions.reprice_quote, cast, quote)
        assert stored(quote).customer_site_id == held.id
        do(actions.merge_quotes, cast, quote, [make_quote(cast.primary, (RENEWAL, 1), customer_site=held)])
        assert stored(quote).line_count == 2

    def test_of_two_customers_is_refused(self, cast: Cast) -> None:
        first, second = (make_quote(cast.primary, (LICENCE, 1), customer=make_customer()) for _n in range(2))
        with pytest.raises(actions.NotAlike):
            do(actions.merge_quotes, cast, first, [second])

    def test_of_one_site_is_refused(self, cast: Cast) -> None:
        with pytest.raises(actions.OneSiteOnly):
            do(actions.split_by_site, cast, make_quote(cast.primary, (LICENCE, 1)))


class TestAPriceLevelThatHasEnded:
    @pytest.fixture
    def quote(self, cast: Cast) -> Quote:
        held = make_customer_site(reseller=cast.site, price_level="E", level_until=timezone.localdate() - DAY)
        relate(cast.site, held.customer)
        return make_quote(cast.primary, (LICENCE, 1), customer_site=held)

    def test_keeps_a_proposal_from_being_opened(self, cast: Cast, quote: Quote) -> None:
        with pytest.raises(QuoteFlawed) as caught:
            do(actions.open_quote, cast, quote)
        assert flaws(caught) == {("level", "level_expired")}

    def test_is_taken_over_anew_once_it_is_renewed(self, cast: Cast, quote: Quote) -> None:
        with tenancy.as_system():
            CustomerSite.objects.update(level_until=timezone.localdate() + DAY)
        do(actions.reprice_quote, cast, quote)
        assert do(actions.open_quote, cast, stored(quote)).status == QuoteStatus.OPEN


def test_a_currency_without_prices_is_refused(cast: Cast) -> None:
    quote = make_quote(cast.primary, (LICENCE, 1))
    with pytest.raises(actions.CurrencyUnknown):
        do(actions.change_quote, cast, quote, {"currency": "USD"})


@pytest.mark.parametrize("count", [1, 30])
def test_reckoning_takes_as_many_queries_for_many_lines_as_for_one(cast: Cast, count: int) -> None:
    quote = make_quote(cast.primary, *[(LICENCE, 1)] * count)
    with tenancy.scope(actor(cast.primary)):
        lines = actions.lines_of(quote)
        with CaptureQueriesContext(connection) as asked:
            reckon(quote, lines, timezone.localdate())
    assert len(asked) == 3


def test_what_is_stored_adds_up(cast: Cast) -> None:
    quote = make_quote(cast.primary, (LICENCE, 7), (RENEWAL, 13), (SAAS, 11))
    lines: list[QuoteLine] = lines_in(quote)
    assert quote.total == sum(line.extended or 0 for line in lines)
    assert quote.points == sum(line.points for line in lines)
