"""The life of a deal as the database holds to it, tried with plain SQL as every role, on both sides.

What the edges in cosell/states.py allow succeeds, for whom it is; whatever else one may think of is refused.
"""

from __future__ import annotations

import psycopg2
import pytest
from django.db import DatabaseError, transaction

from cosell.models import REASON_FROM_USD, Referral, Seller, TeamMember, VendorReferral
from cosell.states import EDGES, STATUS_OF, TERMINAL, UPGRADES, Sharing, Status, Substatus
from identity import tenancy
from identity.actors import Actor
from identity.models import Role
from identity.tenancy import DISTRIBUTOR, RESELLER, STAFF, SYSTEM
from tests.cast import Cast, actor
from tests.cosell.factories import answer_for_vendor, give_role, make_location, make_referral, make_solution
from tests.cosell.referrals.made import succeeds
from tests.deals.test_states import as_superuser

pytestmark = pytest.mark.django_db

# What else a state needs, so that nothing but the move itself can be refused.
BROUGHT_ALONG = {
    Substatus.RECEIVED: "expires_at = coalesce(expires_at, now())",
    Substatus.ACCEPTED: "accepted_at = now()",
    Substatus.WON: "closed_at = now()",
    Substatus.LOST: "closed_at = now(), reason = 'budget'",
    Substatus.DECLINED: "closed_at = now(), reason = 'budget'",
    Substatus.EXPIRED: "closed_at = now()",
}
BY_PERSON = {
    RESELLER: {"partner"},
    DISTRIBUTOR: {"partner"},
    STAFF: {"vendor"},
    SYSTEM: {"partner", "vendor"},
}
LIVING = tuple(substatus for substatus in Substatus if substatus not in TERMINAL)


def roles(cast: Cast) -> dict[str, Actor]:
    return {
        RESELLER: actor(give_role(cast.primary, Role.REFERRALS_ADMIN)),
        STAFF: actor(cast.deal_desk),
        SYSTEM: Actor.system(),
    }


def allowed(before: str, after: str, role: str, side: str) -> bool:
    return (
        after in EDGES[before] and side in BY_PERSON[role] and (after != Substatus.EXPIRED or role == SYSTEM)
    )


class TestAMoveOfThePartnersSide:
    @pytest.mark.parametrize("before", Substatus.values)
    def test_is_made_by_whom_it_is_for_and_by_nobody_else(self, cast: Cast, before: str) -> None:
        deal = make_referral(cast.site, substatus=before)
        for after in Substatus:
            if after == before:
                continue
            sets = ", ".join(filter(None, ["status = %s, substatus = %s", BROUGHT_ALONG.get(after)]))
            sql = f"UPDATE cosell_referral SET {sets} WHERE id = %s"
            for role, who in roles(cast).items():
                expected = allowed(before, after, role, "partner")
                assert succeeds(who, sql, STATUS_OF[after], after, deal.id) is expected, (
                    f"{role}: {before} to {after}"
                )

    def test_is_made_by_a_distributor_of_its_own_deals_too(self, cast: Cast) -> None:
        admin = actor(give_role(cast.distributor, Role.REFERRALS_ADMIN))
        deal = make_referral(cast.distributor_site, substatus=Substatus.RECEIVED)
        sql = "UPDATE cosell_referral SET status = %s, substatus = %s, closed_at = now() WHERE id = %s"
        assert succeeds(admin, sql, "active", "accepted", deal.id)
        assert not succeeds(admin, sql, "closed", "expired", deal.id)

    def test_every_state_can_be_left_or_is_terminal(self) -> None:
        assert set(EDGES) == set(Substatus.values)
        assert set(TERMINAL) == {s for s in Substatus if STATUS_OF[s] == Status.CLOSED}

    def test_a_status_and_a_substatus_that_do_not_belong_together_are_refused(self, cast: Cast) -> None:
        deal = make_referral(cast.site)
        sql = "UPDATE cosell_referral SET status = %s, closed_at = now() WHERE id = %s"
        for status in (Status.NEW, Status.CLOSED):
            assert not succeeds(Actor.system(), sql, status, deal.id)


class TestAMoveOfTheVendorsSide:
    @pytest.mark.parametrize("before", [s for s in Substatus if s != Substatus.PENDING])
    def test_is_made_by_whom_it_is_for_and_by_nobody_else(self, cast: Cast, before: Substatus) -> None:
        deal = make_referral(cast.site)
        side = answer_for_vendor(deal, before)
        for after in Substatus:
            if after == before:
                continue
            brought = BROUGHT_ALONG.get(after, "").replace(", reason = 'budget'", "")
            sets = ", ".join(filter(None, ["status = %s, substatus = %s", brought]))
            sql = f"UPDATE cosell_vendorreferral SET {sets} WHERE id = %s"
            for role, who in roles(cast).items():
                expected = allowed(before, after, role, "vendor")
                assert succeeds(who, sql, STATUS_OF[after], after, side.id) is expected, (
                    f"{role}: {before} to {after}"
                )

    def test_is_touched_by_no_partner_in_any_way(self, cast: Cast) -> None:
        side = answer_for_vendor(make_referral(cast.site), Substatus.RECEIVED)
        for change in ("version = 2", "reason = ''", "expires_at = now()", "remind_at = null"):
            sql = f"UPDATE cosell_vendorreferral SET {change} WHERE id = %s"
            assert not succeeds(roles(cast)[RESELLER], sql, side.id)
            assert succeeds(Actor.system(), sql, side.id)

    def test_the_vendor_does_not_give_itself_more_time(self, cast: Cast) -> None:
        side = answer_for_vendor(make_referral(cast.site), Substatus.RECEIVED)
        sql = "UPDATE cosell_vendorreferral SET expires_at = now() + interval '99 days' WHERE id = %s"
        assert not succeeds(actor(cast.deal_desk), sql, side.id)


class TestWhatIsClosed:
    @pytest.mark.parametrize("substatus", TERMINAL)
    def test_is_never_changed_by_anybody_in_any_part(self, cast: Cast, substatus: str) -> None:
        solution = make_solution(cast.site)
        deal = make_referral(cast.site, substatus=substatus, team=[cast.sales], solutions=[solution])
        add = (
            "INSERT INTO cosell_teammember (site_id, referral_id, sharing, first_name, last_name, job_title, email,"
            " phone, notify) VALUES (%s, %s, 'cosell', 'x', 'x', '', 'x@x.example', '1', true)"
        )
        for who in roles(cast).values():
            for change in ("updated_at = now()", "version = version + 1", "status = status", "notes = 'x'"):
                assert not succeeds(who, f"UPDATE cosell_referral SET {change} WHERE id = %s", deal.id)
            assert not succeeds(who, "DELETE FROM cosell_referral WHERE id = %s", deal.id)
            for part in ("cosell_teammember", "cosell_referralsolution"):
                assert not succeeds(who, f"DELETE FROM {part} WHERE referral_id = %s", deal.id)
                assert not succeeds(
                    who, f"UPDATE {part} SET sharing = sharing WHERE referral_id = %s", deal.id
                )
            assert not succeeds(who, add, cast.site.id, deal.id)

    def test_the_same_is_possible_while_it_is_open(self, cast: Cast) -> None:
        deal = make_referral(cast.site, team=[cast.sales], solutions=[make_solution(cast.site)])
        admin = roles(cast)[RESELLER]
        assert succeeds(admin, "UPDATE cosell_referral SET notes = 'x' WHERE id = %s", deal.id)
        assert succeeds(admin, "DELETE FROM cosell_teammember WHERE referral_id = %s", deal.id)
        assert succeeds(
            admin, "UPDATE cosell_referralsolution SET quantity = 2 WHERE referral_id = %s", deal.id
        )

    @pytest.mark.parametrize("substatus", TERMINAL)
    def test_the_vendors_side_and_its_seller_are_never_changed_either(
        self, cast: Cast, substatus: Substatus
    ) -> None:
        deal = make_referral(cast.site)
        with tenancy.as_system():
            side = VendorReferral.objects.get(referral=deal)
            seller = Seller.objects.create(
                site=cast.site, vendor_referral=side, name="Dana Desk", email="dana@vendor.example"
            )
        answer_for_vendor(deal, substatus)
        for who in roles(cast).values():
            for change in ("version = version + 1", "status = status", "value_usd = 1"):
                assert not succeeds(who, f"UPDATE cosell_vendorreferral SET {change} WHERE id = %s", side.id)
            assert not succeeds(who, "DELETE FROM cosell_vendorreferral WHERE id = %s", side.id)
            assert not succeeds(who, "UPDATE cosell_seller SET name = 'x' WHERE id = %s", seller.id)
            assert not succeeds(who, "DELETE FROM cosell_seller WHERE id = %s", seller.id)

    @pytest.mark.django_db(transaction=True)
    def test_is_not_even_changed_by_a_superuser(self, cast: Cast) -> None:
        deal = make_referral(cast.site, substatus=Substatus.WON)
        for sql, said in (
            ("UPDATE cosell_referral SET value = 1 WHERE id = %s", "never changed"),
            ("DELETE FROM cosell_referral WHERE id = %s", "never deleted"),
        ):
            with pytest.raises(psycopg2.IntegrityError, match=said), as_superuser() as cursor:
                cursor.execute(sql, [deal.id])

    def test_can_still_be_marked_as_a_favourite(self, cast: Cast) -> None:
        deal = make_referral(cast.site, substatus=Substatus.LOST)
        sql = "INSERT INTO cosell_favourite (site_id, user_id, referral_id) VALUES (%s, %s, %s)"
        assert succeeds(roles(cast)[RESELLER], sql, cast.site.id, cast.primary.user_id, deal.id)


class TestSharing:
    @pytest.mark.parametrize("before", Sharing.values)
    def test_only_ever_goes_up(self, cast: Cast, before: str) -> None:
        deal = make_referral(cast.site, sharing=before)
        sql = "UPDATE cosell_referral SET sharing = %s WHERE id = %s"
        for after in Sharing:
            for role, who in roles(cast).items():
                if after != before:
                    expected = after in UPGRADES[before] and role != STAFF
                    assert succeeds(who, sql, after, deal.id) is expected, f"{role}: {before} to {after}"

    @pytest.mark.parametrize(
        ("sharing", "consent"),
        [("partner_led", "consent_share"), ("cosell", "consent_share"), ("cosell", "consent_sellers")],
    )
    def test_takes_the_customers_consent(self, cast: Cast, sharing: str, consent: str) -> None:
        deal = make_referral(cast.site, sharing=Sharing.PRIVATE)
        sql = f"UPDATE cosell_referral SET sharing = %s, {consent} = %s WHERE id = %s"
        assert not succeeds(roles(cast)[RESELLER], sql, sharing, False, deal.id)
        assert succeeds(roles(cast)[RESELLER], sql, sharing, True, deal.id)

    def test_brings_the_parts_along(self, cast: Cast) -> None:
        deal = make_referral(cast.site, sharing=Sharing.PRIVATE, team=[cast.sales])
        with tenancy.scope(roles(cast)[RESELLER]):
            Referral.objects.filter(id=deal.id).update(sharing=Sharing.PARTNER_LED)
            assert TeamMember.objects.get(referral=deal).sharing == Sharing.PARTNER_LED


class TestWhatNeverChanges:
    @pytest.mark.parametrize("role", [RESELLER, SYSTEM])
    @pytest.mark.parametrize(
        "change",
        ["engagement = 'other'", "public_id = 'other'", "location_name = 'x'", "direction = 'incoming'",
         "origin = 'vendor'", "invitation_id = 1", "created_at = now()", "created_by_name = 'x'", "site_name = 'x'"],
    )  # fmt: skip
    def test_is_where_a_deal_belongs_and_how_it_began(self, cast: Cast, role: str, change: str) -> None:
        deal = make_referral(cast.site)
        assert not succeeds(roles(cast)[role], f"UPDATE cosell_referral SET {change} WHERE id = %s", deal.id)

    def test_is_its_location_and_its_site(self, cast: Cast) -> None:
        deal, elsewhere = make_referral(cast.site), make_location(cast.site)
        sql = "UPDATE cosell_referral SET location_id = %s WHERE id = %s"
        assert not succeeds(roles(cast)[RESELLER], sql, elsewhere.id, deal.id)
        sql = "UPDATE cosell_referral SET site_id = %s WHERE id = %s"
        assert not succeeds(Actor.system(), sql, cast.rival_site.id, deal.id)

    def test_is_the_time_to_answer_for_whoever_is_to_answer(self, cast: Cast) -> None:
        deal = make_referral(cast.site, substatus=Substatus.RECEIVED)
        sql = "UPDATE cosell_referral SET expires_at = now() + interval '99 days' WHERE id = %s"
        assert not succeeds(roles(cast)[RESELLER], sql, deal.id)


class TestWhoSeesADeal:
    def test_follows_from_its_team_and_is_written_by_nobody(self, cast: Cast) -> None:
        deal = make_referral(cast.site)
        sql = "UPDATE cosell_referral SET team_user_ids = ARRAY[%s::bigint] WHERE id = %s"
        assert not succeeds(roles(cast)[RESELLER], sql, cast.sales.user_id, deal.id)
        other = "UPDATE cosell_referral SET notes = 'x' WHERE id = %s"
        assert succeeds(roles(cast)[RESELLER], other, deal.id)


class TestTheVendorsSide:
    def test_does_not_take_on_what_the_partner_has_closed(self, cast: Cast) -> None:
        sql = (
            "UPDATE cosell_vendorreferral SET status = 'active', substatus = 'accepted', accepted_at = now()"
            " WHERE referral_id = %s"
        )
        closed, waiting = make_referral(cast.site, substatus=Substatus.WON), make_referral(cast.site)
        assert not succeeds(roles(cast)[STAFF], sql, closed.id)
        assert succeeds(roles(cast)[STAFF], sql, waiting.id)

    def test_begins_when_a_deal_is_co_sell_and_waits_for_the_vendors_answer(self, cast: Cast) -> None:
        side = answer_for_vendor(make_referral(cast.site), Substatus.RECEIVED)
        assert (side.direction, side.status, side.substatus) == ("incoming", "new", "received")
        assert side.expires_at is not None
        assert (side.expires_at - side.created_at).days == 14
        assert side.remind_at is not None
        assert (side.expires_at - side.remind_at).days == 3

    @pytest.mark.parametrize("sharing", [Sharing.PRIVATE, Sharing.PARTNER_LED])
    def test_begins_only_once_its_help_is_asked_for(self, cast: Cast, sharing: str) -> None:
        deal = make_referral(cast.site, sharing=sharing)
        with tenancy.as_system():
            assert not VendorReferral.objects.filter(referral=deal).exists()
            Referral.objects.filter(id=deal.id).update(sharing=Sharing.COSELL)
            assert VendorReferral.objects.filter(referral=deal).count() == 1

    def test_does_not_begin_where_the_vendor_sent_the_deal(self, cast: Cast) -> None:
        deal = make_referral(cast.site, origin="vendor", direction="incoming", substatus=Substatus.RECEIVED)
        with tenancy.as_system():
            Referral.objects.filter(id=deal.id).update(status="active", substatus="accepted")
            assert not VendorReferral.objects.filter(referral=deal).exists()

    @pytest.mark.parametrize(
        ("value", "reason", "kept"),
        [(REASON_FROM_USD, "no_seller", True), (REASON_FROM_USD - 1, "no_seller", False),
         (REASON_FROM_USD - 1, "", True), (REASON_FROM_USD, "", False), (None, "no_customer", True)],
    )  # fmt: skip
    def test_gives_a_reason_for_a_decline_unless_the_deal_is_small(
        self, cast: Cast, value: int | None, reason: str, kept: bool
    ) -> None:
        side = answer_for_vendor(make_referral(cast.site), Substatus.RECEIVED)
        sql = (
            "UPDATE cosell_vendorreferral SET status = 'closed', substatus = 'declined', closed_at = now(),"
            " value_usd = %s, reason = %s WHERE id = %s"
        )
        assert succeeds(actor(cast.deal_desk), sql, value, reason, side.id) is kept

    def test_gives_no_reason_when_it_expired(self, cast: Cast) -> None:
        side = answer_for_vendor(make_referral(cast.site), Substatus.RECEIVED)
        sql = (
            "UPDATE cosell_vendorreferral SET status = 'closed', substatus = 'expired', closed_at = now(),"
            " reason = %s WHERE id = %s"
        )
        assert not succeeds(Actor.system(), sql, "no_seller", side.id)
        assert succeeds(Actor.system(), sql, "", side.id)

    def test_shows_its_seller_once_it_accepted_and_not_before(self, cast: Cast) -> None:
        deal = make_referral(cast.site)
        admin = actor(give_role(cast.primary, Role.REFERRALS_ADMIN))
        with tenancy.scope(actor(cast.deal_desk)):
            side = VendorReferral.objects.get(referral=deal)
            Seller.objects.create(
                site=cast.site, vendor_referral=side, name="Dana", email="d@vendor.example", shown=True
            )
        with tenancy.scope(admin):
            assert not Seller.objects.exists()
        answer_for_vendor(deal, Substatus.ACCEPTED)
        with tenancy.scope(admin):
            assert Seller.objects.get().name == "Dana"
        answer_for_vendor_lost(side)
        with tenancy.scope(admin):
            assert Seller.objects.get().name == "Dana"

    def test_is_begun_by_staff_for_what_they_send_alone(self, cast: Cast) -> None:
        deal = make_referral(cast.site, sharing=Sharing.PARTNER_LED)
        with tenancy.scope(actor(cast.deal_desk)), pytest.raises(DatabaseError), transaction.atomic():
            VendorReferral.objects.create(
                engagement=deal.engagement, site=cast.site, referral=deal, direction="outgoing", status="active",
                substatus="accepted", created_at=deal.created_at,
            )  # fmt: skip


def answer_for_vendor_lost(side: VendorReferral) -> None:
    with tenancy.as_system():
        VendorReferral.objects.filter(id=side.id).update(
            status="closed", substatus="lost", closed_at=side.created_at
        )


class TestTheTeam:
    def test_decides_which_users_see_the_deal(self, cast: Cast) -> None:
        give_role(cast.sales, Role.REFERRALS_USER)
        deal = make_referral(cast.site)
        with tenancy.scope(roles(cast)[RESELLER]):
            TeamMember.objects.create(
                site=cast.site, referral=deal, sharing=deal.sharing, membership=cast.sales, first_name="N",
                last_name="F", email="n@nile.example", phone="1",
            )  # fmt: skip
        with tenancy.scope(actor(cast.sales)):
            assert Referral.objects.get(id=deal.id).team_user_ids == [cast.sales.user_id]
        with tenancy.scope(roles(cast)[RESELLER]):
            TeamMember.objects.filter(referral=deal).delete()
        with tenancy.scope(actor(cast.sales)):
            assert not Referral.objects.filter(id=deal.id).exists()

    def test_nobody_joins_it_who_does_not_see_the_deal(self, cast: Cast) -> None:
        user = actor(give_role(cast.sales, Role.REFERRALS_USER))
        deal = make_referral(cast.site)
        sql = (
            "INSERT INTO cosell_teammember (site_id, referral_id, sharing, membership_id, first_name, last_name,"
            " job_title, email, phone, notify) VALUES (%s, %s, 'cosell', %s, 'x', 'x', '', 'x@x.example', '1', true)"
        )
        assert not succeeds(user, sql, cast.site.id, deal.id, cast.sales.id)
        assert succeeds(roles(cast)[RESELLER], sql, cast.site.id, deal.id, cast.sales.id)


class TestANewDeal:
    def test_of_a_partner_is_its_own_and_outbound(self, cast: Cast) -> None:
        admin, there = roles(cast)[RESELLER], make_location(cast.site)
        mine = make_referral(cast.site, there)
        with tenancy.scope(admin):
            for wrong in (
                {"origin": "vendor"}, {"direction": "incoming"}, {"invitation_id": 1}, {"engagement": mine.engagement},
                {"status": "closed", "substatus": "won", "closed_at": mine.created_at},
                {"status": "new", "substatus": "received", "expires_at": mine.created_at},
            ):  # fmt: skip
                with pytest.raises(DatabaseError), transaction.atomic():
                    self.copy(mine, **wrong)
            self.copy(mine)

    def test_does_not_join_another_partners_engagement(self, cast: Cast) -> None:
        theirs = make_referral(cast.rival_site)
        mine = make_referral(cast.site)
        with tenancy.scope(roles(cast)[RESELLER]), pytest.raises(DatabaseError), transaction.atomic():
            self.copy(mine, engagement=theirs.engagement)

    @staticmethod
    def copy(referral: Referral, **changes: object) -> Referral:
        skipped = ("id", "public_id", "engagement")
        fields = {
            f.attname: getattr(referral, f.attname) for f in Referral._meta.fields if f.name not in skipped
        }
        return Referral.objects.create(**fields | changes)
