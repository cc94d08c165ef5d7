"""`python -m benchmarks.quoter LINES ROUNDS SECONDS`: prices a quote as the portal does, and reads its lines; in turn,
in one process. Tells as JSON how many milliseconds each took. Nothing of the quote stays in the database.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402

from benchmarks.rounds import in_turn  # noqa: E402
from benchmarks.shopper import reader  # noqa: E402
from identity import tenancy  # noqa: E402
from identity.models import Site  # noqa: E402
from orders.models import Quote, QuoteLine  # noqa: E402
from orders.quotes.actions import lines_of  # noqa: E402
from orders.quotes.reckoning import Reckoned, put_down, reckon  # noqa: E402
from pricing.models import Part, Price  # noqa: E402

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
#: Each line's coverage starts on one of these days, on which different editions are in effect.
DAYS = (date(2026, 12, 1), date(2027, 3, 1))
TIMES_A_SECOND = 10


def make_quote(site: Site, lines: int) -> Quote:
    """A proposal of parts from all over the price list, with no price yet."""
    quote = Quote.objects.create(
        site=site, number="Q-2026-000001-B", customer_name="Sphinx Mills", country=site.country, currency="EUR",
        price_level="D", line_count=lines, owner_name="Rita Reader", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    step = max(1, Part.objects.count() // lines)
    QuoteLine.objects.bulk_create(
        QuoteLine(
            quote=quote, site=site, position=place, part=part, part_number=part.number,
            description=part.description, part_type=part.type, quantity=10 + place,
            coverage_start=DAYS[place % len(DAYS)],
        )
        for place, part in enumerate(Part.objects.order_by("number")[: lines * step : step], start=1)
    )  # fmt: skip
    return quote


def measure(lines: int, rounds: int, seconds: float) -> dict[str, Any]:
    with tenancy.as_system():
        site, prices = Site.objects.get(number="7000001"), Price.objects.count()
        quote = make_quote(site, lines)
    times = max(3, round(seconds * TIMES_A_SECOND))

    def priced() -> tuple[list[QuoteLine], Reckoned]:
        held = lines_of(quote)
        reckoned = reckon(quote, held, NOW.date())
        put_down(quote, held, reckoned)
        return held, reckoned

    def read() -> list[QuoteLine]:
        return lines_of(quote)

    with tenancy.scope(reader()):
        held, reckoned = priced()
        assert reckoned.whole.is_whole, reckoned.whole.flaws[:3]
        assert len(held) == lines
        seen = in_turn(lambda: _milliseconds(priced, times), lambda: _milliseconds(read, times), rounds)
    return {"rounds": seen, "prices": prices, "editions": len({line.edition for line in held})}


def _milliseconds(work: Callable[[], object], times: int) -> float:
    """Of one of them, on average."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return 1000 * (time.perf_counter() - began) / times


if __name__ == "__main__":
    with transaction.atomic():
        found = measure(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
        transaction.set_rollback(True)
    print(json.dumps(found))
