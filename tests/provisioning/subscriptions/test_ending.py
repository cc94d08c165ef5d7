"""Trials and restore windows end by themselves: to the moment, once, and said a week before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from identity import tenancy
from notifications.models import Notice
from provisioning.models import Subscription
from provisioning.subscriptions.beginning import end_of
from provisioning.subscriptions.changing import next_due
from provisioning.subscriptions.ending import end_due
from tests.cast import Cast
from tests.provisioning.subscriptions.made import END, make_subscription, make_trial

pytestmark = pytest.mark.django_db
#: The end of 31 May in Cairo.
OVER = datetime(2026, 5, 31, 21, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def now_of(subscription: Subscription) -> Subscription:
    with tenancy.as_system():
        return Subscription.objects.get(id=subscription.id)


def told() -> list[str]:
    with tenancy.as_system():
        kinds = Notice.objects.filter(kind__startswith="subscription.").order_by("id")
        return list(kinds.values_list("kind", flat=True))


def cancelled(cast: Cast, **extra: Any) -> Subscription:
    given = {
        "status": "cancelled",
        "cancelled_at": OVER - timedelta(days=30),
        "restore_until": OVER,
        "due_at": OVER,
    }
    return make_subscription(cast.site, **(given | extra))


class TestATrial:
    def test_runs_through_its_last_day_where_the_customer_is(self, cast: Cast) -> None:
        trial = make_trial(cast.site)
        assert end_due(now=OVER - SECOND) == 0
        assert now_of(trial).status == "trial"
        assert end_due(now=OVER) == 1
        found = now_of(trial)
        assert (found.status, found.due_at, found.backend_due) == ("trial_expired", None, True)
        assert told() == ["subscription.trial_ended"]

    def test_ends_later_further_west(self, cast: Cast) -> None:
        over = end_of(END, "America/Los_Angeles")
        trial = make_trial(cast.site, time_zone="America/Los_Angeles", due_at=over)
        assert end_due(now=OVER) == 0
        assert end_due(now=OVER + timedelta(hours=10)) == 1
        assert now_of(trial).status == "trial_expired"

    def test_is_announced_a_week_before_and_once(self, cast: Cast) -> None:
        trial = make_trial(cast.site, due_at=OVER - timedelta(days=7))
        soon = OVER - timedelta(days=7)
        assert [end_due(now=soon), end_due(now=soon)] == [1, 0]
        found = now_of(trial)
        assert (found.status, found.due_at, found.backend_due) == ("trial", OVER, False)
        assert told() == ["subscription.trial_ends"]

    def test_that_nobody_looked_at_for_long_ends_without_being_announced(self, cast: Cast) -> None:
        make_trial(cast.site, due_at=OVER - timedelta(days=7))
        end_due(now=OVER + timedelta(days=3))
        assert told() == ["subscription.trial_ended"]

    def test_twice_is_once(self, cast: Cast) -> None:
        make_trial(cast.site)
        assert [end_due(now=OVER), end_due(now=OVER)] == [1, 0]
        assert told() == ["subscription.trial_ended"]


class TestTheEndOfADay:
    def test_is_midnight_by_the_customers_clocks(self) -> None:
        assert end_of(END, "Africa/Cairo") == OVER

    def test_is_there_also_where_the_clocks_leave_midnight_out(self) -> None:
        # In Cairo, 24 April 2026 begins at one o'clock.
        assert end_of(date(2026, 4, 23), "Africa/Cairo") == datetime(2026, 4, 23, 22, tzinfo=UTC)

    def test_is_announced_by_days_of_24_hours_when_the_clocks_change_meanwhile(self) -> None:
        ends = end_of(date(2026, 4, 26), "Africa/Cairo")
        assert next_due(ends, ends - timedelta(days=20)) == ends.astimezone(UTC) - timedelta(days=7)

    def test_is_not_announced_when_it_is_less_than_a_week_away(self) -> None:
        assert next_due(OVER, OVER - timedelta(days=6)) == OVER


class TestWhatWasCancelled:
    def test_is_deleted_at_the_end_of_its_window(self, cast: Cast) -> None:
        gone = cancelled(cast)
        assert end_due(now=OVER - SECOND) == 0
        assert end_due(now=OVER) == 1
        found = now_of(gone)
        assert (found.status, found.deleted_at, found.backend_due) == ("deleted", OVER, True)
        assert told() == ["subscription.deleted"]

    def test_is_announced_before(self, cast: Cast) -> None:
        gone = cancelled(cast, due_at=OVER - timedelta(days=7))
        end_due(now=OVER - timedelta(days=6))
        assert (now_of(gone).status, told()) == ("cancelled", ["subscription.window_ends"])


def test_what_is_not_due_stays_as_it_is(cast: Cast) -> None:
    running = make_subscription(cast.site)
    assert end_due(now=OVER) == 0
    assert now_of(running).status == "active"


def test_many_that_end_at_once_all_end(cast: Cast) -> None:
    for _ in range(5):
        make_trial(cast.site)
    assert end_due(now=OVER) == 5
    assert told() == ["subscription.trial_ended"] * 5
