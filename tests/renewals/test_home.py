"""What the home page says of renewals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast, make_cast, signed_in
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    customer = make_customer("Cairo Cement")
    relate(made.site, customer)
    held: Any = make_customer_site(customer, reseller=made.site)
    for days in (-2, 3, 20, 90):
        make_item(held, timezone.localdate() + timedelta(days=days), reseller=made.site)
    return made


def test_it_says_what_is_overdue_what_is_due_this_week_and_how_much_is_due_soon(cast: Cast) -> None:
    page = signed_in(cast.primary).get("/").content.decode()
    assert "1 renewal is overdue" in page
    assert "1 renewal is due in the next 7 days" in page
    assert "Renewals due in 30 days" in page


def test_it_says_nothing_to_whoever_may_not_see_renewals_nor_of_others(cast: Cast) -> None:
    assert "Renewals due in 30 days" not in signed_in(cast.newcomer).get("/").content.decode()
    assert "renewal is overdue" not in signed_in(cast.rival).get("/").content.decode()
