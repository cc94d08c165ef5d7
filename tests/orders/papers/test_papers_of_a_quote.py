"""Fetching a quote's papers: who may, in which language, and that they bear what the quote bears."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from identity import tenancy
from identity.models import Membership, Tool
from orders.models import Letterhead, Quote
from tests.api.calls import caller
from tests.cast import Cast, signed_in
from tests.customers.held import make_customer_site
from tests.orders.made import LICENCE, RENEWAL, lines_in, make_quote, sell
from tests.orders.papers.read import beside, opened, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(cast: Cast) -> Quote:
    sell()
    held = make_customer_site(reseller=cast.site, price_level="E")
    return make_quote(cast.primary, (LICENCE, 7), (RENEWAL, 13), customer_site=held)


def fetch(who: Membership | Client, quote: Quote, format: str = "pdf", query: str = "") -> tuple[int, bytes]:
    client = who if isinstance(who, Client) else signed_in(who)
    response = client.get(f"/quotes/{quote.public_id}/{format}/{query}")
    return response.status_code, response.content


class TestAPaper:
    def test_is_saved_under_the_quotes_number_and_version(self, cast: Cast, proposal: Quote) -> None:
        response = signed_in(cast.primary).get(f"/quotes/{proposal.public_id}/pdf/")
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == f'attachment; filename="{proposal.number}-1.pdf"'

    def test_bears_the_quotes_figures_to_the_cent(self, cast: Cast, proposal: Quote) -> None:
        said = words(fetch(cast.primary, proposal, query="?language=en")[1])
        for each in lines_in(proposal):
            assert each.extended is not None
            assert f"{each.extended / 100:,.2f}" in said
        assert f"Total, EUR {proposal.total / 100:,.2f}" in said

    def test_bears_the_same_in_arabic(self, cast: Cast, proposal: Quote) -> None:
        said = words(fetch(cast.primary, proposal, query="?language=ar")[1])
        assert f"{proposal.total / 100:,.2f}" in said
        assert "العميل" in said

    def test_is_the_same_as_a_workbook(self, cast: Cast, proposal: Quote) -> None:
        status, content = fetch(cast.primary, proposal, "xlsx", "?language=en")
        assert status == 200
        assert beside(opened(content), "Total, EUR") == pytest.approx(proposal.total / 100)

    def test_is_written_in_the_readers_language_unless_another_is_chosen(
        self, cast: Cast, proposal: Quote
    ) -> None:
        client = signed_in(cast.primary)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "it"
        assert "Cliente" in words(fetch(client, proposal)[1])
        assert "Cliente" not in words(fetch(client, proposal, query="?language=en")[1])

    def test_is_not_found_in_a_language_that_the_portal_does_not_speak(
        self, cast: Cast, proposal: Quote
    ) -> None:
        assert fetch(cast.primary, proposal, query="?language=xx")[0] == 404

    def test_bears_the_letterhead_of_the_site(self, cast: Cast, proposal: Quote) -> None:
        with tenancy.as_system():
            Letterhead.objects.create(
                site=cast.site, address="12 Corniche Street\nCairo", changed_at=timezone.now()
            )
        assert "12 Corniche Street Cairo" in words(fetch(cast.primary, proposal)[1])


class TestWhoFetchesIt:
    def test_somebody_of_the_site_with_the_tool_does(self, cast: Cast, proposal: Quote) -> None:
        with tenancy.as_system():
            cast.sales.tools = [Tool.PROPOSAL_QUOTE_ORDER]
            cast.sales.save()
        assert fetch(cast.sales, proposal)[0] == 200

    @pytest.mark.parametrize("format", ["pdf", "xlsx"])
    def test_a_colleague_without_the_tool_is_told_who_grants_it(
        self, cast: Cast, proposal: Quote, format: str
    ) -> None:
        assert fetch(cast.newcomer, proposal, format)[0] == 403

    @pytest.mark.parametrize("format", ["pdf", "xlsx"])
    def test_a_rival_finds_nothing(self, cast: Cast, proposal: Quote, format: str) -> None:
        assert fetch(cast.rival, proposal, format)[0] == 404

    def test_a_distributor_has_no_quotes(self, cast: Cast, proposal: Quote) -> None:
        with tenancy.as_system():
            cast.distributor.tools = [Tool.PROPOSAL_QUOTE_ORDER]
            cast.distributor.save()
        assert fetch(cast.distributor, proposal)[0] == 403

    def test_the_vendors_people_do_not_find_a_proposal(self, cast: Cast, proposal: Quote) -> None:
        client = signed_in(cast.deal_desk)
        assert fetch(client, proposal)[0] == 404


class TestAProgram:
    def test_fetches_the_same_bytes(self, cast: Cast, proposal: Quote) -> None:
        address = f"/api/v1/quotes/{proposal.public_id}/pdf/?language=it"
        fetched = caller(cast.primary).get(address)
        assert fetched["Content-Type"] == "application/pdf"
        assert fetched.content == fetch(cast.primary, proposal, query="?language=it")[1]

    def test_is_told_of_a_language_that_the_portal_does_not_speak(self, cast: Cast, proposal: Quote) -> None:
        address = f"/api/v1/quotes/{proposal.public_id}/xlsx/?language=xx"
        assert caller(cast.primary).get(address).status_code == 400

    def test_of_a_rivals_finds_nothing(self, cast: Cast, proposal: Quote) -> None:
        assert caller(cast.rival).get(f"/api/v1/quotes/{proposal.public_id}/pdf/").status_code == 404
