"""Figures, proposals, and needs that are offered to partners."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cosell.leads import actions
from cosell.matching.figuring import reckon
from cosell.matching.proposing import proposals_for
from cosell.models import Lead, MatchFigures, Need
from cosell.states import Direction, Origin, Sharing, Substatus
from identity import tenancy
from identity.models import Role, User
from identity.privileges import StaffRole
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location, make_referral
from tests.cosell.leads.made import enquiry, make_lead, published
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def operations() -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


def need_of(who: User, **said: object) -> Need:
    with tenancy.scope(actor(who)):
        return actions.enter_need(enquiry(**said), by=actor(who), now=NOW)


class TestFigures:
    def test_count_what_was_asked_answered_and_closed(self, cast: Cast) -> None:
        place = make_location(cast.site)
        profile, admin = published(cast.site, place), give_role(cast.primary, Role.REFERRALS_ADMIN)
        who = actor(admin)
        quick, slow, spam = (make_lead(profile, now=NOW - timedelta(hours=30)) for _each in range(3))
        make_lead(profile, now=NOW - timedelta(days=10))  # never answered
        make_lead(profile, now=NOW)  # there is time left
        with tenancy.scope(who):
            actions.accept_lead(quick, by=who, now=NOW - timedelta(hours=28))
            actions.archive_lead(slow, reason="no_fit", by=who, now=NOW - timedelta(hours=6))
            actions.mark_spam(spam, by=who, now=NOW)
        make_referral(cast.site, place, substatus=Substatus.WON, closed_at=NOW - timedelta(days=1))
        make_referral(cast.site, place, substatus=Substatus.LOST, closed_at=NOW - timedelta(days=1))
        make_referral(
            cast.site, place, direction=Direction.INCOMING, origin=Origin.VENDOR, created_at=NOW - timedelta(hours=5),
            accepted_at=NOW - timedelta(hours=4),
        )  # fmt: skip
        assert reckon(now=NOW) == reckon(now=NOW) == 1
        with tenancy.as_system():
            got = MatchFigures.objects.get()
        assert (got.received, got.accepted, got.answered) == (5, 2, 4)
        assert got.answer_minutes == 13 * 60  # between 2 and 24 hours; the others took 1 and 72
        assert (got.closed, got.won) == (2, 1)

    def test_count_no_private_deal_since_the_vendor_reads_them(self, cast: Cast) -> None:
        place = make_location(cast.site)
        published(cast.site, place)
        gone = {"sharing": Sharing.PRIVATE, "closed_at": NOW - timedelta(days=1)}
        make_referral(cast.site, place, substatus=Substatus.WON, **gone)
        make_referral(cast.site, place, substatus=Substatus.LOST, **gone)
        make_referral(
            cast.site, place, sharing=Sharing.PRIVATE, direction=Direction.INCOMING, origin=Origin.INVITED,
            created_at=NOW - timedelta(hours=5), accepted_at=NOW - timedelta(hours=4),
        )  # fmt: skip
        reckon(now=NOW)
        with tenancy.scope(actor(cast.deal_desk)):
            got = MatchFigures.objects.get()
        assert (got.received, got.accepted, got.answered, got.closed, got.won) == (0, 0, 0, 0, 0)

    def test_are_a_partners_own(self, cast: Cast) -> None:
        published(cast.site)
        published(cast.rival_site)
        reckon(now=NOW)
        with tenancy.scope(actor(cast.primary)):
            assert [each.site_id for each in MatchFigures.objects.all()] == [cast.site.id]
        with tenancy.scope(actor(cast.deal_desk)):
            assert MatchFigures.objects.count() == 2

    def test_have_a_page_that_says_how_to_improve_them(self, cast: Cast) -> None:
        published(cast.site, name="Nile Cloud", tags=["product-cloud"])
        published(cast.rival_site, name="Vistula Cloud")
        reckon(now=NOW)
        shown = (
            signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN)).get("/cosell/matching/").content.decode()
        )
        assert "Nile Cloud" in shown
        assert "Add the services you offer" in shown
        assert "Vistula" not in shown

    def test_the_rule_is_written_down_with_its_example(self, cast: Cast) -> None:
        shown = (
            signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))
            .get("/cosell/matching/how/")
            .content.decode()
        )
        assert "79.2" in shown
        assert "80.0" in shown

    @pytest.mark.parametrize(("language", "points"), [("ar", "79.2"), ("pl", "79,2")])
    def test_has_numbers_as_all_pages_of_the_language_write_them(
        self, cast: Cast, language: str, points: str
    ) -> None:
        browser = signed_in(give_role(cast.primary, Role.REFERRALS_ADMIN))
        shown = browser.get("/cosell/matching/how/", headers={"accept-language": language})
        assert points in shown.content.decode()


class TestProposals:
    def test_are_of_the_customers_country_and_size_the_best_first(self, cast: Cast, operations: User) -> None:
        best = published(cast.site, tags=["industry-retail", "product-cloud"], country="EG")
        published(cast.rival_site, tags=["industry-retail", "product-cloud"], country="PL")
        next_ = published(cast.distributor_site, tags=["product-cloud"], country="EG")
        published(cast.other_distributor_site, country="EG", sizes=["1-9"], turns_away=True)
        need = need_of(operations)
        with tenancy.scope(actor(operations)):
            here, anywhere = proposals_for(need), proposals_for(need, anywhere=True)
        assert [each.profile.pk for each in here] == [best.pk, next_.pk]
        assert len(anywhere) == 3
        assert "Has all that is wished for: Retail." in [part.why for part in here[0].why]
        assert "Nothing was asked yet" in here[1].why[-2].why

    def test_a_need_is_offered_once_to_each_partner_who_sees_it_and_no_other(
        self, cast: Cast, operations: User
    ) -> None:
        profile, admin = published(cast.site), give_role(cast.primary, Role.REFERRALS_ADMIN)
        need, who = need_of(operations), actor(operations)
        with tenancy.scope(who):
            assert len(actions.offer_need(need, [profile], by=who, now=NOW)) == 1
            assert actions.offer_need(need, [profile], by=who, now=NOW) == []
            assert Lead.objects.get().source == "offer"
        with tenancy.scope(actor(admin)):
            assert Lead.objects.get().offered_by_name == "Olga Ops"
        with tenancy.scope(actor(give_role(cast.rival, Role.REFERRALS_ADMIN))):
            assert not Lead.objects.exists()

    def test_only_channel_operations_enters_and_offers(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.deal_desk)), pytest.raises(actions.NotPossible):
            actions.enter_need(enquiry(), by=actor(cast.deal_desk), now=NOW)
        assert signed_in(cast.deal_desk).get("/cosell/matching/needs/").status_code == 403
        assert signed_in(cast.primary).get("/cosell/matching/needs/").status_code == 403

    def test_the_whole_way_by_the_pages(self, cast: Cast, operations: User) -> None:
        profile, client = published(cast.site, name="Nile Cloud"), signed_in(operations)
        said = {
            "company": "Sphinx Bakery", "country": "EG", "first_name": "Omar", "last_name": "Nabil",
            "email": "omar@sphinx.example", "wish": "A new till in each shop", "products": ["product-cloud"],
        }  # fmt: skip
        refused = client.post("/cosell/matching/needs/new/", said)
        assert refused.status_code == 422
        assert "consent nobody may write or call" in refused.content.decode()
        made = client.post("/cosell/matching/needs/new/", said | {"consent_contact": "on"})
        there = made.headers["Location"]
        shown = client.get(there).content.decode()
        assert "Nile Cloud" in shown
        assert "Why it stands here" in shown
        assert client.post(f"{there}offer/", {}).status_code == 422
        assert client.post(f"{there}offer/", {"profile": profile.public_id}).status_code == 302
        assert "Offered to" in client.get(there).content.decode()
        assert "Sphinx Bakery" in client.get("/cosell/matching/needs/").content.decode()
        with tenancy.as_system():
            lead = Lead.objects.get()
        assert "Nile Cloud" in client.get(f"/cosell/leads/{lead.public_id}/").content.decode()
        assert client.post(f"{there}close/", {}).status_code == 302
        assert client.post(f"{there}offer/", {"profile": profile.public_id}).status_code == 409
        assert client.get(f"{there}?where=anywhere").status_code == 200
