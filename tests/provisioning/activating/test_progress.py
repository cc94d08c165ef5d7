"""How far setting up is: for the page of the set-up and that of the line, and who may try again there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from identity import tenancy
from identity.models import Membership, User
from provisioning.activating.progress import Progress, progress
from provisioning.models import Activation, SetupLine
from tests.cast import Cast, signed_in
from tests.factories import make_member, make_user
from tests.provisioning.made import guest_of, make_organisation

from .made import again, asked, make_ready, work

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def far(line: SetupLine, *, later: int = 0) -> Progress:
    with tenancy.scope(guest_of(line)):
        found = progress(line, now=timezone.now() + timedelta(seconds=later))
    assert found is not None
    return found


def set_(line: SetupLine, **values: Any) -> None:
    with tenancy.as_system():
        Activation.objects.filter(line=line).update(**values)


class TestHowFarItIs:
    def test_is_nothing_before_anybody_asked(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        with tenancy.scope(guest_of(line)):
            assert progress(line, now=NOW) is None

    def test_names_each_service_that_was_bought(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        asked(line)
        assert [(step.service, step.state) for step in far(line).steps] == [
            ("calling", "queued"), ("meetings", "queued"), ("messaging", "queued"),
        ]  # fmt: skip

    def test_is_asked_for_less_often_the_longer_it_takes(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        asked(line)
        assert [far(line, later=seconds).again_in for seconds in (0, 60, 600)] == [2, 5, 30]

    def test_is_not_asked_for_any_more_once_it_is_done(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        asked(line)
        work()
        found = far(line)
        assert (found.state, found.tone, found.again_in) == ("provisioned", "good", None)
        assert not found.may_try_again

    def test_says_when_the_backend_does_not_answer_and_when_it_is_asked_again(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        asked(line)
        set_(line, state="provisioning", troubles=3, due_at=NOW + timedelta(minutes=1))
        found = far(line)
        assert "does not answer just now" in found.sentence
        assert found.next_try_at == NOW + timedelta(minutes=1)

    def test_says_of_a_name_that_was_taken_where_another_one_is_entered(self, cast: Cast) -> None:
        asked(make_ready(cast.site))
        work()
        line = make_ready(cast.site, organisation=make_organisation("Lagoon"))
        asked(line, organisation={"subdomain": "lagoon"}, calling={"sip": "lagoon-v"})
        work()
        found = far(line)
        assert (found.state, found.pages, found.by_entering) == ("with_errors", ("meetings",), True)
        assert found.problem == "Somebody else has taken the name of the meeting site meanwhile."
        assert [step.todo for step in found.steps if step.todo] == ["Choose another one, and try again."]

    def test_says_of_what_nobody_knows_that_the_vendor_looks_after_it(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        asked(line)
        set_(line, state="failed", error_code="solar_flare", finished_at=NOW, due_at=None)
        found = far(line)
        assert found.todo == "Your account representative has been told, and looks after it."
        assert (found.may_try_again, found.by_entering) == (True, False)


class TestThePageOfTheLine:
    def failed(self, cast: Cast, code: str = "portal.unreachable", **extra: Any) -> SetupLine:
        line = make_ready(cast.site, distributor=cast.distributor_site, **extra)
        activation = asked(line)
        set_(line, state="failed", error_code=code, finished_at=NOW, due_at=None)
        with tenancy.as_system():
            SetupLine.objects.filter(id=line.id).update(status="failed")
        return again(activation).line

    def shown(self, who: Membership | User, line: SetupLine) -> str:
        return signed_in(who).get(f"/provisioning/{line.public_id}/").content.decode()

    def try_again(self, who: Membership | User, line: SetupLine) -> int:
        with tenancy.as_system():
            version = Activation.objects.get(line=line).version
        data = {"version": str(version), "form_token": f"t-{line.id}"}
        return signed_in(who).post(f"/provisioning/{line.public_id}/again/", data).status_code

    def test_lets_the_partner_try_again_what_only_failed_to_be_reached(self, cast: Cast) -> None:
        line = self.failed(cast)
        assert "could not be reached for hours" in self.shown(cast.primary, line)
        assert self.try_again(cast.primary, line) == 302
        work()
        with tenancy.as_system():
            assert SetupLine.objects.get(id=line.id).status == "active"

    def test_lets_channel_operations_try_again(self, cast: Cast) -> None:
        line = self.failed(cast)
        assert self.try_again(make_user("Olga Ops", staff_roles=["channel_operations"]), line) == 302

    def test_refuses_colleagues_without_the_tool_with_the_reason(self, cast: Cast) -> None:
        line = self.failed(cast)
        assert self.try_again(cast.newcomer, line) == 403

    def test_refuses_what_would_fail_again_and_says_who_can_put_it_right(self, cast: Cast) -> None:
        line = self.failed(cast, "subdomain_taken")
        assert "something else is to be entered" in self.shown(cast.primary, line)
        assert self.try_again(cast.primary, line) == 409

    def test_refuses_what_is_under_way(self, cast: Cast) -> None:
        line = self.failed(cast)
        assert self.try_again(cast.primary, line) == 302
        assert self.try_again(cast.secondary, line) in (403, 409)

    def test_shows_the_distributor_how_far_each_service_is_and_no_more(self, cast: Cast) -> None:
        line = self.failed(cast)
        reader = make_member(cast.distributor_site, "Dalia Saad", tools=["online_ordering"])
        page = self.shown(reader, line)
        assert "How far each service is" in page
        assert "could not be reached for hours" not in page
        assert self.try_again(reader, line) == 403

    def test_shows_the_partner_no_more_where_the_customer_sets_up_alone(self, cast: Cast) -> None:
        line = self.failed(cast, handed_to="customer")
        page = self.shown(cast.primary, line)
        assert "How far each service is" in page
        assert "could not be reached for hours" not in page
        assert self.try_again(cast.primary, line) == 403

    def test_is_not_there_for_the_rival(self, cast: Cast) -> None:
        line = self.failed(cast)
        assert self.try_again(cast.rival, line) == 404

    def test_follows_what_is_under_way(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        asked(line)
        assert f'data-follow="/provisioning/{line.public_id}/"' in self.shown(cast.primary, line)
        work()
        assert "data-follow" not in self.shown(cast.primary, line)
