"""The example that each feed offers is a file that it takes, once what it refers to is there."""

from __future__ import annotations

import pytest

from feeds.declared import feed_of
from feeds.examples import example_csv
from tests.cast import Cast
from tests.feeds.sending import checked, make_operations
from tests.feeds.telling import codes

FEEDS = (
    "agreements", "customer-sites", "orders", "order-statuses", "fulfilment", "data-elements", "entitlements",
    "renewal-items", "overages", "subscription-changes", "price-notifications",
)  # fmt: skip


@pytest.mark.parametrize("key", FEEDS)
def test_an_example_lacks_nothing_but_what_it_refers_to(cast: Cast, key: str) -> None:
    delivery = checked(key, example_csv(feed_of(key)), by=make_operations())

    assert delivery.status == "invalid", delivery.problem
    assert {code for _row, _column, code in codes(delivery)} <= {"unknown", "unknown_part"}
