"""A line that was set up becomes a subscription: once, for its term; and a trial goes on as it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from identity import tenancy
from identity.actors import Actor
from identity.models import AuditEvent
from orders.models import OrderLine
from provisioning.models import LineStatus, SetupLine, Subscription
from provisioning.subscriptions.beginning import NoOrganisation, start_subscription
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site
from tests.provisioning.made import make_line, make_organisation, make_setup_part
from tests.provisioning.subscriptions.made import make_trial

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)  # the first of June in Cairo


def onboarded(cast: Cast, **extra: object) -> SetupLine:
    of = make_customer_site()
    organisation = make_organisation(administered_by=cast.site, customer_id=of.customer_id)
    line = make_line(
        cast.site,
        of=of, status=LineStatus.PROVISIONING, organisation=organisation, onboarded_at=LATE,
        organisation_name=organisation.name, distributor=cast.distributor_site, **extra,
    )  # fmt: skip
    line.organisation = organisation
    return line


def start(line: SetupLine, external_id: str = "PKG-1", now: datetime = LATE) -> Subscription:
    with tenancy.as_system():
        return start_subscription(line, external_id=external_id, by=Actor.system(), now=now)


class TestStarting:
    def test_makes_one_of_what_was_ordered_for_whom(self, cast: Cast) -> None:
        line = onboarded(cast)
        made = start(line)
        assert made.number.startswith("SUB-2026-")
        assert (made.status, made.quantity, made.part_number) == ("active", 5, line.part_number)
        assert made.services == ["calling", "meetings", "messaging"]
        assert (made.organisation_id, made.external_id) == (line.organisation_id, "PKG-1")
        for reader in (cast.primary, cast.distributor):
            with tenancy.scope(actor(reader)):
                assert Subscription.objects.filter(id=made.id, customer_name=line.customer_name).exists()
        with tenancy.scope(actor(cast.rival)):
            assert not Subscription.objects.exists()

    def test_begins_its_term_on_the_day_it_is_where_the_customer_is(self, cast: Cast) -> None:
        made = start(onboarded(cast))
        assert (made.starts_on, made.renews_on) == (date(2026, 6, 1), date(2027, 6, 1))

    def test_runs_as_many_months_as_were_ordered(self, cast: Cast) -> None:
        line = onboarded(cast)
        with tenancy.as_system():
            OrderLine.objects.filter(id=line.order_line_id).update(months=36)
        assert start(line).renews_on == date(2029, 6, 1)

    def test_twice_is_once(self, cast: Cast) -> None:
        line = onboarded(cast)
        assert start(line).id == start(line, "PKG-2").id
        with tenancy.as_system():
            assert Subscription.objects.count() == 1
            assert AuditEvent.objects.filter(event="subscription.started").count() == 1

    def test_waits_for_the_organisation(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with pytest.raises(NoOrganisation):
            start(line)

    def test_tells_the_report_of_services_its_number(self, cast: Cast) -> None:
        line = onboarded(cast)
        made = start(line)
        with tenancy.as_system():
            line.fulfilment.refresh_from_db()
        assert (line.fulfilment.status, line.fulfilment.subscription_number) == ("active", made.number)


class TestATrialOfTheSameOrganisation:
    def test_becomes_the_subscription_and_keeps_its_number(self, cast: Cast) -> None:
        line = onboarded(cast)
        trial = make_trial(cast.site, organisation=line.organisation, customer=line.customer_id)
        made = start(line)
        assert (made.id, made.number, made.public_id) == (trial.id, trial.number, trial.public_id)
        assert (made.status, made.line_id, made.trial_ends_on, made.due_at) == ("active", line.id, None, None)
        assert (made.quantity, made.renews_on) == (5, date(2027, 6, 1))
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="subscription.converted").count() == 1

    def test_also_when_it_is_over(self, cast: Cast) -> None:
        line = onboarded(cast)
        trial = make_trial(
            cast.site, organisation=line.organisation, customer=line.customer_id, status="trial_expired"
        )
        assert start(line).id == trial.id

    def test_of_part_of_the_services_goes_on_as_the_whole(self, cast: Cast) -> None:
        line = onboarded(cast)
        trial = make_trial(
            cast.site, organisation=line.organisation, customer=line.customer_id,
            part_number="S0OTHER", services=["meetings"],
        )  # fmt: skip
        made = start(line)
        assert (made.id, made.part_number, len(made.services)) == (trial.id, line.part_number, 3)

    def test_of_something_else_goes_on_beside_it(self, cast: Cast) -> None:
        line = onboarded(cast, part=make_setup_part("S0CALLX", services=["calling"]))
        trial = make_trial(
            cast.site, organisation=line.organisation, customer=line.customer_id,
            part_number="S0OTHER", services=["calling", "meetings"],
        )  # fmt: skip
        assert start(line).id != trial.id
        with tenancy.as_system():
            trial.refresh_from_db()
        assert trial.status == "trial"

    def test_of_another_organisation_stays_a_trial(self, cast: Cast) -> None:
        line = onboarded(cast)
        other = make_organisation("Other", administered_by=cast.site, customer_id=line.customer_id)
        trial = make_trial(cast.site, organisation=other, customer=line.customer_id)
        assert start(line).id != trial.id

    def test_that_was_deleted_does_not_come_back(self, cast: Cast) -> None:
        line = onboarded(cast)
        trial = make_trial(
            cast.site, organisation=line.organisation, customer=line.customer_id,
            status="deleted", deleted_at=LATE,
        )  # fmt: skip
        assert start(line).id != trial.id
