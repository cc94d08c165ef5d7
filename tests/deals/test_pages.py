"""The pages of deals, for everybody who may open them."""

import pytest

from deals.states import Status
from tests.cast import Cast, signed_in
from tests.deals.factories import make_deal, make_draft

pytestmark = pytest.mark.django_db


class TestEveryPageOpens:
    @pytest.mark.parametrize("status", Status.values)
    def test_a_deal_in_every_state_for_its_partner(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        assert signed_in(cast.sales).get(f"/deals/{deal.public_id}/").status_code == 200

    @pytest.mark.parametrize("status", [each for each in Status.values if each != "draft"])
    def test_a_deal_in_every_state_but_a_draft_for_the_deal_desk_and_the_distributor_named(
        self, cast: Cast, status: str
    ) -> None:
        deal = make_deal(cast, status)
        assert signed_in(cast.deal_desk).get(f"/deals/{deal.public_id}/").status_code == 200
        assert signed_in(cast.distributor).get(f"/deals/{deal.public_id}/").status_code == 200
        assert signed_in(cast.other_distributor).get(f"/deals/{deal.public_id}/").status_code == 404
        assert signed_in(cast.rival).get(f"/deals/{deal.public_id}/").status_code == 404

    @pytest.mark.parametrize("step", ["customer", "contact", "products", "details"])
    def test_every_step_of_an_empty_draft(self, cast: Cast, step: str) -> None:
        deal = make_draft(cast.sales, empty=True)
        browser = signed_in(cast.sales)
        assert browser.get(f"/deals/{deal.public_id}/edit/{step}/").status_code == 200
        assert browser.get(f"/deals/{deal.public_id}/review/").status_code == 200

    @pytest.mark.parametrize(
        "address",
        [
            "/deals/",
            "/deals/?show=draft",
            "/deals/?show=expiring",
            "/deals/?q=oasis&owner=me",
            "/deals/register/",
            "/deals/opportunities/",
            "/deals/opportunities/new/",
            "/customers/suggest/?q=oa",
            "/parts/suggest/?q=d0",
            "/",
        ],
    )
    def test_every_other_page(self, cast: Cast, address: str) -> None:
        for status in Status.values:
            make_deal(cast, status)
        assert signed_in(cast.sales).get(address).status_code == 200

    @pytest.mark.parametrize(
        "show", ["", "waiting", "all", "returned", "approved", "expiring", "closed", "x"]
    )
    def test_the_list_of_the_deal_desk_and_of_distributors(self, cast: Cast, show: str) -> None:
        for status in Status.values:
            make_deal(cast, status)
        for person in (cast.deal_desk, cast.distributor):
            assert signed_in(person).get(f"/deals/?show={show}&q=a").status_code == 200
