"""What nobody orders comes to an end: expired, lapsed, or renewed by itself; the same whenever the job runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from identity import tenancy
from renewals.models import RenewalItem, RenewalStatus
from renewals.settling import day_over, settle_due
from tests.cast import Cast, make_cast
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer

DUE = date(2026, 12, 31)  # and coverage ends on it


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def held(cast: Cast) -> Any:
    customer = make_customer("Cairo Cement")
    relate(cast.site, customer)
    return make_customer_site(customer, reseller=cast.site)


def after(days: int) -> datetime:
    """A moment at which so many days after the due day are over everywhere."""
    return datetime(2027, 1, 1, 13, tzinfo=UTC) + timedelta(days=days)


def became(item: RenewalItem) -> tuple[str, date | None]:
    with tenancy.as_system():
        item.refresh_from_db()
    return item.status, item.settled_on


def test_a_day_is_over_when_it_is_over_everywhere() -> None:
    assert day_over(datetime(2027, 1, 1, 11, 59, tzinfo=UTC)) == DUE
    assert day_over(datetime(2027, 1, 1, 12, tzinfo=UTC)) == date(2027, 1, 1)


def test_on_its_last_day_an_item_is_open(cast: Cast, held: Any) -> None:
    item = make_item(held, DUE, reseller=cast.site)
    settle_due(now=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    assert became(item) == (RenewalStatus.OPEN, None)


def test_the_day_after_it_is_expired_and_can_still_be_renewed(cast: Cast, held: Any) -> None:
    item = make_item(held, DUE, reseller=cast.site)
    settle_due(now=after(0))
    assert became(item) == (RenewalStatus.EXPIRED, None)


def test_thirty_days_after_it_has_lapsed(cast: Cast, held: Any) -> None:
    item = make_item(held, DUE, reseller=cast.site)
    settle_due(now=after(29))
    assert became(item) == (RenewalStatus.EXPIRED, None)
    settle_due(now=after(30))
    assert became(item) == (RenewalStatus.LAPSED, date(2027, 1, 31))


def test_a_job_that_runs_late_writes_the_same_day(cast: Cast, held: Any) -> None:
    item = make_item(held, DUE, reseller=cast.site)
    settle_due(now=after(200))
    assert became(item) == (RenewalStatus.LAPSED, date(2027, 1, 31))


def test_coverage_that_ends_after_the_due_day_counts(cast: Cast, held: Any) -> None:
    item = make_item(held, DUE - timedelta(days=20), reseller=cast.site)
    settle_due(now=after(11))
    assert became(item) == (RenewalStatus.EXPIRED, None)


def test_what_renews_by_itself_does(cast: Cast, held: Any) -> None:
    item = make_item(held, DUE, reseller=cast.site, auto_renew=True)
    settle_due(now=after(-1))
    assert became(item) == (RenewalStatus.OPEN, None)
    settle_due(now=after(0))
    assert became(item) == (RenewalStatus.AUTO_RENEWED, date(2027, 1, 1))


def test_what_was_ordered_in_part_is_closed(cast: Cast, held: Any) -> None:
    item = make_item(held, DUE, reseller=cast.site, status=RenewalStatus.ORDERED_IN_PART, ordered=3)
    settle_due(now=after(30))
    assert became(item) == (RenewalStatus.CLOSED, date(2027, 1, 31))


def test_run_twice_nothing_more_happens_and_small_batches_do_it_all(cast: Cast, held: Any) -> None:
    for _number in range(5):
        make_item(held, DUE, reseller=cast.site)
    assert settle_due(now=after(30), batch=2)["renewal.lapsed"] == 5
    assert not any(settle_due(now=after(30)).values())
