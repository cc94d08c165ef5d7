"""What the demo world's customers bought, and the orders by which they did so in the last three years.

A *holding* is so many of a thing that a site has; orders here, entitlements and renewals in renewals/demo.py are made
of the same ones. Everything comes by the feeds, as it would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from babel.numbers import get_currency_precision

import feeds.demo
from customers.demo_accounts import DAYS, Account, parties
from identity import tenancy
from identity.actors import Actor
from identity.demo import World
from identity.models import StaffRole
from pricing.models import BookKind, Part, PartType, PriceBook
from pricing.quoting.months import ONE_DAY, add_months, last_day
from pricing.quoting.prices import look_up

T = PartType


class Sort(NamedTuple):
    """A way of having something: what is bought first, what renews it, for how many months at a time."""

    first: PartType
    renewal: PartType
    months: int
    weight: int
    quantities: tuple[int, ...]


SORTS = {
    "support": Sort(T.LICENCE, T.RENEWAL, 12, 45, (2, 4, 5, 10, 16, 25, 40)),
    "committed_term": Sort(T.COMMITTED_INITIAL, T.COMMITTED_SUBSEQUENT, 36, 15, (4, 8, 12, 20)),
    "saas": Sort(T.SAAS, T.SAAS, 12, 25, (10, 25, 40, 75, 120, 250)),
    "monthly": Sort(T.MONTHLY, T.MONTHLY, 1, 15, (5, 10, 30)),
}
EARLIER = 0.97  # what things cost a year before, beside what they cost now
ELSEWHERE = "IT"  # whose prices are taken where a country has no price book


@dataclass(frozen=True, slots=True)
class Holding:
    """So many of a thing that a site has: since when, and the last day of the coverage it has now."""

    account: Account
    kind: str  # of SORTS
    first: Part
    renewal: Part
    quantity: int
    since: date
    ends: date
    subscription: str  # its number; "" for licences

    @property
    def months(self) -> int:
        return SORTS[self.kind].months

    @property
    def terms(self) -> list[date]:
        """The first days of its coverages, the first one first. The new one is not among them."""
        starts, start = [], self.ends + ONE_DAY
        while (start := _back(start, self.months)) >= self.since:
            starts.append(start)
        return starts[::-1]


class Prices:
    """What parts cost in each country: today's prices, and those announced."""

    def __init__(self, by: Actor) -> None:
        self.by = by  # who may read prices: it looks them up
        books = PriceBook.objects.filter(kind=BookKind.SOFTWARE)
        self.currencies = dict(books.values_list("country", "currency"))
        self._found: dict[tuple[str, int, date], dict[str, int | None]] = {}

    def country(self, account: Account) -> str:
        own = account.customer.country
        return own if own in self.currencies else ELSEWHERE

    def currency(self, account: Account) -> str:
        return self.currencies[self.country(account)]

    def fetch(self, wanted: Sequence[tuple[Account, Part, date]]) -> None:
        """Look up what is asked for afterwards, country by country."""
        by_country: dict[str, set[tuple[Part, date]]] = {}
        for account, part, day in wanted:
            by_country.setdefault(self.country(account), set()).add((part, day))
        for country, asked in by_country.items():
            with tenancy.scope(self.by):
                found = look_up(asked, country=country, currency=self.currencies[country])
            for (part_id, day), price in found.items():
                self._found[country, part_id, day] = dict(getattr(price, "by_level", {}))

    def of(self, account: Account, part: Part, day: date, months: int) -> int | None:
        """What one costs for so many months, at the level of the site; in the minor unit. None: not sold then."""
        amounts = self._found.get((self.country(account), part.id, day), {})
        amount = amounts.get(account.level)
        if amount is None:
            return None
        term = part.term_months or months
        return (amount * months * 2 + term) // (term * 2)

    def written(self, account: Account, minor: int) -> str:
        """An amount as files have it."""
        places = get_currency_precision(self.currency(account))
        return f"{minor / 10**places:.{places}f}"


def build(world: World, accounts: Sequence[Account]) -> list[Holding]:
    """Orders with their lines, how far their services are, and what is known of those."""
    rng, today = Random("orders"), world.now.date()
    parts: dict[str, dict[str, Part]] = {}
    for part in Part.objects.filter(is_active=True).select_related("line").order_by("number"):
        parts.setdefault(part.line.code, {})[part.type] = part
    holdings = [h for account in accounts for h in _holdings(account, list(parts.values()), today, rng)]
    prices = Prices(world.of_staff(StaffRole.PRICING))
    prices.fetch([(h.account, part, today) for h in holdings for part in (h.first, h.renewal)])
    lines = list(_lines(holdings, prices, today, rng))
    by, at = world.of_staff(StaffRole.CHANNEL_OPERATIONS), world.now - timedelta(days=1, hours=3)
    feeds.demo.load("orders", "orders.csv", [HEADER, *(line.row for line in lines)], by, at)
    services = [line for line in lines if line.holding.subscription and line.is_first]
    forms, fulfilment = _services(services, today, rng)
    feeds.demo.load("fulfilment", "fulfilment.csv", fulfilment, by, at + timedelta(minutes=12))
    feeds.demo.load("data-elements", "provisioning-forms.csv", forms, by, at + timedelta(minutes=20))
    return holdings


# ------------------------------------------------------------------------------------------ what they have


def _holdings(
    account: Account, lines: Sequence[dict[str, Part]], today: date, rng: Random
) -> Iterator[Holding]:
    """Six to eleven things that a site has, of as many product lines, which end on a few days."""
    days = {kind: today + timedelta(days=rng.randrange(-60, 365)) for kind in SORTS}
    days["monthly"] = today + timedelta(days=rng.randrange(-12, 30))
    for line in rng.sample(lines, rng.randrange(6, 12)):
        kind = rng.choices(list(SORTS), [sort.weight for sort in SORTS.values()])[0]
        sort = SORTS[kind]
        if sort.first not in line or sort.renewal not in line:
            continue
        # Most of what is renewed by the year ends on the day before the anniversary.
        together = account.anniversary is not None and kind != "monthly" and rng.random() < 0.8
        ends = account.anniversary - ONE_DAY if together and account.anniversary else days[kind]
        terms = rng.randrange(1, 2 + DAYS // 30 // sort.months) if sort.months > 1 else rng.randrange(1, 9)
        yield Holding(
            account, kind, line[sort.first], line[sort.renewal], rng.choice(sort.quantities),
            _back(ends + ONE_DAY, terms * sort.months), ends,
            f"SUB-{rng.randrange(10**6, 10**7)}" if kind in ("saas", "monthly") else "",
        )  # fmt: skip


def _back(day: date, months: int) -> date:
    return add_months(day, -months)


# ------------------------------------------------------------------------------------------ orders

HEADER = (
    "Order number", "Order date", "Status", "Status reason", "Customer site number", "Reseller", "Distributor",
    "Currency", "Purchase order", "Line", "Part number", "Quantity", "Coverage starts", "Coverage ends", "Months",
    "Unit price", "Requested start date", "Provisioning contact",
)  # fmt: skip
REASONS = {
    "rejected": ("The purchase order names another company", "The customer's credit limit is reached"),
    "cancelled": ("Ordered twice", "The customer asked for it"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order, as the file has it."""

    holding: Holding
    order: str
    number: int
    ordered_on: date
    status: str
    is_first: bool  # of what it is about, and not its renewal
    row: tuple[object, ...]


def _lines(holdings: Sequence[Holding], prices: Prices, today: date, rng: Random) -> Iterator[Line]:
    """What begins on the same day at one site was ordered at once."""
    together: dict[tuple[str, date], list[tuple[Holding, date]]] = {}
    for holding in holdings:
        for start in holding.terms:
            if start > today - timedelta(days=DAYS):
                together.setdefault((holding.account.number, start), []).append((holding, start))
    for place, ((_site, start), bought) in enumerate(sorted(together.items(), key=lambda item: item[0])):
        account = bought[0][0].account
        day = min(start, today) - timedelta(days=rng.randrange(2, 21))
        span = account.held_on(day)
        if span is None:
            continue  # by somebody who is no partner any more
        number = f"{40_012_345 + place * 7}"
        status = _status(day, today, rng)
        reason = rng.choice(REASONS[status]) if status in REASONS else ""
        order = (
            number, day, status, reason, account.number, *parties(span), prices.currency(account),
            f"PO-{rng.randrange(1000, 9999)}" if rng.random() < 0.7 else "",
        )  # fmt: skip
        yield from _of_order(order, bought, prices, today)


def _of_order(
    order: tuple[object, ...], bought: Sequence[tuple[Holding, date]], prices: Prices, today: date
) -> Iterator[Line]:
    line = 0
    for holding, start in bought:
        is_first = start == holding.terms[0]
        part = holding.first if is_first else holding.renewal
        unit = prices.of(holding.account, part, today, holding.months)
        if unit is None:
            continue
        years = (today - start).days / 365
        unit = round(unit * EARLIER ** max(years, 0))
        line += 1
        service = bool(holding.subscription) and is_first
        contact = f"it@{holding.account.customer.web_domain or 'customer.example'}" if service else ""
        number, day, status = str(order[0]), order[1], str(order[2])
        assert isinstance(day, date)
        yield Line(holding, number, line, day, status, is_first, (
            *order, line, part.number, holding.quantity, start, last_day(start, holding.months), holding.months,
            prices.written(holding.account, unit), start if service else "", contact,
        ))  # fmt: skip


def _status(day: date, today: date, rng: Random) -> str:
    if rng.random() < 0.04:
        return rng.choice(("rejected", "cancelled"))
    return "accepted" if (today - day).days < 12 else "fulfilled"


# ------------------------------------------------------------------------------------------ services

ELEMENTS = (
    ("Subdomain", "cloud-{}", True),
    ("Administrator's e-mail", "it@site-{}.example", True),
    ("Time zone", "Europe/Warsaw", True),
    ("Data region", "Central Europe", True),
    ("Purchase reference", "REF-{}", False),
)
NOTES = {
    "awaiting_details": "The provisioning form is not complete",
    "failed": "The subdomain is taken; another has to be chosen",
    "closed": "Nobody set it up within 30 days",
    "suspended": "At the customer's request",
}
Rows = list[tuple[object, ...]]


def _services(lines: Sequence[Line], today: date, rng: Random) -> tuple[Rows, Rows]:
    """Provisioning forms, and how far each service is."""
    forms: Rows = [("Order number", "Line", "Element", "Value", "Required")]
    fulfilment: Rows = [(
        "Order number", "Line", "Fulfilment status", "Waiting for", "Subscription", "Set up on", "Requested start date",
    )]  # fmt: skip
    for line in lines:
        if line.status in REASONS:
            continue
        status = _progress(line, today, rng)
        done = line.ordered_on + timedelta(days=rng.randrange(1, 9))
        fulfilled = min(done, today) if status in ("active", "suspended", "cancelled") else ""
        fulfilment.append((
            line.order, line.number, status, NOTES.get(status, ""), line.holding.subscription, fulfilled, line.row[-2],
        ))  # fmt: skip
        for place, (element, value, required) in enumerate(ELEMENTS):
            missing = status in ("awaiting_details", "closed") and (place == 0 or rng.random() < 0.4)
            given = "" if missing or (not required and rng.random() < 0.5) else value.format(line.order[-4:])
            forms.append((line.order, line.number, element, given, "yes" if required else "no"))
    return forms, fulfilment


def _progress(line: Line, today: date, rng: Random) -> str:
    """What was ordered lately is on its way; most of the rest is active."""
    if (today - line.ordered_on).days < 40:
        return rng.choice(
            ("ordered", "awaiting_details", "awaiting_details", "provisioning", "active", "failed")
        )
    return rng.choices(("active", "suspended", "cancelled", "closed"), (90, 3, 4, 3))[0]
