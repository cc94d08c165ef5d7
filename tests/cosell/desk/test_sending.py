"""The vendor sends a deal to a partner: inbound there, with the time to answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cosell.desk import actions
from cosell.desk.actions import BadContent, NotPossible, SellerDetails
from cosell.models import Location, Referral, Seller, VendorReferral
from cosell.referrals.content import DealContent, Wanted
from cosell.states import Direction, Origin, Sharing, Substatus
from identity import tenancy
from identity.models import Role
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location, make_solution

pytestmark = pytest.mark.django_db
SAM = SellerDetails("Sam Seller", "sam@vendor.example")


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


def content(location: Location, **more: Any) -> DealContent:
    base = DealContent(
        name="New mills", location=location, sharing=Sharing.COSELL, customer_name="Nile Cotton Mills",
        address_line1="7 Mill Road", city="Giza", country="EG", value=5_000_000, currency="USD",
        close_on=(timezone.now() + timedelta(days=30)).date(), team=(), solutions=(), consent_share=True,
        consent_contact=True, consent_sellers=True,
    )  # fmt: skip
    return replace(base, **more)


def send(cast: Cast, what: DealContent, who: Any = None) -> Referral:
    by = actor(who or cast.deal_desk)
    with tenancy.scope(by):
        return actions.send_deal(what, site=cast.site, seller=SAM, by=by, now=timezone.now())


def test_it_is_inbound_at_the_partner_and_waits_for_its_answer(cast: Cast, cairo: Location) -> None:
    solution = make_solution(cast.site)
    send(cast, content(cairo, solutions=(Wanted(solution),)))
    with tenancy.scope(actor(give_role(cast.primary, Role.REFERRALS_ADMIN))):
        deal = Referral.objects.get()
        assert (deal.direction, deal.origin, deal.substatus) == (
            Direction.INCOMING,
            Origin.VENDOR,
            Substatus.RECEIVED,
        )
        assert deal.expires_at is not None
        side = VendorReferral.objects.get()
        assert (side.direction, side.substatus) == (Direction.OUTGOING, Substatus.ACCEPTED)
        assert Seller.objects.get().name == "Sam Seller"
        assert deal.solutions.get().name == solution.name


def test_the_partner_is_not_told_who_at_the_vendor_sent_it(cast: Cast, cairo: Location) -> None:
    sent = send(cast, content(cairo))
    admin = give_role(cast.primary, Role.REFERRALS_ADMIN)
    name = actor(cast.deal_desk).name
    shown = signed_in(admin).get(f"/cosell/deals/{sent.public_id}/")
    assert shown.status_code == 200
    assert "The vendor sent it to your company" in shown.content.decode()
    assert name not in shown.content.decode()
    assert name not in caller(admin).send("get", f"/api/v1/referrals/{sent.public_id}/").content.decode()


def test_solutions_a_team_and_a_contact_are_not_asked_for(cast: Cast, cairo: Location) -> None:
    assert send(cast, content(cairo)).substatus == Substatus.RECEIVED


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"value": 0}, "value"),
        ({"currency": "XXX"}, "currency"),
        ({"country": ""}, "country"),
        ({"consent_sellers": False}, "consent_sellers"),
        ({"sharing": Sharing.PRIVATE}, "sharing"),
        ({"close_on": date(2020, 1, 1)}, "close_on"),
    ],
)
def test_what_is_wrong_is_said_field_by_field(
    cast: Cast, cairo: Location, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadContent) as caught:
        send(cast, content(cairo, **wrong))
    assert field in caught.value.errors


def test_not_to_a_location_of_somebody_else(cast: Cast) -> None:
    theirs = make_location(cast.rival_site, "Warsaw")
    with pytest.raises(BadContent) as caught:
        send(cast, content(theirs))
    assert "location" in caught.value.errors


def test_only_the_desk_sends(cast: Cast, cairo: Location) -> None:
    with pytest.raises(NotPossible):
        send(cast, content(cairo), cast.care)
