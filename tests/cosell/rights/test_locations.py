"""Locations are added, corrected, closed and opened again, and never deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.actions import NotAllowed
from cosell.models import Location
from cosell.profiles import actions as profiles
from cosell.rights import locations
from cosell.rights.locations import Place
from identity import tenancy
from identity.models import Membership, Role
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location, make_profile, make_referral
from tests.factories import make_member

pytestmark = pytest.mark.django_db
LUXOR = Place(name="Luxor", city="Luxor", country="EG")


def do(by: Membership, action: Any, *arguments: Any, **more: Any) -> Any:
    with tenancy.scope(actor(by)):
        return action(*arguments, by=actor(by), now=timezone.now(), **more)


class TestKeepingLocations:
    def test_adds_and_corrects_them(self, cast: Cast) -> None:
        location = do(cast.primary, locations.add_location, LUXOR)
        changed = do(
            cast.primary, locations.edit_location, location, Place("Luxor West", "Luxor", "EG"), version=1
        )
        assert (changed.name, changed.version) == ("Luxor West", 2)

    def test_refuses_a_name_twice_among_the_open_ones(self, cast: Cast) -> None:
        make_location(cast.site, "Luxor", closed_at=timezone.now())
        do(cast.primary, locations.add_location, LUXOR)
        with pytest.raises(locations.NameTaken):
            do(cast.primary, locations.add_location, LUXOR)

    def test_is_not_for_who_grants_no_roles(self, cast: Cast) -> None:
        with pytest.raises(NotAllowed):
            do(cast.sales, locations.add_location, LUXOR)

    def test_tells_a_stale_form(self, cast: Cast) -> None:
        location = make_location(cast.site, version=3)
        with pytest.raises(locations.LocationChanged):
            do(cast.primary, locations.edit_location, location, LUXOR, version=2)

    def test_closes_and_opens_again(self, cast: Cast) -> None:
        make_location(cast.site, "Cairo")
        location = make_location(cast.site, "Luxor")
        closed = do(cast.primary, locations.close_location, location)
        assert closed.closed_at is not None
        assert do(cast.primary, locations.reopen_location, location).closed_at is None

    def test_keeps_the_last_open_one(self, cast: Cast) -> None:
        make_location(cast.site, "Cairo", closed_at=timezone.now() - timedelta(days=1))
        location = make_location(cast.site, "Luxor")
        with pytest.raises(NotAllowed) as refused:
            do(cast.primary, locations.close_location, location)
        assert refused.value.refusal == locations.LAST

    @pytest.mark.parametrize("state", ["waiting", "live"])
    def test_keeps_one_open_to_which_customers_write_and_closes_it_when_they_no_longer_do(
        self, cast: Cast, state: str
    ) -> None:
        make_location(cast.site, "Cairo")
        location = make_location(cast.site, "Luxor")
        profile = make_profile(cast.site, state=state, locations=[location])
        with pytest.raises(NotAllowed) as refused:
            do(cast.primary, locations.close_location, location)
        assert refused.value.refusal == locations.NAMED
        writer = give_role(cast.sales, Role.PROFILE_ADMIN)
        end = profiles.withdraw if state == "live" else profiles.take_back
        do(writer, end, profile, version=None)
        assert do(cast.primary, locations.close_location, location).closed_at is not None

    def test_lets_an_administrator_of_a_location_correct_that_one_alone(self, cast: Cast) -> None:
        cairo, luxor = make_location(cast.site, "Cairo"), make_location(cast.site, "Luxor")
        admin = give_role(make_member(cast.site, "Adel Admin"), Role.ACCOUNT_ADMIN, at=[cairo])
        do(admin, locations.edit_location, cairo, Place("Cairo North", "Cairo", "EG"), version=1)
        for act, arguments in (
            (locations.edit_location, (luxor, LUXOR)),
            (locations.close_location, (cairo,)),
        ):
            with pytest.raises(NotAllowed):
                do(admin, act, *arguments, version=1)

    def test_says_how_many_deals_are_open_there_even_to_who_sees_none(self, cast: Cast) -> None:
        location = make_location(cast.site, "Luxor")
        make_location(cast.site, "Cairo")
        make_referral(cast.site, location)
        make_referral(cast.site, location, substatus="won")
        page = signed_in(cast.primary).get(f"/cosell/locations/{location.public_id}/").content.decode()
        assert "1 deal of this location is open" in page

    def test_the_database_deletes_none(self, cast: Cast) -> None:
        location = make_location(cast.site)
        with tenancy.as_system(), pytest.raises(IntegrityError, match="never deleted"):
            Location.objects.filter(id=location.id).delete()


class TestThePages:
    def test_add_correct_close_and_open(self, cast: Cast) -> None:
        browser = signed_in(cast.primary)
        make_location(cast.site, "Cairo")
        form = {"name": "Luxor", "city": "Luxor", "country": "EG"}
        assert browser.post("/cosell/locations/add/", form).status_code == 302
        with tenancy.as_system():
            location = Location.objects.get(name="Luxor")
        path = f"/cosell/locations/{location.public_id}/"
        assert browser.post(path, form | {"city": "Karnak", "version": 1}).status_code == 302
        assert browser.post(f"{path}close/", {"version": 2}).status_code == 302
        assert "This location is closed" in browser.get(path).content.decode()
        assert browser.post(f"{path}reopen/", {"version": 3}).status_code == 302
        assert "Karnak" in browser.get("/cosell/locations/").content.decode()

    def test_bring_a_form_back_with_what_was_typed(self, cast: Cast) -> None:
        answer = signed_in(cast.primary).post("/cosell/locations/add/", {"name": "Luxor", "country": "XX"})
        assert answer.status_code == 422
        assert 'value="Luxor"' in answer.content.decode()

    def test_show_a_reader_why_they_change_nothing(self, cast: Cast) -> None:
        location = make_location(cast.site, "Luxor")
        reader = signed_in(give_role(cast.sales, Role.REFERRALS_USER))
        page = reader.get(f"/cosell/locations/{location.public_id}/").content.decode()
        assert "Only the primary contact" in page
        assert reader.post(f"/cosell/locations/{location.public_id}/", {"name": "x"}).status_code == 403

    def test_are_not_for_strangers(self, cast: Cast) -> None:
        location = make_location(cast.site, "Luxor")
        assert signed_in(cast.rival).get(f"/cosell/locations/{location.public_id}/").status_code == 404
