"""Entitlements, renewals in every state, and what else the vendor tells of the demo world's subscriptions.

All of it is about the holdings of orders/demo.py, and comes by the feeds, as it would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

import feeds.demo
from customers.demo_accounts import Account, parties
from identity.demo import World
from identity.models import StaffRole
from orders.demo import Holding, Prices
from pricing.models import Part, PartType
from pricing.quoting.months import ONE_DAY, add_months, last_day

Rows = list[tuple[object, ...]]
PARTIES = ("Customer site number", "Reseller", "Distributor")
OVER = ("ordered", "auto_renewed", "superseded", "lapsed", "closed")


def build(world: World, holdings: Sequence[Holding]) -> None:
    """What sites have, what is to be renewed, and what is told of it."""
    rng, today = Random("renewals"), world.now.date()
    prices = Prices(world.of_staff(StaffRole.PRICING))
    prices.fetch([(h.account, h.renewal, day) for h in holdings for day in (h.ends + ONE_DAY, today)])
    items = list(_items(holdings, prices, today, rng))
    files = {
        "entitlements": _entitlements(holdings),
        "renewal-items": [ITEM, *(row for _holding, row in items)],
        "overages": _overages(holdings, prices, today, rng),
        "subscription-changes": _changes(holdings, today, rng),
        "price-notifications": _notifications(items, prices, today),
    }
    by, at = world.of_staff(StaffRole.CHANNEL_OPERATIONS), world.now - timedelta(days=1, hours=2)
    for place, (feed, rows) in enumerate(files.items()):
        feeds.demo.load(feed, f"{feed}.csv", rows, by, at + timedelta(minutes=place * 11))


def _stands(account: Account, day: date) -> tuple[str, str, str]:
    """The site and who stands on what is said of a day; who has it last, where nobody had it then."""
    return account.number, *parties(account.held_on(day) or account.last)


# ------------------------------------------------------------------------------------------ entitlements


def _entitlements(holdings: Sequence[Holding]) -> Rows:
    rows: Rows = [(
        "Entitlement", *PARTIES, "Kind", "Part number", "Quantity", "Coverage starts", "Coverage ends",
    )]  # fmt: skip
    for place, holding in enumerate(holdings):
        number = 1_000_417 + place * 3
        site = (holding.account.number, *parties(holding.account.last))
        covered = (add_months(holding.ends + ONE_DAY, -holding.months), holding.ends)
        if holding.kind == "support":
            rows.append(
                (f"E-{number}", *site, "licence", holding.first.number, holding.quantity, holding.since, "")
            )
            number += 1
            # Every ninth licence is without support: what upsell hints are made of.
            if place % 9 == 4:
                continue
        part = holding.renewal if holding.kind == "support" else holding.first
        rows.append((f"E-{number}", *site, holding.kind, part.number, holding.quantity, *covered))
    return rows


# ------------------------------------------------------------------------------------------ renewal items

ITEM = (
    "Quote", "Line", "Kind", "Status of the quote", "Over since", *PARTIES, "Part number", "Quantity",
    "Current coverage starts", "Current coverage ends", "New coverage starts", "New coverage ends", "Currency",
    "Unit price", "Due", "Renews by itself",
)  # fmt: skip
ItemRow = tuple[object, ...]


def _items(
    holdings: Sequence[Holding], prices: Prices, today: date, rng: Random
) -> Iterator[tuple[Holding, ItemRow]]:
    """What ends at one site on one day is in one quote of the vendor's; of such a quote all lines go together."""
    together: dict[tuple[str, date, bool], list[Holding]] = {}
    for holding in holdings:
        key = (holding.account.number, holding.ends, holding.kind == "monthly")
        together.setdefault(key, []).append(holding)
    for place, ((_site, ends, monthly), held) in enumerate(
        sorted(together.items(), key=lambda item: item[0])
    ):
        quote = f"R{2_000_417 + place * 11}"
        renews_itself = monthly or rng.random() < 0.2
        status = _status(ends, today, renews_itself, rng)
        yield from _of_quote(quote, status, held, prices, renews_itself, today, rng)
        for line, holding in enumerate(held, start=1):
            before = _before(holding, line, quote, prices, renews_itself)
            if before is not None and holding.kind != "monthly":
                yield holding, before


def _of_quote(
    quote: str, status: str, held: Sequence[Holding], prices: Prices, auto: bool, today: date, rng: Random
) -> Iterator[tuple[Holding, ItemRow]]:
    for line, holding in enumerate(held, start=1):
        over = ""
        ends = holding.ends
        if status in OVER:
            over = str(min(ends, today) - timedelta(days=rng.randrange(0, 20)))
            if status in ("lapsed", "auto_renewed"):
                over = str(min(today, ends + ONE_DAY))
        row = _row(quote, line, status, over, holding, ends, prices, auto)
        if row is not None:
            yield holding, row


def _row(
    quote: str, line: int, status: str, over: str, holding: Holding, ends: date, prices: Prices, auto: bool,
    price_of: date | None = None,
) -> ItemRow | None:  # fmt: skip
    start = ends + ONE_DAY
    unit = prices.of(holding.account, holding.renewal, price_of or start, holding.months)
    if unit is None:
        return None
    stands = _stands(holding.account, date.fromisoformat(over) if over else date.max - ONE_DAY)
    return (
        quote, line, holding.kind, status, over, *stands, holding.renewal.number, holding.quantity,
        add_months(start, -holding.months), ends, start, last_day(start, holding.months),
        prices.currency(holding.account), prices.written(holding.account, unit), ends, "yes" if auto else "no",
    )  # fmt: skip


def _before(holding: Holding, line: int, quote: str, prices: Prices, auto: bool) -> ItemRow | None:
    """The renewal before that one, if there was any: it was ordered."""
    if len(holding.terms) < 2:
        return None
    start = holding.terms[-1]
    ends = start - ONE_DAY
    closed = ends - timedelta(days=line + 6)
    if holding.account.held_on(closed) is None:
        return None  # by somebody who is no partner any more
    status = "auto_renewed" if auto else "ordered"
    return _row(f"{quote}-0", line, status, str(closed), holding, ends, prices, auto, holding.ends + ONE_DAY)


def _status(ends: date, today: date, auto: bool, rng: Random) -> str:
    """How far a quote is, by when what it renews ends."""
    days = (ends - today).days
    if days < 0:
        if auto:
            return "auto_renewed"
        return rng.choices(("expired", "ordered", "lapsed", "closed"), (45, 25, 20, 10))[0]
    if days <= 95:
        states = ("open", "revised", "ordered_in_part", "ordered", "superseded")
        return rng.choices(states, (66, 12, 6, 12, 4))[0]
    return rng.choices(("draft", "open", "superseded"), (85, 13, 2))[0]


# ------------------------------------------------------------------------------------------ what is told besides

WHY = ("Within the tolerance of the contract", "First month of growth", "Measured while moving to new servers",
       "Agreed with the customer's representative")  # fmt: skip


def _overages(holdings: Sequence[Holding], prices: Prices, today: date, rng: Random) -> Rows:
    """Every third SaaS subscription was used more than was bought, in some of the last eight months."""
    rows: Rows = [(
        "Measurement", *PARTIES, "Subscription", "Part number", "Measured from", "Measured until", "Entitled", "Used",
        "Currency", "Amount", "Reason",
    )]  # fmt: skip
    number = 3_000_417
    this_month = today.replace(day=1)
    for holding in [h for h in holdings if h.kind == "saas"][::3]:
        unit = prices.of(holding.account, holding.renewal, today, 1)
        for back in sorted(rng.sample(range(1, 9), rng.randrange(1, 5)), reverse=True):
            first = add_months(this_month, -back)
            last = last_day(first, 1)
            if unit is None or holding.account.held_on(last) is None:
                continue
            over = max(1, holding.quantity * rng.randrange(2, 40) // 100)
            number += 7
            rows.append((
                f"O-{number}", *_stands(holding.account, last), holding.subscription, holding.renewal.number, first,
                last, holding.quantity, holding.quantity + over, prices.currency(holding.account),
                prices.written(holding.account, over * unit), rng.choice(WHY),
            ))  # fmt: skip
    return rows


def _changes(holdings: Sequence[Holding], today: date, rng: Random) -> Rows:
    """Two fifths of the subscriptions were changed: more users, another part, a longer term."""
    rows: Rows = [(
        "Change", *PARTIES, "Subscription", "Old part", "New part", "Old quantity", "New quantity", "Old term",
        "New term", "Holds from",
    )]  # fmt: skip
    subscriptions = Part.objects.filter(type=PartType.SUBSCRIPTION, is_active=True)
    by_line = {part.line_id: part.number for part in subscriptions}
    for place, holding in enumerate([h for h in holdings if h.subscription]):
        day = today - timedelta(days=rng.randrange(3, 400))
        if rng.random() > 0.4 or holding.account.held_on(day) is None:
            continue
        old_part = (
            by_line.get(holding.first.line_id, holding.first.number)
            if place % 5 == 0
            else holding.first.number
        )
        old = max(1, holding.quantity - rng.choice((0, 1, 2, 5, 10)))
        old_term = rng.choice((holding.months, 12))
        if (old_part, old, old_term) == (holding.first.number, holding.quantity, holding.months):
            old += 3
        rows.append((
            f"C-{4_000_417 + place * 5}", *_stands(holding.account, day), holding.subscription, old_part,
            holding.first.number, old, holding.quantity, old_term, holding.months, day,
        ))  # fmt: skip
    return rows


def _notifications(items: Sequence[tuple[Holding, ItemRow]], prices: Prices, today: date) -> Rows:
    """For every second renewal to come whose price is another than a year before."""
    rows: Rows = [(
        "Notification", *PARTIES, "Quote", "Line", "Subscription", "Part number", "Currency", "Old price", "New price",
        "Notified on", "Effective on", "Opt out by",
    )]  # fmt: skip
    for place, (holding, row) in enumerate(items):
        start = holding.ends + ONE_DAY
        if place % 2 or row[3] not in ("draft", "open", "revised") or start <= today + timedelta(days=30):
            continue
        old = prices.of(holding.account, holding.renewal, today, holding.months)
        new = prices.of(holding.account, holding.renewal, start, holding.months)
        if not old or new is None or old == new:
            continue
        rows.append((
            f"N-{5_000_417 + place * 3}", row[5], row[6], row[7], row[0], row[1], holding.subscription,
            holding.renewal.number, prices.currency(holding.account), prices.written(holding.account, old),
            prices.written(holding.account, new), min(today, start - timedelta(days=90)), start,
            start - timedelta(days=30),
        ))  # fmt: skip
    return rows
