"""The pages of business profiles: a partner's, and the vendor's."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from cosell.models import Location, Profile, PublishedProfile
from cosell.profiles.logos import LOGOS
from cosell.profiles.tasks import sweep_logos
from identity import tenancy
from identity.models import Membership, Role, StaffRole
from tests.cast import Cast, signed_in
from tests.cosell.factories import give_role, make_location, make_profile
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(cast: Cast) -> Membership:
    return give_role(cast.secondary, Role.PROFILE_ADMIN)


@pytest.fixture
def writing(writer: Membership) -> Client:
    return signed_in(writer)


@pytest.fixture
def place(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


def picture(width: int = 900, height: int = 300) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue(), content_type="image/png")


def entered(place: Location, **other: Any) -> dict[str, Any]:
    fields = {
        "version": 0, "country": "EG", "name": "Nile Cloud", "description": "We move factories.",
        "website": "https://nile.example", "locations": [place.public_id], "industries": ["industry-retail"],
        "products": ["product-cloud"], "services": [], "skills": "Point of sale\nTills, point of SALE",
        "languages": ["ar", "en"], "sizes": ["10-50"], "turns_away": "on",
    } | other  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def only() -> Profile:
    with tenancy.as_system():
        return Profile.objects.get()


class TestThePartnersPages:
    def test_a_profile_is_written_with_a_logo_of_300_pixels_and_published(
        self, writing: Client, place: Location
    ) -> None:
        answer = writing.post(reverse("profiles:make"), entered(place, logo=picture()))
        assert answer.status_code == 302, answer.content.decode()
        profile = only()
        assert (profile.logo_width, profile.logo_height) == (300, 100)
        assert profile.skills == ["Point of sale", "Tills"]
        assert profile.tags == ["industry-retail", "product-cloud"]
        logo = writing.get(reverse("profiles:logo", args=[profile.public_id]))
        assert logo.getvalue().startswith(b"\x89PNG")
        assert writing.get(reverse("profiles:change", args=[profile.public_id])).status_code == 200
        answer = writing.post(reverse("profiles:publish", args=[profile.public_id]), {"version": 1})
        assert answer.status_code == 302
        assert only().state == "waiting"
        assert b"at the latest" in writing.get(answer["Location"]).content

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"description": "x" * 2501}, "description"),
            ({"website": "javascript:alert(1)"}, "website"),
            ({"website": "https://bank.example@evil.example/"}, "website"),
            ({"skills": "\n".join(f"Skill {number}" for number in range(21))}, "skills"),
            ({"skills": "x" * 41}, "skills"),
            ({"products": ["nonsense"]}, "products"),
            ({"sizes": None}, "turns_away"),
            ({"languages": ["xx"]}, "languages"),
            ({"country": "ZZ"}, "country"),
            ({"name": "  "}, "name"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
        self, writing: Client, place: Location, wrong: dict[str, Any], field: str
    ) -> None:
        answer = writing.post(reverse("profiles:make"), entered(place, **wrong))
        assert answer.status_code == 422
        page = answer.content.decode()
        assert f"#id_{field}" in page
        assert "Tills, point of SALE" in page or field == "skills"

    def test_a_file_that_is_no_picture_is_refused(self, writing: Client, place: Location) -> None:
        file = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", content_type="image/png")
        assert writing.post(reverse("profiles:make"), entered(place, logo=file)).status_code == 422

    def test_six_locations_are_too_many_and_a_rivals_is_none(self, writing: Client, cast: Cast) -> None:
        places = [make_location(cast.site) for _ in range(6)]
        foreign = make_location(cast.rival_site)
        for chosen in ([each.public_id for each in places], [foreign.public_id]):
            answer = writing.post(reverse("profiles:make"), entered(places[0], locations=chosen))
            assert answer.status_code == 422
            assert "#id_locations" in answer.content.decode()

    def test_a_second_one_for_a_country_leads_to_the_first(
        self, writing: Client, cast: Cast, place: Location
    ) -> None:
        first = make_profile(cast.site, state="draft", country="EG")
        answer = writing.post(reverse("profiles:make"), entered(place))
        assert answer.status_code == 422
        assert reverse("profiles:change", args=[first.public_id]) in answer.content.decode()

    def test_what_a_colleague_changed_meanwhile_is_said_and_what_was_typed_stays(
        self, writing: Client, cast: Cast, place: Location
    ) -> None:
        profile = make_profile(cast.site, state="draft")
        address = reverse("profiles:change", args=[profile.public_id])
        assert writing.post(address, entered(place, version=1)).status_code == 302
        answer = writing.post(address, entered(place, version=1, name="Mine"))
        assert answer.status_code == 422
        assert 'value="Mine"' in answer.content.decode()
        assert writing.post(address, entered(place, version=2, name="Mine")).status_code == 302

    @pytest.mark.parametrize("state", ["draft", "waiting", "live", "changed", "stopped", "withdrawn"])
    def test_the_page_shows_every_state_and_what_can_be_done(
        self, writing: Client, cast: Cast, state: str
    ) -> None:
        profile = make_profile(cast.site, state=state)
        page = writing.get(reverse("profiles:profile", args=[profile.public_id]))
        assert page.status_code == 200
        assert writing.get(reverse("profiles:list")).status_code == 200
        possible = {"draft": "delete", "waiting": "take_back", "live": "withdraw", "changed": "withdraw"}.get(
            state
        )
        if possible:
            address = reverse(f"profiles:{possible}", args=[profile.public_id])
            assert address in page.content.decode()
            assert writing.post(address, {"version": profile.version}).status_code == 302

    def test_what_the_state_does_not_allow_is_said_on_the_page(self, writing: Client, cast: Cast) -> None:
        profile = make_profile(cast.site, state="live")
        answer = writing.post(reverse("profiles:publish", args=[profile.public_id]))
        assert answer.status_code == 409
        assert "What it says is live already. Change it, and publish the changes." in answer.content.decode()

    def test_a_form_that_says_nothing_new_is_told_so(
        self, writing: Client, cast: Cast, place: Location
    ) -> None:
        profile = make_profile(cast.site, state="draft")
        address = reverse("profiles:change", args=[profile.public_id])
        assert writing.post(address, entered(place, version=1)).status_code == 302
        again = writing.post(address, entered(place, version=2), follow=True).content.decode()
        assert "You changed nothing" in again

    def test_others_have_no_page_of_it(self, cast: Cast, writing: Client) -> None:
        theirs = make_profile(cast.rival_site, state="waiting")
        for name in ("profile", "change", "logo"):
            assert writing.get(reverse(f"profiles:{name}", args=[theirs.public_id])).status_code == 404
        assert signed_in(cast.sales).get(reverse("profiles:list")).status_code == 403
        assert signed_in(cast.deal_desk).get(reverse("profiles:list")).status_code == 403


class TestTheVendorsPages:
    @pytest.fixture
    def operations(self) -> Client:
        return signed_in(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))

    def test_what_waits_is_looked_at_and_let_go_live(self, cast: Cast, operations: Client) -> None:
        profile = make_profile(cast.site, state="waiting", name="Nile Cloud")
        assert b"Nile Cloud" in operations.get(reverse("profiles:queue")).content
        assert b"factories" in operations.get(reverse("profiles:review", args=[profile.public_id])).content
        answer = operations.post(reverse("profiles:approve", args=[profile.public_id]), {"version": 1})
        assert answer.status_code == 302
        assert only().state == "live"

    def test_stopping_takes_a_reason_and_what_changed_meanwhile_is_said(
        self, cast: Cast, operations: Client
    ) -> None:
        profile = make_profile(cast.site, state="waiting")
        address = reverse("profiles:stop", args=[profile.public_id])
        assert operations.post(address, {"version": 1, "reason": " "}).status_code == 422
        stale = operations.post(address, {"version": 9, "reason": "Not your logo."})
        assert stale.status_code == 409
        assert b"Not your logo." in stale.content
        assert operations.post(address, {"version": 1, "reason": "Not your logo."}).status_code == 302
        assert only().state == "stopped"

    def test_a_draft_is_not_theirs_to_see_and_the_deal_desk_decides_nothing(
        self, cast: Cast, operations: Client
    ) -> None:
        draft = make_profile(cast.site, state="draft")
        assert operations.get(reverse("profiles:review", args=[draft.public_id])).status_code == 404
        assert signed_in(cast.deal_desk).get(reverse("profiles:queue")).status_code == 403


class TestFilesOfLogos:
    def test_they_are_kept_while_the_partners_copy_or_the_public_one_bears_them(
        self, writing: Client, cast: Cast, place: Location, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writing.post(reverse("profiles:make"), entered(place, logo=picture()))
        old = only().logo
        writing.post(
            reverse("profiles:change", args=[only().public_id]),
            entered(place, version=1, logo=picture(64, 64)),
        )
        new = only().logo
        assert new != old
        monkeypatch.setattr(type(LOGOS), "older_than_a_day", lambda self: iter([old, new]))
        assert sweep_logos() == 1
        assert not LOGOS.path_of(old).exists()
        assert LOGOS.path_of(new).exists()
        with tenancy.as_system():
            assert not PublishedProfile.objects.exists()
