"""Subscriptions and organisations through the API: the same actions, and the same that is seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from identity import tenancy
from identity.models import Tool
from provisioning.models import Organisation, Subscription
from tests.api.calls import caller
from tests.cast import Cast
from tests.factories import make_member
from tests.provisioning.made import FLEX, make_organisation
from tests.provisioning.subscriptions.made import make_subscription, make_trial

pytestmark = pytest.mark.django_db
AT, ORGANISATIONS = "/api/v1/subscriptions/", "/api/v1/organisations/"


def now_of(one: Subscription) -> Subscription:
    with tenancy.as_system():
        return Subscription.objects.get(id=one.id)


def organisation_of(one: Subscription, **extra: Any) -> Organisation:
    with tenancy.as_system():
        Organisation.objects.filter(id=one.organisation_id).update(**extra)
        return Organisation.objects.get(id=one.organisation_id)


class TestReading:
    def test_gives_what_the_site_stands_on(self, cast: Cast) -> None:
        ours, _theirs = make_subscription(cast.site), make_subscription(cast.rival_site)
        found = caller(cast.primary).get(AT).json()["results"]
        assert [one["number"] for one in found] == [ours.number]
        assert found[0]["organisation_id"] == organisation_of(ours).public_id
        assert (found[0]["status"], found[0]["in_effect"], found[0]["renews_on"]) == (
            "active",
            True,
            "2027-05-01",
        )

    def test_narrows(self, cast: Cast) -> None:
        trial = make_trial(cast.site, trial_ends_on=timezone.localdate() + timedelta(days=5), due_at=None)
        make_subscription(cast.site, services=["calling"])
        program = caller(cast.primary)
        for query in ("?status=trial", "?ends=30", "?service=meetings", f"?q={trial.number}"):
            found = program.get(f"{AT}{query}").json()["results"]
            assert [one["number"] for one in found] == [trial.number], query
        assert program.get(f"{AT}?ends=31").status_code == 400

    def test_gives_no_id_of_an_organisation_that_the_customer_has_alone(self, cast: Cast) -> None:
        one = make_subscription(cast.site, organisation=make_organisation("Oasis alone"))
        assert caller(cast.primary).get(f"{AT}{one.public_id}/").json()["organisation_id"] == ""

    def test_of_the_rivals_is_a_404(self, cast: Cast) -> None:
        theirs, program = make_subscription(cast.rival_site), caller(cast.primary)
        assert program.get(f"{AT}{theirs.public_id}/").status_code == 404
        assert program.send("post", f"{AT}{theirs.public_id}/suspend/", {}).status_code == 404
        assert caller(cast.rival).get(f"{AT}{theirs.public_id}/").status_code == 200


class TestChanging:
    def test_goes_through_a_subscriptions_life(self, cast: Cast) -> None:
        one, program = make_subscription(cast.site), caller(cast.primary)
        at = f"{AT}{one.public_id}/"
        for name, status in (
            ("suspend", "suspended"), ("resume", "active"), ("cancel", "cancelled"), ("restore", "active"),
            ("cancel", "cancelled"),
        ):  # fmt: skip
            answer = program.send("post", f"{at}{name}/", {})
            assert (answer.status_code, answer.json()["status"]) == (200, status)
        assert answer.json()["restore_until"]
        assert program.send("post", f"{at}delete/", {"number": "SUB-1"}).status_code == 400
        assert program.send("post", f"{at}delete/", {"number": one.number}).json()["status"] == "deleted"

    def test_says_why_not(self, cast: Cast) -> None:
        one, program = make_subscription(cast.site), caller(cast.primary)
        answer = program.send("post", f"{AT}{one.public_id}/resume/", {})
        assert (answer.status_code, answer.json()["code"]) == (409, "subscription_not_open")
        late = make_subscription(
            cast.site, status="cancelled", cancelled_at=timezone.now(), restore_until=timezone.now()
        )
        answer = program.send("post", f"{AT}{late.public_id}/restore/", {})
        assert (answer.status_code, answer.json()["code"]) == (409, "restore_window_over")

    def test_insists_on_what_was_seen_when_asked_to(self, cast: Cast) -> None:
        one, program = make_subscription(cast.site), caller(cast.primary)
        seen = program.get(f"{AT}{one.public_id}/")["ETag"]
        program.send("post", f"{AT}{one.public_id}/suspend/", {}, If_Match=seen)
        answer = program.send("post", f"{AT}{one.public_id}/resume/", {}, If_Match=seen)
        assert answer.status_code == 412
        assert now_of(one).status == "suspended"

    def test_is_for_those_who_order(self, cast: Cast) -> None:
        one = make_subscription(cast.site)
        reader = caller(make_member(cast.site, "Rana Report", tools=[Tool.REPORTING]))
        assert reader.get(f"{AT}{one.public_id}/").status_code == 200
        assert reader.send("post", f"{AT}{one.public_id}/suspend/", {}).status_code == 403
        assert now_of(one).status == "active"


class TestTrials:
    def test_are_begun_and_extended(self, cast: Cast) -> None:
        over = make_trial(cast.site, status="deleted", deleted_at=timezone.now())
        organisation = organisation_of(over, external_id="org-1")
        program = caller(cast.primary)
        wanted = {"organisation": organisation.public_id, "part_number": FLEX, "quantity": 3}
        begun = program.send("post", AT, wanted)
        assert (begun.status_code, begun.json()["status"], begun.json()["quantity"]) == (201, "trial", 3)
        again = program.send("post", AT, wanted)
        assert (again.status_code, again.json()["code"]) == (409, "had_already")
        answer = program.send("post", f"{AT}{begun.json()['id']}/extend/", {})
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_gained")

    def test_are_begun_where_the_site_administers_and_nowhere_else(self, cast: Cast) -> None:
        theirs = organisation_of(make_subscription(cast.rival_site), external_id="org-2")
        wanted = {"organisation": theirs.public_id, "part_number": FLEX}
        answer = caller(cast.primary).send("post", AT, wanted)
        assert answer.status_code == 400
        assert "organisation" in answer.json()["details"]

    def test_are_of_parts_that_are_set_up(self, cast: Cast) -> None:
        organisation = organisation_of(make_subscription(cast.site), external_id="org-1")
        wanted = {"organisation": organisation.public_id, "part_number": "D0NONAM"}
        assert "part_number" in caller(cast.primary).send("post", AT, wanted).json()["details"]


class TestOrganisations:
    def test_are_those_that_the_site_administers(self, cast: Cast) -> None:
        ours = make_organisation("Oasis Hotels", administered_by=cast.site)
        alone = make_organisation("Oasis alone")
        theirs = make_organisation("Oasis Towers", administered_by=cast.rival_site)
        program = caller(cast.primary)
        assert [one["id"] for one in program.get(ORGANISATIONS).json()["results"]] == [ours.public_id]
        assert program.get(f"{ORGANISATIONS}{ours.public_id}/").json()["administered"] is True
        for other in (alone, theirs):
            assert program.get(f"{ORGANISATIONS}{other.public_id}/").status_code == 404

    def test_are_found_by_how_their_name_begins(self, cast: Cast) -> None:
        make_organisation("Palm Clinics", administered_by=cast.site)
        ours = make_organisation("Oasis Hotels", administered_by=cast.site)
        found = caller(cast.primary).get(f"{ORGANISATIONS}?q=oasis").json()["results"]
        assert [one["id"] for one in found] == [ours.public_id]
