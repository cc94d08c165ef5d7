"""What somebody wants in a quote, before there are lines of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from customers.models import CustomerSite


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """A part and how many of it. Coverage ends on its last day; without days it is a whole term from the order on."""

    part_number: str
    quantity: int
    installed: int | None = None  # of what is renewed: renewing fewer asks for a reason
    coverage_start: date | None = None
    coverage_end: date | None = None
    covered_until: date | None = None  # the last day of what is renewed: coverage goes on the day after
    customer_site: CustomerSite | None = None  # None: the quote's
    renewal_item: str = ""  # the public id of what is renewed
    renewal_quote: str = ""
    renewal_line: int | None = None
