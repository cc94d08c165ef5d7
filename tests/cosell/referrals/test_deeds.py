"""Deals are made, changed, answered, shared further, closed and made anew, through the actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cosell.models import Location, Readiness, ReferralSolution, SolutionStatus, TeamMember
from cosell.models import Seller as VendorSeller
from cosell.referrals import actions, possible
from cosell.referrals.actions.ground import answer_by
from cosell.referrals.content import Wanted, content_of, problems_of
from cosell.referrals.possible import deeds_for
from cosell.rights.possible import NOT_THIS_LOCATION
from cosell.states import Direction, Sharing, Status, Substatus
from identity import tenancy
from identity.models import AuditEvent, Role
from notifications.models import Notice
from tests.cast import Cast, actor
from tests.cosell.factories import (
    answer_for_vendor,
    give_role,
    make_location,
    make_referral,
    make_solution,
)
from tests.cosell.referrals.made import (
    NOW,
    Seller,
    content,
    do,
    made,
    make_seller,
    stored,
    teammate,
    vendor_side,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(cast: Cast) -> Seller:
    return make_seller(cast)


def said(referral: Any) -> Any:
    with tenancy.as_system():
        return content_of(stored(referral))


class TestWhatADealNeeds:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": " "}, "name"), ({"customer_name": ""}, "customer_name"), ({"address_line1": ""}, "address_line1"),
            ({"city": ""}, "city"), ({"country": ""}, "country"), ({"country": "XX"}, "country"),
            ({"value": 0}, "value"), ({"value": 10**15 + 1}, "value"), ({"currency": "XXX"}, "currency"),
            ({"close_on": None}, "close_on"), ({"close_on": NOW.date() - timedelta(days=1)}, "close_on"),
            ({"duns": "12345678"}, "duns"), ({"stage": "won"}, "stage"), ({"stage": "x"}, "stage"),
            ({"help_type": ""}, "help_type"), ({"help_type": "x"}, "help_type"),
            ({"contact_first_name": ""}, "contact_first_name"), ({"contact_phone": ""}, "contact_phone"),
            ({"contact_email": "salma"}, "contact_email"), ({"consent_share": False}, "consent_share"),
            ({"consent_contact": False}, "consent_contact"), ({"consent_sellers": False}, "consent_sellers"),
            ({"team": ()}, "team"), ({"solutions": ()}, "solutions"), ({"notes": "x" * 4001}, "notes"),
            ({"customer_size": "7"}, "customer_size"), ({"sharing": "x"}, "sharing"),
        ],
    )  # fmt: skip
    def test_is_said_field_by_field(self, seller: Seller, change: dict[str, Any], field: str) -> None:
        assert field in problems_of(content(seller, **change), today=NOW.date())
        assert problems_of(content(seller), today=NOW.date()) == {}

    def test_is_less_where_no_help_is_asked_for(self, seller: Seller) -> None:
        alone = content(
            seller, sharing=Sharing.PRIVATE, help_type="", contact_first_name="", contact_last_name="",
            contact_phone="", contact_email="", consent_share=False, consent_contact=False, consent_sellers=False,
        )  # fmt: skip
        assert problems_of(alone, today=NOW.date()) == {}
        assert set(problems_of(replace(alone, sharing=Sharing.PARTNER_LED))) == {"consent_share"}

    def test_is_said_of_each_of_the_team_and_of_each_solution(self, seller: Seller) -> None:
        mate = teammate(seller.admin)
        wanted = content(seller).solutions[0]
        wrong = content(
            seller,
            team=(mate, replace(mate, phone="", email=mate.email.upper())),
            solutions=(wanted, replace(wanted, quantity=0, price=-1)),
        )
        assert set(problems_of(wrong)) == {
            "team.1.phone", "team.1.email", "solutions.1.solution", "solutions.1.quantity", "solutions.1.price",
        }  # fmt: skip

    def test_is_not_asked_again_of_what_was_right_once(self, seller: Seller) -> None:
        before = content(seller, close_on=NOW.date() - timedelta(days=9))
        seller.solution.status = SolutionStatus.RETIRED
        assert problems_of(before, today=NOW.date(), before=before) == {}
        assert set(problems_of(before, today=NOW.date())) == {"close_on", "solutions.0.solution"}

    def test_keeps_a_solution_for_which_the_vendor_helps(self, cast: Cast, seller: Seller) -> None:
        before = content(seller)
        other = make_solution(cast.site, "Yarn book", readiness=Readiness.NOT_READY, ready_at=None)
        without = replace(before, solutions=(Wanted(other),))
        assert set(problems_of(without, before=before)) == {"solutions"}
        assert problems_of(replace(before, solutions=(*before.solutions, Wanted(other))), before=before) == {}
        assert problems_of(replace(without, notes="More."), before=without) == {}  # it lost what it had


class TestANewDeal:
    def test_is_active_and_asks_the_vendor(self, cast: Cast, seller: Seller) -> None:
        deal = stored(made(seller))
        assert (deal.status, deal.substatus, deal.direction) == ("active", "accepted", "outgoing")
        assert (deal.site_id, deal.location_name) == (cast.site.id, "Cairo")
        side = vendor_side(deal)
        assert (side.substatus, side.expires_at) == ("received", answer_by(NOW))
        with tenancy.as_system():
            assert TeamMember.objects.get(referral=deal).membership_id == seller.admin.id
            assert ReferralSolution.objects.get(referral=deal).name == "Loom control"
            assert AuditEvent.objects.filter(event="referral.made", object_id=deal.public_id).exists()
            assert Notice.objects.filter(kind__contains="vendor.received").exists()

    def test_asks_nobody_where_it_is_private(self, seller: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE)
        with tenancy.as_system():
            assert not hasattr(stored(deal), "vendor_side")
            assert not Notice.objects.filter(kind__contains="vendor.").exists()

    def test_is_not_made_by_a_user(self, cast: Cast, seller: Seller) -> None:
        user = give_role(cast.sales, Role.REFERRALS_USER)
        with pytest.raises(actions.NotPossible) as refused:
            do(user, actions.make_deal, content(seller))
        assert refused.value.of_person

    def test_is_not_made_at_a_location_that_is_not_theirs(self, cast: Cast, seller: Seller) -> None:
        luxor = make_location(cast.site, "Luxor")
        give_role(cast.secondary, Role.REFERRALS_ADMIN, at=[luxor])
        with pytest.raises(actions.BadContent) as wrong:
            do(cast.secondary, actions.make_deal, content(seller))
        assert set(wrong.value.errors) == {"location"}
        assert do(cast.secondary, actions.make_deal, content(seller, location=luxor)).location_id == luxor.id

    def test_holds_nothing_of_another_companys(self, cast: Cast, seller: Seller) -> None:
        theirs = make_solution(cast.rival_site)
        wrong = content(
            seller,
            location=make_location(cast.rival_site),
            team=(teammate(cast.rival),),
            solutions=(replace(content(seller).solutions[0], solution=theirs),),
        )
        with pytest.raises(actions.BadContent) as refused:
            do(seller.admin, actions.make_deal, wrong)
        assert set(refused.value.errors) == {"location", "team.0.email", "solutions.0.solution"}

    def test_that_is_not_right_leaves_nothing_behind(self, seller: Seller) -> None:
        with pytest.raises(actions.BadContent):
            made(seller, name="")
        with tenancy.as_system():
            assert not ReferralSolution.objects.exists()


class TestEditing:
    def edit(self, who: Any, deal: Any, **changes: Any) -> Any:
        version = changes.pop("version", stored(deal).version)
        return do(who, actions.edit_deal, deal, replace(said(deal), **changes), version=version)

    def test_changes_the_deal_its_team_and_its_solutions(self, cast: Cast, seller: Seller) -> None:
        deal = made(seller)
        other = make_solution(cast.site, "Dye line")
        wanted = replace(said(deal).solutions[0], solution=other)
        self.edit(seller.admin, deal, name="Looms", team=(teammate(cast.sales),), solutions=(wanted,))
        now = said(deal)
        assert (now.name, [m.email for m in now.team]) == ("Looms", [cast.sales.email])
        assert [w.solution for w in now.solutions] == [other]
        assert (stored(deal).version, stored(deal).team_user_ids) == (2, [cast.sales.user_id])

    def test_changes_nothing_where_nothing_is_different(self, seller: Seller) -> None:
        deal = made(seller)
        self.edit(seller.admin, deal)
        assert stored(deal).version == 1

    def test_by_somebody_who_saw_it_before_it_was_changed_is_refused(self, seller: Seller) -> None:
        deal = made(seller)
        self.edit(seller.admin, deal, name="Looms")
        with pytest.raises(actions.DealChanged):
            self.edit(seller.admin, deal, name="Spindles", version=1)
        assert stored(deal).name == "Looms"

    def test_never_changes_location_or_deal_type(self, cast: Cast, seller: Seller) -> None:
        deal = made(seller)
        for changes in ({"location": make_location(cast.site)}, {"sharing": Sharing.PRIVATE}):
            with pytest.raises(actions.BadContent) as wrong:
                self.edit(seller.admin, deal, **changes)
            assert set(wrong.value.errors) == set(changes)

    def test_a_user_on_the_team_may_and_may_leave_it_with_others_in_their_place(
        self, cast: Cast, seller: Seller
    ) -> None:
        user = give_role(cast.sales, Role.REFERRALS_USER)
        deal = made(seller, team=(teammate(user),))
        self.edit(user, deal, name="Looms", team=(teammate(seller.admin),))
        assert stored(deal).team_user_ids == [seller.admin.user_id]

    def test_a_closed_deal_is_refused(self, seller: Seller) -> None:
        deal = made(seller)
        do(seller.admin, actions.win, deal, version=1)
        with pytest.raises(actions.DealClosed):
            self.edit(seller.admin, deal, name="x")


class TestAnswering:
    def test_accepting_opens_the_deal(self, cast: Cast, seller: Seller) -> None:
        deal = make_referral(
            cast.site, seller.location, substatus=Substatus.RECEIVED, origin="vendor", direction="incoming",
            expires_at=NOW + timedelta(days=3),
        )  # fmt: skip
        do(seller.admin, actions.accept, deal, version=1)
        assert (stored(deal).substatus, stored(deal).accepted_at) == ("accepted", NOW)

    @pytest.mark.parametrize(
        ("reason", "text", "field"), [("", "", "reason"), ("x", "", "reason"), ("other", " ", "text")]
    )
    def test_declining_takes_a_reason(
        self, cast: Cast, seller: Seller, reason: str, text: str, field: str
    ) -> None:
        deal = make_referral(
            cast.site, seller.location, substatus=Substatus.RECEIVED, expires_at=NOW + timedelta(days=3)
        )
        with pytest.raises(actions.BadContent) as wrong:
            do(seller.admin, actions.decline, deal, reason=reason, text=text, version=None)
        assert set(wrong.value.errors) == {field}
        do(seller.admin, actions.decline, deal, reason="budget", text="", version=1)
        assert (stored(deal).status, stored(deal).reason) == (Status.CLOSED, "budget")

    def test_comes_too_late_when_the_time_is_over(self, cast: Cast, seller: Seller) -> None:
        deal = make_referral(cast.site, seller.location, substatus=Substatus.RECEIVED, expires_at=NOW)
        with pytest.raises(actions.NotPossible):
            do(seller.admin, actions.accept, deal, version=None)

    def test_is_the_partners_own(self, cast: Cast, seller: Seller) -> None:
        deal = make_referral(cast.site, substatus=Substatus.RECEIVED, expires_at=NOW + timedelta(days=3))
        with tenancy.scope(actor(cast.deal_desk)):
            assert deeds_for(deal, actor(cast.deal_desk), NOW) == {}


class TestClosing:
    def test_winning_and_losing_are_for_good(self, seller: Seller) -> None:
        won, lost = made(seller), made(seller, name="Another")
        do(seller.admin, actions.set_stage, won, "negotiated", version=1)
        assert (stored(won).stage, stored(won).version) == ("negotiated", 2)
        do(seller.admin, actions.win, won, version=2)
        do(seller.admin, actions.lose, lost, reason="timeline", text="Next year.", version=1)
        assert (stored(won).substatus, stored(won).stage) == ("won", "won")
        assert (stored(lost).substatus, stored(lost).reason_text) == ("lost", "Next year.")
        for deed, more in ((actions.win, {}), (actions.lose, {"reason": "budget"}), (actions.accept, {})):
            with pytest.raises(actions.DealClosed):
                do(seller.admin, deed, won, version=None, **more)

    def test_the_last_stage_comes_with_winning_alone(self, seller: Seller) -> None:
        deal = made(seller)
        for stage in ("won", "x"):
            with pytest.raises(actions.BadContent):
                do(seller.admin, actions.set_stage, deal, stage, version=None)


class TestSharingFurther:
    def test_starts_the_vendors_clock(self, seller: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE, help_type="", consent_sellers=False)
        later = NOW + timedelta(days=5)
        do(
            seller.admin, actions.upgrade, deal, Sharing.COSELL, help_type="quotes", consent_sellers=True, version=1,
            now=later,
        )  # fmt: skip
        assert (stored(deal).sharing, stored(deal).help_type) == (Sharing.COSELL, "quotes")
        assert vendor_side(deal).expires_at == later + timedelta(days=14)

    def test_says_what_is_missing(self, seller: Seller) -> None:
        deal = made(seller, sharing=Sharing.PRIVATE, help_type="", contact_phone="", consent_sellers=False)
        with pytest.raises(actions.BadContent) as wrong:
            do(seller.admin, actions.upgrade, deal, Sharing.COSELL, version=1)
        assert set(wrong.value.errors) == {"help_type", "contact_phone", "consent_sellers"}

    def test_never_goes_back(self, seller: Seller) -> None:
        deal = made(seller, sharing=Sharing.PARTNER_LED)
        with pytest.raises(actions.BadContent):
            do(seller.admin, actions.upgrade, deal, Sharing.PRIVATE, version=1)
        do(seller.admin, actions.upgrade, deal, Sharing.COSELL, version=1)
        with pytest.raises(actions.NotPossible):
            do(seller.admin, actions.upgrade, deal, Sharing.PARTNER_LED, version=None)


class TestMakingItAnew:
    def test_after_the_vendor_declined_asks_it_again(self, seller: Seller) -> None:
        deal = made(seller)
        answer_for_vendor(deal, Substatus.DECLINED)
        new = do(seller.admin, actions.recreate, deal)
        assert (new.engagement == deal.engagement, new.recreated_from_id) == (False, deal.id)
        assert replace(said(new), stage="qualified") == said(deal)
        assert vendor_side(new).substatus == Substatus.RECEIVED
        assert vendor_side(deal).substatus == Substatus.DECLINED

    def test_after_the_partner_declined_by_accident_it_is_its_own(self, cast: Cast, seller: Seller) -> None:
        deal = make_referral(
            cast.site, seller.location, substatus=Substatus.DECLINED, origin="vendor", direction="incoming",
            team=[seller.admin], solutions=[seller.solution],
        )  # fmt: skip
        new = stored(do(seller.admin, actions.recreate, deal))
        assert (new.direction, new.substatus) == (Direction.OUTGOING, Substatus.ACCEPTED)
        assert vendor_side(new).substatus == Substatus.RECEIVED

    def test_happens_once_and_only_where_something_was_declined(self, seller: Seller) -> None:
        deal = made(seller)
        with pytest.raises(actions.NotPossible):
            do(seller.admin, actions.recreate, deal)
        answer_for_vendor(deal, Substatus.EXPIRED)
        do(seller.admin, actions.recreate, deal)
        with pytest.raises(actions.NotPossible):
            do(seller.admin, actions.recreate, deal)

    def test_happens_where_one_begins_deals_and_says_why_not_elsewhere(
        self, cast: Cast, seller: Seller
    ) -> None:
        luxor = make_location(cast.site, "Luxor")
        user = give_role(give_role(cast.sales, Role.REFERRALS_ADMIN, at=[luxor]), Role.REFERRALS_USER)
        deal = made(seller, team=(teammate(seller.admin), teammate(user)))
        answer_for_vendor(deal, Substatus.DECLINED)
        with pytest.raises(actions.NotPossible) as refused:
            do(user, actions.recreate, deal)
        assert refused.value.refusal is NOT_THIS_LOCATION
        with tenancy.as_system():
            Location.objects.filter(id=seller.location.id).update(closed_at=NOW)
        with pytest.raises(actions.NotPossible) as refused:
            do(seller.admin, actions.recreate, deal)
        assert refused.value.refusal is possible.LOCATION_CLOSED


class TestTheSeller:
    def test_is_shown_once_the_vendor_accepted(self, cast: Cast, seller: Seller) -> None:
        deal = made(seller)
        with tenancy.as_system():
            VendorSeller.objects.create(
                site=cast.site, vendor_referral=vendor_side(deal), name="Dana", email="d@vendor.example"
            )
        for substatus, seen in ((Substatus.RECEIVED, 0), (Substatus.ACCEPTED, 1)):
            answer_for_vendor(deal, substatus)
            with tenancy.scope(actor(seller.admin)):
                assert VendorSeller.objects.count() == seen


class TestFavourites:
    def test_are_somebodys_own_and_marking_twice_is_marking_once(self, cast: Cast, seller: Seller) -> None:
        from cosell.models import Favourite

        deal = made(seller)
        for on, count in ((True, 1), (True, 1), (False, 0), (False, 0)):
            who = actor(seller.admin)
            with tenancy.scope(who):
                actions.mark(deal, on, by=who)
                assert Favourite.objects.count() == count
