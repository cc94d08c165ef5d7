"""The vendor's side of a deal: answered once, by the desk, with what the partner may see and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cosell.desk import actions
from cosell.desk.actions import BadContent, NotPossible, SellerDetails, SideChanged, SideClosed
from cosell.desk.worth import in_cents, worth_of
from cosell.models import Referral, Seller, VendorReferral
from cosell.states import Sharing, Status, Substatus
from identity import tenancy
from identity.models import AuditEvent, Role
from notifications.models import Notice
from pricing.models import ExchangeRate
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_referral

pytestmark = pytest.mark.django_db
SAM = SellerDetails("Sam Seller", "sam@vendor.example", "+1 555 0100")


def side_of(referral: Referral) -> VendorReferral:
    with tenancy.as_system():
        return VendorReferral.objects.select_related("referral").get(referral=referral)


def asked(cast: Cast, **extra: Any) -> VendorReferral:
    """A deal for which the partner has asked for help."""
    return side_of(make_referral(cast.site, **extra))


def rate(currency: str, units: str) -> None:
    with tenancy.as_system():
        ExchangeRate.objects.create(currency=currency, day=date(2020, 1, 1), rate=Decimal(units))


def accept(cast: Cast, side: VendorReferral, **more: Any) -> VendorReferral:
    by = actor(cast.deal_desk)
    with tenancy.scope(by):
        return actions.accept_for_vendor(
            side, **{"seller": SAM, "version": None, "by": by, "now": timezone.now()} | more
        )


def decline(cast: Cast, side: VendorReferral, reason: str = "no_seller", **more: Any) -> VendorReferral:
    by = actor(cast.deal_desk)
    with tenancy.scope(by):
        return actions.decline_for_vendor(
            side, **{"reason": reason, "version": None, "by": by, "now": timezone.now()} | more
        )


def told() -> dict[str, list[Notice]]:
    with tenancy.as_system():
        found: dict[str, list[Notice]] = {}
        for notice in Notice.objects.order_by("id"):
            found.setdefault(notice.kind, []).append(notice)
        return found


class TestAccepting:
    def test_the_partner_sees_the_seller_from_then_on_and_not_before(self, cast: Cast) -> None:
        partner = actor(give_role(cast.primary, Role.REFERRALS_ADMIN))
        side = asked(cast)
        with tenancy.scope(partner):
            assert not Seller.objects.exists()
        accept(cast, side)
        with tenancy.scope(partner):
            assert Seller.objects.get().name == "Sam Seller"
            assert VendorReferral.objects.get().substatus == Substatus.ACCEPTED
        assert len(told()["cosell.vendor.accepted"]) == 2  # the partner, and the desk

    def test_a_colleague_is_named_by_their_account(self, cast: Cast) -> None:
        by = actor(cast.deal_desk)
        with tenancy.scope(by):
            dana = next(each for each in actions.colleagues() if each.user_id == by.user_id)
        accept(cast, asked(cast), seller=SellerDetails(dana.name, dana.email, user_id=dana.user_id))
        with tenancy.as_system():
            assert Seller.objects.get().user_id == cast.deal_desk.id

    def test_a_stranger_is_no_colleague(self, cast: Cast) -> None:
        with pytest.raises(BadContent) as caught:
            accept(
                cast,
                asked(cast),
                seller=SellerDetails("Eve", "eve@rival.example", user_id=cast.rival.user_id),
            )
        assert "seller" in caught.value.errors

    def test_somebody_has_to_be_reached(self, cast: Cast) -> None:
        with pytest.raises(BadContent) as caught:
            accept(cast, asked(cast), seller=SellerDetails(" ", "nobody"))
        assert set(caught.value.errors) == {"seller_name", "seller_email"}

    def test_whoever_looks_only_does_not_answer(self, cast: Cast) -> None:
        side = asked(cast)
        for who in (cast.care, give_role(cast.primary, Role.REFERRALS_ADMIN)):
            by = actor(who)
            with tenancy.scope(by), pytest.raises(NotPossible) as caught:
                actions.accept_for_vendor(side, seller=SAM, version=None, by=by, now=timezone.now())
            assert caught.value.of_person

    def test_not_after_the_time_for_it(self, cast: Cast) -> None:
        side = asked(cast)
        with pytest.raises(NotPossible, match="over"):
            accept(cast, side, now=timezone.now() + timedelta(days=15))

    def test_not_what_the_partner_has_closed(self, cast: Cast) -> None:
        side = asked(cast)
        with tenancy.as_system():
            Referral.objects.update(
                status="closed", substatus="lost", reason="budget", closed_at=timezone.now()
            )
        with pytest.raises(NotPossible, match="closed"):
            accept(cast, side)
        assert decline(cast, side).substatus == Substatus.DECLINED

    def test_of_two_at_once_one_comes_second(self, cast: Cast) -> None:
        side = asked(cast)
        accept(cast, side, version=side.version)
        with pytest.raises(NotPossible, match="already"):
            decline(cast, side, version=side.version)
        with pytest.raises(SideChanged):
            self._close(cast, side, version=side.version)

    def _close(self, cast: Cast, side: VendorReferral, **more: Any) -> VendorReferral:
        by = actor(cast.deal_desk)
        with tenancy.scope(by):
            return actions.close_for_vendor(
                side, **{"won": True, "version": None, "by": by, "now": timezone.now()} | more
            )

    def test_won_is_for_good(self, cast: Cast) -> None:
        side = asked(cast)
        accept(cast, side)
        assert self._close(cast, side).substatus == Substatus.WON
        for deed in (accept, decline, self._close):
            with pytest.raises(SideClosed):
                deed(cast, side)
        with tenancy.as_system():
            assert Referral.objects.get().status == Status.ACTIVE  # the partner closes its own side


class TestDeclining:
    @pytest.mark.parametrize(
        ("value", "currency", "units", "shown"),
        [
            (2_499_999, "USD", None, False),
            (2_500_000, "USD", None, True),
            (2_500_000, "EUR", "0.8", True),  # 31,250 dollars
            (1_999_999, "EUR", "0.8", False),  # a cent less than 25,000 dollars
            (2_000_000, "EUR", "0.8", True),
            (3_750_000, "JPY", "150", True),  # no minor unit
            (3_749_998, "JPY", "150", False),
            (7_500_000, "KWD", "0.3", True),  # three decimals: 25,000 dollars
            (100, "PLN", None, True),  # no rate is known: it does not count as small
        ],
    )  # fmt: skip
    def test_the_reason_is_shown_from_25000_dollars_on(
        self, cast: Cast, value: int, currency: str, units: str | None, shown: bool
    ) -> None:
        if units:
            rate(currency, units)
        declined = decline(cast, asked(cast, value=value, currency=currency))
        assert bool(declined.reason) is shown

    def test_an_unknown_reason_is_refused(self, cast: Cast) -> None:
        with pytest.raises(BadContent):
            decline(cast, asked(cast), "just so")

    def test_the_partner_never_finds_the_reason_of_a_small_deal(self, cast: Cast) -> None:
        partner = actor(give_role(cast.primary, Role.REFERRALS_ADMIN))
        decline(cast, asked(cast, value=100_00), "no_customer")
        with tenancy.scope(partner):
            assert VendorReferral.objects.get().reason == ""
            for event in AuditEvent.objects.all():
                assert "no_customer" not in repr(event.detail)
                assert event.actor_name != "Dana Desk"
        for notice in told()["cosell.vendor.declined"]:
            assert "no_customer" not in repr(notice.context)
            assert "no record" not in repr(notice.context)
        with tenancy.scope(actor(cast.deal_desk)):
            inside = AuditEvent.objects.get(event="vendor_side.reasoned")
        assert (inside.detail["reason"], inside.actor_name) == ("no_customer", "Dana Desk")

    def test_a_rate_of_later_is_not_the_rate_of_the_day(self, cast: Cast) -> None:
        rate("EUR", "0.5")
        with tenancy.as_system():
            assert worth_of(100, "EUR", date(2019, 12, 31)).cents is None
            assert worth_of(100, "EUR", date(2020, 1, 1)).cents == 200

    def test_cents_are_rounded_to_the_nearest(self) -> None:
        assert in_cents(100, "EUR", Decimal("0.3")) == 333


class TestWhatIsNotAnswered:
    def test_a_partner_led_deal_has_no_vendors_side(self, cast: Cast) -> None:
        make_referral(cast.site, sharing=Sharing.PARTNER_LED)
        with tenancy.scope(actor(cast.deal_desk)):
            assert not VendorReferral.objects.exists()
            assert Referral.objects.count() == 1
