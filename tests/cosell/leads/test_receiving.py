"""How leads come: written in the public directory, kept where they belong, read back by nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from cosell.leads import actions
from cosell.leads.telling import tell_due
from cosell.models import Lead, PublishedLocation, PublishedProfile
from identity import tenancy
from identity.models import Role
from notifications.expansion import expand_due
from notifications.models import InboxItem, Mail, Notice
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_location
from tests.cosell.leads.made import NOBODY, enquiry, make_lead, published

pytestmark = pytest.mark.django_db


class TestAnEnquiry:
    def test_of_whoever_is_not_signed_in_becomes_a_lead(self, cast: Cast) -> None:
        lead = make_lead(published(cast.site))
        assert (lead.stage, lead.source, lead.quality) == ("received", "profile", "good")
        assert lead.customer_name == "Oasis Dairy"
        assert lead.tags == ["industry-retail", "product-cloud"]

    def test_of_another_partners_people_becomes_one_too(self, cast: Cast) -> None:
        profile = published(cast.site)
        with tenancy.scope(actor(cast.rival)):
            actions.receive_enquiry(profile, enquiry(), now=timezone.now())
            assert Lead.objects.count() == 0  # it is not theirs to read
        with tenancy.as_system():
            assert Lead.objects.count() == 1

    def test_is_read_back_by_nobody(self, cast: Cast) -> None:
        make_lead(published(cast.site))
        with pytest.raises(DatabaseError), tenancy.scope(NOBODY):
            Lead.objects.count()

    def test_goes_to_the_location_in_the_customers_city(self, cast: Cast) -> None:
        luxor, cairo = (
            make_location(cast.site, "L", city="Luxor"),
            make_location(cast.site, "C", city="Cairo"),
        )
        profile = published(cast.site, luxor, cairo)
        assert make_lead(profile, city=" CAIRO").location_id == cairo.id
        assert make_lead(profile, city="Aswan").location_id == luxor.id

    def test_of_a_size_that_the_profile_turns_away_is_archived_at_once(self, cast: Cast) -> None:
        profile = published(cast.site, sizes=["1-9"], turns_away=True)
        turned_away, welcome, unknown = (make_lead(profile, size=size) for size in ("251-1000", "1-9", ""))
        assert (turned_away.stage, turned_away.reason) == ("archived", "size")
        assert welcome.stage == unknown.stage == "received"

    def test_that_looks_like_spam_is_kept_where_spam_is(self, cast: Cast) -> None:
        lead = make_lead(published(cast.site), suspected=True)
        assert (lead.stage, lead.is_spam) == ("archived", True)

    def test_without_consent_or_a_way_to_answer_is_refused_by_field(self, cast: Cast) -> None:
        profile = published(cast.site)
        with tenancy.scope(NOBODY), pytest.raises(actions.BadEnquiry) as caught:
            actions.receive_enquiry(
                profile,
                enquiry(consent_contact=False, email="nowhere", tags=("nothing",)),
                now=timezone.now(),
            )
        assert set(caught.value.errors) == {"consent_contact", "email", "tags"}

    def test_to_a_profile_that_was_taken_down_meanwhile_is_refused(self, cast: Cast) -> None:
        profile = published(cast.site)
        with tenancy.as_system():
            PublishedLocation.objects.all().delete()
            PublishedProfile.objects.all().delete()
        with tenancy.scope(NOBODY), pytest.raises(actions.NotPublic):
            actions.receive_enquiry(profile, enquiry(), now=timezone.now())

    def test_cannot_be_slipped_past_the_profile_to_another_place(self, cast: Cast) -> None:
        profile = published(cast.site)
        lead = make_lead(profile)
        elsewhere = make_location(cast.site)
        lead.public_id, lead.location_id = "another00000", elsewhere.id
        with pytest.raises(DatabaseError, match="a profile that is public"), tenancy.scope(NOBODY):
            actions._insert_blindly(lead)

    def test_cannot_begin_as_accepted(self, cast: Cast) -> None:
        lead = make_lead(published(cast.site))
        lead.public_id, lead.stage, lead.accepted_at = "another00000", "accepted", timezone.now()
        with pytest.raises(DatabaseError, match="begins as received"), tenancy.scope(NOBODY):
            actions._insert_blindly(lead)


class TestWhoIsTold:
    def test_the_administrators_of_the_location_are_told_once(self, cast: Cast) -> None:
        place = make_location(cast.site)
        give_role(cast.sales, Role.REFERRALS_ADMIN, at=[place])
        give_role(cast.secondary, Role.REFERRALS_ADMIN, at=[make_location(cast.site)])
        make_lead(published(cast.site, place))
        now = timezone.now()
        assert tell_due(now=now) == 1
        assert tell_due(now=now) == 0
        expand_due()
        with tenancy.as_system():
            assert [item.user_id for item in InboxItem.objects.filter(kind="lead.received")] == [
                cast.sales.user_id
            ]

    def test_the_contact_of_the_location_is_mailed_before_the_administrators_are(self, cast: Cast) -> None:
        give_role(cast.sales, Role.REFERRALS_ADMIN)
        make_lead(published(cast.site, make_location(cast.site, contact_email="front@nile.example")))
        now = timezone.now()
        tell_due(now=now)
        expand_due()
        with tenancy.as_system():
            assert [mail.to for mail in Mail.objects.all()] == ["front@nile.example"]

    def test_again_after_three_days_without_an_answer(self, cast: Cast) -> None:
        give_role(cast.sales, Role.REFERRALS_ADMIN)
        now = timezone.now()
        make_lead(published(cast.site), now=now)
        tell_due(now=now + timedelta(hours=71))
        with tenancy.as_system():
            assert not Notice.objects.filter(kind="lead.waiting").exists()
        tell_due(now=now + timedelta(hours=72))
        tell_due(now=now + timedelta(hours=90))
        with tenancy.as_system():
            assert Notice.objects.filter(kind="lead.waiting").count() == 1

    def test_nobody_of_what_was_turned_away(self, cast: Cast) -> None:
        give_role(cast.sales, Role.REFERRALS_ADMIN)
        make_lead(published(cast.site), suspected=True)
        tell_due(now=timezone.now())
        with tenancy.as_system():
            assert not Notice.objects.filter(kind__startswith="lead.").exists()
