"""Suspending, resuming, cancelling, restoring and deleting a subscription: who may, when, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError

from identity import tenancy
from identity.models import AuditEvent, Membership, StaffRole, User
from notifications.models import Notice
from provisioning.models import SetupRules, Subscription
from provisioning.subscriptions import changing
from tests.cast import Cast, actor
from tests.factories import make_user
from tests.provisioning.made import make_organisation
from tests.provisioning.subscriptions.made import make_subscription, make_trial

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 12, 9, tzinfo=UTC)
UNTIL = NOW + timedelta(days=30)
Act = Callable[..., Subscription]


def do(act: Act, subscription: Subscription, who: Membership | User, **given: Any) -> Subscription:
    by = actor(who)
    with tenancy.scope(by):
        return act(subscription, **({"by": by, "now": NOW} | given))


def cancelled(cast: Cast, **extra: Any) -> Subscription:
    given = {"status": "cancelled", "cancelled_at": NOW, "restore_until": UNTIL, "due_at": UNTIL} | extra
    return make_subscription(cast.site, **given)


def now_of(subscription: Subscription) -> Subscription:
    with tenancy.as_system():
        return Subscription.objects.get(id=subscription.id)


def told() -> list[str]:
    with tenancy.as_system():
        return list(Notice.objects.filter(kind__startswith="subscription.").values_list("kind", flat=True))


class TestWhoeverOrders:
    def test_suspends_and_the_backend_is_to_be_told(self, cast: Cast) -> None:
        subscription = make_subscription(cast.site)
        do(changing.suspend_subscription, subscription, cast.primary)
        found = now_of(subscription)
        assert (found.status, found.suspended_at, found.backend_due) == ("suspended", NOW, True)
        assert found.renews_on == subscription.renews_on  # its term goes on

    def test_resumes(self, cast: Cast) -> None:
        subscription = make_subscription(cast.site, status="suspended", suspended_at=NOW)
        do(changing.resume_subscription, subscription, cast.primary)
        found = now_of(subscription)
        assert (found.status, found.suspended_at) == ("active", None)

    def test_is_written_down_and_the_site_and_the_distributor_are_told(self, cast: Cast) -> None:
        subscription = make_subscription(cast.site, distributor=cast.distributor_site)
        do(changing.suspend_subscription, subscription, cast.primary)
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="subscription.suspended")
            notice = Notice.objects.get(kind="subscription.suspended")
        assert (event.object_id, event.site_id, event.actor_name) == (
            subscription.public_id, cast.site.id, "Amira Haddad",
        )  # fmt: skip
        assert [each["site_id"] for each in notice.audiences] == [cast.site.id, cast.distributor_site.id]

    def test_cannot_suspend_what_is_suspended(self, cast: Cast) -> None:
        subscription = make_subscription(cast.site, status="suspended", suspended_at=NOW)
        with pytest.raises(changing.SubscriptionNotOpen):
            do(changing.suspend_subscription, subscription, cast.primary)
        assert told() == []

    def test_is_told_when_somebody_was_quicker(self, cast: Cast) -> None:
        subscription = make_subscription(cast.site)
        do(changing.suspend_subscription, subscription, cast.primary, version=1)
        do(changing.resume_subscription, subscription, cast.primary, version=2)
        with pytest.raises(changing.SubscriptionChanged):
            do(changing.suspend_subscription, subscription, cast.primary, version=1)


class TestWhoCannot:
    def test_the_rival_does_not_find_it(self, cast: Cast) -> None:
        with pytest.raises(Subscription.DoesNotExist):
            do(changing.suspend_subscription, make_subscription(cast.site), cast.rival)

    def test_the_distributor_on_it_sees_it_and_changes_nothing(self, cast: Cast) -> None:
        subscription = make_subscription(cast.site, distributor=cast.distributor_site)
        with tenancy.scope(actor(cast.distributor)):
            assert Subscription.objects.filter(id=subscription.id).exists()
        with pytest.raises(ProgrammingError, match="permission denied"):
            do(changing.suspend_subscription, subscription, cast.distributor)
        assert now_of(subscription).status == "active"

    def test_the_reseller_leaves_alone_what_the_customer_administers(self, cast: Cast) -> None:
        own = make_organisation("Oasis alone")
        subscription = make_subscription(cast.site, organisation=own)
        for act in (changing.suspend_subscription, changing.cancel_subscription):
            with pytest.raises(changing.NotAdministered):
                do(act, subscription, cast.primary)

    def test_which_the_vendors_people_can_do(self, cast: Cast) -> None:
        subscription = make_subscription(cast.site, organisation=make_organisation("Oasis alone"))
        olga = make_user("Olga Operations", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        assert do(changing.suspend_subscription, subscription, olga).status == "suspended"


class TestCancelling:
    def test_leaves_a_month_to_come_back_in_at_the_same_time_of_day(self, cast: Cast) -> None:
        # In Cairo the clocks go back on the last Friday of October, so that there is an hour more.
        subscription = make_subscription(cast.site)
        do(changing.cancel_subscription, subscription, cast.primary)
        found = now_of(subscription)
        assert (found.status, found.cancelled_at) == ("cancelled", NOW)
        assert found.restore_until == UNTIL + timedelta(hours=1)
        assert found.due_at == found.restore_until - timedelta(days=7)  # when it is said again

    def test_leaves_as_many_days_as_the_vendor_says(self, cast: Cast) -> None:
        subscription = make_subscription(cast.site, time_zone="UTC")
        with tenancy.as_system():
            SetupRules.objects.filter(id=1).update(restore_days=15)
        do(changing.cancel_subscription, subscription, cast.primary)
        assert now_of(subscription).restore_until == NOW + timedelta(days=15)

    def test_says_until_when(self, cast: Cast) -> None:
        do(changing.cancel_subscription, make_subscription(cast.site, time_zone="UTC"), cast.primary)
        with tenancy.as_system():
            notice = Notice.objects.get(kind="subscription.cancelled")
        assert notice.context["until"] == {"moment": UNTIL.isoformat()}

    def test_is_not_for_trials(self, cast: Cast) -> None:
        with pytest.raises(changing.SubscriptionNotOpen):
            do(changing.cancel_subscription, make_trial(cast.site), cast.primary)


class TestRestoring:
    def test_brings_it_back_active(self, cast: Cast) -> None:
        gone = cancelled(cast, suspended_at=NOW)
        do(changing.restore_subscription, gone, cast.primary, now=UNTIL - timedelta(seconds=1))
        found = now_of(gone)
        assert (found.status, found.due_at, found.backend_due) == ("active", None, True)
        assert (found.suspended_at, found.cancelled_at, found.restore_until) == (None, None, None)

    def test_is_over_at_the_moment_that_was_said_although_no_job_was_there_yet(self, cast: Cast) -> None:
        gone = cancelled(cast)
        with pytest.raises(changing.WindowOver):
            do(changing.restore_subscription, gone, cast.primary, now=UNTIL)
        assert now_of(gone).status == "cancelled"


class TestDeleting:
    def test_wants_the_number(self, cast: Cast) -> None:
        gone = cancelled(cast)
        with pytest.raises(changing.NotConfirmed):
            do(changing.delete_subscription, gone, cast.primary, number="SUB-2026-000000-X")
        assert now_of(gone).status == "cancelled"

    def test_is_for_good(self, cast: Cast) -> None:
        gone = cancelled(cast)
        do(changing.delete_subscription, gone, cast.primary, number=f" {gone.number.lower()} ")
        found = now_of(gone)
        assert (found.status, found.deleted_at, found.due_at) == ("deleted", NOW, None)
        for act in (changing.restore_subscription, changing.resume_subscription):
            with pytest.raises(changing.SubscriptionNotOpen):
                do(act, gone, cast.primary)

    def test_is_not_for_what_runs(self, cast: Cast) -> None:
        running = make_subscription(cast.site)
        with pytest.raises(changing.SubscriptionNotOpen):
            do(changing.delete_subscription, running, cast.primary, number=running.number)

    def test_ends_a_trial(self, cast: Cast) -> None:
        trial = make_trial(cast.site)
        do(changing.delete_subscription, trial, cast.primary, number=trial.number)
        assert now_of(trial).status == "deleted"
