"""The worklist: what is due, narrowed and in order, and what it comes to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity import tenancy
from renewals.models import RenewalItem, RenewalKind, RenewalStatus
from tests.cast import Cast, actor, make_cast, signed_in
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer

LIST = "/renewals/"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def today() -> date:
    return timezone.localdate()


def due_in(days: int, of: object, **extra: object) -> RenewalItem:
    """An item that is due in so many days, and whose coverage ends then."""
    day = today() + timedelta(days=days)
    start = date(2024, 1, 1)
    extra.setdefault("current_start", start)
    extra.setdefault("current_end", day)
    extra.setdefault("new_start", day + timedelta(days=1))
    extra.setdefault("new_end", day + timedelta(days=365))
    return make_item(of, day, **extra)  # type: ignore[arg-type]


@pytest.fixture
def held(cast: Cast) -> object:
    """A customer's site of our reseller and the distributor."""
    customer = make_customer("Cairo Cement")
    relate(cast.site, customer)
    relate(cast.distributor_site, customer)
    return make_customer_site(customer, reseller=cast.site, distributor=cast.distributor_site)


class TestWhatIsListed:
    def test_what_is_due_comes_in_the_order_in_which_it_is_due(self, cast: Cast, held: object) -> None:
        for days in (40, 5, 20):
            due_in(days, held, description=f"Due in {days}", reseller=cast.site)
        page = signed_in(cast.primary).get(LIST).content.decode()
        places = [page.index(f"Due in {days}") for days in (5, 20, 40)]
        assert places == sorted(places)

    def test_what_is_settled_is_not_listed(self, cast: Cast, held: object) -> None:
        due_in(5, held, description="Still open", reseller=cast.site)
        due_in(
            5, held, description="Long ordered", reseller=cast.site, status=RenewalStatus.ORDERED,
            settled_on=today(),
        )  # fmt: skip
        page = signed_in(cast.primary).get(LIST + "?show=all").content.decode()
        assert "Still open" in page
        assert "Long ordered" not in page

    def test_the_reseller_and_the_distributor_on_it_see_an_item_and_the_rival_does_not(
        self, cast: Cast, held: object
    ) -> None:
        due_in(5, held, reseller=cast.site, distributor=cast.distributor_site, description="Ours alone")
        with tenancy.as_system():
            cast.distributor.tools = [*cast.distributor.tools, "reporting"]
            cast.distributor.save()
        assert "Ours alone" in signed_in(cast.primary).get(LIST).content.decode()
        assert "Ours alone" in signed_in(cast.distributor).get(LIST).content.decode()
        assert "Ours alone" in signed_in(cast.deal_desk).get(LIST).content.decode()
        assert "Ours alone" not in signed_in(cast.rival).get(LIST).content.decode()

    def test_whoever_has_no_tool_for_it_is_told_who_can_grant_it(self, cast: Cast) -> None:
        answer = signed_in(cast.newcomer).get(LIST)
        assert answer.status_code == 403
        assert "Reporting" in answer.content.decode()

    @pytest.mark.parametrize(
        ("show", "days"),
        [
            ("180", {-3, 0, 6, 29, 45, 80, 120}),
            ("overdue", {-3}),
            ("week", {0, 6}),
            ("0-30", {0, 6, 29}),
            ("31-60", {45}),
            ("61-90", {80}),
            ("91-180", {120}),
            ("later", {400}),
            ("all", {-3, 0, 6, 29, 45, 80, 120, 400}),
        ],
    )
    def test_each_view_has_the_days_it_names(
        self, cast: Cast, held: object, show: str, days: set[int]
    ) -> None:
        every = (-3, 0, 6, 29, 45, 80, 120, 400)
        for day in every:
            due_in(day, held, description=f"Item <{day}>", reseller=cast.site)
        page = signed_in(cast.primary).get(f"{LIST}?show={show}").content.decode()
        assert {day for day in every if f"Item &lt;{day}&gt;" in page} == days

    def test_it_is_narrowed_by_agreement_site_quote_customer_kind_and_currency(
        self, cast: Cast, held: object
    ) -> None:
        item = due_in(5, held, reseller=cast.site, quote_number="R0004711", currency="EUR")
        other = due_in(6, held, reseller=cast.site, quote_number="X9", currency="USD", kind=RenewalKind.SAAS)
        client = signed_in(cast.primary)

        def shown(query: str) -> set[str]:
            page = client.get(f"{LIST}?{query}").content.decode()
            return {each.public_id for each in (item, other) if f"/renewals/{each.public_id}/" in page}

        both = {item.public_id, other.public_id}
        assert shown(f"agreement={item.agreement}") == both
        assert shown("agreement=NOWHERE") == set()
        assert shown(f"site={item.site_number}") == both
        assert shown("quote=r0004") == {item.public_id}
        assert shown("customer=cairo") == both
        assert shown("customer=somebody+else") == set()
        assert shown("kind=saas") == {other.public_id}
        assert shown("currency=EUR") == {item.public_id}
        assert shown("q=X9") == {other.public_id}
        assert shown("due_to=2001-01-01") == set()

    def test_thirty_items_take_no_more_queries_than_one(self, cast: Cast, held: object) -> None:
        client = signed_in(cast.primary)
        due_in(5, held, reseller=cast.site)
        client.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as one:
            client.get(LIST)
        for number in range(29):
            due_in(5 + number, held, reseller=cast.site)
        with CaptureQueriesContext(connection) as thirty:
            client.get(LIST)
        assert len(thirty) == len(one)


class TestWhatItSays:
    def test_support_says_what_reinstatement_costs_and_from_when(self, cast: Cast, held: object) -> None:
        due_in(5, held, reseller=cast.site)
        assert "3× as much, as reinstatement" in signed_in(cast.primary).get(LIST).content.decode()

    def test_a_committed_term_says_that_it_needs_a_written_order(self, cast: Cast, held: object) -> None:
        due_in(5, held, reseller=cast.site, kind=RenewalKind.COMMITTED_TERM)
        assert "Needs a written order by" in signed_in(cast.primary).get(LIST).content.decode()


class TestWhatItComesTo:
    def test_totals_are_of_each_currency_by_itself(self, cast: Cast, held: object) -> None:
        due_in(5, held, reseller=cast.site, extended=10_000)
        due_in(45, held, reseller=cast.site, extended=5_000)
        due_in(5, held, reseller=cast.site, extended=700, currency="USD")
        page = signed_in(cast.primary).get(LIST + "totals/").content.decode()
        assert "150.00" in page
        assert "7.00" in page
        assert "In 31 to 60 days" in page

    def test_they_are_of_what_the_list_is_narrowed_to(self, cast: Cast, held: object) -> None:
        due_in(5, held, reseller=cast.site, extended=10_000)
        due_in(5, held, reseller=cast.site, extended=700, currency="USD")
        page = signed_in(cast.primary).get(LIST + "totals/?currency=USD").content.decode()
        assert "7.00" in page
        assert "100.00" not in page


class TestFiles:
    def test_the_file_has_what_the_list_has(self, cast: Cast, held: object) -> None:
        due_in(5, held, reseller=cast.site, description="In the file")
        due_in(5, held, reseller=cast.site, description="Not in it", currency="USD")
        answer = signed_in(cast.primary).get(LIST + "export.csv?currency=EUR")
        text = b"".join(answer).decode()  # type: ignore[arg-type]
        assert "In the file" in text
        assert "Not in it" not in text


class TestOneItem:
    def test_the_page_says_whose_prices_count_and_what_comes(self, cast: Cast, held: object) -> None:
        item = due_in(5, held, reseller=cast.site)
        page = signed_in(cast.primary).get(f"{LIST}{item.public_id}/").content.decode()
        assert "the day on which the new coverage starts" in page
        assert "Check the contact" in page

    def test_a_rivals_item_and_none_are_the_same_404(self, cast: Cast, held: object) -> None:
        item = due_in(5, held, reseller=cast.site)
        rival = signed_in(cast.rival)
        assert rival.get(f"{LIST}{item.public_id}/").status_code == 404
        assert rival.get(f"{LIST}zzzzzzzzzzzz/").status_code == 404
        assert signed_in(cast.primary).get(f"{LIST}{item.public_id}/").status_code == 200
        assert signed_in(cast.deal_desk).get(f"{LIST}{item.public_id}/").status_code == 200


def test_the_vendor_cannot_even_ask_for_what_partners_note(cast: Cast) -> None:
    """The worklist of the vendor's people does not join it; the database would refuse."""
    assert actor(cast.deal_desk).is_staff
    assert signed_in(cast.deal_desk).get(LIST + "?show=lost").status_code == 200
