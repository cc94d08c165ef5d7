"""What a partner's people do with leads, who of them sees which, and what the database refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from cosell.leads import actions
from cosell.leads.states import PATIENCE
from cosell.leads.words import banner_of
from cosell.models import Lead, LeadFavourite, Location, PublishedProfile
from cosell.states import Sharing
from identity import tenancy
from identity.models import AuditEvent, Membership, Role, StaffRole, User
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location, make_referral, make_solution
from tests.cosell.leads.made import enquiry, make_lead, published
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo office", city="Cairo")


@pytest.fixture
def luxor(cast: Cast) -> Location:
    return make_location(cast.site, "Luxor office", city="Luxor")


@pytest.fixture
def profile(cast: Cast, cairo: Location, luxor: Location) -> PublishedProfile:
    return published(cast.site, cairo, luxor)


@pytest.fixture
def admin(cast: Cast) -> Membership:
    return give_role(cast.primary, Role.REFERRALS_ADMIN)


def seen_by(who: Membership | User) -> set[str]:
    with tenancy.scope(actor(who)):
        return set(Lead.objects.values_list("customer_name", flat=True))


def now_is(lead: Lead) -> Lead:
    with tenancy.as_system():
        return Lead.objects.get(id=lead.id)


class TestWhoSeesThem:
    def test_administrators_those_of_their_locations(
        self, cast: Cast, profile: PublishedProfile, luxor: Location
    ) -> None:
        make_lead(profile, company="in Cairo", city="Cairo")
        make_lead(profile, company="in Luxor", city="Luxor")
        assert seen_by(give_role(cast.primary, Role.REFERRALS_ADMIN)) == {"in Cairo", "in Luxor"}
        assert seen_by(give_role(cast.secondary, Role.REFERRALS_ADMIN, at=[luxor])) == {"in Luxor"}

    def test_users_those_that_they_work_on(
        self, cast: Cast, profile: PublishedProfile, admin: Membership
    ) -> None:
        lead, user = make_lead(profile), give_role(cast.sales, Role.REFERRALS_USER)
        assert seen_by(user) == set()
        with tenancy.scope(actor(admin)):
            actions.assign_lead(lead, user, by=actor(admin), now=NOW)
        assert seen_by(user) == {"Oasis Dairy"}

    def test_neither_rivals_nor_the_vendor_what_a_customer_wrote(
        self, cast: Cast, profile: PublishedProfile
    ) -> None:
        make_lead(profile)
        assert seen_by(give_role(cast.rival, Role.REFERRALS_ADMIN)) == set()
        assert seen_by(cast.deal_desk) == set()
        assert seen_by(cast.primary) == set()  # without a role


class TestDeeds:
    def test_whoever_accepts_works_on_it(self, profile: PublishedProfile, admin: Membership) -> None:
        lead, who = make_lead(profile), actor(admin)
        with tenancy.scope(who):
            lead = actions.accept_lead(lead, by=who, now=NOW, version=1)
        assert (lead.stage, lead.assigned_name, lead.answered_at) == ("accepted", "Amira Haddad", NOW)

    def test_a_lead_that_changed_meanwhile_is_not_overwritten(
        self, profile: PublishedProfile, admin: Membership
    ) -> None:
        lead, who = make_lead(profile), actor(admin)
        with tenancy.scope(who):
            actions.accept_lead(lead, by=who, now=NOW)
            with pytest.raises(actions.LeadChanged):
                actions.archive_lead(lead, reason="no_fit", by=who, now=NOW, version=1)
            with pytest.raises(actions.NotPossible, match="accepted already"):
                actions.accept_lead(lead, by=who, now=NOW)

    def test_archiving_takes_a_reason_and_another_reason_words(
        self, profile: PublishedProfile, admin: Membership
    ) -> None:
        lead, who = make_lead(profile), actor(admin)
        with tenancy.scope(who):
            for reason in ("", "spam", "size", "other"):
                with pytest.raises(actions.BadReason):
                    actions.archive_lead(lead, reason=reason, by=who, now=NOW)
            lead = actions.archive_lead(lead, reason="other", note="They moved.", by=who, now=NOW)
        assert (lead.stage, lead.reason, lead.note) == ("archived", "other", "They moved.")

    def test_spam_comes_back_and_what_was_archived_on_purpose_does_not(
        self, profile: PublishedProfile, admin: Membership
    ) -> None:
        spam, done, who = make_lead(profile), make_lead(profile), actor(admin)
        with tenancy.scope(who):
            actions.mark_spam(spam, by=who, now=NOW)
            assert actions.restore_lead(spam, by=who, now=NOW).stage == "received"
            actions.archive_lead(done, reason="no_fit", by=who, now=NOW)
            with pytest.raises(actions.NotPossible, match="on purpose"):
                actions.restore_lead(done, by=who, now=NOW)

    def test_a_lead_is_given_to_those_alone_who_work_at_its_location(
        self, cast: Cast, profile: PublishedProfile, admin: Membership, luxor: Location
    ) -> None:
        lead, elsewhere = (
            make_lead(profile, city="Cairo"),
            give_role(cast.sales, Role.REFERRALS_USER, at=[luxor]),
        )
        who = actor(admin)
        with tenancy.scope(who), pytest.raises(actions.NotTheirs):
            actions.assign_lead(lead, elsewhere, by=who, now=NOW)

    def test_a_user_may_accept_what_was_given_to_them_and_give_it_to_nobody(
        self, cast: Cast, profile: PublishedProfile, admin: Membership
    ) -> None:
        lead, user = make_lead(profile), give_role(cast.sales, Role.REFERRALS_USER)
        with tenancy.scope(actor(admin)):
            actions.assign_lead(lead, user, by=actor(admin), now=NOW)
        with tenancy.scope(actor(user)):
            actions.accept_lead(lead, by=actor(user), now=NOW)
            with pytest.raises(actions.NotPossible) as caught:
                actions.assign_lead(lead, admin, by=actor(user), now=NOW)
        assert caught.value.of_person

    def test_an_administrator_of_elsewhere_gives_it_to_nobody(
        self, cast: Cast, profile: PublishedProfile, admin: Membership, luxor: Location
    ) -> None:
        """The privilege does not say where it holds: at this lead's location they are a user."""
        lead = make_lead(profile)
        user = give_role(give_role(cast.sales, Role.REFERRALS_USER), Role.REFERRALS_ADMIN, at=[luxor])
        with tenancy.scope(actor(admin)):
            actions.assign_lead(lead, user, by=actor(admin), now=NOW)
        with tenancy.scope(actor(user)), pytest.raises(actions.NotPossible, match="of this location"):
            actions.assign_lead(lead, admin, by=actor(user), now=NOW)

    def test_the_trail_of_who_wrote_to_the_partner_is_its_partners_alone(
        self, cast: Cast, profile: PublishedProfile, admin: Membership
    ) -> None:
        lead, who = make_lead(profile), actor(admin)
        with tenancy.scope(who):
            actions.accept_lead(lead, by=who, now=NOW)
            assert [event.event for event in AuditEvent.objects.filter(object_type="lead")] == [
                "lead.accepted"
            ]
        with tenancy.scope(actor(cast.deal_desk)):
            assert not AuditEvent.objects.filter(object_type="lead").exists()

    def test_the_vendor_is_not_told_that_its_lead_became_a_private_deal(
        self, cast: Cast, profile: PublishedProfile, admin: Membership, cairo: Location
    ) -> None:
        operations = make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        staff, who = actor(operations), actor(admin)
        with tenancy.scope(staff):
            need = actions.enter_need(enquiry(), by=staff, now=NOW)
            (lead,) = actions.offer_need(need, [profile], by=staff, now=NOW)
        make_solution(profile.site)
        deal = make_referral(profile.site, cairo, sharing=Sharing.PRIVATE)
        with tenancy.scope(who):
            actions.accept_lead(lead, by=who, now=NOW)
            actions.note_deal(lead, deal, by=who, now=NOW)
        path = f"/cosell/leads/{lead.public_id}/"
        assert "Became a deal" in signed_in(admin).get(path).content.decode()
        shown = signed_in(operations).get(path)
        assert shown.status_code == 200
        assert "Became a deal" not in shown.content.decode()
        with tenancy.scope(staff):
            told = AuditEvent.objects.filter(object_type="lead").order_by("id")
            assert [event.event for event in told] == ["lead.offered", "lead.accepted"]

    def test_a_lead_keeps_the_deal_that_it_became(
        self, profile: PublishedProfile, admin: Membership, cairo: Location
    ) -> None:
        make_solution(profile.site)
        lead, who = make_lead(profile), actor(admin)
        deal, other = make_referral(profile.site, cairo), make_referral(profile.site, cairo)
        with tenancy.scope(who):
            with pytest.raises(actions.NotPossible, match="not accepted"):
                actions.note_deal(lead, deal, by=who, now=NOW)
            actions.accept_lead(lead, by=who, now=NOW)
            actions.note_deal(lead, deal, by=who, now=NOW)
            with pytest.raises(actions.NotPossible, match="A deal was made"):
                actions.note_deal(lead, other, by=who, now=NOW)
        with pytest.raises(DatabaseError, match="keeps the deal"), tenancy.as_system():
            Lead.objects.filter(id=lead.id).update(referral=other)

    def test_a_mark_is_ones_own(self, cast: Cast, profile: PublishedProfile, admin: Membership) -> None:
        lead = make_lead(profile)
        colleague = give_role(cast.secondary, Role.REFERRALS_ADMIN)
        with tenancy.scope(actor(admin)):
            actions.mark_lead(lead, True, by=actor(admin))
            actions.mark_lead(lead, True, by=actor(admin))
            assert LeadFavourite.objects.count() == 1
        with tenancy.scope(actor(colleague)):
            assert LeadFavourite.objects.count() == 0


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("first", "then"),
        [("archived", "accepted"), ("archived", "received"), ("accepted", "received")],
    )
    def test_refuses_stages_that_do_not_follow(
        self, profile: PublishedProfile, admin: Membership, first: str, then: str
    ) -> None:
        lead, who = make_lead(profile), actor(admin)
        with tenancy.scope(who):
            if first == "accepted":
                actions.accept_lead(lead, by=who, now=NOW)
            else:
                actions.archive_lead(lead, reason="no_fit", by=who, now=NOW)
        changes = {"stage": then, "reason": "", "archived_at": None, "accepted_at": NOW}
        with pytest.raises(DatabaseError, match="does not go from"), tenancy.as_system():
            Lead.objects.filter(id=lead.id).update(**changes)

    def test_lets_nobody_change_what_a_customer_asked_for(
        self, profile: PublishedProfile, admin: Membership
    ) -> None:
        lead = make_lead(profile)
        with pytest.raises(DatabaseError, match="permission denied"), tenancy.scope(actor(admin)):
            Lead.objects.filter(id=lead.id).update(wish="Something else")
        with pytest.raises(DatabaseError, match="asked for stands"), tenancy.as_system():
            Lead.objects.filter(id=lead.id).update(wish="Something else")


class TestTheBanner:
    def test_changes_its_words_after_72_hours(self, profile: PublishedProfile) -> None:
        lead = make_lead(profile, now=NOW)
        early, late = banner_of(lead, NOW + PATIENCE - timedelta(seconds=1)), banner_of(lead, NOW + PATIENCE)
        assert early is not None
        assert late is not None
        assert (early.tone, early.until) == ("info", NOW + PATIENCE)
        assert (late.tone, late.until) == ("warn", None)
        assert early.title != late.title

    def test_is_absent_where_nobody_asked(self, profile: PublishedProfile) -> None:
        assert banner_of(make_lead(profile, wants_contact=False), NOW) is None


class TestThePages:
    def client(self, who: Membership | User) -> Client:
        return signed_in(who)

    def test_list_tabs_stages_and_search(self, profile: PublishedProfile, admin: Membership) -> None:
        make_lead(profile, company="Sphinx Bakery")
        make_lead(profile, company="Suspicious Ltd", suspected=True)
        client = self.client(admin)
        shown = client.get("/cosell/leads/").content.decode()
        assert "Sphinx Bakery" in shown
        assert "Suspicious" not in shown
        assert "Suspicious" in client.get("/cosell/leads/?stage=spam").content.decode()
        assert "Sphinx" in client.get("/cosell/leads/?show=marketplace&q=sphinx").content.decode()
        assert "Sphinx" not in client.get("/cosell/leads/?show=qualified").content.decode()
        assert client.get("/cosell/leads/counts/").json() == ["1", "1", "0", "0"]

    def test_one_lead_is_accepted_marked_and_archived(
        self, profile: PublishedProfile, admin: Membership
    ) -> None:
        lead, client = make_lead(profile), self.client(admin)
        there = f"/cosell/leads/{lead.public_id}/"
        assert "asked to be contacted" in client.get(there).content.decode()
        assert client.post(f"{there}accept/", {"version": "1"}).status_code == 302
        assert now_is(lead).stage == "accepted"
        assert client.post(f"{there}favourite/", {"on": "1"}).status_code == 302
        assert "Oasis Dairy" in client.get("/cosell/leads/?show=favourites").content.decode()
        wrong = client.post(f"{there}archive/", {"reason": "other", "version": "2"})
        assert wrong.status_code == 422
        assert "Say in a few words why" in wrong.content.decode()
        stale = client.post(f"{there}archive/", {"reason": "no_fit", "note": "Too far away", "version": "1"})
        assert stale.status_code == 409
        assert "Too far away" in stale.content.decode()
        assert client.post(f"{there}archive/", {"reason": "no_fit", "version": "2"}).status_code == 302
        assert "Archived" in client.get(there).content.decode()

    def test_a_deal_is_begun_with_the_lead_in_its_address(
        self, profile: PublishedProfile, admin: Membership
    ) -> None:
        lead, client = make_lead(profile), self.client(admin)
        there = f"/cosell/leads/{lead.public_id}/"
        assert client.get(f"{there}deal/").status_code == 409
        client.post(f"{there}accept/", {})
        assert "no solution" in client.get(f"{there}deal/").content.decode()
        make_solution(profile.site)
        answer = client.get(f"{there}deal/")
        assert answer.headers["Location"] == f"/cosell/deals/new/?lead={lead.public_id}"

    def test_a_rival_finds_nothing(self, cast: Cast, profile: PublishedProfile) -> None:
        lead, client = make_lead(profile), self.client(give_role(cast.rival, Role.REFERRALS_ADMIN))
        assert client.get(f"/cosell/leads/{lead.public_id}/").status_code == 404
        assert client.post(f"/cosell/leads/{lead.public_id}/accept/").status_code == 404

    def test_home_says_who_waits(self, profile: PublishedProfile, admin: Membership) -> None:
        make_lead(profile, now=NOW - timedelta(hours=80))
        make_lead(profile)
        shown = self.client(admin).get("/").content.decode()
        assert "1 customer has waited for more than 72 hours" in shown
        assert "1 lead waits for your answer" in shown
