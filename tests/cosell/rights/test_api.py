"""Locations and roles by API: the same actions under the same rules."""

from __future__ import annotations

import pytest

from identity import tenancy
from identity.models import Role
from tests.api.calls import caller
from tests.cast import Cast
from tests.cosell.factories import give_role, make_location

pytestmark = pytest.mark.django_db
LOCATIONS, ROLES = "/api/v1/locations/", "/api/v1/cosell-roles/"


def test_locations_are_added_corrected_and_closed(cast: Cast) -> None:
    program = caller(cast.primary)
    make_location(cast.site, "Cairo")
    made = program.send("post", LOCATIONS, {"name": "Luxor", "city": "Luxor", "country": "EG"})
    assert made.status_code == 201, made.content
    path = f"{LOCATIONS}{made.json()['id']}/"
    etag = program.get(path).headers["ETag"]
    changed = program.send("patch", path, {"city": "Karnak"}, If_Match=etag)
    assert changed.json()["city"] == "Karnak"
    assert program.send("post", f"{path}close/", If_Match=etag).status_code == 412
    assert program.send("post", f"{path}close/").json()["closed_at"] is not None
    assert [row["name"] for row in program.get(LOCATIONS).json()["results"]] == ["Cairo", "Luxor"]


def test_the_last_open_location_stays_open(cast: Cast) -> None:
    location = make_location(cast.site)
    answer = caller(cast.primary).send("post", f"{LOCATIONS}{location.public_id}/close/")
    assert answer.status_code == 403
    assert "last location" in answer.json()["message"]


def test_roles_are_set_by_location(cast: Cast) -> None:
    program = caller(cast.primary)
    luxor = make_location(cast.site, "Luxor")
    path = f"{ROLES}{cast.newcomer.public_id}/"
    etag = program.get(path).headers["ETag"]
    wanted = {
        "roles": [{"role": "referrals_user", "locations": [luxor.public_id]}, {"role": "profile_admin"}]
    }
    answer = program.send("put", path, wanted, If_Match=etag)
    assert answer.status_code == 200, answer.content
    assert answer.json()["roles"] == [
        {"role": "referrals_user", "locations": [luxor.public_id]},
        {"role": "profile_admin", "locations": None},
    ]
    found = program.get(ROLES, {"role": "referrals_user"}).json()["results"]
    assert [row["name"] for row in found] == ["Karim Mansour"]


def test_roles_are_found_by_person_and_by_the_location_where_they_hold(cast: Cast) -> None:
    luxor, cairo = make_location(cast.site, "Luxor"), make_location(cast.site, "Cairo")
    give_role(cast.newcomer, Role.REFERRALS_USER, at=[luxor])
    give_role(cast.sales, Role.PROFILE_ADMIN)
    program = caller(cast.primary)

    def found(**query: str) -> set[str]:
        return {row["name"] for row in program.get(ROLES, query).json()["results"]}

    assert found(location=luxor.public_id) == {cast.newcomer.name, cast.sales.name}
    assert found(location=cairo.public_id) == {cast.sales.name}
    assert found(location=luxor.public_id, role="referrals_user") == {cast.newcomer.name}
    assert found(location="nowhere") == {cast.sales.name}
    assert found(q=cast.newcomer.name[:5]) == {cast.newcomer.name}


def test_nobody_sets_their_own_and_nobody_a_strangers_location(cast: Cast) -> None:
    program = caller(cast.primary)
    theirs = make_location(cast.rival_site)
    own = f"{ROLES}{cast.primary.public_id}/"
    wanted = {"roles": [{"role": "referrals_admin"}]}
    assert program.send("put", own, wanted, If_Match='"1"').status_code == 403
    other = f"{ROLES}{cast.newcomer.public_id}/"
    wanted = {"roles": [{"role": "referrals_user", "locations": [theirs.public_id]}]}
    assert program.send("put", other, wanted, If_Match='"1"').status_code == 400
    for bad in ([], None):
        rows = [{"role": "referrals_user", "locations": bad}, {"role": "referrals_user", "locations": bad}]
        assert program.send("put", other, {"roles": rows}, If_Match='"1"').status_code == 400


def test_a_reader_sees_locations_and_no_roles(cast: Cast) -> None:
    reader = caller(give_role(cast.sales, Role.REFERRALS_USER))
    make_location(cast.site, "Luxor")
    make_location(cast.rival_site, "Gdynia")
    assert [row["name"] for row in reader.get(LOCATIONS).json()["results"]] == ["Luxor"]
    assert reader.get(ROLES).status_code == 403
    with tenancy.as_system():
        assert cast.sales.roles == ["referrals_user"]
