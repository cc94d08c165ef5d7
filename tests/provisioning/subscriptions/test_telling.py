"""The backend hears what became of subscriptions: the last state, in order, however often something fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from identity import tenancy
from notifications.models import Notice
from provisioning.backends import Answer, Refused, Trouble
from provisioning.models import ActivationState, Organisation, RegistryOrganisation, Subscription
from provisioning.subscriptions import changing, telling, trials
from tests.cast import Cast, actor
from tests.provisioning.made import make_setup_part
from tests.provisioning.subscriptions.made import make_subscription, make_trial

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DONE = Answer(ActivationState.PROVISIONED)


def registered(cast: Cast, state: str = "active") -> tuple[Subscription, RegistryOrganisation]:
    """A subscription that the embedded registry has as well, and of whose state it has not heard."""
    with tenancy.as_system():
        kept = RegistryOrganisation.objects.create(
            external_id="org-1", name="Oasis", key="k", created_at=NOW,
            packages={"LINE": {"services": ["calling"], "state": state, "missing": {}}},
        )  # fmt: skip
    return make_subscription(cast.site, external_id="org-1/LINE", backend_due=True), kept


def now_of(subscription: Subscription) -> Subscription:
    with tenancy.as_system():
        return Subscription.objects.get(id=subscription.id)


def state_of(kept: RegistryOrganisation) -> str:
    with tenancy.as_system():
        kept.refresh_from_db()
    return kept.packages["LINE"]["state"]


def suspend(subscription: Subscription, cast: Cast) -> None:
    by = actor(cast.primary)
    with tenancy.scope(by):
        changing.suspend_subscription(subscription, by=by, now=NOW)


def resume(subscription: Subscription, cast: Cast) -> None:
    by = actor(cast.primary)
    with tenancy.scope(by):
        changing.resume_subscription(subscription, by=by, now=NOW)


class TestTheEmbeddedRegistry:
    def test_follows_each_state(self, cast: Cast) -> None:
        subscription, kept = registered(cast)
        suspend(subscription, cast)
        telling.tell_due(budget=5)
        assert state_of(kept) == "suspended"
        assert not now_of(subscription).backend_due
        resume(subscription, cast)
        telling.tell_due(budget=5)
        assert state_of(kept) == "active"

    def test_is_told_nothing_twice(self, cast: Cast) -> None:
        subscription, _kept = registered(cast)
        telling.tell_due(budget=5)
        assert telling.take_next(now=timezone.now()) is None
        assert now_of(subscription).backend_attempts == 0

    def test_suspends_a_trial_that_is_over(self, cast: Cast) -> None:
        subscription, kept = registered(cast)
        with tenancy.as_system():
            Subscription.objects.filter(id=subscription.id).update(backend_due=False)
        make_trial(cast.site, status="trial_expired", external_id="org-1/LINE", backend_due=True)
        telling.tell_due(budget=5)
        assert state_of(kept) == "suspended"

    def test_sets_up_what_is_tried_in_the_organisation_that_it_has(self, cast: Cast) -> None:
        _subscription, kept = registered(cast)
        trial = make_trial(cast.site, external_id="", backend_due=True)
        with tenancy.as_system():
            Organisation.objects.filter(id=trial.organisation_id).update(external_id="org-1")
        telling.tell_due(budget=5)
        found = now_of(trial)
        assert (found.external_id, found.backend_due) == (f"org-1/{trial.public_id}", False)
        with tenancy.as_system():
            kept.refresh_from_db()
        assert kept.packages[trial.public_id]["services"] == ["calling", "meetings", "messaging"]

    def test_ends_also_a_trial_that_was_deleted_before_it_was_told_of_it(self, cast: Cast) -> None:
        _subscription, kept = registered(cast)
        trial = make_trial(cast.site, external_id="", backend_due=True, status="deleted", deleted_at=NOW)
        with tenancy.as_system():
            Organisation.objects.filter(id=trial.organisation_id).update(external_id="org-1")
        telling.tell_due(budget=5)
        with tenancy.as_system():
            kept.refresh_from_db()
        assert kept.packages[trial.public_id]["state"] == "deleted"
        assert not now_of(trial).backend_due

    def test_knows_a_trial_from_its_first_click_on(self, cast: Cast) -> None:
        registered(cast)
        of = make_trial(cast.site, status="deleted", deleted_at=NOW)  # brings an organisation along
        with tenancy.as_system():
            Organisation.objects.filter(id=of.organisation_id).update(external_id="org-1")
        by = actor(cast.primary)
        with tenancy.scope(by):
            organisation = Organisation.objects.get(id=of.organisation_id)
            trial = trials.begin_trial(organisation, make_setup_part(), by=by, now=NOW)
        telling.tell_due(budget=5)
        assert now_of(trial).external_id == f"org-1/{trial.public_id}"


class TestSomethingChangedMeanwhile:
    def test_is_told_next_and_with_another_key(self, cast: Cast) -> None:
        subscription, _kept = registered(cast)
        suspend(subscription, cast)
        taken = telling.take_next(now=NOW)
        assert taken is not None
        resume(subscription, cast)
        assert telling.take_next(now=NOW) is None  # the first worker is still talking
        telling.hear(taken, DONE, now=NOW)
        again = telling.take_next(now=NOW)
        assert again is not None
        assert (taken.state, again.state) == ("suspended", "active")
        assert taken.key != again.key
        telling.hear(again, DONE, now=NOW)
        assert not now_of(subscription).backend_due


class TestAWorkerThatWasKilled:
    def test_is_followed_by_another_one_with_the_same_key(self, cast: Cast) -> None:
        subscription, _kept = registered(cast)
        first = telling.take_next(now=NOW)
        lease = timedelta(seconds=settings.PROVISIONING_LEASE_SECONDS)
        assert telling.take_next(now=NOW + lease - timedelta(seconds=1)) is None
        second = telling.take_next(now=NOW + lease)
        assert first is not None
        assert second is not None
        assert first.key == second.key
        telling.hear(second, DONE, now=NOW)
        telling.hear(first, Trouble("late"), now=NOW)  # and is not dead after all
        assert not now_of(subscription).backend_due


class TestABackend:
    def fail(self, subscription: Subscription, error: Trouble | Refused, times: int = 1) -> Subscription:
        for _ in range(times):
            found = now_of(subscription)
            taken = telling.take_next(now=max(NOW, found.backend_at or NOW))
            assert taken is not None
            telling.hear(taken, error, now=NOW)
        return now_of(subscription)

    def test_that_is_busy_is_asked_again_later_and_later(self, cast: Cast) -> None:
        subscription, _kept = registered(cast)
        waits = [(self.fail(subscription, Trouble("busy")).backend_at or NOW) - NOW for _ in range(9)]
        assert waits[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
        assert waits[-1] == telling.LONGEST

    def test_that_says_when_to_come_again_is_left_alone_until_then(self, cast: Cast) -> None:
        subscription, _kept = registered(cast)
        found = self.fail(subscription, Trouble("busy", retry_after=600))
        assert found.backend_at == NOW + timedelta(seconds=600)

    def test_that_is_away_for_long_is_reported_once(self, cast: Cast) -> None:
        subscription, _kept = registered(cast)
        self.fail(subscription, Trouble("unreachable"), times=telling.PATIENCE - 1)
        assert reports() == 0
        self.fail(subscription, Trouble("unreachable"), times=3)
        assert reports() == 1

    def test_that_refuses_is_reported_at_once(self, cast: Cast) -> None:
        subscription, _kept = registered(cast)
        found = self.fail(subscription, Refused("locked", "An invoice is open."))
        assert (found.backend_error, found.backend_due) == ("locked: An invoice is open.", True)
        assert reports() == 1

    def test_is_told_at_once_of_what_changes_after_a_failure(self, cast: Cast) -> None:
        subscription, _kept = registered(cast)
        self.fail(subscription, Refused("locked"))
        suspend(subscription, cast)
        taken = telling.take_next(now=NOW)
        assert taken is not None
        assert taken.state == "suspended"

    def test_that_sets_a_trial_up_slowly_is_asked_where_it_said(self, cast: Cast) -> None:
        trial = make_trial(cast.site, external_id="", backend_due=True)
        under_way: Any = Answer(ActivationState.PROVISIONING, location="/jobs/7", retry_after=20)
        first = telling.take_next(now=NOW)
        assert first is not None
        telling.hear(first, under_way, now=NOW)
        assert telling.take_next(now=NOW) is None
        second = telling.take_next(now=NOW + timedelta(seconds=20))
        assert second is not None
        assert second.location == "/jobs/7"
        telling.hear(second, Answer(ActivationState.PROVISIONED, external_id="S-7"), now=NOW)
        found = now_of(trial)
        assert (found.external_id, found.backend_location, found.backend_due) == ("S-7", "", False)


def reports() -> int:
    with tenancy.as_system():
        return Notice.objects.filter(kind="subscription.not_told").count()
