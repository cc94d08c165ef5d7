"""Reports as pages: what is shown to whom, from the address alone, and nothing guessed."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.reports import EVENTS
from deals.states import Status
from identity import tenancy
from identity.actors import Kind
from identity.audit import record
from identity.models import Standing, Tool
from reports import report_views
from reports.declared import all_reports, report_named
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_part
from tests.factories import make_member
from tests.reports.declared import day, make_deal, page, reporter, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast: Cast) -> Any:
    return reporter(cast)


@pytest.fixture
def seller(cast: Cast) -> Any:
    """A distributor's person who may read reports."""
    return reporter(cast, cast.distributor_site, "Dina Report")


class TestTheListOfReports:
    def test_leads_to_those_one_may_open(self, cast: Cast, reader: Any) -> None:
        answer = signed_in(reader).get("/reports/")

        assert 'href="/reports/deal-pipeline/"' in answer.content.decode()

    def test_says_of_the_others_why_not(self, cast: Cast, reader: Any) -> None:
        text = html.unescape(signed_in(reader).get("/reports/").content.decode())

        assert 'href="/reports/access-audit/"' not in text
        assert "Only the primary contact and the secondary contacts manage the users of a site." in text

    def test_is_for_whoever_was_granted_reporting(self, cast: Cast) -> None:
        refused = signed_in(cast.sales).get("/reports/")

        assert refused.status_code == 403
        assert "Reporting" in html.unescape(refused.content.decode())


class TestAReport:
    def test_needs_its_own_privilege_besides(self, cast: Cast) -> None:
        only_reports = make_member(cast.site, "Omar Only", tools=[Tool.REPORTING])

        assert signed_in(only_reports).get("/reports/deal-pipeline/").status_code == 403
        assert signed_in(cast.sales).get("/reports/deal-pipeline/").status_code == 403
        assert signed_in(reporter(cast)).get("/reports/deal-pipeline/").status_code == 200

    def test_that_does_not_exist_is_not_found(self, reader: Any) -> None:
        page(reader, "no-such-report", status=404)

    def test_has_its_rows_with_links_to_what_they_are_about(self, cast: Cast, reader: Any) -> None:
        deal = make_deal(cast, name="Harbour lights")

        shown = page(reader, "deal-pipeline", "level=detail")

        assert f'href="/deals/{deal.public_id}/"' in shown
        assert "Harbour lights" in text_of(shown)

    def test_shows_a_distributor_the_deals_that_name_it(self, cast: Cast, seller: Any) -> None:
        make_deal(cast, name="Names Delta")
        make_deal(cast, name="Names Lagoon", distributor=cast.other_distributor_site)

        shown = text_of(page(seller, "deal-pipeline", "level=detail"))

        assert "Names Delta" in shown
        assert "Names Lagoon" not in shown

    def test_shows_a_reseller_nothing_of_its_rivals(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, by=cast.rival, name="Rival harbour")

        assert "Rival harbour" not in text_of(page(reader, "deal-pipeline", "level=detail"))
        assert "Rival harbour" in text_of(page(cast.deal_desk, "deal-pipeline", "level=detail"))

    def test_sums_up_by_currency_and_never_across(self, cast: Cast, reader: Any) -> None:
        for currency, value in (("EGP", 10_000), ("EGP", 20_000), ("EUR", 5_000)):
            make_deal(cast, currency=currency, value=value, close_on=day(40))

        shown = text_of(page(reader, "deal-pipeline", "level=summary"))
        totals = text_of(page(reader, "deal-pipeline/totals"))

        assert "EGP 300.00" in shown
        assert "€50.00" in shown
        assert "EGP 300.00" in totals
        assert "€50.00" in totals
        assert "Deals 3" in totals

    def test_leads_from_a_group_to_its_rows(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, name="Of this group", close_on=day(40))
        make_deal(cast, name="Returned one", status=Status.RETURNED, close_on=day(40))
        shown = page(reader, "deal-pipeline", "level=summary&status=submitted")

        link = re.findall(r'<a class="row-link" href="([^"]*)"', shown)[0]
        rows = text_of(html.unescape(signed_in(reader).get(link).content.decode()))

        assert "Of this group" in rows
        assert "Returned one" not in rows

    def test_has_the_reasons_for_losing(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, Status.LOST)

        assert "Budget" in text_of(page(reader, "won-and-lost", "level=summary&by=reason"))

    def test_counts_a_deal_once_for_each_of_its_lines(self, cast: Cast, reader: Any) -> None:

        products = [(make_part("D0AAAAA", "SENTINEL"), 1), (make_part("D0BBBBB", "SENTINEL"), 1)]
        make_deal(cast, products=[*products, (make_part("D0CCCCC", "BEACON"), 1)], currency="EUR", value=700)

        shown = page(reader, "deal-pipeline", "level=summary&by=line")
        body = shown.split("<tbody>")[1]

        assert len(re.findall("<tr>", body)) == 2
        assert body.count("€7.00") == 2
        assert "Beacon" in body

    def test_has_as_many_queries_for_many_rows_as_for_one(self, cast: Cast, reader: Any) -> None:
        browser = signed_in(reader)

        def queries(query: str) -> int:
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert browser.get(f"/reports/deal-pipeline/?{query}").status_code == 200
            return len(caught)

        make_deal(cast)
        for query in ("level=detail", "level=summary", "level=summary&by=line"):
            queries(query)
        few = [queries("level=detail"), queries("level=summary"), queries("level=summary&by=line")]
        for number in range(3):
            make_deal(cast, close_on=day(40 * number + 20), currency=("EUR", "USD", "PLN")[number])

        assert [queries("level=detail"), queries("level=summary"), queries("level=summary&by=line")] == few

    @pytest.mark.parametrize(
        ("query", "number"),
        [
            ("level=detail&order=close", 7),
            ("level=detail&order=close-", 7),
            ("level=summary&by=country", 7),
            ("level=summary&by=country&order=groups-", 7),
            ("level=summary&by=country&order=deals-", 7),
            ("level=summary&by=month&order=value", 5),
        ],
    )
    def test_is_paged_by_keysets_at_both_levels(
        self, cast: Cast, reader: Any, query: str, number: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for place, country in enumerate(["EG", "PL", "IT", "DE", "FR", "ES", "BR"]):
            make_deal(cast, customer_country=country, close_on=day(31 * (place % 5)), value=500 + place // 2)
        monkeypatch.setattr(report_views, "SIZE", 2)

        seen, pages, address = [], 0, f"/reports/deal-pipeline/?{query}"
        while address:
            shown = html.unescape(signed_in(reader).get(address).content.decode())
            seen += re.findall(r'<a class="row-link" href="([^"]*)"', shown)
            following = re.search(r'rel="next" href="([^"]*)"', shown)
            address, pages = following[1] if following else "", pages + 1

        assert pages > 1
        assert len(seen) == len(set(seen)) == number


class TestAnAddress:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("close_from=31.12.2026", "Enter a valid date"),
            ("status=won", "won"),
            ("value_from=5", "Choose the currency of this value"),
            ("currency=EUR&value_from=much", "This is not an amount"),
            ("currency=EUR&value_from=9&value_to=5", "before the beginning"),
            ("partner=12a", "no filter “partner”"),
            ("order=fastest", "none of the choices"),
            ("level=everything", "none of the choices"),
            ("columns=name,secret", "no column “secret”"),
            ("colour=red", "no filter “colour”"),
            ("close_from=2026-02-02&close_to=2026-01-01", "before the beginning"),
        ],
    )
    def test_that_cannot_be_is_refused_at_its_field(
        self, cast: Cast, reader: Any, query: str, said: str
    ) -> None:
        make_deal(cast, name="Never shown")

        answer = page(reader, "deal-pipeline", query, status=422)

        assert said in text_of(answer)
        assert "Never shown" not in answer

    def test_narrows_the_rows(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, name="Soon", close_on=day(10))
        make_deal(cast, name="Later on", close_on=day(100))

        shown = text_of(page(reader, "deal-pipeline", f"level=detail&close_to={day(20)}"))

        assert "Soon" in shown
        assert "Later on" not in shown

    def test_is_made_short_when_a_form_was_sent(self, cast: Cast, reader: Any) -> None:
        answer = signed_in(reader).get(
            "/reports/deal-pipeline/?apply=1&level=detail&q=&close_from=&status=submitted&columns=name&columns=value"
        )

        assert answer.status_code == 302
        assert (
            answer["Location"] == "/reports/deal-pipeline/?status=submitted&level=detail&columns=name%2Cvalue"
        )

    def test_opens_with_the_view_one_begins_with(self, cast: Cast, reader: Any) -> None:
        browser = signed_in(reader)
        browser.post(
            "/views/save/",
            {
                "listing": "report-deal-pipeline",
                "name": "Mine",
                "query": "level=detail&status=approved",
                "default": "on",
            },
        )

        answer = browser.get("/reports/deal-pipeline/")

        assert answer.status_code == 302
        assert "status=approved&level=detail" in answer["Location"]

    def test_of_a_view_is_offered_to_colleagues_it_is_shared_with(self, cast: Cast, reader: Any) -> None:
        signed_in(reader).post(
            "/views/save/",
            {"listing": "report-deal-pipeline", "name": "Ours", "query": "level=detail", "shared": "on"},
        )

        assert "Ours" in page(cast.primary, "deal-pipeline")
        assert "Ours" not in page(cast.rival, "deal-pipeline")

    def test_keeps_a_view_from_whoever_may_not_open_the_report(self, cast: Cast, reader: Any) -> None:
        signed_in(reader).post(
            "/views/save/",
            {"listing": "report-deal-pipeline", "name": "Ours", "query": "level=detail", "shared": "on"},
        )

        assert "Ours" not in signed_in(cast.sales).get("/views/").content.decode()
        saved = signed_in(cast.sales).post(
            "/views/save/", {"listing": "report-deal-pipeline", "name": "Not mine", "query": ""}
        )
        assert saved.status_code == 403


class TestAColumnThatIsHidden:
    """From a distributor: what partner and vendor tell each other."""

    HIDDEN = ("competitors", "distributor", "words")

    @pytest.mark.parametrize("key", ["deal-pipeline", "won-and-lost"])
    def test_is_not_shown_nor_narrowed_by(self, cast: Cast, seller: Any, key: str) -> None:
        make_deal(cast, Status.LOST if key == "won-and-lost" else Status.SUBMITTED, competitors="Secretive")

        assert "Secretive" not in page(seller, key, "level=detail")
        page(seller, key, "distributor=Delta", status=422)
        page(seller, key, "level=detail&columns=name,distributor", status=422)
        page(cast.deal_desk, key, "distributor=Delta")

    def test_is_in_no_declaration_reachable_for_whom_it_is_hidden_from(self, cast: Cast) -> None:
        people = {Kind.DISTRIBUTOR: cast.distributor, Kind.RESELLER: cast.primary, Kind.STAFF: cast.deal_desk}
        for report in all_reports():
            for person in people.values():
                who = actor(person)
                seen = {column.name for column in report.columns_for(who)}
                fields = {column.source for column in report.columns_for(who)} | {"id"}
                assert {each.column for each in report.filters_for(who)} <= seen
                assert all(set(order.fields) <= fields for order in report.orders_for(who))
                for grouping in report.groupings_for(who):
                    assert all(who.kind in d.column.seen_by for d in grouping.dimensions)


class TestTheAccessAudit:
    def test_tells_a_manager_of_their_own_site(self, cast: Cast) -> None:
        manager = make_member(cast.site, "Mona Manager", standing=Standing.SECONDARY, tools=[Tool.REPORTING])
        record_event(cast.primary, "membership.removed", "Karim Gone")
        record_event(cast.rival, "membership.removed", "Rival Gone")

        shown = text_of(page(manager, "access-audit", "level=detail"))

        assert "Karim Gone" in shown
        assert "Removed from the site" in shown
        assert "Rival Gone" not in shown

    def test_tells_staff_of_all_sites(self, cast: Cast) -> None:
        record_event(cast.primary, "membership.removed", "Karim Gone")
        record_event(cast.rival, "membership.privileges_changed", "Rival Changed")

        shown = text_of(page(cast.care, "access-audit", "level=detail&kind=taken"))

        assert "Karim Gone" in shown
        assert "Rival Changed" not in shown
        assert "Nile Systems" in text_of(
            page(cast.care, "access-audit", "level=detail&columns=event,site_name")
        )

    def test_is_not_for_the_deal_desk(self, cast: Cast) -> None:
        page(cast.deal_desk, "access-audit", status=403)

    def test_is_not_for_whoever_manages_nobody(self, cast: Cast, reader: Any) -> None:
        page(reader, "access-audit", status=403)

    def test_leaves_out_what_is_no_matter_of_access(self, cast: Cast) -> None:
        record_event(cast.primary, "view.saved", "A view of mine")

        assert "A view of mine" not in page(cast.care, "access-audit", "level=detail")

    def test_knows_every_event_of_access_there_is(self) -> None:
        """An action that records another has to be told of here as well."""

        sources = [*Path("accounts/actions").glob("*.py"), Path("identity/keys.py")]
        found = {
            name
            for source in sources
            for name in re.findall(
                r'"((?:access|membership|invitation|key|session)\.[a-z_]+)"', source.read_text()
            )
        }
        assert found - {"access.care_to_decide"} <= set(EVENTS)


def record_event(who: Any, event: str, label: str) -> None:

    with tenancy.scope(actor(who)):
        record(event, by=actor(who), now=timezone.now(), object_type="membership", object_id="x", label=label)


class TestAPicture:
    def test_is_of_what_the_table_says(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, close_on=day(40))
        make_deal(cast, Status.APPROVED, close_on=day(40))

        shown = page(reader, "deal-pipeline", "level=summary")

        drawn = json.loads(re.findall(r'data-chart="(\{.*?\})"', shown)[0])

        assert [series["label"] for series in drawn["series"]] == ["Submitted", "Approved"]
        assert [sum(series["values"]) for series in drawn["series"]] == [1, 1]

    def test_of_money_is_of_one_currency(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, currency="EUR", value=5_000)
        make_deal(cast, currency="EGP", value=7_000)

        shown = page(reader, "deal-pipeline", "level=summary&figure=value-EUR")

        assert '"values": [50.0]' in shown


def test_every_report_is_listed_for_the_views_of_lists() -> None:
    assert {report.listing.key for report in all_reports()} >= {"report-deal-pipeline", "report-access-audit"}
    assert report_named("won-and-lost").listing.address("") == "/reports/won-and-lost/"
