"""The opportunity manager narrowed down: each filter finds what fits and nothing else, on page, file and API."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from deals.listing import Wanted, narrowed
from deals.models import Deal
from deals.states import Status
from identity import tenancy
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_customer, make_deal, make_draft, make_part

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 22, 30, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine leaves no count out."""
    monkeypatch.setattr("deals.listing.PATIENCE", "60s")


def page_of(who: Any, **query: Any) -> str:
    answer = signed_in(who).get(f"/deals/?{urlencode(query, doseq=True)}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def shown(who: Any, **query: Any) -> set[str]:
    return set(re.findall(r'class="row-link"[^>]*><bdi>([^<]*)</bdi>', page_of(who, **query)))


class TestAFilter:
    def test_takes_several_statuses(self, cast: Cast) -> None:
        for status in (Status.SUBMITTED, Status.RETURNED, Status.APPROVED):
            make_deal(cast, status, name=status)
        assert shown(cast.sales, status=["submitted", "approved"]) == {"submitted", "approved"}
        assert shown(cast.sales, status=["submitted"], show="approved") == set()

    def test_goes_by_stage_and_deal_type(self, cast: Cast) -> None:
        make_deal(cast, name="Early", stage="qualified")
        make_deal(cast, name="Late", stage="negotiated", deal_type="expansion")
        assert shown(cast.sales, stage=["negotiated", "proposed"]) == {"Late"}
        assert shown(cast.sales, type="new") == {"Early"}

    def test_goes_by_the_customers_country(self, cast: Cast) -> None:
        make_deal(cast, name="Nile", customer=make_customer("Nile", "EG"))
        make_deal(cast, name="Vistula", customer=make_customer("Vistula", "PL"), customer_country="PL")
        assert shown(cast.sales, country="PL") == {"Vistula"}

    def test_goes_by_product_line(self, cast: Cast) -> None:
        make_deal(cast, name="Harbour", products=[(make_part("D0HARBL", "HARBOUR"), 1)])
        make_deal(cast, name="Both", products=[(make_part("D0HARBL"), 1), (make_part("D0SENTL"), 1)])
        make_deal(cast, name="Sentinel", products=[(make_part("D0SENTL"), 1)])
        assert shown(cast.sales, line="HARBOUR") == {"Harbour", "Both"}
        assert shown(cast.distributor, line="HARBOUR") == {"Harbour", "Both"}

    def test_goes_by_distributor_for_those_who_see_several(self, cast: Cast) -> None:
        make_deal(cast, name="Delta")
        make_deal(cast, name="Lagoon", distributor=cast.other_distributor_site)
        assert shown(cast.sales, distributor="7403810") == {"Lagoon"}
        assert shown(cast.deal_desk, distributor="7403810") == {"Lagoon"}
        assert shown(cast.distributor, distributor="7403810") == {"Delta"}

    def test_goes_by_partner_for_the_vendor_and_distributors(self, cast: Cast) -> None:
        make_deal(cast, name="Ours")
        make_deal(cast, name="Theirs", by=cast.rival)
        for reader in (cast.deal_desk, cast.distributor):
            assert shown(reader, partner="7403808") == {"Theirs"}
        assert shown(cast.sales, partner="7403808") == {"Ours"}

    def test_goes_by_whose_deal_it_is(self, cast: Cast) -> None:
        make_deal(cast, name="Mine")
        make_deal(cast, name="Hers", by=cast.primary)
        assert shown(cast.sales, owner="me") == {"Mine"}
        assert shown(cast.sales, owner=cast.primary.public_id) == {"Hers"}
        assert "Amira Haddad" in page_of(cast.sales, owner=cast.primary.public_id)

    def test_compares_values_of_one_currency_as_amounts(self, cast: Cast) -> None:
        make_deal(cast, name="Small", currency="EGP", value=999_99)
        make_deal(cast, name="Large", currency="EGP", value=1_000_00)
        make_deal(cast, name="Yen", currency="JPY", value=5_000_000)
        assert shown(cast.sales, currency="EGP") == {"Small", "Large"}
        assert shown(cast.sales, currency="EGP", value_from="1,000") == {"Large"}
        assert shown(cast.sales, currency="EGP", value_to="999.99") == {"Small"}
        assert shown(cast.sales, currency="JPY", value_from="5000000") == {"Yen"}

    def test_of_a_value_without_a_currency_narrows_nothing_and_says_so(self, cast: Cast) -> None:
        make_deal(cast, name="Small", value=1_00)
        assert shown(cast.sales, value_from="1000") == {"Small"}
        form = signed_in(cast.sales).get("/deals/filters/?value_from=1000").content.decode()
        assert "Choose the currency of this value." in form

    def test_takes_days_as_they_are_where_the_reader_is(self, cast: Cast) -> None:
        """At 22:30 UTC it is the next day in Cairo in June."""
        cast.sales.user.time_zone = "Africa/Cairo"
        with tenancy.as_system():
            cast.sales.user.save()
        make_deal(cast, name="Late evening", now=NOW, close_on=date(2026, 9, 1))
        assert shown(cast.sales, submitted_from="2026-06-16", submitted_to="2026-06-16") == {"Late evening"}
        assert shown(cast.sales, submitted_to="2026-06-15") == set()
        assert shown(cast.deal_desk, show="all", submitted_to="2026-06-15") == {"Late evening"}

    def test_goes_by_approval_expiry_and_close_date(self, cast: Cast) -> None:
        make_deal(cast, Status.APPROVED, name="June", now=NOW, close_on=date(2026, 9, 1))
        make_deal(cast, Status.APPROVED, name="Now", close_on=timezone.now().date() + timedelta(days=300))
        assert shown(cast.sales, approved_to="2026-06-30") == {"June"}
        assert shown(cast.sales, expires_to="2026-10-01") == {"June"}
        assert shown(cast.sales, close_from="2026-09-01", close_to="2026-09-01") == {"June"}
        assert shown(cast.sales, close_from="2026-09-02") == {"Now"}

    def test_finds_ones_own_deals_by_any_part_of_their_name(self, cast: Cast) -> None:
        make_deal(cast, name="Firewall for the harbour")
        make_deal(cast, name="Another")
        assert shown(cast.sales, q="HARBOUR") == {"Firewall for the harbour"}
        assert shown(cast.deal_desk, show="all", q="harbour") == set()
        assert shown(cast.rival, q="harbour") == set()

    @pytest.mark.parametrize(
        "query",
        [
            "status=x&stage=y&type=z", "country=XX", "line=" + "x" * 99, "distributor=abc", "partner=1",
            "currency=XXX&value_from=a", "submitted_from=31.12.2026", "close_to=9999-99-99", "order=x", "columns=x,,y",
            "value_from=1" + "0" * 38 + "&currency=EUR", "submitted_to=9999-12-31", "expires_from=0001-01-01", "view=x",
        ],
    )  # fmt: skip
    def test_that_nobody_understands_leaves_the_list_as_it_is(self, cast: Cast, query: str) -> None:
        make_deal(cast, name="Deal")
        answer = signed_in(cast.sales).get(f"/deals/?{query}")
        assert answer.status_code == 200
        assert signed_in(cast.sales).get(f"/deals/filters/?{query}").status_code == 200
        assert signed_in(cast.sales).get(f"/deals/counts/?{query}").status_code == 200

    def test_never_lets_anybody_see_more(self, cast: Cast) -> None:
        make_deal(cast, name="Theirs", by=cast.rival)
        with tenancy.scope(actor(cast.sales)):
            for wanted in (
                Wanted(partner="7403808"),
                Wanted(owner=cast.rival.public_id),
                Wanted(text="Theirs"),
            ):
                assert not narrowed(Deal.objects.all(), wanted, actor(cast.sales)).exists()


class TestThePage:
    def test_names_the_filters_in_force_and_how_to_take_each_away(self, cast: Cast) -> None:
        make_deal(cast)
        page = page_of(
            cast.sales, status=["submitted", "approved"], currency="EGP", value_from="10", country="EG"
        )
        assert "Submitted, Approved" in page
        assert re.search(
            r'class="chip" href="/deals/\?status=submitted&status=approved&currency=EGP&value_from=10"', page
        )
        assert re.search(r'class="chip" href="/deals/\?status=submitted&status=approved&country=EG"', page)

    def test_keeps_the_filters_from_tab_to_tab(self, cast: Cast) -> None:
        assert 'href="/deals/?show=approved&country=EG"' in page_of(cast.sales, country="EG")

    def test_leads_on_when_nothing_fits(self, cast: Cast) -> None:
        page = page_of(cast.sales, show="approved", q="zzz")
        assert "No deal fits" in page
        assert 'href="/deals/?show=all&q=zzz"' in page
        assert 'href="/deals/?show=approved"' in page

    def test_of_filters_leads_to_the_list_by_the_shortest_address(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        empty = {
            "show": "approved",
            "apply": "1",
            "q": "",
            "country": "PL",
            "stage": ["proposed", "qualified"],
        }
        answer = browser.get("/deals/filters/", empty)
        assert answer.url == "/deals/?show=approved&stage=proposed&stage=qualified&country=PL"
        chosen = browser.get(
            "/deals/filters/", {"apply": "1", "columns": ["number", "expires"], "status": "won"}
        )
        assert chosen.url == "/deals/?show=all&status=won&columns=number%2Cname%2Cexpires"

    def test_of_filters_offers_colleagues_distributors_and_product_lines(self, cast: Cast) -> None:
        make_part("D0HARBL", "HARBOUR")
        form = signed_in(cast.sales).get("/deals/filters/?owner=me&country=PL").content.decode()
        for text in (
            "Amira Haddad",
            "Delta Distribution",
            "Harbour",
            '<option value="PL" selected>',
            "Poland",
        ):
            assert text in form
        assert "Vistula Integrators" not in form
        for reader in (cast.distributor, cast.deal_desk):
            assert signed_in(reader).get("/deals/filters/").status_code == 200

    def test_counts_what_is_behind_each_tab(self, cast: Cast) -> None:
        make_deal(cast, Status.APPROVED, customer=make_customer("A", "PL"), customer_country="PL")
        make_deal(cast, Status.WON, customer=make_customer("B", "EG"))
        make_draft(cast.sales)
        read = signed_in(cast.sales).get
        assert read("/deals/counts/").json() == ["3", "1", "0", "0", "1", "0", "1"]
        assert read("/deals/counts/?country=PL").json() == ["1", "0", "0", "0", "1", "0", "0"]
        assert signed_in(cast.rival).get("/deals/counts/").json() == ["0"] * 7
        assert signed_in(cast.distributor).get("/deals/counts/").json() == ["2", "0", "1", "0", "1"]

    def test_counts_no_further_than_anybody_reads(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("deals.listing.COUNTED", 2)
        for _ in range(4):
            make_deal(cast)
        assert signed_in(cast.sales).get("/deals/counts/").json()[0] == "2+"

    def test_leaves_a_count_out_rather_than_keep_anybody_waiting(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("deals.listing.PATIENCE", "1ms")
        monkeypatch.setattr(
            "deals.listing.narrowed",
            lambda found, wanted, actor: found.filter(RawSQL("pg_sleep(0.1) IS NULL", [], BooleanField())),
        )
        make_deal(cast)
        browser = signed_in(cast.sales)
        assert browser.get("/deals/counts/").json() == [None] * 7
        monkeypatch.undo()
        assert browser.get("/deals/counts/").json()[0] == "1"


class TestTheOrder:
    def names(self, who: Any, **query: Any) -> list[str]:
        return re.findall(r'class="row-link"[^>]*><bdi>([^<]*)</bdi>', page_of(who, **query))

    def test_can_be_the_oldest_the_first_to_expire_or_to_close(self, cast: Cast) -> None:
        today = timezone.now()
        for name, age, closes in (("a", 40, 90), ("b", 60, 80), ("c", 20, 100)):
            make_deal(
                cast,
                Status.APPROVED,
                name=name,
                now=today - timedelta(days=age),
                close_on=(today + timedelta(days=closes)).date(),
            )
        make_draft(cast.sales, name="draft")
        for who in (cast.sales, cast.distributor, cast.deal_desk):
            assert self.names(who, show="approved") == ["c", "a", "b"] or who is not cast.sales
            assert self.names(who, show="approved", order="oldest") in (["a", "b", "c"], ["b", "a", "c"])
            assert self.names(who, show="approved", order="expiry") == ["b", "a", "c"]
            assert self.names(who, show="approved", order="close") == ["b", "a", "c"]

    def test_is_left_alone_where_not_every_deal_has_a_place_in_it(self, cast: Cast) -> None:
        make_draft(cast.sales, name="draft")
        make_deal(cast, name="submitted")
        assert set(self.names(cast.sales, order="close")) == {"draft", "submitted"}
        assert self.names(cast.sales, order="close", status="submitted") == ["submitted"]

    @pytest.mark.parametrize("order", ["expiry", "close", "oldest"])
    def test_goes_on_from_page_to_page(self, cast: Cast, monkeypatch: pytest.MonkeyPatch, order: str) -> None:
        monkeypatch.setattr("identity.paging.page.__kwdefaults__", {"size": 2, "param": "cursor"})
        for name in "abcde":
            make_deal(cast, Status.APPROVED, name=name)
        address, seen = f"/deals/?show=approved&order={order}", []
        while address:
            page = html.unescape(signed_in(cast.sales).get(address).content.decode())
            seen += re.findall(r'class="row-link"[^>]*><bdi>([^<]*)</bdi>', page)
            found = re.search(r'rel="next" href="([^"]*)"', page)
            address = found[1] if found else ""
        assert seen == list("abcde")


class TestTheApi:
    def names(self, who: Any, **query: Any) -> list[str]:
        answer = caller(who).get(f"/api/v1/deals/?{urlencode(query, doseq=True)}")
        assert answer.status_code == 200, answer.json()
        return [deal["name"] for deal in answer.json()["results"]]

    def test_has_the_same_filters(self, cast: Cast) -> None:
        customer, part = make_customer("Vistula", "PL"), make_part("D0HARBL", "HARBOUR")
        make_deal(
            cast,
            Status.APPROVED,
            name="Right",
            customer=customer,
            customer_country="PL",
            products=[(part, 1)],
            stage="proposed",
            deal_type="expansion",
            currency="EUR",
            value=1_000_00,
        )
        make_deal(cast, name="Wrong", by=cast.primary, distributor=cast.other_distributor_site)
        today = timezone.now().date()
        for query in (
            {"status": ["approved", "won"]}, {"stage": "proposed"}, {"deal_type": "expansion"}, {"country": "PL"},
            {"product_line": "HARBOUR"}, {"distributor": "7403809"}, {"owner": "me"}, {"q": "Right"},
            {"currency": "EUR", "value_from": "1000.00", "value_to": "1000"}, {"approved_from": today},
            {"expires_from": today, "expires_to": today + timedelta(days=400)},
            {"order": "expiry", "status": "approved"},
        ):  # fmt: skip
            assert self.names(cast.sales, **query) == ["Right"], query
        assert self.names(cast.deal_desk, partner="7403807") == ["Wrong", "Right"]

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("status=x", "status"), ("country=XX", "country"), ("distributor=1", "distributor"),
            ("value_from=1", "currency"), ("currency=JPY&value_to=1.5", "value_to"), ("close_to=soon", "close_to"),
            ("order=expiry", "order"), ("order=close&status=won", "order"),
        ],
    )  # fmt: skip
    def test_says_what_it_does_not_understand(self, cast: Cast, query: str, field: str) -> None:
        answer = caller(cast.sales).get(f"/api/v1/deals/?{query}")
        assert answer.status_code == 400
        assert list(answer.json()["details"]) == [field]

    def test_goes_on_from_page_to_page_in_every_order(self, cast: Cast) -> None:
        for name in "abc":
            make_deal(cast, Status.APPROVED, name=name)
        for order in ("oldest", "expiry", "close"):
            address, seen = f"/api/v1/deals/?status=approved&order={order}&page_size=1", []
            while address:
                answer = caller(cast.sales).get(address).json()
                seen += [deal["name"] for deal in answer["results"]]
                address = answer["next"]
            assert seen == list("abc")
