"""Parts with prices, and quotes and orders of them, for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from identity import tenancy
from identity.models import Membership
from orders.models import Order, Quote, QuoteLine
from orders.placing.actions import order_quote
from orders.quotes import WantedLine, begin_quote
from orders.quotes.actions import open_quote
from pricing.models import Part
from tests.cast import actor
from tests.deals.factories import make_customer, make_part
from tests.pricing.priced import make_book, make_edition

LICENCE, RENEWAL, SAAS, UNPRICED = "D0ABCLL", "E0ABCRR", "S0ABCSS", "D0NOPRC"
#: What one of each costs at list; a level is five per cent below the one before, BL being the first.
AT_LIST = {LICENCE: 100_000, RENEWAL: 20_000, SAAS: 12_000}
PER_CENT = {"srp": 100, "svp_bl": 95, "svp_d": 90, "svp_e": 85, "svp_f": 80, "svp_g": 75, "svp_h": 70}


def columns(amount: int) -> dict[str, int]:
    return {column: amount * per // 100 for column, per in PER_CENT.items()}


def sell(*, country: str = "EG", currency: str = "EUR", on: str = "2020-01-01") -> dict[str, Part]:
    """Parts of three types with prices in a country, and one without."""
    parts = {
        LICENCE: make_part(LICENCE, type="licence", points=10, term_months=12),
        RENEWAL: make_part(RENEWAL, type="renewal", points=2, term_months=12),
        SAAS: make_part(SAAS, line="AURORA", type="saas", points=3, term_months=12),
        UNPRICED: make_part(UNPRICED, type="licence"),
    }
    make_edition(make_book(country, currency), on, {number: columns(a) for number, a in AT_LIST.items()})
    return parts


def make_quote(by: Membership, *lines: tuple[str, int], now: datetime | None = None, **extra: Any) -> Quote:
    """A proposal of somebody's site."""
    wanted = [WantedLine(part_number=number, quantity=quantity) for number, quantity in lines]
    who = actor(by)
    with tenancy.scope(who):
        return begin_quote(by=who, now=now or timezone.now(), lines=extra.pop("wanted", wanted), **extra)


def lines_in(quote: Quote) -> list[QuoteLine]:
    with tenancy.as_system():
        return list(QuoteLine.objects.filter(quote=quote).order_by("position"))


def make_open_quote(
    by: Membership, *lines: tuple[str, int], now: datetime | None = None, **extra: Any
) -> Quote:
    """A quote that was opened today, for a customer of the directory."""
    now = now or timezone.now()
    extra.setdefault("customer", make_customer())
    who, quote = actor(by), make_quote(by, *lines, now=now, **extra)
    with tenancy.scope(who):
        return open_quote(quote, by=who, now=now)


def order(
    quote: Quote,
    by: Membership,
    quantities: dict[str, int] | None = None,
    *,
    now: datetime | None = None,
    **extra: Any,
) -> Order:
    who = actor(by)
    with tenancy.scope(who):
        return order_quote(quote, quantities, by=who, now=now or timezone.now(), **extra)
