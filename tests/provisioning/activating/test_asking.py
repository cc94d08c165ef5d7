"""Provision and start billing: whoever asks, however often, it is asked for once; and what failed is tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import ProgrammingError, connection

from identity import tenancy
from identity.models import AuditEvent
from provisioning.activating import (
    ActivationChanged,
    LineOver,
    NothingFailed,
    NotOnboarded,
    ask_again,
    provision,
)
from provisioning.models import Activation, BillingStart, LineStatus, SetupLine, Subscription
from tests.cast import Cast, actor
from tests.provisioning.made import guest_of, make_line, make_setup_part

from .made import ASKED_BY, ENTERED, again, asked, entered, make_ready, work

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def fail(activation: Activation, code: str = "subdomain_taken", state: str = "failed") -> None:
    with tenancy.as_system():
        Activation.objects.filter(id=activation.id).update(
            state=state, error_code=code, finished_at=NOW, due_at=None, location="https://there.example/1"
        )
        SetupLine.objects.filter(id=activation.line_id).update(status=LineStatus.FAILED)


@pytest.mark.django_db
class TestAskingForIt:
    def test_makes_one_activation_and_the_line_is_being_set_up(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        activation = again(asked(line))
        assert (activation.state, activation.asked_by) == ("queued", ASKED_BY)
        assert activation.line.status == LineStatus.PROVISIONING
        assert activation.line.service_states["calling"] == {"state": "queued", "code": "", "text": ""}

    def test_twice_gives_the_same_one_with_what_was_entered_first(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        first = asked(line)
        second = asked(line, organisation={"subdomain": "another"})
        assert second.id == first.id
        assert again(first).details["organisation"] == {"subdomain": "oasis"}

    def test_keeps_nothing_of_services_that_were_not_bought(self, cast: Cast) -> None:
        part = make_setup_part("S0CHATA", services=["messaging"])
        line = make_ready(cast.site, part=part)
        assert again(asked(line)).details == {"messaging": {}, "organisation": {"subdomain": "oasis"}}

    def test_is_in_the_audit_trail_once(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        asked(line), asked(line)
        with tenancy.scope(actor(cast.primary)):
            events = AuditEvent.objects.filter(event="setup_line.provision_asked", object_id=line.public_id)
            assert [event.detail["asked_by"] for event in events] == [ASKED_BY]

    def test_is_refused_before_the_organisations_are_confirmed(self, cast: Cast) -> None:
        with pytest.raises(NotOnboarded):
            asked(make_line(cast.site))

    @pytest.mark.parametrize("status", [LineStatus.CLOSED, LineStatus.CANCELLED])
    def test_is_refused_when_the_line_is_over(self, cast: Cast, status: str) -> None:
        line = make_ready(cast.site, status=status, closed_at=NOW)
        with pytest.raises(LineOver):
            asked(line)

    def test_of_somebody_elses_line_is_refused(self, cast: Cast) -> None:
        line, other = make_ready(cast.site), make_ready(cast.site)
        with pytest.raises(SetupLine.DoesNotExist), tenancy.scope(guest_of(other)):
            provision(line, ENTERED, asked_by=ASKED_BY, by=guest_of(other), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_eight_people_who_click_at_the_same_moment_get_one_activation_and_one_billing_start(
    cast: Cast,
) -> None:
    line = make_ready(cast.site)
    barrier, got = Barrier(8), []

    def click() -> None:
        try:
            barrier.wait()
            got.append(asked(line).id)
        finally:
            connection.close()

    threads = [Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    work()

    assert len(got) == 8
    assert len(set(got)) == 1
    with tenancy.as_system():
        assert BillingStart.objects.filter(line=line).count() == 1
        assert Subscription.objects.filter(line=line).count() == 1


@pytest.mark.django_db
class TestTryingAgain:
    def try_again(self, line: SetupLine, who: Any, **extra: Any) -> Activation:
        with tenancy.scope(who):
            return ask_again(line, by=who, now=NOW, **extra)

    def test_whoever_holds_the_link_can_with_something_else(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        activation = asked(line)
        fail(activation)
        self.try_again(line, guest_of(line), details=entered(organisation={"subdomain": "oasis2"}))
        found = again(activation)
        assert (found.state, found.error_code, found.finished_at) == ("queued", "", None)
        assert found.details["organisation"] == {"subdomain": "oasis2"}

    def test_the_partner_can(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        fail(asked(line))
        assert self.try_again(line, actor(cast.primary)).state == "queued"

    def test_the_partner_cannot_where_the_customer_sets_up_alone(self, cast: Cast) -> None:
        line = make_ready(cast.site, handed_to="customer")
        fail(asked(line))
        with pytest.raises(Activation.DoesNotExist):
            self.try_again(line, actor(cast.primary))

    def test_the_vendors_people_can(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        fail(asked(line))
        assert self.try_again(line, actor(cast.deal_desk)).state == "queued"

    @pytest.mark.parametrize("who", ["rival", "distributor"])
    def test_nobody_else_can(self, cast: Cast, who: str) -> None:
        line = make_ready(cast.site, distributor=cast.distributor_site)
        fail(asked(line))
        with pytest.raises((Activation.DoesNotExist, SetupLine.DoesNotExist, ProgrammingError)):
            self.try_again(line, actor(getattr(cast, who)))

    def test_what_is_under_way_is_left_alone(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        asked(line)
        for who in (guest_of(line), actor(cast.primary), actor(cast.deal_desk)):
            with pytest.raises(NothingFailed):
                self.try_again(line, who)

    def test_of_two_who_saw_the_same_failure_the_second_changes_nothing(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        activation = asked(line)
        fail(activation)
        seen = again(activation).version
        self.try_again(line, actor(cast.primary), version=seen)
        with pytest.raises(NothingFailed):
            self.try_again(line, actor(cast.deal_desk), version=seen)
        fail(activation)
        with pytest.raises(ActivationChanged):
            self.try_again(line, actor(cast.deal_desk), version=seen)

    def test_after_the_backend_has_said_no_is_another_request(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        activation = asked(line)
        before = again(activation).request_key
        fail(activation, "subdomain_taken")
        self.try_again(line, guest_of(line))
        assert again(activation).request_key == f"{before}-2"
        assert again(activation).location == ""

    def test_when_nobody_knows_what_the_backend_did_is_the_same_request(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        activation = asked(line)
        before = again(activation).request_key
        fail(activation, "portal.unreachable")
        self.try_again(line, guest_of(line))
        assert again(activation).request_key == before
        assert again(activation).location == "https://there.example/1"

    def test_with_something_else_is_another_request_even_then(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        activation = asked(line)
        before = again(activation).request_key
        fail(activation, "portal.unreachable")
        self.try_again(line, guest_of(line), details=entered())
        assert again(activation).request_key == before
        fail(activation, "portal.unreachable")
        self.try_again(line, guest_of(line), details=entered(organisation={"subdomain": "oasis2"}))
        assert again(activation).request_key == f"{before}-2"

    def test_of_a_line_whose_order_was_called_off_is_refused(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        activation = asked(line)
        fail(activation)
        with tenancy.as_system():
            SetupLine.objects.filter(id=line.id).update(status=LineStatus.CANCELLED)
        with pytest.raises(LineOver):
            self.try_again(line, guest_of(line))
        assert work() == 0
