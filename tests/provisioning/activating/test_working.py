"""From asking to being set up: with the registry of this portal, and with a vendor's system that misbehaves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.utils import timezone

from identity import tenancy
from identity.models import AuditEvent
from notifications.models import Notice
from provisioning.activating import ask_again
from provisioning.activating.hearing import MOST_LOOKS, MOST_TROUBLES
from provisioning.activating.working import take_next, work_on
from provisioning.models import (
    Activation,
    BillingStart,
    LineStatus,
    Organisation,
    SetupLine,
    Subscription,
)
from tests.cast import Cast
from tests.provisioning.backends.vendor import (
    TOKEN,
    Vendor,
    cut,
    do_and_cut,
    error,
    half,
    vendor_running,
)
from tests.provisioning.made import guest_of, make_organisation
from tests.provisioning.subscriptions.made import make_trial

from .made import ASKED_BY, again, asked, entered, make_due, make_ready, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(settings: Any) -> Iterator[Vendor]:
    with vendor_running() as running:
        settings.PROVISIONING_BACKEND, settings.PROVISIONING_TOKEN = running.url, TOKEN
        yield running


def told(kind: str) -> list[Notice]:
    with tenancy.as_system():
        return list(Notice.objects.filter(kind=kind).order_by("id"))


def billed(activation: Activation) -> int:
    with tenancy.as_system():
        return BillingStart.objects.filter(line_id=activation.line_id).count()


class TestWithTheRegistryOfThisPortal:
    def test_everything_is_set_up_and_billing_starts(self, cast: Cast) -> None:
        activation = asked(make_ready(cast.site))
        assert work() == 1
        found = again(activation)
        assert (found.state, found.line.status) == ("provisioned", LineStatus.ACTIVE)
        assert found.line.activated_at is not None
        assert {known["state"] for known in found.line.service_states.values()} == {"provisioned"}
        with tenancy.as_system():
            start = BillingStart.objects.get(line=found.line)
            subscription = Subscription.objects.get(line=found.line)
        assert (start.at, start.quantity) == (found.line.activated_at, 5)
        assert (subscription.external_id, subscription.status) == (found.external_id, "active")

    def test_the_organisation_knows_what_it_is_called_there_and_its_subdomain(self, cast: Cast) -> None:
        activation = asked(make_ready(cast.site))
        work()
        organisation = again(activation).line.organisation
        assert organisation is not None
        assert organisation.external_id == f"org-{organisation.public_id}"
        assert organisation.subdomain == "oasis"

    def test_once_whatever_is_done_again(self, cast: Cast) -> None:
        line = make_ready(cast.site)
        activation = asked(line)
        work(), asked(line), work()
        assert billed(activation) == 1
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="setup_line.provisioned").count() == 1
        assert len(told("setup.done")) == 1

    def test_the_partner_and_whoever_asked_are_told(self, cast: Cast) -> None:
        line = make_ready(cast.site, distributor=cast.distributor_site)
        asked(line)
        work()
        (to_sites,) = told("setup.done")
        assert [audience["site_id"] for audience in to_sites.audiences] == [
            cast.site.id,
            cast.distributor_site.id,
        ]
        assert to_sites.href == f"/provisioning/{line.public_id}/"
        (to_whoever,) = told("setup.done_asked")
        assert to_whoever.audiences == [{"to": "address", "email": ASKED_BY, "language": "en"}]

    def test_a_subdomain_that_was_taken_meanwhile_fails_and_another_one_works(self, cast: Cast) -> None:
        asked(make_ready(cast.site))
        work()
        line = make_ready(cast.site, organisation=make_organisation("Lagoon"))
        names = {"calling": {"sip": "lagoon-v"}, "meetings": {"site": "lagoon-m"}}
        activation = asked(line, **names)
        work()
        found = again(activation)
        assert (found.state, found.error_code) == ("failed", "subdomain_taken")
        assert (found.line.status, billed(activation)) == (LineStatus.FAILED, 0)

        with tenancy.scope(guest_of(line)):
            better = entered(**names, organisation={"subdomain": "lagoon"})
            ask_again(line, details=better, by=guest_of(line), now=timezone.now())
        work()
        assert again(activation).line.status == LineStatus.ACTIVE
        assert billed(activation) == 1

    def test_a_site_that_is_taken_leaves_the_line_unbilled_until_it_has_another(self, cast: Cast) -> None:
        asked(make_ready(cast.site))
        work()
        line = make_ready(cast.site, organisation=make_organisation("Lagoon"))
        names = {"calling": {"sip": "lagoon-v"}, "organisation": {"subdomain": "lagoon"}}
        activation = asked(line, **names)
        work()
        found = again(activation)
        assert (found.state, found.line.status) == ("with_errors", LineStatus.FAILED)
        assert found.line.service_states["calling"]["state"] == "provisioned"
        assert found.line.service_states["meetings"]["code"] == "site_taken"
        assert billed(activation) == 0

        with tenancy.scope(guest_of(line)):
            better = entered(**names, meetings={"site": "lagoon-m"})
            ask_again(line, details=better, by=guest_of(line), now=timezone.now())
        work()
        assert again(activation).state == "provisioned"
        assert billed(activation) == 1

    def test_a_failure_is_told_with_what_to_do(self, cast: Cast) -> None:
        asked(
            make_ready(cast.site, organisation=make_organisation("Lagoon")),
            organisation={"subdomain": "admin"},
        )
        work()
        for kind in ("setup.failed", "setup.failed_asked", "setup.failed_here"):
            (notice,) = told(kind)
            assert notice.context["problem"] == {"words": "The subdomain is not one that anybody can have."}
        assert told("setup.failed_here")[0].audiences == [{"to": "staff", "role": "channel_operations"}]
        assert told("setup.failed_here")[0].context["said"] == "subdomain_refused admin"

    def test_a_failure_of_what_the_customer_sets_up_alone_is_not_told_to_the_partner(
        self, cast: Cast
    ) -> None:
        asked(make_ready(cast.site, handed_to="customer"), organisation={"subdomain": "admin"})
        work()
        assert told("setup.failed") == []
        assert len(told("setup.failed_asked")) == len(told("setup.failed_here")) == 1


class TestWithAVendorsSystem:
    def finish(self, activation: Activation, *, most: int = 12) -> Activation:
        """However long it would take."""
        for _ in range(most):
            work()
            if again(activation).finished_at:
                break
            make_due(activation)
        return again(activation)

    def trial_of(self, line: SetupLine) -> Subscription:
        """The same, tried in the same organisation."""
        with tenancy.as_system():
            Organisation.objects.filter(id=line.organisation_id).update(customer_id=line.customer_id)
            organisation, site = Organisation.objects.get(id=line.organisation_id), line.reseller
        assert site is not None
        return make_trial(site, organisation=organisation, customer=line.customer_id)

    def test_it_is_asked_once_and_looked_after_until_it_is_done(self, cast: Cast, vendor: Vendor) -> None:
        vendor.looks_until_done = 3
        activation = asked(make_ready(cast.site))
        work()
        begun = again(activation)
        assert (begun.state, begun.location) == ("provisioning", f"{vendor.url}/customers/1")
        assert begun.due_at is not None
        assert begun.due_at > timezone.now()
        done = self.finish(activation)
        assert (done.state, done.line.status) == ("provisioned", LineStatus.ACTIVE)
        assert len(vendor.creations()) == 1
        assert billed(activation) == 1

    def test_whatever_goes_wrong_it_makes_one_organisation_with_one_key(
        self, cast: Cast, vendor: Vendor
    ) -> None:
        vendor.misbehave(
            error(500), error(429, retry_after="1"), error(503), do_and_cut, error(502), half, cut
        )
        activation = asked(make_ready(cast.site))
        done = self.finish(activation, most=20)
        assert done.state == "provisioned"
        assert {asked.key for asked in vendor.creations()} == {activation.key}
        assert len(vendor.creations()) > 5
        assert len(vendor.made) == 1
        assert billed(activation) == 1

    @pytest.mark.parametrize("status", [423, 429, 503])
    def test_it_is_left_alone_as_long_as_it_asks_for(self, cast: Cast, vendor: Vendor, status: int) -> None:
        vendor.misbehave(error(status, retry_after="600"))
        activation = asked(make_ready(cast.site))
        before = timezone.now()
        work()
        found = again(activation)
        assert found.due_at is not None
        assert timedelta(seconds=600) <= found.due_at - before < timedelta(seconds=610)
        assert work() == 0
        assert found.troubles == 1

    def test_it_is_asked_less_and_less_often(self, cast: Cast, vendor: Vendor) -> None:
        activation = asked(make_ready(cast.site))
        waits = []
        for _ in range(6):
            vendor.misbehave(error(500))
            work()
            due_at = again(activation).due_at
            assert due_at is not None
            waits.append((due_at - timezone.now()).total_seconds())
            make_due(activation)
        assert waits == sorted(waits)
        assert waits[0] < 7
        assert waits[-1] > 100

    def test_in_the_end_it_is_given_up_and_people_are_told(self, cast: Cast, vendor: Vendor) -> None:
        vendor.misbehave(error(500))
        activation = asked(make_ready(cast.site))
        with tenancy.as_system():
            Activation.objects.filter(id=activation.id).update(troubles=MOST_TROUBLES - 1)
        work()
        found = again(activation)
        assert (found.state, found.error_code) == ("failed", "portal.unreachable")
        assert found.line.status == LineStatus.FAILED
        assert len(told("setup.failed_here")) == 1

        line = found.line
        with tenancy.scope(guest_of(line)):
            ask_again(line, by=guest_of(line), now=timezone.now())
        assert self.finish(activation).state == "provisioned"
        assert {asked.key for asked in vendor.creations()} == {activation.key}

    def test_what_does_not_come_to_an_end_is_given_to_people(self, cast: Cast, vendor: Vendor) -> None:
        vendor.looks_until_done = 99
        activation = asked(make_ready(cast.site))
        work(), make_due(activation), work()
        with tenancy.as_system():
            Activation.objects.filter(id=activation.id).update(attempts=MOST_LOOKS)
        make_due(activation), work()
        assert again(activation).error_code == "portal.stalled"

    def test_a_review_takes_as_long_as_it_takes(self, cast: Cast, vendor: Vendor) -> None:
        vendor.outcome = {"status": "pending_review", "packages": []}
        activation = asked(make_ready(cast.site))
        work(), make_due(activation), work()
        with tenancy.as_system():
            Activation.objects.filter(id=activation.id).update(attempts=MOST_LOOKS * 2)
        make_due(activation), work()
        assert (again(activation).state, again(activation).finished_at) == ("review", None)
        vendor.outcome = {}
        assert self.finish(activation).state == "provisioned"

    def test_a_location_that_it_has_forgotten_is_asked_for_anew_with_the_same_key(
        self, cast: Cast, vendor: Vendor
    ) -> None:
        activation = asked(make_ready(cast.site))
        work()
        vendor.misbehave(error(404))
        assert self.finish(activation).state == "provisioned"
        assert [asked.key for asked in vendor.creations()] == [activation.key] * 2
        assert len(vendor.made) == 1

    def test_that_forgets_whatever_it_was_asked_is_given_to_people_in_the_end(
        self, cast: Cast, vendor: Vendor
    ) -> None:
        activation = asked(make_ready(cast.site))
        work()
        with tenancy.as_system():
            Activation.objects.filter(id=activation.id).update(attempts=MOST_LOOKS)
        vendor.misbehave(error(404))
        make_due(activation), work()
        assert again(activation).error_code == "portal.stalled"

    def test_is_asked_the_same_word_for_word_with_the_same_key(self, cast: Cast, vendor: Vendor) -> None:
        line = make_ready(cast.site)
        vendor.misbehave(error(500))
        activation = asked(line)
        work()
        with tenancy.as_system():
            Organisation.objects.filter(id=line.organisation_id).update(name="Oasis Resorts")
        self.trial_of(line)
        make_due(activation), work()
        first, second = vendor.creations()
        assert (first.key, first.body) == (second.key, second.body)

    def test_a_trial_that_it_was_not_told_of_is_not_converted(self, cast: Cast, vendor: Vendor) -> None:
        line = make_ready(cast.site)
        vendor.misbehave(error(500))
        activation = asked(line)
        work()
        trial = self.trial_of(line)
        make_due(activation)
        assert self.finish(activation).state == "provisioned"
        with tenancy.as_system():
            trial.refresh_from_db()
            assert trial.status == "trial"
            assert Subscription.objects.filter(line=line).exclude(id=trial.id).count() == 1

    def test_a_subdomain_that_it_refuses_can_be_put_right(self, cast: Cast, vendor: Vendor) -> None:
        line = make_ready(cast.site)
        vendor.outcome = {"status": "error", "code": "subdomain_taken", "message": "Taken"}
        activation = asked(line)
        failed = self.finish(activation)
        assert failed.state == "failed"
        organisation = failed.line.organisation
        assert organisation is not None
        assert (organisation.external_id, organisation.subdomain) == ("org-1", "")
        vendor.outcome = {}
        with tenancy.scope(guest_of(line)):
            ask_again(
                line, details=entered(organisation={"subdomain": "oasis-2"}), by=guest_of(line), now=timezone.now()
            )  # fmt: skip
        assert self.finish(activation).state == "provisioned"
        with tenancy.as_system():
            organisation.refresh_from_db()
        assert organisation.subdomain == "oasis-2"

    def test_a_duplicate_that_it_knows_is_followed_to_where_it_is(self, cast: Cast, vendor: Vendor) -> None:
        vendor.misbehave(do_and_cut, error(409, {"code": "duplicate"}, location="/v1/customers/1"))
        activation = asked(make_ready(cast.site))
        assert self.finish(activation).state == "provisioned"
        assert len(vendor.made) == 1

    def test_a_refusal_ends_it_and_is_said_in_our_words(self, cast: Cast, vendor: Vendor) -> None:
        vendor.misbehave(
            error(400, {"code": "address_in_use", "description": "e-mail already belongs to a user"})
        )
        activation = asked(make_ready(cast.site))
        work()
        found = again(activation)
        assert (found.state, found.error_text) == ("failed", "e-mail already belongs to a user")
        assert told("setup.failed")[0].context["problem"] == {
            "words": "The administrator's e-mail address belongs to another organisation already."
        }

    def test_two_lines_of_a_new_organisation_make_it_once(self, cast: Cast, vendor: Vendor) -> None:
        vendor.looks_until_done = 1
        organisation = make_organisation(administered_by=cast.site)
        first, second = (asked(make_ready(cast.site, organisation=organisation)) for _ in range(2))
        work()
        assert len(vendor.creations()) == 1
        self.finish(first)
        self.finish(second)
        assert [asked.body["organizationId"] for asked in vendor.creations()] == [None, "org-1"]
        with tenancy.as_system():
            assert Organisation.objects.get(id=organisation.id).external_id == "org-1"

    def test_a_wrong_setting_is_trouble_and_loses_nothing(self, cast: Cast, settings: Any) -> None:
        settings.PROVISIONING_BACKEND = "somewhere"
        activation = asked(make_ready(cast.site))
        work()
        assert again(activation).error_code == "error"
        settings.PROVISIONING_BACKEND = "embedded"
        assert self.finish(activation).state == "provisioned"


class TestALease:
    def test_keeps_others_away_until_it_has_run_out(self, cast: Cast, settings: Any) -> None:
        settings.PROVISIONING_AT_ONCE = 5
        asked(make_ready(cast.site))
        now = timezone.now()
        assert take_next(now=now) is not None
        assert take_next(now=now) is None
        assert take_next(now=now + timedelta(seconds=settings.PROVISIONING_LEASE_SECONDS + 1)) is not None

    def test_that_has_run_out_lets_nobody_write(self, cast: Cast, settings: Any) -> None:
        activation = asked(make_ready(cast.site))
        now = timezone.now()
        slow_one = take_next(now=now)
        quick_one = take_next(now=now + timedelta(seconds=settings.PROVISIONING_LEASE_SECONDS + 1))
        assert slow_one is not None
        assert quick_one is not None
        work_on(quick_one)
        work_on(slow_one)
        assert billed(activation) == 1
        assert again(activation).version == quick_one.version + 1

    def test_is_given_to_as_many_at_once_as_the_settings_say(self, cast: Cast, settings: Any) -> None:
        for name in ("One", "Two", "Three"):
            asked(make_ready(cast.site, organisation=make_organisation(name)))
        settings.PROVISIONING_AT_ONCE = 2
        now = timezone.now()
        assert [take_next(now=now) is not None for _ in range(3)] == [True, True, False]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_vendors_system_takes_its_time(cast: Cast, vendor: Vendor) -> None:
    seen: list[int] = []

    def look() -> None:
        with (
            closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin,
            admin.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL"
            )
            seen.append(cursor.fetchone()[0])

    activation = asked(make_ready(cast.site))
    vendor.while_asked = look
    work(), make_due(activation), work()
    assert again(activation).state == "provisioned"
    assert seen == [0, 0]
