"""Two of the deal desk, or one and the clock, at the same moment: one is first, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cosell.desk import actions
from cosell.models import Referral, Seller, VendorReferral
from cosell.referrals.actions import lose as lose_deal
from cosell.referrals.awaited import expire_due
from identity import tenancy
from identity.models import Role
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_referral
from tests.cosell.referrals.made import do
from tests.deals.test_approving_conflicts import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def deeds(cast: Cast, side: VendorReferral) -> list[Callable[[], Any]]:
    """Accept and decline what both saw."""
    by = actor(cast.deal_desk)
    seen: dict[str, Any] = {"version": 1, "by": by, "now": timezone.now()}
    seller = actions.SellerDetails("Sam Seller", "sam@vendor.example")

    def accept() -> Any:
        with tenancy.scope(by):
            return actions.accept_for_vendor(side, seller=seller, **seen)

    def decline() -> Any:
        with tenancy.scope(by):
            return actions.decline_for_vendor(side, reason="no_seller", **seen)

    return [accept, decline]


def asked(cast: Cast) -> VendorReferral:
    with tenancy.as_system():
        return VendorReferral.objects.select_related("referral").get(referral=make_referral(cast.site))


def test_a_deal_is_answered_once(cast: Cast) -> None:
    for _each in range(4):
        side = asked(cast)
        wrong = [each for each in at_once(*deeds(cast, side)) if isinstance(each, Exception)]
        assert [type(each) for each in wrong] in ([actions.NotPossible], [actions.SideClosed])
        with tenancy.as_system():
            side.refresh_from_db()
            assert side.version == 2
            assert Seller.objects.filter(vendor_referral=side).exists() is (side.substatus == "accepted")


def test_the_vendor_accepts_while_the_partner_closes(cast: Cast) -> None:
    """Either is first: then the vendor helps with a deal that is closed later, or is told that it was closed."""
    admin = give_role(cast.primary, Role.REFERRALS_ADMIN)
    for _each in range(4):
        side = asked(cast)
        ours = side.referral

        def lose(ours: Referral = ours) -> Any:
            return do(admin, lose_deal, ours, reason="budget", version=None, now=timezone.now())

        accepted, _lost = at_once(deeds(cast, side)[0], lose)
        with tenancy.as_system():
            side.refresh_from_db()
            ours.refresh_from_db()
        assert ours.substatus == "lost"
        if isinstance(accepted, Exception):
            assert isinstance(accepted, actions.NotPossible)
            assert side.substatus == "received"
        else:
            assert side.accepted_at is not None


def test_an_answer_and_the_clock(cast: Cast) -> None:
    for deed in (0, 1):
        side = asked(cast)
        with tenancy.as_system():
            VendorReferral.objects.filter(id=side.id).update(
                expires_at=timezone.now() + timedelta(seconds=30)
            )
        later = timezone.now() + timedelta(minutes=1)
        at_once(deeds(cast, side)[deed], lambda later=later: expire_due(now=later))
        with tenancy.as_system():
            side.refresh_from_db()
            assert side.version == 2
            assert side.substatus in ("expired", ("accepted", "declined")[deed])
