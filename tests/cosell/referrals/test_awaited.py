"""The clocks of both sides: a reminder, then the end, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cosell.models import VendorReferral
from cosell.referrals.awaited import expire_due, remind_due
from cosell.states import Substatus
from identity import tenancy
from identity.models import AuditEvent
from notifications.models import Notice
from tests.cast import Cast
from tests.cosell.factories import answer_for_vendor, make_referral
from tests.cosell.referrals.made import (
    NOW,
    invited,
    made,
    make_other,
    make_seller,
    of_site,
    stored,
    vendor_side,
)
from tests.orders.test_at_once import at_once

pytestmark = pytest.mark.django_db
END = NOW + timedelta(days=14)
SECOND = timedelta(seconds=1)


def told(event: str) -> int:
    with tenancy.as_system():
        return Notice.objects.filter(kind__endswith=event).count()


class TestAnAnswerThatIsAwaited:
    def test_of_the_vendors_is_reminded_of_three_days_before_and_once(self, cast: Cast) -> None:
        made(make_seller(cast))
        assert remind_due(now=END - timedelta(days=3) - SECOND) == 0
        assert remind_due(now=END - timedelta(days=3)) == 1
        assert remind_due(now=END - timedelta(days=2)) == 0
        assert told("vendor.answer_due") == 1

    def test_of_the_vendors_expires_at_the_end_without_a_reason(self, cast: Cast) -> None:
        deal = made(make_seller(cast))
        assert expire_due(now=END - SECOND) == 0
        assert expire_due(now=END) == 1
        assert expire_due(now=END) == 0
        side = vendor_side(deal)
        assert (side.status, side.substatus, side.reason, side.closed_at) == ("closed", "expired", "", END)
        assert stored(deal).substatus == Substatus.ACCEPTED  # the partner goes on alone
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="vendor_referral.expired").count() == 1

    def test_of_the_partners_is_reminded_of_and_expires(self, cast: Cast) -> None:
        seller, other = make_seller(cast), make_other(cast)
        deal = made(seller, sharing="private")
        invited(seller, deal, other)
        assert remind_due(now=END - timedelta(days=1)) == 1
        assert expire_due(now=END + timedelta(hours=3)) == 1
        theirs = of_site(other.site, deal.engagement)
        assert (theirs.status, theirs.substatus) == ("closed", "expired")
        assert told("referral.answer_due") == 1

    def test_that_was_given_is_left_alone(self, cast: Cast) -> None:
        deal = made(make_seller(cast))
        answer_for_vendor(deal, Substatus.ACCEPTED)
        assert remind_due(now=END - timedelta(days=1)) == 0
        assert expire_due(now=END + timedelta(days=1)) == 0
        assert vendor_side(deal).substatus == Substatus.ACCEPTED


@pytest.mark.django_db(transaction=True)
def test_two_workers_let_every_deal_expire_once(cast: Cast) -> None:
    for _each in range(4):
        make_referral(cast.site, substatus=Substatus.RECEIVED, expires_at=NOW)
        make_referral(cast.site)
    with tenancy.as_system():
        VendorReferral.objects.update(expires_at=NOW)
    got = at_once(lambda: expire_due(now=NOW))
    assert sum(got) == 8
    with tenancy.as_system():
        assert AuditEvent.objects.filter(event="referral.expired").count() == 4
        assert AuditEvent.objects.filter(event="vendor_referral.expired").count() == 4
