"""Business profiles: who moves them from state to state, and what the database refuses everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cosell.models import (
    Location,
    Profile,
    ProfileLocation,
    ProfileState,
    PublishedLocation,
    PublishedProfile,
)
from cosell.profiles import actions
from cosell.profiles.content import ProfileContent
from cosell.profiles.states import EDGES
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.models import Membership, Role, StaffRole, User
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_location, make_profile
from tests.factories import make_user

pytestmark = pytest.mark.django_db
S = ProfileState


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def writer(cast: Cast) -> Membership:
    return give_role(cast.secondary, Role.PROFILE_ADMIN)


@pytest.fixture
def operations() -> User:
    return make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


@pytest.fixture
def place(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


def saying(place: Location, **other: object) -> ProfileContent:
    words: dict[str, object] = {
        "name": "Nile Cloud", "description": "We move factories to the cloud.", "locations": (place,),
        "tags": ("product-cloud",), "languages": ("ar",),
    }  # fmt: skip
    return ProfileContent(**(words | other))  # type: ignore[arg-type]


def as_now(profile: Profile) -> Profile:
    with tenancy.as_system():
        return Profile.objects.get(id=profile.id)


def public() -> set[str]:
    """What everybody reads."""
    with tenancy.door():
        return set(PublishedProfile.objects.values_list("name", flat=True))


class TestTheWayToCustomers:
    def test_a_draft_is_published_waits_and_goes_live_by_itself(
        self, writer: Membership, place: Location, now: datetime
    ) -> None:
        by = actor(writer)
        with tenancy.scope(by):
            profile = actions.make_profile("EG", saying(place), by=by, now=now)
            actions.publish(profile, version=1, by=by, now=now)
        with tenancy.as_system():
            assert actions.go_live_due(now=now + timedelta(hours=23)) == 0
        assert public() == set()
        with tenancy.as_system():
            assert actions.go_live_due(now=now + timedelta(hours=24)) == 1
        assert public() == {"Nile Cloud"}
        assert as_now(profile).state == S.LIVE

    def test_staff_let_it_go_live_at_once(self, cast: Cast, operations: User, now: datetime) -> None:
        profile = make_profile(cast.site, state="waiting", name="Nile Cloud")
        by = actor(operations)
        with tenancy.scope(by):
            actions.approve(profile, by=by, now=now)
        assert public() == {"Nile Cloud"}

    def test_staff_stop_it_with_a_reason_and_the_clock_lets_it_be(
        self, cast: Cast, operations: User, now: datetime
    ) -> None:
        profile = make_profile(cast.site, state="waiting")
        by = actor(operations)
        with tenancy.scope(by):
            with pytest.raises(actions.BadProfile):
                actions.stop(profile, reason="  ", by=by, now=now)
            actions.stop(profile, reason="The logo is another company's.", by=by, now=now)
        with tenancy.as_system():
            assert actions.go_live_due(now=now + timedelta(days=3)) == 0
        assert as_now(profile).reason == "The logo is another company's."
        assert public() == set()

    def test_changes_leave_the_live_copy_until_they_are_live_themselves(
        self, cast: Cast, writer: Membership, place: Location, now: datetime
    ) -> None:
        profile = make_profile(cast.site, name="Nile Cloud", locations=[place])
        by = actor(writer)
        with tenancy.scope(by):
            changed = actions.edit_profile(
                profile, saying(place, name="Nile Cloud Two"), version=None, by=by, now=now
            )
            assert changed.state == S.CHANGED
            actions.publish(changed, version=changed.version, by=by, now=now)
        assert public() == {"Nile Cloud"}
        with tenancy.as_system():
            actions.go_live_due(now=now + timedelta(days=1))
        assert public() == {"Nile Cloud Two"}

    def test_changes_that_are_stopped_leave_what_was_live_and_a_live_one_that_is_stopped_is_gone(
        self, cast: Cast, operations: User, now: datetime
    ) -> None:
        waiting = make_profile(cast.site, state="waiting", public=True, name="Nile Cloud")
        live = make_profile(cast.rival_site, name="Delta Data")
        by = actor(operations)
        with tenancy.scope(by):
            actions.stop(waiting, reason="No.", by=by, now=now)
            actions.stop(live, reason="No.", by=by, now=now)
        assert public() == {"Nile Cloud"}

    def test_a_withdrawn_profile_is_gone_at_once_with_its_places_and_can_come_back(
        self, cast: Cast, writer: Membership, now: datetime
    ) -> None:
        profile = make_profile(cast.site)
        by = actor(writer)
        with tenancy.scope(by):
            gone = actions.withdraw(profile, version=None, by=by, now=now)
        assert public() == set()
        with tenancy.as_system():
            assert not PublishedLocation.objects.exists()
        with tenancy.scope(by):
            assert actions.publish(gone, version=gone.version, by=by, now=now).state == S.WAITING


class TestAFormThatIsSentBackAsItWas:
    @pytest.mark.parametrize("state", ["waiting", "live", "stopped", "withdrawn"])
    def test_changes_nothing_and_a_word_more_does(
        self, cast: Cast, writer: Membership, place: Location, now: datetime, state: str
    ) -> None:
        content = saying(place, skills=("Looms",))
        columns = {name: value for name, value in content.columns().items() if name != "turns_away"}
        profile = make_profile(cast.site, state=state, locations=[place], **columns)
        by = actor(writer)
        with tenancy.scope(by):
            same = actions.edit_profile(profile, content, version=1, by=by, now=now)
            assert (same.state, same.version) == (state, 1)
            if state == "stopped":
                with pytest.raises(actions.NotPossible, match="as it is"):
                    actions.publish(profile, version=1, by=by, now=now)
            other = actions.edit_profile(profile, replace(content, name="Nile"), version=1, by=by, now=now)
            assert other.state in (S.DRAFT, S.CHANGED)


class TestWhatIsRefused:
    def test_what_names_a_closed_location_is_not_published_and_with_another_it_is(
        self, cast: Cast, writer: Membership, place: Location, now: datetime
    ) -> None:
        by = actor(writer)
        with tenancy.scope(by):
            profile = actions.make_profile("EG", saying(place), by=by, now=now)
        with tenancy.as_system():
            Location.objects.filter(id=place.id).update(closed_at=now)
        other = make_location(cast.site, "Alexandria")
        with tenancy.scope(by):
            with pytest.raises(actions.NotPossible, match="Cairo is closed"):
                actions.publish(profile, version=1, by=by, now=now)
            changed = actions.edit_profile(profile, saying(other), version=1, by=by, now=now)
            assert actions.publish(changed, version=None, by=by, now=now).state == S.WAITING

    def test_publishing_what_lacks_something_names_it(
        self, writer: Membership, place: Location, now: datetime
    ) -> None:
        by = actor(writer)
        with tenancy.scope(by):
            profile = actions.make_profile("EG", saying(place, description=""), by=by, now=now)
            with pytest.raises(actions.NotPossible) as refused:
                actions.publish(profile, version=1, by=by, now=now)
        assert "description" in str(refused.value.refusal.reason)

    def test_there_is_one_profile_a_country(
        self, cast: Cast, writer: Membership, place: Location, now: datetime
    ) -> None:
        make_profile(cast.site, state="draft", country="EG")
        by = actor(writer)
        with tenancy.scope(by):
            with pytest.raises(actions.ProfileExists):
                actions.make_profile("EG", saying(place), by=by, now=now)
            assert actions.make_profile("SA", saying(place), by=by, now=now).country == "SA"

    def test_what_was_changed_meanwhile_is_not_overwritten(
        self, cast: Cast, writer: Membership, place: Location, now: datetime
    ) -> None:
        profile = make_profile(cast.site, state="draft")
        by = actor(writer)
        with tenancy.scope(by):
            actions.edit_profile(profile, saying(place), version=1, by=by, now=now)
            with pytest.raises(actions.ProfileChanged):
                actions.edit_profile(profile, saying(place), version=1, by=by, now=now)

    def test_whoever_lacks_the_role_changes_none(self, cast: Cast, now: datetime) -> None:
        profile = make_profile(cast.site, state="draft")
        by = actor(cast.sales)
        with tenancy.scope(by), pytest.raises(PrivilegeMissing):
            actions.publish(profile, version=None, by=by, now=now)

    def test_no_location_leaves_what_waits_for_another(
        self, cast: Cast, writer: Membership, place: Location
    ) -> None:
        waits = make_profile(cast.site, state="waiting", locations=[place], country="EG")
        draft = make_profile(cast.site, state="draft", locations=[make_location(cast.site)], country="SA")
        with tenancy.scope(actor(writer)), pytest.raises(IntegrityError, match="never becomes"):
            ProfileLocation.objects.filter(profile=waits).update(profile=draft, position=2)

    def test_a_sixth_location_and_a_rivals_are_refused(
        self, cast: Cast, writer: Membership, now: datetime
    ) -> None:
        by = actor(writer)
        places = tuple(make_location(cast.site) for _ in range(6))
        foreign = make_location(cast.rival_site)
        with tenancy.scope(by):
            with pytest.raises(actions.BadProfile) as bad:
                actions.make_profile("EG", saying(places[0], locations=places), by=by, now=now)
            assert set(bad.value.errors) == {"locations"}
            with pytest.raises(IntegrityError), transaction.atomic():
                actions.make_profile("EG", saying(foreign), by=by, now=now)


ROLES = {"partner": Kind.RESELLER, "staff": Kind.STAFF, "clock": Kind.SYSTEM}
MOVERS = {"partner": {"partner"}, "vendor": {"staff", "clock"}, "staff": {"staff"}}


class TestWhatTheDatabaseHoldsTo:
    @pytest.mark.parametrize("who", ROLES)
    @pytest.mark.parametrize("before", S)
    def test_nobody_moves_a_profile_but_along_the_edges_that_are_theirs(
        self, cast: Cast, who: str, before: S
    ) -> None:
        made = {False: make_profile(cast.site, state=before)}
        if before in (S.WAITING, S.STOPPED):  # these may have been live before
            made[True] = make_profile(cast.site, state=before, public=True, country="SA")
        kind = ROLES[who]
        by = Actor(kind=kind, site_id=cast.site.id if kind is Kind.RESELLER else None)
        for after in S:
            if after == before:
                continue
            profile = made[after == S.CHANGED and True in made]
            allowed = who in MOVERS.get(EDGES.get((before, after), ""), set())
            fits = {
                "state": after, "is_public": after in (S.LIVE, S.CHANGED), "live_since": timezone.now(),
                "live_at": timezone.now(), "published_at": timezone.now(), "reason": "No.",
            }  # fmt: skip
            if kind is Kind.STAFF:
                del fits["published_at"]
            with tenancy.scope(by):
                try:
                    with transaction.atomic():
                        moved = Profile.objects.filter(id=profile.id).update(**fits)
                        transaction.set_rollback(True)
                except IntegrityError:
                    moved = 0
            assert bool(moved) is allowed, (before, after, who)

    def test_what_waits_is_not_changed_under_the_eyes_of_who_looks_at_it(self, cast: Cast) -> None:
        profile = make_profile(cast.site, state="waiting")
        by = Actor(kind=Kind.RESELLER, site_id=cast.site.id)
        with tenancy.scope(by), pytest.raises(IntegrityError, match="draft alone"), transaction.atomic():
            Profile.objects.filter(id=profile.id).update(name="Another")

    def test_nothing_becomes_public_but_what_waits_as_it_was_handed_in(
        self, cast: Cast, now: datetime
    ) -> None:
        profile = make_profile(cast.site, state="waiting")
        profile.name = "Another"
        with (
            tenancy.as_system(),
            pytest.raises(IntegrityError, match="waits to go live"),
            transaction.atomic(),
        ):
            actions.write_published(profile, now=now)

    def test_no_place_becomes_public_that_was_not_handed_in(self, cast: Cast, operations: User) -> None:
        profile = make_profile(cast.site, state="live")
        other = make_location(cast.site, "Alexandria")
        with tenancy.scope(actor(operations)), pytest.raises(IntegrityError, match="waits to go live"):
            PublishedLocation.objects.update(location=other)
        with tenancy.scope(actor(operations)), pytest.raises(IntegrityError, match="waits to go live"):
            PublishedLocation.objects.create(
                site=cast.site, profile_id=profile.id, location=other, position=2, name=other.name, city=other.city,
                country="EG",
            )  # fmt: skip

    def test_a_partner_writes_no_public_copy_and_takes_none_of_another_away(self, cast: Cast) -> None:
        make_profile(cast.rival_site, name="Delta Data")
        with tenancy.scope(actor(give_role(cast.secondary, Role.PROFILE_ADMIN))):
            assert PublishedProfile.objects.count() == 1
            PublishedProfile.objects.all().delete()
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                PublishedProfile.objects.update(name="Ours")
        assert public() == {"Delta Data"}


class TestWhoSeesProfiles:
    @pytest.mark.parametrize("state", [S.DRAFT, S.WAITING, S.STOPPED, S.WITHDRAWN])
    def test_a_rival_and_a_customer_see_nothing_that_is_not_live(self, cast: Cast, state: S) -> None:
        make_profile(cast.rival_site, state=state)
        with tenancy.scope(actor(give_role(cast.secondary, Role.PROFILE_ADMIN))):
            assert not Profile.objects.exists()
        assert public() == set()

    def test_the_vendor_sees_them_from_publishing_on(self, cast: Cast, operations: User) -> None:
        make_profile(cast.site, state="draft", name="draft")
        make_profile(cast.rival_site, state="waiting", name="waiting")
        with tenancy.scope(actor(operations)):
            assert set(Profile.objects.values_list("name", flat=True)) == {"waiting"}
