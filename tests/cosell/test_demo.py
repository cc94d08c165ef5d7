"""What the demo world's partners have to do with co-selling, made through the real actions."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone

import accounts.demo
import cosell.demo
import identity.demo
from cosell.models import (
    CosellAddress,
    Invitation,
    Lead,
    NotesDraft,
    Profile,
    PublishedProfile,
    Referral,
    ReferralUpload,
    Solution,
    VendorReferral,
    WonRegistration,
)
from cosell.states import Sharing, Substatus
from identity import tenancy
from identity.demo import World, member_actor


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """A demo world of people and what they sell together, for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic(), tenancy.as_system():
        world = World(rng=Random(1), now=timezone.now())
        identity.demo.build(world, "!")
        accounts.demo.build(world, "!")
        cosell.demo.build(world)
        yield world
        transaction.set_rollback(True)


def test_those_who_can_sign_in_have_deals_in_every_state_in_which_they_rest(world: World) -> None:
    for site in (*world.sites[:2], world.sites[7]):
        with tenancy.scope(member_actor(world.members[site.id][0])):
            assert set(Referral.objects.values_list("substatus", flat=True)) == set(Substatus.values) - {
                "pending"
            }
            assert set(Referral.objects.values_list("sharing", flat=True)) == set(Sharing.values)
            sides = VendorReferral.objects.values_list("substatus", "reason")
            assert {substatus for substatus, _reason in sides} >= {
                "received",
                "accepted",
                "declined",
                "expired",
            }
            assert {reason for substatus, reason in sides if substatus == "declined"} >= {"no_seller"}
            assert Referral.objects.filter(recreated_from__isnull=False).exists()
            assert Invitation.objects.filter(site=site).exists()
            assert Invitation.objects.filter(invited_site=site).exists()


def test_solutions_registrations_profiles_and_leads_are_in_each_of_their_states(world: World) -> None:
    for site in (*world.sites[:2], world.sites[7]):
        with tenancy.scope(member_actor(world.members[site.id][0])):
            assert set(Solution.objects.values_list("readiness", flat=True)) == {
                "not_ready",
                "asked",
                "ready",
            }
            registered = set(WonRegistration.objects.values_list("status", flat=True))
            assert registered == {"review_pending", "action_required", "approved", "failed"}
            assert set(Profile.objects.values_list("state", flat=True)) >= {"live", "waiting", "draft"}
            assert set(Lead.objects.values_list("stage", flat=True)) == {"received", "accepted", "archived"}
    assert PublishedProfile.objects.values("country").distinct().count() >= 5
    descriptions = list(Profile.objects.values_list("description", flat=True))
    assert len(set(descriptions)) == len(descriptions)


def test_a_file_was_sent_of_which_two_rows_are_to_be_put_right(world: World) -> None:
    for site in (*world.sites[:2], world.sites[7]):
        with tenancy.scope(member_actor(world.members[site.id][0])):
            upload = ReferralUpload.objects.get()
            assert (upload.created, upload.unprocessed) == (2, 2)


def test_a_referrals_user_sees_the_deals_on_whose_team_they_are(world: World) -> None:
    site = world.sites[0]
    sales = next(m for m in world.members[site.id] if "referrals_user" in m.roles)
    with tenancy.scope(member_actor(sales)):
        seen = Referral.objects.count()
    with tenancy.scope(member_actor(world.members[site.id][0])):
        assert 0 < seen < Referral.objects.count()


def test_one_partner_has_its_mail_sent_to_one_address(world: World) -> None:
    assert list(CosellAddress.objects.values_list("site_id", flat=True)) == [world.sites[7].id]


def test_notes_were_drafted_and_some_were_rated(world: World) -> None:
    for site in (*world.sites[:2], world.sites[7]):
        drafts = NotesDraft.objects.filter(site=site)
        assert set(drafts.values_list("feeling", flat=True)) == {"", "good", "bad"}
        assert set(drafts.values_list("outcome", flat=True)) == {"made"}
