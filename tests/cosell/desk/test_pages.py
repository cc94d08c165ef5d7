"""The pages and the API of the vendor's co-sell desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cosell.models import Referral, Seller, VendorReferral
from cosell.states import Sharing
from identity import tenancy
from identity.models import Role
from tests.api.calls import caller
from tests.cast import Cast, signed_in
from tests.cosell.factories import give_role, make_location, make_referral

pytestmark = pytest.mark.django_db
SELLER = {"seller_name": "Sam Seller", "seller_email": "sam@vendor.example", "seller_phone": "+1 555 0100"}


def side() -> VendorReferral:
    with tenancy.as_system():
        return VendorReferral.objects.get()


def page(cast: Cast, path: str) -> str:
    answer = signed_in(cast.deal_desk).get(path)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


class TestTheQueue:
    def test_the_soonest_deadline_comes_first(self, cast: Cast) -> None:
        make_referral(cast.site, name="Later deal")
        soon = make_referral(cast.site, name="Sooner deal")
        with tenancy.as_system():
            VendorReferral.objects.filter(referral=soon).update(expires_at=timezone.now() + timedelta(days=1))
        shown = page(cast, "/cosell/desk/")
        assert shown.index("Sooner deal") < shown.index("Later deal")

    def test_partner_led_deals_are_looked_at_and_private_ones_are_not_there(self, cast: Cast) -> None:
        for sharing in Sharing:
            make_referral(cast.site, name=f"Deal {sharing}", sharing=sharing)
        assert "Deal partner_led" in page(cast, "/cosell/desk/?show=partner_led")
        for tab in ("awaiting", "active", "closed", "sent", "partner_led"):
            assert "Deal private" not in page(cast, f"/cosell/desk/?show={tab}&q=Deal")

    def test_the_counts_are_those_of_the_tabs(self, cast: Cast) -> None:
        for sharing in Sharing:
            make_referral(cast.site, sharing=sharing)
        assert signed_in(cast.deal_desk).get("/cosell/desk/counts/").json() == ["1", "0", "0", "0", "1"]

    def test_partners_do_not_come_in(self, cast: Cast) -> None:
        client = signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))
        assert client.get("/cosell/desk/").status_code == 403

    def test_the_home_page_says_that_deals_wait(self, cast: Cast) -> None:
        make_referral(cast.site)
        assert "1 co-sell deal waits for the vendor" in page(cast, "/")


class TestOneDeal:
    def test_it_is_accepted_with_a_seller(self, cast: Cast) -> None:
        deal = make_referral(cast.site)
        client = signed_in(cast.deal_desk)
        answer = client.post(f"/cosell/desk/{deal.public_id}/accept/", {**SELLER, "version": side().version})
        assert answer.status_code == 302
        assert side().substatus == "accepted"
        assert "Sam Seller" in page(cast, f"/cosell/desk/{deal.public_id}/")

    def test_what_was_typed_stays_where_something_is_missing(self, cast: Cast) -> None:
        deal = make_referral(cast.site)
        answer = signed_in(cast.deal_desk).post(
            f"/cosell/desk/{deal.public_id}/accept/", {"seller_name": "Sam Seller"}
        )
        assert answer.status_code == 422
        assert "Sam Seller" in answer.content.decode()

    def test_a_page_that_is_out_of_date_is_refused_and_shown_again(self, cast: Cast) -> None:
        deal = make_referral(cast.site)
        answer = signed_in(cast.deal_desk).post(
            f"/cosell/desk/{deal.public_id}/decline/", {"reason": "no_seller", "version": "99"}
        )
        assert answer.status_code == 409
        assert side().substatus == "received"

    def test_it_says_that_no_rate_is_known(self, cast: Cast) -> None:
        deal = make_referral(cast.site, value=100, currency="PLN")
        assert "No rate is known" in page(cast, f"/cosell/desk/{deal.public_id}/")

    def test_it_says_that_a_small_deal_is_declined_without_a_reason(self, cast: Cast) -> None:
        deal = make_referral(cast.site, value=100_00)
        client = signed_in(cast.deal_desk)
        assert "no reason is shown" in page(cast, f"/cosell/desk/{deal.public_id}/")
        answer = client.post(f"/cosell/desk/{deal.public_id}/decline/", {"reason": "no_seller"}, follow=True)
        assert "shown no reason" in answer.content.decode()

    @pytest.mark.parametrize(("deed", "becomes"), [("win", "won"), ("lose", "lost")])
    def test_it_is_closed(self, cast: Cast, deed: str, becomes: str) -> None:
        deal = make_referral(cast.site)
        client = signed_in(cast.deal_desk)
        client.post(f"/cosell/desk/{deal.public_id}/accept/", SELLER)
        assert client.post(f"/cosell/desk/{deal.public_id}/{deed}/").status_code == 302
        assert side().substatus == becomes
        assert client.post(f"/cosell/desk/{deal.public_id}/{deed}/").status_code == 409

    def test_the_seller_changes(self, cast: Cast) -> None:
        deal = make_referral(cast.site)
        client = signed_in(cast.deal_desk)
        client.post(f"/cosell/desk/{deal.public_id}/accept/", SELLER)
        other = {"seller_name": "Tara Seller", "seller_email": "tara@vendor.example"}
        assert client.post(f"/cosell/desk/{deal.public_id}/seller/", other).status_code == 302
        with tenancy.as_system():
            assert Seller.objects.get().name == "Tara Seller"


class TestSending:
    def _typed(self, location: str) -> dict[str, str]:
        return SELLER | {
            "location": location, "name": "New mills", "customer_name": "Nile Cotton Mills",
            "address_line1": "7 Mill Road", "city": "Giza", "country": "EG", "value": "50,000.00", "currency": "USD",
            "close_on": (timezone.now() + timedelta(days=30)).date().isoformat(), "consent_share": "on",
            "consent_contact": "on", "consent_sellers": "on",
        }  # fmt: skip

    def test_by_name_or_number_of_the_site(self, cast: Cast) -> None:
        make_location(cast.site)
        client = signed_in(cast.deal_desk)
        answer = client.get(f"/cosell/desk/send/?site={cast.site.number}")
        assert answer.headers["Location"] == f"/cosell/desk/send/{cast.site.number}/"
        assert "Nile Systems" in page(cast, "/cosell/desk/send/?site=nile")
        assert "No such partner" in page(cast, f"/cosell/desk/send/?site={cast.rival_site.number}")

    def test_it_arrives(self, cast: Cast) -> None:
        cairo = make_location(cast.site, "Cairo")
        path = f"/cosell/desk/send/{cast.site.number}/"
        assert "Cairo" in page(cast, path)
        answer = signed_in(cast.deal_desk).post(path, self._typed(cairo.public_id))
        assert answer.status_code == 302, answer.content.decode()
        with tenancy.as_system():
            assert Referral.objects.get().value == 5_000_000
        assert "Sent to the partner" in page(cast, answer.headers["Location"])

    def test_without_consent_it_does_not_and_nothing_typed_is_lost(self, cast: Cast) -> None:
        cairo = make_location(cast.site, "Cairo")
        typed = self._typed(cairo.public_id)
        del typed["consent_share"]
        answer = signed_in(cast.deal_desk).post(f"/cosell/desk/send/{cast.site.number}/", typed)
        assert answer.status_code == 422
        assert "Nile Cotton Mills" in answer.content.decode()

    def test_a_partner_without_locations_says_what_to_do(self, cast: Cast) -> None:
        assert "no location yet" in page(cast, f"/cosell/desk/send/{cast.rival_site.number}/")


class TestTheApi:
    def test_listed_read_accepted_and_closed(self, cast: Cast) -> None:
        make_referral(cast.site, name="Mills")
        program = caller(cast.deal_desk)
        (listed,) = program.send("get", "/api/v1/cosell-desk/?show=awaiting").json()["results"]
        path = f"/api/v1/cosell-desk/{listed['id']}/"
        read = program.send("get", path)
        assert (read.json()["deal"]["name"], read.json()["seller"]) == ("Mills", None)
        who = {"name": "Sam Seller", "email": "sam@vendor.example"}
        stale = program.send("post", f"{path}accept/", {"seller": who}, If_Match='"99"')
        assert stale.status_code == 412
        taken = program.send("post", f"{path}accept/", {"seller": who}, If_Match=read.headers["ETag"])
        assert taken.json()["seller"]["name"] == "Sam Seller"
        assert program.send("post", f"{path}decline/", {"reason": "no_seller"}).status_code == 409
        assert program.send("post", f"{path}close/", {"won": True}).json()["substatus"] == "won"
        assert program.send("post", f"{path}close/", {"won": False}).status_code == 409

    def test_a_deal_is_sent(self, cast: Cast) -> None:
        cairo = make_location(cast.site, "Cairo")
        wanted = {
            "partner_number": cast.site.number, "location": cairo.public_id, "name": "New mills",
            "seller": {"name": "Sam", "email": "sam@vendor.example"}, "customer_name": "Nile Cotton Mills",
            "address_line1": "7 Mill Road", "city": "Giza", "country": "EG", "value": "12500.50", "currency": "USD",
            "close_on": "2099-01-01", "consent_share": True, "consent_contact": True, "consent_sellers": True,
        }  # fmt: skip
        program = caller(cast.deal_desk)
        sent = program.send("post", "/api/v1/cosell-desk/", wanted)
        assert sent.status_code == 201, sent.content
        assert sent.json()["direction"] == "outgoing"
        assert (sent.json()["deal"]["value"], sent.json()["value_usd"]) == ("12500.50", "12500.50")
        assert program.send("post", "/api/v1/cosell-desk/", wanted | {"value": "1.555"}).status_code == 400
        refused = program.send(
            "post", "/api/v1/cosell-desk/", wanted | {"consent_sellers": False, "solutions": []}
        )
        assert refused.status_code == 400
        assert "consent_sellers" in str(refused.json())

    def test_partners_have_a_resource_of_their_own(self, cast: Cast) -> None:
        program = caller(give_role(cast.primary, Role.REFERRALS_ADMIN))
        assert program.send("get", "/api/v1/cosell-desk/").status_code == 403
