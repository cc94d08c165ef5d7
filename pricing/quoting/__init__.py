"""What a quote or an order costs: months, levels, proration, discounts, rounding. Pure, save for `prices`.

For whoever calls it (quotes, orders, renewals). pricing/README.md tells the arithmetic with worked examples.

    from pricing import quoting
    from pricing.quoting import prices

    found = prices.look_up([(part, starts_on or today), ...], country=site.country, currency="EUR")   # two queries
    asked = [
        quoting.LineAsked(
            key=item.id,                          # whatever tells the caller's lines apart; flaws name it
            part=part.number, type=part.type, quantity=12,
            points=part.points, term_months=part.term_months,
            starts_on=..., ends_on=...,           # last day covered; None: a whole term
            covered_until=item.coverage_ends_on,  # a renewal begins on the day after (no gap, no overlap)
            covers=item.public_id,                # what is covered: two lines of one thing must not overlap
            price=found[part.id, starts_on or today],         # Found or Missing, as looked up
            discounts=(quoting.Discount(1_200, "DR-2026-004217-K"),),   # the highest counts, alone
        ), ...
    ]
    buyer = quoting.Buyer(programme=customer_site.programme, level=customer_site.price_level or "BL")
    quote = quoting.price_quote(asked, buyer=buyer, currency="EUR", on=today)
    quote.flaws      # every Flaw(line=key or None, field, code) with its .text in the reader's language
    quote.demand()   # raises QuoteFlawed(flaws) unless there are none
    quote.lines      # LinePriced, in the order asked, without those that are flawed: every step of the reckoning
    quote.total, quote.points, quote.level

Amounts are whole numbers of the currency's minor unit, points are Decimals with two places, months whole numbers,
coverage ends on its *last day*. Nothing here reads the clock or, but for `prices`, the database.

- months:  `months_covered(starts_on, ends_on)`, `last_day(starts_on, months)`, `next_start(ends_on)`,
           `coterm_end(starts_on, anniversary)`
- levels:  `level_by_points(points)`, `better(one, other)`
- lapsing: `outlook(kind, ends_on, today)`: what renewing costs before and after the end, and from which day on
- parts:   `pricing.products.queries.sibling(part, type)`: a licence's renewal or reinstatement part, for instance
"""

from .flaws import Flaw, QuoteFlawed
from .lapsing import Consequence, Kind, Outlook, Period, outlook, price_ratio
from .levels import LEVELS_BY_POINTS, LIST, better, level_by_points
from .lines import (
    MAX_MONTHS,
    MAX_QUANTITY,
    Buyer,
    Discount,
    Found,
    LineAsked,
    LinePriced,
    Missing,
    QuotePriced,
    can_be_prorated,
    half_up,
    price_quote,
)
from .months import add_months, coterm_end, last_day, months_covered, next_start

__all__ = [
    "LEVELS_BY_POINTS",
    "LIST",
    "MAX_MONTHS",
    "MAX_QUANTITY",
    "Buyer",
    "Consequence",
    "Discount",
    "Flaw",
    "Found",
    "Kind",
    "LineAsked",
    "LinePriced",
    "Missing",
    "Outlook",
    "Period",
    "QuoteFlawed",
    "QuotePriced",
    "add_months",
    "better",
    "can_be_prorated",
    "coterm_end",
    "half_up",
    "last_day",
    "level_by_points",
    "months_covered",
    "next_start",
    "outlook",
    "price_quote",
    "price_ratio",
]
