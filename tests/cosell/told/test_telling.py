"""Whom news of a deal reach when the outbox delivers them, in which language, and what they never carry (C11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cosell.models import CosellAddress, Invitation, Location, Referral, TeamMember, VendorReferral
from cosell.referrals import actions
from cosell.states import Direction, Origin, Sharing, Substatus
from cosell.told import notices
from cosell.told.facts import colleagues_of, facts_of, own_colleagues
from cosell.told.looking import EVENTS, who_is_mailed
from cosell.told.recipients import decide
from cosell.told.telling import tell_deal
from identity import tenancy
from identity.actors import Actor
from identity.models import Membership, Role, Site, User
from notifications.models import Notice, Preference
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_location, make_referral
from tests.notifications.world import expand, inbox_of, mailed, mails

pytestmark = pytest.mark.django_db
EVENT = "vendor.expired"


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo", contact_email="cairo@nile.example")


def tell(referral: Referral, event: str = EVENT, by: Actor | None = None, **more: Any) -> None:
    by = by or Actor.system()
    how: dict[str, Any] = {"by": by, "now": timezone.now(), "site_side": True, "staff_side": False}
    with tenancy.scope(by):
        tell_deal(event, referral, **how | more)
    expand()


def stranger(referral: Referral, email: str, **more: Any) -> None:
    with tenancy.as_system():
        TeamMember.objects.create(
            site_id=referral.site_id, sharing=referral.sharing, referral=referral, first_name="Omar",
            last_name="Guest", email=email, phone="1", **more,
        )  # fmt: skip


def keep(cast: Cast, email: str, language: str = "en") -> None:
    with tenancy.as_system():
        CosellAddress.objects.create(
            site=cast.site, email=email, language=language, set_by_name="x", set_at=timezone.now()
        )


def change(who: Membership, **columns: Any) -> None:
    with tenancy.as_system():
        User.objects.filter(id=who.user_id).update(**columns)


def prefer(who: Membership, choice: str, event: str = EVENT) -> None:
    with tenancy.as_system():
        Preference.objects.create(user_id=who.user_id, kind=notices.KINDS[event].name, choice=choice)


class TestWhen:
    def test_is_told_to_an_address_by_the_clocks_of_its_company(self, cast: Cast, cairo: Location) -> None:
        with tenancy.as_system():
            Site.objects.filter(id=cast.site.id).update(time_zone="Africa/Cairo")
        due = datetime(2031, 1, 7, 23, 30, tzinfo=UTC)
        referral = make_referral(cast.site, cairo, substatus=Substatus.RECEIVED, expires_at=due)
        tell(referral, "referral.received")
        (mail,) = mails()
        assert mail.to == "cairo@nile.example"
        assert "8 Jan 2031, 01:30" in " ".join(mail.letter["paragraphs"])


class TestWhom:
    def test_the_team_whether_or_not_they_have_an_account(self, cast: Cast, cairo: Location) -> None:
        referral = make_referral(cast.site, cairo, team=[cast.sales])
        stranger(referral, "omar@guests.example")
        tell(referral)
        assert mailed() == {cast.sales.user.email, "omar@guests.example"}

    def test_else_the_contact_of_the_location(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.primary, Role.REFERRALS_ADMIN)
        tell(make_referral(cast.site, cairo))
        assert mailed() == {"cairo@nile.example"}

    def test_else_the_administrators_in_scope(self, cast: Cast, cairo: Location) -> None:
        luxor, giza = make_location(cast.site, "Luxor"), make_location(cast.site, "Giza")
        give_role(cast.primary, Role.REFERRALS_ADMIN)
        give_role(cast.secondary, Role.REFERRALS_ADMIN, at=[giza])
        give_role(cast.sales, Role.REFERRALS_ADMIN, at=[luxor])
        give_role(cast.newcomer, Role.REFERRALS_USER)
        give_role(cast.rival, Role.REFERRALS_ADMIN)
        tell(make_referral(cast.site, luxor))
        assert mailed() == {cast.primary.user.email, cast.sales.user.email}

    def test_not_whoever_opted_out_of_it_but_their_inbox_has_it(self, cast: Cast, cairo: Location) -> None:
        referral = make_referral(cast.site, cairo, team=[cast.sales, cast.secondary, cast.primary])
        with tenancy.as_system():
            TeamMember.objects.filter(membership=cast.sales).update(notify=False)
        prefer(cast.secondary, "none")
        tell(referral)
        assert mailed() == {cast.primary.user.email}
        assert [len(inbox_of(who)) for who in (cast.sales, cast.secondary, cast.primary)] == [1, 1, 1]

    def test_the_one_address_in_place_of_everybody(self, cast: Cast, cairo: Location) -> None:
        keep(cast, "deals@nile.example")
        tell(make_referral(cast.site, cairo, team=[cast.sales]))
        assert mailed() == {"deals@nile.example"}
        assert len(inbox_of(cast.sales)) == 1

    def test_each_address_once_whatever_its_case(self, cast: Cast, cairo: Location) -> None:
        change(cast.secondary, preferred_email="Team@nile.example")
        referral = make_referral(cast.site, cairo, team=[cast.secondary])
        stranger(referral, "TEAM@nile.example")
        tell(referral)
        assert len(mails()) == 1

    def test_at_the_address_that_somebody_prefers(self, cast: Cast, cairo: Location) -> None:
        change(cast.sales, preferred_email="nadia@elsewhere.example")
        tell(make_referral(cast.site, cairo, team=[cast.sales]))
        assert mailed() == {"nadia@elsewhere.example"}

    def test_not_whoever_did_it(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.sales, Role.REFERRALS_USER)
        tell(make_referral(cast.site, cairo, team=[cast.sales, cast.primary]), by=actor(cast.sales))
        assert mailed() == {cast.primary.user.email}

    def test_not_whoever_has_left(self, cast: Cast, cairo: Location) -> None:
        referral = make_referral(cast.site, cairo, team=[cast.sales])
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
        tell(referral)
        assert mailed() == {"cairo@nile.example"}

    def test_edits_are_mailed_to_those_who_want_them(self, cast: Cast, cairo: Location) -> None:
        prefer(cast.sales, "at_once", "referral.edited")
        tell(make_referral(cast.site, cairo, team=[cast.sales, cast.primary]), "referral.edited")
        assert mailed() == {cast.sales.user.email}


class TestHow:
    def test_each_in_their_own_language(self, cast: Cast, cairo: Location) -> None:
        change(cast.sales, language="pl")
        change(cast.primary, language="ar")
        referral = make_referral(cast.site, cairo, team=[cast.sales])
        stranger(referral, "omar@guests.example")
        tell(referral)
        assert {mail.to: mail.language for mail in mails()} == {
            cast.sales.user.email: "pl",
            "omar@guests.example": "ar",
        }

    def test_the_mail_says_why_one_gets_it(self, cast: Cast, cairo: Location) -> None:
        tell(make_referral(cast.site, cairo))
        assert "contact of the location of Nile Systems" in mails()[0].letter["why"]

    def test_the_desk_is_told_of_what_it_has_to_answer_and_never_of_private_deals(
        self, cast: Cast, cairo: Location
    ) -> None:
        for sharing in Sharing:
            referral = make_referral(cast.site, cairo, sharing=sharing)
            tell(referral, "referral.won", site_side=False, staff_side=True)
        assert [mail.to for mail in mails()] == [cast.deal_desk.email] * 2

    def test_every_event_has_words_that_its_context_fills(self, cast: Cast, cairo: Location) -> None:
        referral = make_referral(cast.site, cairo, team=[cast.sales])
        for event in notices.KINDS:
            tell(referral, event, staff_side=True)
        with tenancy.as_system():
            assert not Notice.objects.exclude(status="done").exists()
        assert all("%(" not in repr(mail.letter) for mail in mails())

    def test_the_same_event_is_told_once(self, cast: Cast, cairo: Location) -> None:
        referral = make_referral(cast.site, cairo, team=[cast.sales])
        for _time in range(2):
            tell(referral)
        assert len(mails()) == 1


class TestWhatIsNeverCarried:
    def test_who_at_the_vendor_did_it(self, cast: Cast, cairo: Location) -> None:
        tell(make_referral(cast.site, cairo, team=[cast.sales]), "vendor.declined", by=actor(cast.deal_desk))
        assert "Dana" not in repr([mail.letter for mail in mails()])

    def test_anything_of_the_inviters_deal_but_its_invitation(self, cast: Cast, cairo: Location) -> None:
        warsaw = make_location(cast.rival_site, "Warsaw", contact_email="warsaw@vistula.example")
        by = actor(give_role(cast.primary, Role.REFERRALS_ADMIN))
        secrets: dict[str, Any] = {
            "notes": "INNER",
            "crm_id": "INNER",
            "vendor_notes": "INNER",
            "campaign_id": "INNER",
        }
        referral = make_referral(cast.site, cairo, team=[cast.primary], **secrets)
        with tenancy.scope(by):
            actions.invite_partner(
                referral,
                site=cast.rival_site,
                location=warsaw,
                help_type="general",
                by=by,
                now=timezone.now(),
            )
        expand()
        (mail,) = [mail for mail in mails() if mail.to == "warsaw@vistula.example"]
        assert "Nile Cotton Mills" in repr(mail.letter)
        for word in ("INNER", "Amira", cast.primary.user.email):
            assert word not in repr(mail.letter)

    def test_anything_of_the_invited_partners_deal_but_its_answer(self, cast: Cast, cairo: Location) -> None:
        warsaw = make_location(cast.rival_site, "Warsaw")
        inviter = actor(give_role(cast.primary, Role.REFERRALS_ADMIN))
        referral = make_referral(cast.site, cairo, team=[cast.sales])
        with tenancy.scope(inviter):
            actions.invite_partner(
                referral,
                site=cast.rival_site,
                location=warsaw,
                help_type="general",
                by=inviter,
                now=timezone.now(),
            )
        invited = actor(give_role(cast.rival, Role.REFERRALS_ADMIN))
        with tenancy.as_system():
            Referral.objects.filter(site=cast.rival_site).update(name="SECRET", customer_name="SECRET")
        with tenancy.scope(invited):
            actions.accept(Referral.objects.get(), version=None, by=invited, now=timezone.now())
        expand()
        news = [
            mail
            for mail in mails()
            if mail.to == cast.sales.user.email and "accepted" in mail.letter["subject"]
        ]
        assert len(news) == 1
        assert "Vistula Integrators" in news[0].letter["subject"]
        for word in ("SECRET", "Ewa", "Warsaw"):
            assert word not in repr(news[0].letter)


class TestThePageSaysTheSame:
    def test_as_what_the_outbox_does(self, cast: Cast, cairo: Location) -> None:
        give_role(cast.primary, Role.REFERRALS_ADMIN)
        change(cast.secondary, preferred_email="Team@nile.example", language="ar")
        prefer(cast.sales, "daily")
        referral = make_referral(cast.site, cairo, team=[cast.secondary, cast.sales])
        stranger(referral, "team@nile.example")
        kind = notices.KINDS[EVENT]
        with tenancy.as_system():
            outbox = decide(facts_of(referral, kind, colleagues_of(cast.site.id, kind)))
        with tenancy.scope(actor(cast.primary)):
            page = decide(facts_of(referral, kind, own_colleagues(kind)))
        assert page == outbox

    def test_nobody_learns_the_address_that_a_colleague_prefers(self, cast: Cast, cairo: Location) -> None:
        change(cast.sales, preferred_email="private@elsewhere.example")
        referral = make_referral(cast.site, cairo, team=[cast.sales])
        with tenancy.scope(actor(give_role(cast.primary, Role.REFERRALS_ADMIN))):
            for event in EVENTS:
                assert "private@" not in repr(who_is_mailed(referral, event))

    def test_nothing_of_another_companys_people(self, cast: Cast) -> None:
        kind = notices.KINDS[EVENT]
        with tenancy.scope(actor(cast.rival)):
            assert [each.user_id for each in own_colleagues(kind)] == [cast.rival.user_id]


def test_the_vendor_sends_and_the_location_is_told(cast: Cast, cairo: Location) -> None:
    now = timezone.now()
    referral = make_referral(
        cast.site, cairo, origin=Origin.VENDOR, direction=Direction.INCOMING, substatus=Substatus.RECEIVED,
        expires_at=now + timedelta(days=14),
    )  # fmt: skip
    tell(referral, "referral.received", by=actor(cast.deal_desk))
    (mail,) = mails()
    assert mail.to == "cairo@nile.example"
    assert "from the vendor" in mail.letter["subject"]
    with tenancy.as_system():
        assert not VendorReferral.objects.exists()
        assert not Invitation.objects.exists()
