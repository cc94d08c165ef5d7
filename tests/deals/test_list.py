"""The opportunity manager: what it shows to whom, how it is filtered, and that it stays quick."""

from __future__ import annotations

import html
import os
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals import listing
from deals.columns import columns_shown
from deals.models import Deal
from deals.states import Status
from identity import tenancy
from identity.models import Membership, User
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_customer, make_deal, make_draft

pytestmark = pytest.mark.django_db


def shown(who: Any, query: str = "") -> list[str]:
    """The names of the deals on the page, from the top."""
    page = html.unescape(signed_in(who).get(f"/deals/?{query}").content.decode())
    return re.findall(r'class="row-link"[^>]*><bdi>([^<]*)</bdi>', page)


class TestTheTabs:
    @pytest.fixture(autouse=True)
    def one_of_each(self, cast: Cast) -> None:
        for status in Status.values:
            make_deal(cast, status, name=status)

    @pytest.mark.parametrize(
        ("show", "expected"),
        [
            ("", set(Status.values)),
            ("all", set(Status.values)),
            ("draft", {"draft"}),
            ("waiting", {"submitted", "under_review"}),
            ("returned", {"returned"}),
            ("approved", {"approved"}),
            ("expiring", set()),
            ("closed", {"won", "lost", "expired", "rejected", "withdrawn", "revoked"}),
            ("nonsense", set(Status.values)),
        ],
    )
    def test_of_a_partner(self, cast: Cast, show: str, expected: set[str]) -> None:
        assert set(shown(cast.sales, f"show={show}")) == expected
        assert shown(cast.rival, f"show={show}") == []

    def test_of_the_deal_desk_begin_with_what_waits_first_come_first(self, cast: Cast) -> None:
        assert shown(cast.deal_desk) == ["submitted", "under_review"]
        assert set(shown(cast.deal_desk, "show=all")) == set(Status.values) - {"draft"}

    def test_of_a_distributor_have_no_drafts(self, cast: Cast) -> None:
        assert set(shown(cast.distributor)) == set(Status.values) - {"draft"}
        assert set(shown(cast.distributor, "show=draft")) == set(Status.values) - {"draft"}
        assert shown(cast.other_distributor) == []


class TestTheFilters:
    def test_find_a_deal_by_its_number_and_its_reference(self, cast: Cast) -> None:
        approved = make_deal(cast, Status.APPROVED, name="Approved one")
        make_deal(cast, name="Another")
        for typed in (approved.number, approved.submission_ref, str(approved.number).lower()):
            for person in (cast.sales, cast.distributor):
                assert shown(person, f"q={quote(str(typed))}") == ["Approved one"]
            assert shown(cast.deal_desk, f"show=all&q={quote(str(typed))}") == ["Approved one"]
            assert shown(cast.rival, f"q={quote(str(typed))}") == []

    @pytest.mark.parametrize("typed", ["laka", "Łąka Sp. z o.o.", "ZAKLADY LAKA", "zaklady", "PL999901"])
    def test_find_a_deal_by_its_customer_however_it_is_spelt(self, cast: Cast, typed: str) -> None:
        customer = make_customer("Zakłady Łąka Sp. z o.o.", country="PL", tax_id="PL999901")
        make_deal(cast, name="Meadow", customer=customer)
        make_deal(cast, name="Another")
        assert shown(cast.sales, f"q={quote(typed)}") == ["Meadow"]
        assert shown(cast.deal_desk, f"q={quote(typed)}") == ["Meadow"]

    def test_find_a_draft_whose_customer_nobody_knows_yet(self, cast: Cast) -> None:
        make_draft(cast.sales, name="New one", customer_name="Brand new company")
        assert shown(cast.sales, "q=brand+new") == ["New one"]

    def test_find_what_a_person_answers_for(self, cast: Cast) -> None:
        make_deal(cast, name="Mine")
        make_deal(cast, name="Hers", by=cast.primary)
        assert shown(cast.sales, "owner=me") == ["Mine"]
        assert shown(cast.sales, f"owner={cast.primary.public_id}") == ["Hers"]
        assert shown(cast.sales, f"owner={cast.rival.public_id}") == []

    def test_find_what_expires_within_thirty_days(self, cast: Cast) -> None:
        make_deal(cast, Status.APPROVED, name="Soon", now=timezone.now() - timedelta(days=65))
        make_deal(cast, Status.APPROVED, name="Later", now=timezone.now() - timedelta(days=55))
        assert shown(cast.sales, "show=expiring") == ["Soon"]

    @pytest.mark.parametrize(
        "query", ["q=%25", "q=" + "x" * 300, "q=%E2%80%8B", "owner=" + "x" * 99, "q='--"]
    )
    def test_never_fail(self, cast: Cast, query: str) -> None:
        make_deal(cast)
        assert signed_in(cast.sales).get(f"/deals/?{query}").status_code == 200

    def test_a_forged_cursor_is_a_bad_request(self, cast: Cast) -> None:
        assert signed_in(cast.sales).get("/deals/?cursor=forged").status_code == 400


class TestThePages:
    def test_lead_on_and_back(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("identity.paging.page.__kwdefaults__", {"size": 2, "param": "cursor"})
        for name in "abcde":
            make_deal(cast, name=name)
        browser = signed_in(cast.sales)

        def read(address: str) -> tuple[list[str], dict[str, str]]:
            page = html.unescape(browser.get(address).content.decode())
            links = dict(re.findall(r'rel="(next|prev)" href="([^"]*)"', page))
            return re.findall(r'class="row-link"[^>]*><bdi>([^<]*)</bdi>', page), links

        first, links = read("/deals/?show=waiting")
        second, more = read(links["next"])
        third, last = read(more["next"])
        assert (first, second, third) == (["e", "d"], ["c", "b"], ["a"])
        assert "next" not in last
        assert read(last["prev"])[0] == ["c", "b"]


class TestTheDatabaseIsAskedAsOften:
    @pytest.mark.parametrize("person", ["sales", "distributor", "deal_desk"])
    def test_for_three_deals_as_for_one(self, cast: Cast, person: str) -> None:
        who = getattr(cast, person)
        assert self.queries(cast, who, 1) == self.queries(cast, who, 2)

    def test_on_the_page_of_a_deal_whatever_it_holds(self, cast: Cast) -> None:
        deal = make_deal(cast)
        browser = signed_in(cast.sales)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(f"/deals/{deal.public_id}/").status_code == 200
            counts.append(len(asked))
            for text in "abc":
                browser.post(f"/deals/{deal.public_id}/comment/", {"text": text})
        assert counts[0] == counts[1]

    @staticmethod
    def queries(cast: Cast, who: Membership | User, number: int) -> int:
        for _ in range(number):
            make_deal(cast)
        browser = signed_in(who)
        browser.get("/deals/")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/deals/").status_code == 200
        return len(asked)


@pytest.mark.django_db(transaction=True)
class TestWithManyDeals:
    """20,000 deals of two sites: every list finds its index, policies and all."""

    @pytest.fixture
    def many(self, cast: Cast) -> Cast:
        statuses = "'{draft,submitted,under_review,returned,approved,won,lost,rejected}'::text[]"
        customer = make_customer("Oasis")
        row = f"""
            SELECT 'd' || lpad(n::text, 11, '0'),
                CASE WHEN n % 2 = 0 THEN {cast.site.id} ELSE {cast.rival_site.id} END,
                'x', '7403807', CASE WHEN n % 2 = 0 THEN {cast.sales.id} ELSE {cast.rival.id} END, 'x',
                CASE WHEN n % 10 < 7 THEN {cast.distributor_site.id} ELSE {cast.other_distributor_site.id} END, 'x',
                'x', CASE WHEN n % 500 = 0 THEN {customer.id} ELSE {make_customer("Other").id} END,
                'x', 'EG', '', '', 'x',
                'x', '', '', '', 'x', 'USD', 1, current_date, 'qualified', '', '', '', '', '{{}}',
                status, CASE WHEN status <> 'draft' THEN 'S-' || n END,
                CASE WHEN status IN ('approved', 'won', 'lost') THEN 'DR-' || n END,
                1, at, at, at, CASE WHEN status <> 'draft' THEN at END,
                CASE WHEN status IN ('submitted', 'under_review') THEN at END, '', at, 'other', 'x',
                CASE WHEN status IN ('approved', 'won', 'lost') THEN at END,
                CASE WHEN status IN ('approved', 'won', 'lost') THEN at + interval '90 days' END,
                CASE WHEN status IN ('won', 'lost', 'rejected') THEN at END, 'budget', ''
            FROM (SELECT n, ({statuses})[CASE WHEN n % 100 = 0 THEN 1 + n / 100 % 4 ELSE 5 + n % 4 END] AS status,
                now() - n * interval '7 minutes' AS at FROM generate_series(1, 20000) n) s
        """
        with psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"]) as admin, admin.cursor() as cursor:
            cursor.execute(
                "INSERT INTO deals_deal (public_id, site_id, site_name, site_number, owner_id, owner_name,"
                " distributor_id, distributor_name, name, customer_id, customer_name, customer_country,"
                " customer_tax_id, customer_domain, search_name, contact_name, contact_job_title, contact_email,"
                " contact_phone, product_summary, currency, value, close_on, stage, competitors, next_steps,"
                " engineer_name, engineer_email, typed, status, submission_ref, number, version, created_at,"
                " updated_at, listed_at, submitted_at, decision_due_at, reviewer_name, decided_at, decision_code,"
                " decision_text, approved_at, expires_at, closed_at, outcome_code, outcome_text) " + row
            )
        admin.close()
        maintenance = psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])
        maintenance.autocommit = True
        with maintenance.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE deals_deal")
        maintenance.close()
        return cast

    def plan(self, who: Membership | User, tab: str, text: str = "") -> str:
        with tenancy.scope(actor(who)):
            chosen = listing.tab_named(tab, actor(who))
            found = listing.rows_in(chosen, columns_shown("", actor(who)), now=timezone.now())
            if text:
                found = found.filter(listing.meant_by(text, actor(who)))
            return found.order_by(*chosen.order.by)[:51].explain()

    def test_the_newest_come_straight_from_an_index(self, many: Cast) -> None:
        for who, tab, index in (
            (many.sales, "all", "deal_newest_of_site"),
            (many.distributor, "all", "deal_newest_of_distributor"),
            (many.deal_desk, "all", "deal_newest_of_all"),
            (many.deal_desk, "waiting", "deal_queue"),
            (many.sales, "returned", "deal_by_status_of_site"),
        ):
            plan = self.plan(who, tab)
            assert f"using {index}" in plan, plan
            assert "Sort" not in plan, plan

    def test_a_search_looks_at_what_fits_and_at_nothing_else(self, many: Cast) -> None:
        for who in (many.sales, many.deal_desk):
            for text in ("Oasis", "DR-4711", "S-4711"):
                assert "Seq Scan" not in self.plan(who, "all", text)

    def test_what_expires_soon_is_found_by_its_date(self, many: Cast) -> None:
        with tenancy.as_system():
            due = Deal.objects.filter(status=Status.APPROVED, expires_at__lte=timezone.now())
            assert "deal_expiring" in due.order_by("expires_at")[:200].explain()
