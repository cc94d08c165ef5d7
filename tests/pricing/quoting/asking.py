"""Lines to be priced, for tests: a renewal of one at 120.00 a year unless something else is said."""

from __future__ import annotations

from datetime import date
from typing import Any

from pricing.quoting import Buyer, Found, LineAsked, LinePriced, QuotePriced, price_quote

TODAY = date(2026, 11, 22)
SINCE = date(2026, 11, 1)
LEVELS = ("BL", "D", "E", "F", "G", "H")


def day(text: str) -> date:
    return date.fromisoformat(text)


def prices(amount: int = 12_000, currency: str = "EUR", **by_level: int | None) -> Found:
    """The same at every level, save those that are named; `LIST` for the list price."""
    named = {"" if level == "LIST" else level: value for level, value in by_level.items()}
    return Found(dict.fromkeys(("", *LEVELS), amount) | named, currency, SINCE)


def line(key: Any = 1, **extra: Any) -> LineAsked:
    plain = {
        "part": "D1SEARN", "type": "renewal", "quantity": 1, "price": prices(), "term_months": 12,
        "starts_on": day("2027-01-01"), "ends_on": day("2027-12-31"),
    }  # fmt: skip
    for name in ("starts_on", "ends_on", "covered_until"):
        if isinstance(extra.get(name), str):
            extra[name] = day(extra[name])
    return LineAsked(key=key, **(plain | extra))


def quote(*lines: LineAsked, currency: str = "EUR", on: date = TODAY, **buyer: Any) -> QuotePriced:
    return price_quote(lines, buyer=Buyer(**buyer), currency=currency, on=on)


def priced(**extra: Any) -> LinePriced:
    """One line's price. Raises QuoteFlawed."""
    return quote(line(**extra)).demand().lines[0]


def flaws(found: QuotePriced) -> list[tuple[Any, str, str]]:
    """Line, field and code of each flaw."""
    return [(flaw.line, flaw.field, flaw.code) for flaw in found.flaws]
