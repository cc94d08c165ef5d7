"""What a worklist comes to: how many items and how much in each stretch of days, and by month. One query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from reports import words
from reports.patience import SHORT, patience
from reports.pictures import Picture, Series

from .listing import BUCKETS, LATER, Items, View, bucket_of

LONGEST = 24  # months in a picture


@dataclass(slots=True)
class Amounts:
    """So many items, and what they cost, currency by currency in minor units."""

    count: int = 0
    amounts: dict[str, int] = field(default_factory=dict)

    def add(self, count: int, currency: str, amount: int) -> None:
        self.count += count
        self.amounts[currency] = self.amounts.get(currency, 0) + amount

    @property
    def by_currency(self) -> list[tuple[int, str]]:
        """Amounts with their currencies, by the currency."""
        return [(self.amounts[currency], currency) for currency in sorted(self.amounts)]


@dataclass(frozen=True, slots=True)
class Totals:
    """`buckets` has those with something in them; `months` is by the first day of a month."""

    whole: Amounts
    buckets: list[tuple[View, Amounts]]
    months: dict[date, Amounts]

    @property
    def currencies(self) -> list[str]:
        return sorted(self.whole.amounts)


def totals_of(items: Items, *, today: date) -> Totals:
    """Of all items that fit. Money is never added up across currencies. Raises TooSlow."""
    with patience(SHORT):
        days = list(
            items.order_by()
            .values("due_on", "currency")
            .annotate(found=Count("id"), worth=Sum("extended"))
            .values_list("due_on", "currency", "found", "worth")
        )
    return summed_up(days, today=today)


def summed_up(days: Iterable[tuple[date, str, int, int]], *, today: date) -> Totals:
    """Totals of days, each with a currency, how many items and how much."""
    whole, buckets = Amounts(), {view: Amounts() for view in (*BUCKETS, LATER)}
    months: dict[date, Amounts] = {}
    for due_on, currency, count, worth in sorted(days):
        for total in (
            whole,
            buckets[bucket_of(due_on, today)],
            months.setdefault(due_on.replace(day=1), Amounts()),
        ):
            total.add(count, currency, int(worth))
    return Totals(whole, [(view, total) for view, total in buckets.items() if total.count], months)


def picture_of(totals: Totals, currency: str) -> Picture | None:
    """What is due month by month, in one currency; None where it is one month's alone."""
    months = [month for month, total in totals.months.items() if currency in total.amounts]
    shown = _between(months)[:LONGEST]
    if len(shown) < 2:
        return None
    values = tuple(
        totals.months[month].amounts.get(currency, 0) if month in totals.months else 0 for month in shown
    )
    labels = tuple(words.month(month, short=True) for month in shown)
    return Picture(labels, (Series(_("Value"), values, tone="accent"),), currency=currency)


def _between(months: list[date]) -> list[date]:
    """All months from the first to the last."""
    if not months:
        return []
    found: list[date] = []
    month = min(months)
    while month <= max(months) and len(found) < 1200:
        found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found
