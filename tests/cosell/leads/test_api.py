"""Leads, needs and figures through the API: the same actions, and the same that is seen."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from cosell.matching.figuring import reckon
from cosell.models import Lead
from identity import tenancy
from identity.models import Role, User
from identity.privileges import StaffRole
from tests.api.calls import caller
from tests.cast import Cast
from tests.cosell.factories import give_role
from tests.cosell.leads.made import make_lead, published
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LEADS, NEEDS, FIGURES = "/api/v1/leads/", "/api/v1/needs/", "/api/v1/match-figures/"
NEED = {
    "company": "Sphinx Bakery", "first_name": "Omar", "last_name": "Nabil", "email": "omar@sphinx.example",
    "country": "EG", "wish": "A new till in each shop", "tags": ["product-cloud"], "consent_contact": True,
}  # fmt: skip


@pytest.fixture
def operations() -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


def post(program: Any, address: str, content: dict[str, Any], **headers: str) -> Any:
    return program.post(address, content, content_type="application/json", headers=headers or None)


class TestLeads:
    def test_are_listed_read_and_worked_on(self, cast: Cast) -> None:
        lead = make_lead(published(cast.site))
        make_lead(published(cast.rival_site), company="Theirs")
        program = caller(give_role(cast.primary, Role.REFERRALS_ADMIN))
        (found,) = program.get(LEADS).json()["results"]
        assert (found["id"], found["company"], found["stage"]) == (lead.public_id, "Oasis Dairy", "received")
        assert found["answer_by"] is not None
        there = f"{LEADS}{lead.public_id}/"
        assert post(program, f"{there}accept/", {}, **{"If-Match": '"9"'}).status_code == 412
        taken = post(program, f"{there}accept/", {}, **{"If-Match": '"1"'})
        assert (taken.status_code, taken.json()["assigned_to"]) == (200, "Amira Haddad")
        assert post(program, f"{there}accept/", {}).status_code == 409
        assert post(program, f"{there}favourite/", {"on": True}).status_code == 200
        assert len(program.get(f"{LEADS}?tab=favourites").json()["results"]) == 1
        assert post(program, f"{there}archive/", {"reason": "other"}).status_code == 400
        assert post(program, f"{there}archive/", {"reason": "spam"}).status_code == 400
        assert post(program, f"{there}spam/", {}).json()["spam"] is True
        assert post(program, f"{there}restore/", {}).json()["stage"] == "received"
        gone = post(program, f"{there}archive/", {"reason": "no_fit"}).json()
        assert (gone["stage"], gone["reason"]) == ("archived", "no_fit")
        assert program.get(f"{LEADS}?stage=open").json()["results"] == []
        assert program.get(f"{LEADS}?country=XX").status_code == 400

    def test_are_given_to_those_who_work_there(self, cast: Cast) -> None:
        lead, user = make_lead(published(cast.site)), give_role(cast.sales, Role.REFERRALS_USER)
        program = caller(give_role(cast.primary, Role.REFERRALS_ADMIN))
        there = f"{LEADS}{lead.public_id}/assign/"
        for stranger in (cast.newcomer, cast.rival):
            assert post(program, there, {"member": stranger.public_id}).status_code == 400
        assert post(program, there, {"member": user.public_id}).json()["assigned_to"] == "Nadia Farouk"
        assert len(caller(user).get(LEADS).json()["results"]) == 1
        assert post(caller(user), there, {"member": user.public_id}).status_code == 403


class TestNeeds:
    def test_are_entered_answered_and_offered(self, cast: Cast, operations: User) -> None:
        profile, program = published(cast.site, name="Nile Cloud"), caller(operations)
        wrong = post(program, NEEDS, NEED | {"consent_contact": False, "tags": ["nothing"], "country": "XX"})
        assert wrong.status_code == 400
        made = post(program, NEEDS, NEED)
        assert made.status_code == 201
        there = f"{NEEDS}{made.json()['id']}/"
        (first,) = program.get(f"{there}proposals/").json()
        assert (first["place"], first["partner"]) == (1, "Nile Cloud")
        assert sum(part["points"] for part in first["why"]) == first["points"] == 80_000
        assert post(program, f"{there}offer/", {"profiles": ["zzzzzzzzzzzz"]}).status_code == 400
        offered = post(program, f"{there}offer/", {"profiles": [profile.public_id]}).json()["offered"]
        assert [(each["partner"], each["stage"]) for each in offered] == [("Nile Cloud", "received")]
        with tenancy.as_system():
            assert Lead.objects.get().source == "offer"
        assert post(program, f"{there}close/", {}).json()["closed_at"] is not None
        assert post(program, f"{there}close/", {}).status_code == 409
        assert program.get(NEEDS).json()["results"][0]["company"] == "Sphinx Bakery"

    def test_are_the_vendors(self, cast: Cast) -> None:
        assert caller(give_role(cast.primary, Role.REFERRALS_ADMIN)).get(NEEDS).status_code == 403


def test_figures_are_ones_own_and_say_what_would_improve_them(cast: Cast) -> None:
    published(cast.site, name="Nile Cloud", tags=["product-cloud"])
    published(cast.rival_site)
    reckon(now=timezone.now())
    (found,) = caller(give_role(cast.primary, Role.REFERRALS_ADMIN)).get(FIGURES).json()["results"]
    assert (found["name"], found["received"], found["answer_minutes"]) == ("Nile Cloud", 0, None)
    assert [part["points"] for part in found["parts"]] == [7500, 5000, 7500]
    assert found["advice"]
