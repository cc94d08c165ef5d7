"""Partners' tiers, and the discounts that depend on them: told to the partner and the vendor, to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deals import actions, queries
from deals.models import SiteTier
from deals.rules import TIER, Named
from deals.states import DealType, Status
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import AuditEvent, Site, StaffRole, User
from notifications.expansion import expand_due
from notifications.models import InboxItem
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_deal
from tests.deals.shown_forms import Shown, filled
from tests.deals.test_rules import change, rules
from tests.factories import make_user


@pytest.fixture
def operations(cast: Cast) -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


def set_tier(by: User, site: Site, tier: str, version: int = 0) -> SiteTier:
    who = actor(by)
    with tenancy.scope(who):
        return actions.set_tier(site, tier, version=version, by=who, now=timezone.now())


class TestSettingATier:
    def test_counts_for_what_is_approved_from_then_on(self, cast: Cast, operations: User) -> None:
        before = make_deal(cast, Status.APPROVED)
        set_tier(operations, cast.site, "gold")
        after = make_deal(cast, Status.APPROVED, deal_type=DealType.COMPETITIVE)
        assert (before.tier, before.discount_bp) == ("registered", 500)
        assert (after.tier, after.discount_bp) == ("gold", 1_500)

    def test_is_audited_and_the_partner_is_told_in_its_language(self, cast: Cast, operations: User) -> None:
        set_tier(operations, cast.site, "gold")
        while expand_due():
            pass
        with tenancy.as_system():
            assert AuditEvent.objects.get(event="tier.set").detail["changes"] == {
                "tier": ["registered", "gold"]
            }
            told = InboxItem.objects.filter(kind="deal.tier_set")
            assert {item.user_id for item in told} >= {cast.sales.user_id, cast.primary.user_id}
            assert not told.filter(user_id=cast.rival.user_id).exists()

    def test_needs_somebody_who_may(self, cast: Cast, operations: User) -> None:
        with pytest.raises(PrivilegeMissing):
            set_tier(cast.deal_desk, cast.site, "gold")
        assert set_tier(operations, cast.site, "gold").version == 1

    def test_is_refused_when_somebody_was_quicker(self, cast: Cast, operations: User) -> None:
        set_tier(operations, cast.site, "gold")
        with pytest.raises(actions.TierChanged):
            set_tier(operations, cast.site, "silver")
        assert set_tier(operations, cast.site, "silver", version=1).version == 2

    def test_takes_a_tier_in_use_and_a_reseller(self, cast: Cast, operations: User) -> None:
        change(operations, **rules().with_entry(TIER, Named("gold", active=False)))
        with pytest.raises(actions.TierUnknown):
            set_tier(operations, cast.site, "gold")
        with pytest.raises(actions.TierUnknown):
            set_tier(operations, cast.distributor_site, "silver")

    def test_once_retired_stays_with_those_who_have_it(self, cast: Cast, operations: User) -> None:
        set_tier(operations, cast.site, "gold")
        change(operations, **rules().with_entry(TIER, Named("gold", active=False)))
        with tenancy.as_system():
            assert queries.tier_of(cast.site.id, queries.rules_in_force()) == "gold"


class TestWhoIsToldOfADiscount:
    @pytest.fixture
    def deal(self, cast: Cast, operations: User) -> Any:
        set_tier(operations, cast.site, "gold")
        return make_deal(cast, Status.APPROVED)

    @pytest.mark.parametrize("name", ["sales", "deal_desk"])
    def test_the_partner_and_the_vendor_are(self, cast: Cast, deal: Any, name: str) -> None:
        page = signed_in(getattr(cast, name)).get(reverse("deals:detail", args=[deal.public_id]))
        shown = " ".join(page.content.decode().split())
        assert "12%" in shown
        assert "<bdi>Gold</bdi> · New business" in shown
        assert "rules of version 1" in shown

    def test_the_distributor_is_not(self, cast: Cast, deal: Any) -> None:
        shown = (
            signed_in(cast.distributor).get(reverse("deals:detail", args=[deal.public_id])).content.decode()
        )
        assert deal.number in shown
        assert "Gold" not in shown
        assert "12%" not in shown
        assert "discount" not in shown.lower()

    def test_nor_by_the_api(self, cast: Cast, deal: Any) -> None:
        path = reverse("api-deals-detail", args=[deal.public_id])
        told = caller(cast.sales).get(path).json()
        assert (told["discount_percent"], told["tier"], told["rules_version"]) == ("12.00", "gold", 1)
        hidden = caller(cast.distributor).get(path).json()
        assert (hidden["discount_percent"], hidden["tier"]) == (None, "")
        assert hidden["deal_type"] == "new"

    def test_nor_is_anybody_told_of_another_partners_tier(self, cast: Cast, deal: Any) -> None:
        own = signed_in(cast.sales).get(reverse("deals:rules")).content.decode()
        rival = signed_in(cast.rival).get(reverse("deals:rules")).content.decode()
        distributor = signed_in(cast.distributor).get(reverse("deals:rules")).content.decode()
        assert "Your tier: Gold" in own
        assert "Your tier: Registered" in rival
        assert "Gold" not in rival
        assert "Gold" not in distributor
        assert "%" not in distributor.split("<main")[1].split("</main")[0]
        with tenancy.scope(actor(cast.rival)):
            assert not SiteTier.objects.exists()


class TestTheWizard:
    def test_shows_the_discount_to_be_expected(self, cast: Cast, operations: User) -> None:
        set_tier(operations, cast.site, "silver")
        deal = make_deal(cast, Status.DRAFT, deal_type=DealType.EXPANSION)
        page = signed_in(cast.sales).get(reverse("deals:review", args=[deal.public_id])).content.decode()
        assert "5%" in page
        assert "Silver" in page

    def test_keeps_the_deal_type(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.DRAFT)
        browser = signed_in(cast.sales)
        path = reverse("deals:edit", args=[deal.public_id, "details"])
        browser.post(path, filled(browser, path) | {"deal_type": "competitive", "go": "next"})
        with tenancy.as_system():
            deal.refresh_from_db()
        assert deal.deal_type == DealType.COMPETITIVE

    def test_names_the_minimum_value_before_and_when_it_is_missed(self, cast: Cast, operations: User) -> None:
        change(operations, minimum_values={"EGP": 200_000_00})
        deal = make_deal(cast, Status.DRAFT, value=100_00)
        browser = signed_in(cast.sales)
        for page in ("edit", "review"):
            args = [deal.public_id, "details"] if page == "edit" else [deal.public_id]
            shown = browser.get(reverse(f"deals:{page}", args=args)).content.decode()
            assert "A registration in EGP is worth at least EGP 200,000.00." in shown.replace("\xa0", " ")


class TestTheAccountPages:
    def test_tell_a_partner_its_own_tier(self, cast: Cast, operations: User) -> None:
        set_tier(operations, cast.site, "gold")
        assert "Gold" in signed_in(cast.sales).get(reverse("accounts:profile")).content.decode()
        assert "Gold" not in signed_in(cast.newcomer).get(reverse("accounts:profile")).content.decode()
        assert "Gold" not in signed_in(cast.rival).get(reverse("accounts:profile")).content.decode()

    def test_tell_the_vendor(self, cast: Cast, operations: User) -> None:
        set_tier(operations, cast.site, "gold")
        page = signed_in(cast.deal_desk).get(reverse("accounts:site", args=[cast.site.public_id]))
        assert "Gold" in page.content.decode()


class TestThePagesOfTiers:
    def test_list_resellers_by_name_number_and_tier(self, cast: Cast, operations: User) -> None:
        set_tier(operations, cast.site, "gold")
        browser, path = signed_in(operations), reverse("rules:partners")
        assert "Nile Systems" in browser.get(path).content.decode()
        assert "Delta Distribution" not in browser.get(path).content.decode()
        assert "Vistula" not in browser.get(path, {"q": "7403807"}).content.decode()
        assert "Nile" in browser.get(path, {"q": "7403807"}).content.decode()
        assert "Vistula" not in browser.get(path, {"tier": "gold"}).content.decode()
        assert "Nile" not in browser.get(path, {"tier": "registered"}).content.decode()

    def test_set_it(self, cast: Cast, operations: User) -> None:
        path = reverse("rules:partner", args=[cast.site.public_id])
        answer = signed_in(operations).post(path, {"tier": "gold", "version": "0"})
        assert answer.status_code == 302
        with tenancy.as_system():
            assert SiteTier.objects.get().tier == "gold"

    def test_say_when_somebody_was_quicker(self, cast: Cast, operations: User) -> None:
        set_tier(operations, cast.site, "gold")
        path = reverse("rules:partner", args=[cast.site.public_id])
        browser = signed_in(operations)
        stale = browser.post(path, {"tier": "silver", "version": "0"})
        assert stale.status_code == 409
        assert "The tier is Gold now" in stale.content.decode()
        assert Shown(stale).fields["version"] == "1"
        assert browser.post(path, {"tier": "platinum", "version": "1"}).status_code == 422

    def test_are_for_reading_to_others(self, cast: Cast, operations: User) -> None:
        path = reverse("rules:partner", args=[cast.site.public_id])
        shown = signed_in(cast.deal_desk).get(path)
        assert shown.status_code == 200
        assert "another team" in shown.content.decode()
        assert signed_in(cast.deal_desk).post(path, {"tier": "gold", "version": "0"}).status_code == 403
        assert signed_in(cast.sales).get(path).status_code == 403


class TestTheApiOfTiers:
    def test_reads_and_sets_with_the_tag(self, cast: Cast, operations: User) -> None:
        program = caller(operations)
        path = reverse("api-site-tiers-detail", args=[cast.site.number])
        seen = program.get(path)
        assert seen.json()["tier"] == {"code": "registered", "label": "Registered"}
        assert program.send("patch", path, {"tier": "gold"}).status_code == 428
        done = program.send("patch", path, {"tier": "gold"}, If_Match=seen["ETag"])
        assert (done.status_code, done.json()["tier"]["code"]) == (200, "gold")
        stale = program.send("patch", path, {"tier": "silver"}, If_Match=seen["ETag"])
        assert stale.status_code == 412
        wrong = program.send("patch", path, {"tier": "tin"}, If_Match=done["ETag"])
        assert (wrong.status_code, "tier" in wrong.json()["details"]) == (400, True)

    def test_lists_resellers_alone(self, cast: Cast, operations: User) -> None:
        listed = caller(operations).get(reverse("api-site-tiers-list")).json()["results"]
        assert [each["number"] for each in listed] == ["7403807", "7403808"]

    def test_is_not_for_partners(self, cast: Cast) -> None:
        path = reverse("api-site-tiers-detail", args=[cast.site.number])
        assert caller(cast.primary).get(path).status_code == 403
