"""Business profiles and the directory by API."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image

from cosell.models import Location, Profile
from identity import tenancy
from identity.models import Membership, Role, StaffRole
from tests.api.calls import caller
from tests.cast import Cast
from tests.cosell.factories import give_role, make_location, make_profile
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIST = "/api/v1/profiles/"


@pytest.fixture
def writer(cast: Cast) -> Membership:
    return give_role(cast.secondary, Role.PROFILE_ADMIN)


@pytest.fixture
def place(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


def told(place: Location, **other: Any) -> dict[str, Any]:
    return {
        "country": "EG", "name": "Nile Cloud", "description": "We move factories.", "locations": [place.public_id],
        "tags": ["product-cloud"], "skills": ["Tills"], "languages": ["ar"],
    } | other  # fmt: skip


def at(profile: Profile, deed: str = "") -> str:
    return f"{LIST}{profile.public_id}/{deed + '/' if deed else ''}"


class TestAPartnersProgram:
    def test_it_begins_changes_publishes_and_takes_back(self, writer: Membership, place: Location) -> None:
        program = caller(writer)
        made = program.send("post", LIST, told(place))
        assert made.status_code == 201, made.content
        address = made["Location"]
        changed = program.send("patch", address, {"skills": ["Tills", "Scales"]}, If_Match=made["ETag"])
        assert changed.status_code == 200, changed.content
        assert changed.json()["skills"] == ["Tills", "Scales"]
        assert changed.json()["locations"] == [place.public_id]
        twice = program.send("patch", address, {"skills": ["Tills", " tills "]}, If_Match=changed["ETag"])
        assert twice.json()["skills"] == ["Tills"]
        changed = twice
        published = program.send("post", f"{address}publish/", {}, If_Match=changed["ETag"])
        assert published.json()["state"] == "waiting"
        assert program.send("post", f"{address}publish/", {}).status_code == 409
        assert program.send("post", f"{address}take_back/", {}).json()["state"] == "draft"

    def test_what_was_changed_meanwhile_is_412_and_without_a_tag_428(
        self, cast: Cast, writer: Membership
    ) -> None:
        profile = make_profile(cast.site, state="draft")
        program = caller(writer)
        assert program.send("patch", at(profile), {"name": "A"}).status_code == 428
        assert program.send("patch", at(profile), {"name": "A"}, If_Match='"1"').status_code == 200
        assert program.send("patch", at(profile), {"name": "B"}, If_Match='"1"').status_code == 412

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"locations": ["zzzzzzzzzzzz"]}, "locations"),
            ({"tags": ["product-nonsense"]}, "tags"),
            ({"languages": ["xx"]}, "languages"),
            ({"sizes": ["17"]}, "sizes"),
            ({"turns_away": True}, "turns_away"),
            ({"description": "x" * 2501}, "description"),
            ({"country": "ZZ"}, "country"),
            ({"surprise": 1}, "surprise"),
        ],
    )
    def test_what_cannot_be_is_refused_by_field(
        self, writer: Membership, place: Location, wrong: dict[str, Any], field: str
    ) -> None:
        answer = caller(writer).send("post", LIST, told(place, **wrong))
        assert answer.status_code == 400
        assert field in answer.content.decode()

    def test_a_second_one_for_a_country_is_refused_and_names_the_first(
        self, cast: Cast, writer: Membership, place: Location
    ) -> None:
        first = make_profile(cast.site, country="EG", state="draft")
        answer = caller(writer).send("post", LIST, told(place))
        assert answer.status_code == 409
        assert first.public_id in answer.content.decode()

    def test_a_logo_is_sent_in_base64_and_taken_off(self, cast: Cast, writer: Membership) -> None:
        profile, program, out = make_profile(cast.site, state="draft"), caller(writer), io.BytesIO()
        Image.new("RGB", (600, 200), "teal").save(out, "JPEG")
        sent = program.send(
            "post", at(profile, "logo"), {"content": base64.b64encode(out.getvalue()).decode()}
        )
        assert sent.json()["has_logo"] is True
        with tenancy.as_system():
            assert Profile.objects.get().logo_width == 300
        assert program.send("post", at(profile, "logo"), {"content": ""}).json()["has_logo"] is False
        for nonsense in ("not base64!", base64.b64encode(b"<svg/>").decode()):
            assert program.send("post", at(profile, "logo"), {"content": nonsense}).status_code == 400

    def test_a_draft_is_thrown_away_and_what_was_published_is_not(
        self, cast: Cast, writer: Membership
    ) -> None:
        program = caller(writer)
        draft, live = make_profile(cast.site, state="draft"), make_profile(cast.site, country="SA")
        assert program.send("delete", at(draft)).status_code == 204
        assert program.send("delete", at(live)).status_code == 409
        assert program.send("post", at(live, "withdraw"), {}).json()["is_public"] is False

    def test_a_rivals_is_not_found_and_without_the_role_nothing_is(
        self, cast: Cast, writer: Membership
    ) -> None:
        theirs = make_profile(cast.rival_site, state="waiting")
        assert caller(writer).get(at(theirs)).status_code == 404
        assert caller(cast.sales).get(LIST).status_code == 403

    def test_the_lists_are_told_with_their_names(self, writer: Membership) -> None:
        found = caller(writer).get(f"{LIST}lists/").json()
        assert {"code": "industry-retail", "kind": "industry", "name": "Retail"} in found["tags"]
        assert "ar" in found["languages"]


class TestTheVendorsProgram:
    def test_it_lets_go_live_and_stops(self, cast: Cast) -> None:
        program = caller(make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
        first = make_profile(cast.site, state="waiting")
        make_profile(cast.rival_site, state="draft")
        assert [each["id"] for each in program.get(f"{LIST}?state=waiting").json()["results"]] == [
            first.public_id
        ]
        assert len(program.get(LIST).json()["results"]) == 1
        assert program.send("post", at(first, "approve"), {}).json()["state"] == "live"
        assert program.send("post", at(first, "stop"), {"reason": ""}).status_code == 400
        assert program.send("post", at(first, "stop"), {"reason": "Not yours."}).json()["state"] == "stopped"
        assert program.send("post", at(first, "publish"), {}).status_code == 403


class TestTheDirectory:
    def test_every_key_finds_what_is_live_and_nothing_else(self, cast: Cast) -> None:
        live = make_profile(cast.rival_site, name="Delta Data", tags=["product-databases"])
        hidden = make_profile(cast.site, state="waiting", name="Hushhush", tags=["product-databases"])
        program = caller(cast.sales)
        for query in ("", "?q=delta", "?tags=product-databases", f"?country={live.country}", "?size=10-50"):
            answer = program.get(reverse("api-directory-list") + query)
            assert [each["id"] for each in answer.json()["results"]] == [live.public_id], query
            assert "Hushhush" not in answer.content.decode()
        assert program.get(reverse("api-directory-detail", args=[live.public_id])).status_code == 200
        assert program.get(reverse("api-directory-detail", args=[hidden.public_id])).status_code == 404
